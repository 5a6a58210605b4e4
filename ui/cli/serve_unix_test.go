//go:build unix

package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"quarry/internal/require"
	"quarry/ui/termtest"
)

// TestServe runs the built program as a server, a client in it, and ends it by a
// signal: the client gets its terminal back.
func TestServe(t *testing.T) {
	folder := t.TempDir()
	keygen := require.Tool(t, "ssh-keygen", "apt-get install openssh-client")
	ssh := require.Tool(t, "ssh", "apt-get install openssh-client")
	file := func(name string) string { return filepath.Join(folder, name) }
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-C", "kim@laptop", "-f", file("kim")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public, err := os.ReadFile(file("kim.pub"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file("keys"), append([]byte(`environment="QUARRY_REVIEWER=Kim Example" `), public...), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(sample(t, "sample.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(file("docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	scenario := "- title: Scanners of the team\n  condition: device.ip in range (\"192.0.2.0/28\")\n"
	err = errors.Join(os.WriteFile(file("docs/sample.md"), text, 0o600), os.MkdirAll(file("team"), 0o700), os.WriteFile(file("team/a.yaml"), []byte(scenario), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	cmd := quarry(t, "serve", "--listen", "127.0.0.1:0", "--authorized-keys", file("keys"), "--library", file("team"))
	cmd.Env = environ(t, "XDG_CONFIG_HOME="+folder, "XDG_DATA_HOME="+file("data"), "QUARRY_SERVE_DOCUMENTS="+file("docs"), "QUARRY_LOOKBACK=36h")
	server := termtest.StartPty(t, 250, 24, cmd)
	server.WaitForOutput(`address=127\.0\.0\.1:(\d+) host_key=SHA256:`)
	port := regexp.MustCompile(`address=127\.0\.0\.1:(\d+)`).FindStringSubmatch(server.Output())[1]
	if st, err := os.Stat(file("data/quarry/ssh_host_ed25519_key")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the host key: %v, %v", st, err)
	}
	client := exec.Command(ssh, "-F", "none", "-i", file("kim"), "-p", port, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile="+file("known"), "-o", "LogLevel=ERROR", "-tt", "anybody@127.0.0.1")
	client.Env = environ(t)
	p := termtest.StartPty(t, 120, 40, client)
	p.WaitFor("sample.md")
	p.Press("enter")
	p.WaitFor("last 36h")
	p.Press("space")
	p.WaitFor("switched off")
	p.Press("H")
	p.WaitFor("Kim Example")
	// Back to the documents, where nobody holds the review any more, and again.
	p.Press("esc", "o")
	p.WaitFor("Quarry: documents")
	p.WaitFor("sample.md")
	p.Press("enter")
	p.WaitFor("resumed: 1 decision")
	p.Press("3", "i")
	p.WaitFor("Scanners of the team")
	p.WaitFor("in the library of this server")
	p.Press("esc", "w")
	p.WaitFor("a served session only takes from the library")
	// A second one on the same document is told who has it, and decides nothing.
	again := exec.Command(client.Path, client.Args[1:]...)
	again.Env = client.Env
	second := termtest.StartPty(t, 120, 40, again)
	second.WaitFor("sample.md")
	second.Press("enter")
	second.WaitFor("[ ] domain  lantern-cdn")
	second.Press("down", "space")
	second.WaitFor("has this review")
	// A document that is another one by now is told, with its review of before.
	p.Press("esc", "o")
	p.WaitFor("Quarry: documents")
	if err := os.WriteFile(file("docs/sample.md"), append(text, "\nA line more.\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	p.WaitFor("sample.md")
	p.Press("enter")
	p.WaitFor("sample.md changed since review 1 of it (1 decision), so this is a new review")
	server.Signal(syscall.SIGTERM)
	if code := exitCodeOf(t, server.Wait()); code != ExitInterrupted && code != ExitDone {
		t.Errorf("the server ended with %d", code)
	}
	shown := quarry(t, "reviews", "show", "1")
	shown.Env = cmd.Env
	if out, err := shown.CombinedOutput(); err != nil || !strings.Contains(string(out), "Kim Example switched off lantern-cdn") {
		t.Errorf("the review is not saved: %v\n%s", err, out)
	}
	if code := exitCodeOf(t, p.Wait()); code != 1 || !strings.Contains(p.Output(), "Quarry: the server stops") || len(p.LeftOn()) > 0 {
		t.Errorf("the client ended with %d and %v left on", code, p.LeftOn())
	}
}
