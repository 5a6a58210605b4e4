package scan

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
)

// pieces looks at text[start:end], a word without URLs, as pieces between
// commas, brackets and the like.
func (s *scanner) pieces(start, end int) {
	for at := start; at < end; {
		n, seen := pieceLen(s.text[at:end])
		if n >= shortestHash || seen&(dot|colon|sign|defanging) != 0 {
			s.piece(at, at+n, seen)
		}
		at = max(at+n+1, s.until)
	}
}

// traits is what a piece holds.
type traits byte

const (
	dot       traits = 1 << iota // .
	colon                        // :
	sign                         // @
	folder                       // a character that stands in paths and in nothing else
	defanging                    // a defanged character
)

// traitOf is the trait that a byte gives a piece, and inPiece whether it stands
// in one at all.
var traitOf, inPiece = func() (set [256]traits, in [256]bool) {
	for c := range in {
		in[c] = isAlnum(byte(c)) || c >= utf8.RuneSelf || strings.IndexByte("-_.:/@\\%+*~$", byte(c)) >= 0
	}
	set['.'], set[':'], set['@'] = dot, colon, sign
	set['\\'], set['%'], set['$'] = folder, folder, folder
	return set, in
}()

// pieceLen is the length of the piece that s starts with, and what it holds.
func pieceLen(s string) (n int, seen traits) {
	for n < len(s) {
		c := s[n]
		switch {
		case inPiece[c]:
			seen |= traitOf[c]
			if c == '.' && n+1 < len(s) && oneSided(s, n+1) {
				n++
				seen |= defanging
			}
			n++
		case c == '[' || c == '(' || c == '{':
			if k := feed.DefangedLen(s[n:]); k > 0 {
				n += k
				seen |= defanging
			} else if opensOneSided(s, n) {
				n++
				seen |= defanging
			} else if k := bracketedIPv6(s[n:]); k > 0 && (n == 0 || !isAlnum(s[n-1])) {
				if strings.Contains(s[1:k], "[") {
					seen |= defanging
				}
				n += k
				seen |= colon
			} else {
				return n, seen
			}
		default:
			return n, seen
		}
	}
	return n, seen
}

// bracketedIPv6 is the length of an IPv6 address in brackets that s starts
// with, or 0.
func bracketedIPv6(s string) int {
	if s[0] != '[' {
		return 0
	}
	for i := 1; i < min(len(s), 64); i++ {
		switch c := s[i]; {
		case c == '[':
			k := feed.DefangedLen(s[i:])
			if k == 0 {
				return 0
			}
			i += k - 1
		case c == ']':
			return i + 1
		case !feed.IsHex(c) && c != ':' && c != '.':
			return 0
		}
	}
	return 0
}

// piece looks at one piece, trimmed of what surrounds values in prose.
func (s *scanner) piece(start, end int, seen traits) {
	start, end = s.trimmed(start, end)
	if start >= end || end-start > feed.MaxValue {
		return
	}
	if seen&folder != 0 {
		if strings.HasPrefix(s.text[start:end], `\\`) {
			s.share(start, end)
			return
		}
		at := strings.IndexAny(s.text[start:end], `\%$`)
		if slash := strings.IndexByte(s.text[start:end], '/'); slash <= 0 || slash > at || s.text[start+at] == '\\' {
			return
		}
	}
	if s.relative(start, end, seen&defanging != 0) || isPath(s.text[start:end]) {
		return
	}
	for start < end && leading[s.text[start]] {
		start++
	}
	if k := feed.DefangedLen(s.text[start:end]); k > 0 && start > 0 && s.text[start-1] == '*' { // "*[.]example.com"
		start += k
	}
	raw := s.text[start:end]
	defanged := seen&defanging != 0
	if !defanged && len(raw) < shortestHash && strings.IndexByte(raw, '.') < 0 && strings.IndexByte(raw, ':') < 0 && strings.IndexByte(raw, '@') < 0 {
		return
	}
	if unspaced(raw) || !s.whole(start, end, defanged) {
		s.asciiRuns(start, end, defanged)
	}
}

// share takes the address of a host whose folder a piece names, \\192.0.2.1\x or
// \\192.0.2.1@80\x. That of a name it leaves.
func (s *scanner) share(start, end int) {
	start += len(`\\`)
	if at := strings.IndexAny(s.text[start:end], `\@`); at >= 0 {
		end = start + at
	}
	if v := feed.Refang(visible(s.text[start:end])); quadOnly(v) {
		s.hit(feed.IP, v, start, end)
	} else if v != s.text[start:end] {
		s.name(start, end, true)
	}
}

// relative takes text[start:end], if it is two slashes and a URL without a scheme, as
// that URL.
func (s *scanner) relative(start, end int, defanged bool) bool {
	at, n := start+len("//"), len(s.hits)
	if !strings.HasPrefix(s.text[start:end], "//") || pathStart(s.text[at:end]) <= 0 && !asks(s.text[end:max(s.end, end)]) {
		return false
	}
	if s.address(at, end) || s.name(at, end, defanged) {
		if h := &s.hits[n]; h.Type == feed.URL && h.Start == at {
			h.Start = start
			return true
		}
		s.hits = s.hits[:n]
	}
	return false
}

func quadOnly(v string) bool {
	ok, _ := plainIPv4(v)
	return ok
}

// trailing and leading surround values in prose and Markdown.
var trailing, leading = byteSet(".:*-/+~"), byteSet("*.-:+@")

func byteSet(chars string) (set [256]bool) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}

// isPath reports whether a piece is a file path: it begins at a drive, a root
// or a home. What looks like a name in it is a folder.
func isPath(p string) bool {
	return p == "" || p[0] == '/' || p[0] == '~' || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") ||
		len(p) > 2 && p[1] == ':' && p[2] == '/'
}

// unspaced reports whether s holds letters of scripts that put no spaces
// between words, so that a name in it can touch the words around it.
func unspaced(s string) bool {
	if isASCII(s) {
		return false
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
			return true
		}
	}
	return false
}

// asciiRuns looks at the ASCII parts of a piece that has others.
func (s *scanner) asciiRuns(start, end int, defanged bool) {
	if isASCII(s.text[start:end]) {
		return
	}
	for at := start; at < end; {
		from := at
		for at < end && s.text[at] < utf8.RuneSelf {
			at++
		}
		if from < at && at-from < end-start {
			s.whole(from, at, defanged)
		}
		for at < end && s.text[at] >= utf8.RuneSelf {
			at++
		}
	}
}

// whole tries text[start:end] as each type in turn, and reports whether it
// found one: first all of it, then what follows a label ("IP:192.0.2.1"), then
// each part between colons and slashes.
func (s *scanner) whole(start, end int, defanged bool) bool {
	if s.part(start, end, defanged, true) {
		return true
	}
	for range 2 {
		n := labelLen(s.text[start:end])
		if n == 0 {
			break
		}
		start += n
		if s.part(start, end, defanged, true) {
			return true
		}
	}
	if !strings.ContainsAny(s.text[start:end], ":/") {
		return false
	}
	found, names := false, true
	for start < end {
		stop := start
		for stop < end && s.text[stop] != ':' && s.text[stop] != '/' {
			stop++
		}
		found = s.part(start, stop, defanged, names) || found
		names = stop < end && s.text[stop] == ':' // behind a slash stand folders
		start = stop + 1
	}
	return found
}

// labelLen is the length of a label such as "IP:" that s starts with, or 0.
func labelLen(s string) int {
	for i := 0; i < len(s) && i < 16; i++ {
		if s[i] == ':' && i > 0 {
			return i + 1
		}
		if !isLetter(s[i]) && s[i] != '_' && s[i] != '-' && (s[i] < '0' || s[i] > '9') {
			return 0
		}
	}
	return 0
}

// part tries text[start:end] as a value, and as a name only if names is set.
func (s *scanner) part(start, end int, defanged, names bool) bool {
	if start >= end {
		return false
	}
	raw := s.text[start:end]
	switch {
	case isHash(raw):
		s.hit(hashTypes[len(raw)], strings.ToLower(raw), start, end)
		return true
	case strings.IndexByte(raw, '@') >= 0 || defanged && strings.Contains(feed.Refang(raw), "@"):
		return names && s.mail(start, end)
	}
	return s.address(start, end) || names && s.name(start, end, defanged)
}

const shortestHash = 32

// hashTypes are the hashes by their lengths.
var hashTypes = [129]feed.Type{32: feed.MD5, 40: feed.SHA1, 64: feed.SHA256, 128: feed.SHA512}

// isHash reports whether v has the length and digits of a hash. Without a
// letter or without a digit it is a number or a word.
func isHash(v string) bool {
	if len(v) >= len(hashTypes) || hashTypes[len(v)] == "" {
		return false
	}
	digits := 0
	for i := 0; i < len(v); i++ {
		if !feed.IsHex(v[i]) {
			return false
		}
		if v[i] <= '9' {
			digits++
		}
	}
	return digits > 0 && digits < len(v)
}

// mail tries a mail address, with a label before or a path behind it.
func (s *scanner) mail(start, end int) bool {
	raw := s.text[start:end]
	if at := strings.LastIndexByte(raw, '@'); at >= 0 {
		if stop := strings.IndexAny(raw[at:], ":/"); stop >= 0 {
			raw = raw[:at+stop]
		}
		skip := strings.LastIndexAny(raw[:at], ":/") + 1
		start, raw = start+skip, raw[skip:]
	}
	if at := strings.LastIndexByte(raw, '@') + 1; at > 0 { // "root@192.0.2.1"
		if v := feed.Refang(visible(raw[at:])); quadOnly(v) {
			s.hit(feed.IP, v, start+at, start+len(raw))
			return true
		}
	}
	v, err := feed.Canonical(feed.Email, visible(raw))
	if err != nil || s.touchesDash(start, start+len(raw)) || !underSuffix(v[strings.LastIndexByte(v, '@')+1:]) {
		return false
	}
	return s.addValue(feed.Email, v, start, start+len(raw))
}
