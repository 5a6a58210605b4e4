package records

import "strings"

// TokenKind is what a piece of KQL is.
type TokenKind int

// The kinds of tokens.
const (
	CodeToken TokenKind = iota
	StringToken
	CommentToken
)

// Token is a string literal of KQL, a comment, or one byte of anything else.
type Token struct {
	Kind     TokenKind
	From, To int  // what is inside the quotes or behind the slashes
	Next     int  // where the next token begins
	Open     bool // the line ends before the literal does
}

// NextToken reads the token at s[at].
func NextToken(s string, at int) Token {
	c := s[at]
	if c == '/' && strings.HasPrefix(s[at:], "//") {
		end := len(s)
		if n := strings.IndexByte(s[at:], '\n'); n >= 0 {
			end = at + n
		}
		return Token{Kind: CommentToken, From: at + 2, To: end, Next: end}
	}
	if c != '"' && c != '\'' {
		return Token{Next: at + 1}
	}
	verbatim := at > 0 && s[at-1] == '@'
	for i := at + 1; i < len(s) && s[i] != '\n'; i++ {
		switch {
		case s[i] == '\\' && !verbatim && i+1 < len(s) && s[i+1] != '\n':
			i++
		case s[i] == c && verbatim && i+1 < len(s) && s[i+1] == c:
			i++
		case s[i] == c:
			return Token{Kind: StringToken, From: at + 1, To: i, Next: i + 1}
		}
	}
	end := len(s)
	if n := strings.IndexByte(s[at:], '\n'); n >= 0 {
		end = at + n
	}
	return Token{Kind: StringToken, From: at + 1, To: end, Next: end, Open: true}
}
