package review

import (
	"errors"
	"iter"
	"sync"

	"quarry/feed"
	"quarry/kql"
)

// Loading reads documents into a review that is in use already: a feed of a
// million rows can be looked at after its first ones. Documents that are not
// large are in the review from its beginning.
//
// Next waits and may be called by any one goroutine; all other methods belong to
// the goroutine that owns the review.
type Loading struct {
	review *Review
	join   *join
	pieces chan Piece
	spare  chan []feed.IOC // lists of pieces that were taken, to be filled again
	stop   chan struct{}
	once   sync.Once
	unkept bool // nothing is kept of the review, so the hash of a large document is not needed

	at     []int // positions of the documents of the large input that is being read
	read   int64
	rows   int
	err    error
	ended  bool
	closed bool // by Stop
}

// Piece is a part of a document that was read, to be taken into the review.
type Piece struct {
	part    *part          // whole documents, or the beginning of a large one
	large   bool           // more of its last document follows
	begins  *feed.Bulletin // of a large input another document begins
	iocs    []feed.IOC     // of the document that is being read
	shapes  []kql.Shape    // of them
	ready   chan struct{}  // closed when they are clean and have their shapes
	ends    *feed.Bulletin // all that is known of the document, which ends here
	sealed  *feed.Bulletin // what is known of all documents of an input when it ends: hash and findings
	skipped *feed.InputError
	missing []feed.Finding // about documents that others list, when all inputs were read
	err     error
	read    int64 // bytes, so far and of all inputs
}

const (
	// firstRows is how many IOCs of a document are read before the review begins.
	firstRows = 4096
	// pieceRows is how many are in one piece after that: taking one is to be done
	// between two keys.
	pieceRows = 2048
	// ahead is how many pieces are read before the first of them is taken.
	ahead = 12
)

// errStopped ends the reading because the analyst wants no more.
var errStopped = errors.New("stopped")

// Load begins to read documents as [Open] does, and returns when there is a
// review to look at. What is left of large documents comes in pieces. The error
// is a [*feed.InputError].
func Load(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*Loading, error) {
	return (&Loading{}).begun(inputs, registry, catalogue)
}

// begun reads until there is a review.
func (l *Loading) begun(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry, catalogue *kql.Catalogue) (*Loading, error) {
	l.pieces, l.spare, l.stop = make(chan Piece, ahead), make(chan []feed.IOC, ahead+2), make(chan struct{})
	go l.run(inputs, registry)
	var reviewed, published []part
	var skipped []*feed.InputError
	var missing []feed.Finding
	for {
		p, more := l.Next()
		l.read = p.read
		switch {
		case p.err != nil:
			l.Stop()
			return nil, p.err
		case p.skipped != nil:
			skipped = append(skipped, p.skipped)
		case p.missing != nil:
			missing = p.missing
		case p.part != nil && p.part.decided != nil:
			reviewed = append(reviewed, *p.part)
		case p.part != nil:
			published = append(published, *p.part)
		}
		if !more || p.large {
			l.ended = !more
			break
		}
	}
	parts := append(reviewed, published...)
	if len(parts) == 0 {
		if len(skipped) > 0 {
			return nil, skipped[0]
		}
		return nil, &feed.InputError{Name: "input", Reason: "no document was given", Advice: "name a file, or - for standard input"}
	}
	l.join = build(parts, catalogue)
	l.review = l.join.r
	l.at = []int{len(l.review.documents) - 1}
	for _, e := range skipped {
		l.skip(e)
	}
	l.join.find(missing...)
	return l, nil
}

// Review is what is read into.
func (l *Loading) Review() *Review { return l.review }

// Done reports whether all was taken.
func (l *Loading) Done() bool { return l.ended }

// Read is how many bytes of the inputs were read for what was taken so far.
func (l *Loading) Read() int64 { return l.read }

// Err is the first error about a document that was named, or nil. What was read
// of it before is in the review.
func (l *Loading) Err() error { return l.err }

// Next waits for the next piece, and reports whether there is one.
func (l *Loading) Next() (Piece, bool) {
	p, ok := <-l.pieces
	if p.ready != nil {
		<-p.ready
	}
	return p, ok
}

// Stop ends the reading. What was taken stays.
func (l *Loading) Stop() {
	l.once.Do(func() { close(l.stop) })
	l.closed = true
}

// Take takes a piece into the review. Positions of IOCs and scenarios stay, and
// so do all decisions.
func (l *Loading) Take(p Piece) {
	l.read = max(l.read, p.read)
	switch {
	case p.err != nil:
		l.fail(p.err)
	case p.skipped != nil:
		l.skip(p.skipped)
	case p.missing != nil:
		l.join.find(p.missing...)
	case p.part != nil:
		l.adopt(p.part)
	case p.begins != nil:
		l.begin(p.begins)
	case p.ends != nil:
		l.end(p.ends)
	case p.sealed != nil:
		l.seal(p.sealed)
	default:
		l.rows += len(p.iocs)
		l.review.extend(p.iocs, p.shapes)
		select {
		case l.spare <- p.iocs[:0]:
		default: // there are enough
		}
	}
}

// End notes that there is no piece left.
func (l *Loading) End() {
	l.ended = true
	if l.closed {
		l.review.findings = append(l.review.findings, feed.Finding{
			Code: "reading-stopped", Severity: feed.Warning, Source: l.review.documents[l.last()].Source,
			Text: "the reading was stopped here; the rest of the document is not in the review",
		})
	}
}

// fail notes an error about a document of which a part was read.
func (l *Loading) fail(err error) {
	if l.err == nil {
		l.err = err
	}
	var bad *feed.InputError
	if errors.As(err, &bad) {
		l.review.findings = append(l.review.findings, feed.Finding{
			Code: "input-broken", Severity: feed.Error, Source: feed.Source{Name: oneLine(bad.Name), Line: bad.Line},
			Text: "nothing is read behind this place: " + oneLine(bad.Reason) + "; " + oneLine(bad.Advice),
		})
	}
}

// FileSkipped is the code of findings that name a file of a folder or an archive
// from which nothing is taken.
const FileSkipped = "file-skipped"

func (l *Loading) skip(e *feed.InputError) {
	l.review.findings = append(l.review.findings, feed.Finding{
		Code: FileSkipped, Severity: feed.Warning, Source: feed.Source{Name: oneLine(e.Name), Line: e.Line},
		Text: "nothing is taken from this file: " + oneLine(e.Reason) + "; " + oneLine(e.Advice),
	})
}

// adopt takes whole documents in behind a large one. The decisions of a reviewed
// bulletin cannot be the beginning of the review any more.
func (l *Loading) adopt(p *part) {
	if p.decided != nil {
		l.review.findings = append(l.review.findings, feed.Finding{
			Code: "decisions-late", Severity: feed.Error, Source: p.documents[0].Source,
			Text: "the decisions of this reviewed bulletin are left out, because it comes behind a large document; name it as a file of its own",
		})
	}
	l.join.extend(p.documents)
	l.at = []int{len(l.review.documents) - 1}
}

// last is the position of the document that is being read.
func (l *Loading) last() int { return l.at[len(l.at)-1] }

// begin notes another document of a large input.
func (l *Loading) begin(d *feed.Bulletin) {
	c := cleaner{names: map[string]string{}}
	l.review.documents = append(l.review.documents, &feed.Bulletin{Source: c.source(d.Source), Format: d.Format, Total: feed.NoTotal})
	l.at = append(l.at, len(l.review.documents)-1)
}

// end completes the document that was read.
func (l *Loading) end(d *feed.Bulletin) {
	d.IOCs, d.Mentions = nil, nil
	clean := cleanDocument(d, map[string]string{})
	l.join.unread(clean.Findings)
	l.join.find(clean.Findings...)
	clean.Findings = nil
	*l.review.documents[l.last()] = *clean
}

// seal says of all documents of an input what is known when it was read.
func (l *Loading) seal(of *feed.Bulletin) {
	found := cleanDocument(of, map[string]string{}).Findings
	l.join.unread(found)
	l.join.find(found...)
	for _, at := range l.at {
		l.review.documents[at].SHA256 = of.SHA256
	}
}
