package prose

import (
	"slices"

	"quarry/feed"
)

// Subject is what a heading says about the values below it.
type Subject int

// What headings say.
const (
	Other  Subject = iota // nothing about whether they are IOCs
	IOCs                  // they are
	Links                 // they lead to more to read
	Benign                // they are victims, false positives or the like
)

// NamesFiles reports whether a heading says that files, or names of them, stand below it,
// and speaks of nothing that has the names of hosts.
func NamesFiles(heading string) bool {
	ws, l := split(heading), words()
	said := l.typesSaid(ws)
	return saysFiles(ws) && l.threat(ws) != feed.BotnetCC && !slices.ContainsFunc(said, func(t feed.Type) bool { return t == feed.Domain || t == feed.URL }) &&
		(saysNames(ws) || l.madeOf(ws, phrases{"files": true}, l.Indicators, l.Subjects, l.Topics, l.Fillers, l.Threatening))
}

// About is what a heading says about the values below it, by the words by which a
// section of text is told. Only one that says it from end to end is about links or
// about what is benign; one of kinds of values alone ("Domains") says nothing, for it may
// part what the heading above speaks of.
func About(heading string) Subject {
	o := new(outline)
	switch s := o.classify(heading); s.kind {
	case indicators, lists:
		if !o.saysNoMore(heading) {
			return IOCs
		}
	case references:
		return Links
	case benign:
		return Benign
	}
	return Other
}
