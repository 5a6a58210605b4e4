package kql

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// schema is the true columns of a target, by table.
func schema(t *testing.T, target Target) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("kqltest", "schema", string(target)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]map[string]string
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCatalogueIsTrue looks every column up in the schema of each target that
// has the table.
func TestCatalogueIsTrue(t *testing.T) {
	schemas := map[Target]map[string]map[string]string{Sentinel: schema(t, Sentinel), Defender: schema(t, Defender)}
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		columns, ok := schemas[target][tb.Name]
		if !ok {
			t.Fatal("the target has no such table")
		}
		want := func(what, column string, types ...string) {
			t.Helper()
			got, ok := columns[column]
			if !ok || len(types) > 0 && !strings.Contains(strings.Join(types, " "), got) {
				t.Errorf("%s %s is %q in the schema, want one of %q", what, column, got, types)
			}
		}
		want("time column", tb.Time[target], "datetime")
		for _, set := range tb.IOC.all() {
			for _, c := range set {
				want("column", c.Column, "string")
				if c.Port != "" {
					want("port", c.Port, "int", "string")
				}
			}
		}
		for _, c := range tb.Show {
			want("shown column", c)
		}
		for f, cols := range tb.Fields {
			kind, ok := f.Kind()
			if !ok || len(cols) == 0 {
				t.Errorf("%s is no field, or has no column", f)
			}
			for _, c := range cols {
				if kind == NumberField {
					want("number", c, "int", "long")
				} else {
					want("field", c, "string")
				}
			}
		}
		if tb.Product == "" || len(tb.Connectors) == 0 || len(tb.Show) == 0 {
			t.Error("it has no product, no connector or nothing to show")
		}
	})
	for _, target := range Targets {
		c, err := Builtin()
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Tables() {
			tb := &c.Tables()[i]
			if _, there := schemas[target][tb.Name]; there && !tb.On(target) {
				t.Errorf("%s has %s too, with no time column in the catalogue", target.Title(), tb.Name)
			}
		}
	}
}

func TestCatalogueErrors(t *testing.T) {
	const good = "- name: T\n  time: {sentinel: TimeGenerated}\n"
	tests := []struct{ name, yaml, want string }{
		{"unknown key", good + "  colour: red\n", "line 3: field colour not found"},
		{"unknown key of a column", good + "  ioc:\n    ip:\n      - {column: A, prot: B}\n", "line 5: field prot not found"},
		{"wrong kind", good + "  show: 5\n", "line 3"},
		{"no YAML", "- name: [", "line 1"},
		{"empty", "", "there is no table"},
		{"two documents", good + "---\n" + good, "something follows"},
		{"twice", good + good, "table T: it is there twice"},
		{"no time", "- name: T\n", "table T: it has no time column"},
		{"no name", "- time: {sentinel: A}\n", `"" is no plain`},
		{"odd table", "- name: a-b\n  time: {sentinel: A}\n", `table a-b: "a-b" is no plain`},
		{"odd time column", "- name: T\n  time: {sentinel: 1a}\n", `"1a" is no plain`},
		{"unknown target", "- name: T\n  time: {splunk: A}\n", `"splunk" is no target`},
		{"odd column", good + "  ioc: {host: [{column: 'x\" or 1'}]}\n", `"x\" or 1" is no plain`},
		{"odd port", good + "  ioc: {ip: [{column: A, port: 'B C'}]}\n", `"B C" is no plain`},
		{"odd shown column", good + "  show: [é]\n", `"é" is no plain`},
		{"odd column of a field", good + "  fields: {action: ['A)']}\n", `"A)" is no plain`},
		{"side", good + "  ioc: {ip: [{column: A, side: mine}]}\n", `column A: side "mine"`},
		{"only", good + "  ioc: {ip: [{column: A, only: ipv4}]}\n", `column A: only "ipv4"`},
		{"qualified column of no field", good + "  qualified: {A: '.'}\n", "column A is in no field that holds names"},
		{"qualified column of another kind", good + "  fields: {process.path: [A]}\n  qualified: {A: '.'}\n", "column A is in no field that holds names"},
		{"qualified by something else", good + "  fields: {action: [A]}\n  qualified: {A: '/'}\n", `column A: "/" is not`},
		{"unknown field", good + "  fields: {process.nam: [A]}\n", `"process.nam" is no field`},
	}
	for _, tt := range tests {
		_, err := readCatalogue("my.yaml", []byte(tt.yaml))
		var ce *CatalogueError
		if !errors.As(err, &ce) || ce.File != "my.yaml" || !strings.HasPrefix(err.Error(), "my.yaml: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want my.yaml: ... %s", tt.name, err, tt.want)
		}
	}
	c, err := readCatalogue("my.yaml", []byte(good))
	if err != nil || len(c.Tables()) != 1 {
		t.Errorf("got %v, %v, want one table", c, err)
	}
}

// TestFieldsErrors reads broken lists of fields, which Builtin does not hide.
func TestFieldsErrors(t *testing.T) {
	const good = "- {field: a.b, kind: name, means: x}\n"
	tests := []struct{ name, yaml, want string }{
		{"no YAML", "- [", "line 1"},
		{"unknown key", "- {field: a.b, sort: name}\n", "field sort not found"},
		{"empty", "", "there is no field"},
		{"no name", "- {kind: name}\n", "a field has no name"},
		{"unknown kind", "- {field: a.b, kind: nmae}\n", `field a.b: there is no kind "nmae"`},
		{"twice", good + good, `"a.b" is there twice`},
	}
	for _, tt := range tests {
		_, err := readFields("my.yaml", []byte(tt.yaml))
		var ce *CatalogueError
		if !errors.As(err, &ce) || ce.File != "my.yaml" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want my.yaml: ... %s", tt.name, err, tt.want)
		}
	}
	if fs, err := readFields("my.yaml", []byte(good)); err != nil || len(fs) != 1 {
		t.Errorf("got %v, %v, want one field", fs, err)
	}
	broken := func() ([]FieldInfo, error) { return readFields("fields.yaml", []byte("- [")) }
	if c, err := readBuiltin(broken); err == nil || c != nil || !strings.HasPrefix(err.Error(), "fields.yaml: ") {
		t.Errorf("got %v, %v, want the error of fields.yaml", c, err)
	}
}

func TestCatalogueLookup(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Table("dnsevents"); ok {
		t.Error("tables are found without regard to case, but KQL minds it")
	}
	if tb, ok := c.Table("DnsEvents"); !ok || tb.Name != "DnsEvents" || !tb.On(Sentinel) || tb.On(Defender) {
		t.Errorf("got %+v, %v", tb, ok)
	}
}

func TestTableLists(t *testing.T) {
	dns := table(t, "DnsEvents")
	if diff := cmp.Diff([]feed.Type{feed.IPPort, feed.IP, feed.Domain, feed.URL}, dns.Types()); diff != "" {
		t.Errorf("types of DnsEvents (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Field{"device.name", "device.ip", "remote.host"}, dns.FieldNames()); diff != "" {
		t.Errorf("fields of DnsEvents (-want +got):\n%s", diff)
	}
	files := table(t, "DeviceFileEvents").Types()
	if diff := cmp.Diff([]feed.Type{feed.IPPort, feed.IP, feed.CIDR, feed.Domain, feed.URL, feed.SHA256, feed.SHA1, feed.MD5}, files); diff != "" {
		t.Errorf("types of DeviceFileEvents (-want +got):\n%s", diff)
	}
}
