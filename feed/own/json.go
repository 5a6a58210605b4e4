package own

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// readLines reads an object a line. One that is broken costs only itself.
func readLines(in *feed.Input, out feed.Sink) error {
	d := begin(in, out)
	lines := records.NewLines(in)
	for lines.Next() {
		text := strings.TrimSpace(lines.Text)
		if text == "" {
			continue
		}
		if lines.Cut {
			d.Find("long-line", feed.Error, lines.No, "this line is longer than %d MiB, so it is left out", records.MaxLine>>20)
			continue
		}
		o, ok := isObject(text)
		switch {
		case !ok && lines.Open:
			d.Find("text-cut", feed.Error, lines.No, "the text ends in the middle of the object %s, so no IOC is made of it, and what follows is missing", feed.Quote(text))
		case !ok:
			d.Find("bad-record", feed.Error, lines.No, "%s is not the JSON of an IOC, so none is made of it", feed.Quote(text))
		default:
			if err := d.add(&o, lines.No); err != nil {
				return err
			}
		}
	}
	if err := d.Stop(lines.Err()); err != nil {
		return err
	}
	d.end()
	return nil
}

// readObjects reads objects in a row or in an array.
func readObjects(in *feed.Input, out feed.Sink) error {
	d := begin(in, out)
	j := records.NewJSON(in)
	array := firstByte(in.Head()) == '['
	if err := d.stopped(d.objects(j, array)); err != nil {
		return err
	}
	d.end()
	return nil
}

func (d *document) objects(j *records.JSON, array bool) error {
	if array {
		if _, err := j.Enter(); err != nil {
			return err
		}
	}
	err := d.list(j)
	if err == nil && array {
		err = j.Leave()
	}
	if err != nil {
		return err
	}
	return d.rest(j)
}

// rest tells of what stands behind the end.
func (d *document) rest(j *records.JSON) error {
	line := j.Line()
	err := j.Skip()
	if err == nil {
		d.Find("unread-text", feed.Info, line, "nothing is taken from what stands behind the end of the list")
	}
	return err
}

func firstByte(head []byte) byte {
	for _, c := range head {
		if c == '[' || c == '{' {
			return c
		}
	}
	return 0
}

// stopped takes the error with which the reading ended.
func (d *document) stopped(err error) error {
	if err == io.EOF {
		return nil
	}
	return d.Stop(err)
}

// list reads objects until there is no more.
func (d *document) list(j *records.JSON) error {
	for j.More() {
		line := j.Line()
		var o object
		err := j.Decode(&o)
		var kind *records.TypeError
		switch {
		case errors.As(err, &kind):
			d.Find("bad-record", feed.Error, line, "%v, so no IOC is made of it", kind)
			continue
		case err != nil:
			return err
		}
		if err := d.add(&o, line); err != nil {
			return err
		}
	}
	return nil
}

// unread are the fields of an export that say what follows from the rest or from
// decisions.
var unread = []string{"reviewer", "earlier", "target", "lookback", "min_confidence", "hunts", "findings"}

// readExport reads the object of an export.
func readExport(in *feed.Input, out feed.Sink) error {
	d := begin(in, out)
	j := records.NewJSON(in)
	left, err := d.fields(j)
	if err = d.stopped(err); err != nil {
		return err
	}
	d.end(left...)
	return nil
}

func (d *document) fields(j *records.JSON) (left []string, err error) {
	if _, err := j.Enter(); err != nil {
		return nil, err
	}
	for j.More() {
		key, err := j.Key()
		if err != nil {
			return left, err
		}
		if key == "iocs" {
			err = d.iocs(j)
		} else {
			err = d.field(j, key)
		}
		var kind *records.TypeError
		if errors.As(err, &kind) {
			d.Find("bad-record", feed.Error, kind.Line, "the field %s of the export: %v, so it is not read", feed.Quote(key), kind)
			err = nil
		}
		if err != nil {
			return left, err
		}
		if slices.Contains(unread, key) && !slices.Contains(left, key) {
			left = append(left, key)
		}
	}
	if err := j.Leave(); err != nil {
		return left, err
	}
	return left, d.rest(j)
}

// iocs reads the IOCs of an export.
func (d *document) iocs(j *records.JSON) error {
	open, err := j.Enter()
	if err != nil {
		return err
	}
	if open != json.Delim('[') {
		return &feed.InputError{Name: d.Bulletin.Source.Name, Line: j.Line(), Reason: "here is an object where the list of IOCs should be", Advice: "export it again"}
	}
	if err := d.list(j); err != nil {
		return err
	}
	return j.Leave()
}

// field reads a field of an export that is no list of IOCs.
func (d *document) field(j *records.JSON, key string) error {
	switch key {
	case "title":
		return j.Decode(&d.Title)
	case "families":
		var families []string
		err := j.Decode(&families)
		if err == nil && len(families) == 1 {
			d.Family = families[0]
		}
		return err
	case "scenarios":
		line := j.Line()
		var all []struct{ Title, Description, Filter string }
		err := j.Decode(&all)
		for _, s := range all {
			d.Scenarios = append(d.Scenarios, feed.Scenario{Title: s.Title, Description: s.Description, Filter: s.Filter, Source: feed.Source{Name: d.Bulletin.Source.Name, Line: line}})
		}
		return err
	case "hunts":
		line := j.Line()
		var all []struct{ Table string }
		err := j.Decode(&all)
		for _, h := range all {
			if h.Table != "" && !slices.ContainsFunc(d.Tables, func(t feed.TableNote) bool { return t.Name == h.Table }) {
				d.Tables = append(d.Tables, feed.TableNote{Name: h.Table, Source: feed.Source{Name: d.Bulletin.Source.Name, Line: line}})
			}
		}
		return err
	}
	return j.Skip()
}
