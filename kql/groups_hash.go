package kql

// hashShapes are the shapes of the lists of hashes.
var hashShapes = map[listID]Shape{sha512List: sha512Shape, sha3List: sha3Shape, sha256List: sha256Shape, sha1List: sha1Shape, md5List: md5Shape}

// hashGroup compares the columns of each algorithm, the strongest first, and
// then those that hold any, with the hashes of that algorithm.
func (x selecting) hashGroup() group {
	g := group{how: "exact", hit: "IocHashHit"}
	all := x.s.hashLists()
	for _, l := range all {
		own, _ := x.t.IOC.hashes(hashShapes[l])
		for _, c := range x.hunted(own) {
			g.exact(c, l)
		}
	}
	if len(all) == 0 {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.Hash) {
		g.compare(c, all...)
		g.use(nil, inHash)
		g.hits = append(g.hits, c.call(inHash))
	}
	return g
}

// hashLists are the lists of hashes that have values, the strongest first.
func (s *Selection) hashLists() (all []listID) {
	for l := sha512List; l <= md5List; l++ {
		if s.has(l) {
			all = append(all, l)
		}
	}
	return all
}
