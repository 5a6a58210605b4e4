package table

import (
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// apart tells which lines of one cell are no rows of a table of several columns. A
// value right below a row is one whose other cells nobody wrote; behind an empty
// line or words it is not, until there is a row again.
type apart struct {
	rows   int  // of several cells
	groups bool // lines of one cell behind an empty line were rows
	spaced int  // of those behind an empty line
	off    bool // lines of one cell are no rows
}

// isApart reports whether a line is no row. alone is a line in which nothing parts cells, gap one
// behind an empty line.
func (a *apart) isApart(cell string, alone, gap bool) bool {
	if !alone {
		a.rows, a.off, a.groups = a.rows+1, false, false
		if gap {
			a.spaced++
		}
		return false
	}
	if a.rows == 0 { // the table may be one of one cell a row
		return false
	}
	spacedOut := a.rows > fewRows-1 && 2*a.spaced >= a.rows
	a.off = a.off || gap && !spacedOut || isWords(cell)
	return a.off
}

// goesOn reports whether a line of one cell behind an empty line is a row, for it is a
// whole value of the type that the title of the first column names, or one of those that
// do not stand below pages. Text copied of a page has tabs.
func (t *table) goesOn(cell string) bool {
	if t.comma == '\t' || !t.header || t.columns[0].is != valueColumn {
		return false
	}
	values := records.ValuesOf(cell)
	if len(values) != 1 || t.words.isPage(cell) {
		return false
	}
	typ := values[0].Type
	if kind := t.columns[0].kind; kind != nil {
		return slices.Contains(kind.Types, typ)
	}
	switch typ {
	case feed.Domain, feed.URL, feed.Email:
		return feed.Refang(cell) != cell
	}
	return true
}

// isWords reports whether a line is a heading or a sentence in which nothing looks like
// an indicator: a value with a remark is none.
func isWords(line string) bool {
	return (strings.HasSuffix(line, ":") || strings.ContainsAny(line, " \t") ||
		!strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) })) &&
		len(records.ValuesOf(line)) == 0 && len(scan.Find(line)) == 0
}

// isPage reports whether a sample is more than a table, a page copied as text: of
// as many as one line beside ten rows at least one may hold an indicator that is none
// of the links, names and mail addresses that stand below every page.
func (s sample) isPage(l layout) bool {
	var a apart
	lines, hits := 0, false
	from := l.titles
	if l.header {
		from++
	}
	for n := from; n < len(s.rows); n++ {
		cell := first(s.rows[n])
		if !a.isApart(cell, s.alone[n], s.gap[n]) {
			continue
		}
		lines++
		hits = hits || slices.ContainsFunc(scan.Find(cell), func(h scan.Hit) bool {
			switch raw := cell[h.Start:h.End]; h.Type {
			case feed.Domain, feed.URL, feed.Email:
				return feed.Refang(raw) != raw
			}
			return true
		})
	}
	return hits && 10*lines >= a.rows
}

// isBeside reports whether a line is no row of the table. It tells of one behind an empty
// line that is a row for its value alone. Comments and rows of words part lines as words do.
func (t *table) isBeside(r *row, rows *records.Rows) bool {
	cell := first(r.cells)
	t.apart.off = t.apart.off || r.said && t.apart.rows > 0
	a := t.apart
	if !t.apart.isApart(cell, r.alone, r.gap) {
		t.apart.off = !r.alone && t.columns[0].is == valueColumn && cell != "" && isWords(cell)
		return false
	}
	if a.off || !t.goesOn(cell) || !t.grouped(r, rows) {
		return true
	}
	t.apart = a
	t.apart.groups = true
	t.tally.Add("beside-table", feed.Warning, r.line, "lines of one cell behind an empty line are rows of the table where they are values of the first column; switch off what is not meant")
	return false
}

// grouped reports whether a line of one cell is one of several, or another row follows: the
// last line of a document alone is where it is from.
func (t *table) grouped(r *row, rows *records.Rows) bool {
	if t.apart.groups {
		return true
	}
	more, ok := t.peek(r, rows)
	if cell := first(more.cells); ok && more.alone {
		return !more.said && (t.goesOn(cell) || !more.gap && len(records.ValuesOf(cell)) > 0)
	}
	return ok
}

// beside takes a line that is no row of the table.
func (t *table) beside(r row) error {
	found := mentions(first(r.cells), "stands in a line beside the rows of the table")
	if len(found) == 0 {
		t.tally.Add("beside-table", feed.Info, r.line, "lines of one cell beside the rows of the table are no rows of it, and nothing is taken from them")
		return nil
	}
	t.tally.Add("beside-table", feed.Warning, r.line, "lines of one cell beside the rows of the table are no rows of it, so what looks like an indicator there is listed and off")
	return t.add(found, r.line)
}
