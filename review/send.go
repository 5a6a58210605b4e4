package review

import (
	"errors"
	"iter"
	"slices"

	"quarry/feed"
	"quarry/kql"
)

// run reads all inputs and sends what they bring.
func (l *Loading) run(inputs iter.Seq2[*feed.Input, error], registry *feed.Registry) {
	defer close(l.pieces)
	var before int64 // bytes of the inputs that were read
	var beside beside
	for in, err := range inputs {
		s := &sender{l: l, in: in, before: before}
		if err == nil {
			beside.note(in.Name)
			err = s.readInput(registry)
			before += in.Offset()
			beside.lists(in, s.docs)
		}
		var bad *feed.InputError
		switch {
		case errors.Is(err, errStopped):
			return
		case errors.As(err, &bad) && (bad.Found || in != nil && in.Found):
			beside.note(bad.Name)
			s.send(Piece{skipped: bad})
		case err != nil:
			s.send(Piece{err: err})
			return
		}
	}
	if missing := beside.missing(); len(missing) > 0 {
		(&sender{l: l, before: before}).send(Piece{missing: missing})
	}
}

// sender sends what one input brings.
type sender struct {
	l      *Loading
	in     *feed.Input
	before int64

	docs  []*feed.Bulletin
	n     int  // IOCs so far
	large bool // the review has begun with the first of them
	batch []feed.IOC
}

func (s *sender) send(p Piece) error {
	if p.read = s.before; s.in != nil {
		p.read += s.in.Offset()
	}
	select {
	case <-s.l.stop:
		return errStopped
	default:
	}
	select {
	case s.l.pieces <- p:
		return nil
	case <-s.l.stop:
		return errStopped
	}
}

func (s *sender) readInput(registry *feed.Registry) error {
	if IsReviewed(s.in.Head()) {
		text, err := s.in.Text()
		if err != nil {
			return err
		}
		docs, decided, err := readReviewed(s.in.Name, text)
		if err != nil {
			return err
		}
		docs[0].Findings = append(docs[0].Findings, s.in.Findings()...)
		return s.send(Piece{part: &part{docs, decided}})
	}
	err := registry.Read(s.in, s)
	if !s.large {
		if err != nil {
			return err
		}
		return s.send(Piece{part: &part{documents: s.docs}})
	}
	if errors.Is(err, errStopped) {
		return err
	}
	if sent := s.finish(); sent != nil {
		return sent
	}
	if sent := s.send(Piece{sealed: &feed.Bulletin{SHA256: s.in.SHA256(), Findings: s.in.Findings()}}); sent != nil {
		return sent
	}
	return err
}

// finish sends what is left of the last document.
func (s *sender) finish() error {
	if err := s.flush(); err != nil {
		return err
	}
	last := *s.docs[len(s.docs)-1] // the reader and the registry may still write to it
	last.Findings = slices.Clone(last.Findings)
	return s.send(Piece{ends: &last})
}

// Document takes a document as it begins.
func (s *sender) Document(b *feed.Bulletin) {
	if s.large {
		// An error comes again with the next IOC.
		if s.finish() == nil && s.send(Piece{begins: &feed.Bulletin{Source: b.Source, Format: b.Format}}) == nil && len(b.IOCs)+len(b.Mentions) > 0 {
			s.batch = append(append(s.batch, b.IOCs...), b.Mentions...)
		}
	}
	s.docs = append(s.docs, b)
}

// IOC takes an IOC of the last document.
func (s *sender) IOC(i feed.IOC) error {
	s.n++
	if s.large {
		if s.batch = append(s.batch, i); len(s.batch) < pieceRows {
			return nil
		}
		return s.flush()
	}
	b := s.docs[len(s.docs)-1]
	if i.Mention {
		b.Mentions = append(b.Mentions, i)
	} else {
		b.IOCs = append(b.IOCs, i)
	}
	if s.n < firstRows {
		return nil
	}
	return s.begin()
}

// begin sends what was read so far, of the last document no more than that: the
// reader still works on it.
func (s *sender) begin() error {
	s.large = true
	if s.l.unkept {
		s.in.Unsummed()
	}
	var docs []*feed.Bulletin
	for _, d := range s.docs {
		whole := *d
		docs = append(docs, &whole)
	}
	last := s.docs[len(s.docs)-1]
	docs[len(docs)-1] = &feed.Bulletin{Source: last.Source, Format: last.Format, Total: feed.NoTotal, IOCs: last.IOCs, Mentions: last.Mentions}
	last.IOCs, last.Mentions = nil, nil
	return s.send(Piece{part: &part{documents: docs}, large: true})
}

// flush sends the IOCs that were read since. What is left to do of them is done
// beside the reading, which takes longest.
func (s *sender) flush() error {
	if len(s.batch) == 0 {
		return nil
	}
	p := Piece{iocs: s.batch, shapes: make([]kql.Shape, len(s.batch)), ready: make(chan struct{})}
	go func() {
		c := cleaner{names: map[string]string{}}
		for i := range p.iocs {
			c.ioc(&p.iocs[i])
			p.shapes[i] = kql.ShapeOf(p.iocs[i])
		}
		close(p.ready)
	}()
	select {
	case s.batch = <-s.l.spare:
	default:
		s.batch = make([]feed.IOC, 0, pieceRows)
	}
	return s.send(p)
}

func shapesOfAll(iocs []feed.IOC) []kql.Shape {
	all := make([]kql.Shape, len(iocs))
	for i := range iocs {
		all[i] = kql.ShapeOf(iocs[i])
	}
	return all
}
