package exclusions

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

func TestLint(t *testing.T) {
	tables, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int) feed.Source { return feed.Source{Name: "b.md", Line: line} }
	b := &feed.Bulletin{
		Family: "Gravel RAT",
		IOCs:   []feed.IOC{{Type: feed.Domain, Value: "evil.example"}},
		Tables: []feed.TableNote{{Name: "DnsEvents"}, {Name: "NoSuchTable"}, {Name: "DnsEvents"}},
		Scenarios: []feed.Scenario{
			{Title: "fine", Filter: "Exclude activity from the host LAB-7.", Source: at(10)},
			{Title: "processes", Filter: "Exclude processes named acme.exe.", Source: at(20)},
			{Title: "elsewhere", Filter: "Exclude connections to github.com.", Source: at(30)},
			{Title: "the IOC", Filter: "Exclude connections to evil.example.", Source: at(40)},
			{Title: "vague", Filter: "Exclude approved tools.", Source: at(50)},
			{Title: "empty", Source: at(60)},
		},
	}
	want := []feed.Finding{
		{Code: "scenario-no-column", Severity: feed.Warning, Source: at(20),
			Text: `the scenario "processes" cannot be said on any table that the document asks for: DnsEvents has no process columns: it cannot tell which process acted`},
		{Code: "scenario-no-effect", Severity: feed.Info, Source: at(30),
			Text: `the scenario "elsewhere" leaves nothing out on DnsEvents: the query matches evil.example; nothing in it goes to github.com`},
		{Code: "scenario-dangerous", Severity: feed.Error, Source: at(40),
			Text: `the scenario "the IOC" is dangerous on DnsEvents: it covers every IOC that is on, so the hunt would find nothing`},
		{Code: "scenario-not-understood", Severity: feed.Warning, Source: at(50),
			Text: `the scenario "vague": nothing of its filter was understood; write a condition or leave it out`},
		{Code: "scenario-not-understood", Severity: feed.Warning, Source: at(60),
			Text: `the scenario "empty" has no filter; write a condition or leave it out`},
	}
	if diff := cmp.Diff(want, Lint(b, tables)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	b.Tables = nil
	for _, f := range Lint(b, tables) {
		if f.Code != "scenario-not-understood" {
			t.Errorf("without tables: %s", f)
		}
	}
}
