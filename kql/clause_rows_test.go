package kql

import (
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// describes reports whether a condition describes a row of a table, as the
// documentation of [Test], [Operator] and fields.yaml says, without a look at
// what is written of it. An empty or null column meets no test.
func describes(tb *Table, c Condition, r row, target Target) bool {
	switch c := c.(type) {
	case And:
		return !slices.ContainsFunc(c, func(c Condition) bool { return !describes(tb, c, r, target) })
	case Or:
		return slices.ContainsFunc(c, func(c Condition) bool { return describes(tb, c, r, target) })
	case Not:
		return !describes(tb, c.Condition, r, target)
	case Test:
		kind, _ := c.Field.Kind()
		if ids := named(c, "S-1-"); c.Field == "account.name" && (c.Op == Is || c.Op == StartsWith) && len(ids) > 0 {
			return describes(tb, Test{"account.sid", c.Op, ids}, r, target) || describes(tb, Test{c.Field, c.Op, named(c, "")}, r, target)
		}
		if kind == TimeField {
			return slices.ContainsFunc(c.Values, func(v string) bool { return inSpan(r[tb.Time[target]].(int)%(24*60), v) })
		}
		return slices.ContainsFunc(tb.Fields[c.Field], func(column string) bool {
			have := text(r[column])
			return have != "" && slices.ContainsFunc(c.Values, func(v string) bool { return meets(tb, column, kind, c.Op, have, v) })
		})
	}
	return false
}

func inSpan(minute int, span string) bool {
	from, to, _ := spanOfDay(span)
	if from < to {
		return minute >= from && minute < to
	}
	return minute >= from || minute < to
}

func meets(tb *Table, column string, kind FieldKind, op Operator, have, v string) bool {
	bare := func(s string) string { return strings.TrimSuffix(lower(s), ".") }
	switch op {
	case Is, InRange:
		mark := tb.Qualified[column]
		switch {
		case kind == IPField:
			return within(have, v)
		case kind == ProgramField && !strings.Contains(v, ".") && lower(have) == lower(v)+".exe":
			return true
		case kind == HostField:
			return bare(have) == bare(v)
		case kind == NameField && mark != "" && !strings.ContainsAny(v, mark+`\`) && strings.HasPrefix(lower(have), lower(v)+mark):
			return true
		}
		return lower(have) == lower(v)
	case ContainsWord:
		return hasWord(lower(have), lower(v))
	case Contains:
		return strings.Contains(lower(have), lower(v))
	case StartsWith:
		rest, ok := strings.CutPrefix(lower(have), lower(v))
		return ok && (kind != PathField || rest == "" || atSeparator(v, rest, strings.TrimRight(v, `\/`) != v))
	case EndsWith:
		if kind == PathField && !strings.HasPrefix(v, ".") {
			rest, ok := strings.CutSuffix(lower(have), lower(v))
			return ok && (rest == "" || atSeparator(v, rest[len(rest)-1:], strings.TrimLeft(v, `\/`) != v))
		}
		return strings.HasSuffix(lower(have), lower(v)) || kind == HostField && strings.HasSuffix(bare(have), bare(v))
	case Matches:
		return regexp.MustCompile("(?i)" + v).MatchString(have)
	}
	return false
}

// named are the values of a test with a beginning; "" stands for those that are
// no security identifiers.
func named(t Test, prefix string) (all []string) {
	for _, v := range t.Values {
		if id := strings.HasPrefix(v, "S-1-"); id == (prefix != "") {
			all = append(all, v)
		}
	}
	return all
}

// atSeparator reports whether a path goes on with a separator of the kind that
// a value has, or whether the value has that itself.
func atSeparator(v, rest string, itself bool) bool {
	if itself {
		return true
	}
	windows, unix := strings.Contains(v, `\`) || len(v) == 2 && v[1] == ':', strings.Contains(v, "/")
	return rest[0] == '\\' && (windows || !unix) || rest[0] == '/' && (unix || !windows)
}

func within(have, v string) bool {
	a, err := netip.ParseAddr(have)
	if err != nil {
		return false
	}
	p, err := netip.ParsePrefix(v)
	if err != nil {
		b := netip.MustParseAddr(v).Unmap()
		p = netip.PrefixFrom(b, b.BitLen())
	}
	return p.Contains(a.Unmap())
}

// TestClausesLeaveOutWhatTheyDescribe runs the clauses of random conditions on
// rows that nearly meet them: with the values as they are, with something before
// or behind, in other case, empty and null.
func TestClausesLeaveOutWhatTheyDescribe(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	left := map[bool]int{}
	for _, name := range []string{"DnsEvents", "SecurityEvent", "DeviceFileEvents", "DeviceProcessEvents"} {
		tb := table(t, name)
		for range 400 {
			c := plainCondition(random, tb, 2)
			clause, err := tb.Clause(c, Sentinel)
			if err != nil {
				t.Fatal(err)
			}
			for range 6 {
				r := nearRow(random, tb, c)
				want := describes(tb, c, r, Sentinel)
				left[want]++
				if kept := evaluate(t, name+"\n| where not("+clause+")", r) != nil; kept == want {
					t.Fatalf("%s\nas %s\nleaves out %v: %v, want %v", FormatCondition(c), clause, r, !kept, want)
				}
			}
		}
	}
	if left[true] < 1000 || left[false] < 1000 {
		t.Errorf("the rows say little: %v", left)
	}
}

// plainCondition is a condition that a table can say, of fields with columns of
// their own and values as people write them.
func plainCondition(r *rand.Rand, tb *Table, depth int) Condition {
	parts := func() (cs []Condition) {
		for range 2 + r.IntN(2) {
			cs = append(cs, plainCondition(r, tb, depth-1))
		}
		return cs
	}
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return Not{plainCondition(r, tb, depth-1)}
		case 1:
			return And(parts())
		case 2:
			return Or(parts())
		}
	}
	for {
		test := randomTest(r)
		kind, _ := test.Field.Kind()
		if len(tb.Missing(test)) > 0 || kind == URLField || kind == IPField && test.Op != Is && test.Op != InRange {
			continue
		}
		for i := range test.Values {
			switch {
			case test.Op == Matches:
				test.Values[i] = []string{`nc(at)?\s-e`, `^a`, `a*`, `b|git`}[r.IntN(4)]
			case kind == PathField:
				test.Values[i] = []string{"a", `C:\x`, `C:\x\`, "/opt/x", `\a.exe`, `x\a.exe`, ".ps1", "C:", "a b"}[r.IntN(9)]
			case test.Field == "account.name" && r.IntN(3) == 0:
				test.Values[i] = []string{"S-1-5-18", "S-1-5-21-1-2-3-1001", "S-1-5-21-"}[r.IntN(3)]
			case kind == HostField: // with a slash or a space it is none, and the clause is false
				test.Values[i] = []string{"a", "git", "example.com", "ws1.example.com."}[r.IntN(4)]
			case kind != NumberField && kind != IPField && kind != TimeField:
				test.Values[i] = []string{"a", "git", "a.exe", `C:\x\`, "ws1", "ws1.example.com", "bob", "bob@example.com", "a b", "--x"}[r.IntN(10)]
			}
		}
		return test
	}
}

// nearRow is a row with values of a condition, or with nearly these.
func nearRow(r *rand.Rand, tb *Table, c Condition) row {
	out := row{tb.Time[Sentinel]: now + r.IntN(24*60)}
	for _, test := range Tests(c) {
		kind, _ := test.Field.Kind()
		for _, column := range slices.Concat(tb.Fields[test.Field], tb.Fields[test.Field.sids()]) {
			v := test.Values[r.IntN(len(test.Values))]
			switch {
			case r.IntN(5) == 0:
				out[column] = ""
			case kind == NumberField:
				n, _ := strconv.Atoi(v)
				if out[column] = n + r.IntN(2); r.IntN(5) == 0 {
					out[column] = nil
				}
			case kind == IPField:
				out[column] = []string{"192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "2001:db9::1", "host", strings.TrimPrefix(strings.Split(v, "/")[0], "::ffff:")}[r.IntN(7)]
			case kind == PathField:
				out[column] = []string{v, v + `\y`, v + "/y", v + "Evil", v + `Evil\y`, `D:\` + v, `D:\x` + v, "/y/" + v, strings.ToUpper(v) + `\Y`}[r.IntN(9)]
			default:
				out[column] = []string{v, strings.ToUpper(v), v + ".exe", v + ".", v + "x", "x" + v, v + " -e", v + "@example.com", v + ".example.com", "nc -e", "other"}[r.IntN(11)]
			}
		}
	}
	return out
}
