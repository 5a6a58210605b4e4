package termtest_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"quarry/ui/termtest"
)

func TestSimulate(t *testing.T) {
	s := termtest.Simulate(t, demo{}, 40, 5)
	s.Press("down", "down", "s", "space", "A", "ctrl+r", "shift+tab", "alt+x", "esc", "pgdown", "f5", "/")
	s.Paste("a\nb\r\nc")
	want := strings.Join([]string{
		"row 2 of 中文 40x5",
		"keys down down s space A ctrl+r shift+tab alt+x esc pgdown f5 /",
		"note started one two three",
		"pasted a/b/c",
		"",
	}, "\n")
	s.Resize(80, 5)
	if diff := cmp.Diff(strings.Replace(want, "40x5", "80x5", 1), s.View()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(s.ANSI(), "\x1b[1mrow") {
		t.Errorf("colours are lost: %q", s.ANSI())
	}
	if len(s.Skipped()) != 1 {
		t.Errorf("skipped %q, want one timer", s.Skipped())
	}
	s.Type("q")
	if !s.Ended() {
		t.Error("q does not quit")
	}
	s.Press("down")
	if s.Model().(demo).row != 2 {
		t.Error("the model lives on after the end")
	}
	if last := s.Messages()[len(s.Messages())-1]; last != (tea.QuitMsg{}) {
		t.Errorf("the last message is %T", last)
	}
}

// Each of these has to fail the test that it happens in.
func TestSimulateFails(t *testing.T) {
	tests := []struct {
		name, want string
		do         func(t testing.TB)
	}{
		{"unknown key", `no key is named "dwon"`, func(t testing.TB) { termtest.Simulate(t, demo{}, 80, 5).Press("dwon") }},
		{"key that arrives as another", `would arrive as "A"`, func(t testing.TB) { termtest.Simulate(t, demo{}, 80, 5).Press("shift+a") }},
		{"too high", "3 lines, the window 2", func(t testing.TB) { termtest.Simulate(t, demo{}, 80, 2).View() }},
		{"too wide", "the window has 10", func(t testing.TB) { termtest.Simulate(t, demo{}, 10, 9).View() }},
		{"never at rest", "does not come to rest", func(t testing.TB) { termtest.Simulate(t, restless{}, 80, 5) }},
		{"panic in a command", "panics: told to", func(t testing.TB) { termtest.Simulate(t, panicking{}, 80, 5) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := failureOf(tt.do); !strings.Contains(got, tt.want) {
				t.Errorf("failed with %q, want %q", got, tt.want)
			}
		})
	}
}

type restless struct{ demo }

func (r restless) Update(tea.Msg) (tea.Model, tea.Cmd) { return r, note("more") }

type panicking struct{ demo }

func (panicking) Init() tea.Cmd { return func() tea.Msg { panic("told to") } }

// failing notes how a test failed in place of failing.
type failing struct {
	testing.TB
	said []string
}

func (f *failing) Helper() {}

func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(f)
}

func (f *failing) Fatal(args ...any) {
	f.Fatalf("%s", fmt.Sprint(args...))
}

// failureOf returns what do fails with.
func failureOf(do func(t testing.TB)) (said string) {
	f := &failing{}
	defer func() {
		if r := recover(); r != nil && r != any(f) {
			panic(r)
		}
		said = strings.Join(f.said, "; ")
	}()
	do(f)
	return ""
}
