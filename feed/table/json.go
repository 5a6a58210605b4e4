package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// sureOfObjects is how sure the reader is of objects whose keys are titles that it
// knows. Formats with readers of their own are surer.
const sureOfObjects feed.Sureness = 50

// listKeys are keys below which documents have their list of objects.
var listKeys = []string{"data", "results", "indicators", "iocs", "items", "records", "rows", "entries", "observables", "artifacts", "objects"}

// objects is where in a JSON document the objects are that are read as rows.
type objects struct {
	list bool   // in a list, else one behind the other
	key  string // of an object around the list, or ""
}

// field is a value of an object, with the keys that lead to it.
type field struct{ path, text string }

// objectsOf finds the objects of a document by its head, and how their keys are
// columns. The values of objects that do not say of themselves that they are
// indicators are mentions: records of logs have addresses too.
func objectsOf(head []byte, w *words) (o objects, l layout, sure feed.Sureness) {
	head = bytes.TrimLeft(head, " \t\r\n\ufeff")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return o, l, 0
	}
	o, raw := sampleObjects(head)
	var paths []string
	at := map[string]int{}
	var rows [][]string
	for _, one := range raw {
		row := make([]string, len(paths))
		for _, f := range flatten(one) {
			k, known := at[f.path]
			if !known {
				if len(paths) == maxColumns {
					continue
				}
				k = len(paths)
				at[f.path] = k
				paths, row = append(paths, f.path), append(row, "")
			}
			row[k] = f.text
		}
		rows = append(rows, w.stated(row))
	}
	titles := make([]string, len(paths))
	for k, path := range paths {
		titles[k] = w.titleOf(path)
	}
	if l, sure = titled(w, titles, rows); sure < sureOfOneTitle {
		return o, layout{}, 0
	}
	sure = sureOfObjects
	say, bare := sayIndicators(o.key, paths, l, rows)
	if l.bare = bare; !say {
		if len(rows) < 2 && !o.list || l.hasDefanged(rows, false) {
			return o, layout{}, 0 // is text
		}
		l.unsaid, sure = true, sureOfRecords
	}
	for k := range l.columns {
		l.columns[k].title = paths[k]
	}
	return o, l, sure
}

// titleOf is the part of a path of keys that is a title, from its end, or all of
// it: the last key of threat.indicator.ip says what there is.
func (w *words) titleOf(path string) string {
	keys := strings.Split(path, ".")
	for n := len(keys); n > 0; n-- {
		title := strings.Join(keys[len(keys)-n:], " ")
		if key := plain(title); len(w.titles[key]) > 0 || w.valued[key] != nil {
			return title
		}
	}
	return path
}

// sampleObjects are the first objects of a document that may be cut off.
func sampleObjects(head []byte) (o objects, all []json.RawMessage) {
	dec := json.NewDecoder(bytes.NewReader(head))
	if head[0] == '{' {
		if key, ok := listKey(head); ok {
			o.list, o.key = true, key
			for { // to the list
				t, err := dec.Token()
				if err != nil {
					return o, nil
				}
				if t == key {
					break
				}
				if t != json.Delim('{') {
					var skipped json.RawMessage
					if dec.Decode(&skipped) != nil {
						return o, nil
					}
				}
			}
		}
	} else {
		o.list = true
	}
	if o.list {
		if _, err := dec.Token(); err != nil {
			return o, nil
		}
	}
	for len(all) < sampleRows && dec.More() {
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			break
		}
		if len(raw) > 0 && raw[0] == '{' {
			all = append(all, raw)
		}
	}
	return o, all
}

// listKey is the key of the list of objects in an object.
func listKey(head []byte) (string, bool) {
	outline := records.NewOutline(head)
	for _, path := range outline.Paths() {
		key, rest, ok := strings.Cut(path, "[].")
		if ok && rest != "" && slices.Contains(listKeys, key) {
			return key, true
		}
	}
	return "", false
}

// Bounds of what an object may hold to be taken apart.
const (
	maxDepth  = 8
	maxFields = 2000
)

// flatten lists the values that a value holds, in their order. A list in an object is
// one value, with commas between; what is nested too deep stays as it is written.
func flatten(raw json.RawMessage) (all []field) {
	flattenValue(raw, "", 0, &all)
	return all
}

func flattenValue(raw json.RawMessage, path string, depth int, all *[]field) {
	switch {
	case raw[0] == '{' && depth <= maxDepth:
		flattenObject(json.NewDecoder(bytes.NewReader(raw)), path, depth, all)
	case raw[0] == '[':
		var list records.Texts
		_ = json.Unmarshal(raw, &list) // of what is no list the text is kept
		*all = append(*all, field{path, strings.Join(list, ", ")})
	default:
		var text records.Text
		_ = json.Unmarshal(raw, &text)
		*all = append(*all, field{path, strings.TrimSpace(string(text))})
	}
}

func flattenObject(dec *json.Decoder, path string, depth int, all *[]field) {
	if _, err := dec.Token(); err != nil {
		return
	}
	for dec.More() && len(*all) < maxFields {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return
		}
		if path != "" {
			key = path + "." + key
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return
		}
		flattenValue(raw, key, depth+1, all)
	}
}

// readObjects reads a JSON document, object by object.
func (t *table) readObjects(in *feed.Input, o objects) error {
	t.typed = true
	paths := map[string]int{}
	for k, c := range t.columns {
		paths[c.title] = k
	}
	j := records.NewJSON(in)
	one := func() error { return t.object(j, paths) }
	for j.More() {
		var err error
		switch {
		case o.key != "":
			err = t.Wrong(j.Object(func(key string) error {
				if key != o.key {
					return t.besideList(j, key)
				}
				return t.Wrong(j.List(one))
			}))
		case o.list:
			err = t.Wrong(j.List(one))
		default:
			err = one()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// besideList lists what looks like an indicator under a key beside that of the list
// which is read, and tells of it, as of a list without such.
func (t *table) besideList(j *records.JSON, key string) error {
	context := "stands under the key " + feed.Quote(key) + ", beside the list that is read"
	line, elements, n, links := j.Line(), 0, 0, 0
	one := func() error {
		at := j.Line()
		elements++
		var raw json.RawMessage
		if err := j.Decode(&raw); err != nil {
			return err
		}
		for _, f := range t.fields(raw, at) {
			found := mentions(f.text, context)
			n += len(found)
			for _, r := range found {
				if r.Type == feed.URL {
					links++
				}
			}
			if err := t.add(found, at); err != nil {
				return err
			}
		}
		return nil
	}
	first := j.Next()
	read, list, text := one, first == '[', first == '"'
	if list {
		read = func() error { return j.List(one) }
	}
	err := read()
	switch {
	case n > 0:
		severity := feed.Warning
		if text && links == n {
			severity = feed.Info // such as the page of the source or its licence
		}
		t.Find("unread-list", severity, line, "the key %s stands beside the list that is read, so what looks like an indicator under it is listed and off: %d; switch on what is meant", feed.Quote(key), n)
	case list && elements > 0:
		t.Find("unread-list", feed.Info, line, "nothing is taken from the list under the key %s, which stands beside the one that is read", feed.Quote(key))
	}
	return err
}

// fields is [flatten], and tells where there is more than that takes.
func (t *table) fields(raw json.RawMessage, line int) []field {
	fields := flatten(raw)
	if len(fields) >= maxFields {
		t.Find("long-row", feed.Warning, line, "this object has more than %d values, and the last are not used", maxFields)
	}
	return fields
}

// object reads one object as a row. What stands under a key that the objects
// before did not have is listed where it looks like an indicator.
func (t *table) object(j *records.JSON, paths map[string]int) error {
	line := j.Line()
	var raw json.RawMessage
	if err := j.Decode(&raw); err != nil {
		return err
	}
	t.rows++
	if len(raw) == 0 || raw[0] != '{' {
		t.Find("bad-record", feed.Error, line, "%s is no object, so no IOC is made of it", feed.Quote(string(raw[:min(len(raw), longestWord)])))
		return nil
	}
	row := make([]string, len(t.columns))
	for _, f := range t.fields(raw, line) {
		if k, known := paths[f.path]; known {
			row[k] = f.text
			continue
		}
		t.late(f.path)
		if err := t.mention([]string{f.text}, line, fmt.Sprintf("stands under the key %s, of which Quarry does not know what it says", feed.Quote(f.path))); err != nil {
			return err
		}
	}
	return t.row(t.words.stated(row), line, false)
}

// maxLate is how many keys are named that come late in a document.
const maxLate = 20

// late notes a key that the first objects did not have.
func (t *table) late(path string) {
	if len(t.laterKeys) < maxLate && !slices.Contains(t.laterKeys, path) {
		t.laterKeys = append(t.laterKeys, path)
	}
}
