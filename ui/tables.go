package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/kql"
	"quarry/review"
)

// tableList is the pane of the tables.
type tableList struct {
	win  window
	rows []review.TableState
}

func (l *tableList) current() (review.TableState, bool) {
	if l.win.at < 0 || l.win.at >= len(l.rows) {
		return review.TableState{}, false
	}
	return l.rows[l.win.at], true
}

func (m *Model) chooseTable() tea.Cmd {
	t, ok := m.tables.current()
	if !ok {
		return nil
	}
	if !t.Available {
		m.say(warn, (&kql.NoTableError{Table: t.Table.Name, Target: m.review.Target()}).Error()+"; switch the target (t) first")
		return nil
	}
	cmd := m.decide(review.ChooseTable{Table: t.Table.Name, On: !t.Chosen}, "")
	if !t.Chosen {
		m.preview.show(m, t.Table.Name)
	}
	return cmd
}

// switchTarget aims the hunts at the other target, and says which hunts that
// costs.
func (m *Model) switchTarget() tea.Cmd {
	next := kql.Sentinel
	if m.review.Target() == kql.Sentinel {
		next = kql.Defender
	}
	before := m.plan.Tables()
	if m.take(review.SetTarget{Target: next}, "") != nil {
		return nil
	}
	var gone []string
	for _, table := range before {
		if _, has := m.plan.Hunt(table); !has {
			gone = append(gone, table)
		}
	}
	aimed := "aimed the hunts at " + next.Title() + ": "
	switch {
	case m.on > 0 && len(m.plan.Tables()) == 0:
		m.say(warn, aimed+m.tables.whyNoHunt()+"; 2 goes to the tables")
	case len(gone) > 0:
		m.say(warn, aimed+"now none in "+strings.Join(gone, ", ")+"; u undoes")
	}
	return nil
}

// whyNoHunt says why there is no hunt though IOCs are on.
func (l *tableList) whyNoHunt() string {
	for _, t := range l.rows {
		if t.Chosen && t.Available {
			return "no chosen table can carry an included IOC"
		}
	}
	return "no chosen table is there"
}

func (l *tableList) title(m *Model) string {
	chosen := 0
	for _, t := range l.rows {
		if t.Chosen && t.Available {
			chosen++
		}
	}
	return m.review.Target().Title() + ", " + strconv.Itoa(chosen) + " of " + plural(len(l.rows), "table") + " chosen"
}

func (l *tableList) drawRow(m *Model, y, w int) {
	c := &m.canvas
	if y == 0 {
		m.paneTitle(tablePane, l.title(m), w)
		return
	}
	at := l.win.top + y - 1
	if at >= len(l.rows) {
		c.put(plain, "", w)
		return
	}
	t := l.rows[at]
	pointer := m.rowPointer(tablePane, at == l.win.at)
	text := plain
	if !t.Available || t.Carries == 0 {
		text = dim
	}
	mark := "[ ]"
	switch {
	case t.Chosen && t.Available:
		mark = "[x]"
	case !t.Available:
		mark = "[-]"
	}
	c.raw(accent, pointer+" ")
	c.raw(text, mark+" ")
	// The longest name has 27 characters; the remark comes first.
	nameWidth := max(20, min(28, w-6-22))
	c.put(text, t.Table.Name, min(nameWidth, w-6))
	if rest := w - 6 - nameWidth; rest > 0 {
		c.put(text, " "+tableRemark(t, m.review.Target(), rest-1), rest)
	}
	c.unlock()
}

// tableRemark says in a few words what a table is worth here. In w cells the
// count comes first.
func tableRemark(t review.TableState, target kql.Target, w int) string {
	if !t.Available {
		return "not in " + target.Title()
	}
	remark := t.Tally().String()
	if t.Carries == 0 {
		remark = "no IOC"
	}
	const published = ", published"
	if t.Published && len(remark)+len(published) <= w {
		remark += published
	}
	return remark
}

// rowPointer starts the row of a list: it marks the cursor, and locks the row
// to the style of the cursor.
func (m *Model) rowPointer(p pane, here bool) string {
	if !here {
		return " "
	}
	if m.focus == p {
		m.canvas.lockRow(cursor)
	} else {
		m.canvas.lockRow(cursorOff)
	}
	return m.glyphs.pointer
}
