package kql

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql/kqltest"
)

// columnTypes is the true type of each column, by table or function.
type columnTypes map[string]map[string]string

// schema is what a target has. Functions stand among the tables, with what
// they return at least.
func schema(t *testing.T, target Target) columnTypes {
	t.Helper()
	s := columnTypes{}
	readJSON(t, filepath.Join("bind", "schema", string(target)+".json"), &s)
	if target == Sentinel {
		for name, f := range asimFunctions(t) {
			s[name] = f.Open
		}
	}
	return s
}

type asimFunction struct {
	Params string            `json:"params"`
	Open   map[string]string `json:"open"`
}

func asimFunctions(t *testing.T) (all map[string]asimFunction) {
	t.Helper()
	readJSON(t, filepath.Join("bind", "schema", "functions.json"), &all)
	return all
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func builtin(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCatalogueIsTrue looks every column up in the schema of each target that
// has the table.
func TestCatalogueIsTrue(t *testing.T) {
	schemas := map[Target]columnTypes{Sentinel: schema(t, Sentinel), Defender: schema(t, Defender)}
	params := asimFunctions(t)
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		columns, ok := schemas[target][tb.Name]
		if !ok {
			t.Fatal("the target has no such table")
		}
		want := func(what, column string, types ...string) {
			t.Helper()
			got, ok := columns[column]
			if !ok || len(types) > 0 && !slices.Contains(types, got) {
				t.Errorf("%s %s is %q in the schema, want one of %q", what, column, got, types)
			}
		}
		want("time column", tb.Time[target], "datetime")
		for _, k := range tb.IOC.byKind() {
			set := k.columns
			for _, c := range set {
				if c.Dynamic {
					want("column", c.Column, "string", "dynamic")
				} else {
					want("column", c.Column, "string")
				}
				switch column, _, inside := strings.Cut(c.Port, "."); {
				case c.Port == "":
				case inside:
					want("port", column, "dynamic")
				case strings.HasSuffix(c.Port, "_d"):
					want("port", c.Port, "real")
				default:
					want("port", c.Port, "int", "string")
				}
			}
		}
		for _, c := range tb.Show {
			want("shown column", c)
		}
		for _, c := range slices.Concat(tb.Device, tb.Account) {
			want("device or account", c, "string")
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
		f, isFunction := params[tb.Name]
		if isFunction != (tb.Start != "") || tb.Start != "" && !strings.Contains(f.Params, tb.Start+":datetime") {
			t.Errorf("start %q is no parameter for a time in %s", tb.Start, f.Params)
		}
	})
	for i := range builtin(t).Tables() {
		tb := &builtin(t).Tables()[i]
		for _, target := range Targets {
			if _, there := schemas[target][tb.Name]; there && !tb.On(target) {
				t.Errorf("%s has %s too, with no time column in the catalogue", target.Title(), tb.Name)
			}
		}
		for _, k := range tb.IOC.byKind() {
			set := k.columns
			for _, c := range set {
				dynamic := schemas[Sentinel][tb.Name][c.Column] == "dynamic" || schemas[Defender][tb.Name][c.Column] == "dynamic"
				if c.Dynamic != dynamic {
					t.Errorf("%s.%s: dynamic is %v, and so it is in the schema: %v", tb.Name, c.Column, c.Dynamic, dynamic)
				}
			}
		}
	}
}

// TestCatalogueIsWhole looks at what every entry should say.
func TestCatalogueIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, tb := range builtin(t).Tables() {
		if seen[tb.Name] {
			t.Errorf("%s is in two files", tb.Name)
		}
		seen[tb.Name] = true
		if tb.Product == "" || tb.Connectors == nil || len(tb.Types()) == 0 && tb.CarriedWith(&Options{Knobs: Knobs{OwnSide: true}}) == 0 {
			t.Errorf("%s has no product, no list of connectors or no column for an IOC", tb.Name)
		}
		if len(tb.Show) < 5 || len(tb.Show) > 14 {
			t.Errorf("%s shows %d columns, too few to go on with or too many to read", tb.Name, len(tb.Show))
		}
		if tb.On(Sentinel) && len(tb.Connectors) == 0 && !slices.Contains(noConnector, tb.Name) {
			t.Errorf("%s has no connector", tb.Name)
		}
		if strings.HasPrefix(tb.Name, "Device") && !endsWith(tb.Show, "DeviceId", "ReportId") ||
			strings.HasPrefix(tb.Name, "Email") && !endsWith(tb.Show, "NetworkMessageId", "ReportId") {
			t.Errorf("%s shows %q; a custom detection needs its identifiers at the end", tb.Name, tb.Show)
		}
	}
	files, err := fs.Glob(tableFiles, "tables/*.yaml")
	if err != nil || len(files) != len(tableAreas) {
		t.Errorf("files %q, %v, and areas %q", files, err, tableAreas)
	}
}

func endsWith(list []string, end ...string) bool {
	return len(list) >= len(end) && slices.Equal(list[len(list)-len(end):], end)
}

// noConnector are tables of Sentinel that no connector of a valid id fills: an
// agent or a resource's own setting does, or, for the functions, all of them.
var noConnector = []string{
	"_Im_Dns", "_Im_NetworkSession", "_Im_WebSession", "_Im_FileEvent",
	"ASimNetworkSessionLogs", "ASimWebSessionLogs", "ASimFileEventLogs", "ASimProcessEventLogs",
	"Event", "AppServiceHTTPLogs", "NTANetAnalytics", "AzureNetworkAnalytics_CL",
}

// TestCatalogueOrder keeps the tables first that most indicators are hunted in.
func TestCatalogueOrder(t *testing.T) {
	var names []string
	for _, tb := range builtin(t).Tables()[:6] {
		names = append(names, tb.Name)
	}
	want := []string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents", "DeviceFileEvents", "DeviceProcessEvents"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("first tables (-want +got):\n%s", diff)
	}
}

// tableFacts is what the collected facts say of a table.
type tableFacts struct {
	Time map[string]string `json:"timeColumn"`
	IOC  map[string][]struct {
		Column string `json:"column"`
		Side   Side   `json:"side"`
	} `json:"ioc"`
}

// factKinds are the kinds under which the catalogue may have a column that the
// facts list under another word.
var factKinds = map[string][]string{
	"ip": {"ip"}, "iplist": {"ip_list"}, "host": {"host"}, "hostlist": {"host_list"}, "url": {"url"},
	"md5": {"md5"}, "sha1": {"sha1"}, "sha256": {"sha256"}, "hash": {"hash"}, "email": {"email"},
	"file": {"file_name", "file_path"}, "text": {"text"}, "dyn": {"text"}, "subject": {"text"},
	"any": {"ip", "host", "url", "hash", "email"},
}

// otherKinds are columns that the catalogue has under another kind, and why.
var otherKinds = map[string]string{
	"UrlClickEvents.UrlChain":                            "url_list", // a list of URLs in one string
	"DeviceFileCertificateInfo.CrlDistributionPointUrls": "url_list", // likewise
	// One address, with a port or in brackets.
	"OfficeActivity.ClientIP":         "ip",
	"OfficeActivity.Client_IPAddress": "ip",
	"OfficeActivity.ActorIpAddress":   "ip",
	// A path without its host never is the URL of an indicator, but may quote one.
	"AGWAccessLogs.RequestUri":                 "text",
	"AGWAccessLogs.OriginalRequestUriWithArgs": "text",
	"AppServiceHTTPLogs.CsUriStem":             "text",
	"W3CIISLog.csUriStem":                      "text",
}

// eitherSide are columns that the facts call the own side, being the source or
// the client, and that are hunted all the same.
var eitherSide = map[string]string{
	"CommonSecurityLog.SourceIP":       "both directions are logged",
	"AZFWNetworkRule.SourceIp":         "both directions are logged",
	"AZFWThreatIntel.SourceIp":         "both directions are logged",
	"AZFWIdpsSignature.SourceIp":       "both directions are logged",
	"WindowsFirewall.SourceIP":         "both directions are logged",
	"ASimNetworkSessionLogs.SrcIpAddr": "both directions are logged",
	"ASimWebSessionLogs.SrcIpAddr":     "web servers log their clients",

	"SigninLogs.IPAddress":                      "the client may be the intruder",
	"SigninLogs.IPAddressFromResourceProvider":  "the client may be the intruder",
	"AADNonInteractiveUserSignInLogs.IPAddress": "the client may be the intruder",
	"AADServicePrincipalSignInLogs.IPAddress":   "the client may be the intruder",
	"AADSignInEventsBeta.IPAddress":             "the client may be the intruder",
	"EntraIdSignInEvents.IPAddress":             "the client may be the intruder",
	"IdentityLogonEvents.IPAddress":             "the client may be the intruder",
	"CloudAppEvents.IPAddress":                  "the client may be the intruder",
	"GraphAPIAuditEvents.IpAddress":             "the client may be the intruder",
	"AzureActivity.CallerIpAddress":             "the client may be the intruder",
	"AzureDiagnostics.CallerIPAddress":          "the client may be the intruder",
	"AzureDiagnostics.clientIP_s":               "the client may be the intruder",
	"AzureDiagnostics.clientIp_s":               "the client may be the intruder",
	"AzureDiagnostics.client_ip_s":              "the client may be the intruder",
}

// TestCatalogueHasTheFacts looks every table, time column and IOC column of the
// collected facts up in the catalogue.
func TestCatalogueHasTheFacts(t *testing.T) {
	file := filepath.Join("..", "..", "shared", "kql", "tables.json")
	if _, err := os.Stat(file); err != nil {
		t.Skip("the collected facts are not here: ", err)
	}
	var facts map[string]tableFacts
	readJSON(t, file, &facts)
	if len(facts) == 0 {
		t.Fatal("the facts are empty")
	}
	for name, f := range facts {
		t.Run(name, func(t *testing.T) {
			tb, ok := builtin(t).Table(name)
			if !ok {
				t.Fatal("it is not in the catalogue")
			}
			for _, target := range Targets {
				if want := f.Time[map[Target]string{Sentinel: "sentinel", Defender: "xdr"}[target]]; tb.Time[target] != want {
					t.Errorf("time column in %s is %q, want %q", target.Title(), tb.Time[target], want)
				}
			}
			for word, cols := range f.IOC {
				for _, c := range cols {
					checkFact(t, tb, word, c.Column, c.Side)
				}
			}
		})
	}
}

// leftOut are columns of the facts that the catalogue does not have, and why.
var leftOut = map[string]string{
	"DnsEvents.Message": "it describes the event; what was asked and answered stands in columns",
}

func checkFact(t *testing.T, tb *Table, word, column string, side Side) {
	t.Helper()
	if leftOut[tb.Name+"."+column] != "" {
		return
	}
	if word == "ipport" {
		addr, port, _ := strings.Cut(column, ":")
		if !slices.ContainsFunc(tb.IOC.IP, func(c Column) bool { return c.Column == addr && c.Port == port }) {
			t.Errorf("%s has no port %s", addr, port)
		}
		return
	}
	kinds := factKinds[word]
	if len(kinds) == 0 {
		t.Errorf("the test does not know the word %q of the facts", word)
	}
	full := tb.Name + "." + column
	if kind := otherKinds[full]; kind != "" {
		kinds = []string{kind}
	}
	if eitherSide[full] != "" {
		if side != Own {
			t.Errorf("%s is an exception without need", full)
		}
		side = Either
	}
	found := 0
	for _, k := range tb.IOC.byKind() {
		if !slices.Contains(kinds, k.kind) {
			continue
		}
		i := slices.IndexFunc(k.columns, func(c Column) bool { return c.Column == column && c.Path == "" })
		if i < 0 {
			continue
		}
		found++
		if got := k.columns[i].Side; got != side && (side != Remote || got != Either) {
			t.Errorf("%s is side %q, want %q", column, got, side)
		}
	}
	if found == 0 || word == "any" && found != len(kinds) {
		t.Errorf("%s is not under %q", column, kinds)
	}
}

func TestReadTablesErrors(t *testing.T) {
	const good = "- name: T\n  time: {sentinel: TimeGenerated}\n"
	tests := []struct{ name, yaml, want string }{
		{"unknown key", good + "  colour: red\n", `my.yaml:3: table T: there is no key "colour"`},
		{"unknown key of a column", good + "  ioc:\n    ip:\n      - {column: A, prot: B}\n", `my.yaml:5: table T: there is no key "prot"`},
		{"unknown kind of column", good + "  ioc:\n    ipv4: []\n", `my.yaml:4: table T: there is no key "ipv4"`},
		{"in the second table", good + "- name: U\n  colour: red\n", `my.yaml:4: table U: there is no key "colour"`},
		{"no list", good + "  show: 5\n", "my.yaml:3: table T: int `5` stands where a list is wanted"},
		{"no truth", good + "  ioc: {ip: [{column: A, mapped: perhaps}]}\n", "my.yaml:3: table T: str `perhaps` stands where true or false is wanted"},
		{"a mapping", "name: T\n", "my.yaml:1: map stands where a list is wanted"},
		{"key twice", good + "  name: U\n", "my.yaml:3: table T: mapping key \"name\" already defined at line 1"},
		{"no YAML", "- name: [", "my.yaml:1: did not find expected node content"},
		{"empty", "", "my.yaml: there is no table in it"},
		{"comments alone", "# later\n", "my.yaml: there is no table in it"},
		{"two documents", good + "---\n" + good, "my.yaml:3: something follows the list of tables; write one list in one document"},
		{"second document is no YAML", good + "---\n- [", "my.yaml:"},
		{"twice", good + good, "my.yaml:3: table T: it is there twice, first in line 1"},
		{"no time", "- name: T\n", "my.yaml:1: table T: time: it has no time column for any target"},
		{"no name", "- time: {sentinel: A}\n", "my.yaml:1: name: it is empty"},
		{"no table", good + "-\n", "my.yaml:3: an item of a list is empty"},
		{"no shown column", good + "  show:\n    - A\n    -\n", "my.yaml:5: table T: an item of a list is empty"},
		{"odd table", "- name: a-b\n  time: {sentinel: A}\n", `my.yaml:1: table a-b: name: "a-b" is no plain name`},
		{"odd time column", "- name: T\n  time: {sentinel: 1a}\n", `my.yaml:2: table T: time: "1a" is no plain name`},
		{"no time column", "- name: T\n  time: {sentinel: ''}\n", `my.yaml:2: table T: time: it is empty`},
		{"unknown target", "- name: T\n  time: {splunk: A}\n", `my.yaml:2: table T: time: "splunk" is no target; use sentinel or defender`},
		{"odd start", good + "  start: a b\n", `my.yaml:3: table T: start: "a b" is no plain name`},
		{"odd column", good + "  ioc: {host: [{column: 'x\" or 1'}]}\n", `my.yaml:3: table T: column: "x\" or 1" is no plain name`},
		{"no column", good + "  ioc:\n    ip:\n      - {port: A}\n", "my.yaml:5: table T: column: it is empty"},
		{"column twice", good + "  ioc:\n    md5:\n      - {column: A}\n      - {column: A}\n", "my.yaml:6: table T: column A: it is there twice under md5"},
		{"word of KQL", good + "  show: [Title, title]\n", `my.yaml:3: table T: show: "title" is a word of KQL itself`},
		{"column of Kusto", good + "  ioc: {ip: [{column: __x}]}\n", `my.yaml:3: table T: column: "__x" begins with two underscores`},
		{"odd port", good + "  ioc: {ip: [{column: A, port: 'B C'}]}\n", `my.yaml:3: table T: column A: port: "B C" is no plain name`},
		{"odd path", good + "  ioc: {ip: [{column: A, path: 'b..c'}]}\n", `my.yaml:3: table T: column A: path: it is empty`},
		{"side", good + "  ioc:\n    ip:\n      - column: A\n        side: mine\n", `my.yaml:6: table T: column A: side "mine" is not own or either`},
		{"only", good + "  ioc: {ip: [{column: A, only: ipv5}]}\n", `my.yaml:3: table T: column A: only "ipv5" is not ipv6`},
		{"port of a name", good + "  ioc: {host: [{column: A, port: B}]}\n", `my.yaml:3: table T: column A: port means nothing under host, only under ip`},
		{"bare address", good + "  ioc: {ip: [{column: A, bare: true}]}\n", `my.yaml:3: table T: column A: bare means nothing under ip, only under url`},
		{"odd shown column", good + "  show:\n    - A\n    - é\n", `my.yaml:5: table T: show: "é" is no plain name`},
		{"odd device", good + "  device: [a b]\n", `my.yaml:3: table T: device: "a b" is no plain name`},
		{"odd account", good + "  account: [a b]\n", `my.yaml:3: table T: account: "a b" is no plain name`},
		{"odd column of a field", good + "  fields: {action: ['A)']}\n", `my.yaml:3: table T: field action: "A)" is no plain name`},
		{"unknown field", good + "  fields:\n    action: [A]\n    process.nam: [A]\n", `my.yaml:5: table T: fields: "process.nam" is no field of a condition`},
		{"qualified column of no field", good + "  qualified: {A: '.'}\n", "my.yaml:3: table T: qualified: column A is in no field that holds names"},
		{"qualified column of another kind", good + "  fields: {process.path: [A]}\n  qualified: {A: '.'}\n", "my.yaml:4: table T: qualified: column A is in no field that holds names"},
		{"qualified by something else", good + "  fields: {action: [A]}\n  qualified: {A: '/'}\n", `my.yaml:4: table T: qualified: column A: "/" is not "." or "@"`},
		{"the first of several", good + "  device: [a b]\n  show: [c d]\n", `my.yaml:3: table T: device: "a b" is no plain name`},
		{"in an anchor", "- name: T\n  time: {sentinel: A}\n  show: &s\n    - a b\n- name: U\n  time: {sentinel: A}\n  show: *s\n", `my.yaml:4: table T: show: "a b" is no plain name`},
	}
	for _, tt := range tests {
		_, err := ReadTables("my.yaml", []byte(tt.yaml))
		var ce *CatalogueError
		if !errors.As(err, &ce) || ce.File != "my.yaml" || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	tables, err := ReadTables("my.yaml", []byte(good))
	if err != nil || len(tables) != 1 || tables[0].Name != "T" {
		t.Errorf("got %v, %v, want one table", tables, err)
	}
}

// TestReservedWords has Microsoft's binder refuse each word that a catalogue
// file must not use as a name.
func TestReservedWords(t *testing.T) {
	for w := range reserved {
		query := "datatable(['" + w + "']:string)[]\n| where " + w + " == \"a\"\n| project " + w
		if r := kqltest.Check(t, "sentinel", query); len(r.Diagnostics) == 0 {
			t.Errorf("%s can be a name", w)
		}
	}
}

// FuzzReadTables reads anything: it either is a list of tables, each of which
// can be written into a query as it is, or a mistake in a line of the file.
func FuzzReadTables(f *testing.F) {
	f.Add([]byte("- name: T\n  time: {sentinel: A}\n  ioc: {ip: [{column: B, port: C, side: own}]}\n  fields: {action: [D]}\n  qualified: {D: '.'}\n"))
	f.Add([]byte("- name: T\n  show: [~]\n---\n- colour: red\n"))
	f.Add([]byte("- &a\n  name: T\n  time: {sentinel: A}\n- *a\n"))
	f.Add([]byte("- name: T\n  <<: {time: {sentinel: A}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tables, err := ReadTables("f", text)
		var ce *CatalogueError
		if err != nil {
			if !errors.As(err, &ce) || ce.Reason == "" || ce.Line < 0 || ce.Line > strings.Count(string(text), "\n")+strings.Count(string(text), "\r")+2 {
				t.Errorf("error %v", err)
			}
			return
		}
		for i := range tables {
			if wrong := tables[i].mistakes(); len(wrong) > 0 || !plainName(tables[i].Name) {
				t.Errorf("%q: %v", tables[i].Name, wrong)
			}
		}
	})
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

// TestWith puts other tables into the catalogue, which itself stays as it is.
func TestWith(t *testing.T) {
	c := builtin(t)
	n := len(c.Tables())
	mine, err := ReadTables("my.yaml", []byte("- {name: B, time: {sentinel: T}}\n- {name: DnsEvents, product: mine, time: {sentinel: T}}\n- {name: A, time: {sentinel: T}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	with := c.With(mine...)
	got := with.Tables()
	if len(got) != n+2 || got[2].Product != "mine" || got[2].Name != "DnsEvents" || got[n].Name != "B" || got[n+1].Name != "A" {
		t.Errorf("got %d tables, the third %+v", len(got), got[2])
	}
	if len(c.Tables()) != n || c.Tables()[2].Product == "mine" {
		t.Error("the catalogue itself changed")
	}
	if diff := cmp.Diff(c.Tables(), c.With().Tables()); diff != "" {
		t.Errorf("with nothing else (-want +got):\n%s", diff)
	}
}

// TestBuiltinFiles reads the files of the catalogue as those of an analyst.
func TestBuiltinFiles(t *testing.T) {
	var names []string
	for _, area := range tableAreas {
		file := "tables/" + area + ".yaml"
		text, err := tableFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tables, err := ReadTables(file, text)
		if err != nil {
			t.Error(err)
		}
		for _, tb := range tables {
			if slices.Contains(names, tb.Name) {
				t.Errorf("%s: %s is in another file too", file, tb.Name)
			}
			names = append(names, tb.Name)
		}
	}
	var read []string
	for _, tb := range builtin(t).Tables() {
		read = append(read, tb.Name)
	}
	if diff := cmp.Diff(names, read); diff != "" {
		t.Errorf("tables (-files +catalogue):\n%s", diff)
	}
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := readBuiltin(fieldsOnce); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCatalogueLookup(t *testing.T) {
	c := builtin(t)
	if _, ok := c.Table("dnsevents"); ok {
		t.Error("tables are found without regard to case, but KQL minds it")
	}
	if tb, ok := c.Table("DnsEvents"); !ok || tb.Name != "DnsEvents" || !tb.On(Sentinel) || tb.On(Defender) {
		t.Errorf("got %+v, %v", tb, ok)
	}
}

func TestTableLists(t *testing.T) {
	dns := table(t, "AZFWDnsQuery")
	if diff := cmp.Diff([]feed.Type{feed.Domain, feed.URL}, dns.Types()); diff != "" {
		t.Errorf("types of %s (-want +got):\n%s", dns.Name, diff)
	}
	if diff := cmp.Diff([]Field{"device.ip", "remote.host"}, dns.FieldNames()); diff != "" {
		t.Errorf("fields of %s (-want +got):\n%s", dns.Name, diff)
	}
	files := table(t, "DeviceFileEvents").Types()
	if diff := cmp.Diff([]feed.Type{feed.IPPort, feed.IP, feed.CIDR, feed.Domain, feed.URL, feed.SHA256, feed.SHA1, feed.MD5, feed.SHA512, feed.SHA3384, feed.FileName, feed.Email, feed.EnvelopeFrom, feed.BodyFrom}, files); diff != "" {
		t.Errorf("types of DeviceFileEvents (-want +got):\n%s", diff)
	}
}
