package prose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// beside is a report with a table of domains and of what stands below another title,
// as Markdown, AsciiDoc, a page and a copied page have it.
func beside(title string, cells ...string) []string {
	md := []string{"# Lantern IOCs", "", "| Domain | " + title + " | First seen |", "|---|---|---|"}
	adoc := []string{"= Lantern IOCs", "", "|===", "|Domain |" + title + " |First seen"}
	page := []string{"<html><body><h1>Lantern IOCs</h1><table><tr><th>Domain</th><th>" + title + "</th><th>First seen</th></tr>"}
	tabs := []string{"# Lantern IOCs", "", "Domain\t" + title + "\tFirst seen"}
	for n, c := range cells {
		name := fmt.Sprintf("evil%d[.]example", n+1)
		md = append(md, "| "+name+" | "+c+" | 2026-05-26 |")
		adoc = append(adoc, "|"+name+" |"+c+" |2026-05-26")
		page = append(page, "<tr><td>"+name+"</td><td>"+c+"</td><td>2026-05-26</td></tr>")
		tabs = append(tabs, name+"\t"+c+"\t2026-05-26")
	}
	return []string{lines(md...), lines(append(adoc, "|===")...), lines(append(page, "</table></body></html>")...), lines(append(tabs, "")...)}
}

// columnOf is what is made of what stands beside domains: on, off, and the findings
// about columns.
func columnOf(t *testing.T, text string) (got []string) {
	t.Helper()
	b, err := collect(t, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range b.IOCs {
		if !strings.HasPrefix(i.Value, "evil") {
			got = append(got, "on "+i.Value)
		}
	}
	for _, i := range b.Mentions {
		got = append(got, "off "+i.Value)
	}
	for _, f := range b.Findings {
		if f.Code != "from-prose" {
			got = append(got, f.Code)
		}
	}
	return slices.Compact(got)
}

// TestColumns: a value stands for an IOC below a title that says so. Below another it
// is a mention, and told, but for one that is defanged where the title does not say
// that it is none to hunt for.
func TestColumns(t *testing.T) {
	type want struct{ plain, defanged []string }
	values := want{[]string{"on www.example.com"}, []string{"on www.example.com"}}
	unread := want{[]string{"off www.example.com", "unread-column"}, []string{"on www.example.com"}}
	for _, title := range []string{"Brand impersonation domain", "Victim-facing domain", "Domain targeting victims", "Victim portal", "Victim shaming site", "Domain (registrar)", "Domain / Registrar", "Domain and registrar"} {
		alone := lines("# Lantern IOCs", "| "+title+" | Type |", "|---|---|", "| www[.]example[.]com | domain |")
		want := []string{"on www.example.com"}
		if !strings.HasPrefix(title, "Domain") {
			want = append(want, "maybe-benign")
		}
		if diff := cmp.Diff(want, columnOf(t, alone)); diff != "" {
			t.Errorf("%s alone: %s", title, diff)
		}
		if diff := cmp.Diff(want, columnOf(t, beside(title, "www[.]example[.]com")[0])); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
	clear := want{[]string{"off www.example.com", "column-left"}, []string{"off www.example.com", "column-left"}}
	for title, want := range map[string]want{
		"C2 server": values, "Destination": values, "Remote host": values, "Redirect domain": values, "Indicator (defanged)": values, "Lookalike domain": values, "Phishing URL": values, "Second-stage host": values, "Panel": values, "Subdomain": values,
		"Resolved IP": values, "Resolves to": values, "IP resolution": values, "A record": values, "Hosting IP": values, "Source IP": values, "Command and Control": values, "C2 endpoint": values, "Callback": values, "Beacon": values, "Dest": values, "Dst": values, "Website": unread, "Site": unread,
		"Admin panel": values, "Gate": values, "Dropzone": values, "Exfil server": values, "Phishing site": values, "Fake site": values, "Scam site": values, "Lookalike": values, "Spoofing domain": values, "Impersonating domain": values, "Compromised website": values, "Compromised domain": values,
		"Contacted domain": values, "Contacted domains": values, "DNS query": values, "Redirects to": values, "Tor": values, "Onion": values, "Mirror": unread, "Proxy": unread, "Entry": unread, "Defanged": values, "Infected site": unread, "Parent site": unread, "": values,
		"Netblock": unread, "Reverse DNS": unread, "Gateway": unread, "Name server": unread, "Referrer": unread, "Screenshot": unread, "Reported by": unread, "Parent": unread, "ISP": unread, "Certificate CN": unread,
		"Sandbox": unread, "Resolved name": unread, "Target URL": unread, "Spoofed domain": unread, "Infected victim": unread, "Weather": unread, "Name": unread, "Hosting provider": unread,
		"Victim/Target": clear, "Victim (sector)": clear, "Victim country": clear, "Legitimate counterpart": clear, "Legitimate equivalent": clear, "Legitimate vendor site": clear, "Brand being impersonated": clear,
		"Victim notice": {unread.plain, []string{"on www.example.com", "maybe-benign"}}, "Mimics": clear, "Victim": clear, "Victim domains": clear, "Impersonated bank": clear, "Legitimate domain/IP": clear, "Registrar abuse email": clear, "Legitimate domain": clear, "Target": clear, "Target brand": clear, "Targeted company": clear, "Impersonates": clear, "Impersonated brand": clear, "Registrar": clear, "Registrant email": clear, "WHOIS contact": clear, "Abuse contact": clear, "Allowlist": clear,
	} {
		for n, text := range beside(title, "www.example.com") {
			if diff := cmp.Diff(want.plain, columnOf(t, text)); diff != "" && (title != "" || n != 3) {
				t.Errorf("%s, %.10q, plain: %s", title, text, diff)
			}
		}
		for n, text := range beside(title, "www[.]example[.]com") {
			if diff := cmp.Diff(want.defanged, columnOf(t, text)); diff != "" && (title != "" || n != 3) {
				t.Errorf("%s, %.10q, defanged: %s", title, text, diff)
			}
		}
	}
}

// TestColumnsOfOthers: what a column of references, notes or hashes holds, and tables
// without a title of values.
func TestColumnsOfOthers(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"links", beside("Link", "https://blog.example.com/a")[0], []string{"off https://blog.example.com/a"}},
		{"links of payloads", lines("# Lantern IOCs", "| SHA256 | Link |", "|---|---|", "| "+sha256Hex+" | http://a.example/a.exe |"), []string{"on " + sha256Hex, "on http://a.example/a.exe", "maybe-reference"}},
		{"links alone", lines("# Lantern IOCs", "| Malware | Links | Filename |", "|---|---|---|", "| Lantern | http://a.example/a | |", "| Lantern | https://www.virustotal.com/gui/file/a | |"), []string{"on http://a.example/a", "off https://www.virustotal.com/gui/file/a", "maybe-reference"}},
		{"links and types", lines("# Lantern IOCs", "| Link | Type | First seen |", "|---|---|---|", "| http://a.example/a | url | 2026-05-26 |"), []string{"on http://a.example/a", "maybe-reference"}},
		{"words with a name", beside("Notes", "seen on www.example.com")[0], []string{"off www.example.com"}},
		{"a note that is a name", beside("Notes", "www.example.com")[0], []string{"off www.example.com", "unread-column"}},
		{"hashes", beside("SHA-256 of the packed file", sha256Hex)[0], []string{"on " + sha256Hex}},
		{"hashes of others", beside("Weather", sha256Hex)[0], []string{"off " + sha256Hex, "unread-column"}},
		{"columns without a value", beside("Risk score", "7", "-")[0], []string{"unread-column"}},
		{"no title of values", lines("# Lantern IOCs", "| Place | Port |", "|---|---|", "| 192.0.2.1 | 443 |"), []string{"on 192.0.2.1:443"}},
		{"names", lines("# Lantern IOCs", "| Name | Type |", "|---|---|", "| a.example | domain |", "| 192.0.2.1 | ip |", "| "+sha256Hex+" | sha256 |"), []string{"on a.example", "on 192.0.2.1", "on " + sha256Hex}},
		{"names in a page", lines("<html><body><h1>Lantern IOCs</h1><table><tr><th>Type</th><th>Title</th><th>Description</th></tr><tr><td>domain</td><td>a.example</td><td>seen with www.example.com</td></tr></table></body></html>"), []string{"on a.example", "off www.example.com"}},
		{"what an actor has", lines("# Lantern IOCs", "| Threat actor | First seen |", "|---|---|", "| a.example | 2026-05-26 |"), []string{"on a.example"}},
		{"what may have values", lines("# Lantern IOCs", "| Beacon | Team server |", "|---|---|", "| Lantern | a.example |", "| b.example | c.example |"), []string{"on a.example", "on b.example", "on c.example"}},
		{"remarks alone", lines("# Lantern IOCs", "| Malware | Notes |", "|---|---|", "| Lantern | a.example |"), []string{"off a.example", "unread-column"}},
		{"only titles that nobody knows", lines("# Lantern IOCs", "| Place | Weather |", "|---|---|", "| 192.0.2.1 | a.example |"), []string{"on 192.0.2.1", "on a.example"}},
		{"a first row of values", lines("# Lantern IOCs", "| a[.]example | C2 |", "|---|---|", "| b[.]example | C2 |"), []string{"on a.example", "on b.example"}},
		{"asked whether it is benign", lines("# Lantern IOCs", "| Domain | False positive | Malicious |", "|---|---|---|", "| a.example | yes | |", "| b.example | no | yes |", "| c.example | | No |"), []string{"on b.example", "off a.example", "off c.example"}},
		{"rows without a cell", "|\n|--|--|\n|\n| 192.0.2.1 | x |\n|\n", []string{"on 192.0.2.1"}},
		{"two dates", lines("# Lantern IOCs", "| Domain | First seen | Date |", "|---|---|---|", "| a.example | 2026-05-26 | 2026-05-28 |"), []string{"on a.example", "unread-column"}},
	} {
		if diff := cmp.Diff(c.want, columnOf(t, c.text)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if b, err := collect(t, beside("Created", "2020-01-01")[0]); err != nil || feed.FormatSeen(b.IOCs[0].FirstSeen) != "2026-05-26" { // when it was registered
		t.Errorf("%v, %v", b.IOCs, err)
	}
	b, err := collect(t, lines("# Lantern IOCs", "| Domain | First seen | Date |", "|---|---|---|", "| a.example | 2026-05-26 | 2026-05-28 |"))
	if err != nil || feed.FormatSeen(b.IOCs[0].FirstSeen) != "2026-05-26" {
		t.Errorf("%v, %v", b.IOCs, err)
	}
}

// TestColumnsOfPorts: the port beside an address is its port below every title that
// names ports.
func TestColumnsOfPorts(t *testing.T) {
	for _, title := range []string{"Port", "C2 Port", "Dest Port", "Destination Port", "Port(s)", "TCP port", "Port number", "Port/Protocol", "dport", "Ports used", "Service port"} {
		b, err := collect(t, lines("# Lantern IOCs", "", "| IP | "+title+" | Note |", "|---|---|---|", "| 192.0.2[.]1 | 443 | |", "| 192.0.2[.]2 | tcp/8443 | |"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"5 ip:port 192.0.2.1:443", "6 ip:port 192.0.2.2:8443"}, described(b)); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
	b, err := collect(t, lines("# Lantern IOCs", "", "| IP | TCP port | UDP port | C2:Port |", "|---|---|---|---|", "| 192.0.2.1 | 443 | - | |", "| 192.0.2.2 | 80 | 53 | |", "| | | | 192.0.2.3:443 |"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"5 ip:port 192.0.2.1:443", "6 ip 192.0.2.2 | port 80+port 53", "7 ip:port 192.0.2.3:443", "6 port-left-out"}, described(b)); diff != "" {
		t.Error(diff)
	}
}

// TestPortCells: what stands beside the number of a port says what it is for; what has
// digits and is none is told.
func TestPortCells(t *testing.T) {
	for cell, want := range map[string][]string{
		"443 (HTTPS)": {"on 192.0.2.1:443"}, "443/https": {"on 192.0.2.1:443"}, "HTTPS: 443": {"on 192.0.2.1:443"}, "TCP/443 [TLS]": {"on 192.0.2.1:443"}, "443": {"on 192.0.2.1:443"},
		"443 (HTTPS), 80": {"on 192.0.2.1", "port-left-out"}, "HTTPS": {"on 192.0.2.1", "port-left-out"}, "8000-8010": {"on 192.0.2.1", "port-left-out"}, "443, 70000": {"on 192.0.2.1:443", "port-left-out"}, "N/A": {"on 192.0.2.1"}, "n/a": {"on 192.0.2.1"}, "-": {"on 192.0.2.1"},
	} {
		text := lines("# Lantern IOCs", "", "| IP | Port |", "|---|---|", "| 192.0.2.1 | "+cell+" |")
		if diff := cmp.Diff(want, columnOf(t, text)); diff != "" {
			t.Errorf("%s: %s", cell, diff)
		}
	}
}

// TestKinds: what a row says that its value is holds for hashes, too, and for names
// within the value.
func TestKinds(t *testing.T) {
	for kind, want := range map[string][]string{
		"JA3|" + md5Hex:                     {"not-an-ioc"},
		"Imphash|" + md5Hex:                 {"not-an-ioc"},
		"Bot ID|" + md5Hex:                  {"not-an-ioc"},
		"Certificate SHA1|" + sha1Hex:       {"not-an-ioc"},
		"TLS certificate SHA-1|" + sha1Hex:  {"not-an-ioc"},
		"Cert thumbprint|" + sha1Hex:        {"not-an-ioc"},
		"Encryption key|" + sha256Hex:       {"not-an-ioc"},
		"JARM|" + sha256Hex[:62]:            {"not-an-ioc"},
		"ssdeep|3:abc:def":                  {"not-an-ioc"},
		"Mutex|Global.abc.def":              {"not-an-ioc"},
		"Mutex|" + md5Hex:                   {"not-an-ioc"},
		"Mutex|abc.exe":                     {"off abc.exe", "not-an-ioc"},
		"Scheduled task|abc.def":            {"not-an-ioc"},
		"Registry key|HKLM\\Software\\x":    {"not-an-ioc"},
		"User-Agent|curl/7.1 www.example":   {"off www.example", "not-an-ioc"},
		"Command|curl http://www.example/x": {"off http://www.example/x", "not-an-ioc"},
		"Service|www.example":               {"off www.example", "not-an-ioc"},
		"Command|curl hxxp://www[.]example": {"on http://www.example"},
		"Docker image|www.example/a:latest": {"off www.example/a:latest", "not-an-ioc"},
		"Container images|a/b:latest":       {"not-an-ioc"},
		"Docker image|www[.]example/a":      {"on www.example/a", "no-scheme"},
		"Command|www.example/a.php":         {"on www.example/a.php", "types-differ", "no-scheme"},
		"SHA256|" + sha256Hex:               {"on " + sha256Hex},
		"Malware|" + sha256Hex:              {"on " + sha256Hex},
		"Script|" + sha256Hex:               {"on " + sha256Hex},
		"Tool|www.example":                  {"on www.example"},
		`File path|C:\x\y.exe`:              {"on y.exe", "path-as-name"},
		"C2|www.example":                    {"on www.example"},
	} {
		kind, value, _ := strings.Cut(kind, "|")
		for _, text := range []string{
			lines("# Lantern IOCs", "", "| Type | Value |", "|---|---|", "| Domain | evil1.example |", "| "+kind+" | "+value+" |"),
			lines("= Lantern IOCs", "", "|===", "|Value |Type", "|evil1.example |Domain", "|"+value+" |"+kind, "|==="),
			lines("<html><body><h1>Lantern IOCs</h1><table><tr><th>Type</th><th>Value</th></tr><tr><td>Domain</td><td>evil1.example</td></tr><tr><td>" + kind + "</td><td>" + value + "</td></tr></table></body></html>"),
		} {
			if diff := cmp.Diff(want, columnOf(t, text)); diff != "" {
				t.Errorf("%s, %.10q: %s", kind, text, diff)
			}
		}
	}
	for text, want := range map[string][]string{
		"- Docker image: www.example/a:latest":                                         {"off www.example/a:latest"},
		lines("## Docker images", "", "- www.example/a:latest", "- sha256:"+sha256Hex): {"off www.example/a:latest", "off " + sha256Hex, "not-an-ioc", "set-aside"},
	} {
		if diff := cmp.Diff(append([]string{"on a.example"}, want...), columnOf(t, lines("# Lantern IOCs", "", "- a[.]example", "", text))); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	text := lines("# Lantern IOCs", "", "- SSL cert SHA1: "+sha1Hex, "- Cert serial: "+md5Hex, "", "# CERT-EX: malware hashes", "", "- "+sha256Hex)
	if diff := cmp.Diff([]string{"on " + sha256Hex, "not-an-ioc"}, columnOf(t, text)); diff != "" {
		t.Error(diff)
	}
}

// TestLinesOfHashes: a line that says which hashes follow counts before the heading
// above, with a blank line before it or without.
func TestLinesOfHashes(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{lines("# Lantern IOCs", "", "MD5", md5Hex, md5Hex[1:]+"0", "SHA1", sha1Hex, "SHA-256 hashes:", sha256Hex), []string{"on " + md5Hex, "on " + md5Hex[1:] + "0", "on " + sha1Hex, "on " + sha256Hex}},
		{lines("Lantern IOCs", "", "MD5", md5Hex, "SHA1", sha1Hex, "a[.]example", sha1Hex[1:]+"0"), []string{"on " + md5Hex, "on " + sha1Hex, "on a.example", "on " + sha1Hex[1:] + "0"}},
		{lines("# Lantern IOCs", "## MD5", sha1Hex, "", "SHA1", md5Hex, "## Hashes", sha1Hex[1:]+"0"), []string{"on " + sha1Hex, "on " + md5Hex, "on " + sha1Hex[1:] + "0", "types-differ"}},
	} {
		if diff := cmp.Diff(c.want, columnOf(t, c.text)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

// TestKindsOfTitles: a title that names one kind of value counts before what the row
// says, and a category is none of a value.
func TestKindsOfTitles(t *testing.T) {
	const url = "http://www.example/a.ps1"
	for head, want := range map[string][]string{
		"Category,SHA256,Registry," + sha256Hex:          {"on " + sha256Hex},
		"Category,SHA256,Certificate," + sha256Hex:       {"on " + sha256Hex},
		"Category,MD5,Serial number," + md5Hex:           {"on " + md5Hex},
		"Category,File hash (MD5),Mutex," + md5Hex:       {"on " + md5Hex},
		"Type,SHA256,Wallet," + sha256Hex:                {"on " + sha256Hex, "types-differ"},
		"Type,SHA256 or wallet,Wallet," + sha256Hex:      {"not-an-ioc"},
		"Category,Indicator,Service,www.example":         {"on www.example"},
		"Category,Indicator,Domain,192.0.2.9":            {"on 192.0.2.9", "types-differ"},
		"Category,Value,Mutex," + md5Hex:                 {"on " + md5Hex, "types-differ"},
		"Category,Value,Registry," + md5Hex:              {"on " + md5Hex, "types-differ"},
		"Category,Value,User agent," + md5Hex:            {"on " + md5Hex, "types-differ"},
		"Category,Domain,Service,www.example":            {"on www.example"},
		"Category,Indicator,Docker image,www.example/a":  {"off www.example/a", "not-an-ioc"},
		"Category,Indicator,User agent,curl www.example": {"off www.example", "not-an-ioc"},
		"Category,Indicator,Certificate," + sha256Hex:    {"on " + sha256Hex, "types-differ"},
		"Type,Indicator,Script," + url:                   {"on " + url, "types-differ"},
		"Type,Indicator,Process,198.51.100.7":            {"on 198.51.100.7", "types-differ"},
		"Type,Indicator,Script,iex " + url:               {"off " + url, "not-an-ioc"},
		"Type,Indicator,Service,www.example":             {"off www.example", "not-an-ioc"},
		"Type,Domain,Service,www.example":                {"on www.example", "types-differ"},
	} {
		c := strings.Split(head, ",")
		text := lines("# Lantern malware", "", "## Indicators of compromise", "", "| "+c[0]+" | "+c[1]+" |", "|---|---|", "| "+c[2]+" | "+c[3]+" |", "", "- evil1[.]example")
		if diff := cmp.Diff(want, columnOf(t, text)); diff != "" {
			t.Errorf("%s: %s", head, diff)
		}
	}
}

// TestManyKinds: what rows call their values wrongly is told once for each such word.
func TestManyKinds(t *testing.T) {
	text := []string{"# Lantern malware", "", "## Indicators of compromise", "", "| Type | Value |", "|---|---|"}
	for n := range 30 {
		text = append(text, fmt.Sprintf("| Service | 198.51.100.%d |", n), fmt.Sprintf("| URL | a%d.example |", n))
	}
	b, err := collect(t, lines(text...))
	if err != nil || len(b.IOCs) != 60 {
		t.Fatalf("%v, %v", b.IOCs, err)
	}
	var got []string
	for _, f := range b.Findings {
		if f.Code == "types-differ" {
			got = append(got, fmt.Sprint(f.Source.Line, " ", f.Text))
		}
	}
	if diff := cmp.Diff([]string{`7 values that their row calls "Service" and that are read as ip by their looks: 30`, `8 values that their row calls "URL" and that are read as domain by their looks: 30`}, got); diff != "" {
		t.Error(diff)
	}
}

// TestAcross: the columns of a table may be what the values in its rows are of.
func TestAcross(t *testing.T) {
	for text, want := range map[string][]string{
		lines("| Indicator | loader.exe | payload.dll |", "|---|---|---|", "| SHA256 | "+sha256Hex+" | f"+sha256Hex[1:]+" |", "| MD5 | "+md5Hex+" | f"+md5Hex[1:]+" |"): {
			"on " + sha256Hex, "on f" + sha256Hex[1:], "on " + md5Hex, "on f" + md5Hex[1:], "maybe-values"},
		lines("| Indicator | Campaign A | Campaign B |", "|---|---|---|", "| SHA1 | "+sha1Hex+" | - |"):       {"on " + sha1Hex, "maybe-values"},
		lines("| Indicator | Value | Parent |", "|---|---|---|", "| SHA1 | f"+sha1Hex[1:]+" | "+sha1Hex+" |"): {"on f" + sha1Hex[1:], "off " + sha1Hex, "unread-column"},
		lines("| Indicator |", "|---|", "| SHA1 | "+sha1Hex+" |"):                                             {"on " + sha1Hex},
		lines("| Indicator | Campaign A |", "|---|---|", "| Imphash | "+md5Hex+" |"):                          {"off " + md5Hex, "unread-column"},
	} {
		if diff := cmp.Diff(want, columnOf(t, lines("# Lantern malware", "", "## Indicators of compromise", "", text, "- evil1[.]example"))); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// TestAcrossFiles: a file that its maker left as it was is none to hunt for, and that
// it stands there is no reason to leave the other.
func TestAcrossFiles(t *testing.T) {
	other := "f" + sha256Hex[1:]
	for titles, want := range map[string][]string{
		"Original file|Trojanised file":              {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"Clean|Infected":                             {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"Original|Patched":                           {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"Vendor build|Backdoored build":              {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"v1.0 (clean)|v1.1 (trojanized)":             {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"legit.dll (signed by Acme)|loader.exe":      {"on " + other, "off " + sha256Hex, "unread-column", "maybe-values"},
		"Legitimate installer|Trojanised installer":  {"on " + other, "off " + sha256Hex, "column-left", "maybe-values"},
		"Trojanised vendor build|Malicious original": {"on " + sha256Hex, "on " + other, "maybe-values"},
	} {
		first, second, _ := strings.Cut(titles, "|")
		text := lines("# Lantern malware", "", "## Indicators of compromise", "", "| Hash | "+first+" | "+second+" |", "|---|---|---|", "| SHA256 | "+sha256Hex+" | "+other+" |")
		if diff := cmp.Diff(want, columnOf(t, text)); diff != "" {
			t.Errorf("%s: %s", titles, diff)
		}
	}
}

// TestAcrossBenign: hashes that are taken from no column are not said to be.
func TestAcrossBenign(t *testing.T) {
	table := lines("| Hash | Trojanised vendor build | Malicious original |", "|---|---|---|", "| SHA256 | "+sha256Hex+" | f"+sha256Hex[1:]+" |")
	for heading, want := range map[string]bool{"## Indicators of compromise": true, "## False positives": false} {
		text := lines("# Lantern malware", "", "## Indicators", "- evil1[.]example", "", heading, "", table)
		if told := findingOf(t, text, "maybe-values") != ""; told != want {
			t.Errorf("%s: told %v", heading, told)
		}
	}
}

// TestOpenColumns: whether links, sites and names are IOCs depends on what else their row
// holds and on the heading above.
func TestOpenColumns(t *testing.T) {
	const link, run = "https://blog.example/a", "http://a.example/run"
	among := func(rows ...string) string {
		return lines("# Lantern malware", "", "## Indicators of compromise", "", lines(rows...))
	}
	outside := func(rows ...string) string {
		return lines("# Lantern malware", "", "## Indicators of compromise", "- evil1[.]example", "", "## Background", "", lines(rows...))
	}
	linked := []string{"| SHA256 | Link |", "|---|---|", "| " + sha256Hex + " | " + run + " |", "", "Next.", "", "| MD5 | Link |", "|---|---|", "| " + md5Hex + " | " + run + "/2 |"}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a link of a hash", among("| Item | Description | Link |", "|---|---|---|", "| "+sha256Hex+" | C2 | "+link+" |"), []string{"on " + sha256Hex, "off " + link}},
		{"a link of a name", among("| Name | Link |", "|---|---|", "| a.example | "+link+" |", "| 192.0.2.1 | |"), []string{"on a.example", "on 192.0.2.1", "off " + link}},
		{"a link of a site", among("| Website | Link |", "|---|---|", "| a.example | "+link+" |"), []string{"on a.example", "off " + link}},
		{"links of hashes are told once", among(linked...), []string{"on " + sha256Hex, "on " + run, "on " + md5Hex, "on " + run + "/2", "maybe-reference"}},
		{"links of hashes elsewhere", outside(linked...), []string{"on " + sha256Hex, "on " + md5Hex, "off " + run, "off " + run + "/2"}},
		{"links of events", outside("| Date | Event | Link |", "|---|---|---|", "| 2026-10-01 | Report | "+link+" |"), []string{"off " + link}},
		{"links of tools", outside("| Tool | Link |", "|---|---|", "| Otter | "+link+" |"), []string{"off " + link}},
		{"a defanged link", outside("| Tool | Link |", "|---|---|", "| Otter | hxxps://a[.]example/x |"), []string{"on https://a.example/x"}},
		{"a site beside a name", among("| Domain | Impersonates | Website |", "|---|---|---|", "| evil1[.]example | Acme | acme.example |", "| evil2[.]example | Acme | b[.]example |"), []string{"on b.example", "off acme.example", "unread-column"}},
		{"a site beside a hash", among("| SHA256 | Tool | Website |", "|---|---|---|", "| "+sha256Hex+" | Otter | otter.example |"), []string{"on " + sha256Hex, "off otter.example", "unread-column"}},
		{"a site by itself", among("| Domain | Proxy | Site |", "|---|---|---|", "| evil1[.]example | cdn.example | |", "| - | a.example | b.example |"), []string{"on a.example", "on b.example", "off cdn.example", "unread-column"}},
		{"values of a title that nobody knows", among("| Item | Resolved IP |", "|---|---|", "| a.example | 192.0.2.1 |"), []string{"on a.example", "on 192.0.2.1"}},
		{"values that are compromised", among("| Lure | Compromised website |", "|---|---|", "| a.example | b.example |"), []string{"on a.example", "on b.example"}},
		{"names of products", outside("| Name | Version |", "|---|---|", "| vendor.example | 1.2 |"), []string{"off vendor.example", "unread-column"}},
	} {
		if diff := cmp.Diff(c.want, columnOf(t, c.text)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	b, err := collect(t, among("| Item | Link |", "|---|---|", "| "+sha256Hex+" | "+link+" |"))
	if err != nil || b.IOCs[0].Reference != link {
		t.Errorf("%v, %v", b.IOCs, err)
	}
}

// TestHashesBesideWords: a hash in a cell that holds what the rows are of is one as in a
// sentence below the heading, whatever the title calls the cell, but for remarks and for
// what the words say is none.
func TestHashesBesideWords(t *testing.T) {
	const path = `C:\Users\Public\lantern.exe<br>SHA256: ` + "`" + sha256Hex + "`"
	for _, c := range []struct{ title, cell, want string }{
		{"Item", path, "on"},
		{"**Item**", path, "on"},
		{"What", "lantern.dll<br>MD5: " + md5Hex + "<br>SHA256: " + sha256Hex, "on"},
		{"Name", "Loader, side-loaded by lantern.exe: " + sha256Hex, "on"},
		{"Indicator", path, "on"},
		{"File", path, "on"},
		{"Item", "the legitimate lantern.exe (SHA256: " + sha256Hex + ")", "off"},
		{"Comment", path, "off"},
		{"Parent", path, "off"},
		{"JARM", "JARM " + sha256Hex, ""},
	} {
		heads := []string{c.title, "Details"}
		cells := []string{c.cell, "Lantern"}
		if c.title == "Parent" || c.title == "Comment" {
			heads, cells = []string{"Domain", c.title}, []string{"evil2[.]example", c.cell}
		}
		text := lines("# Lantern", "## IOCs", "", "| "+strings.Join(heads, " | ")+" |", "|---|---|", "| "+strings.Join(cells, " | ")+" |", "", "- evil1[.]example")
		b, err := collect(t, text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for what, all := range map[string][]feed.IOC{"on": b.IOCs, "off": b.Mentions} {
			if slices.ContainsFunc(all, func(i feed.IOC) bool { return i.Value == sha256Hex }) {
				got = what
			}
		}
		if got != c.want {
			t.Errorf("%s, %s: %q", c.title, c.cell, got)
		}
	}
}

// TestNumberTitle: a row of titles that begins with the sign of a number is no heading
// where tabs part it.
func TestNumberTitle(t *testing.T) {
	b, err := collect(t, lines("Hello, the sheet:", "", "#\tDate\tIndicator\tPort\tMalware", "1\t2026-05-01\t192.0.2.1\t443\tOtter", "2\t2026-05-02\ta.example\t\tOtter", "", "#\tDomains", "b.example", "c.example", "", "#\t192.0.2.2\td.example"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"4 ip:port 192.0.2.1:443 | Otter | 2026-05-01", "5 domain a.example | Otter | 2026-05-02", "8 domain b.example", "9 domain c.example", "11 (ip 192.0.2.2) heading", "11 (domain d.example) heading", "3 unread-column"}
	if diff := cmp.Diff(want, described(b)); diff != "" {
		t.Error(diff)
	}
}

// TestBarInURL: a URL that a bar cuts in a row with more cells than titles is told of.
func TestBarInURL(t *testing.T) {
	head := []string{"## IOCs", "", "| Date | Value | Type |", "|---|---|---|"}
	for _, c := range []struct {
		rows []string
		told bool
	}{
		{[]string{"| 2026-05-01 | hxxps://a[.]example/p?b=1|2 | url |"}, true},
		{[]string{"| 2026-05-01 | 192.0.2.1 | ip |", "|2026-05-01|hxxps://a[.]example/p?b=1|2|url|"}, true},
		{[]string{"|2026-05-01|hxxps://a[.]example/p?b=1|url|"}, false},
		{[]string{`| 2026-05-01 | hxxps://a[.]example/p?b=1\|2 | url |`}, false},
		{[]string{"| 2026-05-01 | hxxps://a[.]example/p | url | seen |"}, false},
		{[]string{"| 2026-05-01 | a[.]example|2 | url |"}, false},
	} {
		text := lines(append(head[:len(head):len(head)], c.rows...)...)
		if got := findingOf(t, text, "url-end"); (got != "") != c.told {
			t.Errorf("%q: %q", c.rows, got)
		}
	}
}
