package kql

import (
	"slices"
	"strings"

	"quarry/feed"
)

// publishedQuery is what [LintPublished] needs to know of a query that someone
// else wrote. It is read token by token, without a grammar: what is not
// understood is passed over, so that a query cut anywhere still says something.
type publishedQuery struct {
	source      feed.Source // where its first line stands
	tables      []tableUse
	comparisons []comparison
	lists       []*valueList
	times       []timeUse
	filtersTime bool
	filtersPort bool
	hunt        bool // one that [Table.Hunt] wrote
}

// tableUse is a table that rows are read from.
type tableUse struct {
	name string
	line int
}

// timeUse is a mention of a time column.
type timeUse struct {
	table, column string
	line          int
}

// comparison is one column against values.
type comparison struct {
	table, column string
	op            string
	line          int
	upper         bool // the column is compared in upper case
	lists         []*valueList
}

// title names a list in a sentence.
func (l *valueList) title() string {
	if l.name == "" {
		return "the list"
	}
	return l.name
}

// valueList is the values of one let statement, or those that stand in one
// expression.
type valueList struct {
	name   string // "" where they stand in the expression itself
	values []literalValue
	hunted bool // rows that hold one are looked for, not left out
	found  *listFacts
}

// literalValue is a string literal and the indicator that it spells, if any.
type literalValue struct {
	text string
	line int
	ioc  feed.IOC // Type is "" when the text is no indicator
}

// literalTypes are the types that a literal is tried as. No value is of two.
var literalTypes = []feed.Type{
	feed.IP, feed.IPPort, feed.CIDR, feed.MD5, feed.SHA1, feed.SHA256, feed.SHA3384, feed.SHA512, feed.URL, feed.Domain,
}

func newLiteral(text string, line int) literalValue {
	v := literalValue{text: text, line: line}
	text = strings.TrimPrefix(text, ".") // as in endswith ".example.com"
	for _, t := range literalTypes {
		if value, err := feed.Canonical(t, text); err == nil {
			v.ioc = feed.IOC{Type: t, Value: value}
			break
		}
	}
	return v
}

var (
	// comparing are the operators between a column and values.
	comparing = words("== =~ != !~ in in~ has has_cs has_any has_all contains contains_cs startswith startswith_cs " +
		"endswith endswith_cs hasprefix hassuffix matches")
	// comparingCalls take a column and then values.
	comparingCalls = words("has_ipv4 has_any_ipv4 has_ipv4_prefix has_any_ipv4_prefix has_any_index ipv4_is_match " +
		"ipv6_is_match ipv4_is_in_range ipv4_is_in_any_range ipv6_is_in_range ipv6_is_in_any_range")
	// listCalls make a list of the literals in their brackets.
	listCalls = words("dynamic datatable pack_array parse_json todynamic split")
)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// frame is where the reader stands: the table whose rows flow, the operator
// behind the last pipe, and whether a match leaves rows out.
type frame struct {
	table   string
	stage   string
	negated bool
	let     bool // behind the equals sign of a let statement
}

type publishedReader struct {
	publishedQuery
	tokens  []Token
	at      int
	frame   frame
	outer   []frame               // one for each open bracket
	begins  bool                  // a statement or a bracket begins here
	column  string                // the last name that may be a column
	named   map[string]*valueList // by the name a let gave; nil for what is no list
	defined map[string]bool       // columns that the query computes
	times   map[string]bool       // every time column of the catalogue
}

// readPublished reads one query in one pass.
func readPublished(q feed.Query, times map[string]bool) *publishedQuery {
	r := publishedReader{
		publishedQuery: publishedQuery{source: q.Source},
		tokens:         statements(q.Text), begins: true,
		named: map[string]*valueList{}, defined: map[string]bool{}, times: times,
	}
	for r.at < len(r.tokens) {
		r.step()
	}
	_, facts := r.named["IocFacts"]
	r.hunt = facts && r.defined["IocKey"] && r.defined[HitColumns[0]]
	return &r.publishedQuery
}

// TablesOf lists the tables that a published query reads rows from, in the
// order in which they stand, each once. It takes any text.
func TablesOf(q feed.Query) []string {
	var names []string
	for _, t := range readPublished(q, nil).tables {
		if !slices.Contains(names, t.name) {
			names = append(names, t.name)
		}
	}
	return names
}

// statements are the tokens of a text without space and comments, and with a
// semicolon where a blank line ends a statement that has none.
func statements(text string) (tokens []Token) {
	depth, blank := 0, false
	for _, t := range Lex(text) {
		switch {
		case t.Kind == Space:
			blank = blank || strings.Count(t.Text, "\n") > 1
			continue
		case t.Kind == Comment:
			continue
		case opens(t):
			depth++
		case closes(t):
			depth--
		case blank && depth <= 0 && t.Kind == Name && len(tokens) > 0:
			tokens = append(tokens, Token{Punct, ";", t.Line})
		}
		blank = false
		tokens = append(tokens, t)
	}
	return tokens
}

func opens(t Token) bool  { return t.Text == "(" || t.Text == "[" || t.Text == "{" }
func closes(t Token) bool { return t.Text == ")" || t.Text == "]" || t.Text == "}" }

// peek is the token n places on, or one without text behind the end.
func (r *publishedReader) peek(n int) Token {
	if r.at+n < len(r.tokens) {
		return r.tokens[r.at+n]
	}
	return Token{}
}

func (r *publishedReader) step() {
	t := r.peek(0)
	began := r.begins
	r.begins = false
	switch {
	case t.Kind == String:
		own, _ := r.expression()
		own.hunted = !r.frame.negated
	case comparing[t.Text]:
		r.compare(t)
	case t.Kind == Name:
		r.name(t, began)
	case t.Text == ";":
		r.statement()
		r.at++
	case t.Text == "|":
		r.pipe()
	case opens(t):
		r.open(r.frame.negated)
		r.begins = true
	case closes(t):
		if n := len(r.outer); n > 0 {
			r.frame, r.outer = r.outer[n-1], r.outer[:n-1]
		}
		r.at++
	default:
		r.at++
	}
}

func (r *publishedReader) statement() {
	r.frame, r.outer, r.begins = frame{}, r.outer[:0], true
}

func (r *publishedReader) pipe() {
	if r.frame.stage == "union" {
		r.frame.table = ""
	}
	r.at++
	next := r.peek(0)
	r.frame.stage = next.Text
	if next.Kind == Name && next.Text != "union" {
		r.at++
	}
}

func (r *publishedReader) open(negated bool) {
	r.outer = append(r.outer, r.frame)
	r.frame.negated = negated
	r.at++
}

func (r *publishedReader) name(t Token, began bool) {
	next := r.peek(1).Text
	switch {
	case t.Text == "let" && r.peek(2).Text == "=":
		r.let()
		return
	case comparingCalls[t.Text] && next == "(":
		r.column = r.peek(2).Text
		r.compare(t)
		return
	case t.Text == "not" && next == "(":
		r.at++
		r.open(!r.frame.negated)
		return
	case t.Text == "union":
		r.frame.stage = t.Text
	case r.isSource(t, next, began):
		r.source(t)
	default:
		r.mention(t, next)
	}
	if l := r.named[t.Text]; l != nil {
		l.hunted = true // in a join, say: not understood, but used
	}
	r.at++
}

// isSource reports whether rows are read from the name, judged by what stands
// around it.
func (r *publishedReader) isSource(t Token, next string, began bool) bool {
	ends := next == "|" || next == ";" || next == "" || next == ")"
	switch {
	case r.frame.stage == "union":
		return ends || next == ","
	case began && len(r.outer) > 0:
		return next == "|"
	}
	return began && (ends || next == "(" && !r.frame.let)
}

func (r *publishedReader) source(t Token) {
	if _, ok := r.named[t.Text]; ok {
		return
	}
	r.frame.table = t.Text
	r.tables = append(r.tables, tableUse{t.Text, t.Line})
}

// mention takes note of a name that may be a column.
func (r *publishedReader) mention(t Token, next string) {
	r.column = t.Text
	filters := r.frame.stage == "where"
	switch {
	case t.Text == "ingestion_time" || t.Text == "starttime":
		r.filtersTime = true // starttime is the parameter of ASIM functions
	case next == "=":
		r.defined[t.Text] = true
	case r.times[t.Text] && !r.defined[t.Text]:
		r.filtersTime = r.filtersTime || filters
		r.publishedQuery.times = append(r.publishedQuery.times, timeUse{r.frame.table, t.Text, t.Line})
	case filters && strings.HasSuffix(strings.ToLower(t.Text), "port"):
		r.filtersPort = true
	}
}

// let reads the name, and the values where the statement is a list of them.
// Anything else behind the equals sign is read like a statement of its own.
func (r *publishedReader) let() {
	name := r.peek(1).Text
	r.statement()
	r.at += 3
	r.frame.let = true
	r.named[name] = nil
	if next := r.peek(0); listCalls[next.Text] || next.Kind == String {
		own, _ := r.expression()
		own.name = name
		r.named[name] = own
	}
}

// compare reads an operator, or a function that compares, and its values.
func (r *publishedReader) compare(op Token) {
	negated := r.frame.negated
	if strings.HasPrefix(op.Text, "!") || r.at > 0 && r.tokens[r.at-1].Text == "!" {
		negated = !negated
	}
	upper := r.at > 3 && r.tokens[r.at-4].Text == "toupper"
	r.at++
	if op.Text == "matches" {
		r.at++ // regex
	}
	own, used := r.expression()
	if len(own.values) > 0 {
		used = append(used, own)
	}
	for _, l := range used {
		l.hunted = l.hunted || !negated
	}
	if !negated {
		r.comparisons = append(r.comparisons, comparison{r.frame.table, r.column, op.Text, op.Line, upper, used})
	}
}

// expression reads one literal, name or bracket with all that is in it, and
// returns its literals and the lists that it names.
func (r *publishedReader) expression() (own *valueList, used []*valueList) {
	own = new(valueList)
	depth := 0
	for r.at < len(r.tokens) {
		t := r.peek(0)
		if t.Text == ";" || depth == 0 && (closes(t) || t.Text == "|") {
			break
		}
		switch {
		case opens(t):
			depth++
		case closes(t):
			depth--
		case t.Kind == String:
			if v, ok := Unquote(t.Text); ok && v != "" {
				own.values = append(own.values, newLiteral(v, t.Line))
			}
		case r.named[t.Text] != nil:
			used = append(used, r.named[t.Text])
		}
		r.at++
		if depth == 0 && !continues(t, r.peek(0)) {
			break
		}
	}
	if len(own.values) > 0 {
		r.lists = append(r.lists, own)
	}
	return own, used
}

// continues reports whether an expression that could end at t goes on: with a
// further literal, the brackets of a call, or the rows of a datatable.
func continues(t, next Token) bool {
	if t.Kind == String {
		return next.Kind == String
	}
	return (t.Kind == Name || closes(t)) && (next.Text == "(" || next.Text == "[")
}
