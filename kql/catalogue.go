package kql

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Target is where a query runs.
type Target string

// The two targets.
const (
	Sentinel Target = "sentinel" // Microsoft Sentinel, Log Analytics
	Defender Target = "defender" // Defender XDR advanced hunting
)

// Targets lists the targets in the order in which a key switches them.
var Targets = []Target{Sentinel, Defender}

// ParseTarget reads a target's name in any case.
func ParseTarget(s string) (Target, error) {
	if t := Target(strings.ToLower(s)); slices.Contains(Targets, t) {
		return t, nil
	}
	return "", fmt.Errorf("%q is no target; use sentinel or defender", s)
}

// Title is the target's name on screens.
func (t Target) Title() string {
	if t == Defender {
		return "Defender"
	}
	return "Sentinel"
}

// Side says whose address or name a column holds.
type Side string

// The sides of a column.
const (
	Remote Side = ""       // the other side; hunted
	Either Side = "either" // depends on the direction of the row; hunted
	Own    Side = "own"    // the protected side; not hunted
)

// Column is one column of a table that can carry an indicator.
type Column struct {
	Column string `yaml:"column"`
	Port   string `yaml:"port"` // column that holds the port of this address
	Side   Side   `yaml:"side"`
	Only   string `yaml:"only"`   // "ipv6" when it holds nothing else
	Mapped bool   `yaml:"mapped"` // IPv4 may stand as ::ffff:a.b.c.d
	Bare   bool   `yaml:"bare"`   // a URL column that may hold a host alone
	// Path leads to the value inside a dynamic column, such as user.ipAddress.
	Path    string `yaml:"path"`
	Dynamic bool   `yaml:"dynamic"` // of this type at one of the targets at least
	Absent  bool   `yaml:"absent"`  // a workspace may lack the column
}

// Columns lists a table's indicator columns by what they hold.
type Columns struct {
	IP       []Column `yaml:"ip"`
	IPList   []Column `yaml:"ip_list"`
	Host     []Column `yaml:"host"`
	HostList []Column `yaml:"host_list"`
	URL      []Column `yaml:"url"`
	URLList  []Column `yaml:"url_list"`
	MD5      []Column `yaml:"md5"`
	SHA1     []Column `yaml:"sha1"`
	SHA256   []Column `yaml:"sha256"`
	Hash     []Column `yaml:"hash"`
	Email    []Column `yaml:"email"`
	FileName []Column `yaml:"file_name"`
	FilePath []Column `yaml:"file_path"`
	Text     []Column `yaml:"text"`
}

// Table is a table of Sentinel or Defender XDR as the catalogue describes it.
type Table struct {
	Name       string            `yaml:"name"`
	Product    string            `yaml:"product"`
	Connectors []string          `yaml:"connectors"`
	Time       map[Target]string `yaml:"time"`
	// Start is the parameter of a function that takes the beginning of the
	// look-back, such as starttime of _Im_Dns; "" for a table.
	Start     string             `yaml:"start"`
	IOC       Columns            `yaml:"ioc"`
	Device    []string           `yaml:"device"`  // columns that name the device, the first that is not empty counts
	Account   []string           `yaml:"account"` // columns that name the account, likewise
	Show      []string           `yaml:"show"`
	Fields    map[Field][]string `yaml:"fields"`
	Qualified map[string]string  `yaml:"qualified"` // what may follow a name in a column: "." or "@"
}

// On reports whether the table exists at the target.
func (t *Table) On(target Target) bool { return t.Time[target] != "" }

// Catalogue is the set of tables that hunts can be written for.
type Catalogue struct{ tables []Table }

//go:embed tables.yaml
var tablesYAML []byte

// Builtin is the catalogue that comes with Quarry. It is read once, after the
// fields that its tables name; an error, a [*CatalogueError], means that the
// program was built wrongly.
var Builtin = sync.OnceValues(func() (*Catalogue, error) { return readBuiltin(fieldsOnce) })

func readBuiltin(fields func() ([]FieldInfo, error)) (*Catalogue, error) {
	if _, err := fields(); err != nil {
		return nil, err
	}
	return readCatalogue("tables.yaml", tablesYAML)
}

// CatalogueError says what is wrong in a catalogue file.
type CatalogueError struct {
	File   string
	Table  string
	Reason string
}

func (e *CatalogueError) Error() string {
	if e.Table == "" {
		return fmt.Sprintf("%s: %s", e.File, e.Reason)
	}
	return fmt.Sprintf("%s: table %s: %s", e.File, e.Table, e.Reason)
}

func readCatalogue(file string, text []byte) (*Catalogue, error) {
	c := new(Catalogue)
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c.tables); err != nil && !errors.Is(err, io.EOF) {
		return nil, &CatalogueError{File: file, Reason: err.Error()}
	}
	if len(c.tables) == 0 {
		return nil, &CatalogueError{File: file, Reason: "there is no table in it"}
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, &CatalogueError{File: file, Reason: "something follows the list of tables; write one list in one document"}
	}
	seen := map[string]bool{}
	for i := range c.tables {
		t := &c.tables[i]
		reason := t.check()
		if seen[t.Name] {
			reason = "it is there twice"
		}
		if reason != "" {
			return nil, &CatalogueError{File: file, Table: t.Name, Reason: reason}
		}
		seen[t.Name] = true
	}
	return c, nil
}

// check makes sure that every name of a table may stand in a query as it is,
// so that the builder can write names without quoting them.
func (t *Table) check() string {
	names := slices.Concat([]string{t.Name}, t.Show, t.Device, t.Account)
	if t.Start != "" {
		names = append(names, t.Start)
	}
	for target, col := range t.Time {
		if _, err := ParseTarget(string(target)); err != nil {
			return "time: " + err.Error()
		}
		names = append(names, col)
	}
	for _, cols := range t.IOC.all() {
		for _, c := range cols {
			names = append(names, c.Column)
			if c.Port != "" {
				names = append(names, c.Port)
			}
			if c.Path != "" {
				names = append(names, strings.Split(c.Path, ".")...)
			}
			if !slices.Contains([]Side{Remote, Either, Own}, c.Side) {
				return fmt.Sprintf("column %s: side %q is not own or either", c.Column, c.Side)
			}
			if c.Only != "" && c.Only != "ipv6" {
				return fmt.Sprintf("column %s: only %q is not ipv6", c.Column, c.Only)
			}
		}
	}
	for field, cols := range t.Fields {
		if _, ok := field.Kind(); !ok {
			return fmt.Sprintf("%q is no field of a condition", field)
		}
		names = append(names, cols...)
	}
	for col, mark := range t.Qualified {
		if !t.holdsName(col) {
			return fmt.Sprintf("qualified: column %s is in no field that holds names", col)
		}
		if mark != "." && mark != "@" {
			return fmt.Sprintf(`qualified: column %s: %q is not "." or "@"`, col, mark)
		}
	}
	for _, n := range names {
		if !plainName(n) {
			return fmt.Sprintf("%q is no plain column or table name", n)
		}
	}
	if len(t.Time) == 0 {
		return "it has no time column for any target"
	}
	return ""
}

func (t *Table) holdsName(col string) bool {
	for field, cols := range t.Fields {
		if kind, _ := field.Kind(); kind == NameField && slices.Contains(cols, col) {
			return true
		}
	}
	return false
}

func (c *Columns) all() [][]Column {
	return [][]Column{c.IP, c.IPList, c.Host, c.HostList, c.URL, c.URLList, c.MD5, c.SHA1, c.SHA256, c.Hash, c.Email, c.FileName, c.FilePath, c.Text}
}

// plainName reports whether s is a letter or underscore followed by letters,
// digits and underscores, which needs no quoting unless it is a keyword.
func plainName(s string) bool {
	if s == "" || isDigit(s[0]) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// Tables lists the catalogue in its own order. The caller must not change it.
func (c *Catalogue) Tables() []Table { return c.tables }

// Table finds a table by its exact name.
func (c *Catalogue) Table(name string) (*Table, bool) {
	for i := range c.tables {
		if c.tables[i].Name == name {
			return &c.tables[i], true
		}
	}
	return nil, false
}

// FieldNames lists the fields of a condition that the table has columns for,
// in the order of fields.yaml.
func (t *Table) FieldNames() []Field {
	var names []Field
	for _, f := range fields() {
		if len(t.Fields[f.Field]) > 0 {
			names = append(names, f.Field)
		}
	}
	return names
}
