package kql

import (
	"slices"

	"quarry/feed"
)

// expr writes one expression.
type expr func(*query)

// group is everything that one way of matching adds to a hunt.
type group struct {
	how    string // value of IocHow, or "" where an expression says it
	hit    name   // column that holds the value of a list, "" where this group did not match
	lists  []listID
	needs  []*matcher
	wheres []expr // one of them holds for a row that matches
	// Lists that columns are searched for, and those that are compared as they are.
	searched, compared []listID
	hits               []expr // the value, or "" where this column did not match
	// Of domains: the names that columns hold, and the lists of names.
	names, nameLists []expr
	narrow           bool // a row that its wheres let through may match in no column
	prefix           bool // its wheres refer to the prefixes of blocks
	ranges           bool // blocks of addresses are compared
	// findings are about all groups of the table.
	findings []feed.Finding
}

// selecting is what the groups of one table are made from.
type selecting struct {
	t *Table
	s *Selection
	o *Options
	// looked are the columns of which every value beyond ASCII is looked at.
	looked map[*Column]bool
}

// groupMakers are the ways in which columns can match, those that say most about
// a row first.
var groupMakers = [...]func(selecting) group{
	selecting.urlGroup, selecting.portGroup, selecting.domainGroup, selecting.looseGroup, selecting.hostGroup, selecting.hashGroup,
	selecting.emailGroup, selecting.fileGroup, selecting.ipGroup, selecting.textGroup, selecting.looseTextGroup,
}

// groups lists the ways in which the table's columns can match the selection,
// those that say most about a row first.
func (t *Table) groups(s *Selection, o *Options) []group {
	x := selecting{t, s, o, map[*Column]bool{}}
	var all []group
	for _, group := range groupMakers {
		if g := group(x); len(g.hits) > 0 {
			all = append(all, g)
		}
	}
	if len(all) > 0 {
		all[0].findings = x.unfound()
	}
	return all
}

// use names the lists and functions that a group's expressions refer to.
func (g *group) use(lists []listID, needs ...*matcher) {
	for _, l := range lists {
		if !slices.Contains(g.lists, l) {
			g.lists = append(g.lists, l)
		}
	}
	for _, m := range needs {
		if !slices.Contains(g.needs, m) {
			g.needs = append(g.needs, m)
		}
	}
}

// value writes what a column holds, as text.
func (c *Column) value(q *query) {
	switch col := name(c.Column); {
	case c.Absent:
		q.text("tostring(column_ifexists(")
		q.str(c.Column)
		q.text(`, ""))`)
	case c.Path != "":
		q.text("tostring(")
		q.name(col)
		q.text(".")
		q.name(name(c.Path))
		q.text(")")
	case c.Dynamic:
		q.text("tostring(")
		q.name(col)
		q.text(")")
	default:
		q.name(col)
	}
}

// call writes the call of a matcher with what a column holds.
func (c *Column) call(m *matcher) expr {
	return func(q *query) {
		q.name(m.name)
		q.text("(")
		c.value(q)
		q.text(")")
	}
}

// of writes the call of a matcher with the result of another.
func (c *Column) of(m, inner *matcher) expr {
	return func(q *query) {
		q.name(m.name)
		q.text("(")
		c.call(inner)(q)
		q.text(")")
	}
}

// found writes that an expression gives a value.
func found(e expr) expr {
	return func(q *query) {
		q.text("isnotempty(")
		e(q)
		q.text(")")
	}
}

// compare writes a comparison of a column with the values of a list.
func (c *Column) compare(operator constant, l listID) expr {
	return func(q *query) {
		c.value(q)
		q.operator(operator, listNames[l])
	}
}

// operator writes a comparison with a list behind a value.
func (q *query) operator(operator constant, list name) {
	q.text(" ")
	q.text(operator)
	q.text(" (")
	q.name(list)
	q.text(")")
}

func (c *Column) contains(s constant) expr {
	return func(q *query) {
		c.value(q)
		q.text(` contains "`)
		q.text(s)
		q.text(`"`)
	}
}

// search is what finds the rows in which a column may hold a value of a list.
type search struct {
	list   listID
	wheres []expr
}

// find adds searches. What they find is to be compared exactly.
func (g *group) find(all ...search) {
	for _, one := range all {
		g.wheres = append(g.wheres, one.wheres...)
		g.searched = append(g.searched, one.list)
	}
}

// match adds a column: in rows that a search finds it is compared exactly.
func (g *group) match(hit expr, searches ...search) {
	g.hits = append(g.hits, hit)
	g.find(searches...)
	g.narrow = true
}

// search is the search for a list in a column by the text index. The index takes
// more for a match than it is, so it narrows down and decides nothing. A dynamic
// column is searched as it is stored, which has an index, and not what stands at
// one place in it.
func (x selecting) search(c *Column, l listID) search {
	all := search{list: l}
	for _, part := range x.s.parts(l) {
		all.wheres = append(all.wheres, func(q *query) {
			if c.indexed() {
				q.name(name(c.Column))
			} else {
				c.value(q)
			}
			q.operator("has_any", part)
		})
	}
	return all
}

// searchNames is the same for names. Searches know no other case of letters
// beyond ASCII and nothing says what they take for a word there, so where names
// are written with others every value with such letters is looked at.
func (x selecting) searchNames(c *Column, l listID) search {
	all := x.search(c, l)
	if x.s.lists[l].unicode && !x.looked[c] {
		x.looked[c] = true
		all.wheres = append(all.wheres, func(q *query) {
			c.value(q)
			q.text(" matches regex ")
			q.regex(`[^\x00-\x7f]`)
		})
	}
	return all
}

// searchIPv4 is the same for IPv4 addresses.
func (x selecting) searchIPv4(c *Column, l listID) search {
	if c.indexed() {
		return x.search(c, l)
	}
	all := search{list: l}
	for _, part := range x.s.parts(l) {
		all.wheres = append(all.wheres, func(q *query) {
			q.text("has_any_ipv4(")
			c.value(q)
			q.text(", ")
			q.name(part)
			q.text(")")
		})
	}
	return all
}

// indexed reports whether a column is dynamic, and so searched as a whole.
func (c *Column) indexed() bool { return (c.Dynamic || c.Path != "") && !c.Absent }

// hunted lists the columns that these options look at.
func (x selecting) hunted(cols []Column) []*Column {
	var all []*Column
	for n := range cols {
		if cols[n].hunted(x.o) {
			all = append(all, &cols[n])
		}
	}
	return all
}

func (x selecting) domainGroup() group {
	g := group{hit: "IocDomainHit"}
	if !x.s.has(domainList) || x.o.Match == LooseMatch {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.Host) {
		g.use([]listID{domainList}, nameOf, inName)
		g.match(c.of(inName, nameOf), x.searchNames(c, domainList))
		g.names = append(g.names, c.call(nameOf))
	}
	for _, c := range x.hunted(x.t.IOC.URL) {
		g.use([]listID{domainList}, hostOf, inName)
		g.match(c.of(inName, hostOf), x.searchNames(c, domainList))
		g.names = append(g.names, c.call(hostOf))
	}
	for _, c := range x.hunted(x.t.IOC.URLList) {
		g.use([]listID{domainList}, domainInURLs)
		g.match(c.call(domainInURLs), x.searchNames(c, domainList))
		g.use(nil, wholesInURLs)
		g.nameLists = append(g.nameLists, c.call(wholesInURLs))
	}
	for _, c := range x.hunted(x.t.IOC.HostList) {
		g.use([]listID{domainList}, domainInText)
		g.match(c.call(domainInText), x.searchNames(c, domainList))
		g.use(nil, wholesInText)
		g.nameLists = append(g.nameLists, c.call(wholesInText))
	}
	return g
}

// loose is how every loose match is marked.
const loose = "loose, may be another name"

// looseGroup takes whatever the index search takes.
func (x selecting) looseGroup() group {
	g := group{how: loose, hit: "IocLooseHit"}
	if !x.s.has(domainList) || x.o.Match != LooseMatch {
		return g
	}
	for _, cols := range [][]Column{x.t.IOC.Host, x.t.IOC.HostList, x.t.IOC.URL, x.t.IOC.URLList} {
		for _, c := range x.hunted(cols) {
			g.use([]listID{domainList}, inLoose)
			g.hits = append(g.hits, c.call(inLoose))
			g.find(x.searchNames(c, domainList))
		}
	}
	return g
}

func (x selecting) urlGroup() group {
	g := group{how: "url", hit: "IocUrlHit"}
	if !x.s.has(urlList) {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.URL) {
		g.use([]listID{urlList, urlHostList}, inURL)
		g.match(c.call(inURL), x.searchNames(c, urlHostList))
	}
	for _, c := range x.hunted(x.t.IOC.URLList) {
		g.use([]listID{urlList, urlHostList}, urlInURLs)
		g.match(c.call(urlInURLs), x.searchNames(c, urlHostList))
	}
	return g
}

// hostGroup hunts the hosts of URLs where the table has hosts: exactly the
// host, because a URL says nothing about names below it.
func (x selecting) hostGroup() group {
	g := group{how: "host of url", hit: "IocHostHit"}
	if !x.s.has(hostList) {
		return g
	}
	for _, c := range x.hunted(x.t.IOC.Host) {
		if c.Only == onlyDomains {
			continue
		}
		g.use([]listID{hostList}, nameOf, inHost)
		g.match(c.of(inHost, nameOf), x.searchNames(c, hostList))
	}
	for _, c := range x.hunted(x.t.IOC.URL) {
		if c.Bare {
			g.use([]listID{hostList}, bareHostOf, inHost)
			g.match(c.of(inHost, bareHostOf), x.searchHosts(c)...)
		}
	}
	for _, c := range x.hunted(x.t.IOC.HostList) {
		g.use([]listID{hostList}, hostInText)
		g.match(c.call(hostInText), x.searchNames(c, hostList))
	}
	return g
}

// searchHosts is the search for the hosts of URLs where URLs are searched for as
// well, by all spellings of their hosts: that finds the rows of both.
func (x selecting) searchHosts(c *Column) []search {
	if x.s.has(urlList) {
		return nil
	}
	return []search{x.searchNames(c, hostList)}
}

// compare selects the rows in which a column is a value of lists, without case.
func (g *group) compare(c *Column, all ...listID) {
	g.use(all)
	for _, l := range all {
		g.wheres = append(g.wheres, c.compare("in~", l))
	}
	g.compared = append(g.compared, all...)
}

// exact adds a column whose whole value is compared with a list, without case.
func (g *group) exact(c *Column, l listID) {
	g.compare(c, l)
	g.hits = append(g.hits, func(q *query) {
		q.text("iff(")
		c.compare("in~", l)(q)
		q.text(", tolower(")
		c.value(q)
		q.text(`), "")`)
	})
}

func (x selecting) emailGroup() group {
	g := group{how: "exact", hit: "IocEmailHit"}
	if x.s.has(emailList) {
		for _, c := range x.hunted(x.t.IOC.Email) {
			g.exact(c, emailList)
		}
	}
	return g
}

func (x selecting) fileGroup() group {
	g := group{how: "exact", hit: "IocFileHit"}
	if !x.s.has(fileList) {
		return g
	}
	for _, c := range x.hunted(slices.Concat(x.t.IOC.FileName, x.t.IOC.FilePath)) {
		g.use([]listID{fileList}, inFile)
		g.match(c.call(inFile), x.search(c, fileList))
	}
	return g
}
