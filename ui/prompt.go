package ui

import (
	"cmp"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"quarry/kql"
	"quarry/review"
	"quarry/ui/cell"
)

// prompt asks for one line of text below the panes. A text that is refused at
// Enter stays in it, with the reason.
type prompt struct {
	input  textinput.Model
	verb   string                                       // what Enter does with the text, in the footer; "" is "apply"
	change func(m *Model, text string)                  // when the text changed, or nil
	done   func(m *Model, text string) (tea.Cmd, error) // at Enter; an error refuses the text
	cancel func(m *Model)                               // at Esc, or nil
	// careful asks at Esc before a text is lost that was changed from was.
	careful bool
	was     string
	// draft is what the words are about, where they are kept when somebody else has
	// the review, and again the action that asks for them.
	draft, again string
	leaving      bool // Esc was pressed once
}

// askOwnWords asks for words that nothing else has: a note. action and about tell from
// others what they are about: words that could not be taken, because somebody took the
// review over, stand there again.
func (m *Model) askOwnWords(action, about, label, text string, done func(m *Model, text string) (tea.Cmd, error)) tea.Cmd {
	about = action + " " + about
	in := newInput(label, "")
	in.CharLimit = longestLine
	in.SetValue(text)
	p := &prompt{input: in, careful: true, was: in.Value(), draft: about, again: action, done: done}
	if kept, ok := m.drafts[about]; ok {
		p.input.SetValue(kept)
	}
	p.input.CursorEnd()
	return m.ask(p)
}

// keepDraft keeps words that cannot be taken now, and says how they can.
func (m *Model) keepDraft(p *prompt) {
	if m.drafts == nil {
		m.drafts = map[string]string{}
	}
	m.drafts[p.draft] = p.input.Value()
	m.prompt = nil
	m.say(warn, "your words are kept: "+m.key("take-over")+" takes the review over, then "+m.key(p.again)+" goes on with them")
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
	if m.overlay != nil && m.overlay.bare() {
		m.overlay = nil // it leaves no place for a prompt
	}
	m.prompt = p
	p.resize(m)
	m.say(plain, "")
	return nil
}

func (p *prompt) resize(m *Model) {
	setWidth(&p.input, m.w-m.term.Width(p.input.Prompt)-3)
}

// setWidth gives a line to edit so many cells. The part of the text that is
// shown is only found anew when the cursor leaves it.
func setWidth(in *textinput.Model, w int) {
	in.SetWidth(max(1, w))
	at := in.Position()
	in.CursorEnd()
	in.SetCursor(0)
	in.SetCursor(at)
}

func (p *prompt) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "ctrl+c":
		if p.draft != "" && m.keeping.holder != nil && p.input.Value() != p.was {
			m.keepDraft(p)
			return nil
		}
		if p.careful && !p.leaving && p.input.Value() != p.was {
			p.leaving = true
			m.say(warn, notSaved)
			return nil
		}
		m.prompt = nil
		delete(m.drafts, p.draft)
		m.say(plain, "")
		if p.cancel != nil {
			p.cancel(m)
		}
		return nil
	case "enter":
		cmd, err := p.done(m, p.input.Value())
		if err != nil {
			m.say(bad, err.Error())
			return nil
		}
		m.prompt = nil
		delete(m.drafts, p.draft)
		return cmd
	}
	return p.update(m, msg)
}

// update gives the line a key or pasted text. What was said about the text
// holds until it is another.
func (p *prompt) update(m *Model, msg tea.Msg) tea.Cmd {
	was := p.input.Value()
	cmd := edit(&p.input, msg)
	if p.input.Value() == was && !p.leaving {
		return cmd
	}
	p.leaving = false
	m.say(plain, "")
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

// promptKeys are the keys of the prompt that work now.
func (m *Model) promptKeys() []footerKey {
	if m.prompt.draft != "" && m.keeping.holder != nil {
		return []footerKey{{"Esc", "keep"}}
	}
	return []footerKey{{"Enter", cmp.Or(m.prompt.verb, "apply")}, {"Esc", "cancel"}}
}

func (p *prompt) cursor(m *Model) *tea.Cursor {
	c := p.input.Cursor()
	if c != nil {
		c.X, c.Y = c.X+1, m.h-m.footHeight(m.footLines())
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

// askFilter filters as the analyst types. Esc, and a text that is refused, bring
// back what was shown.
func (m *Model) askFilter() tea.Cmd {
	m.setFocus(iocPane)
	was := m.iocs
	back := func(m *Model) {
		m.iocs.filter = was.filter
		m.see(func(m *Model, _ string) {
			m.iocs.anchor, m.iocs.win.top = was.anchor, was.win.top
			m.iocs.win.set(was.win.at)
		})
	}
	return m.ask(&prompt{
		input: newInput("filter: ", was.filter.Text),
		change: func(m *Model, text string) {
			if err := m.setFilter(review.Unfinished(text)); err != nil {
				m.say(warn, err.Error())
			}
		},
		done: func(m *Model, text string) (tea.Cmd, error) {
			if err := m.setFilter(text); err != nil {
				back(m)
				return nil, err
			}
			if was.anchor >= 0 && m.iocs.anchor < 0 {
				m.sayShown(rangeDropped)
			}
			return nil, nil
		},
		cancel: back,
	})
}

func (m *Model) askLookback() tea.Cmd {
	return m.ask(&prompt{
		input: newInput("look back, such as 14d, 36h or 90m (now "+kql.FormatLookback(m.review.Lookback())+"): ", ""),
		done: func(m *Model, text string) (tea.Cmd, error) {
			if text == "" {
				m.say(plain, "the look-back stays "+kql.FormatLookback(m.review.Lookback()))
				return nil, nil
			}
			d, err := kql.ParseLookback(text)
			if err != nil {
				return nil, err
			}
			return nil, m.take(review.SetLookback{Lookback: d}, "")
		},
	})
}
