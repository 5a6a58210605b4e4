package kql

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quarry/feed"
)

// maxNesting bounds how deep parentheses and "not" may nest in a condition;
// queries with deeper expressions are refused by the products.
const maxNesting = 50

// ParseCondition reads the text form of a condition:
//
//	condition = term { "or" term }
//	term      = factor { "and" factor }
//	factor    = [ "not" ] ( "(" condition ")" | test )
//	test      = field operator ( value | [ "one of" ] "(" value { "," value } ")" )
//	value     = "..." with backslash escapes, '...' as it stands, or a bare word
//
// Words are read without case. Values are checked against the kind of their
// field: numbers for ports, addresses or blocks for addresses, a regular
// expression that compiles after matches. The error is a [*ConditionError].
func ParseCondition(text string) (Condition, error) {
	p := &conditionParser{text: text}
	c, err := p.condition(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.at < len(p.text) {
		return nil, p.fail(ExpectConnector, "expected and, or, or the end")
	}
	return c, nil
}

// Expected is what can stand somewhere in a condition.
type Expected uint8

// What can stand in a condition.
const (
	ExpectAny       Expected = iota // nothing in particular
	ExpectField                     // a field, "not" or an opening parenthesis
	ExpectOperator                  // the operator of a test
	ExpectValue                     // a value of a test
	ExpectList                      // a comma or the end of a list
	ExpectConnector                 // "and", "or", or the end
)

type conditionParser struct {
	text string
	at   int
	now  Test // that is being read, without values
}

func (p *conditionParser) fail(expects Expected, reason string) error {
	return &ConditionError{Text: p.text, Offset: p.at, Reason: reason, Expects: expects, Field: p.now.Field, Op: p.now.Op}
}

func (p *conditionParser) skip() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// word takes the given word or words if they come next.
func (p *conditionParser) word(w string) bool {
	p.skip()
	rest := p.text[p.at:]
	for i, part := range strings.Fields(w) {
		if i > 0 {
			trimmed := strings.TrimLeft(rest, " \t\r\n")
			if trimmed == rest {
				return false
			}
			rest = trimmed
		}
		if len(rest) < len(part) || !strings.EqualFold(rest[:len(part)], part) {
			return false
		}
		rest = rest[len(part):]
	}
	if rest != "" && isBare(rest[0]) {
		return false
	}
	p.at = len(p.text) - len(rest)
	return true
}

func (p *conditionParser) punct(c byte) bool {
	p.skip()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *conditionParser) condition(depth int) (Condition, error) {
	return p.chain("or", depth, p.term, func(cs []Condition) Condition { return Or(cs) })
}

func (p *conditionParser) term(depth int) (Condition, error) {
	return p.chain("and", depth, p.factor, func(cs []Condition) Condition { return And(cs) })
}

func (p *conditionParser) chain(word string, depth int, part func(int) (Condition, error), join func([]Condition) Condition) (Condition, error) {
	var cs []Condition
	for {
		c, err := part(depth)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
		if !p.word(word) {
			break
		}
	}
	if len(cs) == 1 {
		return cs[0], nil
	}
	return join(cs), nil
}

func (p *conditionParser) factor(depth int) (Condition, error) {
	if depth > maxNesting {
		return nil, p.fail(ExpectAny, "too many parentheses inside each other")
	}
	if p.word("not") {
		c, err := p.factor(depth + 1)
		if err != nil {
			return nil, err
		}
		return Not{c}, nil
	}
	if p.punct('(') {
		c, err := p.condition(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.punct(')') {
			return nil, p.fail(ExpectConnector, "expected a closing parenthesis")
		}
		return c, nil
	}
	return p.test()
}

func (p *conditionParser) test() (Condition, error) {
	p.skip()
	p.now = Test{}
	start := p.at
	for p.at < len(p.text) && (isBare(p.text[p.at])) {
		p.at++
	}
	field := Field(strings.ToLower(p.text[start:p.at]))
	kind, ok := field.Kind()
	if !ok {
		p.at = start
		return nil, p.fail(ExpectField, "expected a field"+meant(string(field)))
	}
	t := Test{Field: field}
	p.now = t
	for _, op := range Operators {
		if p.word(string(op)) {
			t.Op = op
			break
		}
	}
	if t.Op == "" {
		return nil, p.fail(ExpectOperator, "expected an operator: is, contains, contains word, starts with, ends with, in range, matches")
	}
	p.now.Op = t.Op
	at := p.at
	values, err := p.values()
	if err != nil {
		return nil, err
	}
	t.Values = values
	if reason := t.check(kind); reason != "" {
		p.at = at
		return nil, p.fail(ExpectValue, reason)
	}
	return t, nil
}

func (p *conditionParser) values() ([]string, error) {
	list := p.word("one of")
	if !p.punct('(') {
		if list {
			return nil, p.fail(ExpectList, `expected a list such as ("a", "b")`)
		}
		v, err := p.value()
		return []string{v}, err
	}
	var vs []string
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
		if p.punct(')') {
			return vs, nil
		}
		if !p.punct(',') {
			return nil, p.fail(ExpectList, "expected a comma or a closing parenthesis")
		}
	}
}

func (p *conditionParser) value() (string, error) {
	p.skip()
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, `"`):
		end := literalEnd(rest, 0)
		v, ok := Unquote(rest[:end])
		if !ok {
			return "", p.fail(ExpectValue, `this text in double quotes is not finished, or has an unknown escape; write \\ for a backslash`)
		}
		p.at += end
		return v, nil
	case strings.HasPrefix(rest, "'"):
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			return "", p.fail(ExpectValue, "this text in single quotes is not finished")
		}
		p.at += end + 2
		return rest[1 : end+1], nil
	}
	n := 0
	for n < len(rest) && isBare(rest[n]) {
		n++
	}
	if n == 0 {
		return "", p.fail(ExpectValue, "expected a value in quotes")
	}
	p.at += n
	return rest[:n], nil
}

// isBare reports whether c may stand in a field or in a value without quotes.
func isBare(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte(".-_:/\\@%*+", c) >= 0 || c >= utf8.RuneSelf
}

// check says what is wrong with a test for a field of this kind, or "".
func (t Test) check(kind FieldKind) string {
	for _, v := range t.Values {
		if v == "" {
			return "an empty value would match every row"
		}
		if !utf8.ValidString(v) {
			return "the value is not valid UTF-8"
		}
		if t.Op == Matches {
			if _, err := regexp.Compile(v); err != nil {
				return "the regular expression does not compile: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
			}
		}
	}
	first := func(valid func(string) bool) string { // that is not
		if i := slices.IndexFunc(t.Values, func(v string) bool { return !valid(v) }); i >= 0 {
			return t.Values[i]
		}
		return ""
	}
	switch {
	case kind == NumberField && t.Op != Is:
		return "numbers compare with is only"
	case kind == NumberField && first(isNumber) != "":
		return feed.Quote(first(isNumber)) + " is no whole number such as 443"
	case kind == TimeField && t.Op != InRange:
		return "times of day compare with in range only"
	case kind == TimeField && first(isSpan) != "":
		return feed.Quote(first(isSpan)) + " is no span of the day such as 22:00-06:00, in UTC"
	case t.Op == InRange && kind != IPField && kind != TimeField:
		return "only addresses and times of day compare with in range"
	case t.Op == InRange && kind == IPField && first(isRange) != "":
		return feed.Quote(first(isRange)) + " is no range of addresses" + addressAdvice(first(isRange))
	case kind == IPField && t.Op == Is && isRange(first(isAddr)):
		return feed.Quote(first(isAddr)) + " is a range of addresses; write a block with in range"
	case kind == IPField && t.Op == Is && first(isAddr) != "":
		return feed.Quote(first(isAddr)) + " is no IP address" + addressAdvice(first(isAddr))
	}
	return ""
}

func isNumber(v string) bool {
	_, err := strconv.ParseUint(v, 10, 31)
	return err == nil
}

func isAddr(v string) bool {
	a, err := netip.ParseAddr(v)
	return err == nil && a.Zone() == ""
}

func isRange(v string) bool {
	_, err := netip.ParsePrefix(v)
	return err == nil || isAddr(v)
}

func isSpan(v string) bool {
	_, _, ok := spanOfDay(v)
	return ok
}

// spanOfDay reads a span such as 22:00-06:00 as minutes after midnight; the end
// is not in it. One that ends before it starts goes over midnight. A span that
// starts and ends at one minute is none.
func spanOfDay(v string) (from, to int, ok bool) {
	a, b, ok := strings.Cut(v, "-")
	from, okFrom := minuteOfDay(a)
	to, okTo := minuteOfDay(b)
	return from, to, ok && okFrom && okTo && from != to && from < 24*60
}

func minuteOfDay(v string) (int, bool) {
	h, m, ok := strings.Cut(v, ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err != nil || err2 != nil || len(h) != 2 || len(m) != 2 || strings.ContainsAny(v, "+-") {
		return 0, false
	}
	return hour*60 + minute, hour < 24 && minute < 60 || hour == 24 && minute == 0
}

// meant says which field is nearest to a word that is none, or names some. A
// field is also found by the other names that people have for it; a word with
// the first part of fields is told all of those.
func meant(word string) string {
	var names []string
	of := map[string]Field{}
	for _, f := range fields() {
		for _, n := range append([]string{string(f.Field)}, f.Also...) {
			names, of[n] = append(names, n), f.Field
		}
	}
	if near := feed.Nearest(word, names); near != "" && word != "" {
		return "; did you mean " + string(of[near]) + "?"
	}
	family, _, ok := strings.Cut(word, ".")
	var all []string
	for _, f := range fields() {
		if ok && strings.HasPrefix(string(f.Field), family+".") {
			all = append(all, string(f.Field))
		}
	}
	if len(all) > 0 {
		return "; those of " + family + " are " + strings.Join(all, ", ")
	}
	return " such as process.name or remote.ip"
}
