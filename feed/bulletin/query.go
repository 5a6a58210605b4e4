package bulletin

import (
	"strings"

	"quarry/feed/records"
)

// queryDraft is a query while its lines come in. Only the offsets are kept:
// the query is the document's own text between them.
type queryDraft struct {
	start, line int // where it begins
	end         int // behind its last line that is not empty
	comment     int // where the comments at its end begin, or -1
	commentLine int
	code        bool // there is more than comments
	state       kqlState
}

func newQuery(ln line) *queryDraft {
	return &queryDraft{start: ln.start, line: ln.no, end: ln.start, comment: -1}
}

// add takes one more line in.
func (q *queryDraft) add(ln line) {
	if ln.text == "" {
		return
	}
	q.end = ln.end
	if strings.HasPrefix(ln.text, "//") {
		if q.comment < 0 {
			q.comment, q.commentLine = ln.start, ln.no
		}
		return
	}
	q.comment, q.code = -1, true
	q.state.advance(ln.raw)
}

// complete reports whether the query could end here.
func (q *queryDraft) complete() bool { return q.code && !q.state.inString && q.state.finished() }

// splits reports whether a new query begins with line s: at the comment that
// heads one, or at a let statement behind a query that is complete.
func (q *queryDraft) splits(s string) bool {
	if isHuntComment(s) {
		return q.code
	}
	return strings.HasPrefix(s, "let ") && q.state.finished()
}

// cutTail takes the comments off its end, which head the query that follows,
// and returns where they begin, or ln if there are none.
func (q *queryDraft) cutTail(text string, ln line) *queryDraft {
	next := newQuery(ln)
	if q.comment >= 0 && q.code {
		next = &queryDraft{start: q.comment, line: q.commentLine, end: q.end, comment: q.comment, commentLine: q.commentLine}
		q.end = q.start + len(strings.TrimRight(text[q.start:q.comment], " \t\n"))
		q.comment = -1
	}
	return next
}

// isHuntComment reports whether s is the comment that heads a published query.
func isHuntComment(s string) bool {
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return false
	}
	_, ok = cutPrefixFold(strings.TrimLeft(rest, " "), "hunt ")
	return ok
}

// startsKQL reports whether a query begins with line s, which next follows: at
// a comment, a let statement, or a lone name with a pipe below it.
func startsKQL(s, next string) bool {
	if strings.HasPrefix(s, "//") {
		return true
	}
	if rest, ok := strings.CutPrefix(s, "let "); ok {
		name, _, ok := strings.Cut(rest, "=")
		return ok && isIdentifier(trim(name))
	}
	return isIdentifier(s) && startsOperator(next)
}

// startsHunt is [startsKQL] for places where prose may hold KQL too.
func startsHunt(s string) bool {
	return isHuntComment(s) || strings.HasPrefix(s, "let malicious_")
}

func isIdentifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != "" && len(s) < 128
}

// operators are the words that follow a pipe in the queries of bulletins.
var operators = map[string]bool{
	"where": true, "project": true, "extend": true, "summarize": true, "order": true, "sort": true, "join": true,
	"take": true, "limit": true, "distinct": true, "union": true, "mv-expand": true, "parse": true, "count": true,
	"top": true, "evaluate": true, "invoke": true, "lookup": true, "search": true, "render": true, "serialize": true,
}

func startsOperator(s string) bool {
	rest, ok := strings.CutPrefix(s, "|")
	if !ok {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	return operators[strings.ToLower(word)] || strings.HasPrefix(word, "project-")
}

// looksProse reports whether a line among those of a query is a sentence: no
// line of KQL ends in a full stop.
func looksProse(s string) bool {
	if strings.HasPrefix(s, "|") || strings.HasPrefix(s, "//") || !strings.HasSuffix(s, ".") {
		return false
	}
	return strings.Count(s[:min(len(s), 200)], " ") >= 3
}

// kqlState follows statements and brackets through the lines of a query.
type kqlState struct {
	depth    int
	inString bool // the last line ended inside a string literal
	let      bool // inside a statement that is no query itself
	query    bool // inside one that is
	done     bool // behind one that is
}

// finished reports whether a whole query has been read.
func (st *kqlState) finished() bool { return st.depth == 0 && (st.query || st.done) }

// advance reads one line.
func (st *kqlState) advance(s string) {
	st.inString = false
	for at := 0; at < len(s); {
		t := records.NextToken(s, at)
		c := s[at]
		blank := t.Kind == records.CommentToken || c == ' ' || c == '\t' || c == ';'
		if !blank && !st.let && !st.query {
			st.let = startsStatement(s[at:])
			st.query = !st.let
		}
		switch {
		case t.Kind == records.StringToken:
			st.inString = t.Open
		case t.Kind == records.CommentToken:
		case strings.IndexByte("([{", c) >= 0:
			st.depth++
		case strings.IndexByte(")]}", c) >= 0 && st.depth > 0:
			st.depth--
		case c == ';' && st.depth == 0:
			st.done = st.done || st.query
			st.let, st.query = false, false
		}
		at = t.Next
	}
}

// startsStatement reports whether a statement that is no query begins here.
func startsStatement(s string) bool {
	for _, word := range []string{"let ", "set ", "declare ", "alias "} {
		if strings.HasPrefix(s, word) {
			return true
		}
	}
	return false
}
