package prose

import (
	"quarry/feed"
	"quarry/feed/scan"
)

// enoughDefanged is how many defanged values, of names or of addresses, make one that is
// plain stand out.
const enoughDefanged = 2

// spelling counts how names, or addresses, are written.
type spelling struct {
	defanged int
	plain    tally // IOCs that are not
}

// standOut reports whether the plain ones are no more than the others.
func (s *spelling) standOut() bool {
	return s.plain.n > 0 && s.defanged >= enoughDefanged && s.plain.n <= s.defanged
}

// spells counts how a value is written. Hashes are never defanged.
func (d *document) spells(b *block, h scan.Hit, on bool) {
	s := &d.addresses
	switch {
	case isNamed(h.Type):
		s = &d.named
	case h.Type.IsHash():
		return
	}
	if defanged(d.spelled(b, h), h.Type) {
		s.defanged++
	} else if on {
		s.plain.say(feed.Defang(h.Type, h.Value), b.lineAt(h.Start))
	}
}

// mostSetAside is how many sections are named; the last counts for all others, too.
const mostSetAside = 12

// aside is a section whose heading says that what stands below it is no IOC.
type aside struct {
	tally
	defanged bool // one of its values is, and is no link among references
	others   bool // it counts those of further sections, too
}

// setsAside counts a value that would be an IOC in another section: one that is
// defanged, or no link and alone. A list of references holds links.
func (d *document) setsAside(b *block, h scan.Hit, alone bool) {
	written := defanged(d.spelled(b, h), h.Type)
	switch {
	case b.part.kind != references && b.part.kind != benign && b.part.kind != alien:
		return
	case written, h.Type.IsHash(), !isNamed(h.Type), alone && h.Type == feed.Domain:
	default:
		return
	}
	n := len(d.aside)
	if n == 0 || d.aside[n-1].what != b.part.title && n < mostSetAside {
		d.aside = append(d.aside, aside{})
		n++
	}
	s := &d.aside[n-1]
	s.others = s.others || s.n > 0 && s.what != b.part.title
	s.say(b.part.title, b.lineAt(h.Start))
	s.defanged = s.defanged || written && (b.part.kind != references || h.Type != feed.URL)
}

// tellApart adds the findings about values that a heading set aside and about those that
// are written in another way than the rest.
func (d *document) tellApart() {
	on := d.counts[inList] + d.counts[belowHeading] + d.counts[isDefanged]
	for _, s := range d.aside {
		severity, others := feed.Info, ""
		if s.defanged || s.n >= on {
			severity = feed.Warning
		}
		if s.others {
			others = " and below the headings behind it"
		}
		d.doc.Find("set-aside", severity, s.line, "%s, from this line on, below %s%s, which says that what follows is no IOC; %s",
			numbered(s.n, "value stands", "values stand"), feed.Quote(s.what), others, feed.Pick(s.n, "it is a mention; switch it on if it is meant", "they are mentions; switch on those that are meant"))
	}
	for _, s := range []*spelling{&d.named, &d.addresses} {
		if s.standOut() {
			d.doc.Find("plain-ioc", feed.Warning, s.plain.line, "%s plainly, from this line on, where it is %s, while others of this document are defanged; %s",
				numbered(s.plain.n, "IOC is written", "IOCs are written"), s.plain.what, feed.Pick(s.plain.n, "it is hunted; switch it off if it is not meant", "they are hunted; switch off those that are not meant"))
		}
	}
}
