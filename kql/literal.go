package kql

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Quote writes s as a KQL string literal in double quotes. Backslash, quote,
// line breaks, control characters and everything invisible or reordering (C0,
// C1, zero-width, bidi, U+2028/9, spaces other than the common one) are escaped, invalid
// UTF-8 becomes U+FFFD; so the literal is one line, shows what it holds, and
// [Unquote] gives the value back. The escapes are those that Microsoft's own
// parser decodes; characters above U+FFFF that need escaping are written as a
// surrogate pair, because its eight-digit form decodes wrongly.
func Quote(s string) string { return string(AppendQuote(make([]byte, 0, len(s)+2), s)) }

// AppendQuote appends what [Quote] writes.
func AppendQuote(b []byte, s string) []byte {
	b = append(b, '"')
	if plainText(s) {
		return append(append(b, s...), '"')
	}
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case !hidden(r):
			b = utf8.AppendRune(b, r)
		case r > 0xFFFF:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}

// plainText reports whether s is ASCII of which nothing is escaped.
func plainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// hidden reports whether a reader of a query could not see r, or would see it
// somewhere else: such characters are never written as themselves.
func hidden(r rune) bool {
	if r < 0x7F {
		return r < ' '
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z, unicode.Noncharacter_Code_Point,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// quoteVerbatim writes s as @"...", where a backslash is itself; used for
// regular expressions. Characters that such a literal cannot hold must have
// been escaped by the regular expression already.
func quoteVerbatim(s string) string {
	return `@"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// QuoteRegex writes text that a regular expression matches literally, in the
// syntax that RE2 and Kusto's engine share. It is for use outside character
// classes; hidden characters become \x{...}.
func QuoteRegex(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case strings.ContainsRune(`\.+*?()|[]{}^$`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case hidden(r):
			fmt.Fprintf(&b, `\x{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// comment makes text safe behind //: one line, nothing hidden. A comment ends
// at U+2028 and U+2029 too (measured with Microsoft's lexer), so they count as
// line breaks here.
func comment(s string) string {
	s = strings.Map(func(r rune) rune {
		if hidden(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// Unquote reads a KQL string literal: "...", '...', @"...", @'...', ```...```
// and ~~~...~~~, each with an optional h or H before it. It returns the value
// and whether lit is one whole literal. Half a surrogate pair becomes U+FFFD.
func Unquote(lit string) (string, bool) {
	if len(lit) > 0 && (lit[0] == 'h' || lit[0] == 'H') {
		lit = lit[1:]
	}
	for _, fence := range []string{"```", "~~~"} {
		if body, ok := strings.CutPrefix(lit, fence); ok {
			body, ok = strings.CutSuffix(body, fence)
			return body, ok && !strings.Contains(body, fence)
		}
	}
	verbatim := false
	if rest, ok := strings.CutPrefix(lit, "@"); ok {
		lit, verbatim = rest, true
	}
	if len(lit) < 2 || (lit[0] != '"' && lit[0] != '\'') || lit[len(lit)-1] != lit[0] {
		return "", false
	}
	q := lit[:1]
	body := lit[1 : len(lit)-1]
	if strings.ContainsAny(body, "\n\r") {
		return "", false
	}
	if verbatim {
		v := strings.ReplaceAll(body, q+q, q)
		return v, strings.Count(body, q)%2 == 0 && !strings.Contains(strings.ReplaceAll(body, q+q, ""), q)
	}
	return unescape(body, q[0])
}

// unescape decodes the escapes of a plain literal; ok is false when one is
// unknown or the quote stands unescaped.
func unescape(body string, quote byte) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(body); {
		c := body[i]
		if c == quote {
			return "", false
		}
		if c != '\\' {
			b.WriteByte(c)
			i++
			continue
		}
		r, n, ok := escape(body[i:])
		if !ok {
			return "", false
		}
		i += n
		if utf16.IsSurrogate(r) {
			low, n, _ := escape(body[i:])
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += n
			}
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// simpleEscapes are the escapes of one letter.
var simpleEscapes = map[byte]rune{
	'n': '\n', 'r': '\r', 't': '\t', '\\': '\\', '"': '"', '\'': '\'',
	'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v',
}

// hexEscapes are the escapes with a fixed number of hexadecimal digits.
var hexEscapes = map[byte]int{'u': 4, 'x': 2, 'U': 8}

// escape decodes one escape at the start of s and says how long it is.
func escape(s string) (r rune, n int, ok bool) {
	if len(s) < 2 || s[0] != '\\' {
		return 0, 0, false
	}
	if r, ok := simpleEscapes[s[1]]; ok {
		return r, 2, true
	}
	digits, base := hexEscapes[s[1]], 16
	at := 2
	if digits == 0 {
		digits, base, at = octalDigits(s[1:]), 8, 1
	}
	if digits == 0 || len(s) < at+digits {
		return 0, 0, false
	}
	v, err := strconv.ParseUint(s[at:at+digits], base, 32)
	if err != nil {
		return 0, 0, false
	}
	if v > unicode.MaxRune {
		v = utf8.RuneError
	}
	return rune(v), at + digits, true
}

// octalDigits counts the digits of an octal escape: up to three, and two where
// three would be more than a byte.
func octalDigits(s string) int {
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '7' {
		n++
	}
	if n == 3 && s[0] > '3' {
		n = 2
	}
	return n
}
