package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPorts keeps each port that stands apart from its address, or tells of it.
func TestPorts(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"in words", lines("## Indicators", "- 192[.]0[.]2[.]1 on port 8443", "- 192.0.2.2 (TCP 443)", "- 192.0.2.3 (443, 8443)", "- 192.0.2.4 [port 443]", "- 192.0.2.5 TCP/443", "- 192.0.2.6 (ports 443 and 80), seen in May", "- 192.0.2.7 443/tcp, 80/tcp", "- 192.0.2.8,443",
			"- 192.0.2.9 - 443", "- 192.0.2.10 : 8443", "- 192.0.2.11:443, 8443, 9443", "- 192.0.2.12:443 and 8443"), []string{
			"2 ip 192.0.2.1 | port 8443", "3 ip 192.0.2.2 | port 443", "4 ip 192.0.2.3 | port 443+port 8443", "5 ip 192.0.2.4 | port 443", "6 ip 192.0.2.5 | port 443", "7 ip 192.0.2.6 | port 443+port 80", "8 ip 192.0.2.7 | port 443+port 80", "9 ip 192.0.2.8 | port 443",
			"10 ip 192.0.2.9 | port 443", "11 ip 192.0.2.10 | port 8443", "12 ip:port 192.0.2.11:443 | port 8443+port 9443", "13 ip:port 192.0.2.12:443 | port 8443", "2 port-as-tag"}},
		{"in sentences", lines("It asks 192[.]0[.]2[.]1 on port 8443 and 192[.]0[.]2[.]2 (port 80) in turn, 192[.]0[.]2[.]3 and 12 more."), []string{
			"1 ip 192.0.2.1 | port 8443", "1 ip 192.0.2.2 | port 80", "1 ip 192.0.2.3", "1 port-as-tag"}},
		{"behind a word, in sentences", lines("We saw 192[.]0[.]2[.]1 on 8443, as the proxy says.", "It asks 192[.]0[.]2[.]2 over 8443. It asks 192[.]0[.]2[.]3 via 8080 and 8443 with TLS, and a[.]example on 4443."), []string{
			"1 ip 192.0.2.1", "2 ip 192.0.2.2", "2 ip 192.0.2.3", "2 domain a.example", "1 port-left-out"}},
		{"counts and dates, in sentences", lines("We saw 192[.]0[.]2[.]1 on 24 hosts, 192[.]0[.]2[.]2 on 12 May, 192[.]0[.]2[.]3 on 2024-05-01 and 192[.]0[.]2[.]4 at 10:30.", "It asks 192[.]0[.]2[.]5 on 5 occasions, 192[.]0[.]2[.]6 in 2024, 192[.]0[.]2[.]7 on 24, 25 and 26 May, 192[.]0[.]2[.]8 8443 times,", "192[.]0[.]2[.]9 on 12.05.2024, 192[.]0[.]2[.]10 on 99999."), []string{
			"1 ip 192.0.2.1", "1 ip 192.0.2.2", "1 ip 192.0.2.3", "1 ip 192.0.2.4", "2 ip 192.0.2.5", "2 ip 192.0.2.6", "2 ip 192.0.2.7", "2 ip 192.0.2.8", "3 ip 192.0.2.9", "3 ip 192.0.2.10"}},
		{"none, or not known", lines("## Indicators", "- 192.0.2.9:443-445", "- 192.0.2.10:99999", "- 192.0.2.11/443", "- 192.0.2.41/42/43", "- 192.0.2.51, 52, 53"), []string{
			"2 ip 192.0.2.9", "3 ip 192.0.2.10", "4 ip 192.0.2.11", "5 ip 192.0.2.41", "6 ip 192.0.2.51", "2 port-left-out", "3 port-left-out", "4 port-left-out", "5 port-left-out", "6 port-left-out"}},
		{"paths of numbers", lines("## Indicators", "- 198[.]51[.]100[.]7/1/gate.php", "- 198.51.100.12:8080/9/x.sh", "- 198.51.100.15:80/1/2/3.sh", "- 198.51.100.16:80/443", "- 198.51.100.17:80/443/8443, 9", "- 198.51.100.18:80/1/(x", "- 198.51.100.19:80/1/é", "- 203.0.113.6/tcp/443", "- 203.0.113.19/1", "- 203.0.113.0/24"), []string{
			"2 url 198.51.100.7/1/gate.php", "3 url 198.51.100.12:8080/9/x.sh", "4 url 198.51.100.15:80/1/2/3.sh", "5 ip:port 198.51.100.16:80", "5 ip:port 198.51.100.16:443",
			"6 ip:port 198.51.100.17:80", "6 ip:port 198.51.100.17:443", "6 ip:port 198.51.100.17:8443 | port 9", "7 url 198.51.100.18:80/1/(x", "8 url 198.51.100.19:80/1/é", "9 ip 203.0.113.6 | port 443", "10 cidr 128.0.0.0/1", "11 cidr 203.0.113.0/24",
			"10 inside-block", "6 port-as-tag", "2 no-scheme"}},
		{"versions", lines("## Indicators", "- 192.0.2.1", "- Zimbra 8.8.15.9", "- Zimbra 45.77.9.18 - used for exfiltration", "- Exchange Server 15.2.221.12", "- Exchange server 49.12.100.18"), []string{
			"2 ip 192.0.2.1", "4 ip 45.77.9.18", "6 ip 49.12.100.18", `3 (ip 8.8.15.9) list below "Indicators", behind the name of software: it may be a version`,
			`5 (ip 15.2.221.12) list below "Indicators", behind the name of software: it may be a version`, "3 may-be-version"}},
		{"paths that make no URL", lines("## Indicators", "- 203.0.113.58//x", "- [2001:db8::2]/x.php", "- [2001:db8::3]:80/x.php", "- 203.0.113.53/?id=1", "- [2001:db8::4]/?id=1", "- [2001:db8::5]/", "- 203.0.113.59/tcp", "- 2001:db8::6/198.51.100.1", "- 203.0.113.60/"), []string{
			"2 ip 203.0.113.58", "3 url [2001:db8::2]/x.php", "4 url [2001:db8::3]:80/x.php", "5 url 203.0.113.53/?id=1", "6 url [2001:db8::4]/?id=1", "7 ip 2001:db8::5", "8 ip 203.0.113.59", "9 ip 2001:db8::6", "9 ip 198.51.100.1", "10 ip 203.0.113.60",
			"2 path-left-out", "3 no-scheme"}},
		{"two slashes before a host", lines("## Indicators", "- //a[.]example[.]com/x", "- `//b.example.com/x`", "- //198[.]51[.]100[.]9:8080/x.php", "- //[2001:db8::1]/x", "- //usr/lib/x.so", "- [2001:db8::]/64"), []string{
			"2 url a.example.com/x", "3 url b.example.com/x", "4 url 198.51.100.9:8080/x.php", "5 url [2001:db8::1]/x", "7 ip 2001:db8::", "7 port-left-out", "6 not-an-ioc", "2 no-scheme", "3 plain-ioc"}},
		{"further addresses", lines("## Indicators", "- 192.0.2.88, 89", "- 192.0.2.90 - 91", "- 192.0.2.96 & 97", "- 192.0.2.98 and 99", "- 192.0.2.100, 80", "- 192.0.2.22 (80)", "- 192.0.2.23 80", "- 192.0.2.24 : 80", "- 192.0.2.25 | 80", "- 192.0.2.26, port 80", "- 192.0.2.27 at 80"), []string{
			"2 ip 192.0.2.88", "3 ip 192.0.2.90", "4 ip 192.0.2.96", "5 ip 192.0.2.98", "6 ip 192.0.2.100 | port 80", "7 ip 192.0.2.22 | port 80", "8 ip 192.0.2.23 | port 80", "9 ip 192.0.2.24 | port 80", "10 ip 192.0.2.25 | port 80", "11 ip 192.0.2.26 | port 80", "12 ip 192.0.2.27 | port 80",
			"2 port-left-out", "3 port-left-out", "4 port-left-out", "5 port-left-out", "6 port-as-tag"}},
		{"scores, years and dates", lines("## Indicators", "- 192.0.2.72 (95/100)", "- 192.0.2.63, 2024", "- 192.0.2.87 (05.12.2024)", "- 192.0.2.88 (5.12.2024)", "- 192.0.2.89 (2024-12-05)", "- 192.0.2.90 (5/12/2024)", "- 192.0.2.91 (80/tcp)", "- 192.0.2.92, 2083", "- 192.0.2.93 443.", "- 192.0.2.94 (v 1.2)", "- 192.0.2.95 (443,8443)"), []string{
			"2 ip 192.0.2.72", "3 ip 192.0.2.63", "4 ip 192.0.2.87", "5 ip 192.0.2.88", "6 ip 192.0.2.89", "7 ip 192.0.2.90", "8 ip 192.0.2.91 | port 80", "9 ip 192.0.2.92 | port 2083", "10 ip 192.0.2.93 | port 443", "11 ip 192.0.2.94", "12 ip 192.0.2.95 | port 443+port 8443",
			"2 port-left-out", "3 port-left-out", "8 port-as-tag"}},
		{"in fields", lines("## Indicators", "- 192.0.2.1 | 443", "- 192.0.2.2 | 443 | nginx", "- 192.0.2.3; 443; nginx", "- 192.0.2.4 - 443 - nginx", "- 192.0.2.5  443  nginx", "- 192.0.2.6 | nginx | 8443", "- 192.0.2.7 (nginx, 8443)", "- 192.0.2.8 [8443]", "- 192.0.2.9 Port=443", "- 192.0.2.10 | port 443 | nginx", "- 192.0.2.11 (443), 192.0.2.12 (8443)"), []string{
			"2 ip 192.0.2.1 | port 443", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "5 ip 192.0.2.4", "6 ip 192.0.2.5", "7 ip 192.0.2.6", "8 ip 192.0.2.7", "9 ip 192.0.2.8", "10 ip 192.0.2.9 | port 443", "11 ip 192.0.2.10 | port 443", "12 ip 192.0.2.11", "12 ip 192.0.2.12",
			"2 port-as-tag", "3 port-left-out"}},
		{"in cells that tabs part", lines("## Indicators", "192.0.2.1\t443", "192.0.2.2\t443\tnginx", "192.0.2.3\tnginx\t192.0.2.4", "192.0.2.5\t2024-05-01\t2024"), []string{
			"2 ip 192.0.2.1 | port 443", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "4 ip 192.0.2.4", "5 ip 192.0.2.5", "2 port-as-tag", "3 port-left-out"}},
		{"in comments", lines("## Indicators", "- 192.0.2.1 (C2 server, port 443)", "- 192.0.2.2 listening on TCP port 443", "- 192.0.2.3 - open: 443/tcp", "- 192.0.2.4 port 443, later port 8443"), []string{
			"2 ip 192.0.2.1", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "5 ip 192.0.2.4 | port 443", "5 port-as-tag", "2 port-left-out"}},
		{"on a line of text", lines("Some text.", "", "192[.]0[.]2[.]1 | 443", "", "It goes on. It asks 192[.]0[.]2[.]2, which scans port 445 of others.", "", "192[.]0[.]2[.]3 | 443 | nginx"), []string{
			"3 ip 192.0.2.1 | port 443", "5 ip 192.0.2.2", "7 ip 192.0.2.3", "3 port-as-tag", "5 port-left-out"}},
		{"further ports of a defanged address in text", lines("It asks 192[.]0[.]2[.]1:443,8443/9443 there, and 192.0.2.2:80,81."), []string{
			"1 ip:port 192.0.2.1:443", "1 ip:port 192.0.2.1:8443", "1 ip:port 192.0.2.1:9443", "1 (ip:port 192.0.2.2:80) running text", "1 (ip:port 192.0.2.2:81) running text"}},
		{"behind names", lines("## Indicators", "- a[.]example on port 8443", "- b[.]example | 8443", "- c[.]example (TCP 443)", "- d[.]example:8443", "- e[.]example | nginx | 443", "- f[.]example (2024)", "- g[.]example - 12 samples", "Later h[.]example answers on TCP port 443."), []string{
			"2 domain a.example | port 8443", "3 domain b.example", "4 domain c.example | port 443", "5 domain d.example", "6 domain e.example", "7 domain f.example", "8 domain g.example", "9 domain h.example",
			"5 host-only", "2 port-as-tag", "3 port-left-out"}},
		{"before", lines("## Indicators", "- TCP/443 192.0.2.1", "- port 443 on 192.0.2.2", "- Port 8443: 192.0.2.3", "- 192.0.2.4 port 443, 192.0.2.5", "- 443 samples of 192.0.2.6", "It opens port 445 at 192[.]0[.]2[.]7."), []string{
			"2 ip 192.0.2.1", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "5 ip 192.0.2.4 | port 443", "5 ip 192.0.2.5", "6 ip 192.0.2.6", "7 ip 192.0.2.7", "5 port-as-tag", "2 port-left-out"}},
		{"numbers of other things", lines("## Indicators", "- 192.0.2.1 | 443 samples", "- 192.0.2.2 | AS64500", "- 192.0.2.3 | nginx | 2024", "- 192.0.2.4 | 2024-05-01", "- 192.0.2.5 | 95%", "- 192.0.2.6 | 12 detections", "- 192.0.2.7 - see note 443", "- 192.0.2.8 (seen 12.05.2024)"), []string{
			"2 ip 192.0.2.1", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "5 ip 192.0.2.4", "6 ip 192.0.2.5", "7 ip 192.0.2.6", "8 ip 192.0.2.7", "9 ip 192.0.2.8"}},
		{"years", lines("## Indicators", "- 192.0.2.1 | 2024", "- 192.0.2.2; 2024", "- 192.0.2.3 2024"), []string{
			"2 ip 192.0.2.1", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "2 port-left-out", "3 port-left-out", "4 port-left-out"}},
		{"other numbers", lines("## Indicators", "- 192.0.2.1 8 times", "- 192.0.2.2 (2024)", "- 192.0.2.3 [1]", "- 192.0.2.4 (AS64500)", "- 192.0.2.5 (3)", "- 192.0.2.6:443/tcp", "- 192.0.2.7 - seen 443 times", "- 192.0.2.8 - 2024", "- 192.0.2.9 – 2024"), []string{
			"2 ip 192.0.2.1", "3 ip 192.0.2.2", "4 ip 192.0.2.3", "5 ip 192.0.2.4", "6 ip 192.0.2.5", "7 ip:port 192.0.2.6:443", "8 ip 192.0.2.7", "9 ip 192.0.2.8", "10 ip 192.0.2.9"}},
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

// TestPortsOfRemarks: a remark may name a further port than that of the address, or one
// beside another value; below a heading that takes hashes off nothing is said to be taken.
func TestPortsOfRemarks(t *testing.T) {
	row := func(value, remark string) string {
		return lines("# Lantern", "## IOCs", "", "| IOC | Remark |", "|---|---|", "| "+value+" | "+remark+" |")
	}
	for _, c := range []struct {
		value, remark string
		told          bool
	}{
		{"192.0.2.1:443", "ports 443 and 8443", true},
		{"192.0.2.1:443", "port 443", false},
		{"192.0.2.1", "beacons on port 8080, see https://blog.example/a", true},
		{"192.0.2.1, 192.0.2.2", "port 8080", true},
		{sha256Hex + ", 192.0.2.2", "port 8080", true},
		{"192.0.2.1", "see https://blog.example/a", false},
	} {
		b, err := collect(t, row(c.value, c.remark))
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, f := range b.Findings {
			told = told || f.Code == "port-left-out" || f.Code == "port-as-tag" || f.Code == "port-differs"
		}
		if told != c.told {
			t.Errorf("%s, %s: told %v: %v", c.value, c.remark, told, b.Findings)
		}
	}
	many, long := strings.Repeat("192.0.2.1, ", 10_000), strings.Repeat("port 8080 and more ", 10_000)
	if b, err := collect(t, row(many, long)); err != nil || len(b.IOCs) == 0 {
		t.Errorf("%v", err)
	}
}
