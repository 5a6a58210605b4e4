package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParts takes nothing for a whole value that is written in part, and keys for
// no hashes.
func TestParts(t *testing.T) {
	sha384Hex := strings.Repeat("1a2b3c4d", 12)
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"hashes", lines("## Indicators", "- "+sha1Hex+"...", "- "+md5Hex+"…", "- "+md5Hex+"[...]", "- …"+md5Hex, "- "+sha1Hex+"."), []string{
			"6 sha1_hash " + sha1Hex,
			"2 (sha1_hash " + sha1Hex + `) list below "Indicators", not written in full`, "3 (md5_hash " + md5Hex + `) list below "Indicators", not written in full`,
			"4 (md5_hash " + md5Hex + `) list below "Indicators", not written in full`, "5 (md5_hash " + md5Hex + `) list below "Indicators", not written in full`,
			"2 value-cut", "3 value-cut", "4 value-cut", "5 value-cut"}},
		{"URLs", lines("## Indicators", "- hxxps://a[.]example/abc...", "- hxxps://b[.]example/…", "- hxxps://c[.]example/a/<id>/b", "- hxxps://d[.]example/a/[...]/b.php", "- hxxps://e[.]example/a/<br>", "- hxxps://f[.]example/a."), []string{
			"6 url https://e.example/a/", "7 url https://f.example/a",
			`2 (url https://a.example/abc) list below "Indicators", not written in full`, `3 (url https://b.example/) list below "Indicators", not written in full`,
			`4 (url https://c.example/a/) list below "Indicators", not written in full`, `5 (url https://d.example/a/[...]/b.php) list below "Indicators", not written in full`,
			"2 value-cut", "3 value-cut", "4 value-cut", "5 value-cut"}},
		{"hashes of 384 bits", lines("## Indicators", "- 192.0.2.1", "- "+sha384Hex, "- SHA-384: "+sha384Hex, "- The file x has the hash "+sha384Hex+".", "- SHA3-384: "+strings.ToUpper(sha384Hex), "", "| File | SHA384 |", "|---|---|", "| a.exe | "+sha384Hex+" |", "", "- a.example/"+sha384Hex, "- "+sha384Hex+"ab"), []string{
			"2 ip 192.0.2.1", "6 sha3_384_hash " + sha384Hex, "10 file_name a.exe", "12 url a.example/" + sha384Hex, "13 unread-value", "3 not-an-ioc", "12 no-scheme"}},
		{"a hash of 384 bits in text", lines("It asks 192[.]0[.]2[.]1.", "", "The loader ("+sha384Hex+") came later."), []string{"1 ip 192.0.2.1", "3 not-an-ioc"}},
		{"names and addresses", lines("## Indicators", "- a[.]example…", "- 192.0.2.1...", "It asks b[.]example, c[.]example..."), []string{
			"2 domain a.example", "3 ip 192.0.2.1", "4 domain b.example", "4 domain c.example", "2 value-cut", "3 value-cut"}},
		{"what may go on", lines("## Indicators", "- hxxps://a[.]example/path with space/x.exe", "- b[.]example/x,y.php", "- c[.]example/x,d[.]example/y", "- hxxps://e[.]example/x and/or more", "- f[.]example/x;jsessionid=1"), []string{
			"2 url https://a.example/path", "3 url b.example/x", "4 url c.example/x", "4 url d.example/y", "5 url https://e.example/x", "6 url f.example/x;jsessionid=1",
			"2 url-end", "3 url-end", "3 no-scheme"}},
		{"files with spaces", lines("## Indicators", "- hxxp://198.51.100[.]18/Payment Copy.exe", "- hxxps://evil1[.]example/New Order 2026.iso (stage 1)", "hxxps://evil2[.]example/download file.zip", "- evil3[.]example/Payment Copy.exe", "- URL: hxxps://evil4[.]example/a/b invoice_7.js - dropped"), []string{
			"2 url http://198.51.100.18/Payment", "3 url https://evil1.example/New", "4 url https://evil2.example/download", "5 url evil3.example/Payment", "6 url https://evil4.example/a/b",
			"2 url-end", "3 url-end", "4 url-end", "5 url-end", "6 url-end", "5 no-scheme"}},
		{"files behind whole URLs", lines("## Indicators", "- hxxps://evil1[.]example/a.php Copy.exe", "- hxxps://evil2[.]example Copy.exe", "- hxxps://evil3[.]example/ Copy.exe", "- hxxps://evil4[.]example/x – Copy.exe", "- hxxps://evil5[.]example/x (Copy.exe)", "- hxxps://evil6[.]example/x?y=z Copy.exe"), []string{
			"2 url https://evil1.example/a.php", "3 url https://evil2.example", "4 url https://evil3.example/", "5 url https://evil4.example/x", "6 url https://evil5.example/x", "7 url https://evil6.example/x?y=z",
			`2 (file_name Copy.exe) list below "Indicators"`, `3 (file_name Copy.exe) list below "Indicators"`, `4 (file_name Copy.exe) list below "Indicators"`, `5 (file_name Copy.exe) list below "Indicators"`, `6 (file_name Copy.exe) list below "Indicators"`, `7 (file_name Copy.exe) list below "Indicators"`}},
		{"what a URL does", lines("## Indicators", "- hxxps://evil1[.]example/gate drops payload.exe", "- hxxps://evil2[.]example/gate delivers x.exe", "- hxxps://evil3[.]example/gate and b.dll", "- hxxps://evil4[.]example/Terms and Conditions.pdf", "- hxxps://evil5[.]example/gate for the loader c.exe", "- hxxps://evil6[.]example/How Run setup.exe"), []string{
			"2 url https://evil1.example/gate", "3 url https://evil2.example/gate", "4 url https://evil3.example/gate", "5 url https://evil4.example/Terms", "6 url https://evil5.example/gate", "7 url https://evil6.example/How",
			`2 (file_name payload.exe) list below "Indicators"`, `3 (file_name x.exe) list below "Indicators"`, `4 (file_name b.dll) list below "Indicators"`, `5 (file_name Conditions.pdf) list below "Indicators"`, `6 (file_name c.exe) list below "Indicators"`,
			"4 url-end", "5 url-end", "6 url-end", "7 url-end"}},
		{"names behind a pattern", lines("## Indicators", "- <random>.a[.]example", "- [a-z]{5}.b[.]example", "- {id}.c[.]example/x", "- *.d[.]example", "- [x](y).e[.]example", "- <b>f[.]example</b>"), []string{
			"2 domain a.example", "3 domain b.example", "5 domain d.example", "6 domain e.example", "7 domain f.example", `4 (url c.example/x) list below "Indicators", not written in full`, "2 value-cut", "3 value-cut", "4 value-cut"}},
		{"ports of a URL", lines("## Indicators", "- hxxp://a[.]example:80,443/", "- 192.0.2.1", "- hxxp://b[.]example:8080,8443/x and more", "- 192.0.2.2", "- hxxp://c[.]example:80, 192.0.2.3"), []string{
			"2 url http://a.example:80", "3 ip 192.0.2.1", "4 url http://b.example:8080", "5 ip 192.0.2.2", "6 url http://c.example:80", "6 ip 192.0.2.3", "2 url-end", "4 url-end"}},
		{"keys", lines("Password: "+md5Hex, "Bot ID: "+md5Hex, "- Campaign ID: "+md5Hex, "- C2 key: "+md5Hex, "- Sample ID: f"+md5Hex[1:], "- Key MD5: e"+md5Hex[1:]), []string{
			"5 md5_hash f" + md5Hex[1:], "6 md5_hash e" + md5Hex[1:], "1 not-an-ioc"}},
		{"what may be no key", lines("VirusTotal ID: "+sha256Hex, "Dropper id: "+md5Hex, "- Loader id: "+sha1Hex, "- IOC ID: "+md5Hex, "- Password: "+sha256Hex, "- Bot ID: "+sha1Hex), []string{
			`1 (sha256_hash ` + sha256Hex + `) running text`, `2 (md5_hash ` + md5Hex + `) running text`,
			`3 (sha1_hash ` + sha1Hex + `) list, behind the label "Loader id"`, `4 (md5_hash ` + md5Hex + `) list, behind the label "IOC ID"`,
			`5 (sha256_hash ` + sha256Hex + `) list, behind the label "Password"`, `6 (sha1_hash ` + sha1Hex + `) list, behind the label "Bot ID"`, "3 maybe-key"}},
		{"a long dash", lines("## Indicators", "- evil—dash2[.]example", "- a.example — b", "- "+strings.Repeat("é", 99)+"—c[.]example"), []string{"2 domain dash2.example", "3 domain a.example", "4 domain c.example", "2 odd-hyphen", "4 odd-hyphen", "3 plain-ioc"}},
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
