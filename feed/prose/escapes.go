package prose

import (
	"html"
	"strings"

	"quarry/feed"
)

// escapable are the signs before which a backslash of Markdown says that they mean
// nothing. A dot is only where brackets are around it: elsewhere the backslash is
// that of a regular expression.
const escapable = "[](){}_*@&=~?%:/<>!#+-`"

// unescaped is a line of Markdown without the backslashes and entities that a
// converter put into its values, and without emphasis of their parts:
// "a\[.\]example", "a&#46;example", "**a**[.]example".
func unescaped(t string) string {
	if strings.IndexByte(t, '\\') >= 0 {
		t = unescapedWords(t)
	}
	if strings.IndexByte(t, '&') >= 0 && strings.IndexByte(t, ';') >= 0 {
		t = withoutEntities(t)
	}
	if strings.ContainsAny(t, "[({") && strings.ContainsAny(t, "*`_") {
		t = withoutEmphasis(t)
	}
	return t
}

// unescapedWords takes the backslashes out of the words that have none but those
// of Markdown: another is of a path or an expression.
func unescapedWords(t string) string {
	var b strings.Builder
	for len(t) > 0 {
		end := strings.IndexAny(t, " \t|")
		if end < 0 {
			end = len(t)
		} else {
			end++
		}
		b.WriteString(unescapedWord(t[:end]))
		t = t[end:]
	}
	return b.String()
}

func unescapedWord(w string) string {
	if strings.IndexByte(w, '\\') < 0 || len(w) > 2 && w[1] == ':' && w[2] == '\\' {
		return w
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] != '\\' {
			out = append(out, w[i])
			continue
		}
		if i+1 == len(w) || i == 0 && strings.IndexByte(`\#-+>`, w[1]) >= 0 {
			return w
		}
		switch next := w[i+1]; {
		case next == '|' || next == ' ' || next == '\t':
			out = append(out, '\\') // of a cell
		case next == '.' && len(out) > 0 && strings.IndexByte("[({", out[len(out)-1]) >= 0:
		case strings.IndexByte(escapable, next) < 0:
			return w
		}
	}
	return string(out)
}

// longestEntity is the longest entity that is looked at, in bytes.
const longestEntity = 10

// withoutEntities writes out the entities of HTML that end in a semicolon.
func withoutEntities(t string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(t, '&')
		if at < 0 {
			break
		}
		b.WriteString(t[:at])
		t = t[at:]
		end := strings.IndexByte(t[:min(len(t), longestEntity)], ';') + 1
		plain := html.UnescapeString(t[:end])
		if end == 0 || plain == t[:end] || plain < " " || plain == "|" {
			plain, end = "&", 1
		}
		b.WriteString(plain)
		t = t[end:]
	}
	return b.String() + t
}

// withoutEmphasis takes the marks of code and emphasis away that stand beside a
// defanged sign.
func withoutEmphasis(t string) string {
	const marks = "*`"
	var out []byte
	from := 0
	for i := 0; i < len(t); i++ {
		k := feed.DefangedLen(t[i:])
		if k == 0 {
			continue
		}
		before := strings.TrimRight(t[from:i], marks)
		if word := before[strings.LastIndexAny(before, " \t|")+1:]; len(before) == i-from && strings.HasSuffix(word, "_") {
			name := strings.Trim(word, "_")
			if n := len(word) - len(strings.TrimRight(word, "_")); name != "" && n <= 2 && word == "__"[:n]+name+"__"[:n] {
				before = before[:len(before)-len(word)] + name
			}
		}
		if before == "" || !nameByte(before[len(before)-1]) {
			before = t[from:i]
		}
		behind := strings.TrimLeft(t[i+k:], marks)
		if behind == "" || !nameByte(behind[0]) {
			behind = t[i+k:]
		}
		out = append(append(out, before...), t[i:i+k]...)
		from = len(t) - len(behind)
		i = from - 1
	}
	if out == nil {
		return t
	}
	return string(out) + t[from:]
}
