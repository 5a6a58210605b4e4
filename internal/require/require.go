// Package require states what a test needs from the machine it runs on:
// programs such as node, tmux or sshd, and files that a command installs.
//
// What is missing skips the test with the command that installs it, so that a
// newcomer with only Go still gets a green "go test ./...". A machine that is
// meant to run everything sets the environment variable QUARRY_REQUIRE to 1:
// there, what is missing fails the test, and no check is left out unseen.
package require

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Env is the environment variable that turns a skip into a failure when it is
// "1". Any other value, or none, skips.
const Env = "QUARRY_REQUIRE"

// OptionalMark starts the reason of every skip that [Optional] makes, so that a
// run which allows no skip can tell those apart.
const OptionalMark = "optional: "

// systemFolders hold programs of the system that are often left out of an
// ordinary user's PATH; sshd is one.
var systemFolders = []string{"/usr/sbin", "/usr/local/sbin", "/sbin"}

// Tool returns the path of a program. It looks along PATH and then in the
// system's own folders. When the program is nowhere the test is skipped, or
// fails under [Env]; install is the command that brings the program, such as
// "apt-get install tmux".
func Tool(t testing.TB, name, install string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, folder := range systemFolders {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path
		}
	}
	missing(t, "the program "+name, install)
	return ""
}

// File makes sure that a file or folder exists which a command, and not the
// repository, puts there. When it is missing the test is skipped, or fails
// under [Env]; install is that command.
func File(t testing.TB, path, install string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		missing(t, path, install)
	}
}

// Optional skips the test when path does not exist, whatever [Env] says. It is
// for more material to try a reader on that only some machines have and no
// command installs; a promise of the project may not rest on it.
func Optional(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s%s is not on this machine", OptionalMark, path)
	}
}

func missing(t testing.TB, what, install string) {
	t.Helper()
	if os.Getenv(Env) == "1" {
		t.Fatalf("%s is missing and %s=1 asks for it; install it: %s", what, Env, install)
	}
	t.Skipf("%s is missing; install it: %s", what, install)
}
