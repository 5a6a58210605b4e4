package kql

import (
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
)

// MissingFieldError says that a table has no column for fields of a condition.
type MissingFieldError struct {
	Table  string
	Fields []Field
}

func (e *MissingFieldError) Error() string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = string(f)
	}
	return e.Table + " has no column for " + strings.Join(names, ", ")
}

// Missing lists the fields of a condition for which the table has no column,
// each once. Every table has the time of a row. An account that is given by its
// security identifier needs a column for those.
func (t *Table) Missing(c Condition) []Field {
	var missing []Field
	for _, test := range Tests(identified(c)) {
		if kind, _ := test.Field.Kind(); kind == TimeField {
			continue
		}
		if len(t.Fields[test.Field]) == 0 && !slices.Contains(missing, test.Field) {
			missing = append(missing, test.Field)
		}
	}
	return missing
}

// Clause writes the predicate that is true for the rows of the table which the
// condition describes. It is never null: functions that return null for what
// they cannot read are wrapped, so that not(...) drops nothing else. A condition
// with a part that tests nothing, such as an Or without members, an empty value
// or a host with a slash or a colon, is false: it excludes no row, where the
// rest alone could exclude too many. A test of a host reads only the host where
// the column holds URLs; a name, never an address in brackets. A path begins and
// ends with whole folders, see [PathForms]. The time of day
// is that of the target's time column, in UTC. The error is a
// [*MissingFieldError].
func (t *Table) Clause(c Condition, target Target) (string, error) {
	var q query
	err := t.writeClause(&q, c, target)
	return q.String(), err
}

// writeClause is [Table.Clause]; it writes nothing where that fails.
func (t *Table) writeClause(q *query, c Condition, target Target) error {
	if !sound(c) {
		q.text("false")
		return nil
	}
	if missing := t.Missing(c); len(missing) > 0 {
		return &MissingFieldError{Table: t.Name, Fields: missing}
	}
	t.writeCondition(q, identified(c), false, name(t.Time[target]))
	return nil
}

// sound reports whether every part of a condition tests something.
func sound(c Condition) bool {
	switch c := c.(type) {
	case And:
		return len(c) > 0 && !slices.ContainsFunc(c, unsound)
	case Or:
		return len(c) > 0 && !slices.ContainsFunc(c, unsound)
	case Not:
		return sound(c.Condition)
	case Test:
		if kind, _ := c.Field.Kind(); kind == HostField && c.Op != Matches && slices.ContainsFunc(c.Values, noHost) {
			return false
		}
		return len(c.Values) > 0 && !slices.Contains(c.Values, "") && slices.Contains(Operators, c.Op)
	}
	return false
}

func unsound(c Condition) bool { return !sound(c) }

func (t *Table) writeCondition(q *query, c Condition, inner bool, at name) {
	switch c := c.(type) {
	case And:
		anyOf(q, c, " and ", inner, func(c Condition) { t.writeCondition(q, c, true, at) })
	case Or:
		anyOf(q, c, " or ", inner, func(c Condition) { t.writeCondition(q, c, true, at) })
	case Not:
		q.text("not(")
		t.writeCondition(q, c.Condition, false, at)
		q.text(")")
	case Test:
		if kind, _ := c.Field.Kind(); kind == TimeField {
			writeAny(q, inSpans(q, at, c.Values), inner)
			return
		}
		t.writeTest(q, c, inner)
	}
}

// writeTest compares every column that carries the field: one that matches is
// enough.
func (t *Table) writeTest(q *query, test Test, inner bool) {
	kind, _ := test.Field.Kind()
	var preds []func()
	for _, col := range t.Fields[test.Field] {
		preds = append(preds, t.predicates(q, name(col), kind, test)...)
	}
	writeAny(q, preds, inner)
}

func writeAny(q *query, preds []func(), inner bool) {
	anyOf(q, preds, " or ", inner, func(p func()) { p() })
}

// predicates are the comparisons, joined by or, that make up one test of one
// column.
func (t *Table) predicates(q *query, col name, kind FieldKind, test Test) []func() {
	each := func(op constant, values []string) (ps []func()) {
		for _, v := range values {
			ps = append(ps, func() { q.name(col); q.text(op); q.str(v) })
		}
		return ps
	}
	if kind == HostField && t.isURL(col) {
		return hostOfURL(q, col, test)
	}
	if kind == PathField && (test.Op == StartsWith || test.Op == EndsWith) {
		return ofPath(q, col, test)
	}
	switch test.Op {
	case Is:
		if kind == IPField {
			return t.ranges(q, col, test.Values)
		}
		is := []func(){func() { writeIs(q, col, kind, test.Values) }}
		return append(is, each(" startswith ", t.qualified(col, kind, test.Values))...)
	case ContainsWord:
		if !allTerms(test.Values) {
			return each(" contains ", test.Values)
		}
		return []func(){func() { q.name(col); q.text(" has_any "); q.inline(test.Values) }}
	case Contains:
		return each(" contains ", test.Values)
	case StartsWith:
		return each(" startswith ", test.Values)
	case EndsWith:
		if kind == HostField {
			return each(" endswith ", withDot(test.Values))
		}
		return each(" endswith ", test.Values)
	case InRange:
		return t.ranges(q, col, test.Values)
	case Matches:
		return eachRegex(q, test.Values, func() { q.name(col) })
	}
	return nil
}

// qualified are the beginnings of the full names that a column may hold for
// values which are no full names themselves: WS1. for WS1, bob@ for bob.
func (t *Table) qualified(col name, kind FieldKind, values []string) (all []string) {
	mark := t.Qualified[string(col)]
	if kind != NameField || mark == "" {
		return nil
	}
	for _, v := range values {
		if !strings.ContainsAny(v, mark+`\`) {
			all = append(all, v+mark)
		}
	}
	return all
}

// eachRegex compares what text writes with the regular expressions of an
// analyst.
func eachRegex(q *query, values []string, text func()) (ps []func()) {
	for _, v := range values {
		matches := func() { text(); q.text(" matches regex "); q.regex("(?i)" + plainRegex(v)) }
		if re, err := regexp.Compile(v); err == nil && re.MatchString("") { // an empty column meets no test
			ps = append(ps, func() { q.text("(isnotempty("); text(); q.text(") and "); matches(); q.text(")") })
			continue
		}
		ps = append(ps, matches)
	}
	return ps
}

func allTerms(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !hasTerm(v) })
}

// hasTerm reports whether v holds a letter or digit; a search for a word
// without any has no defined meaning in KQL.
func hasTerm(v string) bool {
	return strings.ContainsFunc(v, func(r rune) bool { return r < 0x80 && (isLetter(byte(r)) && r != '_' || isDigit(byte(r))) })
}

func writeIs(q *query, col name, kind FieldKind, values []string) {
	switch kind {
	case NumberField:
		q.name(col)
		q.text(" in (")
		for i, v := range values {
			if i > 0 {
				q.text(", ")
			}
			q.number(v)
		}
		q.text(")")
		return
	case ProgramField:
		values = withExe(values)
	case HostField:
		values = withDot(values)
	}
	q.name(col)
	q.text(" in~ ")
	q.inline(values)
}

// withExe adds the Windows file name of a program named without an extension:
// reports write "schtasks" where the column holds "schtasks.exe".
func withExe(values []string) (all []string) {
	for _, v := range values {
		all = append(all, v)
		if !strings.Contains(v, ".") {
			all = append(all, v+".exe")
		}
	}
	return all
}

// inSpans compare the time of day of a row. A span over midnight is two.
func inSpans(q *query, at name, spans []string) (ps []func()) {
	since := func(op constant, minutes int) func() {
		return func() {
			q.name(at)
			q.text(" - startofday(")
			q.name(at)
			q.text(")")
			q.text(op)
			q.timespan(time.Duration(minutes) * time.Minute)
		}
	}
	for _, v := range spans {
		from, to, _ := spanOfDay(v)
		after, before := since(" >= ", from), since(" < ", to)
		switch {
		case from == 0:
			ps = append(ps, before)
		case to == 0 || to == 24*60:
			ps = append(ps, after)
		case from < to:
			ps = append(ps, func() { q.text("("); after(); q.text(" and "); before(); q.text(")") })
		default:
			ps = append(ps, after, before)
		}
	}
	return ps
}

// ranges compare addresses and blocks. Both functions are null for a value
// that is no address, and not(null) would drop the row, hence coalesce.
func (t *Table) ranges(q *query, col name, values []string) (ps []func()) {
	var v4, v6 []string
	for _, v := range values {
		is4 := strings.Contains(v, ".") && !strings.Contains(v, ":")
		if a, err := netip.ParseAddr(v); err == nil {
			v, is4 = a.Unmap().String(), a.Unmap().Is4()
		}
		if is4 {
			v4 = append(v4, v)
		} else {
			v6 = append(v6, v)
		}
	}
	in := func(function constant, blocks []string, column func()) func() {
		return func() {
			q.text("coalesce(")
			q.text(function)
			q.text("(")
			column()
			q.text(", ")
			q.dynamic(blocks)
			q.text("), false)")
		}
	}
	whole := func() { q.name(col) }
	if len(v4) > 0 {
		ps = append(ps, in("ipv4_is_in_any_range", v4, whole))
		if t.mapped(col) {
			inner := in("ipv4_is_in_any_range", v4, func() { q.text("substring("); q.name(col); q.text(", 7)") })
			ps = append(ps, func() {
				q.text("(")
				q.name(col)
				q.text(` startswith "::ffff:" and `)
				inner()
				q.text(")")
			})
		}
	}
	if len(v6) > 0 {
		ps = append(ps, in("ipv6_is_in_any_range", v6, whole))
	}
	return ps
}

// mapped reports whether IPv4 may stand in the column as ::ffff:a.b.c.d.
func (t *Table) mapped(col name) bool {
	return slices.ContainsFunc(t.IOC.IP, func(c Column) bool { return c.Mapped && c.Column == string(col) })
}

// plainRegex rewrites what an analyst typed into a form that Kusto's engine
// reads as Go's RE2 does: classes without the operators && -- ~~ that only
// Kusto has, and no capturing groups, of which Kusto allows 16.
func plainRegex(v string) string {
	re, err := syntax.Parse(v, syntax.Perl)
	if err != nil {
		return QuoteRegex(v) // ParseCondition refuses it; nothing else may pass
	}
	return withoutCaptures(re).String()
}

func withoutCaptures(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = withoutCaptures(sub)
	}
	if re.Op == syntax.OpCapture {
		return re.Sub[0]
	}
	return re
}
