package kql

import "strings"

// PathForms are the texts that a test of a path compares with. A path begins
// and ends with whole folders and files: C:\Acme is that folder and what lies
// in it, and not C:\AcmeEvil. So a path starts with a value when it is the
// value, or goes on with a separator behind it; likewise for its end, unless the
// value is an extension such as .ps1. The separators are those that the value
// has, or both where it has none. whole is what a path may be equal to, "" when
// the value has its separator already; pieces are what it may start or end with.
func PathForms(op Operator, v string) (whole string, pieces []string) {
	switch op {
	case StartsWith:
		if strings.HasSuffix(v, `\`) || strings.HasSuffix(v, "/") {
			return "", []string{v}
		}
		for _, s := range separators(v) {
			pieces = append(pieces, v+s)
		}
		return v, pieces
	case EndsWith:
		if strings.HasPrefix(v, `\`) || strings.HasPrefix(v, "/") || strings.HasPrefix(v, ".") && !strings.ContainsAny(v, `\/`) {
			return "", []string{v}
		}
		for _, s := range separators(v) {
			pieces = append(pieces, s+v)
		}
		return v, pieces
	}
	return "", []string{v}
}

// separators are what stands between the folders of a path.
func separators(path string) (all []string) {
	if strings.Contains(path, `\`) || len(path) == 2 && path[1] == ':' {
		all = append(all, `\`)
	}
	if strings.Contains(path, "/") {
		all = append(all, "/")
	}
	if all == nil {
		all = []string{`\`, "/"}
	}
	return all
}

// ofPath compares a column of paths with the beginnings or ends of values.
func ofPath(q *query, col name, test Test) (ps []func()) {
	var wholes, pieces []string
	for _, v := range test.Values {
		whole, more := PathForms(test.Op, v)
		if pieces = append(pieces, more...); whole != "" {
			wholes = append(wholes, whole)
		}
	}
	if len(wholes) > 0 {
		ps = append(ps, func() { writeIs(q, col, PathField, wholes) })
	}
	var op constant = " startswith "
	if test.Op == EndsWith {
		op = " endswith "
	}
	for _, v := range pieces {
		ps = append(ps, func() { q.name(col); q.text(op); q.str(v) })
	}
	return ps
}
