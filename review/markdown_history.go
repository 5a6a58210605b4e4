package review

import (
	"strconv"
	"time"
)

// history lists every decision in force, the first one first. Opened again, a
// reviewed bulletin says what was decided by its other sections; this one is for
// people.
func (m *markdown) history() {
	m.section(historySection)
	h := m.r.History()
	if len(h) == 0 {
		m.line("No decision was taken in this review.")
		return
	}
	m.header("No.", "When", "Who", "Decision")
	for i, e := range h {
		at := ""
		if !e.At.IsZero() {
			at = e.At.UTC().Format(time.RFC3339)
		}
		m.row(strconv.Itoa(i+1), m.text(at), m.text(oneLine(e.Who)), m.note(e.Words))
	}
	m.end()
}
