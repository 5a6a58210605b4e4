package exclusions

import (
	"slices"
	"strings"

	"quarry/kql"
)

const opIs = kql.Is

// context is what is known where values are expected.
type context struct {
	field    kql.Field
	op       kql.Operator
	exact    bool // what follows is a value and no description, as behind ==
	adjacent bool // no operator was there: only what follows at once can be a value
	named    bool // only a name will do
	alone    bool // there is no field yet
	actor    bool // who did something is expected: a program, or an account
	list     bool // in a list of examples: plain words are values
	pattern  bool // behind "matches": a value may be a regular expression
}

// valueList is what was read where values are expected.
type valueList struct {
	values []value
	gaps   []node // members of the list that are no values
	all    bool   // joined by "and"
}

// programs moves to the gaps what may be an account as well as a program, with
// or without quotes, as in "run by svc_x", and reports whether a value is left.
func (l *valueList) programs() bool {
	l.values = slices.DeleteFunc(l.values, func(v value) bool {
		unclear := v.kind <= nameValue && v.software == nil
		if unclear {
			l.gaps = append(l.gaps, gap(v.span))
		}
		return unclear
	})
	return len(l.values) > 0
}

// values reads values, separated by commas, "and" and "or". Where a description
// is followed by examples, the examples are the values.
func (r *reader) values(c *context) valueList {
	if !c.adjacent || r.addressAhead(c) {
		r.skipToValue()
	}
	if n, ok := r.described(c); ok {
		for k := range n + 2 {
			r.examples = r.examples || r.peek(k).example
		}
		r.at += n
		c.list = true
	}
	if r.peek(0).open() && r.valuesInside() {
		return r.bracketed(c)
	}
	r.innerField(c)
	var list valueList
	for {
		v, ok := r.value(c)
		if !ok {
			return list
		}
		list.values = append(list.values, v)
		n, kind := r.connector()
		if n == 0 || !r.continues(r.at+n, c) {
			return list
		}
		list.all = kind == andWord && !c.list
		r.at += n
		r.skipToValue()
	}
}

// addressAhead reports whether an address follows a device or address without
// an operator, as in "hosts in the subnet 192.0.2.0/24".
func (r *reader) addressAhead(c *context) bool {
	kind, _ := c.field.Kind()
	if kind != kql.IPField && c.field != "device.name" && c.field != eitherIP && c.field != remoteField && c.field != ownField {
		return false
	}
	n := 0
	for r.peek(n).skips() && !r.peek(n).relative {
		n++
	}
	form := r.peek(n).form
	return form == ipValue || form == rangeValue
}

// skipToValue leaves out fillers, but for software with the name of one, such
// as at, where nothing else can be the value.
func (r *reader) skipToValue() {
	for r.more() && r.peek(0).skips() && !(r.peek(0).software != nil && r.ends(1)) {
		r.at++
	}
}

// ends reports whether the n-th item ahead is a connector, a mark or the end.
func (r *reader) ends(n int) bool {
	i := r.peek(n)
	return i.connector != 0 || i.kind == endToken || i.mark(",") || i.close()
}

// described looks for examples behind a description such as "a known backup
// tool (e.g., x)" or "tools such as x" and says where they begin.
func (r *reader) described(c *context) (n int, ok bool) {
	for ; r.at+n < r.stop && n < reach; n++ {
		i := r.peek(n)
		switch {
		case i.open():
			if r.at+n+1 < r.stop && r.items[r.at+n+1].example {
				return n, true
			}
			return n, n > 0 && (r.peek(n-1).class && r.valuesAt(r.at+n) || r.formed(r.at+n, c))
		case i.bare == "at" && i.preposition && n > 0 && r.peek(n+1).form > nameValue: // "the scanner at 192.0.2.7"
			return n + 1, true
		case i.example && (n > 0 || i.operator == nil || i.operator.Example):
			return n + 1, true
		case i.kind != wordToken, i.relative, i.inverse:
			return 0, false
		case i.operator != nil && !i.filler, i.verb != nil && !i.filler:
			return 0, false
		case i.field != nil && !(n > 0 && (r.peek(n-1).plain() || r.peek(n-1).class || r.peek(n-1).filler && !r.article(n-1))):
			return 0, false
		case i.software != nil && !i.software.Word:
			if next := r.peek(n + 1); !next.class && !next.plain() && next.subject == nil && !next.open() {
				return 0, false
			}
		default:
			if i.form > nameValue && i.form != hostValue {
				return 0, false
			}
		}
	}
	return 0, false
}

// article reports whether the n-th item ahead follows a connector or is the
// first: what comes behind it begins something new.
func (r *reader) article(n int) bool {
	return n > 0 && r.peek(n-1).connector != 0
}

// valuesInside reports whether the brackets ahead hold a list of values.
func (r *reader) valuesInside() bool { return r.valuesAt(r.at) }

func (r *reader) valuesAt(at int) bool {
	members := 0
	for at++; at < r.stop; at++ {
		i := r.items[at]
		switch {
		case i.close():
			return members > 0
		case i.open(), i.relative, i.verb != nil && !i.filler, i.operator != nil && !i.example && !i.filler, i.connector == notWord:
			return false
		case i.connector == 0 && !i.mark(",") && !i.example:
			members++
		}
	}
	return members > 0 && r.cut != whole
}

// formed reports whether the brackets at an item hold only addresses, paths,
// files and the like, whose form says that they are values, and that the field
// can hold.
func (r *reader) formed(at int, c *context) bool {
	members := 0
	for at++; at < r.stop && !r.items[at].close(); at++ {
		i := r.items[at]
		switch {
		case i.mark(","), i.connector == andWord, i.connector == orWord, i.example:
		case i.kind != wordToken && i.kind != quotedToken, i.form <= nameValue,
			!c.alone && len(r.resolve(c.field, c.op, r.valueOf(i))) == 0:
			return false
		default:
			members++
		}
	}
	return members > 0 && at < r.stop
}

// innerField lets a noun behind the operator say what the values are, as in
// "URLs that contain the domain example.com".
func (r *reader) innerField(c *context) {
	i := r.peek(0)
	if c.alone || i.field == nil || c.adjacent || r.testedAt(r.at) || !r.valueAt(r.at+1) {
		return
	}
	r.at++
	c.field, c.op = r.of(i.field), opIs
	if i.field.Op != "" {
		c.op = i.field.Op
	}
	r.skip()
}

// valueAt reports whether something that is surely a value stands at an item,
// with nothing but articles and the like before it.
func (r *reader) valueAt(at int) bool {
	for at < r.stop && r.items[at].skips() && !r.items[at].relative && !r.items[at].preposition {
		at++
	}
	if at >= r.stop {
		return false
	}
	v := r.valueOf(r.items[at])
	return v.quoted || r.items[at].kind == wordToken && r.items[at].phrase == (phrase{}) && v.kind > wordValue
}

// continues reports whether a list goes on at an item behind a separator.
func (r *reader) continues(at int, c *context) bool {
	if r.newGroup(at) {
		return false
	}
	here := r.at
	defer func() { r.at = here }()
	for r.at = at; r.more() && r.peek(0).skips() && !(r.peek(0).software != nil && r.ends(1)); r.at++ {
		if r.peek(0).preposition || r.peek(0).relative {
			return false
		}
	}
	if i := r.peek(0); i.field != nil && r.testedAt(r.at) || r.more() && r.unknownTested(r.at) {
		return false
	}
	inner := *c
	inner.adjacent = false
	v, ok := r.value(&inner)
	if next := r.peek(0); ok && c.actor && next.verb != nil && next.verb.Acts && !next.filler {
		return false // "run by x, or y run by z": y is what z runs
	}
	return ok && (c.alone || len(r.resolve(c.field, c.op, v)) > 0)
}

// value reads one value, if the next item is one.
func (r *reader) value(c *context) (value, bool) {
	i := r.peek(0)
	if i.kind == symbolToken || i.kind == endToken || !r.more() {
		return value{}, false
	}
	v := r.valueOf(i)
	if !r.accepts(c, i, v) {
		return value{}, false
	}
	r.at++
	if c.op == kql.Contains && !v.quoted {
		r.options(&v)
	}
	return v, true
}

// options adds what follows a program in a command line: "x.exe -Command".
func (r *reader) options(v *value) {
	for r.more() && strings.HasPrefix(r.peek(0).text, "-") && r.peek(0).kind == wordToken {
		v.span.End = r.peek(0).end
		v.text += " " + r.peek(0).text
		v.software, v.kind = nil, nameValue
		r.at++
	}
}

// accepts reports whether an item is a value here. Quotes and what has the
// form of an address, a path or a file are; a name is, unless a noun follows
// that it belongs to; a plain word only where nothing but a value can stand.
func (r *reader) accepts(c *context, i item, v value) bool {
	named := v.quoted || v.account != "" && c.field == "account.name"
	switch {
	case v.quoted:
		return true
	case v.account != "" && r.role(r.at, c):
		return false
	case i.subject != nil && !c.list, i.field != nil && v.kind <= nameValue, i.inverse, i.relative:
		return false
	case v.kind > nameValue:
		return true
	case i.software != nil:
		return !c.named && !(i.software.Word && !c.list && c.alone)
	case i.verb != nil, i.operator != nil && !i.filler, i.example, i.connector != 0:
		return false
	case !r.boundary(1):
		return false
	case named || v.kind == nameValue:
		return !i.filler
	case i.filler || i.class && !c.list:
		return false
	}
	if next := r.peek(1); next.filler && !next.relative && next.connector == 0 && !c.list && !(next.bare == "in" && r.nounBehind(2)) {
		return false // "part of ...", "backups for ..."
	}
	plain := c.list || c.exact || c.op != opIs && !c.adjacent && !c.alone
	return plain && !c.named && i.plain() || c.list && i.class && !c.named
}

// nounBehind reports whether a field that is not tested itself stands n items
// ahead.
func (r *reader) nounBehind(n int) bool {
	for r.peek(n).skips() {
		n++
	}
	return r.peek(n).field != nil && r.peek(n+1).operator == nil
}

// boundary reports whether the n-th item ahead ends a value. A plain word
// behind a name says that the name is part of something else.
func (r *reader) boundary(n int) bool {
	i := r.peek(n)
	return !i.plain() && !(i.class && i.field == nil && i.subject == nil) && i.account == "" || i.kind == quotedToken
}

// behind reports whether a preposition stands before the value that was read
// last, as in "writes below x by y.exe".
func (r *reader) behind(preposition string) bool {
	at := r.at - 2
	for at >= r.begun && r.items[at].skips() && r.items[at].bare != preposition {
		at--
	}
	return at >= r.begun && r.items[at].bare == preposition
}

// fieldFor is the field of a value that stands by itself, "" when it says too
// little.
func (r *reader) fieldFor(v value) kql.Field {
	file := r.about == "file" && !r.behind("by")
	switch {
	case v.software != nil && r.behind("on"):
		return "" // "on SCCM clients" says where, and not what ran
	case v.software != nil:
		return "process.name"
	case v.kind == hostValue, v.kind == urlValue:
		return remoteField
	case v.kind == ipValue, v.kind == rangeValue:
		return eitherIP
	case v.kind == hashValue:
		return "file.hash"
	case v.kind == extensionValue, v.kind == fileValue && file:
		return "file.name"
	case v.kind == fileValue && r.lex.programs[strings.ToLower(v.text[strings.LastIndexByte(v.text, '.')+1:])]:
		return "process.name"
	case v.kind == pathValue && file:
		return "file.path"
	case v.kind == pathValue:
		return "process.path"
	case v.kind == mailValue, v.account != "" && v.kind == nameValue:
		return "account.name"
	case r.about == "task" && (v.kind == nameValue || v.quoted):
		return "task.name"
	}
	return ""
}
