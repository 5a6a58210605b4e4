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
	const everyAction = "what the product did says nothing about who acted: malware is allowed, blocked and logged like anything else"
	const namesGravel = "it names the malware: excluding processes named gravel would hide Gravel RAT itself"
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
		{`remote.url starts with "https://github.com/acme/"`, "DeviceNetworkEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to https://github.com/acme/"},
		{`remote.url contains "github.com/acme" and process.name is "acme.exe"`, "DeviceNetworkEvents", domains, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.url contains word "github.com" and process.name is "acme.exe"`, "DeviceNetworkEvents", addresses, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.url matches "github" and process.name is "acme.exe"`, "DeviceNetworkEvents", addresses, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.url ends with "/github.com" and process.name is "acme.exe"`, "DeviceNetworkEvents", addresses, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.host contains "github.com" and process.name is "acme.exe"`, "DeviceNetworkEvents", addresses, malware, NoEffect, "the query matches 2 addresses; nothing in it goes to github.com"},
		{`remote.host contains "github.com"`, "DnsEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to github.com"},
		{`remote.host is "github.com" or file.name ends with ".ps1" and signer is "Acme"`, "DeviceNetworkEvents", domains, malware, NoEffect,
			"the query matches 2 domains; nothing in it goes to github.com; besides, DeviceNetworkEvents has no file columns and no column for signers: it cannot tell which file it was or who signed"},
		{`process.name is "gravel.exe" and remote.host is "github.com"`, "DeviceNetworkEvents", domains, malware, NoEffect, "the query matches 2 domains; nothing in it goes to github.com"},
		{`device.name is "LAB-7"`, "DnsEvents", file, malware, NoEffect, "DnsEvents can carry none of the IOCs that are on, so there is no hunt to leave anything out of"},
		{`device.name is "LAB-7"`, "DnsEvents", nil, malware, Expressible, "DnsEvents can say all of it"},

		{`remote.host is "evil.example"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out evil.example, which the hunt looks for"},
		{`remote.host is "www.evil.example"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out evil.example, which the hunt looks for"},
		{`remote.host ends with ".example"`, "DnsEvents", domains[:1], malware, Dangerous, "it covers every IOC that is on, so the hunt would find nothing; .example is a whole top-level domain, or the end of any URL"},
		{`remote.ip in range "203.0.113.0/24"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "the range 203.0.113.0/24 contains the IOC 203.0.113.66"},
		{`remote.ip in range "203.0.113.0/24" and process.name is "acme.exe"`, "DeviceNetworkEvents", mixed, malware, Dangerous, "the range 203.0.113.0/24 contains the IOC 203.0.113.66"},
		{`remote.ip in range "0.0.0.0/0"`, "DeviceNetworkEvents", addresses, malware, Dangerous, "it covers every IOC that is on, so the hunt would find nothing; the range 0.0.0.0/0 is so wide that most rows are in it"},
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

		{`remote.host contains "example.com"`, "DnsEvents", mixed, malware, Dangerous,
			"an attacker can register a name that contains example.com, such as example.com.evil.example"},
		{`remote.host contains word "example.com"`, "DnsEvents", mixed, malware, Dangerous,
			"an attacker can register a name that contains word example.com, such as example.com.evil.example"},
		{`remote.host starts with "updates.example.com"`, "DnsEvents", mixed, malware, Dangerous,
			"an attacker can register a name that starts with updates.example.com, such as updates.example.com.evil.example"},
		{`remote.host ends with "example.com"`, "DnsEvents", mixed, malware, Dangerous,
			"an attacker can register a name that ends with example.com, such as evil-example.com"},
		{`remote.host ends with ".example.com"`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`remote.host ends with ".co.uk"`, "DnsEvents", mixed, malware, Dangerous, "anyone can register a name that ends with .co.uk, attackers too"},
		{`remote.host ends with ".github.io"`, "DnsEvents", mixed, malware, Dangerous, "anyone can register a name that ends with .github.io, attackers too"},
		{`remote.host contains "example.com" and process.name is "acme.exe"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.host matches "example\\.com$"`, "DnsEvents", mixed, malware, Dangerous,
			`an attacker can use a name or URL that example\.com$ matches, such as evil-example.com`},
		{`remote.host matches "^(cdn|.*\\.static)\\.example\\.com"`, "DnsEvents", mixed, malware, Dangerous,
			`an attacker can use a name or URL that ^(cdn|.*\.static)\.example\.com matches, such as cdn.example.com.evil.example`},
		{`remote.host matches "(^|\\.)example\\.com$"`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`remote.host matches "^[a-z0-9-]{1,20}\\.example\\.com$"`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`remote.url contains "cdn.example.com"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"an attacker can use a URL that contains cdn.example.com, such as http://evil.example/cdn.example.com"},
		{`remote.url ends with ".example.com/a.bin"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"an attacker can use a URL that ends with .example.com/a.bin, such as http://evil.example/x.example.com/a.bin"},
		{`remote.url starts with "https://cdn.example.com"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"an attacker can register a name that starts with https://cdn.example.com, such as cdn.example.com.evil.example"},
		{`remote.url starts with "https://cdn.example.com/"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`remote.url matches "cdn\\.example\\.com/"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			`an attacker can use a name or URL that cdn\.example\.com/ matches, such as http://evil.example/cdn.example.com/`},
		{`remote.url matches "^https?://cdn\\.example\\.com/"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},

		{`action is "ConnectionSuccess"`, "DeviceNetworkEvents", mixed, malware, Dangerous, everyAction},
		{`action is one of ("ConnectionSuccess", "ConnectionFailed")`, "DeviceNetworkEvents", mixed, malware, Dangerous, everyAction},
		{`action contains "Connection"`, "DeviceNetworkEvents", mixed, malware, Dangerous, everyAction},
		{`action is "Blocked" and account.name is "svc_scan"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`device.name starts with "DESKTOP-"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out every device whose name starts with DESKTOP-, whatever happens there"},
		{`device.name contains "DESKTOP"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out every device whose name contains DESKTOP, whatever happens there"},
		{`device.name matches "^LAB-[0-9]$"`, "DnsEvents", mixed, malware, Dangerous, "it leaves out every device whose name matches ^LAB-[0-9]$, whatever happens there"},
		{`device.name starts with "LAB-" and action is "ConnectionSuccess"`, "DeviceNetworkEvents", mixed, malware, Dangerous,
			"it leaves out every device whose name starts with LAB-, whatever happens there"},
		{`device.ip in range "192.168.0.0/16"`, "DnsEvents", mixed, malware, Dangerous,
			"the range 192.168.0.0/16 holds the whole private network 192.168.0.0/16, and so every device that has an address there"},
		{`device.ip in range "172.16.0.0/12"`, "DnsEvents", mixed, malware, Dangerous, "the range 172.16.0.0/12 is so wide that most rows are in it"},
		{`device.ip in range "10.20.0.0/16"`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`device.ip starts with "10."`, "DnsEvents", mixed, malware, Dangerous, "the range 10.0.0.0/8 is so wide that most rows are in it"},
		{`device.ip starts with "192.0.2."`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`device.ip starts with "2001:db8:5:"`, "DnsEvents", mixed, malware, Expressible, "DnsEvents can say all of it"},
		{`device.ip starts with "192.0.2.1"`, "DnsEvents", mixed, malware, Dangerous, "addresses that have 192.0.2.1 in their text lie in many networks; write a range"},
		{`device.ip contains "168."`, "DnsEvents", mixed, malware, Dangerous, "addresses that have 168. in their text lie in many networks; write a range"},
		{`file.hash starts with "abcdef"`, "DeviceFileEvents", mixed, malware, Dangerous, "only a whole hash names a file: any file may have a piece of it"},
		{`file.hash matches "^abcdef[0-9a-f]+$"`, "DeviceFileEvents", mixed, malware, Dangerous, "only a whole hash names a file: any file may have a piece of it"},
		{`process.command_line matches "exe"`, "DeviceFileEvents", mixed, malware, Dangerous,
			`whoever runs a command chooses its words, and exe also matches "C:\\Windows\\System32\\cmd.exe /c start"`},
		{`process.command_line matches "o"`, "DeviceFileEvents", mixed, malware, Dangerous,
			`whoever runs a command chooses its words, and o also matches "C:\\Windows\\System32\\cmd.exe /c start"`},
		{`process.command_line matches "\\S+ \\S+"`, "DeviceFileEvents", mixed, malware, Dangerous,
			`whoever runs a command chooses its words, and \S+ \S+ also matches "C:\\Windows\\System32\\cmd.exe /c start"`},
		{`process.command_line matches "acme-sync\\s+--once"`, "DeviceFileEvents", mixed, malware, Expressible, "DeviceFileEvents can say all of it"},
		{`process.name matches "^power"`, "DeviceFileEvents", mixed, malware, Dangerous,
			"matches ^power, which is also powershell, by itself says nothing: it runs whatever it is given, malware too"},
		{`account.name matches "^adm"`, "DeviceFileEvents", mixed, malware, Dangerous, "^adm is a whole class of users: malware runs as them too"},
		{`process.path matches "\\\\Temp\\\\"`, "DeviceFileEvents", mixed, malware, Dangerous,
			`\\Temp\\ matches every file in temp, which is a folder that anyone can write to, malware too`},

		{`process.name is "gravel" and device.name starts with "DESKTOP-"`, "DeviceNetworkEvents", mixed, malware, Dangerous, namesGravel},
		{`process.name is "gravel" and device.name is "LAB-7"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.name is "gravel" and device.ip in range "192.0.2.0/24"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.name is "gravel" and device.ip in range "2001:db8:0:5::/64"`, "DeviceNetworkEvents", mixed, malware, Expressible, "DeviceNetworkEvents can say all of it"},
		{`process.name is "gravel" and device.ip in range one of ("192.0.2.0/24", "10.20.0.0/16")`, "DeviceNetworkEvents", mixed, malware, Dangerous, namesGravel},
		{`process.name is "gravel" and device.ip in range "2001:db8::/48"`, "DeviceNetworkEvents", mixed, malware, Dangerous, namesGravel},
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
	want, err := tb.Clause(v.Condition, kql.Sentinel)
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

// What has no effect still says which parts of the filter could not be asked.
func TestJudgeNoEffectSaysTheRest(t *testing.T) {
	r := Read(feed.Scenario{Filter: `Exclude Git operations from github.com or files with .ps1 extensions that are part of an internal build.`})
	v := Judge(Case{Reading: r, Table: table(t, "DeviceNetworkEvents"), Target: kql.Sentinel, IOCs: domains, Families: malware})
	const want = `the query matches 2 domains; nothing in it goes to github.com; besides, "are part of an internal build" was not understood ` +
		"and DeviceNetworkEvents has no file columns: it cannot tell which file it was"
	if v.Fit != NoEffect || v.Reason != want {
		t.Errorf("%s: %s\nwant %s: %s", v.Fit, v.Reason, NoEffect, want)
	}
}

// A filter that only lacks its full stop is read, and the reason warns of it.
func TestJudgeCut(t *testing.T) {
	tests := []struct{ filter, reason string }{
		{"Exclude connections to *.example.com", "the text may be cut off, for no full stop ends it, so it may leave out too much"},
		{"Exclude connections to updates.example.com and the user is a sy", `"user is" was not understood and the text is cut off before its end, so the rest leaves out too much`},
		{"Exclude connections to updates.example.com during quiet weekends (Sundays)", `"during quiet weekends" and "(Sundays)" were not understood and the text may be cut off, for no full stop ends it, so the rest leaves out too much`},
	}
	for _, tt := range tests {
		r := Read(feed.Scenario{Filter: tt.filter, Cut: true})
		v := Judge(Case{Reading: r, Table: table(t, "DnsEvents"), Target: kql.Sentinel, IOCs: mixed, Families: malware})
		if v.Fit != Partly || v.Reason != tt.reason {
			t.Errorf("%s\n%s: %s\nwant %s: %s", tt.filter, v.Fit, v.Reason, Partly, tt.reason)
		}
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
			Partly, "nothing of the filter was understood; write a condition"},
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

// TestAskedAgain counts what an answer costs when the IOCs change: a screen asks
// with every decision, of each scenario for each table.
func TestAskedAgain(t *testing.T) {
	q := Ask(Case{Reading: written(t, `process.name is "acme.exe" and process.command_line contains "--nightly"`), Table: table(t, "DeviceProcessEvents"), Target: kql.Defender, Families: malware})
	q.Judge(mixed)
	const most = 12
	if n := testing.AllocsPerRun(20, func() { q.Judge(mixed) }); n > most {
		t.Errorf("a question that is asked again made %.0f allocations, %d are allowed: is what does not depend on the IOCs worked out again?", n, most)
	}
}
