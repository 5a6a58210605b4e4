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
	// InValues is how many distinct values in considers.
	InValues = 1_000_000
	// RuleLookback is the longest look-back of a Sentinel analytics rule.
	RuleLookback = 14 * 24 * time.Hour
	// DefenderLookback is how far back advanced hunting sees.
	DefenderLookback = 30 * 24 * time.Hour
)

// limits says which limits of the product a hunt is over.
func limits(h *Hunt, s *Selection, used []listID, o Options) []feed.Finding {
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
	longest, searched := 0, 0
	for _, l := range used {
		longest = max(longest, s.len(l))
		if l.searched() {
			searched = max(searched, s.len(l))
		}
	}
	if longest > IndexTerms {
		add("over-index-terms", feed.Info, "one list has %d values; over %d the text index is not used, so the query is slower but finds the same", longest, IndexTerms)
	}
	if n := s.len(domainList); o.Match == LooseMatch && n > AnyValues {
		add("over-loose", feed.Error, "there are %d domains; a loose match looks at %d only, so match another way or leave some IOCs out", n, AnyValues)
	}
	if searched > AnyValues {
		add("over-has-any", feed.Info, "one list has %d values; has_any looks at %d only, so every row is compared without it: slower, but it finds the same", searched, AnyValues)
	}
	if longest > InValues {
		add("over-in", feed.Error, "one list has %d values; in looks at %d only, so leave some IOCs out", longest, InValues)
	}
	return fs
}

// searched reports whether has_any searches columns for the values of a list.
func (l listID) searched() bool {
	switch l {
	case urlHostList, domainList, hostList, emailList, fileList, ip6TextList, any6TextList:
		return true
	}
	return false
}
