package bulletin

import (
	"fmt"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// maxCells bounds how many cells of a row are told apart; the rest is one.
const maxCells = 64

// cells splits a table row at the pipes that no backslash escapes, with or
// without a pipe at either end, and reports whether a pipe closes the last
// cell. It appends to row.
func cells(row []string, s string) (_ []string, closed bool) {
	s = strings.TrimPrefix(s, "|")
	from, escaped := 0, false
	for i := 0; i < len(s) && len(row) < maxCells; i++ {
		switch {
		case escaped:
			escaped = false
		case s[i] == '\\':
			escaped = true
		case s[i] == '|':
			row = append(row, trim(s[from:i]))
			from = i + 1
		}
	}
	if trim(s[from:]) == "" {
		return row, len(row) > 0
	}
	return append(row, trim(s[from:])), false
}

// cellText is what a cell says: without the escapes of pipes, without code
// span or emphasis around all of it.
func cellText(s string) string {
	return unwrap(strings.ReplaceAll(s, `\|`, "|"))
}

// isSeparator reports whether s is the line between the header and the rows of
// a table.
func isSeparator(s string) bool {
	return strings.Contains(s, "|") && strings.Contains(s, "-") && strings.Trim(s, "|:- \t") == ""
}

// column is what one column of a table says.
type column int

const (
	typeColumn column = iota
	valueColumn
	threatColumn
	seenColumn
	confidenceColumn
	tableColumn
	noteColumn
	urlColumn
	statusColumn
	portColumn
	familyColumn
	lastColumn
	referenceColumn
	tagsColumn
	remarkColumn
	columnCount
)

// columnTitles are the titles that bulletins give their columns, in lower case.
var columnTitles = map[string]column{
	"type": typeColumn, "value": valueColumn, "threat type": threatColumn, "threat": threatColumn,
	"first seen": seenColumn, "confidence": confidenceColumn,
	"url": urlColumn, "status": statusColumn, "date added": seenColumn,
	"sentinel table": tableColumn, "table": tableColumn, "notes": noteColumn, "note": noteColumn,
	"port": portColumn, "family": familyColumn, "malware": familyColumn, "malware family": familyColumn, "last seen": lastColumn,
	"reference": referenceColumn, "references": referenceColumn, "link": referenceColumn, "tags": tagsColumn, "tag": tagsColumn,
	"comment": remarkColumn, "comments": remarkColumn, "remark": remarkColumn, "description": remarkColumn,
}

// longestTitle is the longest key of [columnTitles], in bytes.
const longestTitle = len("sentinel table")

// columns says which cell of a row holds what; -1 is nowhere.
type columns struct {
	at       [columnCount]int
	width    int
	unread   []int    // the columns that say something unknown
	titles   []string // of those
	reviewed bool     // they are those of a reviewed bulletin, of which the review reads the rest
}

// readHeader reads the titles of a table's columns, of two alike the first.
func readHeader(row []string) columns {
	c := columns{width: len(row)}
	for k := range c.at {
		c.at[k] = -1
	}
	reviewed := 0
	for i, cell := range row {
		title := cellText(cell)
		if len(title) <= longestTitle {
			if k, ok := columnTitles[strings.ToLower(title)]; ok && c.at[k] < 0 {
				c.at[k] = i
				continue
			}
			reviewed += reviewTitles[strings.ToLower(title)]
		}
		if title != "" {
			c.unread, c.titles = append(c.unread, i), append(c.titles, title)
		}
	}
	c.reviewed = reviewed == len(reviewTitles)
	return c
}

// reviewTitles are columns that every reviewed bulletin has and no other.
var reviewTitles = map[string]int{"on": 1, "verdict": 1, "where": 1}

func (c *columns) has(k column) bool { return c.at[k] >= 0 }

// stated is how many of the five columns of a table of IOCs there are.
func (c *columns) stated() (n int) {
	for k := typeColumn; k <= confidenceColumn; k++ {
		if c.has(k) {
			n++
		}
	}
	return n
}

// isIOCs reports whether the columns are those of a table of IOCs. A table of
// types and values that says nothing more about them is a list of something
// else.
func (c *columns) isIOCs() bool {
	return c.has(typeColumn) && c.has(valueColumn) && c.stated() > 2 || c.isURLs()
}

// valueAt is where the value of a row stands.
func (c *columns) valueAt() int {
	if c.isURLs() {
		return c.at[urlColumn]
	}
	return c.at[valueColumn]
}

// isNotes reports whether the columns are those of the tables that a bulletin
// needs.
func (c *columns) isNotes() bool { return c.has(tableColumn) && c.has(noteColumn) }

// cell is the text of the cell in column k of a row, "" when there is none.
func (c *columns) cell(row []string, k column) string {
	if i := c.at[k]; i >= 0 && i < len(row) {
		return cellText(row[i])
	}
	return ""
}

// needed is how many cells a row must have to give an IOC.
func (c *columns) needed() int { return max(c.at[typeColumn], c.valueAt()) + 1 }

// row reads one row of the table of IOCs. A row that gives no IOC, or not all
// of one, gives a finding that quotes it.
func (d *draft) row(ln line) {
	d.lastScenario = nil
	var scratch [8]string
	row, closed := cells(scratch[:0], ln.text)
	cut := false
	if ln.last {
		row, cut = d.cutRow(row, closed)
	}
	c := &d.columns
	if cut && len(row) < c.needed() {
		d.cutInValue(ln)
		return
	}
	d.rows++
	row = d.rejoin(row, ln)
	r := d.record(row, ln)
	d.rowTypes[r.Type]++
	d.unreadCells(row, ln.no)
	switch {
	case ln.last && c.isURLs() && !isStatus(r.Tags):
		d.cutInValue(ln) // a pipe may be one in the URL, as long as no state stands behind it
		return
	case len(row) < c.needed() || r.Type == "" || r.Value == "":
		d.find("short-row", feed.Error, ln.no, "the row %s has no type or no value, so no IOC is made of it", feed.Quote(ln.text))
		return
	case !r.Type.Known():
		d.find("unknown-type", feed.Error, ln.no, "Quarry does not know the type %s%s, so no IOC is made of the row %s", feed.Quote(string(r.Type)), meant(r.Type), feed.Quote(ln.text))
		return
	case c.isURLs() && !isURL(r.Value):
		d.find("bad-value", feed.Error, ln.no, "the row %s begins with no URL, so no IOC is made of it", feed.Quote(ln.text))
		return
	}
	i, ok := records.Read(r, d.findInRow)
	if !ok {
		return
	}
	i.Sources = []feed.Source{d.source(ln.no)}
	switch {
	case cut:
		d.find("text-cut", feed.Warning, ln.no, "the text ends in the middle of the row %s, and what it says after the last whole cell is missing", feed.Quote(ln.text))
	case len(row) < c.width:
		d.find("short-row", feed.Warning, ln.no, "the row %s has %d of %d cells, and the IOC lacks what the others would say", feed.Quote(ln.text), len(row), c.width)
	}
	d.add(i, ln.no)
}

// unreadCells lists what looks like an IOC in columns that say something unknown.
func (d *draft) unreadCells(row []string, no int) {
	c := &d.columns
	if c.reviewed {
		return
	}
	for k, at := range c.unread {
		if at < len(row) && row[at] != "" {
			d.mention("column "+feed.Quote(c.titles[k]), no, cellText(row[at]))
		}
	}
}

// cutInValue tells of a row that ends before its value does.
func (d *draft) cutInValue(ln line) {
	d.find("text-cut", feed.Error, ln.no, "the text ends in the middle of the row %s, so its value is not known and no IOC is made of it", feed.Quote(ln.text))
}

// record is what the cells of a row say.
func (d *draft) record(row []string, ln line) records.Record {
	c := &d.columns
	r := records.Record{
		Type: feed.Type(strings.ToLower(c.cell(row, typeColumn))), Value: c.cell(row, valueColumn), Threat: feed.Threat(strings.ToLower(c.cell(row, threatColumn))),
		FirstSeen: c.cell(row, seenColumn), Confidence: c.cell(row, confidenceColumn), Line: ln.no,
		Bare: true, // as ThreatFox has it, where most bulletins come from
	}
	if !c.reviewed {
		r.Port, r.Family, r.LastSeen, r.Reference = c.cell(row, portColumn), c.cell(row, familyColumn), c.cell(row, lastColumn), c.cell(row, referenceColumn)
		tags := strings.Split(c.cell(row, tagsColumn), ",")
		r.Tags = records.Tags(append(tags, c.cell(row, remarkColumn), c.cell(row, noteColumn))...)
	}
	if c.isURLs() {
		r.Type, r.Value, r.Tags = feed.URL, c.cell(row, urlColumn), append(d.status(c.cell(row, statusColumn)), r.Tags...)
		r.Threat = threatOf(r.Threat)
	}
	return r
}

// cutRow takes the cell that the end of the text cuts off the last row of a
// document, and reports whether there was one. A confidence is whole when its
// percent sign is there.
func (d *draft) cutRow(row []string, closed bool) ([]string, bool) {
	full := len(row) == d.columns.width
	if !closed && len(row) > 0 && !(full && d.columns.at[confidenceColumn] == len(row)-1 && strings.HasSuffix(row[len(row)-1], "%")) {
		return row[:len(row)-1], true
	}
	return row, len(row) < d.columns.width
}

// rejoin mends a row with too many cells: a pipe inside its value that nobody
// escaped, if the cells behind it then say what their columns should.
func (d *draft) rejoin(row []string, ln line) []string {
	c := &d.columns
	extra := len(row) - c.width
	if extra <= 0 {
		return row
	}
	if v := c.valueAt(); v < c.width {
		whole := append(append(append([]string{}, row[:v]...), strings.Join(row[v:v+extra+1], "|")), row[v+extra+1:]...)
		_, badSeen := feed.ParseSeen(c.cell(whole, seenColumn))
		_, badConfidence := records.ParseConfidence(c.cell(whole, confidenceColumn))
		threat := feed.Threat(strings.ToLower(c.cell(whole, threatColumn)))
		fits := threat.Known() && c.stated() == 5 || c.isURLs() && isStatus([]string{strings.ToLower(c.cell(whole, statusColumn))})
		if badSeen == nil && badConfidence == nil && fits {
			d.find("long-row", feed.Info, ln.no, "the row %s has more cells than the header; the pipe is taken as part of its value", feed.Quote(ln.text))
			return whole
		}
	}
	d.find("long-row", feed.Warning, ln.no, "the row %s has more cells than the header, and the last %s not used", feed.Quote(ln.text), records.Beyond(extra))
	return row
}

// stood is where an IOC stood first, and the highest confidence so far.
type stood struct{ line, confidence int }

// add takes an IOC in; the second of two equal ones gives a finding.
func (d *draft) add(i feed.IOC, no int) {
	d.b.IOCs = append(d.b.IOCs, i)
	key := i.Key()
	was, again := d.seen[key]
	if !again {
		d.seen[key] = stood{no, i.Confidence}
		return
	}
	with := ""
	if i.Confidence != was.confidence { // as [feed.Set] merges them
		with = fmt.Sprintf(", with the higher confidence of %d%%", max(i.Confidence, was.confidence))
	}
	d.find("duplicate-row", feed.Info, no, "%s stands on line %d already; the two count as one IOC%s", feed.Quote(i.Value), was.line, with)
	d.seen[key] = stood{was.line, max(i.Confidence, was.confidence)}
}

// meant asks whether another type was meant than one that Quarry does not know.
func meant(t feed.Type) string {
	var names []string
	for _, known := range feed.Types {
		names = append(names, string(known))
	}
	if near := feed.Nearest(string(t[:min(len(t), longestType)]), names); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

// longestType is how much of a type's name is looked at.
const longestType = 40

// note reads one row of the list of tables.
func (d *draft) note(ln line) {
	d.lastScenario = nil
	var scratch [8]string
	row, closed := cells(scratch[:0], ln.text)
	name := d.notes.cell(row, tableColumn)
	cut := ln.last && !closed
	if cut && d.notes.at[tableColumn] == len(row)-1 {
		d.find("text-cut", feed.Warning, ln.no, "the text ends in the middle of the row %s, so the table it names is not known", feed.Quote(ln.text))
		return
	}
	if name == "" {
		d.find("short-row", feed.Warning, ln.no, "the row %s names no table, so it is not used", feed.Quote(ln.text))
		return
	}
	note := d.notes.cell(row, noteColumn)
	if len(row) > d.notes.width {
		d.find("long-row", feed.Warning, ln.no, "the row %s has more cells than the header, and the last %s not used", feed.Quote(ln.text), records.Beyond(len(row)-d.notes.width))
	}
	if cut {
		d.find("text-cut", feed.Warning, ln.no, "the text ends in the middle of the note %s", feed.Quote(note))
	}
	d.b.Tables = append(d.b.Tables, feed.TableNote{Name: name, Note: note, Source: d.source(ln.no)})
	d.mention(fmt.Sprintf("note of table %s", plainName(name)), ln.no, note)
}

// plainName is a name for a sentence: as it is if it is an identifier, else
// quoted.
func plainName(s string) string {
	if s != "" && len(s) <= 80 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
		return s
	}
	return feed.Quote(s)
}
