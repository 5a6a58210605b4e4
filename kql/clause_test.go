package kql

import (
	"errors"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/kql/kqltest"
)

func TestClause(t *testing.T) {
	tests := []struct{ table, condition, want string }{
		{"DeviceNetworkEvents", `process.name is "git"`, `InitiatingProcessFileName in~ ("git", "git.exe")`},
		{"DeviceNetworkEvents", `process.name is "git.exe"`, `InitiatingProcessFileName in~ ("git.exe")`},
		{"DeviceNetworkEvents", `account.name is "svc"`, `InitiatingProcessAccountName in~ ("svc") or InitiatingProcessAccountUpn in~ ("svc") or InitiatingProcessAccountUpn startswith "svc@"`},
		{"DeviceNetworkEvents", `not account.name is "svc"`, `not(InitiatingProcessAccountName in~ ("svc") or InitiatingProcessAccountUpn in~ ("svc") or InitiatingProcessAccountUpn startswith "svc@")`},
		{"DeviceNetworkEvents", `account.name is "svc" and action is "x"`,
			`(InitiatingProcessAccountName in~ ("svc") or InitiatingProcessAccountUpn in~ ("svc") or InitiatingProcessAccountUpn startswith "svc@") and ActionType in~ ("x")`},
		{"DeviceNetworkEvents", `process.command_line contains word one of ("git pull", "x")`, `InitiatingProcessCommandLine has_any ("git pull", "x")`},
		{"DeviceNetworkEvents", `process.command_line contains word one of ("a", "--")`,
			`InitiatingProcessCommandLine contains "a" or InitiatingProcessCommandLine contains "--"`},
		{"DeviceNetworkEvents", `process.command_line contains one of ("a", "b") and action is c`,
			`(InitiatingProcessCommandLine contains "a" or InitiatingProcessCommandLine contains "b") and ActionType in~ ("c")`},
		{"DeviceNetworkEvents", `process.path starts with 'C:\Tools\'`, `InitiatingProcessFolderPath startswith "C:\\Tools\\"`},
		{"DeviceNetworkEvents", `process.path starts with one of ('C:\Acme', 'D:\')`,
			`InitiatingProcessFolderPath in~ ("C:\\Acme") or InitiatingProcessFolderPath startswith "C:\\Acme\\" or InitiatingProcessFolderPath startswith "D:\\"`},
		{"DeviceNetworkEvents", `process.path starts with "/opt/acme"`, `InitiatingProcessFolderPath in~ ("/opt/acme") or InitiatingProcessFolderPath startswith "/opt/acme/"`},
		{"DeviceNetworkEvents", `process.path ends with "agent.exe"`,
			`InitiatingProcessFolderPath in~ ("agent.exe") or InitiatingProcessFolderPath endswith "\\agent.exe" or InitiatingProcessFolderPath endswith "/agent.exe"`},
		{"DeviceNetworkEvents", `account.name is "S-1-5-18"`, `InitiatingProcessAccountSid in~ ("S-1-5-18")`},
		{"DeviceNetworkEvents", `account.name is one of ("S-1-5-18", "svc@example.com") and action is a`,
			`((InitiatingProcessAccountName in~ ("svc@example.com") or InitiatingProcessAccountUpn in~ ("svc@example.com")) or InitiatingProcessAccountSid in~ ("S-1-5-18")) and ActionType in~ ("a")`},
		{"SecurityEvent", `account.name starts with "S-1-5-21-1-2-3-"`, `SubjectUserSid startswith "S-1-5-21-1-2-3-" or TargetUserSid startswith "S-1-5-21-1-2-3-"`},
		{"DeviceNetworkEvents", `process.path ends with "/nc"`, `InitiatingProcessFolderPath endswith "/nc"`},
		{"DeviceNetworkEvents", `process.command_line matches 'nc(at)? "-e"'`, `InitiatingProcessCommandLine matches regex @"(?i)nc(?:at)? ""-e"""`},
		{"DeviceNetworkEvents", `remote.port is one of (80, 443)`, `RemotePort in (80, 443)`},
		{"DeviceNetworkEvents", `remote.ip in range one of (10.0.0.0/8, "2001:db8::/32")`,
			`coalesce(ipv4_is_in_any_range(RemoteIP, dynamic(["10.0.0.0/8"])), false) or ` +
				`(RemoteIP startswith "::ffff:" and coalesce(ipv4_is_in_any_range(substring(RemoteIP, 7), dynamic(["10.0.0.0/8"])), false)) or ` +
				`coalesce(ipv6_is_in_any_range(RemoteIP, dynamic(["2001:db8::/32"])), false)`},
		{"CommonSecurityLog", `remote.ip is "::ffff:192.0.2.1"`, `coalesce(ipv4_is_in_any_range(DestinationIP, dynamic(["192.0.2.1"])), false)`},
		{"CommonSecurityLog", `remote.ip is one of ("192.0.2.1", "2001:db8::1") and action is x`,
			`(coalesce(ipv4_is_in_any_range(DestinationIP, dynamic(["192.0.2.1"])), false) or coalesce(ipv6_is_in_any_range(DestinationIP, dynamic(["2001:db8::1"])), false)) and DeviceAction in~ ("x")`},
		{"DeviceNetworkEvents", `action is a or (action is b and remote.port is 1)`, `ActionType in~ ("a") or (ActionType in~ ("b") and RemotePort in (1))`},
		{"DnsEvents", `device.name is one of ("WS1", "ws2.example.com")`, `Computer in~ ("WS1", "ws2.example.com") or Computer startswith "WS1."`},
		{"UrlClickEvents", `account.name is one of ("bob@example.com", 'CORP\bob')`, `AccountUpn in~ ("bob@example.com", "CORP\\bob")`},
		{"CommonSecurityLog", `action is "a"`, `DeviceAction in~ ("a")`},
		{"DnsEvents", `time.of_day in range "22:00-06:30"`, `TimeGenerated - startofday(TimeGenerated) >= 22h or TimeGenerated - startofday(TimeGenerated) < 390m`},
		{"DnsEvents", `time.of_day in range "09:00-17:00" and event.id is 256`,
			`(TimeGenerated - startofday(TimeGenerated) >= 9h and TimeGenerated - startofday(TimeGenerated) < 17h) and EventId in (256)`},
		{"DnsEvents", `not time.of_day in range one of ("00:00-06:00", "18:00-24:00", "12:00-00:00")`,
			`not(TimeGenerated - startofday(TimeGenerated) < 6h or TimeGenerated - startofday(TimeGenerated) >= 18h or TimeGenerated - startofday(TimeGenerated) >= 12h)`},
		{"DnsEvents", `remote.host is "example.com."`, `Name in~ ("example.com", "example.com.")`},
		{"DnsEvents", `remote.host ends with one of (".com", "x.", ".")`,
			`Name endswith ".com" or Name endswith ".com." or Name endswith "x" or Name endswith "x." or Name endswith "." or Name endswith ".."`},
	}
	for _, tt := range tests {
		got, err := table(t, tt.table).Clause(parse(t, tt.condition), Sentinel)
		if err != nil {
			t.Errorf("%s: %v", tt.condition, err)
			continue
		}
		if got != tt.want {
			t.Errorf("%s on %s:\ngot  %s\nwant %s", tt.condition, tt.table, got, tt.want)
		}
	}
}

// TestUnsoundConditions gives Clause what no parser would make.
func TestUnsoundConditions(t *testing.T) {
	good := Test{"action", Is, []string{"a"}}
	tests := []struct {
		name string
		c    Condition
		want string
	}{
		{"nothing", nil, "false"},
		{"an empty group", Or{}, "false"},
		{"not nothing", Not{And{}}, "false"},
		{"nothing inside", And{Or{}, Not{nil}}, "false"},
		{"no values", Test{"action", Is, nil}, "false"},
		{"an empty value", Test{"action", Contains, []string{""}}, "false"},
		{"an empty value beside one", Test{"action", Contains, []string{"", "a"}}, "false"},
		{"no operator", Test{Field: "action", Values: []string{"a"}}, "false"},
		{"one of a pair", And{good, Or{nil}}, "false"},
		{"a number that is none", Test{"remote.port", Is, []string{"1) or (1"}}, `RemotePort in ("1) or (1")`},
		{"a broken regular expression", Test{"action", Matches, []string{"a("}}, `ActionType matches regex @"(?i)a\("`},
		{"an address that is none", Test{"remote.ip", Is, []string{"x"}}, `coalesce(ipv6_is_in_any_range(RemoteIP, dynamic(["x"])), false)`},
	}
	for _, tt := range tests {
		got, err := table(t, "DeviceNetworkEvents").Clause(tt.c, Sentinel)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestMissing(t *testing.T) {
	c := parse(t, `signer is a and not (task.name is b or signer is c) and action is d`)
	got := table(t, "DeviceNetworkEvents").Missing(c)
	if diff := cmp.Diff([]Field{"signer", "task.name"}, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	_, err := table(t, "DeviceNetworkEvents").Clause(c, Sentinel)
	var missing *MissingFieldError
	if !errors.As(err, &missing) || missing.Table != "DeviceNetworkEvents" || !slices.Equal(missing.Fields, got) {
		t.Errorf("got %v, want the same fields", err)
	}
}

// allowed are the hints about forms that only an analyst asks for: contains
// finds parts of words (KS500), of addresses too (KS514).
var allowed = []string{"KS500", "KS514"}

// TestClausesBind binds, for every table and target, every operator on every
// field that the table has a column for.
func TestClausesBind(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		for _, op := range Operators {
			var all Or
			for _, f := range append(slices.Sorted(maps.Keys(tb.Fields)), "time.of_day") {
				kind, _ := f.Kind()
				test := Test{f, op, sampleValues(kind, op)}
				if test.check(kind) == "" {
					all = append(all, test, Not{test})
				}
			}
			bindClause(t, tb, target, all)
		}
	})
}

func sampleValues(kind FieldKind, op Operator) []string {
	switch {
	case kind == NumberField:
		return []string{"80", "443"}
	case kind == IPField:
		return []string{"192.0.2.1", "2001:db8::1"}
	case kind == TimeField:
		return []string{"22:00-06:00", "12:30-13:15"}
	case op == Matches:
		return []string{`nc(at)?\s`, `[a&&b]"`, `a*`}
	case kind == HostField:
		return []string{"example.com", "-", "www."}
	}
	return []string{`C:\a b`, "//", "example.com"}
}

func bindClause(t *testing.T, tb *Table, target Target, c Condition) {
	t.Helper()
	clause, err := tb.Clause(c, target)
	if err != nil {
		t.Fatal(err)
	}
	query := tb.Name + "\n| where not(" + clause + ")"
	kqltest.BindAllowing(t, string(target), allowed, query)
}

// TestRandomClausesBind binds random conditions with hostile values.
func TestRandomClausesBind(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		r := rand.New(rand.NewPCG(5, uint64(crc32.ChecksumIEEE([]byte(t.Name())))))
		var bound int
		for range 2000 {
			c := randomCondition(r, 2)
			if len(tb.Missing(c)) > 0 {
				continue
			}
			bindClause(t, tb, target, c)
			if bound++; bound == 10 {
				return
			}
		}
		if bound == 0 {
			t.Error("no condition suits the table")
		}
	})
}

// TestClauseMeaning runs clauses on rows: a row is left out when it matches.
func TestClauseMeaning(t *testing.T) {
	tests := []struct {
		condition string
		column    string
		matches   []string
		others    []string
	}{
		{`process.name is one of ("schtasks", "at.exe")`, "InitiatingProcessFileName",
			[]string{"schtasks", "SchTasks.EXE", "at.exe"}, []string{"", "at", "xschtasks", "schtasks.exe.bak"}},
		{`process.command_line contains word "git pull"`, "InitiatingProcessCommandLine",
			[]string{"git pull", "C:\\x\\GIT PULL -f", "'git pull'"}, []string{"", "git  pull", "digit pull", "git pulls"}},
		{`process.command_line contains "nano"`, "InitiatingProcessCommandLine", []string{"x NANOcore"}, []string{"", "nan o"}},
		{`process.path starts with 'c:\tools\'`, "InitiatingProcessFolderPath", []string{`C:\Tools\x`}, []string{"", `D:\C:\Tools\`, `C:\Tools`}},
		{`process.path starts with 'c:\acme'`, "InitiatingProcessFolderPath", []string{`C:\Acme\x.exe`, `C:\ACME`}, []string{"", `C:\AcmeEvil\x.exe`, `C:\Acme/x`, `D:\C:\Acme\x`}},
		{`process.path starts with '/opt/acme'`, "InitiatingProcessFolderPath", []string{`/opt/acme/x`, `/opt/acme`}, []string{"", `/opt/acme-evil/x`, `/home/opt/acme/x`}},
		{`process.path ends with 'acme\agent.exe'`, "InitiatingProcessFolderPath", []string{`C:\Acme\agent.exe`, `acme\agent.exe`}, []string{"", `C:\NotAcme\agent.exe`}},
		{`process.path ends with 'agent.exe'`, "InitiatingProcessFolderPath", []string{`C:\Acme\agent.exe`, `/opt/agent.exe`, "agent.exe"}, []string{"", `C:\Acme\notagent.exe`}},
		{`process.path is 'C:\Acme'`, "InitiatingProcessFolderPath", []string{`C:\ACME`}, []string{"", `C:\AcmeEvil`, `C:\Acme\x`}},
		{`account.name is "s-1-5-18"`, "InitiatingProcessAccountSid", []string{"S-1-5-18"}, []string{"", "S-1-5-180", "S-1-5-1"}},
		{`process.path ends with ".ps1"`, "InitiatingProcessFolderPath", []string{`C:\a.PS1`}, []string{"", "a.ps1.txt"}},
		{`process.command_line matches '^nc(at)? -e$'`, "InitiatingProcessCommandLine", []string{"nc -e", "NCAT -E"}, []string{"", "nc -ex", "x nc -e"}},
		{`remote.ip in range one of ("10.0.0.0/8", "2001:db8::/32")`, "RemoteIP",
			[]string{"10.1.2.3", "2001:DB8::9", "::ffff:10.1.2.3", "::FFFF:10.1.2.3"}, []string{"", "11.0.0.1", "::ffff:11.0.0.1", "::ffff:x", "2001:db9::", "host", "10.0.0.1.5"}},
		{`remote.ip is "2001:db8:0::1"`, "RemoteIP", []string{"2001:db8::1", "2001:0db8:0:0:0:0:0:1"}, []string{"", "192.0.2.1", "2001:db8::2"}},
		{`remote.host is "example.com"`, "RemoteUrl", []string{"example.com", "EXAMPLE.com.", "https://example.com/x", "http://u@example.com:8080?y"},
			[]string{"", "www.example.com", "example.com.au", "https://other.test/?u=example.com", "https://example.com@other.test/"}},
		{`device.name is "WS1"`, "DeviceName", []string{"ws1", "WS1.example.com"}, []string{"", "WS11", "WS1-a.example.com", "x.WS1.example.com"}},
		{`account.name is "bob"`, "InitiatingProcessAccountUpn", []string{"bob", "Bob@example.com"}, []string{"", "bobby@example.com", "x@bob"}},
		{`account.name is "bob@example.com"`, "InitiatingProcessAccountUpn", []string{"BOB@example.com"}, []string{"bob", "bob@example.net"}},
		{`not (action is "a")`, "ActionType", []string{"", "b"}, []string{"a", "A"}},
		{`not (remote.ip in range "10.0.0.0/8")`, "RemoteIP", []string{"", "host", "2001:db8::1", "192.0.2.1"}, []string{"10.9.9.9", "::ffff:10.9.9.9"}},
	}
	for _, tt := range tests {
		clause, err := table(t, "DeviceNetworkEvents").Clause(parse(t, tt.condition), Sentinel)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(slices.Clone(tt.matches), tt.others...) {
			want := slices.Contains(tt.matches, v)
			kept := evaluate(t, "DeviceNetworkEvents\n| where not("+clause+")", row{tt.column: v}) != nil
			if kept == want {
				t.Errorf("%s on %q: row kept is %v, want %v", tt.condition, v, kept, !want)
			}
		}
	}
}

// TestTimeOfDay runs clauses on rows of every hour.
func TestTimeOfDay(t *testing.T) {
	for _, tt := range []struct {
		span    string
		in, out []string
	}{
		{"22:00-06:00", []string{"22:00", "23:59", "00:00", "05:59"}, []string{"21:59", "06:00", "12:00"}},
		{"09:30-17:00", []string{"09:30", "16:59"}, []string{"09:29", "17:00", "00:00"}},
		{"00:00-01:00", []string{"00:00", "00:59"}, []string{"01:00", "23:59"}},
		{"23:00-24:00", []string{"23:00", "23:59"}, []string{"22:59", "00:00"}},
		{"23:00-00:00", []string{"23:00", "23:59"}, []string{"22:59", "00:00"}},
	} {
		for _, target := range Targets {
			clause, err := table(t, "DeviceNetworkEvents").Clause(Test{"time.of_day", InRange, []string{tt.span}}, target)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range append(slices.Clone(tt.in), tt.out...) {
				minutes, _ := minuteOfDay(at)
				day := now - now%(24*60)
				kept := evaluate(t, "DeviceNetworkEvents\n| where not("+clause+")", row{"TimeGenerated": day + minutes, "Timestamp": day + minutes}) != nil
				if kept == slices.Contains(tt.in, at) {
					t.Errorf("%s, %s: %s is left out: %v", target, tt.span, at, !kept)
				}
			}
		}
	}
}

// TestPlainRegex compares what an analyst typed with what is written.
func TestPlainRegex(t *testing.T) {
	texts := []string{"", "a", "ab", "AB", "a&b", "a-b", "~", "nc -e", "ncat  -e", "x\ny", "y", "日本", "12", "a.b", "aXb", "\u00a0"}
	for _, v := range []string{"a", "(a)(b)?", "(?P<n>a|b)+?", "^y$", "(?m)^y$", "(?s)x.y", "x.y", `[a&&b~~+--]`, `\d{2,}`, `\bnc\b`, `\pL+`,
		`[^\x00-\x7f]`, `\Qa.b\E`, "(?i)ab", "(?-i)AB", `nc(at)?\s+-e`, "((((((((((((((((((a))))))))))))))))))", "", `\x{a0}`, "(?U)a+"} {
		plain := plainRegex(v)
		re := regexp.MustCompile(plain)
		if re.NumSubexp() > 0 {
			t.Errorf("%s becomes %s, which captures", v, plain)
		}
		seen(t, plain)
		for _, s := range texts {
			if want := regexp.MustCompile(v).MatchString(s); re.MatchString(s) != want {
				t.Errorf("%s becomes %s: on %q it is %v, want %v", v, plain, s, !want, want)
			}
		}
		for _, op := range []string{"&&", "--", "~~"} {
			if strings.Contains(plain, op) {
				t.Errorf("%s becomes %s, which holds the operator %s", v, plain, op)
			}
		}
	}
}
