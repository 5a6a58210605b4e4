package prose

import (
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
		{"Usage", "port 8443"}: tag, {"Role", "C2 (TCP/8443)"}: {"port-left-out"}, {"Kill Chain Phase", "C2, port 8443"}: {"port-left-out"}, {"Type", "IP, port 8443"}: {"port-left-out"}, {"Protocol", "TCP/8443"}: append([]string{"unread-column"}, tag...),
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
