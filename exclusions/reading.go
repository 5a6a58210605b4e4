package exclusions

import (
	"quarry/feed"
	"quarry/kql"
)

// Span is a piece of the filter text, as byte offsets: text[Start:End].
type Span struct{ Start, End int }

// Reading is a filter as it was understood.
type Reading struct {
	// Condition is what was understood, nil when nothing was. It is exactly
	// what [kql.ParseCondition] makes of its text form.
	Condition kql.Condition
	// Unread are the words that carry meaning and were not understood, in
	// order and apart from each other. They are part of no condition.
	Unread []Span
	// Complete reports whether Condition says all that the filter says.
	Complete bool
}

// Read turns the filter of a scenario into a condition. What it does not
// understand it leaves unread; it never invents a part of a condition.
func Read(s feed.Scenario) Reading {
	if s.Filter == "" {
		return Reading{}
	}
	return Reading{Unread: []Span{{0, len(s.Filter)}}}
}
