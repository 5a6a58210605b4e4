package library

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
	"quarry/kql/kqltest"
)

func tables(t testing.TB) *kql.Catalogue {
	t.Helper()
	c, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func builtin(t testing.TB) []Entry {
	t.Helper()
	all, err := BuiltIn(tables(t))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// examples are values for every parameter of an entry.
func examples(e Entry) map[string][]string {
	values := map[string][]string{}
	for _, p := range e.Parameters {
		if values[p.Name] = p.Default; len(p.Default) == 0 {
			values[p.Name] = p.Example
		}
	}
	return values
}

// hunted has an IOC of each kind that the built-in scenarios are about.
var hunted = []feed.IOC{
	{Type: feed.Domain, Value: "evil.example", Threat: feed.BotnetCC}, {Type: feed.IPPort, Value: "203.0.113.66:443"},
	{Type: feed.URL, Value: "http://payload.example/drop/setup.exe"}, {Type: feed.SHA256, Value: strings.Repeat("ab", 32)},
}

// TestBuiltIn fills every built-in scenario in and puts it into the hunt of each
// table that can say it. As they stand none is dangerous, and each fits somewhere.
func TestBuiltIn(t *testing.T) {
	all := builtin(t)
	if len(all) < 9 {
		t.Errorf("there are %d scenarios", len(all))
	}
	exclude := map[string]map[kql.Target][]kql.Exclusion{}
	for _, e := range all {
		text, err := e.Fill(examples(e))
		if err != nil {
			t.Error(err)
			continue
		}
		c, err := kql.ParseCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		fits := 0
		for i := range tables(t).Tables() {
			tb := &tables(t).Tables()[i]
			for _, target := range kql.Targets {
				v := exclusions.Judge(exclusions.Case{Reading: exclusions.Reading{Condition: c, Complete: true}, Table: tb, Target: target, IOCs: hunted, Families: []string{"Gravel RAT"}})
				switch v.Fit {
				case exclusions.Dangerous:
					// Without the device or the program, what is left says too little.
					if len(tb.Missing(c)) == 0 {
						t.Errorf("%s is dangerous on %s: %s", e.Title, tb.Name, v.Reason)
					}
				case exclusions.Expressible:
					fits++
					if exclude[tb.Name] == nil {
						exclude[tb.Name] = map[kql.Target][]kql.Exclusion{}
					}
					exclude[tb.Name][target] = append(exclude[tb.Name][target], kql.Exclusion{Title: e.Title, Condition: v.Condition})
				}
			}
		}
		if fits == 0 {
			t.Errorf("%s can be said on no table", e.Title)
		}
	}
	for name, byTarget := range exclude {
		for target, es := range byTarget {
			tb, _ := tables(t).Table(name)
			h, err := tb.Hunt(kql.NewSelection(kql.NewIndicators(hunted)), kql.Options{Target: target, Exclusions: es})
			var nothing *kql.NothingToHuntError
			if errors.As(err, &nothing) || !tb.Usual {
				continue
			}
			if err != nil {
				t.Error(err)
				continue
			}
			kqltest.Bind(t, string(target), h.Query)
		}
	}
}

func TestFill(t *testing.T) {
	e := Entry{Title: "T", Condition: `action is one of ({hosts}) and remote.ip in range ({nets}) and process.command_line matches "a{2}" and process.path is '{hosts}'`,
		Parameters: []Parameter{{Name: "hosts", Means: "the hosts"}, {Name: "nets", Means: "networks", Default: []string{"192.0.2.0/24"}}}}
	tests := []struct {
		values map[string][]string
		want   string
		wrong  string
	}{
		{map[string][]string{"hosts": {"a", `b") or (action is "c`}},
			`action is one of ("a", "b\") or (action is \"c") and remote.ip in range ("192.0.2.0/24") and process.command_line matches "a{2}" and process.path is '{hosts}'`, ""},
		{map[string][]string{"hosts": {"a"}, "nets": {"2001:db8::/32", "198.51.100.1"}},
			`action is one of ("a") and remote.ip in range ("2001:db8::/32", "198.51.100.1") and process.command_line matches "a{2}" and process.path is '{hosts}'`, ""},
		{nil, "", `library scenario "T": parameter hosts: fill in the hosts`},
		{map[string][]string{"host": {"a"}}, "", `library scenario "T": parameter host: there is no such parameter; did you mean hosts?`},
		{map[string][]string{"hosts": {"a"}, "nets": {"10.0.0.300/8"}}, "", `library scenario "T": parameter nets: "10.0.0.300/8" is no range of addresses; 300 is more than 255`},
		{map[string][]string{"hosts": {""}}, "", `library scenario "T": parameter hosts: an empty value would match every row`},
	}
	for _, tt := range tests {
		got, err := e.Fill(tt.values)
		var wrong *FillError
		switch {
		case tt.wrong == "" && (err != nil || got != tt.want):
			t.Errorf("%v gives\n%s, %v, want\n%s", tt.values, got, err, tt.want)
		case tt.wrong != "" && (!errors.As(err, &wrong) || err.Error() != tt.wrong):
			t.Errorf("%v gives %s, %v, want %s", tt.values, got, err, tt.wrong)
		}
	}
}

// TestMisfits fills in what no row can hold.
func TestMisfits(t *testing.T) {
	for _, tt := range []struct{ condition, value, wrong string }{
		{"device.name is one of ({x})", "sb 1", `parameter x: "sb 1" is nothing that device.name can be: a device name has letters, digits, dots and hyphens; commas stand between several values`},
		{"device.name is one of ({x})", "'sb1'x", `parameter x: "'sb1'x" is nothing`},
		{"remote.host ends with ({x})", "https://a.example/", `parameter x: "https://a.example/" is nothing that remote.host can be: a host name has`},
		{"process.name is ({x})", `a"b.exe`, `parameter x: "a\"b.exe" is nothing that process.name can be`},
		{"account.name is ({x})", "a;b", `parameter x: "a;b" is nothing that account.name can be`},
		{"file.hash is ({x})", "xyz", `parameter x: "xyz" is nothing that file.hash can be`},
		{"remote.port is ({x})", "80 443", `parameter x: "80 443" is no whole number such as 443`},
		{"process.path starts with ({x})", `C:\Program Files\Acme, Inc; x\`, ""},
		{"account.name is ({x})", `NT SERVICE\O'Brien$`, ""},
		{"device.name is ({x})", "büro-7.example.com", ""},
	} {
		e := Entry{Title: "T", Condition: tt.condition, Parameters: []Parameter{{Name: "x", Means: "m"}}}
		_, err := e.Fill(map[string][]string{"x": {tt.value}})
		if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%s as %s: %v, want %s", tt.value, tt.condition, err, tt.wrong)
		}
	}
}

func TestMistakes(t *testing.T) {
	const good = "- title: A\n  condition: action is a\n"
	tests := []struct{ text, wrong string }{
		{"- titel: A\n", `f.yaml:1: "titel" is no field of it; did you mean title?`},
		{"- condition: action is a\n", "f.yaml:1: title: it is missing"},
		{"- title: A\n", `f.yaml:1: scenario "A": condition: it is missing`},
		{"- title: A\n  condition: acton is a\n", `f.yaml:2: scenario "A": condition, column 1: expected a field; did you mean action?`},
		{"- title: A\n  condition: action is {x}\n", `f.yaml:2: scenario "A": condition: {x}: the condition names it, and it is not among the parameters`},
		{good + "  applies:\n    types: [domian]\n", `f.yaml:4: scenario "A": applies: types: "domian" is none of them; did you mean domain?`},
		{good + "  applies: {tables: [DnsEvent]}\n", `f.yaml:3: scenario "A": applies: tables: "DnsEvent" is none of them; did you mean DnsEvents?`},
		{good + "  applies: {threat: [payload]}\n", `f.yaml:3: scenario "A": applies: "threat" is no field of it; did you mean threats?`},
		{good + "  tags: {a: b}\n", `f.yaml:3: scenario "A": tags: it is a list; write tags: [a, b]`},
		{good + "  tags: sandbox\n", `f.yaml:3: scenario "A": tags: it is a list; write tags: [sandbox]`},
		{good + "  tags: [[a]]\n", `f.yaml:3: scenario "A": tags: each of the list is a text, and this is a list`},
		{good + "  tags: [a, {b: c}]\n", `f.yaml:3: scenario "A": tags: each of the list is a text, and this is a mapping`},
		{good + "  applies: [domain]\n", `f.yaml:3: scenario "A": applies: expected types, threats, tables with their values`},
		{good + "  applies: domain\n", `f.yaml:3: scenario "A": applies: expected types, threats, tables with their values`},
		{good + "  applies: {types: domain}\n", `f.yaml:3: scenario "A": types: it is a list; write types: [domain]`},
		{good + "  applies: {tables: {DnsEvents: true}}\n", `f.yaml:3: scenario "A": tables: it is a list; write tables: [a, b]`},
		{good + "  description: [a, b]\n", `f.yaml:3: scenario "A": description: it is a text, and this is a list; write it without [ ] or -`},
		{good + "  filter: {a: b}\n", `f.yaml:3: scenario "A": filter: it is a text, and this is a mapping; put the text in quotes`},
		{good + "  parameters: hosts\n", `f.yaml:3: scenario "A": parameters: it is a list; write - {name: hosts, means: what to fill in`},
		{good + "  parameters: {name: hosts}\n", `f.yaml:3: scenario "A": parameters: it is a list; write - {name: hosts`},
		{good + "  parameters: [hosts]\n", `f.yaml:3: scenario "A": parameters: expected name, means, example, default with their values`},
		{good + "  parameters:\n    - {name: [x], means: m}\n", `f.yaml:4: scenario "A": name: it is a text, and this is a list`},
		{good + "  parameters:\n    - {name: x, means: m, example: sb1}\n", `f.yaml:4: scenario "A": example: it is a list; write example: [sb1]`},
		{good + "  description: !!binary '@'\n", `a value has a tag that does not suit it`},
		{"- title: [A]\n  condition: action is a\n", `f.yaml:1: title: it is a text, and this is a list`},
		{"- title: A\n  condition: [action is a]\n", `f.yaml:2: scenario "A": condition: it is a text, and this is a list`},
		{"- title: A\n  condition:\n    action: a\n", `f.yaml:3: scenario "A": condition: it is a text, and this is a mapping`},
		{"- title: A\n  condition: action is ({x y})\n  parameters:\n    - {name: x y, means: m, example: [a]}\n", `f.yaml:4: scenario "A": parameters: "x y" is no name for a parameter; use letters, digits, - and _`},
		{"- title: A\n  condition: action is ({x;})\n  parameters:\n    - {name: x;, means: m, example: [a]}\n", `f.yaml:4: scenario "A": parameters: "x;" is no name for a parameter`},
		{"- title: A\n  condition: device.name is ({x})\n  parameters:\n    - {name: x, means: m, example: [a b]}\n", `f.yaml:2: scenario "A": condition: "a b" is nothing that device.name can be`},
		{"- title: A\n  condition: action is ({x})\n  parameters:\n    - {name: x, means: m, exmaple: [a]}\n", `f.yaml:4: scenario "A": parameters: "exmaple" is no field of it; did you mean example?`},
		{"- title: A\n  condition: action is ({x})\n  parameters:\n    - {name: x, means: m}\n", `f.yaml:4: scenario "A": parameters: x: give an example or a default`},
		{"- title: A\n  condition: action is a\n  parameters:\n    - {name: x, means: m, example: [b]}\n", `f.yaml:2: scenario "A": parameters: x: the condition does not use it; write {x} there`},
		{"- title: A\n  condition: action is \"{x}\"\n  parameters:\n    - {name: x, means: m, example: [b]}\n", `f.yaml:2: scenario "A": parameters: x: the condition does not use it; write {x} there, without quotes`},
		{"- title: A\n  title: B\n  condition: action is a\n", `f.yaml:2: scenario "A": title is there twice`},
		{"- a\n", "f.yaml:1: expected title, description, tags, applies, parameters, filter, condition with their values"},
		{"a: [\n", "f.yaml:2: this is no YAML (did not find expected node content); indent with spaces"},
	}
	for _, tt := range tests {
		all, errs := Read("f.yaml", []byte(tt.text+"\n"), tables(t))
		var mistake *MistakeError
		if len(errs) != 1 || !errors.As(errs[0], &mistake) || !strings.Contains(errs[0].Error(), tt.wrong) || len(all) > 0 {
			t.Errorf("%s\ngives %v, want %s", tt.text, errs, tt.wrong)
		}
	}
	all, errs := Read("f.yaml", []byte(good+"- title: B\n  condition: nothing\n- title: C\n  condition: action is c\n"), tables(t))
	if len(all) != 2 || len(errs) != 1 || all[1].Title != "C" || all[1].Line != 5 {
		t.Errorf("a mistake in one scenario leaves %v, %v", all, errs)
	}
}

func TestSaveAndLoad(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "scenarios")
	e := Entry{Title: "Ours", Description: "It is ours.", Tags: []string{"a"}, Filter: "Exclude x.", Condition: `process.path starts with 'C:\ours\' and action matches "a{2}"`}
	for range 2 { // the same again is not written again
		has, _ := Load(folder, tables(t))
		path, err := Save(folder, "ours", e, has)
		if err != nil || filepath.Base(path) != "ours.yaml" {
			t.Fatal(path, err)
		}
	}
	other := e
	other.Title = "Ours too"
	if path, err := Save(folder, "ours", other, nil); err != nil || filepath.Base(path) != "ours-2.yaml" {
		t.Error(path, err)
	}
	for _, title := range []string{"OURS", "Sandbox and detonation hosts"} {
		has, _ := Load(folder, tables(t))
		other.Title = title
		taken := new(TitleError)
		if path, err := Save(folder, "taken", other, has); !errors.As(err, &taken) || (taken.File == "") != (title != "OURS") {
			t.Errorf("%s is written to %q, %v", title, path, err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.yml"), []byte("- x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "z.yaml"), []byte("title: sandbox AND detonation hosts\ncondition: device.name is mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, errs := Load(folder, tables(t))
	if len(errs) != 1 || len(all) != 2+len(builtin(t)) {
		t.Fatalf("%d scenarios, %v", len(all), errs)
	}
	got := all[1]
	if got.File != filepath.Join(folder, "ours.yaml") || got.BuiltIn() || !all[3].BuiltIn() {
		t.Errorf("%+v, %+v", got, all[3])
	}
	got.File, got.Line = "", 0
	if diff := cmp.Diff(e, got); diff != "" {
		t.Error(diff)
	}
	if text, err := got.Fill(nil); err != nil || text != e.Condition {
		t.Errorf("%s, %v", text, err)
	}
	if all[2].Condition != "device.name is mine" {
		t.Error("a built-in scenario stands in front of the team's own of the same title")
	}
	for _, none := range []Entry{{Condition: "action is a"}, {Title: "x"}, {Title: "x", Condition: "action is {y}"}} {
		if path, err := Save(folder, "x", none, nil); err == nil {
			t.Errorf("%+v was written to %s", none, path)
		}
	}
	if all, errs := Load(filepath.Join(folder, "none"), tables(t)); len(errs) > 0 || len(all) != len(builtin(t)) {
		t.Errorf("a folder that is not there gives %v, %v", all, errs)
	}
}

// TestDocumentsOfAFile wants nothing of a file dropped: YAML may hold several
// documents.
func TestDocumentsOfAFile(t *testing.T) {
	all, errs := Read("f.yaml", []byte("title: A\ncondition: action is a\n---\n---\n- title: B\n  condition: action is b\n---\ntitle: C\ncondition: [\n"), tables(t))
	if len(all) != 2 || all[1].Title != "B" || all[1].Line != 5 || len(errs) != 1 {
		t.Errorf("%+v, %v", all, errs)
	}
}

func TestValues(t *testing.T) {
	tests := []struct {
		text  string
		want  []string
		wrong bool
	}{
		{" a , b c,, 'C:\\x, y' , \"Acme, \\\"Inc\\\".\"", []string{"a", "b c", `C:\x, y`, `Acme, "Inc".`}, false},
		{"", nil, false},
		{`"Acme, Inc`, nil, true},
		{`"a" b`, nil, true},
		{`"C:\Program Files\"`, nil, true},
		{`O'Brien`, []string{"O'Brien"}, false},
	}
	for _, tt := range tests {
		got, err := Values(tt.text)
		if !slices.Equal(got, tt.want) || (err != nil) != tt.wrong {
			t.Errorf("%s is %q, %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for _, vs := range [][]string{{"Acme, Inc.", "b"}, {`"a"`, "'", `C:\a, 'b'`, " ", ","}, {"a", `C:\x`}} {
		if got, err := Values(FormatValues(vs)); err != nil || !slices.Equal(got, vs) {
			t.Errorf("%q is written %s and read as %q, %v", vs, FormatValues(vs), got, err)
		}
	}
}

func TestFillOfABrokenEntry(t *testing.T) {
	var wrong *FillError
	if _, err := (&Entry{Title: "T", Condition: "action"}).Fill(nil); !errors.As(err, &wrong) {
		t.Errorf("%v", err)
	}
}

// TestNamedTwice wants no choice between two scenarios of one title.
func TestNamedTwice(t *testing.T) {
	all := []Entry{{Title: "Scanners", File: "a.yaml"}, {Title: "Scanners of mail", File: "c.yaml"}, {Title: "scanners", File: "b.yaml"}}
	if _, err := Named(all, "Scanners"); err == nil || !strings.Contains(err.Error(), "a.yaml and b.yaml") {
		t.Errorf("%v", err)
	}
	if e, err := Named(all[:2], "scanners"); err != nil || e.File != "a.yaml" {
		t.Errorf("%v, %v", e, err)
	}
}

func TestNamed(t *testing.T) {
	all := builtin(t)
	for title, want := range map[string]string{
		"sandbox and detonation hosts": "", "SANDBOX": "", "vuln": "", "dns sec": "",
		"sandbx": `"sandbx" is not in the library; quarry`, "DNS security applainces": `did you mean "DNS security appliances"?`, "con": `write more of the title`, "": "is not in the library",
	} {
		e, err := Named(all, title)
		if want == "" && (err != nil || e == nil) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, %v, want %q", title, e, err, want)
		}
	}
}

func TestApplies(t *testing.T) {
	iocs := []feed.IOC{{Type: feed.Domain, Threat: feed.BotnetCC}, {Type: feed.IP, Threat: feed.Payload}}
	for _, tt := range []struct {
		a    Applies
		want bool
	}{
		{Applies{}, true},
		{Applies{Types: []feed.Type{feed.Domain}}, true},
		{Applies{Types: []feed.Type{feed.URL}}, false},
		{Applies{Types: []feed.Type{feed.Domain}, Threats: []feed.Threat{feed.Payload}}, false}, // not of one IOC
		{Applies{Types: []feed.Type{feed.IP}, Threats: []feed.Threat{feed.Payload}, Tables: []string{"DnsEvents"}}, true},
		{Applies{Tables: []string{"Syslog"}}, false},
	} {
		if got := tt.a.To(iocs, []string{"DnsEvents"}); got != tt.want {
			t.Errorf("%+v applies: %v", tt.a, got)
		}
	}
}

func FuzzReadLibrary(f *testing.F) {
	f.Add(string(builtinYAML))
	f.Add("- title: A\n  condition: action is ({x})\n  parameters: [{name: x, means: m, example: [b]}]\n")
	f.Add("a: &a [*a]\n")
	c := tables(f)
	f.Fuzz(func(t *testing.T, text string) {
		all, errs := Read("f.yaml", []byte(text), c)
		for _, err := range errs {
			var m *MistakeError
			if !errors.As(err, &m) || m.Reason == "" {
				t.Errorf("%#v", err)
			}
		}
		for _, e := range all {
			if filled, err := e.Fill(examples(e)); err != nil {
				t.Errorf("%+v cannot be filled in: %v", e, err)
			} else if _, err := kql.ParseCondition(filled); err != nil {
				t.Errorf("%s: %v", filled, err)
			}
		}
	})
}
