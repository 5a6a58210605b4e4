package kql

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// scaffold is all of a hunt that its values do not change: the functions, and the
// steps of the query. One decision about an IOC changes a list, and seldom that.
type scaffold struct {
	groups    []group // without what they write; none where there is nothing to hunt
	functions string
	rows      string
	hits      string // and what comes behind: columns and order
	columns   []string
}

// scaffolded is what a scaffold depends on.
type scaffolded struct {
	table      *Table
	form       string // of the selection
	target     Target
	lookback   time.Duration
	knobs      Knobs
	noComments bool
	watchlist  string
}

// scaffolds are those that were written. Selections that follow one another have
// them in common.
type scaffolds struct {
	sync.Mutex
	all map[scaffolded]*scaffold
}

// mostScaffolds bounds how many are kept: a triage needs one a table and a few for
// the forms that its selections take.
const mostScaffolds = 512

// scaffold writes the scaffold of a hunt in a table, or finds it.
func (s *Selection) scaffold(t *Table, o *Options) *scaffold {
	key := scaffolded{t, s.form(), o.Target, o.Lookback, o.Knobs, o.NoComments, o.Watchlist}
	s.scaffolds.Lock()
	defer s.scaffolds.Unlock()
	f := s.scaffolds.all[key]
	if f == nil {
		if f = t.scaffold(s, o); len(s.scaffolds.all) >= mostScaffolds || s.scaffolds.all == nil {
			s.scaffolds.all = map[scaffolded]*scaffold{}
		}
		s.scaffolds.all[key] = f
	}
	return f
}

func (t *Table) scaffold(s *Selection, o *Options) *scaffold {
	groups := t.groups(s, o)
	if len(groups) == 0 {
		return new(scaffold)
	}
	write := func(part func(q *query)) string {
		q := query{apart: o.NoComments}
		part(&q)
		return q.String()
	}
	f := &scaffold{
		groups:    slices.Clone(groups),
		functions: write(func(q *query) { q.functions(s, o, groups) }),
		rows:      write(func(q *query) { t.writeRows(q, o, groups) }),
	}
	f.hits = write(func(q *query) {
		t.writeHits(q, groups)
		f.columns = t.project(q, o)
		if !o.NoComments {
			t.order(q, o, groups)
		}
	})
	for n := range f.groups { // what writes holds on to the selection
		g := &f.groups[n]
		g.wheres, g.hits, g.names, g.nameLists = nil, nil, nil, nil
	}
	return f
}

// form is all of a selection that a scaffold depends on: which lists it has and in
// how many parts, which shapes, and the numbers that the functions name.
func (s *Selection) form() string {
	b := make([]byte, 0, 128)
	for id, l := range s.lists {
		parts := 0
		if l != nil {
			parts = len(s.parts(listID(id)))
		}
		b = append(strconv.AppendInt(b, int64(parts), 10), ' ')
		if l != nil && l.unicode {
			b = append(b, 'u')
		}
	}
	for shape, n := range s.shapes {
		if n > 0 {
			b = append(strconv.AppendInt(append(b, 's'), int64(shape), 10), ' ')
		}
	}
	for _, numbers := range [][]int{s.labels, s.params, s.bits4, s.bits6} {
		b = append(b, ';')
		for _, n := range numbers {
			b = append(strconv.AppendInt(b, int64(n), 10), ' ')
		}
	}
	for _, l := range []listID{ip4List, any4List} { // see prefixed
		b = strconv.AppendBool(append(b, ';'), s.prefixesWith(l))
	}
	return string(b)
}
