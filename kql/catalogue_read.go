package kql

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed tables/*.yaml
var tableFiles embed.FS

// tableAreas are the files of the catalogue in the order in which an analyst
// sees their tables.
var tableAreas = []string{"most_used", "endpoint", "mail", "asim", "hosts", "network", "identity", "cloud", "intel"}

// Builtin is the catalogue that comes with Quarry. It is read once, after the
// fields that its tables name; an error, a [*CatalogueError], means that the
// program was built wrongly.
var Builtin = sync.OnceValues(func() (*Catalogue, error) { return readBuiltin(fieldsOnce) })

func readBuiltin(fields func() ([]FieldInfo, error)) (*Catalogue, error) {
	if _, err := fields(); err != nil {
		return nil, err
	}
	// All commands wait for the catalogue, so the files are read side by side,
	// and only a file with a mistake is read with care for where it stands.
	areas := make([][]Table, len(tableAreas))
	errs := make([]error, len(tableAreas))
	var wait sync.WaitGroup
	for n, area := range tableAreas {
		wait.Go(func() { areas[n], errs[n] = readArea("tables/" + area + ".yaml") })
	}
	wait.Wait()
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	return &Catalogue{tables: slices.Concat(areas...)}, nil
}

func readArea(file string) ([]Table, error) {
	text, err := tableFiles.ReadFile(file)
	if err != nil {
		return nil, &CatalogueError{File: file, Reason: err.Error()}
	}
	tables, err := decodeTables(text)
	if err != nil || len(tables) == 0 || slices.ContainsFunc(tables, func(t Table) bool { return len(t.mistakes()) > 0 }) {
		return ReadTables(file, text)
	}
	return tables, nil
}

// decodeTables reads a list of tables of which every key means something.
func decodeTables(text []byte) (tables []Table, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err = dec.Decode(&tables)
	return tables, err
}

// CatalogueError says what is wrong in a catalogue file, and where.
type CatalogueError struct {
	File   string
	Line   int    // 0 where it is unknown
	Table  string // "" where the mistake is in none
	Field  string // what of the table, such as "column RemoteIP"; "" for all of it
	Reason string
}

func (e *CatalogueError) Error() string {
	where := e.File
	if e.Line > 0 {
		where += ":" + strconv.Itoa(e.Line)
	}
	if e.Table != "" {
		where += ": table " + e.Table
	}
	if e.Field != "" {
		where += ": " + e.Field
	}
	return where + ": " + e.Reason
}

// ReadTables reads a catalogue file: one YAML document, a list of tables in the
// form that kql/tables/README.md describes. The file's name is for messages.
//
// A key that means nothing, a name that would have to be quoted in a query, a
// field that no condition knows, a table that is there twice and a file without
// any table are refused; whether a workspace has the tables and columns is not
// known here. The error is a [*CatalogueError] for the first mistake.
func ReadTables(file string, text []byte) ([]Table, error) {
	var tables []Table
	var list yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&list)
	if err == nil {
		tables, err = decodeTables(text)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlError(file, &list, err)
	}
	if line := emptyItem(&list); line > 0 {
		return nil, &CatalogueError{File: file, Line: line, Table: place{&list}.tableAt(line), Reason: "an item of a list is empty"}
	}
	if len(tables) == 0 {
		return nil, &CatalogueError{File: file, Reason: "there is no table in it"}
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, &CatalogueError{File: file, Line: second.Line, Reason: "something follows the list of tables; write one list in one document"}
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(file, nil, err)
	}
	lines := map[string]int{}
	for i := range tables {
		t := &tables[i]
		at := place{&list}.in(i)
		wrong := t.mistakes()
		if line, ok := lines[t.Name]; ok {
			wrong = append(wrong, mistake{path: []any{"name"}, reason: fmt.Sprintf("it is there twice, first in line %d", line)})
		}
		if len(wrong) > 0 {
			line := func(m mistake) int { return at.in(m.path...).line() }
			first := slices.MinFunc(wrong, func(a, b mistake) int { return cmp.Compare(line(a), line(b)) })
			return nil, &CatalogueError{File: file, Line: line(first), Table: t.Name, Field: first.field, Reason: first.reason}
		}
		lines[t.Name] = at.in("name").line()
	}
	return tables, nil
}

// emptyItem is the line of the first item of a list that has no value, or 0.
// The YAML reader leaves such items out.
func emptyItem(n *yaml.Node) int {
	for _, item := range n.Content {
		if n.Kind == yaml.SequenceNode && item.Kind == yaml.ScalarNode && item.Tag == "!!null" {
			return item.Line
		}
		if line := emptyItem(item); line > 0 {
			return line
		}
	}
	return 0
}

// yamlError says in the words of a catalogue file what the YAML reader found.
func yamlError(file string, list *yaml.Node, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var all *yaml.TypeError
	if errors.As(err, &all) && len(all.Errors) > 0 {
		text = all.Errors[0]
	}
	e := &CatalogueError{File: file, Reason: text}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, reason, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			e.Line, e.Reason = n, reason
			e.Table = place{list}.tableAt(n)
		}
	}
	if key, where, ok := strings.Cut(e.Reason, " not found in type "); ok && where != "" {
		e.Reason = fmt.Sprintf("there is no key %q", strings.TrimPrefix(key, "field "))
	} else if value, wanted, ok := strings.Cut(e.Reason, " into "); ok {
		value = strings.Trim(value[strings.LastIndex(value, "!!")+1:], "!")
		e.Reason = fmt.Sprintf("%s stands where %s is wanted", value, kindOf(wanted))
	}
	return e
}

// kindOf is what a person writes for a Go type.
func kindOf(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case goType == "bool":
		return "true or false"
	case goType == "string", strings.HasSuffix(goType, "Side"):
		return "one text"
	}
	return "a group of keys"
}

// place is somewhere in a YAML document.
type place struct{ node *yaml.Node }

// in goes down by keys and by positions in lists, as far as there is anything.
func (p place) in(path ...any) place {
	for _, step := range path {
		next := p.step(step)
		if next == nil {
			break
		}
		p.node = next
	}
	return p
}

func (p place) step(step any) *yaml.Node {
	n := p.node
	for n != nil && (n.Kind == yaml.DocumentNode || n.Kind == yaml.AliasNode) {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else {
			n = n.Content[0]
		}
	}
	switch key := step.(type) {
	case int:
		if n != nil && n.Kind == yaml.SequenceNode && key < len(n.Content) {
			return n.Content[key]
		}
	case string:
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

func (p place) line() int {
	if p.node == nil {
		return 0
	}
	return p.node.Line
}

// tableAt is the name of the table in whose lines a line is.
func (p place) tableAt(line int) string {
	name := ""
	for i := 0; ; i++ {
		table := p.step(i)
		if table == nil || table.Line > line {
			return name
		}
		name = ""
		if n := (place{table}).step("name"); n != nil {
			name = n.Value
		}
	}
}
