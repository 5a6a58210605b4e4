package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Limits of what is read.
const (
	// MaxText is the longest document in bytes that a reader takes as a whole.
	MaxText = 512 << 20
	// MaxUnpacked is how many bytes may come out of one compressed file.
	MaxUnpacked = 2 << 30
	// HeadSize is how much of a document its format is told by.
	HeadSize = 128 << 10
)

// Input is a document as it is read: UTF-8, lines ended by \n, no byte order
// mark and no NUL. It is read once, from its beginning, by one goroutine.
type Input struct {
	Name  string // the file as the user named it, or "-"; in an archive archive/file
	Found bool   // in a folder or archive that the user named, not by name

	raw   *counted
	sum   sum
	keep  keeper
	text  *decoder
	head  []byte // read already, and not yet asked for
	limit int64  // of Text
	err   error  // that ended the reading, or nil
	whole bool   // all was read
}

// InputError says why a document could not be read, and what to do.
type InputError struct {
	Name   string
	Line   int // 0 when no line is to blame
	Reason string
	Advice string
	Err    error // the system's error, if there was one
	Found  bool  // the document was found in a folder or archive that the user named
}

func (e *InputError) Error() string {
	s := Source{e.Name, e.Line}.String() + ": " + e.Reason
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

func (e *InputError) Unwrap() error { return e.Err }

// NewInput begins to read a document: UTF-16 with a byte order mark becomes
// UTF-8, CRLF and CR become LF, what is not valid UTF-8 or UTF-16 becomes
// U+FFFD with a finding, and what gzip compressed is unpacked. Binary files,
// PDF, archives and empty documents are refused. The error is an
// [*InputError].
func NewInput(name string, r io.Reader) (*Input, error) {
	return newInput(name, r, MaxText, &budget{left: MaxUnpacked})
}

// newInput is NewInput for a text of at most limit bytes, of which no more is
// unpacked than the budget allows.
func newInput(name string, r io.Reader, limit int64, b *budget) (*Input, error) {
	source := &counted{r: r}
	raw, magic, err := peek(source)
	if err == nil && bytes.HasPrefix(magic, gzipMagic) {
		raw, magic, err = gunzip(raw, &bounded{budget: b, source: source})
	}
	if err != nil {
		return nil, inputError(name, err)
	}
	if e := refuse(magic); e != nil {
		e.Name = name
		return nil, e
	}
	in := &Input{Name: name, raw: source, limit: limit}
	in.text = newDecoder(io.TeeReader(raw, io.MultiWriter(&in.sum, &in.keep)), magic)
	in.head, err = io.ReadAll(io.LimitReader(in.text, HeadSize))
	switch {
	case err != nil:
		return nil, in.failed(err)
	case len(in.head) < HeadSize && len(bytes.TrimSpace(in.head)) == 0:
		return nil, &InputError{Name: name, Reason: "the file is empty", Advice: "check that it was saved"}
	}
	return in, nil
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// keeper hands on what is read. What comes before it knows where to, which is
// little more than the head, it holds.
type keeper struct {
	w     io.Writer
	early []byte
	begun bool // the head was read, and nobody asked for the bytes before
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.w == nil {
		if !k.begun {
			k.early = append(k.early, p...)
		}
		return len(p), nil
	}
	return k.w.Write(p)
}

// Keep writes the document's bytes, those that [Input.SHA256] is of, to w as they
// are read. It must be called before the first Read. An error of w ends the
// reading.
func (in *Input) Keep(w io.Writer) error {
	_, err := w.Write(in.keep.early)
	in.keep.w, in.keep.early = w, nil
	return err
}

// Offset is how many bytes of the file were read so far, of a compressed one
// before they were unpacked.
func (in *Input) Offset() int64 { return in.raw.n }

// peek reads the first bytes of r, and returns a reader of all.
func peek(r io.Reader) (all io.Reader, magic []byte, err error) {
	magic = make([]byte, magicSize)
	n, err := io.ReadFull(r, magic)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	magic = magic[:n]
	return io.MultiReader(bytes.NewReader(magic), r), magic, err
}

var gzipMagic = []byte("\x1f\x8b")

func gunzip(r io.Reader, b *bounded) (all io.Reader, magic []byte, err error) {
	if b.r, err = gzip.NewReader(r); err != nil {
		return nil, nil, err
	}
	return peek(b)
}

// budget is how much more may be unpacked, which the files of an archive share.
type budget struct {
	left   int64
	out    int64 // bytes that were unpacked
	packed int64 // bytes that they had been packed to
}

const (
	freely   = 64 << 20 // what comes out of any file or archive before its size matters
	maxRatio = 200      // feeds are packed to a tenth, a list of one line to a thousandth
)

// spent says that no more is read: there was too much, or more than anything
// worth reading is packed to.
func (b *budget) spent() bool {
	return b.left <= 0 || b.out > freely && b.out/maxRatio > b.packed
}

// errBomb says that more comes out of a compressed file than is read.
var errBomb = errors.New("more comes out of it than is read")

const bombAdvice = "unpack it yourself if you trust it, and open the part you need"

// bounded reads what a compressed file holds, as far as the budget goes.
type bounded struct {
	r io.Reader
	*budget
	source *counted // what it is packed to; nil where the budget knows
	known  int64    // of the source's bytes, in the budget
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.spent() {
		if n, err := b.r.Read(p[:min(1, len(p))]); n == 0 {
			return 0, err
		}
		return 0, errBomb
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.out += int64(n)
	if b.source != nil {
		b.packed += b.source.n - b.known
		b.known = b.source.n
	}
	return n, err
}

// Head is the beginning of the document, of at most [HeadSize] bytes. It does
// not change what Read reads, and is there until the first Read.
func (in *Input) Head() []byte { return in.head }

// Read reads the text. But for io.EOF the error is an [*InputError].
func (in *Input) Read(p []byte) (int, error) {
	if !in.keep.begun {
		in.keep.begun, in.keep.early = true, nil
	}
	if len(in.head) > 0 {
		n := copy(p, in.head)
		in.head = in.head[n:]
		return n, nil
	}
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.text.Read(p)
	if err == io.EOF {
		in.whole = true
	}
	in.err = in.failed(err)
	return n, in.err
}

// Text reads what is left of the document. The error is an [*InputError], also
// where there is more than [MaxText].
func (in *Input) Text() ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(in.head) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(in, in.limit+1))
	switch {
	case err != nil:
		return nil, err
	case n > in.limit:
		return nil, &InputError{Name: in.Name, Reason: fmt.Sprintf("larger than %d MiB", in.limit>>20), Advice: "split it and open the parts together"}
	}
	return b.Bytes(), nil
}

// failed is the error as [Input] gives it.
func (in *Input) failed(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if nul, ok := err.(nulError); ok {
		return &InputError{Name: in.Name, Line: int(nul), Reason: "holds a NUL byte, so it is no text", Advice: "open the text of the bulletin, saved as UTF-8"}
	}
	return inputError(in.Name, err)
}

// inputError says what to do about an error while reading.
func inputError(name string, err error) *InputError {
	e := &InputError{Name: name, Reason: err.Error(), Advice: "the file could not be read to its end", Err: err}
	switch {
	case errors.Is(err, errBomb):
		e.Advice = bombAdvice
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF):
		e.Reason, e.Advice = "this is compressed with gzip and damaged", "fetch it again"
	case errors.Is(err, errNoUTF16):
		e.Advice = "save it as UTF-8"
	}
	return e
}

// Unsummed lets the rest be read without taking the hash, which is a quarter of
// the work of reading a large feed: SHA256 is "" from then on.
func (in *Input) Unsummed() { in.sum.off = true }

// SHA256 is the hash of the document's bytes, unpacked but else as they were,
// in lower-case hexadecimal; "" unless all was read.
func (in *Input) SHA256() string {
	if !in.whole {
		return ""
	}
	return in.sum.hex()
}

// Findings are about what decoding had to change, as far as was read.
func (in *Input) Findings() []Finding {
	if in.text.damage == nil {
		return nil
	}
	f := *in.text.damage
	f.Source.Name = in.Name
	return []Finding{f}
}

// magicSize is how many bytes tell what a file is.
const magicSize = 8

// refuse names the formats that look like documents but hold no text.
func refuse(raw []byte) *InputError {
	for _, magic := range []struct{ head, reason, advice string }{
		{"%PDF-", "this is a PDF", "copy its text into a file, or export it as text"},
		{"PK\x03\x04", "this is a zip archive or an office document", "unpack it, or export it as text"},
		{"\x1f\x8b", "this is compressed with gzip twice", "unpack it with gunzip first"},
		{"\x7fELF", "this is a program", "open the text of a bulletin"},
		{"MZ\x90", "this is a Windows program", "do not run it; open the text of a bulletin"},
		{"\x89PNG", "this is a picture", "open the text of a bulletin"},
	} {
		if bytes.HasPrefix(raw, []byte(magic.head)) {
			return &InputError{Reason: magic.reason, Advice: magic.advice}
		}
	}
	return nil
}
