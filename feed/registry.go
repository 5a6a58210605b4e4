package feed

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Sureness is how sure a reader is that a document is its own, from 0 (not
// mine) to 100 (nothing else looks like this).
type Sureness int

// Reader reads one format.
type Reader interface {
	// Name is the format's name in messages, such as "bulletin".
	Name() string
	// Sure looks at the head of a document, see [Input.Head], and not at its
	// file name.
	Sure(head []byte) Sureness
	// Read reads a document and gives at least one bulletin to out, or returns
	// an *InputError or the error of out. It never panics. What stands where its
	// format has an indicator and is none it reports as a finding of the
	// bulletin; of other text it may count the lines, or say nothing of those in
	// which nothing looks like an indicator. What a document of hostile
	// size costs is bounded: a reader that does not take the document as a
	// whole, see [Input.Text], keeps nothing of it but findings.
	Read(in *Input, out Sink) error
}

// Sink takes what a reader finds, in the order of the document.
type Sink interface {
	// Document begins a document. What is known of it so far may come along;
	// the reader may change and add to all but its source until the next one
	// begins or Read returns.
	Document(b *Bulletin)
	// IOC adds an IOC, or a mention, to the document that began last. Its
	// strings may be parts of a larger text that the reader does not keep. An
	// error says that nobody wants more; the reader returns it.
	IOC(i IOC) error
}

// Collector is a [Sink] that keeps all it is given.
type Collector struct{ Bulletins []*Bulletin }

// Document keeps a bulletin.
func (c *Collector) Document(b *Bulletin) { c.Bulletins = append(c.Bulletins, b) }

// IOC adds to the IOCs or the mentions of the last bulletin.
func (c *Collector) IOC(i IOC) error {
	b := c.Bulletins[len(c.Bulletins)-1]
	if i.Mention {
		b.Mentions = append(b.Mentions, i)
	} else {
		b.IOCs = append(b.IOCs, i)
	}
	return nil
}

// Collect is the bulletins that read, the method of a [Reader] or [Registry],
// finds in a document.
func Collect(read func(*Input, Sink) error, in *Input) ([]*Bulletin, error) {
	var c Collector
	err := read(in, &c)
	return c.Bulletins, err
}

// Registry chooses among readers.
type Registry struct{ readers []Reader }

// NewRegistry makes a registry of the given readers. Among equally sure ones
// the first is chosen, and behind one that is certain, from 98 on, no other is
// asked.
func NewRegistry(readers ...Reader) *Registry {
	return &Registry{readers: slices.Clone(readers)}
}

// certain is how sure a reader is of a document that no other is asked about:
// those that look for anything in running text are slow to answer.
const certain Sureness = 98

// Read reads a document with the reader that is surest of it. Hash, format and
// the findings of decoding are in its bulletins when Read returns. The error is
// an [*InputError], of a document that no reader takes too, or the error of
// out.
func (r *Registry) Read(in *Input, out Sink) error {
	var best Reader
	var sure Sureness
	var names []string
	for _, rd := range r.readers {
		if sure >= certain {
			break
		}
		names = append(names, rd.Name())
		if s := rd.Sure(in.Head()); s > sure {
			best, sure = rd, s
		}
	}
	if best == nil {
		return &InputError{Name: in.Name, Reason: "it is in no format that Quarry reads", Advice: "formats: " + strings.Join(names, ", ")}
	}
	sink := &stamping{Sink: out, format: best.Name()}
	err := best.Read(in, sink)
	if err == nil {
		sink.readRest(in)
	}
	for i, b := range sink.begun {
		b.SHA256 = in.SHA256()
		if i == 0 {
			b.Findings = append(in.Findings(), b.Findings...)
		}
	}
	return err
}

// stamping says of each bulletin which format it has.
type stamping struct {
	Sink
	format string
	begun  []*Bulletin
}

// readRest reads what the reader left, such as the line end behind the last
// bracket: the hash, by which a review is found again, is of the whole document.
func (s *stamping) readRest(in *Input) {
	_, err := io.Copy(io.Discard, in)
	var bad *InputError
	if last := len(s.begun) - 1; errors.As(err, &bad) && last >= 0 {
		s.begun[last].Findings = append(s.begun[last].Findings, Finding{
			Code: "text-cut", Severity: Error, Source: Source{in.Name, bad.Line},
			Text: "the document cannot be read to its end: " + bad.Reason + "; " + bad.Advice,
		})
	}
}

func (s *stamping) Document(b *Bulletin) {
	b.Format = s.format
	s.begun = append(s.begun, b)
	s.Sink.Document(b)
}
