package own

import (
	"bytes"
	"encoding/json"
	"strings"

	"quarry/feed"
)

// Reader reads Quarry's own JSON and CSV. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "quarry-export".
func (Reader) Name() string { return "quarry-export" }

// sureOfOwn is how sure the reader is of what Quarry writes.
const sureOfOwn feed.Sureness = 97

// shape is which of the documents of Quarry one is.
type shape int

const (
	foreign shape = iota
	objects       // IOCs in JSON
	export        // the object of an export
	sheet         // CSV
)

// Sure looks for the fields that all IOCs have in Quarry's JSON, for those with
// which an export begins, and for the header of the CSV.
func (Reader) Sure(head []byte) feed.Sureness {
	if shapeOf(head) == foreign {
		return 0
	}
	return sureOfOwn
}

func shapeOf(head []byte) shape {
	head = bytes.TrimLeft(head, " \t\n\ufeff")
	switch {
	case len(head) == 0:
		return foreign
	case head[0] == '{' || head[0] == '[':
		return shapeOfJSON(head)
	}
	line, _, _ := strings.Cut(string(head), "\n")
	if _, ok := headerOf(line); ok {
		return sheet
	}
	return foreign
}

// shapeOfJSON reads the first object as far as the head of the document has it.
func shapeOfJSON(head []byte) shape {
	dec := json.NewDecoder(bytes.NewReader(head))
	t, err := dec.Token()
	if t == json.Delim('[') {
		t, err = dec.Token()
	}
	if err != nil || t != json.Delim('{') {
		return foreign
	}
	seen := map[string]json.RawMessage{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			break
		}
		name, _ := key.(string)
		if name == "iocs" && seen["title"] != nil && seen["target"] != nil && seen["lookback"] != nil {
			return export
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			break
		}
		seen[name] = value
	}
	var kind feed.Type
	if json.Unmarshal(seen["type"], &kind) == nil && kind.Known() && seen["value"] != nil && seen["mention"] != nil {
		return objects
	}
	return foreign
}

// Read reads IOCs as they come. The error is an [*feed.InputError] or that of
// out.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	head := in.Head()
	switch shapeOf(head) {
	case objects:
		line, _, _ := strings.Cut(strings.TrimLeft(string(head), " \t\n\ufeff"), "\n")
		if _, ok := isObject(line); ok {
			return readLines(in, out)
		}
		return readObjects(in, out)
	case export:
		return readExport(in, out)
	case sheet:
		return readSheet(in, out)
	}
	return &feed.InputError{Name: in.Name, Reason: "it is nothing that Quarry wrote", Advice: "open the document it was made of"}
}
