package cell

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// ellipsisWidth is not 1 where RUNEWIDTH_EASTASIAN is set.
var ellipsisWidth = ansi.StringWidth("…")

// Width is [Terminal.Width] for a terminal that takes UTF-8.
func Width(s string) int { return Terminal{}.Width(s) }

// Width returns how many cells a cleaned text takes, counted by the same
// functions as Bubble Tea's renderer uses. Of a text that was not cleaned it
// says nothing.
func (t Terminal) Width(s string) int {
	if printableASCII(s) {
		return len(s)
	}
	return t.method().StringWidth(s)
}

func (t Terminal) method() ansi.Method {
	if t.Graphemes {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// Append appends s to b, cleaned, and padded on the right to exactly width
// cells. A longer text is cut and ends in an ellipsis. A character of two
// cells that would be halved is left out and a space takes its place. A width
// below one appends nothing.
//
// Printable ASCII needs no allocation beyond b, and of a longer text only as
// much is looked at as can be drawn.
func (t Terminal) Append(b []byte, s string, width int) []byte {
	text, end, w := t.fit(s, width)
	b = append(b, text...)
	b = append(b, end...)
	return appendSpaces(b, width-w)
}

// AppendShort is [Terminal.Append] without the padding of a text that is not cut,
// and returns the cells that it took.
func (t Terminal) AppendShort(b []byte, s string, width int) ([]byte, int) {
	text, end, w := t.fit(s, width)
	if end != "" {
		return t.Append(b, s, width), width
	}
	return append(b, text...), w
}

// AppendRight is [Terminal.Append] with the padding on the left.
func (t Terminal) AppendRight(b []byte, s string, width int) []byte {
	text, end, w := t.fit(s, width)
	b = appendSpaces(b, width-w)
	b = append(b, text...)
	return append(b, end...)
}

// AppendMiddle is [Terminal.Append], except that a longer text loses its
// middle: a URL keeps its host and its file name, a hash both ends. In fewer
// than five cells there is no room for two ends, and the text is cut on the
// right.
func (t Terminal) AppendMiddle(b []byte, s string, width int) []byte {
	head, whole := t.start(s, width)
	if width < 5 || whole && t.Width(head) <= width {
		return t.Append(b, s, width)
	}
	if !whole {
		head, _ = t.start(s[:runeStart(s, len(s)/2)], width)
	}
	dots, dw := t.ellipsis(width)
	n, w := t.prefix(head, (width-dw+1)/2)
	tail := head[n:]
	if !whole {
		tail = t.end(s, width)
	}
	half := divided(head, n)
	n, w = n-half, w-half
	rest := tail
	tail, tw := t.suffix(tail, width-dw-w)
	if half := divided(rest, len(rest)-len(tail)); half > 0 {
		tail, tw = tail[bracketed-half:], tw-(bracketed-half)
	}
	b = append(b, head[:n]...)
	b = append(b, dots...)
	b = append(b, tail...)
	return appendSpaces(b, width-w-dw-tw)
}

// fit returns what of s is drawn in width cells, the ellipsis if it was cut,
// and the cells of both.
func (t Terminal) fit(s string, width int) (text, end string, w int) {
	c, whole := t.start(s, width)
	if whole {
		if w := t.Width(c); w <= width {
			return c, "", w
		}
	}
	end, ew := t.ellipsis(width)
	n, w := t.prefix(c, width-ew)
	half := divided(c, n)
	return c[:n-half], end, w - half + ew
}

// bracketed is the length of a dot, colon or @ in the brackets of defanging.
const bracketed = len("[.]")

// divided is how many of the bytes before s[n] are of such a one that would be cut in
// two there.
func divided(s string, n int) int {
	for half := 1; half < bracketed; half++ {
		if at := n - half; at >= 0 && at+bracketed <= len(s) && s[at] == '[' && s[at+2] == ']' && strings.IndexByte(".:@", s[at+1]) >= 0 {
			return half
		}
	}
	return 0
}

// ellipsis returns the mark of a cut text and its cells. In ASCII three dots
// would take a good part of a narrow cell.
func (t Terminal) ellipsis(width int) (string, int) {
	switch {
	case width < 1:
		return "", 0
	case !t.ASCII && ellipsisWidth <= width:
		return "…", ellipsisWidth
	case t.ASCII && width >= 9:
		return "...", 3
	}
	return "~", 1
}

// reach is how many bytes of a text are looked at to fill width cells: each
// character takes a cell or more, and four bytes for itself and each mark.
func reach(width int) int { return (max(width, 0) + 2) * utf8.UTFMax * (1 + maxMarks) }

// start returns the cleaned beginning of s, enough for width cells and one
// more, and whether that is all of s.
func (t Terminal) start(s string, width int) (string, bool) {
	if len(s) <= reach(width) {
		return t.Clean(s), true
	}
	return t.Clean(s[:runeStart(s, reach(width))]), false
}

// end returns the cleaned end of a text too long for start, enough for width
// cells in the half of the text that a middle cut shows of it.
func (t Terminal) end(s string, width int) string {
	n := max(len(s)-reach(width), len(s)/2)
	return t.Clean(s[runeStart(s, n):])
}

// runeStart returns where the rune at s[n] begins, or n where there is none.
func runeStart(s string, n int) int {
	for k := n; k >= 0 && k > n-utf8.UTFMax; k-- {
		if utf8.RuneStart(s[k]) {
			return k
		}
	}
	return n
}

// prefix returns the length and the cells of the longest beginning of s that
// takes no more than width cells.
func (t Terminal) prefix(s string, width int) (n, w int) {
	for n < len(s) {
		un, uw := t.unit(s[n:])
		if w+uw > width {
			break
		}
		n, w = n+un, w+uw
	}
	return n, w
}

// suffix returns the longest end of s that takes no more than width cells, and
// its cells.
func (t Terminal) suffix(s string, width int) (string, int) {
	w := t.Width(s)
	for w > width {
		un, uw := t.unit(s)
		s, w = s[un:], w-uw
	}
	return s, w
}

// unit returns the length and the cells of the first part of s that cannot be
// divided: a cluster, or where the terminal knows none, a character and its
// marks.
func (t Terminal) unit(s string) (n, w int) {
	if s[0] < 0x80 && (len(s) == 1 || s[1] < 0x80) {
		return 1, 1
	}
	if t.Graphemes {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		return len(cluster), w
	}
	_, n = utf8.DecodeRuneInString(s)
	for n < len(s) {
		r, rn := utf8.DecodeRuneInString(s[n:])
		if !mark(r) {
			break
		}
		n += rn
	}
	return n, ansi.StringWidthWc(s[:n])
}

func appendSpaces(b []byte, n int) []byte {
	const spaces = "                                                                "
	for n > len(spaces) {
		b = append(b, spaces...)
		n -= len(spaces)
	}
	if n > 0 {
		b = append(b, spaces[:n]...)
	}
	return b
}
