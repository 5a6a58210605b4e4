package ui

import (
	"strings"
	"unicode/utf8"

	"quarry/kql"
)

// foldedRow is a row of text that stands for itself when it is selected.
type foldedRow struct {
	text string
	note string // why it does not, or ""
}

// What keeps a row from standing for itself.
const (
	brokenValue = "a value is broken here"
	brokenWord  = "a word is broken here"
	shownAsCode = "a character is escaped"
)

// fold breaks text into rows of w cells such that the rows, selected as they
// stand, are the text: a query breaks only between tokens, prose only at spaces.
// What is wider than a row is broken all the same, and a note on its rows says
// so.
type fold struct {
	m    *Model
	w    int
	rows []foldedRow

	row    []byte
	used   int    // cells of row
	spaces int    // after them, drawn when something follows in the same row
	note   string // on the row
}

// newline ends a row.
func (f *fold) newline() {
	f.rows = append(f.rows, foldedRow{string(f.row), f.note})
	f.row, f.used, f.spaces, f.note = f.row[:0], 0, 0, ""
}

// wrap ends a row in the middle of a line. An indent alone is not made a row:
// in an editor of queries an empty line ends one.
func (f *fold) wrap() {
	f.spaces = 0
	if f.used > 0 {
		f.newline()
	}
}

// fits reports whether a text of so many cells has room in the row.
func (f *fold) fits(cells int) bool { return f.used+f.spaces+cells <= f.w }

// put adds a text to this row or, whole, to the next. One that is wider than a
// row is broken, which broken says.
func (f *fold) put(text, broken string) {
	clean := f.m.term.Clean(text)
	n := f.m.term.Width(clean)
	if !f.fits(n) {
		f.wrap()
	}
	f.row = append(f.row, strings.Repeat(" ", f.spaces)...)
	f.used, f.spaces = f.used+f.spaces, 0
	why := ""
	switch {
	case n > f.w:
		why = broken
	case clean != text:
		why = shownAsCode
	}
	for clean != "" {
		head, cells := f.m.cut(clean, f.w-f.used)
		if head == "" && f.used > 0 {
			f.newline()
			continue
		}
		if head == "" { // narrower than one character
			_, size := utf8.DecodeRuneInString(clean)
			head, cells = clean[:size], 1
		}
		f.row = append(f.row, head...)
		f.used += cells
		clean = clean[len(head):]
		if why != "" {
			f.note = why
		}
	}
}

// literalTypes are the functions whose argument is part of a literal.
var literalTypes = map[string]bool{
	"datetime": true, "date": true, "timespan": true, "time": true, "guid": true, "decimal": true, "real": true, "double": true,
}

// query adds KQL.
func (f *fold) query(text string) {
	var glued []string // tokens that stand together, such as has_any and (
	flush := func() {
		f.group(glued)
		glued = nil
	}
	inLiteral := false
	for _, t := range kql.Lex(text) {
		if n := len(glued); t.Text == "(" && n > 0 && literalTypes[glued[n-1]] {
			inLiteral = true
		}
		if inLiteral && !strings.Contains(t.Text, "\n") && t.Kind != kql.Comment {
			glued = append(glued, t.Text)
			inLiteral = t.Text != ")"
			continue
		}
		inLiteral = false
		switch t.Kind {
		case kql.Space:
			flush()
			f.space(t.Text)
		case kql.Comment:
			flush()
			f.comment(t.Text)
		default:
			if t.Kind == kql.String {
				flush()
			}
			glued = append(glued, t.Text)
			if t.Text == "," || t.Text == ";" {
				flush()
			}
		}
	}
	flush()
	f.newline()
}

// group adds tokens with nothing between them. They are parted only when they
// do not fit in a row of their own.
func (f *fold) group(tokens []string) {
	all := strings.Join(tokens, "")
	if len(tokens) > 0 && f.m.term.Width(f.m.term.Clean(all)) <= f.w && !strings.Contains(all, "\n") {
		f.put(all, brokenValue)
		return
	}
	for _, t := range tokens {
		for i, line := range strings.Split(t, "\n") { // of a literal over several lines
			if i > 0 {
				f.newline()
			}
			f.put(line, brokenValue)
		}
	}
}

// space adds white space between tokens.
func (f *fold) space(text string) {
	for _, r := range strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(text) {
		if r == '\n' {
			f.newline()
		} else {
			f.spaces++
		}
	}
}

// comment adds a comment to the row or, when it does not fit there, in rows of
// its own, each a comment.
func (f *fold) comment(text string) {
	const mark = "// "
	n := f.m.term.Width(f.m.term.Clean(text))
	if !f.fits(n) {
		f.wrap()
	}
	if f.fits(n) {
		f.put(text, brokenValue)
		return
	}
	for i, line := range f.m.term.Wrap(strings.TrimPrefix(text, "//"), f.w-len(mark)) {
		if i > 0 {
			f.newline()
		}
		f.put(mark+line, brokenValue)
	}
}

// markdown adds Markdown: code as a query, other lines broken at spaces.
func (f *fold) markdown(text string) {
	var fence string // that closes the code, or ""
	var code []string
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = line[:len(line)-len(strings.TrimLeft(line, "`"))]
		case fence != "" && line == fence:
			f.code(code)
			fence, code = "", nil
		case fence != "":
			code = append(code, line)
			continue
		}
		f.prose(line)
	}
	f.code(code)
}

func (f *fold) code(lines []string) {
	if len(lines) > 0 {
		f.query(strings.Join(lines, "\n"))
	}
}

// prose adds a line of text.
func (f *fold) prose(line string) {
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			f.spaces++
		}
		if word != "" {
			f.put(word, brokenWord)
		}
	}
	f.newline()
}
