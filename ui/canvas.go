package ui

import (
	"quarry/feed"
	"quarry/ui/cell"
)

// canvas builds one frame, row by row and from left to right. Every method
// that takes text from outside cleans it.
type canvas struct {
	b     []byte
	theme *theme
	term  cell.Terminal
	now   style
	lock  bool // a row of the cursor: one style from end to end
}

// use switches to a style, unless the row is locked to one.
func (c *canvas) use(s style) {
	if s == c.now || c.lock {
		return
	}
	if c.now != plain {
		c.b = append(c.b, reset...)
	}
	c.b = append(c.b, c.theme[s]...)
	c.now = s
}

// lockRow draws everything up to [canvas.unlock] in one style: a row that is
// one run of cells costs the fewest bytes when the cursor moves.
func (c *canvas) lockRow(s style) {
	c.use(s)
	c.lock = true
}

func (c *canvas) unlock() {
	c.lock = false
	c.use(plain)
}

// put draws text in exactly w cells, cut on the right.
func (c *canvas) put(s style, text string, w int) {
	if w <= 0 {
		return
	}
	c.use(s)
	c.b = c.term.Append(c.b, text, w)
}

// putMiddle draws text in exactly w cells, cut in the middle.
func (c *canvas) putMiddle(s style, text string, w int) {
	if w <= 0 {
		return
	}
	c.use(s)
	c.b = c.term.AppendMiddle(c.b, text, w)
}

// putRight draws text in exactly w cells, to the right.
func (c *canvas) putRight(s style, text string, w int) {
	if w <= 0 {
		return
	}
	c.use(s)
	c.b = c.term.AppendRight(c.b, text, w)
}

// raw draws text of this program's own, of known width, as it stands.
func (c *canvas) raw(s style, text string) {
	c.use(s)
	c.b = append(c.b, text...)
}

// fill draws n cells of one character of this program's own.
func (c *canvas) fill(s style, ch string, n int) {
	c.use(s)
	for range n {
		c.b = append(c.b, ch...)
	}
}

func (c *canvas) spaces(n int) { c.fill(plain, " ", n) }

// newline ends a row.
func (c *canvas) newline() {
	c.use(plain)
	c.b = append(c.b, '\n')
}

// glyphs are the few characters beyond ASCII that the workbench draws, with
// their ASCII stand-ins.
type glyphs struct {
	rule, column, full, empty, pointer, ellipsis, wrap string
}

func newGlyphs(ascii bool) glyphs {
	if ascii {
		return glyphs{rule: "-", column: "|", full: "#", empty: ".", pointer: ">", ellipsis: "~", wrap: "\\"}
	}
	return glyphs{rule: "─", column: "│", full: "■", empty: "·", pointer: "▸", ellipsis: "…", wrap: "↳"}
}

// thousands writes 12345 as 12,345.
func thousands(n int) string { return feed.Thousands(n) }

// plural writes 1 IOC, 2 IOCs.
func plural(n int, one string) string { return feed.Counted(n, one) }
