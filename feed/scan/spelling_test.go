package scan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// TestSpellings reads a URL in every spelling of its scheme, of what parts scheme
// and host, of its host, and of the slash behind it, with and without a path; and
// what a list says of it is what a text does.
func TestSpellings(t *testing.T) {
	for _, scheme := range []string{"http", "hxxp", "hXXp", "h**p"} {
		for _, between := range []string{"://", "[:]//", "[://]", "(://)", "{://}", ":[//]", "[:][//]", "[:][/][/]", ":[/]/", "(:)//", "{:}//"} {
			for _, host := range []string{"r1.example", "r1[.]example", "r1(.)example", "192.0.2.1", "192[.]0[.]2[.]1"} {
				for _, path := range []string{"", "/gate", "[/]gate", "/gate.php", "/gate[.]php", "[/]gate[.]php"} {
					raw := scheme + between + host + path
					want := "url http://" + feed.Refang(host) + feed.Refang(path)
					if raw == "http://"+feed.Refang(host)+"/gate[.]php" {
						want = "url " + raw // a plain URL keeps what is behind its host
					}
					for _, around := range []string{"", "*", "(", "calls "} {
						if got := found(t, around+raw); !cmp.Equal(got, []string{want}) {
							t.Errorf("%s: %q, want %s", around+raw, got, want)
						}
					}
					if v, err := feed.Canonical(feed.URL, raw); "url "+v != want {
						t.Errorf("Canonical(%s) = %s, %v", raw, v, err)
					}
				}
			}
		}
	}
}

// TestBracketedScheme: the end of a scheme that is not known is not taken for another.
func TestBracketedScheme(t *testing.T) {
	for raw, want := range map[string][]string{
		"h[xx]p://a3[.]example/":                nil,
		"H[tt]ps://a4[.]example/x":              nil,
		"note[1]hxxp://a5[.]example/y":          {"url http://a5.example/y"},
		"[1]hxxp://a6[.]example/z":              {"url http://a6.example/z"},
		"hash[12]https://a7.example/q":          {"url https://a7.example/q"},
		"h[xx]p://b.example,hxxp://c.example/d": {"url http://c.example/d"},
	} {
		if got := found(t, raw); !cmp.Equal(got, want) {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

// TestPlainURLs holds that signs behind a host that is written plainly are the
// URL's own.
func TestPlainURLs(t *testing.T) {
	for _, raw := range []string{"http://v.example/[.]x", "https://a58.example/redirect?u=hxxp://a57[.]example", "http://[2001:db8::1]/a[.]b", "http://v.example/(dot)/x"} {
		if got := found(t, "- "+raw+" (C2)"); !cmp.Equal(got, []string{"url " + raw}) {
			t.Errorf("%s: %q", raw, got)
		}
	}
}

// TestDots: every spelling of a defanged dot reads as the usual one does, in names with
// hyphens, addresses, blocks, ranges, mail addresses and paths.
func TestDots(t *testing.T) {
	for _, usual := range []string{
		"login.my-bank[.]example", "pay-roll[.]example", "a-b-c[.]d-e[.]example:8443", "an x-y[.]example-based service", "xn--bcher-kva[.]example", "a[.]xn--bcher-kva", "*[.]a-b[.]example", "_dmarc.a-b[.]example",
		"a-b[.]example/c-d", "a-b[.]example/c-d/e.php?f=g-h", "a-b[.]example/c-d[.]example", "a[.]example/b[.]example/c[.]example", "a-b[.]bit", "Domain:a-b[.]example",
		"192[.]0[.]2[.]1", "192[.]0[.]2[.]2:8443", "192[.]0[.]2[.]2[:]8443", "192[.]0[.]2[.]0/24", "192[.]0[.]2[.]0/255[.]255[.]255[.]0", "192[.]0[.]2[.]1-192[.]0[.]2[.]9", "192[.]0[.]2[.]1-9", "192[.]0[.]2[.]3-based",
		"192[.]0[.]2[.]4/gate.php", "192[.]0[.]2[.]5/192[.]0[.]2[.]6", "192[.]0[.]2[.]7/a-b[.]example", "192[.]0[.]2[.]8:443/192[.]0[.]2[.]9:443", "192[.]0[.]2[.]xx", "192[.]0[.]2[.]256", "192[.]0[.]2",
		"u-v@a-b[.]example", "hxxp://a-b[.]example/c", "hxxps[:]//192[.]0[.]2[.]1/x", `\\192[.]0[.]2[.]1\x`, `\\a-b[.]example\x`, "loader-x[.]exe", "::ffff:192[.]0[.]2[.]1",
		"访问a-b[.]example下载", "a-b[.]example,c-d[.]example;e-f[.]example",
	} {
		want := found(t, usual)
		for _, dot := range []string{"[dot]", "(dot)", "{dot}", "[DOT]", "(Dot)", "(.)", "{.}"} {
			text := strings.ReplaceAll(usual, "[.]", dot)
			if got := found(t, text); !cmp.Equal(got, want) {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
}

// TestAsideScheme: a scheme in brackets is no part of the value behind it, whose port
// and path count as if it did not stand there.
func TestAsideScheme(t *testing.T) {
	for raw, want := range map[string][]string{
		"(tcp)://192.0.2.1[.]example:4443":              {"domain 192.0.2.1.example"},
		"(tcp)://192[.]0[.]2[.]1:4443":                  {"ip:port 192.0.2.1:4443"},
		"[tcp]://192.0.2.1:4443":                        {"ip:port 192.0.2.1:4443"},
		"{udp}[:]//192.0.2[.]1[:]53":                    {"ip:port 192.0.2.1:53"},
		"(TCP)[://]192.0.2[.]1:53.":                     {"ip:port 192.0.2.1:53"},
		"(tcp)://192.0.2.1":                             {"ip 192.0.2.1"},
		"(tcp)://[2001:db8::1]:443":                     {"ip:port [2001:db8::1]:443"},
		"(tcp)://a-b[.]example:8443":                    {"domain a-b.example"},
		"(https)://a[.]example/b":                       {"url a.example/b"},
		"(hxxps)://192.0.2[.]1:81/b?c=1":                {"url 192.0.2.1:81/b?c=1"},
		"(tcp)://192.0.2.1:1,(tcp)://192.0.2.2:2":       {"ip:port 192.0.2.1:1", "ip:port 192.0.2.2:2"},
		"192.0.2.3:1(tcp)://192.0.2.2:2":                {"ip:port 192.0.2.3:1", "ip:port 192.0.2.2:2"},
		"(udp)://192.0.2.1:1;hxxp://a[.]example/x":      {"ip:port 192.0.2.1:1", "url http://a.example/x"},
		"(see hxxp://a[.]example/x)://b":                {"url http://a.example/x"},
		"(file):///C:/a.example/x (tcp)://intranet:443": nil,
		"(1)://192.0.2.1:80 ()://192.0.2.2:80":          {"ip 192.0.2.1", "ip 192.0.2.2"},
	} {
		if got := found(t, raw); !cmp.Equal(got, want) {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	text := "x (tcp)://192.0.2.1:4443, 192.0.2.2"
	if hits := Find(text); len(hits) != 2 || text[hits[0].Start:hits[0].End] != "(tcp)://192.0.2.1:4443" || text[hits[1].Start:hits[1].End] != "192.0.2.2" {
		t.Errorf("%v", hits)
	}
}
