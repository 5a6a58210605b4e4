package exclusions

import "quarry/feed"

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
	inside int // parentheses around

	about about // what the sentence speaks of
	field *fieldWord
	cut   bool
	tail  Span // what is unread because the text is cut off in it
}

// maxDepth bounds how deep parentheses are read; deeper ones stay unread.
const maxDepth = 20

// reach is how many items ahead the reader looks for the end of a description
// or list. Nobody writes longer ones, and hostile text costs no more.
const reach = 40

func newReader(text string, cut bool) *reader {
	r := &reader{lex: lexical(), text: text, cut: cut}
	tokens := tokenize(text, r.lex)
	if cut {
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
		if i.start >= s.Start && i.end <= s.End && i.kind != endToken && i.kind != symbolToken && !i.skips() && i.connector == 0 && !i.example {
			return true
		}
	}
	return false
}
