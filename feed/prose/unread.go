package prose

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// unread tells of what is written as a value and is none that can be read: a
// defanged word, or what an item or a cell among the indicators consists of.
func (d *document) unread(b *block) {
	if b.shape == navigation || b.shape == heading || d.rule != "" || b.hidden || b.part.foreign.What != "" {
		return
	}
	if k := b.part.kind; k == references || k == benign || k == alien {
		return
	}
	if d.unreadDefanged(b) || len(d.hits) > 0 {
		return
	}
	among := b.values || b.part.kind == indicators && (b.shape == item || b.shape == code || b.shape == sentence) || b.part.kind == lists && b.shape == item
	if !among {
		return
	}
	switch v := lone(b.text); {
	case !looksMeant(v, b.values):
	case v[0] == '/':
		d.notIOC("paths", b.line)
	default:
		d.begin().Find("unread-text", feed.Warning, b.line, "%s stands where indicators do, and is none that can be read, so no IOC is made of it; check how it is spelled", feed.Quote(v))
	}
}

// unreadDefanged tells of defanged words that no hit covers.
func (d *document) unreadDefanged(b *block) (some bool) {
	t := b.text
	k := 0
	for at := 0; at < len(t); at++ {
		n := strings.IndexAny(t[at:], "[({hH")
		if n < 0 {
			break
		}
		at += n
		for k < len(d.hits) && d.hits[k].End <= at {
			k++
		}
		if k < len(d.hits) && d.hits[k].Start <= at {
			at = d.hits[k].End - 1
			continue
		}
		if !isSign(t, at) && !isScheme(t[at:]) {
			continue
		}
		start := strings.LastIndexAny(t[:at], " \t<>\"`|") + 1
		end := len(t)
		if n := strings.IndexAny(t[at:], " \t<>\"`|"); n >= 0 {
			end = at + n
		}
		word := strings.Trim(t[start:end], ".,;:!?*'")
		if at = end - 1; !records.IsFileName(feed.Refang(word)) && !coveredBy(d.hits, start, end) {
			some = true
			d.begin().Find("unread-text", feed.Warning, b.lineAt(start), "%s is written as a defanged value and is none that can be read, so no IOC is made of it; check how it is spelled", feed.Quote(word))
		}
	}
	return some
}

// coveredBy reports whether a hit lies in a word: what is left of it then stood
// around the hit.
func coveredBy(hits []scan.Hit, start, end int) bool {
	for _, h := range hits {
		if h.Start >= end {
			break
		}
		if h.End > start {
			return true
		}
	}
	return false
}

// isSign reports whether a defanged sign is at a place, with a letter or digit on
// either side.
func isSign(t string, at int) bool {
	if at == 0 || !nameByte(t[at-1]) {
		return false
	}
	n := scan.DefangedLen(t[at:])
	if n == 0 && strings.HasPrefix(t[at:], "[,]") {
		n = len("[,]")
	}
	return n > 0 && at+n < len(t) && nameByte(t[at+n])
}

// isScheme reports whether a text begins with a defanged scheme.
func isScheme(t string) bool {
	return len(t) > len("hxxp:/") && strings.EqualFold(t[:len("hxxp")], "hxxp") && strings.IndexAny(t[len("hxxp"):min(len(t), len("hxxps[:"))], ":") >= 0
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
// meant as one. In a column of values everything is.
func looksMeant(v string, column bool) bool {
	if len(v) < 4 || noName[strings.ToLower(v)] || records.IsFileName(v) {
		return false
	}
	if column {
		return strings.IndexByte(v, ' ') < 0 || strings.ContainsAny(v, "[]")
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
