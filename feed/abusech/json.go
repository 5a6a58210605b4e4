package abusech

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// readJSON reads an export, a list or an answer.
func readJSON(in *feed.Input, out feed.Sink) error {
	r := &reader{maker: maker{d: records.Begin(in, out, 1)}, j: records.NewJSON(in), name: in.Name}
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
		return r.list()
	}
	return r.object()
}

// list reads a list of items.
func (r *reader) list() error {
	if _, err := r.j.Enter(); err != nil {
		return err
	}
	for r.j.More() {
		if err := r.item(); err != nil {
			return err
		}
	}
	return r.j.Leave()
}

// item reads one item.
func (r *reader) item() error {
	line := r.j.Line()
	var all map[string]export.Text
	err := r.j.Decode(&all)
	var kind *records.TypeError
	if err != nil && !errors.As(err, &kind) {
		return err
	}
	var it item
	for _, name := range slices.Sorted(maps.Keys(all)) { // of two names for one field always the same
		it.set(strings.ToLower(name), string(all[name]))
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
	if _, err := r.j.Enter(); err != nil {
		return err
	}
	var own item
	var status string
	line := first
	for r.j.More() {
		key, err := r.j.Key()
		if err != nil {
			return err
		}
		switch r.j.Next() {
		case '[':
			if key == "urls" || key == "payloads" || key == "data" || strings.Trim(key, "0123456789") == "" {
				err = r.list()
			} else {
				err = r.own(&own, key)
			}
		case '{':
			if strings.Trim(key, "0123456789") == "" {
				err = r.item()
			} else {
				err = r.j.Skip()
			}
		default:
			if key == "query_status" {
				var s export.Text
				line = r.j.Line()
				err = r.j.Decode(&s)
				status = string(s)
			} else {
				err = r.own(&own, key)
			}
		}
		if err != nil {
			return err
		}
	}
	if err := r.j.Leave(); err != nil {
		return err
	}
	if _, err := r.add(&own, first); err != nil {
		return err
	}
	return export.Status(r.d, r.name, "abuse.ch", status, "", line)
}

// own takes in what an answer says of the one thing that it is about.
func (r *reader) own(it *item, key string) error {
	var raw json.RawMessage
	if err := r.j.Decode(&raw); err != nil {
		return err
	}
	var t export.Text
	if err := json.Unmarshal(raw, &t); err != nil {
		return err
	}
	it.set(strings.ToLower(key), string(t))
	return nil
}
