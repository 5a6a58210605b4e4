package cell

import (
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character keeps. Thai, Hebrew with
// points and Tibetan stacks need up to four; a hundred of them paint over the
// lines above and below.
const maxMarks = 4

// Terminal says what the terminal can draw. The zero value is right for one
// that takes UTF-8 and has not said more.
type Terminal struct {
	// ASCII keeps everything but printable ASCII away from the terminal. One
	// that does not read UTF-8 takes the second byte of U+00DB for the control
	// sequence introducer, so letters are as dangerous to it as controls.
	ASCII bool

	// Graphemes counts a cluster of characters as one, as a terminal does that
	// has answered for mode 2027 and as Bubble Tea's renderer does from that
	// answer on. Without it the cells of each code point are summed up, as
	// wcwidth does. Set it when a tea.ModeReportMsg for ansi.ModeUnicodeCore
	// says that the mode is known; otherwise columns with Indic or emoji
	// sequences part from what the renderer draws.
	Graphemes bool
}

// Clean is [Terminal.Clean] for a terminal that takes UTF-8.
func Clean(s string) string { return Terminal{}.Clean(s) }

// Clean returns s with everything escaped that is not plainly visible text, in
// Go's notation: \x1b for controls, \xff for bytes that are not UTF-8, \u202e
// and \U000e0041 for code points, and \n, \r and \t. Escaped are C0 and C1
// controls, DEL, invalid UTF-8, format characters (bidirectional controls,
// zero-width characters, tags), line and paragraph separators, variation
// selectors and other characters that draw nothing, spaces other than U+0020
// and the ideographic U+3000, private use and unassigned code points, the few
// letters that swallow whatever is drawn after them, and combining marks
// without a character to stand on or beyond the fourth on one character.
//
// No byte of the result moves the cursor, starts a sequence, changes colours
// or reorders text. A backslash in s stays as it is, so Clean of a clean text
// is that text, and a text that spells an escape cannot be told from one that
// was escaped. Printable ASCII costs no allocation.
func (t Terminal) Clean(s string) string {
	if printableASCII(s) {
		return s
	}
	c := cleaner{ascii: t.ASCII, marks: noBase}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !c.shows(r, n) {
			c.marks = noBase
			b := make([]byte, i, len(s)+16)
			copy(b, s[:i])
			return string(c.appendTo(b, s[i:]))
		}
		i += n
	}
	return s
}

// noBase says that there is no character a combining mark could stand on.
const noBase = -1

// cleaner goes through a text rune by rune and knows how many marks the
// character before has.
type cleaner struct {
	ascii bool
	marks int
}

func (c *cleaner) appendTo(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if c.shows(r, n) {
			b = append(b, s[i:i+n]...)
		} else {
			b = appendEscape(b, r, s[i:i+n])
		}
		i += n
	}
	return b
}

// shows reports whether the rune r of n bytes is drawn as it is.
func (c *cleaner) shows(r rune, n int) bool {
	switch {
	case r >= ' ' && r < 0x7f:
		c.marks = 0
		return true
	case r < 0x80, r == utf8.RuneError && n == 1, c.ascii, hidden(r):
		c.marks = noBase
		return false
	case !mark(r):
		c.marks = 0
		return true
	case c.marks == noBase, c.marks == maxMarks:
		c.marks = noBase
		return false
	}
	c.marks++
	return true
}

// hidden reports whether r would draw nothing, or something that depends on
// the terminal or on the text after it.
func hidden(r rune) bool {
	if !unicode.IsPrint(r) {
		return r != '\u3000'
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, swallowing)
}

// swallowing are printable characters that form one cluster with what follows
// (Grapheme_Cluster_Break=Prepend in Unicode's UAX 29), so that a space or a
// rule drawn after the cell would belong to it, and the braille blank, which
// is printable and empty.
var swallowing = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0d4e, Hi: 0x0d4e, Stride: 1},
		{Lo: 0x2800, Hi: 0x2800, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x111c2, Hi: 0x111c3, Stride: 1},
		{Lo: 0x1193f, Hi: 0x1193f, Stride: 1},
		{Lo: 0x11941, Hi: 0x11941, Stride: 1},
		{Lo: 0x11a84, Hi: 0x11a89, Stride: 1},
		{Lo: 0x11d46, Hi: 0x11d46, Stride: 1},
		{Lo: 0x11f02, Hi: 0x11f02, Stride: 1},
	},
}

// mark reports whether r stands on the character before it.
func mark(r rune) bool {
	return r >= 0x300 && unicode.In(r, unicode.M, joining)
}

// joining are characters that UAX 29 adds to the cluster before them although
// they are letters or symbols: Thai and Lao AM, the halfwidth voiced sound
// marks, and the skin tones of emoji.
var joining = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0e33, Hi: 0x0e33, Stride: 1},
		{Lo: 0x0eb3, Hi: 0x0eb3, Stride: 1},
		{Lo: 0xff9e, Hi: 0xff9f, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1},
	},
}

// appendEscape appends r, which stands in the text as raw, in ASCII.
func appendEscape(b []byte, r rune, raw string) []byte {
	switch {
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case len(raw) == 1:
		return appendHex(append(b, `\x`...), rune(raw[0]), 2)
	case r <= 0xffff:
		return appendHex(append(b, `\u`...), r, 4)
	}
	return appendHex(append(b, `\U`...), r, 8)
}

func appendHex(b []byte, r rune, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[r>>shift&0xf])
	}
	return b
}

// printableASCII reports whether s is what most indicators are, and needs no
// further look.
func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
