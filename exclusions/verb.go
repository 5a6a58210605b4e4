package exclusions

import "quarry/kql"

// verbTest reads a verb and its values; a field behind them says what they
// are, as in "run by the svc_x account".
func (r *reader) verbTest() node {
	start := r.at
	verb := r.peek(0).verb
	r.at++
	field := verb.Field
	if alt, ok := verb.About[r.about]; ok {
		field = alt
	}
	kind, _ := field.Kind()
	if field == fromField {
		field = r.origin(start)
	}
	c := context{field: field, op: opIs, named: verb.Named, actor: kind == kql.ProgramField}
	list := r.values(&c)
	if len(list.values) == 0 {
		r.skip()
		if i := r.peek(0); i.field != nil && len(list.gaps) == 0 && r.at > start {
			r.side = field
			return node{} // "traffic to URLs that contain x": the field says it all
		}
		return r.gapFrom(start)
	}
	if f := r.fieldBehind(); f != "" {
		c.field = f
	} else if c.actor && r.machine(list.values[0]) {
		c.field = unclear // "via the proxy at 192.0.2.7"
		if verb.Acts {
			c.field = ownField // "made by the scanner at 192.0.2.7"
		}
	} else if c.actor && !(c.list && r.tools(start, list.values[0])) && !list.programs() {
		return r.gapIn(start, r.at)
	}
	c.field = sided(field, c.field)
	return r.testAll([]kql.Field{c.field}, anyNode, &c, list, start)
}

// fieldBehind takes a field that follows values, is not tested itself and so
// says what they are.
func (r *reader) fieldBehind() kql.Field {
	n := 0
	for i := r.peek(n); i.skips() && !i.relative && !i.preposition; i = r.peek(n) {
		n++
	}
	i := r.peek(n)
	if i.field == nil || r.peek(n+1).operator != nil && !r.peek(n+1).filler || r.peek(n+1).open() || r.valueAt(r.at+n+1) {
		return ""
	}
	r.at += n + 1
	return r.of(i.field)
}
