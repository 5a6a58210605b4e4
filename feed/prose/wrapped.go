package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// wrapped is how long a line is at least that was broken for its width.
const wrapped = 50

// breaking are the signs behind which a URL is broken.
const breaking = "-_=&?%+"

// shortestPart is how long the first part of a hash is at least that the end of a
// line breaks.
const shortestPart = 8

// shortestRest is how long the rest of a hash is at least behind what is as long as a
// shorter hash.
const shortestRest = 16

// wholeHash puts a hash together that was broken at the end of a line: neither
// part is one, both together are, and nothing stands beside the second. Where a
// part has the length of another hash, the text before must say which it is, or the
// heading above: two MD5 hashes are as long as one SHA-256. Where only the first has, and
// nothing calls it one, the second is its rest if it is too long for a date or a
// checksum. Where the lines may as well be two of a
// list, of keys or serial numbers, it is a mention.
func (r *reader) wholeHash(b *block) {
	n := len(b.text)
	for n > 0 && feed.IsHex(b.text[n-1]) {
		n--
	}
	first := b.text[n:]
	if len(first) < shortestPart || n > 0 && !strings.ContainsRune(" \t:`'\"|(,;=", rune(b.text[n-1])) || r.part().foreign.Hashes {
		return
	}
	second := trim(r.peek())
	if second == "" || len(second)+len(first) > longestHash || hexLen(second) != len(second) {
		return
	}
	whole, ok := oneHash(first + second)
	if !ok {
		return
	}
	short, one := oneHash(first)
	_, other := oneHash(second)
	said := hashSaid(split(b.text[:n]))
	if len(said) == 0 {
		said = hashSaid(split(r.part().title))
	}
	named := len(said) == 1 && said[0] == whole
	rest := one && !other && len(second) >= shortestRest && !slices.Contains(said, short)
	if (one || other) && !named && !rest {
		return
	}
	// No line goes on with more than fits in one, and not each ends alike.
	third := trim(r.ahead(1))
	alike := len(third) == len(second) && hexLen(third) == len(third) || n == 0 && len(first) == len(second)
	if rest && (alike || len(second) > len(b.text)) {
		r.begin().Find("may-be-wrapped", feed.Warning, b.line, "the hash %s ends with the line, and the next line, %s, may be the rest of a longer one; they are not put together", first, feed.Quote(second))
		return
	}
	r.next()
	b.breaks = append(b.breaks, len(b.text))
	if !named && (alike || len(second) > len(b.text)) {
		b.joint = len(b.text)
	}
	b.text += second
	if b.joint == 0 {
		r.begin().Find("wrapped-hash", feed.Info, b.line, "a hash that the end of the line breaks is read together with the next line")
	}
}

// longestHash is how many digits a hash has at most.
const longestHash = 128

// hexLen is how many hexadecimal digits s begins with.
func hexLen(s string) (n int) {
	for n < len(s) && feed.IsHex(s[n]) {
		n++
	}
	return n
}

// oneHash is the type of a text that is a hash and nothing else.
func oneHash(s string) (feed.Type, bool) {
	hits := scan.Find(s)
	if len(hits) != 1 || !hits[0].Type.IsHash() || hits[0].Start != 0 || hits[0].End != len(s) {
		return "", false
	}
	return hits[0].Type, true
}

// joined puts a URL together that was broken at the end of a line.
func (r *reader) joined(b *block) {
	if r.encodedLine > 0 {
		return // what breaks off there is told of
	}
	defer r.mayGoOn(b)
	for range 8 {
		if len(b.text) < wrapped || strings.IndexByte(breaking, b.text[len(b.text)-1]) < 0 && strings.LastIndexByte(b.text, '<') < 0 {
			return
		}
		next := trim(r.peek())
		if next == "" || len(next) > 4096 || !continues(b.text, next) {
			return
		}
		r.next()
		b.breaks = append(b.breaks, len(b.text))
		b.text += next
		r.begin().Find("wrapped-url", feed.Info, b.line, "a URL that the end of the line breaks is read together with the next line")
	}
}

// mayGoOn tells of a URL at the end of a long line whose rest may be the only word
// of the next.
func (r *reader) mayGoOn(b *block) {
	if len(b.text) < wrapped || len(r.queue) == 0 {
		return
	}
	next := trim(r.queue[0].text)
	last := b.text[strings.LastIndexAny(b.text, " \t<|(`\"'")+1:]
	if next == "" || len(next) > 4096 || strings.ContainsAny(next, " \t<|`\"'") || strings.Contains(next, ":") || strings.IndexByte("-*+#.=_[(", next[0]) >= 0 ||
		!strings.Contains(last, "://") && !strings.Contains(last, "[:]//") || len(scan.Find(next)) > 0 {
		return
	}
	if last[len(last)-1] == '/' || strings.ContainsAny(next, "/?=&%") {
		r.begin().Find("may-be-wrapped", feed.Warning, b.line, "the URL %s ends with the line, and the next line, %s, may be the rest of it; they are not put together", feed.Quote(last), feed.Quote(next))
	}
}

// continues reports whether a line goes on with the URL that ends the one
// before: the URL breaks off at a sign that none ends with, or is in angle
// brackets that the next line closes (RFC 3986, appendix C), and the next line
// is a single word of the signs that URLs have.
func continues(t, next string) bool {
	at := strings.LastIndexAny(t, " \t<|(`\"'") + 1
	last := t[at:]
	if !strings.Contains(last, "://") && !strings.Contains(last, "[:]//") {
		return false
	}
	if strings.ContainsAny(next, " \t<|`\"'") || strings.Contains(next, "://") || strings.Contains(next, "[:]//") {
		return false
	}
	if at > 0 && t[at-1] == '<' {
		return strings.HasSuffix(next, ">") || strings.HasSuffix(next, ">.")
	}
	if strings.IndexByte(breaking, t[len(t)-1]) < 0 {
		return false
	}
	return strings.ContainsAny(next, "/=&%") && strings.IndexByte("-*+#.", next[0]) < 0
}

// begunBefore is the word that the end of a line breaks off right before a hit, and that
// may begin the same name, "" where none does: it ends with a hyphen, or it is all of its
// line, ends with a dot and looks like a part of a name.
func begunBefore(b *block, h scan.Hit) string {
	if !isNamed(h.Type) || strings.Contains(h.Value, "://") {
		return ""
	}
	before := b.text[:h.Start]
	if strings.Trim(before, marks) == "" {
		before = b.above
	} else if before = beforeBreak(before); before == "" {
		return ""
	}
	before = strings.TrimRight(before, marks)
	word := before[strings.LastIndexAny(before, " \t|,;(<>\"'`")+1:]
	switch core := withoutHyphen(word); {
	case len(word) > longestTitle:
	case !strings.ContainsFunc(core, unicode.IsLetter):
	case core != word:
		if ws := split(core); !words().wholly(ws) && words().threat(ws) == "" {
			return word
		}
	case word == before && breaksAtDot(word):
		return word
	}
	return ""
}

// beforeBreak is what stands in a cell before the break of line that it ends with, "" where
// it ends with none.
func beforeBreak(cell string) string {
	const longest = len(" <br /> `**_")
	cell = strings.TrimRight(cell, "`*_ ")
	from := max(0, len(cell)-longest)
	all := lineBreaks.FindAllStringIndex(cell[from:], -1)
	if len(all) == 0 || from+all[len(all)-1][1] != len(cell) {
		return ""
	}
	return cell[:from+all[len(all)-1][0]]
}

// withoutHyphen is a word without a hyphen at its end behind a letter or digit.
func withoutHyphen(word string) string {
	for _, hyphen := range []string{"-", "\u2010", "\u2011"} {
		if core, ok := strings.CutSuffix(word, hyphen); ok && core != "" && nameByte(core[len(core)-1]) && core[len(core)-1] != '-' {
			return core
		}
	}
	return word
}

// breaksAtDot reports whether a word ends with the dot of a name that goes on: a defanged
// one, or one behind what has the signs of a name and is neither one nor that of a file.
func breaksAtDot(word string) bool {
	core, plain := strings.CutSuffix(word, ".")
	if !plain {
		at := strings.LastIndexAny(word, "[({")
		return at > 0 && nameByte(word[at-1]) && feed.Refang(word[at:]) == "."
	}
	return strings.ContainsAny(core, "-.") && !strings.ContainsFunc(core, func(r rune) bool { return r >= utf8.RuneSelf || r != '.' && !nameByte(byte(r)) }) &&
		len(scan.Find(core)) == 0 && !records.IsFileName(core)
}

// goesOnBelow reports whether a hit ends with the hyphen at which its line breaks off, and
// the next begins with what may be the rest of the same name.
func goesOnBelow(b *block, h scan.Hit) bool {
	if !isNamed(h.Type) || b.below == "" || withoutHyphen(b.text) == b.text || strings.Trim(b.text[h.End:], "-\u2010\u2011") != "" {
		return false
	}
	hits := scan.Find(b.below)
	return len(hits) > 0 && begunBefore(&block{text: b.below, above: b.text}, hits[0]) != ""
}

// broken takes an IOC for a mention that may be only a part of a name, which the end of a
// line breaks.
func (d *document) broken(b *block, h scan.Hit, v verdict) verdict {
	raw := b.text[h.Start:h.End]
	if begun := begunBefore(b, h); begun != "" {
		d.begin().Find("may-be-wrapped", feed.Warning, b.lineAt(h.Start), "the line before ends with %s, and %s may be the rest of the same name, so it is a mention only; they are not put together", feed.Quote(begun), feed.Quote(raw))
		return verdict{context: d.where(b) + ", behind " + feed.Quote(begun) + ", which may begin the name"}
	}
	if goesOnBelow(b, h) {
		d.begin().Find("may-be-wrapped", feed.Warning, b.lineAt(h.Start), "%s ends with the line at a hyphen, and the next line, %s, may be the rest of the same name, so it is a mention only; they are not put together", feed.Quote(raw), feed.Quote(b.below))
		return verdict{context: d.where(b) + ", before what may end the name"}
	}
	return v
}
