package kql

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Condition is what a false-positive scenario means: tests of fields, combined
// with and, or and not. It is one of [And], [Or], [Not] and [Test]; nil is no
// condition. Its text form is written by [FormatCondition] and read by
// [ParseCondition].
type Condition interface{ condition() }

// And holds when all of its conditions hold.
type And []Condition

// Or holds when one of its conditions holds.
type Or []Condition

// Not holds when its condition does not.
type Not struct{ Condition Condition }

// Test compares one field with values; it holds when one of the values
// matches. A field whose column is empty matches nothing.
type Test struct {
	Field  Field
	Op     Operator
	Values []string
}

func (And) condition()  {}
func (Or) condition()   {}
func (Not) condition()  {}
func (Test) condition() {}

// Operator is how a test compares. All text compares without case, as Windows
// does.
type Operator string

// The operators of a condition.
const (
	Is           Operator = "is"            // the whole value
	ContainsWord Operator = "contains word" // a run of letters and digits, or several in a row
	Contains     Operator = "contains"      // anywhere
	StartsWith   Operator = "starts with"   // of a path, whole folders: C:\Acme is not the beginning of C:\AcmeEvil
	EndsWith     Operator = "ends with"     // of a path, likewise
	InRange      Operator = "in range"      // an address in a block such as 10.0.0.0/8, a time of day in a span such as 22:00-06:00
	Matches      Operator = "matches"       // a regular expression, RE2 syntax
)

// Operators lists the operators; none is the beginning of a later one.
var Operators = []Operator{ContainsWord, Contains, StartsWith, EndsWith, InRange, Matches, Is}

// OperatorsOf lists the operators that a field can have, the usual ones first.
func OperatorsOf(f Field) []Operator {
	switch kind, _ := f.Kind(); kind {
	case NumberField:
		return []Operator{Is}
	case TimeField:
		return []Operator{InRange}
	case IPField:
		return []Operator{Is, InRange, StartsWith, EndsWith, Contains, ContainsWord, Matches}
	default:
		return []Operator{Is, Contains, ContainsWord, StartsWith, EndsWith, Matches}
	}
}

// Field is what a condition tests, in the field's own names, such as
// process.command_line.
type Field string

// FieldKind says how values of a field compare; see fields.yaml.
type FieldKind string

// The kinds of field.
const (
	ProgramField FieldKind = "program"
	PathField    FieldKind = "path"
	TextField    FieldKind = "text"
	NameField    FieldKind = "name"
	HostField    FieldKind = "host"
	URLField     FieldKind = "url"
	IPField      FieldKind = "ip"
	NumberField  FieldKind = "number"
	HashField    FieldKind = "hash"
	TimeField    FieldKind = "time"
)

var fieldKinds = []FieldKind{ProgramField, PathField, TextField, NameField, HostField, URLField, IPField, NumberField, HashField, TimeField}

// FieldInfo describes a field.
type FieldInfo struct {
	Field Field     `yaml:"field"`
	Kind  FieldKind `yaml:"kind"`
	Means string    `yaml:"means"`
	// Values are some that the field often has, as suggestions.
	Values []string `yaml:"values"`
	// Also are other names that people type for the field.
	Also []string `yaml:"also"`
	// Form is what a value of the field looks like.
	Form struct {
		Pattern string `yaml:"pattern"`
		Says    string `yaml:"says"`
	} `yaml:"form"`
	// SIDs is the field that security identifiers among the values test instead.
	SIDs Field `yaml:"sids"`
}

//go:embed fields.yaml
var fieldsYAML []byte

// fieldsOnce reads the fields. Only [Builtin] hands on the error: without the
// file no field is known, and every condition is refused with a reason.
var fieldsOnce = sync.OnceValues(func() ([]FieldInfo, error) { return readFields("fields.yaml", fieldsYAML) })

func fields() []FieldInfo {
	fs, _ := fieldsOnce()
	return fs
}

// readFields reads a list of fields; the error is a [*CatalogueError].
func readFields(file string, text []byte) ([]FieldInfo, error) {
	var fs []FieldInfo
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&fs); err != nil && !errors.Is(err, io.EOF) {
		return nil, &CatalogueError{File: file, Reason: err.Error()}
	}
	if len(fs) == 0 {
		return nil, &CatalogueError{File: file, Reason: "there is no field in it"}
	}
	seen := map[Field]bool{}
	for _, f := range fs {
		switch {
		case f.Field == "":
			return nil, &CatalogueError{File: file, Reason: "a field has no name"}
		case seen[f.Field]:
			return nil, &CatalogueError{File: file, Reason: fmt.Sprintf("%q is there twice", f.Field)}
		case !compiles(f.Form.Pattern):
			return nil, &CatalogueError{File: file, Reason: fmt.Sprintf("field %s: its form is no regular expression", f.Field)}
		case !slices.Contains(fieldKinds, f.Kind):
			return nil, &CatalogueError{File: file, Reason: fmt.Sprintf("field %s: there is no kind %q", f.Field, f.Kind)}
		}
		seen[f.Field] = true
	}
	return fs, nil
}

// Fields lists every field in the order of fields.yaml.
func Fields() []FieldInfo { return slices.Clone(fields()) }

// Kind is the field's kind, and whether there is such a field.
func (f Field) Kind() (FieldKind, bool) {
	for _, i := range fields() {
		if i.Field == f {
			return i.Kind, true
		}
	}
	return "", false
}

// TellsTime reports whether a condition asks for a time of day, which is UTC as the
// time of every event is.
func TellsTime(c Condition) bool {
	return c != nil && slices.ContainsFunc(Tests(c), func(t Test) bool {
		kind, _ := t.Field.Kind()
		return kind == TimeField
	})
}

// Tests lists the tests of a condition from left to right.
func Tests(c Condition) []Test {
	switch c := c.(type) {
	case And:
		return testsOf(c)
	case Or:
		return testsOf(c)
	case Not:
		return Tests(c.Condition)
	case Test:
		return []Test{c}
	}
	return nil
}

func testsOf(cs []Condition) (all []Test) {
	for _, c := range cs {
		all = append(all, Tests(c)...)
	}
	return all
}

// FormatCondition writes a condition in the form that an analyst types, such as
//
//	process.command_line contains "nanocore" and process.parent is one of ("cron", "at")
//
// Where and stands beside or, each group has parentheses, though and binds
// closer without them: nobody has to know that to read it. [ParseCondition]
// reads it back as the same condition. nil is "".
func FormatCondition(c Condition) string {
	switch c := c.(type) {
	case And:
		return join(c, " and ")
	case Or:
		return join(c, " or ")
	case Not:
		return "not (" + FormatCondition(c.Condition) + ")"
	case Test:
		return string(c.Field) + " " + string(c.Op) + " " + formatValues(c.Values)
	}
	return ""
}

func join(cs []Condition, word string) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = FormatCondition(c)
		switch c.(type) {
		case And, Or:
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, word)
}

func formatValues(vs []string) string {
	if len(vs) == 1 {
		return QuoteValue(vs[0])
	}
	quoted := make([]string, len(vs))
	for i, v := range vs {
		quoted[i] = QuoteValue(v)
	}
	return "one of (" + strings.Join(quoted, ", ") + ")"
}

// QuoteValue writes a value of the text form: a KQL literal, except that
// backslashes of Windows paths stay readable where nothing needs escaping.
func QuoteValue(v string) string {
	if strings.Contains(v, `\`) && !strings.ContainsFunc(v, hidden) && !strings.Contains(v, "'") {
		return "'" + v + "'"
	}
	return Quote(v)
}

// ConditionError says where the text of a condition cannot be understood.
type ConditionError struct {
	Text   string
	Offset int // byte at which reading stopped
	Reason string
	// Expects is what would have to stand at Offset.
	Expects Expected
	Field   Field    // that the test there is about, where one was read
	Op      Operator // of that test, where one was read
}

func (e *ConditionError) Error() string {
	return "condition, column " + strconv.Itoa(len([]rune(e.Text[:e.Offset]))+1) + ": " + e.Reason
}
