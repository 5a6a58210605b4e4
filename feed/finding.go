package feed

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how much a finding changes what an analyst can trust.
type Severity string

// From worst to least.
const (
	Error   Severity = "error"   // something could not be read or would be wrong if used as published
	Warning Severity = "warning" // it can be used, but not as it stands
	Info    Severity = "info"    // worth knowing
)

// Finding is one thing about a document that an analyst should know before
// trusting it: what could not be read, and what the published text gets wrong.
type Finding struct {
	Code     string // stable, in kebab-case, such as "count-differs"
	Severity Severity
	Source   Source
	Text     string // one sentence that says what is wrong and what follows
}

// String is the finding on one line: place, severity, sentence and code.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Source, f.Severity, f.Text, f.Code)
}

// MarshalJSON writes the object of `quarry lint --json`.
func (f Finding) MarshalJSON() ([]byte, error) {
	return marshalPlain(struct {
		Code     string   `json:"code"`
		Severity Severity `json:"severity"`
		Source   string   `json:"source,omitempty"`
		Line     int      `json:"line"`
		Text     string   `json:"text"`
	}{f.Code, f.Severity, f.Source.Name, f.Source.Line, f.Text})
}

// SortFindings orders findings by line within each source, sources in the
// order in which they first appear.
func SortFindings(fs []Finding) {
	order := map[string]int{}
	for _, f := range fs {
		if _, seen := order[f.Source.Name]; !seen {
			order[f.Source.Name] = len(order)
		}
	}
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(order[a.Source.Name], order[b.Source.Name]),
			cmp.Compare(a.Source.Line, b.Source.Line),
		)
	})
}

// WorstFirst is the findings by severity, errors first; equal ones stay in
// their order.
func WorstFirst(fs []Finding) []Finding {
	order := []Severity{Error, Warning, Info}
	sorted := slices.Clone(fs)
	slices.SortStableFunc(sorted, func(a, b Finding) int {
		return cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity))
	})
	return sorted
}
