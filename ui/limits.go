package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/kql"
)

// limitWords are what a limit is called on the screen, what is beyond it, and the
// action whose key does something about it, if any.
type limitWords struct{ name, means, action, does string }

var limitNames = map[kql.Limit]limitWords{
	kql.CharsLimit:    {"characters", "an analytics rule takes no longer query; the Logs page does", "long", "splits it or lets it read a watchlist"},
	kql.IndexLimit:    {"index terms", "values in one list; more are compared without the text index, which is slower and finds the same", "", ""},
	kql.AnyLimit:      {"values for has_any", "values in one list that columns are searched for; more are searched for in parts, which finds the same", "", ""},
	kql.InLimit:       {"values for in", "values in one list; in compares no more, so leave some out", "", ""},
	kql.LookbackLimit: {"look-back", "a rule looks back no further, and advanced hunting keeps no more", "look-back", "sets it"},
}

func limitName(l kql.Limit) string {
	return cmp.Or(limitNames[l].name, strings.ReplaceAll(string(l), "_", " "))
}

// gaugeWords says what is used of a limit: index terms 14 of 128.
func gaugeWords(g kql.Gauge) string {
	used, most := g.Amounts()
	return limitName(g.Limit) + " " + used + " of " + most
}

// gaugeStyle is how being over a limit looks: where the hunt finds the same
// without it, it is no more than a hint.
func gaugeStyle(g kql.Gauge) style {
	switch {
	case !g.Over():
		return plain
	case g.Severity == feed.Info:
		return warn
	}
	return bad
}

// rare are limits that are shown only where a hunt comes near: no bulletin is as
// long.
func rare(g kql.Gauge) bool { return g.Limit == kql.InLimit && 2*g.Used <= g.Most }

// nearest is the limit other than that of characters that matters most: the worst
// of those that the hunt is over, else the one of which it uses most.
func nearest(h kql.Hunt) (near kql.Gauge, ok bool) {
	grave := func(g kql.Gauge) int {
		if !g.Over() {
			return 0
		}
		return 1 + slices.Index([]feed.Severity{feed.Info, feed.Warning, feed.Error}, g.Severity)
	}
	for _, g := range h.Limits {
		if g.Limit == kql.CharsLimit || rare(g) {
			continue
		}
		if !ok || grave(g) > grave(near) || grave(g) == grave(near) && g.Nearer(near) {
			near, ok = g, true
		}
	}
	return near, ok
}

// charsGauge is the gauge of characters, where the product has that limit.
func charsGauge(h kql.Hunt) (g kql.Gauge, ok bool) {
	at := slices.IndexFunc(h.Limits, func(g kql.Gauge) bool { return g.Limit == kql.CharsLimit })
	if at < 0 {
		return g, false
	}
	return h.Limits[at], true
}

// showLimits opens how near each hunt is to the limits of its product.
func (m *Model) showLimits() tea.Cmd {
	m.read("Limits", func(t *text) { t.limits() })
	return nil
}

// limits adds every hunt with its gauges, those that are over a limit named
// first, and what the limits mean. The query over all tables is another way to
// write them, so it is not counted among them.
func (t *text) limits() {
	hunts := t.m.limitedHunts()
	var over []string
	for _, h := range hunts {
		for _, g := range h.hunt.Limits {
			if g.Over() && h.hunt.Table != kql.UnionTable {
				over = append(over, h.hunt.Table+" ("+limitName(g.Limit)+")")
			}
		}
	}
	switch {
	case len(over) > 0:
		t.para(warn, "Over a limit: "+strings.Join(over, ", "))
	default:
		t.para(plain, "No hunt is over a limit of "+t.m.review.Target().Title()+".")
	}
	known := map[kql.Limit]bool{}
	for _, h := range hunts {
		t.gap()
		t.para(bold, h.name)
		for _, g := range h.hunt.Limits {
			if !rare(g) {
				known[g.Limit] = true
				t.gauge(g)
			}
		}
	}
	t.gap()
	if len(hunts) == 0 {
		return
	}
	for _, g := range hunts[0].hunt.Limits {
		if words := limitNames[g.Limit]; known[g.Limit] && words.means != "" {
			if words.action != "" {
				words.means += "; " + t.m.key(words.action) + " " + words.does
			}
			t.field(limitName(g.Limit), dim, words.means)
		}
	}
}

// limitedHunt is a hunt with what the screen calls it.
type limitedHunt struct {
	name string
	hunt kql.Hunt
}

// limitedHunts are the longest part of every hunt, and the one over all tables.
func (m *Model) limitedHunts() (all []limitedHunt) {
	for _, tab := range append(m.plan.Tables(), unionTab) {
		h, parts, ok := m.longest(tab)
		if !ok {
			continue
		}
		if tab == unionTab {
			tab += ", one query over all tables"
		}
		if parts > 1 {
			tab += ", the longest of " + plural(parts, "part")
		}
		all = append(all, limitedHunt{tab, h})
	}
	return all
}

// gauge adds what is used of a limit, in figures and as a bar.
func (t *text) gauge(g kql.Gauge) {
	const label, amount, bar = 18, 10, 10
	used, most := g.Amounts()
	s := gaugeStyle(g)
	full := fullCells(g.Used, g.Most, bar)
	glyphs := t.m.glyphs
	line := textLine{
		{dim, fmt.Sprintf("  %-*s", label, limitName(g.Limit))},
		{s, fmt.Sprintf("%*s", amount, used)}, {plain, fmt.Sprintf(" of %-*s", amount, most)},
		{s, strings.Repeat(glyphs.full, full)}, {dim, strings.Repeat(glyphs.empty, bar-full)},
	}
	if g.Over() {
		line = append(line, span{s, " OVER"})
	} else {
		line = append(line, span{plain, fmt.Sprintf(" %3s%%", strconv.Itoa(g.Used*100/max(1, g.Most)))})
	}
	t.lines = append(t.lines, line)
}
