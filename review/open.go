package review

import (
	"errors"
	"iter"

	"quarry/feed"
	"quarry/kql"
)

// Open reads documents and starts or goes on with their review: where one of
// them is a reviewed bulletin, its decisions are where the review begins.
//
// Reviewed bulletins come first in the review. A document that one of them
// covers, going by hash and line, is not in it twice. Where several decided
// about one IOC or scenario, a decision stands over none and the first over
// later ones, which become findings; the first decides target and look-back,
// and the tables of all are chosen.
//
// A document that cannot be read and was found in a folder or an archive is
// left out with a finding; the first error about any other ends the reading. It
// is a [*feed.InputError].
func Open(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*Review, error) {
	var reviewed, published []part
	var skipped []*feed.InputError
	for in, err := range inputs {
		var p part
		if err == nil {
			p, err = read(in, registry)
		}
		var bad *feed.InputError
		switch {
		case errors.As(err, &bad) && (bad.Found || in != nil && in.Found):
			skipped = append(skipped, bad)
		case err != nil:
			return nil, err
		case p.decided != nil:
			reviewed = append(reviewed, p)
		default:
			published = append(published, p)
		}
	}
	parts := append(reviewed, published...)
	if len(parts) == 0 {
		if len(skipped) > 0 {
			return nil, skipped[0]
		}
		return nil, &feed.InputError{Name: "input", Reason: "no document was given", Advice: "name a file, or - for standard input"}
	}
	r := build(parts, catalogue)
	for _, e := range skipped {
		r.findings = append(r.findings, feed.Finding{
			Code: "file-skipped", Severity: feed.Warning, Source: feed.Source{Name: oneLine(e.Name), Line: e.Line},
			Text: "nothing is taken from this file: " + oneLine(e.Reason) + "; " + oneLine(e.Advice),
		})
	}
	return r, nil
}

// part is what one input brings.
type part struct {
	documents []*feed.Bulletin
	decided   *decided // nil unless it is a reviewed bulletin
}

func read(in *feed.Input, registry *feed.Registry) (part, error) {
	if !IsReviewed(in.Head()) {
		docs, err := feed.Collect(registry.Read, in)
		return part{documents: docs}, err
	}
	text, err := in.Text()
	if err != nil {
		return part{}, err
	}
	docs, decided, err := readReviewed(in.Name, text)
	if err == nil {
		docs[0].Findings = append(docs[0].Findings, in.Findings()...)
	}
	return part{docs, decided}, err
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
	j := newJoin(parts, catalogue)
	for i := range parts {
		j.add(i)
	}
	j.order()
	r := j.r
	r.iocs = j.set()
	r.shapes = shapesOf(r.iocs)
	r.base = r.published()
	j.resume()
	r.now = r.base.clone()
	return r
}
