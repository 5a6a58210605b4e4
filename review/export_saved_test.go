package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

// has reports whether findings hold another one.
func has(fs []feed.Finding, want feed.Finding) bool { return slices.Contains(fs, want) }

// TestSavedShapesSayWhatTheirPlanSays: whatever holds hunts tells of the tables
// that have none, of scenarios that are in none and of IOCs that none looks for.
func TestSavedShapesSayWhatTheirPlanSays(t *testing.T) {
	d := lantern(t)
	long := indicator(t, feed.URL, "https://files.example.org/"+strings.Repeat("a", 6_000), feed.Source{Name: "lantern.md", Line: 17})
	d.IOCs = append(d.IOCs, long)
	r := start(t, d)
	decide(t, r, ChooseTable{"UrlClickEvents", true}, ChooseTable{"CommonSecurityLog", false}, ChooseTable{"DeviceNetworkEvents", false},
		Attach{Scenario: 0, On: true}, Include{[]int{4}, false}, SetLong{SplitLong})
	want := r.Plan(false).Findings()
	var failed []feed.Finding
	for _, f := range want {
		if f.Severity == feed.Error {
			failed = append(failed, f)
		}
	}
	if len(failed) != 1 || !strings.HasPrefix(failed[0].Text, `UrlClickEvents: the hunt for "https://files.example.org/aaa`) || len(failed[0].Text) > 400 {
		t.Fatalf("%v", failed)
	}
	if len(findingTexts(want, "not-excluded")) == 0 || len(findingTexts(want, "not-hunted")) == 0 {
		t.Fatalf("the review says too little for this test: %v", want)
	}
	for _, name := range []string{"markdown", "rule", "hunting", "arm", "json"} {
		f, err := FormatNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		files, findings, err := f.Files(r, signature)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", name, len(files), err)
		}
		for _, w := range want {
			if !has(findings, w) {
				t.Errorf("%s does not say: %s", name, w)
			}
		}
	}
}

// TestSavedShapesOfTooMany say why there is no hunt in them.
func TestSavedShapesOfTooMany(t *testing.T) {
	r, err := Open(documentsOf(t, "a.txt", many("a", MaxHunted+1)), feed.NewRegistry(lines{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, write := range []func(Signature) ([]saved.File, []feed.Finding, error){r.rules, r.huntingQueries, r.template, r.watchlist} {
		files, findings, err := write(signature)
		if e := new(saved.NothingError); err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		if !has(findings, r.tooMany()[0]) {
			t.Errorf("%d files, %v, %v", len(files), err, findings)
		}
	}
}

// savedRule is what a rule says of its hunt.
type savedRule struct {
	Description string
	Severity    string
	Tactics     []string
	Query       string
}

func savedRules(t *testing.T, r *Review) (all []savedRule) {
	t.Helper()
	files, _, err := r.rules(signature)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		var s savedRule
		if err := yaml.Unmarshal([]byte(f.Text), &s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// TestSeverityOfSharedHosts: a URL whose host is everybody's is not hunted where a
// table knows hosts only, so it does not make the rule there any louder.
func TestSeverityOfSharedHosts(t *testing.T) {
	url, domain := indicator(t, feed.URL, "https://github.com/acme/tool"), indicator(t, feed.Domain, "a.example")
	url.Threat, url.Confidence = feed.BotnetCC, 100
	domain.Threat, domain.Confidence = feed.Payload, 10
	for _, tt := range []struct{ table, severity, tactic string }{
		{"DnsEvents", "Low", "Execution"}, {"UrlClickEvents", "High", "CommandAndControl"},
	} {
		r := checked(t, nil, nil, url, domain)
		for _, s := range r.Tables() {
			if s.Chosen != (s.Table.Name == tt.table) {
				decide(t, r, ChooseTable{s.Table.Name, s.Table.Name == tt.table})
			}
		}
		all := savedRules(t, r)
		if len(all) != 1 || all[0].Severity != tt.severity || !slices.Contains(all[0].Tactics, tt.tactic) || tt.severity == "Low" && len(all[0].Tactics) != 1 {
			t.Errorf("%s: %+v, want %+v", tt.table, all, tt)
		}
	}
}

// TestSeverityOfParts: each part of a split hunt is as loud as its own IOCs; what
// reads a watchlist looks for all of them.
func TestSeverityOfParts(t *testing.T) {
	d := lantern(t)
	d.IOCs, d.Mentions = nil, nil
	for n := range 200 {
		i := indicator(t, feed.Domain, fmt.Sprintf("a-rather-long-name-%03d.example", n))
		i.Threat, i.Confidence = feed.Payload, 10
		if n == 0 {
			i.Threat, i.Confidence = feed.BotnetCC, 100
		}
		d.IOCs = append(d.IOCs, i)
	}
	r := start(t, d)
	decide(t, r, ChooseTable{"CommonSecurityLog", false}, ChooseTable{"DeviceNetworkEvents", false})
	all := savedRules(t, r)
	if len(all) < 2 {
		t.Fatalf("%d parts", len(all))
	}
	for n, s := range all {
		want := "Low"
		if strings.Contains(s.Query, "name-000") {
			want = "High"
		}
		if s.Severity != want {
			t.Errorf("part %d: %s, want %s", n+1, s.Severity, want)
		}
	}
	decide(t, r, SetLong{WatchlistLong})
	if all := savedRules(t, r); len(all) != 1 || all[0].Severity != "High" || !strings.Contains(all[0].Query, "_GetWatchlist") {
		t.Errorf("%d rules, the first is %s", len(all), all[0].Severity)
	}
}

// TestAToggleWritesOneHunt: of a plan nothing is written but what is asked for, so
// that a toggle costs the hunt that is shown.
func TestAToggleWritesOneHunt(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, Attach{Scenario: 0, On: true}, Include{[]int{1}, false})
	p := r.Plan(false)
	written := func() (names []string) {
		for i := range p.tables {
			if p.tables[i].written {
				names = append(names, p.tables[i].Name)
			}
		}
		return names
	}
	p.Fits()
	if tables := p.Tables(); len(tables) != 3 || len(written()) > 0 || p.selected != nil {
		t.Fatalf("of %v there are written %v before one is asked for", tables, written())
	}
	for range 2 {
		if _, ok := p.Hunt("DnsEvents"); !ok || !slices.Equal(written(), []string{"DnsEvents"}) || p.union.written {
			t.Errorf("%v is written, and the union %v", written(), p.union.written)
		}
	}
	if _, ok := p.Union(); !ok || !slices.Equal(written(), []string{"DnsEvents"}) {
		t.Errorf("%v is written for the union", written())
	}
	if _ = p.UnionFindings(); !slices.Equal(written(), []string{"DnsEvents"}) {
		t.Errorf("%v is written for what is said of the union", written())
	}
}

// TestLongUnion splits the query over all tables, or lets it read the watchlist,
// and says of it what is so and not what is so of the hunts.
func TestLongUnion(t *testing.T) {
	d := lantern(t)
	for n := range 200 {
		d.IOCs = append(d.IOCs, indicator(t, feed.Domain, fmt.Sprintf("a-rather-long-name-%d.example", n)))
	}
	r := start(t, d)
	over := func(fs []feed.Finding) bool {
		return slices.ContainsFunc(fs, func(f feed.Finding) bool { return f.Code == "over-rule-size" })
	}
	p := r.Plan(false)
	if whole, ok := p.Union(); !ok || len(whole) != 1 || whole[0].Chars <= kql.RuleChars || !over(p.OfUnion()) || !over(p.UnionFindings()) {
		t.Fatalf("%d queries, %v", len(whole), p.OfUnion())
	}
	decide(t, r, SetLong{SplitLong})
	p = r.Plan(false)
	parts, ok := p.Union()
	if !ok || len(parts) < 2 || over(p.UnionFindings()) {
		t.Fatalf("%d parts, %v", len(parts), p.UnionFindings())
	}
	for n, h := range parts {
		if h.Chars > kql.RuleChars || h.Part != n+1 || h.Parts != len(parts) {
			t.Errorf("part %d of %d, %d characters", h.Part, h.Parts, h.Chars)
		}
	}
	decide(t, r, SetLong{WatchlistLong})
	p = r.Plan(false)
	parts, ok = p.Union()
	if !ok {
		t.Fatal("no union that reads a watchlist")
	}
	for _, h := range parts {
		if h.Watchlist != r.Alias() || !strings.Contains(h.Query, "_GetWatchlist") || strings.Contains(h.Query, "a-rather-long-name") {
			t.Errorf("it does not read the watchlist:\n%s", h.Query)
		}
	}
	for _, f := range p.UnionFindings() {
		if strings.HasPrefix(f.Text, "DnsEvents: ") {
			t.Errorf("said of another query: %s", f)
		}
	}
	decide(t, r, SetTarget{kql.Defender})
	if parts, _ := r.Plan(false).Union(); len(parts) == 0 || parts[0].Watchlist != "" {
		t.Error("a query in Defender reads a watchlist")
	}
}

// TestNoUnion says why there is none where one IOC is too long.
func TestNoUnion(t *testing.T) {
	d := lantern(t)
	d.IOCs = append(d.IOCs, indicator(t, feed.URL, "https://files.example.org/"+strings.Repeat("a", 6_000)))
	r := start(t, d)
	decide(t, r, ChooseTable{"UrlClickEvents", true}, SetLong{SplitLong})
	p := r.Plan(false)
	hunts, ok := p.Union()
	fs := p.OfUnion()
	if ok || len(hunts) > 0 || len(fs) != 1 || fs[0].Severity != feed.Error || !strings.HasSuffix(fs[0].Text, ", so there is no query over all tables") {
		t.Errorf("%d queries, %v", len(hunts), fs)
	}
	if !has(p.UnionFindings(), fs[0]) {
		t.Errorf("%v", p.UnionFindings())
	}
}

// TestWhoReviewed: an export names who decided and when, also when somebody else
// writes it.
func TestWhoReviewed(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 5, n, 12, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		decide []string
		want   Signature
	}{
		{nil, Signature{Reviewer: "kim", At: day(30)}},
		{[]string{"ana"}, Signature{Reviewer: "ana", At: day(1)}},
		{[]string{"ana", "bob", "ana"}, Signature{Reviewer: "ana, bob", At: day(3)}},
		{[]string{"ana", "kim"}, Signature{Reviewer: "ana, kim", At: day(30)}},
	} {
		r := start(t, lantern(t))
		for n, who := range tt.decide {
			if _, err := r.Decide(SetNote{0, strings.Repeat("x", n+1)}, who, day(n+1)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(tt.want, r.signed(Signature{Reviewer: "kim", At: day(30)})); diff != "" {
			t.Errorf("%v decided (-want +got):\n%s", tt.decide, diff)
		}
	}
}

// TestIndicatorsNameTheirDocument: what was pasted into a review of a bulletin does not
// get the bulletin's name in Defender.
func TestIndicatorsNameTheirDocument(t *testing.T) {
	r := checked(t, nil, nil, indicator(t, feed.Domain, "a.example"))
	r.documents[0].Title = "Lantern RAT"
	r.Add([]*feed.Bulletin{{Source: feed.Source{Name: "pasted", Line: 1}, Total: feed.NoTotal, IOCs: []feed.IOC{
		{Type: feed.Domain, Value: "b.example", Confidence: feed.NoConfidence, Sources: []feed.Source{{Name: "pasted", Line: 1}}},
	}}})
	files, _, err := r.indicators(Signature{At: time.Date(2026, 5, 28, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	text := files[0].Text
	for _, want := range []string{"Lantern RAT: domain a.example", "pasted: domain b.example"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}
