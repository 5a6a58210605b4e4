package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review/store"
)

// searchedMsg brings what is remembered that has the words of a text.
type searchedMsg struct {
	list  *memoryList
	text  string
	found []store.Memory
	all   int
	err   error
}

// memoryList is all that is remembered, in whatever review it was judged, to be
// searched as one types. Nothing is decided in it.
type memoryList struct {
	searchList
	found     []store.Memory
	all       int    // that have the words; those found are the latest of them
	asked     string // the text that is looked for, or was
	searching bool
	entered   bool               // Enter was pressed, which is about what will be found
	end       context.CancelFunc // ends the search at work
}

// mostSearched is how many memories are listed.
const mostSearched = 500

// showMemory opens the list.
func (m *Model) showMemory() tea.Cmd {
	o := &memoryList{searchList: newSearchList(), end: func() {}}
	m.today = m.opt.Now()
	m.cover(o)
	o.resize(m)
	return o.search(m)
}

func noJournal(m *Model) string {
	if m.opt.Journal == nil {
		return "nothing is saved here, so nothing is remembered"
	}
	return ""
}

// search is the command that looks for the text. It takes the place of the one at
// work.
func (o *memoryList) search(m *Model) tea.Cmd {
	o.end()
	ctx, end := context.WithCancel(context.Background())
	o.searching, o.entered, o.asked, o.end = true, false, o.input.Value(), end
	j, text := m.opt.Journal, o.asked
	return func() tea.Msg {
		defer end()
		found, all, err := j.Search(ctx, strings.Fields(text), mostSearched)
		return searchedMsg{o, text, found, all, err}
	}
}

// searched shows what was found, unless the text is another by now.
func (m *Model) searched(msg searchedMsg) {
	o, ok := m.overlay.(*memoryList)
	if !ok || o != msg.list || o.asked != msg.text || errors.Is(msg.err, context.Canceled) {
		return
	}
	o.searching = false
	if msg.err != nil {
		m.say(bad, "it cannot be looked up: "+store.Reason(msg.err))
		return
	}
	o.found, o.all = msg.found, msg.all
	o.win = window{}
	o.resize(m)
	if o.entered {
		o.enter(m)
	}
}

func (o *memoryList) resize(m *Model) {
	setWidth(&o.input, m.w-12)
	rows := max(2, m.h-5)
	o.win.resize(min(len(o.found), max(2, rows*2/3)), len(o.found))
	o.detail(m)
}

// detail lays out all that is known of the memory under the cursor.
func (o *memoryList) detail(m *Model) {
	t := m.text(max(1, m.w-2))
	if o.win.at < len(o.found) {
		r := o.found[o.win.at]
		t.field(shortType(r.Type), plain, m.shownValue(r.Type, r.Value))
		t.field("remembered", plain, r.Words(m.today))
		if r.Document != "" {
			t.field("document", plain, r.Document)
		}
		if _, here := m.review.IOCs().Find(feed.IOC{Type: r.Type, Value: r.Value}.Key()); here {
			t.field("", good, "it is in this review: Enter goes there")
		}
	}
	o.lines = t.lines
}

// shownValue is a value as the screen shows values now.
func (m *Model) shownValue(t feed.Type, value string) string {
	if m.fanged {
		return value
	}
	return feed.Defang(t, value)
}

func (o *memoryList) update(m *Model, msg tea.Msg) tea.Cmd {
	was := o.input.Value()
	cmd := edit(&o.input, msg)
	if o.input.Value() != was {
		m.say(plain, "")
		return tea.Batch(cmd, o.search(m))
	}
	return cmd
}

func (o *memoryList) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch key := msg.String(); {
	case key == "esc" || key == "ctrl+c":
		o.end()
		m.overlay = nil
		m.say(plain, "")
		return nil
	case key == "enter":
		o.enter(m)
	case !o.scroll(key):
		return o.update(m, msg)
	}
	o.detail(m)
	return nil
}

// enter goes to the IOC under the cursor where this review has it.
func (o *memoryList) enter(m *Model) {
	if o.entered = o.searching; o.entered || o.win.at >= len(o.found) {
		return
	}
	r := o.found[o.win.at]
	item, here := m.review.IOCs().Find(feed.IOC{Type: r.Type, Value: r.Value}.Key())
	at := m.iocs.placeOf(item)
	switch {
	case !here:
		m.say(warn, "it is not in this review; "+m.shownValue(r.Type, r.Value)+" was judged in another")
	case at < 0:
		m.say(warn, "it is in this review, but the filter does not show it")
	default:
		o.end()
		m.overlay = nil
		m.setFocus(iocPane)
		m.iocs.win.set(at)
		m.say(plain, "")
	}
}

func (o *memoryList) scrollBy(to motion) { o.win.move(to) }

func (o *memoryList) footer() []footerKey {
	return []footerKey{{"Enter", "go to it"}, {"Up/Down", "choose"}, {"Esc", "close"}, {"", "type to search"}}
}

func (o *memoryList) draw(m *Model, w, h int) {
	title := "Remembered"
	switch {
	case o.searching && len(o.found) > 0:
		title += ", looking it up"
	case o.all > len(o.found):
		title += ", the latest " + thousands(len(o.found)) + " of " + thousands(o.all)
	}
	none := "  nothing that is remembered has these words"
	switch {
	case o.searching:
		none = "  looking it up"
	case o.asked == "":
		none = "  nothing is remembered yet: verdicts and notes of all reviews are"
	}
	o.drawList(m, w, h, title, none, func(at int) { o.drawRow(m, at, w) }, func(lines []textLine, _ int) []textLine { return lines })
}

func (o *memoryList) drawRow(m *Model, row, w int) {
	c := &m.canvas
	r := o.found[row]
	pointer := " "
	if row == o.win.at {
		pointer = m.glyphs.pointer
		c.lockRow(cursor)
	}
	words := "(" + r.Words(m.today) + ")"
	n := min(m.term.Width(m.term.Clean(words)), w/2)
	c.raw(accent, pointer+" ")
	c.putMiddle(plain, m.shownValue(r.Type, r.Value), w-3-n)
	c.raw(plain, " ")
	c.put(dim, words, n)
	c.unlock()
}
