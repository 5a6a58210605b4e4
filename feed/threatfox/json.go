package threatfox

import (
	"encoding/json"
	"errors"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// samples are read as far as they are what they should be.
type samples []sample

// UnmarshalJSON takes every kind of value; what is no list is none.
func (s *samples) UnmarshalJSON(b []byte) error {
	*s = nil
	if len(b) > 0 && b[0] == '[' {
		// What is no sample is left out.
		var all []json.RawMessage
		if err := json.Unmarshal(b, &all); err != nil {
			return err
		}
		for _, raw := range all {
			var one sample
			if json.Unmarshal(raw, &one) == nil {
				*s = append(*s, one)
			}
		}
	}
	return nil
}

// readJSON reads an export, an answer or a list.
func readJSON(in *feed.Input, out feed.Sink, f form) error {
	r := &reader{d: records.Begin(in, out, 1), j: records.NewJSON(in), name: in.Name}
	defer r.d.End()
	var err error
	switch f {
	case exportForm:
		err = r.j.Object(r.entry)
	case listForm:
		err = r.j.List(r.record)
	default:
		err = r.answer()
	}
	if r.others > 0 {
		r.d.Find("not-an-ioc", feed.Info, 0, "entries that state no indicator: %d, as in a list of types, tags or families; no IOC is made of them", r.others)
	}
	return r.d.Stop(err)
}

// reader goes through a JSON document.
type reader struct {
	d      *records.Document
	j      *records.JSON
	name   string
	others int // values that are no record

	status string // of an answer
	line   int    // of the status
	says   string // in place of data
}

// entry reads what stands under a number: a list of records, or one.
func (r *reader) entry(string) error {
	if r.j.Next() == '[' {
		return r.j.List(r.record)
	}
	return r.record()
}

// record reads a value that should be a record.
func (r *reader) record() error {
	line := r.j.Line()
	var rec record
	err := r.j.Decode(&rec)
	var kind *records.TypeError
	switch {
	case errors.As(err, &kind), err == nil && rec.isNone():
		r.others++
		return nil
	case err != nil:
		return err
	}
	return add(r.d, &rec, line)
}

// answer reads an answer of the API.
func (r *reader) answer() error {
	err := r.j.Object(func(key string) error {
		switch key {
		case "query_status", "error":
			var status records.Text
			r.line = r.j.Line()
			err := r.j.Decode(&status)
			r.status = string(status)
			return err
		case "data":
			return r.data()
		}
		return r.j.Skip()
	})
	if err != nil {
		return err
	}
	return export.Status(r.d, r.name, "ThreatFox", r.status, r.says, r.line)
}

// data reads the data of an answer: records, one of them, or a sentence.
func (r *reader) data() error {
	switch r.j.Next() {
	case '[':
		return r.j.List(r.record)
	case '{':
		return r.object()
	case '"':
		var says string
		err := r.j.Decode(&says)
		r.says = strings.TrimSpace(says)
		return err
	}
	return r.j.Skip()
}

// object reads data that are an object: a record, or a list of something else
// by its names.
func (r *reader) object() error {
	line := r.j.Line()
	var raw json.RawMessage
	if err := r.j.Decode(&raw); err != nil {
		return err
	}
	var rec record
	if err := json.Unmarshal(raw, &rec); err == nil && !rec.isNone() {
		return add(r.d, &rec, line)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return err // it is an object, so there is none
	}
	r.others += len(all)
	return nil
}

// readLines reads a record a line. A line that is none is a finding, and the
// others are read.
func readLines(in *feed.Input, out feed.Sink) error {
	d := records.Begin(in, out, 1)
	defer d.End()
	l := records.NewLines(in)
	for l.Next() {
		text := strings.TrimSpace(l.Text)
		if text == "" {
			continue
		}
		var rec record
		err := json.Unmarshal([]byte(text), &rec)
		switch {
		case err != nil && l.Open:
			d.Find("text-cut", feed.Error, l.No, "the text ends in the middle of the record %s, so no IOC is made of it, and what follows is missing", feed.Quote(text))
		case err != nil:
			d.Find("bad-record", feed.Error, l.No, "%s is no record, so no IOC is made of it", feed.Quote(text))
		case rec.isNone():
			d.Find("bad-record", feed.Error, l.No, "the record %s states no indicator, so no IOC is made of it", feed.Quote(text))
		default:
			if err := add(d, &rec, l.No); err != nil {
				return err
			}
		}
	}
	return d.Stop(l.Err())
}

// isNone reports whether a value has nothing of a record.
func (r *record) isNone() bool { return r.IOC == "" && r.Value == "" && r.Type == "" }
