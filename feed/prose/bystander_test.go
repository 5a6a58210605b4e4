package prose

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLabelsOfBystanders: what stands behind a label that names who was attacked, who
// asks or who registered is a mention, plain or defanged; what a connection comes from
// or goes to is none of those.
func TestLabelsOfBystanders(t *testing.T) {
	for _, c := range []struct {
		line, value string
		on          bool
	}{
		{"Recipient: a@corp.example", "a@corp.example", false},
		{"Recipients: b@corp.example; a@corp.example", "a@corp.example", false},
		{"Recipients: b@corp.example and a[@]corp[.]example", "a@corp.example", false},
		{"Recipient address: a@corp.example", "a@corp.example", false},
		{"**Recipient 1:** a@corp.example", "a@corp.example", false},
		{"- To: a@corp.example", "a@corp.example", false},
		{"Cc: a@corp.example", "a@corp.example", false},
		{"Sender: x[@]evil[.]example, Recipient: a@corp.example", "a@corp.example", false},
		{"User: a@corp.example", "a@corp.example", false},
		{"User: a@corp.example (192.0.2.7)", "192.0.2.7", false},
		{"Affected user: a@corp.example clicked the link", "a@corp.example", false},
		{"Targeted user = a@corp.example", "a@corp.example", false},
		{"Mailbox: a[@]corp[.]example", "a@corp.example", false},
		{"Username: a@corp.example", "a@corp.example", false},
		{"Compromised account: a@corp.example", "a@corp.example", false},
		{"Our IP: 192.0.2.7", "192.0.2.7", false},
		{"Our mail server: 192.0.2.7", "192.0.2.7", false},
		{"our own scanner is 192.0.2.7", "192.0.2.7", false},
		{"Internal IP: 192.0.2.7", "192.0.2.7", false},
		{"NAT IP: 192.0.2.7", "192.0.2.7", false},
		{"Abuse contact: abuse@host.example", "abuse@host.example", false},
		{"Registrar: https://names.example/whois", "https://names.example/whois", false},
		{"Name server: ns1[.]names[.]example", "ns1.names.example", false},
		{"Registrant email: a@corp.example", "a@corp.example", false},
		{"Reported by: a@corp.example", "a@corp.example", false},
		{"Analyst: a@corp.example", "a@corp.example", false},
		{"Victim host: pc.corp.example", "pc.corp.example", false},

		{"Source IP: 192.0.2.7", "192.0.2.7", true},
		{"Destination: 192.0.2.7", "192.0.2.7", true},
		{"Target: 192.0.2.7", "192.0.2.7", true},
		{"To: 192.0.2.7", "192.0.2.7", true},
		{"Redirects to: a[.]example", "a.example", true},
		{"Hosts related to: 192.0.2.7", "192.0.2.7", true},
		{"Sender: a@evil.example", "a@evil.example", true},
		{"Contact: a[@]ransom[.]example", "a@ransom.example", true},
		{"User: b@corp.example visited a[.]example", "a.example", true},
		{"User: b@corp.example, C2: 192.0.2.7", "192.0.2.7", true},
		{"User: b@corp.example -> hxxp://a[.]example/x", "http://a.example/x", true},
		{"Our sample: " + md5Hex, md5Hex, true},
		{"Our analysis: 192.0.2.7", "192.0.2.7", true},
	} {
		b, err := collect(t, lines("# Phishing", "", "## IOCs", "", "x[.]evil[.]example", c.line))
		if err != nil {
			t.Fatal(err)
		}
		on, context := false, "none"
		for _, i := range b.IOCs {
			on = on || i.Value == c.value
		}
		for _, i := range b.Mentions {
			if i.Value == c.value {
				context = i.Context
			}
		}
		if on != c.on || !c.on && !strings.Contains(context, "behind the label ") && !strings.Contains(context, "said to be no IOC") {
			t.Errorf("%s: on %t, %s", c.line, on, context)
		}
	}
	told := findingOf(t, lines("## IOCs", "x[.]example", "Recipient: a@corp.example", "Cc: b@corp.example"), "set-aside")
	if !strings.Contains(told, "2, from this line on, where it says \"Recipient\"") {
		t.Errorf("%q", told)
	}
}

// TestMailboxOfTheAttacker: where stolen mail goes to is an IOC.
func TestMailboxOfTheAttacker(t *testing.T) {
	got := decided(t, lines("## Indicators", "Forwarded to: drop[@]evil[.]example", "Sent to: drop2[@]evil[.]example"))
	if diff := cmp.Diff([]string{"* drop@evil.example", "* drop2@evil.example"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestRowsOfBystanders: the first cell of a row is such a label, too.
func TestRowsOfBystanders(t *testing.T) {
	for _, head := range [][]string{{"| Field | Value |", "|---|---|"}, {"| Type | Value |", "|---|---|"}, nil} {
		text := lines(slices.Concat([]string{"## IOCs", ""}, head, []string{"| Sender | x[@]evil[.]example |", "| Recipient | a@corp.example |", "| Name servers | ns1[.]names[.]example, ns2[.]names[.]example |", "| C2 | 192.0.2.7 |"})...)
		want := []string{"* x@evil.example", "* 192.0.2.7", "  a@corp.example", "  ns1.names.example", "  ns2.names.example"}
		if diff := cmp.Diff(want, decided(t, text)); diff != "" {
			t.Errorf("%q: %s", head, diff)
		}
	}
}

// TestHeadingsOfAttacked: hosts and users below a heading that says that they were
// attacked are none of the attacker's, unless it says that they serve the attack.
func TestHeadingsOfAttacked(t *testing.T) {
	for _, c := range []struct {
		heading string
		on      bool
	}{
		{"Affected hosts", false},
		{"Affected systems and users", false},
		{"Impacted assets", false},
		{"Compromised accounts", false},
		{"Compromised hosts (IP addresses)", false},
		{"Patient zero", false},
		{"Our infrastructure", false},
		{"Targeted users", false},
		{"Compromised hosts used for delivery", true},
		{"Compromised hosts used as C2", true},
		{"Compromised hosts (C2)", true},
		{"Compromised WordPress sites", true},
		{"Affected products", true},
	} {
		for _, text := range []string{
			lines("# Otter", "", "## IOCs", "- b[.]example", "", "## "+c.heading, "- 192.0.2.7"),
			lines("# Otter", "", "## IOCs", "- b[.]example", "", "## "+c.heading, "| Host | IP |", "|---|---|", "| pc.corp.example | 192.0.2.7 |"),
		} {
			if on := slices.Contains(decided(t, text), "* 192.0.2.7"); on != c.on {
				t.Errorf("%s: %t", c.heading, on)
			}
		}
	}
}

// TestAdvice: below a heading of advice plain names and addresses are mentions, and told;
// what is defanged, a hash, and what a heading calls IOCs there, is to be blocked.
func TestAdvice(t *testing.T) {
	for _, heading := range []string{"Recommendations", "Mitigations", "Mitigation and recommendations", "Recomendaciones", "Empfehlungen", "Recommandations", "Рекомендации", "建议"} {
		for _, head := range []string{"## " + heading, heading, heading + ":", "5. " + heading} {
			text := lines("# Otter", "", "IOCs", "", "- b[.]example", "", head, "", "- https://www.example.com/advice", "- 192.0.2.9", "- c[.]example", "- "+md5Hex, "", "### Block these IOCs", "- 192.0.2.7")
			want := []string{"* b.example", "* c.example", "* " + md5Hex, "* 192.0.2.7", "  https://www.example.com/advice", "  192.0.2.9"}
			if diff := cmp.Diff(want, decided(t, text)); diff != "" {
				t.Errorf("%s: %s", head, diff)
			}
			if told := findingOf(t, text, "set-aside"); !strings.Contains(told, "2, from this line on") {
				t.Errorf("%s: %q", head, told)
			}
		}
	}
	for _, no := range []string{"Recommended reading order of domains", "Mitigation bypass domains"} {
		if got := decided(t, lines("# Otter IOCs", "", "## IOCs", "- b[.]example", "", "### "+no, "- 192.0.2.9")); !slices.Contains(got, "* 192.0.2.9") {
			t.Errorf("%s: %q", no, got)
		}
	}
	text := lines("# Otter malware", "", "IOCs", "", "b[.]example", "", "Mitigations", "", `- C:\Temp\x.exe`, "- 192.0.2.9", "IP addresses", "192.0.2.7")
	if diff := cmp.Diff([]string{"* b.example", "* 192.0.2.7", "  x.exe", "  192.0.2.9"}, decided(t, text)); diff != "" {
		t.Error(diff)
	}
}
