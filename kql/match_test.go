package kql

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"quarry/feed"
)

// ioc makes an IOC as a reader would.
func ioc(t testing.TB, typ feed.Type, value string) feed.IOC {
	t.Helper()
	v, err := feed.Canonical(typ, value)
	if err != nil {
		t.Fatal(err)
	}
	return feed.IOC{Type: typ, Value: v}
}

// selection makes IOCs ready for a hunt.
func selection(iocs []feed.IOC) *Selection { return NewSelection(NewIndicators(iocs)) }

func table(t testing.TB, name string) *Table {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	tb, ok := c.Table(name)
	if !ok {
		t.Fatalf("there is no table %s", name)
	}
	return tb
}

const (
	evilMD5    = "d41d8cd98f00b204e9800998ecf8427e"
	evilSHA1   = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	evilSHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// hit is a row's cells, and what the hunt says of the row: the indicator and
// how it matched, or "" and "" where the hunt must not show the row.
type hit struct {
	row     row
	matched string
	how     string
}

// one is a row with one cell.
func one(column string, value any, matched, how string) hit {
	return hit{row{column: value}, matched, how}
}

// none are rows that must not match.
func none(column string, values ...string) (hits []hit) {
	for _, v := range values {
		hits = append(hits, hit{row: row{column: v}})
	}
	return hits
}

func checkHits(t *testing.T, tableName string, iocs []feed.IOC, hits []hit) {
	t.Helper()
	checkHitsWith(t, table(t, tableName), Options{}, iocs, hits)
}

// checkHitsWith runs the hunt of a table, the union that asks it, and both with
// their lists in a watchlist.
func checkHitsWith(t *testing.T, tb *Table, o Options, iocs []feed.IOC, hits []hit) {
	t.Helper()
	for _, target := range Targets {
		if !tb.On(target) {
			continue
		}
		o.Target = target
		s := selection(iocs)
		for about, run := range forms(t, tb, s, o) {
			for _, want := range hits {
				out := run.on(tb.Name, want.row)
				if out == nil {
					out = row{"IocMatched": "", "IocHow": ""}
				} else if out["IocMatched"] == "" {
					t.Errorf("%s in %s, %s: %v is shown without the indicator", tb.Name, target, about, want.row)
				}
				if out["IocMatched"] != want.matched || out["IocHow"] != want.how {
					t.Errorf("%s in %s, %s: %v gives %q by %q, want %q by %q", tb.Name, target, about, want.row, out["IocMatched"], out["IocHow"], want.matched, want.how)
				}
			}
		}
	}
}

// forms are the queries that hunt one selection in a table, ready to run.
func forms(t *testing.T, tb *Table, s *Selection, o Options) map[string]*evaluation {
	t.Helper()
	all := map[string]*evaluation{}
	add := func(about string, o Options, watchlist []row) {
		h, err := tb.Hunt(s, o)
		if err != nil {
			t.Fatal(err)
		}
		all[about] = prepare(t, h.Query, watchlist)
		if h, err = Union(unionOf(t, tb, o.Target), s, o); err != nil {
			t.Fatal(err)
		}
		all[about+", union"] = prepare(t, h.Query, watchlist)
	}
	add("plain", o, nil)
	if o.Target == Sentinel {
		o.Watchlist = "QuarryIocs"
		add("watchlist of columns", o, watchlistRows(s, false))
		add("watchlist of items", o, watchlistRows(s, true))
	}
	return all
}

// unionOf are legs with a table and another one.
func unionOf(t *testing.T, tb *Table, target Target) []Leg {
	other := table(t, "DeviceNetworkEvents")
	if other.Name == tb.Name {
		other = table(t, "DeviceFileEvents")
	}
	if !other.On(target) {
		t.Fatalf("%s is not at %s", other.Name, target)
	}
	return []Leg{{Table: other}, {Table: tb}}
}

// watchlistRows are the rows of a watchlist: its columns, or the same in one that
// holds them all. A file has texts only.
func watchlistRows(s *Selection, item bool) (all []row) {
	for r := range s.Rows {
		confidence := ""
		if r.Confidence != feed.NoConfidence {
			confidence = strconv.Itoa(r.Confidence)
		}
		columns := row{"IocKey": r.Key, "IocList": r.List, "Ioc": r.Matched, "IocType": string(r.Type), "IocThreat": r.Threat, "IocConfidence": confidence}
		if item {
			all = append(all, row{"SearchKey": r.Key, "WatchlistItem": map[string]any(columns)})
		} else {
			columns["SearchKey"] = r.Key
			all = append(all, columns)
		}
	}
	return all
}

func TestDomainInNames(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.Domain, "cdn.wide.example"), ioc(t, feed.Domain, "wide.example"), ioc(t, feed.Domain, "xn--bcher-kva.example")}
	hits := []hit{
		one("Name", "hitclub.example", "hitclub.example", "exact"),
		one("Name", "HitClub.EXAMPLE", "hitclub.example", "exact"),
		one("Name", "hitclub.example.", "hitclub.example", "exact"),
		one("Name", "a.b.hitclub.example", "hitclub.example", "sub-domain"),
		one("Name", "_dmarc.hitclub.example.", "hitclub.example", "sub-domain"),
		one("Name", "x.cdn.wide.example", "cdn.wide.example", "sub-domain"),
		one("Name", "wide.example", "wide.example", "exact"),
		one("Name", "hitclub.example:443", "hitclub.example", "exact"),
		one("Name", "www.hitclub.example.:8080", "hitclub.example", "sub-domain"),
		one("Name", "www.xn--bcher-kva.example", "xn--bcher-kva.example", "sub-domain"),
	}
	hits = append(hits, none("Name", "", "example", "hitclub.example.uk", "x-hitclub.example", "xhitclub.example", "x_hitclub.example",
		"hitclub.examples", "hitclub.example.evil.test", "hitclub-example", "hitclubxexample", "hitclub.example:x", "hitclub.example:443/x", "http://hitclub.example")...)
	checkHits(t, "DnsEvents", iocs, hits)
}

func TestDomainInURLs(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example")}
	var hits []hit
	for _, v := range []string{
		"hitclub.example", "HITCLUB.example", "www.hitclub.example", "hitclub.example.", "hitclub.example:8443", "//hitclub.example/x",
		"http://hitclub.example", "https://hitclub.example/", "HTTPS://a.b.hitclub.example/x?y#z", "https://hitclub.example.:443/x", "hitclub.example/path",
		"hitclub.example?x", "http://user@hitclub.example/", "http://user:pw@hitclub.example:80/", "http://good.test@hitclub.example/",
		"http://mail@good.test@hitclub.example/", "ftp://hitclub.example/a", `"hitclub.example/x"`, `"hitclub.example"`,
	} {
		want := "exact"
		if strings.Contains(v, ".hitclub") {
			want = "sub-domain"
		}
		hits = append(hits, one("RemoteUrl", v, "hitclub.example", want))
	}
	hits = append(hits, none("RemoteUrl",
		"", "good.test", "hitclub.example.uk", "x-hitclub.example", "xhitclub.example", "http://hitclub.example.uk/", "http://x-hitclub.example/",
		"http://good.test/?u=hitclub.example", "http://good.test/hitclub.example", "http://good.test/#hitclub.example", "good.test/http://hitclub.example/",
		"http://hitclub.example@good.test/", "hitclub.example@good.test", "hitclub.example:pw@good.test", "http://good.test?@hitclub.example",
		"http://good.test/@hitclub.example/", "http://hitclub.examples/", "hitclub-example")...)
	checkHits(t, "DeviceNetworkEvents", iocs, hits)
}

func TestDomainInURLLists(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example")}
	hits := []hit{
		one("UrlChain", `["https://good.test/a","https://www.hitclub.example/b"]`, "hitclub.example", "sub-domain"),
		one("UrlChain", `["https://hitclub.example"]`, "hitclub.example", "exact"),
		one("UrlChain", `[ "https://good.test" , "https://u@hitclub.example:8080/" ]`, "hitclub.example", "exact"),
		one("UrlChain", "[\n  \"https://good.test\",\n  \"https://hitclub.example/x\"\n]", "hitclub.example", "exact"),
		one("UrlChain", `["hitclub.example."]`, "hitclub.example", "exact"),
		one("UrlChain", `https://hitclub.example/a`, "hitclub.example", "exact"),
		one("UrlChain", `"https://hitclub.example"`, "hitclub.example", "exact"),
	}
	hits = append(hits, none("UrlChain", "", "[]",
		`["https://good.test/?u=hitclub.example"]`, `["https://good.test/?u=https://hitclub.example/"]`, `["https://hitclub.example.uk/"]`,
		`["https://x-hitclub.example/","https://good.test/hitclub.example"]`, `["https://hitclub.example@good.test/"]`,
		`["https://good.test/?a=1,hitclub.example/x"]`, `["https://good.test/?a=1;hitclub.example/x"]`, `["https://good.test/?a=[hitclub.example/x"]`,
		`["https://good.test/?a='hitclub.example/x"]`, `["https://good.test/?a=\"hitclub.example/x"]`, `["https://good.test/?a=,\"hitclub.example/x"]`,
		"https://good.test/,https://hitclub.example/", "https://good.test/; https://hitclub.example/")...)
	checkHits(t, "UrlClickEvents", iocs, hits)
}

// TestInternationalNames finds a name in both of its forms, and names below it
// that are not ASCII.
func TestInternationalNames(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.Domain, "xn--bcher-kva.example"), ioc(t, feed.URL, "http://b\u00dccher.test/K\u00e4se"), ioc(t, feed.Domain, "hitclub.example")}
	hits := []hit{
		one("RemoteUrl", "http://xn--bcher-kva.example/", "xn--bcher-kva.example", "exact"),
		one("RemoteUrl", "http://www.b\u00fccher.example/x", "xn--bcher-kva.example", "sub-domain"),
		one("RemoteUrl", "https://caf\u00e9.hitclub.example/", "hitclub.example", "sub-domain"),
		one("RemoteUrl", "http://b\u00dccher.test/K\u00e4se", "http://b\u00dccher.test/K\u00e4se", "url"),
		one("RemoteUrl", "http://b\u00fccher.test/K\u00e4se", "http://b\u00dccher.test/K\u00e4se", "url"),
		one("RemoteUrl", "http://xn--bcher-kva.test/K\u00e4se", "http://b\u00dccher.test/K\u00e4se", "url"),
		one("RemoteUrl", "b\u00fccher.test", "http://b\u00dccher.test/K\u00e4se", "host of url"),
	}
	hits = append(hits, none("RemoteUrl", "http://good.test/?u=b\u00fccher.example", "http://xb\u00fccher.example/", "http://bucher.example/",
		"http://good.test/\u00e9.hitclub.example", `http://good.test\.hitclub.example/`, "http://b\u00fccher.test/other")...)
	checkHits(t, "DeviceNetworkEvents", iocs, hits)
	checkHits(t, "UrlClickEvents", iocs, []hit{one("UrlChain", "[\"https://a.b\u00fccher.example/\"]", "xn--bcher-kva.example", "sub-domain")})
}

func TestURL(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.URL, "http://evil.example/Gate/x.php"),
		ioc(t, feed.URL, "https://evil.example:8443/"),
		ioc(t, feed.URL, "http://evil.example/q?id=1"),
		ioc(t, feed.URL, "http://192.0.2.7/meow"),
		ioc(t, feed.URL, "http://[2001:db8::7]:81/six"),
		ioc(t, feed.URL, "ftp://files.example/a"),
		ioc(t, feed.URL, "gopher://old.example/1"),
	}
	var hits []hit
	for v, matched := range map[string]string{
		"http://evil.example/Gate/x.php":     "http://evil.example/Gate/x.php",
		"https://evil.example/Gate/x.php":    "http://evil.example/Gate/x.php",
		"evil.example/Gate/x.php":            "http://evil.example/Gate/x.php",
		`"evil.example/Gate/x.php"`:          "http://evil.example/Gate/x.php",
		"HTTP://EVIL.example/gate/X.PHP":     "http://evil.example/Gate/x.php",
		"http://evil.example:80/Gate/x.php":  "http://evil.example/Gate/x.php",
		"http://evil.example./Gate/x.php":    "http://evil.example/Gate/x.php",
		"http://u:p@evil.example/Gate/x.php": "http://evil.example/Gate/x.php",
		"http://evil.example/Gate/x.php/":    "http://evil.example/Gate/x.php",
		"http://evil.example/Gate/x.php?a=b": "http://evil.example/Gate/x.php",
		"http://evil.example/Gate/x.php#top": "http://evil.example/Gate/x.php",
		"https://evil.example:8443":          "https://evil.example:8443/",
		"https://evil.example:8443/":         "https://evil.example:8443/",
		"https://evil.example:8443/?x=1":     "https://evil.example:8443/",
		"http://evil.example/q?id=1":         "http://evil.example/q?id=1",
		"http://evil.example/q?id=1&more=2":  "http://evil.example/q?id=1",
		"http://192.0.2.7/meow":              "http://192.0.2.7/meow",
		"192.0.2.7:80/meow":                  "http://192.0.2.7/meow",
		"http://[2001:db8::7]:81/six":        "http://[2001:db8::7]:81/six",
		"files.example:21/a":                 "ftp://files.example/a",
		"gopher://old.example/1#x":           "gopher://old.example/1",
		"http://[2001:DB8::7]:81/six?x":      "http://[2001:db8::7]:81/six",
	} {
		hits = append(hits, one("Url", v, matched, "url"))
	}
	hits = append(hits,
		one("UrlChain", `["https://good.test/","http://evil.example/Gate/x.php"]`, "http://evil.example/Gate/x.php", "url"),
		one("UrlChain", `["https://good.test/","http://192.0.2.7/other"]`, "http://192.0.2.7/meow", "host of url"),
		one("Url", "http://192.0.2.7/other", "http://192.0.2.7/meow", "host of url"))
	hits = append(hits, none("Url", "", "http://evil.example/", "http://evil.example", "http://evil.example/Gate/x.phps", "http://evil.example/Gate/x.php/more",
		"http://evil.example/Gate", "http://evil.example:8080/Gate/x.php", "http://evil.example/Gate/x.php:80", "http://evil.example:844/", "http://evil.example:84433/",
		"http://evil.example/8443", "https://evil.example/:8443", "https://evil.example:8443/other", "http://evil.example/q?id=12", "http://evil.example/q?id=1/", "http://evil.example/q?id=1?x", "http://evil.example/Gate/x.php&a=b", "http://evil.example/Gate/x.php//", "http://evil.example/q?id=2",
		"http://evil.example.uk/Gate/x.php", "http://x-evil.example/Gate/x.php", "http://www.evil.example/Gate/x.php", "http://evilxexample/Gate/x.php",
		"http://good.test/?u=http://evil.example/Gate/x.php", "http://evil.example@good.test/Gate/x.php", "http://192.0.2.77/meow", "http://1192.0.2.7/meow", "ftp://files.example:80/a", "gopher://old.example:70/1")...)
	hits = append(hits, none("UrlChain", `["https://good.test/?u=evil.example/Gate/x.php"]`, `["http://evil.example/Gate/x.phps"]`, `["http://evil.example/"]`)...)
	checkHits(t, "UrlClickEvents", iocs, hits)
}

// TestURLHosts looks for the hosts of URLs where a table knows hosts only.
func TestURLHosts(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.URL, "http://Evil.example/gate.php"), ioc(t, feed.URL, "http://192.0.2.7:9432/x")}
	names := append([]hit{
		one("Name", "evil.example", "http://Evil.example/gate.php", "host of url"),
		one("Name", "EVIL.example.", "http://Evil.example/gate.php", "host of url"),
		one("IPAddresses", "192.0.2.7", "http://192.0.2.7:9432/x", "host of url"),
	}, none("Name", "www.evil.example", "evil.example.uk", "x-evil.example", "example", "")...)
	checkHits(t, "DnsEvents", iocs, names)
	network := append([]hit{
		one("RemoteUrl", "evil.example", "http://Evil.example/gate.php", "host of url"),
		one("RemoteUrl", "https://evil.example:443/", "http://Evil.example/gate.php", "host of url"),
		one("RemoteUrl", "http://evil.example/gate.php", "http://Evil.example/gate.php", "url"),
		{row{"RemoteIP": "192.0.2.7", "RemotePort": 9432}, "http://192.0.2.7:9432/x", "host of url"},
		{row{"RemoteIP": "192.0.2.7", "RemotePort": 80}, "http://192.0.2.7:9432/x", "host of url"},
	}, none("RemoteUrl", "evil.example/other", "www.evil.example", "good.test/?evil.example")...)
	checkHits(t, "DeviceNetworkEvents", iocs, network)
}

func TestAddresses(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "198.51.100.7"),
		ioc(t, feed.IPPort, "[2001:db8::5]:8080"), ioc(t, feed.IP, "2001:db8:0:0::a"),
	}
	network := []hit{
		{row{"RemoteIP": "192.0.2.10", "RemotePort": 443}, "192.0.2.10:443", "port"},
		{row{"RemoteIP": "192.0.2.10", "RemotePort": 80}, "192.0.2.10:443", "address only"},
		{row{"RemoteIP": "192.0.2.10"}, "192.0.2.10:443", "address only"},
		{row{"RemoteIP": "::ffff:192.0.2.10", "RemotePort": 443}, "192.0.2.10:443", "port"},
		{row{"RemoteIP": "::FFFF:198.51.100.7", "RemotePort": 443}, "198.51.100.7", "exact"},
		{row{"RemoteIP": "2001:db8::5", "RemotePort": 8080}, "[2001:db8::5]:8080", "port"},
		{row{"RemoteIP": "2001:0DB8:0:0:0:0:0:5", "RemotePort": 8080}, "[2001:db8::5]:8080", "port"},
		{row{"RemoteIP": "2001:db8:0::5", "RemotePort": 80}, "[2001:db8::5]:8080", "address only"},
		one("RemoteIP", "2001:db8::a", "2001:db8::a", "exact"),
		one("RemoteUrl", "http://192.0.2.10/x", "192.0.2.10:443", "address only"),
		one("RemoteUrl", "192.0.2.10:8080", "192.0.2.10:443", "address only"),
		one("RemoteUrl", "https://[2001:DB8::a]:443/", "2001:db8::a", "exact"),
		one("RemoteUrl", "https://[2001:db8:0:0:0:0:0:a]/", "2001:db8::a", "exact"),
		one("RemoteUrl", "https://[2001:0DB8:0000:0000:0000:0000:0000:000A]/", "2001:db8::a", "exact"),
		{row{"RemoteIP": "203.0.113.9", "RemotePort": 443}, "", ""},
		{row{"RemoteIP": "203.0.113.9", "RemotePort": 443, "LocalIP": "192.0.2.10"}, "", ""},
		{row{"RemoteIP": "192.0.2.1", "RemotePort": 443}, "", ""},
	}
	network = append(network, none("RemoteIP", "", "192.0.2.100", "192.0.2.10.5", "1192.0.2.10", "::192.0.2.10", "2001:db8::50", "2001:db8::", "x")...)
	network = append(network, none("RemoteUrl", "192.0.2.10.5", "http://192.0.2.100/", "http://1192.0.2.10/", "http://good.test/192.0.2.10",
		"http://good.test/?ip=192.0.2.10", "192.0.2.10@good.test", "192.0.2.10.good.test", "http://[2001:db8::a:1]/", "good.test:192.0.2.1")...)
	checkHits(t, "DeviceNetworkEvents", iocs, network)

	firewall := []hit{
		{row{"DestinationIP": "192.0.2.10", "DestinationPort": 443}, "192.0.2.10:443", "port"},
		{row{"DestinationIP": "192.0.2.10", "DestinationPort": 4430, "SourcePort": 443}, "192.0.2.10:443", "address only"},
		{row{"SourceIP": "192.0.2.10", "DestinationPort": 443}, "192.0.2.10:443", "address only"},
		{row{"RemoteIP": "192.0.2.10", "RemotePort": "443"}, "192.0.2.10:443", "port"},
		one("DeviceCustomIPv6Address2", "2001:db8::a", "2001:db8::a", "exact"),
		one("SourceTranslatedAddress", "192.0.2.10", "", ""),
		one("DeviceCustomIPv6Address2", "192.0.2.10", "", ""),
	}
	checkHits(t, "CommonSecurityLog", iocs, firewall)
}

// TestAddressesWithMore finds an address that does not stand alone in its column.
// The port is the one behind the address, or that of the column that holds ports.
func TestAddressesWithMore(t *testing.T) {
	four, six := ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "2001:db8::5")
	block := ioc(t, feed.CIDR, "198.51.100.0/24")
	hits4 := []hit{
		one("Remote", "192.0.2.10:443", "192.0.2.10:443", "port"),
		one("Remote", "192.0.2.10:80", "192.0.2.10:443", "address only"),
		{row{"Remote": "192.0.2.10:443", "Port": 443}, "192.0.2.10:443", "port"},
		one("Remote", "[192.0.2.10]:8080", "192.0.2.10:443", "address only"),
		one("Remote", "[192.0.2.10]", "192.0.2.10:443", "address only"),
		one("Remote", "::ffff:192.0.2.10", "192.0.2.10:443", "address only"),
		one("Remote", "[::FFFF:192.0.2.10]:443", "192.0.2.10:443", "port"),
		one("Url", "http://[::ffff:192.0.2.10]/x", "192.0.2.10:443", "address only"),
	}
	hits4 = append(hits4, none("Remote", "192.0.2.10:x", "192.0.2.10.5:443", "192.0.2.100:443", "::1:192.0.2.10", "192.0.2.10/24", "x192.0.2.10", "192.0.2.10,203.0.113.1")...)
	hits6 := []hit{
		one("Remote", "[2001:db8::5]:443", "2001:db8::5", "exact"),
		one("Remote", "[2001:DB8:0::5]", "2001:db8::5", "exact"),
	}
	hits6 = append(hits6, none("Remote", "[2001:db8::50]:443", "2001:db8::5:443", "[2001:db8::5]:x")...)
	blocks := []hit{
		one("Remote", "198.51.100.7:443", "198.51.100.0/24", "range"),
		one("Remote", "[::ffff:198.51.100.7]:443", "198.51.100.0/24", "range"),
	}
	// In the form of IPv6 with hexadecimal digits it is not found.
	hex := none("Remote", "::ffff:c000:020a", "::ffff:c000:20a", "0:0:0:0:0:ffff:c000:20a")
	checkKinds(t, Options{}, []feed.IOC{four}, append(hits4[:len(hits4):len(hits4)], hex...))
	checkKinds(t, Options{}, []feed.IOC{six}, hits6)
	checkKinds(t, Options{}, []feed.IOC{block}, blocks)
	checkKinds(t, Options{}, []feed.IOC{four, six, block}, slices.Concat(hits4, hits6, blocks, hex))
	checkKinds(t, Options{Knobs: Knobs{Port: RequirePort}}, []feed.IOC{four}, []hit{
		{row{"Remote": "192.0.2.10:443", "Port": 443}, "192.0.2.10:443", "port"}, one("Remote", "192.0.2.10:443", "192.0.2.10:443", "port"), one("Remote", "192.0.2.10:80", "", ""),
	})
}

func TestAddressLists(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.IP, "192.0.2.10"), ioc(t, feed.IP, "2001:db8::5")}
	hits := []hit{
		one("IPAddresses", "192.0.2.10", "192.0.2.10", "exact"),
		one("IPAddresses", "203.0.113.1,192.0.2.10", "192.0.2.10", "exact"),
		one("IPAddresses", "192.0.2.10;203.0.113.1", "192.0.2.10", "exact"),
		one("IPAddresses", "2001:db8::5", "2001:db8::5", "exact"),
		one("IPAddresses", "192.0.2.1, 2001:DB8::5 ", "2001:db8::5", "exact"),
		one("IPAddresses", "2001:db8:0:0:0:0:0:5,192.0.2.1", "2001:db8::5", "exact"),
		one("IPAddresses", "192.0.2.1;2001:0db8:0000:0000:0000:0000:0000:0005", "2001:db8::5", "exact"),
		one("ClientIP", "192.0.2.10", "", ""),
	}
	hits = append(hits, none("IPAddresses", "", "192.0.2.1", "192.0.2.100", "1192.0.2.10", "192.0.2.10.5", "5.192.0.2.10", "x192.0.2.10",
		"2001:db8::50", "2001:db8::5:1", "1:2001:db8::5", "2001:db8::5.1")...)
	checkHits(t, "DnsEvents", iocs, hits)
}

func TestHashes(t *testing.T) {
	iocs := []feed.IOC{ioc(t, feed.MD5, evilMD5), ioc(t, feed.SHA1, evilSHA1), ioc(t, feed.SHA256, evilSHA256)}
	files := []hit{
		one("MD5", evilMD5, evilMD5, "exact"),
		one("MD5", "D41D8CD98F00B204E9800998ECF8427E", evilMD5, "exact"),
		one("InitiatingProcessSHA1", evilSHA1, evilSHA1, "exact"),
		one("SHA256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", evilSHA256, "exact"),
		{row{"SHA256": evilSHA256, "MD5": evilMD5}, evilSHA256, "exact"},
		one("SHA256", evilMD5, "", ""),
		one("MD5", evilSHA256, "", ""),
		one("MD5", "", "", ""),
		one("MD5", evilMD5[1:], "", ""),
		one("MD5", evilMD5+"0", "", ""),
		one("FileName", evilMD5, "", ""),
	}
	checkHits(t, "DeviceFileEvents", iocs, files)
	firewall := []hit{
		one("FileHash", "D41D8CD98F00B204E9800998ECF8427E", evilMD5, "exact"),
		one("OldFileHash", evilSHA1, evilSHA1, "exact"),
		one("FileHash", evilSHA256, evilSHA256, "exact"),
		one("FileHash", "x"+evilSHA256, "", ""),
	}
	checkHits(t, "CommonSecurityLog", iocs, firewall)
}
