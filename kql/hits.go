package kql

import "slices"

// HitColumns are the columns that say what a hit is, behind the time.
var HitColumns = []string{"IocMatched", "IocType", "IocThreat", "IocConfidence", "IocHow"}

// writeHits says of each row which indicator it holds, and how it matched.
// Groups stand in the order of how much a match says.
func (t *Table) writeHits(q *query, groups []group) {
	for _, g := range groups {
		q.text("\n| extend ")
		q.name(g.hit)
		q.text(" = ")
		if len(g.hits) == 1 {
			g.hits[0](q)
			continue
		}
		q.text("coalesce(\n  ")
		anyOf(q, g.hits, ",\n  ", false, func(e expr) { e(q) })
		q.text(")")
	}
	q.text("\n| extend IocKey = ")
	if len(groups) == 1 {
		q.name(groups[0].hit)
	} else {
		q.text("coalesce(")
		anyOf(q, groups, ", ", false, func(g group) { q.name(g.hit) })
		q.text(")")
	}
	if slices.ContainsFunc(groups, func(g group) bool { return g.narrow }) {
		q.text("\n| where isnotempty(IocKey)")
	}
	q.text("\n| extend IocFact = IocFacts[IocKey]")
	q.text("\n| extend IocMatched = coalesce(tostring(IocFact[3]), IocKey), IocType = tostring(IocFact[0]), IocThreat = tostring(IocFact[1]), IocConfidence = toint(IocFact[2])")
	q.text("\n| extend IocHow = ")
	writeHow(q, groups)
}

// project writes the columns that come out, and returns them.
func (t *Table) project(q *query, o *Options) []string {
	columns := append([]string{t.Time[o.Target]}, HitColumns...)
	q.text("\n| project ")
	for n, col := range columns {
		if n > 0 {
			q.text(", ")
		}
		q.name(name(col))
	}
	for _, col := range t.Show {
		q.text(", ")
		q.name(name(col))
		if t.absent(col) {
			q.text(" = ")
			t.shown(q, col)
		}
	}
	return append(columns, t.Show...)
}

// shown writes a column of a hit, which a workspace may lack.
func (t *Table) shown(q *query, col string) {
	if !t.absent(col) {
		q.name(name(col))
		return
	}
	q.text("column_ifexists(")
	q.str(col)
	q.text(`, "")`)
}

// absent reports whether a workspace may lack a column.
func (t *Table) absent(column string) bool {
	for _, k := range t.IOC.byKind() {
		for n := range k.columns {
			if c := &k.columns[n]; c.Absent && c.Column == column {
				return true
			}
		}
	}
	return false
}

// writeHow says how the first group that matched did so.
func writeHow(q *query, groups []group) {
	if len(groups) == 1 {
		groups[0].writeHow(q)
		return
	}
	q.text("case(")
	for _, g := range groups {
		q.text("\n  isnotempty(")
		q.name(g.hit)
		q.text("), ")
		g.writeHow(q)
		q.text(",")
	}
	q.text("\n  \"\")")
}

func (g *group) writeHow(q *query) {
	switch {
	case g.how != "":
		q.str(g.how)
	case g.hit == "IocPortHit": // a URL is more than its host and port
		q.text(`iff(IocType == "url", "host of url", "port")`)
	case g.hit == "IocIpHit":
		q.text(`case(IocType == "ip", "exact", `)
		if g.ranges {
			q.text(`IocType == "cidr", "range", `)
		}
		q.text(`IocType == "url", "host of url", "address only")`)
	default:
		q.text("iff(")
		anyOf(q, g.whole(), " or ", false, func(e expr) { e(q) })
		q.text(`, "exact", "sub-domain")`)
	}
}

// whole are the tests that a column holds the domain that matched and nothing
// below it, among them that it is one of the names that a column holds.
func (g *group) whole() (tests []expr) {
	switch {
	case len(g.names) > 1:
		tests = append(tests, func(q *query) {
			q.text("IocDomainHit in (")
			anyOf(q, g.names, ", ", false, func(e expr) { e(q) })
			q.text(")")
		})
	case len(g.names) == 1:
		tests = append(tests, func(q *query) {
			q.text("IocDomainHit == ")
			g.names[0](q)
		})
	}
	for _, names := range g.nameLists {
		tests = append(tests, func(q *query) {
			q.text("set_has_element(")
			names(q)
			q.text(", IocDomainHit)")
		})
	}
	return tests
}
