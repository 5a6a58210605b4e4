package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSpans: a cell that goes over rows or columns leaves the others where they stand,
// and says of each of its rows what it says.
func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []string
		want []string
	}{
		{"a value of two rows", []string{"<th>Domain<th>IP<th>Port<th>Note", `<td rowspan="2">a[.]example<td>192.0.2.1<td>8443<td>C2`, "<td>192.0.2.2<td>80<td>C2", "<td>b[.]example<td>192.0.2.3<td>81<td>x"}, []string{
			"2 domain a.example | port 8443", "2 ip:port 192.0.2.1:8443", "2 domain a.example | port 80", "3 ip:port 192.0.2.2:80", "4 domain b.example | port 81", "4 ip:port 192.0.2.3:81", "2 port-left-out", "2 port-left-out", "4 port-left-out"}},
		{"what is said of two rows", []string{"<th>Malware<th>IP<th>Port", "<td rowspan=2>Lantern<td>192.0.2.1<td>443", "<td>192.0.2.2<td>80", "<td>Otter<td>192.0.2.3<td>81"}, []string{
			"2 ip:port 192.0.2.1:443 | Lantern", "3 ip:port 192.0.2.2:80 | Lantern", "4 ip:port 192.0.2.3:81 | Otter"}},
		{"a column at the end", []string{"<th>IP<th>Status", "<td>192.0.2.1<td rowspan=2>sinkholed", "<td>192.0.2.2", "<td>192.0.2.3<td>"}, []string{
			"4 ip 192.0.2.3", `2 (ip 192.0.2.1) said to be no IOC: "sinkholed"`, `3 (ip 192.0.2.2) said to be no IOC: "sinkholed"`}},
		{"two ports of one address", []string{"<th>IP<th>Port", "<td rowspan=2>192.0.2.1<td>443", "<td>80"}, []string{"2 ip:port 192.0.2.1:443", "2 ip:port 192.0.2.1:80"}},
		{"types, and a row that names a group", []string{"<th>Type<th>Value", "<td rowspan=2>JA3<td>" + md5Hex, "<td>" + md5Hex[1:] + "0", "<td colspan=2>Files", "<td>MD5<td>" + md5Hex[2:] + "00"}, []string{
			"5 md5_hash " + md5Hex[2:] + "00", "2 not-an-ioc"}},
		{"a title over columns", []string{"<th>Domain<th colspan=2>Victim<th>IP<th>Port", "<td>a[.]example<td>b.example<td>c[.]example<td>192.0.2.1<td>443"}, []string{
			"2 domain a.example | port 443", "2 ip:port 192.0.2.1:443", `2 (domain b.example) column "Victim"`, `2 (domain c.example) column "Victim"`, "2 port-left-out", "1 column-left", "1 column-left"}},
		{"two rows of titles", []string{"<th rowspan=2>Domain<th colspan=2>Whois<th colspan=2>C2", "<th>Email<th>Server<th>IP<th>Port", "<td>a[.]example<td>x@b.example<td>c.example<td>192.0.2.1<td>443"}, []string{
			"3 domain a.example | port 443", "3 ip:port 192.0.2.1:443", `3 (email x@b.example) column "Whois Email"`, `3 (domain c.example) column "Whois Server"`, "3 port-left-out", "1 column-left", "1 column-left"}},
		{"rows of nothing but headers", []string{"<th>Domain<th colspan=2>Notes", "<th>a[.]example<th>x<th>y", "<th>b[.]example<th>x<th>y"}, []string{"2 domain a.example", "3 domain b.example"}},
		{"an empty row", []string{"<th>IP<th>Family", "<td>192.0.2.1<td rowspan=3>Lantern", "", "<td>192.0.2.2", "<td>192.0.2.3"}, []string{"2 ip 192.0.2.1 | Lantern", "4 ip 192.0.2.2 | Lantern", "5 ip 192.0.2.3"}},
		{"to the end", []string{"<th>IP<th>Family", "<td>192.0.2.1<td rowspan=0>Lantern", "<td>192.0.2.2"}, []string{"2 ip 192.0.2.1 | Lantern", "3 ip 192.0.2.2 | Lantern"}},
		{"no number", []string{"<th>IP<th>Port", "<td rowspan=x colspan=-1>192.0.2.1<td>443", "<td>192.0.2.2<td>80"}, []string{"2 ip:port 192.0.2.1:443", "3 ip:port 192.0.2.2:80"}},
	} {
		page := "<html><body><h1>Lantern IOCs</h1><table>"
		for _, row := range c.rows {
			page += "<tr>" + row + "</tr>\n"
		}
		b, err := collect(t, page+"</table></body></html>")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, described(b)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestSpansEnd: what cells are said to go over costs no more than their rows.
func TestSpansEnd(t *testing.T) {
	wide := strings.Repeat(`<td colspan=256 rowspan=65534>x`, 300)
	b, err := collect(t, "<table><tr><th>IP<th>Port</tr><tr><td>192.0.2.1<td>443"+wide+"</tr>"+strings.Repeat("<tr><td>y", 5_000)+"</table>")
	if err != nil || len(b.IOCs) != 1 {
		t.Errorf("%v", err)
	}
}
