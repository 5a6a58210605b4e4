package review

import (
	"slices"

	"quarry/exclusions"
	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/kql"
)

// Scenario is a false-positive scenario with the condition that its filter was
// read as, or that an analyst wrote instead.
type Scenario struct {
	feed.Scenario
	exclusions.Reading
	// ID is what decisions call it by. It stays when scenarios are moved, edited
	// or undone, and when documents are added: published ones count from 0, and
	// those that an analyst wrote down from -1.
	ID int
	// Document is the position among the review's documents, -1 for a scenario
	// that an analyst wrote.
	Document int
	// Note is the analyst's, one line.
	Note string
	// Edited reports whether an analyst wrote the condition, and not the reader
	// of its filter.
	Edited bool
}

// Written reports whether an analyst wrote the scenario: no document has it.
func (s *Scenario) Written() bool { return s.ID < 0 }

// Scenarios lists the scenarios in the order of the review: as their documents
// have them, unless they were moved. The caller must not change them.
func (r *Review) Scenarios() []*Scenario {
	all := make([]*Scenario, len(r.now.scenarios))
	for i := range all {
		all[i] = r.now.scenarios[i].Scenario
	}
	return all
}

// Scenario is the scenario at position i. The caller must not change it.
func (r *Review) Scenario(i int) *Scenario { return r.now.scenarios[i].Scenario }

// ScenarioCount is how many scenarios there are.
func (r *Review) ScenarioCount() int { return len(r.now.scenarios) }

// NextScenario is the ID that the next scenario of the analyst's own gets; those
// after it count down.
func (r *Review) NextScenario() int { return -r.now.created - 1 }

// Attached reports how the scenario at position i stands: attached, and the
// worst fit that is accepted with it, [exclusions.Partly], [exclusions.Dangerous]
// or none.
func (r *Review) Attached(i int) (attached bool, accepted exclusions.Fit) {
	a := r.now.scenarios[i].attachment
	return a.attached, a.accepted
}

// find is the position of the scenario with an ID.
func (s *state) find(id int) (at int, err error) {
	at = slices.IndexFunc(s.scenarios, func(s scenarioState) bool { return s.ID == id })
	if at < 0 {
		return at, &RefusedError{"there is no scenario " + scenarioNumber(id)}
	}
	return at, nil
}

// newScenario is a scenario with the condition that its filter is
// read as.
func newScenario(s feed.Scenario, id, document int) *Scenario {
	return &Scenario{Scenario: s, Reading: exclusions.Read(s), ID: id, Document: document}
}

// with is the scenario with a condition that an analyst wrote: it says all that
// is meant, though words of the filter were not understood; those stay marked.
// No condition is the one that the filter is read as, and so is the same one
// where all of the filter was understood.
func (s *Scenario) with(c kql.Condition) *Scenario {
	n := *s
	n.Reading, n.Edited = exclusions.Read(s.Scenario), false
	if c != nil && !(n.Complete && kql.FormatCondition(c) == kql.FormatCondition(n.Condition)) {
		n.Reading, n.Edited = exclusions.Reading{Condition: c, Unread: n.Unread, Complete: true}, true
	}
	return &n
}

// copied is the scenario with the condition that another one has, which only
// counts as written where it is not what the filter is read as.
func (s *Scenario) copied(from *Scenario) *Scenario {
	n := s.with(nil)
	if from.Edited || kql.FormatCondition(n.Condition) != kql.FormatCondition(from.Condition) {
		n = s.with(from.Condition)
	}
	return n
}

// Entry is the scenario as the library keeps it, without parameters: whoever
// uses it again puts them where values are their own.
func (s *Scenario) Entry(tags []string) library.Entry {
	e := library.Entry{Title: s.Title, Description: s.Description, Tags: tags, Filter: s.Filter, Condition: kql.FormatCondition(s.Condition)}
	if e.Description == "" {
		e.Description = s.Note
	}
	return e
}

// sameText reports whether two scenarios say the same.
func sameText(a, b feed.Scenario) bool {
	return a.Title == b.Title && a.Description == b.Description && a.Filter == b.Filter
}
