package review

import (
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// escape writes text so that Markdown shows it and nothing in it is markup, a
// link or a table border. Text must be one line or several without leading
// white space, as [foldLines] leaves it.
func escape(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = escapeLine(line)
	}
	return strings.Join(lines, "\n")
}

func escapeLine(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if needsEscape(s, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// needsEscape reports whether the byte at s[i] could be read as markup there.
// It leaves alone what cannot, so that values stay readable in the source.
func needsEscape(s string, i int) bool {
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
		return !strings.Contains(".:@", string(after)) || i+2 >= len(s) || s[i+2] != ']' || opensLink(s, i+3)
	case ']':
		return i < 2 || s[i-2] != '[' || !strings.Contains(".:@", string(before)) || opensLink(s, i+1)
	case ':':
		head := strings.ToLower(s[:i])
		return i == 0 || after == '/' && (strings.HasSuffix(head, "http") || strings.HasSuffix(head, "https") || strings.HasSuffix(head, "ftp"))
	case '.':
		return strings.HasSuffix(strings.ToLower(s[:i]), "www") || onlyDigits(s[:i])
	case ')':
		return onlyDigits(s[:i])
	case '#', '-', '+', '=':
		return i == 0
	}
	return false
}

// opensLink reports whether s[i] would make a link of a bracket before it.
func opensLink(s string, i int) bool { return i < len(s) && strings.IndexByte("([:", s[i]) >= 0 }

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// prose writes text from a document: escaped, and addresses, names and URLs in
// it defanged inside a code span, where the reader of reviewed bulletins
// refangs them. Text that was defanged already stays as it is.
func prose(s string) string {
	var b strings.Builder
	at := 0
	for _, h := range scan.Find(s) {
		raw := s[h.Start:h.End]
		safe := feed.Defang(h.Type, raw)
		if h.Start < at || safe == raw || feed.Refang(safe) != raw || strings.ContainsAny(raw, "`|\n") {
			continue
		}
		b.WriteString(escapeAfter(s[at:h.Start], at == 0 || s[at-1] == '\n'))
		b.WriteString("`" + safe + "`")
		at = h.End
	}
	b.WriteString(escapeAfter(s[at:], at == 0 || s[at-1] == '\n'))
	return b.String()
}

// escapeAfter escapes text that may not stand at the start of a line, where
// some characters need no escape.
func escapeAfter(s string, lineStart bool) string {
	if lineStart || s == "" {
		return escape(s)
	}
	const guard = "x"
	return strings.TrimPrefix(escape(guard+s), guard)
}

// fence writes text as a fenced code block that nothing in it can close.
func fence(info, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + info + "\n" + text + "\n" + ticks + "\n"
}

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
