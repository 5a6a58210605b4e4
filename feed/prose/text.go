package prose

import (
	"strings"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// reader goes through the lines of plain text, Markdown and AsciiDoc, which
// have so much in common that one way of reading does for all.
type reader struct {
	*document
	lines *records.Lines
	queue []line // read ahead

	fence string // what closes the block of code, "" outside of one
	blank bool   // the line before is empty, or parts as an empty one does

	rows  bool    // in a table of Markdown or of tabs
	adoc  bool    // in a table of AsciiDoc
	width int     // of the table of AsciiDoc; 0 when not known yet
	begun bool    // its first row was taken
	cell  []block // of a row of AsciiDoc that is not whole yet
}

// line is a line of a document.
type line struct {
	text string
	no   int
	cut  bool
}

func (r *reader) next() (line, bool) {
	if len(r.queue) > 0 {
		l := r.queue[0]
		r.queue = r.queue[1:]
		return l, true
	}
	if !r.lines.Next() {
		return line{}, false
	}
	return line{r.lines.Text, r.lines.No, r.lines.Cut}, true
}

// peek is the text of the next line, "" at the end.
func (r *reader) peek() string {
	if len(r.queue) == 0 {
		if !r.lines.Next() {
			return ""
		}
		r.queue = append(r.queue, line{r.lines.Text, r.lines.No, r.lines.Cut})
	}
	return r.queue[0].text
}

// read reads the document.
func (r *reader) read() error {
	r.blank = true
	for {
		l, ok := r.next()
		if !ok {
			break
		}
		if l.cut {
			r.begin().Find("long-line", feed.Error, l.no, "the line is longer than %d MiB, so what it says behind is not looked at", records.MaxLine>>20)
		}
		if err := r.line(l); err != nil {
			return err
		}
	}
	if err := r.flushRow(); err != nil {
		return err
	}
	return r.lines.Err()
}

// line takes one line.
func (r *reader) line(l line) error {
	t := trim(l.text)
	if t == "" {
		r.blank = true
		r.rows = false
		if r.adoc {
			return r.blankInTable()
		}
		return nil
	}
	if r.fence != "" {
		if strings.HasPrefix(t, r.fence) && strings.Trim(t, r.fence[:1]) == "" {
			r.fence, r.blank = "", true
			r.rule = ""
			return nil
		}
		b := block{shape: code, text: t, line: l.no}
		r.wholeHash(&b)
		return r.add(b)
	}
	for t[0] == '>' && len(t) > 1 { // a quotation
		if t = trim(t[1:]); t == "" {
			return nil
		}
	}
	done, err := r.markup(t, l)
	if done || err != nil {
		r.blank = done
		return err
	}
	err = r.plain(t, l)
	r.blank = false
	return err
}

// markup takes a line that is more than text.
func (r *reader) markup(t string, l line) (done bool, err error) {
	if r.adoc || strings.HasPrefix(t, "|===") {
		return true, r.asciiDocRow(t, l)
	}
	switch c := t[0]; {
	case c == '`' && strings.HasPrefix(t, "```"), c == '~' && strings.HasPrefix(t, "~~~"):
		r.fence = t[:len(t)-len(strings.TrimLeft(t, t[:1]))]
		return true, nil
	case r.asciiDoc && len(t) >= 4 && strings.IndexByte("-.+_=*", c) >= 0 && strings.Trim(t, t[:1]) == "":
		if c == '-' || c == '.' || c == '+' {
			r.fence = t
		}
		return true, nil
	case c == '#' || c == '=' && r.asciiDoc:
		if level, title := markedHeading(t, c); level > 0 {
			return true, r.heads(level, block{shape: heading, text: title, line: l.no})
		}
	case c == '.' && r.asciiDoc && len(t) > 1 && t[1] != '.' && t[1] != ' ':
		return true, r.heads(lineLevel, block{shape: heading, text: t[1:], line: l.no})
	case r.rows || c == '|' || strings.IndexByte(t, '|') > 0 || strings.IndexByte(t, '\t') > 0:
		if ok, err := r.tableRow(t, l); ok {
			return true, err
		}
	}
	if underlined(t, r.peek()) {
		level := 1 + strings.Count(r.queue[0].text[:1], "-")
		r.next()
		return true, r.heads(level, block{shape: heading, text: t, line: l.no})
	}
	return false, nil
}

// markedHeading is the heading of a line that begins with # or =.
func markedHeading(t string, mark byte) (level int, title string) {
	for level < len(t) && t[level] == mark {
		level++
	}
	if level > 6 || level == len(t) || t[level] != ' ' && t[level] != '\t' {
		return 0, ""
	}
	return level, strings.Trim(strings.TrimRight(t[level:], t[:1]+" "), " \t")
}

// underlined reports whether a line is a heading by the line below it.
func underlined(t, below string) bool {
	below = strings.TrimRight(below, " ")
	return len(below) >= 3 && len(t) <= longestTitle && (strings.Trim(below, "=") == "" || strings.Trim(below, "-") == "") &&
		len(below) >= len(t)/2 && strings.IndexByte("-*|#", t[0]) < 0 && len(scan.Find(t)) == 0
}

// bullets are the signs before items of lists.
var bullets = []string{"- ", "* ", "+ ", "-\u00a0", "*\u00a0", "• ", "· ", "▪ ", "◦ ", "‣ ", "● ", "○ ", "■ ", "– ", "— ", "o ", "-\t", "*\t", "•\t", "•", "●", "▪", "** ", "*** ", ". ", ".. "}

// bulleted takes the sign of an item off a line.
func bulleted(t string) (rest string, ok bool) {
	if c := t[0]; c >= utf8.RuneSelf || strings.IndexByte("-*+o.", c) >= 0 {
		for _, b := range bullets {
			if strings.HasPrefix(t, b) {
				return trim(t[len(b):]), true
			}
		}
		return t, false
	}
	n := 0
	for n < len(t) && n < 4 && t[n] >= '0' && t[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(t) && (t[n] == '.' || t[n] == ')') && (t[n+1] == ' ' || t[n+1] == '\t') {
		return trim(t[n+1:]), true
	}
	return t, false
}

// plain takes a line of text or an item of a list.
func (r *reader) plain(t string, l line) error {
	rest, listed := bulleted(t)
	if rest == "" {
		return nil
	}
	b := block{shape: sentence, text: rest, line: l.no}
	if listed {
		b.shape = item
	}
	r.states(rest)
	r.wholeHash(&b)
	rest = b.text
	if target := definition(rest); target > 0 {
		b.links = append(b.links, link{target, len(rest)})
	}
	b.links = targets(b.links, rest)
	if r.joined(&b); !listed && r.mayHead(rest) && !worth(rest) {
		if done, err := r.lineHeading(rest, l.no); done {
			return err
		}
	}
	return r.add(b)
}

// worth reports whether a line may hold a value.
func worth(t string) bool {
	return len(t) >= 4 && strings.ContainsAny(t, ".:@[")
}

// mayHead reports whether a line may be a heading without markup.
func (r *reader) mayHead(t string) bool {
	return len(t) <= 80 && (r.blank || t[len(t)-1] == ':') && strings.IndexByte(".!?;,", t[len(t)-1]) < 0
}

// lineHeading takes a line without markup that is a heading by its words.
func (d *document) lineHeading(t string, no int) (done bool, err error) {
	title := strings.Trim(t, marks)
	level := lineLevel
	if strings.HasSuffix(title, ":") {
		level, title = colonLevel, strings.TrimRight(title, ": ")
	}
	ws := split(strings.Trim(title, marks))
	if len(ws) == 0 || len(ws) > 8 {
		return false, nil
	}
	if s := d.classify(ws); s.kind != neutral || s.foreign.What != "" {
		return true, d.heads(level, block{shape: heading, text: title, line: no})
	}
	if level == lineLevel {
		d.loosen()
	}
	return false, nil
}

// states notes a statement of the malware family.
func (d *document) states(t string) {
	t = strings.TrimLeft(t, "*_ ")
	const label = "malware family"
	if len(t) < len(label)+2 || !strings.EqualFold(t[:len(label)], label) {
		return
	}
	value, ok := strings.CutPrefix(strings.TrimLeft(t[len(label):], "*_ "), ":")
	if !ok || d.family != "" {
		return
	}
	value, _, _ = strings.Cut(value, " Total IOCs:")
	if value = strings.Trim(value, marks+"."); value != "" && len(value) <= 80 {
		d.family = value
	}
}

// definition is where the target of a link's definition ("[1]: https://...",
// "[1] https://...", ":url: https://...") begins, or 0.
func definition(t string) int {
	if t[0] == ':' {
		if at := strings.Index(t[1:], ": "); at > 0 && strings.IndexByte(t[1:1+at], ' ') < 0 {
			return at + 2
		}
		return 0
	}
	if t[0] != '[' {
		return 0
	}
	at := strings.IndexByte(t, ']')
	if at < 2 || at+2 >= len(t) || t[at+1] != ':' && t[at+1] != ' ' {
		return 0
	}
	rest := strings.TrimLeft(t[at+2:], " <")
	label := strings.Trim(t[1:at], "0123456789^")
	if strings.HasPrefix(rest, "http://") || strings.HasPrefix(rest, "https://") {
		if t[at+1] == ':' || label == "" {
			return at + 2
		}
	}
	return 0
}

// targets adds the targets of links: [text](target), link:target[text],
// href="target".
func targets(links []link, t string) []link {
	if strings.IndexByte(t, '(') < 0 && strings.IndexByte(t, ':') < 0 {
		return links
	}
	for from := 0; ; {
		at := strings.Index(t[from:], "](")
		if at < 0 {
			break
		}
		start := from + at + 2
		end := len(t)
		if n := strings.IndexByte(t[start:], ')'); n >= 0 {
			end = start + n
		}
		links = append(links, link{start, end})
		from = end
	}
	if !strings.Contains(t, "://") {
		return inOrder(links)
	}
	for _, mark := range []string{"link:", "image:", "xref:", `href="`, `src="`} {
		for from := 0; ; {
			at := strings.Index(t[from:], mark)
			if at < 0 {
				break
			}
			start := from + at + len(mark)
			end := len(t)
			if n := strings.IndexAny(t[start:], "[\"> "); n >= 0 {
				end = start + n
			}
			links = append(links, link{start, end})
			from = end
		}
	}
	return inOrder(links)
}

// wrapped is how long a line is at least that was broken for its width.
const wrapped = 50

// breaking are the signs behind which a URL is broken.
const breaking = "-_=&?%+"

// shortestPart is how long the first part of a hash is at least that the end of a
// line breaks.
const shortestPart = 8

// wholeHash puts a hash together that was broken at the end of a line: neither
// part is one, both together are, and nothing stands beside the second. Where a
// part has the length of another hash, the text before must say which it is: two
// MD5 hashes are as long as one SHA-256.
func (r *reader) wholeHash(b *block) {
	n := len(b.text)
	for n > 0 && isHex(b.text[n-1]) {
		n--
	}
	first := b.text[n:]
	if len(first) < shortestPart || n > 0 && !strings.ContainsRune(" \t:`'\"|(,;=", rune(b.text[n-1])) {
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
	_, one := oneHash(first)
	_, other := oneHash(second)
	if said := hashSaid(split(b.text[:n])); (one || other) && (len(said) != 1 || said[0] != whole) {
		return
	}
	r.next()
	b.breaks = append(b.breaks, len(b.text))
	b.text += second
	r.begin().Find("wrapped-hash", feed.Info, b.line, "a hash that the end of the line breaks is read together with the next line")
}

// longestHash is how many digits a hash has at most.
const longestHash = 128

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// hexLen is how many hexadecimal digits s begins with.
func hexLen(s string) (n int) {
	for n < len(s) && isHex(s[n]) {
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

// trim removes white space, and what pages put beside it that has no width,
// from both ends of s.
func trim(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	if s == "" || s[0] < utf8.RuneSelf && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	return strings.Trim(s, " \t\u00a0\u200b\u2060\ufeff\u00ad\u3000")
}
