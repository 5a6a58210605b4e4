package prose

import (
	"slices"
	"strconv"

	"golang.org/x/net/html/atom"
)

// grid is where the cells of a table stand, while its rows are read.
type grid struct {
	inRow  bool
	inCell bool
	row    []block
	at     int     // the column of the cell
	width  int     // the column behind it
	own    int     // cells of the row
	ths    int     // of which are <th>
	begun  bool    // the first row was taken
	titles []block // of the first row, where another of titles may follow
	spans  []span  // of the columns
}

// span is a cell that goes over rows.
type span struct {
	rows  int // in how many, the one that is read among them
	cells []block
}

const (
	maxWide  = maxCells // the most columns that a cell goes over
	maxHigh  = 65_534   // and rows, as in browsers
	maxWidth = 1 << 14  // columns of a table, beyond which a cell has one
	maxSpans = 8        // cells that are looked at again in the rows they go over
	maxAgain = 256      // their longest text in bytes
)

// spanned is over how many columns or rows a cell goes, 0 where that is no number.
func spanned(v []byte, most int) int {
	if len(v) > len("65534") {
		return 0
	}
	n, err := strconv.Atoi(string(v))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, most)
}

// openTable begins a table.
func (p *page) openTable() error {
	err := p.flush()
	if e := p.endRow(); err == nil {
		err = e
	}
	p.tables++
	p.grid = grid{}
	p.noTable()
	return err
}

// openCell begins a cell of a table, behind those that come down from the rows
// above.
func (p *page) openCell(a atom.Atom, t tag) error {
	if err := p.flush(); err != nil || p.tables == 0 {
		return err
	}
	for p.width < len(p.spans) && p.spans[p.width].rows > 0 {
		p.width++
	}
	p.inRow, p.inCell = true, true
	p.at = p.width
	p.width++
	if t.wide > 1 && p.width+t.wide <= maxWidth {
		p.width += t.wide - 1
	}
	p.own++
	if a == atom.Th {
		p.ths++
	}
	if t.high > 1 && p.width <= maxWide {
		for len(p.spans) < p.width {
			p.spans = append(p.spans, span{})
		}
		for col := p.at; col < p.width; col++ {
			p.spans[col] = span{rows: t.high}
		}
	}
	return nil
}

// endRow gives a row of a table to the document.
func (p *page) endRow() error {
	if !p.inRow {
		return nil
	}
	row, titled := p.row, p.ths == p.own
	p.row, p.own, p.ths, p.at, p.width, p.inRow, p.inCell = nil, 0, 0, 0, 0, false, false
	above := p.comeDown(len(row) > 0)
	if len(row) == 0 {
		return nil
	}
	p.marked = true
	if titles, done := p.titleRow(row, titled); done {
		p.titles = titles
		return nil
	}
	p.titles = nil
	for _, b := range row {
		if b.col < len(p.spans) && p.spans[b.col].rows > 0 && len(b.text) <= maxAgain && len(p.spans[b.col].cells) < maxSpans {
			b.again = true
			p.spans[b.col].cells = append(p.spans[b.col].cells, b)
		}
	}
	return p.document.cells(append(above, row...))
}

// titleRow takes the first row of a table if it is one of titles, and the second if it
// says more of columns that titles of the first go over. Titles to which another row
// may come are returned.
func (p *page) titleRow(row []block, titled bool) (titles []block, done bool) {
	wide := slices.ContainsFunc(row, func(b block) bool { return b.wide > 0 })
	switch {
	case !p.begun:
		if p.begun = true; !(titled || looksLikeHeader(row)) || !p.header(row) {
			return nil, false
		}
		if wide {
			return row, true
		}
		return nil, true
	case titled && p.titles != nil && !areValues(row):
		return nil, p.header(append(p.titles, row...))
	}
	return nil, false
}

// comeDown is the cells that go over a row, which has some of its own, from those above.
func (p *page) comeDown(some bool) (above []block) {
	for col := range p.spans {
		s := &p.spans[col]
		if s.rows == 0 {
			continue
		}
		if some && len(above)+len(s.cells) <= maxSpans {
			above = append(above, s.cells...)
		}
		if s.rows--; s.rows == 0 {
			s.cells = nil
		}
	}
	return above
}
