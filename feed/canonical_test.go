package feed

import (
	"errors"
	"strings"
	"testing"
)

const (
	md5Hex    = "0123456789abcdef0123456789abcdef"
	sha1Hex   = "0123456789abcdef0123456789abcdef01234567"
	sha256Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	sha384Hex = sha256Hex + md5Hex
	sha512Hex = sha256Hex + sha256Hex
)

// canonical lists spellings as documents write them; want is "" where the
// value is refused.
var canonical = []struct {
	name string
	t    Type
	raw  string
	want string
}{
	{"plain", Domain, "lantern.example", "lantern.example"},
	{"upper case", Domain, "LanternSyst3m.Example", "lanternsyst3m.example"},
	{"trailing dot", Domain, "lantern.example.", "lantern.example"},
	{"two trailing dots", Domain, "lantern.example..", ""},
	{"defanged", Domain, "lantern[.]example", "lantern.example"},
	{"only the last dot", Domain, "cdn.lantern[.]example", "cdn.lantern.example"},
	{"one bracket", Domain, "lantern[.example", "lantern.example"},
	{"the other bracket", Domain, "lantern.]example", "lantern.example"},
	{"parentheses", Domain, "lantern(.)example", "lantern.example"},
	{"word", Domain, "lantern[dot]example", "lantern.example"},
	{"word in parentheses", Domain, "lantern (dot) example", "lantern.example"},
	{"spaces in brackets", Domain, "lantern [ . ] example [.]net", "lantern.example.net"},
	{"a dot with spaces", Domain, "lantern . example", ""},
	{"braces", Domain, "lantern{.}example", "lantern.example"},
	{"punycode", Domain, "XN--BCHER-KVA.Example", "xn--bcher-kva.example"},
	{"unicode", Domain, "bücher.example", "xn--bcher-kva.example"},
	{"ideographic dot", Domain, "bücher。example", "xn--bcher-kva.example"},
	{"underscore", Domain, "_dmarc.lantern.example", "_dmarc.lantern.example"},
	{"leading hyphen", Domain, "-x-.lantern.example", "-x-.lantern.example"},
	{"zero-width before", Domain, "\u200b\u200blantern.example", "lantern.example"},
	{"no-break space", Domain, "\u00a0lantern.example\u00a0", "lantern.example"},
	{"second byte order mark", Domain, "\ufefflantern.example", "lantern.example"},
	{"one label", Domain, "localhost", ""},
	{"empty label", Domain, "lantern..example", ""},
	{"address", Domain, "192.0.2.1", ""},
	{"backslash before the dot", Domain, `lantern\.example`, ""},
	{"ellipsis", Domain, "lantern[...]example", ""},
	{"port", Domain, "lantern.example:443", ""},
	{"space inside", Domain, "lantern .example", ""},
	{"escape sequence", Domain, "lantern\x1b[31m.example", ""},
	{"bidi inside", Domain, "lantern\u202eelpmaxe.example", ""},
	{"long label", Domain, strings.Repeat("a", 64) + ".example", ""},
	{"longest label", Domain, strings.Repeat("a", 63) + ".example", strings.Repeat("a", 63) + ".example"},
	{"long name", Domain, strings.Repeat("a.", 127) + "example", ""},
	{"empty", Domain, " \u200b ", ""},
	{"invalid UTF-8", Domain, "lantern\xff.example", ""},

	{"plain", IP, "192.0.2.1", "192.0.2.1"},
	{"defanged", IP, "192[.]0[.]2[.]1", "192.0.2.1"},
	{"IPv6", IP, "2001:DB8:0:0::0:5", "2001:db8::5"},
	{"IPv6 with a bracketed colon", IP, "2001:db8::f4db[:]ab02", "2001:db8::f4db:ab02"},
	{"IPv6 in brackets", IP, "[2001:db8::5]", "2001:db8::5"},
	{"mapped", IP, "::ffff:192.0.2.1", "192.0.2.1"},
	{"zone", IP, "fe80::1%eth0", ""},
	{"leading zero", IP, "192.0.2.01", ""},
	{"three numbers", IP, "192.0.2", ""},
	{"too large", IP, "192.0.2.256", ""},
	{"port", IP, "192.0.2.1:443", ""},

	{"plain", IPPort, "192.0.2.1:443", "192.0.2.1:443"},
	{"defanged", IPPort, "192[.]0[.]2[.]1:443", "192.0.2.1:443"},
	{"defanged colon", IPPort, "192[.]0[.]2[.]1[:]443", "192.0.2.1:443"},
	{"IPv6 without brackets", IPPort, "2001:db8:1::5:40669", "[2001:db8:1::5]:40669"},
	{"IPv6 in brackets", IPPort, "[2001:db8::5]:443", "[2001:db8::5]:443"},
	{"mapped", IPPort, "[::ffff:192.0.2.1]:80", "192.0.2.1:80"},
	{"leading zero in the port", IPPort, "192.0.2.1:0443", "192.0.2.1:443"},
	{"no port", IPPort, "192.0.2.1", ""},
	{"empty port", IPPort, "192.0.2.1:", ""},
	{"port 0", IPPort, "192.0.2.1:0", ""},
	{"port too large", IPPort, "192.0.2.1:65536", ""},
	{"signed port", IPPort, "192.0.2.1:+443", ""},
	{"name", IPPort, "lantern.example:443", ""},

	{"odd hyphens", Domain, "secure\u2011login.pay\u2010roll\u22121.example", "secure-login.pay-roll-1.example"},
	{"dash", Domain, "secure\u2013login.example", ""},
	{"quotes", Domain, "a.\u201cexample\u201d", ""},
	{"pictogram", Domain, "\u2764.example", "xn--qei.example"},
	{"odd hyphen", Email, "a@pay\u2011roll.example", "a@pay-roll.example"},

	{"plain", CIDR, "192.0.2.0/24", "192.0.2.0/24"},
	{"host bits", CIDR, "192.0.2.77/24", "192.0.2.0/24"},
	{"one address", CIDR, "203.0.113.33/32", "203.0.113.33/32"},
	{"IPv6", CIDR, "2001:DB8:0:1::/32", "2001:db8::/32"},
	{"mapped", CIDR, "::ffff:192.0.2.0/120", "192.0.2.0/24"},
	{"no prefix", CIDR, "192.0.2.0", ""},
	{"prefix too long", CIDR, "192.0.2.0/33", ""},

	{"plain", URL, "http://lantern.example/a", "http://lantern.example/a"},
	{"case of scheme, host and path", URL, "HTTPS://Lantern.Example/InVoice.PHP", "https://Lantern.Example/InVoice.PHP"},
	{"hxxp", URL, "hxxp://192[.]0[.]2[.]1/meow", "http://192.0.2.1/meow"},
	{"hXXps", URL, "hXXps://lantern[.]example", "https://lantern.example"},
	{"bracketed colon", URL, "hxxps[:]//lantern[.]example/", "https://lantern.example/"},
	{"bracketed separator", URL, "https[://]lantern[.]example/", "https://lantern.example/"},
	{"bracketed slash", URL, "hxxps://lantern[.]example[/]a", "https://lantern.example/a"},
	{"stars", URL, "h**p://lantern.example/", "http://lantern.example/"},
	{"fxp", URL, "fxp://lantern.example/a", "ftp://lantern.example/a"},
	{"dots of the path", URL, "hxxp://lantern.example/x[.]php", "http://lantern.example/x.php"},
	{"port", URL, "hxxp://lantern.example:9432", "http://lantern.example:9432"},
	{"IPv6 host", URL, "http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"},
	{"ends in a backslash", URL, `http://lantern.example/a\`, `http://lantern.example/a\`},
	{"stray percent sign", URL, "http://lantern.example/50%off?q=%zz", "http://lantern.example/50%off?q=%zz"},
	{"pipe and quotes", URL, `http://lantern.example/a|b"c'd`, `http://lantern.example/a|b"c'd`},
	{"user", URL, "http://User:Pw@lantern.example/", "http://User:Pw@lantern.example/"},
	{"unicode host", URL, "http://Bücher.example/a", "http://Bücher.example/a"},
	{"no scheme", URL, "Lantern[.]example:8080/A?b=c", "Lantern.example:8080/A?b=c"},
	{"address without a scheme", URL, "192.0.2.1/gate.php", "192.0.2.1/gate.php"},
	{"a scheme in the path", URL, "lantern[.]example/r?u=hxxp://b[.]example", "lantern.example/r?u=http://b.example"},
	{"IPv6 address without a scheme", URL, "[2001[:]db8::1]:8080/a/b", "[2001:db8::1]:8080/a/b"},
	{"IPv6 address and the length of a prefix", URL, "[2001:db8::]/64", ""},
	{"IPv6 address and no port", URL, "[2001:db8::1]x/a", ""},
	{"two slashes before a name", URL, "//lantern[.]example/a", "lantern.example/a"},
	{"two slashes before an IPv6 address", URL, "//[2001:db8::1]/a", "[2001:db8::1]/a"},
	{"two slashes before a folder", URL, "//usr/lib/a", ""},
	{"two slashes, no path", URL, "//lantern.example", ""},
	{"no scheme, no path", URL, "lantern.example/", ""},
	{"a block", URL, "192.0.2.0/24", ""},
	{"a folder", URL, "/lantern.example/a", ""},
	{"a word and a path", URL, "lantern/a", ""},
	{"brackets of its own", URL, "http://lantern.example/(dot)/[.]", "http://lantern.example/(dot)/[.]"},
	{"scheme within", URL, "hxxp://lantern[.]example/?u=hxxps://b.example", "http://lantern.example/?u=https://b.example"},
	{"odd hyphen", URL, "http://pay\u2011roll.example/a\u2011b", "http://pay-roll.example/a\u2011b"},
	{"dash", URL, "http://pay\u2013roll.example/", ""},
	{"only a separator", URL, "://lantern.example/a", ""},
	{"no host", URL, "http:///a", ""},
	{"host of one label", URL, "http://intranet/a", ""},
	{"host is a number", URL, "http://3221225985/a", ""},
	{"port too large", URL, "http://lantern.example:99999/", ""},
	{"space inside", URL, "http://lantern.example/a b", ""},
	{"line separator inside", URL, "http://lantern.example/a\u2028b", ""},
	{"right-to-left inside", URL, "http://lantern.example/\u202efdp.exe", ""},
	{"too long", URL, "http://lantern.example/" + strings.Repeat("a", MaxValue), ""},

	{"plain", Email, "Billing@Lantern.Example", "billing@lantern.example"},
	{"defanged", Email, "billing[@]lantern[.]example", "billing@lantern.example"},
	{"word", Email, "billing[at]lantern[dot]example", "billing@lantern.example"},
	{"sender", EnvelopeFrom, "billing@lantern.example", "billing@lantern.example"},
	{"header", BodyFrom, "billing@lantern.example", "billing@lantern.example"},
	{"two signs", Email, "a@b@lantern.example", "a@b@lantern.example"},
	{"grows in lower case", Email, strings.Repeat("Ⱥ", MaxValue/2-10) + "@lantern.example", ""},
	{"no name", Email, "@lantern.example", ""},
	{"no sign", Email, "lantern.example", ""},
	{"space", Email, "billing dept@lantern.example", ""},

	{"lower", MD5, md5Hex, md5Hex},
	{"upper", MD5, strings.ToUpper(md5Hex), md5Hex},
	{"upper", SHA1, strings.ToUpper(sha1Hex), sha1Hex},
	{"upper", SHA256, strings.ToUpper(sha256Hex), sha256Hex},
	{"upper", SHA3384, strings.ToUpper(sha384Hex), sha384Hex},
	{"upper", SHA512, strings.ToUpper(sha512Hex), sha512Hex},
	{"zero-width after", SHA256, sha256Hex + "\u200b", sha256Hex},
	{"one short", SHA256, sha256Hex[1:], ""},
	{"other hash", SHA256, sha1Hex, ""},
	{"not hexadecimal", MD5, "g" + md5Hex[1:], ""},

	{"as written", FileName, "Invoice (at) Q2.PDF.exe", "Invoice (at) Q2.PDF.exe"},
	{"right-to-left", FileName, "invoice\u202efdp.exe", ""},

	{"unknown type", "ja3", md5Hex, ""},
	{"no type", "", "x", ""},
}

func TestCanonical(t *testing.T) {
	for _, c := range canonical {
		t.Run(string(c.t)+"/"+c.name, func(t *testing.T) {
			got, err := Canonical(c.t, c.raw)
			if c.want == "" {
				var ve *ValueError
				if !errors.As(err, &ve) {
					t.Fatalf("Canonical(%.200q) = %.200q, %v; want a ValueError", c.raw, got, err)
				}
				if ve.Type != c.t || ve.Value != c.raw || ve.Reason == "" || len(ve.Error()) > 1000 {
					t.Errorf("unhelpful error %.200q", ve)
				}
				return
			}
			if err != nil || got != c.want {
				t.Fatalf("Canonical(%q) = %q, %v; want %q", c.raw, got, err, c.want)
			}
			if again, err := Canonical(c.t, got); again != got || err != nil {
				t.Errorf("Canonical(%q) = %q, %v: not idempotent", got, again, err)
			}
		})
	}
}

// TestCanonicalNamesTheFault spot-checks that reasons say what to do.
func TestCanonicalNamesTheFault(t *testing.T) {
	for _, c := range []struct {
		t         Type
		raw, want string
	}{
		{IPPort, "192.0.2.1", `"192.0.2.1" is no ip:port: there is no port; write it as address:port`},
		{SHA256, "abc", `"abc" is no sha256_hash: it has 3 characters, the hash has 64`},
		{URL, "lantern.example", `"lantern.example" is no url: there is no scheme; write it as http://example.com/`},
		{FileName, "a\u202eb", `"a\u202eb" is no file_name: it holds the invisible character U+202E`},
		{"ja3", "x", `"x" is no ja3: the type is not one that Quarry knows`},
	} {
		if _, err := Canonical(c.t, c.raw); err == nil || err.Error() != c.want {
			t.Errorf("Canonical(%s, %q):\n got %v\nwant %s", c.t, c.raw, err, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `""`},
		{"a\"b\\c", `"a\"b\\c"`},
		{"a\x1b[31m\u202e\u2028\u200b\xff", `"a\x1b[31m\u202e\u2028\u200b\xff"`},
		{strings.Repeat("é", 80), `"` + strings.Repeat("é", 80) + `"`},
		{strings.Repeat("é", 81), `"` + strings.Repeat("é", 80) + `"...`},
	} {
		if got := Quote(c.in); got != c.want {
			t.Errorf("Quote(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, c := range canonical {
		if len(c.raw) < 300 {
			f.Add(c.raw)
		}
	}
	for _, s := range []string{"2026-05-26", "2026-05-26 10:20:30", "2026-05-26T10:20:30Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		checkShortWay(t, raw)
		for _, typ := range Types {
			v, err := Canonical(typ, raw)
			if err != nil {
				continue
			}
			if again, err := Canonical(typ, v); again != v || err != nil {
				t.Errorf("Canonical(%s, %q) = %q, of which it makes %q, %v", typ, raw, v, again, err)
			}
			if back := Refang(Defang(typ, v)); typ != FileName && back != v && !ownSigns(typ, v) {
				t.Errorf("%s %q: Refang(Defang) = %q", typ, v, back)
			}
			ioc := IOC{Type: typ, Value: v}
			if host := ioc.Host(); typ != FileName && !typ.IsHash() && typ != CIDR && host == "" {
				t.Errorf("%s %q has no host", typ, v)
			}
			if typ == IPPort && ioc.Port() == 0 {
				t.Errorf("%q has no port", v)
			}
			_, _ = ioc.Key(), ioc.Port()
		}
	})
}
