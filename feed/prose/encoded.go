package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// encodedFrom is the line from which on a text is that of a mail in quoted-printable,
// pasted without the header that says so, and 0 where it is none: a long line breaks
// off at an equals sign, and something is written as that encoding writes it. A line
// that is a URL does not break off where the next is a value.
func encodedFrom(head []byte) int {
	text := string(head)
	if !slices.ContainsFunc(words().QuotedSigns, func(sign string) bool { return strings.Contains(text, sign) }) {
		return 0
	}
	no := 0
	for l := range strings.Lines(text) {
		no++
		text = text[len(l):]
		if l = strings.TrimRight(l, "\n"); len(l) < wrapped || len(l) > longestEncoded || !breaksOff(l) || strings.HasSuffix(l, "==") || !strings.ContainsAny(l, " .[") {
			continue
		}
		if next, _, _ := strings.Cut(text, "\n"); !loneURL(l) || !loneValue(next) {
			return no
		}
	}
	return 0
}

// longestEncoded is how long a line in quoted-printable is at most: 76 characters
// (RFC 2045, section 6.7), and what quoting and defanging add.
const longestEncoded = 76 + 16

// itemMarks are what may stand around the value of an item.
const itemMarks = marks + "-•"

// loneURL reports whether a line is a URL and no more.
func loneURL(line string) bool {
	line = strings.Trim(line, itemMarks)
	return !strings.ContainsAny(line, " \t") && strings.Contains(feed.Refang(line), "://")
}

// loneValue reports whether a line is a value and no more, so that nothing goes on in
// it.
func loneValue(line string) bool {
	_, ok := records.Guess(strings.Trim(line, itemMarks))
	return ok
}

// breaksOff reports whether a line goes on in the next as quoted-printable has it.
func breaksOff(line string) bool { return strings.HasSuffix(line, "=") }

// encoded reports whether a hit is, in a text in quoted-printable, not the value that
// was meant: a sign in it is encoded, or it breaks off or begins where the line does.
func (d *document) encoded(b *block, h scan.Hit) bool {
	if d.encodedLine == 0 {
		return false
	}
	raw, before, behind := b.text[h.Start:h.End], b.text[:h.Start], b.text[h.End:]
	if end := strings.TrimLeft(behind, "="); len(behind)-len(end) <= 1 && (end == "" || end[0] == ' ') && (end != behind || strings.HasSuffix(raw, "=")) {
		return true
	}
	return b.resumed && strings.Trim(before, marks) == "" || h.Type == feed.URL && holdsEscape(raw)
}

// holdsEscape reports whether there is an encoded byte in a text.
func holdsEscape(s string) bool {
	const digits = "0123456789ABCDEF"
	for {
		at := strings.IndexByte(s, '=')
		if at < 0 || at+2 >= len(s) {
			return false
		}
		if strings.IndexByte(digits, s[at+1]) >= 0 && strings.IndexByte(digits, s[at+2]) >= 0 {
			return true
		}
		s = s[at+1:]
	}
}
