package feed

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stub is a reader that is as sure as it is told.
type stub struct {
	name string
	sure Sureness
	err  error
}

func (s stub) Name() string         { return s.name }
func (s stub) Sure([]byte) Sureness { return s.sure }

func (s stub) Read(in *Input, out Sink) error {
	if _, err := in.Text(); err != nil {
		return err
	}
	out.Document(&Bulletin{Title: "one", Findings: []Finding{{Code: "own", Severity: Info, Text: "own"}}})
	if err := out.IOC(IOC{Type: Domain, Value: "a.example"}); err != nil {
		return err
	}
	two := &Bulletin{}
	out.Document(two)
	two.Title = "two"
	if err := out.IOC(IOC{Type: Domain, Value: "b.example", Mention: true}); err != nil {
		return err
	}
	return s.err
}

// document begins to read a document that stands in a test.
func document(t *testing.T, text string) *Input {
	t.Helper()
	in, err := NewInput("doc", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRegistry(t *testing.T) {
	registry := NewRegistry(stub{name: "first", sure: 40}, stub{name: "surest", sure: 90}, stub{name: "as sure", sure: 90})
	bs, err := Collect(registry.Read, document(t, "x\xff"))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256Of("x\xff")
	want := []*Bulletin{
		{SHA256: hash, Format: "surest", Title: "one", IOCs: []IOC{{Type: Domain, Value: "a.example"}}, Findings: []Finding{
			{"invalid-utf8", Warning, Source{"doc", 1}, "bytes that are not UTF-8 are shown as U+FFFD from here on; save the file as UTF-8 if a value is affected"},
			{Code: "own", Severity: Info, Text: "own"},
		}},
		{SHA256: hash, Format: "surest", Title: "two", Mentions: []IOC{{Type: Domain, Value: "b.example", Mention: true}}},
	}
	if diff := cmp.Diff(want, bs); diff != "" {
		t.Error(diff)
	}
}

func TestRegistryRefuses(t *testing.T) {
	_, err := Collect(NewRegistry(stub{name: "bulletin"}, stub{name: "stix"}).Read, document(t, "x"))
	var ie *InputError
	const want = `doc: it is in no format that Quarry reads; formats: bulletin, stix`
	if !errors.As(err, &ie) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	broken := &InputError{Name: "doc", Line: 3, Reason: "the JSON ends early"}
	bs, err := Collect(NewRegistry(stub{name: "misp", sure: 90, err: broken}).Read, document(t, "x"))
	if err != error(broken) || len(bs) != 2 || bs[0].SHA256 == "" {
		t.Errorf("the reader's error became %v, with %d bulletins", err, len(bs))
	}
}

// reluctant is a reader that must not be asked.
type reluctant struct {
	stub
	t *testing.T
}

func (r reluctant) Sure([]byte) Sureness {
	r.t.Error("a reader was asked about a document that another is certain of")
	return 0
}

// TestCertainReader: what no other format looks like is not searched for others.
func TestCertainReader(t *testing.T) {
	registry := NewRegistry(stub{name: "certain", sure: 98}, reluctant{t: t})
	bs, err := Collect(registry.Read, document(t, "x"))
	if err != nil || bs[0].Format != "certain" {
		t.Errorf("read as %v, %v", bs, err)
	}
}
