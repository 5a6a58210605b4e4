package exclusions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	wordToken   tokenKind = iota
	quotedToken           // text between quotes, without them
	symbolToken           // an operator such as == or a mark such as ( , :
	endToken              // the end of a sentence: a full stop, a semicolon, a line break
)

// token is a piece of the filter text. Start and end are where it stands,
// quotes included.
type token struct {
	kind       tokenKind
	start, end int
	text       string
	bare       string // in lower case, without a possessive ending; "" unless it is a word
}

// symbols are read wherever they stand outside a word, longest first.
var symbols = []string{"!in~", "==", "!=", "=~", "!~", "<>", "&&", "||", "(", ")", "[", "]", "{", "}", ",", "=", ":", "|", "!"}

// closing quotes by their opening ones. A straight single quote opens only in
// front of text, for elsewhere it is an apostrophe.
var closing = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '‘': '’', '«': '»', '„': '“'}

type tokenizer struct {
	text   string
	at     int
	lex    *lexicon
	tokens []token
}

// tokenize splits a filter. Characters that belong to no token, such as a
// stray quote, carry no meaning.
func tokenize(text string, lex *lexicon) []token {
	t := &tokenizer{text: text, lex: lex}
	for t.at < len(t.text) {
		t.next()
	}
	return t.tokens
}

func (t *tokenizer) add(kind tokenKind, start, end int, text string) {
	tok := token{kind: kind, start: start, end: end, text: text}
	if kind == wordToken || kind == symbolToken {
		tok.bare = strings.ToLower(text)
		for _, s := range []string{"'s", "’s", "'", "’"} {
			if b, ok := strings.CutSuffix(tok.bare, s); ok && b != "" {
				tok.bare = b
				break
			}
		}
	}
	t.tokens = append(t.tokens, tok)
}

func (t *tokenizer) next() {
	rest := t.text[t.at:]
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case r == '\n' || r == ';' || r == 0x2028 || r == 0x2029:
		t.add(endToken, t.at, t.at+n, ";")
		t.at += n
	case r == '.' && endsSentence(rest[1:]):
		t.add(endToken, t.at, t.at+1, ".")
		t.at++
	case unicode.IsSpace(r):
		t.at += n
	case closing[r] != 0 && t.quoted(r, n):
	case t.symbol(rest):
	case strings.ContainsRune("\"'`”“’‘«»„?…•–—", r) || r == utf8.RuneError:
		t.at += n
	default:
		t.word()
	}
}

// endsSentence reports whether nothing but quotes and brackets stands between
// a full stop and the next space.
func endsSentence(after string) bool {
	after = strings.TrimLeft(after, "\"'`”’»).")
	r, _ := utf8.DecodeRuneInString(after)
	return after == "" || unicode.IsSpace(r)
}

// quoted takes text in quotes. Quotes around an expression are only marks: what
// is inside is read as if they were not there. So is an opening quote that is
// never closed on its line.
func (t *tokenizer) quoted(open rune, n int) bool {
	inner := t.text[t.at+n:]
	if r, _ := utf8.DecodeRuneInString(inner); inner == "" || open == '\'' && unicode.IsSpace(r) {
		return false
	}
	if line := strings.IndexByte(inner, '\n'); line >= 0 {
		inner = inner[:line]
	}
	end := strings.IndexRune(inner, closing[open])
	if end < 0 {
		return false
	}
	text := strings.TrimSpace(inner[:end])
	if isExpression(text) {
		return false
	}
	stop := t.at + n + end + utf8.RuneLen(closing[open])
	if text = strings.TrimRight(text, ","); text != "" {
		t.add(quotedToken, t.at, stop, text)
	}
	t.at = stop
	return true
}

// isExpression reports whether quoted text is a comparison and no value.
func isExpression(s string) bool {
	for _, op := range []string{"==", "!=", " = ", "=~", " contains ", " in (", ": \"", " : "} {
		if strings.Contains(s, op) {
			return true
		}
	}
	return false
}

func (t *tokenizer) symbol(rest string) bool {
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			t.add(symbolToken, t.at, t.at+len(s), s)
			t.at += len(s)
			return true
		}
	}
	return false
}

// word takes a run of characters up to a space or mark. Paths may go on behind
// a space where a known folder name does.
func (t *tokenizer) word() {
	start, at := t.at, t.at
	for at < len(t.text) {
		if n := t.folder(start, at); n > 0 {
			at += n
			continue
		}
		r, n := utf8.DecodeRuneInString(t.text[at:])
		if at > start && t.breaks(start, at, r) {
			break
		}
		at += n
	}
	text := t.text[start:at]
	t.at = at
	if isAbbreviation(text) {
		t.add(wordToken, start, at, text)
		return
	}
	trimmed := strings.TrimRight(text, ".:!?'’…")
	stop := strings.IndexByte(text[len(trimmed):], '.') >= 0 && endsSentence(t.text[at:])
	if trimmed != "" {
		t.add(wordToken, start, start+len(trimmed), trimmed)
	}
	if strings.HasSuffix(text, ":") {
		t.add(symbolToken, at-1, at, ":")
	}
	if stop {
		t.add(endToken, at-1, at, ".")
	}
}

// breaks reports whether r ends the word that began at start.
func (t *tokenizer) breaks(start, at int, r rune) bool {
	if unicode.IsSpace(r) || strings.ContainsRune("\",;()`“”«»|{}…—", r) || r == utf8.RuneError {
		return true
	}
	word := t.text[start:at]
	switch r {
	case '=', '!', '<', '>': // name==value, but not --name=value or a URL
		return word[0] != '-' && word[0] != '/' && !strings.Contains(word, "://") && !strings.HasSuffix(word, "\\")
	case ':': // name:"value" and field.name:value
		p := t.lex.phrases[strings.ToLower(word)]
		return strings.HasPrefix(t.text[at:], `:"`) || strings.HasPrefix(t.text[at:], ":'") || p != nil && p.field != nil
	case '[', ']': // 192[.]0[.]2[.]1 is one word
		return !strings.HasPrefix(t.text[at:], "[.]") && !strings.HasPrefix(t.text[at-1:], ".]") &&
			!strings.HasPrefix(t.text[at:], "[:]") && !strings.HasPrefix(t.text[at-1:], ":]")
	}
	return false
}

// folder reports how many bytes at belong to a path with spaces that began
// before: those of a known folder name behind the last backslash, or some words
// the last of which has a backslash again.
func (t *tokenizer) folder(start, at int) int {
	if c := t.text[at]; c != ' ' && c != '(' {
		return 0
	}
	last := strings.LastIndexByte(t.text[start:at], '\\')
	if last < 0 {
		return 0
	}
	begun := t.text[start+last+1:]
	have := at - start - last - 1
	for _, f := range t.lex.spaced {
		if len(f) > have && len(begun) >= len(f) && strings.EqualFold(begun[:len(f)], f) {
			return len(f) - have
		}
	}
	if have == 0 || t.text[at] != ' ' {
		return 0
	}
	return goesOn(t.text[at:])
}

// goesOn reports how many bytes of the text, which begins with a space, are
// words up to one with a backslash. A sentence seldom has three words in a
// folder's name, and no word with a drive or a mark goes on.
func goesOn(text string) int {
	at := 0
	for range 3 {
		n := strings.IndexAny(text[at+1:], " \\,;:()\"\n\t.")
		if n < 1 {
			return 0
		}
		at += 1 + n
		if text[at] == '\\' {
			return at + 1
		}
		if text[at] != ' ' {
			return 0
		}
	}
	return 0
}

func isAbbreviation(s string) bool {
	switch strings.ToLower(s) {
	case "e.g.", "i.e.", "etc.", "eg.", "ie.", "vs.":
		return true
	}
	return false
}
