package exclusions

import (
	"slices"
	"strings"
	"unicode/utf8"

	"quarry/feed"
	"quarry/kql"
)

// Span is a piece of the filter text, as byte offsets: text[Start:End].
type Span struct{ Start, End int }

// Reading is a filter as it was understood.
type Reading struct {
	// Condition is what was understood, nil when nothing was. It is exactly
	// what [kql.ParseCondition] makes of its text form.
	Condition kql.Condition
	// Unread are the words that carry meaning and were not understood, in
	// order and apart from each other. They are part of no condition.
	Unread []Span
	// Lost says, part by part, what Condition lacks and what follows.
	Lost []Loss
	// Complete reports whether Condition says all that the filter says.
	Complete bool
}

// Loss is a part of a filter that its condition lacks.
type Loss struct {
	// Words are those of the filter that say it; "" where the text is cut off.
	Words string
	// Maybe reports that the text only may be cut off: it ends with a whole
	// value, without a full stop. Words is "" then.
	Maybe bool
	// Of is the part of the condition that should be narrower; nil when
	// TooMuch is false.
	Of kql.Condition
	// TooMuch reports whether the condition leaves out more rows than the
	// filter means, because a part behind an "and" is missing. Without it, it
	// leaves out too few, because a branch of an "or" is missing.
	TooMuch bool
}

// maxFilter is how many bytes of a filter are read; published ones have a few
// hundred. What follows stays unread.
const maxFilter = 8192

// Read turns the filter of a scenario into a condition. It knows the sentence
// shapes of published filters, and simple expressions of other products' query
// languages; words.yaml and software.yaml hold the vocabulary.
//
// What it does not understand it leaves unread, and it never invents a part of
// a condition: no process name of unknown software, no value from a description
// such as "a backup tool". A list of examples counts as all that is meant.
// A word that reverses or limits what stands beside it, such as "nor", "other
// than" or "between", is part of a condition with "not", or its whole clause
// stays unread; so do a class of users and the opposite of a list of examples.
//
// Sentences that say what to find or to keep are not read, nor is what follows
// them up to the next "exclude". Of an expression that only says what a row
// must not be, the opposite is left out.
//
// Where the document is cut off, the last word is unread, for it may have gone
// on. One that has the form of a whole value, such as a host or a file with a
// known extension, is read where no bracket or quote is open: then only the
// full stop may be missing, and [Loss.Maybe] says so.
func Read(s feed.Scenario) Reading {
	text := s.Filter
	if !utf8.ValidString(text) {
		return unreadable(text)
	}
	cut := len(text)
	if cut > maxFilter {
		for cut = maxFilter; !utf8.RuneStart(text[cut]); cut-- {
		}
	}
	state := whole
	if cut < len(text) {
		state = cutOff
	} else if s.Cut {
		state = maybeCut
	}
	r := newReader(text[:cut], state)
	n := r.filter()
	c, lost := n.condition(text)
	if c == nil {
		return unreadable(text)
	}
	spans := n.spans()
	if r.cut != whole {
		spans = append(spans, r.tail)
		lost = append(lost, Loss{Of: c, TooMuch: true, Maybe: r.cut == maybeCut})
	}
	if cut < len(text) {
		spans = append(spans, Span{cut, len(text)})
	}
	return Reading{
		Condition: c,
		Unread:    apart(text, spans, r.carries),
		Lost:      lost,
		Complete:  len(lost) == 0,
	}
}

// unreadable is the reading of a filter without any condition: all of its
// words are unread.
func unreadable(text string) Reading {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	end := len(strings.TrimRight(text, " \t\r\n"))
	if start >= end {
		return Reading{}
	}
	return Reading{Unread: []Span{{start, end}}}
}

// apart puts spans in order and makes one of those between which nothing
// carries meaning.
func apart(text string, spans []Span, carries func(Span) bool) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	var all []Span
	for _, s := range spans {
		if s.Start >= s.End {
			continue
		}
		if n := len(all); n > 0 && (s.Start <= all[n-1].End || !carries(Span{all[n-1].End, s.Start})) {
			all[n-1].End = max(all[n-1].End, s.End)
			continue
		}
		all = append(all, s)
	}
	return all
}

// lacks reports whether c should be narrower than it is.
func lacks(c kql.Condition, lost []Loss) bool {
	if len(lost) == 0 {
		return false
	}
	text := kql.FormatCondition(c)
	return slices.ContainsFunc(lost, func(l Loss) bool {
		return l.TooMuch && l.Of != nil && kql.FormatCondition(l.Of) == text
	})
}
