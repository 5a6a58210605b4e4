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
