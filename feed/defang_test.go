package feed

import (
	"strings"
	"testing"
)

func TestRefang(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"lantern[.]example", "lantern.example"},
		{"lantern[ . ]example", "lantern.example"},
		{"lantern[DOT]example", "lantern.example"},
		{"com[.ar", "com.ar"},
		{"com.]ar", "com.ar"},
		{"[[.]]", "."},
		{"lantern([ {.} ])example", "lantern.example"},
		{"hxxp[:[/]/]lantern.example", "http://lantern.example"},
		{strings.Repeat("[", 4000) + "." + strings.Repeat("]", 4000), "."},
		{strings.Repeat("[", 4000) + "." + strings.Repeat("]", 3999), "[."},
		{"hxxps[:]//lantern[.]example[:]9999", "https://lantern.example:9999"},
		{"hxxps[://]lantern.example", "https://lantern.example"},
		{"http[:]//lantern.example", "http://lantern.example"},
		{"h00p://lantern.example", "http://lantern.example"},
		{"htxps://lantern.example", "https://lantern.example"},
		{"a[at]lantern.example", "a@lantern.example"},
		{"[2001:db8::1]:443", "[2001:db8::1]:443"},
		{"hxxps://a[.]example/r?u=hxxp://b.example&v=HXXPS://c[.]example/d", "https://a.example/r?u=http://b.example&v=https://c.example/d"},
		{"http://a[.]example/?u=fxp://b.example/", "http://a.example/?u=ftp://b.example/"},
		{"a[.]example/b/c[dot]d", "a.example/b/c.d"},
		// These are not defanging.
		{"http://a.example/(dot)/x?u=hxxp://b.example", "http://a.example/(dot)/x?u=hxxp://b.example"},
		{"http://[2001:db8::1]/a[.]b", "http://[2001:db8::1]/a[.]b"},
		{"lantern[...]example", "lantern[...]example"},
		{"a[.]\x00b", "a.\x00b"},
		{"ms]]]ht]]]a", "ms]]]ht]]]a"},
		{`lantern\.example`, `lantern\.example`},
		{`C:\.config\x`, `C:\.config\x`},
		{"arr[0]", "arr[0]"},
		{"see [.", "see [."},
		{"x[.](y)", "x.(y)"},
		{"the note (at home)", "the note (at home)"},
		{"", ""},
	} {
		if got := Refang(c.in); got != c.want {
			t.Errorf("Refang(%.200q) = %.200q, want %q", c.in, got, c.want)
		}
	}
	long := strings.Repeat("[.]", MaxValue)
	if Refang(long) != long {
		t.Error("a value over the limit was changed")
	}
}

func TestDefang(t *testing.T) {
	for _, c := range []struct {
		t        Type
		in, want string
	}{
		{Domain, "cdn.lantern.example", "cdn[.]lantern[.]example"},
		{IP, "192.0.2.1", "192[.]0[.]2[.]1"},
		{IP, "2001:db8::1", "2001[:]db8::1"},
		{IP, "::", ":[:]"},
		{IPPort, "192.0.2.1:443", "192[.]0[.]2[.]1:443"},
		{IPPort, "[2001:db8::1]:443", "[2001[:]db8::1]:443"},
		{IPPort, "[::]:443", "[:[:]]:443"},
		{CIDR, "192.0.2.0/24", "192[.]0[.]2[.]0/24"},
		{CIDR, "2001:db8::/32", "2001[:]db8::/32"},
		{URL, "http://lantern.example:8080/a.php", "hxxp://lantern[.]example:8080/a.php"},
		{URL, "https://192.0.2.1", "hxxps://192[.]0[.]2[.]1"},
		{URL, "ftp://lantern.example/a", "fxp://lantern[.]example/a"},
		{URL, "sftp://lantern.example/a", "sftp://lantern[.]example/a"},
		{Email, "a.b@lantern.example", "a.b[@]lantern[.]example"},
		{MD5, md5Hex, md5Hex},
		{FileName, "a.exe", "a.exe"},
	} {
		got := Defang(c.t, c.in)
		if got != c.want {
			t.Errorf("Defang(%s, %q) = %q, want %q", c.t, c.in, got, c.want)
		}
		if back := Refang(got); back != c.in {
			t.Errorf("Refang(%q) = %q, want %q", got, back, c.in)
		}
	}
}

// TestDefangOwnSigns holds that a URL is no link whatever stands behind its host.
func TestDefangOwnSigns(t *testing.T) {
	for in, want := range map[string]string{
		"http://lantern.example/b?q=hxxp://x[.]y": "hxxp://lantern[.]example/b?q=hxxp://x[.]y",
		"https://lantern.example/(dot)/[.]":       "hxxps://lantern[.]example/(dot)/[.]",
	} {
		if got := Defang(URL, in); got != want {
			t.Errorf("Defang(%q) = %q, want %q", in, got, want)
		}
	}
}

// ownSigns reports whether a URL has signs behind its host that Refang undoes once
// the host is defanged.
func ownSigns(typ Type, v string) bool {
	_, _, rest := splitURL(v)
	return typ == URL && Refang("hxxp://a[.]example"+rest) != "http://a.example"+rest
}

// TestRefangDefangCanonical holds the round trip for every canonical value of
// the canonical table.
func TestRefangDefangCanonical(t *testing.T) {
	for _, c := range canonical {
		if c.want == "" || c.t == FileName {
			continue
		}
		if back := Refang(Defang(c.t, c.want)); back != c.want && !ownSigns(c.t, c.want) {
			t.Errorf("%s %q: Refang(Defang) = %q", c.t, c.want, back)
		}
	}
}

func FuzzRefang(f *testing.F) {
	for _, s := range []string{
		"lantern[.]example", "com[.ar", "com.]ar", "[[[.]]]", "hxxp[:]//x[.]y", "(dot){.}[at]", "[...]", "ms]]]ht]]]a",
		strings.Repeat("[", 300) + "." + strings.Repeat("]", 300), strings.Repeat("[ ", 300),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Refang(s)
		if twice := Refang(once); twice != once {
			t.Errorf("Refang(%q) = %q, of which it makes %q", s, once, twice)
		}
		if len(once) > len(s) {
			t.Errorf("Refang(%q) = %q is longer", s, once)
		}
	})
}

func TestAppendDefang(t *testing.T) {
	for _, c := range []struct {
		t    Type
		v    string
		want string
	}{
		{Domain, "a.example", "a[.]example"}, {URL, "HTTPS://a.example/b.c", "hxxps://a[.]example/b.c"}, {URL, "gopher://a.example/", "gopher://a[.]example/"},
		{Email, "a.b@c.example", "a.b[@]c[.]example"}, {SHA1, "da39", "da39"}, {IPPort, "[2001:db8::5]:443", "[2001[:]db8::5]:443"},
	} {
		if got := string(AppendDefang([]byte("> "), c.t, c.v)); got != "> "+c.want || Defang(c.t, c.v) != c.want {
			t.Errorf("%s %s is appended as %q, want %q", c.t, c.v, got, c.want)
		}
	}
}
