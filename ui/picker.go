package ui

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// picker is the list of the documents on a shelf, from which one is opened or
// compared with.
type picker struct {
	title   string
	input   textinput.Model
	all     []Document
	found   []Document
	win     window
	listed  bool
	opening bool
	saving  bool   // the review that was left
	enter   string // what Enter does, in a word
	esc     string // likewise
	take    func(m *Model, d Document) tea.Cmd
	leave   func(m *Model) tea.Cmd
	none    func(m *Model) // takes no document, or nil
}

// newPicker is the list from which the document of a review is taken.
func newPicker() *picker {
	p := &picker{title: "Quarry: documents", input: newInput("search: ", ""), enter: "open", esc: "leave"}
	p.take = func(m *Model, d Document) tea.Cmd {
		if p.opening {
			return nil
		}
		p.opening = true
		return m.open(d.Name)
	}
	p.leave = func(*Model) tea.Cmd { return tea.Quit }
	return p
}

// pickOlder lets the analyst pick the document to compare with.
func (m *Model) pickOlder() tea.Cmd {
	p := &picker{title: "Compare with an older document", input: newInput("search: ", ""), enter: "compare", esc: "close"}
	p.take = func(m *Model, d Document) tea.Cmd {
		m.overlay = nil
		return m.readOlder(d.Name)
	}
	p.leave = func(m *Model) tea.Cmd {
		m.overlay = nil
		m.say(plain, "")
		return nil
	}
	if m.review.Older() != nil {
		p.none = func(m *Model) {
			m.overlay = nil
			m.dropOlder()
		}
	}
	m.cover(p)
	p.resize(m)
	return m.lookAtShelf()
}

func (p *picker) bare() bool { return true }

// pickerRows are the rows that are no documents: title, search, message, keys.
const pickerRows = 4

func (p *picker) resize(m *Model) {
	p.input.SetWidth(max(1, m.w-12))
	p.win.resize(max(1, m.h-pickerRows), len(p.found))
}

// search keeps the documents whose names hold every word.
func (p *picker) search() {
	words := strings.Fields(strings.ToLower(p.input.Value()))
	p.found = p.found[:0]
	for _, d := range p.all {
		name, all := strings.ToLower(d.Name), true
		for _, w := range words {
			all = all && strings.Contains(name, w)
		}
		if all {
			p.found = append(p.found, d)
		}
	}
	p.win.length = len(p.found)
	p.win.set(0)
}

func (p *picker) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		if p.input.Value() == "" {
			return p.leave(m)
		}
		p.input.Reset() // leaving may end the session
		p.search()
		m.say(plain, "")
	case "ctrl+c":
		return p.leave(m)
	case "up", "ctrl+p":
		p.win.move(up)
	case "down", "ctrl+n":
		p.win.move(down)
	case "pgup":
		p.win.move(pageUp)
	case "pgdown":
		p.win.move(pageDown)
	case "enter":
		if p.win.at < len(p.found) {
			return p.take(m, p.found[p.win.at])
		}
	case "delete":
		if p.none != nil {
			p.none(m)
		}
	default:
		return p.update(m, msg)
	}
	return nil
}

func (p *picker) update(m *Model, msg tea.Msg) tea.Cmd {
	was := p.input.Value()
	cmd := edit(&p.input, msg)
	if p.input.Value() != was {
		p.search()
		m.say(plain, "")
	}
	return cmd
}

func (p *picker) scrollBy(to motion) { p.win.move(to) }

func (p *picker) footer() []footerKey {
	esc := p.esc
	if p.input.Value() != "" {
		esc = "all documents"
	}
	keys := []footerKey{{"Enter", p.enter}, {"Up/Down", "choose"}, {"Esc", esc}, {"", "type to search"}}
	if p.none != nil {
		keys = slices.Insert(keys, 1, footerKey{"Del", "compare with nothing"})
	}
	return keys
}

func (p *picker) cursor() *tea.Cursor {
	c := p.input.Cursor()
	if c != nil {
		c.Y, c.X = 1, c.X+1
	}
	return c
}

func (p *picker) draw(m *Model, w, h int) {
	c := &m.canvas
	m.overlayTitle(p.title, &p.win, w)
	c.raw(plain, " ")
	c.input(&p.input, w-1)
	c.newline()
	for y := range h - pickerRows {
		p.drawRow(m, p.win.top+y, y, w)
		c.newline()
	}
	c.raw(plain, " ")
	c.put(m.statusIs, m.status, w-1)
	c.newline()
	m.drawFooter(true)
}

// sizeWidth and dateWidth are the columns behind a name.
const (
	sizeWidth = 14
	dateWidth = 12
)

func (p *picker) drawRow(m *Model, at, y, w int) {
	c := &m.canvas
	if at >= len(p.found) {
		text := ""
		switch {
		case y > 0:
		case !p.listed:
			text = "  reading the folder"
		case len(p.all) == 0:
			text = "  there is no document in the folder"
		case len(p.found) == 0:
			text = "  no document has these words in its name"
		}
		c.put(dim, text, w)
		return
	}
	pointer := " "
	if at == p.win.at {
		pointer = m.glyphs.pointer
		c.lockRow(cursor)
	}
	d := p.found[at]
	c.raw(accent, pointer+" ")
	c.putMiddle(plain, d.Name, w-2-sizeWidth-dateWidth)
	c.putRight(dim, thousands(int(d.Size))+" B", sizeWidth)
	c.putRight(dim, d.Modified.Format(time.DateOnly), dateWidth)
	c.unlock()
}
