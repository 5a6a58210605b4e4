package ui

import (
	"context"
	"strings"
	"sync"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/review/store"
)

// Shelf is documents of which an analyst picks one. Its methods are called by
// commands.
type Shelf interface {
	// List lists the documents, in the order in which they are shown.
	List() ([]Document, error)
	// Open begins to read the document of a name.
	Open(name string) (Opened, error)
}

// Opened is a document that was taken from a shelf.
type Opened struct {
	Loading *review.Loading
	Size    int64          // in bytes
	Journal *store.Journal // saves its review as it happens; nil saves nothing
	Close   func()         // is called when the session has ended, or nil
}

// end ends what was begun with the document.
func (o Opened) end() {
	o.Loading.Stop()
	if o.Close != nil {
		o.Close()
	}
}

// Document is what is shown of a document on a shelf.
type Document struct {
	Name     string
	Size     int64
	Modified time.Time
}

// RunShelf lets the analyst pick a document, and shows the workbench for it until
// they leave. It ends as [Run] does.
func RunShelf(ctx context.Context, opt Options, options ...tea.ProgramOption) error {
	catalogue, err := kql.Builtin()
	if err != nil {
		return err
	}
	// There is no review before a document is picked; an empty one stands in.
	m := New(review.New([]*feed.Bulletin{{}}, catalogue), opt)
	m.cover(newPicker())
	m.readings = &readings{}
	defer m.readings.end()
	_, err = runModel(ctx, m, options...)
	return err
}

// readings are the documents that were begun to be read in a session. They end
// with it, also one that is opened while it ends.
type readings struct {
	mu    sync.Mutex
	begun []Opened
	over  bool
}

func (r *readings) add(o Opened) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		o.end()
		return
	}
	r.begun = append(r.begun, o)
}

func (r *readings) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	for _, o := range r.begun {
		o.end()
	}
}

// listedMsg brings what is on the shelf.
type listedMsg struct {
	documents []Document
	err       error
}

// openedMsg brings a document that was picked.
type openedMsg struct {
	document Opened
	err      error
}

// lookAtShelf is the command that lists the documents, or nil without a shelf.
func (m *Model) lookAtShelf() tea.Cmd {
	shelf := m.opt.Shelf
	if shelf == nil {
		return nil
	}
	return func() tea.Msg {
		documents, err := shelf.List()
		return listedMsg{documents, err}
	}
}

func (m *Model) listed(msg listedMsg) {
	p, ok := m.overlay.(*picker)
	if !ok {
		return
	}
	p.listed = true
	if msg.err != nil {
		m.say(bad, msg.err.Error())
	}
	p.all = msg.documents
	p.search()
}

// open is the command that begins to read a document.
func (m *Model) open(name string) tea.Cmd {
	shelf, begun := m.opt.Shelf, m.readings
	m.say(plain, "opening "+name)
	return func() tea.Msg {
		o, err := shelf.Open(name)
		if err == nil {
			begun.add(o)
		}
		return openedMsg{o, err}
	}
}

// opened shows the workbench for the document that was picked.
func (m *Model) opened(msg openedMsg) tea.Cmd {
	p, ok := m.overlay.(*picker)
	if !ok {
		return nil
	}
	if p.opening = false; msg.err != nil {
		m.say(bad, msg.err.Error())
		return nil
	}
	opt := m.opt
	opt.Shelf, opt.Loading, opt.Size, opt.Journal = nil, msg.document.Loading, msg.document.Size, msg.document.Journal
	next := New(opt.Loading.Review(), opt)
	next.theme, next.term, next.readings = m.theme, m.term, m.readings
	w, h := m.w, m.h
	*m = *next
	m.resize(w, h)
	return tea.Batch(m.nextPiece(), m.beginSaving(), m.goOn())
}

// picker is the list of the documents on a shelf, from which one is opened.
type picker struct {
	input   textinput.Model
	all     []Document
	found   []Document
	win     window
	listed  bool
	opening bool
}

func newPicker() *picker { return &picker{input: newInput("search: ", "")} }

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
	case "esc", "ctrl+c":
		return tea.Quit
	case "up", "ctrl+p":
		p.win.move(up)
	case "down", "ctrl+n":
		p.win.move(down)
	case "pgup":
		p.win.move(pageUp)
	case "pgdown":
		p.win.move(pageDown)
	case "enter":
		if p.opening || p.win.at >= len(p.found) {
			return nil
		}
		p.opening = true
		return m.open(p.found[p.win.at].Name)
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
	return []footerKey{{"Enter", "open"}, {"Up/Down", "choose"}, {"Esc", "leave"}, {"", "type to search"}}
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
	m.overlayTitle("Quarry: documents", &p.win, w)
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
	m.drawFooter()
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
