package review

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/kqltest"
)

func tablesOf(hunts []kql.Hunt) (names []string) {
	for _, h := range hunts {
		names = append(names, h.Table)
	}
	return names
}

func findingTexts(fs []feed.Finding, codes ...string) (texts []string) {
	for _, f := range fs {
		for _, c := range codes {
			if f.Code == c {
				texts = append(texts, string(f.Severity)+": "+f.Text)
			}
		}
	}
	return texts
}

func TestHuntsFollowDecisions(t *testing.T) {
	const mailNotHunted = "warning: IOC billing[@]lantern[.]test: no chosen table can carry it; choose another table"
	tests := []struct {
		name   string
		do     []Decision
		tables []string
		not    []string // findings about what is not hunted
	}{
		{
			"as published", nil,
			[]string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents"}, nil,
		},
		{
			"another table", []Decision{ChooseTable{"DeviceFileEvents", true}, ChooseTable{"CommonSecurityLog", false}},
			[]string{"DeviceNetworkEvents", "DnsEvents", "DeviceFileEvents"}, nil,
		},
		{
			"another target", []Decision{SetTarget{kql.Defender}},
			[]string{"DeviceNetworkEvents"}, []string{
				"warning: there is no table CommonSecurityLog in Defender, so it has no hunt",
				"warning: there is no table DnsEvents in Defender, so it has no hunt",
			},
		},
		{
			"a table that carries none of them", []Decision{Include{[]int{0, 1, 2, 3, 4}, false}, ChooseTable{"CommonSecurityLog", false}, ChooseTable{"DeviceNetworkEvents", false}},
			nil, []string{
				"info: DnsEvents can carry none of the IOCs that are on, so it has no hunt",
				"warning: IOC " + strings.Repeat("ab", 32) + ": no chosen table can carry it; choose another table",
				"warning: IOC " + strings.Repeat("0c", 16) + ": no chosen table can carry it; choose another table", mailNotHunted,
			},
		},
		{
			"no table", []Decision{Include{[]int{0, 4, 5, 6}, false}, ChooseTable{"CommonSecurityLog", false}, ChooseTable{"DeviceNetworkEvents", false}, ChooseTable{"DnsEvents", false}},
			nil, []string{"warning: 3 of type ip:port: no chosen table can carry them; choose another table", mailNotHunted},
		},
		{"nothing on", []Decision{Include{[]int{0, 1, 2, 3, 4, 5, 6, 7}, false}}, nil, []string{
			"info: CommonSecurityLog can carry none of the IOCs that are on, so it has no hunt",
			"info: DeviceNetworkEvents can carry none of the IOCs that are on, so it has no hunt",
			"info: DnsEvents can carry none of the IOCs that are on, so it has no hunt",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, lantern(t))
			decide(t, r, tt.do...)
			_, findings := huntsOf(r, false)
			if diff := cmp.Diff(tt.not, findingTexts(findings, "no-table", "no-hunt", "not-hunted")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.tables, tablesOf(bindHunts(t, r))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNotHuntedNamesItsPlace(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, ChooseTable{"CommonSecurityLog", false}, ChooseTable{"DeviceNetworkEvents", false})
	_, findings := huntsOf(r, false)
	for _, f := range findings {
		if f.Code == "not-hunted" && strings.Contains(f.Text, "billing") && f.Source == (feed.Source{Name: "lantern.md", Line: 16}) {
			return
		}
	}
	t.Errorf("no finding names line 16: %v", findings)
}

func TestHuntsTakeLookbackTargetAndTitle(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetLookback{90 * 60e9}, SetTarget{kql.Defender})
	hunts := bindHunts(t, r)
	if len(hunts) != 1 || !strings.Contains(hunts[0].Query, "Timestamp > ago(90m)") || hunts[0].Target != kql.Defender ||
		!strings.HasPrefix(hunts[0].Query, "// DeviceNetworkEvents in Defender, 8 of 8 IOCs: Lantern RAT\n") {
		t.Errorf("%+v", hunts)
	}
	bare, _ := huntsOf(r, true)
	if strings.Contains(bare[0].Query, "//") {
		t.Errorf("there is a comment in\n%s", bare[0].Query)
	}
}

func TestScenariosInHunts(t *testing.T) {
	line := func(h kql.Hunt, title string) string {
		for l := range strings.Lines(h.Query) {
			if strings.Contains(l, "scenario: "+title) {
				return strings.TrimSuffix(l, "\n")
			}
		}
		return ""
	}
	fits := map[exclusions.Fit]int{}
	for _, do := range []Attach{{}, {On: true}, {On: true, Accept: exclusions.Dangerous}} {
		r := start(t, lantern(t))
		decide(t, r, ChooseTable{"DeviceFileEvents", true})
		for i := range r.Scenarios() {
			if do.Scenario = i; do.On {
				decide(t, r, do)
			}
		}
		judged := r.Plan(false).Fits()
		for _, h := range bindHunts(t, r) {
			for i, s := range r.Scenarios() {
				at := slices.IndexFunc(judged[i], func(f TableFit) bool { return f.Table.Name == h.Table })
				v := judged[i][at].Verdict
				fits[v.Fit]++
				want := ""
				switch {
				case !do.On || v.Condition == nil:
				case v.Fit == exclusions.Expressible:
					want = "| where not(" + v.KQL + ") // scenario: " + s.Title
				case do.Accept != "" && v.Fit != exclusions.NoEffect:
					want = "| where not(" + v.KQL + ") // scenario: " + s.Title + " [" + string(v.Fit) + ": " + v.Reason + "]"
				}
				if got := line(h, s.Title); got != want {
					t.Errorf("%s, %+v: the line of %q is\n%s\nwant\n%s", h.Table, do, s.Title, got, want)
				}
			}
		}
	}
	for _, f := range []exclusions.Fit{exclusions.Expressible, exclusions.Partly, exclusions.NoColumn} {
		if fits[f] == 0 {
			t.Errorf("no scenario here is %s, so the test says little: %v", f, fits)
		}
	}
}

// TestAttachedScenariosAreInHuntsOrFindings checks that no attached scenario is
// missing from a hunt unsaid.
func TestAttachedScenariosAreInHuntsOrFindings(t *testing.T) {
	for _, do := range []Attach{{}, {On: true}, {On: true, Accept: exclusions.Dangerous}} {
		r := start(t, lantern(t))
		decide(t, r, ChooseTable{"DeviceFileEvents", true})
		for i := range r.Scenarios() {
			if do.Scenario = i; do.On {
				decide(t, r, do)
			}
		}
		hunts, findings := huntsOf(r, false)
		said := findingTexts(findings, "not-excluded")
		if !do.On && len(said) > 0 {
			t.Errorf("nothing is attached, and yet: %q", said)
		}
		for i, fits := range r.Plan(false).Fits() {
			name := fmt.Sprintf("scenario %d, %s, ", i+1, r.Scenarios()[i].Title)
			for k, f := range fits {
				if f.Table.Name != hunts[k].Table || f.Risky() != (f.Fit == exclusions.Partly || f.Fit == exclusions.Dangerous) {
					t.Errorf("%+v: %+v", do, f)
				}
				inHunt := strings.Contains(hunts[k].Query, "// scenario: "+r.Scenarios()[i].Title)
				inFinding := slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, name) && strings.Contains(s, f.Table.Name) })
				if inHunt != f.Used || do.On && inHunt == inFinding {
					t.Errorf("%+v: scenario %d is used %v, in the hunt of %s %v, in a finding %v", do, i+1, f.Used, f.Table.Name, inHunt, inFinding)
				}
			}
		}
	}
	d := lantern(t)
	d.Scenarios[1].Title = ""
	r := start(t, d)
	decide(t, r, Attach{Scenario: 1, On: true})
	_, findings := huntsOf(r, false)
	said := findingTexts(findings, "not-excluded")
	for _, text := range said {
		if !strings.HasPrefix(text, "warning: scenario 2 is ") {
			t.Error(text)
		}
	}
	if len(said) == 0 {
		t.Fatal("an attached scenario of which the text is cut off is used without a word")
	}
	decide(t, r, Include{[]int{8}, true})
	_, findings = huntsOf(r, false)
	for _, words := range [][]string{
		{said[0], "where only a part of it can be used: ", "--accept-partly"}, {findingTexts(findings, "not-excluded")[0], "where it is dangerous: ", "--accept-risks"},
	} {
		if !strings.Contains(words[0], words[1]) || !strings.HasSuffix(words[0], "; it is put there when that is accepted (! in the workbench, "+words[2]+" on the command line)") {
			t.Errorf("%q is not said in %q", words[1], words[0])
		}
	}
}

func TestUses(t *testing.T) {
	c := kql.Test{Field: "device.name", Op: kql.Is, Values: []string{"build-1"}}
	plainly, accepted := attachment{attached: true}, attachment{attached: true, accepted: exclusions.Dangerous}
	tests := []struct {
		fit                 exclusions.Fit
		plainly, ifAccepted bool
	}{
		{exclusions.Expressible, true, true},
		{exclusions.Partly, false, true},
		{exclusions.Dangerous, false, true},
		{exclusions.NoColumn, false, false},
		{exclusions.NoEffect, false, false},
		{"", false, false},
	}
	for _, tt := range tests {
		v := exclusions.Verdict{Fit: tt.fit, Condition: c}
		if plainly.uses(v) != tt.plainly || accepted.uses(v) != tt.ifAccepted || (attachment{}).uses(v) {
			t.Errorf("%q is used: %v, with its risks accepted: %v, detached: %v", tt.fit, plainly.uses(v), accepted.uses(v), attachment{}.uses(v))
		}
		v.Condition = nil
		if tt.fit != exclusions.Expressible && accepted.uses(v) {
			t.Errorf("%q is used without a condition", tt.fit)
		}
	}
}

// distinct is a document of IOCs none of which is a part of another.
func distinct(t testing.TB) *feed.Bulletin {
	t.Helper()
	d := &feed.Bulletin{Source: feed.Source{Name: "distinct.md", Line: 1}, Family: "Lantern RAT", Total: feed.NoTotal}
	for n := 100; n < 104; n++ {
		for _, i := range []struct {
			kind  feed.Type
			value string
		}{
			{feed.IPPort, fmt.Sprintf("192.0.2.%d:4%d", n, n)}, {feed.IP, fmt.Sprintf("198.51.100.%d", n)}, {feed.Domain, fmt.Sprintf("d%d.example", n)},
			{feed.URL, fmt.Sprintf("http://u%d.example.org/p%d?q=\"%d", n, n, n)}, {feed.URL, fmt.Sprintf("https://203.0.113.%d/x", n)},
			{feed.SHA256, strings.Repeat(fmt.Sprintf("%04x", n), 16)}, {feed.SHA1, strings.Repeat(fmt.Sprintf("%04x", n+16), 10)}, {feed.MD5, strings.Repeat(fmt.Sprintf("%04x", n+32), 8)},
			{feed.CIDR, fmt.Sprintf("2001:db8:%d::/48", n)}, {feed.Email, fmt.Sprintf("m%d@x%d.test", n, n)}, {feed.FileName, fmt.Sprintf("f%d.exe", n)},
			{feed.SHA512, strings.Repeat(fmt.Sprintf("%04x", n+48), 32)}, {feed.SHA3384, strings.Repeat(fmt.Sprintf("%04x", n+64), 24)},
			{feed.EnvelopeFrom, fmt.Sprintf("e%d@y%d.test", n, n)}, {feed.BodyFrom, fmt.Sprintf("b%d@z%d.test", n, n)},
		} {
			d.IOCs = append(d.IOCs, indicator(t, i.kind, i.value, feed.Source{Name: "distinct.md", Line: 10 + len(d.IOCs)}))
		}
	}
	return d
}

// TestHuntsLookForWhatIsOn checks that an IOC is in a query where it is on and
// a chosen table can carry it, and in a finding where none can; and that no
// query names an IOC that is off.
func TestHuntsLookForWhatIsOn(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds(t, 6) {
		r := start(t, distinct(t))
		var on []int
		for at := range r.IOCs().Len() {
			if random.IntN(3) == 0 {
				on = append(on, at)
			}
		}
		_, _ = r.Decide(Invert{on}, "jk", atNoon)
		_, _ = r.Decide(SetTarget{kqlTargets[random.IntN(2)]}, "jk", atNoon)
		for _, table := range r.Catalogue().Tables() {
			if random.IntN(3) == 0 {
				_, _ = r.Decide(ChooseTable{table.Name, random.IntN(2) == 0}, "jk", atNoon)
			}
		}
		checkHunted(t, r)
	}
}

func checkHunted(t *testing.T, r *Review) {
	t.Helper()
	hunts, findings := huntsOf(r, false)
	said := strings.Join(findingTexts(findings, "not-hunted"), "\n")
	queries := AllHunts(hunts)
	for at := range r.IOCs().Len() {
		i := r.IOCs().At(at)
		carried := false
		for _, h := range hunts {
			table, _ := r.Catalogue().Table(h.Table)
			carried = carried || table.Carries(i)
		}
		named := false
		for _, text := range []string{i.Value, i.Host()} {
			named = named || text != "" && (strings.Contains(queries, text) || strings.Contains(queries, kql.QuoteRegex(text)))
		}
		alone := strings.Contains(said, "IOC "+feed.Defang(i.Type, i.Value)+":")
		reported := alone || strings.Contains(said, "IOCs of type "+string(i.Type)+":")
		switch {
		case !r.On(at) && named:
			t.Errorf("%s is off and yet in\n%s", i.Value, queries)
		case r.On(at) && carried != named:
			t.Errorf("%s is on; carried: %v, in a query: %v", i.Value, carried, named)
		case r.On(at) && !carried && !reported, carried && alone:
			t.Errorf("%s is on; carried: %v, in a finding: %v\n%s", i.Value, carried, reported, said)
		}
	}
	for _, h := range hunts {
		kqltest.Bind(t, string(h.Target), h.Query)
	}
}

func TestTables(t *testing.T) {
	first, second := lantern(t), lantern(t)
	second.Source.Name, second.Tables = "second.md", []feed.TableNote{{Name: "DnsEvents", Note: "only the resolvers"}, {Name: "DnsEvents", Note: "only the resolvers"}, {Name: "NoSuchTable"}}
	r := start(t, first, second)
	decide(t, r, SetTarget{kql.Defender})
	type row struct {
		Name                         string
		Chosen, Available, Published bool
		Carries                      int
		Note                         string
	}
	var got []row
	for _, s := range r.Tables() {
		got = append(got, row{s.Table.Name, s.Chosen, s.Available, s.Published, s.Carries, s.Note})
	}
	const note = "Ensure this data connector is enabled"
	want := []row{
		{"CommonSecurityLog", true, false, true, 8, note},
		{"DeviceNetworkEvents", true, true, true, 8, note},
		{"DnsEvents", true, false, true, 5, note + "; only the resolvers"},
		{"UrlClickEvents", false, true, false, 5, ""},
		{"DeviceFileEvents", false, true, false, 8, ""},
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Error(diff)
	}
}

func TestTablesWhereNoneIsAskedFor(t *testing.T) {
	d := lantern(t)
	d.IOCs, d.Tables = d.IOCs[5:6], nil // a hash alone
	r := start(t, d)
	for _, s := range r.Tables() {
		if s.Chosen != (s.Carries > 0 && s.Table.Usual) {
			t.Errorf("%s is chosen: %v, and can carry %d", s.Table.Name, s.Chosen, s.Carries)
		}
	}
	bindHunts(t, r)
}

func TestAllHunts(t *testing.T) {
	if got := AllHunts([]kql.Hunt{{Query: "a\n| b"}, {Query: "c"}}); got != "a\n| b\n\nc" {
		t.Errorf("%q", got)
	}
	if got := AllHunts(nil); got != "" {
		t.Errorf("%q", got)
	}
}

// TestPlanLeavesOutWhatTheTargetLacks: a tab without a hunt would be empty.
func TestPlanLeavesOutWhatTheTargetLacks(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetTarget{kql.Defender})
	if diff := cmp.Diff([]string{"DeviceNetworkEvents"}, r.Plan(false).Tables()); diff != "" {
		t.Error(diff)
	}
}

// TestPlanStays: what was planned is hunted, whatever is decided later.
func TestPlanStays(t *testing.T) {
	r := start(t, lantern(t))
	before := r.Plan(false)
	want := AllHunts(r.Plan(false).Hunts())
	decide(t, r, SetTarget{kql.Defender}, Include{[]int{0, 1}, false}, SetMatch{kql.ExactMatch}, SetLong{SplitLong})
	if got := AllHunts(before.Hunts()); got != want {
		t.Error("a plan changes with the review")
	}
}

// TestLongHunts splits a hunt into parts that a rule takes, or lets it read the
// watchlist whose name the export gives.
func TestLongHunts(t *testing.T) {
	d := lantern(t)
	d.IOCs = d.IOCs[:0]
	for n := range 200 {
		d.IOCs = append(d.IOCs, indicator(t, feed.Domain, fmt.Sprintf("a-rather-long-name-%d.example", n), feed.Source{Name: "lantern.md", Line: n + 1}))
	}
	r := start(t, d)
	whole := r.Plan(false).Hunts()
	if whole[0].Chars <= kql.RuleChars {
		t.Fatalf("the hunt has %d characters only", whole[0].Chars)
	}
	decide(t, r, SetLong{SplitLong})
	parts, _ := r.Plan(false).Hunt("DnsEvents")
	iocs := 0
	for n, h := range parts {
		iocs += h.IOCs
		if h.Chars > kql.RuleChars || h.Part != n+1 || h.Parts != len(parts) {
			t.Errorf("part %d of %d, %d characters", h.Part, h.Parts, h.Chars)
		}
	}
	if len(parts) < 2 || iocs != 200 {
		t.Errorf("%d parts with %d IOCs", len(parts), iocs)
	}
	decide(t, r, SetLong{WatchlistLong})
	bindHunts(t, r)
	alias, needed := r.Plan(false).Watchlist()
	files, _, err := r.watchlist(signature)
	if err != nil || !needed || alias != r.Alias() || !strings.HasPrefix(files[0].Name, alias) {
		t.Errorf("alias %q, needed %v, file %v, %v", alias, needed, files, err)
	}
	decide(t, r, SetTarget{kql.Defender})
	if _, needed := r.Plan(false).Watchlist(); needed {
		t.Error("a hunt in Defender reads a watchlist")
	}
}
