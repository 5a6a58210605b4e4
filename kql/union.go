package kql

import (
	"cmp"
	"fmt"
	"strings"
)

// Leg is one table of a combined hunt, with its own false-positive scenarios.
type Leg struct {
	Table      *Table
	Exclusions []Exclusion
}

// UnionTable is what a combined hunt has in place of a table's name.
const UnionTable = "union"

// UnionColumns are the columns of a combined hunt behind the time.
var UnionColumns = append([]string{"IocTable"}, append(append([]string{}, HitColumns...), "IocDevice", "IocAccount", "IocRow")...)

// Union writes one query for several tables, newest rows first. Each table is
// asked as [Table.Hunt] would; of its columns a hit has the device, the account,
// and in IocRow those that the table shows. Tables that a workspace lacks, that
// the target lacks and that can carry none of the IOCs are left out. It is as
// long as it is: see [SplitUnion]. The error is a [*NothingToHuntError] or
// [*MissingFieldError].
func Union(legs []Leg, s *Selection, o Options) (Hunt, error) {
	h := Hunt{Table: UnionTable, Target: o.Target}
	var all []group
	var texts []string
	var carried ShapeSet
	for _, leg := range legs {
		groups := leg.Table.groups(s, &o)
		if !leg.Table.On(o.Target) || len(groups) == 0 {
			continue
		}
		o.Exclusions = leg.Exclusions
		text, err := leg.Table.leg(&o, groups)
		if err != nil {
			return Hunt{}, err
		}
		all, texts = append(all, groups...), append(texts, text)
		carried |= leg.Table.CarriedWith(&o)
		h.Columns = append([]string{leg.Table.Time[o.Target]}, UnionColumns...)
	}
	if len(texts) == 0 {
		return Hunt{}, &NothingToHuntError{"no table"}
	}
	h.count(s, carried.Has)
	used := s.usedBy(all, &o)
	var q query
	if !o.NoComments {
		tables := "tables"
		if len(texts) == 1 {
			tables = "table"
		}
		q.comment(fmt.Sprintf("%d %s in %s, %s%s%s", len(texts), tables, o.Target.Title(), h.counted(cmp.Or(o.whole, s)), o.part, titled(o.Title)))
	}
	var functions query
	functions.functions(s, &o, all)
	q.lets(s, &o, used, functions.String())
	q.text("union isfuzzy=true\n    ")
	for n, text := range texts {
		if n > 0 {
			q.text(",\n    ")
		}
		q.text("(")
		q.b.WriteString(strings.ReplaceAll(text, "\n", "\n    "))
		q.text(")")
	}
	q.text("\n| order by ")
	q.name(name(h.Columns[0]))
	q.text(" desc")
	h.Query, h.Chars, h.Watchlist = q.String(), q.length(), o.Watchlist
	h.Limits, h.Findings = limits(&h, s, used, o)
	more, err := h.continuous(&o)
	h.Findings = append(h.Findings, more...)
	return h, err
}

// leg writes the part of a combined hunt that asks this table.
func (t *Table) leg(o *Options, groups []group) (string, error) {
	exclusions, err := t.exclusions(*o)
	if err != nil {
		return "", err
	}
	var q query
	t.writeRows(&q, o, groups)
	q.b.WriteString(exclusions)
	t.writeHits(&q, groups)
	q.text("\n| project ")
	q.name(name(t.Time[o.Target]))
	q.text(", IocTable = ")
	q.str(t.Name)
	for _, col := range HitColumns {
		q.text(", ")
		q.name(name(col))
	}
	q.text(", IocDevice = ")
	t.firstText(&q, t.Device)
	q.text(", IocAccount = ")
	t.firstText(&q, t.Account)
	q.text(", IocRow = bag_pack(")
	for n, col := range t.Show {
		if n > 0 {
			q.text(", ")
		}
		q.str(col)
		q.text(", ")
		t.shown(&q, col)
	}
	q.text(")")
	return q.String(), nil
}

// firstText writes the first of several columns that is not empty.
func (t *Table) firstText(q *query, cols []string) {
	if len(cols) == 0 {
		q.text(`""`)
		return
	}
	var all []func()
	for _, col := range cols {
		all = append(all, func() {
			q.text("tostring(")
			t.shown(q, col)
			q.text(")")
		})
	}
	q.firstOf(all)
}
