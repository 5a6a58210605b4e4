package library

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

//go:embed builtin.yaml
var builtinYAML []byte

// MistakeError says what is wrong in a file of scenarios, and where.
type MistakeError struct {
	File   string
	Line   int // 0 where it is about the whole file
	Entry  string
	Field  string
	Reason string
}

func (e *MistakeError) Error() string {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(":%d", e.Line)
	}
	if e.Entry != "" {
		where += fmt.Sprintf(": scenario %q", e.Entry)
	}
	if e.Field != "" {
		where += ": " + e.Field
	}
	return where + ": " + e.Reason
}

// BuiltIn lists the scenarios that are part of the program. An error means that
// the program itself is broken.
func BuiltIn(tables *kql.Catalogue) ([]Entry, error) {
	all, errs := Read("", builtinYAML, tables)
	return all, errors.Join(errs...)
}

// Load lists the scenarios of the files *.yaml and *.yml in a folder, by file
// name, and behind them the built-in ones. A folder that is not there is empty.
// What is wrong in a file is told, each a [*MistakeError]; the other scenarios
// are there. One with the title of a built-in one takes its place.
func Load(folder string, tables *kql.Catalogue) (all []Entry, errs []error) {
	files, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, &MistakeError{File: folder, Reason: reasonOf(err)})
	}
	for _, f := range files {
		path := filepath.Join(folder, f.Name())
		if ext := filepath.Ext(f.Name()); f.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, &MistakeError{File: path, Reason: reasonOf(err)})
			continue
		}
		entries, wrong := Read(path, text, tables)
		all, errs = append(all, entries...), append(errs, wrong...)
	}
	builtin, err := BuiltIn(tables)
	if err != nil {
		errs = append(errs, err)
	}
	for _, b := range builtin {
		if !slices.ContainsFunc(all, func(e Entry) bool { return strings.EqualFold(e.Title, b.Title) }) {
			all = append(all, b)
		}
	}
	return all, errs
}

// reasonOf is an error of the file system without the path, which stands in
// front of it.
func reasonOf(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// Named finds a scenario by its title in any case, or by a beginning that only
// one has. The error names the nearest, or the files of two with that title.
func Named(all []Entry, title string) (*Entry, error) {
	var titles []string
	found, again := -1, -1
	var exact []int
	lower := strings.ToLower(strings.TrimSpace(title))
	for i, e := range all {
		t := strings.ToLower(e.Title)
		titles = append(titles, e.Title)
		if t == lower {
			exact = append(exact, i)
		}
		if lower != "" && strings.HasPrefix(t, lower) {
			if found >= 0 && again < 0 {
				again = i
			} else if found < 0 {
				found = i
			}
		}
	}
	switch {
	case len(exact) > 1:
		return nil, fmt.Errorf("%s is there twice, in %s and %s; give one another title", feed.Quote(title), all[exact[0]].File, all[exact[1]].File)
	case len(exact) == 1:
		return &all[exact[0]], nil
	case found >= 0 && again >= 0:
		return nil, fmt.Errorf("%s is the beginning of %q and %q; write more of the title", feed.Quote(title), all[found].Title, all[again].Title)
	case found >= 0:
		return &all[found], nil
	}
	if near := feed.Nearest(title, titles); near != "" {
		return nil, fmt.Errorf("%s is not in the library; did you mean %q?", feed.Quote(title), near)
	}
	return nil, fmt.Errorf("%s is not in the library; quarry scenarios --library lists it", feed.Quote(title))
}

// Read reads a file of scenarios: a list of them, or one, and the same in what
// stands behind a line ---. What is wrong is told, each a [*MistakeError]; the other scenarios are there.
func Read(file string, text []byte, tables *kql.Catalogue) (all []Entry, errs []error) {
	for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc yaml.Node
		if err := dec.Decode(&doc); err == io.EOF {
			return all, errs
		} else if err != nil {
			return all, append(errs, unreadable(file, err))
		}
		for _, n := range entriesOf(&doc) {
			r := entryReader{file: file, tables: tables}
			if e := r.entry(n); len(r.errs) == 0 {
				all = append(all, e)
			}
			errs = append(errs, r.errs...)
		}
	}
}

// unreadable says what is wrong in a file that is no YAML.
func unreadable(file string, err error) *MistakeError {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	m := &MistakeError{File: file}
	if at, rest, ok := strings.Cut(strings.TrimPrefix(reason, "line "), ": "); ok {
		if line, err := strconv.Atoi(at); err == nil {
			m.Line, reason = line, rest
		}
	}
	m.Reason = "this is no YAML (" + reason + "); indent with spaces, and put a text with a colon, # or { in quotes"
	return m
}

// entriesOf lists the scenarios of one of the documents of a file.
func entriesOf(doc *yaml.Node) []*yaml.Node {
	switch {
	case len(doc.Content) == 0, doc.Content[0].Tag == "!!null":
		return nil // it is empty
	case doc.Content[0].Kind == yaml.SequenceNode:
		return doc.Content[0].Content
	}
	return doc.Content[:1]
}

// entryReader reads one scenario of a file.
type entryReader struct {
	file   string
	tables *kql.Catalogue
	title  string
	errs   []error
}

func (r *entryReader) fault(n *yaml.Node, field, reason string) {
	r.errs = append(r.errs, &MistakeError{File: r.file, Line: n.Line, Entry: r.title, Field: field, Reason: reason})
}

// The keys of a scenario, of when it applies, and of a parameter.
var (
	entryKeys     = []string{"title", "description", "tags", "applies", "parameters", "filter", "condition"}
	appliesKeys   = []string{"types", "threats", "tables"}
	parameterKeys = []string{"name", "means", "example", "default"}
)

func (r *entryReader) entry(n *yaml.Node) (e Entry) {
	e.File, e.Line = r.file, n.Line
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "title" && r.title == "" {
			r.title = n.Content[i+1].Value
		}
	}
	at := r.keys(n, "", entryKeys)
	if len(r.errs) > 0 {
		return e
	}
	if applies := at["applies"]; applies != nil && !null(applies) {
		r.applies(applies)
	}
	parameters := at["parameters"]
	if r.list(parameters, "parameters", "- {name: hosts, means: what to fill in, example: [sb1.example.com]}") {
		for _, p := range parameters.Content {
			r.keys(p, "parameters", parameterKeys)
		}
	}
	if len(r.errs) == 0 {
		if err := n.Decode(&e); err != nil { // only what a tag of YAML says otherwise is left
			r.fault(n, "", "a value has a tag that does not suit it; leave out what begins with !")
		}
	}
	for _, key := range []string{"title", "condition"} {
		if v := at[key]; v == nil || v.Kind == yaml.ScalarNode && strings.TrimSpace(v.Value) == "" {
			r.fault(n, key, "it is missing")
		}
	}
	if len(r.errs) == 0 {
		r.condition(at["condition"], parameters, &e)
	}
	return e
}

// keys are the values of a mapping; what has another name is a mistake.
func (r *entryReader) keys(n *yaml.Node, field string, known []string) map[string]*yaml.Node {
	at := map[string]*yaml.Node{}
	n = aliased(n)
	if n.Kind != yaml.MappingNode {
		r.fault(n, field, "expected "+strings.Join(known, ", ")+" with their values")
		return at
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(known, key.Value) {
			r.fault(key, field, feed.Quote(key.Value)+" is no field of it"+meant(key.Value, known))
		}
		if at[key.Value] != nil {
			r.fault(key, field, key.Value+" is there twice")
		}
		if at[key.Value] = aliased(n.Content[i+1]); slices.Contains(known, key.Value) {
			r.shape(at[key.Value], key.Value)
		}
	}
	return at
}

// applies checks the names of types, threats and tables.
func (r *entryReader) applies(n *yaml.Node) {
	var types, threats, tables []string
	for _, t := range feed.Types {
		types = append(types, string(t))
	}
	for _, t := range feed.Threats {
		threats = append(threats, string(t))
	}
	for _, t := range r.tables.Tables() {
		tables = append(tables, t.Name)
	}
	at := r.keys(n, "applies", appliesKeys)
	for n, names := range [][]string{types, threats, tables} {
		key := appliesKeys[n]
		list := at[key]
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for _, v := range list.Content {
			if !slices.Contains(names, v.Value) {
				near := ""
				if s := feed.Nearest(v.Value, names); s != "" {
					near = "; did you mean " + s + "?"
				}
				r.fault(v, "applies: "+key, feed.Quote(v.Value)+" is none of them"+near)
			}
		}
	}
}

// condition checks that the condition can be read with the values that the
// parameters have as a default or as an example.
func (r *entryReader) condition(n, parameters *yaml.Node, e *Entry) {
	seen := map[string]bool{}
	for i, p := range e.Parameters {
		at := parameters.Content[i]
		switch {
		case !parameterName.MatchString(p.Name):
			r.fault(at, "parameters", feed.Quote(p.Name)+" is no name for a parameter; use letters, digits, - and _")
		case seen[p.Name]:
			r.fault(at, "parameters", p.Name+" is there twice")
		case p.Means == "":
			r.fault(at, "parameters", p.Name+": say in means what is to be filled in")
		case len(p.Default)+len(p.Example) == 0:
			r.fault(at, "parameters", p.Name+": give an example or a default")
		}
		seen[p.Name] = true
	}
	if len(r.errs) > 0 {
		return
	}
	sample := func(p Parameter) []string {
		if len(p.Default) > 0 {
			return p.Default
		}
		return p.Example
	}
	text, used, err := e.put(sample)
	var missing *FillError
	if errors.As(err, &missing) {
		r.fault(n, "condition", "{"+missing.Parameter+"}: "+missing.Reason)
		return
	}
	for _, p := range e.Parameters {
		if !slices.ContainsFunc(used, func(u placed) bool { return u.name == p.Name }) {
			r.fault(n, "parameters", p.Name+": the condition does not use it; write {"+p.Name+"} there, without quotes")
			return
		}
	}
	c, err := kql.ParseCondition(text)
	if err != nil {
		r.fault(n, "", err.Error()) // which says where in the condition
	}
	for _, t := range kql.Tests(c) {
		if _, reason := t.Misfit(); reason != "" {
			r.fault(n, "condition", reason)
		}
	}
}
