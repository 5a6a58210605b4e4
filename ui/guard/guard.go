// Package guard stands between a terminal and what reads its keys.
package guard

import (
	"io"
	"os"
)

// Reader bounds what a terminal, or who sends as one, can make the reader of
// keys hold: a paste, and escape sequences, which that reader keeps until they
// end. It changes nothing of what fits.
//
// Of a longer paste one byte more than the limit is handed on, by which the
// workbench sees that it is not whole and refuses it. A longer sequence is ended
// early, so that it is none that means anything. Inside of a paste nothing but
// its end is a sequence.
type Reader struct {
	r     io.Reader
	most  int // bytes of a paste
	state guardState
	n     int    // bytes of the sequence or paste so far
	seq   []byte // of what may be the beginning or the end of a paste
	parts int    // numbers of the sequence; -1 where none are to come
	rest  int    // bytes of a character that are still to come
	out   []byte // to be read
}

type guardState uint8

const (
	ground guardState = iota
	escape
	control    // CSI up to its final byte
	text       // OSC, DCS and their like, up to BEL or ST
	textEscape // an ESC in one
	paste
)

const (
	longestControl = 256
	longestText    = 4096
	// mostParts is how many numbers a sequence has: the reader has room for 32
	// and ends the program at one more.
	mostParts = 30
	pasteEnds = "\x1b[201~"
)

// New bounds what comes by r; most is how many bytes a paste has.
func New(r io.Reader, most int) *Reader { return &Reader{r: r, most: most} }

// File is a terminal whose keys are bounded, and that is the terminal in every
// other way.
type File struct {
	*os.File
	keys *Reader
}

// NewFile bounds what comes by a terminal; most is how many bytes a paste has.
func NewFile(f *os.File, most int) *File { return &File{f, New(f, most)} }

// Read reads what is handed on.
func (f *File) Read(b []byte) (int, error) { return f.keys.Read(b) }

// longestReplacement is how many bytes are handed on in place of one.
const longestReplacement = 4

// Read reads what is handed on. What is read at once fits in b once it is handed
// on, so that nothing is left for which nobody is told to read.
func (g *Reader) Read(b []byte) (int, error) {
	for len(g.out) == 0 && len(b) > 0 {
		n, err := g.r.Read(b[:max(1, len(b)/longestReplacement)])
		for _, c := range b[:n] {
			g.take(c)
		}
		if err != nil && len(g.out) == 0 {
			return 0, err
		}
	}
	n := copy(b, g.out)
	if g.out = g.out[n:]; len(g.out) == 0 {
		g.out = nil
	}
	return n, nil
}

func (g *Reader) pass(c ...byte) { g.out = append(g.out, c...) }

func (g *Reader) take(c byte) {
	switch g.state {
	case ground:
		g.onGround(c)
	case escape:
		g.afterEscape(c)
	case control:
		g.inControl(c)
	case text, textEscape:
		g.inText(c)
	case paste:
		g.inPaste(c)
	}
}

func (g *Reader) onGround(c byte) {
	if c == 0x1b {
		g.state = escape
	} else if g.strays(c) {
		return // a control of eight bits, which no key sends
	}
	g.pass(c)
}

// strays reports whether a byte of the upper half belongs to no character.
func (g *Reader) strays(c byte) bool {
	switch {
	case c < 0x80:
		g.rest = 0
	case c < 0xc0:
		if g.rest == 0 {
			return true
		}
		g.rest--
	case c >= 0xf0:
		g.rest = 3
	case c >= 0xe0:
		g.rest = 2
	default:
		g.rest = 1
	}
	return false
}

func (g *Reader) afterEscape(c byte) {
	switch c {
	case 0x1b:
	case '[':
		g.state, g.n, g.seq, g.parts = control, 0, g.seq[:0], 0
	case ']', 'P', 'X', '^', '_':
		g.state, g.n, g.parts = text, 0, -1
		if c == 'P' { // it begins with numbers
			g.parts = 0
		}
	default:
		g.state = ground
		if g.strays(c) {
			return
		}
	}
	g.pass(c)
}

func (g *Reader) inControl(c byte) {
	if c == 0x1b {
		g.state = escape
		g.pass(c)
		return
	}
	final := c >= 0x40 && c <= 0x7e
	g.n++
	if g.tooMany(c) && g.n < longestControl {
		g.n = longestControl
	}
	switch {
	case g.n < longestControl:
		if c >= 0x80 {
			return
		}
		if len(g.seq) < 16 {
			g.seq = append(g.seq, c)
		}
		g.pass(c)
	case g.n == longestControl:
		g.pass('~') // no sequence is so long
	}
	if !final {
		return
	}
	g.state = ground
	if c == '~' && begins(g.seq) {
		g.state, g.n = paste, 0
	}
	g.seq = g.seq[:0]
}

// begins reports whether a sequence that ends in a tilde can be the beginning of
// a paste, however its number is written.
func begins(seq []byte) bool {
	n, digits := 0, false
	for _, c := range seq {
		if c < '0' || c > '9' {
			if digits {
				break
			}
			continue
		}
		n, digits = min(n*10+int(c-'0'), 1000), true
	}
	return n == 200
}

// tooMany counts the numbers of a sequence and reports whether there are more
// than the reader has room for.
func (g *Reader) tooMany(c byte) bool {
	switch {
	case g.parts < 0:
	case c >= 0x40 && c <= 0x7e:
		g.parts = -1
	case c == ';' || c == ':':
		g.parts++
	}
	return g.parts > mostParts
}

func (g *Reader) inText(c byte) {
	g.n++
	if g.tooMany(c) && g.n < longestText {
		g.n = longestText
	}
	if g.state == textEscape && c != '\\' { // another sequence, which ends this one
		if g.n > longestText {
			g.pass(0x1b)
		}
		g.state = escape
		g.afterEscape(c)
		return
	}
	switch {
	case g.n < longestText:
		g.pass(c)
	case g.n == longestText:
		g.pass(0x1b, '\\')
	}
	switch {
	case c == 0x1b:
		g.state = textEscape
	case g.state == textEscape, c == 0x07, c == 0x18, c == 0x1a:
		g.state = ground
	}
}

func (g *Reader) inPaste(c byte) {
	if c == pasteEnds[len(g.seq)] {
		g.seq = append(g.seq, c)
		if len(g.seq) == len(pasteEnds) {
			g.pass(g.seq...)
			g.state, g.rest = ground, 0
		}
		return
	}
	held := g.seq
	g.seq = g.seq[:0]
	for _, h := range held {
		g.pasted(h)
	}
	if c == pasteEnds[0] {
		g.seq = append(g.seq, c)
		return
	}
	g.pasted(c)
}

// pasted hands on a byte of a paste that is not over the limit. An escape or a
// control of eight bits in it is shown to be there and begins nothing.
func (g *Reader) pasted(c byte) {
	if g.n > g.most {
		return
	}
	g.n++
	if c == 0x1b || g.strays(c) {
		g.pass([]byte("\uFFFD")...)
		return
	}
	g.pass(c)
}
