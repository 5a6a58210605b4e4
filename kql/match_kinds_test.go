package kql

import (
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql/kqltest"
)

// kinds is a table with a column of each kind.
var kinds = &Table{
	Name: "Kinds", Time: map[Target]string{Sentinel: "TimeGenerated"},
	IOC: Columns{
		IP:       []Column{{Column: "Remote", Port: "Port"}, {Column: "Local", Side: Own}, {Column: "Maybe", Absent: true}},
		IPList:   []Column{{Column: "Answers"}},
		Host:     []Column{{Column: "Host"}},
		HostList: []Column{{Column: "Hosts"}},
		URL:      []Column{{Column: "Url", Bare: true}},
		SHA256:   []Column{{Column: "Sha256"}},
		Hash:     []Column{{Column: "Hash"}},
		Email:    []Column{{Column: "Sender"}, {Column: "Recipient", Side: Own}},
		FileName: []Column{{Column: "File"}},
		FilePath: []Column{{Column: "Path"}},
		Text:     []Column{{Column: "Message", Always: true}, {Column: "Fields", Dynamic: true, Always: true}},
	},
	Show: []string{"Remote"},
}

func checkKinds(t *testing.T, o Options, iocs []feed.IOC, hits []hit) {
	t.Helper()
	checkHitsWith(t, kinds, o, iocs, hits)
}

func TestBlocks(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.CIDR, "192.0.2.0/24"), ioc(t, feed.CIDR, "192.0.2.128/25"), ioc(t, feed.CIDR, "2001:db8:5::/48")}
	hits := []hit{
		one("Remote", "192.0.2.5", "192.0.2.0/24", "range"),
		one("Remote", "192.0.2.200", "192.0.2.128/25", "range"),
		one("Remote", "::ffff:192.0.2.5", "192.0.2.0/24", "range"),
		one("Remote", "2001:DB8:5:0::9", "2001:db8:5::/48", "range"),
		one("Url", "http://192.0.2.5:8080/x", "192.0.2.0/24", "range"),
		one("Url", "https://[2001:db8:5::1]/", "2001:db8:5::/48", "range"),
	}
	if tb := table(t, "DnsEvents"); tb.Carries(iocs[0]) {
		t.Error("DnsEvents is said to carry a block, which its addresses in lists are not compared with")
	}
	hits = append(hits, none("Remote", "", "192.0.3.5", "2001:db8:6::1", "x", "192.0.2.5.7", "2001:db8::5")...)
	hits = append(hits, none("Url", "http://192.0.3.1/", "http://good.test/192.0.2.5", "http://192.0.2.5.good.test/")...)
	hits = append(hits, none("Local", "192.0.2.5")...)
	checkKinds(t, Options{}, iocs, hits)
	checkKinds(t, Options{Knobs: Knobs{OwnSide: true}}, iocs, []hit{one("Local", "192.0.2.5", "192.0.2.0/24", "range")})
}

// TestBlocksByPrefix hunts blocks of any size, alone and with addresses and
// IPv6: the text index finds their rows.
func TestBlocksByPrefix(t *testing.T) {
	for block, tt := range map[string]struct {
		prefix  string // that is searched for, "" where every row is looked at
		in, out []string
	}{
		"192.0.2.0/24":    {`"192.0.2."`, []string{"192.0.2.0", "192.0.2.255", "192.0.2.7:443", "::ffff:192.0.2.7", "[192.0.2.7]:80"}, []string{"192.0.3.1", "192.0.20.1", "x192.0.2.7", ""}},
		"192.0.2.128/25":  {`"192.0.2."`, []string{"192.0.2.128", "192.0.2.255"}, []string{"192.0.2.127"}},
		"198.18.0.0/15":   {`"198."`, []string{"198.18.0.1", "198.19.255.255"}, []string{"198.20.0.0", "198.17.255.255"}},
		"198.51.100.7/32": {`"198.51.100.7"`, []string{"198.51.100.7"}, []string{"198.51.100.70", "198.51.100.8"}},
		"10.0.0.0/8":      {`"10."`, []string{"10.1.2.3"}, []string{"110.1.2.3", "11.0.0.1"}},
		"10.0.0.0/7":      {"", []string{"11.1.2.3"}, []string{"12.0.0.1"}},
	} {
		i := ioc(t, feed.CIDR, block)
		hits := []hit{one("Url", "http://"+tt.in[0]+"/x", i.Value, "range")}
		for _, v := range tt.in {
			hits = append(hits, one("Remote", v, i.Value, "range"))
		}
		hits = append(hits, none("Remote", tt.out...)...)
		addr := ioc(t, feed.IPPort, "203.0.113.9:443")
		other := one("Remote", "203.0.113.9", addr.Value, "address only")
		checkKinds(t, Options{}, []feed.IOC{i}, hits)
		checkKinds(t, Options{}, []feed.IOC{addr, i}, append(hits[:len(hits):len(hits)], other, one("Url", "203.0.113.9/", addr.Value, "address only")))
		six := []feed.IOC{i, addr, ioc(t, feed.IP, "2001:db8::1"), ioc(t, feed.CIDR, "2001:db8:5::/48")}
		sixes := []hit{one("Remote", "2001:db8:0::1", "2001:db8::1", "exact"), one("Remote", "2001:db8:5::7", "2001:db8:5::/48", "range"), one("Url", "http://[2001:db8:5::7]/", "2001:db8:5::/48", "range")}
		checkKinds(t, Options{}, six, append(append(sixes, hits...), other))
		checkKinds(t, Options{}, six[3:], append(sixes[1:], none("Remote", tt.in...)...))
		h, err := kinds.Hunt(selection(six), Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(h.Query, "has_any_ipv4_prefix(Remote, IocIpPrefix)\n  or IocIsIp6(Remote)"); got != (tt.prefix != "") {
			t.Errorf("%s beside IPv6 is not searched by the index:\n%s", block, h.Query)
		}
		h, err = kinds.Hunt(selection([]feed.IOC{i}), Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(h.Query, "let IocIpPrefix = dynamic(["+tt.prefix+"]);"); got != (tt.prefix != "") {
			t.Errorf("%s is not searched by %s:\n%s", block, tt.prefix, h.Query)
		}
		for _, mode := range []PortMode{LabelPort, RequirePort} {
			h, err = table(t, "CommonSecurityLog").Hunt(selection([]feed.IOC{i, addr, ioc(t, feed.IP, "203.0.113.8")}), Options{Target: Sentinel, Knobs: Knobs{Port: mode}})
			if err != nil {
				t.Fatal(err)
			}
			kqltest.Bind(t, string(Sentinel), h.Query)
		}
	}
}

func TestMailAndFiles(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.Email, "Bad@evil.example"), ioc(t, feed.EnvelopeFrom, "env@evil.example"),
		ioc(t, feed.FileName, "Invoice 7.exe"), ioc(t, feed.FileName, "loader.dll"),
	}
	hits := []hit{
		one("Sender", "bad@EVIL.example", iocs[0].Value, "exact"),
		one("Sender", "env@evil.example", "env@evil.example", "exact"),
		one("File", "invoice 7.EXE", "Invoice 7.exe", "exact"),
		one("Path", `C:\Users\x\Loader.dll`, "loader.dll", "exact"),
		one("Path", "/opt/x/loader.dll", "loader.dll", "exact"),
		one("Path", "loader.dll", "loader.dll", "exact"),
		one("Message", `run "C:\x\loader.dll",Start`, "loader.dll", "in text"),
		one("Message", "rundll32 loader.dll,Start", "loader.dll", "in text"),
		one("Message", "cmd=loader.dll;x (loader.dll)", "loader.dll", "in text"),
		one("Message", "saw loader.dll.", "loader.dll", "in text"),
		one("Message", "mail from <bad@evil.example>, refused", iocs[0].Value, "in text"),
		one("Recipient", "bad@evil.example", "", ""),
	}
	hits = append(hits, none("Sender", "", "xbad@evil.example", "bad@evil.example.uk", "evil.example", "bad@sub.evil.example")...)
	hits = append(hits, none("Path", `C:\loader.dll\x`, `C:\myloader.dll`, `C:\x-loader.dll`, "loader.dll.bak")...)
	hits = append(hits, none("Message", "bad@evil.example.uk", "bad@evil.exampleX", "myloader.dll", "loader.dll.mui")...)
	checkKinds(t, Options{}, iocs, hits)
	checkKinds(t, Options{Knobs: Knobs{OwnSide: true}}, iocs, []hit{one("Recipient", "bad@evil.example", iocs[0].Value, "exact")})
}

func TestText(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.Domain, "a.b.deep.example"), ioc(t, feed.URL, "http://evil.test/Gate/x.php"),
		ioc(t, feed.URL, "https://evil.test/q?id=1&k=2"), ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "2001:db8::a"), ioc(t, feed.IP, "2001:db8::"),
		ioc(t, feed.SHA256, evilSHA256), ioc(t, feed.MD5, evilMD5), ioc(t, feed.SHA512, strings.Repeat("ab", 64)),
	}
	const gate, query = "http://evil.test/Gate/x.php", "https://evil.test/q?id=1&k=2"
	var hits []hit
	for text, matched := range map[string]string{
		"query hitclub.example A":                        "hitclub.example",
		"query: www.HITCLUB.example.":                    "hitclub.example",
		"(hitclub.example)":                              "hitclub.example",
		"host=hitclub.example;port=1":                    "hitclub.example",
		"good.test,hitclub.example":                      "hitclub.example",
		"x.a.b.deep.example end":                         "a.b.deep.example",
		"GET http://evil.test/gate/X.php HTTP/1.1":       gate,
		"url=evil.test/Gate/x.php.":                      gate,
		`"https://u:p@evil.test/Gate/x.php?a=b"`:         gate,
		"see <http://evil.test/Gate/x.php>":              gate,
		"http://evil.test/q?id=1&k=2&more=3":             query,
		"connect to 192.0.2.10:8443 failed":              "192.0.2.10:443",
		"src=192.0.2.10,dst=203.0.113.1":                 "192.0.2.10:443",
		"from [2001:DB8::A]:443":                         "2001:db8::a",
		"ip 2001:0db8:0000:0000:0000:0000:0000:000a.":    "2001:db8::a",
		"addr=2001:db8::a, port=1":                       "2001:db8::a",
		"2001:db8::a: refused":                           "2001:db8::a",
		"2001:db8::a; 2001:db8::b":                       "2001:db8::a",
		"2001:db8::b,2001:db8::a":                        "2001:db8::a",
		"source:2001:db8::a":                             "2001:db8::a",
		"ip_6:2001:DB8::A:":                              "2001:db8::a",
		`{"ip":"2001:db8::a"}`:                           "2001:db8::a",
		"2001:db8::a/128":                                "2001:db8::a",
		"2001:db8::a%eth0":                               "2001:db8::a",
		"from 2001:db8:: to x":                           "2001:db8::",
		`{"u":"http:\/\/evil.test\/gate\/x.php"}`:        gate,
		`{"u":"https:\/\/u@evil.test\/q?id=1&k=2"}`:      query,
		`{"u":"http:\/\/hitclub.example\/"}`:             "hitclub.example",
		"http://good.test/a,http://evil.test/Gate/x.php": gate,
		"http://evil.test/Gate/x.php,http://good.test/a": gate,
		"http://evil.test/Gate/x.php;http://good.test/a": gate,
		"http://evil.test/q?id=1&k=2,http://good.test/a": query,
		"http://a.test, evil.test/Gate/x.php, b.test/":   gate,
		"SHA256=" + strings.ToUpper(evilSHA256) + ",x":   evilSHA256,
		"md5: " + evilMD5 + ".":                          evilMD5,
		"sha512 " + strings.Repeat("AB", 64):             strings.Repeat("ab", 64),
		"two: good.example good.test hitclub.example":    "hitclub.example",
		"{\"DestinationHostname\":\"hitclub.example\"}":  "hitclub.example",
	} {
		hits = append(hits, one("Message", text, matched, "in text"), one("Fields", text, matched, "in text"))
	}
	hits = append(hits, none("Message", "", "hitclub.example.uk", "x-hitclub.example", "xhitclub.example", "hitclub.examples", "hitclub-example",
		"b.deep.example", "http://evil.test2/Gate/x.php", "http://evil.test/Gate/x.phps", "http://evil.test/Gate/x.php/more", "http://evil.test/q?id=1", "http://evil.test/q?id=1&k=22",
		"192.0.2.100", "192.0.2.10.5", "1192.0.2.10", "5.192.0.2.10", "v192.0.2.10", "2001:db8::a1", "1:2001:db8::a", "2001:db8::a:443", "2001:db8::a.1", "face:2001:db8::a", "2001:db8::ag", "x2001:db8::a",
		"evil.test/Gate/x.php,good.test/a", "http://evil.test/Gate/x.php;port=80", `http:\/\/evil.test\/gate\/x.phps`,
		evilMD5[1:], evilMD5+"0", "x"+evilMD5)...)
	checkKinds(t, Options{}, iocs, hits)
}

// TestHostsOfURLsInText finds the host of a URL that stands alone.
func TestHostsOfURLsInText(t *testing.T) {
	const url = "http://evil.test/x"
	var hits []hit
	for _, text := range []string{"to evil.test", "http://evil.test", "http://evil.test/", "evil.test:80/", `{"u":"http:\/\/evil.test\/"}`, "evil.test,good.test", "(evil.test)."} {
		hits = append(hits, one("Message", text, url, "in text"))
	}
	hits = append(hits, none("Message", "www.evil.test", "evil.test/other", `http:\/\/evil.test\/other`, "evil.test.example", "a-evil.test")...)
	checkKinds(t, Options{}, []feed.IOC{ioc(t, feed.URL, url)}, hits)
}

// TestSeveralInOne names one of the IOCs that stand in one text, in whatever
// order the products give them: one that is there, and says of it how.
func TestSeveralInOne(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.IP, "192.0.2.1"), ioc(t, feed.IPPort, "192.0.2.2:443"), ioc(t, feed.IP, "2001:db8::1"), ioc(t, feed.URL, "http://192.0.2.3/x")}
	for _, name := range []string{"a.example", "b.example", "c.example", "d.example", "e.example"} {
		iocs = append(iocs, ioc(t, feed.Domain, name), ioc(t, feed.Domain, "x.sub."+name))
	}
	runs := forms(t, kinds, selection(iocs), Options{Target: Sentinel})
	lists := forms(t, table(t, "UrlClickEvents"), selection(iocs), Options{Target: Sentinel})
	for _, tt := range []struct {
		column string
		runs   map[string]*evaluation
		values []string
		how    map[string]string // of each IOC that is there
	}{
		{"Hosts", runs, []string{`["a.example","b.example","c.example"]`, `["c.example","b.example","a.example"]`}, map[string]string{"a.example": "exact", "b.example": "exact", "c.example": "exact"}},
		{"Hosts", runs, []string{`["a.example","www.b.example"]`, `["www.b.example","a.example"]`}, map[string]string{"a.example": "exact", "b.example": "sub-domain"}},
		{"Hosts", runs, []string{`["www.c.example","d.example"]`, `["d.example","www.c.example"]`}, map[string]string{"d.example": "exact", "c.example": "sub-domain"}},
		{"Hosts", runs, []string{`["www.d.example","e.example","www.e.example"]`}, map[string]string{"d.example": "sub-domain", "e.example": "exact"}},
		{"Hosts", runs, []string{`["a.x.sub.d.example","e.example"]`}, map[string]string{"x.sub.d.example": "sub-domain", "e.example": "exact"}},
		{"UrlChain", lists, []string{`["http://a.example/","http://www.b.example/"]`, `["http://www.b.example","http://a.example"]`}, map[string]string{"a.example": "exact", "b.example": "sub-domain"}},
		{"Hosts", runs, []string{`["a.example","x.sub.a.example"]`, `["x.sub.b.example","b.example"]`}, map[string]string{"a.example": "exact", "x.sub.a.example": "exact", "b.example": "exact", "x.sub.b.example": "exact"}},
		{"UrlChain", lists, []string{`["http://c.example/","http://d.example/"]`}, map[string]string{"c.example": "exact", "d.example": "exact"}},
		{"Answers", runs, []string{"192.0.2.1,192.0.2.2", "192.0.2.2;192.0.2.1;2001:db8::1"}, map[string]string{"192.0.2.1": "exact", "192.0.2.2:443": "address only", "2001:db8::1": "exact"}},
		{"Answers", runs, []string{"192.0.2.3,192.0.2.2"}, map[string]string{"http://192.0.2.3/x": "host of url", "192.0.2.2:443": "address only"}},
		{"Message", runs, []string{"a.example b.example 192.0.2.2"}, map[string]string{"a.example": "in text", "b.example": "in text", "192.0.2.2:443": "in text"}},
	} {
		for _, value := range tt.values {
			for about, run := range tt.runs {
				out := run.on("", row{tt.column: value})
				if out == nil || tt.how[text(out["IocMatched"])] != out["IocHow"] {
					t.Errorf("%s, %s: %s gives %v by %v, want one of %v", about, tt.column, value, out["IocMatched"], out["IocHow"], tt.how)
				}
			}
		}
	}
}

func TestHostLists(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.URL, "http://evil.test/x")}
	hits := []hit{
		one("Hosts", `["good.test","www.hitclub.example"]`, "hitclub.example", "sub-domain"),
		one("Hosts", `["hitclub.example."]`, "hitclub.example", "exact"),
		one("Hosts", `["evil.test"]`, "http://evil.test/x", "host of url"),
	}
	hits = append(hits, none("Hosts", "", "[]", `["hitclub.example.uk"]`, `["x-hitclub.example"]`, `["www.evil.test"]`)...)
	checkKinds(t, Options{}, iocs, hits)
}

func TestMatchModes(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.Domain, "xn--bcher-kva.example")}
	exact := append([]hit{
		one("Host", "hitclub.example", "hitclub.example", "exact"),
		one("Host", "HITCLUB.example.", "hitclub.example", "exact"),
		one("Url", "https://hitclub.example:8443/x", "hitclub.example", "exact"),
		one("Hosts", `["hitclub.example"]`, "hitclub.example", "exact"),
		one("Message", "to hitclub.example now", "hitclub.example", "in text"),
	}, none("Host", "www.hitclub.example", "x-hitclub.example", "hitclub.example.uk")...)
	exact = append(exact, none("Url", "https://www.hitclub.example/", "http://good.test/hitclub.example")...)
	exact = append(exact, none("Message", "to www.hitclub.example now")...)
	exact = append(exact, none("Hosts", `["www.hitclub.example"]`)...)
	checkKinds(t, Options{Knobs: Knobs{Match: ExactMatch}}, iocs, exact)

	checkKinds(t, Options{Knobs: Knobs{Match: LooseMatch}}, append(iocs, ioc(t, feed.SHA256, evilSHA256)), append([]hit{
		one("Host", "www.hitclub.example", "hitclub.example", loose),
		one("Host", "x-hitclub.example.uk", "hitclub.example", loose),
		one("Url", "http://good.test/?u=hitclub.example", "hitclub.example", loose),
		one("Message", "see x-hitclub.example", "hitclub.example", loose),
		one("Fields", `{"q":"x-hitclub.example.uk"}`, "hitclub.example", loose),
		{row{"Message": "see x-hitclub.example", "Sha256": evilSHA256}, evilSHA256, "exact"},
		one("Host", "b\u00fccher.example", "xn--bcher-kva.example", loose),
	}, none("Host", "xhitclub.example", "hitclub.examples")...))
}

func TestPortModes(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "198.51.100.7"), ioc(t, feed.IPPort, "[2001:db8::5]:8080"), ioc(t, feed.URL, "http://203.0.113.9/x")}
	for text, want := range map[string][2]string{
		"http://192.0.2.10:443/x": {"192.0.2.10:443", "port"}, "https://192.0.2.10/x": {"192.0.2.10:443", "port"}, "192.0.2.10:443": {"192.0.2.10:443", "port"},
		"http://192.0.2.10/x": {"192.0.2.10:443", "address only"}, "https://[2001:DB8:0::5]:8080/": {"[2001:db8::5]:8080", "port"},
		"http://192.0.2.10:44/x": {"192.0.2.10:443", "address only"},
	} {
		checkKinds(t, Options{}, iocs, []hit{one("Url", text, want[0], want[1])})
		if want[1] != "port" {
			want = [2]string{}
		}
		checkKinds(t, Options{Knobs: Knobs{Port: RequirePort}}, iocs, []hit{one("Url", text, want[0], want[1])})
	}
	rows := []struct {
		remote string
		port   int
	}{{"192.0.2.10", 443}, {"192.0.2.10", 80}, {"198.51.100.7", 1}, {"2001:db8:0::5", 8080}, {"2001:db8::5", 1}, {"203.0.113.9", 80}, {"203.0.113.9", 81}}
	const five, url = "[2001:db8::5]:8080", "http://203.0.113.9/x"
	for mode, want := range map[PortMode][][2]string{
		LabelPort: {{"192.0.2.10:443", "port"}, {"192.0.2.10:443", "address only"}, {"198.51.100.7", "exact"}, {five, "port"}, {five, "address only"},
			{url, "host of url"}, {url, "host of url"}},
		RequirePort: {{"192.0.2.10:443", "port"}, {"", ""}, {"198.51.100.7", "exact"}, {five, "port"}, {"", ""}, {url, "host of url"}, {"", ""}},
		IgnorePort: {{"192.0.2.10:443", "address only"}, {"192.0.2.10:443", "address only"}, {"198.51.100.7", "exact"}, {five, "address only"}, {five, "address only"},
			{url, "host of url"}, {url, "host of url"}},
	} {
		var hits []hit
		for n, r := range rows {
			hits = append(hits, hit{row{"Remote": r.remote, "Port": r.port}, want[n][0], want[n][1]})
		}
		checkKinds(t, Options{Knobs: Knobs{Port: mode}}, iocs, hits)
	}
	// Where no port is logged, a required one is never met.
	checkKinds(t, Options{Knobs: Knobs{Port: RequirePort}}, iocs, append(none("Answers", "192.0.2.10", "2001:db8::5"), none("Message", "to 192.0.2.10:443")...))
	if kinds.CarriesWith(port4Shape, &Options{Knobs: Knobs{Port: RequirePort}}) != true || table(t, "DnsEvents").CarriesWith(port4Shape, &Options{Knobs: Knobs{Port: RequirePort}}) {
		t.Error("a table without ports carries an IOC whose port is required")
	}
}

// TestTextWhereNothingElse searches text only for what the table has no column
// for, and for what the column is said to hold.
func TestTextWhereNothingElse(t *testing.T) {
	tb := &Table{
		Name: "T", Time: map[Target]string{Sentinel: "TimeGenerated"},
		IOC: Columns{Host: []Column{{Column: "Host"}}, Text: []Column{{Column: "Message"}, {Column: "Subject", Holds: []feed.Type{feed.Domain, feed.Email}, Always: true}}},
	}
	iocs := []feed.IOC{ioc(t, feed.Domain, "evil.example"), ioc(t, feed.IP, "192.0.2.1"), ioc(t, feed.Email, "a@evil.test"), ioc(t, feed.SHA256, evilSHA256)}
	checkHitsWith(t, tb, Options{}, iocs, []hit{
		one("Host", "evil.example", "evil.example", "exact"),
		one("Message", "to evil.example", "", ""),
		one("Subject", "to evil.example", "evil.example", "in text"),
		one("Message", "to 192.0.2.1", "192.0.2.1", "in text"),
		one("Subject", "to 192.0.2.1", "", ""),
		one("Subject", "from a@evil.test", "a@evil.test", "in text"),
		one("Message", "from a@evil.test", "a@evil.test", "in text"),
		one("Message", evilSHA256, evilSHA256, "in text"),
		one("Subject", evilSHA256, "", ""),
	})
}

// TestSharedValues names every IOC that one value stands for.
func TestSharedValues(t *testing.T) {
	with := func(i feed.IOC, threat feed.Threat, confidence int) feed.IOC {
		i.Threat, i.Confidence = threat, confidence
		return i
	}
	iocs := []feed.IOC{
		with(ioc(t, feed.IPPort, "192.0.2.10:443"), feed.BotnetCC, 75), with(ioc(t, feed.IPPort, "192.0.2.10:80"), feed.PayloadDelivery, 100),
		with(ioc(t, feed.IPPort, "192.0.2.11:1"), feed.BotnetCC, feed.NoConfidence), with(ioc(t, feed.IP, "192.0.2.11"), feed.PayloadDelivery, 50),
		with(ioc(t, feed.Domain, "evil.example"), feed.BotnetCC, 50), with(ioc(t, feed.URL, "http://evil.example/x"), feed.PayloadDelivery, 90),
	}
	h, err := kinds.Hunt(selection(iocs), Options{Target: Sentinel})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		row  row
		want row
	}{
		{row{"Remote": "192.0.2.10", "Port": 1}, row{"IocMatched": "192.0.2.10:443, 192.0.2.10:80", "IocType": "ip:port", "IocThreat": "botnet_cc, payload_delivery", "IocConfidence": 100, "IocHow": "address only"}},
		{row{"Remote": "192.0.2.10", "Port": 80}, row{"IocMatched": "192.0.2.10:80", "IocType": "ip:port", "IocThreat": "payload_delivery", "IocConfidence": 100, "IocHow": "port"}},
		{row{"Remote": "192.0.2.11", "Port": 5}, row{"IocMatched": "192.0.2.11", "IocType": "ip", "IocThreat": "payload_delivery", "IocConfidence": 50, "IocHow": "exact"}},
		{row{"Remote": "192.0.2.11", "Port": 1}, row{"IocMatched": "192.0.2.11:1", "IocType": "ip:port", "IocThreat": "botnet_cc", "IocConfidence": nil, "IocHow": "port"}},
		{row{"Host": "evil.example"}, row{"IocMatched": "evil.example", "IocType": "domain", "IocThreat": "botnet_cc", "IocConfidence": 50, "IocHow": "exact"}},
		{row{"Url": "http://evil.example/x"}, row{"IocMatched": "http://evil.example/x", "IocType": "url", "IocThreat": "payload_delivery", "IocConfidence": 90, "IocHow": "url"}},
	} {
		out := evaluate(t, h.Query, tt.row)
		for col, want := range tt.want {
			if out == nil || out[col] != want {
				t.Errorf("%v: %s is %v, want %v", tt.row, col, out[col], want)
			}
		}
	}
}

// TestColumnsOfIPv6 are no columns for IPv4.
func TestColumnsOfIPv6(t *testing.T) {
	tb := &Table{Name: "T", Time: map[Target]string{Sentinel: "TimeGenerated"}, IOC: Columns{IP: []Column{{Column: "Remote", Port: "Port", Only: "ipv6"}}}}
	for value, want := range map[string]bool{"192.0.2.1": false, "2001:db8::1": true} {
		for _, mode := range []PortMode{LabelPort, RequirePort} {
			if got := tb.CarriesWith(ShapeOf(ioc(t, feed.IP, value)), &Options{Knobs: Knobs{Port: mode}}); got != want {
				t.Errorf("%s with port mode %s: %v, want %v", value, mode, got, want)
			}
		}
	}
	checkHitsWith(t, tb, Options{}, []feed.IOC{ioc(t, feed.IP, "2001:db8::1"), ioc(t, feed.CIDR, "2001:db8:5::/48")}, []hit{
		one("Remote", "2001:DB8::1", "2001:db8::1", "exact"), one("Remote", "2001:db8:5::9", "2001:db8:5::/48", "range"), one("Remote", "192.0.2.1", "", ""),
	})
}

// TestNothingDependsOnTheOthers: whether an IOC is found in a row does not depend
// on what else is hunted, so the parts of a split hunt find what the whole does.
func TestNothingDependsOnTheOthers(t *testing.T) {
	rows := []row{
		{"CommandLine": "iwr http://203.0.113.9/stage/x.bin"}, {"CommandLine": "ping 192.0.2.10"}, {"CommandLine": "nslookup evil.example"},
		{"CommandLine": "get https://cdn.example/y"}, {"EventData": "md5 " + evilMD5}, {"IpAddress": "203.0.113.9"},
		{"AdditionalFields": `{"query":"evil.example"}`}, {"AdditionalFields": `{"server_name":"www.evil.example"}`}, {"RemoteUrl": "cdn.example"},
	}
	iocs := []feed.IOC{
		ioc(t, feed.URL, "http://203.0.113.9/stage/x.bin"), ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.Domain, "evil.example"),
		ioc(t, feed.URL, "https://cdn.example/y"), ioc(t, feed.MD5, evilMD5), ioc(t, feed.FileName, "x.bin"),
	}
	for _, name := range []string{"SecurityEvent", "WindowsEvent", "DeviceNetworkEvents", "DeviceEvents"} {
		tb := table(t, name)
		together, err := tb.Hunt(selection(iocs), Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			alone := false
			for _, i := range iocs {
				h, err := tb.Hunt(selection([]feed.IOC{i}), Options{Target: Sentinel})
				if err != nil {
					t.Fatal(err)
				}
				alone = alone || evaluate(t, h.Query, r) != nil
			}
			if with := evaluate(t, together.Query, r) != nil; with != alone {
				t.Errorf("%s: %v is found alone: %v, and together: %v", name, r, alone, with)
			}
		}
	}
	for name, found := range map[string]row{
		"SecurityEvent": rows[0], "DeviceNetworkEvents": rows[6], "DeviceEvents": rows[7],
	} {
		h, err := table(t, name).Hunt(selection(iocs), Options{Target: Sentinel})
		if err != nil || evaluate(t, h.Query, found) == nil {
			t.Errorf("%s does not find %v, %v", name, found, err)
		}
	}
}

// TestSharedAddresses: of IOCs that share an address, or an address and a port, a
// hit says what says most, in whatever order they come.
func TestSharedAddresses(t *testing.T) {
	const url = "https://203.0.113.9/x"
	ported, plain := ioc(t, feed.IPPort, "203.0.113.9:443"), ioc(t, feed.IP, "203.0.113.9")
	both := []hit{
		{row{"Remote": "203.0.113.9", "Port": 443}, ported.Value + ", " + url, "port"},
		{row{"Remote": "203.0.113.9", "Port": 80}, ported.Value + ", " + url, "address only"},
		{row{"Answers": "203.0.113.9"}, ported.Value + ", " + url, "address only"},
	}
	checkKinds(t, Options{}, []feed.IOC{ioc(t, feed.URL, url), ported}, both)
	checkKinds(t, Options{}, []feed.IOC{ported, ioc(t, feed.URL, url)}, both)
	all := append(both[:1:1], hit{row{"Remote": "203.0.113.9", "Port": 80}, plain.Value, "exact"})
	checkKinds(t, Options{}, []feed.IOC{ioc(t, feed.URL, url), ported, plain}, all)
	checkKinds(t, Options{}, []feed.IOC{plain, ported, ioc(t, feed.URL, url)}, all)
	six := []feed.IOC{ioc(t, feed.URL, "http://[2001:db8::9]:81/x"), ioc(t, feed.IPPort, "[2001:db8::9]:81")}
	checkKinds(t, Options{}, six, []hit{
		{row{"Remote": "2001:db8::9", "Port": 81}, "[2001:db8::9]:81, http://[2001:db8::9]:81/x", "port"},
		{row{"Answers": "2001:db8::9"}, "[2001:db8::9]:81, http://[2001:db8::9]:81/x", "address only"},
	})
}
