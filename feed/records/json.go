package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"quarry/feed"
)

// JSON goes through a JSON document value by value. It holds one value at a
// time, of at most 256 MiB.
type JSON struct {
	name  string
	dec   *json.Decoder
	win   window
	depth int // arrays and objects that were entered
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
	r     io.Reader
	buf   []byte
	text  []byte // the part of buf that is in use
	given int    // bytes of text that the decoder has
	at    int64  // where in the document text begins
	line  int    // and on which line
	err   error  // that ended the reading, or nil
}

// errLong says that more would have to be held than is.
var errLong = fmt.Errorf("one value is longer than %d MiB", maxJSON>>20)

// Read gives the decoder what follows.
func (w *window) Read(p []byte) (int, error) {
	if w.given == len(w.text) {
		if w.err != nil {
			return 0, w.err
		}
		w.read(len(p))
	}
	n := copy(p, w.text[w.given:])
	w.given += n
	if n == 0 {
		return 0, w.err
	}
	return n, nil
}

// read reads on.
func (w *window) read(size int) {
	n := len(w.text)
	if n > maxJSON {
		w.err = errLong
		return
	}
	if n+size > cap(w.text) {
		if n+size > len(w.buf) {
			w.buf = make([]byte, 2*(n+size))
		}
		w.text = w.buf[:copy(w.buf, w.text)]
	}
	more, err := w.r.Read(w.text[n : n+size])
	w.text, w.err = w.text[:n+more], err
}

// lookAt is the line of what follows a place, which is behind all that were
// asked for, and how it begins, 0 at the end: space and punctuation between
// values do not count.
func (w *window) lookAt(offset int64) (line int, first byte) {
	w.forget(int(min(max(offset-w.at, 0), int64(w.given))))
	line = w.line
	for n := 0; ; n++ {
		if n == len(w.text) && w.err == nil {
			w.read(lookAhead)
		}
		if n == len(w.text) {
			return line, 0
		}
		switch w.text[n] {
		case '\n':
			line++
		case ' ', '\t', '\r', ',', ':':
		default:
			return line, w.text[n]
		}
	}
}

// lookAhead is how much is read to find where the next value begins.
const lookAhead = 512

// forget takes from the window what nobody asks for any more.
func (w *window) forget(n int) {
	w.line += bytes.Count(w.text[:n], []byte("\n"))
	w.at += int64(n)
	w.text = w.text[n:]
	w.given -= n
}

// More reports whether there is another element in the array or object, or
// another document.
func (j *JSON) More() bool { return j.dec.More() }

// Line is the line of the value that comes next.
func (j *JSON) Line() int {
	line, _ := j.win.lookAt(j.dec.InputOffset())
	return line
}

// Next is how the value begins that comes next: {, [, ", or the first byte of a
// number or word; 0 where the document ends.
func (j *JSON) Next() byte {
	_, first := j.win.lookAt(j.dec.InputOffset())
	return first
}

// Decode reads the next value. The error is an [*feed.InputError], behind which
// nothing can be read, or a [*TypeError]. Between documents it is io.EOF at the
// end.
func (j *JSON) Decode(v any) error {
	line := j.Line() // and what was read before is not asked for any more
	return j.failed(j.dec.Decode(v), line)
}

// Skip leaves the next value out.
func (j *JSON) Skip() error {
	var v json.RawMessage
	return j.Decode(&v)
}

// Enter goes into the next value, which begins with { or [, and returns which.
// The error of a value that is neither is an [*feed.InputError].
func (j *JSON) Enter() (json.Delim, error) {
	line := j.Line()
	t, err := j.dec.Token()
	if err != nil {
		return 0, j.failed(err, line)
	}
	if d, ok := t.(json.Delim); ok && (d == '{' || d == '[') {
		j.depth++
		return d, nil
	}
	is := fmt.Sprint(t)
	switch t := t.(type) {
	case nil:
		is = "null"
	case string:
		is = feed.Quote(t)
	}
	return 0, &feed.InputError{Name: j.name, Line: line, Reason: fmt.Sprintf("here is %s where an object or a list should be", is), Advice: again}
}

// again is what to do about a document that is broken.
const again = "fetch the document again"

// Leave goes behind the end of the array or object, whose elements were read
// until there was no [JSON.More]. Where that is because the document ends in the
// middle or cannot be read, the error says so.
func (j *JSON) Leave() error {
	line := j.Line()
	_, err := j.dec.Token()
	if err == nil {
		j.depth--
	}
	return j.failed(err, line)
}

// Key reads the next key of an object.
func (j *JSON) Key() (string, error) {
	line := j.Line()
	t, err := j.dec.Token()
	if err != nil {
		return "", j.failed(err, line)
	}
	key, _ := t.(string) // an object has no other
	return key, nil
}

// failed is an error about what began on a line as an [*feed.InputError]; nil
// stays nil, as does io.EOF between documents.
func (j *JSON) failed(err error, line int) error {
	var known *feed.InputError
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil, err == io.EOF && j.depth == 0, errors.As(err, &known):
		return err
	case errors.As(err, &kind):
		return &TypeError{Field: kind.Field, Is: kind.Value, Line: line}
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		line = j.win.line + bytes.Count(j.win.text, []byte("\n"))
		if bytes.HasSuffix(j.win.text, []byte("\n")) {
			line--
		}
		return &feed.InputError{Name: j.name, Line: line, Reason: "the JSON ends in the middle", Advice: again}
	case errors.As(err, &syntax):
		return &feed.InputError{Name: j.name, Line: j.win.brokenAt(line), Reason: "broken JSON: " + syntax.Error(), Advice: again}
	}
	return &feed.InputError{Name: j.name, Line: line, Reason: err.Error(), Advice: again, Err: err}
}

// brokenAt is the line of the first fault in the value at the beginning of the
// window, which begins on a line; without any it is that.
func (w *window) brokenAt(line int) int {
	text := bytes.TrimLeft(w.text, " \t\r\n,:")
	var v json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(text, &v), &syntax) {
		line += bytes.Count(text[:min(max(syntax.Offset-1, 0), int64(len(text)))], []byte("\n"))
	}
	return line
}

// TypeError says that a value was read which is of another kind than its format
// says. What follows it can be read.
type TypeError struct {
	Field string // "" for the value itself
	Is    string // what kind it is
	Line  int    // on which the value begins
}

func (e *TypeError) Error() string {
	if e.Field == "" {
		return "here is a " + e.Is + " where something else should be"
	}
	return "the field " + feed.Quote(e.Field) + " is a " + e.Is + ", which it should not be"
}
