package kql

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func TestLimits(t *testing.T) {
	many := func(n int, one func(i int) feed.IOC) []feed.IOC {
		iocs := make([]feed.IOC, n)
		for i := range iocs {
			iocs[i] = one(i)
		}
		return iocs
	}
	domains := func(n int) []feed.IOC {
		return many(n, func(i int) feed.IOC { return feed.IOC{Type: feed.Domain, Value: fmt.Sprintf("h%d.example", i)} })
	}
	addrs := func(n int) []feed.IOC {
		return many(n, func(i int) feed.IOC { return feed.IOC{Type: feed.IP, Value: fmt.Sprintf("2001:db8::%x", i+1)} })
	}
	urls := func(n int) []feed.IOC {
		return many(n, func(i int) feed.IOC { return feed.IOC{Type: feed.URL, Value: fmt.Sprintf("http://h%d.example/", i)} })
	}
	hashes := func(n int) []feed.IOC {
		return many(n, func(i int) feed.IOC { return feed.IOC{Type: feed.MD5, Value: fmt.Sprintf("%032x", i)} })
	}
	const day = 24 * time.Hour
	tests := []struct {
		name  string
		table string
		iocs  []feed.IOC
		o     Options
		want  []string
	}{
		{"small", "DnsEvents", domains(1), Options{Target: Sentinel}, nil},
		{"128 values", "DnsEvents", domains(IndexTerms), Options{Target: Sentinel}, nil},
		{"129 values", "DnsEvents", domains(IndexTerms + 1), Options{Target: Sentinel}, []string{"over-index-terms"}},
		{"129 hashes", "DeviceFileEvents", hashes(IndexTerms + 1), Options{Target: Defender}, []string{"over-index-terms"}},
		{"rule size", "DeviceFileEvents", hashes(400), Options{Target: Sentinel}, []string{"over-rule-size", "over-index-terms"}},
		{"no rule size in Defender", "DeviceFileEvents", hashes(400), Options{Target: Defender}, []string{"over-index-terms"}},
		{"10,000 domains", "DeviceNetworkEvents", domains(AnyValues), Options{Target: Defender}, []string{"over-index-terms"}},
		{"10,001 domains", "DeviceNetworkEvents", domains(AnyValues + 1), Options{Target: Defender}, []string{"over-index-terms"}},
		{"10,001 URLs", "UrlClickEvents", urls(AnyValues + 1), Options{Target: Defender}, []string{"over-index-terms", "large-dynamic"}},
		{"10,001 hosts of URLs", "DnsEvents", urls(AnyValues + 1), Options{Target: Sentinel}, []string{"over-rule-size", "over-index-terms"}},
		{"10,001 addresses that no index finds", "DeviceNetworkEvents", addrs(AnyValues + 1), Options{Target: Defender}, nil},
		{"70 URLs with two keys", "UrlClickEvents", manyOf(t, 70, feed.URL, "https://h%d.example/"), Options{Target: Defender}, nil},
		{"129 URLs with one key", "UrlClickEvents", manyOf(t, 129, feed.URL, "ftp://h%d.example/x"), Options{Target: Defender}, []string{"over-index-terms"}},
		{"100 addresses and 100 blocks", "DeviceNetworkEvents", append(manyOf(t, 100, feed.IP, "192.0.2.%d"), manyOf(t, 100, feed.CIDR, "198.51.%d.0/24")...), Options{Target: Defender}, []string{"over-index-terms"}},
		{"10,001 addresses searched in text", "DnsEvents", addrs(AnyValues + 1), Options{Target: Sentinel}, []string{"over-rule-size", "over-index-terms", "large-dynamic"}},
		{"10,001 hashes", "DeviceFileEvents", hashes(AnyValues + 1), Options{Target: Defender}, []string{"over-index-terms"}},
		{"334 addresses in text", "DnsEvents", addrs(334), Options{Target: Sentinel}, []string{"over-rule-size", "over-index-terms"}},
		{"14 days", "DnsEvents", domains(1), Options{Target: Sentinel, Lookback: 14 * day}, nil},
		{"15 days", "DnsEvents", domains(1), Options{Target: Sentinel, Lookback: 15 * day}, []string{"over-rule-lookback"}},
		{"30 days", "DeviceFileEvents", hashes(1), Options{Target: Defender, Lookback: 30 * day}, nil},
		{"31 days", "DeviceFileEvents", hashes(1), Options{Target: Defender, Lookback: 31 * day}, []string{"over-lookback"}},
	}
	for _, tt := range tests {
		h, err := table(t, tt.table).Hunt(selection(tt.iocs), tt.o)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var codes []string
		for _, f := range h.Findings {
			codes = append(codes, f.Code)
			if !strings.HasPrefix(f.Text, tt.table+": ") {
				t.Errorf("%s: %q does not name its table", tt.name, f.Text)
			}
		}
		if diff := cmp.Diff(tt.want, codes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		over := len(said(h, "large-dynamic")) // no limit is stated, so no gauge
		for _, g := range h.Limits {
			if g.Over() && g.Limit != AnyLimit { // that is searched in parts
				over++
			}
		}
		if over != len(h.Findings) {
			t.Errorf("%s: %d gauges are over and %d findings say so: %v", tt.name, over, len(h.Findings), h.Limits)
		}
	}
}

func TestGauges(t *testing.T) {
	const day = 24 * 60
	iocs := []feed.IOC{
		{Type: feed.Domain, Value: "a.example"}, {Type: feed.Domain, Value: "b.example"},
		{Type: feed.IP, Value: "192.0.2.1"}, {Type: feed.IP, Value: "192.0.2.2"}, {Type: feed.IP, Value: "192.0.2.3"},
	}
	for _, tt := range []struct {
		o    Options
		want []string // without the characters
	}{
		{Options{Target: Sentinel}, []string{"index_terms 3 of 128", "has_any_values 3 of 10,000", "in_values 3 of 1,000,000", "lookback_minutes 7d of 14d"}},
		{Options{Target: Defender, Lookback: 36 * time.Hour, Knobs: Knobs{Match: LooseMatch}},
			[]string{"index_terms 3 of 128", "has_any_values 3 of 10,000", "in_values 3 of 1,000,000", "lookback_minutes 36h of 30d"}},
	} {
		h, err := table(t, "DeviceNetworkEvents").Hunt(selection(iocs), tt.o)
		if err != nil {
			t.Fatal(err)
		}
		u, err := Union([]Leg{{Table: table(t, "DeviceNetworkEvents")}}, selection(iocs), tt.o)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []Hunt{h, u} {
			var got []string
			for _, g := range h.Limits {
				used, most := g.Amounts()
				if g.Limit == CharsLimit {
					if g.Used != h.Chars || g.Most != RuleChars {
						t.Errorf("%s has %d characters and the gauge %v", h.Table, h.Chars, g)
					}
					continue
				}
				got = append(got, fmt.Sprintf("%s %s of %s", g.Limit, used, most))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", h.Table, diff)
			}
			if sized := len(got) < len(h.Limits); sized != (tt.o.Target == Sentinel) {
				t.Errorf("%s in %s: a gauge of characters: %v", h.Table, h.Target, sized)
			}
		}
	}
	if half, quarter := (Gauge{Used: 7 * day, Most: 14 * day}), (Gauge{Used: 32, Most: 128}); !half.Nearer(quarter) || quarter.Nearer(half) || half.Nearer(half) {
		t.Error("half of a limit is not nearer than a quarter of another")
	}
}

// TestGaugesOfLists measures what columns are searched for and compared with.
func TestGaugesOfLists(t *testing.T) {
	for _, tt := range []struct {
		table string
		iocs  []feed.IOC
		want  map[Limit]int
	}{
		{"UrlClickEvents", manyOf(t, 5, feed.URL, "https://h%d.example/"), map[Limit]int{IndexLimit: 5, AnyLimit: 5, InLimit: 10}},
		{"Syslog", manyOf(t, 7, feed.Email, "a%d@evil.example"), map[Limit]int{IndexLimit: 7, AnyLimit: 7, InLimit: 7}},
		{"EmailEvents", manyOf(t, 7, feed.Email, "a%d@evil.example"), map[Limit]int{IndexLimit: 7, AnyLimit: 0, InLimit: 7}},
		{"DeviceFileEvents", manyOf(t, 7, feed.MD5, "%032x"), map[Limit]int{IndexLimit: 7, AnyLimit: 0, InLimit: 7}},
		{"DeviceNetworkEvents", manyOf(t, 7, feed.IP, "2001:db8::%x"), map[Limit]int{IndexLimit: 0, AnyLimit: 0, InLimit: 7}},
		{"DeviceNetworkEvents", append(manyOf(t, 3, feed.CIDR, "198.51.%d.0/24"), manyOf(t, 4, feed.IP, "192.0.2.%d")...), map[Limit]int{IndexLimit: 7, AnyLimit: 7, InLimit: 4}},
	} {
		h, err := table(t, tt.table).Hunt(selection(tt.iocs), Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range h.Limits {
			if want, ok := tt.want[g.Limit]; ok && g.Used != want {
				t.Errorf("%s, %s: %s is %d, want %d", tt.table, tt.iocs[0].Value, g.Limit, g.Used, want)
			}
		}
	}
}

// TestRuleSize moves a hunt over the limit character by character.
func TestRuleSize(t *testing.T) {
	iocs := []feed.IOC{{Type: feed.Domain, Value: "evil.example"}}
	base, err := table(t, "DnsEvents").Hunt(selection(iocs), Options{Target: Sentinel, Title: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, over := range []int{0, 1} {
		h, err := table(t, "DnsEvents").Hunt(selection(iocs), Options{Target: Sentinel, Title: strings.Repeat("x", RuleChars-base.Chars+1+over)})
		if err != nil {
			t.Fatal(err)
		}
		if h.Chars != RuleChars+over || len(h.Findings) != over {
			t.Errorf("a query of %d characters has %d findings", h.Chars, len(h.Findings))
		}
	}
}

func TestChars(t *testing.T) {
	for _, title := range []string{"", "plain", "日本語", "\U0001f600\U0001f600", "\xff"} {
		h, err := table(t, "DnsEvents").Hunt(selection([]feed.IOC{{Type: feed.Domain, Value: "evil.example"}}), Options{Target: Sentinel, Title: title})
		if err != nil {
			t.Fatal(err)
		}
		if want := len(utf16.Encode([]rune(h.Query))); h.Chars != want {
			t.Errorf("with %q it has %d characters, want %d", title, h.Chars, want)
		}
	}
}

func TestLookback(t *testing.T) {
	tests := []struct {
		d    time.Duration
		want string
	}{
		{time.Minute, "1m"}, {90 * time.Minute, "90m"}, {time.Hour, "1h"}, {36 * time.Hour, "36h"}, {7 * 24 * time.Hour, "7d"},
		{25*time.Hour + time.Minute, "1501m"}, {MaxLookback, "4380d"}, {29 * time.Second, "7d"}, {0, "7d"}, {-time.Hour, "7d"},
		{90 * time.Second, "2m"}, {time.Hour + time.Second, "1h"},
	}
	for _, tt := range tests {
		got := FormatLookback(tt.d)
		if got != tt.want {
			t.Errorf("FormatLookback(%v) = %s, want %s", tt.d, got, tt.want)
		}
		d, err := ParseLookback(got)
		if err != nil || FormatLookback(d) != got {
			t.Errorf("ParseLookback(%s) = %v, %v", got, d, err)
		}
	}
	for d := time.Minute; d < 40*24*time.Hour; d += 7 * time.Minute {
		if got, err := ParseLookback(FormatLookback(d)); err != nil || got != d {
			t.Fatalf("ParseLookback(FormatLookback(%v)) = %v, %v", d, got, err)
		}
	}
	for _, s := range []string{"", "7", "d", "7D", "7s", "7 d", " 7d", "7d ", "7d foo", "7dd", "7dh", "+7d", "-7d", "0d", "1.5d", "0x7d", "7d;", "1_0d"} {
		if d, err := ParseLookback(s); err == nil || !strings.Contains(err.Error(), "write it as") {
			t.Errorf("ParseLookback(%q) = %v, %v, want an error that says how to write it", s, d, err)
		}
	}
	for _, s := range []string{"4381d", "105121h", "6307201m", "99999999999999999999999d"} {
		if d, err := ParseLookback(s); err == nil || !strings.Contains(err.Error(), "4380d is the most") {
			t.Errorf("ParseLookback(%q) = %v, %v, want an error that names the most", s, d, err)
		}
	}
}

func TestTargets(t *testing.T) {
	for _, target := range Targets {
		got, err := ParseTarget(string(target))
		if err != nil || got != target || strings.ToLower(target.Title()) != string(target) {
			t.Errorf("%s: got %s, %v, title %s", target, got, err, target.Title())
		}
	}
	if _, err := ParseTarget("splunk"); err == nil || errors.Unwrap(err) != nil {
		t.Errorf("got %v, want that there is no such target", err)
	}
}

// TestOneOfEachType keeps a hunt of one IOC of each type within an analytics
// rule, in the table with the most columns.
func TestOneOfEachType(t *testing.T) {
	iocs := []feed.IOC{
		ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IP, "198.51.100.7"), ioc(t, feed.CIDR, "203.0.113.0/24"), ioc(t, feed.Domain, "evil.example"),
		ioc(t, feed.URL, "https://gate.example/a/b.php?x=1"), ioc(t, feed.MD5, evilMD5), ioc(t, feed.SHA1, evilSHA1), ioc(t, feed.SHA256, evilSHA256),
		ioc(t, feed.SHA3384, strings.Repeat("ab", 48)), ioc(t, feed.SHA512, strings.Repeat("ab", 64)),
		ioc(t, feed.Email, "a@evil.example"), ioc(t, feed.EnvelopeFrom, "b@evil.example"), ioc(t, feed.BodyFrom, "c@evil.example"), ioc(t, feed.FileName, "loader.dll"),
	}
	types := map[feed.Type]bool{}
	for _, i := range iocs {
		types[i.Type] = true
	}
	h, err := table(t, "CommonSecurityLog").Hunt(selection(iocs), Options{Target: Sentinel, Title: "One of each type"})
	if err != nil || h.Chars >= RuleChars || h.IOCs != len(iocs) || len(types) != len(feed.Types) {
		t.Errorf("%d IOCs of %d types of %d have %d characters, %v", h.IOCs, len(types), len(feed.Types), h.Chars, err)
	}
}
