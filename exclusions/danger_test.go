package exclusions

import (
	"testing"

	"quarry/feed"
	"quarry/kql"
)

// TestDangerous has conditions that would hide malware in a way that does not
// meet the eye: written around a name, as a piece of it, or in another spelling
// of an address, name or path.
func TestDangerous(t *testing.T) {
	iocs := []feed.IOC{
		{Type: feed.IP, Value: "203.0.113.66"}, {Type: feed.Domain, Value: "evil.example"},
		{Type: feed.URL, Value: "http://bad.example/a/b.exe"}, {Type: feed.FileName, Value: "drop.exe"},
	}
	block := []feed.IOC{{Type: feed.CIDR, Value: "203.0.113.0/24"}, {Type: feed.IP, Value: "198.51.100.7"}}
	tests := []struct {
		name, table string
		iocs        []feed.IOC
		conditions  []string
		fit         Fit
	}{
		{"the name of the malware behind two opposites", "DeviceNetworkEvents", iocs, []string{
			`process.name is "acme.exe" and not (not process.command_line contains "gravel" and not process.name is "x")`,
			`process.name is "acme.exe" and not (not remote.ip is "203.0.113.66" and not remote.ip is "192.0.2.1")`,
			`process.name is "acme.exe" and not (not (process.command_line contains "gravel" or process.name is "x"))`,
		}, Dangerous},
		{"a piece of that name", "DeviceNetworkEvents", iocs, []string{
			`process.name contains "grav"`, `process.name starts with "gra"`, `process.command_line contains "ravel"`,
		}, Dangerous},
		{"an address of IPv4 as one of IPv6", "DeviceNetworkEvents", iocs, []string{
			`remote.ip is "::ffff:203.0.113.66" and process.name is "acme.exe"`,
			`remote.ip in range "::ffff:203.0.113.0/120" and process.name is "acme.exe"`,
			`remote.ip in range "::/64" and process.name is "acme.exe"`,
			`device.ip in range "::/48"`,
		}, Dangerous},
		{"a block that is hunted", "DeviceNetworkEvents", block, []string{
			`remote.ip in range ("203.0.113.0/25", "203.0.113.128/25") and process.name is "acme.exe"`,
			`remote.ip in range "203.0.0.0/16" and process.name is "acme.exe"`,
			`remote.ip is "203.0.113.9" and process.name is "acme.exe"`,
		}, Dangerous},
		{"a fully qualified name", "DeviceNetworkEvents", iocs, []string{
			`remote.host is "evil.example." and process.name is "acme.exe"`,
			`remote.host is "bad.example." and process.name is "acme.exe"`,
			`remote.host ends with ".example." and process.name is "acme.exe"`,
		}, Dangerous},
		{"a piece of an IOC", "DeviceNetworkEvents", iocs, []string{
			`process.command_line matches "203\\.0\\.113\\.66"`, `process.command_line matches "evil\\.exam"`,
			`process.command_line contains "vil.exampl"`, `process.command_line contains "drop.e"`,
			`process.path matches 'drop\.exe'`, `process.name is "drop" and account.name is "svc_x"`,
		}, Dangerous},
		{"an interpreter by its path", "DeviceNetworkEvents", iocs, []string{
			`process.path is 'C:\Windows\SysWOW64\wscript.exe'`,
			`process.path is 'C:\Windows\System32\cmd.exe'`, `process.path ends with '\powershell.exe'`,
			`process.path contains "powershell"`, `process.path starts with 'C:\Windows\System32\cmd.exe'`,
			`process.path matches 'powershell\.exe$'`, `process.path ends with ".exe"`, `process.path is "/usr/bin/python3"`,
			`process.path is 'C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe'`,
		}, Dangerous},
		{"an interpreter in the command line", "DeviceNetworkEvents", iocs, []string{
			`process.command_line contains '\powershell.exe'`, `process.command_line is "powershell.exe"`,
			`process.command_line starts with 'C:\Windows\System32\cmd.exe /c'`,
			`process.command_line starts with '"C:\Windows\System32\cmd.exe"'`,
			`process.command_line contains "powershel"`, `process.command_line contains "system32"`,
			`process.command_line starts with 'C:\'`, `process.command_line contains "    "`, `process.command_line contains ".exe "`,
		}, Dangerous},
		{"the beginning of a folder that holds anything", "DeviceNetworkEvents", iocs, []string{
			`process.path contains 'C:\Windows\Sys'`, `process.path contains 'C:\Users\Pub'`, `process.path contains "AppDat"`,
			`process.path starts with 'C:\Users\Public'`, `process.path starts with "C:/"`, `process.path starts with 'C:'`,
		}, Dangerous},
		{"a folder that only begins like one", "DeviceNetworkEvents", iocs, []string{
			`process.path starts with 'C:\Windows\Sys'`, `process.path starts with 'C:\Users\Pub'`, `process.path starts with 'C:\Windows\System32\cmd'`,
			`process.path ends with "shell.exe"`,
		}, Expressible},
		{"the accounts of Windows itself", "DeviceNetworkEvents", iocs, []string{
			`account.name is 'NT AUTHORITY\SYSTEM'`, `account.name starts with "NT AUTHORITY"`,
			`account.name is "S-1-5-18"`, `account.name is one of ("s-1-5-19", "svc_x")`, `account.sid is "S-1-5-20"`,
			`account.name is "S-1-5-21-1-2-3-500"`, `account.name starts with "S-1-5-21-1-2-3-"`,
		}, Dangerous},
		{"who signs the system", "DeviceFileCertificateInfo", mixed, []string{`signer contains "Microsoft"`, `signer is "Microsoft Windows"`}, Dangerous},
		{"a word that anyone may call a task", "SecurityEvent", iocs, []string{`task.name contains "update"`, `task.name matches "^(back|clean)up"`}, Dangerous},
		{"an account by its identifier", "DeviceNetworkEvents", iocs, []string{
			`account.name is "S-1-5-21-1-2-3-1104"`, `account.sid is "S-1-5-80-1-2-3-4-5"`,
			`process.name is "acme.exe" and account.name is "S-1-5-18"`, `account.name is "svc_x" and account.name is "S-1-5-21-1-2-3-1104"`,
		}, Expressible},
		{"an account by its identifier where there are only names", "UrlClickEvents", iocs, []string{`account.name is "S-1-5-18"`}, NoColumn},
		{"a task", "SecurityEvent", iocs, []string{`task.name is "Acme Nightly"`, `task.name starts with "Acme Nightly"`}, Expressible},
		{"one who signs", "DeviceFileCertificateInfo", mixed, []string{`signer is "Acme Corporation"`}, Expressible},
		{"what only looks like those", "DeviceNetworkEvents", iocs, []string{
			`process.path starts with 'C:\Tools\Acme\'`, `process.path is 'C:\Tools\Acme\python.exe'`,
			`process.path ends with '\acme\agent.exe'`, `process.command_line contains "--acme-inventory"`,
			`process.command_line is 'C:\Windows\System32\cmd.exe /c C:\Tools\Acme\nightly.bat'`,
			`account.name is 'CORP\svc_backup'`, `process.name is "acme.exe" and not process.command_line contains "gravel"`,
			`remote.ip in range "2001:db8::/48" and process.name is "acme.exe" or process.name is "acme.exe"`,
		}, Expressible},
	}
	for _, tt := range tests {
		tb, target := table(t, tt.table), kql.Defender
		if !tb.On(target) {
			target = kql.Sentinel
		}
		for _, c := range tt.conditions {
			got := Judge(Case{Reading: written(t, c), Table: tb, Target: target, IOCs: tt.iocs, Families: malware})
			if got.Fit != tt.fit {
				t.Errorf("%s: %s is %s in %s (%s), want %s", tt.name, c, got.Fit, tt.table, got.Reason, tt.fit)
			}
		}
	}
}
