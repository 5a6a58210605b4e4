package prose

import (
	"slices"
	"strings"

	"quarry/feed"
)

// numbering is the number before a heading: 4 and 1 of "4.1 Domains", 2 of "Annex B:".
type numbering []int

// What letters and Roman numbers count from, so that none goes on from one of another
// kind: numbers have two digits at most.
const (
	letters = 100
	romans  = 200
)

// longestHeading is how many words a heading without markup has at most.
const longestHeading = 8

// longestNumbering is how many numbers one consists of at most: four are an address.
const longestNumbering = 3

// numberOf takes the number of a heading off a line; where it has none, the
// numbering is nil. A number alone needs a sign behind it, for "4 domains" says how
// many there are, and so do letters.
func numberOf(t string) (n numbering, title string) {
	l := words()
	rest := strings.TrimLeft(t, "§( \t")
	first, behind, _ := strings.Cut(rest, " ")
	said := l.Numbering[strings.ToLower(strings.TrimRight(first, ":."))]
	if said {
		if strings.ContainsAny(first, ":.") {
			return numbering{1}, trim(behind)
		}
		rest = strings.TrimLeft(behind, " ")
	}
	end := strings.IndexAny(rest, " \t\u00a0):–—")
	if end <= 0 {
		return nil, t
	}
	n, whole := numbersOf(strings.TrimRight(rest[:end], "."))
	title = strings.TrimLeft(rest[end:], " \t\u00a0")
	bare := strings.TrimLeft(title, "):.–— \t\u00a0")
	if at, ok := strings.CutPrefix(bare, "- "); ok {
		bare = at
	}
	parted := said || whole || len(bare) < len(title) || rest[end-1] == '.' || len(rest) < len(t) && !said
	if n == nil || !parted || bare == "" {
		return nil, t
	}
	return n, trim(bare)
}

// numbersOf is the numbers of "4.1", "IV" and "B"; whole says that there are
// several, which are no count of something.
func numbersOf(s string) (n numbering, whole bool) {
	if s == "" || len(s) > 2*longestNumbering+3 {
		return nil, false
	}
	if roman := strings.Index(" I II III IV V VI VII VIII IX X ", " "+s+" "); roman >= 0 {
		return numbering{romans + 1 + strings.Count(" I II III IV V VI VII VIII IX X "[:roman], " ")}, false
	}
	if len(s) == 1 && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' {
		return numbering{letters + 1 + int(s[0]|0x20-'a')}, false
	}
	for part := range strings.SplitSeq(s, ".") {
		if len(part) == 0 || len(part) > 2 || part[0] == '0' || strings.Trim(part, "0123456789") != "" {
			return nil, false
		}
		v := 0
		for _, c := range []byte(part) {
			v = 10*v + int(c-'0')
		}
		n = append(n, v)
	}
	if len(n) > longestNumbering {
		return nil, false
	}
	return n, len(n) > 1
}

// follows reports whether a number is the next behind another, of its depth or of
// one above: 4 follows 3 and 3.2.
func (n numbering) follows(before numbering) bool {
	last := len(n) - 1
	return last >= 0 && last < len(before) && slices.Equal(n[:last], before[:last]) && n[last] == before[last]+1
}

// numberedHeading takes a line that is a number and a heading by its words: by some of
// them, if it is about indicators and an empty line stands before, and else by all.
func (d *document) numberedHeading(t string, no int, parted bool) (done bool, err error) {
	n, title := headingNumber(t)
	if n == nil {
		return false, nil
	}
	title = strings.Trim(title, marks+":")
	ws, about := split(title), d.aboutIOCs
	if len(ws) == 0 || len(ws) > longestHeading {
		return false, nil
	}
	s := d.classify(title)
	if s.kind == neutral && s.foreign.What == "" || !words().wholly(ws) && !(parted && s.kind == indicators) {
		if parted && t[len(t)-1] != ':' {
			d.goesBeyond(n)
		}
		d.aboutIOCs = about
		return false, nil
	}
	level := d.numberedLevel(n)
	if err := d.heads(level, block{shape: heading, text: title, line: no}); err != nil {
		return true, err
	}
	d.parts[len(d.parts)-1].number = n
	return true, nil
}

// numberedLine takes a line that is such a heading, and no entry of a list of headings.
// Such an entry may end the section before all the same.
func (r *reader) numberedLine(t string, l line) (done bool, err error) {
	n, title := headingNumber(t)
	if n == nil || r.adoc || r.rows || underlined(t, r.peek()) {
		return false, nil
	}
	if r.amongEntries(n) && !r.lastEntry(n, title, l.no) {
		r.entryGoesBeyond(n, title, l.no)
		return false, nil
	}
	if above, _ := numberOf(r.past[0]); n.follows(above) && lineOfValue(r.past[0]) && !leadsToLinks(r.coming(0)) && r.takesOff(title) {
		r.begin().Find("unparted-heading", feed.Warning, l.no, "the line %s is read as a heading, though its number goes on from that of the value above; what stands below it are mentions; switch on what is meant", feed.Quote(title))
	}
	return r.numberedHeading(t, l.no, r.blank)
}

// wholly reports whether a heading consists of words that say what is below it.
func (l *lexicon) wholly(ws []string) bool {
	return l.overAttacked(ws) || l.madeOf(ws, l.foreignWords, l.Indicators, l.Subjects, l.Topics, l.References, l.Benign, l.Advice, l.Companions)
}

// headingNumber is the number and title of a line that may be a heading, nil where it
// may not.
func headingNumber(t string) (numbering, string) {
	if t == "" || len(t) > 80 || strings.IndexByte(".!?;,", t[len(t)-1]) >= 0 {
		return nil, t
	}
	n, title := numberOf(t)
	if n == nil || title == "" || worth(strings.TrimRight(title, ":")) {
		return nil, t
	}
	return n, title
}

// amongEntries reports whether a numbered line is one of several without a value, whose
// numbers go on from line to line: in a table of contents, or in a list of things; or
// goes on in one with a value. Empty lines may stand between them, but not only before it.
func (r *reader) amongEntries(n numbering) bool {
	if r.behindEntry(n) || r.beforeItem(n) {
		return true
	}
	below, _ := headingNumber(r.coming(0))
	if len(below) <= len(n) {
		return below.follows(n)
	}
	next, _ := headingNumber(r.coming(1))
	return next.follows(below)
}

// behindEntry reports whether the line above is an entry of the same list as a line with
// a number.
func (r *reader) behindEntry(n numbering) bool {
	above, _ := headingNumber(r.past[0])
	return n.follows(above) && (!r.blank || r.spaced)
}

// beforeItem reports whether the line below is a value in the same list as a line with a
// number.
func (r *reader) beforeItem(n numbering) bool {
	item, _ := numberOf(r.coming(0))
	return len(item) == len(n) && item.follows(n) && lineOfValue(r.coming(0))
}

// entryGoesBeyond ends the section that an entry goes on from: behind an empty line it may
// be a heading without text, or the first behind a list.
func (r *reader) entryGoesBeyond(n numbering, title string, no int) {
	if !r.blank || r.beforeItem(n) {
		return
	}
	if ended := r.goesBeyond(n); ended != "" && r.behindEntry(n) {
		r.begin().Find("unparted-heading", feed.Warning, no, "the line %s may be a heading or one of several lines with numbers; it is read as a heading that ends the section %s; switch off what is not meant below it", feed.Quote(title), feed.Quote(ended))
	}
}

// lastEntry reports whether the last of such lines is a heading all the same: an empty
// line stands before it, and it is about indicators, or goes on from the number of the
// section, or links stand right below. Of another that may be one a finding tells.
func (r *reader) lastEntry(n numbering, title string, no int) bool {
	next := r.coming(0)
	if below, _ := numberOf(next); !r.blank || next == "" || below.follows(n) || below != nil && !lineOfValue(next) {
		return false
	}
	about := r.aboutIOCs
	s := r.classify(strings.Trim(title, marks+":"))
	r.aboutIOCs = about
	switch {
	case s.kind == indicators || s.kind == lists:
		return true
	case !r.takesOff(title):
	case s.kind == references && leadsToLinks(next) || r.continues(n):
		r.begin().Find("unparted-heading", feed.Warning, no, "the line %s is read as a heading, though its number goes on from the line above; what stands below it are mentions; switch on what is meant", feed.Quote(title))
		return true
	default:
		r.begin().Find("unparted-heading", feed.Warning, no, "the line %s may be a heading or one of several lines with numbers; it changes nothing of what stands below it; switch off what is not meant", feed.Quote(title))
	}
	return false
}

// takesOff reports whether what stands below a heading is no IOC by all of its words.
func (o *outline) takesOff(title string) bool {
	about := o.aboutIOCs
	s := o.classify(strings.Trim(title, marks+":"))
	o.aboutIOCs = about
	return (s.kind == references || s.kind == benign || s.kind == alien) && words().wholly(split(title))
}

// numberedLevel is the level of a heading with a number: that of the one with a
// number as deep, or below what is around the first of them.
func (o *outline) numberedLevel(n numbering) int {
	for k := len(o.parts) - 1; k >= 0; k-- {
		if p := o.parts[k]; p.number != nil {
			return max(p.level+len(n)-len(p.number), numberLevel)
		}
	}
	if at := o.part().level; len(n) == 1 && n[0]%letters == 1 && at >= lineLevel {
		return at + 1
	}
	return numberLevel + len(n) - 1
}

// continues reports whether a number goes on from that of an open section.
func (o *outline) continues(n numbering) bool {
	return slices.ContainsFunc(o.parts, func(p section) bool { return n.follows(p.number) })
}

// goesBeyond ends the section that the next number ends, whatever its title says, with
// those below it, and is its title, "" where none ends. What stands below is about what is
// around the section; what is listed below indicators may be of the same list.
func (o *outline) goesBeyond(n numbering) (ended string) {
	for k := len(o.parts) - 1; k >= 0; k-- {
		p := o.parts[k]
		if !n.follows(p.number) {
			continue
		}
		same := len(p.number) == len(n)
		if p.kind == indicators || p.kind == lists {
			o.loosen()
			if same {
				o.parts[k].number = n
			}
		} else {
			o.parts, ended = o.parts[:k], p.title
			if same {
				around := o.part()
				around.level, around.number = p.level, n
				o.parts = append(o.parts, around)
			}
		}
		if same {
			break
		}
	}
	return ended
}
