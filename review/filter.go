package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
)

// Filter chooses which IOCs are shown. The zero Filter shows all. It remembers
// what it found last, so it is not safe for concurrent use. It is read from
// words that must all hold, without regard to the case of letters:
//
//	hitclub          part of value, defanged value, family, note or source
//	-cloudflare      no such part
//	type:domain      the type or its beginning; type:hash is every hash
//	threat:botnet_cc the threat or its beginning
//	conf>=75         confidence, with = < <= > >=
//	seen>=2026-05-01 first seen, with the same signs
//	verdict:benign   the verdict; verdict:none
//	on:yes           hunted; on:no
//	mention:yes      mentions only; mention:no
//	family:x tag:x note:x source:x    part of that field
//	known:yes        judged in another review; known:benign known:differ known:no
//	diff:new         what became of it since older documents; diff:changed diff:same
type Filter struct {
	Text  string
	terms []filterTerm
}

type filterTerm struct {
	word  string // as it was typed
	not   bool
	text  bool // the word is searched for as it stands
	field string
	match matcher
}

// matcher reports whether the IOC at a position is meant. It is asked about a
// million of them at a key, so it builds nothing.
type matcher = func(r *Review, at int) bool

// FilterError says which word of a filter cannot be used.
type FilterError struct{ Word, Reason string }

func (e *FilterError) Error() string { return fmt.Sprintf("filter %q: %s", e.Word, e.Reason) }

// ParseFilter reads a filter. What stands before a colon must be a field,
// unless the word is part of a URL or an address with or without a port: those
// are searched as they stand and need no quoting, as are words with an equals
// sign, which URLs have too. The error is a [*FilterError].
func ParseFilter(text string) (Filter, error) {
	f := Filter{Text: text}
	words := strings.Fields(text)
	for i, word := range words {
		term, err := parseTerm(word)
		if meant := spaced(words[i:]); meant != "" {
			err = &FilterError{Word: word, Reason: "leave out the space: " + meant}
		}
		if err != nil {
			return Filter{}, err
		}
		f.terms = append(f.terms, term)
	}
	return f, nil
}

// Unfinished is a filter that is being typed, without a field at its end whose
// sign is still to come: it is no text to search for yet.
func Unfinished(text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return text
	}
	last := words[len(words)-1]
	if _, field := filterFields[strings.ToLower(strings.TrimPrefix(last, "-"))]; !field {
		return text
	}
	return strings.TrimRightFunc(text, unicode.IsSpace)[:strings.LastIndex(text, last)]
}

func parseTerm(word string) (filterTerm, error) {
	bare, not := strings.CutPrefix(word, "-")
	if bare == "" {
		return filterTerm{word: word, text: true, match: anyText("-")}, nil
	}
	at := strings.IndexAny(bare, ":<>=")
	if at > 0 {
		field, rest := strings.ToLower(bare[:at]), bare[at:]
		if make, known := filterFields[field]; known {
			match, err := make(strings.TrimPrefix(rest, ":"))
			if err != nil {
				return filterTerm{}, &FilterError{Word: word, Reason: err.Error()}
			}
			return filterTerm{word: word, not: not, field: field, match: match}, nil
		}
		if namesField(field, rest) {
			return filterTerm{}, &FilterError{Word: word, Reason: unknownField(field)}
		}
	}
	return filterTerm{word: word, not: not, text: true, match: anyText(bare)}, nil
}

// Narrows reports whether all that the filter shows is also shown by a filter
// before it, as it is while more is typed.
func (f Filter) Narrows(before Filter) bool {
	if len(f.terms) < len(before.terms) {
		return false
	}
	for i, was := range before.terms {
		now := f.terms[i]
		if now.word != was.word && !(now.text && was.text && !now.not && !was.not && strings.HasPrefix(now.word, was.word)) {
			return false
		}
	}
	return true
}

// Decided reports whether a decision can change what the filter shows.
func (f Filter) Decided() bool {
	return slices.ContainsFunc(f.terms, func(t filterTerm) bool {
		return t.text || t.field == "on" || t.field == "verdict" || t.field == "note"
	})
}

// Compares reports whether the filter asks what became of IOCs since older
// documents: see [Review.CompareWith].
func (f Filter) Compares() bool {
	return slices.ContainsFunc(f.terms, func(t filterTerm) bool { return t.field == "diff" })
}

// Recalls reports whether the filter asks what is remembered of IOCs: see
// [Review.Remember].
func (f Filter) Recalls() bool {
	return slices.ContainsFunc(f.terms, func(t filterTerm) bool { return t.field == "known" })
}

// spaced is what is meant where a filter begins with a field that has spaces
// around its sign, such as conf > 75, or "".
func spaced(words []string) string {
	const signs = ":<>="
	if len(words) < 2 {
		return ""
	}
	field := strings.TrimRight(words[0], signs)
	if _, known := filterFields[strings.ToLower(strings.TrimPrefix(field, "-"))]; !known {
		return ""
	}
	meant := words[0] + words[1]
	switch {
	case field != words[0]: // the sign stands with the field
	case words[1] != ":" && strings.IndexByte("<>=", words[1][0]) < 0:
		return ""
	case strings.Trim(words[1], signs) == "": // the sign stands alone
		if len(words) < 3 {
			return meant + "..." // still to be typed
		}
		meant += words[2]
	}
	if _, err := parseTerm(meant); err != nil {
		return ""
	}
	return meant
}

// namesField reports whether a word of a filter, taken apart before its first
// sign, is meant as a field and not as a part of an indicator.
func namesField(name, rest string) bool {
	const letters, digits, hex = "abcdefghijklmnopqrstuvwxyz", "0123456789", "0123456789abcdef"
	consists := func(s, of string) bool { return strings.Trim(s, of) == "" }
	after := strings.ToLower(rest[1:])
	switch {
	case !strings.Contains(letters, name[:1]), !consists(name, letters+digits+"_-"), rest[0] == '=':
		return false
	case rest[0] != ':':
		return true
	case strings.HasPrefix(after, "/"), strings.HasPrefix(after, `\`): // a URL, a path
		return false
	case consists(name, hex) && consists(after, hex+".:%[]/"): // IPv6
		return false
	case consists(after, digits) && after != "": // a port, unless a number is compared
		return feed.Nearest(name, fieldNames) != ""
	}
	return true
}

// unknownField says that there is no such field, and which there are.
func unknownField(name string) string {
	mark := "."
	if near := feed.Nearest(name, fieldNames); near != "" {
		mark = "; did you mean " + near + "?"
	}
	return "there is no field " + name + mark + " Fields: " + strings.Join(fieldNames, " ")
}

func anyText(word string) matcher {
	value := newValueNeedle(word)
	has := feed.Ask(value.in)
	return func(r *Review, at int) bool {
		return value.inValue(r.iocs.Type(at), r.iocs.Value(at)) || r.iocs.FamilyIs(at, has) || r.iocs.StatedIn(at, has) ||
			len(r.now.notes) > 0 && value.in(r.Note(at))
	}
}
