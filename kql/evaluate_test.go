package kql

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// row is one row of a table: strings and numbers by column. A column that is
// not set is an empty string, as in the tables.
type row map[string]any

// evaluation runs the KQL that this package writes on one row: enough of the
// language for that, and as the Kusto documentation says of each operator. It
// reads the query's own text, so what a test learns is about the query that an
// analyst would paste.
type evaluation struct {
	t      testing.TB
	tokens []Token
	at     int
	lets   map[string]any
	row    row
}

// evaluate runs a query on a row and returns the row that comes out, or nil
// when a filter dropped it.
func evaluate(t testing.TB, query string, r row) row {
	t.Helper()
	e := &evaluation{t: t, lets: map[string]any{}, row: row{"TimeGenerated": 1, "Timestamp": 1}}
	for k, v := range r {
		e.row[k] = v
	}
	for _, k := range Lex(query) {
		if k.Kind != Space && k.Kind != Comment {
			e.tokens = append(e.tokens, k)
		}
	}
	for e.take("let") {
		e.let()
	}
	e.next() // the table
	if e.take("(") {
		for e.next() != ")" {
		}
	}
	for e.at < len(e.tokens) {
		e.want("|")
		if !e.stage(e.next()) {
			return nil
		}
	}
	return e.row
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
	e.lets[name] = e.or()
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
	case "order":
		for e.at < len(e.tokens) && e.peek() != "|" {
			e.at++
		}
		return true
	}
	e.t.Fatalf("the evaluator does not know %s", op)
	return false
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
	left := e.value()
	switch op := e.peek(); op {
	case ">", "<":
		e.next()
		right := e.value()
		if left == nil || right == nil {
			return nil
		}
		if op == "<" {
			return left.(int) < right.(int)
		}
		return left.(int) > right.(int)
	case "==":
		e.next()
		return text(left) == text(e.value())
	case "in", "in~", "has_any":
		e.next()
		list := e.list()
		if op == "has_any" { // it considers so many values only
			list = list[:min(len(list), AnyValues)]
		}
		return slices.ContainsFunc(list, func(v string) bool {
			switch op {
			case "in":
				return fmt.Sprint(left) == v
			case "in~":
				return lower(fmt.Sprint(left)) == lower(v)
			}
			return hasWord(left.(string), v)
		})
	case "contains", "startswith", "endswith":
		e.next()
		f := map[string]func(s, sub string) bool{"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix}[op]
		return f(lower(left.(string)), lower(e.value().(string)))
	case "matches":
		e.next()
		e.want("regex")
		return regexp.MustCompile(e.value().(string)).MatchString(left.(string))
	}
	return left
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
	case k.Kind == Number:
		var n int
		fmt.Sscan(k.Text, &n)
		return n
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

func (e *evaluation) indexed(v any) any {
	if !e.take("[") {
		return v
	}
	i := e.value()
	e.want("]")
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
			if _, twice := bag[key]; !twice { // the first counts, as in the products
				bag[key] = e.dynamic()
			} else {
				e.dynamic()
			}
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

// functions are the functions that hunts call.
var functions = map[string]func([]any) any{
	"ago":      func([]any) any { return 0 },
	"tostring": func(a []any) any { return text(a[0]) },
	"tolower":  func(a []any) any { return strings.ToLower(text(a[0])) },
	"toint":    func(a []any) any { return a[0] },
	"isempty":  func(a []any) any { return text(a[0]) == "" },
	"trim_end": func(a []any) any {
		return regexp.MustCompile("(?:"+a[0].(string)+")$").ReplaceAllString(text(a[1]), "")
	},
	"trim": func(a []any) any {
		s := regexp.MustCompile("(?:"+a[0].(string)+")$").ReplaceAllString(text(a[1]), "")
		return regexp.MustCompile("^(?:"+a[0].(string)+")").ReplaceAllString(s, "")
	},
	"replace_regex": func(a []any) any {
		rewrite := regexp.MustCompile(`\\([0-9])`).ReplaceAllString(a[2].(string), "$${${1}}")
		return regexp.MustCompile(a[1].(string)).ReplaceAllString(text(a[0]), rewrite)
	},
	"has_any_index": func(a []any) any {
		return slices.IndexFunc(a[1].([]string), func(v string) bool { return hasWord(text(a[0]), v) })
	},
	"format_ipv4_mask": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil || !addr.Is4() {
			return ""
		}
		return netip.PrefixFrom(addr, a[1].(int)).Masked().String()
	},
	"parse_ipv6_mask": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil {
			return nil
		}
		return netip.PrefixFrom(netip.AddrFrom16(addr.As16()), a[1].(int)).Masked().Addr().StringExpanded()
	},
	"isnotempty": func(a []any) any { return text(a[0]) != "" },
	"not": func(a []any) any {
		if a[0] == nil {
			return nil
		}
		return a[0] != true
	},
	"iff": func(a []any) any {
		if a[0] == true {
			return a[1]
		}
		return a[2]
	},
	"case": func(a []any) any {
		for i := 0; i+1 < len(a); i += 2 {
			if a[i] == true {
				return a[i+1]
			}
		}
		return a[len(a)-1]
	},
	"coalesce": func(a []any) any {
		for _, v := range a {
			if v != nil && v != "" {
				return v
			}
		}
		return a[len(a)-1]
	},
	"strcat": func(a []any) any {
		s := ""
		for _, v := range a {
			s += text(v)
		}
		return s
	},
	"substring": func(a []any) any {
		s := a[0].(string)
		return s[min(a[1].(int), len(s)):]
	},
	"extract": func(a []any) any {
		m := regexp.MustCompile(a[0].(string)).FindStringSubmatch(text(a[2]))
		if m == nil {
			return ""
		}
		return m[a[1].(int)]
	},
	"extract_all": func(a []any) any {
		var all []string
		for _, m := range regexp.MustCompile(a[0].(string)).FindAllStringSubmatch(text(a[1]), -1) {
			all = append(all, m[1])
		}
		return all
	},
	"set_intersect": func(a []any) any {
		list, ok := a[1].([]string)
		if !ok || list == nil {
			return nil
		}
		return slices.DeleteFunc(slices.Clone(a[0].([]string)), func(v string) bool { return !slices.Contains(list, v) })
	},
	"array_length": func(a []any) any {
		switch list := a[0].(type) {
		case []string:
			return len(list)
		case []any:
			return len(list)
		}
		return nil
	},
	"has_any_ipv4": func(a []any) any {
		return slices.ContainsFunc(a[1].([]string), func(v string) bool { return hasWord(text(a[0]), v) })
	},
	"ipv4_is_in_any_range": func(a []any) any { return inRanges(a[0].(string), a[1].([]string), true) },
	"ipv6_is_in_any_range": func(a []any) any { return inRanges(a[0].(string), a[1].([]string), false) },
	"parse_ipv6": func(a []any) any {
		addr, err := netip.ParseAddr(text(a[0]))
		if err != nil {
			return nil
		}
		return netip.AddrFrom16(addr.As16()).StringExpanded()
	},
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// lower is how comparisons without case see a text: they know ASCII only.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r |= 0x20
		}
		return r
	}, s)
}

// hasWord is true when value stands in s with no letter or digit on either
// side: the meaning of has and of has_ipv4.
func hasWord(s, value string) bool {
	s, value = lower(s), lower(value)
	alnum := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; ; {
		i := strings.Index(s[at:], value)
		if i < 0 {
			return false
		}
		before, after := []rune(s[:at+i]), []rune(s[at+i+len(value):])
		if (len(before) == 0 || !alnum(before[len(before)-1])) && (len(after) == 0 || !alnum(after[0])) {
			return true
		}
		at += i + 1
	}
}

// inRanges is null for what is no address of the family.
func inRanges(s string, ranges []string, v4 bool) any {
	addr, err := netip.ParseAddr(s)
	if err != nil || v4 && !addr.Is4() {
		return nil
	}
	for _, r := range ranges {
		if a, err := netip.ParseAddr(r); err == nil && a.Unmap() == addr.Unmap() {
			return true
		}
		if p, err := netip.ParsePrefix(r); err == nil && p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
