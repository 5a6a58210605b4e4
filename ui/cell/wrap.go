package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap breaks prose into lines of at most width cells, between words where
// that is possible, each cleaned. Line breaks in s (\n, \r\n, \r) stay, save
// one at the end; other white space becomes one space between words. A word
// longer than a line is broken anywhere, and in a line too narrow for a wide
// character that character is shown escaped, so that no text is lost. A width
// below one counts as one. An empty s has no lines.
func (t Terminal) Wrap(s string, width int) []string {
	if s == "" {
		return nil
	}
	s = lineBreaks.Replace(s)
	w := wrapper{t: t, width: max(width, 1)}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		for _, word := range strings.FieldsFunc(line, unicode.IsSpace) {
			w.add(t.Clean(word))
		}
		w.flush()
	}
	return w.lines
}

// lineBreaks makes one kind of line break of all.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// wrapper fills one line after the other.
type wrapper struct {
	t     Terminal
	width int
	lines []string
	line  []byte
	used  int // cells of line
}

func (w *wrapper) flush() {
	w.lines = append(w.lines, string(w.line))
	w.line, w.used = w.line[:0], 0
}

// add puts a clean word on the line, or begins another with it.
func (w *wrapper) add(word string) {
	cells := w.t.Width(word)
	if len(w.line) > 0 {
		if w.used+1+cells <= w.width {
			w.line = append(w.line, ' ')
			w.line = append(w.line, word...)
			w.used += 1 + cells
			return
		}
		w.flush()
	}
	for {
		n, cells := w.t.prefix(word, w.width)
		if n == 0 && word != "" {
			first, _ := w.t.unit(word)
			word = escapeAll(word[:first]) + word[first:]
			continue
		}
		w.line = append(w.line, word[:n]...)
		w.used = cells
		if word = word[n:]; word == "" {
			return
		}
		w.flush()
	}
}

// escapeAll returns s in ASCII.
func escapeAll(s string) string {
	var b []byte
	for i, r := range s {
		b = appendEscape(b, r, s[i:i+utf8.RuneLen(r)])
	}
	return string(b)
}
