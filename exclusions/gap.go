package exclusions

import "quarry/kql"

// remark reads parentheses inside a clause: more of the condition, or words
// about it.
func (r *reader) remark() node {
	if r.expression() {
		return r.parens()
	}
	start := r.at
	if c := (context{op: opIs, alone: true}); r.formed(r.at, &c) {
		list := r.bracketed(&c)
		if len(list.values) > 0 {
			c.field = r.fieldFor(list.values[0])
		}
		if c.field != "" {
			return r.testAll([]kql.Field{c.field}, anyNode, &c, list, start)
		}
		return r.gapIn(start, r.at)
	}
	for depth := 0; r.more(); {
		i := r.peek(0)
		r.at++
		if i.open() {
			depth++
		} else if i.close() {
			if depth--; depth == 0 {
				break
			}
		}
	}
	return r.gapIn(start, r.at)
}

// gapIn is a gap of some items, nothing when they carry no meaning.
func (r *reader) gapIn(from, to int) node {
	for from < to && r.items[from].skips() {
		from++
	}
	for to > from && r.items[to-1].skips() {
		to--
	}
	if s := r.between(from, to); r.carries(s) {
		return gap(s)
	}
	return node{}
}

// gapFrom is a gap that begins at an item and goes on to where something else
// may be understood.
func (r *reader) gapFrom(start int) node {
	for first := true; r.more(); first = false {
		i := r.peek(0)
		ends := i.connector != 0 || i.mark(",") || i.open() || i.close() || i.kind == endToken || i.verb != nil && !i.filler ||
			i.field != nil && (r.testedAt(r.at) || r.valueAt(r.at+1))
		if ends && (!first || r.at > start || i.connector != 0) {
			break
		}
		r.at++
	}
	if r.at == start { // never stand still
		r.at++
	}
	return r.gapIn(start, r.at)
}
