package prose

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// closeSigns takes the spaces out of and around defanged signs that were written
// with them: "example [ . ] com" and "example (dot) com". A sign in brackets is
// nothing else; the words dot and at are taken for signs where a block holds
// nothing but a value, perhaps behind a label.
func (b *block) closeSigns() {
	if !strings.ContainsAny(b.text, "[({") || !strings.ContainsAny(b.text, " \u00a0") {
		return
	}
	text, signs := closed(b.text, true)
	if len(signs) == 0 {
		return
	}
	alone := oneValue(text)
	if !alone {
		if text, signs = closed(b.text, false); len(signs) == 0 {
			return
		}
	}
	for n := range b.breaks {
		b.breaks[n] = moved(signs, b.breaks[n])
	}
	for n := range b.joins {
		b.joins[n] = moved(signs, b.joins[n])
	}
	for n := range b.links {
		b.links[n] = link{moved(signs, b.links[n].start), moved(signs, b.links[n].end)}
	}
	b.text = text
	for _, s := range signs {
		if s.apart && !alone {
			b.apart = append(b.apart, link{s.to, s.toEnd})
		}
	}
}

// doubtful reports whether a hit may be two words of a sentence about defanging,
// "dots are [.] in this list": only one sign makes it a defanged value, and that
// had spaces on both sides.
func (b *block) doubtful(h scan.Hit) bool {
	at := slices.IndexFunc(b.apart, func(s link) bool { return h.Start < s.start && s.end < h.End })
	if at < 0 {
		return false
	}
	s := b.apart[at]
	raw := b.text[h.Start:s.start] + b.text[s.start+1:s.end-1] + b.text[s.end:h.End]
	return feed.Refang(raw) == raw
}

// oneValue reports whether a text holds one word, but for a label with a colon or
// the sign of a list before it.
func oneValue(t string) bool {
	t = trim(t)
	if n := strings.LastIndex(t, ": "); n >= 0 {
		t = trim(t[n+2:])
	}
	if t == "" {
		return false
	}
	if rest, listed := bulleted(t); listed {
		t = rest
	}
	return !strings.Contains(t, " ")
}

// sign is a defanged sign with spaces in or around it.
type sign struct {
	from, fromEnd int // with its spaces, in the text as written
	to, toEnd     int // without, in the text that is closed
	mark          string
	apart         bool // there were spaces on both sides of the brackets
}

// moved is where a place of the text as written is in the closed text.
func moved(signs []sign, at int) int {
	n, exact := slices.BinarySearchFunc(signs, at, func(s sign, at int) int { return cmp.Compare(s.from, at) })
	if !exact {
		n--
	}
	switch {
	case n < 0:
		return at
	case at < signs[n].fromEnd:
		return signs[n].to
	}
	return at - signs[n].fromEnd + signs[n].toEnd
}

// closed closes the signs alone, or also the words.
func closed(t string, words bool) (string, []sign) {
	var b strings.Builder
	var signs []sign
	from := 0
	for at := 0; ; at++ {
		n := strings.IndexAny(t[at:], "[({")
		if n < 0 {
			break
		}
		at += n
		s, ok := spacedSign(t, at)
		if !ok || s.from < from || len(s.mark) > 1 && !words {
			continue
		}
		b.WriteString(t[from:s.from])
		s.to = b.Len()
		b.WriteString("[" + s.mark + "]")
		s.toEnd = b.Len()
		signs = append(signs, s)
		from, at = s.fromEnd, s.fromEnd-1
	}
	if signs == nil {
		return t, nil
	}
	return b.String() + t[from:], signs
}

// spacedMarks are what stands in brackets in place of itself, with spaces beside.
var spacedMarks = []string{".", "dot", "at", "@"}

// spacedSign is the defanged sign whose bracket opens at a place, from the end of
// the name before to the beginning of the one behind, if there is a space in it.
func spacedSign(t string, at int) (s sign, ok bool) {
	const spaces = " \u00a0"
	closer := strings.IndexByte("[({", t[at])
	if closer < 0 {
		return sign{}, false
	}
	s.from = len(strings.TrimRight(t[:at], spaces))
	inner := strings.TrimLeft(t[at+1:], spaces)
	for _, s.mark = range spacedMarks {
		rest := inner
		if len(rest) < len(s.mark) || !strings.EqualFold(rest[:len(s.mark)], s.mark) {
			continue
		}
		rest = strings.TrimLeft(rest[len(s.mark):], spaces)
		if rest == "" || rest[0] != "])}"[closer] {
			continue
		}
		behind := strings.TrimLeft(rest[1:], spaces)
		s.fromEnd = len(t) - len(behind)
		s.apart = s.from < at && len(behind) < len(rest)-1
		spaced := s.fromEnd-s.from > len(s.mark)+2
		return s, spaced && s.from > 0 && behind != "" && nameByte(t[s.from-1]) && nameByte(behind[0])
	}
	return sign{}, false
}

func nameByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}
