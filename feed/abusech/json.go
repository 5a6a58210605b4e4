package abusech

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// readJSON reads an export, a list or an answer.
func readJSON(in *feed.Input, out feed.Sink, n *names) error {
	r := &reader{maker: maker{names: n, d: records.Begin(in, out, 1)}, j: records.NewJSON(in), name: in.Name}
	defer r.d.End()
	err := r.document()
	r.end()
	return r.d.Stop(err)
}

// reader goes through a JSON document.
type reader struct {
	maker
	j    *records.JSON
	name string
}

func (r *reader) document() error {
	if r.j.Next() == '[' {
		return r.j.List(r.item)
	}
	return r.object()
}

// item reads one item.
func (r *reader) item() error {
	line := r.j.Line()
	var all map[string]records.Text
	err := r.j.Decode(&all)
	var kind *records.TypeError
	if err != nil && !errors.As(err, &kind) {
		return err
	}
	var it item
	for _, name := range slices.Sorted(maps.Keys(all)) { // of two names for one field always the same
		it.set(r.fields[strings.ToLower(name)], string(all[name]))
	}
	stated, err := r.add(&it, line)
	if err == nil && !stated {
		r.d.Find("bad-record", feed.Error, line, "the record states no indicator, so no IOC is made of it")
	}
	return err
}

// object reads an export, whose keys are numbers, or an answer: its own fields
// state a URL or a sample, its lists more of them.
func (r *reader) object() error {
	first := r.j.Line()
	var own item
	var status records.Text
	line := first
	err := r.j.Object(func(key string) error {
		number := strings.Trim(key, "0123456789") == ""
		next := r.j.Next()
		switch {
		case next == '[' && (number || key == "urls" || key == "payloads" || key == "data"):
			return r.j.List(r.item)
		case next == '{' && number:
			return r.item()
		case next == '{':
			return r.j.Skip()
		case key == "query_status":
			line = r.j.Line()
			return r.j.Decode(&status)
		}
		var value records.Text
		err := r.j.Decode(&value)
		own.set(r.fields[strings.ToLower(key)], string(value))
		return err
	})
	if err == nil {
		_, err = r.add(&own, first)
	}
	if err != nil {
		return err
	}
	return export.Status(r.d, r.name, "abuse.ch", string(status), "", line)
}
