package prose

import (
	"slices"
	"strings"

	"quarry/feed"
)

// kind is what a part of a document is about.
type kind int

const (
	neutral    kind = iota
	indicators      // IOCs, in sentences too
	lists           // IOCs as far as lists go
	references      // links elsewhere
	benign          // what is said to be no IOC
	closing         // who wrote it, behind the end of a letter or page
	advice          // what to do, in which plain values are of others
	alien           // rules, mutexes and other things that are no IOC for Quarry
)

// section is a part of a document below a heading.
type section struct {
	level   int
	title   string
	kind    kind
	threat  feed.Threat
	files   bool    // lists names of files
	foreign foreign // of an alien one, or of one whose hashes are none of files
	listed  bool    // a value stood alone in it
	number  numbering
}

// Levels of what is a heading without markup: a line with a number, which more
// numbers make deeper, a line of its own, and one that ends in a colon.
const (
	numberLevel = 7
	lineLevel   = numberLevel + longestNumbering
	colonLevel  = lineLevel + longestNumbering + 1
)

// outline is the headings above the place that is read, the deepest last.
type outline struct {
	about     bool // the document is about IOCs
	aboutIOCs bool // a heading says so
	parts     []section
}

// part is the section of the place that is read.
func (o *outline) part() section {
	if len(o.parts) == 0 {
		return section{}
	}
	return o.parts[len(o.parts)-1]
}

// enter begins a section. One whose heading says nothing is about what the one
// around it is about.
func (o *outline) enter(level int, title string) {
	o.leave(level)
	s := o.classify(title)
	s.level, s.title = level, title
	if n := len(o.parts); n > 0 {
		above := o.parts[n-1]
		if above.kind == benign && s.kind != neutral && o.saysNoMore(title) {
			s.kind = benign
		}
		if s.kind == neutral || s.kind == lists && above.kind != neutral && above.kind != closing && above.kind != advice {
			s.kind = above.kind
			if s.foreign == (foreign{}) {
				s.foreign = above.foreign
			}
		}
		if s.kind == neutral || s.kind == indicators || s.kind == lists {
			s.files = s.files || above.files && s.threat == ""
			if s.threat == "" {
				s.threat = above.threat
			}
		}
	}
	o.parts = append(o.parts, s)
}

// saysNoMore reports whether a heading only parts what the one around it speaks of:
// domains and hashes below victims are those of victims.
func (o *outline) saysNoMore(title string) bool {
	l := words()
	ws := split(title)
	return l.madeOf(ws, l.Subjects, l.Topics) && l.threat(ws) == "" && !l.contrary(title)
}

// leave ends the sections of a level and those below.
func (o *outline) leave(level int) {
	for n := len(o.parts); n > 0 && o.parts[n-1].level >= level; n-- {
		o.parts = o.parts[:n-1]
	}
}

// loosen makes of a section without markup one of lists, or none: what a line
// that may be another heading is followed by need not be about the same.
func (o *outline) loosen() {
	for n := len(o.parts) - 1; n >= 0 && o.parts[n].level >= numberLevel; n-- {
		switch o.parts[n].kind {
		case indicators:
			o.parts[n].kind = lists
		case alien, advice:
			o.parts[n].kind, o.parts[n].foreign = neutral, foreign{}
		}
	}
}

// listed notes that a value stood alone.
func (o *outline) listed() {
	if n := len(o.parts); n > 0 {
		o.parts[n-1].listed = true
	}
}

// classify tells from a heading what stands below it.
func (o *outline) classify(title string) section {
	l := words()
	if n, bare := numberOf(title); n != nil {
		title = bare
	}
	ws := split(title)
	var s section
	switch {
	case len(ws) == 0:
	case l.madeOf(ws, l.References), ws[0] == "about" && len(ws) <= 4:
		s.kind = references
	case l.benignHeading(title):
		s.kind = benign
	case l.madeOf(ws, l.Advice):
		s.kind = advice
	case l.Indicators.has(ws) && !l.NotIndicators.has(ws):
		s.kind = indicators
		o.aboutIOCs = true
	default:
		f, rest, ok := l.foreignHeading(title)
		if ok && len(rest) == 0 {
			s.foreign = f
			if s.kind = alien; !f.Rules {
				s.kind = neutral
			}
			break
		}
		if ok {
			// What has a length of its own, 32 digits, is told from all but an MD5.
			if ws = rest; f.Digits > 0 && !slices.Contains(hashSaid(ws), feed.MD5) {
				s.foreign = f
			}
		}
		switch {
		case l.madeOf(ws, l.Subjects), o.about && l.madeOf(ws, l.Subjects, l.Topics):
			s.kind = indicators
		case l.madeOf(ws, l.Subjects, l.Topics):
			s.kind = lists
		}
	}
	if s.kind == indicators || s.kind == lists {
		s.threat = l.threat(ws)
		s.files = o.about && saysFiles(ws)
	}
	return s
}

// saysFiles reports whether a heading is one over names of files.
func saysFiles(ws []string) bool { return saysNames(ws) || slices.Contains(ws, "files") }

// saysNames reports whether a heading says that names of files are listed below it,
// not files.
func saysNames(ws []string) bool {
	text := " " + strings.Join(ws, " ") + " "
	for _, w := range []string{" file names ", " file name ", " filename ", " filenames ", " file paths "} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
