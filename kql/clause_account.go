package kql

import (
	"regexp"
	"slices"
)

// sid is a security identifier of Windows, or the beginning of one.
// https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
var sid = regexp.MustCompile(`^[sS]-1-[0-9]+(-[0-9]+)*-?$`)

// IsSID reports whether a value of a test is a security identifier of Windows,
// such as S-1-5-18, or the beginning of one.
func IsSID(v string) bool { return sid.MatchString(v) }

// identified is a condition in which accounts that are given by their security
// identifier test the field of those: no column of names holds them.
func identified(c Condition) Condition {
	switch c := c.(type) {
	case And:
		return And(identifiedAll(c))
	case Or:
		return Or(identifiedAll(c))
	case Not:
		return Not{identified(c.Condition)}
	case Test:
		return c.identified()
	}
	return c
}

func identifiedAll(cs []Condition) []Condition {
	all := make([]Condition, len(cs))
	for i, c := range cs {
		all[i] = identified(c)
	}
	return all
}

func (t Test) identified() Condition {
	if t.Op != Is && t.Op != StartsWith || !slices.ContainsFunc(t.Values, IsSID) {
		return t
	}
	other := t.Field.sids()
	if other == "" {
		return t
	}
	names, ids := t, Test{Field: other, Op: t.Op}
	names.Values = nil
	for _, v := range t.Values {
		if IsSID(v) {
			ids.Values = append(ids.Values, v)
		} else {
			names.Values = append(names.Values, v)
		}
	}
	if len(names.Values) == 0 {
		return ids
	}
	return Or{names, ids}
}

// sids is the field that the security identifiers among the values of this one
// test, or "".
func (f Field) sids() Field {
	for _, i := range fields() {
		if i.Field == f {
			return i.SIDs
		}
	}
	return ""
}
