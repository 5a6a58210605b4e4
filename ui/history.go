package ui

import (
	"fmt"
	"strconv"
	"time"

	"quarry/review"
)

// showHistory opens every decision in words, with who took it and when, the
// last one first.
func (m *Model) showHistory() {
	now := m.opt.Now()
	m.read("History", func(t *text) {
		h, resumed := m.review.History(), m.review.Resumed()
		if len(h) == 0 && len(resumed) == 0 {
			t.para(plain, "No decision yet.")
		}
		t.history(h, now)
		t.resumed(resumed, len(h) > 0, now)
		if n := m.review.Undone(); n > 0 {
			t.gap()
			t.para(dim, plural(n, "undone decision")+"; "+m.key("redo")+" takes the next one again")
		}
	})
}

// resumed adds the reviews that this one goes on from, the last one first, below what
// was decided since, if anything was.
func (t *text) resumed(from []review.Resumed, since bool, now time.Time) {
	for i := len(from) - 1; i >= 0; i-- {
		last := i == len(from)-1
		if since || !last {
			t.gap()
		}
		r := from[i]
		words := r.File + " was reviewed"
		if r.Reviewer != "" {
			words += " by " + r.Reviewer
		}
		if !r.At.IsZero() {
			words += ", " + r.At.In(now.Location()).Format(time.DateOnly)
		}
		switch {
		case last && since:
			words += "; the decisions above were taken since"
		case last:
			words += "; nothing decided since"
		case r.File == from[i+1].File:
			words += ", before that"
		}
		t.para(plain, words)
		t.para(dim, decidedBefore(r))
		var h []review.Entry
		for _, d := range r.History {
			h = append(h, review.Entry{At: d.At, Who: d.Who, Words: d.Words})
		}
		t.history(h, now)
	}
}

// decidedBefore counts what was decided in a review before, and says whether it is
// listed.
func decidedBefore(r review.Resumed) string {
	if r.Decisions == review.UnknownDecisions {
		return "its decisions are not listed in it"
	}
	words := plural(r.Decisions, "decision")
	if r.Reviewer != "" {
		words += " of " + r.Reviewer
	}
	words += " before"
	if len(r.History) < r.Decisions {
		words += ", not listed in it"
	}
	return words
}

// history adds decisions, the last one first: number and time in columns, then
// who decided what, which goes on below itself.
func (t *text) history(h []review.Entry, now time.Time) {
	number, clock := len(strconv.Itoa(len(h))), 0
	for _, e := range h {
		clock = max(clock, len(moment(e.At, now)))
	}
	for i := len(h) - 1; i >= 0; i-- {
		e := h[i]
		lead := fmt.Sprintf("%*d  %*s  ", number, i+1, clock, moment(e.At, now))
		words := e.Words
		if e.Who != "" {
			words = e.Who + " " + words
		}
		for _, l := range t.m.term.Wrap(words, t.w-len(lead)) {
			t.lines = append(t.lines, textLine{{dim, lead}, {plain, l}})
			lead = fmt.Sprintf("%*s", len(lead), "")
		}
	}
}

// moment is a time of day where now is, with the date when that is not today's.
func moment(at, now time.Time) string {
	if at.IsZero() {
		return "" // a reviewed bulletin may not say
	}
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
