package bind_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/kql/kqltest"
)

// TestProofs shows that the check catches what it must and lets good queries
// pass. Want is a code that must be among the errors; "" wants no finding.
func TestProofs(t *testing.T) {
	proofs := []struct{ name, want, query string }{
		{"good: in", "", "let ips = dynamic([\"192.0.2.4\",\"192.0.2.8\"]);\nCommonSecurityLog\n| where TimeGenerated > ago(7d)\n| where DestinationIP in (ips)\n| project TimeGenerated, DestinationIP\n| order by TimeGenerated desc"},
		{"good: not()", "", `CommonSecurityLog | where TimeGenerated > ago(1d) | where DestinationIP in ("192.0.2.4") | where not(SourceIP in ("198.51.100.1") or DestinationPort == 53)`},
		{"good: union", "", "union isfuzzy=true withsource=SourceTable (CommonSecurityLog | where TimeGenerated > ago(1d) | project TimeGenerated, Ip=DestinationIP), (DeviceNetworkEvents | where TimeGenerated > ago(1d) | project TimeGenerated, Ip=RemoteIP) | summarize count() by SourceTable, Ip"},
		{"good: regex", "", `DnsEvents | where Name matches regex @"(?i)(^|\.)(example\.com|evil\.test)\.?$"`},
		{"good: lookup", "", "let ioc = datatable(Ioc:string, Feed:string)[\"192.0.2.4\",\"a\"];\nCommonSecurityLog | where TimeGenerated > ago(1d) | lookup kind=inner ioc on $left.DestinationIP == $right.Ioc"},
		{"unknown table", "KS204", "CommonSecurityLogs | take 1"},
		{"unknown column", "KS142", `CommonSecurityLog | where DestIP == "192.0.2.4"`},
		{"unknown function", "KS211", "CommonSecurityLog | extend x = no_such_fn(DestinationIP)"},
		{"syntax: unclosed paren", "KS005", `CommonSecurityLog | where (DestinationIP == "192.0.2.4"`},
		{"syntax: unknown operator", "KS176", `CommonSecurityLog | wher DestinationIP == "192.0.2.4"`},
		{"syntax: unterminated string", "KS001", `CommonSecurityLog | where DestinationIP == "192.0.2.4`},
		{"syntax: newline in string", "KS001", "CommonSecurityLog | where DestinationIP == \"192.0\n.2.4\""},
		{"type: has on int", "KS106", `CommonSecurityLog | where DestinationPort has "443"`},
		{"type: > string", "KS106", `CommonSecurityLog | where TimeGenerated > "2026-01-01"`},
		{"type: has_any on int", "KS107", `CommonSecurityLog | where DestinationPort has_any ("443")`},
		{"type: where non-bool", "KS141", "CommonSecurityLog | where DestinationIP"},
		{"strict: string == int", "CHK001", "CommonSecurityLog | where DestinationIP == 1"},
		{"strict: int == string", "CHK001", `CommonSecurityLog | where DestinationPort == "443"`},
		{"strict: string in (int)", "CHK002", "CommonSecurityLog | where DestinationIP in (1,2)"},
		{"strict: int in dynamic(string)", "CHK002", `let p = dynamic(["443"]); CommonSecurityLog | where DestinationPort in (p)`},
		{"column lost by project", "KS142", `CommonSecurityLog | project TimeGenerated | where DestinationIP == "192.0.2.4"`},
		{"bad aggregate", "KS211", "CommonSecurityLog | summarize x = no_such_agg(TimeGenerated) by DestinationIP"},
		{"missing semicolon after let", "KS005", "let a = dynamic([\"x\"])\nCommonSecurityLog | where DestinationIP in (a)"},
	}
	for _, tt := range proofs {
		t.Run(tt.name, func(t *testing.T) { wantError(t, "sentinel", tt.query, tt.want) })
	}
}

// TestOwnRules shows each CHK rule where it holds and where it does not.
func TestOwnRules(t *testing.T) {
	const none = ""
	rules := []struct{ name, want, query string }{
		{"datetime != bool", "CHK001", "DnsEvents | where TimeGenerated != true"},
		{"int == real", none, "CommonSecurityLog | where DestinationPort == 1.5"},
		{"dynamic == string", none, `DeviceEvents | where AdditionalFields.x == "a"`},
		{"has_any of numbers", "CHK002", "DnsEvents | where Name has_any (dynamic([1,2]))"},
		{"!in of numbers", "CHK002", "DnsEvents | where Name !in (1)"},
		{"int in ints", none, "CommonSecurityLog | where DestinationPort in (80, 443)"},
		{"empty text", "CHK003", ""},
		{"only white space", "CHK003", " \n "},
		{"only a comment", "CHK003", "// nothing"},
		{"only a let", "CHK003", "let a = 1;"},
		{"two queries", "CHK003", "DnsEvents | take 1; DnsEvents | take 2"},
		{"two queries, one a call in a let", none, "let a = DnsEvents | take 1; a | take 2"},
		{"management command", "CHK003", ".show tables"},
		{"closing semicolon", none, "DnsEvents | take 1;"},
		{"blank line", "CHK004", "let a = 1;\n\nDnsEvents | take a"},
		{"blank line of spaces, CRLF", "CHK004", "let a = 1;\r\n \t\r\nDnsEvents | take a"},
		{"blank line inside a literal", "CHK004", "DnsEvents | where Name == ```a\n\nb```"},
		{"blank lines around", none, "\n\nDnsEvents\n| take 1\n\n"},
		{"not UTF-8", "CHK005", "DnsEvents | where Name == \"\xff\""},
		{"a replacement character is UTF-8", none, "DnsEvents | where Name == \"\uFFFD\""},
		{"has nothing", "CHK006", `DnsEvents | where Name has ""`},
		{"!endswith nothing", "CHK006", `DnsEvents | where Name !endswith @""`},
		{"regex of nothing", "CHK006", `DnsEvents | where Name matches regex ""`},
		{"startswith_cs nothing, by name", "CHK006", `let s = ""; DnsEvents | where Name startswith_cs s`},
		{"has_any with nothing", "CHK006", `DnsEvents | where Name has_any ("example.com", "")`},
		{"has_all with nothing in a dynamic", "CHK006", `DnsEvents | where Name has_all (dynamic(["example.com", ""]))`},
		{"== nothing", none, `DnsEvents | where Name == ""`},
		{"in with nothing", none, `DnsEvents | where Name in ("", "example.com")`},
		{"in an empty list", "CHK007", "DnsEvents | where Name in (dynamic([]))"},
		{"!in an empty list, by name", "CHK007", "let Ioc = dynamic([ ]); DnsEvents | where Name !in~ (Ioc)"},
		{"has_any of an empty list", "CHK007", "let Ioc = dynamic([]); DnsEvents | where Name has_any (Ioc)"},
		{"in a query", none, "let Ioc = DnsEvents | project Name; DnsEvents | where Name in (Ioc)"},
	}
	for _, tt := range rules {
		t.Run(tt.name, func(t *testing.T) { wantError(t, "sentinel", tt.query, tt.want) })
	}
}

// TestTargets shows that each target is bound against its own schema.
func TestTargets(t *testing.T) {
	cases := []struct{ name, target, want, query string }{
		{"time column of sentinel", "sentinel", "", "DeviceNetworkEvents | where TimeGenerated > ago(1d)"},
		{"time column of defender", "defender", "", "DeviceNetworkEvents | where Timestamp > ago(1d)"},
		{"no TimeGenerated in defender", "defender", "KS142", "DeviceNetworkEvents | where TimeGenerated > ago(1d)"},
		{"no firewall logs in defender", "defender", "KS204", "CommonSecurityLog | take 1"},
		{"additional fields are dynamic in sentinel", "sentinel", "", `DeviceEvents | where AdditionalFields.x == "a"`},
		{"additional fields are a string in defender", "defender", "KS142", `DeviceEvents | where AdditionalFields.x == "a"`},
		{"watchlist", "sentinel", "", "DnsEvents | where ClientIP in ((_GetWatchlist('ips') | project SearchKey))"},
		{"no watchlist in defender", "defender", "KS211", "_GetWatchlist('ips') | take 1"},
		{"ASIM parser", "sentinel", "", `_Im_Dns(starttime=ago(1d), domain_has_any=dynamic(["example.com"])) | project DnsQuery`},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) { wantError(t, tt.target, tt.query, tt.want) })
	}
}

func TestHints(t *testing.T) {
	hints := []struct{ want, query string }{
		{"KS500", `DnsEvents | where Name contains "example"`},
		{"KS501", "DnsEvents | where isnull(Name)"},
		{"KS508", "DnsEvents | join (DnsEvents) on Name"},
		{"KS510", "let Name = 1; DnsEvents | where Name == \"a\""},
		{"KS514", `DnsEvents | where IPAddresses has "192.0.2.4"`},
	}
	for _, tt := range hints {
		t.Run(tt.want, func(t *testing.T) {
			result := kqltest.Check(t, "sentinel", tt.query)
			if errs := result.Errors(); len(errs) > 0 {
				t.Errorf("a hint is no error: %v", errs)
			}
			if !slices.Contains(result.Codes(), tt.want) {
				t.Errorf("got %v, want %s", result.Codes(), tt.want)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	got := kqltest.Columns(t, "sentinel", "DnsEvents | summarize Hits = count(), First = min(TimeGenerated) by Name | extend P = 1.5, D = dynamic([])")
	want := []kqltest.Column{{"Name", "string"}, {"Hits", "long"}, {"First", "datetime"}, {"P", "real"}, {"D", "dynamic"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestLex(t *testing.T) {
	got := kqltest.Lex(t, "Name == \"😀\\u2028\" @'it''s' // end\n\t\"\\q\"")
	want := []kqltest.Token{
		{Kind: "IdentifierToken", Text: "Name", Start: 0, End: 4},
		{Kind: "EqualEqualToken", Trivia: " ", Text: "==", Start: 5, End: 7},
		{Kind: "StringLiteralToken", Trivia: " ", Text: `"😀\u2028"`, Value: "😀\u2028", Start: 8, End: 20},
		{Kind: "StringLiteralToken", Trivia: " ", Text: "@'it''s'", Value: "it's", Start: 21, End: 29},
		{Kind: "StringLiteralToken", Trivia: " // end\n\t", Text: `"`, Start: 38, End: 39, Problems: []string{`KS001: Missing: "`}},
		{Kind: "BadToken", Text: `\`, Start: 39, End: 40, Problems: []string{`KS002: Unexpected: \`}},
		{Kind: "IdentifierToken", Text: "q", Start: 40, End: 41},
		{Kind: "StringLiteralToken", Text: `"`, Start: 41, End: 42, Problems: []string{`KS001: Missing: "`}},
		{Kind: "EndOfTextToken", Start: 42, End: 42},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// TestLexHalfPair keeps a literal that is no text from passing for one: Go
// would read the half as a replacement character.
func TestLexHalfPair(t *testing.T) {
	tokens := kqltest.Lex(t, `"\ud83d"`)
	if len(tokens) != 2 || len(tokens[0].Problems) != 1 {
		t.Errorf("got %+v, want a literal with one problem", tokens)
	}
}

// wantError checks that a query has an error with the wanted code, or that it
// binds without any finding when none is wanted.
func wantError(t *testing.T, target, query, want string) {
	t.Helper()
	result := kqltest.Check(t, target, query)
	if want == "" {
		if len(result.Diagnostics) > 0 {
			t.Errorf("%s\ngot %+v, want no finding", query, result.Diagnostics)
		}
		return
	}
	if !slices.ContainsFunc(result.Errors(), func(d kqltest.Diagnostic) bool { return d.Code == want }) {
		t.Errorf("%s\ngot %+v, want %s", query, result.Diagnostics, want)
	}
}
