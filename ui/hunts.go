package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
)

// writing is a plan whose hunts a command writes. Nothing else may touch it
// meanwhile; the screen has a plan without hunts.
type writing struct {
	plan   *review.Plan
	tables []string // that will have a hunt
	begun  bool
}

// writtenMsg says that the hunts of a plan are written.
type writtenMsg struct{ of *writing }

// lay lays down anew what is hunted. Where many IOCs are, a command writes the
// hunts; while documents are read, nothing is hunted.
func (m *Model) lay() {
	if m.writing == nil {
		m.before = m.plan
	}
	m.writing = nil
	if m.load != nil {
		m.plan, m.scenarios.fits = &review.Plan{}, nil
		return
	}
	m.plan = m.review.Plan(m.opt.NoComments)
	m.scenarios.fits = m.plan.Fits()
	if tables := m.plan.Tables(); len(tables) > 0 && m.counts.Hunted.Sum() > atOnce {
		m.writing = &writing{plan: m.plan, tables: tables}
		m.plan, m.before = &review.Plan{}, nil
	}
}

// writeHunts is the command that writes the hunts, or nil. There is one at a
// time: what was decided meanwhile is written when it has ended.
func (m *Model) writeHunts() tea.Cmd {
	w := m.writing
	if w == nil || w.begun || m.writers > 0 {
		return nil
	}
	w.begun = true
	m.writers++
	return func() tea.Msg {
		w.plan.Hunts()
		w.plan.Union()
		return writtenMsg{w}
	}
}

// written shows the hunts, unless others are wanted by now.
func (m *Model) written(msg writtenMsg) {
	m.writers--
	if m.writing != msg.of {
		return
	}
	m.plan, m.writing = msg.of.plan, nil
	m.preview.refresh(m)
	m.place()
	if m.was != nil && strings.TrimSuffix(m.status, "; "+lookingForReview) == m.readWords {
		m.sayRead("")
	}
}

// huntedTables names the tables that have a hunt, or will have one.
func (m *Model) huntedTables() []string {
	if m.writing != nil {
		return m.writing.tables
	}
	return m.plan.Tables()
}

// fitsOf is how a scenario fits each chosen table. While documents are read it
// fits none.
func (l *scenarioList) fitsOf(i int) []review.TableFit {
	if i >= len(l.fits) {
		return nil
	}
	return l.fits[i]
}

// unwritten is why there is no hunt yet, or "".
func (m *Model) unwritten() string {
	switch {
	case m.load != nil:
		return "hunts are written when the documents are read; " + m.key("stop-reading") + " stops that"
	case m.writing != nil:
		return "writing the hunts of " + plural(m.counts.Hunted.IOCs+m.counts.Hunted.Mentions, "row")
	}
	return ""
}
