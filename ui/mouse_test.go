package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestMouseIsTakenOnlyWhenAskedFor(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	if mode := b.m.View().MouseMode; mode != tea.MouseModeNone {
		t.Errorf("the mouse mode is %v", mode)
	}
	b.m.opt.Mouse = true
	if mode := b.m.View().MouseMode; mode != tea.MouseModeCellMotion {
		t.Errorf("the mouse mode is %v though the mouse is on", mode)
	}
}

func TestClicksMoveAndDecideNothing(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	click := func(x, y int, button tea.MouseButton) {
		b.Send(tea.MouseClickMsg{X: x, Y: y, Button: button})
	}
	at := b.m.layout.panes
	click(at[iocPane].x+10, at[iocPane].y+2+3, tea.MouseLeft)
	if b.m.focus != iocPane || b.m.iocs.win.at != 3 {
		t.Errorf("a click on the fourth IOC leads to pane %d, row %d", b.m.focus, b.m.iocs.win.at)
	}
	click(at[tablePane].x+2, at[tablePane].y+1+1, tea.MouseLeft)
	if table, _ := b.m.tables.current(); b.m.focus != tablePane || b.m.tables.win.at != 1 || !strings.Contains(b.View(), "["+table.Table.Name+"]") && table.Chosen {
		t.Errorf("a click on the second table leads to pane %d, row %d", b.m.focus, b.m.tables.win.at)
	}
	click(at[scenarioPane].x+2, at[scenarioPane].y+1+2, tea.MouseLeft)
	if b.m.focus != scenarioPane || b.m.scenarios.win.at != 2 {
		t.Errorf("a click on the third scenario leads to pane %d, row %d", b.m.focus, b.m.scenarios.win.at)
	}
	// Outside of all rows, and with other buttons, no cursor moves.
	for _, miss := range []struct {
		x, y   int
		button tea.MouseButton
	}{{10, at[iocPane].y + 1, tea.MouseLeft}, {10, at[iocPane].y + 3, tea.MouseRight}, {10, 0, tea.MouseLeft}, {10, 39, tea.MouseLeft}, {-1, -1, tea.MouseLeft}, {9999, 9999, tea.MouseLeft}} {
		click(miss.x, miss.y, miss.button)
		if b.m.iocs.win.at != 3 {
			t.Errorf("a click at %+v moved the cursor to %d", miss, b.m.iocs.win.at)
		}
	}
	if n := len(b.m.review.History()); n != 0 {
		t.Errorf("clicks took %d decisions", n)
	}
	b.keys("F")
	click(10, at[iocPane].y+2, tea.MouseLeft)
	if b.m.overlay == nil || b.m.iocs.win.at != 3 {
		t.Error("a click went through what covers the panes")
	}
}

func TestWheelScrollsWhatIsUnderIt(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	wheel := func(p pane, button tea.MouseButton) {
		r := b.m.layout.panes[p]
		b.Send(tea.MouseWheelMsg{X: r.x + 1, Y: r.y + 2, Button: button})
	}
	wheel(iocPane, tea.MouseWheelDown)
	if b.m.iocs.win.at != wheelRows {
		t.Errorf("the cursor is on %d, want %d", b.m.iocs.win.at, wheelRows)
	}
	wheel(previewPane, tea.MouseWheelDown)
	if b.m.preview.win.top != wheelRows || b.m.focus != iocPane {
		t.Errorf("the preview begins at row %d, want %d, and the keys are those of pane %d", b.m.preview.win.top, wheelRows, b.m.focus)
	}
	wheel(previewPane, tea.MouseWheelUp)
	wheel(iocPane, tea.MouseWheelUp)
	wheel(iocPane, tea.MouseWheelLeft)
	if b.m.preview.win.top != 0 || b.m.iocs.win.at != 0 {
		t.Error("the wheel did not bring back what it scrolled")
	}
	b.keys("?")
	wheel(iocPane, tea.MouseWheelDown)
	if o := b.m.overlay.(*menu); o.win.at != wheelRows {
		t.Errorf("the cursor of the help is on %d", o.win.at)
	}
	b.keys("esc", "z")
	wheel(previewPane, tea.MouseWheelDown)
	if z := b.m.overlay.(*zoom); z.win.top == 0 && z.win.length > z.win.height {
		t.Error("the whole-screen preview did not scroll")
	}
}
