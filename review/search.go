package review

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"quarry/feed"
)

// needle is a text that others are searched for without regard to the case of
// letters. Where it is ASCII, as nearly all that is typed, so is the case that
// is disregarded, and the search builds nothing.
type needle struct {
	lower string
	ascii bool
	rare  int  // a byte of it that few texts have, by its place
	upper byte // that byte in upper case
}

// common are the bytes of indicators, from the most frequent on.
const common = "e.tao0inr/s12cl3d4m56u:p78h9-bgfywvk"

func newNeedle(text string) needle {
	p := needle{lower: strings.ToLower(text), ascii: true}
	rarest := -1
	for i := range len(p.lower) {
		c := p.lower[i]
		p.ascii = p.ascii && c < utf8.RuneSelf
		rank := strings.IndexByte(common, c)
		if rank < 0 {
			rank = len(common)
		}
		if rank > rarest {
			rarest, p.rare = rank, i
		}
	}
	if p.lower != "" {
		p.upper = upperByte(p.lower[p.rare])
	}
	return p
}

func upperByte(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

// in reports whether the text is part of s.
func (p *needle) in(s string) bool {
	switch {
	case p.lower == "":
		return true
	case !p.ascii:
		return strings.Contains(strings.ToLower(s), p.lower)
	}
	c := p.lower[p.rare]
	for from := p.rare; from+len(p.lower)-p.rare <= len(s); {
		rest := s[from : len(s)-(len(p.lower)-p.rare-1)]
		at := strings.IndexByte(rest, c)
		if p.upper != c {
			if up := strings.IndexByte(rest, p.upper); up >= 0 && (at < 0 || up < at) {
				at = up
			}
		}
		if at < 0 {
			return false
		}
		if from += at; p.at(s[from-p.rare:]) {
			return true
		}
		from++
	}
	return false
}

// at reports whether the text is the beginning of s.
func (p *needle) at(s string) bool {
	if len(s) < len(p.lower) {
		return false
	}
	for i := range len(p.lower) {
		if lowerByte(s[i]) != p.lower[i] {
			return false
		}
	}
	return true
}

// valueNeedle is a text that values are searched for, as they are and defanged.
// What defanging writes otherwise is found out beforehand, so that few values
// have to be defanged to know.
type valueNeedle struct {
	needle
	brackets bool           // some that defanging may have written
	plain    needle         // what stands for the text in a value without brackets
	whole    bool           // no mark of the text is cut at its ends
	dotted   bool           // each dot of the text stands in brackets
	schemes  []schemeNeedle // where the text reaches into a defanged scheme
	defanged []byte         // the value that was defanged last
}

// schemeNeedle is how a text reaches into a scheme that defanging writes otherwise.
type schemeNeedle struct {
	plain string // the scheme
	rest  needle // what follows it, without brackets
	ends  bool   // nothing follows it
}

// defangedMarks are what defanging puts in place of what stands in them.
var defangedMarks = strings.NewReplacer("[.]", ".", "[:]", ":", "[@]", "@")

// changedSchemes are schemes as they are and as they are defanged.
var changedSchemes = []struct{ plain, defanged string }{
	{"http://", "hxxp://"}, {"https://", "hxxps://"}, {"ftp://", "fxp://"}, {"ftps://", "fxps://"},
}

func newValueNeedle(text string) *valueNeedle {
	p := &valueNeedle{needle: newNeedle(text)}
	p.brackets = strings.ContainsAny(p.lower, "[]")
	plain, whole := unmarked(p.lower)
	p.plain, p.whole = newNeedle(plain), whole
	p.dotted = strings.Contains(strings.ReplaceAll(plain, ".", "[.]"), p.lower)
	for _, s := range changedSchemes {
		for k := range strings.LastIndexByte(s.defanged, 'x') + 1 {
			n := min(len(p.lower), len(s.defanged)-k)
			if over := s.defanged[k : k+n]; over == p.lower[:n] && strings.Contains(over, "x") {
				rest, _ := unmarked(p.lower[n:])
				p.schemes = append(p.schemes, schemeNeedle{s.plain, newNeedle(rest), n == len(p.lower)})
			}
		}
	}
	return p
}

// unmarked is what stands in a value in place of a part of what defanging makes
// of it. A mark of which only a part is there, as it is while it is typed, is left
// out as far as it can be told.
func unmarked(text string) (plain string, whole bool) {
	text, whole = defangedMarks.Replace(text), true
	for _, end := range []string{"[", "[.", "[:", "[@"} {
		if rest, ok := strings.CutSuffix(text, end); ok {
			text, whole = rest+end[1:], false
			break
		}
	}
	for _, begin := range []string{"]", ".]", ":]", "@]"} {
		if rest, ok := strings.CutPrefix(text, begin); ok {
			text, whole = begin[:len(begin)-1]+rest, false
			break
		}
	}
	return text, whole
}

// inValue reports whether the text is part of a value, as it is or defanged.
func (p *valueNeedle) inValue(t feed.Type, value string) bool {
	switch {
	case p.ascii && (t == feed.Domain || t == feed.IP || t == feed.IPPort || t.IsHash()): // these are in lower case
		if strings.Contains(value, p.lower) {
			return true
		}
	case p.in(value):
		return true
	}
	switch {
	case t == feed.URL && len(p.schemes) > 0 && p.reaches(value):
		return true
	case !p.brackets || t.IsHash():
		return false
	case strings.IndexByte(value, '[') >= 0:
		return p.inDefanged(t, value)
	case !p.plain.in(value):
		return false
	case p.whole && (t == feed.Domain || t == feed.IP || t == feed.IPPort || t == feed.CIDR) && strings.IndexByte(value, '.') >= 0:
		return p.dotted
	}
	return p.inDefanged(t, value)
}

// reaches reports whether the text begins in the defanged scheme of a URL.
func (p *valueNeedle) reaches(url string) bool {
	for _, s := range p.schemes {
		if len(url) < len(s.plain) || !strings.EqualFold(url[:len(s.plain)], s.plain) {
			continue
		}
		own := strings.ContainsAny(url[len(s.plain):], "[({:") // which may keep it from being defanged
		if s.ends && !own || (own || s.rest.at(url[len(s.plain):])) && p.inDefanged(feed.URL, url) {
			return true
		}
	}
	return false
}

func (p *valueNeedle) inDefanged(t feed.Type, value string) bool {
	p.defanged = feed.AppendDefang(p.defanged[:0], t, value)
	if !p.ascii {
		return strings.Contains(strings.ToLower(string(p.defanged)), p.lower)
	}
	for i, c := range p.defanged {
		p.defanged[i] = lowerByte(c)
	}
	return bytes.Contains(p.defanged, []byte(p.lower))
}

// rank remembers the place of a text in a list.
func rank[T ~string](list []T) func(T) uint64 {
	var last T
	var at uint64
	asked := false
	return func(s T) uint64 {
		if !asked || s != last {
			last, at, asked = s, uint64(slices.Index(list, s)+1), true
		}
		return at
	}
}
