package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// editScenario opens the scenario under the cursor: of a published one the
// condition, of one's own also title and sentence.
func (m *Model) editScenario() tea.Cmd {
	i := m.scenarios.win.at
	s := m.review.Scenario(i)
	title := fmt.Sprintf("Scenario %d: %s", i+1, s.Title)
	if s.Written() {
		return m.writeScenario(title, s.Title, s.Filter, conditionText(s), func(title, filter, condition string) error {
			return m.take(review.RewriteScenario{Scenario: s.ID, Title: title, Filter: filter, Condition: condition}, "")
		})
	}
	field := newField("condition: ", kql.FormatCondition(s.Condition))
	e := &form{title: title, fields: []formField{field}}
	e.fields[0].conditional(m)
	e.above = func(t *text) { t.filter(s.Filter, s.Unread) }
	e.below = func(t *text) { m.tryCondition(t, s.Scenario, e.value(0)) }
	e.save = func(m *Model) (tea.Cmd, error) {
		if !e.dirty() { // who only looked has not written it
			m.say(plain, "nothing to change")
			return nil, nil
		}
		return nil, m.take(review.EditCondition{Scenario: s.ID, Condition: e.value(0)}, "")
	}
	return m.fill(e)
}

// conditionText is the condition that an analyst wrote, "" where the sentence is
// read: who changes that sentence wants it read again.
func conditionText(s *review.Scenario) string {
	if s.Edited {
		return kql.FormatCondition(s.Condition)
	}
	return ""
}

// newScenario opens an empty scenario.
func (m *Model) newScenario() tea.Cmd {
	return m.writeScenario("New scenario", "", "", "", func(title, filter, condition string) error {
		err := m.take(review.NewScenario{Title: title, Filter: filter, Condition: condition}, "")
		if err == nil {
			m.toScenario(m.review.ScenarioCount() - 1)
		}
		return err
	})
}

// writeScenario is the form of a scenario that an analyst writes.
func (m *Model) writeScenario(heading, title, filter, condition string, save func(title, filter, condition string) error) tea.Cmd {
	e := &form{title: heading, fields: []formField{newField("title:     ", title), newField("sentence:  ", filter), newField("condition: ", condition)}}
	e.fields[0].whatever = "what is benign here; the query's comment names it"
	e.fields[1].whatever = "may be empty; such as: Exclude processes of svc_x"
	e.fields[2].whatever = "empty: as the sentence is read"
	e.fields[2].conditional(m)
	if title != "" {
		e.at = 2
	}
	e.below = func(t *text) {
		m.tryCondition(t, feed.Scenario{Title: e.value(0), Filter: strings.TrimSpace(e.value(1))}, e.value(2))
	}
	e.save = func(*Model) (tea.Cmd, error) { return nil, save(e.value(0), e.value(1), e.value(2)) }
	return m.fill(e)
}

// toScenario moves the cursor to a scenario.
func (m *Model) toScenario(i int) {
	m.setFocus(scenarioPane)
	m.place()
	m.scenarios.win.set(i)
	m.scenarios.detail(m, m.layout.panes[scenarioPane].w)
}

// conditional makes a line one for a condition.
func (f *formField) conditional(*Model) {
	f.complete = exclusions.Complete
	f.wrong = func(text string) (string, int) {
		if strings.TrimSpace(text) == "" {
			return "", 0
		}
		_, err := kql.ParseCondition(text)
		var wrong *kql.ConditionError
		if errors.As(err, &wrong) {
			return wrong.Reason, wrong.Offset
		}
		return "", 0
	}
}

// tryCondition says what a condition that is being written does to each chosen
// table: its fit, and the line of the query.
func (m *Model) tryCondition(t *text, s feed.Scenario, text string) {
	var c kql.Condition
	if strings.TrimSpace(text) != "" {
		var err error
		if c, err = kql.ParseCondition(text); err != nil {
			t.para(dim, "the fit with each table is shown when the condition can be read")
			return
		}
	}
	reading, fits := m.review.Try(s, c)
	if c == nil {
		if s.Filter != "" {
			t.filter(s.Filter, reading.Unread)
		}
		if reading.Condition == nil {
			t.para(dim, "no condition yet: it can be kept so, and attached when it has one")
			return
		}
		t.field("read as", plain, kql.FormatCondition(reading.Condition))
	}
	if kql.TellsTime(reading.Condition) {
		t.para(dim, timesAreUTC)
	}
	if len(fits) == 0 {
		t.para(warn, "no table is chosen at this target, so nothing can be said about the fit")
	}
	for _, f := range worstFits(fits) {
		t.field(f.Table.Name, fitStyle(f.Fit), string(f.Fit)+": "+f.Reason)
		if f.KQL == "" {
			continue
		}
		clause := fold{m: m, w: max(1, t.w-2)}
		clause.query("| where not(" + f.KQL + ")")
		if clause.used > 0 {
			clause.newline()
		}
		for _, row := range clause.rows {
			t.lines = append(t.lines, append(textLine{{plain, "  "}}, highlightKQL(row.text)...))
		}
	}
}

// moveScenario moves the scenario under the cursor, which follows it.
func (m *Model) moveScenario(by int) tea.Cmd {
	i := m.scenarios.win.at
	if to := i + by; to < 0 || to >= m.review.ScenarioCount() {
		m.say(plain, "it is the "+map[int]string{-1: "first", 1: "last"}[by])
		return nil
	}
	if m.take(review.MoveScenario{Scenario: m.review.Scenario(i).ID, By: by}, "") == nil {
		m.toScenario(i + by)
	}
	return nil
}

// duplicateScenario copies the scenario under the cursor and goes to the copy.
func (m *Model) duplicateScenario() tea.Cmd {
	i := m.scenarios.win.at
	if m.take(review.DuplicateScenario{Scenario: m.review.Scenario(i).ID}, "") == nil {
		m.toScenario(i + 1)
	}
	return nil
}

func (m *Model) askScenarioNote() tea.Cmd {
	s := m.review.Scenario(m.scenarios.win.at)
	return m.askOwnWords("note-scenario", fmt.Sprint("scenario ", s.ID), "note: ", s.Note, func(m *Model, text string) (tea.Cmd, error) {
		return nil, m.take(review.SetScenarioNote{Scenario: s.ID, Text: text}, "")
	})
}
