package exclusions

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/internal/require"
	"quarry/kql"
)

// published is a folder beside the repository with real bulletins.
const published = "../../shared/bulletins"

// scenariosOf takes the scenarios out of a bulletin's text. The reader of
// package bulletin does more; here only the filters matter.
func scenariosOf(t *testing.T, name string) []feed.Scenario {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(published, name))
	if err != nil {
		t.Fatal(err)
	}
	var all []feed.Scenario
	for _, line := range strings.Split(string(text), "\n") {
		if title, ok := strings.CutPrefix(line, "Scenario: "); ok {
			all = append(all, feed.Scenario{Title: title})
		}
		if filter, ok := strings.CutPrefix(line, "Filter/Exclusion: "); ok {
			s := &all[len(all)-1]
			s.Filter, s.Cut = filter, !strings.HasSuffix(filter, ".")
		}
	}
	return all
}

// TestPublished judges the ten scenarios of two real bulletins as a person
// did: none can be said on the DNS and firewall tables as it stands.
func TestPublished(t *testing.T) {
	require.Optional(t, published)
	const network, dns, firewall = "DeviceNetworkEvents", "DnsEvents", "CommonSecurityLog"
	names := []string{network, dns, firewall}
	tests := []struct {
		file string
		iocs []feed.IOC
		want [][3]Fit // of the scenarios, on the tables
	}{
		{"000_5e5483882bde812f.txt", mixed[:2], [][3]Fit{
			{Dangerous, NoColumn, NoColumn}, // names the malware
			{Partly, NoColumn, NoColumn},    // who is a "high-privileged admin"?
			{Dangerous, NoColumn, NoColumn}, // names the malware
			{Dangerous, NoColumn, NoColumn}, // names the malware
			{Partly, NoColumn, NoColumn},    // cut off
		}},
		{"001_b4f42d809ef9bb89.txt", domains, [][3]Fit{
			{NoEffect, NoEffect, Partly},    // another host than the IOCs; the firewall may log it as a referrer
			{NoEffect, NoEffect, Dangerous}, // another host; all scripts
			{NoColumn, NoColumn, NoColumn},  // tasks
			{Partly, NoColumn, NoColumn},    // "any known security tool"
			{Partly, NoColumn, NoColumn},    // signers without a name
		}},
	}
	for _, tt := range tests {
		scenarios := scenariosOf(t, tt.file)
		if len(scenarios) != len(tt.want) {
			t.Fatalf("%s: %d scenarios, want %d", tt.file, len(scenarios), len(tt.want))
		}
		for i, s := range scenarios {
			r := Read(s)
			for k, name := range names {
				v := Judge(Case{Reading: r, Table: table(t, name), Target: kql.Sentinel, IOCs: tt.iocs, Families: []string{"Nanocore RAT"}})
				if v.Fit != tt.want[i][k] {
					t.Errorf("%s, scenario %d on %s: %s (%s), want %s\n%s", tt.file, i+1, name, v.Fit, v.Reason, tt.want[i][k], kql.FormatCondition(r.Condition))
				}
				if v.Fit == Expressible && slices.Contains([]string{dns, firewall}, name) {
					t.Errorf("%s, scenario %d can be said on %s", tt.file, i+1, name)
				}
			}
		}
	}
	scenarios := scenariosOf(t, tests[0].file)
	cut := scenarios[4]
	r := Read(cut)
	if len(r.Unread) != 1 || !strings.HasSuffix(cut.Filter, cut.Filter[r.Unread[0].Start:r.Unread[0].End]) || r.Complete {
		t.Errorf("the last word of a filter that is cut off was read: %s, unread %v", kql.FormatCondition(r.Condition), r.Unread)
	}
}
