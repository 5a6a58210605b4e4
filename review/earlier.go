package review

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// Resumed is a review that this one goes on from, as a reviewed bulletin tells of it.
type Resumed struct {
	File      string    // the reviewed bulletin, as the user named it
	Reviewer  string    // "" when the bulletin names none
	At        time.Time // when it was exported; zero when the bulletin does not say
	Decisions int       // how many were taken in it, or [UnknownDecisions]
	History   []Told    // the decisions that the bulletin lists, the first one first; nil when it lists none
}

// UnknownDecisions is how many decisions there were where nobody says.
const UnknownDecisions = -1

// Told is a decision as a reviewed bulletin lists it: one to be read, not taken again.
type Told struct {
	At    time.Time // zero when the bulletin does not say
	Who   string
	Words string
}

// Resumed lists the reviews that this one goes on from: in the order of the reviewed
// bulletins, and of each the one before which there was none first. What they decided
// is where the review begins, so that [Review.History] has none of it.
func (r *Review) Resumed() []Resumed { return slices.Clone(r.resumed) }

// continues reports whether the review is still the last one that a reviewed bulletin
// tells of: nothing was decided since.
func (r *Review) continues() bool {
	n := len(r.resumed)
	return r.done == 0 && n > 0 && r.resumed[n-1].Reviewer != "" && r.resumed[0].File == r.resumed[n-1].File
}

// reviews lists all reviews that an export tells of, the first one first; what two
// reviewed bulletins tell of the same one it tells once. The last is the one that is exported.
func (r *Review) reviews(sig Signature) []Resumed {
	var all []Resumed
	told := map[string]string{} // by which bulletin
	for _, e := range r.resumed {
		is := e.identity()
		if by, again := told[is]; again && by != e.File {
			continue
		}
		told[is] = e.File
		all = append(all, e)
	}
	if r.continues() {
		return all
	}
	history := sig.History
	sig = r.signed(sig)
	own := Resumed{Reviewer: oneLine(sig.Reviewer), At: sig.At, Decisions: r.done}
	if history {
		for _, e := range r.entries[:r.done] {
			own.History = append(own.History, Told{e.At, oneLine(e.Who), oneLine(e.Words)})
		}
	}
	return append(all, own)
}

// identity tells a review from others, whichever bulletin tells of it.
func (e *Resumed) identity() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %s %d", e.Reviewer, formatTime(e.At), e.Decisions)
	for _, d := range e.History {
		fmt.Fprintf(&b, " %s %q %q", formatTime(d.At), d.Who, d.Words)
	}
	return b.String()
}

// reviewers names all who reviewed, each once, for what has room for one name.
func (r *Review) reviewers(sig Signature) string {
	var names []string
	for _, e := range r.reviews(sig) {
		if e.Reviewer != "" && !slices.Contains(names, e.Reviewer) {
			names = append(names, e.Reviewer)
		}
	}
	return strings.Join(names, ", ")
}

// lastNamed is how many reviewers a sentence names.
const lastNamed = 6

// ReviewersOf says in words who reviewed and on which day of UTC, each once and with
// the last time: "ana on 2026-05-28 and bob on 2026-05-29". Of many it names the last
// ones and counts the others.
func ReviewersOf(all []Resumed) string {
	return reviewersOf(all, func(s string) string { return s }, func(at time.Time) string { return at.UTC().Format(time.DateOnly) })
}

func reviewersOf(all []Resumed, name func(string) string, day func(time.Time) string) string {
	var each []string
	named := map[string]bool{}
	for _, e := range slices.Backward(all) {
		if named[e.Reviewer] {
			continue
		}
		named[e.Reviewer] = true
		words := "somebody who is not named"
		if e.Reviewer != "" {
			words = name(e.Reviewer)
		}
		if !e.At.IsZero() {
			words += " on " + day(e.At)
		}
		each = append(each, words)
	}
	if more := len(each) - lastNamed; more > 0 {
		each = append(each[:lastNamed], feed.Counted(more, "other")+" before")
	}
	slices.Reverse(each)
	last := len(each) - 1
	if last < 1 {
		return strings.Join(each, "")
	}
	return strings.Join(each[:last], ", ") + " and " + each[last]
}

// reviewMeta is what the front matter says of one review.
type reviewMeta struct {
	Reviewer  string `yaml:"reviewer,omitempty"`
	Reviewed  string `yaml:"reviewed,omitempty"`
	Decisions *int   `yaml:"decisions,omitempty"` // also those that are not listed
}

func (m *markdown) reviewMeta(e Resumed) reviewMeta {
	meta := reviewMeta{Reviewer: oneLine(e.Reviewer), Reviewed: formatTime(e.At)}
	if e.Decisions >= 0 {
		meta.Decisions = &e.Decisions
	}
	return meta
}

// resumed is the review that the front matter tells of. A date that is none is left
// out, and told.
func (meta *reviewMeta) resumed() (e Resumed, ok bool) {
	e = Resumed{Reviewer: oneLine(meta.Reviewer), Decisions: UnknownDecisions}
	if meta.Decisions != nil && *meta.Decisions >= 0 {
		e.Decisions = *meta.Decisions
	}
	e.At, ok = parseTime(meta.Reviewed)
	return e, ok
}

// formatTime writes a moment, "" for none.
func formatTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// parseTime reads what [formatTime] writes, and whole seconds of what a person may
// write.
func parseTime(s string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, s)
	if at = at.UTC().Truncate(time.Second); err != nil || at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}, s == ""
	}
	return at, true
}

// ReviewedBy lists the reviews that a document tells of, of which the head is enough:
// the first one first, without their decisions. It is nil for a document that
// [Review.WriteMarkdown] did not write or that cannot be read any more.
func ReviewedBy(doc []byte) []Resumed {
	if !IsReviewed(doc) {
		return nil
	}
	head, _, ok := cutFrontMatter(doc)
	if !ok {
		head = bytes.TrimPrefix(doc, []byte("---\n"))
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	head, _, _ = bytes.Cut(head, []byte("\ndocuments:"))
	var f frontMatter
	if err := yaml.Unmarshal(head, &f); err != nil {
		return nil
	}
	var all []Resumed
	for _, meta := range append(f.Earlier, f.Last) {
		e, _ := meta.resumed()
		all = append(all, e)
	}
	return all
}

// earlierReport is a review before the one that is exported as JSON.
type earlierReport struct {
	Reviewer  string `json:"reviewer,omitempty"`
	Reviewed  string `json:"reviewed,omitempty"`
	Decisions *int   `json:"decisions,omitempty"` // absent when nobody says
}

func earlierReports(all []Resumed) (reports []earlierReport) {
	for _, e := range all {
		r := earlierReport{Reviewer: e.Reviewer, Reviewed: formatTime(e.At)}
		if e.Decisions >= 0 {
			r.Decisions = &e.Decisions
		}
		reports = append(reports, r)
	}
	return reports
}
