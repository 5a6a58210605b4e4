//go:build unix

package ssh

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quarry/internal/require"
	"quarry/ui/termtest"
)

// client is OpenSSH's, with a key of the test.
func (r *running) client(key string, args ...string) *exec.Cmd {
	r.t.Helper()
	ssh := require.Tool(r.t, "ssh", "apt-get install openssh-client")
	return r.command(ssh, append([]string{"-i", r.file(key), "-p", r.port}, args...)...)
}

func (r *running) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, append([]string{
		"-F", "none", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + r.file("known"), "-o", "GlobalKnownHostsFile=none",
	}, args...)...)
	cmd.Env = termtest.Environ("LC_ALL=C.UTF-8")
	return cmd
}

// session is the workbench in a terminal, opened on the list of documents.
func (r *running) session(w, h int, args ...string) *termtest.Pty {
	r.t.Helper()
	return r.as("robin", w, h, args...)
}

// as is the session of a key.
func (r *running) as(key string, w, h int, args ...string) *termtest.Pty {
	r.t.Helper()
	p := termtest.StartPty(r.t, w, h, r.client(key, append(args, "-tt", "nobody@127.0.0.1")...))
	p.WaitFor("Quarry: documents")
	p.WaitFor("lantern.md")
	return p
}

func pick(p *termtest.Pty, name, sees string) {
	p.Type(name)
	p.Press("enter")
	p.WaitFor(sees)
}

func TestKeyOpensTheWorkbench(t *testing.T) {
	r := newRunning(t, nil)
	p := r.session(80, 24)
	p.WaitFor("notes/other.txt")
	p.Type("nothing like it")
	p.WaitFor("no document has these words")
	for range "nothing like it" {
		p.Press("backspace")
	}
	pick(p, "lantern", "Lantern RAT")
	p.Press("space")
	p.WaitFor("switched off lantern-cdn[.]example")
	p.Press("H")
	p.WaitFor("robin@example.com")
	p.Press("esc", "y")
	p.WaitFor("bytes to your terminal")
	if clips := p.Clipboard(); len(clips) != 1 || !strings.Contains(clips[0], "CommonSecurityLog") {
		t.Errorf("%d copies arrived: %.80q", len(clips), clips)
	}
	p.Resize(120, 40)
	p.Until("the wide layout", func() bool {
		return strings.Count(p.Screen(), "\n") >= 38 && strings.Contains(p.Screen(), "3 Scenarios")
	})
	if !strings.Contains(p.Output(), "\x1b[36m") && !strings.Contains(p.Output(), "\x1b[1;36m") {
		t.Error("no colour arrived")
	}
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if left := p.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
	r.log.waitFor(t, "reason=left", 1)
	if log := r.log.String(); !strings.Contains(log, "reviewer=robin@example.com") || strings.Contains(log, "lantern") {
		t.Errorf("the log is\n%s", log)
	}
}

// TestClientSaysWhatItsTerminalShows: colours come from the client's variables,
// of which only harmless ones are taken.
func TestClientSaysWhatItsTerminalShows(t *testing.T) {
	r := newRunning(t, nil)
	p := r.session(80, 24, "-o", "SetEnv=NO_COLOR=1 QUARRY_REVIEWER=somebody TMUX=/tmp/x,1,1 LC_ALL=C")
	pick(p, "lantern", "Lantern RAT")
	p.Press("space")
	p.WaitFor("switched off")
	for _, colour := range []string{"\x1b[36m", "\x1b[1;36m", "\x1b[32m", "\x1b[90m"} {
		if strings.Contains(p.Output(), colour) {
			t.Errorf("%q was sent though the client wants no colours", colour)
		}
	}
	if strings.ContainsAny(p.Screen(), "─▸■") {
		t.Error("boxes were sent though the client has ASCII only")
	}
	p.Press("H")
	p.WaitFor("robin@example.com")
}

// TestNothingElseIsServed: every other way in, and everything else that SSH
// offers, is refused; the workbench is not disturbed.
func TestNothingElseIsServed(t *testing.T) {
	r := newRunning(t, nil)
	p := r.session(80, 24)
	for _, tt := range []struct {
		name string
		cmd  *exec.Cmd
		says string
		log  string
	}{
		{"a wrong key", r.client("stranger", "-tt", "nobody@127.0.0.1"), "Permission denied (publickey)", `msg="key refused"`},
		{"no key", r.client("robin", "-o", "PubkeyAuthentication=no", "-tt", "nobody@127.0.0.1"), "Permission denied (publickey)", ""},
		{"a password", r.client("stranger", "-o", "PreferredAuthentications=password,keyboard-interactive", "-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1", "nobody@127.0.0.1"), "Permission denied (publickey)", ""},
		{"a command", r.client("robin", "nobody@127.0.0.1", "id"), onlyTheWorkbench, "request=exec"},
		{"a command in a terminal", r.client("robin", "-tt", "nobody@127.0.0.1", "sh"), onlyTheWorkbench, "request=exec"},
		{"a subsystem", r.client("robin", "-s", "nobody@127.0.0.1", "netconf"), "subsystem request failed", "request=subsystem"},
		{"no terminal", r.client("robin", "-T", "nobody@127.0.0.1"), "the workbench needs a terminal; use ssh -t", ""},
		{"a port from there", r.client("robin", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "nobody@127.0.0.1"), "remote port forwarding failed", ""},
		{"a tunnel", r.client("robin", "-W", "127.0.0.1:22", "nobody@127.0.0.1"), "only the workbench is served here", "channel=direct-tcpip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cmd.Stdin = strings.NewReader("")
			out, err := tt.cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), tt.says) {
				t.Errorf("%v: %s, want %q", err, out, tt.says)
			}
			if tt.log != "" {
				r.log.waitFor(t, tt.log, 1)
			}
		})
	}
	for _, args := range [][]string{{"nobody@127.0.0.1", "ls"}, {"-tt", "nobody@127.0.0.1", "scp", "-t", "."}} {
		cmd := r.client("robin", args...)
		var errs strings.Builder
		cmd.Stdin, cmd.Stderr = strings.NewReader("y"), &errs
		out, err := cmd.Output()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() != 1 || len(out) > 0 || !strings.HasPrefix(errs.String(), "Quarry: "+onlyTheWorkbench) {
			t.Errorf("%v: %v, %q on standard output, %q", args, err, out, errs.String())
		}
	}
	pick(p, "lantern", "Lantern RAT")
}

func TestNoFileTransfer(t *testing.T) {
	r := newRunning(t, nil)
	sftp := require.Tool(t, "sftp", "apt-get install openssh-client")
	cmd := r.command(sftp, "-i", r.file("robin"), "-P", r.port, "nobody@127.0.0.1")
	cmd.Stdin = strings.NewReader("ls\n")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "subsystem request failed") {
		t.Errorf("sftp: %v: %s", err, out)
	}
}

// TestNoPortIsForwarded: the client listens, but what connects there gets nothing.
func TestNoPortIsForwarded(t *testing.T) {
	r := newRunning(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	inside := l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "inside")
			_ = c.Close()
		}
	}()
	socket := filepath.Join(r.folder, "L")
	p := r.session(80, 24, "-A", "-o", "LogLevel=QUIET", "-L", socket+":"+inside)
	c, err := net.DialTimeout("unix", socket, termtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, _ := io.ReadAll(c); len(got) > 0 {
		t.Errorf("%q came through", got)
	}
	r.log.waitFor(t, "channel=direct-tcpip", 1)
	pick(p, "lantern", "Lantern RAT")
}

// TestManySessions: twenty work at once, a quarter of each key, one more is refused,
// and when one has left there is room again.
func TestManySessions(t *testing.T) {
	const many = 20
	r := newRunning(t, func(o *Options) { o.Sessions = many })
	reviewers := []string{"robin", "stranger", "kim", "alex"}
	var authorized []byte
	for _, name := range reviewers {
		if _, err := os.Stat(r.file(name)); err != nil {
			r.makeKey(name)
		}
		authorized = append(authorized, r.read(name+".pub")...)
	}
	if err := os.WriteFile(r.file("authorized_keys"), authorized, 0o600); err != nil {
		t.Fatal(err)
	}
	sessions := make([]*termtest.Pty, many)
	for i := range sessions {
		sessions[i] = termtest.StartPty(t, 80, 24, r.client(reviewers[i%4], "-tt", "nobody@127.0.0.1"))
	}
	for i, p := range sessions {
		p.WaitFor("lantern.md")
		pick(p, []string{"lantern", "other"}[i%2], []string{"Lantern RAT", "other[.]example"}[i%2])
	}
	for _, p := range sessions {
		p.Press("space")
	}
	for _, p := range sessions {
		p.WaitFor("switched off")
	}
	out, err := r.client("robin", "-tt", "nobody@127.0.0.1").CombinedOutput()
	if err == nil || !strings.Contains(string(out), strconv.Itoa(many)+" sessions are open, which is the most; try again later") {
		t.Errorf("one more session: %v: %s", err, out)
	}
	sessions[0].Press("q", "q")
	if err := sessions[0].Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	r.log.waitFor(t, "reason=left", 1)
	r.session(80, 24)
	var all sync.WaitGroup
	for _, p := range sessions[1:] {
		all.Add(1)
		go func() { defer all.Done(); p.Kill() }()
	}
	all.Wait()
	r.log.waitFor(t, `reason="the connection was lost"`, many-1)
}

// TestLostConnectionEndsItsSession: what it held is free again.
func TestLostConnectionEndsItsSession(t *testing.T) {
	r := newRunning(t, func(o *Options) { o.Sessions = 1 })
	for n := range 3 {
		p := r.session(80, 24)
		pick(p, "lantern", "Lantern RAT")
		if n == 1 {
			p.HangUp()
		} else {
			p.Kill()
		}
		r.log.waitFor(t, `msg="session ends"`, n+1)
	}
}

// TestStopEndsAllSessions: every client is told, and gets its terminal back.
func TestStopEndsAllSessions(t *testing.T) {
	r := newRunning(t, nil)
	var sessions []*termtest.Pty
	for range 3 {
		sessions = append(sessions, r.session(80, 24))
	}
	pick(sessions[0], "lantern", "Lantern RAT")
	r.stop()
	for _, p := range sessions {
		var ended *exec.ExitError
		if err := p.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 1 {
			t.Errorf("ended with %v, want 1", err)
		}
		if !strings.Contains(p.Output(), "Quarry: the server stops") {
			t.Errorf("the client was told %.300q", p.Output())
		}
		if left := p.LeftOn(); len(left) > 0 {
			t.Errorf("the terminal was left with %v", left)
		}
	}
	r.log.waitFor(t, "msg=stopped", 1)
	if c, err := net.DialTimeout("tcp", "127.0.0.1:"+r.port, time.Second); err == nil {
		_ = c.Close()
		t.Error("it still listens")
	}
}

func TestIdleSessionIsClosed(t *testing.T) {
	r := newRunning(t, func(o *Options) { o.Idle = time.Second })
	p := termtest.StartPty(t, 80, 24, r.client("robin", "-tt", "nobody@127.0.0.1"))
	if err := p.Wait(); err == nil || !strings.Contains(p.Output(), "Quarry: no key came for 1s") {
		t.Errorf("ended with %v: %.300q", err, p.Output())
	}
	if left := p.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// TestKeyTakenAwayIsRefused: the file is read each time.
func TestKeyTakenAwayIsRefused(t *testing.T) {
	r := newRunning(t, nil)
	r.session(80, 24)
	if err := os.WriteFile(r.file("authorized_keys"), []byte("# nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := r.client("robin", "-tt", "nobody@127.0.0.1").CombinedOutput(); err == nil || !strings.Contains(string(out), "Permission denied") {
		t.Errorf("%v: %s", err, out)
	}
}
