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
	files   bool          // file names stand among the values, so a name like x.zip is one too
	scale   records.Scale // of the confidences
	order   dayOrder
	unsaid  bool // nothing says that the values are indicators
	bare    bool // nothing says it but that rows hold nothing else
	byLooks bool // nothing but the looks of the cells says which of them are values
}

// column is a column of a table.
type column struct {
	is      meaning
	kind    *kind   // of the values, where the column says it
	title   string  // as written; "" without a header
	spare   meaning // what it says in rows where no other column says it
	numbers bool    // behind addresses, of which few are usual ports

	controls bool // of names of malware: the title is that of its controllers too
	answers  bool // of no values: the cells say whether or which
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
	if first == "" || strings.IndexByte("{[<", first[0]) >= 0 || hasFences(text) {
		return layout{}, 0
	}
	for _, comma := range commas {
		if comma == '|' && isMarkdown(first) {
			continue
		}
		s := sampleOf(w, text, comma)
		if l, n := s.layout(w); n > sure && !(comma == '\t' && s.isPage(l)) {
			best, sure = l, n
			best.comma = comma
		}
	}
	return best, sure
}

// hasFences reports whether a text has a block of code as Markdown has them, so
// that it is more than a table. All of a table may stand in one.
func hasFences(text string) bool {
	if !strings.Contains(text, "```") && !strings.Contains(text, "~~~") {
		return false
	}
	n, behind := 0, false
	first := true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		case isFence(line):
			if n++; n == 1 && !first || n > 2 {
				return true
			}
			behind = n == 2
		case behind:
			return true
		}
		first = false
	}
	return false
}

// isFence reports whether a line begins or ends a block of code.
func isFence(line string) bool {
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
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
	stated  [][]string // the rows, with nothing in the cells that say so
	alone   []bool     // of the rows: nothing parts cells in it
	gap     []bool     // of the rows: it stands behind an empty line
	comment [][]string // the last line of comments before the first row, taken apart; with its sign, where that may be a title, and without
}

func sampleOf(w *words, text string, comma byte) sample {
	var s sample
	rows := records.NewRows(records.LinesOf(text), comma)
	last := ""
	rows.Comment = func(_ int, text string) {
		if len(s.rows) == 0 {
			last = text
		}
	}
	for len(s.rows) < sampleRows && rows.Next() {
		if isSep(rows.Fields) || isFence(rows.Fields[0]) {
			continue
		}
		row := trimmed(rows.Fields)
		row = slices.Clone(row[:min(len(row), maxColumns)])
		s.rows = append(s.rows, row)
		s.alone, s.gap = append(s.alone, len(rows.Fields) == 1), append(s.gap, rows.Gap)
		s.stated = append(s.stated, w.stated(slices.Clone(row)))
	}
	if len(last) > 1 && last[1] == comma {
		s.comments(records.SplitRow(last, comma))
	}
	if last = strings.TrimLeft(last, "# \t"); last != "" {
		if r := records.NewRows(records.LinesOf(last), comma); r.Next() {
			s.comments(r.Fields)
		}
	}
	return s
}

// comments adds a way to take a line of comments apart, if it has several cells.
func (s *sample) comments(row []string) {
	if row = trimmed(row); len(row) > 1 {
		s.comment = append(s.comment, slices.Clone(row[:min(len(row), maxColumns)]))
	}
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
	for _, titles := range s.comment {
		if l, sure := titled(w, titles, s.stated); sure > 0 {
			l.header = false
			return l, sure
		}
	}
	for n := range min(len(s.rows), maxTitles+1) {
		if l, sure := titled(w, s.rows[n], s.stated[n+1:]); sure > 0 {
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
	if l, sure := untitled(w, nil, s.stated); sure > 0 {
		return l, sure
	}
	if len(s.rows) > 1 && areTitles(s.rows[0]) {
		return untitled(w, s.rows[0], s.stated[1:])
	}
	return layout{}, 0
}

func first(row []string) string {
	if len(row) == 0 {
		return ""
	}
	return row[0]
}

// titled reads a row as the titles of the columns of those below it.
func titled(w *words, row []string, below [][]string) (layout, feed.Sureness) {
	l := layout{header: true, columns: make([]column, len(row))}
	known := 0
	for k, cell := range row {
		if _, value := records.Guess(cell); value || len(cell) > longestWord {
			return layout{}, 0
		}
		l.columns[k] = column{is: l.meaningOf(w, k, row, below), title: cell}
		if kind := w.valued[plain(cell)]; kind != nil && l.columns[k].is == unread {
			l.columns[k].is, l.columns[k].kind = valueColumn, kind
		}
		if l.columns[k].is == unread && w.later[plain(cell)] {
			l.columns[k].spare = w.titles[plain(cell)][0]
		}
		if l.columns[k].is != unread {
			known++
		}
	}
	if !l.has(valueColumn) {
		return layout{}, 0
	}
	l.nameMalware(below)
	l.judgeByAction(below)
	values, usable := l.count(w, below)
	l.files = l.hasFiles(below)
	l.scale, l.order = l.scaleOf(below), l.orderOf(below)
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
// notes, the first counts, but for titles that give way to others.
func (l *layout) meaningOf(w *words, k int, titles []string, below [][]string) meaning {
	might := w.meanings(titles[k])
	if w.isScore(titles[k], titles) {
		might = []meaning{confidenceColumn}
	}
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
		case noteColumn:
			if _, values := shares(w, k, below); values >= 90 && said().Values[plain(titles[k])] && !slices.ContainsFunc(titles, w.isTitle) {
				return valueColumn
			}
		}
		if m != valueColumn && m != noteColumn && m != tagsColumn && l.has(m) || w.givesWay(m, titles[k], titles) {
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
			if typed || len(records.ValuesOf(row[k])) > 0 {
				usable++
			}
		}
	}
	return values, usable
}

// scaleOf is what the confidences are parts of.
func (l *layout) scaleOf(rows [][]string) (s records.Scale) {
	k := slices.IndexFunc(l.columns, func(c column) bool { return c.is == confidenceColumn })
	for _, row := range rows {
		if k >= 0 && k < len(row) {
			s.See(row[k])
		}
	}
	return s
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
