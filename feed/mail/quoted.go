package mail

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// oddEscape looks in a body that says it is quoted-printable for what no encoder
// writes: a letter or a digit that is encoded by itself within a line, or, where the
// text is to be UTF-8, a byte that is no letter by itself. It is what stands there,
// "" where there is none, and on which line of the body, from 0 on; sure reports
// whether nothing else says that the body is encoded, which it then no longer is. At
// the beginning of a line encoders do write a letter so ("=46rom").
func oddEscape(body, charset string) (escape string, line int, sure bool) {
	unicode := isUTF8(charset)
	sure = true
	no := 0
	for l := range strings.Lines(body) {
		l = strings.TrimRight(l, " \t\r\n")
		if strings.HasSuffix(l, "=") || strings.HasSuffix(l, "=20") {
			sure = false
		}
		for at := 0; at < len(l); {
			n := strings.IndexByte(l[at:], '=')
			if n < 0 {
				break
			}
			at += n
			c, ok := escaped(l[at:])
			if !ok {
				at++
				continue
			}
			begin := at
			for at += 3; ; at += 3 {
				if _, more := escaped(l[at:]); !more {
					break
				}
			}
			switch alone := at-begin == 3; {
			case !alone || c == '=':
				sure = false
			case escape == "" && begin > 0 && (alphanumeric(c) || unicode && c >= utf8.RuneSelf):
				escape, line = l[begin:at], no
			}
		}
		no++
	}
	return escape, line, sure
}

// escaped is the byte that a text begins with an encoded form of.
func escaped(s string) (c byte, ok bool) {
	if len(s) < 3 || s[0] != '=' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	return byte(n), err == nil
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
