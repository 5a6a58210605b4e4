package review

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// shelf reads documents that a test made, by name.
type shelf map[string][]*feed.Bulletin

func (shelf) Name() string              { return "bulletin" }
func (shelf) Sure([]byte) feed.Sureness { return 1 }

func (s shelf) Read(in *feed.Input, out feed.Sink) error {
	documents, ok := s[in.Name]
	if !ok {
		return &feed.InputError{Name: in.Name, Reason: "not on the shelf"}
	}
	if _, err := in.Text(); err != nil {
		return err
	}
	for _, d := range documents {
		out.Document(d)
	}
	return nil
}

// open opens documents of a shelf and reviewed bulletins, in this order. An
// entry is a name on the shelf, or the text of a reviewed bulletin.
func (s shelf) open(t testing.TB, entries ...string) *Review {
	t.Helper()
	var ins []*feed.Input
	for i, e := range entries {
		if IsReviewed([]byte(e)) {
			ins = append(ins, input(t, "reviewed"+strings.Repeat("+", i)+".md", e))
		} else {
			ins = append(ins, input(t, e, "the text of "+e))
		}
	}
	r, err := Open(inputs(ins...), feed.NewRegistry(s), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, r)
	return r
}

func documentNames(r *Review) (names []string) {
	for _, d := range r.Documents() {
		names = append(names, d.Source.Name)
	}
	return names
}

// sable is another document, which shares an IOC with [lantern].
func sable(t testing.TB) *feed.Bulletin {
	t.Helper()
	at := func(line int) feed.Source { return feed.Source{Name: "sable.md", Line: line} }
	shared := indicator(t, feed.Domain, "lantern.example", at(7))
	shared.Confidence, shared.Family = 90, "Sable Loader"
	return &feed.Bulletin{
		Source: at(1), Format: "bulletin", Title: "Sable Loader", Family: "Sable Loader", Total: feed.NoTotal,
		IOCs:      []feed.IOC{shared, indicator(t, feed.IP, "203.0.113.77", at(8))},
		Tables:    []feed.TableNote{{Name: "UrlClickEvents", Source: at(12)}},
		Scenarios: []feed.Scenario{{Title: "Updates", Filter: "Exclude processes where the parent process is updater.exe.", Source: at(20)}},
	}
}

func TestOpenPublishedDocuments(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}, "sable.md": {sable(t)}}
	r := s.open(t, "lantern.md", "sable.md")
	if diff := cmp.Diff([]string{"lantern.md", "sable.md"}, documentNames(r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents"}, take(r).Chosen); diff != "" {
		t.Error(diff)
	}
	i := r.IOCs().At(0)
	want := []string{"family Lantern RAT and Sable Loader, as sable.md:7 says", "confidence 75% and 90%, as sable.md:7 says"}
	if diff := cmp.Diff(want, i.Differs); diff != "" || len(i.Sources) != 2 || i.Confidence != 90 {
		t.Errorf("%+v\n%s", i, diff)
	}
	if r.Documents()[0].SHA256 == "" || r.Documents()[0].SHA256 == r.Documents()[1].SHA256 {
		t.Error("the documents cannot be told apart")
	}
	if r.Title() != "Lantern RAT IOCs" || !slices.Equal(r.Families(), []string{"Lantern RAT", "Sable Loader"}) {
		t.Errorf("%q, %q", r.Title(), r.Families())
	}
	if n := r.Scenarios()[2].Document; n != 1 {
		t.Errorf("the third scenario is of document %d", n)
	}
	// What comes of a reviewed bulletin and its documents is what came of the
	// bulletin.
	decide(t, r, Include{[]int{1}, false}, SetNote{0, "ours"}, ChooseTable{"DnsEvents", false}, Attach{Scenario: 2, On: true}, SetLookback{hour}, SetTarget{kql.Defender})
	text := exported(t, r)
	for _, entries := range [][]string{{text, "lantern.md"}, {"sable.md", text}, {"sable.md", "lantern.md", text}, {text, text}} {
		if diff := same(take(r), take(s.open(t, entries...))); diff != "" {
			t.Errorf("%d entries:\n%s", len(entries), diff)
		}
	}
}

func TestTitle(t *testing.T) {
	for _, tt := range []struct{ title, family, want string }{{"T", "F", "T"}, {"", "F", "F"}, {"", "", "lantern.md"}} {
		d := lantern(t)
		d.Title, d.Family = tt.title, tt.family
		if got := start(t, d).Title(); got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.title, tt.family, got, tt.want)
		}
	}
}

func TestReviewedAndOtherDocument(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}, "sable.md": {sable(t)}}
	r := s.open(t, "lantern.md")
	decide(t, r, Include{[]int{0}, false}, SetVerdict{[]int{0}, Benign}, ChooseTable{"DnsEvents", false})
	both := s.open(t, "sable.md", exported(t, r))
	if diff := cmp.Diff([]string{"lantern.md", "sable.md"}, documentNames(both)); diff != "" {
		t.Error(diff)
	}
	if both.On(0) || both.Verdict(0) != Benign || len(both.IOCs().At(0).Sources) != 2 {
		t.Errorf("%+v", take(both).IOCs[0])
	}
	if diff := cmp.Diff([]string{"CommonSecurityLog", "DeviceNetworkEvents", "UrlClickEvents"}, take(both).Chosen); diff != "" {
		t.Error(diff)
	}
}

func TestReviewedAndItsDocumentUnderAnotherName(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}}
	r := s.open(t, "lantern.md")
	text := exported(t, r)
	copied := lantern(t)
	renamed := func(s feed.Source) feed.Source { return feed.Source{Name: "copy/lantern.md", Line: s.Line} }
	copied.Source = renamed(copied.Source)
	for i := range copied.IOCs {
		copied.IOCs[i].Sources = []feed.Source{renamed(copied.IOCs[i].Sources[0])}
	}
	// The hash is that of the text, which the name of the shelf is part of.
	in := input(t, "lantern.md", "the text of lantern.md")
	in.Name = "copy/lantern.md"
	s["copy/lantern.md"] = []*feed.Bulletin{copied}
	both, err := Open(inputs(in, input(t, "r.md", text)), feed.NewRegistry(s), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(take(r), take(both)); diff != "" {
		t.Error(diff)
	}
}

// TestDeletedRowComesBack opens a reviewed bulletin out of which a person has
// deleted an IOC, a scenario and a table together with the document itself.
func TestDeletedRowComesBack(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}}
	r := s.open(t, "lantern.md")
	decide(t, r, SetNote{2, "ours"}, Attach{Scenario: 1, On: true})
	text := exported(t, r)
	text = without("| 192[.]0[.]2[.]10:443 |")(text)
	head, rest, _ := strings.Cut(text, "### Scenario 1: ")
	_, rest, _ = strings.Cut(rest, "### Scenario 2: ")
	both := s.open(t, "lantern.md", head+"### Scenario 2: "+rest)
	at, ok := both.IOCs().Find("ip:port 192.0.2.10:443")
	if !ok || !both.On(at) || both.IOCs().Len() != 9 {
		t.Errorf("the row is not back: %+v", take(both).IOCs)
	}
	if at, ok = both.IOCs().Find("ip:port 192.0.2.10:8443"); !ok || both.Note(at) != "ours" {
		t.Error("the note of another row is gone")
	}
	var titles []string
	for i, s := range both.Scenarios() {
		attached, _ := both.Attached(i)
		titles = append(titles, s.Title)
		if attached != (s.Title == "Content network") {
			t.Errorf("%q is attached: %v", s.Title, attached)
		}
	}
	if diff := cmp.Diff([]string{"Content network", "Backup software"}, titles); diff != "" {
		t.Error(diff)
	}
}

func TestTwoReviewsOfOneDocument(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}, "sable.md": {sable(t)}}
	first, second := s.open(t, "lantern.md"), s.open(t, "lantern.md", "sable.md")
	decide(t, first, Include{[]int{0}, false}, Include{[]int{8}, true}, SetVerdict{[]int{0, 1}, Benign}, SetNote{1, "ours"}, SetNote{2, "same"},
		ChooseTable{"DeviceFileEvents", true}, ChooseTable{"CommonSecurityLog", false}, SetLookback{hour}, Attach{Scenario: 0, On: true})
	mention, ok := second.IOCs().Find("domain cdn.example.net")
	if !ok {
		t.Fatal("there is no mention")
	}
	decide(t, second, Include{[]int{1, 3}, false}, SetVerdict{[]int{1, 2}, Malicious}, SetNote{1, "theirs"}, SetNote{2, "same"}, SetNote{mention, "new"},
		SetLookback{2 * hour}, SetTarget{kql.Defender}, Attach{Scenario: 0, On: true, Accept: exclusions.Dangerous}, Attach{Scenario: 1, On: true}, Attach{Scenario: 2, On: true})
	both := s.open(t, exported(t, first), exported(t, second))

	got := take(both)
	type mark struct {
		On      bool
		Verdict Verdict
		Note    string
	}
	marks := map[string]mark{}
	for _, i := range got.IOCs {
		marks[i.IOC.Value] = mark{i.On, i.Verdict, i.Note}
	}
	for value, want := range map[string]mark{
		"lantern.example": {false, Benign, ""}, "192.0.2.10:443": {false, Benign, "ours"}, "192.0.2.10:8443": {true, Malicious, "same"},
		"[2001:db8::10]:443": {false, NoVerdict, ""}, "cdn.example.net": {true, NoVerdict, "new"}, "203.0.113.77": {true, NoVerdict, ""},
	} {
		if marks[value] != want {
			t.Errorf("%s: %+v, want %+v", value, marks[value], want)
		}
	}
	if got.Lookback != hour || got.Target != kql.Sentinel {
		t.Errorf("%v at %s", got.Lookback, got.Target)
	}
	if diff := cmp.Diff([]string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents", "DeviceFileEvents"}, got.Chosen); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"lantern.md", "sable.md"}, documentNames(both)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][2]bool{{true, false}, {true, false}, {true, false}}, attachments(both)); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"warning: 192[.]0[.]2[.]10:443: another reviewed bulletin called it malicious; the decision of the first one stands",
		"warning: 192[.]0[.]2[.]10:443: another reviewed bulletin noted on it: theirs; the decision of the first one stands",
		`warning: the scenario "Backup software" is attached (yes, risks accepted) in another reviewed bulletin; the first one stands`,
	}
	if diff := cmp.Diff(want, findingTexts(both.Findings(), "decisions-differ")); diff != "" {
		t.Error(diff)
	}
}

func TestTwoReviewsWithOtherConditions(t *testing.T) {
	text := exported(t, reviewed(t))
	with := func(condition string) string {
		return replaced("Read as:\n\n```condition\nprocess.parent is \"backup.exe\"", "Written by the reviewer:\n\n```condition\n"+condition)(text)
	}
	a, b := `process.parent is "a.exe"`, `process.parent is "b.exe"`
	both := shelf{}.open(t, with(a), with(b))
	if got := kql.FormatCondition(both.Scenarios()[0].Condition); got != a {
		t.Error(got)
	}
	want := []string{`warning: the scenario "Backup software" has another condition in another reviewed bulletin, ` + b + "; that of the first one stands"}
	if diff := cmp.Diff(want, findingTexts(both.Findings(), "decisions-differ", "condition-differs")); diff != "" {
		t.Error(diff)
	}
}

// TestBulletinsOfOneSourceWithoutLines reviews what a format without lines
// gives: several bulletins at one place.
func TestBulletinsOfOneSourceWithoutLines(t *testing.T) {
	var documents []*feed.Bulletin
	for _, family := range []string{"Lantern RAT", "Sable Loader", "Third"} {
		d := sable(t)
		d.Family, d.Title, d.Source = family, "About "+family, feed.Source{Name: "feed.json"}
		d.Text = family + " is about."
		for i := range d.IOCs {
			d.IOCs[i].Sources = []feed.Source{d.Source}
		}
		d.Tables[0].Source, d.Scenarios[0].Source = d.Source, d.Source
		d.Queries = []feed.Query{{Text: "// " + family, Source: d.Source}}
		documents = append(documents, d)
	}
	s := shelf{"feed.json": documents}
	r := s.open(t, "feed.json")
	decide(t, r, Attach{Scenario: 1, On: true})
	for _, entries := range [][]string{{exported(t, r)}, {exported(t, r), "feed.json"}} {
		if diff := same(take(r), take(s.open(t, entries...))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	text := exported(t, small(t))
	tests := []struct{ name, text, want string }{
		{"newer", replaced("quarry: 1", "quarry: 2")(text), "r.md:2: written by a newer Quarry (form 2, this one reads 1); update Quarry"},
		{"no form", replaced("quarry: 1", "quarry: 0")(text), "r.md:2: there is no form 0 of reviewed bulletins; restore it from the exported file"},
		{"a word", replaced("quarry: 1", "x: y\nquarry: one")(text), "r.md:3: the front matter cannot be read: cannot unmarshal !!str `one` into int; restore it from the exported file"},
		{"broken YAML", replaced("reviewer: jk", "reviewer: [")(text), "r.md:4: the front matter cannot be read: did not find expected ',' or ']'; restore it from the exported file"},
		{"no documents", func() string { head, _, _ := strings.Cut(text, "documents:"); return head + "---\n" }(), "r.md:2: the front matter names no documents; restore it from the exported file"},
		{"nothing else", "---\nquarry: 1\n---", "r.md:2: the front matter names no documents; restore it from the exported file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(inputs(input(t, "r.md", tt.text)), feed.NewRegistry(), builtin(t))
			var bad *feed.InputError
			if !errors.As(err, &bad) || err.Error() != tt.want {
				t.Errorf("%v\nwant\n%s", err, tt.want)
			}
		})
	}
	_, err := Open(inputs(), feed.NewRegistry(), builtin(t))
	var bad *feed.InputError
	if !errors.As(err, &bad) || bad.Advice == "" {
		t.Errorf("no input: %v", err)
	}
	if _, err = Open(inputs(input(t, "nowhere.md", "x")), feed.NewRegistry(shelf{}), builtin(t)); !errors.As(err, &bad) {
		t.Errorf("what the registry refuses: %v", err)
	}
}

func TestIsReviewed(t *testing.T) {
	for doc, want := range map[string]bool{
		"---\nquarry: 1\n---\n": true, "---\nquarry: 1\n---": true, "---\ntitle: x\nquarry: 1\n---\nx": true,
		"": false, "---\n": false, "---\ntitle: x\n---\nquarry: 1\n": false, "quarry: 1\n": false, "---\nnot quarry: 1\n---\n": false, "\n---\nquarry: 1\n---\n": false,
	} {
		if got := IsReviewed([]byte(doc)); got != want {
			t.Errorf("IsReviewed(%q) = %v", doc, got)
		}
	}
}

func TestFindingsOfDecodingAreKept(t *testing.T) {
	in := input(t, "r.md", exported(t, small(t))+"\n\xff\n")
	r, err := Open(inputs(in), feed.NewRegistry(), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(r.Findings(), in.Findings()[0]) {
		t.Errorf("%v", r.Findings())
	}
}

func TestResumed(t *testing.T) {
	if got := start(t, lantern(t)).Resumed(); got != nil {
		t.Errorf("a review of published documents goes on from %v", got)
	}
	s := shelf{"lantern.md": {lantern(t)}, "sable.md": {sable(t)}}
	first := exported(t, s.open(t, "lantern.md"))
	second := strings.Replace(exported(t, s.open(t, "sable.md")), "reviewer: jk", "reviewer: \"R\\e[31m\\n O\"", 1)
	r := s.open(t, "sable.md", first, second)
	want := []Resumed{{File: "reviewed+.md", Reviewer: "jk", At: atNoon}, {File: "reviewed++.md", Reviewer: `R\x1b[31m O`, At: atNoon}}
	if diff := cmp.Diff(want, r.Resumed()); diff != "" {
		t.Error(diff)
	}
	decide(t, r, Include{[]int{0}, false})
	if len(r.History()) != 1 || len(r.Resumed()) != 2 {
		t.Errorf("%d decisions on %d reviewed bulletins", len(r.History()), len(r.Resumed()))
	}
	anonymous := strings.NewReplacer("reviewer: jk\n", "", `reviewed: "2026-05-28T12:00:00Z"`+"\n", "").Replace(first)
	if diff := cmp.Diff([]Resumed{{File: "reviewed.md", Decisions: 0}}, s.open(t, anonymous).Resumed()); diff != "" {
		t.Error(diff)
	}
	r = s.open(t, strings.Replace(first, "2026-05-28T", "28 May, ", 1))
	last := r.Findings()[len(r.Findings())-1]
	if !r.Resumed()[0].At.IsZero() || last.String() != `reviewed.md:6: error: "28 May, 12:00:00Z" is no date of a review; the history goes without (bad-date)` {
		t.Errorf("%v, %v", r.Resumed(), last)
	}
}
