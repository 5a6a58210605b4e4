package prose

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	tables "quarry/feed/table"
)

// portSpeech finds where a text speaks of ports, in the words of any language that
// feed/table/columns.yaml has.
type portSpeech struct {
	begins *regexp.Regexp // a text begins with such a word, which no letter or digit follows
	named  *regexp.Regexp // a number that is called a port: it is the first group that is not empty
	before *regexp.Regexp // so is one at the end of a text
}

// saysPort is read once.
var saysPort = sync.OnceValue(func() *portSpeech {
	spaced, joined := []string{"tcp", "udp"}, []string{}
	s := &portSpeech{}
	for _, w := range tables.PortWords() {
		if r, _ := utf8.DecodeRuneInString(w); isJoined(r) {
			joined = append(joined, w)
		} else {
			spaced = append(spaced, w)
		}
	}
	called := `(?:(?:^|[^\pL\pN_])(?:` + oneOf(spaced) + `)|(?:` + oneOf(joined) + `))[ :：/=#]*([0-9]{1,5})`
	s.begins = regexp.MustCompile(`(?i)^(?:(?:` + oneOf(spaced) + `)(?:$|[^\pL\pN_-])|(?:` + oneOf(joined) + `))`)
	s.named = regexp.MustCompile(`(?i)` + called + `\b|\b([0-9]{1,5})(?:/(?:tcp|udp)\b| ?(?:` + oneOf(joined) + `))`)
	s.before = regexp.MustCompile(`(?i)` + called + `(?:/(?:tcp|udp))?(?: (?:on|at|of))?[ :：\-|]*$`)
	return s
})

// oneOf is the words as an expression, longer ones first.
func oneOf(ws []string) string {
	ws = slices.Clone(ws)
	slices.SortFunc(ws, func(a, b string) int { return len(b) - len(a) })
	for n := range ws {
		ws[n] = regexp.QuoteMeta(ws[n])
	}
	return strings.Join(ws, "|")
}

// isJoined reports whether a letter is of a script that writes numbers without a space
// beside words.
func isJoined(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// word is the length of the word for a port with which a text begins, or 0.
func (s *portSpeech) word(text string) int {
	m := s.begins.FindString(text)
	r, n := utf8.DecodeLastRuneInString(m)
	if m == "" || unicode.IsLetter(r) {
		return len(m)
	}
	return len(m) - n
}

// number is the first number that a text calls a port, with the words that say so, "" where
// there is none.
func (s *portSpeech) number(text string) (port, said string) {
	m := s.named.FindStringSubmatch(text)
	if m == nil || portOf(strings.Join(m[1:], "")) == "" {
		return "", ""
	}
	return strings.Join(m[1:], ""), trimmed(m[0])
}

// last is [portSpeech.number] of what stands right before a value.
func (s *portSpeech) last(text string) (port, said string) {
	m := s.before.FindStringSubmatch(text)
	if m == nil || portOf(m[1]) == "" {
		return "", ""
	}
	return m[1], trimmed(m[0])
}

// trimmed is what an expression met without the sign before.
func trimmed(s string) string {
	return strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
