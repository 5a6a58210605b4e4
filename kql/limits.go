package kql

import (
	"fmt"
	"time"

	"quarry/feed"
)

// Limits of the products, from Microsoft's documentation.
const (
	// RuleChars is the longest query of a Sentinel analytics rule.
	RuleChars = 10_000
	// IndexTerms is how many values one comparison looks up in the text
	// index; with more the result is the same and the query slower.
	IndexTerms = 128
	// AnyValues is how many distinct values has_any considers.
	AnyValues = 10_000
	// RuleLookback is the longest look-back of a Sentinel analytics rule.
	RuleLookback = 14 * 24 * time.Hour
	// DefenderLookback is how far back advanced hunting sees.
	DefenderLookback = 30 * 24 * time.Hour
)

// Sizes of a regular expression over which a hunt says so. They are no limits
// of the products, which document none for one regular expression.
const (
	LargeAlternatives = 1_000
	LargeRegex        = 100_000 // characters
)

// sizes are the largest parts of a hunt.
type sizes struct {
	longest      int // values in a list
	searched     int // values in a list that has_any searches for
	alternatives int // of a regular expression
	regex        int // characters of a regular expression
}

func (t *Table) sizes(ts *terms, groups []group) sizes {
	s := sizes{longest: ts.longest(), searched: t.longestSearch(ts)}
	for _, g := range groups {
		for _, l := range g.lets {
			s.alternatives = max(s.alternatives, l.alternatives)
			s.regex = max(s.regex, chars(l.regex))
		}
	}
	return s
}

// longest is the number of values in the longest list.
func (ts *terms) longest() int {
	return max(len(ts.ip4.values), len(ts.ip6.values), len(ts.domains.values), len(ts.urlAddrs.values),
		len(ts.md5.values), len(ts.sha1.values), len(ts.sha256.values))
}

// longestSearch is the number of values in the longest list that the table's
// columns are searched for with has_any.
func (t *Table) longestSearch(ts *terms) int {
	n := max(len(ts.domains.values), len(ts.urlHosts.values))
	if len(t.IOC.URL)+len(t.IOC.URLList) > 0 {
		n = max(n, len(ts.urlAddrs.values), len(ts.ip4.values)+len(ts.ip6Text.values))
	}
	if len(t.IOC.IPList) > 0 {
		n = max(n, len(ts.ip6Text.values))
	}
	return n
}

// limits says which limits of the product a hunt is over.
func limits(h *Hunt, s sizes, o Options) []feed.Finding {
	var fs []feed.Finding
	add := func(code string, sev feed.Severity, format string, args ...any) {
		fs = append(fs, feed.Finding{Code: code, Severity: sev, Text: h.Table + ": " + fmt.Sprintf(format, args...)})
	}
	lookback := o.Lookback
	if lookback == 0 {
		lookback = DefaultLookback
	}
	if h.Target == Sentinel && h.Chars > RuleChars {
		add("over-rule-size", feed.Warning, "the query has %d characters; an analytics rule takes %d, the Logs page takes it", h.Chars, RuleChars)
	}
	if h.Target == Sentinel && lookback > RuleLookback {
		add("over-rule-lookback", feed.Info, "it looks back %s; an analytics rule looks back %s at most", FormatLookback(lookback), FormatLookback(RuleLookback))
	}
	if h.Target == Defender && lookback > DefenderLookback {
		add("over-lookback", feed.Warning, "it looks back %s; advanced hunting keeps %s unless the table is streamed to Sentinel", FormatLookback(lookback), FormatLookback(DefenderLookback))
	}
	if most := max(s.longest, s.searched); most > IndexTerms {
		add("over-index-terms", feed.Info, "one list has %d values; over %d the text index is not used, so the query is slower but finds the same", most, IndexTerms)
	}
	if s.searched > AnyValues {
		add("over-has-any", feed.Error, "one list has %d values; has_any looks at %d only, so leave some IOCs out", s.searched, AnyValues)
	}
	if s.alternatives > LargeAlternatives || s.regex > LargeRegex {
		add("large-regex", feed.Warning, "its regular expressions have up to %d alternatives and %d characters; the largest that the engine takes is not documented, so try the hunt before you rely on it, or leave some IOCs out", s.alternatives, s.regex)
	}
	return fs
}
