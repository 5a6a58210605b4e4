package prose

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// collect reads a document that stands in a test.
func collect(t testing.TB, text string) (*feed.Bulletin, error) {
	t.Helper()
	in, err := feed.NewInput("x", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	bs, err := feed.Collect(Reader{}.Read, in)
	if len(bs) != 1 {
		return nil, err
	}
	return bs[0], err
}

// described writes what a document gives, a line each: IOCs, with what is said
// of them, and mentions with their context.
func described(b *feed.Bulletin) []string {
	var all []string
	for _, i := range b.IOCs {
		s := fmt.Sprintf("%d %s %s", i.Sources[0].Line, i.Type, i.Value)
		for _, more := range []string{string(i.Threat), i.Family, feed.FormatSeen(i.FirstSeen), i.Reference, strings.Join(i.Tags, "+")} {
			if more != "" {
				s += " | " + more
			}
		}
		if i.Confidence != feed.NoConfidence {
			s += fmt.Sprintf(" | %d%%", i.Confidence)
		}
		all = append(all, s)
	}
	for _, i := range b.Mentions {
		all = append(all, fmt.Sprintf("%d (%s %s) %s", i.Sources[0].Line, i.Type, i.Value, i.Context))
	}
	for _, f := range b.Findings {
		if f.Code != "from-prose" {
			all = append(all, fmt.Sprintf("%d %s", f.Source.Line, f.Code))
		}
	}
	return all
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func TestText(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"running text", "The site files.example.org and 192.0.2.1 are in use.\n", []string{
			`1 (domain files.example.org) running text`, `1 (ip 192.0.2.1) running text`}},
		{"one value alone", "192.0.2.1", []string{"1 ip 192.0.2.1"}},
		{"one value among text", lines("Hello.", "", "www.example.com", "", "Bye."), []string{"3 (domain www.example.com) running text"}},
		{"a run of values", lines("Some words first", "192.0.2.1", "cdn.example.net", "", "198.51.100.7"), []string{"2 ip 192.0.2.1", "3 domain cdn.example.net", "5 ip 198.51.100.7"}},
		{"defanged in a sentence", "It asks cdn[.]example[.]net and hxxps://a[.]example[.]org/b, not www.example.com.\n", []string{
			"1 domain cdn.example.net", "1 url https://a.example.org/b", "1 (domain www.example.com) running text"}},
		{"items", lines("Seen:", "- 192.0.2.1", "* cdn.example.net (C2)", "1. 198.51.100.7:443 - first stage", "• `203.0.113.5`", "+ We saw 192.0.2.9 there"), []string{
			"2 ip 192.0.2.1", "3 domain cdn.example.net", "4 ip:port 198.51.100.7:443", "5 ip 203.0.113.5", "6 (ip 192.0.2.9) list"}},
		{"labels", lines("C2: cdn.example.net", "SHA256: "+sha256Hex, "Website: www.example.com", "- Reference: https://blog.example.org/a", "- JA3: "+md5Hex, "imphash="+md5Hex), []string{
			"1 domain cdn.example.net | botnet_cc", "2 sha256_hash " + sha256Hex, "3 (domain www.example.com) running text", `4 (url https://blog.example.org/a) reference "reference"`,
			"5 not-an-ioc", "6 not-an-ioc"}},
		{"wrong label", "MD5: " + sha1Hex + "\n", []string{"1 sha1_hash " + sha1Hex, "1 types-differ"}},
		{"hashes on one line", "- " + md5Hex + ", " + sha1Hex + " SHA256: " + sha256Hex + "\n", []string{"1 md5_hash " + md5Hex, "1 sha1_hash " + sha1Hex, "1 sha256_hash " + sha256Hex}},
		{"heading without markup", lines("Words.", "", "Indicators of Compromise", "The loader asks cdn.example.net for more.", "See our report at https://blog.example.org/x for more.", "", "Conclusion", "", "We use www.example.com for that."), []string{
			`4 (domain cdn.example.net) running text below "Indicators of Compromise", not defanged`, `5 (url https://blog.example.org/x) running text below "Indicators of Compromise", not defanged`, `9 (domain www.example.com) running text below "Indicators of Compromise"`}},
		{"hash in a URL", "- https://www.virustotal.com/gui/file/" + sha256Hex + "\n- hxxp://a.example/" + md5Hex + "\n", []string{
			"2 url http://a.example/" + md5Hex, "1 (url https://www.virustotal.com/gui/file/" + sha256Hex + ") reference to a site about threats"}},
		{"ranges", lines("- 192.0.2.1-192.0.2.9", "- 192.0.2.0 - 192.0.2.255", "- 198.51.100.0-7", "- 203.0.113.1 – 203.0.113.2"), []string{
			"1 ip 192.0.2.1", "1 ip 192.0.2.9", "2 cidr 192.0.2.0/24", "3 cidr 198.51.100.0/29", "4 ip 203.0.113.1", "4 ip 203.0.113.2", "1 range-ends", "4 range-ends"}},
		{"no scheme", "- cdn[.]example[.]net/a/b.php\n- now.example.org:8080\n- c2.example.com\n", []string{"1 url cdn.example.net/a/b.php", "2 domain now.example.org", "3 domain c2.example.com", "2 host-only", "1 no-scheme"}},
		{"wrapped URL", lines("The first stage is fetched from hxxp://cdn[.]example[.]net/path/with-", "more/file.php?x=1", "and hxxps://a[.]example/b."), []string{
			"1 url http://cdn.example.net/path/with-more/file.php?x=1", "3 url https://a.example/b", "1 wrapped-url"}},
		{"no wrapped URL", lines("This is a long line that ends with hxxp://cdn[.]example[.]net/path/", "Country", "and hxxps://a[.]example/b-", "next"), []string{
			"1 url http://cdn.example.net/path/", "3 url https://a.example/b-", "1 may-be-wrapped"}},
		{"wrapped hash", lines("The file has the hash "+sha256Hex[:30], sha256Hex[30:], "and the next "+md5Hex+",", "abcdef0123"), []string{
			"1 (sha256_hash " + sha256Hex + ") running text", "3 (md5_hash " + md5Hex + ") running text", "1 wrapped-hash"}},
		{"wrapped hash of a list", lines("Indicators", "- SHA256: "+sha256Hex[:50], "  "+sha256Hex[50:], "- cdn.example.net"), []string{
			"2 sha256_hash " + sha256Hex, "4 domain cdn.example.net", "2 wrapped-hash"}},
		{"no wrapped hash", lines(md5Hex, md5Hex[:8], sha1Hex[:20]+".", sha1Hex[20:], "", "x"+sha1Hex[:20], sha1Hex[20:], "and", sha1Hex[:20], sha1Hex[20:]+" more"), []string{"1 md5_hash " + md5Hex}},
		{"wrapped where a part is as long as a hash", lines("- SHA256: "+sha256Hex[:32], "  "+sha256Hex[32:], "- SHA-1: "+sha1Hex[:32], sha1Hex[32:], "- MD5: "+md5Hex, "abcdef01", "- MD5 or SHA256: "+md5Hex, sha256Hex[32:]), []string{
			"1 sha256_hash " + sha256Hex, "3 sha1_hash " + sha1Hex, "5 md5_hash " + md5Hex, "7 md5_hash " + md5Hex, "8 md5_hash " + sha256Hex[32:], "1 wrapped-hash", "3 wrapped-hash"}},
		{"spaces in signs", lines("It asks cdn [ . ] example [.] net and a[ . ]example.org, says user [at] example.", "- panel (dot) example (dot) org", "C2: www {dot} example {dot} net", "user (at) mail (dot) example", "Find the point (dot) in it, or (at) example.net.", "| cdn (dot) example (dot) com | see (dot) here there |"), []string{
			"1 domain cdn.example.net", "1 domain a.example.org", "2 domain panel.example.org", "3 domain www.example.net | botnet_cc", "4 email user@mail.example", "6 domain cdn.example.com", "5 (domain example.net) running text"}},
		{"words about signs", lines("Here dots are written [.] in all names, at signs [ @ ] here.example.", "", "- panel\u00a0[.]\u00a0example", "", "See cdn [.] example [.] net or hxxp://a [.] example/b."), []string{
			"3 domain panel.example", "5 domain cdn.example.net", "5 url http://a.example/b",
			"1 (domain written.in) running text, with spaces around the sign that makes it a value", "1 (email signs@here.example) running text, with spaces around the sign that makes it a value"}},
		{"angle brackets", lines("A long line of words before it goes on <http://cdn.example.net/a/very/", "long/path.php> and more"), []string{"1 (url http://cdn.example.net/a/very/) running text"}},
		{"angle brackets closed", lines("A long line of words before it goes on <http://cdn.example.net/a/very/", "long/path.php>"), []string{"1 (url http://cdn.example.net/a/very/long/path.php) running text", "1 wrapped-url"}},
		{"invisible", "- cdn\u00ad.exam\u200bple.net\n-\u00a0192.0.2.1\u200b\n", []string{"1 domain cdn.example.net", "2 ip 192.0.2.1", "1 invisible-character"}},
		{"family", lines("**Malware Family:** Otter RAT", "", "- 192.0.2.1"), []string{"3 ip 192.0.2.1 | Otter RAT"}},
		{"tabs", lines("Type\tIndicator\tFirst seen\tNotes", "domain\tcdn.example.net\t2026-05-26\tsee www.example.com", "ip\t192.0.2.1\t\t"), []string{
			"2 domain cdn.example.net | 2026-05-26", "3 ip 192.0.2.1", `2 (domain www.example.com) column "Notes"`}},
		{"a table of labels", lines("| Imphash | "+md5Hex+" |", "| MD5 | "+md5Hex+" |", "| C2 | cdn.example.net |"), []string{"2 md5_hash " + md5Hex, "3 domain cdn.example.net | botnet_cc", "1 not-an-ioc"}},
		{"a page like any other", lines("# Lantern", "", "## Uses", "- www.example.com", "- https://www.example.net/", "- 192.0.2.1", "```", "example.org/x/tools", "example.org/x/text", "```", "## Hosts", "- cdn.example.net"), []string{
			"6 ip 192.0.2.1", "12 domain cdn.example.net", `4 (domain www.example.com) list below "Uses"`, `5 (url https://www.example.net/) list below "Uses"`,
			`8 (url example.org/x/tools) block of code below "Uses"`, `9 (url example.org/x/text) block of code below "Uses"`}},
		{"a YARA rule", lines("rule Otter {", "  strings:", `    $a = "cdn.example.net"`, `    $b = "198[.]51[.]100[.]1"`, "  condition: any of them", "}", "- 192.0.2.1"), []string{
			"7 ip 192.0.2.1", "3 (domain cdn.example.net) YARA rule", "4 (ip 198.51.100.1) YARA rule", "1 not-an-ioc"}},
		{"vulnerabilities and keys", lines("CVE-2021-1732 and CVE-2026-12345 are used.", `HKLM\Software\Otter is set.`, "- 192.0.2.1"), []string{"3 ip 192.0.2.1", "1 not-an-ioc", "2 not-an-ioc"}},
		{"file names elsewhere", "- loader.exe\n- update.ps1\n- 192.0.2.1\n", []string{"3 ip 192.0.2.1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := collect(t, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, described(b)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMarkdown(t *testing.T) {
	text := lines(
		"# Otter returns",
		"",
		"We track it; see [our blog](https://blog.example.org/otter) and <https://www.example.org/>.",
		"[1]: https://blog.example.org/ref",
		"",
		"## Indicators of compromise (IOCs)",
		"",
		"### C2 servers",
		"",
		"- [x] `cdn.example.net`",
		"- 198.51.100.7:8443 (until May)",
		"",
		"### Files",
		"",
		"| SHA-256 | File name | First seen | Threat | Reference |",
		"|:---|---|---|---|---|",
		"| `"+strings.ToUpper(sha256Hex)+"` | `invoice.zip` | 2026-05-26 | payload | https://blog.example.org/r |",
		"| "+sha1Hex+" | - | soon | | |",
		"",
		"```",
		md5Hex,
		"```",
		"",
		"## Network",
		"It also asks 203.0.113.5 and www.example.net.",
		"",
		"## False positives",
		"- 192.0.2.99",
		"",
		"## References",
		"* https://blog.example.org/1",
		"* hxxps://blog[.]example[.]org/2",
	)
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if b.Title != "Otter returns" {
		t.Errorf("title %q", b.Title)
	}
	want := []string{
		"10 domain cdn.example.net | botnet_cc",
		"11 ip:port 198.51.100.7:8443 | botnet_cc",
		"17 sha256_hash " + sha256Hex + " | payload | 2026-05-26 | https://blog.example.org/r",
		"18 sha1_hash " + sha1Hex,
		"21 md5_hash " + md5Hex,
		"25 ip 203.0.113.5",
		"3 (url https://blog.example.org/otter) target of a link",
		"3 (url https://www.example.org/) running text",
		"4 (url https://blog.example.org/ref) target of a link",
		`17 (file_name invoice.zip) the name of the file with the hash "` + sha256Hex + `"`,
		`17 (url https://blog.example.org/r) column "Reference"`,
		`25 (domain www.example.net) running text below "Network", not defanged`,
		`28 (ip 192.0.2.99) section "False positives"`,
		`31 (url https://blog.example.org/1) section "References"`,
		`32 (url https://blog.example.org/2) section "References"`,
		"18 types-differ",
		"18 bad-date",
		"28 set-aside",
		"32 set-aside",
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
	last := b.Findings[len(b.Findings)-1]
	if want := "this is text, so its context says what is an IOC: 5 because they stand in lists or tables, 1 because they stand below a heading about IOCs; mentions: 9"; last.Text != want {
		t.Errorf("got %q", last.Text)
	}
}

func TestAsciiDoc(t *testing.T) {
	text := lines(
		":toc:",
		"= Otter -- Indicators of Compromise",
		"",
		"The report is at https://blog.example.org/otter and https://www.example.org[here], link:event.json[MISP].",
		"",
		"== Files",
		`[options="header"]`,
		"|===",
		"|SHA-1 | Filename | Details",
		"|`"+sha1Hex+"` | `otter.dll | x` | The loader.",
		"",
		"|"+strings.Repeat("fedcba9876", 4),
		"|C:\\Temp\\b_.dll_",
		"|from cdn[.]example[.]net",
		"|===",
		"",
		"=== File names and paths",
		"----",
		"isapi_.dll_",
		`C:\Windows\Temp\creds.db`,
		"----",
		"",
		"== C&C server",
		"* `++https://js.example[.]com/93/jc.js++`",
		"* `++198.51.100[.]38++`",
		"",
		"=== HTTP headers",
		"* `X-Otter`",
	)
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"10 sha1_hash " + sha1Hex,
		"12 sha1_hash " + strings.Repeat("fedcba9876", 4),
		"14 domain cdn.example.net",
		"19 file_name isapi_.dll_",
		"20 file_name creds.db",
		"24 url https://js.example.com/93/jc.js | botnet_cc",
		"25 ip 198.51.100.38 | botnet_cc",
		"4 (url https://blog.example.org/otter) running text",
		"4 (url https://www.example.org) target of a link",
		`10 (file_name otter.dll) the name of the file with the hash "` + sha1Hex + `"`,
		`13 (file_name b_.dll_) the name of the file with the hash "` + strings.Repeat("fedcba9876", 4) + `"`,
		"28 not-an-ioc",
		"13 path-as-name",
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
}

// What browsers show as spaces around a sign may be markup or the end of a line,
// and the values behind still stand on their own lines.
func TestHTMLSpacedSigns(t *testing.T) {
	b, err := collect(t, lines(
		"<html><body><h2>Indicators</h2><ul><li>cdn <span>[.]</span>",
		"example</li><li>a&nbsp;(dot)&nbsp;example</li></ul><p>It asks b[ . ]example.org,",
		`c [.] d [.] example and <a href="https://www.example.com/x">this</a>`,
		"192.0.2.1.</p><table><tr><td>192 [.] 0 [.] 2 [.] 7<td>x (dot) y here</table></body></html>"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 domain cdn.example", "2 domain a.example", "2 domain b.example.org", "3 domain c.d.example", "4 ip 192.0.2.1", "4 ip 192.0.2.7",
		`3 (url https://www.example.com/x) target of the link "this"`,
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
}

func TestHTML(t *testing.T) {
	text := lines(
		"<!DOCTYPE html>",
		`<html><head><title>Otter | Example</title><link rel="canonical" href="https://www.example.com/otter">`,
		"<script>var x = 'http://evil.example/s';</script><style>a{background:url(http://evil.example/c)}</style></head>",
		`<body><nav><a href="https://www.example.com/">Home</a> <a href="https://social.example.net/us">us</a></nav>`,
		"<h1>Otter returns</h1>",
		`<p>Read <a href="https://blog.example.org/a?x=1&amp;y=2">another report</a> or`,
		"  mail info@example.com; the loader asks cdn[.]exam<wbr>ple[.]net.</p>",
		"<h2>Indicators of Compromise</h2>",
		`<ul><li><a href="http://dl.example.net/x">http://dl.example.net/x</a></li>`,
		"<li>",
		"198.51.100<b>[.]</b>7</li><li>c2&#46;example&shy;.net</li></ul>",
		"<table><tr><th>MD5<th>Name of the file<th>Malware</tr>",
		"<tr><td>"+md5Hex+"<br>",
		sha1Hex+"<td>otter.exe<td>Otter</tr></table>",
		"<pre>192.0.2.1",
		"192.0.2.2</pre>",
		"<footer><p>192.0.2.3</p></footer>",
		"</body></html>",
	)
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if b.Title != "Otter returns" {
		t.Errorf("title %q", b.Title)
	}
	want := []string{
		"7 domain cdn.example.net",
		"9 url http://dl.example.net/x",
		"11 ip 198.51.100.7",
		"11 domain c2.example.net",
		"13 md5_hash " + md5Hex + " | Otter",
		"14 sha1_hash " + sha1Hex + " | Otter",
		"15 ip 192.0.2.1",
		"16 ip 192.0.2.2",
		"4 (url https://www.example.com/) navigation of the page",
		"4 (url https://social.example.net/us) navigation of the page",
		"7 (email info@example.com) address of the page's own site",
		`6 (url https://blog.example.org/a?x=1&y=2) target of the link "another report"`,
		`14 (file_name otter.exe) the name of the file with the hash "` + md5Hex + `"`,
		"17 (ip 192.0.2.3) navigation of the page",
		"11 invisible-character",
		"14 types-differ",
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"Only words, e.g. these; run setup.py with version 1.2.3.4 of it.\n", "<html><body><p>Words</p></body></html>", "{\n \"a\": 1}\n"} {
		b, err := collect(t, text)
		var bad *feed.InputError
		if b != nil || !errors.As(err, &bad) || !strings.HasPrefix(bad.Reason, "nothing in it looks like an IOC") {
			t.Errorf("%q: %v, %v", text, b, err)
		}
	}
}

func TestSure(t *testing.T) {
	for _, c := range []struct {
		text string
		want feed.Sureness
	}{
		{"words", 1},
		{`{"a": "192.0.2.1"}`, 1},
		{`["192.0.2.1"]`, 1},
		{"<rss><a>192.0.2.1</a></rss>", 1},
		{"<ioc>192.0.2.1</ioc>", 1},
		{"See 192.0.2.1 for that.", 15},
		{"a[.]example\nb[.]example\nc[.]example\nd[.]example\ne[.]example\nf[.]example\n", 15},
		{"It asks a[.]example, b[.]example, c[.]example, d[.]example\nand e[.]example too.\n", 34},
		{"# IOCs\n\n- 192.0.2.1\n", 38},
		{"= IOCs\n\n* 192.0.2.1\n", 38},
		{"\n<!-- x --><p>192.0.2.1", 60},
		{"<!doctype HTML><p>", 60},
	} {
		if got := (Reader{}).Sure([]byte(c.text)); got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
	}
}

// TestWords holds that the lexicon says nothing twice, for the order in which
// its columns are looked at is not told.
func TestWords(t *testing.T) {
	l := words()
	seen := map[string]role{}
	for r, titles := range l.Columns {
		for title := range titles {
			if other, ok := seen[title]; ok {
				t.Errorf("%q is a column of %s and of %s", title, r, other)
			}
			seen[title] = r
		}
	}
	for phrase, threat := range l.Threats {
		if !threat.Known() {
			t.Errorf("%q is the threat %q", phrase, threat)
		}
	}
	for _, list := range []phrases{l.Indicators, l.NotIndicators, l.Subjects, l.Topics, l.References, l.Benign, l.ReferenceLabels, l.Referring, l.ReferringOn, l.Denials, l.Short, l.Leads, l.Companions, l.Pretended, l.Aside, l.Harm, l.Hostile, l.HarmlessLeads, l.Bystanders, l.BystanderLabels, l.MailLabels, l.Owners, l.Belongings, l.Advice, l.Attacked, l.Attackable, l.Titling} {
		for phrase := range list {
			if got := strings.Join(split(phrase), " "); got != phrase || len(strings.Fields(phrase)) > longestPhrase {
				t.Errorf("%q is never found, it would be %q", phrase, got)
			}
		}
	}
	for phrase := range l.Foreign {
		if got := strings.Join(split(phrase), " "); got != phrase || len(strings.Fields(phrase)) > longestPhrase {
			t.Errorf("%q is never found, it would be %q", phrase, got)
		}
	}
}
