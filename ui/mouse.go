package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// wheelRows is how many rows a notch of the wheel moves by.
const wheelRows = 3

// click gives the keys to the pane under the pointer, and puts the cursor of a
// list on the row there. It decides nothing: that a click is meant for the
// program, and not to bring the window forward, nobody knows.
func (m *Model) click(at tea.Mouse) {
	if at.Button != tea.MouseLeft || m.overlay != nil || m.prompt != nil {
		return
	}
	p, ok := m.layout.at(at.X, at.Y)
	if !ok {
		return
	}
	row := at.Y - m.layout.panes[p].y - 1
	m.setFocus(p)
	if p == iocPane {
		row-- // below the names of the columns
	}
	if win := m.cursorOf(p); win != nil && row >= 0 && row < win.height && win.top+row < win.length {
		win.set(win.top + row)
		m.moved(p)
	}
}

// wheel scrolls the text under the pointer, or moves the cursor of the list
// there. A pane does not get the keys by it.
func (m *Model) wheel(at tea.Mouse) {
	way := down
	switch at.Button {
	case tea.MouseWheelUp:
		way = up
	case tea.MouseWheelDown:
	default:
		return
	}
	if m.prompt != nil {
		return
	}
	if m.overlay != nil {
		if o, ok := m.overlay.(scroller); ok {
			for range wheelRows {
				o.scrollBy(way)
			}
		}
		return
	}
	p, ok := m.layout.at(at.X, at.Y)
	if !ok {
		return
	}
	m.moveIn(p, way, wheelRows)
}

// scroller is an overlay that the wheel scrolls.
type scroller interface{ scrollBy(motion) }

func (r *reading) scrollBy(to motion) { r.win.scroll(to) }
func (z *zoom) scrollBy(to motion)    { z.win.scroll(to) }
func (o *menu) scrollBy(to motion)    { o.win.move(to); o.follow() }

// cursorOf is the window of a list with a cursor, or nil.
func (m *Model) cursorOf(p pane) *window {
	switch p {
	case iocPane:
		return &m.iocs.win
	case tablePane:
		return &m.tables.win
	case scenarioPane:
		return &m.scenarios.win
	}
	return nil
}

// moveIn moves the cursor of a pane so many times, or scrolls the preview.
func (m *Model) moveIn(p pane, to motion, times int) {
	win := m.cursorOf(p)
	for range times {
		if win == nil {
			m.preview.win.scroll(to)
		} else {
			win.move(to)
		}
	}
	m.moved(p)
}

// moved shows what follows from another row under a cursor.
func (m *Model) moved(p pane) {
	switch p {
	case iocPane:
		if m.iocs.leave() {
			m.say(plain, strings.TrimPrefix(rangeDropped, "; "))
		}
	case tablePane:
		m.previewTable()
	case scenarioPane:
		m.scenarios.detail(m, m.layout.panes[scenarioPane].w)
	}
}
