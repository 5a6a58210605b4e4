package ui

import (
	"strings"
	"testing"

	"quarry/feed"
)

// TestScenarioWithoutFilter: where there is no sentence nothing was misunderstood, and
// what there is not has no fit.
func TestScenarioWithoutFilter(t *testing.T) {
	d := sampleDocument(t)
	d.Scenarios = []feed.Scenario{{Title: "Backups", Description: "they look alike", Source: d.Source}}
	b := newWorkbench(t, 120, 40, d)
	b.keys("3")
	view := b.View()
	b.keys("enter")
	view += b.View()
	for _, not := range []string{"not understood", "nothing in the filter", "partly"} {
		if strings.Contains(view, not) {
			t.Errorf("%q in\n%s", not, view)
		}
	}
	if !strings.Contains(view, "no condition") || !strings.Contains(view, "it has none, so it leaves nothing out") {
		t.Errorf("nothing says so:\n%s", view)
	}
}

// TestFooterOfScenarios: the footer names what the keys do to the scenario under the cursor.
func TestFooterOfScenarios(t *testing.T) {
	b := newWorkbench(t, 160, 40)
	want := func(when string, words ...string) {
		t.Helper()
		for _, w := range words {
			absent := strings.HasPrefix(w, "-")
			if w = strings.TrimPrefix(w, "-"); strings.Contains(b.foot(1), w) == absent {
				t.Errorf("%s: the footer is %q; %q absent: %v", when, b.foot(1), w, absent)
			}
		}
	}
	b.keys("3")
	want("without risks", "Space attach", "-accept risks")
	b.keys("space")
	want("attached", "Space detach", "-accept risks")
	b.keys("n", "down", "down")
	b.Type("process.name is powershell.exe")
	b.keys("enter")
	want("dangerous", "Space attach", "! accept risks")
	b.keys("!", "!")
	want("accepted", "Space detach", "-accept risks")
}
