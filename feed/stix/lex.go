package stix

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// A token of a pattern.
type token struct {
	kind tokenKind
	text string // of a string its value, of others as written
	at   int    // in the pattern
}

type tokenKind int

const (
	end      tokenKind = iota
	word               // identifiers, with or without hyphens, and keywords
	str                // 'a string'
	number             // 12, -3, 7.5
	literal            // t'...', b'...', h'...'
	operator           // = == != <> < <= > >=
	mark               // [ ] ( ) : . , *
)

// PatternError says where a pattern does not follow the grammar.
type PatternError struct {
	At     int // the byte at which
	Reason string
}

func (e *PatternError) Error() string { return fmt.Sprintf("%s at character %d", e.Reason, e.At+1) }

// lexer takes a pattern apart.
type lexer struct {
	text string
	at   int
}

func (l *lexer) fail(at int, reason string) error { return &PatternError{at, reason} }

// next is the next token. Space and comments are between tokens.
func (l *lexer) next() (token, error) {
	if err := l.space(); err != nil {
		return token{}, err
	}
	from := l.at
	if from == len(l.text) {
		return token{kind: end, at: from}, nil
	}
	c := l.text[from]
	switch {
	case c == '\'':
		s, err := l.quoted()
		return token{str, s, from}, err
	case strings.IndexByte("tbh", c) >= 0 && strings.HasPrefix(l.text[from+1:], "'"):
		l.at++
		s, err := l.quoted()
		if err == nil {
			err = l.check(from, c, s)
		}
		return token{literal, s, from}, err
	case isLetter(c):
		for l.at < len(l.text) && (isLetter(l.text[l.at]) || isDigit(l.text[l.at]) || l.text[l.at] == '-') {
			l.at++
		}
		return token{word, l.text[from:l.at], from}, nil
	case isDigit(c), (c == '-' || c == '+') && from+1 < len(l.text) && isDigit(l.text[from+1]):
		return l.number(from), nil
	case strings.IndexByte("[]():.,*", c) >= 0:
		l.at++
		return token{mark, l.text[from:l.at], from}, nil
	}
	for _, op := range []string{"==", "!=", "<>", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(l.text[from:], op) {
			l.at += len(op)
			return token{operator, op, from}, nil
		}
	}
	return token{}, l.fail(from, fmt.Sprintf("%q has no meaning", firstRune(l.text[from:])))
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// space goes over white space and comments.
func (l *lexer) space() error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			l.at++
		case strings.HasPrefix(rest, "\u00A0"):
			l.at += len("\u00A0")
		case strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.at += n
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest, "*/")
			if n < 0 {
				return l.fail(l.at, "nothing ends the comment")
			}
			l.at += n + len("*/")
		default:
			return nil
		}
	}
	return nil
}

// quoted reads a string, in which \' and \\ stand for ' and \. Before any other
// character a backslash stands for itself: the grammar forbids it, and patterns
// are written so.
func (l *lexer) quoted() (string, error) {
	from := l.at
	l.at++
	var b strings.Builder
	for start := l.at; l.at < len(l.text); {
		switch c := l.text[l.at]; {
		case c == '\'':
			b.WriteString(l.text[start:l.at])
			l.at++
			return b.String(), nil
		case c == '\\' && l.at+1 < len(l.text) && (l.text[l.at+1] == '\'' || l.text[l.at+1] == '\\'):
			b.WriteString(l.text[start:l.at])
			start = l.at + 1
			l.at += 2
		default:
			l.at++
		}
	}
	return "", l.fail(from, "nothing ends the string that begins")
}

// check looks at what is between the quotes of a literal.
func (l *lexer) check(at int, kind byte, s string) (err error) {
	switch kind {
	case 't':
		if _, err = time.Parse(time.RFC3339, s); err != nil || !strings.HasSuffix(s, "Z") {
			return l.fail(at, "there is no time")
		}
	case 'b':
		if _, err = base64.StdEncoding.DecodeString(s); err != nil {
			return l.fail(at, "there is no base64")
		}
	case 'h':
		if _, err = hex.DecodeString(s); err != nil {
			return l.fail(at, "there are no hexadecimal digits")
		}
	}
	return nil
}

func (l *lexer) number(from int) token {
	l.at++
	for l.at < len(l.text) && isDigit(l.text[l.at]) {
		l.at++
	}
	if l.at+1 < len(l.text) && l.text[l.at] == '.' && isDigit(l.text[l.at+1]) {
		l.at++
		for l.at < len(l.text) && isDigit(l.text[l.at]) {
			l.at++
		}
	}
	return token{number, l.text[from:l.at], from}
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
