package warnings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func list(t *testing.T, kind, matching, entries string) *List {
	t.Helper()
	l, err := ParseList("list.json", []byte(`{"name":"Ours","version":1,"description":"d","type":"`+kind+`","matching_attributes":[`+matching+`],"list":[`+entries+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLists(t *testing.T) {
	for _, tt := range []struct {
		kind, matching, entries string
		typ                     feed.Type
		value                   string
		want                    string // the entry, "" where it is not met
	}{
		{"string", ``, `"Evil-Site.ru"`, feed.Domain, "evil-site.ru", `"evil-site.ru"`},
		{"string", ``, `"evil-site.ru"`, feed.Domain, "www.evil-site.ru", ""},
		{"string", `"ip-dst"`, `"192.0.2.1"`, feed.IPPort, "192.0.2.1:443", `"192.0.2.1"`},
		{"string", `"md5","filename|md5"`, `"0123456789ABCDEF0123456789ABCDEF"`, feed.MD5, "0123456789abcdef0123456789abcdef", `"0123456789abcdef0123456789abcdef"`},
		{"hostname", `"domain","hostname","url"`, `".evil-site.ru"`, feed.Domain, "a.b.evil-site.ru", `"evil-site.ru"`},
		{"hostname", `"domain"`, `"evil-site.ru"`, feed.URL, "http://evil-site.ru/a", `"evil-site.ru"`},
		{"hostname", `"domain"`, `"evil-site.ru"`, feed.Domain, "x-evil-site.ru", ""},
		{"hostname", `"domain"`, `"evil-site.ru"`, feed.Email, "a@evil-site.ru", ""},
		{"cidr", `"ip-src","ip-dst","domain|ip"`, `"192.0.2.0/24","2001:db8::/32"`, feed.IP, "192.0.2.9", "192.0.2.0/24"},
		{"cidr", ``, `"192.0.2.0/24"`, feed.URL, "http://192.0.2.9/a", "192.0.2.0/24"},
		{"cidr", ``, `"192.0.2.0/24"`, feed.CIDR, "192.0.2.128/25", "192.0.2.0/24"},
		{"cidr", ``, `"198.51.100.0/24"`, feed.CIDR, "198.51.0.0/16", "198.51.100.0/24"},
		{"cidr", ``, `"2001:db8::1"`, feed.CIDR, "2001:db8::/32", "2001:db8::1"},
		{"cidr", ``, `"192.0.2.0/24"`, feed.CIDR, "203.0.0.0/16", ""},
		{"cidr", ``, `"192.0.2.7"`, feed.IP, "192.0.2.7", "192.0.2.7"},
		{"cidr", ``, `"2001:db8::/32"`, feed.IPPort, "[2001:db8::5]:80", "2001:db8::/32"},
		{"substring", `"url"`, `"/Ads/"`, feed.URL, "http://evil-site.ru/ads/x", `"/ads/"`},
		{"substring", `"url"`, `"/ads/"`, feed.URL, "http://evil-site.ru/x", ""},
		{"regex", `"url"`, `"/\\.Jpe?g$/i"`, feed.URL, "http://evil-site.ru/x.JPG", `"(?i)\\.Jpe?g$"`},
		{"regex", `"url"`, `"/\\.Jpe?g$/gi"`, feed.URL, "http://evil-site.ru/x.JPG", `"(?i)\\.Jpe?g$"`},
		{"regex", `"url"`, `"/\\.jpe?g$/g"`, feed.URL, "http://evil-site.ru/x.jpg", `"\\.jpe?g$"`},
		{"regex", `"phone-number","whois-registrant-phone"`, `"/[0-9]{3}/"`, feed.IP, "192.0.2.123", ""},
		{"regex", ``, `"^evil"`, feed.Domain, "evil-site.ru", `"^evil"`},
		{"string", `"ja3-fingerprint-md5"`, `"evil-site.ru"`, feed.Domain, "evil-site.ru", ""},
	} {
		l := list(t, tt.kind, tt.matching, tt.entries)
		i := ioc(t, tt.typ, tt.value)
		if got, ok := l.find(i); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %s %s: %q %v, want %q", tt.kind, tt.entries, tt.value, got, ok, tt.want)
		}
		want := ""
		if tt.want != "" {
			want = "warning-list"
		}
		if got := codes(checker(t, Options{Lists: []*List{l}, Levels: map[string]Level{"documentation-address": Off}}).Check(i)); got != want {
			t.Errorf("%s %s %s: %q, want %q", tt.kind, tt.entries, tt.value, got, want)
		}
	}
}

func TestListSkips(t *testing.T) {
	l := list(t, "regex", ``, `"(?<x>a)\\1","ok"," "`)
	if diff := cmp.Diff([]string{`"(?<x>a)\\1": a regular expression that Go does not have`}, l.Skipped); diff != "" {
		t.Error(diff)
	}
	if l := list(t, "regex", `"phone-number"`, `"/[0-9]/"`); len(l.Skipped) != 1 || !strings.Contains(l.Skipped[0], "phone-number") {
		t.Error(l.Skipped)
	}
	if l := list(t, "cidr", ``, `"300.0.0.0/8"`); len(l.Skipped) != 1 {
		t.Error(l.Skipped)
	}
}

func TestReadLists(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a/list.json": `{"name":"A","type":"string","list":["x"]}`, "b.json": `{"name":"B","type":"fuzzy","list":[]}`, "c.json": `{`, "README.md": "x", "d.json": `{"type":"string","list":[]}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lists, errs := ReadLists(dir)
	if len(lists) != 1 || lists[0].Name != "A" {
		t.Errorf("%+v", lists)
	}
	var got []string
	for _, err := range errs {
		var le *ListError
		if !errors.As(err, &le) {
			t.Errorf("%T", err)
		}
		got = append(got, strings.TrimPrefix(err.Error(), dir+"/"))
	}
	want := []string{
		`b.json: there is no type "fuzzy" of warning list; types: string substring hostname cidr regex; it should be a list.json of MISP's warning lists`,
		`c.json: it cannot be read: unexpected end of JSON input; it should be a list.json of MISP's warning lists`,
		`d.json: it has no name or no list; it should be a list.json of MISP's warning lists`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if lists, errs := ReadLists(filepath.Join(dir, "nowhere")); lists != nil || errs != nil {
		t.Errorf("a folder that is not there: %v, %v", lists, errs)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte(`{"name":"A","type":"regex","list":["/a/i","["]}`), "http://a.example/b")
	f.Add([]byte(`{"name":"A","type":"cidr","matching_attributes":["ip-dst"],"list":["::/0","1.2.3.4"]}`), "192.0.2.1")
	f.Fuzz(func(t *testing.T, text []byte, value string) {
		l, err := ParseList("x", text)
		if err != nil {
			return
		}
		for _, typ := range feed.Types {
			if v, err := feed.Canonical(typ, value); err == nil {
				l.find(feed.IOC{Type: typ, Value: v})
			}
		}
	})
}
