package kql

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// TestURLMatchesItself hunts random URLs one by one, and finds each in the
// text that the IOC is, alone and in a list.
func TestURLMatchesItself(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	tb := table(t, "UrlClickEvents")
	kinds := map[bool]int{}
	for range 3000 {
		value := randomURL(r)
		v, err := feed.Canonical(feed.URL, value)
		if err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		i := feed.IOC{Type: feed.URL, Value: v}
		list := `["https://good.test/","` + jsonText.Replace(v) + `"]`
		if !json.Valid([]byte(list)) {
			t.Fatalf("%s is no JSON", list)
		}
		h, err := tb.Hunt(selection([]feed.IOC{i}), Options{Target: Sentinel})
		if err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		for col, text := range map[string]string{"Url": v, "UrlChain": list} {
			out := evaluate(t, h.Query, row{col: text})
			if out == nil || out["IocHow"] != "url" {
				t.Fatalf("%s: %s is not found in %s (%v):\n%s", v, text, col, out, h.Query)
			}
		}
		kinds[strings.Contains(v, "?")]++
		other := "http://other.test/?" + v
		if out := evaluate(t, h.Query, row{"Url": other}); out != nil {
			t.Fatalf("%s: %s is found too", v, other)
		}
	}
	if kinds[true] < 100 || kinds[false] < 100 {
		t.Errorf("the URLs are not of all kinds: %v", kinds)
	}
}

func randomURL(r *rand.Rand) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	some := func(all ...string) string {
		if r.IntN(2) == 0 {
			return ""
		}
		return pick(all...)
	}
	var b strings.Builder
	b.WriteString(pick("http", "https", "HTTP", "ftp", "gopher", "ws", "a+b.c-1") + "://")
	b.WriteString(some("user@", "u:p@", "a@b@", "a,b'c;d@", "%40@"))
	b.WriteString(pick("evil.example", "EVIL.Example.", "x_y.evil.example", "b\u00fccher.example", "B\u00dcCHER.example", "xn--bcher-kva.example", "xn--evil-.example",
		"%C3%BC.example", "\uff45vil.example", "\u4f8b\u3002example", "192.0.2.7", "[2001:db8::7]", "[2001:DB8:0:0::7]", "[2001:db8:0:0:1::7]", "[::ffff:192.0.2.7]"))
	b.WriteString(some(":", ":80", ":443", ":0080", ":8080", ":08080", ":21"))
	path := some("/", "//", "///")
	for range r.IntN(4) {
		if path == "" {
			path = "/"
		}
		path += pick("a", "/", "//", ".php", "%2f", "\u00e9", "&", "'", `"`, "(x)", "[1]", "+", "{2}", `\`, "@", ":", ",", ";", "|", "$")
	}
	b.WriteString(path)
	b.WriteString(some("?", "?a=1", "?a=1&b=/", "?a=1,evil.example/x", "?//", "?a?b", "?a=1/", `?a="`))
	b.WriteString(some("#", "#top", "#a/b?c"))
	return b.String()
}

// TestURLSlashes tells the last slash, which does not count, from the others.
func TestURLSlashes(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.URL, "http://one.example/a//"), ioc(t, feed.URL, "http://two.example//"), ioc(t, feed.URL, "http://three.example?q=1"), ioc(t, feed.URL, "http://four.example//x///y"),
	}
	hits := []hit{
		one("Url", "http://one.example/a//", "http://one.example/a//", "url"),
		one("Url", "http://two.example//", "http://two.example//", "url"),
		one("Url", "http://three.example?q=1", "http://three.example?q=1", "url"),
		one("Url", "http://three.example/?q=1&z", "http://three.example?q=1", "url"),
		one("Url", "http://four.example//x///y", "http://four.example//x///y", "url"),
	}
	hits = append(hits, none("Url", "http://one.example/a", "http://one.example/a/", "http://one.example/a///", "http://two.example/x", "http://two.example///", "http://three.example//?q=1",
		"http://four.example/x/y", "http://four.example//x////y", "http://four.example///x///y")...)
	checkHits(t, "UrlClickEvents", iocs, hits)
}

func TestNameSpellings(t *testing.T) {
	tests := map[string][]string{
		"evil.example":              {"evil.example"},
		"xn--bcher-kva.example":     {"xn--bcher-kva.example", "b\u00fccher.example"},
		"a.xn--fsq.xn--bcher-kva.b": {"a.xn--fsq.xn--bcher-kva.b", "a.\u4f8b.b\u00fccher.b"},
		"xn--evil-.example":         {"xn--evil-.example"}, // decodes to another name
		"xn--.example":              {"xn--.example"},
		"xn--0.example":             {"xn--0.example"},
		"xn--a-ecp.ru":              nameSpellings("xn--a-ecp.ru"), // whatever it is, it does not fail
	}
	for name, want := range tests {
		if diff := cmp.Diff(want, nameSpellings(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAddrSpellings(t *testing.T) {
	tests := map[string][]string{
		"192.0.2.1":                              {"192.0.2.1"},
		"2001:db8::5":                            {"2001:db8::5", "2001:db8:0:0:0:0:0:5", "2001:0db8:0000:0000:0000:0000:0000:0005"},
		"2001:db8:1:2:3:4:50:600":                {"2001:db8:1:2:3:4:50:600", "2001:0db8:0001:0002:0003:0004:0050:0600"},
		"2001:db8:a111:b222:c333:d444:e555:f666": {"2001:db8:a111:b222:c333:d444:e555:f666", "2001:0db8:a111:b222:c333:d444:e555:f666"},
	}
	for a, want := range tests {
		if diff := cmp.Diff(want, addrSpellings(netip.MustParseAddr(a))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", a, diff)
		}
	}
}

// TestCountSlashes compares what a regular expression matches with and without
// its slashes counted.
func TestCountSlashes(t *testing.T) {
	texts := []string{"", "/", "//", "///", "////", "a//b", "a/b", "a///b", "//b", strings.Repeat("/", 2500), strings.Repeat("/", 2499)}
	for _, re := range []string{"a", "/", "^//$", "^///$", "^//?$", "^//*b?$", "^//+$", "^//{2}$", "^///{2}$", "a//b", "^(?://|a)+", `\//`, "^a(?://)?b?", "(?i)//$",
		"^" + strings.Repeat("/", 2500) + "$", "[^/]//", "^" + strings.Repeat("/", 1001) + "?"} {
		got := countSlashes(re)
		if strings.Contains(got, "//") {
			t.Errorf("%s becomes %s", re, got)
		}
		counted, err := regexp.Compile(got)
		if err != nil {
			t.Errorf("%s becomes %s: %v", re, got, err)
			continue
		}
		as, err := regexp.Compile(re)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range texts {
			if as.MatchString(s) != counted.MatchString(s) {
				t.Errorf("%s becomes %s, which differs on %q", re, got, s)
			}
		}
	}
}

// TestNoSlashes keeps // out of queries without comments, for
// products that look for comments and do not read literals.
func TestNoSlashes(t *testing.T) {
	iocs := append([]feed.IOC{
		ioc(t, feed.URL, "http://gate.example//a///b//"), ioc(t, feed.URL, "http://gate.example//?u=http://x//"), ioc(t, feed.URL, "http://gate.example//"),
	}, sets(t)["everything"]...)
	exclusions := map[string]string{"process.command_line": `process.command_line starts with "https://github.example/acme///"`, "device.name": `device.name is "//host//"`, "account.name": `account.name contains "a//b" or account.name contains word "//"`, "remote.url": `remote.url matches "^https?://[^/]+//?x//*" or remote.url starts with "https://github.example/acme/"`, "remote.host": `remote.host contains word "x"`}
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		o := Options{Target: target, NoComments: true, Knobs: Knobs{OwnSide: true}}
		for f, c := range exclusions {
			if len(tb.Fields[Field(f)]) > 0 {
				o.Exclusions = append(o.Exclusions, Exclusion{Title: "http://x", Condition: parse(t, c)})
			}
		}
		h, err := tb.Hunt(selection(iocs), o)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h.Query, "//") {
			t.Errorf("there is // in\n%s", h.Query)
		}
	})
}
