package feed

import (
	"bytes"
	"strings"
)

// defanged lists what stands between brackets in place of itself, longest
// first. Measured in published reports: [.] and hxxp make up nearly all, then
// [:], [://], [at], (dot) and {.}.
var defanged = []struct{ inner, plain string }{
	{"://", "://"}, {"dot", "."}, {"at", "@"}, {"//", "//"},
	{".", "."}, {":", ":"}, {"/", "/"}, {"@", "@"},
}

// DefangedLen is the length of the defanged character, such as [.] or (dot), that s
// begins with, without spaces in it, or 0.
func DefangedLen(s string) int {
	if s == "" {
		return 0
	}
	end := closing(s[0])
	if end == 0 {
		return 0
	}
	at := strings.IndexByte(s[:min(len(s), len("[dot]"))], end)
	if at < 0 {
		return 0
	}
	for _, d := range defanged {
		if strings.EqualFold(s[1:at], d.inner) {
			return at + 1
		}
	}
	return 0
}

// schemes are the defanged spellings of a URL's scheme, compared without case.
var schemes = []struct{ defanged, plain string }{
	{"hxxps", "https"}, {"hxxp", "http"},
	{"h**ps", "https"}, {"h**p", "http"},
	{"h00ps", "https"}, {"h00p", "http"},
	{"htxps", "https"}, {"htxp", "http"},
	{"hxtps", "https"}, {"hxtp", "http"},
	{"fxps", "ftps"}, {"fxp", "ftp"},
}

// Refang undoes defanging in one value: brackets around dots, colons, slashes
// and at signs, also where only one bracket is left ("com[.ar"), and schemes
// such as hxxp. Spaces in and around the brackets go, as in "example [ . ] com".
// A backslash before a dot is a regular expression or a Windows path, not
// defanging, and stays, as does the ellipsis "[...]". Behind the host of a URL
// brackets and schemes are refanged only if the scheme or the host was defanged:
// of one that is written plainly they are part.
//
// It is idempotent, and leaves values longer than [MaxValue] alone.
func Refang(s string) string {
	if len(s) > MaxValue {
		return s
	}
	if plainlyWritten(s) {
		return s
	}
	for {
		next := refangScheme(refangBrackets(s))
		if next == s {
			return s
		}
		s = next
	}
}

// plainlyWritten reports whether a URL has more than a host, and neither its scheme
// nor its host, with the slashes around the host, is defanged.
func plainlyWritten(s string) bool {
	scheme, authority, rest := splitURL(s)
	if scheme == "" || rest == "" || plainScheme(scheme[:len(scheme)-len("://")]) != "" {
		return false
	}
	// A bracket around "://" or around the slash behind the host is cut in two.
	head := s[:min(len(scheme)+len(authority)+len("/]"), len(s))]
	return refangBrackets(head) == head
}

func refangBrackets(s string) string {
	if !strings.ContainsAny(s, "[({]})") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		plain, n := bracketed(s, i)
		if n == 0 {
			out = append(out, s[i])
			i++
			continue
		}
		i += n
		// Brackets around brackets go at once: peeling one pair a pass would
		// cost the square of their depth.
		for {
			outer := bytes.TrimRight(out, " ")
			rest := strings.TrimLeft(s[i:], " ")
			if len(outer) == 0 || rest == "" {
				break
			}
			if end := closing(outer[len(outer)-1]); end == 0 || rest[0] != end {
				break
			}
			out, i = outer[:len(outer)-1], len(s)-len(rest)+1
		}
		if before, behind := bytes.TrimRight(out, " "), strings.TrimLeft(s[i:], " "); len(before) > 0 && behind != "" && isWordByte(before[len(before)-1]) && isWordByte(behind[0]) {
			out, i = before, len(s)-len(behind) // "example [ . ] com"
		}
		out = append(out, plain...)
	}
	return string(out)
}

// closing is the bracket that closes the one given, or 0.
func closing(c byte) byte {
	switch c {
	case '[':
		return ']'
	case '(':
		return ')'
	case '{':
		return '}'
	}
	return 0
}

// bracketed reads a defanged character at s[i:] and returns what it stands for
// and how many bytes it takes, or 0.
func bracketed(s string, i int) (plain string, n int) {
	// One-sided: "com.]ar".
	if s[i] == '.' && i > 0 && i+2 < len(s) && s[i+1] == ']' && isWordByte(s[i-1]) && isWordByte(s[i+2]) {
		return ".", 2
	}
	end := closing(s[i])
	if end == 0 {
		return "", 0
	}
	rest := strings.TrimLeft(s[i+1:], " ")
	for _, d := range defanged {
		if len(rest) < len(d.inner) || !strings.EqualFold(rest[:len(d.inner)], d.inner) {
			continue
		}
		after := strings.TrimLeft(rest[len(d.inner):], " ")
		if after != "" && after[0] == end {
			return d.plain, len(s) - i - len(after) + 1
		}
		// One-sided: "com[.ar".
		if d.inner == "." && end == ']' && i > 0 && isWordByte(s[i-1]) && after != "" && isWordByte(after[0]) {
			return ".", len(s) - i - len(after)
		}
	}
	return "", 0
}

func isWordByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// refangScheme refangs the scheme of a URL and those of the URLs within it.
func refangScheme(s string) string {
	at := strings.IndexByte(s, ':')
	if at < 0 {
		return s
	}
	if plain := plainScheme(s[:at]); plain != "" {
		s = plain + s[at:]
	}
	first := strings.Index(s, "://")
	switch {
	case first < 0:
		return s
	case strings.ContainsAny(s[:first], "/?#"):
		return refangInner(s, 0)
	case strings.LastIndex(s, "://") > first:
		return refangInner(s, first+len("://"))
	}
	return s
}

// plainScheme is what a defanged scheme stands for, "" of others.
func plainScheme(s string) string {
	for _, d := range schemes {
		if len(s) == len(d.defanged) && strings.EqualFold(s, d.defanged) {
			return d.plain
		}
	}
	return ""
}

// refangInner refangs the schemes behind a place.
func refangInner(s string, from int) string {
	out := append(make([]byte, 0, len(s)), s[:from]...)
	for {
		n := strings.Index(s[from:], "://")
		if n < 0 {
			return string(append(out, s[from:]...))
		}
		start := from + n
		for start > from && (s[start-1] == '*' || isWordByte(s[start-1])) {
			start--
		}
		scheme := s[start : from+n]
		if plain := plainScheme(scheme); plain != "" {
			scheme = plain
		}
		out = append(append(append(out, s[from:start]...), scheme...), "://"...)
		from += n + len("://")
	}
}

// Defang writes a canonical value so that no terminal, mail client or chat
// makes a link of it: dots of hosts in brackets, hxxp for http, [@] in mail
// addresses, the last colon of a lone IPv6 address that is not of a "::" in
// brackets. Hashes and file names stay. [Refang] gives the value back, but of a URL
// that has signs or schemes of defanging of its own behind the host, for it undoes
// those, too: who writes a value to be read again compares.
func Defang(t Type, value string) string {
	switch t {
	case Domain, IP, IPPort, CIDR, URL, Email, EnvelopeFrom, BodyFrom:
		return string(AppendDefang(make([]byte, 0, len(value)+16), t, value))
	}
	return value
}

// AppendDefang appends what [Defang] makes of a value, for those who look at
// many.
func AppendDefang(b []byte, t Type, value string) []byte {
	switch t {
	case Domain, IP, IPPort, CIDR:
		return appendHost(b, value)
	case URL:
		return appendURL(b, value)
	case Email, EnvelopeFrom, BodyFrom:
		if at := strings.LastIndexByte(value, '@'); at >= 0 {
			start := len(b)
			b = appendHost(append(append(b, value[:at]...), "[@]"...), value[at+1:])
			if strings.Contains(value, "://") && Refang(string(b[start:])) != value {
				return append(b[:start], value...) // a name that looks like a URL
			}
			return b
		}
	}
	return append(b, value...)
}

func appendHost(b []byte, v string) []byte {
	if strings.Contains(v, ".") {
		return appendDots(b, v)
	}
	if at := LoneColon(v); at >= 0 {
		return append(append(append(b, v[:at]...), "[:]"...), v[at+1:]...)
	}
	return append(b, v...)
}

// LoneColon is the offset of the colon that [Defang] puts in brackets in an IPv6
// address with or without a port, or -1 where there is none: the last one that
// stands alone, for the two of "::" are read together, or else the last of all.
// Those behind the brackets of an address do not count, nor does an address with
// dots, which are bracketed instead.
func LoneColon(host string) int {
	s, _, _ := strings.Cut(host, "]")
	if strings.Contains(s, ".") {
		return -1
	}
	for at := len(s) - 1; at > 0; at-- {
		if s[at] == ':' && s[at-1] != ':' && (at+1 == len(s) || s[at+1] != ':') {
			return at
		}
	}
	return strings.LastIndexByte(s, ':')
}

// appendDots puts every dot in brackets.
func appendDots(b []byte, v string) []byte {
	for i := range len(v) {
		if v[i] == '.' {
			b = append(b, "[.]"...)
		} else {
			b = append(b, v[i])
		}
	}
	return b
}

func appendURL(b []byte, v string) []byte {
	scheme, authority, rest := splitURL(v)
	for _, s := range defangedSchemes {
		if strings.EqualFold(scheme, s.plain) {
			scheme = s.defanged
			break
		}
	}
	return append(appendDots(append(b, scheme...), authority), rest...)
}

// defangedSchemes are the schemes that [Defang] writes otherwise.
var defangedSchemes = []struct{ plain, defanged string }{
	{"http://", "hxxp://"}, {"https://", "hxxps://"}, {"ftp://", "fxp://"}, {"ftps://", "fxps://"},
}
