package termtest

import (
	"io"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Emulation is a whole Bubble Tea program that runs in the test's process on
// an emulated terminal.
type Emulation struct {
	*Terminal
	program *tea.Program
	model   tea.Model // after ended is closed
	err     error     // after ended is closed
}

// Emulate starts a program with a model and ends it with the test. It runs on
// a terminal of the given size with TERM=xterm-256color, no other variable,
// true colour, and without signals; options come after these and override
// them, so tea.WithColorProfile, tea.WithEnvironment and tea.WithFilter do
// what they say.
//
// The terminal answers no query, like many a real one. [Terminal.Write] sends
// an answer. A panic in the model ends the program, as it does outside of
// tests, and Bubble Tea prints its stack to standard error.
func Emulate(t testing.TB, model tea.Model, width, height int, options ...tea.ProgramOption) *Emulation {
	t.Helper()
	in, out := io.Pipe()
	// Without a terminal for its input Bubble Tea counts on a line feed to
	// return too.
	e := &Emulation{Terminal: newTerminal(t, width, height, true)}
	e.input = out
	e.program = tea.NewProgram(model, append([]tea.ProgramOption{
		tea.WithInput(in),
		tea.WithOutput(display{e.Terminal}),
		tea.WithWindowSize(width, height),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}),
		tea.WithColorProfile(colorprofile.TrueColor),
		tea.WithoutSignals(),
	}, options...)...)
	go func() {
		e.model, e.err = e.program.Run()
		_ = in.Close() // ends the program's reader, and fails writes to it
		close(e.ended)
	}()
	t.Cleanup(func() {
		go e.program.Quit()
		_, _ = e.Wait()
	})
	return e
}

// Send gives the program a message.
func (e *Emulation) Send(msg tea.Msg) { e.program.Send(msg) }

// Resize gives the terminal another size and tells the program.
func (e *Emulation) Resize(width, height int) {
	e.resize(width, height)
	e.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Quit tells the program to end and returns its last model. An error at the
// end fails the test.
func (e *Emulation) Quit() tea.Model {
	e.t.Helper()
	e.program.Quit()
	model, err := e.Wait()
	if err != nil {
		e.t.Errorf("the program ended with an error: %v", err)
	}
	return model
}

// Wait waits for the program's end and returns its last model and its error:
// tea.ErrProgramPanic after a panic.
func (e *Emulation) Wait() (tea.Model, error) {
	e.t.Helper()
	select {
	case <-e.ended:
	case <-time.After(Patience):
		e.t.Fatalf("the program did not end within %s; screen:\n%s", Patience, e.Screen())
	}
	return e.model, e.err
}
