package review

import (
	"fmt"

	"quarry/feed"
	"quarry/kql"
)

// Open reads documents and starts or goes on with their review: where one of
// them is a reviewed bulletin, its decisions are where the review begins.
// Several reviewed bulletins are joined; the first decides target and
// look-back. The error is a [*feed.InputError].
func Open(inputs []feed.Input, registry *feed.Registry, catalogue *kql.Catalogue) (*Review, error) {
	var parts []part
	seen := map[string]bool{}
	for _, in := range inputs {
		if seen[in.Name] {
			continue // the same file named twice is one document
		}
		seen[in.Name] = true
		p, err := read(in, registry)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, &feed.InputError{Name: "input", Reason: "no document was given", Advice: "name a file, or - for standard input"}
	}
	return build(parts, catalogue), nil
}

// part is what one input brings.
type part struct {
	documents []*feed.Bulletin
	decided   *decided // nil unless it is a reviewed bulletin
}

func read(in feed.Input, registry *feed.Registry) (part, error) {
	if IsReviewed(in.Text) {
		docs, decided, err := readReviewed(in)
		if err == nil {
			docs[0].Findings = append(docs[0].Findings, in.Findings...)
		}
		return part{docs, decided}, err
	}
	docs, err := registry.Read(in)
	return part{documents: docs}, err
}

// New starts a review of published documents with their own choices: every IOC
// of their tables on, mentions off, the tables they ask for chosen (all that
// can carry an IOC when they ask for none), no scenario attached, Sentinel,
// seven days. There must be at least one document. The documents are not
// changed.
func New(documents []*feed.Bulletin, catalogue *kql.Catalogue) *Review {
	return build([]part{{documents: documents}}, catalogue)
}

func build(parts []part, catalogue *kql.Catalogue) *Review {
	r := &Review{catalogue: catalogue}
	first := make([]int, len(parts)) // position of each part's first scenario
	var cleaned []*feed.Bulletin
	for i, p := range parts {
		first[i] = len(r.scenarios)
		for _, d := range p.documents {
			cleaned = append(cleaned, r.addDocument(d, p.decided == nil))
		}
	}
	r.iocs = feed.NewSet(cleaned)
	r.base = r.published()
	aimed := false
	for i, p := range parts {
		if p.decided != nil {
			r.resume(p.decided, first[i], !aimed)
			aimed = true
		}
	}
	r.now = r.base.clone()
	return r
}

// resume makes what a reviewed bulletin decided the beginning of the review.
func (r *Review) resume(d *decided, firstScenario int, aim bool) {
	s := &r.base
	for key, m := range d.iocs {
		at, ok := r.iocs.Find(key)
		if !ok {
			continue
		}
		s.on[at], s.verdicts[at] = m.on, m.verdict
		if note := oneLine(m.note); note != "" {
			s.notes[at] = note
		}
	}
	for i, a := range d.scenarios {
		if c := d.conditions[i]; c != nil {
			r.scenarios[firstScenario+i].Condition = c
		}
		if a.attached && r.scenarios[firstScenario+i].Condition == nil {
			r.findings = append(r.findings, feed.Finding{
				Code: "not-attached", Severity: feed.Error, Source: r.scenarios[firstScenario+i].Source,
				Text: fmt.Sprintf("scenario %d was attached but has no condition any more; it is detached", firstScenario+i+1),
			})
			a = attachment{}
		}
		s.scenarios[firstScenario+i] = a
	}
	if !aim {
		return
	}
	s.target, s.lookback = d.target, d.lookback
	if d.tables != nil {
		s.tables = map[string]bool{}
		for name := range d.tables {
			if _, ok := r.catalogue.Table(name); ok {
				s.tables[name] = true
			}
		}
	}
}
