package table

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// layout is how a table is made: what parts its cells, and what its columns
// hold.
type layout struct {
	comma   byte
	titles  int // rows before the header
	header  bool
	columns []column
	files   bool // file names stand among the values, so a name like x.zip is one too
}

// column is a column of a table.
type column struct {
	is    meaning
	kind  *kind  // of the values, where the column says it
	title string // as written; "" without a header
}

// How sure the reader is of a table.
const (
	sureOfHeader   feed.Sureness = 75 // titles of columns, values below
	sureOfOneTitle feed.Sureness = 62 // of one column
	sureOfContent  feed.Sureness = 50 // no titles, but columns of types and values
	sureOfValues   feed.Sureness = 40 // no titles, but a column of values
)

// Bounds of what is looked at.
const (
	sampleRows = 400
	maxTitles  = 3 // rows of a title before the header
	maxColumns = 256
)

// commas are what parts cells.
var commas = []byte(",\t;|")

// layoutOf finds out how the table is made that a document begins with.
func layoutOf(head []byte, w *words) (best layout, sure feed.Sureness) {
	text := string(head)
	if len(head) >= feed.HeadSize { // the last line is cut
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	first := strings.TrimLeft(text, " \t\r\n\ufeff")
	if first == "" || strings.IndexByte("{[<", first[0]) >= 0 {
		return layout{}, 0
	}
	for _, comma := range commas {
		if comma == '|' && isMarkdown(first) {
			continue
		}
		s := sampleOf(text, comma)
		if l, n := s.layout(w); n > sure {
			best, sure = l, n
			best.comma = comma
		}
	}
	return best, sure
}

// isMarkdown reports whether a text has tables of Markdown, which bars part too.
func isMarkdown(text string) bool {
	lines := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "|") || strings.Contains(line, "|") && strings.Contains(line, "--") && strings.Trim(line, "|:- \t") == "" {
			return true
		}
		if lines++; lines > sampleRows {
			break
		}
	}
	return false
}

// sample is the beginning of a table.
type sample struct {
	rows    [][]string
	comment []string // the last line of comments before the first row, taken apart
}

func sampleOf(text string, comma byte) sample {
	var s sample
	rows := records.NewRows(records.LinesOf(text), comma)
	last := ""
	rows.Comment = func(_ int, text string) {
		if len(s.rows) == 0 {
			last = text
		}
	}
	for len(s.rows) < sampleRows && rows.Next() {
		if isSep(rows.Fields) {
			continue
		}
		row := trimmed(rows.Fields)
		s.rows = append(s.rows, slices.Clone(row[:min(len(row), maxColumns)]))
	}
	if last = strings.TrimLeft(last, "# \t"); last != "" {
		if r := records.NewRows(records.LinesOf(last), comma); r.Next() {
			row := trimmed(r.Fields)
			s.comment = slices.Clone(row[:min(len(row), maxColumns)])
		}
	}
	return s
}

// isSep reports whether a row is the line with which a spreadsheet is told what
// parts the cells: "sep=;".
func isSep(row []string) bool {
	return len(row) > 0 && len(row) < 3 && strings.HasPrefix(strings.ToLower(row[0]), "sep=") && len(row[0]) < len("sep=xx")
}

// trimmed takes marks and spaces off the cells of a row, and empty cells off its
// end.
func trimmed(row []string) []string {
	for k, cell := range row {
		row[k] = strings.Trim(cell, " \t\n\u00a0\u200b\ufeff")
	}
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

// layout finds out what the columns hold.
func (s sample) layout(w *words) (layout, feed.Sureness) {
	if len(s.comment) > 1 {
		if l, sure := s.titled(w, s.comment, s.rows); sure > 0 {
			l.header = false
			return l, sure
		}
	}
	for n := range min(len(s.rows), maxTitles+1) {
		if l, sure := s.titled(w, s.rows[n], s.rows[n+1:]); sure > 0 {
			l.titles = n
			return l, sure
		}
		if len(s.rows[n]) > 1 {
			break
		}
		if _, value := records.Guess(first(s.rows[n])); value {
			break
		}
	}
	return s.untitled(w)
}

func first(row []string) string {
	if len(row) == 0 {
		return ""
	}
	return row[0]
}

// titled reads a row as the titles of the columns of those below it.
func (s sample) titled(w *words, row []string, below [][]string) (layout, feed.Sureness) {
	l := layout{header: true, columns: make([]column, len(row))}
	known := 0
	for k, cell := range row {
		if _, value := records.Guess(cell); value || len(cell) > longestWord {
			return layout{}, 0
		}
		l.columns[k] = column{is: l.meaningOf(w, k, cell, below), title: cell}
		if kind := w.valued[plain(cell)]; kind != nil && l.columns[k].is == unread {
			l.columns[k].is, l.columns[k].kind = valueColumn, kind
		}
		if l.columns[k].is != unread {
			known++
		}
	}
	if !l.has(valueColumn) {
		return layout{}, 0
	}
	values, usable := l.count(w, below)
	l.files = l.hasFiles(below)
	switch {
	case 2*usable < values, values == 0 && (known < len(row) || known < 2):
		return layout{}, 0
	case len(row) > 1:
		return l, sureOfHeader
	case 10*usable < 9*values || strings.HasSuffix(row[0], ":") || slices.ContainsFunc(below, func(other []string) bool { return w.isTitle(first(other)) }):
		return layout{}, 0 // headings of lists
	}
	return l, sureOfOneTitle
}

func (l *layout) has(m meaning) bool {
	return slices.ContainsFunc(l.columns, func(c column) bool { return c.is == m })
}

// meaningOf is what a title says of its column, decided by the cells below where
// it may mean several things. Of two columns of types, or of any but values and
// notes, the first counts.
func (l *layout) meaningOf(w *words, k int, title string, below [][]string) meaning {
	might := w.titles[plain(title)]
	for _, m := range might {
		switch m {
		case typeColumn:
			if types, _ := shares(w, k, below); types < 50 {
				continue
			}
		case valueColumn:
			if types, _ := shares(w, k, below); types >= 50 && slices.Contains(might, typeColumn) {
				continue
			}
		}
		if m != valueColumn && m != noteColumn && m != tagsColumn && l.has(m) {
			continue
		}
		return m
	}
	return unread
}

// shares is which part of the cells of a column, in percent, are words for
// types and are values. In a column without a cell none is.
func shares(w *words, k int, rows [][]string) (types, values int) {
	cells := 0
	for _, row := range rows {
		if k >= len(row) || row[k] == "" {
			continue
		}
		cells++
		if w.kindOf(row[k]) != nil {
			types++
		} else if _, ok := records.Guess(row[k]); ok {
			values++
		}
	}
	if cells == 0 {
		return 0, 0
	}
	return 100 * types / cells, 100 * values / cells
}

// count is how many cells of values there are, and how many of them can be one
// by the looks of it: with a column of types all whose type is known.
func (l *layout) count(w *words, rows [][]string) (values, usable int) {
	at := slices.IndexFunc(l.columns, func(c column) bool { return c.is == typeColumn })
	for _, row := range rows {
		typed := at >= 0 && at < len(row) && w.kindOf(row[at]) != nil
		for k, c := range l.columns {
			if c.is != valueColumn || k >= len(row) || row[k] == "" {
				continue
			}
			values++
			if typed || len(valuesIn(row[k], nil)) > 0 {
				usable++
			}
		}
	}
	return values, usable
}

// hasFiles reports whether file names stand among the values.
func (l *layout) hasFiles(rows [][]string) bool {
	for _, row := range rows {
		for k, c := range l.columns {
			if c.is == valueColumn && c.kind == nil && k < len(row) && records.IsFileName(row[k]) {
				return true
			}
		}
	}
	return false
}

// untitled tells columns by what stands in them, where nine of ten rows agree.
func (s sample) untitled(w *words) (layout, feed.Sureness) {
	width := s.width()
	if width < 2 || hostsOnly(s.rows, 0) {
		return layout{}, 0
	}
	l := layout{columns: make([]column, width)}
	for k := range l.columns {
		if types, _ := shares(w, k, s.rows); types >= 90 && !l.has(typeColumn) {
			l.columns[k].is = typeColumn
		}
	}
	if !l.findValues(w, s.rows) {
		return layout{}, 0
	}
	l.findRest(s.rows)
	l.files = l.hasFiles(s.rows)
	if l.has(typeColumn) {
		return l, sureOfContent
	}
	return l, sureOfValues
}

// width is how many cells nine of ten rows have at most, 0 where they differ:
// text with a comma here and there is no table.
func (s sample) width() int {
	counts := map[int]int{}
	widest := 0
	for _, row := range s.rows {
		counts[len(row)]++
		widest = max(widest, len(row))
	}
	usual := 0
	for n, rows := range counts {
		if rows > counts[usual] || rows == counts[usual] && n > usual {
			usual = n
		}
	}
	if usual < 2 || 10*counts[usual] < 7*len(s.rows) {
		return 0
	}
	return widest
}

// findValues finds the column of values: with types the one whose values are of
// them, else the first that holds nothing else, and with it those of hashes.
func (l *layout) findValues(w *words, rows [][]string) bool {
	at := slices.IndexFunc(l.columns, func(c column) bool { return c.is == typeColumn })
	for k := range l.columns {
		if k == at {
			continue
		}
		if at >= 0 {
			if 10*agree(w, rows, at, k) >= 9*len(rows) {
				l.columns[k].is = valueColumn
				return true
			}
			continue
		}
		if _, values := shares(w, k, rows); values >= 90 && (!l.has(valueColumn) || hashesOnly(rows, k)) {
			l.columns[k].is = valueColumn
		}
	}
	return l.has(valueColumn)
}

// agree is how many rows have in column k a value of the type in column at.
func agree(w *words, rows [][]string, at, k int) (n int) {
	for _, row := range rows {
		if at >= len(row) || k >= len(row) {
			continue
		}
		kind := w.kindOf(row[at])
		if kind == nil || len(kind.Types) == 0 || slices.ContainsFunc(kind.Types, func(t feed.Type) bool {
			_, err := feed.Canonical(t, row[k])
			return err == nil
		}) {
			n++
		}
	}
	return n
}

func hashesOnly(rows [][]string, k int) bool {
	return all(rows, k, func(v string) bool {
		t, ok := records.Guess(v)
		return ok && t.IsHash()
	})
}

// sinks are the addresses to which hosts files send names.
var sinks = []string{"127.0.0.1", "0.0.0.0", "::1", "::"}

// hostsOnly reports whether a column is the first one of a hosts file.
func hostsOnly(rows [][]string, k int) bool {
	return all(rows, k, func(v string) bool { return slices.Contains(sinks, v) })
}

// all reports whether each cell of a column that is not empty is such, and there
// is one.
func all(rows [][]string, k int, such func(string) bool) bool {
	cells := 0
	for _, row := range rows {
		if k < len(row) && row[k] != "" {
			if !such(row[k]) {
				return false
			}
			cells++
		}
	}
	return cells > 0
}

// findRest finds dates, tags and references among the other columns.
func (l *layout) findRest(rows [][]string) {
	for k := range l.columns {
		c := &l.columns[k]
		if c.is != unread {
			continue
		}
		switch {
		case !l.has(firstColumn) && all(rows, k, isDate):
			c.is = firstColumn
		case !l.has(referenceColumn) && all(rows, k, isLink):
			c.is = referenceColumn
		case !l.has(tagsColumn) && all(rows, k, func(v string) bool { return v[0] == '#' }):
			c.is = tagsColumn
		}
	}
}

func isDate(v string) bool {
	_, err := feed.ParseSeen(v)
	return err == nil
}

func isLink(v string) bool {
	return strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://")
}
