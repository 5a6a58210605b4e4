package plain

import (
	"strings"

	"quarry/feed"
	"quarry/feed/prose"
	"quarry/feed/records"
)

// aside is what a comment sets aside: the entries below it, up to the next comment
// that is not one of its parts.
type aside struct {
	title string // "" while nothing is
	links bool   // only plain links are
	depth int    // how many # begin the comment
	line  int
	n     int // entries
}

// says takes the words of a comment as a heading over what follows.
func (l *list) says(text string, depth, no int) {
	title := strings.Trim(text, " \t-=*_~:[]#")
	about := prose.About(title)
	part := l.aside.title != "" && l.aside.depth > 0 && depth > l.aside.depth && about != prose.IOCs
	if title == "" || part {
		return
	}
	l.endAside()
	l.over = ""
	if prose.NamesFiles(title) {
		l.over = title
	}
	if about == prose.Benign || about == prose.Links {
		l.aside = aside{title: title, links: about == prose.Links, depth: depth, line: no}
	}
}

// endAside tells of what was set aside.
func (l *list) endAside() {
	if a := l.aside; a.n > 0 {
		l.Find("set-aside", feed.Warning, a.line, "what stands below the comment %s, %s, is no IOC by its words; switch on what is meant", feed.Quote(a.title), count(a.n, "entry", "entries"))
	}
	l.aside = aside{}
}

// setAside makes a mention of an entry below such a comment.
func (l *list) setAside(r *records.Record, written string) {
	if a := &l.aside; a.title != "" && (!a.links || r.Type == feed.URL && feed.Refang(written) == written) {
		a.n++
		r.Mention, r.Context = true, "below the comment "+feed.Quote(a.title)
	}
}

// hashMarks is how many # a line begins with.
func hashMarks(s string) int {
	s = strings.TrimSpace(s)
	return len(s) - len(strings.TrimLeft(s, "#"))
}
