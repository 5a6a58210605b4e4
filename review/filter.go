package review

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"quarry/exclusions/warnings"
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

// FilterFields names the fields of a filter in the order in which they are told.
func FilterFields() []string { return slices.Clone(fieldNames) }

var fieldNames = []string{"type", "threat", "conf", "seen", "verdict", "on", "mention", "warning", "family", "tag", "note", "source", "known", "diff"}

// filterFields read what stands behind the name of a field.
var filterFields = map[string]func(arg string) (matcher, error){
	"type": typeIs,
	"threat": func(arg string) (matcher, error) {
		arg, err := word(arg)
		if err != nil {
			return nil, err
		}
		begins := feed.Ask(beginsWith(arg))
		return func(r *Review, at int) bool { return r.iocs.ThreatIs(at, begins) }, nil
	},
	"conf":       confidenceIs,
	"confidence": confidenceIs,
	"seen":       seenIs,
	"verdict":    verdictIs,
	"on": func(arg string) (matcher, error) {
		return yesNo(arg, func(r *Review, at int) bool { return r.Hunts(at) })
	},
	"warning": warningIs,
	"diff":    changeIs,
	"known":   knownIs,
	"mention": func(arg string) (matcher, error) {
		return yesNo(arg, func(r *Review, at int) bool { return r.iocs.Mention(at) })
	},
	"family": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.FamilyIs(at, has) }, err
	},
	"tag": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.AnyTag(at, has) }, err
	},
	"note": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		return func(r *Review, at int) bool { return len(r.now.notes) > 0 && p.in(r.Note(at)) }, err
	},
	"source": func(arg string) (matcher, error) {
		p, err := wordNeedle(arg)
		has := feed.Ask(p.in)
		return func(r *Review, at int) bool { return r.iocs.StatedIn(at, has) }, err
	},
}

func anyText(word string) matcher {
	value := newValueNeedle(word)
	has := feed.Ask(value.in)
	return func(r *Review, at int) bool {
		return value.inValue(r.iocs.Type(at), r.iocs.Value(at)) || r.iocs.FamilyIs(at, has) || r.iocs.StatedIn(at, has) ||
			len(r.now.notes) > 0 && value.in(r.Note(at))
	}
}

func typeIs(arg string) (matcher, error) {
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	names := typeNames()
	begins := func(name string) bool { return strings.HasPrefix(name, arg) }
	switch {
	case arg == allHashes, !slices.ContainsFunc(names[1:], begins) && begins(allHashes):
		hash := feed.Ask(func(t string) bool { return feed.Type(t).IsHash() })
		return func(r *Review, at int) bool { return r.iocs.TypeIs(at, hash) }, nil
	case slices.ContainsFunc(names, begins):
		begins := feed.Ask(beginsWith(arg))
		return func(r *Review, at int) bool { return r.iocs.TypeIs(at, begins) }, nil
	}
	mark := "."
	if near := feed.Nearest(arg, names); near != "" {
		mark = "; did you mean " + near + "?"
	}
	return nil, fmt.Errorf("there is no type %s%s Types: %s", arg, mark, strings.Join(names, " "))
}

// allHashes is the word for every type of hash.
const allHashes = "hash"

// typeNames are what a type can be asked for as.
func typeNames() []string {
	names := []string{allHashes}
	for _, t := range feed.Types {
		names = append(names, string(t))
	}
	return names
}

// word reads what stands behind the sign of a field of words.
func word(arg string) (string, error) {
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	switch {
	case arg == "":
		return "", fmt.Errorf("type a value behind the colon")
	case arg[0] == '<' || arg[0] == '>':
		return "", fmt.Errorf("this field has no order; use a colon")
	}
	return arg, nil
}

func wordNeedle(arg string) (needle, error) {
	arg, err := word(arg)
	return newNeedle(arg), err
}

func beginsWith(lower string) func(string) bool {
	return func(s string) bool { return strings.HasPrefix(strings.ToLower(s), lower) }
}

func yesNo(arg string, of matcher) (matcher, error) {
	switch strings.ToLower(strings.TrimPrefix(arg, "=")) {
	case "yes", "y", "true":
		return of, nil
	case "no", "n", "false":
		return func(r *Review, at int) bool { return !of(r, at) }, nil
	}
	return nil, fmt.Errorf("use yes or no")
}

// warningIs reads yes, no, or the beginning of a rule's code.
func warningIs(arg string) (matcher, error) {
	if m, err := yesNo(arg, func(r *Review, at int) bool { return r.Suspicious(at) != "" }); err == nil {
		return m, nil
	}
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	rules, err := warnings.Rules()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(rules, func(r warnings.Rule) bool { return strings.HasPrefix(r.Code, arg) }) {
		var codes []string
		for _, r := range rules {
			codes = append(codes, r.Code)
		}
		return nil, fmt.Errorf("use yes, no or one of %s", strings.Join(codes, " "))
	}
	return func(r *Review, at int) bool {
		return slices.ContainsFunc(r.Warnings(at), func(w warnings.Warning) bool { return strings.HasPrefix(w.Code, arg) })
	}, nil
}

func verdictIs(arg string) (matcher, error) {
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	if arg == "none" {
		return func(r *Review, at int) bool { return r.Verdict(at) == NoVerdict }, nil
	}
	for _, v := range Verdicts {
		if v != NoVerdict && arg != "" && strings.HasPrefix(string(v), arg) {
			return func(r *Review, at int) bool { return r.Verdict(at) == v }, nil
		}
	}
	return nil, fmt.Errorf("use malicious, benign, unsure or none")
}

// knownIs reads yes, no, differ, or a verdict or its beginning.
func knownIs(arg string) (matcher, error) {
	if m, err := yesNo(arg, func(r *Review, at int) bool { return len(r.memories.of(at)) > 0 }); err == nil {
		return m, nil
	}
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	if arg != "" && strings.HasPrefix("differs", arg) {
		return func(r *Review, at int) bool { return r.memories.Differ(at) }, nil
	}
	for _, v := range Verdicts {
		if v != NoVerdict && arg != "" && strings.HasPrefix(string(v), arg) {
			return func(r *Review, at int) bool {
				m := r.memories.latest(at)
				return m != nil && m.Verdict == v
			}, nil
		}
	}
	return nil, fmt.Errorf("use yes, no, differ, malicious, benign or unsure")
}

func confidenceIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	n, err := strconv.ParseUint(strings.TrimSuffix(arg, "%"), 10, 8)
	if err != nil || n > 100 {
		return nil, fmt.Errorf("compare with a number from 0 to 100, such as conf>=75")
	}
	return func(r *Review, at int) bool {
		c := r.iocs.Confidence(at)
		return c != feed.NoConfidence && holds(cmp.Compare(c, int(n)))
	}, nil
}

func seenIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	day, err := time.Parse(time.DateOnly, arg)
	if err != nil {
		return nil, fmt.Errorf("compare with a date, such as seen>=2026-05-01")
	}
	return func(r *Review, at int) bool {
		seen := r.iocs.FirstSeen(at)
		return !seen.IsZero() && holds(seen.Truncate(24*time.Hour).Compare(day))
	}, nil
}

// comparison reads a sign before a value; without one it is equality.
func comparison(arg string) (holds func(order int) bool, rest string) {
	for _, s := range []struct {
		sign  string
		holds func(int) bool
	}{
		{">=", func(c int) bool { return c >= 0 }},
		{"<=", func(c int) bool { return c <= 0 }},
		{">", func(c int) bool { return c > 0 }},
		{"<", func(c int) bool { return c < 0 }},
		{"=", func(c int) bool { return c == 0 }},
	} {
		if rest, ok := strings.CutPrefix(arg, s.sign); ok {
			return s.holds, rest
		}
	}
	return func(c int) bool { return c == 0 }, arg
}
