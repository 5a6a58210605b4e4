package ui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/kql"
	"quarry/review"
)

// tableList is the pane of the tables.
type tableList struct {
	win    window
	all    []review.TableState
	rows   []review.TableState // those that the filter shows
	filter string
	// What a frame draws of the tables in sight: the cells of the column of names, and
	// the remarks beside them.
	names   int
	remarks []string
}

// see finds anew which tables the filter shows: those in which all its words
// stand somewhere. The cursor stays on its table where that is shown.
func (l *tableList) see() {
	was, had := l.current()
	words := strings.Fields(strings.ToLower(l.filter))
	l.rows = l.all
	if len(words) > 0 {
		l.rows = nil
		for _, t := range l.all {
			if text := tableWords(t); !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				l.rows = append(l.rows, t)
			}
		}
	}
	l.win.length = len(l.rows)
	at := slices.IndexFunc(l.rows, func(t review.TableState) bool { return had && t.Table == was.Table })
	if at < 0 {
		at = l.win.at
	}
	l.win.set(at)
}

// tableWords is what a table can be found by.
func tableWords(t review.TableState) string {
	words := t.Table.Name + " " + t.Table.Product + " " + strings.Join(t.Table.Connectors, " ")
	if t.Chosen {
		words += " chosen"
	}
	if t.Published {
		words += " published"
	}
	return strings.ToLower(words)
}

// askTableFilter filters the tables as the analyst types. Esc brings back what
// was shown.
func (m *Model) askTableFilter() tea.Cmd {
	was := m.tables
	filter := func(m *Model, text string) {
		m.tables.filter = text
		m.tables.see()
	}
	return m.ask(&prompt{
		input:  newInput("tables by name, product or connector: ", was.filter),
		change: filter,
		done: func(m *Model, text string) (tea.Cmd, error) {
			filter(m, text)
			m.previewTable()
			return nil, nil
		},
		cancel: func(m *Model) {
			filter(m, was.filter)
			m.tables.win.top = was.win.top
			m.tables.win.set(was.win.at)
		},
	})
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
		m.say(warn, (&kql.NoTableError{Table: t.Table.Name, Target: m.review.Target()}).Error()+"; switch the target ("+m.key("target")+") first")
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
	before := m.huntedTables()
	if m.take(review.SetTarget{Target: next}, "") != nil {
		return nil
	}
	var gone []string
	for _, table := range before {
		if !slices.Contains(m.huntedTables(), table) {
			gone = append(gone, table)
		}
	}
	aimed := "aimed the hunts at " + next.Title() + ": "
	switch {
	case m.counts.Hunted.Sum() > 0 && m.unwritten() == "" && len(m.plan.Tables()) == 0:
		m.say(warn, aimed+m.tables.whyNoHunt()+"; "+m.key("tables")+" goes to the tables")
	case len(gone) > 0:
		m.say(warn, aimed+"now none in "+strings.Join(gone, ", ")+"; "+m.key("undo")+" undoes")
	}
	return nil
}

// whyNoHunt says why there is no hunt though IOCs are on.
func (l *tableList) whyNoHunt() string {
	for _, t := range l.all {
		if t.Chosen && t.Available {
			return "no chosen table can carry an IOC that is on"
		}
	}
	return "no chosen table is there"
}

func (l *tableList) title(m *Model) string {
	chosen := 0
	for _, t := range l.all {
		if t.Chosen && t.Available {
			chosen++
		}
	}
	title := m.review.Target().Title() + ", " + strconv.Itoa(chosen) + " of " + plural(len(l.all), "table") + " chosen"
	if l.filter != "" {
		title = strconv.Itoa(len(l.rows)) + " shown  filter: " + l.filter
	}
	return title
}

func (l *tableList) drawRow(m *Model, y, w int) {
	c := &m.canvas
	if y == 0 {
		l.layOut(m.review.Target(), w)
		m.paneTitle(tablePane, l.title(m), w)
		return
	}
	at := l.win.top + y - 1
	if at >= len(l.rows) {
		text := ""
		if y == 1 {
			text = "  no table has these words; " + m.key("cancel") + " clears the filter"
		}
		c.put(dim, text, w)
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
	// A longer name than the column takes what the remark of its own row leaves, so
	// that it is not cut.
	nameWidth, remark := l.names, l.remarks[y-1]
	if n := len(t.Table.Name); n > nameWidth {
		nameWidth = max(nameWidth, min(n, w-tableMarks-1-len(remark)))
	}
	c.put(text, t.Table.Name, min(nameWidth, w-tableMarks))
	if rest := w - tableMarks - nameWidth; rest > 0 {
		c.raw(text, " ")
		if also := publishedRemark(t); len(remark)+len(also) < rest {
			remark += also // the count comes first
		}
		c.put(text, remark, rest-1)
	}
	c.unlock()
}

// tableMarks are the cells before the name of a table.
const tableMarks = len("> [x] ")

// layOut makes ready what is drawn of the tables in sight, in w cells. Most names are
// shorter than the least width of their column; longer ones widen it where all
// remarks have room.
func (l *tableList) layOut(target kql.Target, w int) {
	longest, room := 0, w-tableMarks-1
	l.remarks = l.remarks[:0]
	for _, t := range l.rows[min(l.win.top, len(l.rows)):min(l.win.top+l.win.height, len(l.rows))] {
		remark := tableRemark(t, target)
		l.remarks = append(l.remarks, remark)
		longest = max(longest, len(t.Table.Name))
		room = min(room, w-tableMarks-1-len(remark)-len(publishedRemark(t)))
	}
	const most = 22 // cells of a remark, but in a review of very many
	l.names = max(min(longest, room), 20, min(28, w-tableMarks-most))
}

// tableRemark says in a few words what a table is worth here.
func tableRemark(t review.TableState, target kql.Target) string {
	switch {
	case !t.Available:
		return "not in " + target.Title()
	case t.Carries == 0:
		return "no IOC"
	}
	return t.Tally().String()
}

// publishedRemark is what is added to the remark of a table that a document asks for.
func publishedRemark(t review.TableState) string {
	if t.Published && t.Available {
		return ", published"
	}
	return ""
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
