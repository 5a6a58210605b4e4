package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quarry/feed"
)

// Recall takes over what is remembered of IOCs: see [Review.Recall].
type Recall struct {
	Parts []Recalled `json:"parts"`
}

// Recalled are IOCs that are remembered alike. What is empty stays as it is.
type Recalled struct {
	IOCs    Positions `json:"iocs"`
	Verdict Verdict   `json:"verdict,omitempty"`
	Note    string    `json:"note,omitempty"`
	Who     string    `json:"who,omitempty"` // who judged so; "" where that was not kept
	At      time.Time `json:"at,omitzero"`   // on that day
}

// Recall is the decision that takes over what is remembered of those of the IOCs
// which have no verdict yet, and how many of the others are remembered too. What
// the analyst decided stays: a note too, and an IOC that has one takes over no
// other. The decision has no parts where there is nothing to take over.
func (r *Review) Recall(iocs []int) (d Recall, judged int) {
	type thought struct {
		verdict Verdict
		note    string
		who     string
		day     string
	}
	part := map[thought]int{}
	for _, i := range iocs {
		m := r.memories.latest(i)
		if m == nil {
			continue
		}
		t := thought{m.Verdict, m.Note, m.Who, dayOf(m.At)}
		if r.Note(i) != "" {
			t.note = ""
		}
		if r.Verdict(i) != NoVerdict || t.verdict == NoVerdict && t.note == "" {
			judged++
			continue
		}
		at, ok := part[t]
		if !ok {
			at = len(d.Parts)
			part[t] = at
			d.Parts = append(d.Parts, Recalled{Verdict: t.verdict, Note: t.note, Who: m.Who, At: m.At})
		}
		d.Parts[at].IOCs = append(d.Parts[at].IOCs, i)
	}
	return d, judged
}

// Differing counts the IOCs of a recall about which people differ, so that the latest
// verdict on them is taken over.
func (r *Review) Differing(d Recall) (n int) {
	for _, p := range d.Parts {
		for _, i := range p.IOCs {
			if r.memories.Differ(i) {
				n++
			}
		}
	}
	return n
}

func (d Recall) apply(r *Review, s *state) (changed bool, err error) {
	if len(d.Parts) == 0 {
		return false, &RefusedError{"there is nothing remembered to take over"}
	}
	for _, p := range d.Parts {
		if err := r.checkIOCs(p.IOCs); err != nil {
			return false, err
		}
		if !slices.Contains(Verdicts, p.Verdict) {
			return false, &RefusedError{fmt.Sprintf("%q is no verdict; use malicious, benign or unsure", p.Verdict)}
		}
	}
	for _, p := range d.Parts {
		if p.Verdict != NoVerdict {
			// It was checked that neither is refused.
			judged, _ := SetVerdict{p.IOCs, p.Verdict}.apply(r, s)
			changed = changed || judged
		}
		if p.Note != "" {
			noted, _ := SetNotes{p.IOCs, p.Note}.apply(r, s)
			changed = changed || noted
		}
	}
	return changed, nil
}

func (d Recall) words(r *Review) string {
	var all []int
	count := map[Verdict]int{}
	notes := 0
	for _, p := range d.Parts {
		all = append(all, p.IOCs...)
		count[p.Verdict] += len(p.IOCs)
		if p.Note != "" {
			notes += len(p.IOCs)
		}
	}
	if len(all) == 1 {
		p := d.Parts[0]
		note := ""
		if p.Note != "" {
			note = ": " + p.Note
		}
		return "took over what is remembered of " + r.name(all) + ": " + strings.TrimLeft(string(p.Verdict)+d.judges()+note, ",: ")
	}
	var what []string
	for _, v := range Verdicts {
		if n := count[v]; n > 0 && v != NoVerdict {
			what = append(what, feed.Thousands(n)+" "+string(v))
		}
	}
	if notes > 0 {
		what = append(what, feed.Counted(notes, "note"))
	}
	return "took over what is remembered of " + r.name(all) + ": " + strings.Join(what, ", ") + d.judges()
}

// judges says whose judgement it was and when, as far as that was kept: ", as ab and
// jk judged from 1 Dec 2025 to 13 May 2026".
func (d Recall) judges() string {
	var who []string
	var from, to time.Time
	for _, p := range d.Parts {
		if p.Who != "" && !slices.Contains(who, p.Who) {
			who = append(who, p.Who)
		}
		if p.At.IsZero() {
			continue
		}
		if from.IsZero() || p.At.Before(from) {
			from = p.At
		}
		if p.At.After(to) {
			to = p.At
		}
	}
	if len(who) == 0 && from.IsZero() {
		return ""
	}
	words := ", as judged"
	const most = 3
	switch n := len(who); {
	case n > most:
		words = ", as " + strings.Join(who[:most-1], ", ") + " and " + strconv.Itoa(n-most+1) + " others judged"
	case n > 1:
		words = ", as " + strings.Join(who[:n-1], ", ") + " and " + who[n-1] + " judged"
	case n == 1:
		words = ", as " + who[0] + " judged"
	}
	switch first, last := dayOf(from), dayOf(to); {
	case first == "":
		return words
	case first == last:
		return words + " on " + first
	default:
		return words + " from " + first + " to " + last
	}
}

// dayOf is the day of a judgement here, as the row says it too.
func dayOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return InZone(at, time.Local).Format("2 Jan 2006")
}

// owned is the decision without memory that a caller may still change.
func (d Recall) owned() Recall {
	d.Parts = slices.Clone(d.Parts)
	for i := range d.Parts {
		d.Parts[i].IOCs = slices.Clone(d.Parts[i].IOCs)
	}
	return d
}

// moved is the decision with other positions; see [Move].
func (d Recall) moved(to func(Positions) Positions) Recall {
	var parts []Recalled
	for _, p := range d.Parts {
		if p.IOCs = to(p.IOCs); len(p.IOCs) > 0 {
			parts = append(parts, p)
		}
	}
	return Recall{parts}
}

// Judgement is what a decision says of IOCs. What is nil stays as it is.
type Judgement struct {
	IOCs    Positions
	Verdict *Verdict
	Note    *string
}

// Judgements are what a decision says of verdicts and notes of the analyst's own:
// nothing, where it is about something else. In order they make what somebody thought
// of an IOC in a review. [Recall] is none: one opinion that is taken over stays one,
// and whose it was.
func Judgements(d Decision) (all []Judgement) {
	switch d := d.(type) {
	case SetVerdict:
		return []Judgement{{IOCs: d.IOCs, Verdict: &d.Verdict}}
	case SetNote:
		return Judgements(d.notes())
	case SetNotes:
		text := oneLine(d.Text)
		return []Judgement{{IOCs: d.IOCs, Note: &text}}
	}
	return all
}
