package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// encodedFrom is the line from which on a text is that of a mail in quoted-printable,
// pasted without the header that says so, and 0 where it is none: a long line breaks
// off at an equals sign, and something is written as that encoding writes it.
func encodedFrom(head []byte) int {
	text := string(head)
	if !slices.ContainsFunc(words().QuotedSigns, func(sign string) bool { return strings.Contains(text, sign) }) {
		return 0
	}
	no := 0
	for l := range strings.Lines(text) {
		no++
		if l = strings.TrimRight(l, "\n"); len(l) >= wrapped && breaksOff(l) && !strings.HasSuffix(l, "==") && strings.ContainsAny(l, " .[") {
			return no
		}
	}
	return 0
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
