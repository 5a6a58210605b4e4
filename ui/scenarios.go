package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"quarry/exclusions"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/cell"
)

// scenarioList is the pane of the false-positive scenarios: the list, and
// below it what is known about the one under the cursor.
type scenarioList struct {
	win      window
	fits     [][]review.TableFit // of each scenario, for each chosen table of the target
	details  []textLine
	detailed detailed
	armed    armed
}

// place divides the pane between list and details.
func (l *scenarioList) place(m *Model) {
	r := m.layout.panes[scenarioPane]
	n := m.review.ScenarioCount()
	rows := max(0, r.h-1)
	list := rows
	if rows > n {
		list = n
	} else if rows >= 6 {
		list = rows / 2
	}
	l.win.resize(list, n)
	l.detail(m, r.w)
}

// detail lays out what is known about the scenario under the cursor.
func (l *scenarioList) detail(m *Model, w int) {
	if len(l.fits) == 0 || w <= 4 {
		l.details, l.detailed = nil, detailed{}
		return
	}
	now := detailed{m.review.Scenario(l.win.at), w, m.term, l.fitsOf(l.win.at)}
	if !l.detailed.same(now) {
		l.details, l.detailed = m.scenarioLines(l.win.at, w-2), now
	}
}

// detailed is what the details were laid out for: most decisions change nothing
// about the scenario under the cursor.
type detailed struct {
	scenario *review.Scenario // an edit puts another one in its place
	w        int
	term     cell.Terminal
	fits     []review.TableFit
}

func (d detailed) same(o detailed) bool {
	return d.scenario == o.scenario && d.w == o.w && d.term == o.term && d.fits != nil &&
		slices.EqualFunc(d.fits, o.fits, func(a, b review.TableFit) bool {
			return a.Table == b.Table && a.Fit == b.Fit && a.Reason == b.Reason && a.Asks == b.Asks
		})
}

// worstFits orders fits by what an analyst has to know first.
func worstFits(fits []review.TableFit) []review.TableFit {
	sorted := slices.Clone(fits)
	slices.SortStableFunc(sorted, func(a, b review.TableFit) int {
		return cmp.Compare(slices.Index(fitOrder, a.Fit), slices.Index(fitOrder, b.Fit))
	})
	return sorted
}

// fitOrder is danger first, then where a scenario can be used, then why it
// cannot. A list that has room for one fit shows the first.
var fitOrder = []exclusions.Fit{exclusions.Dangerous, exclusions.Expressible, exclusions.Partly, exclusions.NoEffect, exclusions.NoColumn}

// previewUse shows the line that an attached scenario brought, in the hunt that
// is shown or else in the first that has it.
func (m *Model) previewUse(i int) {
	var table string
	for _, f := range m.scenarios.fitsOf(i) {
		switch {
		case !f.Used:
		case f.Table.Name == m.preview.tab:
			m.preview.reveal()
			return
		case table == "":
			table = f.Table.Name
		}
	}
	if _, isHunt := m.plan.Hunt(m.preview.tab); isHunt && table != "" {
		m.preview.show(m, table)
	}
	m.preview.reveal()
}

func (l *scenarioList) title(m *Model) string {
	n, attached := m.review.ScenarioCount(), 0
	for i := range n {
		if on, _ := m.review.Attached(i); on {
			attached++
		}
	}
	if shown := l.win.position(); shown != "" {
		return shown + ", " + strconv.Itoa(attached) + " attached"
	}
	return strconv.Itoa(attached) + " of " + strconv.Itoa(n) + " attached"
}

func (l *scenarioList) drawRow(m *Model, y, w, h int) {
	c := &m.canvas
	if y == 0 {
		m.paneTitle(scenarioPane, l.title(m), w)
		return
	}
	row := y - 1
	if row < l.win.height && l.win.top+row < l.win.length {
		l.drawScenario(m, l.win.top+row, w)
		return
	}
	if row -= l.win.height; row >= 0 && row < len(l.details) {
		c.raw(plain, "  ")
		more := ""
		if y == h-1 && row < len(l.details)-1 {
			more = " " + m.key("details") + " shows all"
			if m.lineWidth(l.details[row]) <= w-2-2-len(more) {
				more = " " + m.glyphs.ellipsis + more
			}
		}
		n := min(m.term.Width(more), w-2)
		c.line(l.details[row], w-2-n)
		c.put(accent, more, n)
		return
	}
	text := ""
	if l.win.length == 0 {
		lines := m.term.Wrap("no false-positive scenario: "+m.key("new-scenario")+" writes one, "+m.key("library")+" takes one from the library", max(1, w-4))
		if row := y - 1; row < len(lines) {
			text = "  " + lines[row]
		}
	}
	c.put(dim, text, w)
}

func (l *scenarioList) drawScenario(m *Model, at, w int) {
	c := &m.canvas
	s := m.review.Scenario(at)
	fit, fitStyle := l.summary(at, s)
	const fitWidth = 18
	c.raw(accent, m.rowPointer(scenarioPane, at == l.win.at)+" ")
	c.raw(plain, l.mark(m, at)+" ")
	c.put(plain, strconv.Itoa(at+1)+" "+s.Title, w-6-fitWidth-1)
	c.raw(plain, " ")
	c.put(fitStyle, fit, fitWidth)
	c.unlock()
}

// mark says what a scenario does to the queries: nothing, [x] all of it is used,
// [~] somewhere a part of it, [!] somewhere though it is dangerous, [?] a danger
// that came after others were accepted is to be accepted too.
func (l *scenarioList) mark(m *Model, at int) string {
	if on, _ := m.review.Attached(at); !on {
		return "[ ]"
	}
	mark := "[x]"
	for _, f := range l.fitsOf(at) {
		switch {
		case f.Asks != "":
			return "[?]"
		case f.Used && f.Fit == exclusions.Dangerous:
			mark = "[!]"
		case f.Used && f.Fit == exclusions.Partly && mark == "[x]":
			mark = "[~]"
		}
	}
	return mark
}

// summary is the fit with all chosen tables in a word or two: danger first,
// then where it can be used, then why it cannot.
func (l *scenarioList) summary(at int, s *review.Scenario) (string, style) {
	switch {
	case s.Condition == nil && s.Filter == "":
		return "no condition", warn
	case s.Condition == nil:
		return "not understood", warn
	}
	count := map[exclusions.Fit]int{}
	for _, f := range l.fitsOf(at) {
		count[f.Fit]++
	}
	for _, fit := range fitOrder {
		if n := count[fit]; n > 0 {
			return fmt.Sprintf("%s in %d/%d", fit, n, len(l.fitsOf(at))), fitStyle(fit)
		}
	}
	return "no table chosen", dim
}

func fitStyle(f exclusions.Fit) style {
	switch f {
	case exclusions.Dangerous:
		return bad
	case exclusions.Expressible:
		return good
	case exclusions.Partly:
		return warn
	}
	return dim
}

// timesAreUTC is said where a condition asks for a time of day.
const timesAreUTC = "times of day are UTC, as the products keep them"

// scenarioLines tells all about a scenario: the condition, the fit with each
// chosen table, and the sentence with the words that were not understood.
func (m *Model) scenarioLines(i, w int) []textLine {
	s := m.review.Scenario(i)
	t := m.text(w)
	switch {
	case s.Condition == nil && s.Filter == "":
		t.field("condition", warn, "it has none, so it leaves nothing out; "+m.key("edit-scenario")+" writes one")
	case s.Condition == nil:
		t.field("read as", warn, "nothing in the filter could be turned into a condition; "+m.key("edit-scenario")+" writes one")
	case s.Edited:
		t.field("condition", plain, kql.FormatCondition(s.Condition))
	default:
		t.field("read as", plain, kql.FormatCondition(s.Condition))
	}
	if kql.TellsTime(s.Condition) {
		t.field("", dim, timesAreUTC)
	}
	if s.Note != "" {
		t.field("note", plain, s.Note)
	}
	for _, f := range worstFits(m.scenarios.fitsOf(i)) {
		if s.Condition == nil {
			break // what there is not fits nowhere
		}
		text := string(f.Fit) + ": " + f.Reason
		if f.Asks != "" {
			text = string(f.Fit) + ", and not accepted yet: " + f.Asks
		}
		t.field(f.Table.Name, fitStyle(f.Fit), text)
	}
	t.filter(s.Filter, s.Unread)
	if s.Description != "" {
		t.field("description", plain, s.Description)
	}
	if s.Cut {
		t.field("cut off", warn, "the document ends in the middle of this scenario")
	}
	return t.lines
}
