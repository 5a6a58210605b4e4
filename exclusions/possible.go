package exclusions

import (
	"fmt"
	"slices"
	"strings"

	"quarry/kql"
)

// possible is the condition without branches that no row at all can meet,
// because two tests of one field exclude each other; nil when nothing is left.
// Never says which tests do. It only decides what is sure.
func (h *hunted) possible(c kql.Condition) (left kql.Condition, never string) {
	return h.among(c, nil)
}

// among is possible for a condition that holds together with tests.
func (h *hunted) among(c kql.Condition, given []kql.Condition) (left kql.Condition, never string) {
	switch c := c.(type) {
	case kql.Or:
		var kept []kql.Condition
		for _, k := range c {
			k, why := h.among(k, given)
			if k != nil {
				kept = append(kept, k)
			}
			if never == "" {
				never = why
			}
		}
		return one(kept, func(cs []kql.Condition) kql.Condition { return kql.Or(cs) }), never
	case kql.And:
		given = append(slices.Clone(given), flat(c)...)
		for i, a := range given {
			for _, b := range given[i+1:] {
				if why := h.excludes(a, b); why != "" {
					return nil, why
				}
			}
		}
		var kept []kql.Condition
		for _, k := range c {
			if _, or := k.(kql.Or); or {
				var why string
				if k, why = h.among(k, given); k == nil {
					return nil, why
				} else if never == "" {
					never = why
				}
			}
			kept = append(kept, k)
		}
		return kql.And(kept), never
	}
	for _, g := range given {
		if why := h.excludes(g, c); why != "" {
			return nil, why
		}
	}
	return c, ""
}

// flat lists the tests of an And and of those in it, and their opposites.
func flat(c kql.And) (all []kql.Condition) {
	for _, k := range c {
		switch k := k.(type) {
		case kql.And:
			all = append(all, flat(k)...)
		case kql.Test, kql.Not:
			all = append(all, k)
		}
	}
	return all
}

// excludes says why two conditions cannot hold together, "" when they can or
// when that is not known.
func (h *hunted) excludes(a, b kql.Condition) string {
	if n, ok := a.(kql.Not); ok {
		a, b = b, n
	}
	t, ok := a.(kql.Test)
	if !ok {
		return ""
	}
	switch b := b.(type) {
	case kql.Test:
		if t.Field == b.Field && h.single(t.Field) && apartAll(t, b) {
			return fmt.Sprintf("%s cannot be both %s and %s", t.Field, said(t), said(b))
		}
	case kql.Not:
		if kql.FormatCondition(t) == kql.FormatCondition(b.Condition) {
			return kql.FormatCondition(t) + " cannot both hold and not hold"
		}
	}
	return ""
}

// said is the operator and the values of a test, without "is".
func said(t kql.Test) string {
	text := listed(t.Values, "or")
	if t.Op != kql.Is {
		text = string(t.Op) + " " + text
	}
	return text
}

// single reports whether a field has one value in a row: one column, or several
// spellings of one thing, whose names begin alike. A firewall logs two users.
func (h *hunted) single(f kql.Field) bool {
	const alike = 6 // letters, more than "Device" has in common with anything by chance
	columns := h.table.Fields[f]
	for _, c := range columns {
		if len(columns) > 1 && (len(c) < alike || !strings.HasPrefix(columns[0], c[:alike])) {
			return false
		}
	}
	return true
}

// apartAll reports whether no value can meet both tests.
func apartAll(a, b kql.Test) bool {
	for _, v := range a.Values {
		for _, w := range b.Values {
			if !apartValues(a.Field, a.Op, v, b.Op, w) {
				return false
			}
		}
	}
	return true
}

func apartValues(f kql.Field, op kql.Operator, v string, other kql.Operator, w string) bool {
	kind, _ := f.Kind()
	if kind == kql.IPField {
		p, ok := blockOf(op, v)
		q, too := blockOf(other, w)
		return ok && too && !p.Overlaps(q)
	}
	if kql.IsSID(v) != kql.IsSID(w) {
		return false // an account has both a name and an identifier
	}
	if op != kql.Is {
		op, v, other, w = other, w, op, v
	}
	if op != kql.Is {
		return false
	}
	for _, s := range spellings(kind, v) {
		if other != kql.Is && holds(other, w, s) {
			return false
		}
		for _, t := range spellings(kind, w) {
			if other == kql.Is && strings.EqualFold(s, t) {
				return false
			}
		}
	}
	return other == kql.Is || kind == kql.ProgramField || kind == kql.TextField || kind == kql.HashField || kind == kql.NumberField
}

// spellings are the ways in which columns write a value: a program with and
// without .exe, a host with a final dot, an account or device with and without
// its domain.
func spellings(kind kql.FieldKind, v string) []string {
	switch kind {
	case kql.ProgramField:
		return []string{v, stem(v), stem(v) + ".exe"}
	case kql.HostField, kql.URLField:
		return []string{strings.TrimSuffix(v, ".")}
	case kql.NameField:
		bare := v[strings.LastIndexByte(v, '\\')+1:]
		bare, _, _ = strings.Cut(bare, "@")
		short, _, _ := strings.Cut(bare, ".")
		return []string{v, bare, short}
	}
	return []string{v}
}
