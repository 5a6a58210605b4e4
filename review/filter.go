package review

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"quarry/feed"
)

// Filter chooses which IOCs are shown. The zero Filter shows all. It is read
// from words that must all hold:
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
//	family:x note:x source:x    part of that field
type Filter struct {
	Text  string
	terms []filterTerm
}

type filterTerm struct {
	not   bool
	match func(r *Review, at int, i feed.IOC) bool
}

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
		return filterTerm{match: anyText("-")}, nil
	}
	at := strings.IndexAny(bare, ":<>=")
	if at > 0 {
		field, rest := strings.ToLower(bare[:at]), bare[at:]
		if make, known := filterFields[field]; known {
			match, err := make(strings.TrimPrefix(rest, ":"))
			if err != nil {
				return filterTerm{}, &FilterError{Word: word, Reason: err.Error()}
			}
			return filterTerm{not, match}, nil
		}
		if namesField(field, rest) {
			return filterTerm{}, &FilterError{Word: word, Reason: unknownField(field)}
		}
	}
	return filterTerm{not, anyText(bare)}, nil
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
		return Nearest(name, fieldNames) != ""
	}
	return true
}

// unknownField says that there is no such field, and which there are.
func unknownField(name string) string {
	mark := "."
	if near := Nearest(name, fieldNames); near != "" {
		mark = "; did you mean " + near + "?"
	}
	return "there is no field " + name + mark + " Fields: " + strings.Join(fieldNames, " ")
}

type matcher = func(r *Review, at int, i feed.IOC) bool

// FilterFields names the fields of a filter in the order in which they are told.
func FilterFields() []string { return slices.Clone(fieldNames) }

var fieldNames = []string{"type", "threat", "conf", "seen", "verdict", "on", "mention", "family", "note", "source"}

// filterFields read what stands behind the name of a field.
var filterFields = map[string]func(arg string) (matcher, error){
	"type": typeIs,
	"threat": func(arg string) (matcher, error) {
		return prefix(arg, func(i feed.IOC) string { return string(i.Threat) })
	},
	"conf":       confidenceIs,
	"confidence": confidenceIs,
	"seen":       seenIs,
	"verdict":    verdictIs,
	"on": func(arg string) (matcher, error) {
		return yesNo(arg, func(r *Review, at int, _ feed.IOC) bool { return r.Hunts(at) })
	},
	"mention": func(arg string) (matcher, error) {
		return yesNo(arg, func(_ *Review, _ int, i feed.IOC) bool { return i.Mention })
	},
	"family": func(arg string) (matcher, error) {
		return partOf(arg, func(_ *Review, _ int, i feed.IOC) string { return i.Family })
	},
	"note": func(arg string) (matcher, error) {
		return partOf(arg, func(r *Review, at int, _ feed.IOC) string { return r.Note(at) })
	},
	"source": func(arg string) (matcher, error) {
		return partOf(arg, func(_ *Review, _ int, i feed.IOC) string { return sourceText(i) })
	},
}

func anyText(word string) matcher {
	word = strings.ToLower(word)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), word) }
	return func(r *Review, at int, i feed.IOC) bool {
		return has(i.Value) || has(feed.Defang(i.Type, i.Value)) || has(i.Family) || has(r.Note(at)) || has(sourceText(i))
	}
}

func sourceText(i feed.IOC) string {
	var names []string
	for _, s := range i.Sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, " ")
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
		return func(_ *Review, _ int, i feed.IOC) bool { return i.Type.IsHash() }, nil
	case slices.ContainsFunc(names, begins):
		return prefix(arg, func(i feed.IOC) string { return string(i.Type) })
	}
	mark := "."
	if near := Nearest(arg, names); near != "" {
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

func prefix(arg string, of func(feed.IOC) string) (matcher, error) {
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	return func(_ *Review, _ int, i feed.IOC) bool { return strings.HasPrefix(strings.ToLower(of(i)), arg) }, nil
}

func partOf(arg string, of func(*Review, int, feed.IOC) string) (matcher, error) {
	arg, err := word(arg)
	if err != nil {
		return nil, err
	}
	return func(r *Review, at int, i feed.IOC) bool {
		return strings.Contains(strings.ToLower(of(r, at, i)), arg)
	}, nil
}

func yesNo(arg string, of matcher) (matcher, error) {
	switch strings.ToLower(strings.TrimPrefix(arg, "=")) {
	case "yes", "y", "true":
		return of, nil
	case "no", "n", "false":
		return func(r *Review, at int, i feed.IOC) bool { return !of(r, at, i) }, nil
	}
	return nil, fmt.Errorf("use yes or no")
}

func verdictIs(arg string) (matcher, error) {
	arg = strings.ToLower(strings.TrimPrefix(arg, "="))
	if arg == "none" {
		return func(r *Review, at int, _ feed.IOC) bool { return r.Verdict(at) == NoVerdict }, nil
	}
	for _, v := range Verdicts {
		if v != NoVerdict && arg != "" && strings.HasPrefix(string(v), arg) {
			return func(r *Review, at int, _ feed.IOC) bool { return r.Verdict(at) == v }, nil
		}
	}
	return nil, fmt.Errorf("use malicious, benign, unsure or none")
}

func confidenceIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	n, err := strconv.ParseUint(strings.TrimSuffix(arg, "%"), 10, 8)
	if err != nil || n > 100 {
		return nil, fmt.Errorf("compare with a number from 0 to 100, such as conf>=75")
	}
	return func(_ *Review, _ int, i feed.IOC) bool {
		return i.Confidence != feed.NoConfidence && holds(cmp.Compare(i.Confidence, int(n)))
	}, nil
}

func seenIs(arg string) (matcher, error) {
	holds, arg := comparison(arg)
	day, err := time.Parse(time.DateOnly, arg)
	if err != nil {
		return nil, fmt.Errorf("compare with a date, such as seen>=2026-05-01")
	}
	return func(_ *Review, _ int, i feed.IOC) bool {
		return !i.FirstSeen.IsZero() && holds(i.FirstSeen.Truncate(24*time.Hour).Compare(day))
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

// Column is what IOCs can be sorted by.
type Column uint8

// The columns that IOCs can be sorted by.
const (
	ByDocument Column = iota // the order of the documents
	ByOn
	ByType
	ByValue
	ByThreat
	ByConfidence
	BySeen
	ByVerdict
)

// Columns lists the columns in the order in which a key goes through them,
// with the names that a screen shows.
var Columns = []struct {
	Column Column
	Name   string
}{
	{ByDocument, "document"}, {ByOn, "on"}, {ByType, "type"}, {ByValue, "value"}, {ByThreat, "threat"},
	{ByConfidence, "confidence"}, {BySeen, "first seen"}, {ByVerdict, "verdict"},
}

// View lists the positions of the IOCs that the filter shows, sorted by a
// column; equal ones stay in the order of the documents. Going down, what is
// hunted comes first, types and verdicts come in the order of [feed.Types] and
// [Verdicts], values and threats from A to Z, addresses before them by number,
// confidence and first seen from the highest, and what has none of it last;
// reverse turns that round.
func (r *Review) View(f Filter, by Column, reverse bool) []int32 {
	shown := make([]int32, 0, r.iocs.Len())
	for at := range r.iocs.Len() {
		if f.shows(r, at) {
			shown = append(shown, int32(at))
		}
	}
	compare := r.compare(by)
	if compare == nil {
		if reverse {
			slices.Reverse(shown)
		}
		return shown
	}
	slices.SortStableFunc(shown, func(a, b int32) int {
		if reverse {
			return compare(int(b), int(a))
		}
		return compare(int(a), int(b))
	})
	return shown
}

func (f Filter) shows(r *Review, at int) bool {
	if len(f.terms) == 0 {
		return true
	}
	i := r.iocs.At(at)
	for _, t := range f.terms {
		if t.match(r, at, i) == t.not {
			return false
		}
	}
	return true
}

func (r *Review) compare(by Column) func(a, b int) int {
	ioc := func(of func(a, b feed.IOC) int) func(a, b int) int {
		return func(a, b int) int { return of(r.iocs.At(a), r.iocs.At(b)) }
	}
	switch by {
	case ByOn:
		return func(a, b int) int { return -compareBool(r.Hunts(a), r.Hunts(b)) }
	case ByType:
		return ioc(func(a, b feed.IOC) int {
			return cmp.Compare(slices.Index(feed.Types, a.Type), slices.Index(feed.Types, b.Type))
		})
	case ByValue:
		return ioc(compareValue)
	case ByThreat:
		return ioc(func(a, b feed.IOC) int {
			return cmp.Or(compareBool(a.Threat == "", b.Threat == ""), cmp.Compare(a.Threat, b.Threat))
		})
	case ByConfidence:
		return ioc(func(a, b feed.IOC) int { return cmp.Compare(b.Confidence, a.Confidence) })
	case BySeen:
		return ioc(func(a, b feed.IOC) int { return b.FirstSeen.Compare(a.FirstSeen) })
	case ByVerdict:
		return func(a, b int) int {
			x, y := r.Verdict(a), r.Verdict(b)
			return cmp.Or(compareBool(x == NoVerdict, y == NoVerdict), cmp.Compare(slices.Index(Verdicts, x), slices.Index(Verdicts, y)))
		}
	}
	return nil
}

// compareValue sorts addresses by number, before everything else by text.
func compareValue(a, b feed.IOC) int {
	x, isAddr := a.Addr()
	y, isToo := b.Addr()
	if isAddr && isToo {
		return cmp.Or(x.Compare(y), cmp.Compare(a.Port(), b.Port()), cmp.Compare(a.Value, b.Value))
	}
	return cmp.Or(-compareBool(isAddr, isToo), cmp.Compare(a.Value, b.Value))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
