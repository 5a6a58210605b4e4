package ui

import tea "charm.land/bubbletea/v2"

// move moves the cursor of the focused pane, or scrolls the preview.
func (m *Model) move(to motion) tea.Cmd {
	m.moveIn(m.focus, to, 1)
	return nil
}

// previewTable shows the hunt of the table under the cursor.
func (m *Model) previewTable() {
	if t, ok := m.tables.current(); ok {
		if _, has := m.plan.Hunt(t.Table.Name); has && m.preview.tab != t.Table.Name {
			m.preview.show(m, t.Table.Name)
			m.say(plain, "") // it may be about the tab before
		}
	}
}

// setFocus gives the keys to a pane and shows it. On a small screen the IOCs
// have the preview below them, so that a decision is seen in the query.
func (m *Model) setFocus(p pane) {
	m.focus = p
	if p == iocPane {
		p = previewPane
	}
	if m.shown != p {
		m.shown = p
		m.place()
	}
}

func (m *Model) turnPane(by int) {
	m.setFocus(pane((int(m.focus) + by + int(panes)) % int(panes)))
}

// cancel drops, in the tables, their filter, else the marked range, else the
// filter.
func (m *Model) cancel() tea.Cmd {
	switch {
	case m.focus == tablePane && m.tables.filter != "":
		m.tables.filter = ""
		m.tables.see()
	case m.iocs.anchor >= 0:
		m.iocs.anchor = -1
		m.say(plain, "")
	case m.iocs.filter.Text != "":
		if err := m.setFilter(""); err != nil {
			m.say(bad, err.Error())
		}
	}
	return nil
}
