package exclusions

import (
	"slices"
	"strings"

	"quarry/kql"
)

type nodeKind uint8

const (
	gapNode  nodeKind = iota // words that were not understood; the zero node without a span is nothing at all
	testNode                 // one test
	allNode                  // every one of kids
	anyNode                  // one of kids
	notNode                  // not the only one of kids
)

// node is a filter as it was read: a condition with gaps.
type node struct {
	kind nodeKind
	span Span // what it was read from
	test kql.Test
	kids []node
	// symbols marks a test written with the operators of a query language.
	symbols bool
}

func gap(s Span) node { return node{kind: gapNode, span: s} }

func (n node) empty() bool { return n.kind == gapNode && n.span.Start == n.span.End }

// join makes one node of several, leaving out those that are nothing.
func join(kind nodeKind, kids ...node) node {
	var all []node
	for _, k := range kids {
		switch {
		case k.empty():
		case k.kind == kind:
			all = append(all, k.kids...)
		default:
			all = append(all, k)
		}
	}
	switch len(all) {
	case 0:
		return node{}
	case 1:
		return all[0]
	}
	return node{kind: kind, kids: all, span: around(all)}
}

func around(kids []node) Span {
	s := kids[0].span
	for _, k := range kids[1:] {
		s.Start, s.End = min(s.Start, k.span.Start), max(s.End, k.span.End)
	}
	return s
}

// not is the opposite of a node. The opposite of a part is no part of the
// opposite, so a node with a gap becomes a gap as a whole.
func not(n node) node {
	if n.empty() {
		return n
	}
	if n.gaps() {
		return gap(n.span)
	}
	if n.kind == notNode {
		return n.kids[0]
	}
	return node{kind: notNode, kids: []node{n}, span: n.span, symbols: n.symbols}
}

// negative reports whether every part of the node says, with the operators of
// a query language, what a row must not be.
func (n node) negative() bool {
	switch n.kind {
	case notNode:
		return n.symbols
	case allNode, anyNode:
		return !slices.ContainsFunc(n.kids, func(k node) bool { return !k.negative() })
	}
	return false
}

// mixed reports whether some parts of the node say what a row is and others
// what it is not.
func (n node) mixed() bool {
	if n.kind != allNode && n.kind != anyNode {
		return false
	}
	nots := 0
	for _, k := range n.kids {
		if k.mixed() {
			return true
		}
		if k.kind == notNode {
			nots++
		}
	}
	return nots > 0 && nots < len(n.kids)
}

// opposite is the opposite of a negative node.
func (n node) opposite() node {
	if n.kind == notNode {
		return n.kids[0]
	}
	kind := allNode
	if n.kind == allNode {
		kind = anyNode
	}
	var kids []node
	for _, k := range n.kids {
		kids = append(kids, k.opposite())
	}
	return join(kind, kids...)
}

func (n node) gaps() bool {
	return n.kind == gapNode || slices.ContainsFunc(n.kids, node.gaps)
}

// spans lists the gaps from left to right.
func (n node) spans() []Span {
	if n.kind == gapNode {
		return []Span{n.span}
	}
	var all []Span
	for _, k := range n.kids {
		all = append(all, k.spans()...)
	}
	return all
}

// condition is the node without its gaps, nil when nothing is left, and what
// was lost with them.
func (n node) condition(text string) (kql.Condition, []Loss) {
	switch n.kind {
	case testNode:
		return n.test, nil
	case notNode:
		c, _ := n.kids[0].condition(text)
		return kql.Not{Condition: c}, nil
	case allNode:
		return n.all(text)
	case anyNode:
		return n.any(text)
	}
	return nil, nil
}

func (n node) all(text string) (kql.Condition, []Loss) {
	var kept []kql.Condition
	var lost []Loss
	for _, k := range n.kids {
		c, l := k.condition(text)
		if c == nil {
			lost = append(lost, Loss{Words: k.words(text), TooMuch: true})
			continue
		}
		lost = append(lost, l...)
		kept = appendNew(kept, c)
	}
	c := one(kept, func(cs []kql.Condition) kql.Condition { return kql.And(cs) })
	for i := range lost {
		if lost[i].TooMuch { // what a part lacks, the whole lacks
			lost[i].Of = c
		}
	}
	return c, lost
}

func (n node) any(text string) (kql.Condition, []Loss) {
	var kept []kql.Condition
	var lost []Loss
	for _, k := range n.kids {
		c, l := k.condition(text)
		if c == nil {
			lost = append(lost, Loss{Words: k.words(text)})
			continue
		}
		lost = append(lost, l...)
		if exact := !slices.ContainsFunc(l, func(l Loss) bool { return l.TooMuch }); exact {
			kept = merge(kept, c, lost)
		} else {
			kept = appendNew(kept, c)
		}
	}
	return one(kept, func(cs []kql.Condition) kql.Condition { return kql.Or(cs) }), lost
}

// merge adds a branch of an Or; a test of the same field and operator as an
// earlier one that lacks nothing adds its values to that.
func merge(kept []kql.Condition, c kql.Condition, lost []Loss) []kql.Condition {
	t, ok := c.(kql.Test)
	if !ok {
		return appendNew(kept, c)
	}
	for i, k := range kept {
		o, ok := k.(kql.Test)
		if !ok || o.Field != t.Field || o.Op != t.Op || lacks(o, lost) {
			continue
		}
		values := slices.Clone(o.Values)
		for _, v := range t.Values {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		kept[i] = kql.Test{Field: o.Field, Op: o.Op, Values: values}
		return kept
	}
	return append(kept, c)
}

func appendNew(kept []kql.Condition, c kql.Condition) []kql.Condition {
	text := kql.FormatCondition(c)
	for _, k := range kept {
		if kql.FormatCondition(k) == text {
			return kept
		}
	}
	return append(kept, c)
}

func one(cs []kql.Condition, many func([]kql.Condition) kql.Condition) kql.Condition {
	switch len(cs) {
	case 0:
		return nil
	case 1:
		return cs[0]
	}
	return many(cs)
}

// words are those that a node without any condition was read from.
func (n node) words(text string) string {
	return strings.Join(strings.Fields(text[n.span.Start:n.span.End]), " ")
}
