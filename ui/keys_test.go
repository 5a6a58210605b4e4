package ui

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/ui/termtest"
)

func TestParseKey(t *testing.T) {
	for s, want := range map[string]string{
		"a": "a", "A": "A", "?": "?", "é": "é", " ": "space", "Space": "space", "PgUp": "pgup", "pagedown": "pgdown", "PgDn": "pgdown",
		"Ctrl-R": "ctrl+r", "ctrl+r": "ctrl+r", "CTRL+R": "ctrl+r", "Alt-x": "alt+x", "Shift-Tab": "shift+tab", "shift+ctrl+left": "ctrl+shift+left",
		"F2": "f2", "Esc": "esc", "Return": "enter", "-": "-", "+": "+", "Ctrl--": "ctrl+-", "ctrl+space": "ctrl+space",
	} {
		got, err := ParseKey(s)
		if err != nil || got != want {
			t.Errorf("%q is read as %q, %v, want %q", s, got, err, want)
		}
		if again, err := ParseKey(keyName(got)); err != nil || again != got {
			t.Errorf("%q is written %q, which is read as %q, %v", got, keyName(got), again, err)
		}
	}
	for s, want := range map[string]string{
		"": "is no key", "ab": "is no key", "Ctrl-": "is no key", "\x1b": "is no key", "\xff": "is no key", "Hyper-x": "is no key", "f13": "is no key",
		"ctrl+i": "arrives as Tab", "Ctrl-M": "arrives as Enter", "ctrl+[": "arrives as Esc", "shift+a": "the character that it types",
	} {
		if _, err := ParseKey(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", s, err, want)
		}
	}
}

// TestActionsHaveKeysThatAreRead: what the list of actions has is what an analyst
// may write, and as it is shown.
func TestActionsHaveKeysThatAreRead(t *testing.T) {
	for _, a := range actions() {
		for _, k := range a.keys {
			for _, written := range []string{k, keyName(k)} {
				if got, err := ParseKey(written); err != nil || got != k {
					t.Errorf("%s: %q is read as %q, %v", a.name, written, got, err)
				}
			}
		}
	}
}

func TestKeysCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		keys Keys
		want []string
	}{
		"none":                    {nil, nil},
		"moved":                   {Keys{"undo": {"Ctrl-Z"}, "target": {"Ctrl-T", "f2"}}, nil},
		"swapped":                 {Keys{"undo": {"t"}, "target": {"u"}}, nil},
		"in another pane":         {Keys{"attach": {"b"}}, nil},
		"by name only":            {Keys{"target": {}}, nil},
		"filters may share":       {Keys{"filter": {"f"}, "filter-tables": {"f"}}, nil},
		"no such action":          {Keys{"undoo": {"u"}}, []string{"undoo: there is no such action; did you mean undo? quarry config lists all"}},
		"no such key":             {Keys{"undo": {"Strg-Z"}}, []string{`undo: "Strg-Z" is no key; write a character, or a name such as Space, PgUp, F2 or Ctrl-R`}},
		"taken":                   {Keys{"target": {"u"}}, []string{"target: u is the key of undo too; give that one another"}},
		"taken in one pane":       {Keys{"target": {"m"}}, []string{"target: m is the key of verdict-malicious too; give that one another"}},
		"hides one of everywhere": {Keys{"toggle": {"y"}}, []string{"toggle: y is the key of copy too; give that one another"}},
		"both named": {Keys{"target": {"Q"}, "undo": {"Q"}}, []string{
			"target: Q is the key of undo too; give that one another", "undo: Q is the key of target too; give that one another"}},
		"no way out":   {Keys{"quit": {}, "interrupt": {}}, []string{"quit: it has no key, and neither has interrupt; one of them needs one"}},
		"nothing told": {Keys{"help": {}, "palette": {}}, []string{"help: it has no key, and neither has palette; one of them needs one"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, err := range tt.keys.Check() {
				if !errors.As(err, new(*KeyError)) {
					t.Errorf("%v is a %T", err, err)
				}
				got = append(got, err.Error())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// rekeyed is a workbench with keys of the analyst's own.
func rekeyed(t *testing.T, k Keys) *workbench {
	t.Helper()
	if wrong := k.Check(); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	opt := options(t)
	opt.Keys = k
	m := New(newReview(t, sampleDocument(t)), opt)
	return &workbench{termtest.Simulate(t, m, 120, 40), m, t}
}

// TestOwnKeysAreShownAndWork: footer, help, palette, messages and titles name the
// analyst's keys, and nothing names those that they replace.
func TestOwnKeysAreShownAndWork(t *testing.T) {
	b := rekeyed(t, Keys{"undo": {"Ctrl-Z"}, "toggle": {"Enter"}, "details": {"Ctrl-K"}, "help": {"F1"}, "iocs": {"F2"}, "quit": {}, "target": {}})
	if !strings.Contains(b.View(), "F1 lists the keys") || !strings.Contains(b.View(), "F2 IOCs") {
		t.Errorf("the first screen names other keys:\n%s", b.View())
	}
	b.Resize(200, 50)
	b.keys("enter")
	b.wantStatus("switched off lantern[.]example", "Ctrl-Z undoes")
	lines := strings.Split(b.View(), "\n")
	footer := lines[len(lines)-1]
	for _, want := range []string{"F1 keys", "Enter on/off", "Ctrl-K details", "Ctrl-Z undo"} {
		if !strings.Contains(footer, want) {
			t.Errorf("the footer is %q, without %q", footer, want)
		}
	}
	if strings.Contains(footer, "quit") {
		t.Errorf("the footer is %q: quit has no key", footer)
	}
	b.keys("u")
	b.wantStatus("u does nothing here; F1 lists the keys")
	b.keys("q")
	if b.Ended() {
		t.Fatal("q left though it is no key any more")
	}
	b.keys("ctrl+z")
	b.wantStatus("undone: ", "Ctrl-R redoes")
	b.keys("f1")
	b.Type("undo")
	if !strings.Contains(b.View(), "Ctrl-Z        undo") {
		t.Errorf("the help has another key:\n%s", b.View())
	}
	b.keys("esc", ":")
	b.Type("target")
	b.keys("enter")
	b.wantStatus("Defender")
	b.keys("t")
	b.wantStatus("t does nothing here")
}

// TestEveryKeyCanBeGiven: each key that may be written arrives as it is named.
func TestEveryKeyCanBeGiven(t *testing.T) {
	for name, key := range named {
		if key == "esc" || key == "enter" { // taken by what stands there
			continue
		}
		b := rekeyed(t, Keys{"history": {name}, "up": {"k"}, "down": {"j"}, "page-up": {}, "page-down": {}, "first": {"g"}, "last": {"G"},
			"next-pane": {}, "previous-pane": {}, "tab-next": {"]"}, "tab-previous": {"["}, "toggle": {"ctrl+t"}, "choose-table": {"ctrl+t"}, "attach": {"ctrl+t"}, "help": {"?"}})
		b.keys(key)
		if b.m.overlay == nil {
			t.Errorf("%s did nothing: %s", name, b.m.status)
		}
	}
	for _, key := range []string{"ctrl+o", "alt+x", "ctrl+left", "shift+tab", "alt+enter", "ctrl+shift+up", "é"} {
		b := rekeyed(t, Keys{"history": {key}, "previous-pane": {}})
		b.keys(key)
		if b.m.overlay == nil {
			t.Errorf("%s did nothing: %s", key, b.m.status)
		}
	}
}

// TestLongAndWideKeysFit: a row keeps its width whatever the keys are called.
func TestLongAndWideKeysFit(t *testing.T) {
	b := rekeyed(t, Keys{"preview": {"Ctrl-Shift-PgUp"}, "copy": {"漢"}, "tab-next": {"Ctrl-Alt-PgDn"}, "iocs": {"é"}, "tables": {}})
	for _, size := range [][2]int{{60, 16}, {80, 24}, {200, 50}} {
		b.Resize(size[0], size[1])
		for _, k := range []string{"tab", "z", "esc", "l", "esc", "F", "esc"} {
			b.keys(k)
			checkFrame(t, b.m)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"Ctrl-R", "shift+tab", "ctrl+ctrl+a", "alt+", "漢", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := ParseKey(s)
		if err != nil {
			return
		}
		if again, err := ParseKey(keyName(key)); err != nil || again != key {
			t.Errorf("%q is %q, written %q, which is read as %q, %v", s, key, keyName(key), again, err)
		}
	})
}
