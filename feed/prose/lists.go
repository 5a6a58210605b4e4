package prose

import (
	"strings"
	"unicode/utf8"
)

// bulleted takes the sign or the number of an item off a line.
func bulleted(t string) (rest string, ok bool) {
	if c := t[0]; c >= utf8.RuneSelf || strings.IndexByte("-*+o.", c) >= 0 {
		for _, b := range words().Bullets {
			if strings.HasPrefix(t, b) {
				return trim(t[len(b):]), true
			}
		}
		return t, false
	}
	n := digitsLen(t)
	if n > 0 && n+1 < len(t) && (t[n] == '.' || t[n] == ')') && (t[n+1] == ' ' || t[n+1] == '\t') {
		return trim(t[n+1:]), true
	}
	return t, false
}

// unlisted takes the sign or the number of an item off a line. What else than in Markdown
// may number items does where the next number stands before the line below, or the one
// before it before the line above; one in brackets before a link is that of a note, as is
// one in square brackets outside of headings about IOCs.
func (r *reader) unlisted(t string) (rest string, ok bool) {
	if rest, ok = bulleted(t); ok {
		return rest, true
	}
	m, rest := markOf(t)
	about := r.part().kind
	if m.n == 0 || m.bracketed && leadsToLinks(rest) || m.form == ']' && about != indicators && about != lists {
		return t, false
	}
	above, _ := markOf(r.past[0])
	below, _ := markOf(r.coming(0))
	if m.n--; above != m {
		if m.n += 2; below != m {
			return t, false
		}
	}
	return rest, true
}

// itemMark is the number before an item, and how it is written.
type itemMark struct {
	n         int  // from 1, 0 where there is none
	form      rune // the sign behind it, or that of which it is one
	bracketed bool // there is one before it, too
}

// numerals are the first of signs that are each a number from 1, and how many there are
// (Unicode, Enclosed Alphanumerics and Dingbats).
var numerals = []struct {
	first rune
	most  int
}{{'①', 20}, {'⑴', 20}, {'⒈', 20}, {'❶', 10}, {'➀', 10}, {'➊', 10}}

// mostItems is how high the number of an item is at most: higher ones are years.
const mostItems = 999

// markOf is the number before an item in another way than Markdown's: "(1)", "[1]", "a)",
// "1）", "1、" or "①".
func markOf(t string) (m itemMark, rest string) {
	r, size := utf8.DecodeRuneInString(t)
	for _, k := range numerals {
		if n := int(r - k.first); n >= 0 && n < k.most {
			return itemMark{n: n + 1, form: k.first}, trim(t[size:])
		}
	}
	opened := r == '(' || r == '[' || r == '（'
	rest = t
	if opened {
		rest = t[size:]
	}
	at := digitsLen(rest)
	for _, c := range []byte(rest[:at]) {
		m.n = 10*m.n + int(c-'0')
	}
	letter := at == 0 && rest != "" && isLower(rest[0])
	if letter {
		m.n, at = int(rest[0]-'a')+1, 1
	}
	r, size = utf8.DecodeRuneInString(rest[at:])
	spaced := strings.HasPrefix(rest[at+size:], " ") || strings.HasPrefix(rest[at+size:], "\t")
	wide := r >= utf8.RuneSelf
	switch {
	case m.n == 0, m.n > mostItems, size == 0, !wide && !spaced, letter && wide, opened && !strings.ContainsRune(")]）", r), !opened && !strings.ContainsRune(")）、．", r):
		return itemMark{}, t
	}
	if letter {
		r = -r // that numbers of one form are not taken for the letters of another
	}
	return itemMark{n: m.n, form: r, bracketed: opened}, trim(rest[at+size:])
}

// digitsLen is how many digits a text begins with, 0 where they are too many for the
// number of an item.
func digitsLen(t string) int {
	const most = 4
	n := 0
	for n < len(t) && t[n] >= '0' && t[n] <= '9' {
		n++
	}
	if n > most {
		return 0
	}
	return n
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
