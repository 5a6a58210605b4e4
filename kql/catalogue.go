package kql

import (
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
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
	Port   string `yaml:"port"` // column, or place in a dynamic one, that holds the port of this address
	Side   Side   `yaml:"side"`
	Only   string `yaml:"only"`   // "ipv6" when it holds nothing else; "domain" for names that are no host of a URL; "ipv4" for text that is not searched for IPv6
	Mapped bool   `yaml:"mapped"` // IPv4 may stand as ::ffff:a.b.c.d
	Bare   bool   `yaml:"bare"`   // a URL column that may hold a host alone
	// Path leads to the value inside a dynamic column, such as user.ipAddress.
	Path    string `yaml:"path"`
	Dynamic bool   `yaml:"dynamic"` // of this type at one of the targets at least
	Absent  bool   `yaml:"absent"`  // a workspace may lack the column
	// Holds are the types of indicator that running text is searched for, all
	// when there are none; Always searches it also for those that the table has
	// columns of their own for.
	Holds  []feed.Type `yaml:"holds"`
	Always bool        `yaml:"always"`
}

// The values of [Column].Only.
const (
	onlyIPv6    = "ipv6"
	onlyIPv4    = "ipv4"
	onlyDomains = "domain"
)

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

// kindColumns are the columns of one kind.
type kindColumns struct {
	kind    string // its key in a catalogue file
	columns []Column
}

func (c *Columns) byKind() [14]kindColumns {
	return [...]kindColumns{
		{"ip", c.IP}, {"ip_list", c.IPList}, {"host", c.Host}, {"host_list", c.HostList},
		{"url", c.URL}, {"url_list", c.URLList},
		{"md5", c.MD5}, {"sha1", c.SHA1}, {"sha256", c.SHA256}, {"hash", c.Hash},
		{"email", c.Email}, {"file_name", c.FileName}, {"file_path", c.FilePath}, {"text", c.Text},
	}
}

// Table is a table of Sentinel or Defender XDR as the catalogue describes it,
// or a function of Sentinel that is queried like one.
type Table struct {
	Name       string            `yaml:"name"`
	Product    string            `yaml:"product"`
	Connectors []string          `yaml:"connectors"`
	Time       map[Target]string `yaml:"time"`
	// Usual tables are hunted in where a document asks for none.
	Usual bool `yaml:"usual"`
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

// Tables lists the catalogue in its own order. The caller must not change it.
func (c *Catalogue) Tables() []Table { return c.tables }

// With is the catalogue with other tables, such as those of [ReadTables]: one
// that has a table's exact name takes its place, the others follow in their
// order. The catalogue itself stays as it is, and the caller must not change
// tables afterwards.
func (c *Catalogue) With(tables ...Table) *Catalogue {
	all := slices.Clone(c.tables)
	for _, t := range tables {
		at := slices.IndexFunc(all, func(have Table) bool { return have.Name == t.Name })
		if at >= 0 {
			all[at] = t
		} else {
			all = append(all, t)
		}
	}
	return &Catalogue{tables: all}
}

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
