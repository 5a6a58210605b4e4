package scan

import (
	"strings"
	"unicode/utf8"

	"quarry/feed"
)

// separator is the length of what stands between scheme and host that s starts
// with, or 0: "://" or its defanged spellings, of which the colon, the slashes, each
// slash or all together are in brackets.
func separator(s string) int {
	n, plain := unbracketed(s, "://")
	if plain == "://" {
		return n
	}
	if plain != ":" {
		return 0
	}
	for slashes := 0; slashes < len("//"); {
		k, plain := unbracketed(s[n:], "//"[slashes:])
		if plain == "" {
			return 0
		}
		n, slashes = n+k, slashes+len(plain)
	}
	return n
}

// unbracketed is the longest beginning of whole that s starts with in brackets, or
// else its first character without, and how many bytes of s it takes.
func unbracketed(s, whole string) (n int, plain string) {
	switch {
	case s == "":
	case s[0] == whole[0]:
		return 1, whole[:1]
	case s[0] == '[' || s[0] == '(' || s[0] == '{':
		if n = feed.DefangedLen(s); n > len("[]") && strings.HasPrefix(whole, s[1:n-1]) {
			return n, s[1 : n-1]
		}
	}
	return 0, ""
}

// isSchemeByte reports whether c can stand in a scheme, defanged ones such as
// h**p included.
func isSchemeByte(c byte) bool { return isAlnum(c) || c == '*' }

// urlLen is how many bytes of s, which follows a scheme and its separator,
// belong to the URL. It ends before a bracket that nothing in it opened, before
// one behind a host ("http://example.com[text]"), before
// a comma or semicolon behind a host or that another URL follows, before the closing quote or
// markup if opener, the character before the URL, is such, and never in
// punctuation. One that is bare, without a scheme, ends before every comma, and before
// a semicolon unless a parameter of the path follows (";jsessionid=1").
func urlLen(s string, opener byte, bare bool) int {
	var open [3]int
	end, host := 0, true
scan:
	for end < len(s) {
		c := s[end]
		if host = host && c != '/' && c != '?' && c != '#'; host && end > 0 && (c == '(' || c == '[' || c == '{') {
			// No host has a bracket: what follows is the text of a link.
			n := feed.DefangedLen(s[end:])
			if n == 0 && !opensOneSided(s, end) {
				break
			}
		}
		switch k := strings.IndexByte("([{)]}", c); {
		case k >= 3 && open[k-3] == 0:
			if !oneSided(s, end) {
				break scan
			}
		case k >= 3:
			open[k-3]--
		case k >= 0 && !opensOneSided(s, end):
			open[k]++
		case c == '\'' && opener == '\'', (c == ',' || c == ';') && (host || StartsURL(s[end+1:]) || bare && (c == ',' || !startsParameter(s[end+1:]))):
			break scan
		}
		end++
	}
	for end > 0 && (strings.IndexByte(".,;:!?'*", s[end-1]) >= 0 || s[end-1] == opener && strings.IndexByte("+_~", opener) >= 0) {
		end--
	}
	return end
}

// oneSided reports whether the bracket at s[i] is all that is left of a
// defanged dot, as in "com.]ar".
func oneSided(s string, i int) bool {
	return s[i] == ']' && i > 1 && s[i-1] == '.' && isAlnum(s[i-2]) && i+1 < len(s) && isAlnum(s[i+1])
}

// opensOneSided is the other half: "com[.ar".
func opensOneSided(s string, i int) bool {
	return s[i] == '[' && i > 0 && isAlnum(s[i-1]) && i+2 < len(s) && s[i+1] == '.' && isAlnum(s[i+2])
}

// startsParameter reports whether s starts with the name of a parameter and "=".
func startsParameter(s string) bool {
	const longest = 32
	n := 0
	for n < min(len(s), longest) && (isAlnum(s[n]) || s[n] == '_' || s[n] == '-') {
		n++
	}
	return n > 0 && n < len(s) && s[n] == '='
}

// StartsURL reports whether s starts with a scheme of usual length and what stands
// between it and a host, in any spelling of either. What follows is not looked at.
func StartsURL(s string) bool {
	for i := 0; i < len(s) && i <= len("hxxps"); i++ {
		if separator(s[i:]) > 0 {
			return i > 0
		}
		if !isSchemeByte(s[i]) {
			return false
		}
	}
	return false
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || isLetter(c) }

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// bracketed reports whether a text ends as the beginning of "h[xx]p" does, which is no
// scheme that is known, and whose end alone would be another.
func bracketed(before string) bool {
	at := len(before) - len("h[xx]")
	return at >= 0 && before[at]|0x20 == 'h' && before[at+1] == '[' && isLetter(before[at+2]) && isLetter(before[at+3]) && before[at+4] == ']'
}

// aside looks at what stands before a scheme in brackets, text[start:end], which is no
// part of the value behind it: it says how the port of that is used, as in
// "(tcp)://192.0.2.1:443". The value begins at the place that is returned.
func (s *scanner) aside(from, start, end int) int {
	whole := s.end
	s.end = start
	s.pieces(from, start)
	if s.end = whole; s.until > start {
		return s.until
	}
	s.schemeStart, s.schemeEnd = start, end
	return end
}

// bracketedScheme is the length of the scheme in brackets that a text ends with, or 0.
func bracketedScheme(before string) int {
	const longest = len("(xxxxxxxx)")
	if before == "" {
		return 0
	}
	k := strings.IndexByte(")]}", before[len(before)-1])
	word := before[max(0, len(before)-longest):]
	at := strings.LastIndexAny(word, "([{")
	if k < 0 || at < 0 || word[at] != "([{"[k] || feed.DefangedLen(word[at:]) > 0 {
		return 0
	}
	inner := word[at+1 : len(word)-1]
	if inner == "" || !isLetter(inner[0]) {
		return 0
	}
	for n := range len(inner) {
		if !isSchemeByte(inner[n]) {
			return 0
		}
	}
	return len(word) - at
}
