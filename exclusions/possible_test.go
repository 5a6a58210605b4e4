package exclusions

import (
	"testing"

	"quarry/kql"
)

func TestJudgeImpossible(t *testing.T) {
	const network = "DeviceNetworkEvents"
	tests := []struct {
		condition, table string
		fit              Fit
		reason           string // "" when only the fit counts
	}{
		{`device.ip is "10.0.0.5" and device.ip is "10.0.0.10"`, network, NoEffect,
			"no row can meet it: device.ip cannot be both 10.0.0.5 and 10.0.0.10"},
		{`device.ip in range "10.20.0.0/16" and device.ip in range "10.30.0.0/16"`, network, NoEffect,
			"no row can meet it: device.ip cannot be both in range 10.20.0.0/16 and in range 10.30.0.0/16"},
		{`device.ip is "10.0.0.5" and device.ip in range "10.30.0.0/16"`, network, NoEffect,
			"no row can meet it: device.ip cannot be both 10.0.0.5 and in range 10.30.0.0/16"},
		{`device.ip in range "10.20.0.0/16" and device.ip is "10.20.0.5"`, network, Expressible, ""},
		{`device.ip in range "10.20.0.0/16" and device.ip in range "10.20.3.0/24"`, network, Expressible, ""},
		{`device.ip is one of ("10.0.0.5", "10.0.0.6") and device.ip is one of ("10.0.0.6", "10.0.0.7")`, network, Expressible, ""},
		{`device.ip is "::ffff:10.0.0.5" and device.ip is "10.0.0.5"`, network, "", ""},
		{`device.ip is "10.0.0.5" and remote.ip is "192.0.2.10"`, network, Expressible, ""},
		{`device.ip starts with "10.0.0." and device.ip is "10.0.1.5"`, network, NoEffect, ""},
		{`remote.host is "a.example" and remote.host is "b.example"`, "DnsEvents", NoEffect,
			"no row can meet it: remote.host cannot be both a.example and b.example"},
		{`remote.host is "a.example" and remote.host is "A.example."`, "DnsEvents", Expressible, ""},
		{`process.name is "acme" and process.name is "acme.exe"`, network, Expressible, ""},
		{`process.name is "acme.exe" and process.name is "other.exe"`, network, NoEffect,
			"no row can meet it: process.name cannot be both acme.exe and other.exe"},
		{`process.name is "acme.exe" and process.name ends with ".dll"`, network, NoEffect, ""},
		{`process.name is "acme.exe" and process.name starts with "acme"`, network, Expressible, ""},
		{`device.name is "WS1" and device.name is "ws1.corp.example"`, network, Expressible, ""},
		{`account.name is "svc_a" and account.name is "svc_b"`, network, NoEffect, ""},
		{`account.name is 'CORP\svc_a' and account.name is "svc_a@corp.example"`, network, Expressible, ""},
		{`account.name is "svc_a" and account.name is "svc_b"`, "CommonSecurityLog", Expressible, ""}, // the user on each side
		{`remote.port is "443" and remote.port is "80" and device.name is "WS1"`, network, NoEffect, ""},
		{`account.name is "svc_a" and not (account.name is "svc_a")`, network, NoEffect,
			`no row can meet it: account.name is "svc_a" cannot both hold and not hold`},
		{`process.name is "acme.exe" and (process.name is "b.exe" or process.name is "c.exe")`, network, NoEffect, ""},
		{`process.name is "acme.exe" and (process.name is "b.exe" or account.name is "svc_a")`, network, Partly,
			"process.name cannot be both acme.exe and b.exe, so that part leaves out nothing"},
		{`(process.name is "a.exe" and process.name is "b.exe") or account.name is "svc_a"`, network, Partly,
			"process.name cannot be both a.exe and b.exe, so that part leaves out nothing"},
		{`process.command_line contains "a-tool" and process.command_line contains "b-tool"`, network, Expressible, ""},
		{`process.command_line is "a-tool" and process.command_line contains "b-tool"`, network, NoEffect, ""},
	}
	for _, tt := range tests {
		v := Judge(Case{Reading: written(t, tt.condition), Table: table(t, tt.table), Target: kql.Sentinel, IOCs: nil, Families: malware})
		if tt.fit != "" && v.Fit != tt.fit || tt.reason != "" && v.Reason != tt.reason {
			t.Errorf("%s on %s: %s: %s\nwant %s: %s", tt.condition, tt.table, v.Fit, v.Reason, tt.fit, tt.reason)
		}
	}
}
