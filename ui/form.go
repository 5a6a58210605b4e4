package ui

import (
	"cmp"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"quarry/exclusions"
)

// form is an overlay of a few lines to edit, and below them what follows from
// them, live. Leaving it with changes is asked for twice.
type form struct {
	title  string
	above  func(t *text) // what stands over the lines, or nil
	fields []formField
	at     int // the field that has the keys
	// below lays out what follows from the fields; it is called when they change.
	below func(t *text)
	// save takes the decision; an error keeps the form open with the reason.
	save  func(m *Model) (tea.Cmd, error)
	saves string // what Enter does, "save" where it is empty

	was     []string // the values at first
	head    []textLine
	lines   []textLine
	win     window // of lines
	leaving bool   // Esc was pressed once
}

// formField is one line of a form.
type formField struct {
	input textinput.Model
	// wrong says what is wrong with the text, and at which byte; "" when nothing
	// is. nil checks nothing.
	wrong func(text string) (reason string, at int)
	// complete lists how the text up to the cursor can go on; see
	// [exclusions.Complete]. nil completes nothing.
	complete func(text string) (start int, all []exclusions.Completion)

	offered  []exclusions.Completion
	start    int // where the word begins that they complete
	chosen   int // that of offered which stands in the text, or -1
	reason   string
	wrongAt  int
	whatever string // what the line is about, when nothing is wrong or offered
}

// notSaved is said at the first Esc, where words would be lost.
const notSaved = "not saved: Enter saves, Esc again leaves it as it was"

// longestLine is how much a line of a form takes; a published condition has some
// hundred characters.
const longestLine = 65536

// newField makes a line of a form.
func newField(label, value string) formField {
	in := newInput(label, "")
	in.CharLimit = longestLine
	in.SetValue(value)
	in.CursorEnd()
	in.Blur()
	return formField{input: in, chosen: -1}
}

// fill opens a form.
func (m *Model) fill(f *form) tea.Cmd {
	for _, field := range f.fields {
		f.was = append(f.was, field.input.Value())
	}
	f.focus(f.at)
	for i := range f.fields {
		f.fields[i].check()
	}
	m.cover(f)
	f.resize(m)
	return nil
}

func (f *form) bare() bool { return false }

func (f *form) value(i int) string { return f.fields[i].input.Value() }

// dirty reports whether anything was changed.
func (f *form) dirty() bool {
	for i := range f.fields {
		if f.value(i) != f.was[i] {
			return true
		}
	}
	return false
}

func (f *form) focus(at int) {
	f.fields[f.at].input.Blur()
	f.at = at
	f.fields[at].input.Focus()
}

func (f *form) resize(m *Model) {
	for i := range f.fields {
		in := &f.fields[i].input
		setWidth(in, m.w-m.term.Width(in.Prompt)-3)
	}
	f.lay(m)
}

// lay lays out the text over and below the lines.
func (f *form) lay(m *Model) {
	w := max(1, m.w-2)
	f.head = nil
	if f.above != nil {
		t := m.text(w)
		f.above(t)
		f.head = t.lines
		if most := max(1, m.h/3); len(f.head) > most {
			f.head = append(f.head[:most-1:most-1], textLine{{dim, m.glyphs.ellipsis + " Enter in the list of scenarios shows all of it"}})
		}
	}
	t := m.text(w)
	f.below(t)
	f.lines = t.lines
	f.win.length = len(f.lines)
	f.win.height = max(1, m.h-3-1-len(f.head)-2*len(f.fields))
	f.win.keep()
}

// check says what is wrong with the text of a line, and how it can go on.
func (f *formField) check() {
	f.reason, f.offered, f.chosen = "", nil, -1
	text := f.input.Value()
	if f.wrong != nil {
		f.reason, f.wrongAt = f.wrong(text)
	}
	if f.complete != nil {
		f.start, f.offered = f.complete(f.before())
	}
}

// before is the text in front of the cursor.
func (f *formField) before() string {
	runes := []rune(f.input.Value())
	return string(runes[:min(f.input.Position(), len(runes))])
}

// next puts the next completion in the place of the word at the cursor.
func (f *formField) next(by int) {
	n := len(f.offered)
	if n == 0 {
		return
	}
	before := f.before()
	behind := f.input.Value()[len(before):]
	f.chosen = ((f.chosen+by)%n + n) % n
	head := before[:min(f.start, len(before))] + f.offered[f.chosen].Text
	f.input.SetValue(head + behind)
	f.input.SetCursor(len([]rune(head)))
	if n == 1 {
		f.chosen = -1 // it stands; what follows is offered next
	}
}

func (f *form) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	field := &f.fields[f.at]
	key := msg.String()
	if key != "esc" && key != "ctrl+c" && f.leaving {
		f.leaving = false
		m.say(plain, "")
	}
	switch key {
	case "esc", "ctrl+c":
		return f.leave(m)
	case "enter":
		cmd, err := f.save(m)
		if err != nil {
			f.refuse(m, err)
			return nil
		}
		if m.overlay == overlay(f) {
			m.overlay = nil
		}
		return cmd
	case "up":
		f.focus(max(0, f.at-1))
	case "down":
		f.focus(min(len(f.fields)-1, f.at+1))
	case "pgup":
		f.win.scroll(pageUp)
	case "pgdown":
		f.win.scroll(pageDown)
	case "tab", "shift+tab":
		by := 1
		if key == "shift+tab" {
			by = -1
		}
		switch {
		case field.complete == nil:
			f.focus(((f.at+by)%len(f.fields) + len(f.fields)) % len(f.fields))
		case len(field.offered) == 0:
			m.say(warn, field.noCompletion())
		default:
			f.completeNext(m, by)
		}
	default:
		return f.update(m, msg)
	}
	return nil
}

// refuse says why the form stays open, unless that stands below its line.
func (f *form) refuse(m *Model, err error) {
	m.say(bad, err.Error())
	for i := range f.fields {
		if field := &f.fields[i]; field.pointed(i == f.at) && strings.Contains(err.Error(), field.reason) {
			m.say(bad, "not saved: what is wrong is marked")
		}
	}
	f.lay(m)
}

// noCompletion says why Tab has nothing to put in.
func (f *formField) noCompletion() string {
	if f.reason != "" && f.wrongAt < len(f.before()) {
		return "nothing to complete: " + f.reason
	}
	return "nothing to complete at the cursor"
}

// completeNext takes the next completion. The list stays while one goes through
// it.
func (f *form) completeNext(m *Model, by int) {
	field := &f.fields[f.at]
	offered, start := field.offered, field.start
	before := field.before()
	field.next(by)
	chosen := field.chosen
	field.check()
	if chosen >= 0 {
		field.offered, field.start, field.chosen = offered, min(start, len(before)), chosen
	}
	f.lay(m)
}

// leave closes the form, but asks first when something would be lost.
func (f *form) leave(m *Model) tea.Cmd {
	if f.dirty() && !f.leaving {
		f.leaving = true
		m.say(warn, notSaved)
		return nil
	}
	m.overlay = nil
	m.say(plain, "")
	return nil
}

func (f *form) update(m *Model, msg tea.Msg) tea.Cmd {
	field := &f.fields[f.at]
	was, at := field.input.Value(), field.input.Position()
	cmd := edit(&field.input, msg)
	if field.input.Value() == was && field.input.Position() == at {
		return cmd
	}
	field.check()
	if field.input.Value() != was {
		m.say(plain, "")
		f.lay(m)
	}
	return cmd
}

func (f *form) footer() []footerKey {
	keys := []footerKey{{"Enter", cmp.Or(f.saves, "save")}, {"Esc", "cancel"}}
	switch {
	case f.fields[f.at].complete != nil:
		keys = append(keys, footerKey{"Tab", "complete"})
	case len(f.fields) > 1:
		keys = append(keys, footerKey{"Tab", "next line"})
	}
	if len(f.fields) > 1 {
		keys = append(keys, footerKey{"Up/Down", "other line"})
	}
	if f.win.length > f.win.height {
		keys = append(keys, footerKey{"PgUp/PgDn", "scroll"})
	}
	return keys
}

// cursor is where the keys go. The top line, the title and what stands above
// come first; each line has one below it for what is said about it.
func (f *form) cursor() *tea.Cursor {
	c := f.fields[f.at].input.Cursor()
	if c != nil {
		c.X, c.Y = c.X+1, 2+len(f.head)+2*f.at
	}
	return c
}

func (f *form) draw(m *Model, w, h int) {
	c := &m.canvas
	m.overlayTitle(f.title, &f.win, w)
	y := 1
	row := func(l textLine) {
		if y < h {
			c.raw(plain, " ")
			c.line(l, w-1)
			c.newline()
			y++
		}
	}
	for _, l := range f.head {
		row(l)
	}
	for i := range f.fields {
		if y < h {
			c.raw(plain, " ")
			c.input(&f.fields[i].input, w-1)
			c.newline()
			y++
		}
		row(f.fields[i].about(m, i == f.at, w-1))
	}
	for at := f.win.top; y < h; at++ {
		if at < len(f.lines) {
			row(f.lines[at])
		} else {
			row(nil)
		}
	}
}
