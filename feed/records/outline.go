package records

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Outline is which keys stand where in the beginning of a JSON document:
// "response[].Event.info" is the key info of an object that is the value of the
// key Event of an element of the list with the key response. A list of values
// has the path "tags[]".
type Outline struct {
	paths map[string]string // to the text of the first value there, if it is one
	order []string
}

const (
	outlineDepth = 6
	outlineSize  = 4096 // paths
)

// NewOutline looks at the head of a document, which may end anywhere. What is no
// JSON has an empty outline.
func NewOutline(head []byte) *Outline {
	o := &Outline{paths: map[string]string{}}
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return o
	}
	dec := json.NewDecoder(bytes.NewReader(trimmed))
	dec.UseNumber()
	o.value(dec, "", 0)
	return o
}

// value reads one value, and reports whether more may follow.
func (o *Outline) value(dec *json.Decoder, path string, depth int) bool {
	if depth == outlineDepth || len(o.order) >= outlineSize {
		var skipped json.RawMessage
		return dec.Decode(&skipped) == nil && len(o.order) < outlineSize
	}
	t, err := dec.Token()
	if err != nil {
		return false
	}
	switch t := t.(type) {
	case json.Delim:
		for dec.More() {
			next := path + "[]"
			if t == '{' {
				key, err := dec.Token()
				if err != nil {
					return false
				}
				next = strings.TrimPrefix(path+"."+key.(string), ".")
			}
			o.add(next, "")
			if !o.value(dec, next, depth+1) {
				return false
			}
		}
		_, err := dec.Token()
		return err == nil
	case string:
		o.add(path, t)
	}
	return true
}

func (o *Outline) add(path, text string) {
	if was, ok := o.paths[path]; !ok {
		o.order = append(o.order, path)
		o.paths[path] = text
	} else if was == "" {
		o.paths[path] = text
	}
}

// Has reports whether there is a value at one of the paths.
func (o *Outline) Has(paths ...string) bool {
	for _, p := range paths {
		if _, ok := o.paths[p]; ok {
			return true
		}
	}
	return false
}

// Text is the first text at a path, or "".
func (o *Outline) Text(path string) string { return o.paths[path] }

// Paths lists all, in the order of the document.
func (o *Outline) Paths() []string { return o.order }
