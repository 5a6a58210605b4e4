package prose

import (
	"net/url"
	"strings"

	"golang.org/x/net/html/atom"

	"quarry/feed"
	"quarry/feed/scan"
)

// words adds text to the block.
func (p *page) words(t []byte) error {
	line := p.line
	for _, c := range t {
		switch {
		case c == '\n' && p.pre > 0:
			line = min(line+1, p.next)
			if err := p.breakLine(line); err != nil {
				return err
			}
			continue
		case c == ' ' || c == '\n' || c == '\t' || c == '\f':
			if c == '\n' {
				line = min(line+1, p.next) // not of "&#10;"
			}
			p.space = true
			continue
		}
		p.put(c, line)
		if p.text.Len() >= maxBlock {
			if err := p.flushAt(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// put adds a byte that is no space.
func (p *page) put(c byte, line int) {
	if p.text.Len() == 0 {
		p.from, p.space = line, false
	}
	if p.space {
		p.text.WriteByte(' ')
		p.space = false
	}
	for n := p.from + len(p.breaks); n < line; n++ {
		p.breaks = append(p.breaks, p.text.Len())
	}
	if p.seam {
		if at := p.text.Len(); at > 0 && letterOrDigit(c) && letterOrDigit(p.text.Bytes()[at-1]) {
			p.seams = append(p.seams, at)
		}
		p.seam = false
	}
	p.text.WriteByte(c)
}

// breakLine ends the block at a break of line: the next may go on in what it says.
func (p *page) breakLine(line int) error {
	said := trim(p.text.String())
	err := p.flushAt(line)
	p.above = said
	return err
}

// flush ends the block.
func (p *page) flush() error { return p.flushAt(p.line) }

func (p *page) flushAt(line int) error {
	p.space = false
	p.endLink()
	above := p.above
	p.above = ""
	if p.text.Len() == 0 {
		return p.leads()
	}
	b := block{shape: sentence, text: p.text.String(), line: p.from, breaks: p.breaks, seams: p.seams, above: above, hidden: p.hidden != nil}
	notes := p.notes
	p.text.Reset()
	p.breaks, p.seams, p.notes, p.seam = nil, nil, nil, false
	trimmed := trim(b.text)
	if trimmed != b.text {
		at := strings.Index(b.text, trimmed)
		b.line = b.lineAt(at)
		var breaks []int
		for _, br := range b.breaks {
			if br > at {
				breaks = append(breaks, br-at)
			}
		}
		for n := range b.seams {
			b.seams[n] -= at
		}
		for n := range notes {
			notes[n] = link{notes[n].start - at, notes[n].end - at}
		}
		b.text, b.breaks = trimmed, breaks
	}
	b.bracketNotes(notes)
	if len(b.seams) > 0 {
		p.unglue(&b)
	}
	if b.text != "" {
		if err := p.block(b); err != nil {
			return err
		}
	}
	return p.leads()
}

// leads makes mentions of what links lead to.
func (p *page) leads() error {
	all := p.targets
	p.targets = p.targets[:0]
	for _, t := range all {
		v, err := feed.Canonical(feed.URL, t.url)
		if err != nil {
			continue
		}
		i := feed.IOC{Type: feed.URL, Value: v, Confidence: feed.NoConfidence, Mention: true, Sources: []feed.Source{{Name: p.in.Name, Line: t.line}}}
		switch {
		case p.hidden != nil:
			i.Context = "hidden in the page"
		case p.around > 0:
			i.Context = "navigation of the page"
		case p.ownSite(scan.Hit{Type: feed.URL, Value: v}):
			i.Context = "address of the page's own site"
		default:
			i.Context = "target of the link " + feed.Quote(t.text)
		}
		p.begin()
		p.counts[mention]++
		if err := p.out.IOC(i); err != nil {
			return err
		}
	}
	return nil
}

// block takes a block by where it stands.
func (p *page) block(b block) error {
	switch {
	case p.inTitle:
		return nil
	case p.around > 0:
		b.shape = navigation
		return p.add(b)
	case b.hidden && !p.inCell:
		if p.items > 0 {
			b.shape = item
		}
		return p.add(b)
	case p.headline > 0:
		b.shape = heading
		return p.document.heads(p.headline, b)
	case p.inCell:
		b.shape, b.col, b.wide = cell, p.at, p.width-1-p.at
		if len(p.row) < maxBlocks {
			p.row = append(p.row, b)
			return nil
		}
	case p.pre > 0:
		b.shape = code
	case p.items > 0:
		b.shape = item
	default:
		p.states(b.text)
		if b.parted = true; p.closes(b.text, "") {
			p.signs(b.text)
			return nil
		}
		if done, err := p.numberedHeading(b.text, b.line, true); done || err != nil {
			return err
		}
		if len(b.text) <= 80 && strings.IndexByte(".!?;,", b.text[len(b.text)-1]) < 0 && !worth(strings.TrimRight(b.text, ":")) {
			if done, err := p.lineHeading(b.text, b.line); done {
				return err
			}
		}
	}
	return p.add(b)
}

// endLink notes the link that ends here: where its target is not the text that
// the page shows, it is a mention.
func (p *page) endLink() {
	href := p.href
	if href == "" {
		return
	}
	p.href = ""
	if at := p.shown; at > 0 && at < p.text.Len() && letterOrDigit(p.text.Bytes()[at-1]) && isNoteMark(href, string(p.text.Bytes()[at:min(p.text.Len(), at+longestNoteMark+1)])) {
		p.notes = append(p.notes, link{at, p.text.Len()})
	}
	if len(href) > feed.MaxValue || !strings.Contains(href, "://") {
		return
	}
	shown := ""
	if p.shown <= p.text.Len() {
		shown = strings.TrimSpace(p.text.String()[p.shown:])
	}
	if plain := strings.Trim(feed.Refang(shown), marks+"/"); strings.Contains(plain, ".") && strings.Contains(href, plain) {
		return // the text is the target, or its host
	}
	p.targets = append(p.targets, target{href, shown, p.line})
}

// siteOf notes whose page it is.
func (p *page) siteOf(a atom.Atom, attrs bool) {
	if !attrs || p.site != "" {
		return
	}
	var rel, property, href, content string
	for {
		k, v, more := p.z.TagAttr()
		switch string(k) {
		case "rel":
			rel = string(v)
		case "property", "name":
			property = string(v)
		case "href":
			href = string(v)
		case "content":
			content = string(v)
		}
		if !more {
			break
		}
	}
	switch {
	case a == atom.Base, a == atom.Link && rel == "canonical":
	case a == atom.Meta && property == "og:url":
		href = content
	default:
		return
	}
	if u, err := url.Parse(href); err == nil {
		p.site = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
}
