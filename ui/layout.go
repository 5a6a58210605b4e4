package ui

// The smallest terminal that the workbench draws in.
const (
	minWidth  = 60
	minHeight = 16
)

// pane names the four panes, in the order of their number keys.
type pane uint8

const (
	iocPane pane = iota
	tablePane
	scenarioPane
	previewPane
	panes
)

var paneNames = [panes]string{"IOCs", "Tables", "Scenarios", "Preview"}

// rect is a place on the screen, in cells. A pane's first row is its title.
type rect struct{ x, y, w, h int }

// layout says where each pane stands. A pane without rows is hidden.
type layout struct {
	panes [panes]rect
	// tabs is set when Tables, Scenarios and Preview share one place, of
	// which one is shown.
	tabs bool
}

// newLayout places the panes in w x h cells below the top line and above the
// two bottom lines. shown is the pane that has the shared place where there is
// only one, rows how many IOCs there are: a short table leaves its room to the
// others.
//
//	small           the IOCs over one of the others
//	medium          the IOCs over Tables and Scenarios over the Preview; rows as
//	                wide as the screen can be scrolled by the terminal, which
//	                costs a tenth of the bytes
//	wide            the IOCs over Tables and Scenarios, all beside the Preview
func newLayout(w, h, rows int, shown pane) layout {
	const top = 1
	body := h - top - 2
	var l layout
	switch {
	case w >= 170 && body >= 24:
		left := w * 55 / 100
		upper := max(body*30/100, min(body*60/100, rows+3))
		side := left * 45 / 100
		l.panes[iocPane] = rect{0, top, left, upper}
		l.panes[tablePane] = rect{0, top + upper, side, body - upper}
		l.panes[scenarioPane] = rect{side + 1, top + upper, left - side - 1, body - upper}
		l.panes[previewPane] = rect{left + 1, top, w - left - 1, body}
	case w >= 100 && body >= 26:
		upper := max(body*25/100, min(body*38/100, rows+3))
		middle := max(8, body*26/100)
		left := w * 40 / 100
		l.panes[iocPane] = rect{0, top, w, upper}
		l.panes[tablePane] = rect{0, top + upper, left, middle}
		l.panes[scenarioPane] = rect{left + 1, top + upper, w - left - 1, middle}
		l.panes[previewPane] = rect{0, top + upper + middle, w, body - upper - middle}
	default:
		l.tabs = true
		upper := (body + 1) / 2
		l.panes[iocPane] = rect{0, top, w, upper}
		if shown == iocPane {
			shown = previewPane
		}
		l.panes[shown] = rect{0, top + upper, w, body - upper}
	}
	return l
}

// at finds the pane at a row and column. Panes do not overlap.
func (l *layout) at(x, y int) (pane, bool) {
	for p, r := range l.panes {
		if r.h > 0 && x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return pane(p), true
		}
	}
	return 0, false
}
