package mail

import (
	"strings"

	"quarry/feed/scan"
)

// multi is a part that has parts.
type multi struct {
	parts  []entity
	closed bool // all of them end
	end    int  // the last line
	beside int  // the line of text outside of them that holds values, or 0
}

// split takes a part apart at its boundary (RFC 2046, section 5.1). The package
// mime/multipart does not say on which line a part begins.
func split(e entity, boundary string) multi {
	m := multi{end: e.line}
	mark := "--" + boundary
	from, line, at := 0, e.line, 0 // where the text between two boundaries begins
	opened := false
	take := func(end int, whole bool) {
		text := e.body[from:end]
		if !opened || m.closed {
			if m.beside == 0 && len(scan.Find(text)) > 0 {
				m.beside = line
			}
			return
		}
		part, _ := takeEntity(text, line)
		part.whole = whole
		m.parts = append(m.parts, part)
	}
	for l := range strings.Lines(e.body) {
		no := m.end
		m.end++
		begin := at
		at += len(l)
		rest, ok := strings.CutPrefix(l, mark)
		rest = strings.TrimRight(rest, " \t\n")
		if !ok || m.closed || rest != "" && rest != "--" {
			continue
		}
		take(begin, true)
		opened, m.closed = true, rest == "--"
		from, line = at, no+1
	}
	take(len(e.body), e.whole)
	// A part whose parent ends where it should is whole, for all that is lost is the boundary.
	m.closed = m.closed || e.whole
	m.end = max(e.line, m.end-1)
	return m
}
