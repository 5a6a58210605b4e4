package review

import (
	"strings"
)

// escape writes clean text so that Markdown shows it and nothing in it is
// markup, a link or a table border. Whatever stands before the text is on its
// first line already unless lineStart is set.
//
// Only what could be markup where it stands is escaped, so that most values
// stay readable in the source. [unescape] gives the text back.
func escape(s string, lineStart bool) string {
	var b strings.Builder
	digits := lineStart // nothing but digits since the line started
	begin := lineStart
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isMarkup(s, i, begin, digits && !begin) {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		begin = c == '\n'
		digits = begin || digits && c >= '0' && c <= '9'
	}
	return b.String()
}

// isMarkup reports whether the byte at s[i] could be read as markup. Begin says
// that it begins a line, numbered that only digits stand before it there.
func isMarkup(s string, i int, begin, numbered bool) bool {
	before, after := byte(' '), byte(' ')
	if i > 0 {
		before = s[i-1]
	}
	if i+1 < len(s) {
		after = s[i+1]
	}
	switch s[i] {
	case '\\', '`', '*', '<', '>', '&', '|', '~', '$':
		return true
	case '_':
		return !alphanumeric(before) || !alphanumeric(after)
	case '[':
		return !defangMark(after) || i+2 >= len(s) || s[i+2] != ']' || opensLink(s, i+3)
	case ']':
		return i < 2 || s[i-2] != '[' || !defangMark(before) || opensLink(s, i+1)
	case ':':
		return begin || after == '/' && (endsFold(s[:i], "http") || endsFold(s[:i], "https") || endsFold(s[:i], "ftp"))
	case '.':
		return numbered || endsFold(s[:i], "www")
	case ')':
		return numbered
	case '#':
		return begin || before == ' ' || before == '#'
	case '-', '+', '=':
		return begin
	}
	return false
}

// defangMark reports whether [c] stays as it is: the common spellings of
// defanging are no links.
func defangMark(c byte) bool { return c == '.' || c == ':' || c == '@' }

// opensLink reports whether s[i] would make a link of a bracket before it.
func opensLink(s string, i int) bool { return i < len(s) && strings.IndexByte("([:", s[i]) >= 0 }

func endsFold(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

func alphanumeric(c byte) bool { return isDigit(c) || isLetter(c) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// unescape undoes [escape] in a run of Markdown text.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// fence writes text as a fenced code block that nothing in it can close.
func fence(info, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + info + "\n" + text + "\n" + ticks
}
