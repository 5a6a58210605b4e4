package prose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// stated is the ports that a text says behind an address.
type stated struct {
	ports []string
	odd   bool     // one is none, or it is a range
	named bool     // it says that they are ports
	whole bool     // it says nothing else
	text  string   // what says them
	parts []string // the numbers in it, ports or not
}

// farPort is how far behind an address its ports are looked for, in bytes.
const farPort = 60

// portsBehind is the ports that follow an address in so many words: "443",
// "on port 443", "(443/tcp, 8443)", ":443-445".
func portsBehind(rest string) (s stated) {
	rest = rest[:min(len(rest), farPort)]
	opened, before := false, -1 // in a bracket, the end of the number before
	for at := 0; at < len(rest); {
		r, n := utf8.DecodeRuneInString(rest[at:])
		switch {
		case strings.ContainsRune("([{（", r):
			opened = true
			at += n
			continue
		case strings.ContainsRune(")]}）", r):
			s.whole = opened
			return s
		case strings.ContainsRune(" \t|:：=,，、;；&/.-–—", r):
			at += n
			continue
		case unicode.IsLetter(r):
			if n := saysPort().word(rest[at:]); n > 0 {
				s.named = true
				at += n
				continue
			}
		}
		end := at + wordLen(rest[at:])
		switch word := strings.ToLower(rest[at:end]); {
		case word == "on", word == "and", word == "via", word == "over", word == "at":
		case word != "" && strings.Trim(word, "0123456789") == "":
			if s.odd = s.odd || portOf(word) == "" || before >= 0 && slices.Contains(ranging, rest[before:at]); !s.odd {
				s.ports = append(s.ports, word)
			}
			if before >= 0 && rest[before:at] == "." {
				return stated{} // a date or a version
			}
			s.parts = append(s.parts, word)
			before, s.text = end, rest[:end]
		default:
			return s
		}
		at = end
	}
	s.whole = true
	return s
}

// wordLen is how long the word or number is that a text begins with. Scripts that put no
// space between them end a number.
func wordLen(s string) int {
	number := s != "" && s[0] >= '0' && s[0] <= '9'
	for at, r := range s {
		if r < utf8.RuneSelf && (r == '-' || !nameByte(byte(r))) || r >= utf8.RuneSelf && (!unicode.IsLetter(r) || number && isJoined(r)) {
			return at
		}
	}
	return len(s)
}

// portTags is the ports that are said behind an address or a name, or in its row, as tags, and
// tells of those that it does not make tags of and of one right before. alone says that nothing
// but the address and a comment stand there. Behind a name only what is called a port is one.
func (d *document) portTags(doc *records.Document, b *block, h scan.Hit, alone bool) []string {
	end := len(b.text)
	if n, _ := slices.BinarySearchFunc(d.around, h.End, func(h scan.Hit, at int) int { return cmp.Compare(h.Start, at) }); n < len(d.around) {
		end = d.around[n].Start
	}
	line := b.lineAt(h.Start)
	if len(d.around) == 0 || h.Start <= d.around[0].Start {
		d.portBefore(b.text[max(0, h.Start-farPort):h.Start], line)
	}
	behind := b.text[h.End:end]
	if end == len(b.text) {
		behind += cellsBehind(b.row)
	}
	tags, told := d.portsSaid(doc, h, behind, line, alone, end < len(b.text))
	if told && len(tags) == 0 {
		return nil
	}
	return append(tags, d.portsOfRow(doc, b, h, line, tags)...)
}

// portsSaid is the ports that a text behind an address says; told is whether they are tags
// or told of. parted says that another value follows.
func (d *document) portsSaid(doc *records.Document, h scan.Hit, behind string, line int, alone, parted bool) (tags []string, told bool) {
	if strings.Trim(behind, marks+".,;") == "" {
		return nil, false
	}
	s := portsBehind(behind)
	if s.text == "" || !s.named && (!alone || h.Type == feed.Domain || !s.whole || parted || noPort(s)) {
		return nil, d.mayBePort(behind, line, alone)
	}
	if s.odd || !s.named && h.Type == feed.IP && maybeMore(s, h.Value) {
		doc.Find("port-left-out", feed.Warning, line, "behind %s stands %s, which is no port or may be further addresses; it is hunted without", feed.Defang(h.Type, h.Value), feed.Quote(s.text))
		return nil, true
	}
	d.ports.add(line)
	d.mayBePort(behind[len(s.text):], line, false)
	return s.tags(), true
}

// tags is the ports as tags of an IOC.
func (s stated) tags() (tags []string) {
	for _, port := range s.ports {
		tags = append(tags, "port "+port)
	}
	return tags
}

// portBefore counts a value for what is called a port right before it.
func (d *document) portBefore(before string, line int) {
	if !strings.ContainsAny(before, "0123456789") {
		return
	}
	if _, said := saysPort().last(before); said != "" {
		d.maybePorts.say(said, line)
	}
}

// cellsBehind is the beginning of what the cells of a row say behind an address, with
// a tab before each, as far as the next value.
func cellsBehind(row []block) string {
	var behind strings.Builder
	for n := range row {
		text := strings.Trim(row[n].text, marks)
		if behind.Len() > longestNote || len(scan.Find(text)) > 0 {
			break
		}
		behind.WriteString("\t" + text[:min(len(text), longestNote)])
	}
	return behind.String()
}

// parting is what parts the fields of a comment.
var parting = regexp.MustCompile(`[|\t,;()\[\]{}]|  +| [-–—:/] `)

// mayBePort counts an address that may have a port for what stands behind it: a comment
// that speaks of one, which may be of something else, or, where nothing but the address
// and a comment stand there, a number between two signs.
func (d *document) mayBePort(behind string, line int, alone bool) bool {
	behind = behind[:min(len(behind), longestNote)]
	if end := strings.Index(behind, ". "); end >= 0 {
		behind = behind[:end]
	}
	if !strings.ContainsAny(behind, "0123456789") {
		return false
	}
	if _, said := saysPort().number(behind); said != "" {
		d.maybePorts.say(said, line)
		return true
	}
	if port := ledPort(behind); port != "" {
		d.maybePorts.say(port, line)
		return true
	}
	if !alone {
		return false
	}
	for _, field := range parting.Split(behind, -1) {
		if field = strings.Trim(field, marks+".:"); len(field) > 1 && portOf(field) != "" && !isYear(field) {
			d.maybePorts.say(field, line)
			return true
		}
	}
	return false
}

// ledPort is the number right behind an address that a word such as "on" leads to and its
// clause ends with ("on 8443, as the logs say"), "" where none does or it counts something.
func ledPort(behind string) string {
	l := words()
	s := portsBehind(behind)
	said := strings.Fields(s.text)
	if s.odd || len(said) < 2 || !l.PortLeads[strings.ToLower(said[0])] || strings.ContainsAny(s.text, ":/") || slices.ContainsFunc(s.parts, func(n string) bool { return len(n) < 2 || isYear(n) }) {
		return ""
	}
	rest := behind[len(s.text):]
	ends := strings.TrimLeft(rest, ",;.!?)]}")
	next, _, _ := strings.Cut(strings.TrimLeft(ends, " "), " ")
	if ends == "" || ends[0] == ' ' && (ends != rest || l.PortFollows[strings.ToLower(next)]) {
		return strings.Join(said, " ")
	}
	return ""
}

// maybeMore reports whether numbers behind an address may be the last ones of further
// addresses ("192.0.2.88, 89"), a ratio ("(95/100)") or a year.
func maybeMore(s stated, address string) bool {
	t := strings.TrimLeft(s.text, " ")
	switch t[0] {
	case '/':
		return true
	case '(':
		return strings.Contains(t, "/")
	case ':':
		return false
	}
	if len(s.ports) > 1 || slices.ContainsFunc(s.ports, isYear) {
		return true
	}
	last, err := strconv.Atoi(address[strings.LastIndexByte(address, '.')+1:])
	list := slices.ContainsFunc([]string{",", ";", "&", "-", "–", "—", "and "}, func(sign string) bool { return strings.HasPrefix(t, sign) })
	if err != nil || !list {
		return false
	}
	return slices.ContainsFunc(s.ports, func(port string) bool {
		n, err := strconv.Atoi(port)
		return err == nil && n > last && n <= 255
	})
}

// ranging are the signs that make a range of two numbers.
var ranging = []string{"-", "–", "—"}

// isYear reports whether a number is more likely a year than a port.
func isYear(n string) bool { return len(n) == 4 && n >= "1990" && n < "2040" }

// noPort reports whether numbers behind an address are more likely those of a note
// ("[1]"), a date, a count in brackets, or a year in brackets or behind a dash.
func noPort(s stated) bool {
	t := strings.TrimLeft(s.text, " ")
	if t[0] == '[' || s.odd && isYear(s.parts[0]) {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(t); !strings.ContainsRune("(-–—", r) {
		return false
	}
	return slices.ContainsFunc(s.parts, isYear) || t[0] == '(' && slices.ContainsFunc(s.ports, func(port string) bool { return len(port) < 2 })
}
