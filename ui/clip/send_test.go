package clip

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/ansi"

	"quarry/ui/termtest"
)

// sink is a model that only receives.
type sink struct{ cmd tea.Cmd }

func (s sink) Init() tea.Cmd                       { return s.cmd }
func (s sink) Update(tea.Msg) (tea.Model, tea.Cmd) { return s, nil }
func (s sink) View() tea.View                      { return tea.NewView("") }

// send runs the command as a program would and returns its message, and
// whether something was written to the terminal.
func send(t *testing.T, e Environment, text string) (msg SentMsg, raw string, clipboard bool) {
	t.Helper()
	s := termtest.Simulate(t, sink{e.Send(text)}, 80, 24)
	n := 0
	for _, m := range s.Messages() {
		switch m := m.(type) {
		case SentMsg:
			msg = m
			n++
		case tea.RawMsg:
			raw, _ = m.Msg.(string)
		default:
			// Bubble Tea's own message for OSC 52 is not exported.
			if tea.SetClipboard(text)() == m {
				clipboard = true
			}
		}
	}
	if n != 1 {
		t.Fatalf("%d SentMsg, want 1", n)
	}
	return msg, raw, clipboard
}

func newEnvironment(t *testing.T, variables ...string) Environment {
	t.Helper()
	e := NewEnvironment(variables, "linux", false)
	e.Folder = filepath.Join(t.TempDir(), "state", "quarry")
	return e
}

// fakeTool puts a shell script by this name first in PATH.
func fakeTool(t *testing.T, name, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no shell scripts on Windows")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestSendByTmux(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	t.Setenv("OUT", out)
	fakeTool(t, "tmux", `{ echo "$* in $TMUX $TMUX_PANE"; cat; } > "$OUT"`)
	msg, raw, clipboard := send(t, newEnvironment(t, "TMUX=/tmp/socket,1,0", "TMUX_PANE=%7"), "the text")
	if msg.Route.Way != TmuxBuffer || msg.Err != nil || msg.Tried != nil || msg.FileErr != nil || raw != "" || clipboard {
		t.Errorf("%+v, raw %q, clipboard %t", msg, raw, clipboard)
	}
	got, err := os.ReadFile(out)
	if want := "load-buffer -w - in /tmp/socket,1,0 %7\nthe text"; err != nil || string(got) != want {
		t.Errorf("tmux got %q, want %q (%v)", got, want, err)
	}
	if got, want := msg.String(), "sent 8 bytes to tmux, for your terminal; also in "+msg.Path; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}

func TestSendFallsBack(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"old tmux", "echo 'usage: load-buffer [-b buffer-name] path' >&2; exit 1", "usage: load-buffer"},
		{"lost server", "echo 'error connecting to /tmp/socket (No such file or directory)' >&2; exit 1", "error connecting"},
		{"silent", "exit 3", "exit status 3"},
		{"hanging", "exec sleep 600", "no answer within"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fakeTool(t, "tmux", tt.script)
			e := newEnvironment(t, "TMUX=/tmp/socket,1,0")
			if tt.name == "hanging" {
				e.timeout = 50 * time.Millisecond
			}
			msg, _, clipboard := send(t, e, "the text")
			if msg.Route.Way != OSC52 || !clipboard || msg.Err != nil || !strings.Contains(msg.Route.Hint, "set-clipboard on") {
				t.Errorf("%+v, clipboard %t", msg, clipboard)
			}
			if msg.Tried == nil || !strings.Contains(msg.String(), "sent 8 bytes to your terminal (tmux load-buffer: ") || !strings.Contains(msg.String(), tt.want) {
				t.Errorf("says %q, want %q in it", msg, tt.want)
			}
			if msg, _, clipboard := send(t, e, strings.Repeat("x", OSC52Limit+1)); clipboard || !errors.As(msg.Err, new(*TooLongError)) {
				t.Errorf("too long for the fallback, but: %s", msg)
			}
		})
	}
}

func TestSendNative(t *testing.T) {
	e := newEnvironment(t, "DISPLAY=:0")
	var got string
	e.native = func(s string) error { got = s; return nil }
	msg, raw, clipboard := send(t, e, "the text")
	if got != "the text" || raw != "" || clipboard || !strings.HasPrefix(msg.String(), "copied 8 bytes to the clipboard; also in ") {
		t.Errorf("wrote %q, says %q, raw %q, clipboard %t", got, msg, raw, clipboard)
	}

	e.native = func(string) error { return errors.New("no such display") }
	msg, _, clipboard = send(t, e, "the text")
	if !clipboard || !strings.HasPrefix(msg.String(), "sent 8 bytes to your terminal (no such display)") {
		t.Errorf("after a failure: says %q, clipboard %t", msg, clipboard)
	}

	hang := make(chan struct{})
	defer close(hang)
	e.native, e.timeout = func(string) error { <-hang; return nil }, 20*time.Millisecond
	msg, _, clipboard = send(t, e, "the text")
	if !clipboard || !strings.Contains(msg.String(), "did not answer within 20ms") {
		t.Errorf("when it hangs: says %q, clipboard %t", msg, clipboard)
	}

	if err := writeNative("a\x00b"); err == nil {
		t.Error("a NUL byte was accepted")
	}
}

func TestSendByScreen(t *testing.T) {
	text := strings.Repeat("KQL ", 1000)
	msg, raw, clipboard := send(t, newEnvironment(t, "STY=1.host"), text)
	if clipboard || !strings.HasPrefix(msg.String(), "sent 4,000 bytes through screen to your terminal; also in ") {
		t.Errorf("says %q, clipboard %t", msg, clipboard)
	}
	var inner strings.Builder
	for _, chunk := range strings.Split(strings.TrimSuffix(raw, "\x1b\\"), "\x1b\\") {
		if len(chunk) > 768 || !strings.HasPrefix(chunk, "\x1bP") {
			t.Fatalf("chunk of %d bytes: %.20q", len(chunk), chunk)
		}
		inner.WriteString(chunk[2:])
	}
	if inner.String() != ansi.SetSystemClipboard(text) {
		t.Errorf("the chunks hold %.60q", inner.String())
	}
}

func TestSendPlain(t *testing.T) {
	msg, raw, clipboard := send(t, newEnvironment(t, "SSH_TTY=/dev/pts/1", "TERM=tmux-256color"), "the text")
	if !clipboard || raw != "" || msg.Route.Hint == "" || !strings.HasPrefix(msg.String(), "sent 8 bytes to your terminal; also in ") {
		t.Errorf("says %q, hint %q, raw %q, clipboard %t", msg, msg.Route.Hint, raw, clipboard)
	}
}

func TestSendTooLong(t *testing.T) {
	text := strings.Repeat("x", 120_000)
	for name, variable := range map[string]string{"screen": "STY=1.host", "plain": "SSH_TTY=/dev/pts/1"} {
		t.Run(name, func(t *testing.T) {
			msg, raw, clipboard := send(t, newEnvironment(t, variable), text)
			var long *TooLongError
			if raw != "" || clipboard || !errors.As(msg.Err, &long) || *long != (TooLongError{120_000, 74_994}) {
				t.Errorf("%v, raw %d bytes, clipboard %t", msg.Err, len(raw), clipboard)
			}
			for _, want := range []string{"nothing sent", "120,000", "74,994", "read it from " + msg.Path} {
				if !strings.Contains(msg.String(), want) {
					t.Errorf("says %q, want %q in it", msg, want)
				}
			}
			if got, err := os.ReadFile(msg.Path); err != nil || string(got) != text {
				t.Errorf("the file has %d bytes (%v)", len(got), err)
			}
		})
	}
	served := NewEnvironment(nil, "linux", true)
	if msg, _, _ := send(t, served, text); !strings.HasSuffix(msg.String(), "; save it to a file instead") {
		t.Errorf("served: says %q", msg)
	}
}

func TestSendNothing(t *testing.T) {
	msg, raw, clipboard := send(t, newEnvironment(t), "")
	if !errors.Is(msg.Err, ErrEmpty) || raw != "" || clipboard || msg.Path != "" || msg.String() != "nothing sent: there is nothing to copy" {
		t.Errorf("says %q, raw %q, clipboard %t", msg, raw, clipboard)
	}
}

func TestPathInHome(t *testing.T) {
	path := filepath.Join(xdg.Home, "state", fileName)
	if got, want := tilde(path), filepath.Join("~", "state", fileName); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := tilde(xdg.Home + "work/x"); got != xdg.Home+"work/x" {
		t.Errorf("a folder beside home became %s", got)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 74_994: "74,994", 1_234_567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %s", n, got)
		}
	}
}
