package ui

import (
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/ui/termtest"
)

// TestThemesStandOverTheTerminal: only the theme that asks listens to the answer.
func TestThemesStandOverTheTerminal(t *testing.T) {
	const darkWarning, lightWarning, grey = "\x1b[33m", "\x1b[35m", "\x1b[90m"
	for _, tt := range []struct {
		theme Theme
		warn  string
	}{{AutoTheme, lightWarning}, {DarkTheme, darkWarning}, {LightTheme, lightWarning}} {
		opt := options(t)
		opt.Theme = tt.theme
		m := New(newReview(t, sampleDocument(t)), opt)
		b := termtest.Simulate(t, m, 120, 40)
		b.Send(tea.BackgroundColorMsg{Color: color.White})
		if m.theme[warn] != tt.warn {
			t.Errorf("%s on white warns with %q, want %q", tt.theme, m.theme[warn], tt.warn)
		}
	}
	opt := options(t)
	opt.Theme = ContrastTheme
	m := New(newReview(t, sampleDocument(t)), opt)
	b := termtest.Simulate(t, m, 120, 40)
	if strings.Contains(b.ANSI(), grey) || m.theme[dim] != "" {
		t.Error("the theme of high contrast has grey")
	}
	if !strings.Contains(m.theme[warn], "1;") {
		t.Errorf("it warns with %q, want it bold", m.theme[warn])
	}
}

func TestSurroundingsAreKept(t *testing.T) {
	opt := options(t)
	opt.Fanged, opt.NoComments, opt.Folder = true, true, "out"
	m := New(newReview(t, sampleDocument(t)), opt)
	b := termtest.Simulate(t, m, 120, 40)
	if !strings.Contains(b.View(), "lantern.example") || strings.Contains(b.View(), "lantern[.]example") {
		t.Errorf("values are not shown as they are:\n%s", b.View())
	}
	hunts, _ := m.plan.Hunt("DnsEvents")
	if len(hunts) == 0 || strings.Contains(hunts[0].Query, "//") {
		t.Error("the hunt has comments")
	}
	for _, h := range hunts {
		made[h.Query] = string(h.Target)
	}
	b.Press("E")
	if v := m.prompt.input.Value(); v != filepath.Join("out", "lantern.reviewed.md") {
		t.Errorf("an export goes to %q", v)
	}
	b.Press("esc", ":")
	b.Type("export-csv")
	b.Press("enter")
	if v := m.prompt.input.Value(); filepath.Dir(v) != "out" {
		t.Errorf("a CSV goes to %q", v)
	}
}
