//go:build unix

package termtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quarry/internal/require"
)

// SSHD is an OpenSSH server on 127.0.0.1 that lets in who runs the test, by a
// key made for it.
type SSHD struct {
	t          testing.TB
	folder     string
	user, port string
}

// NewSSHD starts a server on a free port and kills it with the test. Keys and
// settings lie in a folder of the test; nothing of ~/.ssh is read. Run by root
// it needs /run/sshd and makes it. What it needs is OpenSSH's server, client
// and ssh-keygen; see [require.Tool].
func NewSSHD(t testing.TB) *SSHD {
	t.Helper()
	path := require.Tool(t, "sshd", "apt-get install openssh-server")
	require.Tool(t, "ssh", "apt-get install openssh-client")
	require.Tool(t, "ssh-keygen", "apt-get install openssh-client")
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := &SSHD{t: t, folder: t.TempDir(), user: u.Username}
	s.makeKeys()
	if u.Uid == "0" {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		// Another program may take the port between our look and sshd's.
		if err = s.start(path); err == nil {
			return s
		}
	}
	t.Fatalf("sshd does not start: %v", err)
	return nil
}

func (s *SSHD) file(name string) string { return filepath.Join(s.folder, name) }

func (s *SSHD) makeKeys() {
	s.t.Helper()
	for _, name := range []string{"host", "client"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", s.file(name)).CombinedOutput()
		if err != nil {
			s.t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
}

func (s *SSHD) start(path string) error {
	s.t.Helper()
	port, err := freePort()
	if err != nil {
		return err
	}
	s.port = port
	hostKey, err := os.ReadFile(s.file("host.pub"))
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"known": fmt.Sprintf("[127.0.0.1]:%s %s", port, hostKey),
		"config": strings.Join([]string{
			"Port " + port,
			"ListenAddress 127.0.0.1",
			"HostKey " + s.file("host"),
			"AuthorizedKeysFile " + s.file("client.pub"),
			"PidFile none",
			"StrictModes no",
			"UsePAM no",
			"PasswordAuthentication no",
			"KbdInteractiveAuthentication no",
			"PermitRootLogin prohibit-password",
			"PrintMotd no",
			"PrintLastLog no",
			"",
		}, "\n"),
	} {
		if err := os.WriteFile(s.file(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	log, err := os.Create(s.file("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(path, "-D", "-e", "-f", s.file("config"))
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := s.listening(ended); err != nil {
		_ = cmd.Process.Kill()
		said, _ := os.ReadFile(s.file("log"))
		return fmt.Errorf("%w: %s", err, said)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if said, err := os.ReadFile(s.file("log")); err == nil && s.t.Failed() {
			s.t.Logf("sshd said:\n%s", said)
		}
	})
	return nil
}

// listening waits until the server takes connections or has ended.
func (s *SSHD) listening(ended <-chan error) error {
	var failed error
	ok := poll(func() bool {
		select {
		case failed = <-ended:
			if failed == nil {
				failed = fmt.Errorf("sshd ended")
			}
			return true
		default:
		}
		c, err := net.DialTimeout("tcp", "127.0.0.1:"+s.port, time.Second)
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
	if !ok {
		return fmt.Errorf("no answer on port %s within %s", s.port, Patience)
	}
	return failed
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// Command returns an ssh client that runs a command line on the server, in a
// terminal of its own there, so it is to be started with [StartPty]. The
// arguments arrive as they are given, whatever is in them.
func (s *SSHD) Command(args ...string) *exec.Cmd {
	line := []string{
		"-F", "none", "-tt", "-i", s.file("client"),
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + s.file("known"), "-o", "GlobalKnownHostsFile=none",
		"-o", "LogLevel=ERROR", "-p", s.port, s.user + "@127.0.0.1", "--",
	}
	for _, a := range args {
		line = append(line, "'"+strings.ReplaceAll(a, "'", `'\''`)+"'")
	}
	cmd := exec.Command("ssh", line...)
	cmd.Env = Environ()
	return cmd
}
