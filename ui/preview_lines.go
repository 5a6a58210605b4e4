package ui

import "sort"

// textWidth is the room for text: the first two cells mark changes.
func (p *preview) textWidth() int { return max(3, p.width-2) }

// rowCount is how many rows a line takes. Most lines are ASCII and need no
// wrapping to be counted; see [Model.wrapSpans].
func (p *preview) rowCount(m *Model, l string) int {
	w := p.textWidth()
	for i := range len(l) {
		if l[i] < 0x20 || l[i] > 0x7e {
			return len(p.rows(m, l))
		}
	}
	if len(l) <= w {
		return 1
	}
	return 1 + (len(l)-w+w-3)/(w-2)
}

// rows colours and wraps a line.
func (p *preview) rows(m *Model, l string) []textLine {
	if rows, ok := p.wrapped[l]; ok {
		return rows
	}
	line := textLine{{markdownStyle(l), l}}
	if p.tab != bulletinTab {
		line = highlightKQL(l)
	}
	rows := m.wrapSpans(line, p.textWidth())
	const most = 2000
	if p.wrapped == nil || len(p.wrapped) >= most {
		p.wrapped = map[string][]textLine{}
	}
	p.wrapped[l] = rows
	return rows
}

// at finds what stands in a row of the text.
func (p *preview) at(m *Model, row int) (line textLine, changed, ok bool) {
	if p.beside != nil {
		if row >= len(p.beside) {
			return nil, false, false
		}
		return p.beside[row], false, true
	}
	i := sort.Search(len(p.lines), func(i int) bool { return p.lines[i].row > row }) - 1
	if i < 0 {
		return nil, false, false
	}
	rows := p.rows(m, p.lines[i].text)
	if row -= p.lines[i].row; row >= len(rows) {
		return nil, false, false
	}
	return rows[row], p.lines[i].changed, true
}

// reveal scrolls to the first line that the last decision changed, unless one
// is in sight.
func (p *preview) reveal() {
	first := -1
	for _, l := range p.lines {
		if !l.changed {
			continue
		}
		if l.row >= p.win.top && l.row < p.win.top+p.win.height {
			return
		}
		if first < 0 {
			first = l.row
		}
	}
	if first >= 0 {
		p.win.top = max(0, min(first-p.win.height/3, p.win.length-p.win.height))
	}
}
