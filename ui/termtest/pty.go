//go:build unix

package termtest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Pty is a command that runs in a pseudo-terminal of its own.
type Pty struct {
	*Terminal
	cmd *exec.Cmd
	tty *os.File
	err error // of the command, after ended is closed
}

// StartPty starts a command in a pseudo-terminal of the given size and kills
// it with the test, and with it what it has started. A command without an
// environment gets [Environ]. The terminal answers no query.
func StartPty(t testing.TB, width, height int, cmd *exec.Cmd) *Pty {
	t.Helper()
	if cmd.Env == nil {
		cmd.Env = Environ()
	}
	tty, err := startPolled(cmd, winsize(width, height))
	if err != nil {
		t.Fatalf("start %s in a pseudo-terminal: %v", cmd.Path, err)
	}
	p := &Pty{Terminal: newTerminal(t, width, height, false), cmd: cmd, tty: tty}
	p.input = tty
	go func() {
		// The copy ends with an error when the last process has closed the
		// terminal, or with the file when the test closes it.
		_, _ = io.Copy(display{p.Terminal}, tty)
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Kill()
		_ = tty.Close()
		<-p.ended
	})
	return p
}

// startPolled returns the terminal as a file whose reads end when it is closed.
// The one that pty returns blocks: a close would wait for the program to
// write, and the program would never hear of it.
func startPolled(cmd *exec.Cmd, size *pty.Winsize) (*os.File, error) {
	blocking, err := pty.StartWithSize(cmd, size)
	if err != nil {
		return nil, err
	}
	defer blocking.Close()
	syscall.ForkLock.RLock() // no child may inherit it and keep it open
	fd, err := syscall.Dup(int(blocking.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), blocking.Name()), nil
}

func winsize(width, height int) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}
}

// Kill ends the command and what it has started, without a chance to tidy up.
func (p *Pty) Kill() {
	select {
	case <-p.ended: // the number may belong to another by now
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
}

// Signal sends the command a signal.
func (p *Pty) Signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatalf("signal %s: %v", p.cmd.Path, err)
	}
}

// HangUp closes the terminal under the command, as a lost connection does.
func (p *Pty) HangUp() {
	p.t.Helper()
	if err := p.tty.Close(); err != nil {
		p.t.Fatalf("close the pseudo-terminal: %v", err)
	}
}

// Resize gives the terminal another size; the kernel tells the command.
func (p *Pty) Resize(width, height int) {
	p.t.Helper()
	p.resize(width, height)
	if err := pty.Setsize(p.tty, winsize(width, height)); err != nil {
		p.t.Fatalf("resize to %dx%d: %v", width, height, err)
	}
}

// WaitForOutput waits until what the command has written matches an
// expression.
func (p *Pty) WaitForOutput(expr string) {
	p.t.Helper()
	re := regexp.MustCompile(expr)
	p.Until(fmt.Sprintf("output that matches %q", expr), func() bool { return re.MatchString(p.Output()) })
}

// Wait waits for the command's end and returns its error, an *exec.ExitError
// if it failed.
func (p *Pty) Wait() error {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(Patience):
		p.t.Fatalf("%s did not end within %s; screen:\n%s", p.cmd.Path, Patience, p.Screen())
	}
	return p.err
}
