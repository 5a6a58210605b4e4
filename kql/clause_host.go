package kql

import (
	"slices"
	"strings"
)

// Parts of regular expressions for the host of a URL.
const (
	// hostText is any part of a host.
	hostText = `[^/?#@:\s"]*`
	// wordStart and wordEnd part a word from the rest of the host.
	wordStart = `(?:[^/?#@:\s"]*[^\pL\pN/?#@:\s"])?`
	wordEnd   = `(?:[^\pL\pN/?#@:\s"][^/?#@:\s"]*)?`
	// wholeHost is the host as group 1, without a trailing dot.
	wholeHost = `([^/?#@:\s"]*[^/?#@:\s".])`
)

// noHost reports whether v holds a character that no host name does. A test of
// a host with it is never true.
func noHost(v string) bool { return strings.ContainsAny(v, "/?#@:\" \t\r\n") }

// isURL reports whether a column holds URLs, or hosts alone beside them.
func (t *Table) isURL(col name) bool {
	return slices.ContainsFunc(t.IOC.URL, func(c Column) bool { return name(c.Column) == col })
}

// hostOfURL compares the host of a URL and nothing else of it: a condition on
// a host must not hold because the name stands in a path.
func hostOfURL(q *query, col name, test Test) []func() {
	if test.Op == Matches {
		return eachRegex(q, test.Values, func() {
			q.text("extract(")
			q.regex("(?i)" + urlStart + wholeHost + anyPort + hostTail)
			q.text(", 1, ")
			q.name(col)
			q.text(")")
		})
	}
	before, after := "", ""
	values := test.Values
	switch {
	case test.Op == Contains, test.Op == ContainsWord && !allTerms(values):
		before, after = hostText, hostText
	case test.Op == ContainsWord:
		before, after = wordStart, wordEnd
	case test.Op == StartsWith:
		after = hostText
	case test.Op == EndsWith:
		before, values = hostText, withoutDot(values)
	case test.Op == Is:
		values = withoutDot(values)
	}
	return []func(){func() {
		q.name(col)
		q.text(" matches regex ")
		q.regex("(?i)" + urlStart + before + "(?:" + alternatives(values) + ")" + after + anyPort + hostTail)
	}}
}

// alternatives joins literal texts into one regular expression.
func alternatives(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = QuoteRegex(v)
	}
	return strings.Join(quoted, "|")
}

// withoutDot takes off the final dot of fully qualified names.
func withoutDot(values []string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		if all[i] = strings.TrimSuffix(v, "."); all[i] == "" {
			all[i] = v
		}
	}
	return all
}

// withDot adds the fully qualified spelling that DNS logs use.
func withDot(values []string) (all []string) {
	for _, v := range withoutDot(values) {
		all = append(all, v, v+".")
	}
	return all
}
