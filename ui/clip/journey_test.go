//go:build unix

package clip_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/internal/require"
	"quarry/ui/clip"
	"quarry/ui/termtest"
)

// The test binary copies so many bytes when this variable is set.
const copyBytes = "QUARRY_CLIP_BYTES"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(copyBytes)); err == nil {
		c := &copier{text: sample(n), env: clip.NewEnvironment(os.Environ(), runtime.GOOS, false)}
		if _, err := tea.NewProgram(c).Run(); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sample is n bytes in which every line differs, so that a lost or doubled
// piece shows.
func sample(n int) string {
	var b strings.Builder
	for i := 0; ; i++ {
		line := fmt.Sprintf("| where Url has \"%d.example.com\" // ü 中\n", i)
		if b.Len()+len(line) > n {
			return b.String() + strings.Repeat("x", n-b.Len())
		}
		b.WriteString(line)
	}
}

// copier copies at "c", says what became of it, and ends at "q".
type copier struct {
	text string
	env  clip.Environment
	said string
}

func (c *copier) Init() tea.Cmd { return nil }

func (c *copier) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "c":
			return c, c.env.Send(c.text)
		case "q":
			return c, tea.Quit
		}
	case clip.SentMsg:
		c.said = msg.String()
	}
	return c, nil
}

func (c *copier) View() tea.View {
	v := tea.NewView("ready " + c.said)
	v.AltScreen = true
	return v
}

// copierEnviron makes the test binary a copier of so many bytes.
func copierEnviron(t *testing.T, bytes int) []string {
	t.Helper()
	return []string{copyBytes + "=" + strconv.Itoa(bytes), "XDG_STATE_HOME=" + t.TempDir()}
}

func executable(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// journey copies on a terminal and expects the text there, and the sentence on
// the screen to begin as given.
func journey(t *testing.T, outer *termtest.Pty, bytes int, said string) {
	t.Helper()
	outer.WaitFor("ready")
	outer.Press("c")
	outer.WaitFor(said)
	outer.Until("the text in the terminal's clipboard", func() bool { return len(outer.Clipboard()) > 0 })
	if got := outer.Clipboard(); len(got) != 1 || got[0] != sample(bytes) {
		t.Errorf("%d texts arrived, the last of %d bytes, want one of %d", len(got), len(got[len(got)-1]), bytes)
	}
	outer.Press("q")
	if err := outer.Wait(); err != nil {
		t.Error(err)
	}
}

func TestPlainTerminal(t *testing.T) {
	cmd := exec.Command(executable(t))
	cmd.Env = termtest.Environ(copierEnviron(t, 70_000)...)
	journey(t, termtest.StartPty(t, 250, 10, cmd), 70_000, "ready sent 70,000 bytes to your terminal; also in ")
}

// A hundred kilobytes are more than the plain sequence may carry: nothing is
// sent, and the file has it all.
func TestPlainTerminalTooLong(t *testing.T) {
	cmd := exec.Command(executable(t))
	env := copierEnviron(t, 100_000)
	cmd.Env = termtest.Environ(env...)
	outer := termtest.StartPty(t, 250, 10, cmd)
	outer.WaitFor("ready")
	outer.Press("c")
	outer.WaitFor("nothing sent: 100,000 bytes")
	outer.Press("q")
	if err := outer.Wait(); err != nil {
		t.Error(err)
	}
	if got := outer.Clipboard(); len(got) != 0 {
		t.Errorf("%d texts arrived", len(got))
	}
	state := strings.TrimPrefix(env[1], "XDG_STATE_HOME=")
	got, err := os.ReadFile(filepath.Join(state, "quarry", "last-copy.kql"))
	if err != nil || string(got) != sample(100_000) {
		t.Errorf("the file has %d bytes (%v)", len(got), err)
	}
}

func TestTmux(t *testing.T) {
	for _, bytes := range []int{20, 100_000} {
		t.Run(strconv.Itoa(bytes), func(t *testing.T) {
			tx := termtest.NewTmux(t)
			cmd := tx.Command("new-session", "env", executable(t))
			cmd.Env = append(cmd.Env, copierEnviron(t, bytes)...)
			outer := termtest.StartPty(t, 250, 10, cmd)
			outer.WaitFor("ready")
			if got := tx.Run("show-options", "-sv", "set-clipboard"); got != "external\n" {
				t.Fatalf("set-clipboard is %q: not the default settings", got)
			}
			journey(t, outer, bytes, fmt.Sprintf("ready sent %s bytes to tmux, for your terminal; also in ",
				map[int]string{20: "20", 100_000: "100,000"}[bytes]))
		})
	}
}

func TestScreen(t *testing.T) {
	cmd := exec.Command(executable(t))
	cmd.Env = termtest.Environ(copierEnviron(t, 70_000)...)
	journey(t, startScreen(t, cmd), 70_000, "ready sent 70,000 bytes through screen to your terminal; also in ")
}

// startScreen starts GNU screen with its own settings, and a command in it.
func startScreen(t *testing.T, inner *exec.Cmd) *termtest.Pty {
	t.Helper()
	path := require.Tool(t, "screen", "apt-get install screen")
	// Not t.TempDir: the path of a socket may have 107 bytes.
	sockets, err := os.MkdirTemp("", "screen")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"-c", os.DevNull, "-S", "quarry", inner.Path}, inner.Args[1:]...)...)
	cmd.Env = append(inner.Env, "SCREENDIR="+sockets)
	t.Cleanup(func() {
		quit := exec.Command(path, "-S", "quarry", "-X", "quit")
		quit.Env = cmd.Env
		_ = quit.Run() // it may have ended by itself
		_ = os.RemoveAll(sockets)
	})
	return termtest.StartPty(t, 250, 10, cmd)
}

func TestSSH(t *testing.T) {
	s := termtest.NewSSHD(t)
	// A display of the remote machine is not the user's.
	args := append([]string{"env", "DISPLAY=:0"}, copierEnviron(t, 70_000)...)
	outer := termtest.StartPty(t, 250, 10, s.Command(append(args, executable(t))...))
	journey(t, outer, 70_000, "ready sent 70,000 bytes to your terminal; also in ")
}

func TestTmuxOverSSH(t *testing.T) {
	s := termtest.NewSSHD(t)
	tx := termtest.NewTmux(t)
	args := append([]string{"env", "-u", "TMUX"}, copierEnviron(t, 100_000)...)
	args = append(args, tx.Args("new-session", "env", executable(t))...)
	outer := termtest.StartPty(t, 250, 10, s.Command(args...))
	journey(t, outer, 100_000, "ready sent 100,000 bytes to tmux, for your terminal; also in ")
}

// screen on the user's side of SSH shows only in TERM.
func TestSSHInScreen(t *testing.T) {
	s := termtest.NewSSHD(t)
	remote := append([]string{"env", "-u", "STY"}, copierEnviron(t, 70_000)...)
	outer := startScreen(t, s.Command(append(remote, executable(t))...))
	journey(t, outer, 70_000, "ready sent 70,000 bytes through screen to your terminal; also in ")
}

func TestNativeClipboard(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("would overwrite the clipboard of whoever runs the tests")
	}
	require.Tool(t, "xclip", "apt-get install xclip")
	display := startDisplay(t)
	env := termtest.Environ(append(copierEnviron(t, 300_000), display)...)
	cmd := exec.Command(executable(t))
	cmd.Env = env
	outer := termtest.StartPty(t, 250, 10, cmd)
	outer.WaitFor("ready")
	outer.Press("c")
	outer.WaitFor("ready copied 300,000 bytes to the clipboard; also in ")
	paste := exec.Command("xclip", "-o", "-selection", "clipboard")
	paste.Env = env
	if got, err := paste.Output(); err != nil || string(got) != sample(300_000) {
		t.Errorf("the clipboard has %d bytes (%v)", len(got), err)
	}
	if got := outer.Clipboard(); len(got) != 0 {
		t.Errorf("%d texts went to the terminal besides", len(got))
	}
	outer.Press("q")
	if err := outer.Wait(); err != nil {
		t.Error(err)
	}
}

// A display that does not answer: the tool fails, and the terminal gets the text.
func TestDeadDisplay(t *testing.T) {
	require.Tool(t, "xclip", "apt-get install xclip")
	cmd := exec.Command(executable(t))
	cmd.Env = termtest.Environ(append(copierEnviron(t, 20), "DISPLAY=:987")...)
	journey(t, termtest.StartPty(t, 250, 10, cmd), 20, "ready sent 20 bytes to your terminal (the clipboard of this machine: ")
}

// startDisplay starts an X server without a screen and returns its DISPLAY.
func startDisplay(t *testing.T) string {
	t.Helper()
	path := require.Tool(t, "Xvfb", "apt-get install xvfb")
	number, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{tell}
	err = cmd.Start()
	_ = tell.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, so an error is no news
	})
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	return "DISPLAY=:" + strings.TrimSpace(line)
}
