package termtest_test

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/ui/termtest"
)

func TestEmulate(t *testing.T) {
	e := termtest.Emulate(t, demo{}, 60, 6)
	e.WaitFor("row 0 of 中文 60x6")
	e.WaitFor("note started")
	before := e.Bytes()
	e.Press("down")
	e.WaitFor("row 1")
	if n := e.Bytes() - before; n < 10 || n > 200 {
		t.Errorf("a key costs %d bytes", n)
	}
	e.Press("esc", "down", "alt+x", "A", "ctrl+r", "s")
	e.WaitFor("keys down esc down alt+x A ctrl+r s")
	e.WaitFor("note started one two three")
	e.Until("the clipboard", func() bool { return len(e.Clipboard()) == 1 && e.Clipboard()[0] == "from the demo" })
	e.Paste("a\nb")
	e.WaitFor("pasted a/b")
	e.Resize(70, 8)
	e.WaitFor("70x8")
	if n := strings.Count(e.Screen(), "\n") + 1; n != 8 {
		t.Errorf("the screen has %d lines, want 8", n)
	}
	if on := strings.Join(e.LeftOn(), ", "); !strings.Contains(on, "?1049h") || !strings.Contains(on, "?2004h") || !strings.Contains(on, "?1002h") {
		t.Errorf("modes while running: %s", on)
	}
	if m := e.Quit().(demo); m.row != 2 {
		t.Errorf("last model has row %d, want 2", m.row)
	}
	if on := e.LeftOn(); len(on) != 0 {
		t.Errorf("left on after the end: %q", on)
	}
}

// The emulator's screen is the simulation's view.
func TestEmulateAgreesWithSimulate(t *testing.T) {
	keys := []string{"down", "s", "down", "f1", "down"}
	e := termtest.Emulate(t, demo{}, 50, 5)
	e.WaitFor("note started")
	e.Press(keys...)
	s := termtest.Simulate(t, demo{}, 50, 5)
	s.Press(keys...)
	e.Until("the view of the simulation", func() bool { return e.Screen() == s.View() })
}

func TestEmulatePanic(t *testing.T) {
	for where, key := range map[string]string{"Update": "p", "View": "v"} {
		t.Run(where, func(t *testing.T) {
			e := termtest.Emulate(t, demo{}, 60, 6)
			e.WaitFor("row 0")
			e.Press(key)
			if _, err := e.Wait(); !errors.Is(err, tea.ErrProgramPanic) {
				t.Errorf("error %v, want a panic", err)
			}
			if on := e.LeftOn(); len(on) != 0 {
				t.Errorf("left on after a panic: %q", on)
			}
		})
	}
}
