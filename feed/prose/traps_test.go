package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTraps reads what looks like a value and is another, or none.
func TestTraps(t *testing.T) {
	half := md5Hex[:16]
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"hyphens that are none", lines("- hxxps://pay\u2011roll[.]example/x", "- secure\u2010login[.]example", "- pay\u2013roll[.]example", "- a\u3002example"), []string{
			"1 url https://pay-roll.example/x", "2 domain secure-login.example", "4 domain a.example", "1 odd-hyphen", "2 odd-hyphen", "3 unread-value", "4 plain-ioc"}},
		{"underscores", lines("- _dmarc.a[.]example", "- __m.example", "- __b__[.]example", "- _c.example_"), []string{
			"1 domain _dmarc.a.example", "2 domain __m.example", "3 domain b.example", "4 domain c.example", "2 plain-ioc"}},
		{"keys", lines("IOCs:", "RC4 keys:", half, half, "", "Certificate serials:", sha1Hex[:20], sha1Hex[20:], "Hashes:", "- 192.0.2.1"), []string{"10 ip 192.0.2.1"}},
		{"lines that may be two", lines("Values follow.", half, half, half, "and", sha256Hex[:63], sha256Hex+"a", "x", "- 192.0.2.1"), []string{"9 ip 192.0.2.1",
			"2 (md5_hash 0123456789abcdef0123456789abcdef) two lines that have the length of a hash together",
			"6 (sha512_hash " + sha256Hex[:63] + sha256Hex + "a) two lines that have the length of a hash together"}},
		{"lines of a narrow column", lines("Hashes:", sha256Hex[:40-1], sha256Hex[39:], "f"+sha256Hex[1:39], sha256Hex[39:]), []string{
			"2 sha256_hash " + sha256Hex, "4 sha256_hash f" + sha256Hex[1:], "2 wrapped-hash", "4 wrapped-hash"}},
		{"halves below a heading", lines("SHA256", md5Hex, md5Hex, "", "MD5", md5Hex, "f"+md5Hex[1:], "", "SHA-1", "e"+md5Hex[1:]), []string{
			"2 sha256_hash " + md5Hex + md5Hex, "6 md5_hash " + md5Hex, "7 md5_hash f" + md5Hex[1:], "10 md5_hash e" + md5Hex[1:], "2 wrapped-hash", "10 types-differ"}},
		{"a URL within", lines("It asks hxxps://a[.]example/r?u=hxxp://b.example here."), []string{"1 url https://a.example/r?u=http://b.example"}},
		{"rows that say what they hold", lines("| Type | Value | Status |", "|---|---|---|", "| Domain | 192.0.2.3 | |", "| Benign domain | c.example | |", "| URL | d[.]example | whitelisted |", "| SHA256 | "+md5Hex+"<br>"+md5Hex+" | |", "| MD5 | "+sha1Hex+" | |", "| ip | 192.0.2.4 | compromised, now clean |"), []string{
			"3 ip 192.0.2.3", "6 sha256_hash " + md5Hex + md5Hex, "7 sha1_hash " + sha1Hex, "8 ip 192.0.2.4", `4 (domain c.example) said to be no IOC: "Benign domain"`, `5 (domain d.example) said to be no IOC: "whitelisted"`,
			"3 types-differ", "7 types-differ"}},
		{"ports of rows", lines("| Value | Port |", "|---|---|", "| 192.0.2.1 | 443 |", "| 192.0.2.2 | 80, 443 |", "| 192.0.2.3 | 443/tcp |", "| a.example | 8443 |", "| 192.0.2.4 | 70000 |", "| 192.0.2.5:22 | 22 |", "| 192.0.2.6 | - |"), []string{
			"3 ip:port 192.0.2.1:443", "4 ip 192.0.2.2 | port 80+port 443", "5 ip:port 192.0.2.3:443", "6 domain a.example | port 8443", "7 ip 192.0.2.4", "8 ip:port 192.0.2.5:22", "9 ip 192.0.2.6",
			"4 port-left-out", "6 port-left-out", "7 port-left-out"}},
		{"blocks in text", lines("Deny tcp src outside:192.0.2.9/4444 dst inside:192.0.2.77/22", "Hosts of 192.0.2.0/24 ask it."), []string{
			"1 (ip 192.0.2.9) running text", `1 (cidr 192.0.0.0/22) running text, written as "192.0.2.77/22"`, "2 (cidr 192.0.2.0/24) running text"}},
		{"several ports", lines("- 192.0.2.1:443,8443/8080", "- 192.0.2.2:443, 8443 processes"), []string{
			"1 ip:port 192.0.2.1:443", "1 ip:port 192.0.2.1:8443", "1 ip:port 192.0.2.1:8080", "2 ip:port 192.0.2.2:443"}},
		{"a word behind", lines("IOCs:", md5Hex+" loader.exe", md5Hex[1:]+"0 *loader.dll", "192.0.2.1 443", "192.0.2.2 port 8443", "192.0.2.3 and more of them"), []string{
			"2 md5_hash " + md5Hex, "3 md5_hash " + md5Hex[1:] + "0", "4 ip 192.0.2.1 | port 443", "5 ip 192.0.2.2 | port 8443", "6 ip 192.0.2.3",
			"2 (file_name loader.exe) a name of a file beside a hash", "3 (file_name loader.dll) a name of a file beside a hash", "4 port-as-tag"}},
		{"names with a path", lines("- code[.]example/evil/repo", "- files.example.org/a.php?b=c,", "It asks d[.]example/e, f[.]example and g[.]example/."), []string{
			"1 url code.example/evil/repo", "2 url files.example.org/a.php?b=c", "3 url d.example/e", "3 domain f.example", "3 domain g.example", "1 no-scheme", "2 plain-ioc"}},
		{"what cannot be read", lines("## Indicators", "- 192[.]0[.]2[.]256", "- hxxp://3325256711/x", "- hxxp:\\\\a[.]example\\x", "- a[,]example", "- "+md5Hex[1:], "- Otter loader", "- evil[.]bit", "- *[.]b[.]example", "- \\\\192.0.2.7\\share\\x.exe", "- /gate.php", "- ssh root@192.0.2.8",
			"## Other", "- a.b.c", "The word c[.]nothing1x in text."), []string{
			"8 domain evil.bit", "9 domain b.example", "10 ip 192.0.2.7", "12 ip 192.0.2.8", "2 unread-value", "3 unread-value", "4 unread-value", "5 unread-value", "6 unread-value", "15 unread-value", "7 not-an-ioc", "11 not-an-ioc"}},
		{"what has no value among indicators", lines("# Otter", "## Indicators", "| Type | Value |", "|---|---|", "| domain | a.example |", "| domain | bexample |", "| domain | c,example |", "| wallet | 1xyz |", "| - | - |", "| | d e f |", "", "- Pipe: otter_pipe", "- The hosts:", "  - e.example", "- f,example", "", "## References", "- A post", "", "| Domain |", "|---|", "| gexample |"), []string{
			"5 domain a.example", "14 domain e.example", "6 unread-value", "7 unread-value", "8 not-an-ioc", "10 not-an-ioc", "12 not-an-ioc"}},
		{"escapes", lines(`- a\[.\]example`, `- hxxp://b\[.\]example/c\_d?x=1&amp;y=2`, `- bob\[@\]e.example`, `- f\_7[.]example`, "- **g**[.]example", "- `h`[.]`example`", "- i&#46;example", `- C:\_x\j[.]example`, `- k\.example\.org`, "| l\\[.\\]example | m\\|n |"), []string{
			"1 domain a.example", "2 url http://b.example/c_d?x=1&y=2", "3 email bob@e.example", "4 domain f_7.example", "5 domain g.example", "6 domain h.example", "7 domain i.example", "10 domain l.example", "8 unread-value", "7 plain-ioc"}},
		{"no escapes in code", lines("```", `hxxp://a[.]example/b\_c`, "```", "- 192.0.2.1"), []string{`2 url http://a.example/b\_c`, "4 ip 192.0.2.1"}},
		{"said to be none", lines("## Indicators", "- a.example (sinkholed, not malicious)", "- Do not block: b.example", "- c.example - whitelisted", "- d.example (impersonates a legitimate site)", "Allow e[.]example", "FortiOS 7.2.4.1 and 192.0.2.1", "### Victims", "- f.example", "### Sinkholes", "- g.example"), []string{
			"5 domain d.example", "7 ip 192.0.2.1", `2 (domain a.example) said to be no IOC: "sinkholed, not malicious"`, `3 (domain b.example) said to be no IOC: "Do not block:"`, `4 (domain c.example) said to be no IOC: "whitelisted"`,
			`6 (domain e.example) said to be no IOC: "Allow"`, `7 (ip 7.2.4.1) running text below "Indicators", behind the name of software: it may be a version`, `9 (domain f.example) section "Victims"`, `11 (domain g.example) section "Sinkholes"`, "7 may-be-version", "9 set-aside", "11 set-aside"}},
		{"versions", lines("## Indicators", "- FortiOS 7.2.4.1 (C2)", "- Tor exit node 5.2.3.4", "- Ivanti Connect Secure 22.7.2.3", "- FortiOS 7.2.4.2 of the C2"), []string{
			"2 ip 7.2.4.1", "3 ip 5.2.3.4", `4 (ip 22.7.2.3) list below "Indicators", behind the name of software: it may be a version`,
			`5 (ip 7.2.4.2) list below "Indicators", behind the name of software: it may be a version`, "4 may-be-version"}},
		{"cells without a header", lines("Indicateur,Description", "hxxp://a[.]example/x,mauvais", "", "Tipo;Valor;Nota", "url;hxxp://b[.]example/x;malo", "", "IOCs:", "hxxp://c[.]example/x,URL,botnet", "hxxp://d[.]example/1,2.html"), []string{
			"2 url http://a.example/x", "5 url http://b.example/x", "8 url http://c.example/x,URL,botnet", "9 url http://d.example/1,2.html", "8 url-end"}},
		{"a list below a line with a colon", lines("IOCs:", "", "cdn.example.net Otter loader"), []string{"3 domain cdn.example.net"}},
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

// TestHTMLTraps: notes, buttons and hidden text are no part of the values beside
// them, and elements within a value are.
func TestHTMLTraps(t *testing.T) {
	text := lines(
		"<html><body><h2>Indicators</h2><ul><li>192[.]0[.]2[.]1<sup>2</sup></li>",
		"<li>hxxp://a[.]example/x<sup>3</sup></li><li>b[.]example<sub>1</sub></li>",
		`<li><span class="sr-only">Copy</span>c[.]example</li>`,
		`<li><span style="display: none">d[.]example</span>e[.]example</li><li>f<span hidden>x</span>[.]example</li>`,
		"<li>g[.]example<span>Copy</span></li><li>"+md5Hex+"<span>Copy</span></li>",
		"<li hidden>h[.]example<ul><li>i[.]example</li></ul><li>j<b>[.]</b>example</li><li>exa<em>mple</em>.com</li>",
		`<li aria-hidden="true">k[.]example<li>l<i aria-hidden="true">[.]</i>example</ul>`,
		"<template><p>m[.]example</p></template><p hidden>n[.]example<div>o[.]example</div>",
		"<p>See<span>p[.]example</span> and q.example<a href=\"#1\">here</a></p>",
		"<table><tr><th>SHA256<th>File name</tr><tr style=\"display:none\"><td>"+sha256Hex+"<td>x.exe</tr>",
		"<tr><td>"+md5Hex+"<br>"+md5Hex+"<td hidden>y.exe<tr><td>f"+sha256Hex[1:]+"<td>z.exe</table>",
		"</body></html>",
	)
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 ip 192.0.2.1", "2 url http://a.example/x", "2 domain b.example", "3 domain c.example", "4 domain e.example", "4 domain f.example", "5 domain g.example", "5 md5_hash " + md5Hex,
		"6 domain j.example", "7 domain l.example", "8 domain o.example",
		"11 sha256_hash " + md5Hex + md5Hex, "11 sha256_hash f" + sha256Hex[1:],
		"4 (domain d.example) hidden in the page", "6 (domain h.example) hidden in the page", "6 (domain i.example) hidden in the page", "6 (domain example.com) in several elements of the page, which may hold more than one value", "7 (domain k.example) hidden in the page",
		"8 (domain m.example) hidden in the page", "8 (domain n.example) hidden in the page",
		"9 (domain seep.example) in several elements of the page, which may hold more than one value",
		`9 (domain q.example) running text below "Indicators", not defanged`, "10 (sha256_hash " + sha256Hex + ") hidden in the page", "10 (file_name x.exe) hidden in the page", "11 (file_name y.exe) hidden in the page",
		`11 (file_name z.exe) the name of the file with the hash "f` + sha256Hex[1:] + `"`,
		"6 joined-elements", "9 joined-elements", "4 hidden-values",
	}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
}

// TestLexicon holds that the words in the program can be read.
func TestLexicon(t *testing.T) {
	if l, err := readWords(wordsFile); err != nil || len(l.Columns) == 0 || len(l.Denials) == 0 || len(l.Types) == 0 {
		t.Errorf("%v", err)
	}
}
