package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// View draws the screen. It is called for every message, so it only appends
// bytes to a buffer that it keeps. While a decision is being saved the screen
// stays as it was.
func (m *Model) View() tea.View {
	if m.keeping.held && !m.keeping.late && m.keeping.frame.Content != "" {
		return m.keeping.frame
	}
	c := &m.canvas
	c.b, c.theme, c.term, c.now, c.lock = c.b[:0], &m.theme, m.term, plain, false
	var v tea.View
	switch {
	case m.w < minWidth || m.h < minHeight:
		m.drawTooSmall()
	case m.overlay != nil && m.overlay.bare():
		m.overlay.draw(m, m.w, m.h)
		if o, ok := m.overlay.(*picker); ok {
			v.Cursor = o.cursor()
		}
	case m.beginning():
		foot := m.footLines()
		m.drawBeginning(m.h - m.footHeight(foot))
		m.drawFoot(foot)
	default:
		m.drawTop()
		foot := m.footLines()
		if above := m.h - m.footHeight(foot); m.overlay != nil {
			m.overlay.draw(m, m.w, above-1)
		} else {
			m.drawPanes(above)
		}
		m.drawFoot(foot)
		if m.prompt != nil {
			v.Cursor = m.prompt.cursor(m)
		} else if o, ok := m.overlay.(typed); ok {
			v.Cursor = o.cursor()
		}
	}
	c.use(plain)
	v.Content = strings.TrimSuffix(string(c.b), "\n")
	v.AltScreen = true
	if m.opt.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = "Quarry: " + m.term.Clean(m.review.Title())
	m.keeping.frame = v
	return v
}

func (m *Model) drawTooSmall() {
	c := &m.canvas
	if m.w <= 0 || m.h <= 0 {
		return
	}
	lines := m.term.Wrap(fmt.Sprintf("This terminal has %d x %d cells; Quarry needs %d x %d. Make it larger; %s leaves.", m.w, m.h, minWidth, minHeight, m.key("quit")), m.w)
	for i, l := range lines {
		if i < m.h {
			c.put(plain, l, m.w)
			c.newline()
		}
	}
}

// drawPanes draws every visible pane, row by row over the screen down to a row.
func (m *Model) drawPanes(end int) {
	c := &m.canvas
	for y := 1; y < end; y++ {
		for x := 0; x < m.w; {
			p, ok := m.layout.at(x, y)
			if !ok {
				c.raw(dim, m.glyphs.column)
				x++
				continue
			}
			r := m.layout.panes[p]
			m.drawPaneRow(p, y-r.y, r.w, r.h)
			x += r.w
		}
		c.newline()
	}
}

func (m *Model) drawPaneRow(p pane, y, w, h int) {
	switch p {
	case iocPane:
		m.iocs.drawRow(m, y, w)
	case tablePane:
		m.tables.drawRow(m, y, w)
	case scenarioPane:
		m.scenarios.drawRow(m, y, w, h)
	case previewPane:
		m.preview.drawRow(m, y, w, h)
	}
}

func (m *Model) titleStyle(p pane) style {
	if m.focus == p {
		return focused
	}
	return heading
}

// paneActions go to the panes.
var paneActions = [panes]string{"iocs", "tables", "scenarios", "preview"}

// paneNumber is the key of a pane, its number unless the analyst has another.
func (m *Model) paneNumber(p pane) string {
	key := m.key(paneActions[p])
	if len(key) > len("Ctrl-X") || utf8.RuneCountInString(key) != len(key) {
		key = "-" // titles are counted in bytes, and short
	}
	return " " + key + " "
}

// otherPanes names the two panes that share the place of p but are not shown,
// so that their keys are seen.
func (m *Model) otherPanes(p pane) string {
	if !m.layout.tabs || p == iocPane {
		return ""
	}
	others := " "
	for q := tablePane; q < panes; q++ {
		if q != p {
			others += m.paneNumber(q)[1:] + paneNames[q] + " "
		}
	}
	return others
}

// paneLead is the start of a pane's title. The pane that has the keys is marked
// by a pointer too, for those who see no colours.
func (m *Model) paneLead(p pane) string {
	lead := m.paneNumber(p) + paneNames[p] + " "
	if m.focus == p {
		lead = strings.Replace(lead, " ", m.glyphs.pointer, 1)
	}
	return lead
}

// paneTitle draws the first row of a pane.
func (m *Model) paneTitle(p pane, about string, w int) {
	c := &m.canvas
	s := m.titleStyle(p)
	others := m.otherPanes(p)
	c.raw(s, m.paneLead(p))
	room := w - len(m.paneNumber(p)) - len(paneNames[p]) - 1 - len(others)
	text := " " + about + " "
	n := max(0, min(room, m.term.Width(m.term.Clean(text))))
	c.put(plain, text, n)
	c.fill(dim, m.glyphs.rule, max(0, room-n))
	c.raw(heading, others)
}
