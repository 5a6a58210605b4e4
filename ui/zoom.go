package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// zoom is the preview's text alone on the screen, with nothing beside it that a
// selection with the mouse would take along, and one line of hints below.
type zoom struct {
	win  window
	rows []foldedRow
}

// zoom shows the text of the preview on the whole screen.
func (m *Model) zoom() {
	z := &zoom{}
	m.cover(z)
	z.resize(m)
}

func (z *zoom) bare() bool          { return true }
func (z *zoom) footer() []footerKey { return nil }

func (z *zoom) resize(m *Model) {
	f := fold{m: m, w: max(1, m.w)}
	if m.preview.tab == bulletinTab {
		f.markdown(m.preview.source)
	} else {
		f.query(m.preview.source)
	}
	z.rows = f.rows
	z.win.height, z.win.length = max(1, m.h-1), len(z.rows)
	z.win.keep()
}

func (z *zoom) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	a, known := m.actionFor(key, previewPane)
	to, moves := motions[a.name]
	m.say(plain, "") // the hints come back
	switch {
	case key == "space":
		z.win.scroll(pageDown)
	case known && moves:
		z.win.scroll(to)
	case a.name == "copy":
		return m.do(a)
	default:
		return m.leaveReading(key)
	}
	return nil
}

// draw draws the rows and, below them, the answer to the last key or the hints.
func (z *zoom) draw(m *Model, w, h int) {
	c := &m.canvas
	lines := m.footLines()
	if len(lines) == 0 && m.status != "" {
		lines = []string{m.status}
	}
	for y := range h - max(1, len(lines)) {
		text := ""
		if at := z.win.top + y; at < len(z.rows) {
			text = z.rows[at].text
		}
		c.put(plain, text, w)
		c.newline()
	}
	for _, l := range lines {
		c.raw(plain, " ")
		c.put(m.statusIs, l, w-1)
		c.newline()
	}
	if len(lines) == 0 {
		z.drawHints(m, w)
	}
}

// drawHints draws the keys, and what keeps the rows in sight from being the
// text: it comes before the keys that can be looked up.
func (z *zoom) drawHints(m *Model, w int) {
	c := &m.canvas
	copies := m.key("copy")
	keys := "Esc back  " + copies + " copy"
	note := z.note()
	right := z.win.position()
	room := w - 1 - len(right) - 3
	if note != "" {
		long, short := "; "+copies+" and its file have it whole", "; "+copies+" has it whole"
		if m.term.Width(keys)+2+len(note)+m.term.Width(long) > room {
			right, room = "", w-2
		}
		if m.term.Width(keys)+2+len(note)+m.term.Width(long) <= room {
			note += long
		} else {
			note += short
		}
	}
	c.raw(plain, " ")
	switch {
	case note != "":
		c.raw(accent, keys)
		c.put(warn, "  "+note, room-m.term.Width(keys))
	default:
		if more := keys + "  " + m.key("tab-next") + " next tab  " + m.key("help") + " keys  Space page"; m.term.Width(more) <= room {
			keys = more
		}
		c.put(accent, keys, room)
	}
	c.put(plain, strings.Repeat(" ", w-1-room-len(right)-1)+right+" ", w-1-room)
}

// note is what is to be known about the rows in sight before they are selected.
func (z *zoom) note() string {
	for at := z.win.top; at < min(z.win.top+z.win.height, len(z.rows)); at++ {
		if note := z.rows[at].note; note != "" {
			return note
		}
	}
	return ""
}
