package exclusions

import "quarry/kql"

// The grammar of a filter, over items, which are phrases, quotes and words:
//
//	filter   = sentence { end sentence }              see filter
//	sentence = group { ("and" | "or") group }         one of them is enough
//	group    = [ software ] [ subject ] either        both must hold
//	either   = both { "or" both } [ ", and" either ]
//	both     = factor { "and" factor }
//	factor   = "not" factor | "(" either ")" | clause
//	clause   = one or more of the shapes in clause.go; all must hold
//
// A subject such as "files" behind "and" or "or" begins a new group, for
// "exclude A and B" leaves out both. Fillers may stand anywhere.

// filter reads all sentences. One that says "exclude" again leaves out more,
// and so does one behind "or use a filter like:", and one comparison under
// another; any other sentence says more about what is left out. What follows a
// sentence that says what to keep is kept too, up to the next "exclude". A
// comparison without "exclude" that says both what a row is and what it is not
// may as well be the query that stays, and is not read.
func (r *reader) filter() node {
	var all node
	compared, either, kept := false, false, false // of the sentence before
	for r.at < len(r.items) {
		r.stop = r.sentenceEnd(r.at)
		start := r.at
		leaves := r.leavesOut(start)
		kept = r.keeps(start) || kept && !leaves
		n := r.sentence(kept)
		if r.at < r.stop { // the sentence ended before its words did
			n = join(allNode, n, gap(r.between(r.at, r.stop)))
		}
		n = r.unsaid(n, start)
		compares := r.compares(start)
		if n.negative() && !leaves {
			n = n.opposite()
		}
		if r.queries(start) && !leaves && n.mixed() {
			n = gap(r.between(start, r.stop))
		}
		n = r.understood(n, start)
		if leaves || either || compared && compares {
			all = join(anyNode, all, n)
		} else {
			all = join(allNode, all, n)
		}
		compared, either = compares, r.endsWithOr(start)
		r.at = r.stop
		for r.at < len(r.items) && r.items[r.at].kind == endToken {
			r.at++
		}
	}
	return all
}

// endsWithOr reports whether the sentence that was read ends with "or" and
// nothing of meaning behind it.
func (r *reader) endsWithOr(start int) bool {
	last := r.stop - 1
	for last > start && r.items[last].skips() {
		last--
	}
	return last >= start && r.items[last].connector == orWord
}

// compares reports whether a sentence is written with the operators of a query
// language.
func (r *reader) compares(start int) bool {
	for i := start; i < r.stop; i++ {
		if r.items[i].operator != nil && r.items[i].kind == symbolToken && !r.items[i].mark(":") {
			return true
		}
	}
	return false
}

// queries reports whether a sentence compares a field in symbols, "field: value"
// among them.
func (r *reader) queries(start int) bool {
	for i := start + 1; i < r.stop; i++ {
		if r.items[i].mark(":") && r.items[i-1].field != nil {
			return true
		}
	}
	return r.compares(start)
}

// understood is the node of a sentence. One that says nothing at all but holds
// a word of meaning is a gap.
func (r *reader) understood(n node, start int) node {
	if c, _ := n.condition(r.text); c != nil {
		return n
	}
	return r.gapIn(start, r.stop)
}

// sentenceEnd finds the end of the sentence that begins at an item. A line
// break ends none where a connector stands beside it.
func (r *reader) sentenceEnd(at int) int {
	for i := at; i < len(r.items); i++ {
		if r.items[i].kind != endToken {
			continue
		}
		beside := i > at && r.items[i-1].connector != 0 || i+1 < len(r.items) && r.items[i+1].connector != 0
		if r.items[i].text == ";" && r.text[r.items[i].start] == '\n' && beside {
			continue
		}
		return i
	}
	return len(r.items)
}

func (r *reader) sentence(kept bool) node {
	if kept {
		all := gap(r.between(r.at, r.stop))
		r.at = r.stop
		return all
	}
	r.about, r.field, r.side, r.begun = "", nil, "", r.at
	groups := []node{r.group()}
	for r.more() {
		n, kind := r.connector()
		if kind == 0 || !r.newGroup(r.at+n) {
			break
		}
		r.at += n
		start := r.at
		g := r.group()
		if g.empty() {
			g = gap(r.between(start, r.at))
		}
		groups = append(groups, g)
	}
	return join(anyNode, groups...)
}

// connector looks ahead for commas, an "and" or an "or", and says how many
// items they take. A comma alone means what the next connector means.
func (r *reader) connector() (n int, kind connector) {
	for r.peek(n).mark(",") || r.peek(n).connector == andWord || r.peek(n).connector == orWord || r.peek(n).kind == endToken && r.at+n < r.stop {
		if c := r.peek(n).connector; c != 0 && kind != orWord {
			kind = c
		}
		n++
	}
	if n > 0 && kind == 0 {
		kind = r.nextConnector(r.at + n)
	}
	return n, kind
}

func (r *reader) nextConnector(at int) connector {
	for end := min(r.stop, at+reach); at < end && !r.items[at].close(); at++ {
		if c := r.items[at].connector; c == andWord || c == orWord {
			return c
		}
	}
	return andWord
}

// newGroup reports whether a new group begins at an item: a subject that is
// not itself tested, or software in front of one.
func (r *reader) newGroup(at int) bool {
	for at < r.stop && r.items[at].skips() {
		at++
	}
	if at >= r.stop {
		return false
	}
	if r.headAt(at) {
		return !r.testedAt(at + 1)
	}
	return r.items[at].subject != nil && !r.testedAt(at) || r.newTraffic(at)
}

// testedAt reports whether the subject or field at an item is followed by an
// operator: "the process is X" tests it. A subject is only tested by what it
// is, for "files that contain X" speaks of what is in them.
func (r *reader) testedAt(at int) bool {
	noun := r.items[at]
	for at++; at < r.stop && r.items[at].skips() && !r.operates(at); at++ {
	}
	if at >= r.stop || !r.operates(at) {
		return false
	}
	o := r.items[at].operator
	return !o.Example && (noun.field != nil || o.Op == kql.Is)
}

// operates reports whether the item is an operator. "in" is one only in front
// of a list.
func (r *reader) operates(at int) bool {
	i := r.items[at]
	return i.operator != nil && (!i.filler || at+1 < r.stop && r.items[at+1].open())
}

func (r *reader) group() node {
	r.skip()
	var head node
	for r.more() {
		i := r.peek(0)
		switch {
		case r.headAt(r.at):
			r.setAbout(r.peek(1).subject)
			head = join(allNode, head, r.head(i))
			r.at += 2
		case i.subject != nil && !(r.testedAt(r.at) && i.subject.Field != ""):
			r.setAbout(i.subject)
			r.at++
		default:
			return join(allNode, head, r.either())
		}
		r.skip()
	}
	return head
}

func (r *reader) setAbout(s *subjectWord) {
	if s.About != "any" {
		r.about = s.About
	}
}

// headAt reports whether a program stands at an item and a subject behind it,
// as in "PowerShell scripts" and "acme.exe processes".
func (r *reader) headAt(at int) bool {
	return at+1 < r.stop && r.items[at+1].subject != nil && (r.items[at].software != nil || r.items[at].form == fileValue)
}

// head is the test of a program in front of a subject.
func (r *reader) head(i item) node {
	v := r.valueOf(i)
	return r.tests(r.fieldFor(v), opIs, []value{v}, v.span)
}

func (r *reader) either() node {
	if r.depth++; r.depth > maxDepth {
		r.depth--
		start := r.at
		r.at = r.stop
		return gap(r.between(start, r.stop))
	}
	defer func() { r.depth-- }()
	branches := []node{r.both(false)}
	for r.more() {
		n, kind := r.connector()
		if kind != orWord || r.newGroup(r.at+n) {
			break
		}
		r.at += n
		branches = append(branches, r.both(true))
	}
	left := join(anyNode, branches...)
	if n, kind := r.connector(); len(branches) > 1 && n > 1 && kind == andWord && !r.newGroup(r.at+n) {
		r.at += n
		return join(allNode, left, r.either())
	}
	return left
}

// both reads what is joined by "and". Behind an "or", ", and" joins all that
// was before, so it is left to the caller.
func (r *reader) both(behindOr bool) node {
	all := []node{r.factor()}
	for r.more() {
		if i := r.peek(0); i.connector == notWord && i.operator == nil && r.inNot == 0 { // "not x and not y"
			all = append(all, r.factor())
			continue
		}
		n, kind := r.connector()
		if kind != andWord || r.newGroup(r.at+n) || behindOr && n > 1 && r.peek(0).mark(",") {
			break
		}
		r.at += n
		all = append(all, r.factor())
	}
	return join(allNode, all...)
}

func (r *reader) factor() node {
	r.skip()
	switch i := r.peek(0); {
	case i.connector == notWord && i.operator == nil:
		return r.factorNot()
	case i.open() && r.expression() && r.inNot > 0: // only they are reversed
		return r.parens()
	case i.open() && r.expression():
		return join(allNode, r.parens(), r.clause())
	}
	return r.clause()
}

// parens reads an expression in parentheses.
func (r *reader) parens() node {
	r.at++
	r.inside++
	inNot := r.inNot
	r.inNot = 0
	n := r.either()
	r.inNot = inNot
	r.inside--
	start := r.at
	for r.more() && !r.peek(0).close() { // what the expression left over
		r.at++
	}
	n = join(allNode, n, gap(r.between(start, r.at)))
	if r.more() {
		r.at++
	}
	return n
}

// expression reports whether the parentheses ahead hold a comparison, and not
// a list of values or a remark.
func (r *reader) expression() bool {
	for n, depth := 0, 0; r.at+n < r.stop; n++ {
		i := r.peek(n)
		switch {
		case i.open():
			depth++
		case i.close():
			if depth--; depth == 0 {
				return false
			}
		case i.field != nil && r.testedAt(r.at+n):
			return true
		}
	}
	return false
}
