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

	before string // the last line of text
	above  string // the line before

	past   [3]string // the last lines that are not empty, the latest first
	spaced bool      // an empty line, or what parts as one does, stands before the latest of them

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
func (r *reader) peek() string { return r.ahead(0) }

// ahead is the text of the line that so many come before, "" behind the end.
func (r *reader) ahead(n int) string {
	for len(r.queue) <= n {
		if !r.lines.Next() {
			return ""
		}
		r.queue = append(r.queue, line{r.lines.Text, r.lines.No, r.lines.Cut})
	}
	return r.queue[n].text
}

// coming is the text of the next line that is not empty, or of the one so many behind it,
// "" where there is none or many empty ones stand before it.
func (r *reader) coming(n int) string {
	const most = 16
	for k := range most {
		if t := trim(r.ahead(k)); t != "" {
			if n--; n < 0 {
				return t
			}
		}
	}
	return ""
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
		spaced := r.blank
		if err := r.line(l); err != nil {
			return err
		}
		if r.above = trim(l.text); r.above != "" {
			r.past, r.spaced = [3]string{r.above, r.past[0], r.past[1]}, spaced
		}
	}
	if err := r.flushRow(); err != nil {
		return err
	}
	return r.lines.Err()
}

// line takes one line.
func (r *reader) line(l line) error {
	if r.fence == "" {
		l.text = withoutMacros(unescaped(l.text))
	}
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
		b := block{shape: code, text: t, line: l.no, resumed: breaksOff(r.above), above: r.above, beside: besideName(r.above, t, r.peek())}
		r.wholeHash(&b)
		return r.add(b)
	}
	for t[0] == '>' && len(t) > 1 { // a quotation
		if t = trim(t[1:]); t == "" {
			return nil
		}
	}
	done, err := r.numberedLine(t, l)
	if !done && err == nil {
		done, err = r.markup(t, l)
	}
	if done || err != nil {
		r.blank = done
		return err
	}
	err = r.plain(t, l)
	r.blank, r.before = false, t
	return err
}

// markup takes a line that is more than text.
func (r *reader) markup(t string, l line) (done bool, err error) {
	if r.adoc || strings.HasPrefix(t, "|===") {
		return true, r.asciiDocRow(t, l)
	}
	switch c := t[0]; {
	case c == 'h' || c == '=' && !r.asciiDoc:
		if level, title := wikiHeading(t); level > 0 {
			r.rows = false
			r.noTable()
			return true, r.heads(level, block{shape: heading, text: title, line: l.no})
		}
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
	case c == '#' && !titlesNumber(t) || c == '=' && r.asciiDoc:
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

// titlesNumber reports whether a line that begins with # is none of Markdown's headings but
// the titles of a sheet that was copied, of which the first is that of numbers.
func titlesNumber(t string) bool {
	return strings.HasPrefix(t, "#\t") && strings.Count(t, "\t") > 1 && len(scan.Find(t)) == 0
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

// plain takes a line of text or an item of a list.
func (r *reader) plain(t string, l line) error {
	if r.part().kind == closing && forwards(t, r.peek()) {
		r.leave(numberLevel)
	}
	if r.closes(t, r.peek()) && !r.listBelow(t) {
		r.signs(t)
		return nil
	}
	if done, err := r.unpartedHeading(t, l.no); done || err != nil {
		return err
	}
	rest, listed := r.unlisted(t)
	if rest == "" {
		return nil
	}
	rest = partedCells(rest, r.before, r.peek())
	b := block{shape: sentence, text: rest, line: l.no, resumed: breaksOff(r.above), parted: r.blank}
	if listed {
		b.shape = item
	} else {
		b.above, b.beside = r.above, besideName(r.above, rest, r.peek())
	}
	if withoutHyphen(rest) != rest {
		b.below = trim(r.peek())
	}
	r.states(rest)
	r.wholeHash(&b)
	rest = b.text
	if target := definition(rest); target > 0 {
		b.links = append(b.links, link{target, len(rest)})
	}
	b.links = targets(b.links, rest)
	if r.joined(&b); !listed && r.mayHead(rest) && !worth(strings.TrimRight(rest, ":")) {
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
	return len(t) <= 80 && (r.blank || endsInColon(t)) && strings.IndexByte(".!?;,", t[len(t)-1]) < 0
}

// endsInColon reports whether a line ends in a colon, narrow or of full width.
func endsInColon(t string) bool { return t[len(t)-1] == ':' || strings.HasSuffix(t, "：") }

// lineHeading takes a line without markup that is a heading by its words.
func (d *document) lineHeading(t string, no int) (done bool, err error) {
	title := strings.Trim(t, marks)
	level := lineLevel
	if title != "" && endsInColon(title) {
		level, title = colonLevel, strings.TrimRight(title, ":： ")
	}
	ws := split(strings.Trim(title, marks))
	if len(ws) == 0 || len(ws) > longestHeading {
		return false, nil
	}
	if s := d.classify(title); s.kind != neutral || s.foreign.What != "" {
		return true, d.heads(level, block{shape: heading, text: title, line: no})
	}
	if n, _ := alone(t, scan.Find(t)); level == lineLevel && n == 0 {
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
