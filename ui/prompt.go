package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"quarry/kql"
	"quarry/review"
	"quarry/ui/cell"
)

// prompt asks for one line of text in the status line.
type prompt struct {
	input  textinput.Model
	change func(m *Model, text string)         // at each key, or nil
	done   func(m *Model, text string) tea.Cmd // at Enter
	cancel func(m *Model)                      // at Esc, or nil
}

// newInput is a line to edit with a real cursor.
func newInput(label, value string) textinput.Model {
	in := textinput.New()
	in.Prompt = label
	in.SetVirtualCursor(false)
	in.CharLimit = 4096
	in.SetValue(value)
	in.CursorEnd()
	in.Focus()
	return in
}

func (m *Model) ask(p *prompt) tea.Cmd {
	p.input.SetWidth(max(1, m.w-len(p.input.Prompt)-3))
	m.prompt = p
	m.say(plain, "")
	return nil
}

func (p *prompt) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		m.prompt = nil
		m.say(plain, "")
		if p.cancel != nil {
			p.cancel(m)
		}
		return nil
	case "enter":
		m.prompt = nil
		return p.done(m, p.input.Value())
	}
	return p.update(m, msg)
}

func (p *prompt) update(m *Model, msg tea.Msg) tea.Cmd {
	cmd := edit(&p.input, msg)
	if p.change != nil {
		p.change(m, p.input.Value())
	}
	return cmd
}

// edit gives a message to a line to edit. What could reorder or control the
// screen is escaped as soon as it is there; pasted text may hold anything.
func edit(in *textinput.Model, msg tea.Msg) tea.Cmd {
	next, cmd := in.Update(msg)
	if v := cell.Clean(next.Value()); v != next.Value() {
		next.SetValue(v)
		next.CursorEnd()
	}
	*in = next
	return cmd
}

func (p *prompt) footer() []footerKey { return []footerKey{{"Enter", "apply"}, {"Esc", "cancel"}} }

func (p *prompt) cursor(m *Model) *tea.Cursor {
	c := p.input.Cursor()
	if c != nil {
		c.X, c.Y = c.X+1, m.h-2
	}
	return c
}

func (p *prompt) draw(m *Model) {
	m.canvas.raw(plain, " ")
	m.canvas.input(&p.input, m.w-1)
}

// input draws a line to edit in exactly w cells.
func (c *canvas) input(in *textinput.Model, w int) {
	c.use(plain)
	view := in.View()
	c.b = append(c.b, view...)
	c.b = append(c.b, reset...)
	c.fill(plain, " ", max(0, w-displayWidth(view)))
}

// askFilter filters as the analyst types; Esc brings back what was shown.
func (m *Model) askFilter() tea.Cmd {
	was := m.iocs.filter.Text
	m.setFocus(iocPane)
	return m.ask(&prompt{
		input:  newInput("filter: ", was),
		change: func(m *Model, text string) { m.setFilter(text) },
		done:   func(m *Model, text string) tea.Cmd { m.setFilter(text); return nil },
		cancel: func(m *Model) { m.setFilter(was); m.say(plain, "") },
	})
}

func (m *Model) askNote() tea.Cmd {
	at, ok := m.iocs.current()
	if !ok {
		return nil
	}
	if m.iocs.anchor >= 0 {
		m.say(warn, "a note is for one IOC; Esc drops the range")
		return nil
	}
	return m.ask(&prompt{
		input: newInput("note: ", m.review.Note(at)),
		done:  func(m *Model, text string) tea.Cmd { return m.decide(review.SetNote{IOC: at, Text: text}) },
	})
}

func (m *Model) askLookback() tea.Cmd {
	return m.ask(&prompt{
		input: newInput("look back (7d, 36h, 90m): ", kql.FormatLookback(m.review.Lookback())),
		done: func(m *Model, text string) tea.Cmd {
			d, err := kql.ParseLookback(text)
			if err != nil {
				m.say(bad, err.Error())
				return nil
			}
			return m.decide(review.SetLookback{Lookback: d})
		},
	})
}
