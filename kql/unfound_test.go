package kql

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
)

// said are the findings of a hunt with one code.
func said(h Hunt, code string) (all []string) {
	for _, f := range h.Findings {
		if f.Code == code {
			all = append(all, f.Text)
		}
	}
	return all
}

// TestWhatIsNotCompared names the columns in which a hunt does not find what the
// table carries in others.
func TestWhatIsNotCompared(t *testing.T) {
	block, port := ioc(t, feed.CIDR, "203.0.113.0/24"), ioc(t, feed.IPPort, "203.0.113.9:443")
	require := Options{Knobs: Knobs{Port: RequirePort}}
	for _, tt := range []struct {
		table string
		iocs  []feed.IOC
		o     Options
		code  string
		want  string // what the finding names, "" where there is none
		row   row    // that is not found
	}{
		{"NTANetAnalytics", []feed.IOC{block}, Options{}, "blocks-not-compared", "DestPublicIps, SrcPublicIps,", row{"DestPublicIps": "203.0.113.7|1|2"}},
		{"AzureNetworkAnalytics_CL", []feed.IOC{block}, Options{}, "blocks-not-compared", "PublicIPs_s, SrcPublicIPs_s, DestPublicIPs_s,", row{"PublicIPs_s": "203.0.113.7|1|2"}},
		{"DnsEvents", []feed.IOC{block}, Options{Knobs: Knobs{OwnSide: true}}, "blocks-not-compared", " IPAddresses,", row{"IPAddresses": "203.0.113.7"}},
		{"UrlClickEvents", []feed.IOC{block}, Options{}, "blocks-not-compared", " UrlChain,", row{"UrlChain": `["http://203.0.113.7/"]`}},
		{"NTANetAnalytics", []feed.IOC{port}, Options{}, "blocks-not-compared", "", nil},
		{"DeviceNetworkEvents", []feed.IOC{block}, Options{}, "blocks-not-compared", "", nil},
		{"UrlClickEvents", []feed.IOC{port}, require, "port-not-compared", " UrlChain,", row{"UrlChain": `["https://203.0.113.9/"]`}},
		{"CommonSecurityLog", []feed.IOC{port}, require, "port-not-compared", "SourceIP, MaliciousIP,", row{"SourceIP": "203.0.113.9"}},
		{"NTANetAnalytics", []feed.IOC{port}, require, "port-not-compared", "DestPublicIps, SrcPublicIps, SrcIp,", row{"DestPublicIps": "203.0.113.9|1"}},
		{"DeviceNetworkEvents", []feed.IOC{port}, require, "port-not-compared", "", nil},
		{"UrlClickEvents", []feed.IOC{port}, Options{}, "port-not-compared", "", nil},
		{"CommonSecurityLog", []feed.IOC{ioc(t, feed.IP, "2001:db8::a")}, Options{}, "ipv6-not-compared", " Message,", row{"Message": "from 2001:db8::a"}},
		{"CommonSecurityLog", []feed.IOC{port}, Options{}, "ipv6-not-compared", "", nil},
		{"UrlClickEvents", []feed.IOC{ioc(t, feed.Domain, "evil.example")}, require, "port-not-compared", "", nil},
	} {
		tt.o.Target = Sentinel
		h, err := table(t, tt.table).Hunt(selection(tt.iocs), tt.o)
		if err != nil {
			t.Fatal(err)
		}
		u, err := Union([]Leg{{Table: table(t, tt.table)}}, selection(tt.iocs), tt.o)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []Hunt{h, u} {
			if got := said(h, tt.code); len(got) > 1 || (len(got) == 1) != (tt.want != "") || len(got) == 1 && (!strings.Contains(got[0], tt.want) || !strings.HasPrefix(got[0], tt.table+": ")) {
				t.Errorf("%s %+v: %s says %q, want %q", h.Table, tt.o.Knobs, tt.code, got, tt.want)
			}
			if tt.row != nil && evaluate(t, h.Query, tt.row) != nil && h.Table != UnionTable {
				t.Errorf("%s finds %v after all", h.Table, tt.row)
			}
		}
	}
}

// TestWatchlistLater adds IOCs to the watchlist of a hunt that was written
// before: what the hunt says that it finds is found.
func TestWatchlistLater(t *testing.T) {
	before := selection([]feed.IOC{ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.URL, "http://gate.example/a"), ioc(t, feed.CIDR, "192.0.2.0/24")})
	o := Options{Target: Sentinel, Watchlist: "QuarryIocs"}
	h, err := kinds.Hunt(before, o)
	if err != nil {
		t.Fatal(err)
	}
	want := "Kinds: of what is added to the watchlist later the query finds IPv4 blocks of /24, domains of 2, 3 or 4 labels, hosts of URLs, URLs with 0 or 1 parameters; write it anew for any other"
	if got := said(h, "watchlist-forms"); !slices.Equal(got, []string{want}) {
		t.Errorf("it says %q, want %q", got, want)
	}
	for _, tt := range []struct {
		later feed.IOC
		row   row
		found bool
	}{
		{ioc(t, feed.Domain, "www.evil.example"), row{"Host": "www.evil.example"}, true},
		{ioc(t, feed.Domain, "a.b.evil.example"), row{"Url": "http://x.a.b.evil.example/"}, true},
		{ioc(t, feed.Domain, "a.b.evil.example"), row{"Message": "to x.a.b.evil.example"}, true},
		{ioc(t, feed.Domain, "a.b.c.evil.example"), row{"Host": "a.b.c.evil.example"}, false},
		{ioc(t, feed.URL, "http://evil.example/q?id=1"), row{"Url": "http://evil.example/q?id=1"}, true},
		{ioc(t, feed.URL, "http://evil.example/q?id=1"), row{"Message": "get http://evil.example/q?id=1"}, true},
		{ioc(t, feed.URL, "http://evil.example/q?id=1&b=2"), row{"Url": "http://evil.example/q?id=1&b=2"}, false},
		{ioc(t, feed.CIDR, "198.51.100.0/24"), row{"Remote": "198.51.100.7"}, true},
		{ioc(t, feed.CIDR, "198.51.0.0/16"), row{"Remote": "198.51.100.7"}, false},
		{ioc(t, feed.MD5, evilMD5), row{"Hash": evilMD5}, false},
	} {
		after := selection([]feed.IOC{ioc(t, feed.Domain, "hitclub.example"), tt.later})
		if out := prepare(t, h.Query, watchlistRows(after, false)).on("", tt.row); (out != nil) != tt.found {
			t.Errorf("%s added later: %v found %v, want %v", tt.later.Value, tt.row, out != nil, tt.found)
		}
	}
	if h, err = kinds.Hunt(before, Options{Target: Sentinel}); err != nil || len(said(h, "watchlist-forms")) > 0 {
		t.Errorf("a hunt without a watchlist says %q, %v", said(h, "watchlist-forms"), err)
	}
}

// TestLargeValues: where no limit of the products is stated a hunt says what is
// large.
func TestLargeValues(t *testing.T) {
	for n, want := range map[int]int{1_000: 0, 30_000: 1} {
		for _, o := range []Options{{}, {Watchlist: "QuarryIocs"}} {
			o.Target = Sentinel
			h, err := table(t, "DnsEvents").Hunt(selection(manyOf(t, n, feed.Domain, "host-%d.evil.example")), o)
			if err != nil || len(said(h, "large-dynamic")) != want {
				t.Errorf("%d domains: %q, want %d, %v", n, said(h, "large-dynamic"), want, err)
			}
		}
	}
	domain := []feed.IOC{ioc(t, feed.Domain, "evil.example")}
	for n, want := range map[int]int{100: 0, 2_000: 1} {
		hosts := make([]string, n)
		for i := range hosts {
			hosts[i] = fmt.Sprintf("h%d.good.example", i)
		}
		exclusions := []Exclusion{{Title: "good", Condition: Test{"remote.host", EndsWith, hosts}}}
		h, err := table(t, "DeviceNetworkEvents").Hunt(selection(domain), Options{Target: Defender, Exclusions: exclusions})
		if err != nil || len(said(h, "large-regex")) != want {
			t.Errorf("%d hosts: %q, want %d, %v", n, said(h, "large-regex"), want, err)
		}
	}
}

// TestManyParameters finds a URL with more parameters than are told apart, with
// regular expressions that stay small.
func TestManyParameters(t *testing.T) {
	url := ioc(t, feed.URL, "http://evil.example/q?a=0"+strings.Repeat("&b=1", 900))
	hits := []hit{one("Url", url.Value, url.Value, "url"), one("UrlChain", `["`+url.Value+`"]`, url.Value, "url"), one("Url", "http://evil.example/q?a=0&b=1", "", "")}
	checkHits(t, "UrlClickEvents", []feed.IOC{url}, hits)
	checkKinds(t, Options{}, []feed.IOC{url}, []hit{one("Message", "get "+url.Value, url.Value, "in text")})
	h, err := kinds.Hunt(selection([]feed.IOC{url}), Options{Target: Sentinel})
	if err != nil || strings.Contains(h.Query, "{900}") || longestRegex(h.Query) > 400 {
		t.Errorf("a regular expression has %d characters, %v", longestRegex(h.Query), err)
	}
}
