package termtest

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// maxSteps is how many messages and commands one [Simulation.Send] may lead
// to. A model that answers every message with a command never comes to rest.
const maxSteps = 10_000

// Simulation is a model without a program around it: every message is updated
// and every command run before the call that caused them returns. It is for
// one goroutine.
type Simulation struct {
	t             testing.TB
	model         tea.Model
	width, height int
	queue         []tea.Msg
	steps         int
	messages      []tea.Msg
	skipped       []string
	ended         bool
}

// Simulate starts a model as a program would: its Init, then the size of the
// window, true colour, and an environment with nothing but TERM. Commands run
// one after the other in the order they were given, in batches too, so a test
// sees the same every time. Timers (tea.Tick, tea.Every) and the blinking of
// bubbles' cursor are not run, for they would never end; see
// [Simulation.Skipped]. A command that does not return within [Patience], or
// panics, fails the test.
//
// What needs a terminal does nothing here: tea.Exec, tea.Suspend, requests to
// the terminal, and the writing of the clipboard. Their messages reach Update,
// as they do in a program.
func Simulate(t testing.TB, model tea.Model, width, height int) *Simulation {
	t.Helper()
	s := &Simulation{t: t, model: model, width: width, height: height}
	s.run(model.Init())
	s.Send(
		tea.WindowSizeMsg{Width: width, Height: height},
		tea.ColorProfileMsg{Profile: colorprofile.TrueColor},
		tea.EnvMsg{"TERM=xterm-256color"},
	)
	return s
}

// Send updates the model with each message and with all that follows from it.
// After the program has ended it does nothing, as in a program.
func (s *Simulation) Send(msgs ...tea.Msg) {
	s.t.Helper()
	s.steps = 0
	for _, msg := range msgs {
		s.enqueue(msg)
	}
	for len(s.queue) > 0 {
		msg := s.queue[0]
		s.queue = s.queue[1:]
		s.update(msg)
	}
}

// step counts one message or command.
func (s *Simulation) step(what string) {
	s.t.Helper()
	if s.steps++; s.steps > maxSteps {
		s.t.Fatalf("the model does not come to rest: after %d messages and commands there is still %s", maxSteps, what)
	}
}

// enqueue puts a message last in the queue, and in place of a batch or a
// sequence what its commands return.
func (s *Simulation) enqueue(msg tea.Msg) {
	s.t.Helper()
	cmds, ok := commandsOf(msg)
	if !ok {
		s.queue = append(s.queue, msg)
		return
	}
	for _, cmd := range cmds {
		s.run(cmd)
	}
}

func (s *Simulation) update(msg tea.Msg) {
	s.t.Helper()
	if msg == nil || s.ended {
		return
	}
	s.step(fmt.Sprintf("%T", msg))
	s.messages = append(s.messages, msg)
	switch msg := msg.(type) {
	case tea.QuitMsg, tea.InterruptMsg:
		s.ended = true
		return
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
	}
	if reflect.TypeOf(msg) == reflect.TypeOf(tea.RequestWindowSize()) {
		s.enqueue(tea.WindowSizeMsg{Width: s.width, Height: s.height})
	}
	var cmd tea.Cmd
	s.model, cmd = s.model.Update(msg)
	s.run(cmd)
}

// commandsOf returns the commands of a batch or a sequence. The type of a
// sequence is not exported, but what it is made of says enough.
func commandsOf(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	cmds := make([]tea.Cmd, v.Len())
	for i := range cmds {
		cmds[i] = v.Index(i).Interface().(tea.Cmd)
	}
	return cmds, true
}

// run runs a command and enqueues its message.
func (s *Simulation) run(cmd tea.Cmd) {
	s.t.Helper()
	if cmd == nil {
		return
	}
	name := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer()).Name()
	if endless(name) {
		s.skipped = append(s.skipped, name)
		return
	}
	s.step(name)
	type result struct {
		msg   tea.Msg
		panic any
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			r.panic = recover()
			done <- r
		}()
		r.msg = cmd()
	}()
	select {
	case r := <-done:
		if r.panic != nil {
			s.t.Fatalf("command %s panics: %v", name, r.panic)
		}
		s.enqueue(r.msg)
	case <-time.After(Patience):
		s.t.Fatalf("command %s did not return within %s", name, Patience)
	}
}

// endless reports whether a command by this name waits for a clock.
func endless(name string) bool {
	for _, prefix := range []string{
		"charm.land/bubbletea/v2.Tick.", "charm.land/bubbletea/v2.Every.", "charm.land/bubbles/v2/cursor.",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// Press sends keys by Bubble Tea's names for them: "down", "space", "A",
// "ctrl+r", "shift+tab". An unknown name fails the test.
func (s *Simulation) Press(keys ...string) {
	s.t.Helper()
	for _, name := range keys {
		b, err := keyBytes(name)
		if err != nil {
			s.t.Fatal(err)
		}
		k, _ := decodeKey(b)
		s.Send(tea.KeyPressMsg(k))
	}
}

// Type presses a key for every character of text, enter for a line feed.
func (s *Simulation) Type(text string) {
	s.t.Helper()
	s.Press(typedKeys(text)...)
}

// Paste sends text as a bracketed paste, with the carriage returns that
// terminals make of line feeds.
func (s *Simulation) Paste(text string) {
	s.t.Helper()
	s.Send(tea.PasteStartMsg{}, tea.PasteMsg{Content: pasted(text)}, tea.PasteEndMsg{})
}

// Resize gives the window another size.
func (s *Simulation) Resize(width, height int) {
	s.t.Helper()
	s.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// View returns the text of the view, without colours and without the spaces at
// the end of lines, in exactly as many lines as the window has. A view that is
// larger than the window fails the test, for a terminal would not show all of
// it.
func (s *Simulation) View() string {
	s.t.Helper()
	lines := strings.Split(ansi.Strip(s.ANSI()), "\n")
	if len(lines) > s.height {
		s.t.Errorf("the view has %d lines, the window %d", len(lines), s.height)
		lines = lines[:s.height]
	}
	for i, line := range lines {
		if w := ansi.StringWidthWc(line); w > s.width {
			s.t.Errorf("line %d of the view takes %d cells, the window has %d: %q", i+1, w, s.width, line)
		}
	}
	for len(lines) < s.height {
		lines = append(lines, "")
	}
	return joinTrimmed(lines)
}

// joinTrimmed joins lines without the spaces at their ends.
func joinTrimmed(lines []string) string {
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// ANSI returns the view's content as the model made it, with colours.
func (s *Simulation) ANSI() string { return s.model.View().Content }

// Model returns the model as it is now.
func (s *Simulation) Model() tea.Model { return s.model }

// Messages returns every message so far in the order of their updates, the
// ending one last.
func (s *Simulation) Messages() []tea.Msg { return s.messages }

// Ended reports whether the model has quit or was interrupted.
func (s *Simulation) Ended() bool { return s.ended }

// Skipped returns the names of the commands that were not run because they
// wait for a clock.
func (s *Simulation) Skipped() []string { return s.skipped }
