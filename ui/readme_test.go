package ui

import (
	"flag"
	"os"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// TestReadmeListsTheKeys holds the README's table of keys to the list of
// actions; -update writes it.
func TestReadmeListsTheKeys(t *testing.T) { checkReadme(t, "keys", keyTable()) }

// TestReadmeShowsAHunt holds the README's hunt to what is written.
func TestReadmeShowsAHunt(t *testing.T) {
	checkReadme(t, "hunt", "```kusto\n"+exampleHunt(t)+"\n```\n")
}

// exampleHunt has two IOCs, one with a port, and an exclusion.
func exampleHunt(t *testing.T) string {
	t.Helper()
	c, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	table, ok := c.Table("DnsEvents")
	if !ok {
		t.Fatal("there is no table DnsEvents")
	}
	hunt, err := table.Hunt(kql.NewSelection(kql.NewIndicators([]feed.IOC{
		{Type: feed.Domain, Value: "evil.example", Threat: feed.BotnetCC, Confidence: 100},
		{Type: feed.IPPort, Value: "192.0.2.10:443", Threat: feed.BotnetCC, Confidence: 75},
	})), kql.Options{Target: kql.Sentinel, Title: "Otter RAT", Exclusions: []kql.Exclusion{
		{Title: "Sandbox", Condition: kql.Test{Field: "device.name", Op: kql.Is, Values: []string{"sandbox.example.com"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return hunt.Query
}

// checkReadme compares what stands in README.md between two comments; with
// -update it is written there.
func checkReadme(t *testing.T, part, want string) {
	t.Helper()
	const path = "../README.md"
	begin, end := "<!-- "+part+" -->\n", "<!-- /"+part+" -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(readme), begin)
	body, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md has no %s ... %s", strings.TrimSpace(begin), end)
	}
	if body == want {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("what README.md has between %s and %s is out of date; go test ./ui -run TestReadme -update writes it:\n%s", strings.TrimSpace(begin), end, want)
}

// keyTable is the table of all actions in Markdown.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | where | what |\n|---|---|---|\n")
	for _, a := range actions() {
		where := "everywhere"
		if a.panes != nil {
			names := make([]string, len(a.panes))
			for i, p := range a.panes {
				names[i] = paneNames[p]
			}
			where = strings.Join(names, ", ")
		}
		keys := make([]string, len(a.keys))
		for i, k := range a.keys {
			keys[i] = "`" + keyName(k) + "`"
		}
		if len(keys) == 0 {
			keys = []string{"`:` " + a.name}
		}
		b.WriteString("| " + strings.Join(keys, " ") + " | " + where + " | " + strings.ReplaceAll(a.help, "|", "\\|") + " |\n")
	}
	return b.String()
}
