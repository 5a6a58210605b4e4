package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
)

const (
	// atOnce is up to how many rows are looked at, and IOCs hunted, before the
	// answer to a key is shown. More are a moment's work.
	atOnce = 20_000
	// slice is for how long one message may go on with such work.
	slice = 4 * time.Millisecond
	// stride is after how many rows the clock is looked at.
	stride = 2048
)

// looking is the work of finding what the table shows next. What it shows stays
// until then.
type looking struct {
	look    *review.Look
	wanted  review.Wanted
	id      int
	then    func(m *Model, also string)
	queued  bool // a message to go on with it is on its way
	sorting bool // by a command
}

// lookMsg goes on with looking.
type lookMsg struct{ id int }

// sortedMsg brings the rows that a command sorted.
type sortedMsg struct {
	id   int
	rows []int32
}

// see finds anew what the filter shows, and then calls a function with what that
// changed, in words to add to a message: before it returns where the rows are
// few. The next call takes its place.
//
// The cursor stays on its IOC, or where it was when that one is no longer shown.
// A marked range is dropped when other rows are shown, or in another order: it
// would mean other IOCs.
func (m *Model) see(then func(m *Model, also string)) {
	l := &m.iocs
	w := review.Wanted{Filter: l.filter, By: review.Columns[l.sort].Column, Reverse: l.reverse}
	n := m.review.IOCs().Len()
	if l.holds(w, n) {
		narrowed := w.Filter.Text != l.made.Filter.Text
		if !narrowed && n > atOnce {
			l.looking = nil
			then(m, "")
			return
		}
		w.Among = l.view
		n = len(l.view)
	}
	l.looks++
	l.looking = &looking{look: m.review.Look(w), wanted: w, id: l.looks, then: then}
	if n <= atOnce {
		for !l.looking.look.Step(n) {
		}
		m.show(l.looking.look.Rows())
	}
}

// holds reports whether the rows that are wanted are all among those shown, in
// their order.
func (l *iocList) holds(w review.Wanted, n int) bool {
	return l.view != nil && !l.stale && l.seen == n && w.By == l.made.By && w.Reverse == l.made.Reverse && w.Filter.Narrows(l.made.Filter)
}

// goOn is the command that goes on with what takes more than a moment, or nil.
func (l *iocList) goOn() tea.Cmd {
	k := l.looking
	if k == nil || k.queued || k.sorting {
		return nil
	}
	k.queued = true
	msg := lookMsg{k.id}
	return func() tea.Msg { return msg }
}

// goOnLooking looks at more rows. Sorting those that were found needs nothing of
// the review, so a command does it.
func (m *Model) goOnLooking(msg lookMsg) tea.Cmd {
	k := m.iocs.looking
	if k == nil || k.id != msg.id {
		return nil // another key has come since
	}
	k.queued = false
	for begin := time.Now(); !k.look.Step(stride); {
		if time.Since(begin) > slice {
			return nil
		}
	}
	if !k.look.Sorts() {
		m.show(k.look.Rows())
		return nil
	}
	k.sorting = true
	return func() tea.Msg { return sortedMsg{k.id, k.look.Rows()} }
}

func (m *Model) showSorted(msg sortedMsg) {
	if k := m.iocs.looking; k != nil && k.id == msg.id {
		m.show(msg.rows)
	}
}

// show shows the rows that were looked for.
func (m *Model) show(rows []int32) {
	l := &m.iocs
	k := l.looking
	item, had := l.current()
	also := ""
	if l.anchor >= 0 && !slices.Equal(l.view, rows) {
		l.anchor, also = -1, rangeDropped
	}
	if k.wanted.Among == nil {
		l.mentions = k.look.Mentions()
	} else {
		l.mentions = m.mentionsAtEnd(rows)
	}
	l.view, l.made, l.seen, l.stale, l.looking = rows, k.wanted, k.look.End(), false, nil
	l.made.Among = nil
	m.showNew()
	l.win.length = len(l.view)
	at := -1
	if had {
		at = slices.Index(l.view, int32(item))
	}
	if at < 0 {
		at = l.win.at
	}
	l.win.set(at)
	k.then(m, also)
}

// mentionsAtEnd counts the mentions at the end of rows.
func (m *Model) mentionsAtEnd(rows []int32) (n int) {
	for n < len(rows) && m.review.IOCs().Mention(int(rows[len(rows)-1-n])) {
		n++
	}
	return n
}

// showNew shows the IOCs that were read since it was found what is shown. In the
// order of the documents they come behind the others and before the mentions,
// and everything that was shown stays where it was. Any other order is found
// anew when there are enough of them.
func (m *Model) showNew() {
	l := &m.iocs
	n := m.review.IOCs().Len()
	if l.seen >= n || l.looking != nil {
		return
	}
	if l.made.By != review.ByDocument || l.made.Reverse {
		if n >= 2*l.seen {
			m.see(func(m *Model, also string) { m.status += also })
		}
		return
	}
	look := m.review.Look(review.Wanted{Filter: l.made.Filter, From: l.seen})
	for !look.Step(n) {
	}
	rows := look.Rows()
	iocs, mentions := rows[:len(rows)-look.Mentions()], rows[len(rows)-look.Mentions():]
	at := len(l.view) - l.mentions
	if l.mentions == 0 {
		l.view = append(l.view, iocs...)
	} else {
		l.view = slices.Insert(l.view, at, iocs...)
		if l.win.at >= at {
			l.win.at, l.win.top = l.win.at+len(iocs), l.win.top+len(iocs)
		}
		if l.anchor >= at {
			l.anchor += len(iocs)
		}
	}
	l.view = append(l.view, mentions...)
	l.mentions += len(mentions)
	l.seen = n
	l.win.length = len(l.view)
}

// seeDecided is told of a decision: what it may have changed is found anew.
func (m *Model) seeDecided(then func(m *Model, also string)) {
	l := &m.iocs
	l.stale = l.stale || m.review.IOCs().Len() <= atOnce || l.filter.Decided() || l.made.Filter.Decided() || review.Columns[l.sort].Column.Decided()
	if l.stale || l.view == nil {
		m.see(then)
	}
}

// work says in the title that what is shown is not yet what was asked for.
func (l *iocList) work() string {
	switch k := l.looking; {
	case k == nil:
		return ""
	case k.wanted.By != l.made.By || k.wanted.Reverse != l.made.Reverse:
		return ", sorting"
	default:
		return ", filtering"
	}
}
