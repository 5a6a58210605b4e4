package kql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// constant is query text. Being unexported and never converted to, it can
// only come from the literals of this package, so no value from a document can
// become query text by mistake.
type constant string

// name is a table or column name that the catalogue has checked, or a name
// that this package gives.
type name string

// query builds the text of a query: constants as they stand, everything else
// through the literal writers.
type query struct {
	b       strings.Builder
	counted int  // bytes whose characters are known
	chars   int  // of those
	apart   bool // no two slashes stand in a row in a string
}

// literals writes values. Lists are most of a long query, and the same in all
// tables, so their characters are counted once.
func (q *query) literals(l literals) {
	q.chars += chars(q.b.String()[q.counted:]) + l.chars
	q.b.Write(l.text)
	q.counted = q.b.Len()
}

// length is the length of the query as the products count it.
func (q *query) length() int { return q.chars + chars(q.b.String()[q.counted:]) }

func (q *query) text(c constant) { q.b.WriteString(string(c)) }
func (q *query) name(n name)     { q.b.WriteString(string(n)) }
func (q *query) String() string  { return q.b.String() }

// regex writes a regular expression.
func (q *query) regex(re string) { q.b.WriteString(quoteVerbatim(countSlashes(re))) }

// str writes a string.
func (q *query) str(v string) {
	v = Quote(v)
	if q.apart {
		v = slashesApart(v)
	}
	q.b.WriteString(v)
}

// slashesApart writes every second of several slashes in string literals as an
// escape: who looks for comments may not read literals.
func slashesApart(literals string) string { return strings.ReplaceAll(literals, "//", `/\u002f`) }

// number writes a whole number; anything else would be no number, so it is
// quoted and the products refuse it.
func (q *query) number(v string) {
	if !isNumber(v) {
		q.str(v)
		return
	}
	q.b.WriteString(v)
}

// count writes a number of this package's own.
func (q *query) count(n int) { q.b.WriteString(strconv.Itoa(n)) }

// comment writes one whole comment line.
func (q *query) comment(s string) {
	q.text("// ")
	q.b.WriteString(comment(s))
	q.text("\n")
}

// trailing writes a comment behind a line, without its end.
func (q *query) trailing(s string) {
	q.text(" // ")
	q.b.WriteString(comment(s))
}

// inline writes ("a", "b"). values must not be empty: KQL has no empty list.
func (q *query) inline(values []string) {
	q.text("(")
	q.strings(values)
	q.text(")")
}

// dynamic writes dynamic(["a", "b"]).
func (q *query) dynamic(values []string) {
	q.text("dynamic([")
	q.strings(values)
	q.text("])")
}

func (q *query) strings(values []string) {
	for i, v := range values {
		if i > 0 {
			q.text(", ")
		}
		q.str(v)
	}
}

// let writes a list of values as a let statement.
func (q *query) let(n name, values literals) {
	q.text("let ")
	q.name(n)
	q.text(" = dynamic([")
	q.literals(values)
	q.text("]);\n")
}

// chars counts characters as the products' limits do, in UTF-16 units.
func chars[T string | []byte](s T) int {
	n := 0
	for n < len(s) && s[n] < utf8.RuneSelf {
		n++
	}
	for _, r := range string(s[n:]) {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// anyOf writes parts with a joining word between them, in parentheses when
// there are several and the place asks for it.
func anyOf[T any](q *query, parts []T, word constant, paren bool, write func(T)) {
	paren = paren && len(parts) > 1
	if paren {
		q.text("(")
	}
	for i, p := range parts {
		if i > 0 {
			q.text(word)
		}
		write(p)
	}
	if paren {
		q.text(")")
	}
}
