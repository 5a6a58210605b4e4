package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/scan"
)

// longestClosing is how many words a line has at most that ends a letter or a page,
// with the name of who signs.
const longestClosing = 6

// closes reports whether a line ends a letter or the text of a page: behind it stands
// who wrote it. Two dashes end it where words follow, for they part values, too.
func (d *document) closes(t, below string) bool {
	if t == "--" {
		return !d.asciiDoc && below != "" && len(scan.Find(below[:min(len(below), feed.MaxValue)])) == 0
	}
	if len(t) > 80 || worth(t) && strings.ContainsAny(t, ":@[") {
		return false
	}
	l := words()
	phrase := closingOf(t)
	return l.Closings[phrase] || l.PageEnds[phrase]
}

// closingOf is the words of a line that may end a letter, without the name of who signs,
// "" where there are too many.
func closingOf(t string) string {
	head, name := t, ""
	if at := strings.IndexAny(t, ",-–—!"); at > 0 {
		head, name = t[:at], t[at:]
	}
	ws := split(head)
	if len(ws)+len(split(name)) > longestClosing {
		return ""
	}
	return strings.Join(ws, " ")
}

// signs begins what is behind the end of a letter, a page or a list of values: there
// a plain name may be that of who wrote it.
func (d *document) signs(title string) {
	d.leave(numberLevel)
	d.parts = append(d.parts, section{level: numberLevel, title: strings.Trim(title, marks+",:"), kind: closing})
	d.rule = ""
}

// How many lines of values below what would end a letter make a list, and how many of
// them are such as no signature has.
const (
	listLines = 3
	listBare  = 2
)

// listBelow reports whether a list of values follows a line that would end a letter, perhaps
// behind one of words: it ends none then, or what is below was put behind one. What ends
// a page below IOCs has none below it, and where the IOCs are defanged a list of them is, too.
func (r *reader) listBelow(t string) bool {
	if words().PageEnds[closingOf(t)] && r.counts[inList]+r.counts[belowHeading]+r.counts[isDefanged] > 0 {
		return false
	}
	n, bare := 0, 0
	open := !r.strict && (r.defanging == 0 || r.defanging < r.plains)
	for k := 0; ; k++ {
		t := r.coming(k)
		if len(t) > feed.MaxValue {
			return false
		}
		hits := scan.Find(t)
		switch values, label := alone(t, hits); {
		case values > 0 && label == "":
			open = open || defanged(t[hits[0].Start:hits[0].End], hits[0].Type)
			if n++; !ofSignature(t, hits[0]) {
				bare++
			}
		case k > 0 || t == "":
			return false
		}
		if n >= listLines && bare >= listBare {
			return open
		}
	}
}

// ofSignature reports whether a value is such as signatures have: a mail address, a page of
// a network where people meet, or a link without a path.
func ofSignature(t string, h scan.Hit) bool {
	if h.Type != feed.Domain && h.Type != feed.URL {
		return h.Type == feed.Email
	}
	at := max(strings.Index(h.Value, "//"), 0)
	_, path, _ := strings.Cut(strings.TrimLeft(h.Value[at:], "/"), "/")
	return leadsToLinks(t) && path == "" || words().SocialHosts.holdsHost(feed.IOC{Type: h.Type, Value: h.Value}.Host())
}

// forwards reports whether a line begins another mail below the end of one: words that say
// so between dashes, or who sent it, with an address or another field of a header below.
func forwards(t, below string) bool {
	const dashes = "---"
	l := words()
	t = strings.Trim(t, "* ")
	if strings.HasPrefix(t, dashes) && strings.HasSuffix(t, dashes) {
		return l.Forwarding.has(split(t))
	}
	return l.Senders[fieldOf(t)] && (strings.ContainsAny(t, "<@") || l.MailFields[fieldOf(below)])
}

// fieldOf is the words before the colon of a line, "" where there is none.
func fieldOf(t string) string {
	field, _, ok := strings.Cut(t, ":")
	if !ok || len(field) > longestLabel {
		return ""
	}
	return strings.ToLower(strings.Trim(field, "* "))
}

// meansOthers reports whether a plain name, link or mail address that stands in a list may
// be none of the IOCs: behind the end of a letter, or, where the others are defanged,
// outside of what headings and labels say is about them or below a heading that names
// another type, and not in line with those. A link that can be followed leads to more to
// read in line with them, too.
func (d *document) meansOthers(b *block, h scan.Hit, label string) bool {
	if !isNamed(h.Type) || b.values {
		return false
	}
	strict := d.strict && (b.part.kind == neutral || namesOther(b.part.title, h.Type)) && b.shape != cell && !(b.inLine && !strings.Contains(h.Value, "://"))
	return (strict || b.part.kind == closing) && !words().saysIOC(label)
}

// namesOther reports whether a heading names types of which a value is none: a link below
// "IP addresses" leads to more to read. A name below "URLs" may be meant as one.
func namesOther(title string, t feed.Type) bool {
	said := words().typesSaid(split(title))
	return len(said) > 0 && !slices.Contains(said, t) && !(t == feed.Domain && slices.Contains(said, feed.URL))
}

// lined notes whether a block that consists of values stands in line with one that is
// defanged.
func (d *document) lined(b *block, consists bool) {
	b.inLine = consists && (d.chain && (b.shape == item || !b.parted) ||
		slices.ContainsFunc(d.hits, func(h scan.Hit) bool { return defanged(b.text[h.Start:h.End], h.Type) }))
	d.chain = b.inLine
	d.valued = consists
}

// unpartedHeading takes a line that is a heading by all of its words, though no empty
// line stands before it: where it ends values or a sentence, and says that what
// follows is no IOC, or that it is one again; or where it says how many follow.
func (r *reader) unpartedHeading(t string, no int) (done bool, err error) {
	first, _ := utf8.DecodeRuneInString(t)
	title := strings.Trim(t, marks)
	ws := split(title)
	if r.blank || len(t) > 80 || !unicode.IsLetter(first) || unicode.IsLower(first) || strings.IndexByte(".!?;,:", t[len(t)-1]) >= 0 || len(ws) == 0 || len(ws) > longestHeading || worth(t) {
		return false, nil
	}
	l := words()
	about, below := r.aboutIOCs, r.part().kind
	off := below == references || below == benign || below == alien || below == closing || below == advice
	ends := r.valued || r.before != "" && strings.IndexByte(".!?", r.before[len(r.before)-1]) >= 0
	switch s := r.classify(title); {
	case s.kind == benign && r.valued && (!plural(ws) || r.alternates()):
		if !off {
			r.remarked.say(title, no)
		}
		r.aboutIOCs = about
		return false, nil
	case s.kind == benign && ends && !l.saidOfValue(ws):
		r.begin().Find("unparted-heading", feed.Warning, no, "the line %s is read as a heading, though no empty line parts it from the one above; what stands below it are mentions; switch on what is meant", feed.Quote(title))
	case s.kind == references && ends && leadsToLinks(r.peek()):
		r.signs(title)
		return true, nil
	case (s.kind == indicators || s.kind == lists) && off && l.wholly(ws):
	case (s.kind == indicators || s.kind == lists || s.kind == alien || s.foreign.What != "") && isCounted(t) && l.wholly(ws):
	default:
		r.aboutIOCs = about
		return false, nil
	}
	return true, r.heads(lineLevel, block{shape: heading, text: title, line: no})
}

// isCounted reports whether a line ends with how many things follow, as only headings do:
// "Domains (1)".
func isCounted(t string) bool {
	t, ok := strings.CutSuffix(strings.TrimRight(t, marks), ")")
	title := strings.TrimRight(t, "0123456789")
	return ok && len(title) < len(t) && strings.HasSuffix(title, " (")
}

// saidOfValue reports whether words are such as a line below a value may say of it:
// "Victim", but not "Victims".
func (l *lexicon) saidOfValue(ws []string) bool {
	phrase := strings.Join(ws, " ")
	return l.denial(phrase) && !l.Mass[phrase] && !strings.HasSuffix(phrase, "list")
}

// plural reports whether a title speaks of several things, as headings do: a line below
// a value that speaks of one may say it of that value.
func plural(ws []string) bool {
	if at := slices.Index(ws, "of"); at > 0 {
		ws = ws[:at]
	}
	last := ws[len(ws)-1]
	return words().Mass[last] || strings.HasSuffix(last, "list") || strings.HasSuffix(last, "s") && !strings.HasSuffix(last, "ss")
}

// alternates reports whether the lines around are those of a table that has lost its
// columns: a value, what is said of it, and a value again, before and behind. Labels with
// a colon are said of what is below them.
func (r *reader) alternates() bool {
	said := r.past[1]
	ws := split(said)
	before := !lineOfValue(said) && lineOfValue(r.past[2]) && len(ws) > 0 && !(words().wholly(ws) && plural(ws)) && said[len(said)-1] != ':'
	next := r.coming(1)
	return before && lineOfValue(r.coming(0)) && next != "" && !lineOfValue(next)
}

// lineOfValue reports whether a line of usual length holds a value.
func lineOfValue(t string) bool {
	return len(t) <= feed.MaxValue && len(scan.Find(t)) > 0
}

// leadsToLinks reports whether a line holds a link that can be followed.
func leadsToLinks(t string) bool {
	return strings.Contains(t, "http://") || strings.Contains(t, "https://") || strings.Contains(t, "www.")
}
