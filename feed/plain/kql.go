package plain

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// startsList reports whether a line begins a statement that names a list of
// KQL: let x = dynamic([ or a part of it.
func startsList(line string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "let ")
	if !ok {
		return false
	}
	_, value, ok := strings.Cut(rest, "=")
	value = strings.TrimSpace(value)
	return ok && (value == "" || strings.HasPrefix(value, listWord) || strings.HasPrefix(value, tableWord))
}

// readKQL reads the lists of values in KQL. What else looks like an indicator in
// it is a mention.
func readKQL(in *feed.Input, out feed.Sink) error {
	raw, err := in.Text()
	if err != nil {
		return err
	}
	q := &query{list: &list{Document: records.Begin(in, out, 1)}, text: string(raw), line: 1, spared: sparedLists(string(raw))}
	if err := q.read(); err != nil {
		return err
	}
	q.end()
	return nil
}

// query is a query whose lists are read.
type query struct {
	*list
	text  string
	line  int
	depth int  // of brackets of a list that is open
	words int  // values that are no indicators
	first int  // the line of the first
	code  bool // there is more than lists
	table int  // where the columns of a datatable begin, whose values follow, or 0

	spared map[string]bool // the names of lists of what a query leaves out
	out    bool            // the list that is open is one of them
}

func (q *query) read() error {
	var name strings.Builder // the letters before a bracket
	for at := 0; at < len(q.text); {
		t := records.NextToken(q.text, at)
		var err error
		switch t.Kind {
		case records.CommentToken:
			err = q.mentions(q.text[t.From:t.To], q.line, "a comment")
		case records.StringToken:
			err = q.literal(t, at > 0 && q.text[at-1] == '@')
		default:
			q.byte(at, &name)
		}
		if err != nil {
			return err
		}
		at = t.Next
	}
	if q.depth > 0 {
		q.Find("text-cut", feed.Error, q.line, "the text ends in the middle of a list, and what follows is missing")
	}
	if q.words > 0 {
		q.Find("not-an-ioc", feed.Info, q.first, "no IOC is made of %s of the lists from here on, which are no indicators by their looks", count(q.words, "value", "values"))
	}
	if q.code {
		q.Find("unread-text", feed.Info, 1, "only the lists of values are read; the query around them is not used")
	}
	return nil
}

// byte takes the byte of code at a place.
func (q *query) byte(at int, name *strings.Builder) {
	c := q.text[at]
	switch {
	case c == '\n':
		q.line++
		return
	case strings.IndexByte("([", c) >= 0:
		switch word := strings.ToLower(name.String()); {
		case q.depth > 0:
			q.depth++
		case c == '(' && strings.HasSuffix(word, tableWord):
			q.table = at
		case c == '[' && q.table > 0 && strings.HasSuffix(strings.TrimRight(q.text[q.table:at], " \t\n"), ")"):
			q.out = q.leavesOut(q.table)
			q.table = 0
			q.depth++
		case strings.HasSuffix(word, listWord):
			q.out = q.leavesOut(at)
			q.depth++
		}
	case strings.IndexByte(")]", c) >= 0 && q.depth > 0:
		q.depth--
	case c == '|':
		q.code = true
	case c == ';':
		q.table = 0
	}
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_':
		if name.Len() < longestName {
			name.WriteByte(c)
		}
	case c != ' ' && c != '\t':
		name.Reset()
	}
}

// longestName is more than the longest name that opens a list.
const longestName = 64

// The words before the brackets of a list, and before those of the columns of a
// table, behind which its values stand in brackets of their own.
const (
	listWord  = "dynamic"
	tableWord = "datatable"
)

// literal takes a string.
func (q *query) literal(t records.Token, verbatim bool) error {
	value := q.text[t.From:t.To]
	if !verbatim && strings.Contains(value, `\`) {
		value = unescape(value)
	}
	r, ok := records.ValueOf(value)
	r.Line = q.line
	switch {
	case t.Open:
		if q.depth > 0 {
			q.Find("text-cut", feed.Error, q.line, "the value %s has no end, so no IOC is made of it", feed.Quote(value))
		}
		return nil
	case q.depth == 0:
		return q.mentions(value, q.line, "a literal of the query")
	case !ok:
		if q.words++; q.words == 1 {
			q.first = q.line
		}
		return q.mentions(value, q.line, "a value of a list that is more than an indicator")
	case q.out:
		r.Mention, r.Context = true, "a list of what the query leaves out"
		return q.Add(r)
	}
	q.n++
	return q.Add(r)
}

// unescape undoes the escapes that values have: \\ \" and \'.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\"'/`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
