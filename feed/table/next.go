package table

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// row is a row of a document, valid until the next is read.
type row struct {
	cells []string // trimmed
	line  int
	cut   bool // it is longer than is read
	open  bool // the document ends in it
	alone bool // nothing parts cells in it
	gap   bool // it stands behind an empty line
	said  bool // it stands behind a comment of words
}

// take is the next row that has cells, one that was read ahead first.
func (t *table) take(rows *records.Rows) (r row, ok bool) {
	if len(t.ahead) > 0 {
		r, t.ahead = t.ahead[0], t.ahead[1:]
		return r, true
	}
	return t.next(rows)
}

// next reads the next row that has cells.
func (t *table) next(rows *records.Rows) (r row, ok bool) {
	for rows.Next() {
		if cells := trimmed(rows.Fields); !isSep(cells) && len(cells) > 0 && !isFence(cells[0]) {
			r = row{cells, rows.Line, rows.Cut, rows.Open, len(rows.Fields) == 1, rows.Gap, t.said}
			t.said = false
			return r, true
		}
	}
	return row{}, false
}

// peek is the row behind one, whose cells it keeps.
func (t *table) peek(r *row, rows *records.Rows) (more row, ok bool) {
	if len(t.ahead) > 0 {
		return t.ahead[0], true
	}
	r.cells = slices.Clone(r.cells) // the row read ahead takes their place
	if more, ok = t.next(rows); ok {
		more.cells = slices.Clone(more.cells)
		t.ahead = append(t.ahead, more)
	}
	return more, ok
}

// longestTitle is shorter than every hash, in bytes, and longer than the titles of
// columns.
const longestTitle = 31

// isHeader reports whether all cells of a row are titles of columns, as where a
// document holds two tables, one behind the other.
func (t *table) isHeader(cells []string) bool {
	mayBe := func(cell string) bool {
		return cell != "" && len(cell) <= longestTitle && strings.IndexByte(cell, '.') < 0
	}
	if len(cells) < 2 || len(t.value) == 0 || t.value[0] < len(cells) && !mayBe(cells[t.value[0]]) {
		return false // as nearly all
	}
	if k := t.words.kindOf(t.cell(cells, typeColumn)); k != nil && k.Is == about {
		return false
	}
	return !slices.ContainsFunc(cells, func(cell string) bool {
		key := plain(cell)
		return !mayBe(cell) || len(t.words.titles[key]) == 0 && t.words.valued[key] == nil
	})
}

// aheadRows is how many rows below titles say what they mean.
const aheadRows = 50

// begins lets a row of titles begin another table, if the rows below it, up to
// the next such row, are of it, and reports whether it did.
func (t *table) begins(r *row, rows *records.Rows) bool {
	r.cells = slices.Clone(r.cells) // the rows read ahead take their place
	for len(t.ahead) < aheadRows {
		more, ok := t.next(rows)
		if !ok {
			break
		}
		more.cells = slices.Clone(more.cells)
		t.ahead = append(t.ahead, more)
		if t.isHeader(more.cells) {
			break
		}
	}
	var below [][]string
	var a apart
	for _, one := range t.ahead {
		if t.isHeader(one.cells) {
			break
		}
		if a.isApart(first(one.cells), one.alone, one.gap) {
			continue
		}
		below = append(below, t.words.stated(slices.Clone(one.cells)))
	}
	l, sure := titled(t.words, r.cells, below)
	if sure == 0 {
		return false
	}
	if values, usable := l.count(t.words, below); 10*usable < 9*values {
		return false
	}
	t.Find("next-table", feed.Info, r.line, "the titles %s begin another table, whose rows are read by them", feed.Quote(strings.Join(r.cells, ", ")))
	t.unreadColumns()
	l.comma = t.comma
	t.apart = apart{}
	t.layout, t.from, t.hits, t.spared = l, r.line, map[int]bool{}, map[int]int{}
	t.find()
	return true
}
