package ui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/kql"
)

// View draws the screen. It is called for every message, so it only appends
// bytes to a buffer that it keeps.
func (m *Model) View() tea.View {
	c := &m.canvas
	c.b, c.theme, c.term, c.now, c.lock = c.b[:0], &m.theme, m.term, plain, false
	var v tea.View
	switch {
	case m.w < minWidth || m.h < minHeight:
		m.drawTooSmall()
	case m.overlay != nil && m.overlay.bare():
		m.overlay.draw(m, m.w, m.h)
	default:
		m.drawTop()
		if m.overlay != nil {
			m.overlay.draw(m, m.w, m.h-3)
		} else {
			m.drawPanes()
		}
		m.drawStatus()
		m.drawFooter()
		if m.prompt != nil {
			v.Cursor = m.prompt.cursor(m)
		} else if o, ok := m.overlay.(*menu); ok {
			v.Cursor = o.cursor()
		}
	}
	c.use(plain)
	v.Content = strings.TrimSuffix(string(c.b), "\n")
	v.AltScreen = true
	v.WindowTitle = "Quarry: " + m.term.Clean(m.review.Title())
	return v
}

func (m *Model) drawTooSmall() {
	c := &m.canvas
	if m.w <= 0 || m.h <= 0 {
		return
	}
	lines := m.term.Wrap(fmt.Sprintf("This terminal has %d x %d cells; Quarry needs %d x %d. Make it larger; q leaves.", m.w, m.h, minWidth, minHeight), m.w)
	for i, l := range lines {
		if i < m.h {
			c.put(plain, l, m.w)
			c.newline()
		}
	}
}

// drawTop draws what is reviewed, and how much of it.
func (m *Model) drawTop() {
	c := &m.canvas
	right := fmt.Sprintf("%s  last %s  %s of %s on ", m.review.Target().Title(), kql.FormatLookback(m.review.Lookback()),
		thousands(m.on-m.mentionsOn), plural(m.listed, "IOC"))
	if m.mentionsOn > 0 {
		right += "and " + plural(m.mentionsOn, "mention") + " "
	}
	title := m.review.Title()
	if n := len(m.review.Documents()); n > 1 {
		title += " and " + plural(n-1, "more document")
	}
	width := m.term.Width(right)
	c.raw(focused, " Quarry ")
	c.put(bar, " "+title, max(0, m.w-8-width-1))
	c.raw(plain, " ")
	c.put(plain, right, min(width, m.w-9))
	c.newline()
}

// drawPanes draws every visible pane, row by row over the screen.
func (m *Model) drawPanes() {
	c := &m.canvas
	for y := 1; y < m.h-2; y++ {
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
		m.scenarios.drawRow(m, y, w)
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

func paneNumber(p pane) string { return " " + strconv.Itoa(int(p)+1) + " " }

// otherPanes names the two panes that share the place of p but are not shown,
// so that their keys are seen.
func (m *Model) otherPanes(p pane) string {
	if !m.layout.tabs || p == iocPane {
		return ""
	}
	others := " "
	for q := tablePane; q < panes; q++ {
		if q != p {
			others += strconv.Itoa(int(q)+1) + " " + paneNames[q] + " "
		}
	}
	return others
}

// paneLead is the start of a pane's title. The pane that has the keys is marked
// by a pointer too, for those who see no colours.
func (m *Model) paneLead(p pane) string {
	lead := paneNumber(p) + paneNames[p] + " "
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
	room := w - len(paneNumber(p)) - len(paneNames[p]) - 1 - len(others)
	text := " " + about + " "
	n := max(0, min(room, m.term.Width(m.term.Clean(text))))
	c.put(plain, text, n)
	c.fill(dim, m.glyphs.rule, max(0, room-n))
	c.raw(heading, others)
}

// drawStatus draws the line that answers the last key, or the prompt.
func (m *Model) drawStatus() {
	c := &m.canvas
	if m.prompt != nil {
		m.prompt.draw(m)
		c.newline()
		return
	}
	c.raw(plain, " ")
	c.put(m.statusIs, m.statusRow(0), m.w-1)
	c.newline()
}

// statusRow is a row of the message. One that is longer than a row has the
// footer's too, until the next key: what it says matters more than the keys.
func (m *Model) statusRow(row int) string {
	if m.term.Width(m.term.Clean(m.status)) <= m.w-1 {
		if row == 0 {
			return m.status
		}
		return ""
	}
	lines := m.term.Wrap(m.status, m.w-1)
	switch {
	case row >= len(lines):
		return ""
	case row == 1:
		return strings.Join(lines[1:], " ")
	}
	return lines[row]
}

// drawFooter draws the few keys that matter now.
func (m *Model) drawFooter() {
	c := &m.canvas
	if rest := m.statusRow(1); rest != "" && m.prompt == nil && m.overlay == nil {
		c.raw(plain, " ")
		c.put(m.statusIs, rest, m.w-1)
		return
	}
	room := m.w - 1
	c.raw(plain, " ")
	for _, k := range m.footerKeys() {
		n := m.term.Width(k.key) + 1 + len(k.means) + 2
		if n > room {
			break
		}
		c.raw(accent, k.key)
		c.raw(dim, " "+k.means+"  ")
		room -= n
	}
	if m.prompt != nil && m.statusIs != plain { // what is wrong with the line so far
		c.put(m.statusIs, m.status, max(0, room))
		return
	}
	c.spaces(max(0, room))
}

// footerKey is a key with what it does, in a word.
type footerKey struct{ key, means string }

// lastKeys are shown before all others, because without them one is lost.
var lastKeys = []string{"help", "quit"}

func (m *Model) footerKeys() []footerKey {
	if m.prompt != nil {
		return m.prompt.footer()
	}
	if m.overlay != nil {
		return m.overlay.footer()
	}
	var keys []footerKey
	for _, name := range lastKeys {
		if a, ok := m.actionNamed(name); ok {
			keys = append(keys, footerKey{keyName(a.keys[0]), a.short})
		}
	}
	for _, own := range []bool{true, false} {
		for _, a := range m.actions {
			if a.short == "" || !a.in(m.focus) || (a.panes != nil) != own || a.name == "help" || a.name == "quit" {
				continue
			}
			if a.why != nil && a.why(m) != "" {
				continue
			}
			keys = append(keys, footerKey{keyName(a.keys[0]), a.short})
		}
	}
	return keys
}

// keyNames are the keys whose names people write otherwise than Bubble Tea.
var keyNames = map[string]string{
	"pgup": "PgUp", "pgdown": "PgDn", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
	"home": "Home", "end": "End", "enter": "Enter", "esc": "Esc", "tab": "Tab", "space": "Space", "f1": "F1",
	"shift+tab": "Shift-Tab",
}

// keyName is a key as people write it.
func keyName(key string) string {
	if n, ok := keyNames[key]; ok {
		return n
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return "Ctrl-" + strings.ToUpper(rest)
	}
	return key
}
