package exclusions

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"quarry/kql"
)

// row is what a table holds, by the fields of conditions. A field that is not
// there is an empty column.
type row map[kql.Field]string

func rowOf(s string) row {
	r := row{}
	for _, f := range strings.Split(s, ", ") {
		field, value, _ := strings.Cut(f, "=")
		r[kql.Field(field)] = value
	}
	return r
}

// meets says whether a condition describes the row, as the documentation of
// package kql says: without case, an empty column meets no test, a program may
// have .exe, a name may have a final dot.
func (r row) meets(c kql.Condition) bool {
	switch c := c.(type) {
	case kql.And:
		return !slices.ContainsFunc(c, func(c kql.Condition) bool { return !r.meets(c) })
	case kql.Or:
		return slices.ContainsFunc(c, r.meets)
	case kql.Not:
		return !r.meets(c.Condition)
	case kql.Test:
		have := strings.ToLower(r[c.Field])
		return have != "" && slices.ContainsFunc(c.Values, func(v string) bool { return compare(c, have, strings.ToLower(v)) })
	}
	return false
}

func compare(t kql.Test, have, v string) bool {
	kind, _ := t.Field.Kind()
	switch t.Op {
	case kql.Is, kql.InRange:
		switch kind {
		case kql.IPField:
			return inBlock(have, v)
		case kql.ProgramField:
			return have == v || !strings.Contains(v, ".") && have == v+".exe"
		case kql.HostField:
			return strings.TrimSuffix(have, ".") == strings.TrimSuffix(v, ".")
		}
		return have == v
	case kql.Contains:
		return strings.Contains(have, v)
	case kql.ContainsWord:
		return regexp.MustCompile(`(^|[^a-z0-9])` + regexp.QuoteMeta(v) + `($|[^a-z0-9])`).MatchString(have)
	case kql.StartsWith:
		rest, ok := strings.CutPrefix(have, v)
		return ok && (kind != kql.PathField || rest == "" || strings.ContainsAny(rest[:1]+v[len(v)-1:], `\/`))
	case kql.EndsWith:
		rest, ok := strings.CutSuffix(have, v)
		return ok && (kind != kql.PathField || rest == "" || v[0] == '.' || strings.ContainsAny(rest[len(rest)-1:]+v[:1], `\/`))
	case kql.Matches:
		return regexp.MustCompile("(?i)" + v).MatchString(have)
	}
	return false
}

func inBlock(have, v string) bool {
	a, err := netip.ParseAddr(have)
	if err != nil {
		return false
	}
	if p, err := netip.ParsePrefix(v); err == nil {
		return p.Contains(a)
	}
	b, err := netip.ParseAddr(v)
	return err == nil && a == b
}
