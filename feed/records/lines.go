package records

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"quarry/feed"
)

// MaxLine is the longest line in bytes that is looked at.
const MaxLine = 1 << 20

// Lines goes through the lines of a document. It needs no more memory than the
// longest of them that it looks at.
type Lines struct {
	Text string // of the line, without its end; a part of a larger text
	No   int    // of the line, from 1
	Cut  bool   // the line is longer than [MaxLine]; Text is its beginning
	Open bool   // the document ends before the line does, so it may be a part

	r    io.Reader
	rest string // text that was read and not yet gone through
	buf  []byte // the beginning of a line whose end was not read yet
	n    int    // bytes of buf
	done bool   // nothing more can be read
	err  error
}

// NewLines goes through the lines of a document from where it was read to.
func NewLines(in *feed.Input) *Lines { return &Lines{r: in, buf: make([]byte, firstBuffer)} }

// firstBuffer is how much is read at a time, as long as lines are shorter.
const firstBuffer = 256 << 10

// Next goes to the next line, and reports whether there is one.
func (l *Lines) Next() bool {
	l.Cut = false
	for {
		if at := strings.IndexByte(l.rest, '\n'); at >= 0 {
			l.Text, l.rest = l.rest[:at], l.rest[at+1:]
			l.No++
			return true
		}
		if l.done {
			l.Text, l.rest = l.rest, ""
			if l.Text == "" {
				return false
			}
			l.No++
			l.Open = true
			l.cut()
			return true
		}
		if l.fill(); l.Cut {
			l.No++
			return true
		}
	}
}

// fill reads on until there is the end of a line.
func (l *Lines) fill() {
	for {
		n, err := l.r.Read(l.buf[l.n:])
		end := bytes.LastIndexByte(l.buf[l.n:l.n+n], '\n') + 1
		if end > 0 {
			end += l.n
		}
		l.n += n
		if err != nil {
			end, l.done = l.n, true
			if err != io.EOF {
				l.err = err
			}
		}
		if end > 0 || l.done {
			l.rest = string(l.buf[:end])
			l.n = copy(l.buf, l.buf[end:l.n])
			return
		}
		if l.n < len(l.buf) {
			continue
		}
		if len(l.buf) > MaxLine {
			l.skip()
			return
		}
		// The last byte is for the end of a line that is just not too long.
		longer := make([]byte, min(2*len(l.buf), MaxLine+1))
		copy(longer, l.buf)
		l.buf = longer
	}
}

// cut cuts a line that is too long, between two characters.
func (l *Lines) cut() {
	if len(l.Text) <= MaxLine {
		return
	}
	end := MaxLine
	for end > MaxLine-utf8.UTFMax && !utf8.RuneStart(l.Text[end]) {
		end--
	}
	l.Text, l.Cut = l.Text[:end], true
}

// skip keeps the beginning of a line that is too long, and reads to its end.
func (l *Lines) skip() {
	l.Text, l.n = string(l.buf[:l.n]), 0
	l.cut()
	for {
		n, err := l.r.Read(l.buf)
		if at := bytes.IndexByte(l.buf[:n], '\n'); at >= 0 {
			l.n = copy(l.buf, l.buf[at+1:n])
			// What follows may hold whole lines, which fill finds when more
			// of the document has come; they are gone through first.
			if end := bytes.LastIndexByte(l.buf[:l.n], '\n') + 1; end > 0 {
				l.rest = string(l.buf[:end])
				l.n = copy(l.buf, l.buf[end:l.n])
			}
			return
		}
		if err != nil {
			l.done = true
			if err != io.EOF {
				l.err = err
			}
			return
		}
	}
}

// Err is why the document could not be read to its end, or nil.
func (l *Lines) Err() error { return l.err }

// LinesOf goes through the lines of a text.
func LinesOf(text string) *Lines { return &Lines{rest: text, done: true} }
