package ui

import (
	"slices"
	"strings"
	"testing"
)

func TestActionsAreUsable(t *testing.T) {
	names := map[string]bool{}
	for _, a := range actions() {
		if names[a.name] {
			t.Errorf("two actions are called %q", a.name)
		}
		names[a.name] = true
		if a.help == "" || a.short != "" && len(a.keys) == 0 || a.run == nil {
			t.Errorf("action %q lacks help, a deed, or the keys that the footer shows", a.name)
		}
	}
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	for p := range panes {
		owner := map[string]action{}
		for _, a := range actions() {
			if !a.in(p) {
				continue
			}
			for _, k := range a.keys {
				if b, taken := owner[k]; taken && (a.panes == nil) == (b.panes == nil) {
					t.Errorf("in %s the key %q is both %s and %s", paneNames[p], k, a.name, b.name)
				}
				owner[k] = a
			}
		}
	}
}

// TestKeysLeaveTheMultiplexerAlone names the keys that tmux, screen and the
// terminal's flow control take before a program sees them.
func TestKeysLeaveTheMultiplexerAlone(t *testing.T) {
	stolen := []string{"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+z", "ctrl+i", "ctrl+m", "shift+enter"}
	for _, a := range actions() {
		for _, k := range a.keys {
			if slices.Contains(stolen, k) {
				t.Errorf("%s has the key %s, which does not arrive everywhere", a.name, k)
			}
		}
	}
}

func TestEveryActionRunsOrSaysWhyNot(t *testing.T) {
	for _, a := range actions() {
		if a.name == "redraw" || a.name == "quit" || a.name == "interrupt" {
			continue // they end in the terminal
		}
		b := newWorkbench(t, 100, 30)
		b.m.say(plain, "")
		before := b.View()
		b.do(a.name)
		if b.View() == before && b.m.status == "" && !strings.HasSuffix(a.help, "first") && a.help != "up" && a.name != "page-up" && a.name != "iocs" && a.name != "cancel" && a.name != "tables" && a.name != "scenarios" && a.name != "preview" {
			t.Errorf("%s changed nothing and said nothing", a.name)
		}
	}
}

func TestFooterNamesWhatWorksHere(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for p, want := range map[pane]string{iocPane: "Space on/off", tablePane: "Space choose", scenarioPane: "Space attach", previewPane: "y copy"} {
		b.m.setFocus(p)
		lines := strings.Split(b.View(), "\n")
		if footer := lines[len(lines)-1]; !strings.Contains(footer, want) || !strings.Contains(footer, "? keys") || !strings.Contains(footer, "q quit") {
			t.Errorf("%s: the footer is %q, want %q in it", paneNames[p], footer, want)
		}
	}
}
