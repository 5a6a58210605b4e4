package prose

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
	tables "quarry/feed/table"
)

// remarking are what the columns hold that may say on which port an address of their row
// listens. Tags keep the words.
var remarking = []role{"", noteRole, referenceRole, textRole, typeRole, categoryRole, verdictRole, threatRole, familyRole}

// portsOfRow is what the other cells of a row below titles call a port of the address or
// name in it, as tags, or is told of, where its column of ports says none, but for those that
// are known. A number alone may be anything, and where several values stand in the cell, it
// may be of one: it is told of once. Beside another host it is of that.
func (d *document) portsOfRow(doc *records.Document, b *block, h scan.Hit, line int, known []string) []string {
	t, several := &d.table, len(d.around) > 1
	if b.shape != cell || b.aside || len(t.titles) == 0 || several && !d.isFirstHost(h) || !noName[strings.ToLower(strings.Trim(t.row.Port, marks))] {
		return nil
	}
	own := strconv.Itoa(feed.IOC{Type: h.Type, Value: h.Value}.Port())
	for n := range t.cells {
		c := &t.cells[n]
		if c.col == b.col || !slices.Contains(remarking, t.roleAt(c.col)) || !strings.ContainsAny(c.text, "0123456789") {
			continue
		}
		text, hosts := withoutLinks(strings.Trim(c.text[:min(len(c.text), longestNote)], marks))
		if hosts {
			continue
		}
		port, _ := saysPort().number(text)
		if more := len(portsBehind(text).ports) > 1; !more && (port == own || slices.Contains(known, "port "+port)) {
			continue
		}
		if several {
			if d.mayBePort(text, line, false) {
				return nil
			}
			continue
		}
		if tags, told := d.portsSaid(doc, h, text, line, false, false); told {
			return tags
		}
	}
	return nil
}

// withoutLinks is a text without the URLs, mail addresses and hashes in it, or whether it has
// a host of which a port in it may be.
func withoutLinks(text string) (rest string, hosts bool) {
	var b strings.Builder
	from := 0
	for _, h := range scan.Find(text) {
		if h.Type == feed.IP || h.Type == feed.IPPort || h.Type == feed.CIDR || h.Type == feed.Domain {
			return text, true
		}
		b.WriteString(text[from:h.Start])
		from = h.End
	}
	return b.String() + text[from:], false
}

// isFirstHost reports whether no address or name stands before a hit in its block.
func (d *document) isFirstHost(h scan.Hit) bool {
	for _, o := range d.around {
		switch {
		case o.Start >= h.Start:
			return true
		case o.Type == feed.IP || o.Type == feed.IPPort || o.Type == feed.Domain:
			return false
		}
	}
	return true
}

// addressed is a line that consists of an address or a name, of which the lines below may
// say more, as those of a table that has lost its columns do.
type addressed struct {
	line  int
	below int  // how many lines came since
	next  bool // nothing came since but what kind of value it is, or a title of ports right before
}

// mostBelow is how many lines below an address are looked at for what is called a port.
const mostBelow = 6

// beginsAddress notes an IOC that a line consists of and that has no port.
func (d *document) beginsAddress(b *block, h scan.Hit, line int, alone bool) {
	d.addressed = addressed{}
	if alone && h.Type != feed.IPPort && (b.shape == sentence || b.shape == item || b.shape == code) && len(d.around) == 1 {
		d.addressed = addressed{line: line, next: true}
	}
}

// portBelow counts the address above for a line that is nothing but a port: what is called
// one, or a number right below. Behind an empty line a number may be that of a page.
func (d *document) portBelow(b *block) {
	a := &d.addressed
	if a.line == 0 {
		return
	}
	if a.below++; a.below > mostBelow || b.shape == heading || b.shape == cell || b.shape == navigation {
		d.addressed = addressed{}
		return
	}
	text := strings.Trim(b.text, marks+".:")
	switch s := portsBehind(text); {
	case s.whole && len(s.ports) > 0 && !s.odd && (s.named || a.next && !b.parted && len(text) > 1 && portOf(text) != "" && !isYear(text)):
		d.maybePorts.say(text, a.line)
		d.addressed = addressed{}
	default:
		r, _ := roleOf(text)
		a.next = r == portRole || a.next && tables.Hunted(text)
	}
}
