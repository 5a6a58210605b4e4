package mail

import (
	"cmp"

	"quarry/feed"
)

// placing is a sink for what is read of a part: it says on which line of the file it
// stands.
type placing struct {
	feed.Sink
	walk  *walk
	lines *decoded
	begun []*feed.Bulletin
}

// Document begins a document of the part.
func (p *placing) Document(b *feed.Bulletin) {
	p.put(&b.Source)
	p.begun = append(p.begun, b)
	p.walk.last = b
	p.Sink.Document(b)
}

// IOC adds an IOC or a mention.
func (p *placing) IOC(i feed.IOC) error {
	at := make([]feed.Source, len(i.Sources)) // which readers may share
	for n, s := range i.Sources {
		p.put(&s)
		at[n] = s
	}
	i.Sources = at
	p.walk.hunted(i)
	return p.Sink.IOC(i)
}

// put makes a place in the part one in the file.
func (p *placing) put(s *feed.Source) { s.Line = p.lines.line(s.Line) }

// place puts all that documents of the part say where it stands in the file, once
// the part was read, and gives those without a title one.
func (p *placing) place(title string) {
	for _, b := range p.begun {
		b.Title = cmp.Or(b.Title, title)
		for n := range b.Queries {
			p.put(&b.Queries[n].Source)
		}
		for n := range b.Tables {
			p.put(&b.Tables[n].Source)
		}
		for n := range b.Scenarios {
			p.put(&b.Scenarios[n].Source)
		}
		for n := range b.Findings {
			p.put(&b.Findings[n].Source)
		}
	}
}
