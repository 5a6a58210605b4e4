package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/review"
)

// libraryMsg is the answer of reading the library.
type libraryMsg struct {
	entries []library.Entry
	errs    []error
}

// shelvedMsg is the answer of saving a scenario into the library.
type shelvedMsg struct {
	entry library.Entry
	path  string
	err   error
}

// openLibrary reads the library and shows it then.
func (m *Model) openLibrary() tea.Cmd {
	load := m.opt.Library
	m.say(plain, "reading the library")
	return func() tea.Msg {
		entries, errs := load()
		return libraryMsg{entries, errs}
	}
}

func noLibrary(m *Model) string {
	if m.opt.Library == nil {
		return "there is no library here"
	}
	return stillReading(m)
}

// shelve saves the scenario under the cursor into the library.
func (m *Model) shelve() tea.Cmd {
	return m.shelveAs(m.review.Scenario(m.scenarios.win.at).Entry(nil))
}

func (m *Model) shelveAs(e library.Entry) tea.Cmd {
	save := m.opt.SaveScenario
	return func() tea.Msg {
		path, err := save(e)
		return shelvedMsg{e, path, err}
	}
}

func notSavable(m *Model) string {
	if reason := noScenario(m); reason != "" {
		return reason
	}
	switch s := m.review.Scenario(m.scenarios.win.at); {
	case m.opt.SaveScenario == nil && m.served():
		return "a served session only takes from the library; the scenario is saved with the review, and whoever runs the server can add it"
	case m.opt.SaveScenario == nil:
		return "there is no library here"
	case s.Condition == nil:
		return "the scenario has no condition that could be used again; " + m.key("edit-scenario") + " writes one"
	}
	return ""
}

// shelved says what became of saving. Where the title is taken it asks for
// another one, unless something else has the keys by now.
func (m *Model) shelved(msg shelvedMsg) {
	var taken *library.TitleError
	if errors.As(msg.err, &taken) && m.overlay == nil && m.prompt == nil {
		m.ask(&prompt{
			input: newInput("title in the library: ", msg.entry.Title),
			verb:  "save",
			done: func(m *Model, title string) (tea.Cmd, error) {
				if title = strings.TrimSpace(title); title == "" {
					return nil, errors.New("no title, nothing was saved")
				}
				msg.entry.Title = title
				return m.shelveAs(msg.entry), nil
			},
		})
	}
	if msg.err != nil {
		m.say(bad, "not in the library: "+msg.err.Error())
		return
	}
	m.say(good, "in the library: "+msg.path)
}

// libraryList is the list of the library's scenarios, those that are of use for what
// is hunted first.
type libraryList struct {
	searchList
	all    []library.Entry
	errs   []error
	useful int // of all
	found  []int
}

// showLibrary opens the list, unless something else was opened meanwhile.
func (m *Model) showLibrary(msg libraryMsg) {
	if m.overlay != nil || m.prompt != nil {
		return
	}
	o := &libraryList{searchList: newSearchList(), errs: msg.errs}
	var tables []string
	for _, t := range m.tables.all {
		if t.Chosen && t.Available {
			tables = append(tables, t.Table.Name)
		}
	}
	var others []library.Entry
	hunted := m.review.Included()
	for _, e := range msg.entries {
		if e.Applies.To(hunted, tables) {
			o.all = append(o.all, e)
		} else {
			others = append(others, e)
		}
	}
	o.useful = len(o.all)
	o.all = append(o.all, others...)
	m.cover(o)
	o.search(m)
	o.resize(m)
	if len(o.errs) > 0 {
		m.say(bad, o.errs[0].Error())
	}
}

func (o *libraryList) resize(m *Model) {
	setWidth(&o.input, m.w-12)
	rows := max(2, m.h-5)
	o.win.resize(min(len(o.found), max(2, rows/2)), len(o.found))
	o.detail(m)
}

func (o *libraryList) search(m *Model) {
	o.found = o.found[:0]
	for i := range o.all {
		if o.all[i].Has(o.input.Value()) {
			o.found = append(o.found, i)
		}
	}
	o.win = window{}
	o.resize(m)
}

// detail lays out what is known about the scenario under the cursor.
func (o *libraryList) detail(m *Model) {
	t := m.text(max(1, m.w-2))
	for _, err := range o.errs {
		t.para(bad, err.Error())
	}
	if o.win.at < len(o.found) {
		at := o.found[o.win.at]
		e := o.all[at]
		if at >= o.useful {
			t.field("of no use here", warn, "it is for "+e.Applies.Words())
		}
		t.field("description", plain, e.Description)
		t.field("condition", plain, e.Condition)
		for _, p := range e.Parameters {
			t.field("to fill in", plain, aboutParameter(p))
		}
		if e.Filter != "" {
			t.field("filter", plain, e.Filter)
		}
		switch {
		case e.BuiltIn():
			t.field("stands", dim, "in Quarry itself")
		case m.served(): // where it is on the server is no matter of theirs
			t.field("stands", dim, "in the library of this server")
		default:
			t.field("stands", dim, place(feed.Source{Name: e.File, Line: e.Line}))
		}
	}
	o.lines = t.lines
}

func aboutParameter(p library.Parameter) string {
	text := p.Means
	if len(p.Example) > 0 {
		text += ", such as " + strings.Join(p.Example, ", ")
	}
	return text
}

func (o *libraryList) update(m *Model, msg tea.Msg) tea.Cmd {
	was := o.input.Value()
	cmd := edit(&o.input, msg)
	if o.input.Value() != was {
		o.search(m)
	}
	return cmd
}

func (o *libraryList) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch key := msg.String(); {
	case key == "esc" || key == "ctrl+c":
		m.overlay = nil
		m.say(plain, "")
	case key == "enter":
		if o.win.at < len(o.found) {
			return m.borrow(o.all[o.found[o.win.at]])
		}
	case !o.scroll(key):
		return o.update(m, msg)
	}
	o.detail(m)
	return nil
}

func (o *libraryList) footer() []footerKey {
	return []footerKey{{"Enter", "take"}, {"Up/Down", "choose"}, {"Esc", "close"}, {"type", "to search"}, {"PgUp/PgDn", "page"}}
}

func (o *libraryList) draw(m *Model, w, h int) {
	o.drawList(m, w, h, "Library of scenarios", "  no scenario of the library has these words", func(at int) { o.drawRow(m, at, w) },
		func(lines []textLine, room int) []textLine {
			if len(lines) <= room || room <= 1 {
				return lines
			}
			return append(lines[:room-1:room-1], textLine{{dim, m.glyphs.ellipsis + " there is more; Enter shows it where something is to be filled in"}})
		})
}

func (o *libraryList) drawRow(m *Model, row, w int) {
	c := &m.canvas
	at := o.found[row]
	e := o.all[at]
	pointer := " "
	if row == o.win.at {
		pointer = m.glyphs.pointer
		c.lockRow(cursor)
	}
	s := plain
	if at >= o.useful {
		s = dim
	}
	tags := m.fitWords(e.Tags, max(w/4, w-4-m.term.Width(m.term.Clean(e.Title))))
	n := m.term.Width(m.term.Clean(tags))
	c.raw(accent, pointer+" ")
	c.put(s, e.Title, w-3-n)
	c.raw(plain, " ")
	c.put(dim, tags, n)
	c.unlock()
}

// fitWords joins as many words as have room, and none in part.
func (m *Model) fitWords(words []string, room int) (text string) {
	for _, word := range words {
		more := text
		if more != "" {
			more += ", "
		}
		if more += word; m.term.Width(m.term.Clean(more)) > room {
			break
		}
		text = more
	}
	return text
}

// borrow takes a scenario of the library into the review, after its parameters
// were filled in.
func (m *Model) borrow(e library.Entry) tea.Cmd {
	add := func(condition string) error {
		had := slices.IndexFunc(m.review.Scenarios(), func(s *review.Scenario) bool { return s.Title == e.Title })
		err := m.take(review.NewScenario{Title: e.Title, Description: e.Description, Filter: e.Filter, Condition: condition}, "")
		if err == nil {
			m.overlay = nil
			m.toScenario(m.review.ScenarioCount() - 1)
			if had >= 0 {
				m.say(warn, fmt.Sprintf("scenario %d has this title already; %s takes the new one away", had+1, m.key("undo")))
			}
		}
		return err
	}
	if len(e.Parameters) == 0 {
		_ = add(e.Condition) // it was said
		return nil
	}
	f := &form{title: "From the library: " + e.Title, saves: "take"}
	for _, p := range e.Parameters {
		field := newField(p.Name+": ", library.FormatValues(p.Default))
		field.whatever = p.Means
		f.fields = append(f.fields, field)
	}
	filled := func() (string, error) {
		values := map[string][]string{}
		for i, p := range e.Parameters {
			var err error
			if values[p.Name], err = library.Values(f.value(i)); err != nil {
				return "", err
			}
		}
		return e.Fill(values)
	}
	f.above = func(t *text) { t.field("description", plain, e.Description) }
	f.below = func(t *text) {
		for i, p := range e.Parameters {
			if len(p.Example) > 0 && f.value(i) == "" {
				t.field(p.Name, dim, "such as "+strings.Join(p.Example, ", ")+"; commas between several, quotes around one that has a comma")
			}
		}
		text, err := filled()
		if err != nil {
			t.field("condition", plain, e.Condition)
			if f.dirty() && m.status != err.Error() { // else nothing is wrong yet, or it was said
				t.para(warn, err.Error())
			}
			return
		}
		t.field("condition", plain, text)
		m.tryCondition(t, feed.Scenario{Title: e.Title, Filter: e.Filter}, text)
	}
	f.save = func(*Model) (tea.Cmd, error) {
		text, err := filled()
		if err != nil {
			return nil, err
		}
		return nil, add(text)
	}
	return m.fill(f)
}
