package bulletin

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is one line of a document.
type line struct {
	no         int    // counted from 1
	start, end int    // its bytes in the document, without the end of line
	raw        string // those bytes
	text       string // raw without white space and invisible characters around it
	last       bool   // the document ends here, without an end of line
}

// lines walks through the lines of a text.
type lines struct {
	doc string
	at  int
	line
}

// next moves to the next line and reports whether there is one.
func (l *lines) next() bool {
	if l.at >= len(l.doc) {
		return false
	}
	start, end := l.at, len(l.doc)
	if n := strings.IndexByte(l.doc[start:], '\n'); n >= 0 {
		end = start + n
	}
	raw := l.doc[start:end]
	l.line = line{no: l.no + 1, start: start, end: end, raw: raw, text: trim(raw), last: end == len(l.doc)}
	l.at = end + 1
	return true
}

// peek is the text of the line after this one, of a very long one the start.
func (l *lines) peek() string {
	if l.at >= len(l.doc) {
		return ""
	}
	s := l.doc[l.at:min(len(l.doc), l.at+1024)]
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		s = s[:n]
	}
	return trim(s)
}

// trim removes white space, and what pages put beside it that has no width,
// from both ends of s.
func trim(s string) string {
	for len(s) > 0 && isPlainSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isPlainSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if s == "" || plainByte(s[0]) && plainByte(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == 0x200B || r == 0x2060 || r == 0xFEFF || r == 0xAD
	})
}

func isPlainSpace(c byte) bool { return c == ' ' || c == '\t' }

func plainByte(c byte) bool { return c > ' ' && c < utf8.RuneSelf && c != 0x7F }

// cutPrefixFold is [strings.CutPrefix] without regard to case.
func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// heading takes a Markdown heading apart; level is 0 when s is none.
func heading(s string) (level int, text string) {
	for level < len(s) && s[level] == '#' {
		level++
	}
	if level == 0 || level > 6 || level < len(s) && !isPlainSpace(s[level]) {
		return 0, ""
	}
	text = strings.TrimRight(trim(s[level:]), "#")
	return level, unwrap(trim(text))
}

// unwrap takes emphasis or a code span off text that is all of one.
func unwrap(s string) string {
	if s == "" || strings.IndexByte("*_`", s[0]) < 0 {
		return s
	}
	for _, mark := range []string{"**", "__", "*", "_"} {
		if inner, ok := strings.CutPrefix(s, mark); ok {
			if inner, ok = strings.CutSuffix(inner, mark); ok && inner != "" && !strings.Contains(inner, mark) {
				return unwrap(trim(inner))
			}
		}
	}
	n := 0
	for n < len(s) && s[n] == '`' {
		n++
	}
	if n == 0 || 2*n >= len(s) || s[len(s)-n:] != s[:n] || s[len(s)-n-1] == '`' || strings.Contains(s[n:len(s)-n], s[:n]) {
		return s
	}
	return trim(s[n : len(s)-n])
}

// isRule reports whether s is a thematic break: three or more of one of -*_,
// with or without spaces.
func isRule(s string) bool {
	if s == "" || strings.IndexByte("-*_", s[0]) < 0 {
		return false
	}
	n := strings.Count(s, s[:1])
	return n >= 3 && n+strings.Count(s, " ") == len(s)
}
