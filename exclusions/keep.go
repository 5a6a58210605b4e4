package exclusions

import (
	"slices"
	"strings"
	"unicode"
)

// A sentence may say the opposite of what a filter is for: what to find, and
// not what to leave out. Nothing of it may become a condition.

// keeps reports whether the sentence that begins at an item says what to keep:
// it has a word that always says so, it forbids to leave out, or its verb is
// one of finding.
func (r *reader) keeps(start int) bool {
	leaves := r.leavesOut(start)
	for at := start; at < r.stop; at++ {
		if r.items[at].inverse || r.items[at].leaving && r.negated(start, at) || r.finds(start, at, leaves) {
			return true
		}
	}
	return false
}

// leavesOut reports whether a sentence says "exclude" or the like. One that
// does not, and only says what a row must not be, is the filter that stays.
func (r *reader) leavesOut(start int) bool {
	for at := start; at < r.stop; at++ {
		if r.items[at].leaving && !r.negated(start, at) {
			return true
		}
	}
	return false
}

// finds reports whether a verb of finding at an item is the verb of the
// sentence, or of what is joined to it. Without "exclude" in the sentence, any
// such verb behind "must" and the like is.
func (r *reader) finds(start, at int, leaves bool) bool {
	words, found := r.finding(at), r.lex.found[r.items[at].bare]
	if words == 0 && !found || r.negated(start, at) {
		return false
	}
	before, led := r.before(start, at)
	if led && !leaves || words > 0 && before < start {
		return true
	}
	if words == 0 || before < start {
		return false
	}
	b, i := r.items[before], r.items[at]
	switch {
	case b.mark(","), b.connector == andWord, b.connector == orWord:
		if words > 1 || strings.HasPrefix(b.bare, "but") {
			return true
		}
		// "tools that scan and detect" and "--x and flag --y" go on with what was said.
		described := slices.ContainsFunc(r.items[start:at], func(i item) bool { return i.relative })
		return !described && i.field == nil && i.subject == nil && i.operator == nil && i.verb == nil
	}
	return false
}

// finding is how many words the verb of finding at an item has, 0 when there is
// none. These verbs are no phrases: elsewhere they are words like any other.
func (r *reader) finding(at int) int {
	i := r.items[at]
	if i.kind != wordToken {
		return 0
	}
	const longest = 60 // more than any of them has, with spaces
	text := strings.ToLower(r.text[i.start:min(len(r.text), i.start+longest)])
	text = strings.Join(strings.Fields(text), " ")
	most := 0
	for _, verb := range r.lex.finding {
		rest, ok := strings.CutPrefix(text, verb)
		if ok && (rest == "" || rest[0] < 0x80 && (unicode.IsSpace(rune(rest[0])) || strings.ContainsRune(",;:(\"'`", rune(rest[0])))) {
			most = max(most, strings.Count(verb, " ")+1)
		}
	}
	return most
}

// before is the item in front of another, but for fillers and words that lead
// to a verb, and whether there was one of those.
func (r *reader) before(start, at int) (before int, led bool) {
	for before = at - 1; before >= start; before-- {
		lead := r.lex.leading[r.items[before].bare]
		if !lead && !r.items[before].skips() || r.items[before].leaving {
			break
		}
		led = led || lead
	}
	return before, led
}

// negated reports whether a "not" or "never" stands in front of an item.
func (r *reader) negated(start, at int) bool {
	before, _ := r.before(start, at)
	if before < start {
		return false
	}
	words := strings.Fields(strings.ToLower(r.items[before].text))
	return len(words) > 0 && r.items[before].kind == wordToken && r.lex.negating[words[len(words)-1]]
}
