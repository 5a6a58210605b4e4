package exclusions

import (
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// What a filter says to find or to keep is never left out.
func TestReadKept(t *testing.T) {
	const processes, hosts = " processes named acme.exe.", " connections to example.com."
	for _, verb := range []string{
		"Filter for", "Alert on", "Alert for", "Flag", "Hunt for", "Hunt", "Detect", "Keep", "Look for", "Search for", "Watch for", "Monitor",
		"Investigate", "Report", "Escalate", "Trigger an alert for", "Show", "Select", "Retain", "Block", "Find", "Identify", "Include",
		"Only include", "Include only", "Only alert on", "Alert only on", "Always alert on", "Please flag", "You should keep", "filter  for",
		"Do not exclude", "Don't exclude", "Don’t exclude", "Never exclude", "Must not exclude", "Do not ignore", "Do not filter out",
		"Never suppress", "Do not whitelist", "Avoid excluding", "Use this rule to detect", "The rule must detect",
		"Exclude acme2.exe but keep", "Exclude acme2.exe and alert on", "Exclude acme2.exe, but do not exclude", "Exclude acme2.exe and filter for",
	} {
		for _, filter := range []string{verb + processes, verb + hosts, verb + ":\nprocess.name == \"acme.exe\"", verb + " acme.exe; example.com"} {
			r := Read(feed.Scenario{Filter: filter})
			if r.Condition != nil || len(r.Unread) != 1 || r.Unread[0] != (Span{0, len(filter)}) {
				t.Errorf("%s\nread as %s, unread %v, want nothing read", filter, kql.FormatCondition(r.Condition), r.Unread)
			}
		}
	}
	for _, filter := range []string{
		"Processes named acme.exe must not be excluded.", "Processes named acme.exe should be flagged.", "There should be no exclusion for acme.exe.",
		"Check the process name acme.exe and alert on it.", "Filter for events where process.name != \"acme.exe\"",
	} {
		if r := Read(feed.Scenario{Filter: filter}); r.Condition != nil {
			t.Errorf("%s\nread as %s, want nothing read", filter, kql.FormatCondition(r.Condition))
		}
	}
}

// The same words elsewhere are words like any other.
func TestReadNotKept(t *testing.T) {
	tests := []struct{ filter, condition string }{
		{"Do not alert on processes named acme.exe.", `process.name is "acme.exe"`},
		{"Do not flag connections to example.com.", `remote.host is "example.com"`},
		{"Never alert on processes named acme.exe.", `process.name is "acme.exe"`},
		{"Filter out processes named acme.exe.", `process.name is "acme.exe"`},
		{"Filter by process.name == \"acme.exe\"", `process.name is "acme.exe"`},
		{"Exclude alerts from host LAB-7.", `device.name is "LAB-7"`},
		{"Exclude find.exe and select.exe.", `process.name is one of ("find.exe", "select.exe")`},
		{"Exclude processes with the --sync flag and flag --once.", `process.command_line contains "--sync" and process.command_line contains "--once"`},
		{"Exclude processes where the command line includes keep or monitor.", `process.command_line contains one of ("keep", "monitor")`},
		{"Exclude processes named acme.exe that should be flagged as benign.", `process.name is "acme.exe"`},
		{"Alert on other.exe. Exclude acme.exe.", `process.name is "acme.exe"`},
	}
	for _, tt := range tests {
		if got := kql.FormatCondition(Read(feed.Scenario{Filter: tt.filter}).Condition); got != tt.condition {
			t.Errorf("%s\nread as %s\nwant    %s", tt.filter, got, tt.condition)
		}
	}
}
