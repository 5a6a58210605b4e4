package kql

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql/kqltest"
)

// legsOf are tables as parts of a combined hunt.
func legsOf(tables ...*Table) (legs []Leg) {
	for _, t := range tables {
		legs = append(legs, Leg{Table: t})
	}
	return legs
}

// asks reports whether a combined hunt asks a table.
func asks(query string, tb *Table) bool {
	return strings.Contains(query, "    ("+tb.Name+"\n") || strings.Contains(query, "    ("+tb.Name+"(")
}

// TestAnyUnionSplit splits combined hunts of random IOCs: no part is over the
// limit, and each IOC is looked for in each table that carries it, in one part.
func TestAnyUnionSplit(t *testing.T) {
	for _, n := range []int{0, 1, 7, 100, 3_000, veryMany()} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(n), 3))
			s := NewSelection(apart(randomIOCs(t, r, n)))
			tables := someTables(t, r, max(n, 100))
			for _, target := range Targets {
				checkUnionSplit(t, tables, s, randomOptions(r, target), RuleChars*max(1, n/2_000))
			}
		})
	}
}

// TestUnionSplitOverAllTables: what a query says of 66 tables alone is longer than
// a rule takes.
func TestUnionSplitOverAllTables(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	s := NewSelection(apart(randomIOCs(t, r, 20)))
	all := builtin(t).Tables()
	tables := make([]*Table, len(all))
	for i := range all {
		tables[i] = &all[i]
	}
	for _, target := range Targets {
		checkUnionSplit(t, tables, s, Options{Target: target}, RuleChars)
	}
	checkUnionSplit(t, tables, s, Options{Target: Sentinel, Watchlist: "QuarryIocs"}, RuleChars)
}

func checkUnionSplit(t *testing.T, tables []*Table, s *Selection, o Options, limit int) {
	t.Helper()
	parts, err := SplitUnion(legsOf(tables...), s, o, limit)
	var nothing *NothingToHuntError
	if errors.As(err, &nothing) {
		for _, tb := range tables {
			if n := len(tb.Carried(s, o)); n > 0 && tb.On(o.Target) {
				t.Errorf("%+v: nothing to hunt, and %s carries %d", o, tb.Name, n)
			}
		}
		return
	}
	if err != nil {
		t.Errorf("%+v: %v", o, err)
		return
	}
	var queries []string
	for n, h := range parts {
		// One table that reads a watchlist cannot be divided, and says so.
		alone := o.Watchlist != "" && strings.HasPrefix(h.Query, "// 1 table ") && slices.ContainsFunc(h.Findings, func(f feed.Finding) bool { return f.Code == "over-rule-size" })
		if h.Chars > limit && !alone || h.Chars != chars(h.Query) || h.Table != UnionTable || h.Watchlist != o.Watchlist {
			t.Errorf("%+v: part %d, %s %q, has %d characters, the limit is %d", o, n+1, h.Table, h.Watchlist, h.Chars, limit)
		}
		if len(parts) > 1 && (h.Part != n+1 || h.Parts != len(parts) || !o.NoComments && !strings.Contains(h.Query, fmt.Sprintf(", part %d of %d", n+1, len(parts)))) {
			t.Errorf("%+v: part %d of %d says it is %d of %d", o, n+1, len(parts), h.Part, h.Parts)
		}
		if wrong := wrongText(h.Query); wrong != "" {
			t.Errorf("%+v: part %d: %s", o, n+1, wrong)
		}
		queries = append(queries, h.Query)
	}
	if len(s.indicators) <= 100 {
		kqltest.Bind(t, string(o.Target), queries[:min(2, len(queries))]...) // it takes long
	}
	if len(s.indicators) > 100 {
		return
	}
	for _, tb := range tables {
		carried := tb.Carried(s, o)
		if !tb.On(o.Target) {
			carried = nil
		}
		for _, x := range s.indicators {
			in, want := 0, 0
			if slices.Contains(carried, x) {
				want = 1
			}
			for _, h := range parts {
				if asks(h.Query, tb) && (o.Watchlist != "" || holds(h.Query, x)) {
					in++
				}
			}
			if want > in || want > 0 && in > 1 {
				t.Errorf("%+v: %s %s is looked for in %s by %d parts", o, x.Type, x.Value, tb.Name, in)
			}
		}
	}
}

// TestOverTheLimitIsSaid: what is not split may be too long for a rule, and then
// says so, from no IOC to many.
func TestOverTheLimitIsSaid(t *testing.T) {
	for _, n := range []int{1, 7, 50, 200, 3_000, veryMany()} {
		r := rand.New(rand.NewPCG(uint64(n), 5))
		s := NewSelection(NewIndicators(randomIOCs(t, r, n)))
		tables := someTables(t, r, max(n, 300))
		o := randomOptions(r, Sentinel)
		var hunts []Hunt
		for _, tb := range tables {
			if h, err := tb.Hunt(s, o); err == nil {
				hunts = append(hunts, h)
			}
		}
		if h, err := Union(legsOf(tables...), s, o); err == nil {
			hunts = append(hunts, h)
		}
		for _, h := range hunts {
			said := slices.ContainsFunc(h.Findings, func(f feed.Finding) bool { return f.Code == "over-rule-size" })
			if over := chars(h.Query) > RuleChars; said != over || h.Chars != chars(h.Query) {
				t.Errorf("%d IOCs, %s %+v: %d characters, counted as %d; a finding says it is too long: %v", n, h.Table, o, chars(h.Query), h.Chars, said)
			}
		}
		if len(hunts) == 0 {
			t.Errorf("%d IOCs: no hunt", n)
		}
	}
}

// TestUnionSplitByTables divides the tables where they leave no room for IOCs, and
// the IOCs where they do.
func TestUnionSplitByTables(t *testing.T) {
	domains := selection(manyOf(t, 400, feed.Domain, "a-rather-long-name-%d.example"))
	two := legsOf(table(t, "DnsEvents"), table(t, "DeviceNetworkEvents"))
	o := Options{Target: Sentinel, Title: "Otter"}
	parts, err := SplitUnion(two, domains, o, RuleChars)
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	iocs := 0
	for _, h := range parts {
		iocs += h.IOCs
		if !strings.HasPrefix(h.Query, "// 2 tables in Sentinel, ") || !strings.Contains(h.Query, fmt.Sprintf("%d of 400 IOCs, part %d of %d: Otter\n", h.IOCs, h.Part, h.Parts)) {
			t.Errorf("it begins with %.100s", h.Query)
		}
	}
	if iocs != 400 {
		t.Errorf("the parts have %d IOCs", iocs)
	}
	o.Watchlist = "QuarryIocs"
	parts, err = SplitUnion(two, domains, o, RuleChars)
	if err != nil || len(parts) != 1 || parts[0].Watchlist != "QuarryIocs" || parts[0].Part != 0 {
		t.Fatalf("%d parts with a watchlist, %v", len(parts), err)
	}
	parts, err = SplitUnion(two, domains, o, parts[0].Chars-1)
	if err != nil || len(parts) != 2 || !strings.HasPrefix(parts[1].Query, "// 1 table in Sentinel, 400 of 400 IOCs, part 2 of 2: Otter\n") {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
}

// TestUnionSplitFails where one IOC is too long in one table, and names both.
func TestUnionSplitFails(t *testing.T) {
	long := ioc(t, feed.URL, "https://long.example/"+strings.Repeat("a", 6_000))
	iocs := append(manyOf(t, 10, feed.Domain, "d%d.example"), long)
	parts, err := SplitUnion(legsOf(table(t, "DnsEvents"), table(t, "UrlClickEvents")), selection(iocs), Options{Target: Sentinel}, RuleChars)
	e := new(SplitError)
	if parts != nil || !errors.As(err, &e) || e.Table != "UrlClickEvents" || e.IOC != long.Value || e.Chars <= e.Limit {
		t.Errorf("%d parts, %+v", len(parts), err)
	}
}
