package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// MaxInput is the largest document in bytes that is read into memory.
const MaxInput = 512 << 20

// Input is a document ready for a reader: UTF-8, lines ended by \n, no byte
// order mark.
type Input struct {
	Name     string // the file as the user named it, or "-"
	SHA256   string // of the bytes as they were
	Text     []byte
	Findings []Finding // what decoding had to change
}

// InputError says why a document could not be read at all, and what to do.
type InputError struct {
	Name   string
	Line   int // 0 when no line is to blame
	Reason string
	Advice string
	Err    error // the system's error, if there was one
}

func (e *InputError) Error() string {
	at := e.Name
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.Name, e.Line)
	}
	s := at + ": " + e.Reason
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

func (e *InputError) Unwrap() error { return e.Err }

// ReadFile reads a document from a file, or from stdin when name is "-". The
// error is an [*InputError].
func ReadFile(name string, stdin io.Reader) (Input, error) {
	if name == "-" {
		return Decode(name, stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return Input{}, openError(name, err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return Input{}, &InputError{Name: name, Reason: "this is a directory", Advice: "name the files in it, for example " + name + "/*.md"}
	}
	return Decode(name, f)
}

func openError(name string, err error) error {
	e := &InputError{Name: name, Err: err, Reason: err.Error()}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Reason, e.Advice = "no such file", "check the path"
	case errors.Is(err, fs.ErrPermission):
		e.Reason, e.Advice = "permission denied", "check who may read it"
	default:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			e.Reason = pe.Err.Error()
		}
	}
	return e
}

// Decode reads a document: UTF-16 with a byte order mark becomes UTF-8, CRLF
// and CR become LF, invalid UTF-8 becomes U+FFFD with a finding. Binary files,
// PDF, archives, empty documents and those over [MaxInput] are refused. The
// error is an [*InputError].
func Decode(name string, r io.Reader) (Input, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return Input{}, &InputError{Name: name, Reason: err.Error(), Advice: "the file could not be read to its end", Err: err}
	}
	if len(raw) > MaxInput {
		return Input{}, &InputError{Name: name, Reason: fmt.Sprintf("larger than %d MiB", MaxInput>>20), Advice: "split it and open the parts together"}
	}
	sum := sha256.Sum256(raw)
	in := Input{Name: name, SHA256: hex.EncodeToString(sum[:])}
	if e := refuse(raw); e != nil {
		e.Name = name
		return Input{}, e
	}
	text := raw
	if bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) || bytes.HasPrefix(raw, []byte{0xFE, 0xFF}) {
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return Input{}, &InputError{Name: name, Reason: "starts like UTF-16 but is not", Advice: "save it as UTF-8", Err: err}
		}
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return Input{}, &InputError{Name: name, Line: lineOf(text, at), Reason: "holds a NUL byte, so it is no text", Advice: "open the text of the bulletin, saved as UTF-8"}
	}
	if strings.TrimSpace(string(text[:min(len(text), 1<<16)])) == "" && len(bytes.TrimSpace(text)) == 0 {
		return Input{}, &InputError{Name: name, Reason: "the file is empty", Advice: "check that it was saved"}
	}
	if !utf8.Valid(text) {
		at := firstInvalid(text)
		in.Findings = append(in.Findings, Finding{
			Code: "invalid-utf8", Severity: Warning, Source: Source{name, lineOf(text, at)},
			Text: "bytes that are not UTF-8 are shown as U+FFFD from here on; save the file as UTF-8 if a value is affected",
		})
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	in.Text = text
	return in, nil
}

// refuse names the formats that look like documents but hold no text.
func refuse(raw []byte) *InputError {
	for _, magic := range []struct{ head, reason, advice string }{
		{"%PDF-", "this is a PDF", "copy its text into a file, or export it as text"},
		{"PK\x03\x04", "this is a zip archive or an office document", "unpack it, or export it as text"},
		{"\x1f\x8b", "this is compressed with gzip", "unpack it with gunzip first"},
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

func lineOf(text []byte, at int) int { return bytes.Count(text[:at], []byte("\n")) + 1 }

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// Sureness is how sure a reader is that a document is its own, from 0 (not
// mine) to 100 (nothing else looks like this).
type Sureness int

// Reader reads one format.
type Reader interface {
	// Name is the format's name in messages, such as "bulletin".
	Name() string
	// Sure looks at a document, not at its file name.
	Sure(text []byte) Sureness
	// Read returns at least one bulletin, or an *InputError. It never panics,
	// and what it cannot use it reports as findings of the bulletin.
	Read(in Input) ([]*Bulletin, error)
}

// Registry chooses among readers.
type Registry struct{ readers []Reader }

// NewRegistry makes a registry of the given readers. Among equally sure ones
// the first is chosen.
func NewRegistry(readers ...Reader) *Registry {
	return &Registry{readers: slices.Clone(readers)}
}

// Read reads a document with the reader that is surest of it. The error is an
// [*InputError].
func (r *Registry) Read(in Input) ([]*Bulletin, error) {
	var best Reader
	var sure Sureness
	var names []string
	for _, rd := range r.readers {
		names = append(names, rd.Name())
		if s := rd.Sure(in.Text); s > sure {
			best, sure = rd, s
		}
	}
	if best == nil {
		return nil, &InputError{
			Name: in.Name, Line: 1, Reason: "not a format that Quarry reads",
			Advice: "it reads: " + strings.Join(names, ", "),
		}
	}
	bulletins, err := best.Read(in)
	if err != nil {
		return nil, err
	}
	for i, b := range bulletins {
		b.SHA256, b.Format = in.SHA256, best.Name()
		if i == 0 {
			b.Findings = append(slices.Clone(in.Findings), b.Findings...)
		}
	}
	return bulletins, nil
}
