package exclusions

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
)

func condition(t testing.TB, text string) kql.Condition {
	t.Helper()
	c, err := kql.ParseCondition(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func written(t testing.TB, text string) Reading {
	t.Helper()
	return Reading{Condition: condition(t, text), Complete: true}
}

func TestJudgeWritten(t *testing.T) {
	addresses := []feed.IOC{{Type: feed.IP, Value: "203.0.113.66"}, {Type: feed.IPPort, Value: "198.51.100.7:443"}}
	file := []feed.IOC{{Type: feed.SHA256, Value: "abababababababababababababababababababababababababababababababab"}}
	tests := []struct {
		condition, table string
		iocs             []feed.IOC
		families         []string
		fit              Fit
		reason           string
	}{
		{`process.command_line contains "gravel"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"it names the malware: excluding command lines with gravel would hide Gravel RAT itself"},
		{`process.path contains "GravelRAT\\bin"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			`it names the malware: excluding processes in GravelRAT\bin would hide Gravel RAT itself`},
		{`process.name is "CSFalconService.exe" and process.path contains "CrowdStrike"`, "DeviceNetworkEvents", mixed, []string{"Cobalt Strike"}, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.name is "cobaltstrike.exe"`, "DeviceNetworkEvents", mixed, []string{"Cobalt Strike"}, Dangerous,
			"it names the malware: excluding processes named cobaltstrike.exe would hide Cobalt Strike itself"},
		{`process.command_line contains "acme-agent"`, "DeviceNetworkEvents", mixed, []string{"Unknown malware", "Agent Quill"}, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.command_line contains "gravel" and device.name is "LAB-7"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`not (process.command_line contains "gravel") and process.name is "acme.exe"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.command_line matches "gra.el"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"it names the malware: excluding command lines with gra.el would hide Gravel RAT itself"},

		{`process.name is "acme.exe"`, "DnsEvents", mixed, malware, NoColumn, "DnsEvents has no process columns: it cannot tell which process acted"},
		{`process.name is "gravel.exe"`, "DnsEvents", mixed, malware, NoColumn, "DnsEvents has no process columns: it cannot tell which process acted"},
		{`signer is "Acme" or task.name is "Nightly"`, "DeviceFileEvents", mixed, malware, NoColumn,
			"DeviceFileEvents has no column for signers and no column for services and tasks: it cannot tell who signed or which task it was"},

		{`process.name is "acme.exe" and remote.host is "api.example.org"`, "DnsEvents", mixed, malware, Partly,
			"DnsEvents has no process columns: it cannot tell which process acted, so the rest leaves out too much"},
		{`process.name is "acme.exe" or remote.host is "api.example.org"`, "DnsEvents", mixed, malware, Partly,
			"DnsEvents has no process columns: it cannot tell which process acted, so it leaves out too little"},
		{`device.name is "LAB-7" or process.name is "acme.exe" and remote.host is "api.example.org"`, "DnsEvents", mixed, malware, Partly,
			`DnsEvents has no process columns: it cannot tell which process acted and process.name is "acme.exe" and remote.host is "api.example.org" is left aside, so it leaves out too little`},
		{`device.name is "LAB-7" and not (process.name is "acme.exe" or device.ip is "192.0.2.1")`, "DnsEvents", mixed, malware, Partly,
			"DnsEvents has no process columns: it cannot tell which process acted, so the rest leaves out too much"},

		{`remote.host is "github.com"`, "DnsEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to github.com"},
		{`remote.host is "github.com"`, "DeviceNetworkEvents", append(domains[:1:1], addresses...), malware, NoEffect,
			"the query matches evil.example and 2 addresses; nothing in it goes to github.com"},
		{`remote.host is "cdn.example.org"`, "DeviceNetworkEvents", addresses, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.ip in range "10.0.0.0/16"`, "DeviceNetworkEvents", addresses, malware, NoEffect, "the query matches 2 addresses; nothing in it goes to 10.0.0.0/16"},
		{`remote.ip in range "10.0.0.0/16"`, "CommonSecurityLog", addresses, malware, Expressible, "CommonSecurityLog can say all of it"},
		{`remote.ip in range "10.0.0.0/16"`, "DeviceNetworkEvents", domains, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.host is "github.com"`, "DeviceNetworkEvents", file, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.url contains "github.com/acme"`, "DeviceNetworkEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to github.com/acme"},
		{`process.name is "gravel.exe" and remote.host is "github.com"`, "DeviceNetworkEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to github.com"},
		{`device.name is "LAB-7"`, "DnsEvents", file, malware, NoEffect, "DnsEvents can carry none of the included IOCs, so there is no hunt to leave anything out of"},
		{`device.name is "LAB-7"`, "DnsEvents", nil, malware, Expressible, "DnsEvents can say all of it"},

		{`remote.host is "evil.example"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out evil.example, which the hunt looks for"},
		{`remote.host is "www.evil.example"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out evil.example, which the hunt looks for"},
		{`remote.host ends with ".example"`, "DnsEvents", domains[:1], malware, Dangerous, "it covers every included IOC, so the hunt would find nothing"},
		{`remote.ip in range "203.0.113.0/24"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "the range 203.0.113.0/24 contains the IOC 203.0.113.66"},
		{`remote.ip in range "203.0.113.0/24" and process.name is "acme.exe"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "the range 203.0.113.0/24 contains the IOC 203.0.113.66"},
		{`remote.ip in range "0.0.0.0/0"`, "DeviceNetworkEvents", addresses, malware, Dangerous, "it covers every included IOC, so the hunt would find nothing"},
		{`process.command_line contains "evil.example"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "it leaves out evil.example, which the hunt looks for"},
		{`file.hash is "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"`, "DeviceFileEvents", mixed, malware, Dangerous,
			"it leaves out abababababababababababababababababababababababababababababababab, which the hunt looks for"},

		{`file.name is "Setup_7.exe" and account.name is "svc_x"`, "DeviceFileEvents", append(mixed[:2:2], feed.IOC{Type: feed.FileName, Value: "setup_7.exe"}), malware, Dangerous,
			"it leaves out setup_7.exe, which the hunt looks for"},

		{`process.name is "cmd.exe"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "cmd.exe by itself says nothing: it runs whatever it is given, malware too"},
		{`process.parent is "svchost.exe" or device.name is "LAB-7"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"svchost.exe by itself says nothing: it is part of the system and acts for many programs"},
		{`process.name is "powershell.exe" and process.command_line contains "Get-AcmeInventory"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.name is "powershell.exe" and account.name is "system"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"powershell.exe by itself says nothing: it runs whatever it is given, malware too"},
		{`process.name contains "script"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"contains script, which is also wscript, by itself says nothing: it runs whatever it is given, malware too"},
		{`account.name contains "admin"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "admin is a whole class of users: malware runs as them too"},
		{`file.name ends with ".ps1"`, "DeviceFileEvents", mixed, malware, Dangerous, ".ps1 alone is every file of that kind, malware too"},
		{`process.path starts with 'C:\Windows\System32\'`, "DeviceFileEvents", mixed, malware, Dangerous,
			`C:\Windows\System32\ by itself says nothing: it holds the system's own programs, which malware uses`},
		{`process.path starts with 'C:\'`, "DeviceFileEvents", mixed, malware, Dangerous, "it is a whole drive"},
		{`process.path starts with 'C:\Windows\System32\Acme\'`, "DeviceFileEvents", mixed, malware, Expressible, "DeviceFileEvents can say all of it"},
		{`process.command_line contains "backup"`, "DeviceFileEvents", mixed, malware, Dangerous, `whoever runs a command chooses its words, and "backup" is a common one`},
		{`process.command_line contains "backup" and process.parent is "acmesvc.exe"`, "DeviceFileEvents", mixed, malware, Expressible, "DeviceFileEvents can say all of it"},
		{`process.command_line matches ".*"`, "DeviceFileEvents", mixed, malware, Dangerous, ".* matches nearly everything"},
		{`device.name contains "a"`, "DeviceFileEvents", mixed, malware, Dangerous, `"a" is so short that nearly everything holds it`},
		{`device.ip in range "10.0.0.0/8"`, "DnsEvents", mixed, malware, Dangerous, "the range 10.0.0.0/8 is so wide that most rows are in it"},
		{`remote.port is 443`, "DeviceNetworkEvents", mixed, malware, Dangerous, "any program can use port 443, malware too"},
		{`remote.url contains "download"`, "UrlClickEvents", mixed, malware, Dangerous,
			`whoever runs a server chooses its names and URLs, so "download" may be in those of malware`},
		{`remote.host ends with ".com"`, "DnsEvents", mixed, malware, Dangerous, ".com is a whole top-level domain, or the end of any URL"},
		{`not (device.name is "LAB-7")`, "DnsEvents", mixed, malware, Dangerous, `it leaves out every row except those with device.name is "LAB-7"`},
	}
	for _, tt := range tests {
		v := Judge(Case{Reading: written(t, tt.condition), Table: table(t, tt.table), Target: kql.Sentinel, IOCs: tt.iocs, Families: tt.families})
		if v.Fit != tt.fit || v.Reason != tt.reason {
			t.Errorf("%s on %s:\n%s: %s\nwant %s: %s", tt.condition, tt.table, v.Fit, v.Reason, tt.fit, tt.reason)
		}
		if (v.Condition == nil) != (tt.fit == NoColumn) || (v.KQL == "") != (v.Condition == nil) {
			t.Errorf("%s on %s: %s with condition %v and KQL %q", tt.condition, tt.table, v.Fit, v.Condition, v.KQL)
		}
	}
}

// What a verdict would apply is what the table writes for it.
func TestJudgeKQL(t *testing.T) {
	tb := table(t, "DeviceNetworkEvents")
	v := Judge(Case{Reading: written(t, `signer is "Acme" or process.name is "acme.exe" and account.name is "svc"`), Table: tb, Target: kql.Defender, IOCs: mixed})
	if diff := cmp.Diff(condition(t, `process.name is "acme.exe" and account.name is "svc"`), v.Condition); diff != "" {
		t.Errorf("condition (-want +got):\n%s", diff)
	}
	want, err := tb.Clause(v.Condition)
	if err != nil || v.KQL != want {
		t.Errorf("KQL %q, want %q (%v)", v.KQL, want, err)
	}
}

// A branch of an "or" that would leave out too much is only used when there is
// no other.
func TestJudgeDropsWideBranches(t *testing.T) {
	s := feed.Scenario{Filter: `Exclude processes named acme.exe or files with .log extensions that are part of an internal build.`}
	r := Read(s)
	v := Judge(Case{Reading: r, Table: table(t, "DeviceFileEvents"), Target: kql.Sentinel, IOCs: mixed, Families: malware})
	const want = `"are part of an internal build" was not understood and file.name ends with ".log" is left aside, so it leaves out too little`
	if v.Fit != Partly || v.Reason != want || kql.FormatCondition(v.Condition) != `process.name is "acme.exe"` {
		t.Errorf("%s: %s: %s\nwant %s", v.Fit, v.Reason, kql.FormatCondition(v.Condition), want)
	}
}

func TestJudgeWithoutCondition(t *testing.T) {
	tests := []struct {
		name   string
		c      Case
		fit    Fit
		reason string
	}{
		{"nothing understood", Case{Reading: Read(feed.Scenario{Filter: "Ask the owner."}), Table: table(t, "DnsEvents"), Target: kql.Sentinel},
			Partly, "no word of the filter could be turned into a condition; write one"},
		{"no filter", Case{Reading: Read(feed.Scenario{}), Table: table(t, "DnsEvents"), Target: kql.Sentinel},
			Partly, "the scenario has no filter; write a condition"},
		{"not at the target", Case{Reading: written(t, `device.name is "LAB-7"`), Table: table(t, "DnsEvents"), Target: kql.Defender},
			NoColumn, "there is no table DnsEvents in Defender"},
		{"no table", Case{Reading: written(t, `device.name is "LAB-7"`), Target: kql.Defender},
			NoColumn, "there is no table to judge it for"},
	}
	for _, tt := range tests {
		v := Judge(tt.c)
		if v.Fit != tt.fit || v.Reason != tt.reason || v.Condition != nil || v.KQL != "" {
			t.Errorf("%s: %+v, want %s: %s", tt.name, v, tt.fit, tt.reason)
		}
	}
}
