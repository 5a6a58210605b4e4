package kql

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row is one row of a table: strings and numbers by column. A column that is
// not set is an empty string, as in the tables.
type row map[string]any

// evaluation runs the KQL that this package writes: enough of the language for
// that, and as the Kusto documentation says of each operator. It reads the
// query's own text, so what a test learns is about the query that an analyst
// would paste. Where the documentation leaves an order open, it is one that
// nobody would expect.
type evaluation struct {
	t         testing.TB
	tokens    []Token
	at        int
	lets      map[string]any
	row       row
	table     string // that has rows
	rows      []row
	watchlist []row // what _GetWatchlist gives
}

// evaluate runs a query on a row of its table and returns the row that comes
// out, or nil when a filter dropped it.
func evaluate(t testing.TB, query string, r row) row {
	t.Helper()
	return prepare(t, query, nil).on("", r)
}

// prepare runs what stands before a query's table.
func prepare(t testing.TB, query string, watchlist []row) *evaluation {
	t.Helper()
	e := &evaluation{t: t, lets: map[string]any{}, watchlist: watchlist}
	for _, k := range Lex(query) {
		if k.Kind != Space && k.Kind != Comment {
			e.tokens = append(e.tokens, k)
		}
	}
	for e.take("let") {
		e.let()
	}
	return e
}

// on runs the rest on a row of a table, or of any when the name is "". The other
// tables of a union are empty.
func (e *evaluation) on(table string, r row) row {
	e.t.Helper()
	if out := e.all(table, r); len(out) > 0 {
		return out[0]
	}
	return nil
}

// now is the time at which queries run, and that of rows that have none, in
// minutes.
const now = 1_000_000_000

// all runs the rest on rows of a table.
func (e *evaluation) all(table string, rows ...row) []row {
	e.t.Helper()
	one := *e
	one.table, one.rows = table, nil
	for _, r := range rows {
		timed := row{"TimeGenerated": now, "Timestamp": now}
		maps.Copy(timed, r)
		one.rows = append(one.rows, timed)
	}
	out := one.stages(one.source())
	if one.at != len(one.tokens) {
		one.t.Fatalf("the query goes on with %q", one.peek())
	}
	return out
}

// source reads the table of a query, or those of a union.
func (e *evaluation) source() []row {
	name := e.next()
	if name != "union" {
		if e.peek() == "(" {
			e.skip()
		}
		if e.table != "" && e.table != name {
			return nil
		}
		all := make([]row, len(e.rows))
		for n, r := range e.rows {
			all[n] = maps.Clone(r)
		}
		return all
	}
	for _, want := range []string{"isfuzzy", "=", "true"} {
		e.want(want)
	}
	var all []row
	for {
		e.want("(")
		all = append(all, e.stages(e.source())...)
		e.want(")")
		if !e.take(",") {
			return all
		}
	}
}

// skip goes behind the bracket that closes the next one.
func (e *evaluation) skip() {
	for depth := 0; ; {
		switch e.next() {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return
			}
		case "":
			e.t.Fatal("a bracket is not closed")
		}
	}
}

// stages runs the operators behind a source.
func (e *evaluation) stages(rows []row) []row {
	for e.take("|") {
		op := e.next()
		switch op {
		case "summarize":
			rows = e.summarize(rows)
			continue
		case "order":
			e.order(rows)
			continue
		}
		start := e.at
		for e.at < len(e.tokens) && !slices.Contains([]string{"|", ")", ";"}, e.peek()) {
			if e.peek() == "(" {
				e.skip()
			} else {
				e.next()
			}
		}
		end := e.at
		var out []row
		for _, r := range rows {
			e.at, e.row = start, r
			if e.stage(op) {
				out = append(out, e.row)
			}
			if e.at != end {
				e.t.Fatalf("%s goes on with %q", op, e.peek())
			}
		}
		e.at, rows = end, out
	}
	return rows
}

// summarize gathers all rows into one.
func (e *evaluation) summarize(rows []row) []row {
	f := e.next()
	start := e.at
	e.skip()
	end := e.at
	list, bag := []string{}, map[string]any{}
	for _, r := range rows {
		e.at, e.row = start, r
		e.want("(")
		switch v := e.or().(type) {
		case string:
			list = append(list, v)
		case map[string]any:
			for key, of := range v {
				if had, twice := bag[key]; twice && !reflect.DeepEqual(had, of) { // an arbitrary one counts
					e.t.Fatalf("a bag has the key %q twice: %v and %v", key, had, of)
				}
				bag[key] = of
			}
		}
	}
	e.at = end
	switch f {
	case "make_list":
		return []row{{"": scrambled(list)}}
	case "make_bag":
		return []row{{"": bag}}
	}
	e.t.Fatalf("the evaluator does not know %s", f)
	return nil
}

// let reads a statement: a value, or a function, which is kept as its tokens.
func (e *evaluation) let() {
	name := e.next()
	e.want("=")
	if e.peek() == "(" && e.at+2 < len(e.tokens) && e.tokens[e.at+2].Text == ":" {
		e.lets[name] = e.function()
		e.want(";")
		return
	}
	if e.take("_GetWatchlist") {
		e.skip()
		rows := make([]row, len(e.watchlist))
		for n, r := range e.watchlist {
			rows[n] = maps.Clone(r)
		}
		e.lets[name] = e.stages(rows)
	} else {
		e.lets[name] = e.or()
	}
	e.want(";")
}

// function is a function of the query's own.
type function struct {
	params []string
	body   []Token
}

func (e *evaluation) function() function {
	var f function
	e.want("(")
	for !e.take(")") {
		f.params = append(f.params, e.next())
		e.want(":")
		e.want("string")
		e.take(",")
	}
	e.want("{")
	for !e.take("}") {
		f.body = append(f.body, e.tokens[e.at])
		e.at++
	}
	return f
}

// run calls a function. It sees its parameters and what the query defined, and
// no column.
func (e *evaluation) run(f function, args []any) any {
	inner := &evaluation{t: e.t, tokens: f.body, lets: map[string]any{}, row: row{}}
	for name, v := range e.lets {
		inner.lets[name] = v
	}
	for n, name := range f.params {
		inner.lets[name] = text(args[n])
	}
	for inner.take("let") {
		inner.let()
	}
	v := inner.or()
	if inner.at != len(inner.tokens) {
		e.t.Fatalf("the function goes on with %q", inner.peek())
	}
	return v
}

// stage runs one operator and reports whether the row is still there.
func (e *evaluation) stage(op string) bool {
	switch op {
	case "where":
		return e.or() == true
	case "extend":
		for {
			name := e.next()
			e.want("=")
			e.row[name] = e.or()
			if !e.take(",") {
				return true
			}
		}
	case "project":
		out := row{}
		for {
			name := e.next()
			if e.take("=") {
				out[name] = e.or()
			} else {
				out[name] = e.column(name)
			}
			if !e.take(",") {
				e.row = out
				return true
			}
		}
	}
	e.t.Fatalf("the evaluator does not know %s", op)
	return false
}

// order sorts rows by numbers, the first of them first; asc must be said.
func (e *evaluation) order(rows []row) {
	e.want("by")
	start, end := e.at, e.at
	type keyed struct {
		r    row
		keys []int
	}
	all := make([]keyed, len(rows))
	for n, r := range rows {
		e.at, e.row, all[n].r = start, r, r
		for {
			key := e.or().(int)
			if !e.take("asc") {
				e.take("desc")
				key = -key
			}
			all[n].keys = append(all[n].keys, key)
			if !e.take(",") {
				break
			}
		}
		end = e.at
	}
	if e.at = end; len(rows) == 0 {
		for e.at < len(e.tokens) && e.peek() != "|" {
			e.at++
		}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return slices.Compare(a.keys, b.keys) })
	for n := range all {
		rows[n] = all[n].r
	}
}

func (e *evaluation) peek() string {
	if e.at < len(e.tokens) {
		return e.tokens[e.at].Text
	}
	return ""
}

func (e *evaluation) next() string {
	s := e.peek()
	e.at++
	return s
}

func (e *evaluation) take(s string) bool {
	if e.peek() != s {
		return false
	}
	e.at++
	return true
}

func (e *evaluation) want(s string) {
	if !e.take(s) {
		e.t.Fatalf("expected %q, found %q", s, e.peek())
	}
}

func (e *evaluation) column(name string) any {
	if v, ok := e.row[name]; ok {
		return v
	}
	return ""
}

// or and and know three values: nil is null.
func (e *evaluation) or() any {
	v := e.and()
	for e.take("or") {
		v = decide(v, e.and(), true)
	}
	return v
}

func (e *evaluation) and() any {
	v := e.comparison()
	for e.take("and") {
		v = decide(v, e.comparison(), false)
	}
	return v
}

func decide(a, b any, wins bool) any {
	if a == wins || b == wins {
		return wins
	}
	if a == nil || b == nil {
		return nil
	}
	return !wins
}

func (e *evaluation) comparison() any {
	left := e.difference()
	switch op := e.peek(); op {
	case ">", "<", ">=":
		e.next()
		right := e.difference()
		if left == nil || right == nil {
			return nil
		}
		if op == "<" {
			return left.(int) < right.(int)
		}
		return left.(int) > right.(int) || op == ">=" && left == right
	case "==":
		e.next()
		return text(left) == text(e.value())
	case "!=":
		e.next()
		return text(left) != text(e.value())
	case "in", "in~", "has_any":
		e.next()
		list := e.list()
		if op == "has_any" { // it considers so many values only
			list = considered(list)
		}
		switch op {
		case "in":
			return slices.Contains(list, fmt.Sprint(left))
		case "in~":
			is := lower(fmt.Sprint(left))
			return slices.ContainsFunc(list, func(v string) bool { return is == lower(v) })
		}
		return hasAnyWord(text(left), list)
	case "contains", "startswith", "endswith":
		e.next()
		f := map[string]func(s, sub string) bool{"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix}[op]
		return f(lower(text(left)), lower(e.value().(string)))
	case "matches":
		e.next()
		e.want("regex")
		return compiled(e.value().(string)).MatchString(text(left))
	}
	return left
}

// difference is a value, or one number less another.
func (e *evaluation) difference() any {
	v := e.value()
	for e.take("-") {
		w := e.value()
		if v == nil || w == nil {
			return nil
		}
		v = v.(int) - w.(int)
	}
	return v
}

// list reads what stands in the parentheses after in and has_any.
func (e *evaluation) list() (all []string) {
	e.want("(")
	for !e.take(")") {
		switch v := e.value().(type) {
		case []string:
			all = append(all, v...)
		default:
			all = append(all, fmt.Sprint(v))
		}
		e.take(",")
	}
	return all
}

func (e *evaluation) value() any {
	k := e.tokens[e.at]
	e.at++
	switch {
	case k.Kind == String:
		s, ok := Unquote(k.Text)
		if !ok {
			e.t.Fatalf("%s is no literal", k.Text)
		}
		return s
	case k.Text == "-":
		return -e.value().(int)
	case k.Kind == Number:
		return e.number(k.Text)
	case k.Text == "(":
		v := e.or()
		e.want(")")
		return v
	case k.Text == "true" || k.Text == "false":
		return k.Text == "true"
	case e.peek() == "(":
		return e.indexed(e.call(k.Text))
	}
	if v, ok := e.lets[k.Text]; ok {
		return e.indexed(v)
	}
	return e.indexed(e.column(k.Text))
}

// number is a whole number, or a span of time in minutes.
func (e *evaluation) number(s string) int {
	digits := strings.TrimRight(s, "dhm")
	n, err := strconv.Atoi(digits)
	unit, ok := map[string]int{"": 1, "m": 1, "h": 60, "d": 24 * 60}[s[len(digits):]]
	if err != nil || !ok {
		e.t.Fatalf("the evaluator does not know the number %s", s)
	}
	return n * unit
}

// indexed reads what stands behind a value to take a part of it.
func (e *evaluation) indexed(v any) any {
	for {
		var i any
		switch {
		case e.take("["):
			i = e.value()
			e.want("]")
		case e.take("."):
			i = e.next()
		default:
			return v
		}
		v = part(v, i)
	}
}

func part(v, i any) any {
	switch list := v.(type) {
	case []string:
		if n := fromEnd(i.(int), len(list)); n < len(list) {
			return list[n]
		}
	case []any:
		if n := fromEnd(i.(int), len(list)); n < len(list) {
			return list[n]
		}
	case map[string]any:
		return list[text(i)]
	}
	return nil
}

// fromEnd is a position, where -1 is the last.
func fromEnd(n, length int) int {
	if n < 0 && length > 0 {
		return n + length
	}
	return max(n, 0)
}

// dynamic reads JSON.
func (e *evaluation) dynamic() any {
	switch {
	case e.take("["):
		var all []any
		texts := true
		for !e.take("]") {
			v := e.dynamic()
			_, isText := v.(string)
			texts = texts && isText
			all = append(all, v)
			e.take(",")
		}
		if !texts {
			return all
		}
		list := make([]string, len(all))
		for n, v := range all {
			list[n] = v.(string)
		}
		return list
	case e.take("{"):
		bag := map[string]any{}
		for !e.take("}") {
			key := e.value().(string)
			e.want(":")
			if _, twice := bag[key]; twice { // which counts is nowhere said
				e.t.Fatalf("a dynamic value has the key %q twice", key)
			}
			bag[key] = e.dynamic()
			e.take(",")
		}
		return bag
	case e.take("null"):
		return nil
	}
	return e.value()
}

func (e *evaluation) call(f string) any {
	e.want("(")
	if f == "dynamic" {
		v := e.dynamic()
		e.want(")")
		return v
	}
	if f == "toscalar" {
		rows := e.stages(slices.Clone(e.lets[e.next()].([]row)))
		e.want(")")
		for _, v := range rows[0] {
			return v
		}
	}
	var args []any
	for !e.take(")") {
		args = append(args, e.or())
		e.take(",")
	}
	if f == "column_ifexists" {
		if v, ok := e.row[text(args[0])]; ok {
			return v
		}
		return args[1]
	}
	if own, ok := e.lets[f].(function); ok {
		return e.run(own, args)
	}
	fn, ok := functions[f]
	if !ok {
		e.t.Fatalf("the evaluator does not know %s()", f)
	}
	return fn(args)
}
