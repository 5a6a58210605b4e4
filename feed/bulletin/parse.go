package bulletin

import (
	"slices"
	"strings"

	"quarry/feed"
)

// parser gives each line of a document to the part of the bulletin it belongs
// to.
type parser struct {
	*draft
	name    string
	src     lines
	out     []*feed.Bulletin
	section section
	fence   fence
	gap     bool // the last line was empty
	ruled   bool // the line below the header of the table has been read
}

// parse reads all bulletins of a document, at least one.
func parse(name, text string) []*feed.Bulletin {
	p := &parser{name: name, src: lines{doc: text}}
	for p.src.next() {
		ln := p.src.line
		if p.draft == nil {
			if ln.text == "" {
				continue
			}
			p.draft = newDraft(name, text, ln.no)
		}
		p.line(ln)
		p.gap = ln.text == ""
	}
	if p.draft == nil {
		p.draft = newDraft(name, text, 1)
	}
	p.endFence(true)
	return append(p.out, p.finish())
}

func (p *parser) line(ln line) {
	switch {
	case p.inFence(ln):
	case ln.text == "":
		if p.scenario != nil {
			p.scenario.gap = true
		}
		if p.query != nil {
			p.query.add(ln)
		}
	case p.opensFence(ln):
	case p.structure(ln):
	default:
		p.body(ln)
	}
}

// leave closes what is open and goes on in another section. The first part of a
// bulletin makes what stands before it title and hypothesis.
func (p *parser) leave(to section) {
	p.closeQuery(false)
	p.closeScenario()
	if to != before && to != hypothesis && to != other {
		if p.section == before {
			p.settleHead(to)
		}
		p.dropLoose()
	}
	p.section = to
}

// settleHead takes title and hypothesis from the loose lines: the title and all
// below it, or without one the last paragraph. What stands before a scenario
// without a title is no hypothesis but the end of another text.
func (p *parser) settleHead(to section) {
	at := titleAt(p.loose)
	switch {
	case p.settled():
		return
	case at < 0 && to == scenarios:
		at = len(p.loose)
	case at < 0:
		at = lastParagraph(p.loose)
	}
	p.takeHead(at)
}

// structure takes lines that say what they are wherever they stand.
func (p *parser) structure(ln line) bool {
	if strings.HasPrefix(ln.text, "|") {
		return p.tableHeader(ln)
	}
	if kind, rest := labelled(ln.text); kind != noLabel && p.label(kind, rest, ln) {
		return true
	}
	level, title := heading(ln.text)
	if level == 0 {
		title = ln.text
	}
	if sec := sectionOf(level, title); sec != other || level > 0 {
		p.heading(sec, level, title, ln)
		return true
	}
	if isRule(ln.text) {
		p.rule()
		return true
	}
	return strings.Contains(ln.text, "|") && p.tableHeader(ln)
}

// label takes a line that opens with a label; false means that the label means
// nothing where it stands.
func (p *parser) label(kind labelKind, rest string, ln line) bool {
	switch kind {
	case hypothesisLabel:
		p.beginHypothesis(ln)
		if rest != "" {
			p.addHypothesis(ln.no, rest)
		}
	case familyLabel, totalLabel, typesLabel, threatLabel, activeLabel:
		if kind == threatLabel && p.section != summary && indexFold(ln.text, "Total URLs:") < 0 {
			return false // a word of prose
		}
		if kind == familyLabel && p.b.Family != "" {
			p.beginSummary(ln)
		} else if p.section != iocs {
			p.leave(summary)
		}
		if p.summaryAt == 0 {
			p.summaryAt = ln.no
		}
		for _, f := range summaryFields(ln.text) {
			p.stated(f.label, f.value, ln.no)
		}
	case scenarioLabel:
		p.leave(scenarios)
		p.scenario = &scenarioDraft{line: ln.no}
		p.scenario.open(kind, ln.no, rest)
	case descriptionLabel:
		if p.scenario == nil {
			return false
		}
		p.scenario.open(kind, ln.no, rest)
	case filterLabel:
		if p.scenario == nil {
			p.leave(scenarios)
			p.scenario = &scenarioDraft{line: ln.no}
		}
		p.scenario.open(kind, ln.no, rest)
	}
	return true
}

func (p *parser) heading(sec section, level int, title string, ln line) {
	switch sec {
	case hypothesis:
		p.beginHypothesis(ln)
	case summary:
		p.beginSummary(ln)
	case iocs:
		p.leave(summary)
	case queries, tables, scenarios:
		p.leave(sec)
	default:
		if level > 1 && p.section == hypothesis { // a part of the text
			p.addHypothesis(ln.no, title)
			return
		}
		p.leave(p.outside())
		p.loose = append(p.loose, looseLine{textLine{no: ln.no, text: title, paragraph: true}, level})
	}
}

// outside is the section of lines that are in none.
func (p *parser) outside() section {
	if p.section == before {
		return before
	}
	return other
}

func (p *parser) rule() {
	if p.section == scenarios || p.section == hypothesis {
		p.leave(other)
	}
}

// beginHypothesis opens a hypothesis under its own heading; behind a bulletin
// that has one it begins the next.
func (p *parser) beginHypothesis(ln line) {
	at := titleAt(p.loose)
	if p.settled() {
		if at < 0 || p.loose[at].level > 1 {
			at = len(p.loose)
		}
		p.split(ln, at)
		at = titleAt(p.loose)
	}
	p.closeQuery(false)
	if at >= 0 {
		p.b.Title = p.loose[at].text
		p.mention("title", p.loose[at].no, p.b.Title)
		p.loose = slices.Delete(p.loose, at, at+1)
	}
	p.dropLoose()
	p.section = hypothesis
}

// beginSummary opens the IOC summary; behind a bulletin that has one it begins
// the next, of which the head is the last title and what follows it, or the
// last paragraph, be it part of a scenario so far.
func (p *parser) beginSummary(ln line) {
	if p.settled() {
		if len(p.loose) == 0 && p.scenario != nil {
			for _, l := range p.scenario.cutTail() {
				p.loose = append(p.loose, looseLine{textLine: l})
			}
		}
		at := titleAt(p.loose)
		if at < 0 || p.loose[at].level > 1 {
			at = lastParagraph(p.loose)
		}
		p.split(ln, at)
	}
	p.leave(summary)
	p.summaryAt = ln.no
}

// split ends the bulletin and begins the next, with the loose lines from
// position at on as its own.
func (p *parser) split(ln line, at int) {
	head := slices.Clone(p.loose[at:])
	p.loose = p.loose[:at]
	p.out = append(p.out, p.finish())
	first := ln.no
	if len(head) > 0 {
		first = head[0].no
	}
	p.draft = newDraft(p.name, p.src.doc, first)
	p.loose, p.section = head, before
}

func (p *parser) addHypothesis(no int, text string) {
	p.hypothesis = append(p.hypothesis, textLine{no: no, text: text, paragraph: p.gap})
}

// tableHeader takes the header of a table that the bulletin has a use for.
func (p *parser) tableHeader(ln line) bool {
	var scratch [8]string
	row, closed := cells(scratch[:0], ln.text)
	c := readHeader(row)
	if c.isIOCs() {
		if at := titleAt(p.loose); p.tableAt > 0 && at >= 0 && p.loose[at].level == 1 {
			p.split(ln, at)
		}
		p.leave(iocs)
		p.columns, p.tableAt, p.ruled = c, ln.no, false
		if len(c.titles) > 0 && !c.reviewed {
			p.find("unread-column", feed.Warning, ln.no, "Quarry does not know what the columns %s say, so no IOC is made of them, and what looks like one there is a mention", feed.Quote(strings.Join(c.titles, ", ")))
		}
		return true
	}
	if c.isNotes() && (closed || !ln.last) {
		p.leave(tables)
		p.notes, p.ruled = c, false
		return true
	}
	return false
}

// body takes a line by the section it stands in.
func (p *parser) body(ln line) {
	switch p.section {
	case hypothesis:
		if startsHunt(ln.text) {
			p.leave(queries)
			p.addQuery(ln)
			return
		}
		p.addHypothesis(ln.no, ln.text)
	case scenarios:
		switch {
		case startsHunt(ln.text):
			p.leave(queries)
			p.addQuery(ln)
		case p.scenario != nil:
			p.scenario.add(ln.no, ln.text)
		default:
			p.addLoose(ln)
		}
	case iocs, tables:
		p.tableLine(ln)
	default:
		p.queryLine(ln)
	}
}

// tableLine takes a line below the header of a table: a row, the line between
// header and rows, or what ends the table.
func (p *parser) tableLine(ln line) {
	piped := strings.Contains(ln.text, "|") && !startsKQL(ln.text, "")
	foreign := p.ruled && isSeparator(p.src.peek()) // the header of a table of something else
	switch {
	case isSeparator(ln.text):
		p.ruled = true
	case piped && !foreign:
		p.dropLoose()
		if p.section == iocs {
			p.row(ln)
		} else {
			p.note(ln)
		}
	case piped:
		p.section = other
		p.addLoose(ln)
	case ln.last && p.section == iocs && p.rows < p.b.Total && !startsKQL(ln.text, ""):
		p.find("text-cut", feed.Error, ln.no, "the text ends in the middle of the row %s, so its value is not known and no IOC is made of it", feed.Quote(ln.text))
	default:
		p.queryLine(ln)
	}
}

// queryLine takes a line where a query may stand.
func (p *parser) queryLine(ln line) {
	switch {
	case p.query != nil && !looksProse(ln.text):
		p.addQuery(ln)
	case p.query == nil && startsKQL(ln.text, p.src.peek()):
		p.leave(queries)
		p.addQuery(ln)
	default:
		p.closeQuery(false)
		p.addLoose(ln)
	}
}

func (p *parser) addLoose(ln line) {
	p.loose = append(p.loose, looseLine{textLine: textLine{no: ln.no, text: ln.text, paragraph: p.gap}})
}
