//go:build unix

package cli

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"quarry/ui/termtest"
)

// eventually asks until the answer is yes, for what no terminal tells.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	late := time.After(termtest.Patience)
	for !ok() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("%s: not within %s", what, termtest.Patience)
		}
	}
}

// processOf reads the number of a process that a shell wrote to a file.
func processOf(t testing.TB, path string) int {
	t.Helper()
	pid := 0
	eventually(t, "the number of the process", func() bool {
		text, _ := os.ReadFile(path)
		line, whole := strings.CutSuffix(string(text), "\n")
		pid, _ = strconv.Atoi(line)
		return whole && pid > 0
	})
	return pid
}

// gone waits for the end of a process that is not the test's own child.
func gone(t testing.TB, pid int) {
	t.Helper()
	eventually(t, "the end of the program", func() bool {
		if state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(state), ") Z ") {
			return true // nobody has asked for its exit code yet
		}
		return syscall.Kill(pid, 0) == syscall.ESRCH
	})
}

func signalTo(t testing.TB, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// TestTerminalIsRestored: whatever ends the workbench, the shell finds its
// terminal as it was, and the exit code tells.
func TestTerminalIsRestored(t *testing.T) {
	// The inner shell gives its number to the program; the outer one compares
	// the settings of the terminal.
	const script = `before=$(stty -g)
sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$@"
code=$?
[ "$(stty -g)" = "$before" ] && echo "as it was, code $code"`
	for name, tt := range map[string]struct {
		end  func(t *testing.T, p *termtest.Pty, pid int)
		code int
	}{
		"q":      {func(_ *testing.T, p *termtest.Pty, _ int) { p.Press("q") }, ExitDone},
		"ctrl+c": {func(_ *testing.T, p *termtest.Pty, _ int) { p.Press("ctrl+c") }, ExitDone},
		"q after a decision": {func(_ *testing.T, p *termtest.Pty, _ int) {
			p.Press("space", "q")
			p.WaitFor("1 decision not exported")
			p.Press("q")
		}, ExitDone},
		"ctrl+c in a prompt": {func(_ *testing.T, p *termtest.Pty, _ int) {
			p.Press("/")
			p.WaitFor("filter:")
			p.Press("ctrl+c", "ctrl+c")
		}, ExitDone},
		"SIGTERM": {func(t *testing.T, _ *termtest.Pty, pid int) { signalTo(t, pid, syscall.SIGTERM) }, ExitInterrupted},
		"SIGHUP":  {func(t *testing.T, _ *termtest.Pty, pid int) { signalTo(t, pid, syscall.SIGHUP) }, ExitInterrupted},
		"SIGINT":  {func(t *testing.T, _ *termtest.Pty, pid int) { signalTo(t, pid, syscall.SIGINT) }, ExitInterrupted},
		"SIGTERM twice": {func(t *testing.T, _ *termtest.Pty, pid int) {
			signalTo(t, pid, syscall.SIGTERM)
			_ = syscall.Kill(pid, syscall.SIGTERM) // it may have ended by the first
		}, ExitInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			number := filepath.Join(t.TempDir(), "pid")
			cmd := exec.Command("sh", "-c", script, "sh", number, builtBinary(t), sample(t, "sample.md"))
			cmd.Env = environ(t)
			p := termtest.StartPty(t, 100, 30, cmd)
			p.WaitFor("14 of 14 ")
			pid := processOf(t, number)
			tt.end(t, p, pid)
			if err := p.Wait(); err != nil {
				t.Error(err)
			}
			want := "as it was, code " + strconv.Itoa(tt.code)
			if !strings.Contains(p.Output(), want) {
				t.Errorf("no %q; the terminal shows\n%s", want, p.Screen())
			}
			if left := p.LeftOn(); len(left) > 0 {
				t.Errorf("the terminal was left with %v", left)
			}
		})
	}
}

// TestLostTerminal: when the terminal goes away the program does too, and does
// not stay behind waiting for keys.
func TestLostTerminal(t *testing.T) {
	start := func(t *testing.T, tail string) (p *termtest.Pty, pid int) {
		t.Helper()
		number := filepath.Join(t.TempDir(), "pid")
		script := `sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$@"` + tail
		cmd := exec.Command("sh", "-c", script, "sh", number, builtBinary(t), sample(t, "sample.md"))
		cmd.Env = environ(t)
		p = termtest.StartPty(t, 100, 30, cmd)
		p.WaitFor("14 of 14 ")
		p.Press("space")
		p.WaitFor("13 of 14 ")
		return p, processOf(t, number)
	}
	t.Run("closed", func(t *testing.T) {
		p, pid := start(t, "")
		p.HangUp()
		gone(t, pid)
	})
	t.Run("the shell is killed", func(t *testing.T) {
		p, pid := start(t, "; echo after")
		p.Signal(syscall.SIGKILL)
		gone(t, pid)
	})
	t.Run("SSH", func(t *testing.T) {
		s := termtest.NewSSHD(t)
		number := filepath.Join(t.TempDir(), "pid")
		args := append([]string{"sh", "-c", `echo $$ >"$0"; exec "$@"`, number}, remote(t, builtBinary(t), sample(t, "sample.md"))...)
		p := termtest.StartPty(t, 100, 30, s.Command(args...))
		p.WaitFor("14 of 14 ")
		pid := processOf(t, number)
		p.Kill()
		gone(t, pid)
	})
}

// waiting starts a verb that reads a pipe, and returns when it does. What is
// written to the pipe is its document.
func waiting(t *testing.T, wrap ...string) (cmd *exec.Cmd, pipe *os.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(wrap, builtBinary(t), "iocs", path)
	cmd = exec.Command(args[0], args[1:]...)
	cmd.Env = environ(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	pipe, err := os.OpenFile(path, os.O_WRONLY, 0) // returns when the program reads
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pipe.Close() })
	return cmd, pipe
}

func TestInterruptEndsAVerbThatWaits(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			continue // the tests run under nohup, and what they start ignores it too
		}
		cmd, _ := waiting(t)
		signalTo(t, cmd.Process.Pid, s)
		if code := exitCodeOf(t, cmd.Wait()); code != ExitInterrupted {
			t.Errorf("%s: ended with %d, want %d", s, code, ExitInterrupted)
		}
	}
}

// nohup has the loss of the terminal ignored, and so it is.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	cmd, pipe := waiting(t, "sh", "-c", `trap "" HUP; exec "$@"`, "sh")
	signalTo(t, cmd.Process.Pid, syscall.SIGHUP)
	text, err := os.ReadFile(sample(t, "sample.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pipe.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestWithoutATerminalForKeys: a screen alone is not enough.
func TestWithoutATerminalForKeys(t *testing.T) {
	outer, screen, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	defer screen.Close()
	cmd := quarry(t, sample(t, "sample.md"))
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = screen, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // nothing is its terminal
	if code := exitCodeOf(t, cmd.Run()); code != ExitUsage || !strings.Contains(stderr.String(), "quarry: the workbench needs a terminal for its keys") {
		t.Errorf("ended with %d: %s", code, stderr.String())
	}
}

// TestOutputThatIsLost: what could not be written is not done.
func TestOutputThatIsLost(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // only Linux has a device that is full
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	doc := sample(t, "sample.md")
	for _, args := range [][]string{
		{"iocs", doc}, {"iocs", "--json", doc}, {"iocs", "--csv", doc}, {"kql", doc}, {"kql", "--json", doc},
		{"scenarios", doc}, {"lint", doc}, {"lint", "--json", doc}, {"export", doc}, {"export", "--as", "json", doc},
		{"tables"}, {"tables", "--json"}, {"doctor"}, {"--version"},
	} {
		cmd := quarry(t, args...)
		var stderr strings.Builder
		cmd.Stdout, cmd.Stderr = full, &stderr
		if code := exitCodeOf(t, cmd.Run()); code != ExitFile || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("quarry %v: ended with %d: %s", args, code, stderr.String())
		}
	}
}
