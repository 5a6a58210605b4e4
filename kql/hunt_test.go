package kql

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql/kqltest"
)

var update = flag.Bool("update", false, "write the golden files of this package anew")

// golden compares a whole query with testdata/NAME.golden.kql.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden.kql")
	got += "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./kql -update writes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// onEach runs f for every table at every target that has it, several at a time.
func onEach(t *testing.T, f func(t *testing.T, tb *Table, target Target)) {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Tables() {
		tb := &c.Tables()[i]
		for _, target := range Targets {
			if tb.On(target) {
				t.Run(tb.Name+"/"+string(target), func(t *testing.T) {
					t.Parallel()
					f(t, tb, target)
				})
			}
		}
	}
}

// sets are the IOC sets that every table is tried with: each of ThreatFox's
// types, the shapes of an address and a URL, and everything together.
func sets(t testing.TB) map[string][]feed.IOC {
	m := map[string][]feed.IOC{
		"ip:port":       {ioc(t, feed.IPPort, "192.0.2.10:443"), ioc(t, feed.IPPort, "192.0.2.10:8080")},
		"ip:port 6":     {ioc(t, feed.IPPort, "[2001:db8::5]:8080")},
		"ip":            {ioc(t, feed.IP, "198.51.100.7")},
		"ip 6":          {ioc(t, feed.IP, "2001:db8::a")},
		"domain":        {ioc(t, feed.Domain, "evil.example"), ioc(t, feed.Domain, "xn--bcher-kva.example")},
		"url":           {ioc(t, feed.URL, "http://gate.example/a/b.php?x=1&y='2'")},
		"url no path":   {ioc(t, feed.URL, "https://gate.example")},
		"url port":      {ioc(t, feed.URL, "https://gate.example:8443/x")},
		"url ip":        {ioc(t, feed.URL, "http://203.0.113.9/meow")},
		"url ip port":   {ioc(t, feed.URL, "http://203.0.113.9:9432")},
		"url ip 6":      {ioc(t, feed.URL, "http://[2001:db8::b]:81/x")},
		"md5":           {ioc(t, feed.MD5, evilMD5)},
		"sha1":          {ioc(t, feed.SHA1, evilSHA1)},
		"sha256":        {ioc(t, feed.SHA256, evilSHA256)},
		"not huntable":  {ioc(t, feed.Email, "a@evil.example"), ioc(t, feed.CIDR, "192.0.2.0/24"), ioc(t, feed.FileName, "x.exe"), ioc(t, feed.SHA3384, strings.Repeat("0", 96))},
		"nothing":       nil,
		"malformed url": {{Type: feed.URL, Value: "http://[x"}},
	}
	var all []feed.IOC
	for _, name := range []string{"ip:port", "ip:port 6", "ip", "ip 6", "domain", "url", "url no path", "url port", "url ip", "url ip port", "url ip 6", "md5", "sha1", "sha256", "not huntable"} {
		all = append(all, m[name]...)
	}
	m["everything"] = all
	return m
}

// TestHuntsBind holds the hunt of every table and target for every set of IOCs to
// what is promised of it. Microsoft's binder refuses blank lines and every hint.
func TestHuntsBind(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		for name, iocs := range sets(t) {
			h, err := tb.Hunt(selection(iocs), Options{Target: target, Title: name})
			if !slices.ContainsFunc(iocs, tb.Carries) {
				var nothing *NothingToHuntError
				if !errors.As(err, &nothing) || nothing.Table != tb.Name || h.Query != "" {
					t.Errorf("%s: got %q, %v, want that there is nothing to hunt", name, h.Query, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			bindForm(t, h)
			checkShape(t, h, iocs)
		}
	})
}

// boundForms are the forms of queries, by target, that a test has bound, or that
// the test of package bind binds with the whole catalogue.
var boundForms = sync.OnceValues(func() (*sync.Map, error) {
	c, err := Builtin()
	if err != nil {
		return nil, err
	}
	all, err := c.Variants()
	forms := new(sync.Map)
	for _, v := range all {
		forms.Store([2]string{string(v.Target), form(v.Query)}, true)
	}
	return forms, err
})

// bindForm binds a hunt unless another of its form is bound, see [Variant].
func bindForm(t *testing.T, h Hunt) {
	t.Helper()
	forms, err := boundForms()
	if err != nil {
		t.Fatal(err)
	}
	key := [2]string{string(h.Target), form(h.Query)}
	if _, bound := forms.LoadOrStore(key, true); !bound {
		kqltest.Bind(t, string(h.Target), h.Query)
	}
}

// checkShape holds a hunt to what is promised of its text.
func checkShape(t *testing.T, h Hunt, iocs []feed.IOC) {
	t.Helper()
	tb := table(t, h.Table)
	want := "| where " + tb.Time[h.Target] + " > ago("
	if i := strings.Index(h.Query, "\n| where "); i < 0 || !strings.HasPrefix(h.Query[i+1:], want) {
		t.Errorf("the time filter is not the first filter:\n%s", h.Query)
	}
	if !strings.Contains(h.Query, "\n| project "+tb.Time[h.Target]+", IocMatched, IocType, IocThreat, IocConfidence, IocHow, ") {
		t.Errorf("a hit does not explain itself:\n%s", h.Query)
	}
	n := 0
	for _, i := range iocs {
		if tb.Carries(i) {
			n++
		}
	}
	if h.IOCs != n {
		t.Errorf("it counts %d IOCs, the table carries %d", h.IOCs, n)
	}
	if strings.Contains(h.Query, "dynamic([])") || strings.Contains(h.Query, "()|") {
		t.Errorf("there is an empty list:\n%s", h.Query)
	}
}

func TestHuntColumns(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		h, err := tb.Hunt(selection(sets(t)["everything"]), Options{Target: target, Knobs: Knobs{OwnSide: true}})
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Concat([]string{tb.Time[target]}, HitColumns, tb.Show)
		if diff := cmp.Diff(want, h.Columns); diff != "" {
			t.Errorf("columns it says (-want +got):\n%s", diff)
		}
	})
}

func TestHuntGolden(t *testing.T) {
	everything := sets(t)["everything"]
	exclusions := []Exclusion{
		{Title: "Backup agent", Condition: parse(t, `process.name is "backup" and not (remote.ip in range "10.0.0.0/8")`)},
		{Title: "Admin scripts", Condition: parse(t, `process.command_line contains "nightly"`), Mark: "blinds the hunt"},
	}
	for _, name := range []string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents", "DeviceFileEvents"} {
		h, err := table(t, name).Hunt(selection(everything), Options{Target: Sentinel, Title: "Example RAT"})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "sentinel-"+name, h.Query)
	}
	h, err := table(t, "DeviceNetworkEvents").Hunt(selection(everything), Options{Target: Defender, Lookback: 36 * time.Hour, Exclusions: exclusions})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "defender-exclusions", h.Query)
	kqltest.BindAllowing(t, "defender", []string{"KS500"}, h.Query) // contains, as the analyst asked
	h, err = table(t, "DnsEvents").Hunt(selection(sets(t)["domain"]), Options{Target: Sentinel, NoComments: true})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "sentinel-one-group", h.Query)
}

func TestHuntErrors(t *testing.T) {
	domain := []feed.IOC{ioc(t, feed.Domain, "evil.example")}
	_, err := table(t, "DnsEvents").Hunt(selection(domain), Options{Target: Defender})
	var noTable *NoTableError
	if !errors.As(err, &noTable) || err.Error() != "there is no table DnsEvents in Defender" {
		t.Errorf("got %v, want that Defender has no DnsEvents", err)
	}
	_, err = table(t, "DnsEvents").Hunt(selection(nil), Options{Target: Sentinel})
	if err == nil || err.Error() != "DnsEvents can carry none of the IOCs that are on" {
		t.Errorf("got %v, want that there is nothing to hunt", err)
	}
	_, err = table(t, "DnsEvents").Hunt(selection(domain), Options{Target: Sentinel, Exclusions: []Exclusion{
		{Condition: parse(t, `process.name is "a" or signer is "b" or process.name is "c"`)},
	}})
	var missing *MissingFieldError
	if !errors.As(err, &missing) || err.Error() != "DnsEvents has no column for process.name, signer" {
		t.Errorf("got %v, want the missing fields", err)
	}
}

func TestNoComments(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		o := Options{Target: target, NoComments: true, Knobs: Knobs{OwnSide: true}, Title: "// a title", Exclusions: []Exclusion{
			{Title: "a scenario", Condition: parse(t, `device.name is "host"`), Mark: "a mark"},
		}}
		h, err := tb.Hunt(selection(sets(t)["everything"]), o)
		var missing *MissingFieldError
		if errors.As(err, &missing) {
			o.Exclusions = nil
			h, err = tb.Hunt(selection(sets(t)["everything"]), o)
		}
		if err != nil {
			t.Fatal(err)
		}
		if at := strings.Index(h.Query, "//"); at >= 0 {
			t.Errorf("there is what could be a comment: %.80s", h.Query[at:])
		}
		for _, k := range kqltest.Lex(t, h.Query) {
			if strings.Contains(k.Trivia, "//") {
				t.Errorf("Microsoft reads the comment %q", k.Trivia)
			}
		}
	})
}

// hostile are words of a document that would like to be query text.
var hostile = []string{
	"a\n| take 1", "a\r\nunion *", "a\u2028| take 1", "a\u2029| take 1", "a\u0085b", `a" or true or Name == "`, "a' or 'b", `\`, `\"`, `a\`,
	"// comment", "*/ /*", "| where 1 == 1", "; drop", "```", "a\x00b", "\u202egpj.exe", "\xff\xfe", "%s %d {{.}}", "dynamic([])", "",
}

// pathTests are the ways to look for the beginning or the end of one path: how
// many comparisons that takes depends on the separators in the value.
var pathTests = regexp.MustCompile(`\(InitiatingProcessFolderPath in~ \(""\)(?: or InitiatingProcessFolderPath (?:start|end)swith ""){1,2}\)|InitiatingProcessFolderPath (?:start|end)swith ""`)

// TestHostileWords puts them wherever a document's words go. Only comments and
// what stands inside literals may differ from a harmless hunt.
func TestHostileWords(t *testing.T) {
	tb := table(t, "DeviceNetworkEvents")
	hunt := func(word string) Hunt {
		iocs := []feed.IOC{ioc(t, feed.Domain, "evil.example"), {Type: feed.URL, Value: "http://evil.example/" + word, Family: word}}
		if u, err := feed.Canonical(feed.URL, iocs[1].Value); err == nil {
			iocs[1].Value = u
		} else {
			iocs[1].Value = "http://evil.example/x" // no reader would let it through
		}
		value := word
		if value == "" || !strings.Contains(strings.ToValidUTF8(value, ""), "a") {
			value += "a"
		}
		h, err := tb.Hunt(selection(iocs), Options{Target: Defender, Title: word, Exclusions: []Exclusion{{
			Title: word, Mark: word,
			Condition: Or{
				And{Test{"process.command_line", Contains, []string{value}}, Test{"process.parent", Is, []string{value + ".exe", "b.exe"}}},
				Not{Test{"device.name", ContainsWord, []string{value}}},
				Test{"process.path", StartsWith, []string{value}}, Test{"process.path", EndsWith, []string{value}},
				Test{"account.name", Matches, []string{QuoteRegex(value)}},
			},
		}}})
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		return h
	}
	harmless := hunt("harmless a").Query
	want := pathTests.ReplaceAllString(skeleton(harmless), "path")
	for _, word := range hostile {
		h := hunt(word)
		if diff := cmp.Diff(want, pathTests.ReplaceAllString(skeleton(h.Query), "path")); diff != "" {
			t.Errorf("%q leaves its place (-want +got):\n%s", word, diff)
		}
		if n := strings.Count(h.Query, "\n"); n != strings.Count(harmless, "\n") {
			t.Errorf("%q changes the number of lines", word)
		}
		seen(t, strings.ReplaceAll(h.Query, "\n", " "))
		kqltest.BindAllowing(t, "defender", []string{"KS500"}, h.Query)
	}
}

// values are the members of a list or an object without their literals. There
// may be another number of them: a URL with a backslash is one more in JSON.
var values = regexp.MustCompile(`""(:\["", "", [0-9]+(, "")?\])?(, ""(:\["", "", [0-9]+(, "")?\])?)*`)

// skeleton is a query without what stands in its literals and comments.
func skeleton(query string) string {
	var b strings.Builder
	for _, k := range Lex(query) {
		switch k.Kind {
		case String:
			b.WriteString(`""`)
		case Comment:
			b.WriteString("//")
		default:
			b.WriteString(k.Text)
		}
	}
	return values.ReplaceAllString(b.String(), `""`)
}

// TestHuntsOfAnySize binds hunts of random sets and reads every IOC back from
// the lists of the query.
func TestHuntsOfAnySize(t *testing.T) {
	for _, n := range []int{6, 100} {
		iocs := manyIOCs(t, n)
		onEach(t, func(t *testing.T, tb *Table, target Target) {
			h, err := tb.Hunt(selection(iocs), Options{Target: target})
			var nothing *NothingToHuntError
			if errors.As(err, &nothing) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkShape(t, h, iocs)
			bindForm(t, h)
			again, err := tb.Hunt(selection(iocs), Options{Target: target})
			if err != nil || again.Query != h.Query {
				t.Errorf("a second hunt of the same IOCs is another one")
			}
			for _, i := range iocs {
				if tb.Carries(i) && !strings.Contains(h.Query, strings.Trim(Quote(i.Host()), `"`)) && !strings.Contains(h.Query, i.Value) {
					t.Errorf("%s is nowhere in the query", i.Value)
				}
			}
		})
	}
}

// manyIOCs makes n distinct IOCs of the six types of ThreatFox in turn.
func manyIOCs(t testing.TB, n int) []feed.IOC {
	iocs := make([]feed.IOC, n)
	for i := range iocs {
		switch i % 6 {
		case 0:
			value := fmt.Sprintf("[2001:db8::%x]:%d", i+1, 1000+i%60000)
			if i%12 == 0 {
				value = fmt.Sprintf("%s.%d:%d", []string{"192.0.2", "198.51.100", "203.0.113"}[i/12%3], i/36%256, 1+i/9216)
			}
			iocs[i] = ioc(t, feed.IPPort, value)
		case 1:
			iocs[i] = ioc(t, feed.Domain, fmt.Sprintf("host%d.example", i))
		case 2:
			iocs[i] = ioc(t, feed.URL, fmt.Sprintf("https://site%d.example/path/%d.php", i, i))
		case 3:
			iocs[i] = ioc(t, feed.MD5, fmt.Sprintf("%032x", i))
		case 4:
			iocs[i] = ioc(t, feed.SHA1, fmt.Sprintf("%040x", i))
		case 5:
			iocs[i] = ioc(t, feed.SHA256, fmt.Sprintf("%064x", i))
		}
	}
	return iocs
}

func TestHuntJSON(t *testing.T) {
	got, err := Hunt{Table: "DnsEvents", Target: Sentinel, IOCs: 1, Query: `a > b & "<c>"`, Chars: 13,
		Limits: []Gauge{{Limit: CharsLimit, Used: 13, Most: RuleChars}, {Limit: IndexLimit, Used: 1, Most: IndexTerms}}}.MarshalJSON()
	want := `{"table":"DnsEvents","target":"sentinel","iocs":1,"chars":13,"query":"a > b & \"<c>\"","limits":{"characters":{"used":13,"limit":10000},"index_terms":{"used":1,"limit":128}},"findings":[]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestEveryListIsWritten: a list that has no place in the text would be missing.
func TestEveryListIsWritten(t *testing.T) {
	for l := range lists {
		if !slices.Contains(textOrder[:], l) || listNames[l] == "" {
			t.Errorf("list %d, %q, has no name or no place", l, listNames[l])
		}
	}
}

// TestTimesAreUTC: the comment of a scenario that asks for a time of day says of which
// zone it is.
func TestTimesAreUTC(t *testing.T) {
	for text, want := range map[string]bool{
		`time.of_day in range "08:00-18:00"`:                                               true,
		`device.name is "a" and not (time.of_day in range "08:00-18:00" or event.id is 1)`: true,
		`device.name is "time.of_day"`:                                                     false,
	} {
		c, err := ParseCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		if TellsTime(c) != want || TellsTime(nil) {
			t.Errorf("%s: %v", text, !want)
		}
		text, err := table(t, "DeviceNetworkEvents").exclusions(Options{Target: Sentinel, Exclusions: []Exclusion{{Title: "Office", Condition: c}}})
		if err == nil && strings.Contains(text, "// scenario: Office [times are UTC]") != want {
			t.Errorf("%s", text)
		}
	}
}
