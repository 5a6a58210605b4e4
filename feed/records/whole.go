package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"quarry/feed"
)

// NewJSONText goes through a JSON text that is in memory, of a document with
// that name.
func NewJSONText(name string, text []byte) *JSON {
	j := &JSON{name: name, win: window{r: bytes.NewReader(text), line: 1}}
	j.dec = json.NewDecoder(&j.win)
	return j
}

// BlankTrailingCommas overwrites with a space each comma that stands before a
// closing bracket, which JSON does not allow and hand-edited documents have. It
// returns the lines of those commas, of the first at least.
func BlankTrailingCommas(text []byte) (first, n int) {
	const none = -1
	comma := none // the last thing before at, if it was one
	inString := false
	for at := 0; at < len(text); at++ {
		c := text[at]
		if inString {
			switch c {
			case '\\':
				at++
			case '"':
				inString = false
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		case ',':
			comma = at
		case ']', '}':
			if comma != none {
				if text[comma] = ' '; n == 0 {
					first = 1 + bytes.Count(text[:comma], []byte("\n"))
				}
				n++
			}
			comma = none
		default:
			inString, comma = c == '"', none
		}
	}
	return first, n
}

// Object goes into the next value, calls member for each of its members, who
// reads or skips the value, and leaves it. Of a value that is no object, which
// is skipped, the error is a [*TypeError]; one of member ends it.
func (j *JSON) Object(member func(key string) error) error {
	return j.each('{', func() error {
		key, err := j.Key()
		if err != nil {
			return err
		}
		return member(key)
	})
}

// List goes through the elements of the next value as [JSON.Object] does
// through members.
func (j *JSON) List(element func() error) error { return j.each('[', element) }

// End reports what stands behind the last value of a document: nil where there
// is nothing.
func (j *JSON) End() error {
	switch err := j.Skip(); err {
	case io.EOF:
		return nil
	case nil:
		return &feed.InputError{Name: j.name, Line: j.Line(), Reason: "another value stands behind the document", Advice: again}
	default:
		return err
	}
}

func (j *JSON) each(want json.Delim, step func() error) error {
	line := j.Line()
	t, err := j.dec.Token()
	if err != nil {
		return j.failed(err, line)
	}
	d, ok := t.(json.Delim)
	if !ok {
		return &TypeError{Is: kindOf(t), Line: line}
	}
	j.depth++
	if d != want {
		step = j.Skip
		if d == '{' {
			step = func() error {
				if _, err := j.Key(); err != nil {
					return err
				}
				return j.Skip()
			}
		}
	}
	for j.More() {
		if err := step(); err != nil {
			return err
		}
	}
	if err := j.Leave(); err != nil {
		return err
	}
	if d != want {
		return &TypeError{Is: kindOf(d), Line: line}
	}
	return nil
}

// kindOf names what a token begins, as [encoding/json] does.
func kindOf(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "bool"
	case json.Delim:
		if t == '{' {
			return "object"
		}
		return "array"
	}
	return "number"
}

// Soft is the error of reading one value, but nil of a [*TypeError], behind which
// the document can be read on.
func Soft(err error) error {
	var kind *TypeError
	if errors.As(err, &kind) {
		return nil
	}
	return err
}

// Wrong takes the error of reading one value of a document. What follows a
// [*TypeError] can be read, and nil is returned, after a finding unless it is
// null that stands there; else it returns the error.
func (d *Document) Wrong(err error) error {
	var kind *TypeError
	if !errors.As(err, &kind) {
		return err
	}
	if kind.Is != "null" {
		d.Find("bad-field", feed.Warning, kind.Line, "%s, so it is not read", kind.Error())
	}
	return nil
}

// Broken takes the error that ended the reading of a document: an
// [*feed.InputError] becomes a finding, for what was read before it stays; else
// it returns the error.
func (d *Document) Broken(err error) error {
	var bad *feed.InputError
	if !errors.As(err, &bad) {
		return err
	}
	d.Find("text-cut", feed.Error, bad.Line, "the document cannot be read beyond this place, and what follows is missing: %s; %s", bad.Reason, bad.Advice)
	return nil
}
