//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"quarry/internal/require"
	"quarry/ui/termtest"
)

// output is what the built program prints; an exit code other than 0 fails the
// test.
func output(t testing.TB, args ...string) string {
	t.Helper()
	cmd := quarry(t, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("quarry %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// TestTriageInTmux is a whole triage: walk, decide, see the query change, take
// a decision back, export, leave; and the export opens with every decision.
func TestTriageInTmux(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			folder := t.TempDir()
			triage(t, folder, size[0], size[1])
			reopen(t, filepath.Join(folder, "sample.reviewed.md"), size[0], size[1])
		})
	}
}

func triage(t *testing.T, folder string, width, height int) {
	t.Helper()
	tx := termtest.NewTmux(t)
	cmd := quarry(t, sample(t, "sample.md"))
	cmd.Dir = folder
	tx.Start(width, height, cmd)
	tx.WaitFor("14 of 14 ")
	tx.WaitFor("14 of 14 IOCs: Lantern RAT")
	tx.Press("space")
	tx.WaitFor("13 of 14 ")
	tx.WaitFor("13 of 13 IOCs: Lantern RAT") // the query follows
	tx.Press("down", "b", "down", "e")
	tx.WaitFor("note:")
	tx.Type("mail of a customer")
	tx.Press("enter")
	tx.WaitFor("noted on mail[.]example[.]com")

	tx.Press("2")
	tx.WaitFor("5 of ")
	tx.Press("down", "down", "down", "down", "space")
	tx.WaitFor("4 of ")
	tx.Press("space")
	tx.WaitFor("5 of ")
	tx.Press("up", "space")
	tx.WaitFor("left out table UrlClickEvents")

	tx.Press("3", "space")
	tx.WaitFor("1 of 5 attached")
	tx.WaitFor("attached to ")
	tx.Press("4")
	tx.WaitFor("[DeviceNetworkEvents]")
	const excluded = `| where not(` // and only there in a query
	tx.WaitFor(excluded)
	tx.Press("u")
	tx.WaitFor("undone: attached scenario 1")
	tx.Until("a query without the scenario", func(screen string) bool { return !strings.Contains(screen, excluded) })
	tx.Press("ctrl+r")
	tx.WaitFor("done again: attached scenario 1")
	tx.WaitFor(excluded)

	tx.Press("q")
	tx.WaitFor("decisions not exported")
	tx.Press("E")
	tx.WaitFor("export to: sample.reviewed.md")
	tx.Press("enter")
	tx.WaitFor("wrote sample.reviewed.md")
	tx.Press("q")
	tx.WaitEnd()
}

// reopen opens what triage exported.
func reopen(t *testing.T, path string, width, height int) {
	t.Helper()
	want := "off,domain,lantern-cdn.example,botnet_cc,Lantern RAT,100,2026-05-26,,,,,,false," + sample(t, "sample.md") + ",15\n" +
		"on,domain,update.lantern.test,botnet_cc,Lantern RAT,75,2026-05-26,,,,benign,,false," + sample(t, "sample.md") + ",16\n" +
		"on,domain,mail.example.com,payload_delivery,Lantern RAT,50,2026-05-24,,,,,mail of a customer,false,"
	if got := output(t, "iocs", "--csv", path); !strings.Contains(got, want) {
		t.Errorf("the IOCs of the export are\n%s\nwant among them\n%s", got, want)
	}
	tx := termtest.NewTmux(t)
	tx.Start(width, height, quarry(t, path))
	tx.WaitFor("13 of 14 ")
	tx.WaitFor("[ ] domain")
	tx.WaitFor("benign")
	tx.Press("2")
	tx.WaitFor("4 of ")
	tx.WaitFor("[ ] UrlClickEvents")
	tx.Press("3")
	tx.WaitFor("1 of 5 attached")
	tx.WaitFor("[x] 1 Software deployment")
	// Nothing was decided since, so it leaves without a question, and an
	// export goes back where it came from.
	tx.Press("E")
	tx.Until("the path of the export, or its end", func(screen string) bool {
		return strings.Contains(screen, "export to: ") && strings.Contains(screen, "/"+filepath.Base(path))
	})
	tx.Press("esc", "q")
	tx.WaitEnd()
}

// copyJourney copies the first hunt on a terminal; what arrives is exactly
// what the command line prints.
func copyJourney(t *testing.T, outer *termtest.Pty, said string) {
	t.Helper()
	outer.WaitFor("14 of 14 ")
	outer.Press("y")
	outer.WaitFor(said)
	outer.Until("the query in the terminal's clipboard", func() bool { return len(outer.Clipboard()) > 0 })
	want := strings.TrimSuffix(output(t, "kql", "--table", "CommonSecurityLog", sample(t, "sample.md")), "\n")
	if got := outer.Clipboard(); len(got) != 1 || got[0] != want {
		t.Errorf("the clipboard has %q, want %q", got, want)
	}
	outer.Press("q")
	if err := outer.Wait(); err != nil {
		t.Error(err)
	}
	if left := outer.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// remote is a command line for the other side of SSH, whose environment is
// sshd's.
func remote(t *testing.T, args ...string) []string {
	t.Helper()
	state := t.TempDir()
	return append([]string{"env", "-u", "TMUX", "-u", "STY", "XDG_STATE_HOME=" + state, "XDG_CONFIG_HOME=" + state, "LC_ALL=C.UTF-8"}, args...)
}

func TestCopyInTerminal(t *testing.T) {
	copyJourney(t, termtest.StartPty(t, 120, 40, quarry(t, sample(t, "sample.md"))), "bytes to your terminal")
}

func TestCopyOverSSH(t *testing.T) {
	s := termtest.NewSSHD(t)
	outer := termtest.StartPty(t, 120, 40, s.Command(remote(t, builtBinary(t), sample(t, "sample.md"))...))
	copyJourney(t, outer, "bytes to your terminal")
}

func TestCopyInTmuxOverSSH(t *testing.T) {
	s := termtest.NewSSHD(t)
	tx := termtest.NewTmux(t)
	args := remote(t, tx.Args("new-session", "env", builtBinary(t), sample(t, "sample.md"))...)
	outer := termtest.StartPty(t, 120, 40, s.Command(args...))
	outer.WaitFor("14 of 14 ")
	if got := tx.Run("show-options", "-sv", "set-clipboard"); got != "external\n" {
		t.Fatalf("set-clipboard is %q: not the default settings", got)
	}
	copyJourney(t, outer, "bytes to tmux")
}

func TestCopyInScreen(t *testing.T) {
	path := require.Tool(t, "screen", "apt-get install screen")
	// Not t.TempDir: the path of a socket may have 107 bytes.
	sockets, err := os.MkdirTemp("", "screen")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-c", os.DevNull, "-S", "quarry", builtBinary(t), sample(t, "sample.md"))
	cmd.Env = environ(t, "SCREENDIR="+sockets)
	t.Cleanup(func() {
		quit := exec.Command(path, "-S", "quarry", "-X", "quit")
		quit.Env = cmd.Env
		_ = quit.Run() // it may have ended by itself
		_ = os.RemoveAll(sockets)
	})
	copyJourney(t, termtest.StartPty(t, 120, 40, cmd), "bytes through screen to your terminal")
}

// TestDocumentOnStandardInput: the keys then come from the terminal.
func TestDocumentOnStandardInput(t *testing.T) {
	cmd := exec.Command("sh", "-c", `cat "$1" | "$0" -`, builtBinary(t), sample(t, "sample.md"))
	cmd.Env = environ(t)
	p := termtest.StartPty(t, 100, 30, cmd)
	p.WaitFor("14 of 14 ")
	p.Press("space")
	p.WaitFor("13 of 14 ")
	p.Resize(120, 40)
	p.WaitFor("Scenarios")
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if left := p.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// TestSlowPipe: while nothing can be shown, it is said why, and the document that
// comes late is read.
func TestSlowPipe(t *testing.T) {
	late := filepath.Join(t.TempDir(), "late")
	if err := syscall.Mkfifo(late, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `cat "$1" | "$0" -`, builtBinary(t), late)
	cmd.Env = environ(t)
	p := termtest.StartPty(t, 100, 30, cmd)
	p.WaitFor("quarry: reading; Ctrl-C gives up")
	if err := os.WriteFile(late, []byte("evil.example\nbad.example\n"), 0); err != nil {
		t.Fatal(err)
	}
	p.WaitFor("2 of 2 ")
	p.Press("q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// TestDoctorInTmux: tmux is asked, not the terminal.
func TestDoctorInTmux(t *testing.T) {
	tx := termtest.NewTmux(t)
	cmd := exec.Command("sh", "-c", `"$0" doctor; read -r _`, builtBinary(t))
	cmd.Env = environ(t)
	tx.Start(120, 90, cmd) // every setting has a row
	tx.WaitFor("Robin Example")
	for _, want := range []string{"120 x 90 cells", "multiplexer  tmux, tmux ", ", set-clipboard external", "clipboard    tmux buffer, passed on to your terminal"} {
		if !strings.Contains(tx.Screen(), want) {
			t.Errorf("no %q on the screen:\n%s", want, tx.Screen())
		}
	}
}

// TestBuiltInSample: with no file there is something to look at.
func TestBuiltInSample(t *testing.T) {
	p := termtest.StartPty(t, 100, 30, quarry(t))
	p.WaitFor("14 of 14 ")
	p.Press("q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// BenchmarkFirstFrame is the time from the start of the program to the first
// screen with the rows on it, in a terminal that answers no query.
func BenchmarkFirstFrame(b *testing.B) {
	var took []time.Duration
	doc := sample(b, "sample.md")
	quarry(b) // builds it
	for b.Loop() {
		cmd := quarry(b, doc)
		start := time.Now()
		p := termtest.StartPty(b, 120, 40, cmd)
		p.WaitFor("lantern-cdn[.]example")
		took = append(took, time.Since(start))
		p.Press("q")
		if err := p.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "ms/p90")
}
