package exclusions

import (
	"strings"
	"unicode/utf8"

	"quarry/feed"
	"quarry/kql"
)

// item is a phrase, a quote, a mark or a word of a filter.
type item struct {
	token
	phrase           // empty when the words are in no phrase
	form   valueKind // what it looks like as a value
}

func (i item) mark(s string) bool { return i.kind == symbolToken && i.text == s }

// plain reports whether the item is a word that means nothing by itself.
func (i item) plain() bool { return i.kind == wordToken && i.phrase == (phrase{}) }

func (i item) open() bool  { return i.mark("(") || i.mark("[") || i.mark("{") }
func (i item) close() bool { return i.mark(")") || i.mark("]") || i.mark("}") }

// skips reports whether the item may be left out: it is a filler and nothing
// else that matters here.
func (i item) skips() bool {
	return i.filler && i.connector == 0 || i.software != nil && i.software.Word || i.mark(":") || i.mark("|")
}

type reader struct {
	lex    *lexicon
	text   string
	items  []item
	at     int // the next item
	stop   int // the end of the sentence
	depth  int
	inside int       // parentheses around
	begun  int       // where the sentence began
	inNot  int       // words that reverse around, within the same parentheses
	side   kql.Field // whose side the next noun is on

	said     map[int]bool // reversing words that are in a condition
	examples bool         // a list of examples was read

	about about // what the sentence speaks of
	field *fieldWord
	cut   ending
	tail  Span // what is unread because the text is cut off in it
}

// ending says how the text of a filter ends.
type ending uint8

const (
	whole    ending = iota
	maybeCut        // behind a whole value, without a full stop
	cutOff          // anywhere
)

// maxDepth bounds how deep parentheses are read; deeper ones stay unread.
const maxDepth = 20

// reach is how many items ahead the reader looks for the end of a description
// or list. Nobody writes longer ones, and hostile text costs no more.
const reach = 40

func newReader(text string, cut ending) *reader {
	r := &reader{lex: lexical(), text: text, cut: cut, said: map[int]bool{}}
	tokens := tokenize(text, r.lex)
	if cut == maybeCut && !r.endsWhole(tokens) {
		r.cut = cutOff
	}
	if r.cut == cutOff {
		tokens = r.cutTail(tokens)
	}
	for len(tokens) > 0 {
		p, n := r.lex.at(tokens)
		if n == 0 {
			p, n = new(phrase), 1
		}
		i := item{token: tokens[0], phrase: *p}
		if n > 1 {
			i.end = tokens[n-1].end
			i.text = text[i.start:i.end]
			i.bare = ""
		}
		if i.kind != symbolToken && i.kind != endToken {
			i.form = r.kindOf(feed.Refang(i.text))
		}
		r.items = append(r.items, i)
		tokens = tokens[n:]
	}
	r.directions()
	return r
}

// cutTail drops the token that the end of the text may have cut in two, and
// notes it as unread.
func (r *reader) cutTail(tokens []token) []token {
	end := len(r.text)
	r.tail = Span{end, end}
	if n := len(tokens); n > 0 && tokens[n-1].end == end && tokens[n-1].kind == wordToken {
		r.tail.Start = tokens[n-1].start
		if at := r.tail.Start - 1; at >= 0 && r.text[at] == '`' {
			r.tail.Start = at
		}
		tokens = tokens[:n-1]
	}
	return tokens
}

// endsWhole reports whether the text ends with a whole value and nothing is
// left open in front of it.
func (r *reader) endsWhole(tokens []token) bool {
	if len(tokens) == 0 || leftOpen(r.text, tokens) {
		return false
	}
	last := tokens[len(tokens)-1]
	if last.kind == symbolToken {
		return last.text == ")" || last.text == "]" || last.text == "}"
	}
	return last.kind == quotedToken || last.kind == wordToken && r.wholeValue(feed.Refang(last.text))
}

// leftOpen reports whether a bracket or a quote is not closed. What has been opened
// in front of a word is no token.
func leftOpen(text string, tokens []token) bool {
	depth := 0
	for _, t := range tokens {
		i := item{token: t}
		if i.open() {
			depth++
		} else if i.close() {
			depth--
		}
	}
	last := tokens[len(tokens)-1]
	before, _ := utf8.DecodeLastRuneInString(text[:last.start])
	return depth > 0 || strings.Count(text, "`")%2 != 0 || strings.Count(text, `"`)%2 != 0 ||
		strings.Count(text, "“") > strings.Count(text, "”") || last.kind == wordToken && closing[before] != 0
}

// wholeValue reports whether a word has a form that half a value seldom has.
func (r *reader) wholeValue(s string) bool {
	switch r.kindOf(s) {
	case hostValue:
		last := strings.ToLower(s[strings.LastIndexByte(s, '.')+1:])
		return inRoot(s) || r.lex.private[last]
	case ipValue, rangeValue, hashValue, mailValue, fileValue, extensionValue:
		return true
	case pathValue:
		return strings.HasSuffix(s, `\`) || strings.HasSuffix(s, "/") || r.kindOf(s[strings.LastIndexAny(s, `\/`)+1:]) == fileValue
	case urlValue:
		_, rest, _ := strings.Cut(s, "://")
		at := strings.IndexByte(rest, '/')
		if at < 0 {
			return r.kindOf(rest) != wordValue && r.wholeValue(rest)
		}
		return strings.HasSuffix(rest, "/") || r.kindOf(rest[strings.LastIndexByte(rest, '/')+1:]) == fileValue
	}
	return false
}

// peek is the item n places on, an empty one behind the end of the sentence.
func (r *reader) peek(n int) item {
	if r.at+n < r.stop {
		return r.items[r.at+n]
	}
	return item{token: token{kind: endToken, start: len(r.text), end: len(r.text)}}
}

func (r *reader) more() bool { return r.at < r.stop }

// skip leaves out fillers.
func (r *reader) skip() {
	for r.more() && r.peek(0).skips() {
		r.at++
	}
}

// between is the text of some items.
func (r *reader) between(from, to int) Span {
	if from >= to {
		return Span{}
	}
	return Span{r.items[from].start, r.items[to-1].end}
}

// carries reports whether a word of meaning stands in a piece of the text.
func (r *reader) carries(s Span) bool {
	for _, i := range r.items {
		if i.start >= s.Start && i.end <= s.End && i.kind != endToken && i.kind != symbolToken && !i.skips() && (i.connector == 0 || i.connector == notWord) && !i.example {
			return true
		}
	}
	return false
}
