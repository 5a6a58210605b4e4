package prose

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPortsOfRows: what a remark of a row calls a port is kept or told of as behind an
// address in an item, in tables of every kind; a number alone there is none.
func TestPortsOfRows(t *testing.T) {
	type row struct{ title, cell string }
	tag := []string{"port-as-tag", "port 8443"}
	for r, want := range map[row][]string{
		{"Description", "C2 server, port 8443"}: {"port-left-out"}, {"Notes", "TCP/8443"}: tag, {"Details", "(port 8443)"}: tag, {"Comment", "8443/tcp"}: tag, {"Comment", "8443 TCP"}: tag, {"Remarks", "puerto 8443"}: tag,
		{"Usage", "port 8443"}: tag, {"Role", "C2 (TCP/8443)"}: {"port-left-out"}, {"Reference", "Lantern C2, port 8443"}: {"port-left-out"}, {"Reference", "https://www.example/port/8443"}: nil, {"Kill Chain Phase", "C2, port 8443"}: {"port-left-out"}, {"Type", "IP, port 8443"}: {"port-left-out"}, {"Protocol", "TCP/8443"}: append([]string{"unread-column"}, tag...),
		{"Description", "8443"}: nil, {"Description", "12 detections"}: nil, {"Description", "seen 8443 times"}: nil, {"Description", "forwards to 192.0.2.9 port 80"}: nil,
		{"Port", "8443"}: {"ip:port"}, {"First seen", "2026-05-26"}: nil,
	} {
		const address = "192[.]0[.]2[.]1"
		for _, text := range []string{
			lines("# Lantern", "## IOCs", "", "| IP address | "+r.title+" |", "|---|---|", "| "+address+" | "+r.cell+" |"),
			lines("# Lantern", "## IOCs", "", "| "+r.title+" | IP address |", "|---|---|", "| "+r.cell+" | "+address+" |"),
			lines("= Lantern", "== IOCs", "", "|===", "|IP address |"+r.title, "|"+address+" |"+r.cell, "|==="),
			lines("<html><body><h1>Lantern IOCs</h1><table><tr><th>IP address</th><th>" + r.title + "</th></tr><tr><td>" + address + "</td><td>" + r.cell + "</td></tr></table></body></html>"),
			lines("# Lantern", "## IOCs", "", "IP address\t"+r.title, address+"\t"+r.cell),
		} {
			b, err := collect(t, text)
			if err != nil || len(b.IOCs) != 1 {
				t.Fatal(text, err)
			}
			var got []string
			for _, f := range b.Findings {
				if f.Code != "from-prose" {
					got = append(got, f.Code)
				}
			}
			if b.IOCs[0].Type == "ip:port" {
				got = append(got, "ip:port")
			}
			if diff := cmp.Diff(want, append(got, b.IOCs[0].Tags...)); diff != "" {
				t.Errorf("%.60q: %s", text, diff)
			}
		}
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"titles that say nothing", lines("## IOCs", "", "| Item | Details |", "|---|---|", "| 192[.]0[.]2[.]1 | C2, port 8443 |", "| a[.]example | port 443 |"), []string{
			"5 ip 192.0.2.1", "6 domain a.example | port 443", "6 port-as-tag", "5 port-left-out"}},
		{"several values", lines("## IOCs", "", "| IP address | Description |", "|---|---|", "| 192[.]0[.]2[.]1<br>192[.]0[.]2[.]2 | port 8443 |"), []string{
			"5 ip 192.0.2.1", "5 ip 192.0.2.2", "5 port-left-out"}},
		{"its own port", lines("## IOCs", "", "| IP address | Description |", "|---|---|", "| 192[.]0[.]2[.]1:8443 | on port 8443 |", "| 192[.]0[.]2[.]2 (port 80) | port 8443 |", "| 192[.]0[.]2[.]3:22 | port 80 |"), []string{
			"5 ip:port 192.0.2.1:8443", "6 ip 192.0.2.2 | port 80+port 8443", "7 ip:port 192.0.2.3:22 | port 80", "6 port-as-tag"}},
		{"a column of ports", lines("## IOCs", "", "| IP address | Port | Description |", "|---|---|---|", "| 192[.]0[.]2[.]1 | 443 | port 8443 |", "| 192[.]0[.]2[.]2 | - | port 8443 |"), []string{
			"5 ip:port 192.0.2.1:443", "6 ip 192.0.2.2 | port 8443", "6 port-as-tag"}},
	} {
		b, err := collect(t, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, described(b)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestPortsBelow: a line that is nothing but a port is told of behind an address, as is a
// number right below it, but for one that a page or a date may have.
func TestPortsBelow(t *testing.T) {
	const address = "192[.]0[.]2[.]1"
	for _, c := range []struct {
		below []string
		told  string
	}{
		{[]string{"443/TCP"}, "443/TCP"}, {[]string{"8443"}, "8443"}, {[]string{"Port 443"}, "Port 443"}, {[]string{"tcp/8443"}, "tcp/8443"}, {[]string{"8443 TCP"}, "8443 TCP"}, {[]string{"puerto 443"}, "puerto 443"}, {[]string{"**443**"}, "443"}, {[]string{"- 443/udp"}, "443/udp"},
		{[]string{"", "443/TCP"}, "443/TCP"}, {[]string{"", "12"}, ""}, {[]string{"IPv4", "8443", "Lantern"}, "8443"}, {[]string{"Lantern", "8443"}, ""}, {[]string{"Tags", "c2", "Ports", "8443"}, "8443"}, {[]string{"Tags", "c2", "Ports", "8443 TCP", "Whois"}, "8443 TCP"},
		{[]string{"2026"}, ""}, {[]string{"1"}, ""}, {[]string{"70000"}, ""}, {[]string{"12 samples"}, ""}, {[]string{"2026-05-26"}, ""}, {[]string{"12/11/2026"}, ""}, {[]string{"10:30"}, ""}, {[]string{"95%"}, ""}, {[]string{"AS64500"}, ""},
		{[]string{md5Hex, "443"}, ""}, {[]string{"lantern.exe", "443/tcp"}, ""}, {[]string{"## Scanned ports", "443/tcp"}, ""}, {[]string{"a", "b", "c", "d", "e", "f", "443/tcp"}, ""},
	} {
		for _, first := range []string{address, "a[.]example"} {
			text := lines("IOCs", "", first) + lines(append(c.below, "198[.]51[.]100[.]7", "")...)
			f := findingOf(t, text, "port-left-out")
			if (f != "") != (c.told != "") || c.told != "" && !strings.Contains(f, strconv.Quote(c.told)) {
				t.Errorf("%s, %q: %q", first, c.below, f)
			}
		}
	}
	for text, told := range map[string]bool{
		lines("<html><body><h2>IOCs</h2><p>" + address + "</p><p>443/tcp</p></body></html>"):                       true,
		lines("<html><body><h2>IOCs</h2><ul><li>" + address + "<ul><li>443/tcp</li></ul></li></ul></body></html>"): true,
		lines("IOCs", "", address+":443", "8443"):                                                                  false,
		lines("IOCs", "", address+" port 443", "8443"):                                                             false,
		lines("Victims", "", address, "8443"):                                                                      false,
		lines("IOCs", "", address+", 198[.]51[.]100[.]7", "8443"):                                                  false,
		lines("Text about "+address+" and more of it.", "8443"):                                                    false,
		lines("IOCs", "", "| IP | Family |", "|---|---|", "| "+address+" | Lantern |", "", "8443"):                 false,
		lines("IOCs", "", "192.0.2.1", "443/tcp", "198.51.100.7", "8443/tcp", "203.0.113.9", "And some more"):      true,
	} {
		if f := findingOf(t, text, "port-left-out"); (f != "") != told {
			t.Errorf("%q: %q", text, f)
		}
	}
}
