package kql

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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
	// AnyValues is how many distinct values has_any considers; longer lists are
	// searched for in parts.
	AnyValues = 10_000
	// InValues is how many distinct values in considers.
	InValues = 1_000_000
	// RuleLookback is the longest look-back of a Sentinel analytics rule.
	RuleLookback = 14 * 24 * time.Hour
	// DefenderLookback is how far back advanced hunting sees.
	DefenderLookback = 30 * 24 * time.Hour
)

// Gauge is how much of one limit of a product a hunt takes up.
type Gauge struct {
	Limit    Limit
	Used     int
	Most     int           // that the product takes
	Severity feed.Severity // of using more
}

// Limit names a limit of a product, as `quarry kql --json` does.
type Limit string

// The limits that a [Gauge] measures.
const (
	CharsLimit    Limit = "characters"       // of the query of an analytics rule
	LookbackLimit Limit = "lookback_minutes" // of an analytics rule, or of advanced hunting
	IndexLimit    Limit = "index_terms"      // values of the longest list that the text index looks up, against [IndexTerms]
	InLimit       Limit = "in_values"        // of the longest list that values are looked up in
	AnyLimit      Limit = "has_any_values"   // of the longest list that columns are searched for; over it that is done in parts
)

// Over reports whether the hunt uses more than there is.
func (g Gauge) Over() bool { return g.Used > g.Most }

// Nearer reports whether the hunt uses more of this limit than of another one,
// in proportion.
func (g Gauge) Nearer(o Gauge) bool { return g.Used*o.Most > o.Used*g.Most }

// Amounts are what is used and what there is, in words: 14 and 128, 7d and 14d.
func (g Gauge) Amounts() (used, most string) {
	if g.Limit == LookbackLimit {
		return FormatLookback(time.Duration(g.Used) * time.Minute), FormatLookback(time.Duration(g.Most) * time.Minute)
	}
	return feed.Thousands(g.Used), feed.Thousands(g.Most)
}

// limits says how much of the limits of its product a hunt takes up, and which
// it is over.
func limits(h *Hunt, s *Selection, used usage, o Options) (gauges []Gauge, fs []feed.Finding) {
	gauges = make([]Gauge, 0, 5)
	measure := func(l Limit, n, most int, code string, sev feed.Severity, over string) {
		g := Gauge{l, n, most, sev}
		gauges = append(gauges, g)
		if g.Over() {
			n, most := g.Amounts()
			fs = append(fs, feed.Finding{Code: code, Severity: sev, Text: h.Table + ": " + fmt.Sprintf(over, n, most)})
		}
	}
	lookback := o.Lookback
	if lookback == 0 {
		lookback = DefaultLookback
	}
	minutes := func(d time.Duration) int { return int(d / time.Minute) }
	long := longest(s, used.groups, &o)
	if h.Target == Sentinel {
		measure(CharsLimit, h.Chars, RuleChars, "over-rule-size", feed.Warning,
			"the query has %s characters; an analytics rule takes %s, the Logs page takes it")
	}
	measure(IndexLimit, max(long.searched, long.compared), IndexTerms, "over-index-terms", feed.Info,
		"one list has %s values; over %s the text index is not used, so the query is slower but finds the same")
	gauges = append(gauges, Gauge{AnyLimit, long.searched, AnyValues, feed.Info})
	measure(InLimit, long.in, InValues, "over-in", feed.Error,
		"one list has %s values; in looks at %s only, so leave some IOCs out")
	if h.Target == Sentinel {
		measure(LookbackLimit, minutes(lookback), minutes(RuleLookback), "over-rule-lookback", feed.Info,
			"it looks back %s; an analytics rule looks back %s at most")
	} else {
		measure(LookbackLimit, minutes(lookback), minutes(DefenderLookback), "over-lookback", feed.Warning,
			"it looks back %s; advanced hunting keeps %s unless the table is streamed to Sentinel")
	}
	for _, g := range used.groups {
		fs = append(fs, g.findings...)
	}
	fs = append(fs, o.watched(h, s, used.lists)...)
	return gauges, append(fs, unstated(h, s, used, &o)...)
}

// Sizes for which no limit is stated, above which a finding says so.
const (
	// dynamicBytes is what Kusto keeps of one dynamic value when it ingests it.
	dynamicBytes = 1 << 20
	// regexChars is far more than what hunts write of their own, and less than
	// what engines such as RE2 take by default.
	regexChars = 16 << 10
)

// unstated says what of a hunt is large where no limit of the products is known.
func unstated(h *Hunt, s *Selection, used usage, o *Options) (fs []feed.Finding) {
	facts := used.facts
	if o.Watchlist != "" { // it holds them all
		facts = s.factsOf(slices.DeleteFunc(slices.Clone(textOrder[:]), func(l listID) bool { return !s.has(l) }))
	}
	if bytes := length(facts); bytes > dynamicBytes {
		fs = append(fs, feed.Finding{Code: "large-dynamic", Severity: feed.Info, Text: fmt.Sprintf(
			"%s: what a hit says of its IOC is one value of %s bytes; of one over %s Kusto keeps nothing when it ingests it, and no limit is stated for queries", h.Table, feed.Thousands(bytes), feed.Thousands(dynamicBytes))})
	}
	if len(o.Exclusions) == 0 && h.Table != UnionTable {
		return fs // hunts write short ones of their own
	}
	if n := longestRegex(h.Query); n > regexChars {
		fs = append(fs, feed.Finding{Code: "large-regex", Severity: feed.Warning, Text: fmt.Sprintf(
			"%s: a scenario is a regular expression of %s characters; no limit is stated, and the product may refuse one over %s; write it with fewer values", h.Table, feed.Thousands(n), feed.Thousands(regexChars))})
	}
	return fs
}

// longestRegex is the length of the longest regular expression in a query, which
// are all that stands in literals as they are.
func longestRegex(query string) (most int) {
	for {
		at := strings.Index(query, `@"`)
		if at < 1 {
			return most
		}
		before := query[at-1]
		query = query[at+2:]
		if before != ' ' && before != '(' {
			continue // in a string
		}
		n := 0
		for n < len(query) && (query[n] != '"' || strings.HasPrefix(query[n+1:], `"`)) {
			if query[n] == '"' {
				n++
			}
			n++
		}
		most = max(most, n)
		query = query[n:]
	}
}

// lengths are the lengths of the longest lists, by what is done with them.
type lengths struct {
	searched int // has_any and its like
	compared int // in~, before anything else
	in       int
}

// longest measures the lists that groups refer to.
func longest(s *Selection, groups []group, o *Options) (long lengths) {
	for _, g := range groups {
		for _, l := range g.searched {
			long.searched = max(long.searched, s.len(l))
		}
		for _, l := range g.compared {
			long.compared = max(long.compared, s.len(l))
		}
		if g.prefix {
			long.searched = max(long.searched, s.len(o.ip4())+len(s.prefixes()))
		}
		for _, l := range g.lists {
			if !o.onlySearched(l) {
				long.in = max(long.in, s.len(l))
			}
		}
	}
	return long
}

// limitsJSON writes gauges as one object.
func limitsJSON(gauges []Gauge) json.RawMessage {
	b := []byte("{")
	for n, g := range gauges {
		if n > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"%s":{"used":%d,"limit":%d}`, g.Limit, g.Used, g.Most)
	}
	return append(b, '}')
}
