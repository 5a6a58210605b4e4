package scan

import (
	"fmt"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// found writes hits as "type value" lines, and checks that each spans a piece
// of the text in order.
func found(t *testing.T, text string) []string {
	t.Helper()
	var lines []string
	last := 0
	for _, h := range Find(text) {
		if h.Start < last || h.End <= h.Start || h.End > len(text) {
			t.Fatalf("%.100q: hit %+v after byte %d", text, h, last)
		}
		last = h.End
		lines = append(lines, string(h.Type)+" "+h.Value)
	}
	return lines
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		// Names.
		{"Beacons to lantern-cdn.example and update.lantern.test.", []string{"domain lantern-cdn.example", "domain update.lantern.test"}},
		{"(see files.example.org, cdn.example.net; www.example.com!)", []string{"domain files.example.org", "domain cdn.example.net", "domain www.example.com"}},
		{"'cdn.example.net' “files.example.org” `www.example.com` **a.example.com** _b.example.com_", []string{
			"domain cdn.example.net", "domain files.example.org", "domain www.example.com", "domain a.example.com", "domain b.example.com"}},
		{"[cdn.example.net](note) {files.example.org} <www.example.com>", []string{"domain cdn.example.net", "domain files.example.org", "domain www.example.com"}},
		{"192.0.2[.]x, 192.0.2[.]xxx and 192.0.x[.]x; 198[.]51[.]100[.]XX:443, hxxp://192.0.2[.]x/a, 192.0.2[.]xx/b", nil},
		{"163[.]com, 1.2.3[.]example, 1.2.3.4[.]xxx, 12x.3.4[.]xxx, a.2.3[.]xxx, x.x.x[.]xxx", []string{"domain 163.com", "domain 1.2.3.example", "domain 1.2.3.4.xxx", "domain 12x.3.4.xxx", "domain a.2.3.xxx", "domain x.x.x.xxx"}},
		{"*.example.com and .example.net", []string{"domain example.com", "domain example.net"}},
		{"Git operations from github.com or files with .ps1 extensions", []string{"domain github.com"}},
		{"CDN.EXAMPLE.COM and Lantern3m.example.com", []string{"domain cdn.example.com", "domain lantern3m.example.com"}},
		{"an example.com-based service, example.com's host", []string{"domain example.com", "domain example.com"}},
		{"example.com:8443, example.com/path/other.example.net", []string{"domain example.com", "url example.com/path/other.example.net"}},
		{"domain:cdn.example.net host=cdn.example.com", []string{"domain cdn.example.net", "domain cdn.example.com"}},
		{"bücher.example.com xn--bcher-kva.example.net", []string{"domain xn--bcher-kva.example.com", "domain xn--bcher-kva.example.net"}},
		{"访问example.com下载", []string{"domain example.com"}},
		{"lan\u200btern.example.com \u202ecdn.example.net", []string{"domain lantern.example.com", "domain cdn.example.net"}},
		{"shared hosts under duckdns.org, not co.uk", []string{"domain duckdns.org"}},
		// Defanged names.
		{"cdn[.]example[.]net files.example[.]org a(.)example(.)com b[dot]example[dot]com", []string{
			"domain cdn.example.net", "domain files.example.org", "domain a.example.com", "domain b.example.com"}},
		{"one-sided example[.com and example.]com", []string{"domain example.com", "domain example.com"}},
		{"lantern[.]zip is defanged, lantern.zip is a file", []string{"domain lantern.zip"}},
		{"_wvclmh[.]exe and loader[.]php are files", nil},
		{"cdn[.]example[.]net[:]9999", []string{"domain cdn.example.net"}},
		{"and so on [...] and [.] and [.", nil},
		{"a[.]example/b, c[.]example/?u=hxxp://d[.]example;e[.]example/f,g[.]example/h (i[.]example/j(k)).", []string{
			"url a.example/b", "url c.example/?u=http://d.example", "url e.example/f", "url g.example/h", "url i.example/j(k)"}},
		{"a[.]example/x;jsessionid=1?b=c;d[.]example/x;e.example/y;f", []string{"url a.example/x;jsessionid=1?b=c", "url d.example/x", "url e.example/y"}},
		{"a[.]example/ b[.]example/c[.]example d[.]example/e[.]php f.example/g%20h i.example:8080/j k[.]example/l_", []string{
			"domain a.example", "domain b.example", "domain c.example", "url d.example/e.php", "url f.example/g%20h", "url i.example:8080/j", "url k.example/l_"}},
		{"hxxps://pay\u2011roll[.]example/x secure\u2010login[.]example a\u2212b.example c\u3002example d\u2011 e.example", []string{
			"url https://pay-roll.example/x", "domain secure-login.example", "domain a-b.example", "domain c.example", "domain e.example"}},
		{"pay\u2013roll.example https://pay\u2012roll.example/x a@b\u2013c.example the site\u2014d.example", []string{"domain d.example"}},
		{"_dmarc.a.example, __m.example _l_.example *_b.example.org_* _*c.example.org*_ ~~d.example~~", []string{
			"domain _dmarc.a.example", "domain __m.example", "domain _l_.example", "domain b.example.org", "domain c.example.org", "domain d.example"}},
		{"_the sites a.example and b.example_ _c.example and d.example_ __e.example is f.example__", []string{
			"domain a.example", "domain b.example", "domain c.example", "domain d.example", "domain e.example", "domain f.example"}},
		{"*[.]a.example *.b.example evil[.]bit evil.bit c[.]i2p d[.]lan", []string{"domain a.example", "domain b.example", "domain evil.bit", "domain c.i2p", "domain d.lan"}},
		// No names.
		{"setup.py, schtasks.exe, update.zip, run.ps1, lib.so, x.sh, y.pl, z.rs, README.md, app.mov, a.docx", nil},
		{"versions 1.2.3 and 10.0.19041, e.g. or i.e. this, etc. U.S. a.m.", nil},
		{"DeviceNetworkEvents.RemoteIP, DnsEvents.Name, process.name, host.id, user.email, System.IO, System.Net.WebClient", nil},
		{"subprocess.run(x) os.name self.id ASP.NET", nil},
		{"The job is done.It is over.The end. Exclude this.", nil},
		{`C:\Users\example.com\x and \\srv\share.example.com and %APPDATA%\cdn.example.net and $x.name`, nil},
		{"/opt/lantern.example/bin ~/x.example.com ./y.example.com ../z.example.com C:/w.example.com", nil},
		{"thirdparty/lantern.example.com and/or CI/CD", nil},
		{"localhost intranet nanocore -- ... :: // @user #tag", nil},
		// URLs.
		{"from https://download.example.com/Update or", []string{"url https://download.example.com/Update"}},
		{"hxxp://192[.]0[.]2[.]7/meow, hxxps[:]//cdn[.]example[.]net[/]a", []string{"url http://192.0.2.7/meow", "url https://cdn.example.net/a"}},
		{"(http://cdn.example.net/a_(b).) [x](http://cdn.example.net/c)d", []string{"url http://cdn.example.net/a_(b)", "url http://cdn.example.net/c"}},
		{"http://cdn.example.net[the site] http://cdn.example.net(see http://a[.]example[.net/x", []string{"url http://cdn.example.net", "url http://cdn.example.net", "url http://a.example.net/x"}},
		{"'http://cdn.example.net/a' \"http://cdn.example.net/b\" **http://cdn.example.net/c** ++http://cdn.example.net/d++ http://cdn.example.net/c++", []string{
			"url http://cdn.example.net/a", "url http://cdn.example.net/b", "url http://cdn.example.net/c", "url http://cdn.example.net/d", "url http://cdn.example.net/c++"}},
		{"http://a.example.com/1,http://b.example.com/2;hxxp://c.example.com/3", []string{
			"url http://a.example.com/1", "url http://b.example.com/2", "url http://c.example.com/3"}},
		{"http://a.example.com/?u=http://b.example.com/", []string{"url http://a.example.com/?u=http://b.example.com/"}},
		{"http://[2001:db8::1]:8080/a http://a.example.com:81", []string{"url http://[2001:db8::1]:8080/a", "url http://a.example.com:81"}},
		{"h**p://a.example.com/ and URL:hxxp://b.example.com/?x=1&y=2.", []string{"url http://a.example.com/", "url http://b.example.com/?x=1&y=2"}},
		{"http://a.example.com/b\\ hxxp://com[.example[.]net/x", []string{`url http://a.example.com/b\`, "url http://com.example.net/x"}},
		{"http:// and http://intranet/a and file:///C:/x and ://", nil},
		// Addresses.
		{"192.0.2.1, 198[.]51[.]100[.]2 and (203.0.113.3).", []string{"ip 192.0.2.1", "ip 198.51.100.2", "ip 203.0.113.3"}},
		{"192.0.2.1:443 198[.]51[.]100[.]2[:]8080 203.0.113.9:80/path", []string{"ip:port 192.0.2.1:443", "ip:port 198.51.100.2:8080", "url 203.0.113.9:80/path"}},
		{"2001:db8::1 [2001:db8::2] [2001:db8::3]:443 [2001:db8:[:]4]:443 2001:db8:: 2001:db8::/32", []string{
			"ip 2001:db8::1", "ip 2001:db8::2", "ip:port [2001:db8::3]:443", "ip:port [2001:db8::4]:443", "ip 2001:db8::", "cidr 2001:db8::/32"}},
		{"10.20.0.0/16 and 192.0.2.77/24, 192.0.2.1/x", []string{"cidr 10.20.0.0/16", "cidr 192.0.2.0/24", "url 192.0.2.1/x"}},
		{"192.0.2.1-192.0.2.9, ip=192.0.2.3 IP:192.0.2.4 dst:192.0.2.5:443 192.0.2.6/192.0.2.7", []string{
			"ip 192.0.2.1", "ip 192.0.2.9", "ip 192.0.2.3", "ip 192.0.2.4", "ip:port 192.0.2.5:443", "ip 192.0.2.6", "ip 192.0.2.7"}},
		{"192[.]0[.]2[.]1/gate.php?a=b, 192.0.2.2:8080/a/b 192.0.2.3/tcp 192.0.2.4:443/HTTPS 192.0.2.5/443 192.0.2.6/b.example 192[.]0[.]2[.]7/c[.]example [2001:db8::1]/x 192.0.2.8:80/192.0.2.9:81", []string{
			"url 192.0.2.1/gate.php?a=b", "url 192.0.2.2:8080/a/b", "ip 192.0.2.3", "ip:port 192.0.2.4:443", "ip 192.0.2.5", "ip 192.0.2.6", "domain b.example", "ip 192.0.2.7", "domain c.example", "url [2001:db8::1]/x", "ip:port 192.0.2.8:80", "ip:port 192.0.2.9:81"}},
		{"192.0.2.0/255.255.255.0 192[.]0[.]2[.]128/255[.]255[.]255[.]192 192.0.2.1/255.0.255.0 192.0.2.41/42/43 192.0.2.5/6/7 192.0.2.0/24/25", []string{
			"cidr 192.0.2.0/24", "cidr 192.0.2.128/26", "ip 192.0.2.1", "ip 255.0.255.0", "ip 192.0.2.41", "ip 192.0.2.5", "cidr 192.0.2.0/24"}},
		{"198[.]51[.]100[.]7/1/gate.php 198.51.100.8/8/x.sh 198.51.100.9/0/x, 198.51.100.12:8080/9/x.sh 198.51.100.15:80/1/2/3.sh 203.0.113.4/1?x=2 203.0.113.5/1/ 203.0.113.6/24/?a", []string{
			"url 198.51.100.7/1/gate.php", "url 198.51.100.8/8/x.sh", "url 198.51.100.9/0/x", "url 198.51.100.12:8080/9/x.sh", "url 198.51.100.15:80/1/2/3.sh", "url 203.0.113.4/1?x=2", "url 203.0.113.5/1/", "url 203.0.113.6/24/?a"}},
		{"192.0.2.0/24/ 192.0.2.0/25/192.0.2.128/26 192.0.2.0/27/a[.]example 192.0.2.0/28/tcp 192.0.2.3/24 192.0.2.4/tcp/443 192.0.2.5/443/tcp 192.0.2.6:443/1", []string{
			"cidr 192.0.2.0/24", "cidr 192.0.2.0/25", "cidr 192.0.2.128/26", "cidr 192.0.2.0/27", "domain a.example", "cidr 192.0.2.0/28", "cidr 192.0.2.0/24", "ip 192.0.2.4", "ip 192.0.2.5", "ip:port 192.0.2.6:443"}},
		{"203.0.113.53/?id=1 203.0.113.54:8080/?id=1 203.0.113.58//x 203.0.113.59//203.0.113.60 203.0.113.61/, (203.0.113.62/) (is it 203.0.113.0/24?)", []string{
			"url 203.0.113.53/?id=1", "url 203.0.113.54:8080/?id=1", "ip 203.0.113.58", "ip 203.0.113.59", "ip 203.0.113.60", "ip 203.0.113.61", "ip 203.0.113.62", "cidr 203.0.113.0/24"}},
		{"a[.]example/b[.]example/c[.]example d[.]example/e[.]example/f g.example/h.example", []string{
			"domain a.example", "domain b.example", "domain c.example", "url d.example/e.example/f", "url g.example/h.example"}},
		{"192.0.2.1-9 192[.]0[.]2[.]0-255 2001:db8::-2001:db8::ffff 192.0.2.0-192.0.3.255 192.0.2.9-192.0.2.1 192.0.2.1-based 192.0.2.1-999", []string{
			"ip 192.0.2.1", "ip 192.0.2.9", "cidr 192.0.2.0/24", "cidr 2001:db8::/112", "cidr 192.0.2.0/23", "ip 192.0.2.9", "ip 192.0.2.1", "ip 192.0.2.1", "ip 192.0.2.1"}},
		{"192.0.2.1-static.example.net 203-0-113-1.example.net 1.2.3.4-5.el7", []string{"domain 192.0.2.1-static.example.net", "domain 203-0-113-1.example.net"}},
		{`\\192.0.2.1\share\x.exe \\192[.]0[.]2[.]2@80\dav root@192.0.2.3 C:\192.0.2.4\x \\a[.]example\b`, []string{"ip 192.0.2.1", "ip 192.0.2.2", "ip 192.0.2.3", "domain a.example"}},
		{"version 1.2.3.4 (Version 1.2.3.5), v1.2.3.6, 1.2.3.4.5, 300.1.1.1, 192.0.2.01", nil},
		{"at 10:20:30 on 2026-05-26T10:20:30Z, 00:11:22:33:44:55, 00:11:22:33:44:55:66:77, std::string, add::face", nil},
		// Hashes.
		{"MD5:" + md5Hex + " sha1=" + strings.ToUpper(sha1Hex) + " (" + sha256Hex + ") " + sha256Hex + sha256Hex, []string{
			"md5_hash " + md5Hex, "sha1_hash " + sha1Hex, "sha256_hash " + sha256Hex, "sha512_hash " + sha256Hex + sha256Hex}},
		{"a" + sha256Hex + " " + strings.Repeat("a", 64) + " " + strings.Repeat("1", 32) + " " + sha1Hex + "g", nil},
		// Mail.
		{"Billing@Example.com, <a@example.net> b[@]example[.]org c[at]example[dot]com mailto:d@example.com", []string{
			"email billing@example.com", "email a@example.net", "email b@example.org", "email c@example.com", "email d@example.com"}},
		{"git@example.com:org/repo.git @example.net user@host pkg@1.2.3", []string{"email git@example.com", "domain example.net"}},
		{"", nil},
	} {
		if diff := cmp.Diff(c.want, found(t, c.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

// TestVersion marks what may be a version of software.
func TestVersion(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"FortiOS 7.2.4.1", true}, {"OpenSSL 1.1.1.1", true}, {"(Ivanti Connect Secure 22.7.2.3)", true}, {"Ivanti Connect Secure VPN 22.7.2.4", true}, {"Exchange Server 15.1.2.3", true}, {"Microsoft Exchange Server 2019 15.2.1.3", true},
		{"Oracle WebLogic 12.2.1.3", true}, {"Flash Player 11.2.202.235", true},
		{"Exchange server 15.2.221.12", true}, {"Chrome 49.0.26.112", true}, {"Veeam 12.1.2.172", true}, {"Ivanti Avalanche 6.4.1.207", true}, {"Cisco ASA 9.16.4.57", true},
		{"OpenVPN 5.188.86.211", false}, {"Exchange server 49.12.100.18", false}, {"Zimbra 45.77.9.18", false}, {"Ivanti Connect Secure 45.77.9.15", false}, {"FortiOS 7.2.4.101", false}, {"Confluence 7.100.4.1", false}, {"Zimbra 8.8.15.9", true},
		{"server 192.0.2.1", false}, {"Chrome: 1.2.3.4", false}, {"Chrome 192.0.2.2", false}, {"Chrome 7[.]0[.]2[.]3", false},
		{"ORB node 5.2.3.31", false}, {"Tor exit node 5.2.3.32", false}, {"Compromised router 5.2.3.33", false}, {"Android 5.2.3.35", false}, {"AnyDesk 5.2.3.15", false}, {"Connect Secure VPN at 5.2.3.4", false},
		{"Windows Server 5.2.3.4", false}, {"the edge 5.2.3.4", false}, {"mail server 5.2.3.4", false},
	} {
		if hits := Find(c.text); len(hits) != 1 || hits[0].Version != c.want {
			t.Errorf("%s: %v", c.text, hits)
		}
	}
}

// TestWords holds that the words in the program can be read, and that none of a
// kind is missing.
func TestWords(t *testing.T) {
	l, err := read(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for n, words := range []set{l.FileTLDs, l.FieldRoots, l.FieldLeaves, l.CodeRoots, l.CodeLeaves, l.Products, l.Reserved, l.OtherRoots, l.Versions, l.Versioned, l.Builds, l.Editions, l.Protocols} {
		if len(words) == 0 {
			t.Errorf("list %d is empty", n)
		}
	}
}

// TestStraightSpans holds that signs which only look like a hyphen are part of
// what a hit spans.
func TestStraightSpans(t *testing.T) {
	text := "a\u2011b c\u2011d[.]example, e\u3002example."
	for k, want := range []string{"c\u2011d[.]example", "e\u3002example"} {
		if hits := Find(text); len(hits) != 2 || text[hits[k].Start:hits[k].End] != want {
			t.Errorf("%v", hits)
		}
	}
}

func TestFindSpans(t *testing.T) {
	text := "see *hxxp://cdn[.]example[.]net/a*, files[.]example.org:8443."
	want := []Hit{
		{Type: feed.URL, Value: "http://cdn.example.net/a", Start: 5, End: 33},
		{Type: feed.Domain, Value: "files.example.org", Start: 36, End: 60},
	}
	if diff := cmp.Diff(want, Find(text)); diff != "" {
		t.Error(diff)
	}
}

// TestFindDefanged holds that what Defang writes is found again, in any
// surroundings of prose.
func TestFindDefanged(t *testing.T) {
	values := []feed.IOC{
		{Type: feed.Domain, Value: "cdn.example.net"}, {Type: feed.IP, Value: "192.0.2.1"}, {Type: feed.IP, Value: "2001:db8::1"},
		{Type: feed.IPPort, Value: "192.0.2.1:443"}, {Type: feed.IPPort, Value: "[2001:db8::1]:443"}, {Type: feed.CIDR, Value: "192.0.2.0/24"},
		{Type: feed.CIDR, Value: "2001:db8::/32"}, {Type: feed.URL, Value: "http://cdn.example.net:81/A?b=c"}, {Type: feed.URL, Value: "ftp://192.0.2.1/x"},
		{Type: feed.Email, Value: "a.b@example.com"}, {Type: feed.SHA256, Value: sha256Hex}, {Type: feed.MD5, Value: md5Hex},
	}
	for _, v := range values {
		for _, around := range []string{"%s", " %s ", "to %s.", "(%s)", `"%s"`, "`%s`", "| %s |", "x, %s, y", "“%s”", "**%s**"} {
			for _, spelled := range []string{v.Value, feed.Defang(v.Type, v.Value)} {
				text := fmt.Sprintf(around, spelled)
				if got := found(t, text); len(got) != 1 || got[0] != string(v.Type)+" "+v.Value {
					t.Errorf("%s: found %q", text, got)
				}
			}
		}
	}
}

// TestFindIsLinear runs inputs that would not end in a test's time if a byte
// were looked at again for each byte before it.
func TestFindIsLinear(t *testing.T) {
	const size = 1 << 18
	for _, unit := range []string{
		"a", ".", ":", "://", "a://", "a://,", "http://a.example.com,", "[", "[.", "[.]", "(", "((.)", "a.", "a:", "a/", "1:", "1.", "@", "a@", "a@b.", "-", "*", "\\", "é", "é.", "访", "'", "[:]//", "x[.y.]z",
		"192.0.2.1-", "192.0.2.1/", "192.0.2.1/1/x!", "192.0.2.1/1/", "192.0.2.1/?a,", "192.0.2.1//", "192.0.2.0/24/", "0123456789abcdef", "\u200b", ")", "]", "http://(", "http://]",
		"a1.example/x,", "a1.example/x;", "a1.example/x!", "a1.example/x)", "a1.example/x)(", "a1.example:99999/x!", "a[.]example/b[.]example,", "a[.]example/b[.]example/", "a1.example!", "a1.example,", "192.0.2.1/x,", "192.0.2.1/x!", "192.0.2.1,",
		"a1.example/,", "a1.example/b;c=d;", "hxxps[://]a/", "(a)://", "(a)://1.1.1.1:1", "a[dot]", "1[dot]", "a-[dot]a",
	} {
		text := strings.Repeat(unit, size/len(unit))
		if got := len(Find(text)); got > size/4 {
			t.Errorf("%q repeated: %d hits", unit, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"cdn[.]example[.]net http://a.example.com/b_(c).", "[2001:db8::1]:443 a@b.example.com " + md5Hex, "hxxp[:]//x[.]example.com,http://y",
		"192.0.2.1-192.0.2.9/24 example.com-based:1", "访问example.com下载\u200b", "a[.b.]c [dot](at){.}", `C:\x %a% $b`, "e.g. i.e. 1.2.3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, h := range Find(text) {
			if h.Start < last || h.End <= h.Start || h.End > len(text) {
				t.Fatalf("hit %+v after byte %d of %d", h, last, len(text))
			}
			last = h.End
			if v, err := feed.Canonical(h.Type, h.Value); err != nil || v != h.Value {
				t.Errorf("%s %q is not canonical: %q, %v", h.Type, h.Value, v, err)
			}
		}
	})
}

// TestFindNeverInvents holds that text without a dot, a colon or a digit has
// nothing in it.
func TestFindNeverInvents(t *testing.T) {
	check := func(s string) bool {
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune(".:0123456789。．｡", r) {
				return ' '
			}
			return r
		}, s)
		return len(Find(s)) == 0
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("Exclude processes where the command line includes nanocore (e.g., cron, at, or schtasks.exe) or which contact hxxps://cdn[.]example[.]net/a. ", 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Find(text)
	}
}
