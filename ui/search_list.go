package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// searchList is a list over the panes that is searched as one types, with what is
// known about the item under the cursor below it.
type searchList struct {
	input textinput.Model
	win   window
	lines []textLine // about the item under the cursor
}

func newSearchList() searchList { return searchList{input: newInput("search: ", "")} }

func (l *searchList) bare() bool { return false }

// scroll moves the cursor by a key of the list, and reports whether it is one.
func (l *searchList) scroll(key string) bool {
	switch key {
	case "up", "ctrl+p":
		l.win.move(up)
	case "down", "ctrl+n":
		l.win.move(down)
	case "pgup":
		l.win.move(pageUp)
	case "pgdown":
		l.win.move(pageDown)
	default:
		return false
	}
	return true
}

func (l *searchList) cursor() *tea.Cursor {
	c := l.input.Cursor()
	if c != nil {
		c.Y, c.X = 2, c.X+1
	}
	return c
}

// drawList draws the title, the search, the rows or a text where there are none, and
// the lines about the item, which more makes fit into the rows that are left.
func (l *searchList) drawList(m *Model, w, h int, title, none string, row func(at int), more func(lines []textLine, room int) []textLine) {
	c := &m.canvas
	m.overlayTitle(title, &l.win, w)
	c.raw(plain, " ")
	c.input(&l.input, w-1)
	c.newline()
	y := 2
	for at := l.win.top; at < min(l.win.top+l.win.height, l.win.length) && y < h; at++ {
		row(at)
		c.newline()
		y++
	}
	if l.win.length == 0 && y < h {
		c.put(dim, none, w)
		c.newline()
		y++
	}
	for _, line := range more(append([]textLine{nil}, l.lines...), h-y) {
		if y < h {
			c.raw(plain, " ")
			c.line(line, w-1)
			c.newline()
			y++
		}
	}
	for ; y < h; y++ {
		c.put(plain, "", w)
		c.newline()
	}
}
