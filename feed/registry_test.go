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

func (s stub) Read(Input) ([]*Bulletin, error) {
	if s.err != nil {
		return nil, s.err
	}
	return []*Bulletin{
		{Title: "one", Findings: []Finding{{Code: "own", Severity: Info, Text: "own"}}},
		{Title: "two"},
	}, nil
}

func TestRegistry(t *testing.T) {
	in := Input{Name: "doc", SHA256: "abc", Text: []byte("x"), Findings: []Finding{{Code: "invalid-utf8", Severity: Warning, Text: "decoding"}}}
	bs, err := NewRegistry(stub{name: "first", sure: 40}, stub{name: "surest", sure: 90}, stub{name: "as sure", sure: 90}).Read(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []*Bulletin{
		{SHA256: "abc", Format: "surest", Title: "one", Findings: []Finding{
			{Code: "invalid-utf8", Severity: Warning, Text: "decoding"},
			{Code: "own", Severity: Info, Text: "own"},
		}},
		{SHA256: "abc", Format: "surest", Title: "two"},
	}
	if diff := cmp.Diff(want, bs); diff != "" {
		t.Error(diff)
	}
}

func TestRegistryRefuses(t *testing.T) {
	_, err := NewRegistry(stub{name: "bulletin"}, stub{name: "stix"}).Read(Input{Name: "doc", Text: []byte("x")})
	var ie *InputError
	const want = `doc: no bulletin was found in it: near its beginning there is neither a table of IOCs ` +
		`(a row such as "Type | Value | Threat Type | First Seen | Confidence" and below it one IOC a row) nor a heading "IOC Summary"; ` +
		`open the whole text of the bulletin's page, or write such a table into the file; formats that Quarry reads: bulletin, stix`
	if !errors.As(err, &ie) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	broken := &InputError{Name: "doc", Line: 3, Reason: "the JSON ends early"}
	_, err = NewRegistry(stub{name: "misp", sure: 90, err: broken}).Read(Input{Name: "doc", Text: []byte("x")})
	if err != error(broken) {
		t.Errorf("the reader's error became %v", err)
	}
	if _, err = NewRegistry().Read(Input{Name: "doc"}); !errors.As(err, &ie) || strings.Contains(err.Error(), "formats") {
		t.Errorf("no readers: %v", err)
	}
}
