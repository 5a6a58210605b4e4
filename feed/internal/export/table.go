// Package export holds what the exports of abuse.ch's projects have in common:
// CSV whose banner, header and count of entries stand in comments, and JSON that
// writes one field now as a string, now as a list, a number or null.
package export

import (
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// Table goes through the rows of a CSV export:
//
//	################################################################
//	# ThreatFox IOCs: recent additions - CSV format                #
//	# Last updated: 2026-07-04 22:19:04 UTC                        #
//	################################################################
//	#
//	# "first_seen_utc","ioc_id","ioc_value", ...
//	"2026-07-04 22:19:04", "1844855", "lantern.example", ...
//	# Number of entries: 1
//
// Some projects write "# END 1 entries", and who saved the table with another
// program may have made a row of the header.
type Table struct {
	Fields []string // of the row; valid until the next
	Line   int      // on which the row begins
	Stated int      // entries that the export says it has, or [feed.NoTotal]

	doc     *records.Document
	rows    *records.Rows
	header  func(names []string) bool
	guess   func(fields []string) []string
	names   []string // of the columns
	begun   bool     // a header was read
	foot    bool     // the last comment counted the entries
	count   int      // rows since then
	entries int      // rows in all
}

// NewTable goes through the rows of a document. Header is asked of each comment
// and of the first row whether they name the columns; it gets the names in
// lower case. Where none did before the first row, guess says the names by that;
// it may be nil.
func NewTable(in *feed.Input, doc *records.Document, header func(names []string) bool, guess func(fields []string) []string) *Table {
	t := &Table{Stated: feed.NoTotal, doc: doc, rows: records.NewRows(records.NewLines(in), ','), header: header, guess: guess}
	t.rows.Comment = t.comment
	return t
}

// Next goes to the next row that can be used, and reports whether there is one.
// A row that the end of the document cuts off is none. The others have as many
// fields as there are columns, or more.
func (t *Table) Next() bool {
	for t.rows.Next() {
		t.Fields, t.Line = t.rows.Fields, t.rows.Line
		if t.entries == 0 {
			if t.isHeader(t.Fields) {
				continue
			}
			if t.names == nil && t.guess != nil {
				t.names = t.guess(t.Fields)
			}
		}
		t.count++
		t.entries++
		if t.rows.Open && t.partial() {
			t.doc.Find("text-cut", feed.Error, t.Line, "the text ends in the row %s, which may lack its end, so no IOC is made of it, and what follows is missing", t.quote())
			continue
		}
		if t.rows.Cut {
			t.doc.Find("bad-record", feed.Error, t.Line, "the row %s is longer than %d bytes, so no IOC is made of it", t.quote(), records.MaxLine)
			continue
		}
		if n := len(t.Fields); n < len(t.names) {
			t.doc.Find("short-row", feed.Warning, t.Line, "the row %s has %d of %d fields, and the IOC lacks what the others would say", t.quote(), n, len(t.names))
			for len(t.Fields) < len(t.names) {
				t.Fields = append(t.Fields, "")
			}
		}
		return true
	}
	return false
}

// partial reports whether the row, the last of the document, may lack its end.
func (t *Table) partial() bool { return len(t.Fields) < len(t.names) || !t.rows.Quoted }

// quote shows the row in a message.
func (t *Table) quote() string { return Row(t.Fields) }

// Row shows a row in a message.
func Row(fields []string) string {
	const enough = 100 // characters and more are not shown
	size := 0
	for i, f := range fields {
		if size += len(f); size > enough*4 {
			fields = fields[:i+1]
			break
		}
	}
	return feed.Quote(strings.Join(fields, ","))
}

// isHeader takes a row or comment that names the columns.
func (t *Table) isHeader(fields []string) bool {
	names := Names(fields)
	if len(names) < 2 || !t.header(names) {
		return false
	}
	t.names, t.begun = names, true
	return true
}

// Names are the names of columns in lower case, without quotes.
func Names(fields []string) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.ToLower(strings.Trim(f, ` "`+"\t"))
	}
	return names
}

// longHeader is how long a comment may be that is taken for a header.
const longHeader = 2000

// comment reads a line of the banner or the foot.
func (t *Table) comment(line int, text string) {
	text = strings.TrimSpace(strings.Trim(text, "# \t"))
	if text == "" {
		return
	}
	t.foot = false
	if n, ok := entries(text); ok {
		t.check(line, n)
		return
	}
	if strings.Contains(text, ",") && len(text) < longHeader && t.isHeader(strings.Split(text, ",")) {
		return
	}
	if t.doc.Title == "" && t.entries == 0 && !strings.Contains(text, "://") && strings.Contains(text, " ") {
		t.doc.Title = text
	}
}

// entries reads how many entries a comment says there are; n is "" where it
// does not.
func entries(text string) (n string, ok bool) {
	if n, ok = strings.CutPrefix(text, "Number of entries:"); ok {
		return strings.TrimSpace(n), true
	}
	if words := strings.Fields(text); len(words) == 3 && words[0] == "END" && words[2] == "entries" {
		return strings.Trim(words[1], "()"), true
	}
	return "", false
}

// check compares the rows with how many the export says there are.
func (t *Table) check(line int, stated string) {
	n, err := strconv.Atoi(stated)
	if err != nil || n < 0 {
		t.doc.Find("bad-total", feed.Warning, line, "%s is no number of entries, so the rows cannot be checked against it", feed.Quote(stated))
		return
	}
	if n != t.count {
		t.doc.Find("count-differs", feed.Warning, line, "the export states %s and has %s; fetch it again, for some are missing or were added", counted(n, "entry", "entries"), counted(t.count, "row", "rows"))
	}
	t.Stated = max(t.Stated, 0) + n
	t.count, t.foot = 0, true
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// End says what is missing at the end, and is what a reader returns. Footed
// says that exports of this kind end with the number of their entries.
func (t *Table) End(footed bool) error {
	err := t.rows.Err()
	if err == nil && footed && t.begun && !t.foot {
		t.doc.Find("text-cut", feed.Warning, t.Line, "the export does not end with the number of its entries, so rows may be missing; fetch it again")
	}
	return t.doc.Stop(err)
}
