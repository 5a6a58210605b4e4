package threatfox

import (
	"bytes"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
)

// Reader reads exports and answers of ThreatFox. The zero Reader is ready for
// use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "threatfox".
func (Reader) Name() string { return "threatfox" }

// form is one of the forms in which ThreatFox gives out records.
type form int

const (
	noForm form = iota
	exportForm
	answerForm
	linesForm
	listForm
	tableForm
	hostsForm
)

// How sure the forms make the reader that a document is its own.
var sure = map[form]feed.Sureness{
	exportForm: 99, answerForm: 97, linesForm: 97, listForm: 97, tableForm: 99, hostsForm: 97,
}

// sureOfEmpty is for an answer without records: other projects of abuse.ch word
// it alike.
const sureOfEmpty feed.Sureness = 60

// Sure looks at the keys of JSON, at the header and the banner of CSV.
func (Reader) Sure(head []byte) feed.Sureness {
	f, empty := formOf(head)
	if empty {
		return sureOfEmpty
	}
	return sure[f]
}

// formOf tells the form of a document by its head; an empty answer states no
// record.
func formOf(head []byte) (f form, empty bool) {
	if keys := export.Keys(head); keys != nil {
		return jsonForm(keys)
	}
	return textForm(head), false
}

func jsonForm(keys map[string]bool) (f form, empty bool) {
	switch {
	case isRecord(keys, "#[]."), isRecord(keys, "#."):
		return exportForm, false
	case keys["query_status"] && (isRecord(keys, "data[].") || isRecord(keys, "data.") || keys["data.#.ioc_type"]),
		isRecord(keys, "data[].") && keys["data[].threat_type"]:
		return answerForm, false
	case isRecord(keys, ""):
		return linesForm, false
	case isRecord(keys, "[]."):
		return listForm, false
	case keys["query_status"] && (keys["data"] || len(keys) == 1), keys["error"] && len(keys) == 1:
		return answerForm, true
	}
	return noForm, false
}

// isRecord reports whether there are the keys of a record under a path.
func isRecord(keys map[string]bool, path string) bool {
	return (keys[path+"ioc"] || keys[path+"ioc_value"]) && keys[path+"ioc_type"]
}

// textForm tells the forms that are no JSON.
func textForm(head []byte) form {
	named, f := false, noForm
	for n, line := range bytes.Split(head[:min(len(head), 16<<10)], []byte("\n")) {
		text := strings.TrimSpace(string(line))
		comment := strings.HasPrefix(text, "#")
		switch {
		case text == "":
			continue
		case comment && strings.Contains(text, "ThreatFox"):
			named = true
		}
		if fields := strings.Split(strings.TrimLeft(text, "# "), ","); isHeader(export.Names(fields)) {
			return tableForm
		}
		if comment {
			continue
		}
		switch {
		case isRow(text):
			return tableForm
		case named && export.HostOf(text) != "":
			return hostsForm
		}
		if n > 0 && !named {
			return f
		}
	}
	if named && bytes.Contains(head, []byte("CSV format")) {
		return tableForm
	}
	return f
}

// Read reads a document in the form that its head has.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	f, _ := formOf(in.Head())
	switch f {
	case tableForm:
		return readTable(in, out)
	case hostsForm:
		return export.ReadHosts(in, out)
	case linesForm:
		return readLines(in, out)
	case exportForm, answerForm, listForm:
		return readJSON(in, out, f)
	}
	return &feed.InputError{Name: in.Name, Reason: "this is no export of ThreatFox", Advice: "fetch it again"}
}
