package review

import (
	"bytes"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/kqltest"
)

// atNoon is when decisions of tests are taken and exports are signed.
var atNoon = time.Date(2026, 5, 28, 12, 0, 0, 0, time.UTC)

var signature = Signature{Reviewer: "jk", At: atNoon}

func builtin(t testing.TB) *kql.Catalogue {
	t.Helper()
	c, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// indicator is an IOC in its canonical spelling.
func indicator(t testing.TB, kind feed.Type, value string, places ...feed.Source) feed.IOC {
	t.Helper()
	v, err := feed.Canonical(kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return feed.IOC{Type: kind, Value: v, Confidence: feed.NoConfidence, Sources: places}
}

// lantern is a document of the usual size and shape.
func lantern(t testing.TB) *feed.Bulletin {
	t.Helper()
	const file = "lantern.md"
	at := func(line int) feed.Source { return feed.Source{Name: file, Line: line} }
	row := func(line int, kind feed.Type, value string, threat feed.Threat, confidence int) feed.IOC {
		i := indicator(t, kind, value, at(line))
		i.Threat, i.Confidence, i.Family = threat, confidence, "Lantern RAT"
		i.FirstSeen = time.Date(2026, 5, 20+line%7, 0, 0, 0, 0, time.UTC)
		return i
	}
	mention := indicator(t, feed.Domain, "cdn.example.net", at(44))
	mention.Mention, mention.Context = true, `filter of the scenario "Content network"`
	return &feed.Bulletin{
		Source: at(1), SHA256: strings.Repeat("5e", 32), Format: "bulletin",
		Title: "Lantern RAT IOCs", Family: "Lantern RAT",
		Text:  "Lantern RAT calls home to lantern.example.\nIts operators use cdn.example.net [1] as well.",
		Total: 8, Types: []feed.Type{feed.Domain, feed.IPPort, feed.URL, feed.SHA256},
		IOCs: []feed.IOC{
			row(9, feed.Domain, "lantern.example", feed.BotnetCC, 75),
			row(10, feed.IPPort, "192.0.2.10:443", feed.BotnetCC, 100),
			row(11, feed.IPPort, "192.0.2.10:8443", feed.BotnetCC, 50),
			row(12, feed.IPPort, "[2001:db8::10]:443", feed.BotnetCC, 100),
			row(13, feed.URL, "http://files.example.org/a_b/lantern.exe?x=1|2", feed.PayloadDelivery, 100),
			row(14, feed.SHA256, strings.Repeat("AB", 32), feed.Payload, 90),
			row(15, feed.MD5, strings.Repeat("0c", 16), feed.Payload, 25),
			row(16, feed.Email, "billing@lantern.test", "", feed.NoConfidence),
		},
		Mentions: []feed.IOC{mention},
		Queries: []feed.Query{{Source: at(20), Text: "// Hunt for network connections to known malicious IPs\n" +
			`let malicious_ips = dynamic(["192.0.2.10"]);` + "\nCommonSecurityLog\n| where DestinationIP in (malicious_ips)"}},
		Tables: []feed.TableNote{
			{Name: "CommonSecurityLog", Note: "Ensure this data connector is enabled", Source: at(31)},
			{Name: "DeviceNetworkEvents", Note: "Ensure this data connector is enabled", Source: at(32)},
			{Name: "DnsEvents", Note: "Ensure this data connector is enabled", Source: at(33)},
		},
		Scenarios: []feed.Scenario{
			{
				Title: "Backup software", Description: "The backup software copies files at night.",
				Filter: "Exclude processes where the parent process is backup.exe.", Source: at(40),
			},
			{
				Title: "Content network", Filter: "Exclude connections to cdn.example.net and more:\nuser.name != \"svc_deploy\"",
				Source: at(43), Cut: true,
			},
		},
	}
}

// start begins the review of documents.
func start(t testing.TB, documents ...*feed.Bulletin) *Review {
	t.Helper()
	return New(documents, builtin(t))
}

// decide takes decisions that must change something.
func decide(t testing.TB, r *Review, decisions ...Decision) {
	t.Helper()
	for _, d := range decisions {
		changed, err := r.Decide(d, "jk", atNoon)
		if err != nil || !changed {
			t.Fatalf("Decide(%#v) = %v, %v", d, changed, err)
		}
	}
}

// markdown is the reviewed bulletin.
func exported(t testing.TB, r *Review) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteMarkdown(&b, signature); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// input is a document as a file would give it.
func input(t testing.TB, name, text string) *feed.Input {
	t.Helper()
	in, err := feed.NewInput(name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// inputs gives documents one after the other.
func inputs(all ...*feed.Input) iter.Seq2[*feed.Input, error] {
	return func(yield func(*feed.Input, error) bool) {
		for _, in := range all {
			if !yield(in, nil) {
				return
			}
		}
	}
}

// reopen opens reviewed bulletins.
func reopen(t testing.TB, texts ...string) *Review {
	t.Helper()
	var ins []*feed.Input
	for i, text := range texts {
		ins = append(ins, input(t, "reviewed"+strings.Repeat("+", i)+".md", text))
	}
	r, err := Open(inputs(ins...), feed.NewRegistry(), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// snapshot is all that a review says, apart from its history.
type snapshot struct {
	IOCs          []rowSnapshot
	Documents     []feed.Bulletin
	Chosen        []string
	Target        kql.Target
	Lookback      time.Duration
	Knobs         kql.Knobs
	Long          Long
	MinConfidence int
	Scenarios     []scenarioSnapshot
	Findings      []feed.Finding
}

type rowSnapshot struct {
	IOC     feed.IOC
	On      bool
	Verdict Verdict
	Note    string
}

type scenarioSnapshot struct {
	Scenario  feed.Scenario
	Document  int
	Condition string
	Edited    bool
	Note      string
	Attached  bool
	Accepted  exclusions.Fit
	Dangers   string
}

func take(r *Review) snapshot {
	s := snapshot{Target: r.Target(), Lookback: r.Lookback(), Knobs: r.Knobs(), Long: r.Long(), MinConfidence: r.MinConfidence(), Findings: r.Findings()}
	for at := range r.IOCs().Len() {
		s.IOCs = append(s.IOCs, rowSnapshot{r.IOCs().At(at), r.On(at), r.Verdict(at), r.Note(at)})
	}
	for _, d := range r.Documents() {
		s.Documents = append(s.Documents, *d)
	}
	for _, t := range r.Tables() {
		if t.Chosen {
			s.Chosen = append(s.Chosen, t.Table.Name)
		}
	}
	for i, sc := range r.Scenarios() {
		attached, accepted := r.Attached(i)
		s.Scenarios = append(s.Scenarios, scenarioSnapshot{sc.Scenario, sc.Document, kql.FormatCondition(sc.Condition), sc.Edited, sc.Note, attached, accepted, r.now.scenarios[i].dangers})
	}
	return s
}

// same reports how two reviews differ, "" when they do not.
func same(want, got snapshot) string {
	return cmp.Diff(want, got, cmp.Transformer("times", func(t time.Time) string { return feed.FormatSeen(t) }),
		cmp.FilterPath(func(p cmp.Path) bool { return emptySlices(p) }, cmp.Ignore()))
}

// emptySlices holds where an empty list and none are compared.
func emptySlices(p cmp.Path) bool {
	v := p.Index(-1)
	a, b := v.Values()
	return a.IsValid() && b.IsValid() && v.Type().Kind().String() == "slice" && a.Len() == 0 && b.Len() == 0
}

var kqlTargets = kql.Targets

// rounds is how many rounds a property is tried, fewer with -short.
func rounds(t testing.TB, n int) int {
	t.Helper()
	if testing.Short() {
		return n / 8
	}
	return n
}

// firstDifference shows where two texts part.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "-" + x[i] + "\n+" + y[i]
		}
	}
	return "one is longer"
}

const hour = time.Hour

// bindHunts binds the hunts of a review, with and without comments, and returns
// the former.
func bindHunts(t testing.TB, r *Review) []kql.Hunt {
	t.Helper()
	hunts, _ := huntsOf(r, false)
	bare, _ := huntsOf(r, true)
	for _, h := range append(bare, hunts...) {
		kqltest.Bind(t, string(h.Target), h.Query)
	}
	return hunts
}

// huntsOf are the hunts of a review now, and what is said about them.
func huntsOf(r *Review, noComments bool) ([]kql.Hunt, []feed.Finding) {
	p := r.Plan(noComments)
	return p.Hunts(), p.Findings()
}
