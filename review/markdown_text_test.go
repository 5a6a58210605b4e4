package review

import (
	"strings"
	"testing"

	"quarry/feed"
)

func TestEscape(t *testing.T) {
	tests := []struct{ text, inLine, atStart string }{
		{"plain text, 1.5 % (x) - y + z = #1", "plain text, 1.5 % (x) - y + z = \\#1", "plain text, 1.5 % (x) - y + z = \\#1"},
		{`C:\Windows`, `C:\\Windows`, `C:\\Windows`},
		{"a|b `c` *d* ~e~ $f$ <g> &h;", "a\\|b \\`c\\` \\*d\\* \\~e\\~ \\$f\\$ \\<g\\> \\&h;", "a\\|b \\`c\\` \\*d\\* \\~e\\~ \\$f\\$ \\<g\\> \\&h;"},
		{"botnet_cc _x_ y_", `botnet_cc \_x\_ y\_`, `botnet_cc \_x\_ y\_`},
		{"# h", `\# h`, `\# h`}, {"a # b ##", `a \# b \#\#`, `a \# b \#\#`},
		{"- a", "- a", `\- a`}, {"+ a", "+ a", `\+ a`}, {"===", "===", `\===`}, {": a", ": a", `\: a`}, {"1. a", "1. a", `1\. a`}, {"1) a", "1) a", `1\) a`}, {"1a. b", "1a. b", "1a. b"},
		{"a\n- b\n12. c\n# d", "a\n\\- b\n12\\. c\n\\# d", "a\n\\- b\n12\\. c\n\\# d"},
		{"[x](y)", `\[x\](y)`, `\[x\](y)`}, {"a[.]b", "a[.]b", "a[.]b"}, {"a[@]b[:]c", "a[@]b[:]c", "a[@]b[:]c"}, {"a[.](b)", `a\[.\](b)`, `a\[.\](b)`}, {"a[.]", "a[.]", "a[.]"}, {"[..]", `\[..\]`, `\[..\]`},
		{"http://x ftp://y hxxp://z a://b Https://c", `http\://x ftp\://y hxxp://z a://b Https\://c`, `http\://x ftp\://y hxxp://z a://b Https\://c`},
		{"www.x awww.y WWW.z w.v", `www\.x awww\.y WWW\.z w.v`, `www\.x awww\.y WWW\.z w.v`},
		{"", "", ""},
	}
	for _, tt := range tests {
		if got := escape(tt.text, false); got != tt.inLine {
			t.Errorf("%q behind something is %q, want %q", tt.text, got, tt.inLine)
		}
		if got := escape(tt.text, true); got != tt.atStart {
			t.Errorf("%q at the start of a line is %q, want %q", tt.text, got, tt.atStart)
		}
		if got := unescape(tt.inLine); got != tt.text {
			t.Errorf("%q is read as %q", tt.inLine, got)
		}
	}
}

func TestProse(t *testing.T) {
	known := newHosts(feed.NewSet([]*feed.Bulletin{{IOCs: []feed.IOC{
		indicator(t, feed.Domain, "user.zip.example"), indicator(t, feed.IPPort, "[2001:db8::7]:443"), indicator(t, feed.URL, "http://files.example.org/x"),
	}}}))
	for text, want := range map[string]string{
		"see evil.example.":                     "see `evil[.]example`.",
		"at http://evil.example/a_b, then":      "at `hxxp://evil[.]example/a_b`, then",
		"192.0.2.1 and 192.0.2.1:443":           "`192[.]0[.]2[.]1` and `192[.]0[.]2[.]1:443`",
		"2001:db8::5 in [2001:db8::5]:443":      "`2001[:]db8::5` in `[2001[:]db8::5]:443`",
		"mail a.b@evil.example":                 "mail `a.b[@]evil[.]example`",
		"evil[.]example, hxxp://evil[.]example": "evil[.]example, hxxp://evil[.]example",
		"hxxp://evil.example/x":                 "hxxp://evil`[.]`example/x",
		"evil[.]sub.example":                    "evil[.]sub`[.]`example",
		"HTTP://evil.example":                   "HTTP\\://evil`[.]`example",
		"schtasks.exe, 1.2, e.g. this":          "schtasks.exe, 1.2, e.g. this",
		"a@b.internal ssh x@host":               "a`[@]`b.internal ssh x@host",
		// What scanning leaves alone is defanged where an IOC points at it.
		`\\user.zip.example\share`:              "\\\\\\\\`user[.]zip[.]example`\\\\share",
		"run user.zip.example()":                "run `user[.]zip[.]example`()",
		"version 2001:db8::7":                   "version `2001[:]db8::7`",
		"http://a.example/?u=files.example.org": "`hxxp://a[.]example/?u=files[.]example[.]org`",
		"`evil.example`":                        "\\``evil[.]example`\\`",
		strings.Repeat("0a", 32):                strings.Repeat("0a", 32),
	} {
		if got := known.prose(text, false); got != want {
			t.Errorf("%q is written\n%s\nwant\n%s", text, got, want)
		}
	}
}

func TestValueCells(t *testing.T) {
	long := "http://files.example.org/" + strings.Repeat("files.example.org/", 450)
	for _, tt := range []struct {
		kind        feed.Type
		value, want string
	}{
		{feed.Domain, "a_b.evil.example", "a_b[.]evil[.]example"},
		{feed.IPPort, "[2001:db8::5]:443", `\[2001[:]db8::5\]:443`},
		{feed.CIDR, "2001:db8::/32", "2001[:]db8::/32"},
		{feed.URL, "https://[2001:db8::5]:8443/a|b?c=files.example.org", `hxxps://\[2001[:]db8::5\]:8443/a\|b?c=files[.]example[.]org`},
		{feed.URL, "tcp://evil.example:443", "tcp://evil[.]example:443"},
		{feed.Email, "files.example.org@evil.example", "files[.]example[.]org[@]evil[.]example"},
		{feed.FileName, "a  [.] files.example.org.exe", "a  [.] files.example.org.exe"},
		{feed.FileName, "files.example.org", "`files[.]example[.]org`"},
		{feed.URL, long, ""}, // too long to be defanged in the value
	} {
		i := indicator(t, tt.kind, tt.value)
		h := newHosts(feed.NewSet([]*feed.Bulletin{{IOCs: []feed.IOC{i, indicator(t, feed.Domain, "files.example.org")}}}))
		if got := h.value(i); got != tt.want && tt.want != "" {
			t.Errorf("%s is written %s, want %s", tt.value, got, tt.want)
		}
		d := &feed.Bulletin{Source: feed.Source{Name: "a.md", Line: 1}, Total: feed.NoTotal, IOCs: []feed.IOC{i}}
		r := start(t, d)
		checkDefanged(t, r, checkRoundTrip(t, r))
	}
}

func TestFence(t *testing.T) {
	for text, want := range map[string]string{
		"x": "```kql\nx\n```", "": "```kql\n\n```", "a\n```\nb": "````kql\na\n```\nb\n````", "`````": "``````kql\n`````\n``````",
	} {
		if got := fence("kql", text); got != want {
			t.Errorf("%q is fenced as %q", text, got)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, s := range []feed.Source{
		{}, {Name: "a.md"}, {Name: "a.md", Line: 12}, {Name: "a:5"}, {Name: "a:5", Line: 3}, {Name: "a:0"}, {Line: 7}, {Name: ":"}, {Name: ":", Line: 1}, {Name: "a:007"}, {Name: `C:\x`, Line: 2}, {Name: "a:99999999999"},
	} {
		if got := parsePlace(formatPlace(s)); got != s {
			t.Errorf("%+v is written %q and read as %+v", s, formatPlace(s), got)
		}
	}
	if got := formatPlace(feed.Source{Name: "a.md", Line: 12}); got != "a.md:12" {
		t.Error(got)
	}
	for label, want := range map[string]int{"Document 1": 0, "Document 3": 2, "Document 4": -1, "Document 0": -1, "Document": -1, "document 1": -1, "Document x": -1, "": -1} {
		if n, ok := parseDocumentLabel(label, 3); ok != (want >= 0) || ok && n != want {
			t.Errorf("%q is document %d, %v", label, n, ok)
		}
	}
}

// TestPlacesNameFiles holds places to the name of the file alone: the folders stand
// once, in the front matter. What would then mean two things keeps its whole name.
func TestPlacesNameFiles(t *testing.T) {
	document := func(name, domain, from string) *feed.Bulletin {
		return &feed.Bulletin{
			Source: feed.Source{Name: name, Line: 1}, Format: "bulletin", Total: feed.NoTotal,
			IOCs: []feed.IOC{indicator(t, feed.Domain, domain, feed.Source{Name: from, Line: 7})},
		}
	}
	for name, tt := range map[string]struct {
		documents []*feed.Bulletin
		want      []string // places of the IOCs
	}{
		"one":           {[]*feed.Bulletin{document("/srv/intel/gravel.md", "a.example", "/srv/intel/gravel.md")}, []string{"gravel.md:7"}},
		"two":           {[]*feed.Bulletin{document("in/gravel.md", "a.example", "in/gravel.md"), document(`C:\in\mallow.txt`, "b.example", `C:\in\mallow.txt`)}, []string{"gravel.md:7", "mallow.txt:7"}},
		"of one name":   {[]*feed.Bulletin{document("a/gravel.md", "a.example", "a/gravel.md"), document("b/gravel.md", "b.example", "b/gravel.md")}, []string{"a/gravel.md:7", "b/gravel.md:7"}},
		"beside a file": {[]*feed.Bulletin{document("a/gravel.md", "a.example", "gravel.md")}, []string{"gravel.md:7"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, tt.documents...)
			text := checkRoundTrip(t, r)
			for at, want := range tt.want {
				if !strings.Contains(text, "| "+want+" |") {
					t.Errorf("IOC %d is not said to stand in %s:\n%s", at, want, text)
				}
			}
			head, body, _ := cutFrontMatter([]byte(text))
			for _, d := range tt.documents {
				whole, file := d.Source.Name, baseName(d.Source.Name)
				if !strings.Contains(string(head), "source: "+whole+"\n") {
					t.Errorf("the front matter does not name %s:\n%s", whole, head)
				}
				if shortened := strings.Contains(string(head), "called: "+file+"\n"); shortened == strings.Contains(string(body), strings.ReplaceAll(whole, `\`, `\\`)) {
					t.Errorf("%s is called by its file: %v, and so is not the text:\n%s", whole, shortened, text)
				}
			}
		})
	}
}
