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

// resumed adds the reviewed bulletins that the review goes on from, below what
// was decided since, if anything was.
func (t *text) resumed(from []review.Resumed, since bool, now time.Time) {
	if len(from) == 0 {
		return
	}
	if since {
		t.gap()
	}
	for i, r := range from {
		words := r.File + " was reviewed"
		if r.Reviewer != "" {
			words += " by " + r.Reviewer
		}
		if !r.At.IsZero() {
			words += ", " + r.At.In(now.Location()).Format(time.DateOnly)
		}
		switch last := i == len(from)-1; {
		case last && since:
			words += "; the decisions above were taken since"
		case last:
			words += "; nothing decided since"
		}
		t.para(plain, words)
	}
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
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
