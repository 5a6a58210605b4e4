package kql

import "slices"

// textGroup finds whatever stands in running text.
func (x selecting) textGroup() group {
	g := group{how: "in text", hit: "IocTextHit"}
	for _, c := range x.hunted(x.t.IOC.Text) {
		add := func(l listID, m *matcher, lists ...listID) {
			g.use(append(lists, l), m)
			g.match(c.call(m), x.search(c, l))
		}
		if x.inText(c, urlHostList, urlNameShape, sharedShape, url4Shape, url6Shape) {
			add(urlHostList, urlInText, urlList)
		}
		x.namesInText(&g, c, add)
		x.hashesInText(&g, c)
		if x.inText(c, emailList, emailShape) {
			add(emailList, emailInText)
		}
		if x.inText(c, fileList, fileShape) {
			add(fileList, fileInText)
		}
		if x.inText(c, x.o.ip4(), ip4Shape, port4Shape) {
			g.use([]listID{x.o.ip4()}, ip4InText)
			g.match(c.call(ip4InText), x.searchIPv4(c, x.o.ip4()))
		}
		if x.inText(c, x.o.ip6Text(), ip6Shape, port6Shape) {
			add(x.o.ip6Text(), ip6InText)
		}
	}
	return g
}

// inText reports whether a column is searched for the values of a list, which
// IOCs of these shapes have.
func (x selecting) inText(c *Column, l listID, of ...Shape) bool {
	return x.s.has(l) && slices.ContainsFunc(of, func(s Shape) bool { return x.s.shapes[s] > 0 && x.t.searched(c, s, x.o) })
}

func (x selecting) namesInText(g *group, c *Column, add func(listID, *matcher, ...listID)) {
	if x.o.Match != LooseMatch && x.inText(c, domainList, nameShape) {
		add(domainList, domainInText)
	}
	if x.inText(c, hostList, urlNameShape) {
		g.use([]listID{hostList}, hostInText)
		g.match(c.call(hostInText), x.searchHosts(c)...)
	}
}

// looseTextGroup is [selecting.looseGroup] for running text. It comes last, as
// it says least.
func (x selecting) looseTextGroup() group {
	g := group{how: loose, hit: "IocLooseTextHit"}
	if x.o.Match != LooseMatch {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.Text) {
		if x.inText(c, domainList, nameShape) {
			g.use([]listID{domainList}, inLoose)
			g.match(c.call(inLoose), x.search(c, domainList))
		}
	}
	return g
}

func (x selecting) hashesInText(g *group, c *Column) {
	var searches []search
	var all []listID // that the function compares with
	for l := sha512List; l <= md5List; l++ {
		if x.s.has(l) {
			all = append(all, l)
		}
		if x.inText(c, l, hashShapes[l]) {
			searches = append(searches, x.search(c, l))
		}
	}
	if len(searches) > 0 {
		g.use(all, hashInText)
		g.match(c.call(hashInText), searches...)
	}
}
