package exclusions

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

// filterCase is a record of testdata/filters.txt.
type filterCase struct {
	line      int
	domains   bool
	scenario  feed.Scenario
	condition string
	unread    []string
	fit       map[string]Fit
	leavesOut []row
	keeps     []row
}

func filterCases(t testing.TB) []filterCase {
	t.Helper()
	text, err := os.ReadFile("testdata/filters.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []filterCase
	c := filterCase{}
	for n, line := range append(strings.Split(string(text), "\n"), "") {
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && c.scenario.Filter != "":
			all = append(all, c)
			c = filterCase{}
		case line == "" || strings.HasPrefix(line, "#"):
		case key == "iocs":
			c.domains = value == "domains"
		case key == "cut":
			c.scenario.Cut = true
		case key == "filter":
			c.line, c.scenario.Filter = n+1, strings.ReplaceAll(value, `:\n`, ":\n")
		case key == "condition":
			c.condition = value
		case key == "unread":
			c.unread = append(c.unread, strings.ReplaceAll(value, `:\n`, ":\n"))
		case key == "fit":
			c.fit = fits(value)
		case key == "leaves out":
			c.leavesOut = append(c.leavesOut, rowOf(value))
		case key == "keeps":
			c.keeps = append(c.keeps, rowOf(value))
		default:
			t.Fatalf("filters.txt:%d: unknown line %q", n+1, line)
		}
	}
	return all
}

func fits(s string) map[string]Fit {
	all := map[string]Fit{}
	for _, f := range strings.Split(s, "; ") {
		table, fit, _ := strings.Cut(f, " ")
		all[table] = Fit(fit)
	}
	return all
}

// The hunts of filters.txt.
var (
	mixed = []feed.IOC{
		{Type: feed.Domain, Value: "evil.example"},
		{Type: feed.IPPort, Value: "203.0.113.66:443"},
		{Type: feed.URL, Value: "http://payload.example/drop/setup.exe"},
		{Type: feed.SHA256, Value: strings.Repeat("ab", 32)},
	}
	domains = []feed.IOC{{Type: feed.Domain, Value: "evil.example"}, {Type: feed.Domain, Value: "bad.example.net"}}
	malware = []string{"Gravel RAT"}
)

func (c filterCase) iocs() []feed.IOC {
	if c.domains {
		return domains
	}
	return mixed
}

func table(t testing.TB, name string) *kql.Table {
	t.Helper()
	tables, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	tb, ok := tables.Table(name)
	if !ok {
		t.Fatalf("there is no table %s", name)
	}
	return tb
}

func TestFilters(t *testing.T) {
	cases := filterCases(t)
	if len(cases) < 60 {
		t.Errorf("%d filters, want at least 60", len(cases))
	}
	for _, c := range cases {
		r := Read(c.scenario)
		if got := kql.FormatCondition(r.Condition); got != c.condition {
			t.Errorf("filters.txt:%d:\n%s\nread as %s\nwant    %s", c.line, c.scenario.Filter, got, c.condition)
		}
		var unread []string
		for _, s := range r.Unread {
			unread = append(unread, c.scenario.Filter[s.Start:s.End])
		}
		if diff := cmp.Diff(c.unread, unread); diff != "" {
			t.Errorf("filters.txt:%d: unread words (-want +got):\n%s", c.line, diff)
		}
		if len(c.fit) == 0 {
			t.Errorf("filters.txt:%d: there is no fit", c.line)
		}
		for name, want := range c.fit {
			v := Judge(Case{Reading: r, Table: table(t, name), Target: kql.Sentinel, IOCs: c.iocs(), Families: malware})
			if v.Fit != want {
				t.Errorf("filters.txt:%d: %s: %q (%s), want %q", c.line, name, v.Fit, v.Reason, want)
			}
		}
		for _, row := range c.leavesOut {
			if !row.meets(r.Condition) {
				t.Errorf("filters.txt:%d: %v is kept, want it left out", c.line, row)
			}
		}
		for _, row := range c.keeps {
			if row.meets(r.Condition) {
				t.Errorf("filters.txt:%d: %v is left out, want it kept", c.line, row)
			}
		}
	}
}
