package exclusions

import (
	"slices"
	"strings"

	"quarry/kql"
)

// bracketed reads a list in brackets.
func (r *reader) bracketed(c *context) valueList {
	var list valueList
	c.list = true
	r.at++
	for r.more() && !r.peek(0).close() {
		if i := r.peek(0); i.mark(",") || i.connector != 0 || i.example || i.mark(":") || i.kind == endToken {
			r.at++
			continue
		}
		start := r.at
		for r.more() && !r.memberEnds(0) {
			r.at++
		}
		if r.at == start {
			r.at++
		}
		if v, ok := r.member(start, r.at, c); ok {
			list.values = append(list.values, v)
		} else {
			list.gaps = append(list.gaps, r.gapIn(start, r.at))
		}
	}
	if r.more() {
		r.at++
	}
	return list
}

func (r *reader) memberEnds(n int) bool {
	i := r.peek(n)
	return i.mark(",") || i.connector != 0 || i.close() || i.open() || i.kind == endToken
}

// member is a whole member of a list as one value. Several words are one only
// where columns hold such text: no program is called "log parser".
func (r *reader) member(from, to int, c *context) (value, bool) {
	for from < to-1 && r.items[from].skips() && r.items[from].account == "" {
		from++
	}
	if to-from == 1 {
		v := r.valueOf(r.items[from])
		if v.account != "" && r.role(from, c) {
			return v, false
		}
		return v, !c.named || v.kind != wordValue || v.account != "" || v.quoted
	}
	s := r.between(from, to)
	v := value{span: s, text: strings.TrimSpace(r.text[s.Start:s.End]), kind: wordValue}
	if slices.ContainsFunc(r.items[from:to], func(i item) bool { return i.relative }) {
		return v, false
	}
	kind, known := c.field.Kind()
	return v, known && (kind == kql.TextField || kind == kql.PathField || kind == kql.NameField)
}
