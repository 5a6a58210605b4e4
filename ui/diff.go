package ui

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review"
)

// comparing is the work of comparing the review with older documents: their
// reading by commands, then the comparison in slices.
type comparing struct {
	path  string
	id    int
	size  int64 // of the documents in bytes, 0 when unknown
	read  int64
	again bool // the review has other IOCs now; nobody asked
}

// olderMsg says how far the reading of older documents is.
type olderMsg struct {
	id   int
	size int64
	load *review.Loading
	err  error
}

// comparedMsg goes on with the comparison.
type comparedMsg struct{ id int }

// showDiff opens what became of the IOCs since the older documents, or asks for
// those.
func (m *Model) showDiff() tea.Cmd {
	if o := m.review.Older(); o != nil && m.comparing == nil {
		m.openDiff()
		return nil
	}
	return m.chooseOlder("")
}

// chooseOlder lets the analyst pick the older document of the shelf, or asks for its
// path where there is none.
func (m *Model) chooseOlder(path string) tea.Cmd {
	if m.served() {
		return m.pickOlder()
	}
	return m.askOlder(path)
}

// askOlder asks for the path of the older documents.
func (m *Model) askOlder(path string) tea.Cmd {
	return m.ask(&prompt{
		input: newInput("compare with the older document or folder: ", path),
		verb:  "compare",
		done: func(m *Model, path string) (tea.Cmd, error) {
			switch path = strings.TrimSpace(path); {
			case path == "-":
				return nil, errors.New("standard input was read already; name a file or a folder")
			case path == "" && m.review.Older() == nil:
				return nil, errors.New("no path; name a file or a folder, or leave with Esc")
			case path == "":
				m.dropOlder()
				return nil, nil
			}
			return m.readOlder(Home(path)), nil
		},
	})
}

// dropOlder compares with nothing any more. A filter that asks for it goes too.
func (m *Model) dropOlder() {
	m.review.CompareWith("", nil)
	m.iocs.stale = true
	if m.iocs.filter.Compares() {
		m.iocs.filter = review.Filter{}
	}
	m.see(func(m *Model, also string) { m.say(plain, "compared with nothing any more"+also) })
}

// readOlder begins to read older documents.
func (m *Model) readOlder(path string) tea.Cmd {
	m.comparisons++
	k := &comparing{path: path, id: m.comparisons}
	m.comparing = k
	m.say(plain, "reading "+path+" to compare with; "+m.key("stop-reading")+" drops that")
	registry, catalogue, inputs := m.opt.Registry, m.review.Catalogue(), inputsAt
	if m.served() {
		inputs = m.opt.Shelf.Inputs
	}
	msg := olderMsg{id: k.id}
	return func() tea.Msg {
		var all iter.Seq2[*feed.Input, error]
		if all, msg.size, msg.err = inputs(path); msg.err == nil {
			msg.load, msg.err = review.Load(all, registry, catalogue)
		}
		return msg
	}
}

// inputsAt are the documents at a path, and their size in bytes.
func inputsAt(path string) (iter.Seq2[*feed.Input, error], int64, error) {
	places, err := feed.Places([]string{path})
	return feed.Inputs(places, nil), feed.Size(places), err
}

// stretch is for how long one command reads older documents before it says how
// far it is.
const stretch = 100 * time.Millisecond

// readOn reads more of older documents. Their review belongs to the command
// until it answers.
func (msg olderMsg) readOn() tea.Msg {
	l := msg.load
	for begin := time.Now(); !l.Done() && time.Since(begin) < stretch; {
		if p, more := l.Next(); more {
			l.Take(p)
		} else {
			l.End()
		}
	}
	if l.Done() {
		msg.err = l.Err()
	}
	return msg
}

// takeOlder takes the answer of a command that reads older documents.
func (m *Model) takeOlder(msg olderMsg) tea.Cmd {
	k := m.comparing
	if k == nil || k.id != msg.id { // nobody waits for it any more
		if msg.load != nil {
			msg.load.Stop()
		}
		return nil
	}
	if msg.err != nil {
		if msg.load != nil {
			msg.load.Stop()
		}
		m.comparing = nil
		var cmd tea.Cmd
		if m.prompt == nil {
			cmd = m.chooseOlder(k.path)
		}
		m.say(bad, msg.err.Error())
		return cmd
	}
	k.size, k.read = msg.size, msg.load.Read()
	if !msg.load.Done() {
		return msg.readOn
	}
	m.review.CompareWith(k.path, msg.load.Review())
	return m.goOnComparing(comparedMsg{k.id})
}

// compareAgain compares after the review got other IOCs.
func (m *Model) compareAgain() tea.Cmd {
	o := m.review.Older()
	if o == nil || m.comparing != nil {
		return nil
	}
	m.comparisons++
	m.comparing = &comparing{path: o.Name, id: m.comparisons, again: true}
	return m.goOnComparing(comparedMsg{m.comparing.id})
}

// goOnComparing compares more IOCs for a moment, and shows the list when that was
// all.
func (m *Model) goOnComparing(msg comparedMsg) tea.Cmd {
	if m.comparing == nil || m.comparing.id != msg.id {
		return nil
	}
	o, again := m.review.Older(), m.comparing.again
	for begin := time.Now(); !o.Step(stride); {
		if time.Since(begin) > slice {
			return func() tea.Msg { return msg }
		}
	}
	m.comparing = nil
	m.iocs.stale = true
	m.see(func(m *Model, also string) {
		if again {
			m.status += also
			return
		}
		if m.prompt == nil && m.overlay == nil {
			m.openDiff()
		}
		m.say(good, o.Name+": "+changes(o)+also)
	})
	return nil
}

// stopComparing drops the comparison that is being made.
func (m *Model) stopComparing() {
	m.comparing = nil
	m.review.CompareWith("", nil)
	m.say(plain, "dropped; nothing is compared")
}

// comparingWith says in the title of the IOCs how far the comparison is.
func (m *Model) comparingWith() string {
	switch k := m.comparing; {
	case k == nil:
		return ""
	case k.size > 0:
		return ", reading the older, " + strconv.FormatInt(min(99, 100*k.read/k.size), 10) + "%"
	default:
		return ", reading the older"
	}
}

// changes counts what became of the IOCs.
func changes(o *review.Older) string {
	return fmt.Sprintf("%s new, %s changed, %s gone, %s the same", thousands(len(o.New)), thousands(len(o.Changed)), thousands(len(o.Gone)), thousands(o.Same))
}

// changeMark is what stands before an IOC of the table that is new or changed: before
// those that are counted, and that the filter shows.
func (m *Model) changeMark(pos int) string {
	switch change, said := m.review.Change(pos); {
	case !said:
	case change.Kind == feed.New:
		return "+"
	case change.Kind == feed.Changed:
		return "~"
	}
	return " "
}

// changeDetails says what became of an IOC since the older documents.
func (t *text) changeDetails(at int) {
	o := t.m.review.Older()
	if o == nil {
		return
	}
	change, said := t.m.review.Change(at)
	switch {
	case !said:
	case change.Kind == "":
		t.field("since then", plain, "the same as in "+o.Name)
	case change.Kind == feed.New:
		t.field("since then", good, "new: not in "+o.Name)
	default:
		t.field("since then", warn, strings.Join(change.What, ", ")+"; compared with "+o.Name)
	}
}

// diffList is the overlay of what became of the IOCs.
type diffList struct{ reading }

// mostChanges is how many IOCs of each kind are listed.
const mostChanges = 200

func (m *Model) openDiff() {
	l := &diffList{}
	l.title, l.make = "Compared with "+m.review.Older().Name, l.write
	m.cover(l)
	l.resize(m)
}

func (l *diffList) write(t *text) {
	o := t.m.review.Older()
	t.para(bold, changes(o))
	t.para(plain, "In the table + is new and ~ changed; the filter diff:new, diff:changed or diff:same shows those alone.")
	here := func(at int32) feed.Change {
		change, _ := t.m.review.Change(int(at))
		return change
	}
	t.changes("Gone", o.Gone, o.GoneAt)
	t.changes("Changed", o.Changed, here)
	t.changes("New", o.New, here)
	if len(o.Skipped) > 0 {
		t.gap()
		t.para(bold, "Not compared")
		for _, f := range o.Skipped {
			t.para(warn, f.Source.Name+": "+f.Text)
		}
	}
}

// changes adds the first of the IOCs of one kind, with how many documents state
// each.
func (t *text) changes(title string, rows []int32, of func(at int32) feed.Change) {
	if len(rows) == 0 {
		return
	}
	t.gap()
	t.para(bold, title+" ("+thousands(len(rows))+")")
	for _, at := range rows[:min(len(rows), mostChanges)] {
		change := of(at)
		value := t.m.shownValue(change.IOC.Type, change.IOC.Value)
		words := append([]string{value}, change.What...)
		t.field("  "+shortType(change.IOC.Type), plain, strings.Join(append(words, "in "+plural(change.Documents, "document")), ", "))
	}
	if more := len(rows) - mostChanges; more > 0 {
		where := "; quarry diff lists every one"
		if t.m.served() {
			where = "; the filter diff: shows those that are here"
		}
		t.para(dim, "  and "+thousands(more)+" more"+where)
	}
}

func (l *diffList) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	if a, ok := m.actionFor(msg.String(), m.focus); ok && a.name == "diff" {
		m.overlay = nil
		return m.chooseOlder(m.review.Older().Name)
	}
	return l.reading.press(m, msg)
}

func (l *diffList) footer() []footerKey {
	return append(l.reading.footer(), footerKey{"D", "another document"})
}
