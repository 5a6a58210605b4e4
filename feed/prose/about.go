package prose

// Subject is what a heading says about the values below it.
type Subject int

// What headings say.
const (
	Other  Subject = iota // nothing about whether they are IOCs
	IOCs                  // they are
	Links                 // they lead to more to read
	Benign                // they are victims, false positives or the like
)

// NamesFiles reports whether a heading says that files, or names of them, stand below it.
func NamesFiles(heading string) bool { return saysFiles(split(heading)) }

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
