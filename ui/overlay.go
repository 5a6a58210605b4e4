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

// reading is an overlay of text to scroll through.
type reading struct {
	title string
	make  func(t *text) // lays the text out; called again when the width changes
	win   window
	lines []textLine
	whole bool // no title, no borders, nothing around the text
}

func (m *Model) read(title string, make func(t *text)) {
	m.cover(&reading{title: title, make: make})
	m.overlay.resize(m)
}

func (r *reading) bare() bool { return r.whole }

func (r *reading) resize(m *Model) {
	w, h := m.w-2, m.h-4
	if r.whole {
		w, h = m.w, m.h
	}
	t := m.text(max(1, w))
	r.make(t)
	r.lines = t.lines
	r.win.height, r.win.length = max(1, h), len(r.lines)
	r.win.scroll(up)
	r.win.scroll(down)
	if r.win.top == 1 {
		r.win.top = 0
	}
}

func (r *reading) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	if a, ok := m.actionFor(key, previewPane); ok {
		if to, ok := motions[a.name]; ok {
			r.win.scroll(to)
			return nil
		}
	}
	switch key {
	case "space":
		r.win.scroll(pageDown)
	case "y":
		if r.whole {
			return m.copyShown()
		}
	default: // every other key leaves, so that nobody is caught
		m.overlay = nil
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
	rows := h
	lead := ""
	if !r.whole {
		m.overlayTitle(r.title, w)
		rows--
		lead = " "
	}
	for y := range rows {
		at := r.win.top + y
		c.raw(plain, lead)
		if at < len(r.lines) {
			c.line(r.lines[at], w-len(lead))
		} else {
			c.put(plain, "", w-len(lead))
		}
		c.newline()
	}
}

func (m *Model) overlayTitle(title string, w int) {
	c := &m.canvas
	text := " " + title + " "
	n := min(w, m.term.Width(m.term.Clean(text)))
	c.put(focused, text, n)
	c.fill(dim, m.glyphs.rule, w-n)
	c.newline()
}

// cover lays an overlay over the panes. What the last key said is about them,
// and may be longer than the row that is left.
func (m *Model) cover(o overlay) {
	m.overlay = o
	m.say(plain, "")
}
