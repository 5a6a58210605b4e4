// Package scan finds what looks like an indicator in running text: prose,
// filters, references, the string literals of a query.
//
// It looks at each byte a constant number of times, so hostile input costs no
// more than any other, and it errs towards silence: a file name, a version
// number, a path, a field of a record or the end of a sentence is no domain.
package scan

import (
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
// need not pass that second test. A domain's port, if one is written, lies
// within Start and End but not in Value. Values longer than [feed.MaxValue]
// are passed over.
func Find(text string) []Hit {
	s := scanner{text: text}
	for at := 0; at < len(text); {
		r, n := runeAt(text, at)
		if !inWord(r) {
			at += n
			continue
		}
		start, marked := at, false
		for at < len(text) {
			if r, n = runeAt(text, at); !inWord(r) {
				break
			}
			marked = marked || r < utf8.RuneSelf && marks[r]
			at += n
		}
		if marked || at-start >= shortestHash {
			s.word(start, at)
		}
		s.before = text[start:at]
	}
	return s.hits
}

// marks are the characters of which every value but a hash has one, bracketed
// dots and signs included.
var marks = asciiSet(".:@[({")

func asciiSet(chars string) (set [utf8.RuneSelf]bool) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}

func runeAt(s string, at int) (rune, int) {
	if c := s[at]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[at:])
}

// inWord reports whether r can stand inside a URL or any other indicator.
// Quotes, angle brackets and table borders never do, nor does punctuation
// beyond ASCII; characters without width do, for pages break long names with
// them.
func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && !noWord[r]
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || noWidth(r)
}

var noWord = asciiSet("\"<>`|^\x7F")

// noWidth reports whether r is dropped from a value: soft hyphen, zero-width
// space, word joiner, byte order mark. Bidi controls are not, so that a value
// that hides them is refused.
func noWidth(r rune) bool {
	return r == 0xAD || r == 0x200B || r == 0x2060 || r == 0xFEFF
}

type scanner struct {
	text   string
	hits   []Hit
	before string // the word before the one that is looked at
}

// word looks at text[start:end], which holds no white space: URLs first, then
// what is left between them.
func (s *scanner) word(start, end int) {
	plainFrom := start
	for at := start; at < end; {
		n := separator(s.text[at:end])
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
		if scheme == at {
			at += n
			continue
		}
		s.pieces(plainFrom, scheme)
		var opener byte
		if scheme > 0 {
			opener = s.text[scheme-1]
		}
		stop := at + n + urlLen(s.text[at+n:end], opener)
		s.add(feed.URL, scheme, stop)
		at, plainFrom = stop, stop
	}
	s.pieces(plainFrom, end)
}

// add records text[start:end] as a hit if it is a value of type t.
func (s *scanner) add(t feed.Type, start, end int) bool {
	if end-start > feed.MaxValue {
		return false
	}
	return s.addValue(t, visible(s.text[start:end]), start, end)
}

func (s *scanner) addValue(t feed.Type, raw string, start, end int) bool {
	v, err := feed.Canonical(t, raw)
	if err != nil {
		return false
	}
	s.hits = append(s.hits, Hit{Type: t, Value: v, Start: start, End: end})
	return true
}

// visible drops characters without width.
func visible(s string) string {
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
