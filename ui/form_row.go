package ui

import "strings"

// pointed reports whether the row below the line says what is wrong with it.
func (f *formField) pointed(has bool) bool {
	return f.reason != "" && !(has && (f.chosen >= 0 || len(f.offered) > 0 && f.wrongAt >= f.start))
}

// about is the row below a line: where it is wrong and why, or how it can go on.
func (f *formField) about(m *Model, has bool, w int) textLine {
	switch {
	case has && f.chosen >= 0:
		return f.offers(m, w)
	case f.pointed(has):
		return f.pointAt(m, w)
	case has && len(f.offered) > 0:
		return f.offers(m, w)
	}
	if lines := m.term.Wrap(f.whatever, max(1, w-2)); len(lines) > 1 {
		return textLine{{dim, lines[0] + " " + m.glyphs.ellipsis}}
	}
	return textLine{{dim, f.whatever}}
}

// pointAt marks the place of a mistake, and says what is wrong there.
func (f *formField) pointAt(m *Model, w int) textLine {
	lead := m.term.Width(f.input.Prompt)
	at := lead
	if v := f.input.Value(); len(v) > 0 {
		at += m.term.Width(m.term.Clean(v[:min(f.wrongAt, len(v))])) - f.scrolled(m)
	}
	at = max(lead, min(at, w-1))
	if n := m.term.Width(f.reason); at+2+n > w && n+2 <= at {
		return textLine{{plain, strings.Repeat(" ", at-n-1)}, {bad, f.reason + " ^"}}
	}
	return textLine{{plain, strings.Repeat(" ", at)}, {bad, "^ " + f.reason}}
}

// scrolled is how many cells of the text are left of the line: the cursor stands
// so far from the beginning of the text and from that of the line.
func (f *formField) scrolled(m *Model) int {
	c := f.input.Cursor()
	if c == nil {
		return 0
	}
	return max(0, m.term.Width(f.input.Prompt)+m.term.Width(m.term.Clean(f.before()))-c.X)
}

// offers lists completions from the chosen one on, as far as they fit.
func (f *formField) offers(m *Model, w int) textLine {
	l := textLine{{accent, "Tab: "}}
	room := w - 5
	first := max(0, f.chosen)
	for i := first; i < len(f.offered); i++ {
		o := f.offered[i]
		s := plain
		if i == f.chosen {
			s = bold
		}
		text, means := m.term.Clean(o.Text), ""
		if o.Means != "" {
			means = " " + o.Means
		}
		n := m.term.Width(text) + m.term.Width(means) + 2
		if n > room && i > first {
			l = append(l, span{dim, m.glyphs.ellipsis})
			break
		}
		l = append(l, span{s, text}, span{dim, means + "  "})
		room -= n
	}
	return l
}
