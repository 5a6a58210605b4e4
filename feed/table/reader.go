package table

import (
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// Reader reads tables. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "table".
func (Reader) Name() string { return "table" }

// Sure looks for titles of columns with values below them, or for columns of
// values that need no title.
func (Reader) Sure(head []byte) feed.Sureness {
	w, err := vocabulary()
	if err != nil {
		return 0 // Read tells
	}
	if _, _, sure := objectsOf(head, w); sure > 0 {
		return sure
	}
	_, sure := layoutOf(head, w)
	return sure
}

// Read reads the rows of a table or the objects of a JSON document, each as it
// comes. Nothing of it is kept but
// findings. The error is an [*feed.InputError] or that of out.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	w, err := vocabulary()
	if err != nil {
		return err
	}
	o, l, sure := objectsOf(in.Head(), w)
	isObjects := sure > 0
	if !isObjects {
		l, sure = layoutOf(in.Head(), w)
	}
	if sure == 0 {
		return &feed.InputError{Name: in.Name, Reason: "it is no table of indicators", Advice: "name its columns in a first row, such as type,value"}
	}
	t := &table{layout: l, words: w, Document: records.Begin(in, out, 1), left: map[string]*counted{}, hits: map[int]bool{}, spared: map[int]int{}, verdicts: map[string]bool{}, from: 1}
	t.find()
	if isObjects {
		if err := t.Stop(t.readObjects(in, o)); err != nil {
			return err
		}
		t.end()
		return nil
	}
	rows := records.NewRows(records.NewLines(in), l.comma)
	rows.Comment = t.comment
	t.guessedPorts()
	if err := t.read(rows); err != nil {
		return err
	}
	if err := t.Stop(rows.Err()); err != nil {
		return err
	}
	t.end()
	return nil
}

// table is a table as it is read.
type table struct {
	layout
	*records.Document
	words    *words
	at       map[meaning]int // the column of what only one has
	value    []int           // the columns of values
	tail     int             // the last column that says whether and what an IOC there is
	rows     int             // of values
	from     int             // the line from which the columns hold, 1 of the first
	hits     map[int]bool    // the unread columns with what looks like an indicator
	spared   map[int]int     // in how many rows a column counts that gives way
	left     map[string]*counted
	verdicts map[string]bool // cells of verdicts and notes, to whether they say that it is no harm
	types    []string        // keys of left, in their order
	err      error           // of the sink

	apart     apart
	said      bool   // a comment of words stands behind the last row that was read
	reference string // of all rows that have none

	typed     bool // a row's type says which of its values is the indicator
	tally     records.Tally
	laterKeys []string // of objects, which the first did not have
	ahead     []row    // read in search of what a row of titles means
	urls      int      // with a cell behind them, in a table that only looks like one
	urlAt     int      // the line of the first
}

// counted is rows of one type, of which no IOC is made.
type counted struct {
	code     string
	severity feed.Severity
	why      string
	n        int
	line     int // of the first
}

// find finds the columns.
func (t *table) find() {
	t.at, t.value = map[meaning]int{}, nil
	for k, c := range t.columns {
		switch c.is {
		case valueColumn:
			t.value = append(t.value, k)
		case noteColumn, tagsColumn, unread:
		default:
			t.at[c.is] = k
		}
		if c.is == valueColumn || c.is == typeColumn || c.is == detectColumn || c.is == benignColumn || c.is == verdictColumn || c.is == portColumn {
			t.tail = k
		}
	}
}

// guessedPorts tells of a column that is one of ports by its looks, or may be.
func (t *table) guessedPorts() {
	if k := slices.IndexFunc(t.columns, func(c column) bool { return c.numbers }); k >= 0 {
		t.Find("port-as-tag", feed.Warning, 1, "no title says what the numbers of column %d are; by their looks they may be ports or something else, so the addresses have none and the numbers are tags; name the columns in a first row, such as ip,port, if they are ports", k+1)
	}
	if k, ok := t.at[portColumn]; ok && t.columns[k].title == "" {
		t.Find("port-guessed", feed.Warning, 1, "no title says what the numbers of column %d are; behind addresses they are read as ports; name the columns in a first row, such as ip,port, if they are something else", k+1)
	}
}

// comment takes a line of comments.
func (t *table) comment(line int, text string) {
	said := strings.Trim(text, "# \t")
	t.said = t.said || said != "" && isWords(said)
	if err := t.add(mentions(text, "a comment"), line); err != nil && t.err == nil {
		t.err = err
	}
}

func (t *table) read(rows *records.Rows) error {
	for n := 0; ; {
		r, ok := t.take(rows)
		if !ok {
			return t.err
		}
		if t.err != nil {
			return t.err
		}
		n++
		switch {
		case n <= t.titles:
			if err := t.above(r); err != nil {
				return err
			}
			continue
		case t.header && n == t.titles+1:
			continue
		case r.cut:
			t.Find("long-line", feed.Error, r.line, "this line is longer than %d MiB, so it is left out", records.MaxLine>>20)
			continue
		case t.isHeader(r.cells) && t.begins(&r, rows):
			continue
		case len(t.columns) > 1 && t.isBeside(&r, rows):
			if err := t.beside(r); err != nil {
				return err
			}
			continue
		}
		t.rows++
		if err := t.row(t.words.stated(r.cells), r.line, r.open); err != nil {
			return err
		}
	}
}

// above takes a line above the titles.
func (t *table) above(r row) error {
	t.Find("unread-text", feed.Info, r.line, "no IOC is made of the line %s above the titles of the table", feed.Quote(strings.Join(r.cells, " ")))
	if t.Title == "" {
		t.Title = r.cells[0]
	}
	return t.mention(r.cells, r.line, "text above the table")
}

// once counts rows of a type that gives no IOC, and tells of them at the end:
// one finding a type, and one of all together where there are too many.
func (t *table) once(word string, c counted, line int) {
	if t.left[word] == nil && len(t.left) >= records.MaxFindings {
		word, c.why = "", "further types from which nothing is made"
	}
	if t.left[word] == nil {
		c.line = line
		t.left[word] = &c
		t.types = append(t.types, word)
	}
	t.left[word].n++
}

// end tells what was counted, and which columns were not read.
func (t *table) end() {
	for _, word := range t.types {
		c := t.left[word]
		where := ""
		if c.n > 1 {
			where = fmt.Sprintf(", %d times from here on", c.n)
		}
		t.Find(c.code, c.severity, c.line, "no IOC is made of the type %s%s: %s", feed.Quote(word), where, c.why)
	}
	if t.rows == 0 {
		t.Find("empty-table", feed.Error, 1, "the table has no rows, so there is nothing to hunt")
	}
	if t.unsaid && t.rows > 0 {
		t.Find("unsaid-indicators", feed.Warning, 1, "no key of these objects says that they are indicators, as type, malware or confidence would, so their values are listed and off; the list may be a log")
	}
	if t.bare && t.rows > 0 {
		t.Find("unsaid-indicators", feed.Warning, 1, "these objects hold nothing but values and names, so all values are indicators, though no key says so; the list may be one of what is known and harmless")
	}
	t.unreadColumns()
	t.tally.Report(t.Find)
	if t.urls > 0 {
		t.Find("url-end", feed.Warning, t.urlAt, "no titles say what the columns are, so %s from this line on end at the first %s; where it is part of a URL put that in quotes, or name the columns in a first row", feed.Counted(t.urls, "URL"), feed.Quote(string(t.comma)))
	}
	t.End()
	feed.SortFindings(t.Findings)
}

// unreadColumns tells which columns were not read, and of which what looks like an
// indicator is listed.
func (t *table) unreadColumns() {
	var without, with, behind []string
	for k, c := range t.columns {
		switch {
		case c.is != unread:
		case t.hits[k]:
			with = append(with, t.nameOf(k))
		case c.answers:
			t.Find("unread-column", feed.Warning, t.from, "the column %s holds answers such as \"yes\" or \"primary\" and no values, so nothing is taken from it; look at the rows where it says no", t.nameOf(k))
		case t.spared[k] > 0:
			t.Find("unread-column", feed.Info, t.from, "the column %s counts in %s, where no other says when an indicator was seen", t.nameOf(k), feed.Counted(t.spared[k], "row"))
		case c.spare != unread:
			behind = append(behind, t.nameOf(k))
		default:
			without = append(without, t.nameOf(k))
		}
	}
	if len(behind) > 0 {
		t.Find("unread-column", feed.Info, t.from, "nothing is taken from the %s, for another says when an indicator was seen", columnsOf(behind))
	}
	if len(without) > 0 {
		t.Find("unread-column", feed.Info, t.from, "nothing is taken from the %s, of which Quarry does not know what %s", columnsOf(without), feed.Pick(len(without), "it says", "they say"))
	}
	for _, key := range t.laterKeys {
		with = append(with, feed.Quote(key))
	}
	if len(with) > 0 {
		t.Find("unread-column", feed.Warning, t.from, "of the %s Quarry does not know what %s, so what looks like an indicator there is listed and off; name %s, such as domain or reference, if you know",
			columnsOf(with), feed.Pick(len(with), "it says", "they say"), feed.Pick(len(with), "it", "them"))
	}
}

// nameOf is the title of a column in a message, or its number.
func (t *table) nameOf(k int) string {
	if title := t.columns[k].title; title != "" {
		return feed.Quote(title)
	}
	return fmt.Sprint(k + 1)
}

// columnsOf names columns in a sentence.
func columnsOf(names []string) string {
	return feed.Pick(len(names), "column ", "columns ") + named(names)
}

// named lists names of columns, the first of many.
func named(names []string) string {
	const most = 20
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// cell is the text of the column of which there is one, "" where it is missing.
func (t *table) cell(row []string, m meaning) string {
	k, ok := t.at[m]
	if !ok || k >= len(row) {
		return ""
	}
	return row[k]
}

// seen is when a row says that its values were seen, first or last: where the
// column of that is empty, what a column says that gives way to it.
func (t *table) seen(row []string, m meaning) string {
	if date := t.cell(row, m); date != "" {
		return date
	}
	for k, c := range t.columns {
		if c.spare == m && k < len(row) && row[k] != "" {
			t.spared[k]++
			return row[k]
		}
	}
	return ""
}

// notes are the texts of the columns of tags and notes.
func (t *table) notes(row []string) (tags []string) {
	for k, c := range t.columns {
		if k >= len(row) || row[k] == "" {
			continue
		}
		switch c.is {
		case tagsColumn:
			tags = append(tags, splitTags(row[k])...)
		case noteColumn, verdictColumn:
			tags = append(tags, row[k])
		}
	}
	return slices.Compact(tags)
}

// splitTags takes tags apart: "#phishing #scam", "a,b" and "a; b".
func splitTags(s string) (tags []string) {
	cut := func(r rune) bool { return r == ',' || r == ';' || r == '|' }
	if strings.HasPrefix(s, "#") {
		cut = func(r rune) bool { return r == ',' || r == ';' || r == ' ' }
	}
	for tag := range strings.FieldsFuncSeq(s, cut) {
		if tag = strings.TrimLeft(strings.TrimSpace(tag), "#"); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}
