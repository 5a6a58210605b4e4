//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"quarry/ui/termtest"
)

// TestWorkbenchFollowsTheSettings starts the program with no argument: what it
// opens, shows and does is as its file says.
func TestWorkbenchFollowsTheSettings(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "quarry"), 0o700); err != nil {
		t.Fatal(err)
	}
	copies := filepath.Join(folder, "copies")
	text := strings.Join([]string{
		"documents: " + sample(t, "sample.md"), "exports: " + filepath.Join(folder, "out"), "lookback: 36h", "target: defender", "comments: false",
		"colors: none", "mouse: true", "ascii: true", "defang: false", "clipboard: file", "copies: " + copies, "keys: {undo: Ctrl-Z, quit: Q}",
	}, "\n")
	if err := os.WriteFile(filepath.Join(folder, "quarry", "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := quarry(t)
	cmd.Env = environ(t, "XDG_CONFIG_HOME="+folder, "QUARRY_REVIEWER=", "COLORTERM=truecolor")
	p := termtest.StartPty(t, 120, 40, cmd)
	p.WaitFor("Defender  last 36h")
	p.WaitFor("lantern-cdn.example")
	if screen := p.Screen(); strings.ContainsAny(screen, "│─▌") {
		t.Errorf("there is more than ASCII on the screen:\n%s", screen)
	}
	p.Press("space")
	p.WaitFor("Ctrl-Z undoes")
	p.Press("ctrl+z")
	p.WaitFor("undone")
	p.Press("y")
	p.WaitFor("wrote ")
	kept, err := os.ReadFile(filepath.Join(copies, "last-copy.kql"))
	if err != nil || strings.Contains(string(kept), "//") || !strings.Contains(string(kept), "ago(36h)") {
		t.Errorf("the copy is\n%s\n%v", kept, err)
	}
	p.Press("E")
	p.WaitFor("export to: " + filepath.Join(folder, "out"))
	p.Press("esc", "Q")
	if code := exitCodeOf(t, p.Wait()); code != ExitDone {
		t.Errorf("ended with %d", code)
	}
	if clips := p.Clipboard(); len(clips) > 0 {
		t.Errorf("%d copies were sent", len(clips))
	}
	if !strings.Contains(p.Output(), "\x1b[?1002h") || len(p.LeftOn()) > 0 {
		t.Errorf("the mouse was not asked for, or left on: %v", p.LeftOn())
	}
	if c := regexp.MustCompile(`\x1b\[[\d;]*(?:3|4|9|10)\dm`).FindString(p.Output()); c != "" {
		t.Errorf("there is a colour: %q", c)
	}
}
