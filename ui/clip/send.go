package clip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"
	"github.com/atotto/clipboard"
	"github.com/charmbracelet/x/ansi"
)

// ErrEmpty says that there was nothing to copy. An empty sequence would clear
// the clipboard.
var ErrEmpty = errors.New("there is nothing to copy")

// TooLongError says that a text was not sent because it would not arrive.
type TooLongError struct {
	Bytes, Limit int
}

// Error names both numbers.
func (e *TooLongError) Error() string {
	return fmt.Sprintf("%s bytes are too many for the way to your terminal, which takes %s for sure", number(e.Bytes), number(e.Limit))
}

// SentMsg tells the model what became of a text.
type SentMsg struct {
	// Route is the way that was taken, or would have been.
	Route Route
	// Path is the file that holds the text too; empty if none was written.
	Path string
	// Tried is why the way that came first failed, so that Route is another.
	Tried error
	// Err is why nothing was sent: [ErrEmpty] or a [*TooLongError].
	Err error
	// FileErr is why the file was not written.
	FileErr error
}

// Send returns the command that brings text to the clipboard and ends in a
// [SentMsg]. The way is decided when the command runs. A failing tool is given
// up after five seconds, and plain OSC 52 takes its place. What is too long
// for a way to the terminal is not sent. The file is written in every case;
// that it cannot be written is told and changes nothing else.
//
// The sequences for the terminal go through the program's renderer, so Update
// has only to return the command.
func (e Environment) Send(text string) tea.Cmd {
	return func() tea.Msg {
		msg := SentMsg{Route: e.Route(text)}
		if text == "" {
			msg.Err = ErrEmpty
			return msg
		}
		msg.Path, msg.FileErr = e.keep(text)
		if msg.Tried = e.runTool(msg.Route.Way, text); msg.Tried != nil {
			msg.Route = e.fallback(msg.Route)
		}
		var write tea.Cmd
		switch {
		case msg.Route.TooLong():
			msg.Err = &TooLongError{Bytes: len(text), Limit: msg.Route.Limit}
			return msg
		case msg.Route.Way == Screen:
			// screen takes no string longer than 768 bytes.
			write = tea.Raw(ansi.ScreenPassthrough(ansi.SetSystemClipboard(text), 700))
		case msg.Route.Way == OSC52:
			write = tea.SetClipboard(text)
		default:
			return msg
		}
		return tea.Sequence(write, func() tea.Msg { return msg })()
	}
}

// runTool goes the ways that need a program and no sequence.
func (e Environment) runTool(way Way, text string) error {
	switch way {
	case TmuxBuffer:
		return e.loadBuffer(text)
	case Native:
		return e.copyNative(text)
	}
	return nil
}

// fallback returns the way after one that failed.
func (e Environment) fallback(failed Route) Route {
	r := Route{Way: OSC52, Bytes: failed.Bytes, Limit: OSC52Limit, Hint: e.terminalHint()}
	if failed.Way == TmuxBuffer {
		r.Hint = "tmux before 3.2 has no \"load-buffer -w\"; it passes this on only with \"set -s set-clipboard on\""
	}
	return r
}

// loadBuffer hands text to tmux.
func (e Environment) loadBuffer(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), e.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Env = append(os.Environ(), "TMUX="+e.tmux, "TMUX_PANE="+e.tmuxPane)
	cmd.Stdin = strings.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("tmux load-buffer: no answer within %s", e.timeout)
	case said != "":
		return fmt.Errorf("tmux load-buffer: %s", said)
	}
	return fmt.Errorf("tmux load-buffer: %w", err)
}

// copyNative writes this machine's clipboard. The tool cannot be stopped; one
// that hangs is left behind.
func (e Environment) copyNative(text string) error {
	write := e.native
	if write == nil { // the analyst says that it is theirs
		write = writeNative
	}
	done := make(chan error, 1)
	go func() { done <- write(text) }()
	late := time.NewTimer(e.timeout)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return fmt.Errorf("the clipboard of this machine did not answer within %s", e.timeout)
	}
}

// writeNative refuses what a clipboard of NUL-terminated strings would cut,
// and the library underneath answer with a panic on Windows.
func writeNative(text string) error {
	if strings.Contains(text, "\x00") {
		return errors.New("the text has a NUL byte, which this machine's clipboard cannot hold")
	}
	if err := clipboard.WriteAll(text); err != nil {
		return fmt.Errorf("the clipboard of this machine: %w", err)
	}
	return nil
}

// String says in a sentence what became of the text, true to what can be
// known: "copied" is only what this machine's clipboard has confirmed. It does
// not hold the hint. Errors of tools may quote anything, so clean it before
// drawing it.
func (m SentMsg) String() string {
	var b strings.Builder
	bytes := number(m.Route.Bytes) + " bytes"
	switch {
	case m.Err != nil:
		b.WriteString("nothing sent: " + m.Err.Error())
	case m.Route.Way == File && m.Path != "":
		return "wrote " + bytes + " to " + tilde(m.Path)
	case m.Route.Way == File:
		b.WriteString("nothing was copied")
	case m.Route.Way == Native:
		b.WriteString("copied " + bytes + " to the clipboard")
	case m.Route.Way == TmuxBuffer:
		b.WriteString("sent " + bytes + " to tmux, for your terminal")
	case m.Route.Way == Screen:
		b.WriteString("sent " + bytes + " through screen to your terminal")
	default:
		b.WriteString("sent " + bytes + " to your terminal")
	}
	if m.Tried != nil {
		b.WriteString(" (" + m.Tried.Error() + ")")
	}
	switch {
	case m.FileErr != nil:
		b.WriteString("; not kept in a file: " + m.FileErr.Error())
	case m.Path != "" && m.Err != nil:
		b.WriteString("; read it from " + tilde(m.Path))
	case errors.As(m.Err, new(*TooLongError)):
		b.WriteString("; save it to a file instead")
	case m.Path != "":
		b.WriteString("; also in " + tilde(m.Path))
	}
	return b.String()
}

// tilde shortens a path in the home folder.
func tilde(path string) string {
	if rest, ok := strings.CutPrefix(path, xdg.Home+string(os.PathSeparator)); ok && xdg.Home != "" {
		return "~" + string(os.PathSeparator) + rest
	}
	return path
}

// number writes n with commas.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
