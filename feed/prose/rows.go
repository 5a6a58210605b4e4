package prose

import (
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// tableRow takes a row of a table of Markdown, whose cells pipes part, or of one
// that was copied from a page or a sheet, whose cells tabs part.
func (r *reader) tableRow(t string, l line) (ok bool, err error) {
	pipes := strings.IndexByte(t, '|') >= 0 && (t[0] == '|' || r.rows || isSeparator(r.peek()))
	tabs := !pipes && strings.IndexByte(t, '\t') > 0
	if !pipes && !tabs {
		if r.rows {
			r.rows = false
			r.noTable()
		}
		return false, nil
	}
	if _, listed := bulleted(t); tabs && listed {
		return false, nil
	}
	if pipes && isSeparator(t) {
		return true, nil
	}
	var cells []block
	if pipes {
		cells = cellsOf(jiraTitles(t), '|', l.no)
	} else {
		cells = cellsOf(l.text, '\t', l.no)
	}
	if len(cells) < 2 && !r.rows && !isSeparator(r.peek()) {
		return false, nil
	}
	r.marked = r.marked || pipes
	anew := r.rows && looksLikeHeader(cells) && (pipes && isSeparator(r.peek()) || areTitles(cells))
	if !r.rows || anew {
		r.rows = true
		r.noTable()
		if anew || isSeparator(r.peek()) || looksLikeHeader(cells) {
			if r.header(cells) {
				return true, nil
			}
		}
	}
	if pipes {
		r.cutAtBar(t, len(cells), l.no)
	}
	return true, r.cells(cells)
}

// cutAtBar tells of a URL that ends at a bar with no space around it in a row that has
// more cells than there are titles: the bar may be the URL's own.
func (r *reader) cutAtBar(t string, cells, no int) {
	titles := len(r.table.titles)
	if titles == 0 || cells <= titles {
		return
	}
	from := 0
	for at := 1; at+1 < len(t); at++ {
		if t[at] != '|' || t[at-1] == '\\' {
			continue
		}
		cell := t[from:at]
		from = at + 1
		if strings.IndexByte(" \t|", t[at-1]) >= 0 || strings.IndexByte(" \t|", t[at+1]) >= 0 {
			continue
		}
		hits := scan.Find(cell)
		if n := len(hits); n > 0 && hits[n-1].Type == feed.URL && hits[n-1].End == len(cell) {
			r.begin().Find("url-end", feed.Warning, no, "the URL %s ends at a bar, which parts cells, and its row has %d cells below %d titles, so what follows may be the rest of it; write \\| for a bar of a URL", feed.Quote(cell[hits[n-1].Start:]), cells, titles)
			return
		}
	}
}

// isSeparator reports whether s is the line between the header and the rows of
// a table.
func isSeparator(s string) bool {
	return len(s) < 4096 && strings.Contains(s, "|") && strings.Contains(s, "-") && strings.Trim(s, "|:-+ \t") == ""
}

// cellsOf parts a row into cells. A backslash before a pipe is no part of it.
func cellsOf(t string, by byte, no int) []block {
	if by == '|' {
		t = strings.TrimPrefix(t, "|")
	}
	var cells []block
	from := 0
	for at := 0; at <= len(t) && len(cells) < maxCells; at++ {
		switch {
		case at == len(t):
			if by == '|' && trim(t[from:]) == "" {
				return cells
			}
		case t[at] != by || by == '|' && at > 0 && t[at-1] == '\\':
			continue
		}
		text := trim(t[from:at])
		if by == '|' && strings.Contains(text, `\|`) {
			text = strings.ReplaceAll(text, `\|`, "|")
		}
		cells = append(cells, block{shape: cell, col: len(cells), text: text, line: no, links: targets(nil, text)})
		from = at + 1
	}
	return cells
}

// asciiDocRow takes a line of a table of AsciiDoc, whose rows may go over
// lines. The first line that has more than a cell says how many a row has.
func (r *reader) asciiDocRow(t string, l line) error {
	if strings.HasPrefix(t, "|===") && strings.Trim(t[1:], "=") == "" {
		err := r.flushRow()
		r.adoc, r.begun, r.width = !r.adoc, false, 0
		r.marked = true
		r.noTable()
		return err
	}
	if at := strings.IndexByte(t, '|'); at < 0 || at > len("2.3+^.>s") || strings.ContainsAny(t[:at], " ") {
		if n := len(r.cell); n > 0 { // the cell goes on
			return r.flushOr(block{shape: cell, text: t, line: l.no})
		}
		return r.add(block{shape: cell, text: t, line: l.no})
	}
	cells := cellsOf(t[strings.IndexByte(t, '|'):], '|', l.no)
	if r.width == 0 && len(r.cell) == 0 && len(cells) > 1 {
		r.width = len(cells)
	}
	if r.width > 0 && len(cells) >= r.width { // a row a line, whatever is wrong with the one before
		if err := r.flushRow(); err != nil {
			return err
		}
		r.cutAtBar(t, len(cells), l.no)
		return r.adocCells(cells)
	}
	r.cell = append(r.cell, cells...)
	for r.width > 0 && len(r.cell) >= r.width {
		row := r.cell[:r.width]
		rest := r.cell[r.width:]
		r.cell = nil
		if err := r.adocCells(row); err != nil {
			return err
		}
		r.cell = append(r.cell, rest...)
	}
	if len(r.cell) > maxCells {
		return r.flushRow()
	}
	return nil
}

// flushOr takes a line that belongs to a cell before it. The row is looked at
// as it is, and then the line.
func (r *reader) flushOr(b block) error {
	if err := r.flushRow(); err != nil {
		return err
	}
	return r.add(b)
}

// blankInTable ends a row whose width nothing said.
func (r *reader) blankInTable() error {
	if r.width == 0 && len(r.cell) > 0 {
		r.width = len(r.cell)
	}
	return r.flushRow()
}

// flushRow takes the row that is not whole as it is.
func (r *reader) flushRow() error {
	row := r.cell
	r.cell = nil
	if len(row) == 0 {
		return nil
	}
	return r.adocCells(row)
}

func (r *reader) adocCells(row []block) error {
	for n := range row {
		row[n].col = n
	}
	if !r.begun || areTitles(row) {
		r.begun = true
		if looksLikeHeader(row) && r.header(row) {
			return nil
		}
	}
	return r.cells(row)
}
