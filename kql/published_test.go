package kql

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	bulletinreader "quarry/feed/bulletin"
	"quarry/internal/require"
)

// bulletin makes a bulletin whose queries begin at line 100, 200 ... and whose
// IOC table begins at line 11, one row an IOC, each "type value".
func bulletin(t testing.TB, rows []string, queries ...string) *feed.Bulletin {
	t.Helper()
	b := &feed.Bulletin{Source: feed.Source{Name: "b.md", Line: 1}}
	for n, r := range rows {
		typ, value, _ := strings.Cut(r, " ")
		i := ioc(t, feed.Type(typ), value)
		i.Sources = []feed.Source{{Name: "b.md", Line: 11 + n}}
		b.IOCs = append(b.IOCs, i)
	}
	for n, q := range queries {
		b.Queries = append(b.Queries, feed.Query{Text: q, Source: feed.Source{Name: "b.md", Line: 100 * (n + 1)}})
	}
	return b
}

// short is a finding as "line severity code".
func short(fs []feed.Finding) (all []string) {
	for _, f := range fs {
		all = append(all, fmt.Sprintf("%d %s %s", f.Source.Line, f.Severity, f.Code))
	}
	return all
}

// TestLintPublishedBulletin judges a bulletin with the faults of those that
// are published.
func TestLintPublishedBulletin(t *testing.T) {
	b := bulletin(t, []string{"domain evil-life.example", "ip:port 192.0.2.42:443", "ip:port 192.0.2.120:443", "url http://site.example/gate.php",
		"sha256_hash " + evilSHA256, "md5_hash " + evilMD5, "domain forgotten.example"},
		`// Hunt for network connections to known malicious IPs
// Source: ThreatFox - Example RAT
let malicious_ips = dynamic(["192.0.2.42", "192.0.2.120"]);
CommonSecurityLog
| where DestinationIP in (malicious_ips) or SourceIP in (malicious_ips)
| project TimeGenerated, SourceIP, DestinationIP, DestinationPort, DeviceAction, Activity
| order by TimeGenerated desc`,
		`// Hunt in Defender for Endpoint network events
let malicious_ips = dynamic(["192.0.2.42", "192.0.2.120", "203.0.113.99"]);
DeviceNetworkEvents
| where RemoteIP in (malicious_ips)
| project Timestamp, DeviceName, RemoteIP, RemotePort, InitiatingProcessFileName, ActionType
| order by Timestamp desc`,
		`let malicious_domains = dynamic(["evil-life.example"]);
DnsEvents
| where Name has_any (malicious_domains)
| project TimeGenerated, Computer, Name, IPAddresses, QueryType`,
		`let malicious_urls = dynamic(["http://site.example/gate.php"]);
UrlClickEvents
| where Url has_any (malicious_urls)
| project Timestamp, AccountUpn, Url`,
		`let malicious_hashes = dynamic(["`+strings.ToUpper(evilSHA256)+`", "`+evilMD5+`"]);
DeviceFileEvents
| where SHA256 in (malicious_hashes) or SHA1 in (malicious_hashes) or MD5 in (malicious_hashes)
| project Timestamp, FileName`)
	got := LintPublished(b)
	want := []string{
		"17 error ioc-not-hunted",
		"102 warning port-dropped", "103 warning no-time-filter",
		"201 warning port-dropped", "201 warning foreign-value", "202 warning no-time-filter", "204 info wrong-time-column",
		"301 warning no-time-filter", "302 warning has-any-domain",
		"400 warning url-host-not-hunted", "401 warning no-time-filter", "403 info wrong-time-column",
		"500 error hash-case", "500 info hash-mixed", "501 warning no-time-filter", "503 info wrong-time-column",
	}
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	texts := map[string]string{}
	for _, f := range got {
		texts[f.Code] = f.Text
	}
	for code, want := range map[string]string{
		"ioc-not-hunted":      "no published query looks for forgotten.example, so running them as they are misses it",
		"port-dropped":        "the addresses of 192.0.2.42:443, 192.0.2.120:443 are compared without their ports, so every other service on them matches too",
		"foreign-value":       "203.0.113.99 is looked for but is no IOC of the bulletin's table, so a hit on it has no source",
		"has-any-domain":      "has_any finds a name anywhere in Name, so look-alikes such as x-evil-life.example and evil-life.example.uk match as evil-life.example does",
		"hash-case":           "the operator in tells upper case from lower, and hashes here are in upper case (" + strings.ToUpper(evilSHA256) + "): rows whose SHA256 is in lower case are missed; in~ finds them",
		"url-host-not-hunted": "URLs on site.example are looked for but the hosts are in no query of DNS or network tables, so a connection that no URL log saw is missed",
		"hash-mixed":          "the hashes of malicious_hashes are compared with MD5 and SHA1 and SHA256, of which each equals those of its own length only; nothing is missed, but the query does needless work",
	} {
		if texts[code] != want {
			t.Errorf("%s says %q, want %q", code, texts[code], want)
		}
	}
	for _, f := range got {
		if f.Source.Name != "b.md" || f.Text == "" || strings.ContainsAny(f.Text, "\n") {
			t.Errorf("%+v", f)
		}
	}
}

// TestLintPublishedReal judges bulletins as they were published.
func TestLintPublishedReal(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "bulletins")
	require.Optional(t, folder)
	for file, want := range map[string][]string{
		"000_5e5483882bde812f.txt": {"12 warning port-dropped", "13 warning no-time-filter", "18 warning port-dropped", "19 warning no-time-filter",
			"21 info wrong-time-column", "26 warning no-time-filter", "27 warning has-any-domain"},
		"001_b4f42d809ef9bb89.txt": {"13 warning no-time-filter", "14 warning has-any-domain"},
	} {
		f, err := os.Open(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		in, err := feed.NewInput(file, f)
		if err != nil {
			t.Fatal(err)
		}
		documents, err := feed.Collect(bulletinreader.Reader{}.Read, in)
		if err != nil || len(documents) != 1 {
			t.Fatalf("%s: got %d bulletins, %v", file, len(documents), err)
		}
		if diff := cmp.Diff(want, short(LintPublished(documents[0]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestLintPublishedRules gives one query at a time, with its table.
func TestLintPublishedRules(t *testing.T) {
	const (
		ip      = "ip:port 192.0.2.42:443"
		domain  = "domain evil.example"
		url     = "url https://site.example/x/"
		timed   = "\n| where TimeGenerated > ago(1d)"
		someURL = `| where RequestURL has "https://site.example/x"`
	)
	tests := []struct {
		name  string
		rows  []string
		query string
		want  []string
	}{
		{"a query of our own", []string{ip, domain}, "let IocIp = dynamic([\"192.0.2.42\"]);\nlet Rx = @\"(?:^|\\.)(evil\\.example)\\.?$\";\nCommonSecurityLog" + timed +
			"\n| where (DestinationIP in (IocIp) and DestinationPort == 443) or DestinationHostName matches regex Rx", nil},
		{"port compared by text", []string{ip}, `CommonSecurityLog` + timed + ` | where strcat(DestinationIP, ":", DestinationPort) == "192.0.2.42:443"`, nil},
		{"port shown only", []string{ip}, `CommonSecurityLog` + timed + ` | where DestinationIP == "192.0.2.42" | project DestinationPort`, []string{"101 warning port-dropped"}},
		{"address alone is an IOC too", []string{ip, "ip 192.0.2.42"}, `CommonSecurityLog` + timed + ` | where DestinationIP == "192.0.2.42"`, nil},
		{"defanged in the query", []string{ip}, `CommonSecurityLog` + timed + ` | where DestinationIP == "192[.]0[.]2[.]42" and RemotePort == "443"`, nil},
		{"by function", []string{ip}, `CommonSecurityLog` + timed + ` | where has_any_ipv4(Message, dynamic(["192.0.2.42"]))`, []string{"101 warning port-dropped"}},
		{"left out, not looked for", []string{ip}, `CommonSecurityLog` + timed + ` | where DestinationIP !in ("192.0.2.42")`, []string{"11 error ioc-not-hunted"}},
		{"left out by not", []string{domain}, `DnsEvents` + timed + ` | where not(Name has_any ("evil.example"))`, []string{"11 error ioc-not-hunted"}},
		{"twice left out", []string{domain}, `DnsEvents` + timed + ` | where not(Name !has "evil.example")`, []string{"101 warning has-any-domain"}},
		{"in a list that is not used", []string{domain}, "let x = dynamic([\"evil.example\"]);\nDnsEvents" + timed, []string{"11 error ioc-not-hunted"}},
		{"in a join", []string{domain}, "let x = datatable(N:string)[\"evil.example\"];\nDnsEvents" + timed + "\n| join kind=inner x on $left.Name == $right.N", nil},
		{"in a list of lists", []string{domain}, "let x = dynamic([\"evil.example\"]); let y = array_concat(x, x);\nDnsEvents" + timed + "\n| where Name in~ (y)", nil},
		{"inline list", []string{domain}, `DnsEvents` + timed + ` | where Name in~ ("evil.example")`, nil},
		{"by suffix", []string{domain}, `DnsEvents` + timed + ` | where Name endswith ".evil.example"`, nil},
		{"upper case and final dot", []string{domain}, `DnsEvents` + timed + ` | where Name in~ ("EVIL.example.")`, nil},
		{"has", []string{domain}, `DnsEvents` + timed + ` | where Name has "evil.example"`, []string{"101 warning has-any-domain"}},
		{"file name looks like a domain", []string{domain}, `DnsEvents` + timed + ` | where Name in~ ("evil.example") and InitiatingProcessFileName in ("powershell.exe")`, nil},
		{"foreign domain beside one", []string{domain}, "DnsEvents" + timed + "\n| where Name in~ (\"evil.example\",\n\"other.example\", \"other.example\")", []string{"103 warning foreign-value"}},
		{"foreign address", []string{domain}, `DnsEvents` + timed + ` | where Name =~ "evil.example" or ClientIP == "203.0.113.5"`, []string{"101 warning foreign-value"}},
		{"foreign block", []string{domain}, `DnsEvents` + timed + ` | where Name =~ "evil.example" and ipv4_is_in_range(ClientIP, "10.0.0.0/8")`, nil},
		{"foreign but left out", []string{domain}, `DnsEvents` + timed + ` | where Name =~ "evil.example" and ClientIP != "203.0.113.5"`, nil},
		{"URL without scheme", []string{url}, `CommonSecurityLog` + timed + ` | where RequestURL has "site.example/x"`, []string{"101 warning url-host-not-hunted"}},
		{"scheme of a URL without one", []string{"url site.example/x/"}, `CommonSecurityLog` + timed + someURL, []string{"101 warning url-host-not-hunted"}},
		{"URL without scheme, twice", []string{"url site.example/x"}, `CommonSecurityLog` + timed + ` | where RequestURL has "site.example/x"`, []string{"101 warning url-host-not-hunted"}},
		{"host of the URL is hunted", []string{url}, `CommonSecurityLog` + timed + someURL + ` or DestinationHostName == "site.example"`, nil},
		{"host of the URL is not hunted", []string{url}, `CommonSecurityLog` + timed + someURL, []string{"101 warning url-host-not-hunted"}},
		{"only the host is hunted", []string{url}, `DnsEvents` + timed + ` | where Name == "site.example"`, nil},
		{"no time filter", []string{domain}, `DnsEvents | where Name =~ "evil.example" | sort by TimeGenerated`, []string{"100 warning no-time-filter"}},
		{"time filter at ingestion", []string{domain}, `DnsEvents | where ingestion_time() > ago(1d) and Name =~ "evil.example"`, nil},
		{"time filter between", []string{domain}, `DnsEvents | where TimeGenerated between (ago(2d) .. now()) | where Name =~ "evil.example"`, nil},
		{"function with a start", []string{domain}, `_Im_Dns(starttime=ago(1d), domain_has_any=dynamic(["evil.example"]))`, nil},
		{"time column of another product", []string{domain}, "DnsEvents\n| where Timestamp > ago(1d)\n| where Name =~ \"evil.example\"", []string{"101 error wrong-time-column"}},
		{"computed time column", []string{domain}, "DnsEvents" + timed + ` | extend Timestamp = TimeGenerated | where Timestamp > ago(1h) and Name =~ "evil.example"`, nil},
		{"both time columns", []string{ip}, "DeviceNetworkEvents\n| where TimeGenerated > ago(1d) and RemoteIP == \"192.0.2.42\" and RemotePort == 443\n| project Timestamp, TimeGenerated", []string{"102 warning wrong-time-column"}},
		{"one of two products", []string{ip}, "DeviceNetworkEvents\n| where TimeGenerated > ago(1d) and RemoteIP == \"192.0.2.42\" and RemotePort == 443", []string{"101 info wrong-time-column"}},
		{"unknown table", []string{domain}, "MyLogs_CL" + timed + ` | where Name =~ "evil.example" | join (MyLogs_CL | where x == 1) on y`, []string{"100 info unknown-table"}},
		{"union", []string{domain}, "union isfuzzy=true withsource=T\n(DnsEvents | where Name =~ \"evil.example\"),\n(MyLogs_CL | where N == \"x\"), Other_CL\n| where TimeGenerated > ago(1d)",
			[]string{"102 info unknown-table", "102 info unknown-table"}},
		{"table by a let", []string{domain}, "let logs = DnsEvents | where TimeGenerated > ago(1d);\nlogs | where Name =~ \"evil.example\"", nil},
		{"a function by a let", []string{domain}, "let f = (n:string) { DnsEvents | where TimeGenerated > ago(1d) and Name =~ n };\nf(\"evil.example\")", nil},
		{"two queries in one, the second without let", []string{domain}, "DnsEvents" + timed + " | where Name =~ \"evil.example\"\n| project Name\n\nMyLogs_CL | take 1", []string{"104 info unknown-table"}},
		{"two queries in one, the second with let", []string{domain}, "DnsEvents" + timed + "\n| where Name =~ \"evil.example\"\nlet x = 5;\nMyLogs_CL | take x", []string{"104 info unknown-table"}},
		{"upper-case hash without case", []string{"md5_hash " + evilMD5}, `DeviceFileEvents | where Timestamp > ago(1d) | where MD5 in~ ("` + strings.ToUpper(evilMD5) + `")`, []string{"100 info wrong-time-column"}},
		{"upper-case hash with ==", []string{"md5_hash " + evilMD5}, "CommonSecurityLog" + timed + ` | where FileHash == "` + strings.ToUpper(evilMD5) + `"`, []string{"101 error hash-case"}},
		{"upper-case hash against an upper-case column", []string{"md5_hash " + evilMD5}, "CommonSecurityLog" + timed + ` | where toupper(FileHash) in ("` + strings.ToUpper(evilMD5) + `")`, nil},
		{"hash against a column of another length", []string{"md5_hash " + evilMD5}, "MyLogs_CL" + timed + ` | where FileSha256 in ("` + evilMD5 + `")`, []string{"100 info unknown-table", "101 error hash-mixed"}},
		{"hash against any", []string{"md5_hash " + evilMD5}, "CommonSecurityLog" + timed + ` | where FileHash in ("` + evilMD5 + `")`, nil},
		{"one length against all columns", []string{"md5_hash " + evilMD5}, "MyLogs_CL" + timed + ` | where MD5 in ("` + evilMD5 + `") or SHA1 in ("` + evilMD5 + `")`, []string{"100 info unknown-table", "101 info hash-mixed"}},
		{"mail by text", []string{"envelope_from A@evil.example"}, `EmailEvents` + timed + ` | where SenderFromAddress =~ "a@Evil.example"`, []string{"101 info wrong-time-column"}},
		{"cut in a list", []string{domain}, "let x = dynamic([\"evil.example\", \"oth", []string{"11 error ioc-not-hunted"}},
		{"cut in a comparison", []string{domain}, "DnsEvents" + timed + "\n| where Name has_any (", []string{"11 error ioc-not-hunted"}},
		{"no table of IOCs", nil, `DnsEvents` + timed + ` | where ClientIP == "203.0.113.5"`, nil},
		{"no KQL at all", nil, "Nothing to hunt, sorry.", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, short(LintPublished(bulletin(t, tt.rows, tt.query)))); diff != "" {
				t.Errorf("%s\nfindings (-want +got):\n%s", tt.query, diff)
			}
		})
	}
}

func TestLintPublishedPlaces(t *testing.T) {
	b := bulletin(t, []string{"domain evil.example", "domain evil.example"})
	if got := LintPublished(b); got != nil {
		t.Errorf("without a query there is nothing to judge, got %v", got)
	}
	b.Queries = []feed.Query{{Text: "\nDnsEvents | take 1", Source: feed.Source{Name: "b.json"}}}
	b.IOCs[0].Sources = nil
	want := []string{"0 warning no-time-filter", "0 error ioc-not-hunted"}
	if diff := cmp.Diff(want, short(LintPublished(b))); diff != "" {
		t.Errorf("a document without lines (-want +got):\n%s", diff)
	}
	many := make([]string, 9)
	for i := range many {
		many[i] = fmt.Sprintf("ip:port 192.0.2.%d:80", i)
	}
	f := LintPublished(bulletin(t, many, `CommonSecurityLog | where TimeGenerated > ago(1d) and DestinationIP in ("192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8")`))
	if len(f) != 1 || !strings.Contains(f[0].Text, "192.0.2.0:80, 192.0.2.1:80, 192.0.2.2:80 and 6 more") {
		t.Errorf("got %v, want three addresses and how many more", f)
	}
}

func FuzzLintPublished(f *testing.F) {
	f.Add("let x = dynamic([\"evil.example\", \"192.0.2.42\"]);\nDnsEvents\n| where Name has_any (x) and not(ClientIP in (\"192.0.2.42\"))")
	f.Add("union (A | where Timestamp > ago(1d)), B\n\nC | where MD5 == \"" + evilMD5 + "\"")
	f.Add("let f = (a:string) { T | where a matches regex @\"x\" };;;)}]f(")
	f.Add("let let = let = (")
	f.Fuzz(func(t *testing.T, text string) {
		b := bulletin(t, []string{"domain evil.example", "ip:port 192.0.2.42:443", "md5_hash " + evilMD5, "url http://site.example/x"}, text)
		lines := strings.Count(text, "\n")
		for _, finding := range LintPublished(b) {
			if finding.Code == "ioc-not-hunted" {
				continue
			}
			if n := finding.Source.Line; n < 100 || n > 100+lines {
				t.Errorf("%q: a finding at line %d of %d", text, n-100, lines)
			}
		}
	})
}

// TestLintPublishedLongTexts ends in this life only if judging is linear.
func TestLintPublishedLongTexts(t *testing.T) {
	list := "let x = dynamic([" + strings.Repeat("\"198.51.100.1\", \"evil.example\", \""+evilMD5+"\", ", 1000) + "\"a\"]);\n"
	for _, text := range []string{
		list + "T | where " + strings.Repeat("MD5 in (x) or Name has_any (x) or ", 20000) + "1 == 1",
		list + "T | where a in (" + strings.Repeat("x, ", 20000) + ")",
		strings.Repeat("let x = dynamic([\"evil.example\"]);\n", 2000),
		strings.Repeat("not(", 50000), strings.Repeat("(", 50000), strings.Repeat("T |", 50000), strings.Repeat("union T, ", 20000),
		strings.Repeat("T | where Timestamp > 1;", 10000), strings.Repeat("in(", 50000), strings.Repeat("a == \"x\" ", 2000),
		"T | where a matches regex \"" + strings.Repeat("evil.example|", 2000) + "\"",
	} {
		LintPublished(bulletin(t, []string{"domain evil.example", "ip:port 192.0.2.42:443"}, text))
	}
}

// TestLintPublishedHunt holds that nothing is wrong with a bulletin whose
// queries are hunts, and that one that was changed so that it is none is judged.
func TestLintPublishedHunt(t *testing.T) {
	b := bulletin(t, []string{"domain evil-life.example", "ip:port 192.0.2.42:443", "ip:port [2001:db8::7]:443", "url http://203.0.113.5/gate.php", "url http://site.example/gate.php",
		"sha256_hash " + evilSHA256, "md5_hash " + evilMD5})
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"CommonSecurityLog", "DeviceFileEvents", "DnsEvents"} {
		table, _ := c.Table(name)
		var all []*Indicator
		for _, i := range b.IOCs {
			all = append(all, NewIndicator(i))
		}
		h, err := table.Hunt(NewSelection(all), Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		b.Queries = append(b.Queries, feed.Query{Text: h.Query})
	}
	if got := LintPublished(b); len(got) > 0 {
		t.Errorf("%v", short(got))
	}
	b.IOCs = append(b.IOCs, feed.IOC{Type: feed.Domain, Value: "forgotten.example"})
	if got := LintPublished(b); len(got) != 1 || got[0].Code != "ioc-not-hunted" {
		t.Errorf("an IOC that no hunt looks for: %v", short(got))
	}
	b.Queries = []feed.Query{{Text: strings.ReplaceAll(b.Queries[0].Text, "IocFacts", "Facts")}}
	if got := LintPublished(b); len(got) < 2 {
		t.Errorf("a query that is no hunt: %v", short(got))
	}
}
