package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"quarry/feed"
)

// JSON goes through a JSON document value by value.
type JSON struct {
	name string
	dec  *json.Decoder
	win  window
}

// NewJSON goes through a JSON document, or several in a row.
func NewJSON(in *feed.Input) *JSON {
	j := &JSON{name: in.Name, win: window{r: in, line: 1}}
	j.dec = json.NewDecoder(&j.win)
	return j
}

// maxJSON is the longest value in bytes that is decoded at once.
const maxJSON = 256 << 20

// window is what of a document was read and may still be asked for.
type window struct {
	r    io.Reader
	text []byte
	at   int64 // where in the document text begins
	line int   // and on which line
}

func (w *window) Read(p []byte) (int, error) {
	if len(w.text) > maxJSON {
		return 0, fmt.Errorf("one value is longer than %d MiB", maxJSON>>20)
	}
	n, err := w.r.Read(p)
	w.text = append(w.text, p[:n]...)
	return n, err
}

// lineAt is the line of what follows a place, which is behind all that were
// asked for: space and punctuation between values do not count.
func (w *window) lineAt(offset int64) int {
	n := int(min(max(offset-w.at, 0), int64(len(w.text))))
	for n < len(w.text) && bytes.IndexByte([]byte(" \t\r\n,:"), w.text[n]) >= 0 {
		n++
	}
	w.line += bytes.Count(w.text[:n], []byte("\n"))
	w.at += int64(n)
	w.text = append(w.text[:0], w.text[n:]...)
	return w.line
}

// More reports whether there is another element in the array or object, or
// another document.
func (j *JSON) More() bool { return j.dec.More() }

// Line is the line of the value that comes next.
func (j *JSON) Line() int { return j.win.lineAt(j.dec.InputOffset()) }

// Decode reads the next value. The error is an [*feed.InputError], behind which
// nothing can be read, or a [*TypeError].
func (j *JSON) Decode(v any) error {
	j.Line() // what was read before is not asked for any more
	return j.failed(j.dec.Decode(v))
}

// Skip leaves the next value out.
func (j *JSON) Skip() error {
	var v json.RawMessage
	return j.Decode(&v)
}

// Enter goes into the next value, which begins with { or [, and returns which.
// The error of a value that is neither is an [*feed.InputError].
func (j *JSON) Enter() (json.Delim, error) {
	t, err := j.dec.Token()
	if err != nil {
		return 0, j.failed(err)
	}
	if d, ok := t.(json.Delim); ok {
		return d, nil
	}
	return 0, &feed.InputError{Name: j.name, Line: j.Line(), Reason: fmt.Sprintf("here is %v where an object or a list should be", t), Advice: "fetch the document again"}
}

// Leave goes behind the end of the array or object, whose elements were read.
func (j *JSON) Leave() error {
	_, err := j.dec.Token()
	return j.failed(err)
}

// Key reads the next key of an object.
func (j *JSON) Key() (string, error) {
	t, err := j.dec.Token()
	if err != nil {
		return "", j.failed(err)
	}
	key, _ := t.(string) // an object has no other
	return key, nil
}

// failed is an error as an [*feed.InputError] with its line; nil stays nil, as
// does io.EOF between documents.
func (j *JSON) failed(err error) error {
	var known *feed.InputError
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil, err == io.EOF, errors.As(err, &known):
		return err
	case errors.As(err, &kind):
		return &TypeError{Field: kind.Field, Is: kind.Value, Line: j.Line()}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &feed.InputError{Name: j.name, Line: j.win.lineAt(j.win.at + int64(len(j.win.text))), Reason: "the JSON ends in the middle", Advice: "fetch the document again"}
	case errors.As(err, &syntax):
		return &feed.InputError{Name: j.name, Line: j.win.lineAt(j.dec.InputOffset()), Reason: "broken JSON: " + syntax.Error(), Advice: "fetch the document again"}
	}
	return &feed.InputError{Name: j.name, Line: j.Line(), Reason: err.Error(), Advice: "fetch the document again", Err: err}
}

// TypeError says that a value was read which is of another kind than its format
// says. What follows it can be read.
type TypeError struct {
	Field string // "" for the value itself
	Is    string // what kind it is
	Line  int    // behind the value
}

func (e *TypeError) Error() string {
	if e.Field == "" {
		return "here is a " + e.Is + " where something else should be"
	}
	return "the field " + feed.Quote(e.Field) + " is a " + e.Is + ", which it should not be"
}
