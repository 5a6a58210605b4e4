package bulletin

import (
	"strings"

	"quarry/feed"
)

// fence is the fenced block that is open.
type fence struct {
	mark string // "" when none is
	kind fenceKind
	line int
}

type fenceKind int

const (
	openFence  fenceKind = iota // its lines are read as if it were not there
	queryFence                  // its lines are queries
	partFence                   // its lines belong to a scenario
)

// inFence takes a line inside a fenced block, or its closing line. A block that
// nothing closes ends where a part of the bulletin begins that cannot stand in
// it.
func (p *parser) inFence(ln line) bool {
	if p.fence.mark == "" {
		return false
	}
	if fenceCloses(ln.text, p.fence.mark) {
		p.endFence(false)
		return true
	}
	if p.fence.kind == openFence {
		return false
	}
	if p.startsPart(ln) {
		p.find("unclosed-fence", feed.Warning, p.fence.line, "nothing closes the block of code that begins here; it is taken to end before line %d", ln.no)
		p.endFence(false)
		return false
	}
	switch {
	case p.fence.kind == queryFence:
		p.addQuery(ln)
	case ln.text != "":
		p.scenario.add(ln.no, ln.text)
	}
	return true
}

// startsPart reports whether a line is the head of a part of a bulletin, which
// is never KQL.
func (p *parser) startsPart(ln line) bool {
	if kind, _ := labelled(ln.text); kind == scenarioLabel || kind == filterLabel || kind == familyLabel {
		return true
	}
	level, title := heading(ln.text)
	if sectionOf(level, title) != other || sectionOf(0, ln.text) == summary {
		return true
	}
	var scratch [8]string
	row, _ := cells(scratch[:0], ln.text)
	c := readHeader(row)
	return c.isIOCs() || c.isNotes()
}

// endFence closes a fenced block and the query in it. atEnd says that the
// document ends inside it.
func (p *parser) endFence(atEnd bool) {
	switch {
	case p.fence.mark == "":
		return
	case p.query != nil:
		p.closeQuery(atEnd)
	case p.scenario != nil:
		p.scenario.fenced = atEnd
	case atEnd:
		p.find("text-cut", feed.Warning, p.fence.line, "the text ends in the block of code that begins here")
	}
	p.fence = fence{}
}

// kqlLanguages are the info strings of fenced KQL.
var kqlLanguages = map[string]bool{"kql": true, "kusto": true, "csl": true}

func (p *parser) opensFence(ln line) bool {
	mark, language := fenceOpen(ln.text)
	if mark == "" {
		return false
	}
	next := p.src.peek()
	p.fence = fence{mark: mark, line: ln.no}
	switch {
	case p.section == scenarios && p.scenario != nil && !startsHunt(next):
		p.fence.kind = partFence
	case kqlLanguages[language], language == "" && startsKQL(next, ""):
		p.fence.kind = queryFence
		p.leave(queries)
	}
	return true
}

// fenceOpen takes the opening line of a fenced block apart; mark is "" when s
// is none.
func fenceOpen(s string) (mark, language string) {
	for _, c := range []string{"`", "~"} {
		rest := strings.TrimLeft(s, c)
		if n := len(s) - len(rest); n >= 3 && !strings.Contains(rest, "`") {
			return s[:n], strings.ToLower(trim(rest))
		}
	}
	return "", ""
}

// fenceCloses reports whether s closes the block that mark opened.
func fenceCloses(s, mark string) bool {
	return len(s) >= len(mark) && strings.HasPrefix(s, mark) && strings.Trim(s, mark[:1]) == ""
}
