package ui

import (
	"cmp"
	"fmt"

	"quarry/kql"
)

// previewFoot is what the line under the text says.
type previewFoot struct {
	used, limit  int    // the size, where there is a limit
	long, short  string // the size in words
	changes, pos string // what the last decision changed, and which rows are shown
}

func (p *preview) foot(m *Model) previewFoot {
	var f previewFoot
	h, parts, isHunt := m.longest(p.tab)
	switch {
	case isHunt && h.Target == kql.Defender:
		f.long = thousands(h.Chars) + " characters"
	case isHunt:
		f.used, f.limit = h.Chars, kql.RuleChars
		used, limit := thousands(h.Chars), thousands(kql.RuleChars)
		if f.used > f.limit {
			used = "OVER THE LIMIT: " + used
		}
		f.long, f.short = used+" of the "+limit+" characters of an analytics rule", used+" of "+limit+" characters"
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

// longest is the longest part of the hunt of a tab, and how many there are.
func (m *Model) longest(tab string) (longest kql.Hunt, parts int, ok bool) {
	hunts, ok := m.plan.Hunt(tab)
	if tab == unionTab {
		longest, ok = m.plan.Union()
		return longest, 1, ok
	}
	for _, h := range hunts {
		if h.Chars > longest.Chars {
			longest = h
		}
	}
	return longest, len(hunts), ok
}

// fit leaves out parts until the line has room for the others: first words of
// the size, then the bar, what changed, and the rows that are shown.
func (f previewFoot) fit(w int) (bar int, left, right string) {
	const most = 10
	if f.limit > 0 {
		bar = most
	}
	for _, try := range []struct {
		bar         int
		left, right string
	}{
		{bar, f.long + f.changes, f.pos}, {bar, f.short + f.changes, f.pos}, {0, f.short + f.changes, f.pos}, {0, f.short, f.pos},
	} {
		n := 2 + len(try.left) + 1
		if try.bar > 0 {
			n += 2 + try.bar
		}
		if try.right != "" {
			n += 2 + len(try.right)
		}
		if n <= w {
			return try.bar, try.left, try.right
		}
	}
	return 0, f.short, ""
}

// drawGauge draws the line under the text: the size against the limit of an
// analytics rule, what the last decision changed, and how far the text goes.
func (p *preview) drawGauge(m *Model, w int) {
	c := &m.canvas
	f := p.foot(m)
	bar, left, right := f.fit(w)
	s := dim
	if f.limit > 0 && f.used > f.limit {
		s = bad
	}
	if bar > 0 {
		c.raw(s, "  ")
		m.gauge(s, f.used, f.limit, bar)
		bar += 2
	}
	c.raw(s, "  ")
	c.put(s, left, max(0, w-bar-2-len(right)-1))
	c.put(dim, right, len(right))
	c.raw(dim, " ")
}
