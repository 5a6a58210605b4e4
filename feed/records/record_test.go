package records

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// finder writes findings down.
func finder(all *[]string) Finder {
	return func(code string, severity feed.Severity, line int, format string, args ...any) {
		*all = append(*all, fmt.Sprintf("%d %s %s: %s", line, severity, code, fmt.Sprintf(format, args...)))
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Record
		want string // the value, "" where no IOC is made
		all  []string
	}{
		{"domain", Record{Type: feed.Domain, Value: "Lantern[.]example"}, "lantern.example", nil},
		{"address and port", Record{Type: feed.IP, Value: "192.0.2.1", Port: "443"}, "192.0.2.1:443", nil},
		{"IPv6 and port", Record{Type: feed.IP, Value: "2001:db8::5", Port: "443"}, "[2001:db8::5]:443", nil},
		{"IPv6 in brackets and port", Record{Type: feed.IP, Value: "[2001:db8::5]", Port: "443"}, "[2001:db8::5]:443", nil},
		{"IPv6 and port without brackets", Record{Type: feed.IPPort, Value: "2001:db8::5[:]443", Line: 2}, "[2001:db8::5]:443", []string{
			`2 info port-guessed: "2001:db8::5[:]443" has no brackets around the address, so what stands behind the last colon is read as the port: [2001[:]db8::5]:443`}},
		{"IPv6 and port without brackets, as the format has it", Record{Type: feed.IPPort, Value: "2001:db8::5:443", Bare: true}, "[2001:db8::5]:443", nil},
		{"IPv6 and port in one", Record{Type: feed.IPPort, Value: "[2001:db8::5][:]443"}, "[2001:db8::5]:443", nil},
		{"port 0", Record{Type: feed.IP, Value: "192.0.2.1", Port: "0"}, "192.0.2.1", nil},
		{"port with its protocol", Record{Type: feed.IP, Value: "192.0.2.1", Port: "443/tcp"}, "192.0.2.1:443", nil},
		{"port that is none", Record{Type: feed.IP, Value: "192.0.2.1", Port: "https", Line: 3}, "192.0.2.1", []string{
			`3 warning port-as-tag: "https" is no one port from 1 to 65535, so "192.0.2.1" has none and the ports are a tag`}},
		{"port beyond the last", Record{Type: feed.IP, Value: "192.0.2.1", Port: "70000", Line: 3}, "192.0.2.1", []string{
			`3 warning port-as-tag: "70000" is no one port from 1 to 65535, so "192.0.2.1" has none and the ports are a tag`}},
		{"two ports", Record{Type: feed.IP, Value: "192.0.2.1", Port: "80, 443", Line: 3}, "192.0.2.1", []string{
			`3 warning port-as-tag: "80, 443" is no one port from 1 to 65535, so "192.0.2.1" has none and the ports are a tag`}},
		{"another port", Record{Type: feed.IPPort, Value: "192.0.2.1:22", Port: "23", Line: 3}, "192.0.2.1:22", []string{
			`3 warning port-differs: beside "192.0.2.1:22" stands the port "23", which it does not have; that port is a tag`}},
		{"another port of a URL", Record{Type: feed.URL, Value: "hxxp://a[.]example:81/", Port: "80", Line: 3}, "http://a.example:81/", []string{
			`3 warning port-differs: beside "hxxp://a[.]example:81/" stands the port "80", which it does not have; that port is a tag`}},
		{"the port of a URL", Record{Type: feed.URL, Value: "https://a.example/", Port: "443"}, "https://a.example/", nil},
		{"the port of a hash's row", Record{Type: feed.MD5, Value: strings.Repeat("1a", 16), Port: "443"}, strings.Repeat("1a", 16), nil},
		{"a name that is called a URL", Record{Type: feed.URL, Value: "www[.]a.example", Line: 4}, "www.a.example", []string{
			`4 warning type-differs: the source says that "www[.]a.example" is of the type url; it is read as domain, which it is by its looks`}},
		{"an address that is called a URL", Record{Type: feed.URL, Value: "192.0.2.1", Line: 4}, "192.0.2.1", []string{
			`4 warning type-differs: the source says that "192.0.2.1" is of the type url; it is read as ip, which it is by its looks`}},
		{"an address and port that are called a URL", Record{Type: feed.URL, Value: "192.0.2.1:8080", Line: 4}, "192.0.2.1:8080", []string{
			`4 warning type-differs: the source says that "192.0.2.1:8080" is of the type url; it is read as ip:port, which it is by its looks`}},
		{"a name with a port that is called a URL", Record{Type: feed.URL, Value: "now.a.example:80", Line: 4}, "now.a.example", []string{
			`4 warning type-differs: the source says that "now.a.example:80" is of the type url; it is read as domain, which it is by its looks, and the port is a tag`}},
		{"a URL without a scheme", Record{Type: feed.URL, Value: "a.example/x"}, "a.example/x", nil},
		{"a URL that is called a name", Record{Type: feed.Domain, Value: "b3[.]example/path", Line: 4}, "b3.example/path", []string{
			`4 warning type-differs: the source says that "b3[.]example/path" is of the type domain; it is read as url, which it is by its looks`}},
		{"a name that is called an address, with a port beside it", Record{Type: feed.IP, Value: "a.example", Port: "443", Line: 4}, "a.example", []string{
			`4 warning type-differs: the source says that "a.example:443" is of the type ip:port; it is read as domain, which it is by its looks, and the port is a tag`}},
		{"a file that is called a URL", Record{Type: feed.URL, Value: "gate.zip"}, "", []string{
			`0 error bad-value: "gate.zip" is no url (there is no scheme; write it as http://example.com/), so no IOC is made of it`}},
		{"a hash that is called a name", Record{Type: feed.Domain, Value: strings.Repeat("1a", 16)}, "", []string{
			`0 error bad-value: "` + strings.Repeat("1a", 16) + `" is no domain (a name has at least two labels, such as example.com), so no IOC is made of it`}},
		{"a hash of another length", Record{Type: feed.SHA256, Value: strings.Repeat("1a", 16)}, "", []string{
			`0 error bad-value: "` + strings.Repeat("1a", 16) + `" is no sha256_hash (it has 32 characters, the hash has 64), so no IOC is made of it`}},
		{"a path of Windows", Record{Type: feed.FileName, Value: `C:\Users\Public\drop.exe`, Line: 4}, "drop.exe", []string{
			`4 info path-as-name: the path "C:\\Users\\Public\\drop.exe" is read as the name of the file, "drop.exe", which is what a hunt compares`}},
		{"a path of Linux", Record{Type: feed.FileName, Value: "/tmp/.x/run"}, "run", []string{
			`0 info path-as-name: the path "/tmp/.x/run" is read as the name of the file, "run", which is what a hunt compares`}},
		{"a folder", Record{Type: feed.FileName, Value: `C:\Windows\`}, "", []string{
			`0 error bad-value: "C:\\Windows\\" is no file_name (it is a folder; name a file), so no IOC is made of it`}},
		{"a URL that is called a name of a file", Record{Type: feed.FileName, Value: "http://a.example/x.exe"}, "http://a.example/x.exe", []string{
			`0 warning type-differs: the source says that "http://a.example/x.exe" is of the type file_name; it is read as url, which it is by its looks`}},
		{"a command with a switch", Record{Type: feed.FileName, Value: "cmd.exe /c start", Line: 2}, "", []string{
			`2 error bad-value: "cmd.exe /c start" is no file_name (it is a command; name the file alone), so no IOC is made of it`}},
		{"a command with an argument", Record{Type: feed.FileName, Value: `%TEMP%\a.exe -k foo/bar`, Line: 2}, "", []string{
			`2 error bad-value: "%TEMP%\\a.exe -k foo/bar" is no file_name (it is a command; name the file alone), so no IOC is made of it`}},
		{"a command without a slash", Record{Type: feed.FileName, Value: "a.exe -k foo", Line: 2}, "", []string{
			`2 error bad-value: "a.exe -k foo" is no file_name (it is a command; name the file alone), so no IOC is made of it`}},
		{"a command with a path behind", Record{Type: feed.FileName, Value: `rundll32.exe C:\x.dll`, Line: 2}, "", []string{
			`2 error bad-value: "rundll32.exe C:\\x.dll" is no file_name (it is a command; name the file alone), so no IOC is made of it`}},
		{"a path with spaces and two ends", Record{Type: feed.FileName, Value: `C:\Program Files\a b.pdf  .exe`, Line: 2}, "a b.pdf  .exe", []string{
			`2 info path-as-name: the path "C:\\Program Files\\a b.pdf  .exe" is read as the name of the file, "a b.pdf  .exe", which is what a hunt compares`}},
		{"a copy of a file", Record{Type: feed.FileName, Value: `C:\x\a.exe - copy.exe`, Line: 2}, "a.exe - copy.exe", []string{
			`2 info path-as-name: the path "C:\\x\\a.exe - copy.exe" is read as the name of the file, "a.exe - copy.exe", which is what a hunt compares`}},
		{"a pattern for paths", Record{Type: feed.FileName, Value: `C:\x\*.exe`, Line: 2}, "", []string{
			`2 error bad-value: "C:\\x\\*.exe" is no file_name (it is a pattern for names; name a file), so no IOC is made of it`}},
		{"a pattern for names", Record{Type: feed.FileName, Value: `a?.exe`, Line: 2}, "", []string{
			`2 error bad-value: "a?.exe" is no file_name (it is a pattern for names; name a file), so no IOC is made of it`}},
		{"a URL without a scheme that is called a name of a file", Record{Type: feed.FileName, Value: "d[.]example/x.exe", Line: 2}, "d.example/x.exe", []string{
			`2 warning type-differs: the source says that "d[.]example/x.exe" is of the type file_name; it is read as url, which it is by its looks`}},
		{"a name of a file", Record{Type: feed.FileName, Value: "drop.exe"}, "drop.exe", nil},
		{"a path that Quarry wrote", Record{Type: feed.FileName, Value: `x\y.exe`, Exact: true}, `x\y.exe`, nil},
		{"an address in a block", Record{Type: feed.CIDR, Value: "203.0.113[.]5/24", Line: 4}, "203.0.113.0/24", []string{
			`4 warning inside-block: "203.0.113[.]5/24" is an address with the length of a prefix; it is read as the whole block 203.0.113.0/24, so check that not the one address is meant`}},
		{"a block", Record{Type: feed.CIDR, Value: "203.0.113.0/24"}, "203.0.113.0/24", nil},
		{"a block of one", Record{Type: feed.CIDR, Value: "203.0.113.5/32"}, "203.0.113.5/32", nil},
		{"a block of IPv6", Record{Type: feed.CIDR, Value: "2001:0DB8::/32"}, "2001:db8::/32", nil},
		{"everything wrong", Record{Type: feed.Domain, Value: "a.example", Threat: "spam", FirstSeen: "soon", LastSeen: "late", Confidence: "high", Line: 7}, "a.example", []string{
			`7 warning unknown-threat: "spam" is not a threat type of ThreatFox; it is kept as it stands`,
			`7 warning bad-date: "soon" is no date, so "a.example" has no first seen`,
			`7 warning bad-date: "late" is no date, so "a.example" has no last seen`,
			`7 warning bad-confidence: "high" is no percentage from 0 to 100, so "a.example" has no confidence`}},
		{"invisible", Record{Type: feed.Domain, Value: "a.example\u200b"}, "a.example", []string{
			`0 warning invisible-character: the value "a.example\u200b" holds characters that cannot be seen; it is read as a[.]example`}},
		{"unknown type", Record{Type: "ja3", Value: "x"}, "", []string{
			`0 error bad-value: "x" is no ja3 (the type is not one that Quarry knows), so no IOC is made of it`}},
	} {
		var all []string
		i, ok := Read(c.r, finder(&all))
		if i.Value != c.want || ok != (c.want != "") || len(i.Sources) != 0 {
			t.Errorf("%s: %+v, %v", c.name, i, ok)
		}
		if d := cmp.Diff(c.all, all); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestPortTag: a port that no value can say is a tag.
func TestPortTag(t *testing.T) {
	for _, c := range []struct {
		r    Record
		want string
	}{
		{Record{Type: feed.IP, Value: "192.0.2.1", Port: "443"}, ""},
		{Record{Type: feed.IP, Value: "192.0.2.1", Port: "80, 443"}, "port 80, 443"},
		{Record{Type: feed.IP, Value: "192.0.2.1", Port: "70000"}, "port 70000"},
		{Record{Type: feed.Domain, Value: "a.example", Port: "8443"}, "port 8443"},
		{Record{Type: feed.URL, Value: "a.example:8443"}, "port 8443"},
		{Record{Type: feed.IP, Value: "a.example", Port: "8443"}, "port 8443"},
		{Record{Type: feed.CIDR, Value: "192.0.2.0/24", Port: "22"}, "port 22"},
		{Record{Type: feed.URL, Value: "http://a.example/", Port: "8080"}, "port 8080"},
		{Record{Type: feed.URL, Value: "http://a.example:8080/", Port: "8080"}, ""},
	} {
		var all []string
		if i, ok := Read(c.r, finder(&all)); !ok || strings.Join(i.Tags, "|") != c.want {
			t.Errorf("%+v: tags %q, want %q", c.r, i.Tags, c.want)
		}
	}
}

func TestValueOf(t *testing.T) {
	for _, c := range []struct {
		in, value, tag string
		t              feed.Type
	}{
		{"a[.]example", "a[.]example", "", feed.Domain}, {"a.example:8443", "a.example", "port 8443", feed.Domain}, {"*.a.example", "a.example", "", feed.Domain}, {".a.example", "a.example", "", feed.Domain},
		{"198.51.100.0-198.51.100.255", "198.51.100.0/24", "", feed.CIDR}, {"198.51.100.0 - 198.51.100.255", "198.51.100.0/24", "", feed.CIDR}, {"198.51.100.0\u2013198.51.100.255", "198.51.100.0/24", "", feed.CIDR},
	} {
		r, ok := ValueOf(c.in)
		if !ok || r.Type != c.t || r.Value != c.value || strings.Join(r.Tags, "|") != c.tag {
			t.Errorf("%q: %+v, %v", c.in, r, ok)
		}
	}
	for _, in := range []string{"", "-", "words", "198.51.100.1-198.51.100.9", "a-b.exe", "*.", "198.51.100.0-198.51.100.255/x"} {
		if r, ok := ValueOf(in); ok {
			t.Errorf("%q: %+v", in, r)
		}
	}
	if got := Range("198.51.100.1-198.51.100.9"); len(got) != 2 || got[1] != "198.51.100.9" {
		t.Error(got)
	}
}

func TestIsURL(t *testing.T) {
	for v, want := range map[string]bool{
		"http://a.example/": true, "hxxp://a[.]example": true, "a.example/x": true, "a[.]example": true, "192.0.2.1": true, "192.0.2.1:80": true, "a.example:80": true,
		"/gate.php": false, "gate.php": false, "gate.php?id=": false, "x.zip": false, "": false, "some words": false, strings.Repeat("1a", 16): false, "a@b.example": false,
	} {
		if IsURL(v) != want {
			t.Errorf("%q: %v", v, !want)
		}
	}
}

func TestConfidence(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{"", feed.NoConfidence}, {"0", 0}, {"7", 7}, {"75", 75}, {"075", 75}, {"100", 100}, {"100%", 100}, {"5%", 5}, {"75 %", 75}, {"00", 0},
	} {
		if got, err := ParseConfidence(c.in); got != c.want || err != nil {
			t.Errorf("%q is %d, %v", c.in, got, err)
		}
	}
	for _, in := range []string{"101", "-1", "+5", "high", "7.5", "%", "1e1", "a", "1a", "a1", " ", "٣"} {
		if got, err := ParseConfidence(in); got != feed.NoConfidence || err == nil {
			t.Errorf("%q is %d, %v", in, got, err)
		}
	}
}

func TestDocument(t *testing.T) {
	in := input(t, "x", false)
	var c feed.Collector
	d := Begin(in, &c, 1)
	for n := range 3 * places {
		if err := d.Add(Record{Type: feed.Domain, Value: fmt.Sprintf("a%d.example", n), Line: n + 1, Mention: n%2 == 1, Context: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	b := c.Bulletins[0]
	if len(b.IOCs) != 3*places/2 || len(b.Mentions) != 3*places/2 || b.Source != (feed.Source{Name: "doc", Line: 1}) || b.Total != feed.NoTotal {
		t.Fatalf("%d IOCs, %d mentions, %+v", len(b.IOCs), len(b.Mentions), b.Source)
	}
	for n, i := range b.IOCs {
		if d := cmp.Diff([]feed.Source{{Name: "doc", Line: 2*n + 1}}, i.Sources); d != "" || cap(i.Sources) != 1 {
			t.Fatalf("IOC %d (-want +got):\n%s", n, d)
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	var c feed.Collector
	d := Begin(input(t, "x", false), &c, 1)
	d.Find("other", feed.Info, 1, "once")
	for n := range 3 * MaxFindings {
		if err := d.Add(Record{Type: feed.Domain, Value: "x", Line: n + 1}); err != nil {
			t.Fatal(err)
		}
	}
	d.End()
	all := c.Bulletins[0].Findings
	want := feed.Finding{Code: "bad-value", Severity: feed.Error, Source: feed.Source{Name: "doc", Line: 3 * MaxFindings}, Text: fmt.Sprintf("%d more like those before, up to here", 2*MaxFindings)}
	if len(all) != MaxFindings+2 || all[len(all)-1] != want {
		t.Errorf("%d findings, the last %v", len(all), all[len(all)-1])
	}
}

func TestStop(t *testing.T) {
	gone := errors.New("nobody wants more")
	broken := &feed.InputError{Name: "doc", Line: 7, Reason: "it is broken", Advice: "mend it"}
	for _, c := range []struct {
		name  string
		add   bool
		err   error
		want  error
		finds string
	}{
		{"nothing", true, nil, nil, ""},
		{"broken with IOCs", true, broken, nil, "the document cannot be read beyond this place, and what follows is missing: it is broken; mend it"},
		{"broken at once", false, broken, broken, ""},
		{"another error", true, gone, gone, ""},
	} {
		var all feed.Collector
		d := Begin(input(t, "x", false), &all, 1)
		if c.add {
			d.Add(Record{Type: feed.Domain, Value: "a.example"})
		}
		err := d.Stop(c.err)
		var texts []string
		for _, f := range d.Findings {
			texts = append(texts, f.Text)
			if f.Source.Line != 7 || f.Code != "text-cut" || f.Severity != feed.Error {
				t.Errorf("%s: %v", c.name, f)
			}
		}
		if err != c.want || strings.Join(texts, "\n") != c.finds {
			t.Errorf("%s: %v, %q", c.name, err, texts)
		}
	}
}

// FuzzRead: what comes of a record is canonical, and what does not is said.
func FuzzRead(f *testing.F) {
	f.Add("ip", "192.0.2.1", "443", "75", "2026-05-26")
	f.Add("url", "hxxp://a[.]example/", "", "x", "2026-05-26 10:00:00 UTC")
	f.Fuzz(func(t *testing.T, typ, value, port, confidence, seen string) {
		var all []string
		i, ok := Read(Record{Type: feed.Type(typ), Value: value, Port: port, Confidence: confidence, FirstSeen: seen, Line: 1}, finder(&all))
		if !ok {
			if len(all) != 1 {
				t.Errorf("no IOC and findings %q", all)
			}
			return
		}
		if v, err := feed.Canonical(i.Type, i.Value); v != i.Value || err != nil {
			t.Errorf("%q is not canonical: %q, %v", i.Value, v, err)
		}
		if i.Confidence < feed.NoConfidence || i.Confidence > 100 || confidence != "" && i.Confidence == feed.NoConfidence && len(all) == 0 {
			t.Errorf("confidence %q is %d", confidence, i.Confidence)
		}
		if strings.TrimSpace(seen) != "" && i.FirstSeen.IsZero() && len(all) == 0 && !strings.HasPrefix(strings.TrimSpace(seen), "0001-01-01") {
			t.Errorf("first seen %q is lost", seen)
		}
	})
}

// TestIsCommand tells commands from paths with spaces, in time that grows with them.
func TestIsCommand(t *testing.T) {
	long := strings.Repeat("a.exe ", 1<<17)
	for v, want := range map[string]bool{
		"": false, "/": false, " / ": false, "a.exe -k": true, "a.exe -k foo": true, "a.exe -f out.txt": true, "a.pdf -signed.exe": false, "a -b.exe": false, "a.exe - copy": false, "-k a.exe": false, "/tmp/a b.sh c": false, `C:\Program Files (x86)\a.exe`: false, `C:\x\a.exe `: false, "a\t/": true,
		`"C:\x\a.exe" -k`: true, `C:\x\a.exe  C:\y`: true, `wscript.exe b.js C:\y`: true, "/b.d/c": false, `\\192.0.2.1\c$\a.dat`: false,
		"x/" + long: false, long: false, strings.Repeat("a -b", 1<<17): false, "x/" + strings.Repeat(" ", 1<<20) + "b": false, long + "/": true,
	} {
		if got := IsCommand(v); got != want {
			t.Errorf("%.60q: %v", v, got)
		}
	}
}
