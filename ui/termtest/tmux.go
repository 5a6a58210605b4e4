//go:build unix

package termtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quarry/internal/require"
)

// Tmux is a private tmux server with default settings.
type Tmux struct {
	t      testing.TB
	folder string
	height int
}

// NewTmux makes room for a server, which tmux starts with the first session,
// and kills it with the test. What it needs is tmux; see [require.Tool].
func NewTmux(t testing.TB) *Tmux {
	t.Helper()
	require.Tool(t, "tmux", "apt-get install tmux")
	// Not t.TempDir: the path of a socket may have 107 bytes.
	folder, err := os.MkdirTemp("", "tmux")
	if err != nil {
		t.Fatal(err)
	}
	tx := &Tmux{t: t, folder: folder}
	t.Cleanup(func() {
		_ = tx.Command("kill-server").Run() // it may have ended by itself
		_ = os.RemoveAll(folder)
	})
	return tx
}

// Args returns the command line of a tmux command for this server, to be run
// here or over SSH.
func (tx *Tmux) Args(args ...string) []string {
	return append([]string{"tmux", "-f", os.DevNull, "-S", filepath.Join(tx.folder, "socket")}, args...)
}

// Command returns a tmux command for this server, in [Environ]. To be a client
// of it, [StartPty] a "new-session" or an "attach-session".
func (tx *Tmux) Command(args ...string) *exec.Cmd {
	line := tx.Args(args...)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = Environ()
	return cmd
}

// Run runs a tmux command and returns its output. An error fails the test.
func (tx *Tmux) Run(args ...string) string {
	tx.t.Helper()
	return tx.run(tx.Command(args...))
}

func (tx *Tmux) run(cmd *exec.Cmd) string {
	tx.t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tx.t.Fatalf("%s: %v: %s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return string(out)
}

// Start starts a session of the given size that runs cmd, with its environment
// or [Environ], and nobody attached.
func (tx *Tmux) Start(width, height int, cmd *exec.Cmd) {
	tx.t.Helper()
	tx.height = height
	// With one argument tmux would call a shell; with two it does not.
	args := []string{"new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "env", cmd.Path}
	start := tx.Command(append(args, cmd.Args[1:]...)...)
	if cmd.Env != nil {
		start.Env = cmd.Env
	}
	start.Dir = cmd.Dir
	tx.run(start)
}

// Press sends keys by Bubble Tea's names for them; see [Terminal.Press].
func (tx *Tmux) Press(keys ...string) {
	tx.t.Helper()
	for _, name := range keys {
		b, err := keyBytes(name)
		if err != nil {
			tx.t.Fatal(err)
		}
		args := []string{"send-keys", "-H"}
		for _, c := range []byte(b) {
			if c >= 0x80 {
				args = []string{"send-keys", "-l", b}
				break
			}
			args = append(args, strconv.FormatUint(uint64(c), 16))
		}
		tx.Run(args...)
	}
}

// Type presses a key for every character of text, enter for a line feed.
func (tx *Tmux) Type(text string) {
	tx.t.Helper()
	tx.Press(typedKeys(text)...)
}

// Paste pastes text from a buffer of tmux, in brackets if the program asked
// for that.
func (tx *Tmux) Paste(text string) {
	tx.t.Helper()
	load := tx.Command("load-buffer", "-")
	load.Stdin = strings.NewReader(text)
	tx.run(load)
	tx.Run("paste-buffer", "-p", "-d")
}

// Resize gives the window another size.
func (tx *Tmux) Resize(width, height int) {
	tx.t.Helper()
	tx.height = height
	tx.Run("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
}

// Screen returns the text of the pane, a line a row, without the spaces at the
// end of lines.
func (tx *Tmux) Screen() string {
	tx.t.Helper()
	return screenOf(tx.Run("capture-pane", "-p"), tx.height)
}

func screenOf(captured string, height int) string {
	lines := strings.Split(strings.TrimSuffix(captured, "\n"), "\n")
	if missing := height - len(lines); missing > 0 {
		lines = append(lines, slices.Repeat([]string{""}, missing)...)
	}
	return joinTrimmed(lines)
}

// Colours returns the pane with its SGR sequences.
func (tx *Tmux) Colours() string {
	tx.t.Helper()
	return tx.Run("capture-pane", "-p", "-e")
}

// Buffer returns the text of tmux's latest paste buffer.
func (tx *Tmux) Buffer() string {
	tx.t.Helper()
	return tx.Run("show-buffer")
}

// WaitFor waits until the pane shows text.
func (tx *Tmux) WaitFor(text string) {
	tx.t.Helper()
	tx.Until("the text "+text, func(screen string) bool { return strings.Contains(screen, text) })
}

// Until waits until ok returns true for the pane's screen. tmux does not tell
// of changes, so it is asked again and again.
func (tx *Tmux) Until(what string, ok func(screen string) bool) {
	tx.t.Helper()
	screen := ""
	if !poll(func() bool {
		screen = tx.Screen()
		return ok(screen)
	}) {
		tx.t.Fatalf("%s did not come within %s; screen:\n%s", what, Patience, screen)
	}
}

// WaitEnd waits until the last session has ended, and the server with it.
func (tx *Tmux) WaitEnd() {
	tx.t.Helper()
	if !poll(func() bool { return tx.Command("list-sessions").Run() != nil }) {
		tx.t.Fatalf("the program in tmux did not end within %s; screen:\n%s", Patience, tx.Screen())
	}
}

// poll asks until the answer is yes, or [Patience] is at its end.
func poll(ok func() bool) bool {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(Patience)
	for {
		if ok() {
			return true
		}
		select {
		case <-again.C:
		case <-late:
			return false
		}
	}
}
