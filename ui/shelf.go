package ui

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/review/store"
)

// Shelf is documents of which an analyst picks one, and another when they are done
// with that. Its methods are called by commands.
type Shelf interface {
	// List lists the documents, in the order in which they are shown.
	List() ([]Document, error)
	// Open begins to read the document of a name, for a review.
	Open(name string) (Opened, error)
	// Inputs is the document of a name to compare with, and its size in bytes.
	Inputs(name string) (iter.Seq2[*feed.Input, error], int64, error)
}

// Opened is a document that was taken from a shelf.
type Opened struct {
	Loading *review.Loading
	Size    int64          // in bytes
	Journal *store.Journal // saves its review as it happens; nil saves nothing
	// Close is called when the review is left, or nil. It says in a line what could
	// not be saved, "" when all was.
	Close func() string
}

// Document is what is shown of a document on a shelf.
type Document struct {
	Name     string
	Size     int64
	Modified time.Time
}

// RunShelf lets the analyst pick documents, one after the other, and shows the
// workbench for each until they leave. It ends as [Run] does, and returns what of
// their reviews could not be saved, a line each.
func RunShelf(ctx context.Context, opt Options, options ...tea.ProgramOption) (left []string, err error) {
	m, err := newAtShelf(opt)
	if err != nil {
		return nil, err
	}
	defer func() { left = m.readings.end() }()
	_, err = runModel(ctx, m, options...)
	return nil, err
}

// newAtShelf is the workbench before a document is picked.
func newAtShelf(opt Options) (*Model, error) {
	catalogue, err := kql.Builtin()
	if err != nil {
		return nil, err
	}
	// There is no review before a document is picked; an empty one stands in.
	m := New(review.New([]*feed.Bulletin{{}}, catalogue), opt)
	m.readings = &readings{}
	m.cover(newPicker())
	return m, nil
}

// readings are the documents that were opened in a session. They end with it at the
// latest, also one that is opened while it ends. Of one that ended only words stay.
type readings struct {
	mu    sync.Mutex
	begun []*ending
	over  bool
}

// ending ends a sitting, once; who comes second waits, and is told the same.
type ending func() string

// sitting is the time with one document.
type sitting struct {
	Opened
	end ending
}

func (r *readings) add(o Opened) *sitting {
	var own *ending
	end := ending(sync.OnceValue(func() (words string) { // which keeps no document once it ran
		o.Loading.Stop()
		if o.Close != nil {
			words = o.Close()
		}
		if words == "" {
			r.forget(own)
		}
		return words
	}))
	own = &end
	s := &sitting{o, end}
	r.mu.Lock()
	r.begun = append(r.begun, own)
	over := r.over
	r.mu.Unlock()
	if over {
		s.end()
	}
	return s
}

// forget takes one out that left nothing to be said.
func (r *readings) forget(e *ending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun = slices.DeleteFunc(r.begun, func(b *ending) bool { return b == e })
}

// end ends them all, and returns what could not be saved, a line each; also what was
// said before, on the list, where the next message took its place.
func (r *readings) end() (left []string) {
	r.mu.Lock()
	r.over = true
	begun := slices.Clone(r.begun)
	r.mu.Unlock()
	for _, end := range begun {
		if words := (*end)(); words != "" {
			left = append(left, words)
		}
	}
	return left
}

// served reports whether the analyst picks documents of a shelf, and has neither a
// shell nor other files.
func (m *Model) served() bool { return m.opt.Shelf != nil }

// listedMsg brings what is on the shelf.
type listedMsg struct {
	documents []Document
	err       error
	left      string // what of the review that was left could not be saved
}

// openedMsg brings a document that was picked.
type openedMsg struct {
	sitting *sitting
	err     error
}

// sittingMsg is a message about one document. Bubble Tea does not know which; after
// another one was picked it is of no use.
type sittingMsg struct {
	number int
	msg    tea.Msg
}

// ofSitting lets the messages of this program that a command brings be about the
// document that is open now. Those of Bubble Tea stay as they are.
func (m *Model) ofSitting(cmd tea.Cmd) tea.Cmd {
	if cmd == nil || !m.served() {
		return cmd
	}
	return inSitting(m.sittings, cmd)
}

func inSitting(number int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	own := reflect.TypeFor[Model]().PkgPath()
	return func() tea.Msg {
		switch msg := cmd().(type) {
		case nil:
			return nil
		case tea.BatchMsg:
			for i, c := range msg {
				msg[i] = inSitting(number, c)
			}
			return msg
		default:
			if strings.HasPrefix(reflect.TypeOf(msg).PkgPath(), own) {
				return sittingMsg{number, msg}
			}
			return msg
		}
	}
}

// takeSitting takes a message about the document that is open.
func (m *Model) takeSitting(msg sittingMsg) tea.Cmd {
	if msg.number == m.sittings {
		return m.update(msg.msg)
	}
	if o, ok := msg.msg.(olderMsg); ok && o.load != nil {
		o.load.Stop()
	}
	return nil
}

// lookAtShelf is the command that lists the documents, or nil without a shelf.
func (m *Model) lookAtShelf() tea.Cmd {
	shelf := m.opt.Shelf
	if shelf == nil {
		return nil
	}
	return func() tea.Msg {
		documents, err := shelf.List()
		return listedMsg{documents: documents, err: err}
	}
}

func (m *Model) listed(msg listedMsg) {
	p, ok := m.overlay.(*picker)
	if !ok {
		return
	}
	switch {
	case msg.left != "":
		m.say(bad, msg.left)
	case msg.err != nil:
		m.say(bad, msg.err.Error())
	case p.saving:
		m.say(plain, "")
	}
	p.listed, p.saving = true, false
	p.all = msg.documents
	p.search()
}

// open is the command that begins to read a document.
func (m *Model) open(name string) tea.Cmd {
	shelf, begun := m.opt.Shelf, m.readings
	m.say(plain, "opening "+name)
	return func() tea.Msg {
		o, err := shelf.Open(name)
		if err != nil {
			return openedMsg{err: err}
		}
		return openedMsg{sitting: begun.add(o)}
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
	opt.Loading, opt.Size, opt.Journal = msg.sitting.Loading, msg.sitting.Size, msg.sitting.Journal
	opt.ExportPath = ""
	m.become(New(opt.Loading.Review(), opt))
	m.sitting = msg.sitting
	return tea.Batch(m.nextPiece(), m.beginSaving(), m.goOn())
}

// become is another workbench on the same screen. What comes later from commands of
// the one before is dropped.
func (m *Model) become(next *Model) {
	next.theme, next.term, next.readings, next.sittings = m.theme, m.term, m.readings, m.sittings+1
	w, h := m.w, m.h
	*m = *next
	m.resize(w, h)
}

// toShelf leaves the review and goes back to the list of documents. It asks first
// where that would lose decisions.
func (m *Model) toShelf() tea.Cmd {
	if m.opt.Journal == nil || m.savedMark() != "" && m.keeping.holder == nil {
		if n := len(m.review.History()); m.unsaved && n > 0 && !m.leaving {
			m.leaving = true
			m.say(warn, plural(n, "decision")+" not in the database: "+m.key("export")+" exports, "+m.key("documents")+" again leaves, Esc stays")
			return nil
		}
	}
	left, shelf := m.sitting, m.opt.Shelf
	opt := m.opt
	opt.Loading, opt.Size, opt.Journal = nil, 0, nil
	m.become(New(review.New([]*feed.Bulletin{{}}, m.review.Catalogue()), opt))
	p := newPicker()
	p.saving = true
	m.cover(p)
	m.say(plain, "saving what is left to be saved")
	return func() tea.Msg {
		var msg listedMsg
		if left != nil {
			msg.left = left.end()
		}
		msg.documents, msg.err = shelf.List()
		return msg
	}
}

func noShelf(m *Model) string {
	if !m.served() {
		return "there is no list of documents here; quarry FILE opens another one"
	}
	return m.stillExporting()
}
