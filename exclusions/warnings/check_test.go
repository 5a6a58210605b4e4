package warnings

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func ioc(t testing.TB, typ feed.Type, value string) feed.IOC {
	t.Helper()
	v, err := feed.Canonical(typ, value)
	if err != nil {
		t.Fatal(err)
	}
	return feed.IOC{Type: typ, Value: v, Confidence: feed.NoConfidence}
}

func checker(t testing.TB, o Options) *Checker {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// codes are the codes of warnings, with a question mark behind information.
func codes(ws []Warning) string {
	var all []string
	for _, w := range ws {
		code := w.Code
		if w.Level == Inform {
			code += "?"
		}
		all = append(all, code)
	}
	return strings.Join(all, " ")
}

func TestCheck(t *testing.T) {
	c := checker(t, Options{Now: today})
	for _, tt := range []struct {
		typ         feed.Type
		value, want string
	}{
		{feed.IP, "10.1.2.3", "private-address"},
		{feed.IPPort, "192.168.0.9:443", "private-address"},
		{feed.IP, "172.32.0.1", ""},
		{feed.IPPort, "100.110.56.1:8000", "shared-address"},
		{feed.IP, "192.0.2.1", "documentation-address?"},
		{feed.IPPort, "[2001:db8::1]:443", "documentation-address?"},
		{feed.IP, "0.0.0.0", "reserved-address"},
		{feed.IP, "127.0.0.1", "reserved-address"},
		{feed.IP, "::1", "reserved-address"},
		{feed.IP, "fe80::1", "reserved-address"},
		{feed.IP, "255.255.255.255", "reserved-address"},
		{feed.IP, "239.255.255.250", "multicast-address"},
		{feed.IP, "8.8.8.8", "public-resolver"},
		{feed.IP, "1.1.1.1", "public-resolver"},
		{feed.IP, "2606:4700:4700::1111", "public-resolver"},
		{feed.IP, "8.8.8.9", ""},
		{feed.IP, "104.21.5.6", "cdn-range"},
		{feed.IP, "172.67.1.1", "cdn-range"},
		{feed.IPPort, "54.254.92.42:443", "cloud-range?"},
		{feed.IP, "20.50.1.1", "cloud-range?"},
		{feed.IP, "34.181.210.37", "cloud-range?"},
		{feed.IP, "185.220.101.1", ""},
		{feed.CIDR, "10.20.0.0/16", "private-address"},
		{feed.CIDR, "104.21.0.0/16", "cdn-range"},
		{feed.CIDR, "104.0.0.0/8", "cdn-range large-block"},
		{feed.CIDR, "8.8.8.0/24", "public-resolver"},
		{feed.CIDR, "8.8.0.0/16", "public-resolver"},
		{feed.CIDR, "1.1.0.0/16", "public-resolver"},
		{feed.CIDR, "2001:4860:4860::/48", "public-resolver"},
		{feed.CIDR, "192.168.0.0/15", "private-address large-block"},
		{feed.CIDR, "185.220.0.0/16", ""},
		{feed.CIDR, "2a00::/16", "large-block"},

		{feed.Domain, "github.com", "shared-host"},
		{feed.Domain, "raw.githubusercontent.com", "shared-host"},
		{feed.Domain, "evil.duckdns.org", "shared-suffix?"},
		{feed.Domain, "duckdns.org", "public-suffix"},
		{feed.Domain, "co.uk", "public-suffix"},
		{feed.Domain, "shapekapseln.com.de", "shared-suffix?"},
		{feed.Domain, "evil.it.com", "shared-suffix?"},
		{feed.Domain, "evil.ngrok-free.app", "shared-suffix?"},
		{feed.Domain, "tenant.sharepoint.com", "shared-suffix?"},
		{feed.Domain, "www.github.com", ""},
		{feed.Domain, "npmjs.com", "shared-host"},
		{feed.Domain, "www.npmjs.org", "shared-host"},
		{feed.Domain, "firebaseio.com", "shared-host"},
		{feed.Domain, "x.firebaseio.com", "shared-suffix?"},
		{feed.Domain, "amazonaws.com", "shared-host"},
		{feed.Domain, "x.amazonaws.com", "shared-suffix?"},
		{feed.Domain, "s3.eu-west-1.amazonaws.com", "public-suffix"},
		{feed.Domain, "ipfs.io", "shared-host"},
		{feed.Domain, "hitclub.ac", ""},
		{feed.Domain, "panel.lantern.example", "documentation-address?"},
		{feed.Domain, "www.example.com", "documentation-address?"},
		{feed.Domain, "notexample.com", ""},

		{feed.URL, "http://evil-site.ru/gate.php", ""},
		{feed.URL, "http://evil-site.ru/", "url-without-path?"},
		{feed.URL, "http://evil-site.ru:9432", "url-without-path?"},
		{feed.URL, "http://evil-site.ru/?id=1", ""},
		{feed.URL, "https://github.com/", "shared-host url-without-path?"},
		{feed.URL, "https://raw.githubusercontent.com/x/y/z.ps1", "shared-url-host?"},
		{feed.URL, "https://evil.duckdns.org/a", ""},
		{feed.URL, "http://10.0.0.1/a", "private-address"},
		{feed.URL, "http://104.21.5.6/a", "cdn-range"},

		{feed.MD5, "D41D8CD98F00B204E9800998ECF8427E", "empty-file"},
		{feed.SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty-file"},
		{feed.SHA256, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", "test-file"},
		{feed.SHA256, strings.Repeat("ab", 32), ""},
		{feed.Email, "a@github.com", ""},
		{feed.FileName, "loader.exe", ""},
		{feed.FileName, "index.html", "common-file"},
		{feed.FileName, "SvcHost.exe", "common-file"},
		{feed.FileName, "invoice_2026_05.pdf.exe", ""},
	} {
		got := c.Check(ioc(t, tt.typ, tt.value))
		loudest := Level("")
		if len(got) > 0 {
			loudest = got[0].Level
		}
		if level := c.Level(ioc(t, tt.typ, tt.value)); level != loudest {
			t.Errorf("%s %s: level %q, want %q", tt.typ, tt.value, level, loudest)
		}
		if codes(got) != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.typ, tt.value, codes(got), tt.want)
		}
		for _, w := range got {
			if w.Text == "" || w.Advice == "" || strings.Contains(w.Text, "%!") {
				t.Errorf("%s: %+v", tt.value, w)
			}
		}
	}
}

func TestTexts(t *testing.T) {
	c := checker(t, Options{Now: today})
	var got []string
	for _, i := range []feed.IOC{
		ioc(t, feed.IP, "10.0.0.1"), ioc(t, feed.IP, "100.64.0.1"), ioc(t, feed.IP, "0.0.0.0"), ioc(t, feed.IP, "8.8.8.8"), ioc(t, feed.IP, "104.16.0.1"), ioc(t, feed.IP, "52.95.0.1"), ioc(t, feed.IP, "54.254.92.42"),
		ioc(t, feed.Domain, "github.com"), ioc(t, feed.Domain, "x.duckdns.org"), ioc(t, feed.Domain, "x.ngrok.io"), ioc(t, feed.URL, "https://t.me/x"),
	} {
		for _, w := range c.Check(i) {
			got = append(got, i.Value+": "+w.Text)
		}
	}
	want := []string{
		"10.0.0.1: it is in a block that is private",
		"100.64.0.1: it is in a block that is for carrier-grade NAT",
		"0.0.0.0: it is in a block that is for this host",
		"8.8.8.8: it is one of Google's resolvers",
		"104.16.0.1: Cloudflare has this address, as published on 2024-11-04",
		"54.254.92.42: Amazon has this address, as copied on 2026-11-22",
		"github.com: github.com is a code host that many people share",
		"x.duckdns.org: it stands below duckdns.org, where anybody gets a name",
		"x.ngrok.io: it stands below ngrok.io, a tunnel where each name is another user's",
		"https://t.me/x: its host t.me is a messenger that many people share",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAgeAndConfidence(t *testing.T) {
	i := ioc(t, feed.Domain, "hitclub.ac")
	i.FirstSeen, i.Confidence = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 49
	if got := codes(checker(t, Options{Now: today}).Check(i)); got != "old? low-confidence?" {
		t.Error(got)
	}
	if got := codes(checker(t, Options{MinConfidence: 40}).Check(i)); got != "" {
		t.Errorf("without a clock and with another bound: %s", got)
	}
	i.LastSeen = today
	if got := codes(checker(t, Options{Now: today, MinConfidence: 50}).Check(i)); got != "low-confidence?" {
		t.Errorf("seen lately: %s", got)
	}
}

func TestLevels(t *testing.T) {
	i := ioc(t, feed.URL, "https://github.com/")
	c := checker(t, Options{Levels: map[string]Level{"shared-host": Inform, "url-without-path": Off}})
	if got := codes(c.Check(i)); got != "shared-host?" {
		t.Error(got)
	}
	var unknown *UnknownRuleError
	if _, err := New(Options{Levels: map[string]Level{"privat-address": Off}}); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "private-address") {
		t.Error(err)
	}
	w, on := c.Named(`the scenario "Updates"`)
	if !on || w.Text != `the scenario "Updates" leaves it out as benign` {
		t.Errorf("%+v, %v", w, on)
	}
	if _, on := checker(t, Options{Levels: map[string]Level{"scenario-names-it": Off}}).Named("x"); on {
		t.Error("a rule that is off speaks")
	}
}

func TestSharedHost(t *testing.T) {
	c := checker(t, Options{})
	for name, want := range map[string]bool{
		"github.com": true, "raw.githubusercontent.com": true, "s3.amazonaws.com": true, "npmjs.org": true, "www.npmjs.org": true, "evil.ngrok.io": false, "tenant.sharepoint.com": false, "evil-site.ru": false, "": false,
	} {
		if got := c.SharedHost(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if checker(t, Options{Levels: map[string]Level{"shared-host": Off}}).SharedHost("github.com") {
		t.Error("the rule is off")
	}
}

func TestExpired(t *testing.T) {
	for until, want := range map[string]string{"2021-01-01": "expired", "2026-11-21T23:59:59Z": "expired", "2027-01-01T00:00:00Z": "", "soon": "", "": ""} {
		i := ioc(t, feed.Domain, "evil-site.ru")
		i.Tags = []string{"c2", feed.UntilTag + until}
		if got := codes(checker(t, Options{Now: today}).Check(i)); got != want {
			t.Errorf("%q: %q, want %q", until, got, want)
		}
		if got := codes(checker(t, Options{}).Check(i)); got != "" {
			t.Errorf("%q without a clock: %q", until, got)
		}
	}
	i := ioc(t, feed.Domain, "evil-site.ru")
	i.Tags = []string{feed.UntilTag + "2021-01-01", feed.UntilTag + "2027-01-01"}
	if got := codes(checker(t, Options{Now: today}).Check(i)); got != "" {
		t.Errorf("one of two sources holds it valid: %q", got)
	}
}

// TestData holds that the tables name rules that there are, and that no rule is
// without a use.
func TestData(t *testing.T) {
	rules, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rules {
		if slices.Contains(all, r.Code) {
			t.Errorf("the rule %s is there twice", r.Code)
		}
		all = append(all, r.Code)
	}
	k, err := builtinKnown()
	if err != nil {
		t.Fatal(err)
	}
	used := []string{commonFileRule, publicSuffixRule, sharedSuffixRule, sharedHostRule, sharedURLHostRule, documentationAddressRule, largeBlockRule, oldRule, expiredRule, lowConfidenceRule, noPathRule, scenarioRule, listRule}
	for _, b := range k.blocks.four {
		used = append(used, b.value.code)
	}
	for _, h := range k.hashes {
		used = append(used, h.code)
	}
	for _, code := range used {
		if !slices.Contains(all, code) {
			t.Errorf("there is no rule %s", code)
		}
	}
	for _, code := range all {
		if !slices.Contains(used, code) {
			t.Errorf("nothing uses the rule %s", code)
		}
	}
	for h := range k.hosts {
		if v, err := feed.Canonical(feed.Domain, h); err != nil || v != h {
			t.Errorf("hosts.yaml: %q, %v", h, err)
		}
	}
}

func BenchmarkLevel(b *testing.B) {
	c := checker(b, Options{Now: today})
	var iocs []feed.IOC
	for n := range 1000 {
		iocs = append(iocs, ioc(b, feed.IPPort, fmt.Sprintf("185.%d.%d.7:443", n%256, n/256)), ioc(b, feed.Domain, fmt.Sprintf("cdn.host-%d.ru", n)),
			ioc(b, feed.URL, fmt.Sprintf("http://host-%d.ru/gate/x.php", n)), ioc(b, feed.SHA256, fmt.Sprintf("%064x", n)))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, i := range iocs {
			c.Level(i)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(iocs)), "ns/IOC")
}
