//go:build unix

package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quarry/ui/termtest"
)

// many is a bulletin with many rows, of which many look alike, and a scenario.
func many(t testing.TB) string {
	t.Helper()
	const rows = 240
	var b strings.Builder
	fmt.Fprintf(&b, "## IOC Summary\n\n**Malware Family:** Otter RAT\n**Total IOCs:** %d\n\n", rows)
	b.WriteString("| Type | Value | Threat Type | First Seen | Confidence |\n|---|---|---|---|---|\n")
	for i := range rows {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "| ip:port | 192.0.2.%d:443 | botnet_cc | 2026-05-26 | 75%% |\n", i)
		case 1:
			fmt.Fprintf(&b, "| domain | host-%d.otter.example | botnet_cc | 2026-05-26 | 75%% |\n", i)
		default:
			fmt.Fprintf(&b, "| url | hxxps://files.example.org/%d/中文.zip | payload_delivery | 2026-05-26 | 50%% |\n", i)
		}
	}
	b.WriteString("\n### Scenario: Scanner\n\n**Filter/Exclusion:** Exclude connections where the source IP is in 10.20.0.0/16.\n")
	path := filepath.Join(t.TempDir(), "many.md")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// settle presses a key that does nothing but say so, which is drawn after all
// that was pressed before it. It returns the screen without what it said.
func settle(tx *termtest.Tmux, key string, before ...string) string {
	tx.Press(append(before, key)...)
	screen := ""
	tx.Until(key+" does nothing", func(now string) bool {
		screen = now
		return strings.Contains(strings.ToLower(now), key+" does nothing here")
	})
	lines := strings.Split(screen, "\n")
	lines[len(lines)-2] = ""
	return strings.Join(lines, "\n")
}

// checkDrawn compares the screen that grew by differences with one drawn anew.
func checkDrawn(t *testing.T, tx *termtest.Tmux, after string) {
	t.Helper()
	grown := settle(tx, "f9")
	fresh := settle(tx, "f10", "ctrl+l")
	if grown != fresh {
		t.Fatalf("after %s the screen shows\n%s\n\nand drawn anew\n%s", after, grown, fresh)
	}
}

// TestScrolledScreenIsTheDrawnScreen: the renderer scrolls regions of the
// screen by the terminal's own means, which goes wrong when it takes two rows
// that look alike for one.
func TestScrolledScreenIsTheDrawnScreen(t *testing.T) {
	frames := 250
	if testing.Short() {
		frames = 40
	}
	keys := []string{
		"down", "down", "down", "down", "up", "up", "pgdown", "pgdown", "pgup", "home", "end",
		"space", "1", "4", "2", "3", "]", "[", "t", "u", "s", "m", "d",
	}
	tx := termtest.NewTmux(t)
	tx.Start(100, 30, quarry(t, many(t)))
	tx.WaitFor("240 of 240 ")
	random := rand.New(rand.NewPCG(1, 2))
	for n := range frames {
		var pressed []string
		for range 1 + random.IntN(4) {
			pressed = append(pressed, keys[random.IntN(len(keys))])
		}
		settle(tx, []string{"f7", "f8"}[n%2], pressed...) // a frame of its own
		if n%5 == 4 {
			checkDrawn(t, tx, fmt.Sprintf("frame %d", n))
		}
	}
}

// TestResizeStorm: sizes that follow each other faster than they are drawn,
// also ones that are too small, leave nothing behind.
func TestResizeStorm(t *testing.T) {
	storms := 8
	if testing.Short() {
		storms = 2
	}
	tx := termtest.NewTmux(t)
	tx.Start(120, 40, quarry(t, many(t)))
	tx.WaitFor("240 of 240 ")
	tx.Press("down", "down", "space")
	tx.WaitFor("239 of 240 ")
	random := rand.New(rand.NewPCG(3, 4))
	for range storms {
		for range 12 {
			tx.Resize(2+random.IntN(240), 2+random.IntN(78))
		}
		w, h := 80+random.IntN(120), 24+random.IntN(40)
		tx.Resize(w, h)
		tx.WaitFor("239 of 240 ")
		checkDrawn(t, tx, fmt.Sprintf("a storm that ends with %dx%d", w, h))
		if screen := tx.Screen(); !strings.Contains(screen, "[ ] url") {
			t.Errorf("the cursor has lost its row at %dx%d:\n%s", w, h, screen)
		}
	}
	tx.Press("q", "q")
	tx.WaitEnd()
}
