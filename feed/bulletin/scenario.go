package bulletin

import (
	"strings"
	"unicode/utf8"

	"quarry/feed"
)

// textLine is a line of prose in a bulletin.
type textLine struct {
	no        int
	text      string
	paragraph bool // an empty line stands before it
}

// join puts lines of prose together again, with gap between paragraphs.
func join(lines []textLine, gap string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 && l.paragraph {
			b.WriteString(gap)
		} else if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
	}
	return b.String()
}

// scenarioDraft is a scenario while its lines come in.
type scenarioDraft struct {
	line                       int
	title, description, filter []textLine
	part                       labelKind
	gap                        bool // the last line was empty
	fenced                     bool // a block of code is open in it
}

// open begins a part of the scenario with what follows its label.
func (s *scenarioDraft) open(part labelKind, no int, rest string) {
	s.part, s.gap = part, false
	if rest != "" {
		s.add(no, rest)
	}
}

// add takes one more line into the part that is open. Text under a title
// without a label of its own is the description.
func (s *scenarioDraft) add(no int, text string) {
	l := textLine{no: no, text: text, paragraph: s.gap}
	s.gap = false
	if s.part == scenarioLabel && len(s.title) > 0 {
		s.part = descriptionLabel
	}
	switch s.part {
	case scenarioLabel:
		s.title = append(s.title, l)
	case descriptionLabel:
		s.description = append(s.description, l)
	default:
		s.filter = append(s.filter, l)
	}
}

// tail is the part whose lines come last.
func (s *scenarioDraft) tail() *[]textLine {
	switch s.part {
	case scenarioLabel:
		return &s.title
	case descriptionLabel:
		return &s.description
	}
	return &s.filter
}

// cutTail takes the last paragraph off, which belongs to the bulletin that
// begins behind this scenario, or the last line if no empty line divides them.
// The line with the label always stays.
func (s *scenarioDraft) cutTail() []textLine {
	tail := s.tail()
	at := len(*tail) - 1
	for i := len(*tail) - 1; i > 0; i-- {
		if (*tail)[i].paragraph {
			at = i
			break
		}
	}
	if at < 1 {
		return nil
	}
	off := (*tail)[at:]
	*tail = (*tail)[:at]
	return off
}

// closeScenario takes the scenario that is open into the bulletin. Whether it
// is cut is known only when the bulletin ends.
func (d *draft) closeScenario() {
	s := d.scenario
	if s == nil {
		return
	}
	d.scenario, d.lastScenario = nil, s
	scenario := feed.Scenario{
		Title: join(s.title, "\n"), Description: join(s.description, "\n"), Filter: join(s.filter, "\n"),
		Source: d.source(s.line),
	}
	d.b.Scenarios = append(d.b.Scenarios, scenario)
	if len(s.title) == 0 {
		d.find("scenario-without-title", feed.Info, s.line, "this scenario has no title; the text before it may be missing")
	}
	for _, part := range []struct {
		name  string
		lines []textLine
	}{{"title", s.title}, {"description", s.description}, {"filter", s.filter}} {
		context := part.name + " of " + scenario.Name()
		for _, l := range part.lines {
			d.mention(context, l.no, l.text)
		}
	}
}

// checkScenarios reports scenarios without a filter, and marks the last one as
// cut if the bulletin ends in the middle of it.
func (d *draft) checkScenarios() {
	list := d.b.Scenarios
	if last := d.lastScenario; last != nil {
		s := &list[len(list)-1]
		switch {
		case len(last.filter) == 0:
			s.Cut = true
			d.find("text-cut", feed.Warning, last.line, "the text ends in %s before its filter, so it cannot be attached as it stands", s.Name())
		case last.fenced || !whole(last.filter):
			s.Cut = true
			d.find("text-cut", feed.Warning, last.filter[len(last.filter)-1].no, "the text ends in the middle of the filter of %s, so what else it leaves out is not known", s.Name())
		}
	}
	for _, s := range list {
		if s.Filter == "" && !s.Cut {
			d.find("scenario-without-filter", feed.Warning, s.Source.Line, "%s says nothing about what to leave out, so it cannot be attached as it stands", s.Name())
		}
	}
}

// whole reports whether prose ends where a writer would end it: brackets,
// quotes and code spans closed, and behind the last sentence, or an expression
// on a line of its own.
func whole(lines []textLine) bool {
	var open [3]int
	ticks, quotes, curly := 0, 0, 0
	for _, l := range lines {
		for i := 0; i < len(l.text); i++ {
			switch c := l.text[i]; c {
			case '(', '[', '{':
				open[strings.IndexByte("([{", c)]++
			case ')', ']', '}':
				if k := strings.IndexByte(")]}", c); open[k] > 0 {
					open[k]--
				}
			case '`':
				ticks++
			case '"':
				quotes++
			}
		}
		curly += strings.Count(l.text, "“") - strings.Count(l.text, "”")
	}
	if open != [3]int{} || ticks%2 != 0 || quotes%2 != 0 || curly > 0 {
		return false
	}
	return ends(lines[len(lines)-1].text)
}

// ends reports whether a line ends a sentence or is an expression that could
// end there.
func ends(s string) bool {
	bare := strings.TrimRight(s, "\"'`)]}*_”’ ")
	if last, _ := utf8.DecodeLastRuneInString(bare); strings.ContainsRune(".!?。", last) {
		return true
	}
	if len(bare) == len(s) {
		return false
	}
	if strings.HasPrefix(s, "`") {
		return true
	}
	for _, op := range []string{"==", "!=", "=~", "!~", "<>", " in (", " in~ (", "has_any", "|"} {
		if strings.Contains(s, op) {
			return true
		}
	}
	return false
}
