package saved_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
)

type writer func([]saved.Source, saved.RuleOptions) ([]saved.File, []feed.Finding, error)

// plain is a hunt that no change of the catalogue or of the queries changes.
func plain() saved.Source {
	return saved.Source{
		IOCs: sample(), Family: "Example RAT",
		Table: &kql.Table{
			Name: "ExampleEvents", Connectors: []string{"ExampleConnector", "ExampleAma"}, Time: map[kql.Target]string{kql.Sentinel: "TimeGenerated"},
			IOC: kql.Columns{
				IP: []kql.Column{{Column: "RemoteIP"}, {Column: "Extra", Path: "ip", Dynamic: true}}, Host: []kql.Column{{Column: "Name"}},
				URL: []kql.Column{{Column: "Url"}, {Column: "NotShown"}}, SHA256: []kql.Column{{Column: "SHA256"}}, SHA1: []kql.Column{{Column: "SHA1"}},
			},
			Device: []string{"DeviceName"}, Account: []string{"Upn"}, Qualified: map[string]string{"DeviceName": ".", "Upn": "@"},
			Show:   []string{"DeviceName", "Upn", "RemoteIP", "Name", "Url", "FileName", "SHA256", "Extra"},
			Fields: map[kql.Field][]string{"file.name": {"FileName"}, "remote.ip": {"RemoteIP"}},
		},
		Hunt: kql.Hunt{
			Table: "ExampleEvents", Target: kql.Sentinel, IOCs: 9,
			Columns: []string{"TimeGenerated", "IocMatched", "IocHow", "DeviceName", "Upn", "RemoteIP", "Name", "Url", "FileName", "SHA256", "Extra"},
			Query:   "// ExampleEvents: \"x\"\nlet Ioc = dynamic([\"192.0.2.10\"]);\nExampleEvents\n| where TimeGenerated > ago(7d)\n    and RemoteIP in (Ioc)",
		},
	}
}

func TestRulesGolden(t *testing.T) {
	o := saved.RuleOptions{About: about, Lookback: 7 * 24 * time.Hour}
	for name, write := range map[string]writer{"rules": saved.AnalyticsRules, "hunting": saved.HuntingQueries, "template": saved.Template} {
		files, _, err := write([]saved.Source{plain()}, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, files)
	}
}

// Every table of the catalogue gives rules that keep all rules of the product.
func TestRulesOfEveryTable(t *testing.T) {
	hunts := sources(t, sample(), about.Title)
	o := saved.RuleOptions{About: about}
	for _, as := range []struct {
		write     writer
		scheduled bool
	}{{saved.AnalyticsRules, true}, {saved.HuntingQueries, false}} {
		files, _, err := as.write(hunts, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != len(hunts) {
			t.Fatalf("%d files of %d hunts", len(files), len(hunts))
		}
		seen := map[string]bool{}
		for i, f := range files {
			r := readRule(t, f.Text)
			if err := r.check(hunts[i].Hunt.Columns, as.scheduled); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			if r.Query != hunts[i].Hunt.Query {
				t.Errorf("%s: the query changed", f.Name)
			}
			if !strings.Contains(f.Text, "\nquery: |-\n") {
				t.Errorf("%s: the query is no block", f.Name)
			}
			if seen[f.Name] || seen[r.ID] || !fileName.MatchString(f.Name) {
				t.Errorf("%s, %s: there twice or no name", f.Name, r.ID)
			}
			seen[f.Name], seen[r.ID] = true, true
			for k, c := range r.Connectors {
				if c.ID != hunts[i].Table.Connectors[k] || !cmp.Equal(c.DataTypes, []string{hunts[i].Table.Name}) {
					t.Errorf("%s: connector %+v", f.Name, c)
				}
			}
		}
	}
}

var fileName = regexp.MustCompile(`^[a-z0-9][A-Za-z0-9_-]*\.(yaml|json|csv)$`)

func TestRulesKeepHostileTextInPlace(t *testing.T) {
	for _, text := range hostile {
		a := saved.About{Title: text, Reviewer: text}
		hunts := sources(t, sample(), text[:min(len(text), 1_000)], "DnsEvents")
		hunts[0].Family = text
		o := saved.RuleOptions{About: a}
		files, _, err := saved.AnalyticsRules(hunts, o)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		r := readRule(t, files[0].Text)
		if err := r.check(hunts[0].Hunt.Columns, true); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if r.Query != hunts[0].Hunt.Query || !strings.HasSuffix(r.Name, ": IOCs in DnsEvents") || !fileName.MatchString(files[0].Name) {
			t.Errorf("%q: %s, %q", text, files[0].Name, r.Name)
		}
		files, _, err = saved.Template(hunts, o)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got := readTemplate(t, files[0].Text)
		if p := got.Resources[0].Properties; deployed(p.Name) != r.Name || deployed(p.Description) != r.Description || deployed(p.Query) != r.Query {
			t.Errorf("%q: the template says %q, %q", text, p.Name, p.Description)
		}
	}
}

// A query that no catalogue wrote stays one scalar too.
func TestRulesKeepAnyQuery(t *testing.T) {
	hunts := sources(t, sample(), "", "DnsEvents")
	for _, text := range append(slices.Clone(hostile), " leading", "trailing ", "a\n\n\nb\n", "\n\nx", "tab\tinside", "a\n\tb", "a \n b", "\u00a0x", "[x]", "a\n  indented\n---\n...\n") {
		if strings.TrimSpace(text) == "" || strings.Contains(text, "\xff") {
			continue
		}
		hunts[0].Hunt.Query = text
		files, _, err := saved.HuntingQueries(hunts, saved.RuleOptions{About: about})
		if err != nil {
			t.Fatal(err)
		}
		if r := readRule(t, files[0].Text); r.Query != text {
			t.Errorf("%q became %q", text, r.Query)
		}
		files, _, err = saved.Template(hunts, saved.RuleOptions{About: about})
		if err != nil {
			if e := new(saved.TooLongError); !errors.As(err, &e) {
				t.Fatal(err)
			}
			continue
		}
		if got := deployed(readTemplate(t, files[0].Text).Resources[0].Properties.Query); got != text {
			t.Errorf("%q is deployed as %q", text, got)
		}
	}
}

func TestSchedule(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		lookback, frequency time.Duration
		every, period       string
		codes               []string
	}{
		{0, 0, "1d", "7d", []string{"rule-overlap"}},
		{day, 0, "1d", "1d", nil},
		{6 * time.Hour, 0, "6h", "6h", nil},
		{90 * time.Minute, 0, "90m", "90m", nil},
		{2 * time.Minute, 0, "5m", "5m", []string{"rule-gap"}},
		{14 * day, 0, "1d", "14d", []string{"rule-overlap"}},
		{30 * day, 0, "1d", "14d", []string{"rule-lookback-cut", "rule-overlap"}},
		{36 * time.Hour, time.Hour, "1h", "36h", []string{"rule-overlap"}},
		{47 * time.Hour, 5 * time.Minute, "5m", "47h", []string{"rule-overlap"}},
		{2 * day, 5 * time.Minute, "1h", "2d", []string{"rule-frequency", "rule-overlap"}},
		{day, time.Minute, "5m", "1d", []string{"rule-frequency", "rule-overlap"}},
		{day, 2 * day, "2d", "2d", []string{"rule-gap"}},
		{20 * day, 20 * day, "14d", "14d", []string{"rule-lookback-cut", "rule-frequency"}},
	} {
		hunts := sources(t, sample(), "", "DnsEvents")
		files, findings, err := saved.AnalyticsRules(hunts, saved.RuleOptions{About: about, Lookback: c.lookback, Frequency: c.frequency})
		if err != nil {
			t.Fatal(err)
		}
		r := readRule(t, files[0].Text)
		if err := checkSchedule(parseSpan(r.Frequency), parseSpan(r.Period)); err != nil || r.Frequency != c.every || r.Period != c.period {
			t.Errorf("%s every %s: %s over %s, %v", c.lookback, c.frequency, r.Frequency, r.Period, err)
		}
		if diff := cmp.Diff(c.codes, codes(findings)); diff != "" {
			t.Errorf("%s every %s (-want +got):\n%s", c.lookback, c.frequency, diff)
		}
	}
}

func codes(findings []feed.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Code)
	}
	return all
}

func TestSeverityAndAttack(t *testing.T) {
	for _, c := range []struct {
		iocs       []feed.IOC
		severity   string
		tactics    []string
		techniques []string
	}{
		{[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, 100)}, "High", []string{"CommandAndControl"}, []string{"T1071"}},
		{[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, 74)}, "Medium", []string{"CommandAndControl"}, []string{"T1071"}},
		{[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, 0)}, "Low", []string{"CommandAndControl"}, []string{"T1071"}},
		{[]feed.IOC{ioc(feed.Domain, "a.example", feed.BotnetCC, feed.NoConfidence)}, "Medium", []string{"CommandAndControl"}, []string{"T1071"}},
		{[]feed.IOC{ioc(feed.Domain, "a.example", feed.CCSkimming, 100)}, "Medium", []string{"Collection"}, []string{"T1056"}},
		{[]feed.IOC{ioc(feed.Domain, "a.example", "", 100), ioc(feed.Domain, "b.example", "odd", 10)}, "Medium", nil, nil},
		{[]feed.IOC{ioc(feed.Domain, "a.example", "", 10)}, "Informational", nil, nil},
		{
			[]feed.IOC{ioc(feed.Domain, "a.example", feed.PayloadDelivery, 80), ioc(feed.Domain, "b.example", feed.BotnetCC, 60), ioc(feed.SHA1, strings.Repeat("a", 40), feed.Payload, 100)},
			"Medium", []string{"InitialAccess", "Execution", "CommandAndControl"}, []string{"T1071", "T1105", "T1204", "T1566"},
		},
	} {
		files, _, err := saved.AnalyticsRules(sources(t, c.iocs, "", "DnsEvents"), saved.RuleOptions{About: about})
		if err != nil {
			t.Fatal(err)
		}
		r := readRule(t, files[0].Text)
		if r.Severity != c.severity || !cmp.Equal(r.Tactics, c.tactics) || !cmp.Equal(r.Techniques, c.techniques) {
			t.Errorf("%v: %s %v %v", c.iocs, r.Severity, r.Tactics, r.Techniques)
		}
	}
}

// TestRuleOfWhatTheHuntFinds takes severity and tactics from the IOCs that the
// very hunt finds, not from all that the table could carry or other parts find.
func TestRuleOfWhatTheHuntFinds(t *testing.T) {
	loud, quiet := ioc(feed.Domain, "a.example", feed.BotnetCC, 100), ioc(feed.Domain, "b.example", feed.Payload, 10)
	s := sources(t, []feed.IOC{loud, quiet}, "", "DnsEvents")[0]
	parts := []saved.Source{s, s}
	parts[0].IOCs, parts[1].IOCs = []feed.IOC{loud}, []feed.IOC{quiet}
	files, _, err := saved.AnalyticsRules(parts, saved.RuleOptions{About: about})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []struct{ severity, tactic string }{{"High", "CommandAndControl"}, {"Low", "Execution"}} {
		if r := readRule(t, files[n].Text); r.Severity != want.severity || !cmp.Equal(r.Tactics, []string{want.tactic}) {
			t.Errorf("part %d: %s %v, want %v", n+1, r.Severity, r.Tactics, want)
		}
	}
}

func TestEntitiesFollowTheOutput(t *testing.T) {
	hunts := sources(t, sample(), "", "DeviceNetworkEvents")
	o := saved.RuleOptions{About: about}
	mapped := func() []string {
		files, _, err := saved.AnalyticsRules(hunts, o)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range readRule(t, files[0].Text).Entities {
			for _, f := range m.Fields {
				all = append(all, m.Type+"."+f.Identifier+"="+f.Column)
			}
		}
		return all
	}
	want := []string{
		"URL.Url=RemoteUrl", "IP.Address=RemoteIP", "Host.FullName=DeviceName",
		"Account.Name=InitiatingProcessAccountName", "File.Name=InitiatingProcessFileName", "Process.CommandLine=InitiatingProcessCommandLine",
	}
	if diff := cmp.Diff(want, mapped()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	hunts[0].Hunt.Columns = []string{"TimeGenerated", "RemoteIP"}
	if diff := cmp.Diff([]string{"IP.Address=RemoteIP"}, mapped()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	hunts[0].Hunt.Columns = []string{"TimeGenerated", "IocMatched"}
	files, findings, err := saved.AnalyticsRules(hunts, o)
	if err != nil {
		t.Fatal(err)
	}
	r := readRule(t, files[0].Text)
	if r.Entities != nil || !slices.Contains(codes(findings), "rule-no-entities") || !cmp.Equal(r.Details, map[string]string{"IocMatched": "IocMatched"}) {
		t.Errorf("%+v %v", r, codes(findings))
	}
}

func TestEntitiesThatFindNoRoom(t *testing.T) {
	s := plain()
	s.IOCs = nil // of none there is nothing to say
	for n := range 9 {
		name := "Ip" + string(rune('A'+n))
		s.Table.IOC.IP = append(s.Table.IOC.IP, kql.Column{Column: name})
		s.Table.Show = append(s.Table.Show, name)
		s.Hunt.Columns = append(s.Hunt.Columns, name)
	}
	files, findings, err := saved.AnalyticsRules([]saved.Source{s}, saved.RuleOptions{About: about})
	if err != nil {
		t.Fatal(err)
	}
	r := readRule(t, files[0].Text)
	if err := r.check(s.Hunt.Columns, true); err != nil || len(r.Entities) != 10 || r.Severity != "Medium" {
		t.Errorf("%v, %d mappings, %s", err, len(r.Entities), r.Severity)
	}
	if f := findings[len(findings)-1]; f.Code != "rule-entities-cut" || !strings.HasSuffix(f.Text, "not mapped: IpI, Name, DeviceName, Upn, FileName") {
		t.Errorf("%v", findings)
	}
}

func TestRuleIDs(t *testing.T) {
	id := func(title string, tables ...string) string {
		files, _, err := saved.AnalyticsRules(sources(t, sample(), "", tables...), saved.RuleOptions{About: saved.About{Title: title}})
		if err != nil {
			t.Fatal(err)
		}
		return readRule(t, files[0].Text).ID
	}
	if first, again := id("A", "DnsEvents"), id("A", "DnsEvents"); first != again {
		t.Error("the same review has two ids")
	}
	if id("A", "DnsEvents") == id("B", "DnsEvents") || id("A", "DnsEvents") == id("A", "UrlClickEvents") {
		t.Error("two rules have one id")
	}
	hunts := sources(t, sample(), "", "DnsEvents")
	files, _, err := saved.AnalyticsRules(append(hunts, hunts...), saved.RuleOptions{About: about})
	if err != nil {
		t.Fatal(err)
	}
	one, two := readRule(t, files[0].Text), readRule(t, files[1].Text)
	if one.ID == two.ID || files[0].Name == files[1].Name || two.Name != one.Name+" (2)" {
		t.Errorf("parts of a hunt: %s %s, %s %s", one.ID, two.ID, files[0].Name, files[1].Name)
	}
}

func TestRuleErrors(t *testing.T) {
	hunts := sources(t, sample(), "", "DnsEvents", "UrlClickEvents")
	o := saved.RuleOptions{About: about}
	for name, write := range map[string]writer{"rules": saved.AnalyticsRules, "hunting": saved.HuntingQueries, "template": saved.Template} {
		nothing := new(saved.NothingError)
		if files, _, err := write(nil, o); files != nil || !errors.As(err, &nothing) {
			t.Errorf("%s of nothing: %v", name, err)
		}
		other := slices.Clone(hunts)
		other[1].Hunt.Target = kql.Defender
		target := new(saved.TargetError)
		if files, _, err := write(other, o); files != nil || !errors.As(err, &target) || target.Table != other[1].Table.Name {
			t.Errorf("%s of a Defender hunt: %v", name, err)
		}
		long := slices.Clone(hunts)
		long[1].Hunt.Query = strings.Repeat("😀", 5_000)
		if _, _, err := write(long, o); err != nil {
			t.Errorf("%s of 10,000 units: %v", name, err)
		}
		long[1].Hunt.Query += "x"
		files, _, err := write(long, o)
		if name == "hunting" {
			if err != nil {
				t.Errorf("a long hunting query: %v", err)
			}
			continue
		}
		e := new(saved.TooLongError)
		if files != nil || !errors.As(err, &e) || !cmp.Equal(e.Queries, []saved.LongQuery{{Table: long[1].Table.Name, Chars: 10_001}}) || !strings.Contains(err.Error(), "split the hunt") {
			t.Errorf("%s over the limit: %v", name, err)
		}
	}
}
