package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEncoded holds that nothing is cut or changed by the encoding of a mail that was
// pasted without its header, without a word about it.
func TestEncoded(t *testing.T) {
	const where = ` below "Indicators", in quoted-printable: it may be a part of the value or another`
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"lines", lines("Indicators:", "", "hxxps://evil1[.]example/gate.php?id=3D5&x=3D1", "hxxp://evil2[.]example/this/is/a/rather/long/path/that/is/broken/in/the/mid=", "dle.php", "SHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde=", "f", "evil3[.]example", "the name that the loader asks for the address of the next: sub.evil4[.]exam=", "ple.com", "192.0.2.7"), []string{
			"8 domain evil3.example", "11 ip 192.0.2.7",
			"3 (url https://evil1.example/gate.php?id=3D5&x=3D1) running text" + where,
			"4 (url http://evil2.example/this/is/a/rather/long/path/that/is/broken/in/the/mid=) running text" + where,
			"5 (file_name dle.php) the URL at the end of the line before may go on in it", "10 (domain ple.com) running text" + where, "9 unread-value", "4 mail-encoded"}},
		{"items", lines("## Indicators", "- hxxps://evil1[.]example/caf=C3=A9/with/a/long/path/that/breaks/off/here/wit=", "hout/end.php?x=3D1", "- hxxps://evil2[.]example/?q=3Dabc", "- evil3[.]example", "- hxxps://evil4[.]example/?q=abc="), []string{
			"5 domain evil3.example", "2 (url https://evil1.example/caf=C3=A9/with/a/long/path/that/breaks/off/here/wit=) list" + where,
			"4 (url https://evil2.example/?q=3Dabc) list" + where, "6 (url https://evil4.example/?q=abc=) list" + where, "3 unread-value", "2 mail-encoded"}},
		{"a page", "<h2>Indicators</h2>\n<p style=3D\"color:red\">The first stage asks for hxxps://evil1[.]example/x?=\nid=3D5</p><ul><li>evil2[.]example</ul>\n", []string{
			"3 domain evil2.example", "2 (url https://evil1.example/x?=) running text" + where, "2 mail-encoded"}},
		{"no encoding: parameters", lines("## Indicators", "- hxxps://evil1[.]example/a/rather/long/path/of/a/page.php?token=YWJjZGVmZ2hpamtsbQ=", "- hxxps://evil2[.]example/?id=2026"), []string{
			"2 url https://evil1.example/a/rather/long/path/of/a/page.php?token=YWJjZGVmZ2hpamtsbQ=", "3 url https://evil2.example/?id=2026"}},
		{"no encoding: a sign alone", lines("## Indicators", "- hxxps://evil1[.]example/x?id=3D5", "- hxxps://evil2[.]example/?id=", "- 192.0.2.1"), []string{
			"2 url https://evil1.example/x?id=3D5", "3 url https://evil2.example/?id=", "4 ip 192.0.2.1"}},
		{"no encoding: base64", lines("## Indicators", "- hxxps://evil1[.]example/x?id=3D5", "cG93ZXJzaGVsbCAtZW5jIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6YWJjZGVmZ2hpamtsbW4=", "- 192.0.2.1"), []string{
			"2 url https://evil1.example/x?id=3D5", "4 ip 192.0.2.1"}},
		{"no encoding: the next line is a value", lines("## Indicators", "hxxp://evil1[.]example/login/of/a/page?x=3D"+strings.Repeat("a", 20)+"&sig=", "evil2[.]example", "- hxxp://evil3[.]example/?q="+strings.Repeat("b", 40)+"=", "- 203.0.113.4"), []string{
			"2 url http://evil1.example/login/of/a/page?x=3D" + strings.Repeat("a", 20) + "&sig=", "3 domain evil2.example", "4 url http://evil3.example/?q=" + strings.Repeat("b", 40) + "=", "5 ip 203.0.113.4"}},
		{"no encoding: lines too long for it", lines("## Indicators", "hxxp://evil1[.]example/login?u=3D"+strings.Repeat("a", 70)+"=", "", "C2: evil2[.]example"), []string{
			"2 url http://evil1.example/login?u=3D" + strings.Repeat("a", 70) + "=", "4 domain evil2.example | botnet_cc"}},
	} {
		b, err := collect(t, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, described(b)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}
