package feed

import (
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
	// Sure looks at a document, not at its file name.
	Sure(text []byte) Sureness
	// Read returns at least one bulletin, or an *InputError. It never panics,
	// and what it cannot use it reports as findings of the bulletin.
	Read(in Input) ([]*Bulletin, error)
}

// Registry chooses among readers.
type Registry struct{ readers []Reader }

// NewRegistry makes a registry of the given readers. Among equally sure ones
// the first is chosen.
func NewRegistry(readers ...Reader) *Registry {
	return &Registry{readers: slices.Clone(readers)}
}

// Read reads a document with the reader that is surest of it. The error is an
// [*InputError]; of a document that no reader takes it says what was looked for.
func (r *Registry) Read(in Input) ([]*Bulletin, error) {
	var best Reader
	var sure Sureness
	var names []string
	for _, rd := range r.readers {
		names = append(names, rd.Name())
		if s := rd.Sure(in.Text); s > sure {
			best, sure = rd, s
		}
	}
	if best == nil {
		return nil, notRecognised(in.Name, names)
	}
	bulletins, err := best.Read(in)
	if err != nil {
		return nil, err
	}
	for i, b := range bulletins {
		b.SHA256, b.Format = in.SHA256, best.Name()
		if i == 0 {
			b.Findings = append(slices.Clone(in.Findings), b.Findings...)
		}
	}
	return bulletins, nil
}

// notRecognised says what a document lacks that no reader takes, in the words
// of those who read bulletins: the name of a format alone tells them little.
func notRecognised(name string, formats []string) *InputError {
	e := &InputError{
		Name: name,
		Reason: `no bulletin was found in it: near its beginning there is neither a table of IOCs ` +
			`(a row such as "Type | Value | Threat Type | First Seen | Confidence" and below it one IOC a row) nor a heading "IOC Summary"`,
		Advice: "open the whole text of the bulletin's page, or write such a table into the file",
	}
	if len(formats) > 1 {
		e.Advice += "; formats that Quarry reads: " + strings.Join(formats, ", ")
	}
	return e
}
