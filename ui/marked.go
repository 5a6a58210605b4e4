package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/review"
)

// rangeDropped is added to the message of a key that dropped the marked range.
const rangeDropped = "; the marked range is dropped"

// mark begins or ends a range at the cursor.
func (l *iocList) mark() {
	if l.anchor >= 0 {
		l.anchor = -1
		return
	}
	l.anchor, l.decided = l.win.at, -1
}

// leave drops a range about which something was decided, when the cursor goes on: it
// would grow to rows that were not meant. It reports whether it did.
func (l *iocList) leave() bool {
	if l.anchor < 0 || l.decided < 0 || l.decided == l.win.at {
		return false
	}
	l.anchor = -1
	return true
}

// marked is the range as places in view, ends included. Without a mark it is
// the cursor alone.
func (l *iocList) marked() (from, to int) {
	if l.anchor < 0 {
		return l.win.at, l.win.at
	}
	return min(l.anchor, l.win.at), max(l.anchor, l.win.at)
}

// targets are the rows that an action means: the marked range, or the one
// under the cursor.
func (l *iocList) targets() []int {
	from, to := l.marked()
	return positions(l.view[from : to+1])
}

// shown are the rows that an action on all means: the marked range, or all
// that the filter shows.
func (l *iocList) shown() []int {
	if l.anchor >= 0 {
		return l.targets()
	}
	return positions(l.view)
}

func positions(view []int32) []int {
	is := make([]int, len(view))
	for n, i := range view {
		is[n] = int(i)
	}
	return is
}

// toSwitch are the rows that switching means. Mentions are meant only when
// there is nothing else: what stands in prose is hunted by an act of its own.
// left says what is left out, in words to add to a message.
func (m *Model) toSwitch(rows []int) (is []int, left string) {
	if m.review.IOCs().Mentions() == 0 {
		return rows, ""
	}
	var mentions []int
	for _, i := range rows {
		if m.review.IOCs().Mention(i) {
			mentions = append(mentions, i)
		} else {
			is = append(is, i)
		}
	}
	switch {
	case len(is) == 0:
		return mentions, ""
	case len(mentions) == 1:
		return is, "; 1 mention left as it is"
	case len(mentions) > 1:
		return is, "; " + plural(len(mentions), "mention") + " left as they are"
	}
	return is, ""
}

// switchRows switches rows on, or off when all are on. The decision holds only
// those that change, so that words and history count what was done.
func (m *Model) switchRows(rows []int) tea.Cmd {
	rows, left := m.toSwitch(rows)
	off := slices.DeleteFunc(slices.Clone(rows), m.review.On)
	if len(off) > 0 {
		return m.decide(review.Include{IOCs: off, On: true}, m.lowStill(off)+left)
	}
	return m.decide(review.Include{IOCs: rows, On: false}, left)
}

func (m *Model) toggle() tea.Cmd { return m.switchRows(m.iocs.targets()) }

func (m *Model) toggleShown() tea.Cmd { return m.switchRows(m.iocs.shown()) }

func (m *Model) invert() tea.Cmd {
	is, left := m.toSwitch(m.iocs.shown())
	off := slices.DeleteFunc(slices.Clone(is), m.review.On)
	return m.decide(review.Invert{IOCs: is}, m.lowStill(off)+left)
}

// verdict gives the targets a verdict, or takes it from them when all have it.
func (m *Model) verdict(v review.Verdict) tea.Cmd {
	rows := m.iocs.targets()
	var is []int // those that change
	for _, i := range rows {
		if m.review.Verdict(i) != v {
			is = append(is, i)
		}
	}
	if len(is) == 0 {
		is, v = rows, review.NoVerdict
	}
	return m.decide(review.SetVerdict{IOCs: is, Verdict: v}, m.huntedStill(is, v))
}

// huntedStill says where a verdict and what is hunted part, in words to add to
// a message: a verdict switches nothing.
func (m *Model) huntedStill(is []int, v review.Verdict) string {
	on, held := 0, 0
	for _, i := range is {
		if m.review.Hunts(i) {
			on++
		}
		if m.review.HeldBack(i) {
			held++
		}
	}
	switch {
	case v == review.Benign && on > 0:
		return "; " + parting(on, len(is), "still hunted", "Space switches it off")
	case v == review.Malicious && held == len(is):
		return m.lowStill(is)
	case v == review.Malicious && on < len(is):
		return "; " + parting(len(is)-on, len(is), "not hunted", "Space switches it on")
	}
	return ""
}

// lowStill says of rows that are switched on which are not hunted all the same,
// in words to add to a message.
func (m *Model) lowStill(is []int) string {
	low := 0
	if m.review.MinConfidence() == 0 {
		return ""
	}
	for _, i := range is {
		if m.review.BelowMinimum(i) {
			low++
		}
	}
	if low == 0 {
		return ""
	}
	return "; " + parting(low, len(is), "not hunted", fmt.Sprintf("its confidence is below %d%% (C)", m.review.MinConfidence()))
}

// parting says that n of all rows are something, and of a row alone what to do
// about it.
func parting(n, all int, what, todo string) string {
	switch {
	case all == 1:
		return what + ", " + todo
	case n == 1:
		return "1 of them is " + what
	case n == all:
		return "all of them are " + what
	}
	return thousands(n) + " of them are " + what
}

// askNote asks for the note of the IOC under the cursor, or for one note on all
// of the marked range.
func (m *Model) askNote() tea.Cmd {
	is := m.iocs.targets()
	label, note, differ := m.noteNow(is)
	return m.askOwnWords("note", fmt.Sprintf("%d rows from %d", len(is), is[0]), label, note, func(m *Model, text string) (tea.Cmd, error) {
		if differ > 0 && strings.TrimSpace(text) == "" {
			return nil, fmt.Errorf("an empty note would remove %s that differ; remove them one by one", plural(differ, "note"))
		}
		return nil, m.take(review.SetNotes{IOCs: is, Text: text}, "")
	})
}

// noteNow is the note that rows have in common, with the label that asks for
// another. Where their notes differ it counts those that another would replace.
func (m *Model) noteNow(is []int) (label, note string, differ int) {
	if len(is) == 1 {
		if note := m.review.Note(is[0]); note != "" {
			return "edit the note: ", note, 0
		}
		return "note: ", "", 0
	}
	same, had := true, 0
	for _, i := range is {
		n := m.review.Note(i)
		same = same && n == m.review.Note(is[0])
		if n != "" {
			had++
		}
	}
	label = "note on " + m.counted(is)
	switch {
	case same && had > 0:
		return "edit the " + label + ": ", m.review.Note(is[0]), 0
	case same:
		return label + ": ", "", 0
	default:
		return label + ", replaces " + plural(had, "note") + ": ", "", had
	}
}

// counted counts rows: 2 IOCs and 1 mention.
func (m *Model) counted(is []int) string {
	mentions := 0
	for _, i := range is {
		if m.review.IOCs().Mention(i) {
			mentions++
		}
	}
	switch n := len(is) - mentions; {
	case mentions == 0:
		return plural(n, "IOC")
	case n == 0:
		return plural(mentions, "mention")
	default:
		return plural(n, "IOC") + " and " + plural(mentions, "mention")
	}
}
