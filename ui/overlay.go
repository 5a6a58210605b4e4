package ui

import (
	tea "charm.land/bubbletea/v2"
)

// overlay covers the panes until it is closed.
type overlay interface {
	// press takes a key.
	press(m *Model, msg tea.KeyPressMsg) tea.Cmd
	// draw draws exactly h rows of w cells.
	draw(m *Model, w, h int)
	// resize is told that the screen has another size.
	resize(m *Model)
	// footer lists the keys.
	footer() []footerKey
	// bare overlays have the whole screen, without top line and footer.
	bare() bool
}

// typed is an overlay that takes text.
type typed interface {
	overlay
	// update gives it a key or pasted text.
	update(m *Model, msg tea.Msg) tea.Cmd
	// cursor is where text goes.
	cursor() *tea.Cursor
}

// reading is an overlay of text to scroll through.
type reading struct {
	title string
	make  func(t *text) // lays the text out; called again when the width changes
	win   window
	lines []textLine
}

func (m *Model) read(title string, make func(t *text)) {
	m.cover(&reading{title: title, make: make})
	m.overlay.resize(m)
}

func (r *reading) bare() bool { return false }

func (r *reading) resize(m *Model) {
	t := m.text(max(1, m.w-2))
	r.make(t)
	r.lines = t.lines
	r.win.height, r.win.length = max(1, m.h-4), len(r.lines)
	r.win.keep()
}

func (r *reading) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	if a, ok := m.actionFor(key, previewPane); ok {
		if to, ok := motions[a.name]; ok {
			r.win.scroll(to)
			return nil
		}
	}
	if key == "space" {
		r.win.scroll(pageDown)
		return nil
	}
	return m.leaveReading(key)
}

// throughReading are the actions whose keys leave a page that covers the panes and act
// in one press. Others could decide something about panes that are out of sight.
var throughReading = map[string]bool{
	"tab-next": true, "tab-previous": true, "copy-all": true, "export": true, "findings": true, "history": true,
	"help": true, "palette": true, "limits": true, "filter": true, "next-pane": true, "previous-pane": true,
	"iocs": true, "tables": true, "scenarios": true, "preview": true,
}

// leaveReading takes a key that a page does not know: it closes the page, goes through
// it, or is told what closes.
func (m *Model) leaveReading(key string) tea.Cmd {
	a, _ := m.actionFor(key, previewPane)
	switch {
	case key == "esc" || key == "enter" || a.name == "quit" || a.name == "interrupt" || a.name == "zoom":
		m.overlay = nil
	case throughReading[a.name]:
		m.overlay = nil
		return m.do(a)
	default:
		m.say(warn, keyName(key)+" does nothing here; Esc closes")
	}
	return nil
}

// motions are the movement actions that scroll text.
var motions = map[string]motion{
	"up": up, "down": down, "page-up": pageUp, "page-down": pageDown, "first": first, "last": last,
}

func (r *reading) footer() []footerKey {
	return []footerKey{{"Esc", "close"}, {"Up/Down", "scroll"}, {"Space", "page"}}
}

func (r *reading) draw(m *Model, w, h int) {
	c := &m.canvas
	m.overlayTitle(r.title, &r.win, w)
	for y := range h - 1 {
		at := r.win.top + y
		c.raw(plain, " ")
		if at < len(r.lines) {
			c.line(r.lines[at], w-1)
		} else {
			c.put(plain, "", w-1)
		}
		c.newline()
	}
}

// overlayTitle draws the first row of an overlay, with the place in its list.
func (m *Model) overlayTitle(title string, win *window, w int) {
	c := &m.canvas
	right := ""
	if at := win.position(); at != "" {
		right = " " + at
		if win.below() {
			right += ", more below"
		}
		right += " "
	}
	text := " " + title + " "
	n := max(0, min(w-len(right), m.term.Width(m.term.Clean(text))))
	c.put(focused, text, n)
	c.fill(dim, m.glyphs.rule, max(0, w-n-len(right)))
	c.put(plain, right, min(w, len(right)))
	c.newline()
}

// cover lays an overlay over the panes. What the last key said is about them,
// and may be longer than the row that is left.
func (m *Model) cover(o overlay) {
	m.overlay = o
	m.say(plain, "")
}
