package ui

import (
	"strings"
	"unicode/utf8"

	"quarry/exclusions"
)

// span is text in one style.
type span struct {
	style style
	text  string
}

// textLine is one row of text in several styles.
type textLine []span

// line draws a row of text in exactly w cells.
func (c *canvas) line(l textLine, w int) {
	for _, s := range l {
		if w <= 0 || s.text == "" {
			continue
		}
		c.use(s.style)
		n := 0
		c.b, n = c.term.AppendShort(c.b, s.text, w)
		w -= n
	}
	c.put(plain, "", w)
}

// text lays out fields and paragraphs in lines of w cells.
type text struct {
	m     *Model
	w     int
	lines []textLine
}

func (m *Model) text(w int) *text { return &text{m: m, w: w} }

// para adds a paragraph, wrapped between words.
func (t *text) para(s style, words string) {
	for _, l := range t.m.term.Wrap(words, t.w) {
		t.lines = append(t.lines, textLine{{s, l}})
	}
}

func (t *text) gap() { t.lines = append(t.lines, nil) }

// labelWidth is the column that labels of fields stand in.
const labelWidth = 22

// field adds a label and its text, which goes on below itself. Without a label
// it goes on with the field before.
func (t *text) field(label string, s style, value string) {
	lead := labelWidth
	if label != "" {
		label += ": "
	}
	if t.w < 60 {
		lead = 2
		if label != "" {
			t.lines = append(t.lines, textLine{{dim, label}})
		}
		label = ""
	}
	for i, l := range t.m.term.Wrap(value, t.w-lead) {
		if i > 0 {
			label = ""
		}
		pad := max(0, lead-t.m.term.Width(label))
		t.lines = append(t.lines, textLine{{dim, label + strings.Repeat(" ", pad)}, {s, l}})
	}
}

// filter adds the published sentence of a scenario. Words that were not
// understood stand in brackets of their own, so that colour is not needed to
// see them.
func (t *text) filter(filter string, unread []exclusions.Span) {
	if filter == "" {
		t.field("filter", dim, "the scenario has none")
		return
	}
	if len(unread) == 0 {
		t.field("filter", plain, filter)
		return
	}
	var b strings.Builder
	at := 0
	for _, u := range unread {
		b.WriteString(filter[at:u.Start] + "[" + filter[u.Start:u.End] + "]")
		at = u.End
	}
	b.WriteString(filter[at:])
	from := len(t.lines)
	t.field("filter", plain, b.String())
	markBrackets(t.lines[from:])
	t.field("", dim, "words in [brackets] were not understood")
}

// wrapSpans breaks a styled line at w cells. Lines that go on are indented and
// marked; nothing of the text is lost.
func (m *Model) wrapSpans(l textLine, w int) []textLine {
	indent := m.glyphs.wrap + " "
	var out []textLine
	var row textLine
	room := w
	for _, s := range l {
		rest := m.term.Clean(s.text)
		for rest != "" {
			head, n := m.cut(rest, room)
			if head == "" {
				if room >= w-2 && len(row) <= 1 {
					head, n = rest[:1], 1 // narrower than one character
				} else {
					out = append(out, row)
					row, room = textLine{{dim, indent}}, w-2
					continue
				}
			}
			row = append(row, span{s.style, head})
			room -= n
			rest = rest[len(head):]
		}
	}
	return append(out, row)
}

// cut takes as much of a cleaned text as fits into w cells.
func (m *Model) cut(s string, w int) (head string, n int) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		cells := 1
		if r >= utf8.RuneSelf {
			cells = m.term.Width(s[i : i+size])
		}
		if n+cells > w {
			return s[:i], n
		}
		n += cells
		i += size
	}
	return s, n
}

// markBrackets draws what stands in brackets as a warning, also where it goes on
// in the next line.
func markBrackets(lines []textLine) {
	open := false
	for i, l := range lines {
		last := len(l) - 1
		if last < 0 || l[last].style == dim {
			continue
		}
		rest, marked := l[last].text, l[:last:last]
		for rest != "" {
			s, end := plain, strings.IndexByte(rest, '[')
			if open {
				s, end = warn, strings.IndexByte(rest, ']')+1
			}
			if turns := end > 0 || !open && end == 0; !turns {
				end = len(rest)
			} else {
				open = !open
			}
			marked = append(marked, span{s, rest[:end]})
			rest = rest[end:]
		}
		lines[i] = marked
	}
}
