package kql

import "slices"

// expr writes one expression.
type expr func(*query)

// letStatement is a list or a regular expression that the expressions of a
// group refer to.
type letStatement struct {
	name   name
	values []string
	regex  string

	alternatives int // of the regular expression
}

func (l letStatement) write(q *query) {
	if l.regex != "" {
		q.letRegex(l.name, l.regex)
		return
	}
	q.let(l.name, l.values)
}

// group is everything that one way of matching adds to a hunt.
type group struct {
	how    string // value of IocHow
	hit    name   // column that holds the indicator, "" where this group did not match
	lets   []letStatement
	wheres []expr // one of them holds for a row that matches
	hits   []expr // the indicator, or "" where this column did not match
}

// groups lists the ways in which the table's columns can match the terms,
// those that say most about a row first.
func (t *Table) groups(ts *terms) []group {
	all := []group{
		t.portGroup(ts),
		t.urlGroup(ts),
		t.domainGroup(ts),
		t.urlHostGroup(ts),
		hashGroup("sha256", "IocSha256", ts.sha256.values, t.IOC.SHA256, t.IOC.Hash),
		hashGroup("sha1", "IocSha1", ts.sha1.values, t.IOC.SHA1, t.IOC.Hash),
		hashGroup("md5", "IocMd5", ts.md5.values, t.IOC.MD5, t.IOC.Hash),
		t.ipGroup(ts),
	}
	used := all[:0]
	for _, g := range all {
		if len(g.hits) > 0 {
			used = append(used, g)
		}
	}
	return used
}

// list adds a list, once.
func (g *group) list(n name, values []string) {
	if !slices.ContainsFunc(g.lets, func(l letStatement) bool { return l.name == n }) {
		g.lets = append(g.lets, letStatement{name: n, values: values})
	}
}

// regex matches a column by an indexed list of terms first and then by
// the regular expression that tells true from false.
func (g *group) regex(col Column, list, re name) {
	c := name(col.Column)
	g.wheres = append(g.wheres, func(q *query) {
		q.text("(")
		q.name(c)
		q.text(" has_any (")
		q.name(list)
		q.text(") and ")
		q.name(c)
		q.text(" matches regex ")
		q.name(re)
		q.text(")")
	})
	g.hits = append(g.hits, func(q *query) {
		q.text("extract(")
		q.name(re)
		q.text(", 1, ")
		q.name(c)
		q.text(")")
	})
}

// columns adds every column with one regular expression of so many
// alternatives, which is written only when there is a column for it.
func (g *group) columns(cols []Column, list, re name, alternatives int, pattern func() string) {
	if len(cols) == 0 {
		return
	}
	g.lets = append(g.lets, letStatement{name: re, regex: pattern(), alternatives: alternatives})
	for _, c := range cols {
		g.regex(c, list, re)
	}
}

func (t *Table) domainGroup(ts *terms) group {
	g := group{how: "domain", hit: "IocDomainHit"}
	domains := ts.domains.values
	if len(domains) == 0 {
		return g
	}
	g.lets = append(g.lets, letStatement{name: "IocDomain", values: domains})
	g.columns(t.IOC.Host, "IocDomain", "IocDomainRx", len(domains), func() string { return nameRegex(domains) })
	g.columns(t.IOC.URL, "IocDomain", "IocDomainUrlRx", len(domains), func() string { return hostRegex(domains, false) })
	g.columns(t.IOC.URLList, "IocDomain", "IocDomainUrlsRx", len(domains), func() string { return hostRegex(domains, true) })
	return g
}

func (t *Table) urlGroup(ts *terms) group {
	g := group{how: "url", hit: "IocUrlHit"}
	if len(ts.urls) == 0 || len(t.IOC.URL)+len(t.IOC.URLList) == 0 {
		return g
	}
	g.lets = append(g.lets, letStatement{name: "IocUrlHost", values: ts.urlAddrs.values})
	var paths, queries []urlTerm
	for _, u := range ts.urls {
		if u.query {
			queries = append(queries, u)
		} else {
			paths = append(paths, u)
		}
	}
	add := func(urls []urlTerm, one, list name) {
		if len(urls) > 0 {
			g.columns(t.IOC.URL, "IocUrlHost", one, len(urls), func() string { return urlRegex(urls, false) })
			g.columns(t.IOC.URLList, "IocUrlHost", list, len(urls), func() string { return urlRegex(urls, true) })
		}
	}
	add(paths, "IocUrlRx", "IocUrlsRx")
	add(queries, "IocUrlQueryRx", "IocUrlsQueryRx")
	return g
}

// urlHostGroup hunts the hosts of URLs where the table has hosts: exactly the
// host, because a URL says nothing about names below it.
func (t *Table) urlHostGroup(ts *terms) group {
	g := group{how: "host of url", hit: "IocHostHit"}
	hosts := ts.urlHosts.values
	cols := append([]Column(nil), t.IOC.Host...)
	for _, c := range t.IOC.URL {
		if c.Bare {
			cols = append(cols, c)
		}
	}
	if len(hosts) == 0 || len(cols) == 0 {
		return g
	}
	g.lets = append(g.lets, letStatement{name: "IocHost", values: hosts})
	g.columns(cols, "IocHost", "IocHostRx", len(hosts), func() string { return bareRegex(hosts) })
	return g
}

// hashGroup compares the columns of one algorithm, and those that hold any,
// with the hashes of that algorithm.
func hashGroup(how string, list name, hashes []string, columnSets ...[]Column) group {
	g := group{how: how, hit: list + "Hit"}
	if len(hashes) == 0 {
		return g
	}
	g.lets = append(g.lets, letStatement{name: list, values: hashes})
	for _, cols := range columnSets {
		for _, col := range cols {
			c := name(col.Column)
			same := func(q *query) {
				q.name(c)
				q.text(" in~ (")
				q.name(list)
				q.text(")")
			}
			g.wheres = append(g.wheres, same)
			g.hits = append(g.hits, func(q *query) {
				q.text("iff(")
				same(q)
				q.text(", tolower(")
				q.name(c)
				q.text(`), "")`)
			})
		}
	}
	return g
}
