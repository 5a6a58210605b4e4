package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"

	"quarry/exclusions/warnings"
	"quarry/kql"
	"quarry/review"
	"quarry/ui"
)

// says compares what settings say, wherever that comes from.
var says = cmp.Options{cmp.AllowUnexported(config{}, serving{}), cmpopts.IgnoreFields(config{}, "origins"), cmpopts.EquateEmpty()}

func equal(t *testing.T, want, got config) {
	t.Helper()
	if d := cmp.Diff(want, got, says); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// samples are another value of each setting than its default, as it is written,
// with what follows from it.
var samples = map[string]struct {
	written string // in the file; the same in the environment and for the flag unless said otherwise
	env     string
	want    func(c *config)
}{
	"reviewer": {written: "Robin Example", want: func(c *config) { c.reviewer = "Robin Example" }},
	"documents": {written: "[a.md, intel]", env: "a.md" + string(os.PathListSeparator) + "intel",
		want: func(c *config) { c.documents = []string{"a.md", "intel"} }},
	"exports":                 {written: "out", want: func(c *config) { c.exports = "out" }},
	"target":                  {written: "Defender", want: func(c *config) { c.begin.Target = kql.Defender }},
	"lookback":                {written: "36h", want: func(c *config) { c.begin.Lookback = 36 * time.Hour }},
	"match":                   {written: "loose", want: func(c *config) { c.begin.Knobs.Match = kql.LooseMatch }},
	"port":                    {written: "require", want: func(c *config) { c.begin.Knobs.Port = kql.RequirePort }},
	"own_side":                {written: "true", want: func(c *config) { c.begin.Knobs.OwnSide = true }},
	"long":                    {written: "split", want: func(c *config) { c.begin.Long = review.SplitLong }},
	"min_confidence":          {written: "75", want: func(c *config) { c.begin.MinConfidence = 75 }},
	"comments":                {written: "false", want: func(c *config) { c.comments = false }},
	"colors":                  {written: "256", want: func(c *config) { c.colors = colorprofile.ANSI256 }},
	"theme":                   {written: "light", want: func(c *config) { c.theme = ui.LightTheme }},
	"ascii":                   {written: "true", want: func(c *config) { c.ascii = true }},
	"mouse":                   {written: "true", want: func(c *config) { c.mouse = true }},
	"defang":                  {written: "false", want: func(c *config) { c.fanged = true }},
	"clipboard":               {written: "file", want: func(c *config) { c.clipboard = "file" }},
	"copies":                  {written: "here", want: func(c *config) { c.copies = "here" }},
	"serve.listen":            {written: "192.0.2.1:22", want: func(c *config) { c.serve.listen = "192.0.2.1:22" }},
	"serve.documents":         {written: "intel", want: func(c *config) { c.serve.documents = "intel" }},
	"serve.exports":           {written: "out", want: func(c *config) { c.serve.exports = "out" }},
	"serve.library":           {written: "team", want: func(c *config) { c.serve.library = "team" }},
	"serve.authorized_keys":   {written: "keys", want: func(c *config) { c.serve.keys = "keys" }},
	"serve.host_key":          {written: "host", want: func(c *config) { c.serve.hostKey = "host" }},
	"serve.sessions":          {written: "2", want: func(c *config) { c.serve.sessions = 2 }},
	"serve.idle":              {written: "90s", want: func(c *config) { c.serve.idle = 90 * time.Second }},
	"serve.paste":             {written: "4", want: func(c *config) { c.serve.paste = 4 << 20 }},
	"warnings.rules":          {written: "{old: inform}", want: func(c *config) { c.levels["old"] = warnings.Inform }},
	"warnings.low_confidence": {written: "40", want: func(c *config) { c.lowConfidence = 40 }},
	"keys":                    {written: "{undo: Ctrl-Z, target: [Ctrl-T, F2]}", want: func(c *config) { c.keys["undo"], c.keys["target"] = []string{"Ctrl-Z"}, []string{"Ctrl-T", "F2"} }},
}

// asFile puts a setting into the text of a file.
func asFile(name, value string) string {
	if group, below, ok := strings.Cut(name, "."); ok {
		return group + ":\n  " + below + ": " + value + "\n"
	}
	return name + ": " + value + "\n"
}

// flagsOf are the flags of all settings, of which one is given.
func flagsOf(t *testing.T, name, value string) *pflag.FlagSet {
	t.Helper()
	var names []string
	for _, s := range settings() {
		names = append(names, s.name)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	settingFlags(flags, names...)
	if name != "" {
		if err := flags.Parse([]string{"--" + name + "=" + value}); err != nil {
			t.Fatal(err)
		}
	}
	return flags
}

// TestEverySetting: the file, over it the environment and over that a flag set
// what they name and nothing else, and it is known which of them it was.
func TestEverySetting(t *testing.T) {
	for _, s := range settings() {
		sample, there := samples[s.name]
		if !there {
			t.Errorf("no test sets %s", s.name)
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			nothing, wrong := gatherConfig("config.yaml", nil, nil, nil)
			if len(wrong) > 0 {
				t.Fatal(wrong)
			}
			want, _ := gatherConfig("config.yaml", nil, nil, nil)
			sample.want(&want)
			if cmp.Equal(nothing, want, says) {
				t.Fatal("the sample is the default")
			}
			text := asFile(s.name, sample.written)
			check := func(from string, file string, env []string, flags *pflag.FlagSet) {
				t.Helper()
				got, wrong := gatherConfig("config.yaml", []byte(file), env, flags)
				if len(wrong) > 0 {
					t.Errorf("from %s: %v", from, wrong)
				}
				equal(t, want, got)
				if got.origins[s.name].from != from {
					t.Errorf("it is said to come from %s, want %s", got.origins[s.name].from, from)
				}
			}
			line := "config.yaml:1"
			if strings.Contains(s.name, ".") {
				line = "config.yaml:2"
			}
			check(line, text, nil, nil)
			check(line, text, []string{s.variable() + "="}, flagsOf(t, "", ""))
			below := asFile(s.name, s.initial)
			if s.variable() != "" {
				env := sample.written
				if sample.env != "" {
					env = sample.env
				}
				check(s.variable(), below, []string{s.variable() + "=" + env}, flagsOf(t, "", ""))
			}
			if s.flag != "" {
				check("--"+s.flag, below, []string{s.variable() + "=" + s.initial}, flagsOf(t, s.flag, sample.written))
			}
		})
	}
	for name := range samples {
		if !slices.ContainsFunc(settings(), func(s setting) bool { return s.name == name }) {
			t.Errorf("a test sets %s, which is no setting", name)
		}
	}
}

// TestChoicesAreTaken: every word that is listed can be set, whatever its case.
func TestChoicesAreTaken(t *testing.T) {
	for _, s := range settings() {
		for _, word := range s.choices {
			c := newConfig()
			if err := s.take(&c, strings.ToUpper(word)); err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
		}
		if s.take != nil {
			c := newConfig()
			if err := s.take(&c, s.initial); err != nil {
				t.Errorf("the default of %s: %v", s.name, err)
			}
		}
		if (s.flag == "") != (flagHelp[s.flag] == "") {
			t.Errorf("--%s says %q in help", s.flag, flagHelp[s.flag])
		}
		if !strings.HasSuffix(s.doc, ".") || s.means == "" {
			t.Errorf("%s is not explained", s.name)
		}
	}
}

// TestConfigTextIsTheDefaults: with every sign taken away the printed file is read
// without a mistake and changes nothing, and as it is printed it sets nothing.
func TestConfigTextIsTheDefaults(t *testing.T) {
	text, err := configText()
	if err != nil {
		t.Fatal(err)
	}
	want, _ := gatherConfig("config.yaml", nil, nil, nil)
	got, wrong := gatherConfig("config.yaml", []byte(text), nil, nil)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	equal(t, want, got)
	for name, o := range got.origins {
		if o.from != byDefault {
			t.Errorf("%s comes from %s", name, o.from)
		}
	}
	text = regexp.MustCompile(`(?m)^( *)#([a-z_-]+:)`).ReplaceAllString(text, "$1$2")
	got, wrong = gatherConfig("config.yaml", []byte(text), nil, nil)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for _, a := range ui.Actions() {
		if !slices.Equal(got.keys[a.Name], a.Keys) {
			t.Errorf("the keys of %s are printed as %q, want %q", a.Name, got.keys[a.Name], a.Keys)
		}
	}
	rules, _ := warnings.Rules()
	for _, r := range rules {
		if got.levels[r.Code] != r.Level {
			t.Errorf("%s is printed as %s, want %s", r.Code, got.levels[r.Code], r.Level)
		}
	}
	for _, s := range settings() {
		if got.origins[s.name].from == byDefault {
			t.Errorf("%s is not printed", s.name)
		}
	}
	got.keys, got.levels = want.keys, want.levels
	equal(t, want, got)
}

func TestMistakesInSettings(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		env  []string
		want []string
	}{
		"unknown":             {text: "lokback: 7d", want: []string{"config.yaml:1: lokback: there is no such setting; did you mean lookback? quarry config prints them all"}},
		"unlike any":          {text: "\nfrobnicate: 7d", want: []string{"config.yaml:2: frobnicate: there is no such setting; quarry config prints them all"}},
		"in no group":         {text: "low_confidence: 40", want: []string{"config.yaml:1: low_confidence: there is no such setting; did you mean warnings.low_confidence? quarry config prints them all"}},
		"in a wrong group":    {text: "warnings:\n  lookback: 7d", want: []string{"config.yaml:2: warnings.lookback: there is no such setting; did you mean lookback? quarry config prints them all"}},
		"unknown in a group":  {text: "warnings:\n  rulez: {}", want: []string{"config.yaml:2: warnings.rulez: there is no such setting; did you mean warnings.rules? quarry config prints them all"}},
		"look-back":           {text: "# mine\nlookback: 7 days", want: []string{`config.yaml:2: lookback: "7 days" is no look-back; write it as 7d, 36h or 90m`}},
		"choice":              {text: "match: subdomian", want: []string{`config.yaml:1: match: "subdomian" is not what can be set; did you mean subdomain? use exact, subdomain or loose`}},
		"number":              {text: "warnings: {low_confidence: many}", want: []string{`config.yaml:1: warnings.low_confidence: "many" is no whole number from 1 to 100`}},
		"yes or no":           {text: "mouse: yes", want: []string{`config.yaml:1: mouse: "yes" is not what can be set; use true or false`}},
		"a list":              {text: "target: [sentinel]", want: []string{"config.yaml:1: target: one value is wanted here: sentinel or defender"}},
		"no list":             {text: "documents: {a: b}", want: []string{"config.yaml:1: documents: a value or a list of values is wanted here"}},
		"a group":             {text: "warnings: loud", want: []string{"config.yaml:1: warnings: names and values are wanted here, such as lookback: 7d"}},
		"no mapping":          {text: "keys: [u]", want: []string{"config.yaml:1: keys: lines are wanted below it, a key, or a list of keys, for each action"}},
		"twice":               {text: "target: sentinel\nmouse: true\ntarget: defender", want: []string{"config.yaml:3: target: it is set in line 1 already; remove one of them"}},
		"an entry twice":      {text: "keys:\n  undo: U\n  undo: Ctrl-Z", want: []string{"config.yaml:3: keys.undo: it is set in line 2 already; remove one of them", "config.yaml:2: keys.undo: U is the key of redo too; give that one another"}},
		"an alias":            {text: "lookback: &x 7d\ntarget: *x", want: []string{"config.yaml:2: target: one value is wanted here: sentinel or defender"}},
		"two documents":       {text: "mouse: true\n---\nmouse: false", want: []string{"config.yaml:1: it holds more than one YAML document; remove the lines that are only ---"}},
		"no YAML":             {text: "mouse: true\n\tascii: true", want: []string{"config.yaml:2: it is no YAML: found a tab character that violates indentation; quarry config prints a file to begin with"}},
		"a rule":              {text: "warnings:\n  rules:\n    odl: off", want: []string{"config.yaml:3: warnings.rules.odl: there is no such rule; did you mean old? the rules are "}},
		"a level":             {text: "warnings:\n  rules:\n    old: loud", want: []string{`config.yaml:3: warnings.rules.old: "loud" is no level; use warn, inform or off`}},
		"an action":           {text: "keys:\n  undoo: U", want: []string{"config.yaml:2: keys.undoo: there is no such action; did you mean undo? quarry config lists all"}},
		"a key":               {text: "keys:\n  undo: Strg-Z", want: []string{`config.yaml:2: keys.undo: "Strg-Z" is no key; write a character, or a name such as Space, PgUp, F2 or Ctrl-R`}},
		"a key that is taken": {text: "keys:\n  target: [Ctrl-T]\n  copy: u", want: []string{"config.yaml:3: keys.copy: u is the key of undo too; give that one another"}},
		"no key to leave by":  {text: "keys: {quit: [], interrupt: []}", want: []string{"config.yaml:1: keys.quit: it has no key, and neither has interrupt; one of them needs one"}},
		"environment":         {env: []string{"QUARRY_LOOKBACK=often"}, want: []string{`QUARRY_LOOKBACK: "often" is no look-back; write it as 7d, 36h or 90m`}},
		"several":             {text: "mouse: on\nfoo: 1", env: []string{"QUARRY_TARGET=x"}, want: []string{`config.yaml:1: mouse: "on" is not what can be set; use true or false`, "config.yaml:2: foo: there is no such setting; quarry config prints them all", `QUARRY_TARGET: "x" is not what can be set; use sentinel or defender`}},
		"nothing":             {text: "# all as it is\n"},
		"empty values":        {text: "lookback:\nwarnings:\nkeys:\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, wrong := gatherConfig("config.yaml", []byte(tt.text), tt.env, nil)
			var got []string
			for i, err := range wrong {
				got = append(got, err.Error())
				if i < len(tt.want) && strings.HasSuffix(tt.want[i], "the rules are ") && strings.HasPrefix(got[i], tt.want[i]) {
					got[i] = tt.want[i]
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// TestFlagsOfSettings: a mistake names the flag, and --no-color is a word for
// another.
func TestFlagsOfSettings(t *testing.T) {
	_, wrong := gatherConfig("config.yaml", nil, nil, flagsOf(t, "theme", "darc"))
	if len(wrong) != 1 || wrong[0].Error() != `--theme: "darc" is not what can be set; did you mean dark? use auto, dark, light or high-contrast` {
		t.Errorf("the mistake is told as %v", wrong)
	}
	flags := flagsOf(t, "", "")
	if err := flags.Parse([]string{"--no-color"}); err != nil {
		t.Fatal(err)
	}
	c, wrong := gatherConfig("config.yaml", nil, []string{"QUARRY_COLORS=truecolor"}, flags)
	if len(wrong) > 0 || c.colors != colorprofile.Ascii || c.origins["colors"] != (origin{"none", "--colors"}) {
		t.Errorf("--no-color gives %v from %+v, %v", c.colors, c.origins["colors"], wrong)
	}
}

// TestHomeInSettings: a tilde is the home folder.
func TestHomeInSettings(t *testing.T) {
	home := t.TempDir()
	variable := "HOME"
	if runtime.GOOS == "windows" {
		variable = "USERPROFILE"
	}
	t.Setenv(variable, home)
	c, wrong := gatherConfig("config.yaml", []byte("documents: [~/intel]\nexports: ~/out\ncopies: ~/last\n"), nil, nil)
	if len(wrong) > 0 || c.documents[0] != filepath.Join(home, "intel") || c.exports != filepath.Join(home, "out") || c.copies != filepath.Join(home, "last") {
		t.Errorf("%q, %q, %q, %v", c.documents, c.exports, c.copies, wrong)
	}
}

// FuzzConfig reads any file: no panic, and each mistake has its place.
func FuzzConfig(f *testing.F) {
	for name, sample := range samples {
		f.Add(asFile(name, sample.written))
	}
	for _, s := range []string{"keys: {undo: [[]]}", "a: &a [*a]", "? {x: y}\n: 1", "<<: {mouse: true}", "!!binary x: 1", "warnings: {warnings: {}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "~/") {
			return // the home folder is another on each machine
		}
		_, wrong := gatherConfig("config.yaml", []byte(s), nil, nil)
		for _, err := range wrong {
			if !regexp.MustCompile(`^config\.yaml:[1-9][0-9]*: `).MatchString(err.Error()) {
				t.Errorf("the mistake has no place: %v", err)
			}
		}
	})
}
