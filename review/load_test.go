package review

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

// lines is a format for tests: a domain a line, a mention where a question mark
// stands before it, a document where a # does, and an error where a ! does.
type lines struct{}

func (lines) Name() string              { return "lines" }
func (lines) Sure([]byte) feed.Sureness { return 50 }

func (lines) Read(in *feed.Input, out feed.Sink) error {
	text, err := in.Text()
	if err != nil {
		return err
	}
	b := &feed.Bulletin{Source: feed.Source{Name: in.Name, Line: 1}, Total: feed.NoTotal}
	out.Document(b)
	no := 0
	for line := range strings.Lines(string(text)) {
		no++
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "!"); ok {
			return &feed.InputError{Name: in.Name, Line: no, Reason: rest, Advice: "mend it"}
		}
		if title, ok := strings.CutPrefix(line, "#"); ok {
			b.Findings = append(b.Findings, feed.Finding{Code: "count-differs", Severity: feed.Info, Source: feed.Source{Name: in.Name, Line: no}, Text: "the end of " + b.Title})
			b = &feed.Bulletin{Source: feed.Source{Name: in.Name, Line: no}, Total: feed.NoTotal}
			out.Document(b)
			b.Title = title
			continue
		}
		i := feed.IOC{Type: feed.Domain, Value: line, Confidence: feed.NoConfidence, Sources: []feed.Source{{Name: in.Name, Line: no}}}
		if value, ok := strings.CutPrefix(line, "?"); ok {
			i.Value, i.Mention, i.Context = value, true, "a question"
		}
		if err := out.IOC(i); err != nil {
			return err
		}
	}
	return nil
}

// many is a document of n domains.
func many(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s-%d.example\n", prefix, i)
	}
	return b.String()
}

// load loads documents, name and text in turn.
func load(t *testing.T, docs ...string) *Loading {
	t.Helper()
	l, err := Load(documentsOf(t, docs...), feed.NewRegistry(lines{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func documentsOf(t *testing.T, docs ...string) iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		for i := 0; i < len(docs); i += 2 {
			in, err := feed.NewInput(docs[i], strings.NewReader(docs[i+1]))
			if err != nil {
				t.Fatal(err)
			}
			in.Found = strings.HasPrefix(docs[i], "folder/")
			if !yield(in, nil) {
				return
			}
		}
	}
}

// takeAll takes what is left, and does something after each piece.
func takeAll(l *Loading, after func()) {
	for {
		p, more := l.Next()
		if !more {
			l.End()
			return
		}
		l.Take(p)
		after()
	}
}

func TestLoadLarge(t *testing.T) {
	text := many("a", 3*firstRows) + "?a-1.example\n?only.example\n#second\n" + many("a", 10) + many("b", firstRows)
	docs := []string{"small.txt", "s.example\n?late.example\n", "large.txt", text, "more.txt", "late.example\nmore.example\n"}
	l := load(t, docs...)
	r := l.Review()
	if l.Done() || r.IOCs().Len() < firstRows || r.IOCs().Len() > firstRows+2 {
		t.Fatalf("done %v with %d IOCs at first", l.Done(), r.IOCs().Len())
	}
	late, _ := r.IOCs().Find("domain late.example")
	decide(t, r, Include{[]int{0, 7}, false}, SetVerdict{[]int{9}, Benign}, SetNote{8, "ours"}, ChooseTable{"DnsEvents", false}, SetTarget{kql.Defender})
	var sizes []int
	takeAll(l, func() {
		sizes = append(sizes, r.IOCs().Len())
		if r.On(0) || r.On(7) || r.Verdict(9) != Benign || r.Note(8) != "ours" || r.Target() != kql.Defender {
			t.Fatal("a decision is lost")
		}
	})
	if !l.Done() || l.Err() != nil || l.Read() < int64(len(text)) {
		t.Errorf("done %v, %v, %d bytes", l.Done(), l.Err(), l.Read())
	}
	if want := 2 + 3*firstRows + 1 + firstRows + 1; r.IOCs().Len() != want || !slices.IsSorted(sizes) {
		t.Errorf("%d IOCs, want %d; on the way %v", r.IOCs().Len(), want, sizes)
	}
	if diff := cmp.Diff([]string{"small.txt", "large.txt", "large.txt", "more.txt"}, documentNames(r)); diff != "" {
		t.Error(diff)
	}
	if d := r.Documents()[2]; d.Title != "second" || d.SHA256 == "" || d.Format != "lines" || r.Documents()[1].SHA256 != d.SHA256 {
		t.Errorf("%+v", d)
	}
	if r.IOCs().At(late).Mention || !r.On(late) {
		t.Error("a mention that a later document lists is still one, or off")
	}
	only, _ := r.IOCs().Find("domain only.example")
	if !r.IOCs().Mention(only) || r.On(only) {
		t.Error("a mention is no mention, or on")
	}
	if at, _ := r.IOCs().Find("domain a-1.example"); len(r.IOCs().Sources(at)) != 3 {
		t.Errorf("%v", r.IOCs().Sources(at))
	}
	if len(r.Findings()) != 1 || r.Findings()[0].Text != "the end of" {
		t.Errorf("%v", r.Findings())
	}
	for range 5 {
		if _, ok := r.Undo(); !ok {
			t.Fatal("nothing to undo")
		}
	}
	all, err := Open(documentsOf(t, docs...), feed.NewRegistry(lines{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(take(all), take(r)); diff != "" {
		t.Errorf("opened at once and piece by piece differ:\n%s", diff)
	}
}

func TestLoadSmallIsWhole(t *testing.T) {
	l := load(t, "a.txt", many("a", firstRows-1), "b.txt", many("b", 5))
	if !l.Done() || l.Review().IOCs().Len() != firstRows+4 {
		t.Errorf("done %v, %d IOCs", l.Done(), l.Review().IOCs().Len())
	}
}

// TestLoadTables chooses tables when the first IOC comes that they can carry, but
// not those that the analyst decided against.
// The hash of a large document is not taken where nothing is kept, and all else is
// as it is with it.
func TestOpenOnce(t *testing.T) {
	docs := []string{"a.txt", many("a", 3*firstRows), "b.txt", many("b", 5)}
	open := func(how func(iter.Seq2[*feed.Input, error], *feed.Registry, *kql.Catalogue) (*Review, error)) *Review {
		r, err := how(documentsOf(t, docs...), feed.NewRegistry(lines{}), builtin(t))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	kept, once := open(Open), open(OpenOnce)
	if n := once.IOCs().Len(); n != 3*firstRows+5 || n != kept.IOCs().Len() {
		t.Errorf("%d IOCs", n)
	}
	for at, d := range once.Documents() {
		want := kept.Documents()[at].SHA256
		if len(want) != 64 {
			t.Errorf("%s: hash %q", d.Source.Name, want)
		}
		if d.Source.Name == "a.txt" {
			want = ""
		}
		if d.SHA256 != want {
			t.Errorf("%s: hash %q, want %q", d.Source.Name, d.SHA256, want)
		}
	}
}

func TestLoadTables(t *testing.T) {
	l := load(t, "a.txt", strings.ReplaceAll("\n"+many("a", 2*firstRows), "\na", "\n?a")[1:]+"listed.example\n")
	r := l.Review()
	if chosen := take(r).Chosen; len(chosen) > 0 {
		t.Fatalf("for mentions alone: %v", chosen)
	}
	decide(t, r, ChooseTable{"DnsEvents", true}, ChooseTable{"DnsEvents", false})
	takeAll(l, func() {})
	chosen := take(r).Chosen
	if !slices.Contains(chosen, "CommonSecurityLog") || slices.Contains(chosen, "DnsEvents") {
		t.Errorf("with a domain: %v", chosen)
	}
}

func TestLoadStops(t *testing.T) {
	l := load(t, "a.txt", many("a", 50*firstRows), "b.txt", "b.example")
	p, more := l.Next()
	if !more {
		t.Fatal("nothing follows")
	}
	l.Take(p)
	n := l.Review().IOCs().Len()
	l.Stop()
	l.Stop()
	takeAll(l, func() {})
	if got := l.Review().IOCs().Len(); got < n || got > n+6*firstRows {
		t.Errorf("%d IOCs after stopping at %d", got, n)
	}
	last := l.Review().Findings()[len(l.Review().Findings())-1]
	if last.Code != "reading-stopped" || last.Source.Name != "a.txt" || l.Err() != nil {
		t.Errorf("%v, %v", last, l.Err())
	}
}

func TestLoadErrors(t *testing.T) {
	broken := many("a", 2*firstRows) + "!it ends here\n"
	l := load(t, "a.txt", broken)
	takeAll(l, func() {})
	last := l.Review().Findings()[0]
	if l.Err() == nil || l.Err().Error() != "a.txt:8193: it ends here; mend it" || last.Code != "input-broken" || last.Source.Line != 2*firstRows+1 {
		t.Errorf("%v, %v", l.Err(), last)
	}
	if l.Review().IOCs().Len() != 2*firstRows {
		t.Errorf("%d IOCs", l.Review().IOCs().Len())
	}
	_, err := Open(documentsOf(t, "a.txt", broken), feed.NewRegistry(lines{}), builtin(t))
	var bad *feed.InputError
	if !errors.As(err, &bad) {
		t.Errorf("opened at once: %v", err)
	}
	if _, err = Load(documentsOf(t, "a.txt", "!no"), feed.NewRegistry(lines{}), builtin(t)); err == nil || err.Error() != "a.txt:1: no; mend it" {
		t.Errorf("a small one: %v", err)
	}

	l = load(t, "folder/a.txt", "!no", "b.txt", many("b", 2*firstRows), "folder/c.txt", "!neither", "folder/d.txt", many("d", 2*firstRows)+"!cut")
	takeAll(l, func() {})
	var got []string
	for _, f := range l.Review().Findings() {
		got = append(got, f.Source.String()+" "+f.Code)
	}
	want := []string{"folder/a.txt:1 file-skipped", "folder/c.txt:1 file-skipped", "folder/d.txt:8193 file-skipped"}
	if diff := cmp.Diff(want, got); diff != "" || l.Err() != nil {
		t.Errorf("%v %s", l.Err(), diff)
	}
}

// lister reads a line as the name of a document that should stand beside it.
type lister struct{}

func (lister) Name() string { return "index" }

func (lister) Sure(head []byte) feed.Sureness {
	if strings.HasPrefix(string(head), "index ") {
		return 90
	}
	return 0
}

func (lister) Read(in *feed.Input, out feed.Sink) error {
	text, err := in.Text()
	if err != nil {
		return err
	}
	out.Document(&feed.Bulletin{Source: feed.Source{Name: in.Name, Line: 1}, Total: feed.NoTotal, Lists: strings.Fields(string(text))[1:]})
	return nil
}

// TestListedMissing: what a document lists and does not stand beside it is told, at
// the end, whatever comes large or cannot be read.
func TestListedMissing(t *testing.T) {
	for _, c := range []struct {
		name string
		docs []string
		want []string
	}{
		{"all there", []string{"folder/index", "index a b", "folder/a.json", "a.example", "folder/b.json.gz", "b.example"}, nil},
		{"one is not", []string{"folder/index", "index a b", "folder/a.json", "a.example", "folder/x/b.json", "b.example"}, []string{
			`folder/index:1 this lists 1 document that is not beside it, so what it says is missing; fetch it: "b"`}},
		{"behind a large one", []string{"folder/a.json", many("a", 2*firstRows), "folder/index", "index a b c"}, []string{
			`folder/index:1 this lists 2 documents that are not beside it, so what they say is missing; fetch them: "b", "c"`}},
		{"one that cannot be read is there", []string{"folder/index", "index a b", "folder/a.json", "a.example", "folder/b.json", "!no"}, nil},
		{"many", []string{"folder/index", "index a b c d e f g", "folder/x.json", "a.example"}, []string{
			`folder/index:1 this lists 7 documents that are not beside it, so what they say is missing; fetch them: "a", "b", "c", "d", "e" and 2 more`}},
		{"opened alone", []string{"index", "index a b", "folder/a.json", "a.example"}, nil},
		{"opened by name with some", []string{"index", "index a b", "a.json", "a.example"}, []string{
			`index:1 this lists 1 document that is not beside it, so what it says is missing; fetch it: "b"`}},
	} {
		l, err := Load(documentsOf(t, c.docs...), feed.NewRegistry(lines{}, lister{}), builtin(t))
		if err != nil {
			t.Fatal(err)
		}
		takeAll(l, func() {})
		var got []string
		for _, f := range l.Review().Findings() {
			if f.Code == "listed-missing" {
				got = append(got, f.Source.String()+" "+f.Text)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestLoadReviewedLate holds that a reviewed bulletin behind a large document
// says that its decisions are not taken.
func TestLoadReviewedLate(t *testing.T) {
	text := exported(t, small(t))
	l := load(t, "a.txt", many("a", 2*firstRows), "r.md", text)
	takeAll(l, func() {})
	if !slices.ContainsFunc(l.Review().Findings(), func(f feed.Finding) bool { return f.Code == "decisions-late" }) {
		t.Errorf("%v", l.Review().Findings())
	}
}
