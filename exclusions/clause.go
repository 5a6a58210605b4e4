package exclusions

import (
	"strings"

	"quarry/kql"
)

// The shapes of a clause, in the order in which they are tried:
//
//	FIELD { "or" FIELD } [OPERATOR] VALUES     the command line includes x or y
//	OPERATOR VALUES                            ... or starts with z; the field is that before
//	VERB VALUES [FIELD]                        executed by the svc_x account
//	VALUES ["in"] FIELD                        with veeam in the command line
//	VALUES                                     github.com; C:\Tools\; Jenkins
//
// Whatever fits none of them is a gap that reaches to the next connector,
// field or verb.

// clause reads shapes until a connector, a bracket or the end. Behind it
// parentheses may hold a remark or more of the condition.
func (r *reader) clause() node {
	var all []node
	for r.skip(); r.more(); r.skip() {
		i := r.peek(0)
		switch {
		case i.connector == notWord && i.operator == nil:
			if r.inNot > 0 && len(all) > 0 {
				return join(allNode, all...)
			}
			all = append(all, r.factor())
		case i.connector == andWord, i.connector == orWord, i.mark(","), i.kind == endToken:
			return join(allNode, all...)
		case i.close():
			if r.inside > 0 {
				return join(allNode, all...)
			}
			r.at++
		case i.open():
			all = append(all, r.remark())
		case i.operator != nil && !i.filler && r.verbBehind() > 0:
			at := r.at
			r.at += r.verbBehind()
			if i.operator.Not {
				n, examples := r.exampled(r.verbTest)
				all = append(all, r.negative(n, examples, []int{at}))
			}
		case i.field != nil && r.peek(1).bare == "field":
			r.at += 2
		case i.field != nil && r.peek(1).bare == "of" && r.fieldBeyond(2): // "the user of the parent process"
			all = append(all, r.gapClause())
		case i.field != nil && r.peek(1).field != nil: // "the URL's domain"
			if !owns(r.of(i.field), r.of(r.peek(1).field)) {
				all = append(all, r.gapClause())
				continue
			}
			r.side = sideOf(r.of(i.field))
			r.at++
		case i.field != nil || i.subject != nil && r.testedAt(r.at) && i.subject.Field != "":
			all = append(all, r.fieldTest())
		case i.verb != nil:
			all = append(all, r.verbTest())
		case r.unknownTested(r.at):
			all = append(all, r.gapClause())
		case i.operator != nil && r.field != nil && r.goesOn():
			all = append(all, r.operatorTest([]kql.Field{r.of(r.field)}, r.field.Op, anyNode, r.at))
		default:
			all = append(all, r.valueTest())
		}
	}
	return join(allNode, all...)
}

// unknownTested reports whether an item is a word of no meaning here that is
// tested itself, as in "and LogonType is 5": what is said of it is said of no
// field before.
func (r *reader) unknownTested(at int) bool {
	if i := r.items[at]; i.kind != wordToken || !i.plain() || i.form > nameValue || at+1 >= r.stop || !r.operates(at+1) {
		return false
	}
	o := r.items[at+1].operator
	return !o.Example && o.Op == kql.Is
}

// goesOn reports whether the operator here, which has no field of its own, still
// compares the field before. "That are named" speaks of the subject, and so may
// anything behind a "that".
func (r *reader) goesOn() bool {
	field := r.of(r.field)
	if kind, _ := field.Kind(); field == "process.name" || field == "task.name" || strings.HasPrefix(string(field), "file.") ||
		kind == kql.HostField || kind == kql.URLField {
		return true
	}
	text := strings.ToLower(r.peek(0).text)
	if strings.HasSuffix(text, "named") || strings.HasSuffix(text, "called") {
		return false
	}
	at := r.at - 1
	for at >= r.begun && r.items[at].skips() && !r.items[at].relative {
		at--
	}
	return at < r.begun || !r.items[at].relative
}

// verbBehind is how far behind an operator its verb stands, as in "are signed
// by"; 0 when there is none.
func (r *reader) verbBehind() int {
	n := 1
	for r.peek(n).skips() && r.peek(n).verb == nil {
		n++
	}
	if r.peek(n).verb == nil {
		return 0
	}
	return n
}

// fieldTest reads fields, an operator and values. Several fields in front of
// one operator are tested alike.
func (r *reader) fieldTest() node {
	start := r.at
	fields, joint := r.fields()
	op := kql.Operator("")
	if r.field != nil {
		op = r.field.Op
	}
	return r.operatorTest(fields, op, joint, start)
}

func (r *reader) fields() (fields []kql.Field, joint nodeKind) {
	joint = anyNode
	defer func() { r.side = "" }()
	for {
		i := r.peek(0)
		if i.field != nil {
			r.field = i.field
		} else {
			r.field = &fieldWord{Field: i.subject.Field}
		}
		fields = append(fields, sided(r.side, r.of(r.field)))
		r.at++
		n, kind := r.connector()
		if n == 0 {
			return fields, joint
		}
		next := r.at + n
		for next < r.stop && r.items[next].skips() {
			next++
		}
		if next >= r.stop || r.items[next].field == nil {
			return fields, joint
		}
		if kind == andWord {
			joint = allNode
		}
		r.at = next
	}
}

// operatorTest reads an operator, or takes the one given, and values.
func (r *reader) operatorTest(fields []kql.Field, op kql.Operator, joint nodeKind, start int) node {
	c := context{field: fields[0], op: op, adjacent: true}
	if c.op == "" {
		c.op = opIs
	}
	negated, symbols, nots := r.operators(&c)
	c.exact = c.exact || r.field != nil && r.field.Plain
	n, examples := r.exampled(func() node {
		list := r.values(&c)
		if c.field != fields[0] {
			fields = []kql.Field{c.field}
		}
		r.sameBehind(&c)
		list.all = list.all && !negated // "does not contain a and b" means neither
		r.patterns(&c, &list)
		return r.testAll(fields, joint, &c, list, start)
	})
	if negated {
		if n = r.negative(n, examples, nots); n.kind == notNode {
			n.symbols = symbols
		}
	}
	return n
}

// sameBehind leaves out a noun behind values that only says again what they
// are: "the source IP is in the 192.0.2.0/24 range".
func (r *reader) sameBehind(c *context) {
	here := r.at
	f := r.fieldBehind()
	kind, _ := c.field.Kind()
	if f != c.field && !(f == eitherIP && (kind == kql.IPField || c.field == "device.name")) {
		r.at = here
	}
}

// operators reads the operators ahead; "is located in" is two of them.
func (r *reader) operators(c *context) (negated, symbols bool, nots []int) {
	for first := true; ; first = false {
		n := 0
		for r.peek(n).skips() && !r.operates(r.at+n) {
			n++
		}
		if r.at+n >= r.stop || !r.operates(r.at+n) {
			return negated, symbols, nots
		}
		o := r.peek(n).operator
		// Field|endswith: "x" has two, of which "is" says less.
		keeps := o.Op == opIs && (!first || r.field != nil && r.field.Fixed)
		if !o.Example && !keeps {
			c.op = o.Op
		}
		if o.Inside && !o.Example && !holdsOthers(c.field) {
			c.op = opIs // "the host is in the list": no name is inside another
		}
		if o.Not {
			nots = append(nots, r.at+n)
		}
		r.examples = r.examples || o.Example
		c.pattern = c.pattern || o.Pattern
		negated = negated != o.Not
		symbols = symbols || o.Not && o.Exact
		c.exact = c.exact || o.Exact || o.Example
		c.adjacent = false
		r.at += n + 1
	}
}

// holdsOthers reports whether values of a field lie in others, as paths and
// addresses do.
func holdsOthers(f kql.Field) bool {
	switch kind, ok := f.Kind(); kind {
	case kql.NameField, kql.ProgramField, kql.HostField, kql.HashField:
		return !ok
	}
	return true
}

// testAll is the test of fields against a list of values; a gap from start
// when there is no value.
func (r *reader) testAll(fields []kql.Field, joint nodeKind, c *context, list valueList, start int) node {
	if len(list.values) == 0 {
		r.at = max(r.at, start)
		return r.gapFrom(start)
	}
	whole := r.between(start, r.at)
	var each []node
	for _, f := range fields {
		n := node{}
		if list.all && joinsAll(c.op) {
			for _, v := range list.values {
				n = join(allNode, n, r.tests(f, c.op, []value{v}, v.span))
			}
		} else {
			n = r.tests(f, c.op, list.values, whole)
		}
		each = append(each, n)
	}
	n := join(joint, each...)
	for _, g := range list.gaps {
		n = join(anyNode, n, g)
	}
	return n
}

// joinsAll reports whether "x and y" behind the operator means both. A name
// can only be one of them, so there it means either.
func joinsAll(op kql.Operator) bool { return op == kql.Contains || op == kql.ContainsWord }

// fieldAhead looks for a field behind single words that are joined by "or", and
// says how many items stand in front of it.
func (r *reader) fieldAhead() (*fieldWord, int) {
	member := false // the last item was one
	for n := 0; r.at+n < r.stop && n < reach; n++ {
		i := r.peek(n)
		switch {
		case i.mark(","), i.connector == andWord, i.connector == orWord:
			member = false
		case i.field != nil && n > 0 && member:
			if next := r.peek(n + 1); next.operator != nil && !next.filler || r.valueAt(r.at+n+1) {
				return nil, 0
			}
			return i.field, n
		case i.relative, i.kind == symbolToken, i.kind == endToken, i.verb != nil && !i.filler, i.operator != nil && !i.filler, i.subject != nil:
			return nil, 0
		case member && i.preposition && i.bare != "in" && i.bare != "as":
			return nil, 0 // "lookups of x by hosts"
		case i.skips() && i.account == "":
		case member:
			return nil, 0 // two words in a row are a description
		default:
			member = true
		}
	}
	return nil, 0
}

// beforeField reads values in front of the field that they belong to. Behind
// "in", as in "x or y in the command line", plain words are values.
func (r *reader) beforeField(f *fieldWord, n int) node {
	start := r.at
	c := context{field: r.of(f), op: f.Op}
	if c.op == "" {
		c.op = opIs
	}
	for k := range n {
		c.exact = c.exact || r.peek(k).bare == "in"
	}
	var list valueList
	for end := r.at + n; r.at < end; {
		i := r.peek(0)
		list.all = list.all || i.connector == andWord
		if i.connector != 0 || i.mark(",") || i.skips() && i.account == "" {
			r.at++
			continue
		}
		if v := r.valueOf(i); v.kind > wordValue || v.quoted || v.account != "" && !r.role(r.at, &c) || v.software != nil || c.exact && i.plain() {
			list.values = append(list.values, v)
		} else {
			list.gaps = append(list.gaps, gap(v.span))
		}
		r.at++
	}
	r.at++
	r.field = f
	return r.testAll([]kql.Field{c.field}, anyNode, &c, list, start)
}

// valueTest reads values that stand by themselves or in front of their field.
func (r *reader) valueTest() node {
	start := r.at
	c := context{op: opIs, alone: true}
	if f, n := r.fieldAhead(); f != nil {
		return r.beforeField(f, n)
	}
	list := r.values(&c)
	if len(list.values) == 0 {
		return r.gapFrom(start)
	}
	c.field = r.fieldFor(list.values[0])
	if c.field == eitherIP && r.directed(start) || c.field == remoteField && start > r.begun && r.items[start-1].bare == "under" {
		c.field = unclear // "queries for 192.0.2.1", "anything under example.com"
	}
	if c.field == "" {
		return r.gapIn(start, r.at)
	}
	return r.testAll([]kql.Field{c.field}, anyNode, &c, list, start)
}
