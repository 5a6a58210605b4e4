package ui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
	"quarry/review/store"
)

// refresh derives from the review all that the panes show. What else that
// changed it says in words to add to a message.
func (m *Model) refresh() (also string) {
	m.counts = m.review.Count(0)
	m.iocs.stated.look(m.review)
	m.lay()
	m.tables.all = m.review.Tables()
	m.tables.see()
	atOnce := true
	m.seeDecided(func(m *Model, what string) {
		if also = what; !atOnce {
			m.status += what
		}
	})
	atOnce = false
	m.preview.refresh(m)
	m.place()
	return also
}

// reviewChanged follows a decision, an undo or a redo. What it says is to be
// added to the message.
func (m *Model) reviewChanged() (also string) {
	m.unsaved = true
	m.generation++
	return m.refresh()
}

// decide takes a decision and shows what follows from it. also is added to what
// is said about it.
func (m *Model) decide(d review.Decision, also string) tea.Cmd {
	_ = m.take(d, also) // it was said
	return nil
}

// take is decide for a caller that acts on a refusal.
func (m *Model) take(d review.Decision, also string) error {
	if reason := m.readOnly(); reason != "" {
		m.say(warn, reason)
		return errors.New(reason)
	}
	changed, err := m.review.Decide(d, m.opt.Reviewer, m.opt.Now())
	switch {
	case err != nil:
		m.say(bad, err.Error())
	case !changed:
		m.say(plain, "nothing to change")
	default:
		m.keepDecision()
		if m.focus == iocPane && m.iocs.anchor >= 0 {
			m.iocs.decided = m.iocs.win.at
		}
		h := m.review.History()
		also += m.reviewChanged()
		m.say(good, h[len(h)-1].Words+also+"; "+m.key("undo")+" undoes")
	}
	return err
}

func (m *Model) undo() tea.Cmd {
	if e, ok := m.review.Undo(); ok {
		m.keepMove((*store.Journal).Undo)
		also := m.reviewChanged()
		m.say(good, "undone: "+e.Words+also+"; "+m.key("redo")+" redoes")
	}
	return nil
}

func (m *Model) redo() tea.Cmd {
	if e, ok := m.review.Redo(); ok {
		m.keepMove((*store.Journal).Redo)
		also := m.reviewChanged()
		m.say(good, "done again: "+e.Words+also)
	}
	return nil
}
