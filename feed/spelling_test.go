package feed

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// plain lists what feeds bring by the million.
var plain = []struct {
	t Type
	v string
}{
	{IPPort, "192.0.2.1:443"}, {IPPort, "203.0.113.255:65535"}, {IP, "0.0.0.0"},
	{Domain, "a-1.lantern.example"}, {Domain, "_x.1.xn--bcher-kva.example"}, {Domain, strings.Repeat("a", 63) + ".example"},
	{URL, "http://lantern.example/A?b=c#d|e"}, {URL, "https://192.0.2.1:8080"}, {URL, "http://Lantern.Example:1?x"}, {URL, `http://lantern.example/a\`},
	{MD5, md5Hex}, {SHA1, sha1Hex}, {SHA256, sha256Hex}, {SHA3384, sha384Hex}, {SHA512, sha512Hex},
}

func TestPlainValuesCostNothing(t *testing.T) {
	for _, c := range plain {
		if !isCanonical(c.t, c.v) {
			t.Errorf("%s %q goes the long way", c.t, c.v)
		}
		if n := testing.AllocsPerRun(10, func() { Canonical(c.t, c.v) }); n != 0 {
			t.Errorf("%s %q: %v allocations", c.t, c.v, n)
		}
	}
	for _, s := range []string{"2026-05-26", "2024-02-29 23:59:59", "2026-05-26 10:20:30 UTC", "2026-05-26T10:20:30Z"} {
		if _, ok := plainSeen(s); !ok {
			t.Errorf("%q goes the long way", s)
		}
		if n := testing.AllocsPerRun(10, func() { ParseSeen(s) }); n != 0 {
			t.Errorf("%q: %v allocations", s, n)
		}
	}
}

// checkShortWay reports where the short way and the long way differ.
func checkShortWay(t *testing.T, raw string) {
	t.Helper()
	for _, typ := range append([]Type{"", "ja3"}, Types...) {
		if len(raw) <= MaxValue && isCanonical(typ, raw) {
			if v, err := longCanonical(typ, raw); v != raw || err != nil {
				t.Errorf("the long way makes of %s %q %q, %v", typ, raw, v, err)
			}
		}
	}
	_, authority, _ := splitURL(raw)
	if host, port, ok := plainAuthority(authority); ok {
		if long, n, err := longURLHost("http://", authority); long != strings.ToLower(host) || n != port || err != nil {
			t.Errorf("%q has the host %q and the port %d, the long way %q, %d, %v", authority, host, port, long, n, err)
		}
	}
	if short, ok := plainSeen(raw); ok {
		if long, err := parseSeen(raw); long != short || err != nil {
			t.Errorf("%q is %v, the long way %v, %v", raw, short, long, err)
		}
	}
}

func TestShortWay(t *testing.T) {
	for _, c := range canonical {
		checkShortWay(t, c.raw)
		checkShortWay(t, c.want)
	}
	for _, c := range plain {
		// Every value with one character changed.
		for i := range c.v {
			for _, with := range []string{"", ".", ":", "0", "9", "a", "F", "-", "/", "[", "]", "@", " ", "%", "é", "\x7f", "\x00", "http"} {
				checkShortWay(t, c.v[:i]+with+c.v[i+1:])
				checkShortWay(t, c.v[:i]+with+c.v[i:])
			}
		}
	}
	for _, n := range []int{60, 63, 64, 252, 253, 254} {
		checkShortWay(t, strings.Repeat("a", n)+".example")
		checkShortWay(t, "example."+strings.Repeat("a", n))
		checkShortWay(t, strings.Repeat("a.", n/2)+"a")
		checkShortWay(t, "http://"+strings.Repeat("a.", n/2)+"a/")
	}
}

func TestSeenShortWay(t *testing.T) {
	day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	for day.Year() < 9990 {
		day = day.Add(123*24*time.Hour + 7919*time.Second)
		for _, layout := range []string{time.DateOnly, time.DateTime, time.DateTime + " UTC", time.RFC3339} {
			checkShortWay(t, day.Format(layout))
		}
	}
	for _, s := range []string{
		"2026-02-29", "2024-02-29", "2100-02-29", "2000-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01", "0000-02-29", "0000-12-31", "0001-01-01", "0004-02-29", "9999-12-31 23:59:59", "1970-01-01", "1969-12-31 23:59:59",
		"2026-01-01 24:00:00", "2026-01-01 23:60:00", "2026-01-01 23:59:60", "2026-01-01 1a:00:00", "2026-01-01T10:00:00", "2026-01-01t10:00:00Z",
		"2026-01-01 10:00:00Z", "2026/01/01", "2026-01-01 10.00.00", "a026-01-01", "2026-01-01 10:00:00 utc", "-026-01-01",
	} {
		checkShortWay(t, s)
	}
}

// FuzzParseAddr holds the short way of reading addresses against the long one.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{
		"", "192.0.2.1", "192.0.2.01", "192.0.2.256", "192.0.2", "192.0.2.1.", "192.0.2.1 ", "0.0.0.0", "255.255.255.255", "2001:db8::1", "2001:DB8::F",
		"::ffff:192.0.2.1", "fe80::1%eth0", "fe80::1%z", "a.example", "cafe", "face.fade", "::", "1.2.3.4%z", "192.0.2.1z", "::1g",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := netip.ParseAddr(s)
		if got, ok := ParseAddr(s); ok != (err == nil) || got != want {
			t.Errorf("%q: %v %v, want %v %v", s, got, ok, want, err)
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	for _, c := range plain[:13] {
		b.Run(string(c.t)+" "+c.v[:min(len(c.v), 20)], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Canonical(c.t, c.v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("seen", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseSeen("2026-07-04 22:19:04"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
