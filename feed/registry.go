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
// [*InputError].
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
		return nil, &InputError{
			Name: in.Name, Line: 1, Reason: "not a format that Quarry reads",
			Advice: "it reads: " + strings.Join(names, ", "),
		}
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
