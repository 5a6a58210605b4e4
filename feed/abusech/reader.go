package abusech

import (
	"bytes"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
)

// Reader reads exports and answers of URLhaus, Feodo Tracker, MalwareBazaar and
// SSLBL. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "abuse.ch".
func (Reader) Name() string { return "abuse.ch" }

// form is one of the forms in which the projects give out records.
type form int

const (
	noForm form = iota
	jsonForm
	emptyForm // an answer without data
	tableForm
	hostsForm
)

// Sure looks at the keys of JSON, at the header and the banner of CSV. A CSV with
// columns of other names needs the banner: others have tables of addresses and
// samples too.
func (Reader) Sure(head []byte) feed.Sureness {
	n, err := vocabulary()
	if err != nil {
		return 0 // Read tells
	}
	switch n.formOf(head) {
	case jsonForm, hostsForm:
		return 96
	case tableForm:
		return 97
	case emptyForm:
		return 55
	}
	return 0
}

func (n *names) formOf(head []byte) form {
	keys := export.Keys(head)
	if keys == nil {
		return n.textForm(head)
	}
	has := func(path string, names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !keys[path+n] })
	}
	switch {
	case has("#[].", "url", "dateadded"), has("[].", "url", "urlhaus_link"), has("[].", "ip_address", "port", "malware"),
		has("[].", "sha256_hash", "md5_hash", "signature"),
		keys["query_status"] && (has("urls[].", "url") || has("payloads[].", "sha256_hash") || has("payloads[].", "response_sha256") ||
			has("data[].", "sha256_hash") && !keys["data[].ioc"] || has("", "url", "url_status") || has("", "md5_hash", "sha256_hash") ||
			has("", "urlhaus_reference")):
		return jsonForm
	case keys["query_status"] && len(keys) == 1:
		return emptyForm
	}
	return noForm
}

// projects are the names in their banners.
var projects = []string{"URLhaus", "Feodo Tracker", "MalwareBazaar", "SSLBL"}

// hasBanner reports whether a comment above all rows names a project.
func hasBanner(head []byte) bool {
	for line := range bytes.Lines(head[:min(len(head), longestBanner)]) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] != '#' {
			return false
		}
		if namesProject(string(line)) {
			return true
		}
	}
	return false
}

func namesProject(text string) bool {
	return slices.ContainsFunc(projects, func(p string) bool { return strings.Contains(text, p) })
}

// longestBanner is how much of a document is looked at for a banner and a header.
const longestBanner = 16 << 10

func (n *names) textForm(head []byte) form {
	banner := hasBanner(head)
	for line := range bytes.Lines(head[:min(len(head), longestBanner)]) {
		text := strings.TrimSpace(string(line))
		if text == "" {
			continue
		}
		if columns, _ := n.columnsOf(export.Names(strings.Split(strings.TrimLeft(text, "# "), ",")), banner); columns != nil {
			return tableForm
		}
		switch {
		case strings.HasPrefix(text, "#"):
		case banner && export.HostOf(text) != "":
			return hostsForm
		default:
			return noForm
		}
	}
	if banner { // and nothing below
		return tableForm
	}
	return noForm
}

// Read reads a document in the form that its head has.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	n, err := vocabulary()
	if err != nil {
		return err
	}
	switch n.formOf(in.Head()) {
	case tableForm:
		return readTable(in, out, n)
	case hostsForm:
		return export.ReadHosts(in, out)
	case jsonForm, emptyForm:
		return readJSON(in, out, n)
	}
	return &feed.InputError{Name: in.Name, Reason: "this is no export of abuse.ch", Advice: "fetch it again"}
}
