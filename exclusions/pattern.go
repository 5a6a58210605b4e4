package exclusions

import (
	"regexp"
	"strings"

	"quarry/kql"
)

// Regular expressions. As any other value one could never be met, and any other
// value as one would be met by too much, so what is unclear stays unread.

var (
	// onlyPattern is what stands in regular expressions and in no plain value.
	onlyPattern = regexp.MustCompile(`^\^|\.[*+]|\\[dDwWsSb][+*{$]|\\[dws]$|\[[^\]]+\][+*]|\(\?`)
	// mayPattern is what a plain value may hold too.
	mayPattern = regexp.MustCompile(`\$$|\\\.|\\[dwsb]|[|()]`)
)

// patterns gives values that are regular expressions their operator, and moves
// those to the gaps that are neither surely one nor surely none.
func (r *reader) patterns(c *context, list *valueList) {
	if c.op == kql.Matches {
		r.refuse(list, func(v value) bool { return v.quoted || r.standsFree(v) })
		return
	}
	sure := false
	r.refuse(list, func(v value) bool {
		if v.kind == rangeValue {
			return true
		}
		if onlyPattern.MatchString(v.text) {
			sure = true
			return c.pattern && c.op == opIs && (v.quoted || r.standsFree(v))
		}
		return !c.pattern || v.kind == urlValue || !mayPattern.MatchString(v.text) || plainPath(v)
	})
	if sure && len(list.values) > 0 {
		r.refuse(list, func(v value) bool { return onlyPattern.MatchString(v.text) })
		c.op = kql.Matches
	}
}

// refuse moves the values that are not kept to the gaps.
func (r *reader) refuse(list *valueList, keep func(value) bool) {
	var kept []value
	for _, v := range list.values {
		if keep(v) {
			kept = append(kept, v)
		} else {
			list.gaps = append(list.gaps, gap(v.span))
		}
	}
	list.values = kept
}

// plainPath reports whether a value is a Windows path that only looks like a
// regular expression: C:\data and C:\windows hold \d and \w.
func plainPath(v value) bool {
	drive := len(v.text) > 2 && v.text[1] == ':' || strings.HasPrefix(v.text, `\\`)
	return v.kind == pathValue && drive && !strings.ContainsAny(v.text, "$|") && !strings.Contains(v.text, `\.`)
}

// standsFree reports whether nothing touches a value without quotes that may
// belong to it, such as the bracket of a regular expression.
func (r *reader) standsFree(v value) bool {
	rest := r.text[v.span.End:]
	if rest != "" && strings.ContainsAny(rest[:1], "(){}[]|,\"`") {
		return false
	}
	return v.span.Start == 0 || !strings.ContainsAny(r.text[v.span.Start-1:v.span.Start], "(){}[]|,\"`")
}
