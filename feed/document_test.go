package feed

import (
	"strings"
	"testing"
)

func TestScenarioName(t *testing.T) {
	for title, want := range map[string]string{
		"":                         "a scenario without a title",
		" \n":                      "a scenario without a title",
		"Backup\nsoftware":         `the scenario "Backup software"`,
		`a "b"` + "\x1b":           `the scenario "a \"b\"\x1b"`,
		strings.Repeat("long", 99): `the scenario "` + strings.Repeat("long", 20) + `"...`,
	} {
		if got := (Scenario{Title: title}).Name(); got != want {
			t.Errorf("%q is %s, want %s", title, got, want)
		}
	}
}
