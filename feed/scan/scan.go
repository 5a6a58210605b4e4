// Package scan finds what looks like an indicator in running text: prose,
// filters, references, the string literals of a query.
//
// It looks at each byte a bounded number of times, so hostile input costs no
// more than any other, and it errs towards silence: a file name, a version
// number, a path, a field of a record or the end of a sentence is no domain.
package scan

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
)

// Hit is one thing found in a text.
type Hit struct {
	Type       feed.Type
	Value      string // as [feed.Canonical] returns it
	Start, End int    // the bytes of the text that say it, defanging included
	Ends       bool   // it is the last address of a range, of which the hit before is the first
	Pathless   bool   // it is an address with a path behind it that makes no URL with it
	Version    bool   // it is an address behind the name of software, and may be a version of it
}

// Find returns what looks like an indicator, in the order of the text and
// without overlap: URLs, mail addresses, IP addresses with or without port,
// CIDR blocks, MD5, SHA-1, SHA-256 and SHA-512 hashes, and domains. Defanged
// spellings are found as well as plain ones.
//
// A bare name is a domain only under a public suffix (as the Public Suffix
// List has it, with the reserved .example and .test), and not when its last
// label is as common as a file extension (.zip, .py) or it reads like a field
// or a call (host.name, subprocess.run()). Defanged names and hosts of URLs
// need not pass that second test. A range of addresses ("192.0.2.1-192.0.2.9",
// "192.0.2.1-9") is the block of which it is all, or else its two ends. A
// domain's port, if one is written, lies
// within Start and End but not in Value. A name or an address with a path, of IPv6 in
// brackets, is a URL without a scheme, perhaps behind two slashes. Hyphens and dots that only look like one ("a‑b。example") count as
// such in names; beside another dash there is no name, for half of one would be
// another's. A scheme in brackets ("(tcp)://192.0.2.1:443") lies within Start and End,
// but is no part of a value. Values longer than [feed.MaxValue]
// are passed over, as are addresses whose end is left out ("192.0.2[.]x").
func Find(text string) []Hit { return Append(nil, text) }

// Append is [Find] that adds to the hits of other texts. Start and End count
// from the beginning of this one.
func Append(hits []Hit, text string) []Hit {
	straight, shorter := straighten(text)
	if shorter == nil {
		return find(hits, text)
	}
	n := len(hits)
	hits = find(hits, straight)
	for k := n; k < len(hits); k++ {
		hits[k].Start, hits[k].End = unbent(shorter, hits[k].Start), unbent(shorter, hits[k].End)
	}
	return hits
}

// lookalikes are signs of three bytes that word processors and East Asian input
// put in place of a hyphen or a dot.
var lookalikes = map[rune]byte{0x2010: '-', 0x2011: '-', 0x2212: '-', 0x3002: '.', 0xFF0E: '.', 0xFF61: '.'}

// straighten writes hyphens and dots for what stands for them between letters and
// digits, and says where in the text that it returns, nil when nowhere.
func straighten(text string) (straight string, at []int) {
	if strings.IndexByte(text, 0xE2) < 0 && strings.IndexByte(text, 0xE3) < 0 && strings.IndexByte(text, 0xEF) < 0 {
		return text, nil
	}
	var b []byte
	from := 0
	for n, r := range text {
		plain := lookalikes[r]
		if plain == 0 || n == 0 || n+3 >= len(text) || !bendable(text[n-1], plain) || !bendable(text[n+3], plain) {
			continue
		}
		b = append(append(b, text[from:n]...), plain)
		at = append(at, len(b)-1)
		from = n + 3
	}
	if at == nil {
		return text, nil
	}
	return string(append(b, text[from:]...)), at
}

// bendable reports whether a byte beside a sign lets it be a hyphen or a dot. Only
// between ASCII is the full stop of Chinese a dot.
func bendable(c, plain byte) bool {
	return isAlnum(c) || plain == '-' && (c == '-' || c >= utf8.RuneSelf)
}

// unbent is where a place of a straightened text is in the text itself.
func unbent(at []int, place int) int {
	n, _ := slices.BinarySearch(at, place)
	return place + 2*n
}

func find(hits []Hit, text string) []Hit {
	s := scanner{text: text, hits: hits}
	for at := 0; at < len(text); {
		if class[text[at]] == space {
			at++
			continue
		}
		start, worth := at, false
		for at < len(text) {
			c := text[at]
			k := class[c]
			if k == plain {
				at++
				continue
			}
			if k == mark {
				worth = worth || at+1 < len(text) && starts(c, text[at+1])
				at++
				continue
			}
			if k == space {
				break
			}
			r, n := utf8.DecodeRuneInString(text[at:])
			if !inWord(r) {
				if at == start {
					start += n
				} else {
					break
				}
			}
			at += n
		}
		if worth || at-start >= shortestHash {
			s.word(start, at)
		}
		if at > start {
			s.before, s.beforeEnd = text[start:at], at
		}
	}
	return s.hits
}

// The classes of bytes.
const (
	plain = iota // stands in a word
	mark         // likewise, and every value but a hash has one
	space        // parts words
	high         // begins a character beyond ASCII
)

// class is the class of each byte. Quotes, angle brackets and table borders
// never stand in a value.
var class = func() (set [256]byte) {
	for c := range set {
		switch {
		case c >= utf8.RuneSelf:
			set[c] = high
		case c <= ' ' || strings.IndexByte("\"<>`|^\x7F", byte(c)) >= 0:
			set[c] = space
		case strings.IndexByte(".:@[({", byte(c)) >= 0:
			set[c] = mark
		}
	}
	return set
}()

// starts reports whether a mark and the byte behind it can stand in a value:
// not a full stop at the end of a sentence or a bracket around a word.
func starts(c, next byte) bool {
	switch c {
	case '.', '@':
		return isAlnum(next) || next >= utf8.RuneSelf || strings.IndexByte("[({])}-_", next) >= 0
	case ':':
		return class[next] != space && next != ',' && next != ';'
	}
	return strings.IndexByte(".:@/dDaA", next) >= 0
}

// inWord reports whether a character beyond ASCII can stand inside an
// indicator. Punctuation cannot; characters without width can, for pages break
// long names with them.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || noWidth(r)
}

// noWidth reports whether r is dropped from a value: soft hyphen, zero-width
// space and joiners, word joiner, byte order mark. Bidi controls are not, so
// that a value that hides them is refused.
func noWidth(r rune) bool {
	return r == 0xAD || r >= 0x200B && r <= 0x200D || r == 0x2060 || r == 0xFEFF
}

type scanner struct {
	text   string
	hits   []Hit
	before string // the word before the one that is looked at
	end    int    // of the word that is looked at
	until  int    // the end of a value that is more than a piece

	beforeEnd int // where it ends

	pathless int // the end of what was looked at for a path and is no URL

	schemeStart, schemeEnd int // where the last scheme in brackets and its separator stand
}

// word looks at text[start:end], which holds no white space: URLs first, then
// what is left between them.
func (s *scanner) word(start, end int) {
	s.end = end
	plainFrom := start
	for at := start; at < end; {
		n := 0
		if class[s.text[at]] == mark {
			n = separator(s.text[at:end])
		}
		if n == 0 {
			at++
			continue
		}
		scheme := at
		for scheme > plainFrom && isSchemeByte(s.text[scheme-1]) {
			scheme--
		}
		for scheme < at && !isLetter(s.text[scheme]) { // "**http://" is emphasis
			scheme++
		}
		if opened := bracketedScheme(s.text[plainFrom:at]); opened > 0 {
			plainFrom = s.aside(plainFrom, at-opened, at+n)
			at = plainFrom
			continue
		}
		if scheme == at || bracketed(s.text[plainFrom:scheme]) {
			at += n
			continue
		}
		if scheme > start && s.text[scheme-1] != '=' { // that of a parameter
			s.end = scheme
		}
		s.pieces(plainFrom, scheme)
		if s.end = end; s.until > scheme {
			at, plainFrom = s.until, s.until
			continue
		}
		var opener byte
		if scheme > 0 {
			opener = s.text[scheme-1]
		}
		stop := at + n + urlLen(s.text[at+n:end], opener, false)
		if bare := strings.LastIndexByte(s.text[at+n:stop], '/') < 0; !bare || !s.touchesDash(scheme, stop) {
			s.add(feed.URL, scheme, stop)
		}
		at, plainFrom = stop, stop
	}
	s.pieces(plainFrom, end)
}

// add records text[start:end] as a hit if it is a value of type t.
func (s *scanner) add(t feed.Type, start, end int) bool {
	if end-start > feed.MaxValue {
		return false
	}
	raw := s.text[start:end]
	if t == feed.URL {
		return s.addValue(t, withWidth(raw), start, end) // brackets behind a host may be the URL's own
	}
	return s.addValue(t, visible(raw), start, end)
}

func (s *scanner) addValue(t feed.Type, raw string, start, end int) bool {
	v, err := feed.Canonical(t, raw)
	if err != nil || t == feed.URL && censored(feed.IOC{Type: t, Value: v}.Host()) {
		return false
	}
	s.hit(t, v, start, end)
	return true
}

func (s *scanner) hit(t feed.Type, v string, start, end int) {
	if start == s.schemeEnd {
		start = s.schemeStart
	}
	s.hits = append(s.hits, Hit{Type: t, Value: v, Start: start, End: end})
}

// visible drops characters without width, and writes dots for what stands for
// them in nearly all defanged values, which [feed.Refang] takes longer for.
func visible(s string) string {
	if strings.Contains(s, "[.]") {
		s = strings.ReplaceAll(s, "[.]", ".")
	}
	return withWidth(s)
}

// withWidth drops characters without width.
func withWidth(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if noWidth(r) {
			return -1
		}
		return r
	}, s)
}
