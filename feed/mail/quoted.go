package mail

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// What encoders do with lines: they break none of fewer bytes, and none that has not more
// than so many with the next (RFC 2045 allows 76).
const (
	shortestBroken = 60
	longestWhole   = 72
)

// oddEscape looks in a body that says it is quoted-printable for what no encoder
// writes: a letter, a digit or a control that is encoded by itself within a line, where
// the text is to be UTF-8 a byte that is no letter by itself, an equals sign behind the
// name of a parameter of a URL, which encoders write as "=3D", and one that ends a line
// too short to be broken. It is what stands there, "" where there is none, and on which
// line of the body, from 0 on; sure reports whether nothing else says that the body is
// encoded, which it then no longer is. At the beginning of a line encoders do write a
// letter so ("=46rom").
func oddEscape(body, charset string) (escape string, line int, sure bool) {
	odd := func(what string, no int) {
		if escape == "" {
			escape, line = what, no
		}
	}
	unicode := isUTF8(charset)
	sure = true
	for no := 0; body != ""; no++ {
		var l string
		l, body, _ = strings.Cut(body, "\n")
		l = strings.TrimRight(l, " \t\r")
		switch {
		case !strings.HasSuffix(l, "="):
		case isBroken(l, body):
			sure = false
		case body != "" || isParameter(l[:len(l)-1]): // some encoders end with one
			odd(lastWord(l), no)
		}
		for at := strings.IndexByte(l, '='); at >= 0; {
			c, n := run(l[at:])
			stated := n > 0 && c != '=' && isParameter(l[:at])
			switch {
			case n == 0:
				n = 1
			case stated || n == len("=00") && at > 0 && isOdd(c, unicode):
				odd(l[at:at+len("=00")], no)
			case n > len("=00") || c == '=' || (c == ' ' || c == '\t') && at+n == len(l):
				sure = false
			}
			next := strings.IndexByte(l[at+n:], '=')
			if next < 0 {
				break
			}
			at += n + next
		}
	}
	return escape, line, sure
}

// isBroken reports whether a line that ends with an equals sign goes on in the one that
// what is behind it begins with.
func isBroken(l, behind string) bool {
	next, _, _ := strings.Cut(behind, "\n")
	return len(l) >= shortestBroken && len(l)-1+len(strings.TrimRight(next, " \t\r=")) > longestWhole && !strings.HasSuffix(l, "==")
}

// lastWord is what a line ends with, for a message.
func lastWord(l string) string {
	l = l[max(0, len(l)-24):]
	return strings.ToValidUTF8(l[strings.LastIndexAny(l, " \t/?&")+1:], "")
}

// isOdd reports whether no encoder writes a byte in an encoded form with none beside it.
func isOdd(c byte, unicode bool) bool {
	switch {
	case c < ' ':
		return c != '\t' && c != '\n' && c != '\r'
	case c >= utf8.RuneSelf:
		return unicode
	}
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// isParameter reports whether a text ends with the name of a parameter of a URL.
func isParameter(s string) bool {
	const most = 512 // that are looked at
	s = s[max(0, len(s)-most):]
	s = s[strings.LastIndexAny(s, " \t\"'<>")+1:]
	sign := strings.LastIndexAny(s, "?&")
	return sign > 0 && sign+1 < len(s) && !strings.Contains(s[sign:], "=") && strings.Contains(s[:sign], "/")
}

// run is the first byte of the encoded forms that a text begins with, and how long
// those are.
func run(s string) (first byte, n int) {
	for {
		c, ok := escaped(s[n:])
		if !ok {
			return first, n
		}
		if n == 0 {
			first = c
		}
		n += len("=00")
	}
}

// escaped is the byte that a text begins with an encoded form of.
func escaped(s string) (c byte, ok bool) {
	if len(s) < 3 || s[0] != '=' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	return byte(n), err == nil
}
