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
	s := Source{e.Name, e.Line}.String() + ": " + e.Reason
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
// and CR become LF, what is not valid UTF-8 or UTF-16 becomes U+FFFD with a
// finding. Binary files, PDF, archives, empty documents and those over
// [MaxInput] are refused. The error is an [*InputError].
func Decode(name string, r io.Reader) (Input, error) {
	return decode(name, r, MaxInput)
}

func decode(name string, r io.Reader, limit int) (Input, error) {
	fail := func(reason, advice string, err error) (Input, error) {
		return Input{}, &InputError{Name: name, Reason: reason, Advice: advice, Err: err}
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return fail(err.Error(), "the file could not be read to its end", err)
	}
	if len(raw) > limit {
		return fail(fmt.Sprintf("larger than %d MiB", limit>>20), "split it and open the parts together", nil)
	}
	if e := refuse(raw); e != nil {
		e.Name = name
		return Input{}, e
	}
	text, damage, err := toUTF8(raw)
	if err != nil {
		return fail("starts like UTF-16 but is not", "save it as UTF-8", err)
	}
	text = unixLines(text)
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return Input{}, &InputError{Name: name, Line: lineOf(text, at), Reason: "holds a NUL byte, so it is no text", Advice: "open the text of the bulletin, saved as UTF-8"}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return fail("the file is empty", "check that it was saved", nil)
	}
	sum := sha256.Sum256(raw)
	in := Input{Name: name, SHA256: hex.EncodeToString(sum[:]), Text: text}
	if damage != nil {
		damage.Source = Source{name, lineOf(text, bytes.Index(text, replacement))}
		in.Findings = append(in.Findings, *damage)
	}
	return in, nil
}

var (
	bom         = []byte("\uFEFF")
	replacement = []byte("\uFFFD")
)

// toUTF8 decodes a document by its byte order mark, and says in a finding
// without a source whether bytes had to be replaced by U+FFFD.
func toUTF8(raw []byte) (text []byte, damage *Finding, err error) {
	if bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) || bytes.HasPrefix(raw, []byte{0xFE, 0xFF}) {
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
		if bytes.Contains(text, replacement) {
			damage = &Finding{
				Code: "invalid-utf16", Severity: Warning,
				Text: "characters that are not UTF-16 are shown as U+FFFD from here on; save the file again if a value is affected",
			}
		}
		return text, damage, err
	}
	text = bytes.TrimPrefix(raw, bom)
	if utf8.Valid(text) {
		return text, nil, nil
	}
	return bytes.ToValidUTF8(text, replacement), &Finding{
		Code: "invalid-utf8", Severity: Warning,
		Text: "bytes that are not UTF-8 are shown as U+FFFD from here on; save the file as UTF-8 if a value is affected",
	}, nil
}

// unixLines ends every line with \n alone.
func unixLines(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
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
