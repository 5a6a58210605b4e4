package kql

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"quarry/feed"
	"quarry/internal/race"
	"quarry/kql/kqltest"
)

// randomIOC makes an IOC of any type; numbers far apart make different ones.
func randomIOC(t testing.TB, r *rand.Rand, n int) feed.IOC {
	t.Helper()
	hex := func(digits int) string { return fmt.Sprintf("%0*x", digits, n) }
	ip4 := fmt.Sprintf("%s.%d", []string{"192.0.2", "198.51.100", "203.0.113"}[r.IntN(3)], n%256)
	ip6 := fmt.Sprintf("2001:db8:%x::%x", r.IntN(0xffff), n)
	host := fmt.Sprintf("h%d.%s", n, []string{"example", "sub.example", "a.b.c.example", "xn--bcher-kva.example"}[r.IntN(4)])
	makers := []func() (feed.Type, string){
		func() (feed.Type, string) { return feed.IP, ip4 },
		func() (feed.Type, string) { return feed.IP, ip6 },
		func() (feed.Type, string) { return feed.IPPort, fmt.Sprintf("%s:%d", ip4, 1+r.IntN(65535)) },
		func() (feed.Type, string) { return feed.IPPort, fmt.Sprintf("[%s]:%d", ip6, 1+r.IntN(65535)) },
		func() (feed.Type, string) { return feed.CIDR, fmt.Sprintf("203.0.113.%d/%d", n%16*16, 28) },
		func() (feed.Type, string) {
			return feed.CIDR, fmt.Sprintf("2001:db8:%x::/%d", n%0xffff, 48+r.IntN(4)*4)
		},
		func() (feed.Type, string) { return feed.Domain, host },
		func() (feed.Type, string) {
			return feed.URL, fmt.Sprintf("http://%s:%d/p%d?a=%d&b='x'", host, 1+r.IntN(65535), n, r.IntN(9))
		},
		func() (feed.Type, string) { return feed.URL, fmt.Sprintf("https://%s/%d.php", ip4, n) },
		func() (feed.Type, string) { return feed.URL, fmt.Sprintf("https://[%s]/%d", ip6, n) },
		func() (feed.Type, string) { return feed.MD5, hex(32) },
		func() (feed.Type, string) { return feed.SHA1, hex(40) },
		func() (feed.Type, string) { return feed.SHA256, hex(64) },
		func() (feed.Type, string) { return feed.SHA3384, hex(96) },
		func() (feed.Type, string) { return feed.SHA512, hex(128) },
		func() (feed.Type, string) { return feed.Email, fmt.Sprintf("u%d@%s", n, host) },
		func() (feed.Type, string) { return feed.FileName, fmt.Sprintf("a \"%d\" \\ .exe", n) },
	}
	typ, value := makers[r.IntN(len(makers))]()
	canonical, err := feed.Canonical(typ, value)
	if err != nil {
		canonical, typ = fmt.Sprintf("f%d.example", n), feed.Domain
	}
	return feed.IOC{Type: typ, Value: canonical, Confidence: r.IntN(101), Threat: feed.Threat([]string{"", "botnet_cc"}[r.IntN(2)])}
}

func randomIOCs(t testing.TB, r *rand.Rand, n int) []feed.IOC {
	all := make([]feed.IOC, n)
	for i := range all {
		all[i] = randomIOC(t, r, i)
	}
	return all
}

func randomOptions(r *rand.Rand, target Target) Options {
	o := Options{
		Target: target, NoComments: r.IntN(2) == 0,
		Knobs: Knobs{OwnSide: r.IntN(2) == 0,
			Match: []Match{SubdomainMatch, ExactMatch, LooseMatch}[r.IntN(3)],
			Port:  []PortMode{LabelPort, RequirePort, IgnorePort}[r.IntN(3)]},
	}
	if target == Sentinel && r.IntN(4) == 0 {
		o.Watchlist = "QuarryIocs"
	}
	return o
}

// wrongText says what no hunt may hold: something empty where KQL needs a
// member, brackets that do not match, a blank line.
func wrongText(query string) string {
	for n, line := range strings.Split(query, "\n") {
		if strings.TrimSpace(line) == "" {
			return fmt.Sprintf("line %d is blank", n+1)
		}
	}
	closing := map[string]string{"(": ")", "[": "]", "{": "}"}
	var open []string
	last, before := "", "" // the two tokens before
	for _, k := range Lex(query) {
		switch k.Kind {
		case Space, Comment:
			continue
		case Punct:
			switch {
			case closing[k.Text] != "":
				open = append(open, k.Text)
			case strings.Contains(")]}", k.Text):
				if len(open) == 0 || closing[open[len(open)-1]] != k.Text {
					return "a bracket that closes nothing: " + k.Text
				}
				if last == open[len(open)-1] && (last != "(" || slices.Contains([]string{"case", "coalesce", "in", "has_any", "dynamic", "in~"}, before)) {
					return fmt.Sprintf("nothing stands between %s and %s", last, k.Text)
				}
				open = open[:len(open)-1]
			case k.Text == "," && (last == "," || closing[last] != ""):
				return "nothing stands before a comma"
			}
		}
		before, last = last, k.Text
	}
	if len(open) > 0 {
		return fmt.Sprintf("brackets are not closed: %q", open)
	}
	return ""
}

// TestWrongText shows that what the properties look for is found.
func TestWrongText(t *testing.T) {
	for _, q := range []string{"dynamic([])", "case()", "coalesce()", "x in ()", "a\n\nb", "(a", "a)", "(a]", "f(a,,b)", "f(,a)", "dynamic({})"} {
		if wrongText(q) == "" {
			t.Errorf("%q passes", q)
		}
	}
	for _, q := range []string{`"(" // )`, "now()", "f(a, [b], {c})"} {
		if wrong := wrongText(q); wrong != "" {
			t.Errorf("%q: %s", q, wrong)
		}
	}
}

// veryMany are more IOCs than any one query takes.
func veryMany() int {
	if race.Enabled {
		return 20_000
	}
	return 100_000
}

// TestAnyIOCsAnyModes hunts random IOCs in random modes. The very large sets
// are tried on a few tables.
func TestAnyIOCsAnyModes(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100, 3_000, veryMany()} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(n), 1))
			iocs := randomIOCs(t, r, n)
			s, same := selection(iocs), selection(iocs)
			tables := someTables(t, r, n)
			for _, tb := range tables {
				for _, target := range Targets {
					if tb.On(target) {
						checkRandomHunt(t, tb, s, same, randomOptions(r, target))
					}
				}
			}
		})
	}
}

// someTables are all tables for small sets and a random few for large ones.
func someTables(t testing.TB, r *rand.Rand, iocs int) (all []*Table) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Tables() {
		all = append(all, &c.Tables()[i])
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	switch {
	case iocs >= 3_000:
		return all[:2]
	case iocs >= 100:
		return all[:8]
	}
	return all
}

func checkRandomHunt(t *testing.T, tb *Table, s, same *Selection, o Options) {
	t.Helper()
	h, err := tb.Hunt(s, o)
	var nothing *NothingToHuntError
	if errors.As(err, &nothing) {
		if carried := tb.Carried(s, o); len(carried) > 0 {
			t.Errorf("%s %+v: there is nothing to hunt, but it carries %s", tb.Name, o, carried[0].Value)
		}
		return
	}
	if err != nil {
		t.Errorf("%s %+v: %v", tb.Name, o, err)
		return
	}
	if wrong := wrongText(h.Query); wrong != "" {
		t.Errorf("%s %+v: %s:\n%.3000s", tb.Name, o, wrong, h.Query)
	}
	if again, err := tb.Hunt(same, o); err != nil || again.Query != h.Query {
		t.Errorf("%s %+v: a second hunt of the same IOCs is another one, %v", tb.Name, o, err)
	}
	for _, missing := range unsaid(h, s, o) {
		t.Errorf("%s %+v: %s", tb.Name, o, missing)
	}
	if len(s.indicators) <= 100 {
		kqltest.Bind(t, string(o.Target), h.Query)
	}
}

// unsaid are the limits that a hunt is over by what its text holds, and that no
// finding and no gauge of it says. Of lists in a watchlist the text says nothing.
func unsaid(h Hunt, s *Selection, o Options) (all []string) {
	codes := map[string]bool{}
	for _, f := range h.Findings {
		codes[f.Code] = true
	}
	over := func(code string, is bool) {
		if is != codes[code] {
			all = append(all, fmt.Sprintf("it is over a limit: %v, and says %s: %v", is, code, codes[code]))
		}
	}
	length := len(utf16.Encode([]rune(h.Query)))
	if h.Chars != length {
		all = append(all, fmt.Sprintf("it says %d characters and has %d", h.Chars, length))
	}
	over("over-rule-size", o.Target == Sentinel && length > RuleChars)
	for _, g := range h.Limits {
		if code := map[Limit]string{IndexLimit: "over-index-terms", InLimit: "over-in"}[g.Limit]; code != "" {
			over(code, g.Over())
		}
	}
	if o.Watchlist != "" {
		return all
	}
	lists := listLengths(h.Query)
	longest := 0
	for line := range strings.Lines(h.Query) {
		if _, value, _ := strings.Cut(line, " = "); strings.HasPrefix(line, "let Ioc") && strings.HasPrefix(value, "dynamic(") {
			continue // values, in which nothing is searched for
		}
		for _, m := range searchedLists.FindAllStringSubmatch(line, -1) {
			n, ok := lists[m[1]]
			if !ok || n == 0 || n > AnyValues && m[0][0] == 'h' {
				all = append(all, fmt.Sprintf("%s is searched for and has %d values", m[1], n))
			}
			longest = max(longest, n)
		}
	}
	over("over-index-terms", longest > IndexTerms)
	return all
}

// searchedLists are the lists that rows are searched for, or compared with.
var searchedLists = regexp.MustCompile(`(?:has_any \(|has_any_ipv4\([^\n]*, |has_any_ipv4_prefix\([^\n]*, |in~ \()(Ioc[A-Za-z0-9]+)\)`)

// listLengths counts the values of the lists that a query defines.
func listLengths(query string) map[string]int {
	all := map[string]int{}
	for line := range strings.Lines(query) {
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "let "), " = ")
		if !strings.HasPrefix(line, "let Ioc") || !ok {
			continue
		}
		n := 0
		for _, k := range Lex(value) {
			switch {
			case k.Kind == String:
				n++
			case k.Kind == Name && strings.HasPrefix(k.Text, "Ioc"):
				n += all[k.Text]
			}
		}
		all[name] = n
	}
	return all
}

// TestAnyUnion hunts random IOCs in several tables at once.
func TestAnyUnion(t *testing.T) {
	for _, n := range []int{0, 1, 100, 3_000, veryMany()} {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		s := selection(randomIOCs(t, r, n))
		for _, target := range Targets {
			var legs []Leg
			for _, tb := range someTables(t, r, n) {
				legs = append(legs, Leg{Table: tb})
			}
			o := randomOptions(r, target)
			h, err := Union(legs, s, o)
			var nothing *NothingToHuntError
			if errors.As(err, &nothing) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if wrong := wrongText(h.Query); wrong != "" {
				t.Errorf("%d IOCs, %+v: %s", n, o, wrong)
			}
			for _, missing := range unsaid(h, s, o) {
				t.Errorf("%d IOCs, %+v: %s", n, o, missing)
			}
		}
	}
}

// TestThousandBind binds hunts of a thousand IOCs of all types.
func TestThousandBind(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	s := selection(randomIOCs(t, r, 1_000))
	for name, o := range map[string]Options{"DeviceNetworkEvents": {Target: Defender, NoComments: true}, "CommonSecurityLog": {Target: Sentinel, Knobs: Knobs{Port: RequirePort, OwnSide: true}}} {
		h, err := table(t, name).Hunt(s, o)
		if err != nil {
			t.Fatal(err)
		}
		kqltest.Bind(t, string(o.Target), h.Query)
	}
}

// TestAnySplit splits hunts of random IOCs: no part is over the limit, and each
// IOC that the table carries is in one part, with what is known of it.
func TestAnySplit(t *testing.T) {
	for _, n := range []int{1, 7, 100, 3_000, veryMany()} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(n), 2))
			s := NewSelection(apart(randomIOCs(t, r, n)))
			for _, tb := range someTables(t, r, max(n, 100)) {
				for _, target := range Targets {
					if tb.On(target) {
						checkRandomSplit(t, tb, s, randomOptions(r, target), RuleChars*max(1, n/2_000))
					}
				}
			}
		})
	}
}

func checkRandomSplit(t *testing.T, tb *Table, s *Selection, o Options, limit int) {
	t.Helper()
	o.Watchlist = "" // its length does not grow
	parts, err := tb.Split(s, o, limit)
	var nothing *NothingToHuntError
	if errors.As(err, &nothing) {
		return
	}
	if err != nil {
		t.Errorf("%s %+v: %v", tb.Name, o, err)
		return
	}
	total := 0
	for n, h := range parts {
		total += h.IOCs
		if h.Chars > limit {
			t.Errorf("%s %+v: part %d has %d characters, the limit is %d", tb.Name, o, n+1, h.Chars, limit)
		}
		if wrong := wrongText(h.Query); wrong != "" {
			t.Errorf("%s %+v: part %d: %s", tb.Name, o, n+1, wrong)
		}
		if len(s.indicators) <= 100 {
			kqltest.Bind(t, string(o.Target), h.Query)
		}
	}
	carried := tb.Carried(s, o)
	if total != len(carried) {
		t.Errorf("%s %+v: the parts have %d IOCs, the table carries %d", tb.Name, o, total, len(carried))
	}
	if len(s.indicators) > 3_000 {
		return
	}
	for _, x := range carried {
		in := 0
		for _, h := range parts {
			if holds(h.Query, x) {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%s %+v: %s %s is in %d parts", tb.Name, o, x.Type, x.Value, in)
		}
	}
}

// holds reports whether a query says what is known of an IOC, by one of the
// values that stand for it.
func holds(query string, x *Indicator) bool {
	return slices.ContainsFunc(x.terms, func(k term) bool {
		return strings.Contains(query, Quote(factPrefix[k.list]+k.key)+":[")
	})
}

// apart leaves out IOCs that share a value with another, such as the address of
// two URLs: those may be told apart nowhere in a query.
func apart(iocs []feed.IOC) (all []*Indicator) {
	seen := map[string]*Indicator{}
	for _, x := range NewIndicators(iocs) {
		if slices.ContainsFunc(x.terms, func(k term) bool { return seen[k.key] != nil && seen[k.key] != x }) {
			continue
		}
		for _, k := range x.terms {
			seen[k.key] = x
		}
		all = append(all, x)
	}
	return all
}

// TestFactsWhereThePortIsRequired hunts an address that has no port: the lists
// of such a hunt are others, and a hit must be explained all the same.
func TestFactsWhereThePortIsRequired(t *testing.T) {
	for _, value := range []string{"192.0.2.1", "2001:db8::2"} {
		x := ioc(t, feed.IP, value)
		for _, name := range []string{"AGWAccessLogs", "DeviceNetworkEvents", "UrlClickEvents", "DnsEvents"} {
			h, err := table(t, name).Hunt(selection([]feed.IOC{x}), Options{Target: Sentinel, Knobs: Knobs{Port: RequirePort}})
			if err != nil {
				t.Fatal(err)
			}
			if !holds(h.Query, NewIndicator(x)) {
				t.Errorf("%s: nothing is said of %s:\n%s", name, value, h.Query)
			}
			kqltest.Bind(t, string(Sentinel), h.Query)
		}
	}
}
