package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"quarry/review"
)

// displayWidth is the width of text that holds escape sequences.
func displayWidth(s string) int { return ansi.StringWidth(s) }

// Run shows the workbench until the analyst leaves. The terminal is restored
// whatever happens; an interrupt from outside ends it with
// [tea.ErrInterrupted].
func Run(ctx context.Context, r *review.Review, opt Options, options ...tea.ProgramOption) (*Model, error) {
	if opt.Loading != nil {
		defer opt.Loading.Stop()
	}
	return runModel(ctx, New(r, opt), options...)
}

func runModel(ctx context.Context, m *Model, options ...tea.ProgramOption) (*Model, error) {
	program := tea.NewProgram(m, append([]tea.ProgramOption{tea.WithContext(ctx)}, options...)...)
	if m.opt.Attach != nil {
		m.opt.Attach(program.Send)
	}
	final, err := program.Run()
	if err != nil && !errors.Is(err, tea.ErrInterrupted) {
		return m, err
	}
	if last, ok := final.(*Model); ok {
		m = last
	}
	return m, err
}
