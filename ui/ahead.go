package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// lookingForReview is said until the database has answered.
const lookingForReview = "looking for your review"

// mostAhead is how many keys are kept until the review is there. Nobody types as
// many in the time that a database takes.
const mostAhead = 1000

// beginning reports whether nothing can be shown yet: the documents are read, and
// what was decided another day is still looked for. Without that the rows would be
// those of a review that nobody has touched. Of documents that were read for longer
// the rows are in use already, and what is decided meanwhile goes behind it.
func (m *Model) beginning() bool {
	return m.opt.Journal != nil && !m.keeping.begun && !m.keeping.inUse
}

// typeAhead keeps what is typed and pasted before the review is there, and reports
// whether a message was that. A click means a place that nothing is drawn at.
func (m *Model) typeAhead(msg tea.Msg) (tea.Cmd, bool) {
	s := &m.keeping
	switch msg := msg.(type) {
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return nil, true
	case tea.KeyPressMsg:
		if a, ok := m.actionFor(msg.String(), m.focus); ok && a.name == "interrupt" {
			return tea.Quit, true // nothing was decided, and it may be the database that hangs
		}
	case tea.PasteMsg:
		if s.pasted += len(msg.Content); s.pasted > m.opt.MostPasted {
			m.say(warn, lookingForReview+"; what was pasted is left out, paste it again then")
			return nil, true
		}
	default:
		return nil, false
	}
	if len(s.ahead) < mostAhead {
		s.ahead = append(s.ahead, msg)
	}
	return nil, true
}

// takeAhead takes what was typed before the review was there, as if it was typed
// now: it meets the rows where the analyst was.
func (m *Model) takeAhead() tea.Cmd {
	var all []tea.Cmd
	ahead := m.keeping.ahead
	m.keeping.ahead, m.keeping.pasted = nil, 0
	for _, msg := range ahead {
		all = append(all, m.update(msg))
	}
	return tea.Batch(all...)
}

// greet ends saying that the review is looked for, where there is nothing to say of
// it.
func (m *Model) greet() {
	if m.status == lookingForReview {
		m.say(plain, m.greeting())
	}
	m.status = strings.TrimSuffix(m.status, "; "+lookingForReview)
}

// drawBeginning draws the screen without what is not known yet, down to a row.
func (m *Model) drawBeginning(end int) {
	c := &m.canvas
	c.raw(focused, " Quarry ")
	c.put(bar, " "+m.review.Title(), max(0, m.w-8))
	c.newline()
	for range end - 1 {
		c.spaces(m.w)
		c.newline()
	}
}
