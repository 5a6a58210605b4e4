package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
)

// preview is the pane that shows what the decisions amount to.
type preview struct {
	tab     string // name of the tab that is shown
	standIn bool   // as there is no hunt yet; nobody chose it
	win     window // over rows of the screen
	source  string // the text that is shown, as it would be copied
	lines   []previewLine
	added   int // lines that the last decision brought
	gone    int // lines that it took away
	width   int // that lines are wrapped for
	laidOut int // the width for which they were
	was     string
	waited  string // the text before one that is being written
	// wrapped keeps the rows of lines that were drawn: a decision changes few
	// lines, and of a long query few are in sight.
	wrapped map[string][]textLine
	beside  []textLine // rows of two columns, when the tab has two
}

// previewLine is a line of the text with its place on the screen.
type previewLine struct {
	text    string
	row     int // the first of its rows
	rows    int // how many there are
	changed bool
}

// The tabs behind those of the hunts.
const (
	allTab       = "All"
	unionTab     = "Union"
	bulletinTab  = "Review"
	publishedTab = "Published"
)

// tabs lists the tabs: a hunt each, then the others.
func (m *Model) tabs() []string {
	return append(slices.Clone(m.huntedTables()), allTab, unionTab, bulletinTab, publishedTab)
}

// show turns to a tab, if there is one of that name.
func (p *preview) show(m *Model, tab string) {
	for _, t := range m.tabs() {
		if t == tab {
			p.tab, p.was, p.wrapped, p.standIn = tab, "", nil, false
			p.win.top = 0
			p.refresh(m)
			p.place(m)
		}
	}
}

func (m *Model) turnTab(by int) tea.Cmd {
	tabs := m.tabs()
	at := 0
	for i, t := range tabs {
		if t == m.preview.tab {
			at = i
		}
	}
	m.preview.show(m, tabs[(at+by+len(tabs))%len(tabs)])
	m.say(plain, "") // it may be about the tab before
	if m.layout.tabs && m.shown != previewPane {
		m.setFocus(previewPane) // else the keys would be those of a pane that is out of sight
	}
	return nil
}

// refresh makes the text of the tab anew and marks what changed since the last
// decision. The tab of a hunt that is gone gives way to the first.
func (p *preview) refresh(m *Model) {
	tabs := m.tabs()
	found := false
	for _, t := range tabs {
		found = found || t == p.tab
	}
	if hunts := len(m.huntedTables()) > 0; !found || p.standIn && hunts {
		if m.start.Tab == p.tab {
			m.start.Tab = tabs[0] // nobody went there
		}
		p.tab, p.was, p.win.top, p.wrapped, p.standIn = tabs[0], "", 0, nil, !hunts
	}
	before := cmp.Or(p.source, p.waited)
	if p.was != p.tab {
		before = "" // the tab was not shown
		if m.before != nil {
			hunts, _ := m.before.Hunt(p.tab)
			before = review.AllHunts(hunts)
		}
	}
	p.source, p.waited = m.tabText(p.tab), ""
	if m.unwritten() != "" {
		p.waited = before
	}
	p.layOut(m, before)
	p.was = p.tab
}

// tabText is the text of a tab, as it would be copied.
func (m *Model) tabText(tab string) string {
	switch tab {
	case allTab:
		return review.AllHunts(m.plan.Hunts())
	case bulletinTab:
		if m.review.IOCs().Len() > atOnce {
			return "" // a text of megabytes is for a file
		}
		var b strings.Builder
		if err := m.review.WriteMarkdown(&b, m.signature()); err != nil {
			return err.Error()
		}
		return b.String()
	case publishedTab:
		var texts []string
		for _, d := range m.review.Documents() {
			for _, q := range d.Queries {
				texts = append(texts, q.Text)
			}
		}
		return strings.Join(texts, "\n\n")
	case unionTab:
		hunts, _ := m.plan.Union()
		return review.AllHunts(hunts)
	}
	if hunts, ok := m.plan.Hunt(tab); ok {
		return review.AllHunts(hunts)
	}
	return ""
}

// layOut divides the text into lines and says where each stands. A line is
// marked as changed when the text before had no such line.
func (p *preview) layOut(m *Model, before string) {
	was := p.lines
	if p.laidOut != p.width {
		was, p.laidOut = nil, p.width
	}
	p.lines, p.beside, p.added, p.gone = p.lines[:0], nil, 0, 0
	switch {
	case p.width == 0 || p.source == "":
		p.win.length = 0
		return
	case p.tab == publishedTab && p.width >= besideWidth:
		p.beside = m.publishedBeside(p.textWidth())
		p.win.length = len(p.beside)
		return
	}
	rows := 0
	for l := range strings.SplitSeq(p.source, "\n") {
		line := previewLine{text: l, row: rows}
		if n := len(p.lines); n < len(was) && was[n].text == l {
			line.rows = was[n].rows // most lines stay where they were
		} else {
			line.rows = p.rowCount(m, l)
		}
		p.lines = append(p.lines, line)
		rows += line.rows
	}
	p.win.length = rows
	if before != "" && before != p.source {
		p.compare(strings.Split(before, "\n"))
	}
}

// unmark shows the text as it is, as if it had been so all the time.
func (p *preview) unmark(m *Model) {
	m.before, p.waited = nil, ""
	p.layOut(m, "")
}

// compare marks the lines that were not there before. Most decisions change a
// few lines in the middle, so what is the same at both ends, or stands where it
// stood, is not looked at twice.
func (p *preview) compare(before []string) {
	now := p.lines
	for len(now) > 0 && len(before) > 0 && now[0].text == before[0] {
		now, before = now[1:], before[1:]
	}
	for len(now) > 0 && len(before) > 0 && now[len(now)-1].text == before[len(before)-1] {
		now, before = now[:len(now)-1], before[:len(before)-1]
	}
	stayed := func(i int) bool { return i < len(now) && i < len(before) && now[i].text == before[i] }
	had := map[string]int{}
	for i, l := range before {
		if !stayed(i) {
			had[l]++
		}
	}
	for i := range now {
		if stayed(i) {
			continue
		}
		if n := had[now[i].text]; n > 0 {
			had[now[i].text] = n - 1
			continue
		}
		now[i].changed = true
		p.added++
	}
	for _, n := range had {
		p.gone += n
	}
}

// place tells the preview its size; another width wraps the text anew, which
// drops the marks of what changed.
func (p *preview) place(m *Model) {
	r := m.layout.panes[previewPane]
	if r.w != p.width && r.w > 0 {
		p.width, p.wrapped = r.w, nil
		p.layOut(m, "")
	}
	p.win.height = max(0, r.h-2)
	p.win.top = max(0, min(p.win.top, p.win.length-p.win.height))
}

func (p *preview) drawRow(m *Model, y, w, h int) {
	c := &m.canvas
	switch {
	case y == 0:
		p.drawTabs(m, w)
	case y == h-1:
		p.drawGauge(m, w)
	default:
		line, isNew, ok := p.at(m, p.win.top+y-1)
		if !ok {
			c.put(dim, p.emptyRow(m, y-1, w), w)
			return
		}
		mark := "  "
		if isNew {
			mark = "+ "
		}
		c.raw(changed, mark)
		c.line(line, w-2)
	}
}

// emptyRow is a row of the reason why there is no text.
func (p *preview) emptyRow(m *Model, row, w int) string {
	if p.source != "" || w <= 4 {
		return ""
	}
	lines := m.term.Wrap(p.emptyReason(m), w-4)
	if row >= len(lines) {
		return ""
	}
	return "  " + lines[row]
}

func (p *preview) emptyReason(m *Model) string {
	if p.tab == publishedTab {
		return "the document published no query"
	}
	if p.tab == bulletinTab {
		return "the reviewed bulletin of " + plural(m.review.IOCs().Len(), "row") + " is too long to be shown; " + m.key("export") + " writes it to a file"
	}
	if reason := m.unwritten(); reason != "" {
		return reason
	}
	on := m.counts.Hunted.Sum()
	switch {
	case on > review.MaxHunted:
		return "no hunt: " + m.plan.Findings()[0].Text
	case on == 0 && m.counts.Held.Sum() > 0:
		return fmt.Sprintf("no hunt: all that is on is below %d%% confidence; %s sets another minimum", m.review.MinConfidence(), m.key("min-confidence"))
	case on == 0:
		return "no hunt: no IOC is on; " + m.key("toggle") + " or " + m.key("toggle-shown") + " in the IOCs (" + m.key("iocs") + ") switches them on"
	}
	if len(m.plan.Tables()) > 0 {
		return "no hunt could be written; " + m.key("findings") + " says why"
	}
	return "no hunt: choose a table (" + m.key("tables") + ") that can carry an IOC that is on"
}

// drawTabs draws the title row: the tab that is shown stands in brackets, and
// those around it as far as there is room.
func (p *preview) drawTabs(m *Model, w int) {
	c := &m.canvas
	tabs := m.tabs()
	at := 0
	for i, t := range tabs {
		if t == p.tab {
			at = i
		}
	}
	s := m.titleStyle(previewPane)
	lead := m.paneNumber(previewPane) + paneNames[previewPane] + " "
	c.raw(s, m.paneLead(previewPane))
	others := m.otherPanes(previewPane)
	room := w - len(lead) - len(others)
	from := at
	for used := len(tabs[at]) + 3; from > 0 && used+len(tabs[from-1])+2 <= room-4; from-- {
		used += len(tabs[from-1]) + 2
	}
	if from > 0 && room > 2 {
		c.raw(s, "< ")
		room -= 2
	}
	for i := from; i < len(tabs); i++ {
		label, ls := tabs[i]+" ", dim
		if i == at {
			label, ls = "["+tabs[i]+"] ", s
		}
		if len(label) > room-2 {
			c.put(s, ">", min(room, 1))
			room -= min(room, 1)
			break
		}
		c.raw(ls, label)
		room -= len(label)
	}
	c.fill(dim, m.glyphs.rule, max(0, room))
	c.raw(heading, others)
}
