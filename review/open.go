package review

import (
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
	return (&Loading{}).all(inputs, registry, catalogue)
}

// OpenOnce is [Open] for those who keep nothing of the review: of a large document
// the hash is not taken, by which a reviewed bulletin or a saved review knows it
// again.
func OpenOnce(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*Review, error) {
	return (&Loading{unkept: true}).all(inputs, registry, catalogue)
}

// all reads to the end.
func (l *Loading) all(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*Review, error) {
	if _, err := l.begun(inputs, registry, catalogue); err != nil {
		return nil, err
	}
	for !l.Done() {
		if p, more := l.Next(); more {
			l.Take(p)
		} else {
			l.End()
		}
	}
	return l.Review(), l.Err()
}

// part is what one input brings.
type part struct {
	documents []*feed.Bulletin
	decided   *decided // nil unless it is a reviewed bulletin
}

// New starts a review of published documents with their own choices: every IOC
// of their tables on, mentions off, the tables they ask for chosen (all that
// can carry an IOC when they ask for none), no scenario attached, Sentinel,
// seven days. There must be at least one document. The documents are not
// changed.
func New(documents []*feed.Bulletin, catalogue *kql.Catalogue) *Review {
	return build([]part{{documents: documents}}, catalogue).r
}

// Add adds published documents to the review. Positions of IOCs and scenarios
// stay, and so do all decisions; what the documents ask for by themselves holds
// unless the analyst decided otherwise. There is no way back. The documents are
// not changed.
func (r *Review) Add(documents []*feed.Bulletin) {
	j := newJoin(nil, r.catalogue)
	j.r = r
	for _, f := range r.findings {
		j.said[f] = true
	}
	j.extend(documents)
	if r.older != nil {
		r.older.again()
	}
}

// build makes a review of parts, and the join that takes more of them in.
func build(parts []part, catalogue *kql.Catalogue) *join {
	j := newJoin(parts, catalogue)
	for i := range parts {
		j.add(i)
	}
	j.order()
	r := j.r
	r.iocs = j.set()
	r.findShapes()
	r.base = r.published()
	j.resume()
	r.now = r.base.clone()
	j.cleaned = make([][]*feed.Bulletin, len(parts)) // their IOCs are in the set
	return j
}
