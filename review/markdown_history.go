package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"quarry/feed"
)

// reviewWord begins the title of a review in the history, where there are several.
const reviewWord = "Review "

// history lists the decisions of all reviews that are known one by one, the first one
// first; asked for, it is there also when none is. What was decided a reader takes from
// the other sections: this one is for people.
func (m *markdown) history(asked bool) {
	if !asked && !slices.ContainsFunc(m.reviews, func(e Resumed) bool { return len(e.History) > 0 }) {
		return
	}
	m.section(historySection)
	for n, e := range m.reviews {
		if len(m.reviews) > 1 {
			m.line(fmt.Sprintf("### %s%d: %s", reviewWord, n+1, m.reviewedBy(e, ", ")))
		}
		if len(e.History) == 0 {
			m.unlisted(e)
			continue
		}
		if n < len(m.reviews)-1 {
			m.line(feed.Counted(e.Decisions, "decision") + " of " + m.someone(e) + " before:")
		}
		m.header("No.", "When", "Who", "Decision")
		for i, d := range e.History {
			m.row(strconv.Itoa(i+1), m.text(formatTime(d.At)), m.text(d.Who), m.text(d.Words))
		}
		m.end()
	}
}

// unlisted says of a review without a list whether there was anything to list.
func (m *markdown) unlisted(e Resumed) {
	what := "this"
	if len(m.reviews) == 1 && m.r.continues() {
		what = "that"
		m.b.WriteString("Reviewed by " + m.reviewedBy(e, " on ") + ". ")
	}
	switch e.Decisions {
	case UnknownDecisions:
		m.line("The decisions of " + what + " review are not listed here.")
	case 0:
		m.line("No decision was taken in " + what + " review.")
	case 1:
		m.line("1 decision was taken in " + what + " review; it is not listed here.")
	default:
		m.line(feed.Counted(e.Decisions, "decision") + " were taken in " + what + " review; they are not listed here.")
	}
}

func (m *markdown) someone(e Resumed) string {
	if e.Reviewer == "" {
		return "somebody who is not named"
	}
	return m.text(e.Reviewer)
}

// reviewedBy is who reviewed, and when if that is known.
func (m *markdown) reviewedBy(e Resumed, between string) string {
	if e.At.IsZero() {
		return m.someone(e)
	}
	return m.someone(e) + between + formatMinute(e.At)
}

// startReviews takes in what the front matter says of all reviews.
func (r *reader) startReviews() {
	head, _, _ := cutFrontMatter(r.doc)
	take := func(meta *reviewMeta, key string) {
		e, ok := meta.resumed()
		if e.File = oneLine(r.name); !ok {
			r.faultAt(keyLine(head, key), "bad-date", feed.Quote(meta.Reviewed)+" is no date of a review; the history goes without")
		}
		r.decided.by = append(r.decided.by, e)
	}
	for i := range r.meta.Earlier {
		take(&r.meta.Earlier[i], "earlier:")
	}
	take(&r.meta.Last, "reviewed:")
	r.review = len(r.decided.by) - 1
}

// historyTitle reads which review the decisions below are of.
func (r *reader) historyTitle(n ast.Node) {
	rest, ok := strings.CutPrefix(r.text(n), reviewWord)
	number, _, named := strings.Cut(rest, ":")
	at, err := strconv.Atoi(number)
	if !ok || !named || err != nil {
		return
	}
	if at < 1 || at > len(r.decided.by) {
		r.fault(n, "bad-review", fmt.Sprintf("the front matter has no review %s; the decisions below are listed with the last one", feed.Quote(number)))
		at = len(r.decided.by)
	}
	r.review = at - 1
}

func (r *reader) historyRow(n ast.Node, c cells) {
	when := c.get("When")
	at, ok := parseTime(when)
	if !ok {
		r.fault(n, "bad-when", feed.Quote(when)+" is no time of a decision; the history goes without")
	}
	e := &r.decided.by[r.review]
	e.History = append(e.History, Told{at, oneLine(c.get("Who")), oneLine(c.get("Decision"))})
}

// countHistory says where decisions are missing of those that are listed.
func (r *reader) countHistory() {
	for i := range r.decided.by {
		e := &r.decided.by[i]
		n := len(e.History)
		if n == 0 {
			continue
		}
		if n < e.Decisions {
			r.faultAt(r.seen[historySection], "missing-rows", fmt.Sprintf("%d of the %d decisions that the front matter counts are here; the others were deleted or cannot be read", n, e.Decisions))
		}
		e.Decisions = n
	}
}
