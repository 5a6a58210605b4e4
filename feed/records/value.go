package records

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// ValueOf is the record of a value that stands alone: what [Guess] takes, a name
// with its port, which is kept as a tag, a name behind "*." or ".", which is read
// as the name, and a range of addresses that is a block. What it takes,
// [feed.Canonical] takes.
func ValueOf(s string) (r Record, ok bool) {
	if t, ok := Guess(s); ok {
		return Record{Type: t, Value: s}, true
	}
	if name, port, ok := NamePort(s); ok {
		return Record{Type: feed.Domain, Value: name, Tags: []string{"port " + port}}, true
	}
	for _, wild := range []string{"*.", "."} {
		if name, cut := strings.CutPrefix(s, wild); cut {
			if t, ok := Guess(name); ok && t == feed.Domain {
				return Record{Type: t, Value: name}, true
			}
		}
	}
	if hits := Range(s); len(hits) == 1 {
		return Record{Type: feed.CIDR, Value: hits[0]}, true
	}
	return Record{}, false
}

// Range is the block that a range of addresses such as 192.0.2.0-192.0.2.255 is
// all of, or else its first and last address; nil of what is no range.
func Range(s string) []string {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	if len(s) > 2*longestAddress || !strings.ContainsAny(s, "-\u2013") {
		return nil
	}
	s = strings.ReplaceAll(s, "\u2013", "-")
	hits := scan.Find(s)
	switch {
	case len(hits) == 1 && hits[0].Type == feed.CIDR && hits[0].Start == 0 && hits[0].End == len(s):
		return []string{hits[0].Value}
	case len(hits) == 2 && hits[1].Ends && hits[0].Start == 0 && hits[1].End == len(s):
		return []string{hits[0].Value, hits[1].Value}
	}
	return nil
}

// longestAddress is more than an address takes, defanged.
const longestAddress = 80

// sinks are the addresses to which hosts files send names.
var sinks = []string{"127.0.0.1", "0.0.0.0", "::1", "::"}

// IsSink reports whether a word is an address to which hosts files send names.
func IsSink(s string) bool { return slices.Contains(sinks, s) }
