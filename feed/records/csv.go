package records

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// Rows goes through the rows of a CSV document. What [encoding/csv] takes, with
// spaces before a field trimmed, it takes alike, but for space behind a field
// without quotes, which it trims too, lines of nothing but space, which are
// none to it, and the bounds below. Beyond that it takes what feeds really
// write: text behind a closing quote, and quotes that nothing closes, which are
// text then.
type Rows struct {
	Fields []string // of the row, without spaces and quotes around; valid until the next
	Line   int      // on which the row begins
	Cut    bool     // the row is longer than [MaxLine]; one of its fields may be a part
	Open   bool     // the document ends before the row's line does, so it may be a part
	Quoted bool     // the last field stands in quotes, so that field is whole
	Gap    bool     // an empty line stands before the row

	// Comment is called with each line that begins with #, if there is one.
	Comment func(line int, text string)

	lines *Lines
	comma byte
	ahead []line // read in search of the end of a field
	size  int    // of the row, in bytes
}

type line struct {
	text string
	no   int
	cut  bool
	open bool
}

// NewRows goes through rows whose fields a comma parts, or another byte.
func NewRows(lines *Lines, comma byte) *Rows { return &Rows{lines: lines, comma: comma} }

// maxOver is how many lines a field in quotes goes over at most: one that
// nothing closes would take the rest of the document. A row with more bytes
// than [MaxLine] goes over no further line either.
const maxOver = 20

// Next goes to the next row, and reports whether there is one. Lines that are
// empty or begin with # are no rows.
func (r *Rows) Next() bool {
	r.Gap = false
	for {
		l, ok := r.next()
		if !ok {
			return false
		}
		if l.text != "" && l.text[0] == '#' {
			if r.Comment != nil {
				r.Comment(l.no, l.text)
			}
			continue
		}
		if strings.TrimSpace(l.text) == "" {
			r.Gap = true
			continue
		}
		r.Line, r.Cut, r.Open, r.size = l.no, l.cut, l.open, len(l.text)
		r.split(l.text)
		return true
	}
}

func (r *Rows) next() (line, bool) {
	if len(r.ahead) > 0 {
		l := r.ahead[0]
		r.taken(1)
		return l, true
	}
	if !r.lines.Next() {
		return line{}, false
	}
	return line{r.lines.Text, r.lines.No, r.lines.Cut, r.lines.Open}, true
}

// taken forgets the first of the lines that were read ahead.
func (r *Rows) taken(n int) { r.ahead = r.ahead[:copy(r.ahead, r.ahead[n:])] }

// Err is why the document could not be read to its end, or nil.
func (r *Rows) Err() error { return r.lines.Err() }

// split takes a row apart.
func (r *Rows) split(text string) {
	fields := r.Fields[:0]
	for {
		for text != "" && (text[0] == ' ' || text[0] == '\t' && r.comma != '\t') {
			text = text[1:]
		}
		// As nearly all are: quoted, without a quote inside, and a comma behind.
		if len(text) > 2 && text[0] == '"' {
			end := 1
			for end < len(text) && text[end] != '"' { // a call costs more for most fields
				end++
			}
			if end+1 < len(text) && text[end+1] == r.comma {
				fields, text = append(fields, text[1:end]), text[end+2:]
				continue
			}
		}
		var field string
		var more bool
		r.Quoted = false
		if text != "" && text[0] == '"' {
			field, text, more = r.quoted(text)
		} else {
			field, text, more = r.plain(text)
		}
		fields = append(fields, field)
		if !more {
			r.Fields = fields
			return
		}
	}
}

// SplitRow takes one line apart as [Rows] does, going over no other.
func SplitRow(text string, comma byte) []string {
	r := Rows{comma: comma, Cut: true}
	r.split(text)
	return r.Fields
}

// plain takes a field without quotes off a row.
func (r *Rows) plain(text string) (field, rest string, more bool) {
	at := strings.IndexByte(text, r.comma)
	if at < 0 {
		return strings.TrimRight(text, " \t"), "", false
	}
	return strings.TrimRight(text[:at], " \t"), text[at+1:], true
}

// quoted takes a field in quotes off a row, which may go on over lines.
func (r *Rows) quoted(text string) (field, rest string, more bool) {
	end, doubled := closing(text, 1)
	if end < 0 {
		long, ok := r.over(text)
		if !ok {
			return r.plain(text)
		}
		text = long
		end, doubled = closing(text, 1)
	}
	field, rest = text[1:end], text[end+1:]
	if doubled {
		field = strings.ReplaceAll(field, `""`, `"`)
	}
	switch {
	case rest == "":
		r.Quoted = true
		return field, "", false
	case rest[0] == r.comma:
		return field, rest[1:], true
	}
	behind, rest, more := r.plain(rest)
	if behind = strings.TrimLeft(behind, " \t"); behind != "" {
		field += behind
	}
	return field, rest, more
}

// closing is where from a place on a quote is closed that was opened before, or
// -1, and whether quotes are doubled until there.
func closing(text string, from int) (end int, doubled bool) {
	for at := from; ; {
		n := strings.IndexByte(text[at:], '"')
		if n < 0 {
			return -1, doubled
		}
		at += n
		if at+1 >= len(text) || text[at+1] != '"' {
			return at, doubled
		}
		doubled = true
		at += 2
	}
}

// over reads lines on until the quote that text begins with is closed. Where
// none of the next closes it, they are left for later.
func (r *Rows) over(text string) (long string, ok bool) {
	if r.Cut {
		return "", false // the end of the field may be in what was cut off
	}
	size := r.size
	for n := 0; n < maxOver && size < MaxLine; n++ {
		if n == len(r.ahead) {
			if !r.lines.Next() {
				return "", false
			}
			r.ahead = append(r.ahead, line{r.lines.Text, r.lines.No, r.lines.Cut, r.lines.Open})
		}
		l := r.ahead[n]
		size += len(l.text) + 1
		end, _ := closing(l.text, 0)
		if end < 0 {
			if l.cut {
				return "", false
			}
			continue
		}
		parts := []string{text}
		for _, l := range r.ahead[:n+1] {
			parts = append(parts, l.text)
		}
		r.taken(n + 1)
		r.size, r.Cut, r.Open = size, l.cut, l.open
		return strings.Join(parts, "\n"), true
	}
	return "", false
}

// Beyond says in a sentence about the last cells of a row how many are beyond its
// columns: "the last" is, or 2 are, not used.
func Beyond(n int) string { return feed.Pick(n, "is", fmt.Sprintf("%d are", n)) }
