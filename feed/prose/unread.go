package prose

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
	tables "quarry/feed/table"
)

// unread tells of what is written as a value and is none that can be read: a
// defanged word, or what an item or a cell among the indicators consists of.
func (d *document) unread(b *block) (told bool) {
	if b.shape == navigation || b.shape == heading || d.rule != "" || b.hidden || b.part.foreign.What != "" {
		return false
	}
	if k := b.part.kind; k == references || k == benign || k == alien {
		return false
	}
	if d.unreadDefanged(b) || len(d.hits) > 0 {
		return true
	}
	among := b.values || b.part.kind == indicators && (b.shape == item || b.shape == code || b.shape == sentence) || b.part.kind == lists && b.shape == item
	if !among || isRegistryKey(b.text) || d.inOther(b) {
		return false
	}
	switch v := lone(b.text); {
	case !looksMeant(v, b.values), isLongHash(v): // which is counted
		return false
	case v[0] == '/':
		d.notIOC("paths", b.line)
	default:
		d.begin().Find("unread-value", feed.Warning, b.line, "%s stands where indicators do, and is none that can be read, so no IOC is made of it; check how it is spelled", feed.Quote(v))
	}
	return true
}

// noted counts what was made of the document and what of it is told by kind.
func (d *document) noted() (n int) {
	for _, c := range d.counts {
		n += c
	}
	for i := range d.alien {
		n += d.alien[i].n
	}
	return n
}

// withoutValue counts an item below a heading about IOCs of which nothing was made. One
// that leads to others holds them.
func (d *document) withoutValue(b *block) {
	if b.shape != item || b.part.kind != indicators || b.part.foreign.What != "" || b.hidden || d.rule != "" {
		return
	}
	if v := strings.Trim(b.text, marks); v != "" && !strings.HasSuffix(v, ":") && !noName[strings.ToLower(v)] {
		d.notIOC("items below a heading about IOCs without a value that is read", b.line)
	}
}

// rowWithoutValue tells of a row of a table of IOCs of which nothing was made: its cell
// of a value, where the row says that it is of a kind that is hunted, is misspelled.
func (d *document) rowWithoutValue(cells []block) {
	for n := range cells {
		c := &cells[n]
		if k := c.part.kind; !c.values || c.again || k == references || k == benign || k == alien {
			continue
		}
		v := strings.Trim(c.text, marks)
		r, _ := roleOf(v)
		switch {
		case v == "" || noName[strings.ToLower(v)]:
		case r != "" && r != mightRole: // it names the group of the rows below it
			return
		case tables.Hunted(d.table.kind):
			d.begin().Find("unread-value", feed.Warning, c.line, "%s stands where indicators do, and is none that can be read, so no IOC is made of it; check how it is spelled", feed.Quote(v))
			return
		default:
			d.notIOC("rows of tables of IOCs without a value that is read", c.line)
			return
		}
	}
}

// unreadDefanged tells of defanged words in which no hit is.
func (d *document) unreadDefanged(b *block) (some bool) {
	t := b.text
	for at := 0; ; {
		n := strings.IndexAny(t[at:], "[({")
		if n < 0 {
			break
		}
		if at += n; !isSign(t, at) {
			at++
			continue
		}
		word, end := d.unreadWord(b, at)
		some = some || word
		at = end
	}
	for _, scheme := range []string{"hxxp", "hXXp", "HXXP", "Hxxp"} {
		for at := 0; ; {
			n := strings.Index(t[at:], scheme)
			if n < 0 {
				break
			}
			at += n
			end := at + len(scheme)
			if defangedScheme(t[at:]) {
				var word bool
				word, end = d.unreadWord(b, at)
				some = some || word
			}
			at = end
		}
	}
	return some
}

// defangedScheme reports whether s starts with hxxp or hxxps in any case, and with
// what may begin a separator behind it.
func defangedScheme(s string) bool {
	const scheme = "hxxp"
	if len(s) <= len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return false
	}
	s = s[len(scheme):]
	if s[0]|0x20 == 's' {
		s = s[1:]
	}
	return s != "" && strings.IndexByte(":[({", s[0]) >= 0
}

// unreadWord tells of the word around a place if no hit is in it, and returns where
// the word ends. A word with a sign and a scheme is told of once.
func (d *document) unreadWord(b *block, at int) (told bool, end int) {
	const apart = " \t<>\"`|"
	t := b.text
	start := strings.LastIndexAny(t[:at], apart) + 1
	end = len(t)
	if n := strings.IndexAny(t[at:], apart); n >= 0 {
		end = at + n
	}
	word := strings.Trim(t[start:end], ".,;:!?*'")
	if records.IsFileName(feed.Refang(word)) || covered(d.hits, start, end) || defangedScheme(word) && isSign(t, at) {
		return false, end
	}
	d.begin().Find("unread-value", feed.Warning, b.lineAt(start), "%s is written as a defanged value and is none that can be read, so no IOC is made of it; check how it is spelled", feed.Quote(word))
	return true, end
}

// covered reports whether a hit lies in a word: what is left of it then stood around
// the hit.
func covered(hits []scan.Hit, start, end int) bool {
	n, _ := slices.BinarySearchFunc(hits, start, func(h scan.Hit, at int) int { return cmp.Compare(h.End, at+1) })
	return n < len(hits) && hits[n].Start < end
}

// isSign reports whether a defanged sign is at a place, with a letter or digit on
// either side.
func isSign(t string, at int) bool {
	if at == 0 || !nameByte(t[at-1]) {
		return false
	}
	n := feed.DefangedLen(t[at:])
	if n == 0 && strings.HasPrefix(t[at:], "[,]") {
		n = len("[,]")
	}
	return n > 0 && at+n < len(t) && nameByte(t[at+n])
}

// lone is what a block consists of, without its label.
func lone(t string) string {
	t = strings.Trim(t, marks)
	if n := strings.LastIndex(t, ": "); n >= 0 {
		t = strings.Trim(t[n+2:], marks)
	}
	return t
}

// longDigits is how many hexadecimal digits are no word and no number.
const longDigits = 24

// looksMeant reports whether a text that no indicator could be read of may be
// meant as one. In a column of values a sign anywhere in a word makes it one.
func looksMeant(v string, column bool) bool {
	if len(v) < 4 || noName[strings.ToLower(v)] || records.IsFileName(v) {
		return false
	}
	if column {
		return strings.ContainsAny(v, "[]") || strings.IndexByte(v, ' ') < 0 && (strings.ContainsAny(v, ".:@/\\") || len(v) >= longDigits && hexLen(v) == len(v))
	}
	if strings.ContainsAny(v, " \t") {
		return false
	}
	if hexLen(v) == len(v) {
		return len(v) >= longDigits
	}
	at := strings.IndexAny(v[1:len(v)-1], ".:@\\")
	return at >= 0 && !strings.HasSuffix(v, ":") && strings.IndexByte("$%(<", v[0]) < 0
}
