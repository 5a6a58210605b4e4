package exclusions

import (
	"slices"
	"strings"
	"testing"

	"quarry/kql"
)

func TestComplete(t *testing.T) {
	tests := []struct {
		text  string
		start int
		has   []string // in this order
		lacks []string
	}{
		{"", 0, []string{"process.name ", "process.command_line ", "not "}, []string{"and "}},
		{"proc", 0, []string{"process.name ", "process.parent "}, []string{"device.name "}},
		{"COMM", 0, []string{"process.command_line "}, []string{"process.name "}},
		{"process.name ", 13, []string{"is ", "contains ", "matches "}, []string{"in range "}},
		{"remote.port ", 12, []string{"is "}, []string{"contains "}},
		{"remote.ip in", 10, []string{"in range "}, []string{"is "}},
		{"time.of_day in range ", 21, []string{`"22:00-06:00"`}, nil},
		{"process.name starts w", 13, []string{"starts with "}, nil},
		{"process.name is ", 16, []string{"one of (", `"schtasks.exe"`}, []string{"word "}},
		{"process.name is sch", 16, []string{`"schtasks.exe"`}, []string{`"cron"`}},
		{`process.name is "task s`, 16, []string{`"schtasks.exe"`, `"taskhostw.exe"`}, []string{`"cron"`}},
		{"process.name is o", 16, []string{"one of ("}, nil},
		{"process.command_line contains w", 30, []string{"word "}, nil},
		{`process.name is one of ("cron", `, 32, []string{`"schtasks.exe"`}, []string{"one of ("}},
		{`process.name is one of ("cron"`, 30, []string{", ", ")"}, nil},
		{`action is "a"`, 13, []string{" and ", " or "}, nil},
		{`action is "a" `, 14, []string{"and ", "or "}, nil},
		{`action is "a" o`, 14, []string{"or "}, []string{"and "}},
		{`action is "a" or `, 17, []string{"process.name "}, nil},
		{`not (action is "a" and rem`, 23, []string{"remote.ip "}, nil},
		{`action was "a" and `, 19, nil, []string{"process.name "}},
		{`action is "a" was `, 18, nil, []string{"and "}},
	}
	for _, tt := range tests {
		start, all := Complete(tt.text)
		var texts []string
		for _, c := range all {
			texts = append(texts, c.Text)
		}
		if start != tt.start {
			t.Errorf("%q is completed from %d, want %d", tt.text, start, tt.start)
		}
		before := -1
		for _, want := range tt.has {
			at := slices.Index(texts, want)
			if at < 0 || at < before {
				t.Errorf("%q: %q is at %d in %q", tt.text, want, at, texts)
			}
			before = at
		}
		for _, not := range tt.lacks {
			if slices.Contains(texts, not) {
				t.Errorf("%q: %q is offered", tt.text, not)
			}
		}
	}
}

// TestCompletionsGoOn takes completions at random: they never make a condition
// wrong, and lead to one that is whole.
func TestCompletionsGoOn(t *testing.T) {
	whole := 0
	for n := range 2000 {
		text := ""
		for step := range 14 {
			start, all := Complete(text)
			if len(all) == 0 {
				break // an address, a port: only a person knows
			}
			text = text[:start] + all[(n*7+step*(n%11+1))%len(all)].Text
			if _, err := kql.ParseCondition(text); err == nil {
				whole++
			} else if e, ok := kql.Expect(text); !ok || e.Start < len(strings.TrimRight(text, " ")) && e.Expected != kql.ExpectValue {
				t.Fatalf("%q: %v", text, err)
			}
		}
	}
	if whole < 500 {
		t.Errorf("only %d whole conditions came of it", whole)
	}
}

func FuzzComplete(f *testing.F) {
	for _, s := range []string{"", "process.name is ", `action is "`, "not (", "remote.ip in range one of (", "\xff", "process.name is one of (\"a\" "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start, all := Complete(text)
		if start < 0 || start > len(text) {
			t.Fatalf("%q is completed from %d", text, start)
		}
		for _, c := range all {
			if c.Text == "" {
				t.Errorf("%q: an empty completion", text)
			}
		}
	})
}
