package ui

import (
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// besideWidth is the narrowest preview in which two queries fit side by side.
const besideWidth = 96

// publishedBeside lays out every published query and, right of it, the hunt
// for the same table.
func (m *Model) publishedBeside(w int) []textLine {
	column := (w - 3) / 2
	var rows []textLine
	for _, d := range m.review.Documents() {
		for _, q := range d.Queries {
			left := m.column(q.Text, column)
			heading, right := "there is no hunt for this table", []textLine(nil)
			if h, ok := m.huntBeside(q); ok {
				heading, right = "the hunt in "+h.Table, m.column(h.Query, column)
			}
			rows = append(rows, m.pair(textLine{{bold, "as published, line " + strconv.Itoa(q.Source.Line)}}, textLine{{bold, heading}}, column))
			for i := range max(len(left), len(right)) {
				rows = append(rows, m.pair(nth(left, i), nth(right, i), column))
			}
			rows = append(rows, textLine{})
		}
	}
	return rows
}

// huntBeside finds the hunt for a table that a published query reads.
func (m *Model) huntBeside(q feed.Query) (kql.Hunt, bool) {
	for _, table := range kql.TablesOf(q) {
		if hunts, ok := m.plan.Hunt(table); ok && len(hunts) > 0 {
			return hunts[0], true
		}
	}
	return kql.Hunt{}, false
}

// column colours and wraps a query for a column.
func (m *Model) column(query string, w int) []textLine {
	var rows []textLine
	for l := range strings.SplitSeq(query, "\n") {
		rows = append(rows, m.wrapSpans(highlightKQL(l), w)...)
	}
	return rows
}

// pair is a row of two columns.
func (m *Model) pair(left, right textLine, w int) textLine {
	row := append(textLine(nil), left...)
	row = append(row, span{plain, strings.Repeat(" ", max(0, w-m.lineWidth(left)))}, span{dim, " " + m.glyphs.column + " "})
	return append(row, right...)
}

func (m *Model) lineWidth(l textLine) (n int) {
	for _, s := range l {
		n += m.term.Width(m.term.Clean(s.text))
	}
	return n
}

func nth(rows []textLine, i int) textLine {
	if i < len(rows) {
		return rows[i]
	}
	return nil
}
