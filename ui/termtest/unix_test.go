//go:build unix

package termtest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/ui/termtest"
)

// The test binary is the program under test when this variable is set.
const runDemo = "QUARRY_TERMTEST_DEMO"

func TestMain(m *testing.M) {
	if os.Getenv(runDemo) != "" {
		if _, err := tea.NewProgram(demo{}).Run(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func demoCommand(t *testing.T) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = termtest.Environ(runDemo + "=1")
	return cmd
}

func TestPty(t *testing.T) {
	p := termtest.StartPty(t, 60, 6, demoCommand(t))
	p.WaitFor("row 0 of 中文 60x6")
	p.Press("down", "esc", "s")
	p.WaitFor("note started one two three")
	p.WaitForOutput(`\x1b\]52;c;[A-Za-z0-9+/=]+\a`)
	if got := p.Clipboard(); len(got) != 1 || got[0] != "from the demo" {
		t.Errorf("clipboard %q", got)
	}
	p.Paste("a\nb")
	p.WaitFor("pasted a/b")
	p.Resize(70, 8)
	p.WaitFor("70x8")
	p.Press("q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if on := p.LeftOn(); len(on) != 0 {
		t.Errorf("left on after the end: %q", on)
	}
}

func TestPtyHangUp(t *testing.T) {
	p := termtest.StartPty(t, 60, 6, exec.Command("sh", "-c", `trap 'exit 7' HUP; echo ready; while :; do read -r _ || sleep 0.01; done`))
	p.WaitFor("ready")
	p.HangUp()
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("ended with %v, want exit status 7", err)
	}
}

func TestTmux(t *testing.T) {
	tx := termtest.NewTmux(t)
	tx.Start(60, 6, demoCommand(t))
	tx.WaitFor("row 0 of 中文 60x6")
	tx.Press("down", "esc", "ctrl+r", "A", "space", "ä")
	tx.WaitFor("keys down esc ctrl+r A space ä")
	tx.Paste("a\nb")
	tx.WaitFor("pasted a/b")
	tx.Resize(70, 8)
	tx.WaitFor("70x8")
	if n := strings.Count(tx.Screen(), "\n") + 1; n != 8 {
		t.Errorf("the screen has %d lines, want 8", n)
	}
	if !strings.Contains(tx.Colours(), "\x1b[1mrow") {
		t.Errorf("colours are lost: %q", tx.Colours())
	}
	tx.Press("q")
	tx.WaitEnd()
}

func TestSSHD(t *testing.T) {
	s := termtest.NewSSHD(t)
	p := termtest.StartPty(t, 80, 10, s.Command("sh", "-c", `echo "[$0] $SSH_TTY"; stty size; exit 3`, `it's "quoted" $HOME`))
	err := p.Wait()
	if err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("ended with %v, want exit status 3", err)
	}
	for _, want := range []string{`[it's "quoted" $HOME] /dev/`, "10 80"} {
		if !strings.Contains(p.Screen(), want) {
			t.Errorf("no %q on the screen:\n%s", want, p.Screen())
		}
	}
}

func TestDemoOverSSH(t *testing.T) {
	s := termtest.NewSSHD(t)
	p := termtest.StartPty(t, 60, 6, s.Command("env", runDemo+"=1", demoCommand(t).Path))
	p.WaitFor("row 0 of 中文 60x6")
	p.Resize(70, 8)
	p.WaitFor("70x8")
	p.Press("q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}
