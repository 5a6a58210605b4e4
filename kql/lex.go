package kql

import "strings"

// TokenKind says what a token of a query is.
type TokenKind uint8

// The kinds of token that [Lex] tells apart.
const (
	Space TokenKind = iota
	Comment
	String // a string literal of any form; see Unquote
	Number // with its unit, such as 7d
	Name   // an identifier, a keyword, or an operator written in letters such as has_any or in~
	Punct  // one character, or one of == != =~ !~ <= >= .. => <>
)

// Token is a piece of query text.
type Token struct {
	Kind TokenKind
	Text string
	Line int // counted from 0
}

// Lex splits query text into tokens that together are the text again. It takes
// any text: what is unfinished ends at its line or at the end of the text. It
// is meant for showing and for judging published queries, not for running
// them.
func Lex(text string) []Token {
	var tokens []Token
	line := 0
	for len(text) > 0 {
		kind, n := next(text)
		tokens = append(tokens, Token{kind, text[:n], line})
		line += strings.Count(text[:n], "\n")
		text = text[n:]
	}
	return tokens
}

func next(s string) (TokenKind, int) {
	c := s[0]
	if open := literalStart(s); open >= 0 {
		return String, literalEnd(s, open)
	}
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return Space, span(s, func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' })
	case strings.HasPrefix(s, "//"):
		return Comment, lineEnd(s)
	case isDigit(c):
		return Number, numberEnd(s)
	case isLetter(c):
		n := span(s, func(c byte) bool { return isLetter(c) || isDigit(c) })
		if s[:n] == "in" && strings.HasPrefix(s[n:], "~") {
			n++
		}
		return Name, n
	}
	for _, op := range []string{"==", "!=", "=~", "!~", "<=", ">=", "..", "=>", "<>"} {
		if strings.HasPrefix(s, op) {
			return Punct, 2
		}
	}
	for i := range s { // one whole character
		if i > 0 {
			return Punct, i
		}
	}
	return Punct, len(s)
}

func span(s string, in func(byte) bool) int {
	n := 1
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

// numberEnd is the end of a number and its unit; two dots make a range.
func numberEnd(s string) int {
	n := 1
	for n < len(s) && (isDigit(s[n]) || isLetter(s[n]) || s[n] == '.' && !strings.HasPrefix(s[n:], "..")) {
		n++
	}
	return n
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func lineEnd(s string) int {
	for i, r := range s {
		if r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 {
			return i
		}
	}
	return len(s)
}

// literalStart is where the opening quote of a string literal at s stands, or
// -1 when there is no literal.
func literalStart(s string) int {
	i := 0
	if s[0] == 'h' || s[0] == 'H' {
		i++
	}
	if i < len(s) && s[i] == '@' {
		i++
	} else if strings.HasPrefix(s[i:], "```") || strings.HasPrefix(s[i:], "~~~") {
		return i
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		return i
	}
	return -1
}

func literalEnd(s string, i int) int {
	if s[i] == '`' || s[i] == '~' {
		if end := strings.Index(s[i+3:], s[i:i+3]); end >= 0 {
			return i + 3 + end + 3
		}
		return len(s)
	}
	verbatim := i > 0 && s[i-1] == '@'
	quote := s[i]
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '\n' || s[i] == '\r':
			return i
		case s[i] == '\\' && !verbatim && i+1 < len(s) && s[i+1] != '\n' && s[i+1] != '\r':
			i++
		case s[i] == quote && verbatim && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return len(s)
}
