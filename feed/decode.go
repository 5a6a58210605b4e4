package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoder turns the bytes of a document into text as they come.
type decoder struct {
	src    io.Reader
	utf16  bool
	buf    []byte
	text   []byte // decoded and not yet read; a part of buf
	kept   []byte // the beginning of a character whose rest is to come
	cr     bool   // the last byte was a CR, which is written as LF already
	bad    bool   // the last byte was replaced
	line   int    // of the next byte
	damage *Finding
	err    error
}

// blockSize is how much is decoded at a time.
const blockSize = 64 << 10

var (
	bom         = []byte("\uFEFF")
	replacement = []byte("\uFFFD")
	errNoUTF16  = errors.New("starts like UTF-16 but is not")
)

// nulError is the line of a NUL byte.
type nulError int

func (e nulError) Error() string { return fmt.Sprintf("NUL byte in line %d", int(e)) }

// newDecoder decodes by the byte order mark with which a document begins.
func newDecoder(r io.Reader, magic []byte) *decoder {
	d := &decoder{src: r, buf: make([]byte, blockSize), line: 1}
	switch {
	case bytes.HasPrefix(magic, []byte{0xFF, 0xFE}), bytes.HasPrefix(magic, []byte{0xFE, 0xFF}):
		d.utf16 = true
		d.src = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
	case bytes.HasPrefix(magic, bom):
		d.src = &skip{r, len(bom)}
	}
	return d
}

// skip leaves out the first bytes.
type skip struct {
	r io.Reader
	n int
}

func (s *skip) Read(p []byte) (int, error) {
	for s.n > 0 {
		n, err := s.r.Read(p[:min(len(p), s.n)])
		s.n -= n
		if err != nil {
			return 0, err
		}
	}
	return s.r.Read(p)
}

func (d *decoder) Read(p []byte) (int, error) {
	for len(d.text) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.text)
	d.text = d.text[n:]
	return n, nil
}

// fill decodes the next block.
func (d *decoder) fill() {
	kept := copy(d.buf, d.kept)
	d.kept = d.kept[:0]
	n, err := d.src.Read(d.buf[kept:])
	if errors.Is(err, unicode.ErrMissingBOM) {
		err = errNoUTF16
	}
	d.err = err
	block := d.buf[:kept+n]
	if err == nil {
		whole := wholeRunes(block)
		d.kept = append(d.kept, block[whole:]...)
		block = block[:whole]
	}
	block = d.unixLines(d.valid(block))
	if at := bytes.IndexByte(block, 0); at >= 0 {
		block = block[:at]
		d.err = nulError(d.line + bytes.Count(block, newline))
	}
	if d.utf16 {
		if at := bytes.Index(block, replacement); at >= 0 {
			d.damaged("invalid-utf16", block[:at], "characters that are not UTF-16 are shown as U+FFFD from here on; save the file again if a value is affected")
		}
	}
	d.line += bytes.Count(block, newline)
	d.text = block
}

var newline = []byte("\n")

// wholeRunes is the length of a block without the beginning of a character that
// goes on in the next.
func wholeRunes(block []byte) int {
	for n := len(block) - 1; n >= 0 && n >= len(block)-utf8.UTFMax; n-- {
		if utf8.RuneStart(block[n]) {
			if !utf8.FullRune(block[n:]) {
				return n
			}
			break
		}
	}
	return len(block)
}

// valid replaces each run of bytes that are not UTF-8.
func (d *decoder) valid(block []byte) []byte {
	if d.utf16 || utf8.Valid(block) {
		d.bad = d.bad && len(block) == 0
		return block
	}
	first := 0
	for first < len(block) {
		r, n := utf8.DecodeRune(block[first:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		first += n
	}
	d.damaged("invalid-utf8", block[:first], "bytes that are not UTF-8 are shown as U+FFFD from here on; save the file as UTF-8 if a value is affected")
	r, n := utf8.DecodeLastRune(block)
	ends := r == utf8.RuneError && n == 1
	block = bytes.ToValidUTF8(block, replacement)
	if d.bad && first == 0 { // the run began in the block before
		block = block[len(replacement):]
	}
	d.bad = ends
	return block
}

// damaged notes the first place at which a text was changed.
func (d *decoder) damaged(code string, before []byte, text string) {
	if d.damage == nil {
		line := d.line + len(lineEnds.FindAllIndex(before, -1))
		if d.cr && bytes.HasPrefix(before, newline) {
			line--
		}
		d.damage = &Finding{Code: code, Severity: Warning, Source: Source{Line: line}, Text: text}
	}
}

// lineEnds matches the ends of lines of all systems.
var lineEnds = regexp.MustCompile(`\r\n?|\n`)

// unixLines ends every line of a block with \n alone, in place.
func (d *decoder) unixLines(block []byte) []byte {
	if d.cr && len(block) > 0 {
		block = bytes.TrimPrefix(block, newline)
		d.cr = false
	}
	at := bytes.IndexByte(block, '\r')
	if at < 0 {
		return block
	}
	d.cr = block[len(block)-1] == '\r'
	out := block[:at]
	for rest := block[at:]; len(rest) > 0; {
		out = append(out, '\n')
		if rest = rest[1:]; len(rest) > 0 && rest[0] == '\n' {
			rest = rest[1:]
		}
		if at = bytes.IndexByte(rest, '\r'); at < 0 {
			at = len(rest)
		}
		out = append(out, rest[:at]...)
		rest = rest[at:]
	}
	return out
}
