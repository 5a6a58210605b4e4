package abusech

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

// field is one of what the projects state, under whatever name.
type field int

const (
	noField field = iota
	urlField
	statusField
	firstField
	lastField
	threatField
	tagsField
	referenceField
	ipField
	portField
	familyField
	hostField
	sha256Field
	sha1Field
	md5Field
	sha3Field
	fileField
	imphashField
	ssdeepField
	tlshField
	telfhashField
	gimphashField
	iconField
	certificateField
	ja3Field
	fieldCount
)

// fieldNames are what fields.yaml calls the fields.
var fieldNames = [fieldCount]string{
	urlField: "url", statusField: "status", firstField: "first seen", lastField: "last seen", threatField: "threat", tagsField: "tags",
	referenceField: "reference", ipField: "ip", portField: "port", familyField: "family", hostField: "host", sha256Field: "sha256",
	sha1Field: "sha1", md5Field: "md5", sha3Field: "sha3-384", fileField: "file", imphashField: "imphash", ssdeepField: "ssdeep",
	tlshField: "tlsh", telfhashField: "telfhash", gimphashField: "gimphash", iconField: "icon", certificateField: "certificate", ja3Field: "ja3",
}

// names is what fields.yaml says.
type names struct {
	fields map[string]field
	tables []header
}

// header is that of an export.
type header struct {
	Project              string
	Columns, Newer, Keys []string
}

//go:embed fields.yaml
var fieldsYAML []byte

// vocabulary is read once.
var vocabulary = sync.OnceValues(func() (*names, error) {
	var said struct {
		Fields map[string][]string
		Tables []header
	}
	dec := yaml.NewDecoder(bytes.NewReader(fieldsYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&said); err != nil {
		return nil, fmt.Errorf("fields.yaml: %w", err)
	}
	all := &names{fields: map[string]field{}, tables: said.Tables}
	for name, spellings := range said.Fields {
		f := field(slices.Index(fieldNames[:], name))
		if f <= noField {
			return nil, fmt.Errorf("fields.yaml: %q is no field", name)
		}
		for _, s := range spellings {
			all.fields[s] = f
		}
	}
	return all, nil
})

// columnsOf are the fields of the columns of a header, nil where it is no
// project's: all its columns are those of an export, or below a project's banner
// those that tell one. Others have names like these for tables of their own.
// Unread are the columns that no export had so far.
func (n *names) columnsOf(header []string, banner bool) (columns []field, unread []string) {
	for _, t := range n.tables {
		if !t.fits(header, banner) {
			continue
		}
		for _, name := range header {
			columns = append(columns, n.fields[name])
			if n.fields[name] == noField && name != "" && !slices.Contains(t.Columns, name) {
				unread = append(unread, name)
			}
		}
		return columns, unread
	}
	return nil, nil
}

// fits reports whether the columns are those of an export.
func (t *header) fits(columns []string, banner bool) bool {
	lacks := func(name string) bool { return !slices.Contains(columns, name) }
	if banner {
		return !slices.ContainsFunc(t.Keys, lacks)
	}
	return !slices.ContainsFunc(columns, func(name string) bool { return !slices.Contains(t.Columns, name) }) &&
		!slices.ContainsFunc(t.Columns, func(name string) bool { return lacks(name) && !slices.Contains(t.Newer, name) })
}
