package exclusions

import "strings"

// A word such as "not", "nor" or "other than" turns what it stands beside into
// its opposite. Where the reader has not said so in a condition, nothing beside
// the word may be in one: it would leave out what the filter keeps.

// unsaid takes out of the node of a sentence what stands beside a reversing
// word that is in no condition.
func (r *reader) unsaid(n node, start int) node {
	for at := start; at < r.stop; at++ {
		if r.said[at] || !r.reverses(start, at) {
			continue
		}
		from, to := r.beside(start, at)
		s := r.between(from, to)
		n = join(allNode, n.without(s), gap(s))
		at = to - 1
	}
	return n
}

// reverses reports whether the item turns or limits what stands beside it.
func (r *reader) reverses(start, at int) bool {
	i := r.items[at]
	switch {
	case i.leaving, i.kind == quotedToken, i.kind == endToken:
		return false
	case i.reverses, i.connector == notWord, i.operator != nil && i.operator.Not:
		return true
	case strings.HasPrefix(i.bare, "non-") && i.form >= nameValue: // "non-acme.exe"
		return true
	case i.bare == "but":
		return !r.butJoins(at)
	}
	return r.toBetween(start, at)
}

// butJoins reports whether a "but" means "and": behind it something is said of
// the rows. In "all hosts but WS1" it means "except".
func (r *reader) butJoins(at int) bool {
	for at++; at < r.stop; at++ {
		i := r.items[at]
		switch {
		case r.testedAt(at) && (i.field != nil || i.subject != nil), i.relative, i.bare == "only", i.bare == "also":
			return true
		case !i.skips():
			return false
		}
	}
	return false
}

// beside is the part of the sentence that a reversing word concerns: its
// clause, or for an exception all that follows.
func (r *reader) beside(start, at int) (from, to int) {
	i := r.items[at]
	for to = at + 1; to < r.stop && (i.endless || !r.clauseAt(to)); to++ {
	}
	from = at
	if i.exception && at > r.firstOf(start) {
		return from, to
	}
	for from > start && !r.items[from-1].relative && !r.clauseAt(from) {
		from--
	}
	return from, to
}

// begins reports whether a value stands at an item without words that say what
// it is: in "the user is x and not y", y is a user too, and no program.
func (r *reader) begins(at int) bool {
	for at < r.stop && r.items[at].skips() {
		at++
	}
	if at >= r.stop {
		return false
	}
	i := r.items[at]
	return i.kind == quotedToken || i.kind == wordToken && i.field == nil && i.verb == nil && i.subject == nil && i.operator == nil && i.connector == 0
}

// firstOf is the first item of a sentence that is no filler.
func (r *reader) firstOf(start int) int {
	for start < r.stop && r.items[start].skips() {
		start++
	}
	return start
}

// clauseAt reports whether a new clause begins with the connector at an item.
func (r *reader) clauseAt(at int) bool {
	i := r.items[at]
	if i.connector != andWord && i.connector != orWord && !i.mark(",") {
		return false
	}
	end := min(r.stop, at+reach)
	for at++; at < end && (r.items[at].skips() || r.items[at].connector == andWord || r.items[at].connector == orWord) && !r.items[at].relative; at++ {
	}
	if at >= end {
		return false
	}
	i = r.items[at]
	return i.relative || i.field != nil && r.testedAt(at) || i.subject != nil || i.verb != nil && !i.filler
}

// without is the node without all that was read from a piece of the text.
func (n node) without(s Span) node {
	switch n.kind {
	case gapNode, testNode, notNode:
		if n.span.Start < s.End && s.Start < n.span.End {
			return node{}
		}
	case allNode, anyNode:
		var kids []node
		for _, k := range n.kids {
			kids = append(kids, k.without(s))
		}
		return join(n.kind, kids...)
	}
	return n
}

// say notes that the reversing words at some items are in a condition, which
// they are only when all that they reverse is.
func (r *reader) say(n node, at ...int) {
	if n.empty() || n.gaps() {
		return
	}
	for _, i := range at {
		r.said[i] = true
	}
}

// exampled reads with f and reports whether a list of examples was in it. The
// opposite of a class is not the opposite of its examples.
func (r *reader) exampled(f func() node) (n node, examples bool) {
	before := r.examples
	r.examples = false
	n = f()
	examples = r.examples
	r.examples = before || examples
	return n, examples
}

// factorNot reads "not" and what it reverses. How far it reaches must be sure:
// an exception that goes on behind an "and" or "or" may take back one thing or
// both, and in "not going to x from host y" the host may be reversed or not.
func (r *reader) factorNot() node {
	start := r.at
	i := r.peek(0)
	for r.at++; r.peek(0).skips() || r.peek(0).subject != nil && !r.testedAt(r.at); { // "except those that"
		r.at++
	}
	whose := r.at > start+1 && (r.items[r.at-1].relative || r.items[r.at-1].subject != nil) || r.peek(0).open()
	alone := r.field != nil && r.begins(r.at)
	r.inNot++
	inner, examples := r.exampled(r.factor)
	r.inNot--
	wide := inner.kind == allNode && !(i.exception && whose) && !r.peek(-1).close()
	n := not(inner)
	n.symbols = i.text == "NOT" || i.text == "!"
	kind := connector(0)
	if r.more() {
		_, kind = r.connector()
	}
	goesOn := i.exception && kind != 0 || i.text != "NOT" && i.kind == wordToken && kind == orWord && r.inside == 0
	if examples || alone || (goesOn || wide) && !r.compares(start) || i.exception && start == r.firstOf(r.begun) {
		return gap(r.between(start, r.at))
	}
	r.say(n, start)
	return n
}

// negative is the opposite of what an operator with "not" says, a gap when the
// values were only examples.
func (r *reader) negative(n node, examples bool, nots []int) node {
	if examples {
		return gap(n.span)
	}
	n = not(n)
	r.say(n, nots...)
	return n
}
