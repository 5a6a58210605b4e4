package termtest_test

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// demo is a list of ten lines with a cursor, and a few ways to misbehave.
type demo struct {
	width, height, row int
	keys               []string
	pasted, note       string
	broken             bool // View panics
}

type noteMsg string

func note(s string) tea.Cmd { return func() tea.Msg { return noteMsg(s) } }

func (d demo) Init() tea.Cmd {
	return tea.Batch(note("started"), tea.Tick(time.Hour, func(time.Time) tea.Msg { return noteMsg("late") }))
}

func (d demo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		d.width, d.height = msg.Width, msg.Height
	case noteMsg:
		d.note += string(msg) + " "
	case tea.PasteMsg:
		d.pasted = strings.ReplaceAll(msg.Content, "\r", "/")
	case tea.KeyPressMsg:
		d.keys = append(d.keys, msg.String())
		switch msg.String() {
		case "down":
			d.row++
		case "s":
			return d, tea.Sequence(note("one"), tea.Sequence(note("two"), tea.SetClipboard("from the demo")), note("three"))
		case "p":
			panic("told to")
		case "v":
			d.broken = true
		case "q":
			return d, tea.Quit
		}
	}
	return d, nil
}

func (d demo) View() tea.View {
	if d.broken {
		panic("told to")
	}
	lines := []string{fmt.Sprintf("\x1b[1mrow %d\x1b[0m of 中文 %dx%d", d.row, d.width, d.height), "keys " + strings.Join(d.keys, " "), "note " + d.note}
	if d.pasted != "" {
		lines = append(lines, "pasted "+d.pasted)
	}
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen, v.MouseMode, v.ReportFocus = true, tea.MouseModeCellMotion, true
	return v
}
