package exclusions

import (
	"slices"
	"strings"

	"quarry/kql"
)

// Completion is one way to go on with a condition.
type Completion struct {
	Text  string // in place of the word that is being written
	Means string // what it is, "" where that needs no words
}

// maxCompletions is how many are given at most: nobody looks through more.
const maxCompletions = 40

// Complete lists what the last word of the beginning of a condition can become,
// the likeliest first, and the byte at which that word begins. Values are those
// that fields.yaml suggests, and for programs those of known software, which is
// found by its name too. There is none where the text is wrong before that word.
func Complete(text string) (start int, all []Completion) {
	e, ok := kql.Expect(text)
	if !ok {
		return len(text), nil
	}
	word := text[e.Start:]
	switch e.Expected {
	case kql.ExpectField:
		all = completeField(word)
	case kql.ExpectOperator:
		for _, op := range kql.OperatorsOf(e.Field) {
			all = begins(all, string(op)+" ", word, "")
		}
	case kql.ExpectValue:
		all = completeValue(e, word)
	case kql.ExpectList:
		all = begins(begins(all, ", ", word, "another value"), ")", word, "end of the list")
	case kql.ExpectConnector:
		before := ""
		if n := len(text); n == e.Start && n > 0 && !strings.ContainsAny(text[n-1:], " \t") {
			before = " "
		}
		all = begins(begins(all, before+"and ", word, ""), before+"or ", word, "")
	}
	return e.Start, all[:min(len(all), maxCompletions)]
}

func begins(all []Completion, text, word, means string) []Completion {
	if n := len(word); n <= len(text) && strings.EqualFold(text[:n], word) {
		return append(all, Completion{text, means})
	}
	return all
}

// completeField finds a field by the beginning of its name or of a part of it, as
// command_line is one of the process, or of another name that people have for it.
func completeField(word string) (all []Completion) {
	var inner []Completion
	lower := strings.ToLower(word)
	for _, f := range kql.Fields() {
		name := string(f.Field)
		if strings.HasPrefix(name, lower) {
			all = append(all, Completion{name + " ", f.Means})
		} else if lower != "" && (strings.Contains(name, "."+lower) || strings.Contains(name, "_"+lower) ||
			slices.ContainsFunc(f.Also, func(other string) bool { return strings.HasPrefix(other, lower) })) {
			inner = append(inner, Completion{name + " ", f.Means})
		}
	}
	all = append(all, inner...)
	return begins(all, "not ", word, "")
}

// completeValue finds values of a field by their beginning, or by the name of
// the software that they belong to.
func completeValue(e kql.Expectation, word string) (all []Completion) {
	bare := strings.ToLower(strings.Trim(word, `"'`))
	kind, _ := e.Field.Kind()
	if !e.List {
		all = begins(all, "one of (", word, "several values")
	}
	if e.Op == kql.Contains {
		all = begins(all, "word ", word, "a whole word")
	}
	for _, f := range kql.Fields() {
		if f.Field != e.Field {
			continue
		}
		for _, v := range f.Values {
			if strings.HasPrefix(strings.ToLower(v), bare) {
				all = append(all, Completion{kql.QuoteValue(v), ""})
			}
		}
	}
	if kind == kql.ProgramField || e.Field == "process.command_line" {
		all = append(all, programs(bare)...)
	}
	return all
}

// programs are those of known software that a word begins, or whose software it
// begins; the former come first.
func programs(word string) []Completion {
	var named, of []Completion
	seen := map[string]bool{}
	for _, s := range lexical().software {
		byName := slices.ContainsFunc(append([]string{s.Name}, s.Also...), func(n string) bool { return strings.HasPrefix(strings.ToLower(n), word) })
		for _, p := range s.Processes {
			c := Completion{kql.QuoteValue(p), s.Name}
			switch {
			case seen[p]:
				continue
			case strings.HasPrefix(strings.ToLower(p), word):
				named = append(named, c)
			case byName:
				of = append(of, c)
			default:
				continue
			}
			seen[p] = true
		}
	}
	return append(named, of...)
}
