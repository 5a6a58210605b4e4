package ui

import (
	"cmp"
	"fmt"

	"quarry/kql"
	"quarry/review"
)

// previewFoot is what the line under the text says.
type previewFoot struct {
	used, limit  int    // the size, where there is a limit
	long, short  string // the size in words
	near         string // another limit that is nearer or passed, in words
	nearIs       style
	changes, pos string // what the last decision changed, and which rows are shown
}

func (p *preview) foot(m *Model) previewFoot {
	var f previewFoot
	h, parts, isHunt := m.longest(p.tab)
	switch {
	case isHunt:
		f.size(h)
		if f.limit > 0 && f.used > f.limit && m.review.Long() == review.KeepLong {
			const does = " splits it"
			f.long, f.short = f.long+": "+m.key("long")+does+", or lets it read a watchlist", f.short+": "+m.key("long")+does
		}
	case p.source != "":
		f.long = thousands(len(p.source)) + " bytes"
	}
	if parts > 1 {
		f.long = plural(parts, "part") + ", " + f.long
	}
	f.short = cmp.Or(f.short, f.long)
	if p.added+p.gone > 0 {
		f.changes = fmt.Sprintf("  +%d -%d lines", p.added, p.gone)
	}
	if n := p.win.length; n > p.win.height && p.win.height > 0 {
		f.pos = fmt.Sprintf("%d-%d/%d", p.win.top+1, min(p.win.top+p.win.height, n), n)
	}
	return f
}

// size says how long a hunt is, against the limit where there is one, and which
// other limit is nearer or passed.
func (f *previewFoot) size(h kql.Hunt) {
	chars, limited := charsGauge(h)
	f.long = thousands(h.Chars) + " characters"
	if limited {
		f.used, f.limit = chars.Used, chars.Most
		used, limit := chars.Amounts()
		if chars.Over() {
			used = "OVER THE LIMIT: " + used
		}
		f.long, f.short = used+" of the "+limit+" characters of an analytics rule", used+" of "+limit+" characters"
	}
	near, ok := nearest(h)
	if !ok || limited && !near.Over() && !near.Nearer(chars) {
		return
	}
	f.near, f.nearIs = gaugeWords(near), gaugeStyle(near)
	if near.Over() {
		f.near = "OVER: " + f.near
	}
}

// longest is the longest part of the hunt of a tab, and how many there are.
func (m *Model) longest(tab string) (longest kql.Hunt, parts int, ok bool) {
	hunts, ok := m.plan.Hunt(tab)
	if tab == unionTab {
		hunts, ok = m.plan.Union()
	}
	for _, h := range hunts {
		if h.Chars > longest.Chars {
			longest = h
		}
	}
	return longest, len(hunts), ok
}

// fittedFoot is what of the line there is room for.
type fittedFoot struct {
	bar              int // its width, 0 for none
	size, near, rest string
	right            string
}

func (f fittedFoot) width() int {
	n := 2 + len(f.size) + len(f.near) + len(f.rest) + 1
	if f.bar > 0 {
		n += 2 + f.bar
	}
	if f.right != "" {
		n += 2 + len(f.right)
	}
	return n
}

// fit leaves out parts until the line has room for the others: first words of
// the size, then the bar, what changed, the rows that are shown, and last the
// size where another limit matters more.
func (f previewFoot) fit(w int) fittedFoot {
	const most = 10
	bar, near := 0, f.near
	if f.limit > 0 {
		bar = most
	}
	if near != "" {
		near = ", " + near
	}
	tries := []fittedFoot{
		{bar, f.long, near, f.changes, f.pos}, {bar, f.short, near, f.changes, f.pos}, {0, f.short, near, f.changes, f.pos},
		{0, f.short, near, "", f.pos}, {0, f.short, near, "", ""},
	}
	if f.near != "" && (f.limit == 0 || f.used <= f.limit) {
		tries = append(tries, fittedFoot{0, "", f.near, "", ""})
	}
	for _, try := range tries {
		if try.width() <= w {
			return try
		}
	}
	return fittedFoot{size: f.short}
}

// drawGauge draws the line under the text: the size against the limit of an
// analytics rule, another limit that is nearer, what the last decision changed,
// and how far the text goes.
func (p *preview) drawGauge(m *Model, w int) {
	c := &m.canvas
	f := p.foot(m)
	fit := f.fit(w)
	s := dim
	if f.limit > 0 && f.used > f.limit {
		s = bad
	}
	if fit.bar > 0 {
		c.raw(s, "  ")
		m.gauge(s, f.used, f.limit, fit.bar)
	}
	c.raw(s, "  ")
	c.put(s, fit.size, min(len(fit.size), w-3))
	nearIs := f.nearIs
	if nearIs == plain {
		nearIs = dim
	}
	c.put(nearIs, fit.near, len(fit.near))
	c.put(dim, fit.rest, len(fit.rest))
	if fit.width() > w { // the size alone is cut
		c.spaces(max(0, w-2-min(len(fit.size), w-3)))
		return
	}
	gap := w - fit.width()
	if fit.right != "" {
		gap += 2
	}
	c.spaces(gap)
	c.put(dim, fit.right, len(fit.right))
	c.raw(dim, " ")
}
