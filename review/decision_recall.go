package review

import (
	"fmt"
	"slices"
	"strings"
	"time"
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
}

// Recall is the decision that takes over what is remembered of those of the IOCs
// which have no verdict yet, and how many of the others are remembered too. What
// the analyst decided stays: a note too, and an IOC that has one takes over no
// other. The decision has no parts where there is nothing to take over.
func (r *Review) Recall(iocs []int) (d Recall, judged int) {
	type thought struct {
		verdict Verdict
		note    string
	}
	part := map[thought]int{}
	for _, i := range iocs {
		m := r.memories.latest(i)
		if m == nil {
			continue
		}
		t := thought{m.Verdict, m.Note}
		if r.Note(i) != "" {
			t.note = ""
		}
		if r.Verdict(i) != NoVerdict || t == (thought{}) {
			judged++
			continue
		}
		at, ok := part[t]
		if !ok {
			at = len(d.Parts)
			part[t] = at
			d.Parts = append(d.Parts, Recalled{Verdict: t.verdict, Note: t.note})
		}
		d.Parts[at].IOCs = append(d.Parts[at].IOCs, i)
	}
	return d, judged
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
		m := Remembered{Verdict: d.Parts[0].Verdict, Note: d.Parts[0].Note}
		return "took over what is remembered of " + r.name(all) + ": " + m.Words(time.Time{})
	}
	var what []string
	for _, v := range Verdicts {
		if n := count[v]; n > 0 && v != NoVerdict {
			what = append(what, fmt.Sprintf("%d %s", n, v))
		}
	}
	if notes > 0 {
		what = append(what, counted(notes, "note"))
	}
	return "took over what is remembered of " + r.name(all) + ": " + strings.Join(what, ", ")
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

// Judgements are what a decision says of verdicts and notes: nothing, where it is
// about something else. In order they make what a review thinks of an IOC.
func Judgements(d Decision) (all []Judgement) {
	switch d := d.(type) {
	case SetVerdict:
		return []Judgement{{IOCs: d.IOCs, Verdict: &d.Verdict}}
	case SetNote:
		return Judgements(d.notes())
	case SetNotes:
		text := oneLine(d.Text)
		return []Judgement{{IOCs: d.IOCs, Note: &text}}
	case Recall:
		for i := range d.Parts {
			p := &d.Parts[i]
			j := Judgement{IOCs: p.IOCs}
			if p.Verdict != NoVerdict {
				j.Verdict = &p.Verdict
			}
			if p.Note != "" {
				note := oneLine(p.Note)
				j.Note = &note
			}
			all = append(all, j)
		}
	}
	return all
}
