// Package pattern decides which values of a condition, such as that of a STIX
// indicator or an OpenIOC document, are indicators by themselves.
//
// A condition is comparisons joined by "and" and "or". A value is an indicator
// only if finding it alone fulfils the condition, with the exceptions that
// everyone who writes conditions means:
//
//   - hashes of one file, joined by "and", are an indicator each, whatever else
//     is asked of the same file, for a hash says which file it is;
//   - an address and the port on the same side of the same connection are one
//     indicator.
//
// Every other value of an "and" is no more than a mention: the condition asks
// for more than it.
package pattern

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// Kind is what a comparison says.
type Kind int

const (
	Value   Kind = iota // something is a value that could be an indicator
	Port                // the port of an address is a value
	Neutral             // nothing that the others do not say too, such as the type of an address
	Other               // what no indicator can say, such as a size, a name that is not equal, or a part of one
)

// Term is one comparison.
type Term struct {
	Kind   Kind
	Type   feed.Type // of a Value
	Value  string    // of a Value or Port, as it is written
	Object string    // what it is about: comparisons of one object have the same
	Side   string    // of a connection, such as "dst", else ""
	Line   int
}

// Node is a condition: a comparison, or conditions joined by "and" or "or".
type Node struct {
	Term  *Term // nil unless it is a comparison
	And   bool
	Nodes []Node
}

// Why says why a value is a mention, "" of an indicator. They are codes of
// findings.
type Why string

// The reasons.
const (
	PartOfAnd Why = "part-of-condition" // the condition asks for more than the value
	BesideOne Why = "beside-hash"       // it is the name of a file whose hash is an indicator
	TooMany   Why = "complex-condition" // there are too many ways to fulfil the condition to look at each
)

// Result is a value of a condition.
type Result struct {
	*Term
	Port     string // of an address, "" when none is named
	Why      Why    // "" of an indicator
	Narrower bool   // the condition asks more of what has the value
	PortLost bool   // among that is a port
	Client   string // of PortLost: a port that whoever opened the connection was given, "" otherwise
}

// firstClientPort is the least port that systems give to who opens a connection:
// Linux from 32768 on, Windows and RFC 6335, section 6, from 49152 on.
const firstClientPort = 32768

// IsClientPort reports whether a port on the side that opens a connection says no
// more than that it was opened: another connection of the same host has another.
func IsClientPort(side, port string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(port))
	return side == "src" && err == nil && n >= firstClientPort && n <= 65535
}

// maxWays is how many comparisons the ways to fulfil a condition may have, beyond
// those that it lists one by one.
const maxWays = 100_000

// Results are the values of a condition, in its order, each once.
func Results(n Node) []Result {
	all, ok := ways(n, new(int))
	var results []Result
	if !ok {
		for t := range n.terms {
			if t.Kind == Value {
				results = append(results, Result{Term: t, Why: TooMany})
			}
		}
		return results
	}
	for _, way := range all {
		results = append(results, judge(way)...)
	}
	return once(results, n)
}

// terms goes through the comparisons of a condition.
func (n Node) terms(yield func(*Term) bool) { n.walk(yield) }

func (n Node) walk(yield func(*Term) bool) bool {
	if n.Term != nil {
		return yield(n.Term)
	}
	for _, c := range n.Nodes {
		if !c.walk(yield) {
			return false
		}
	}
	return true
}

// ways lists the ways to fulfil a condition: in each, all of the terms hold.
func ways(n Node, grown *int) (all [][]*Term, ok bool) {
	switch {
	case n.Term != nil:
		return [][]*Term{{n.Term}}, true
	case !n.And:
		for _, c := range n.Nodes {
			more, ok := ways(c, grown)
			if !ok {
				return nil, false
			}
			all = append(all, more...)
		}
		return all, true
	}
	all = [][]*Term{nil}
	for _, c := range n.Nodes {
		more, ok := ways(c, grown)
		if !ok {
			return nil, false
		}
		if all, ok = product(all, more, grown); !ok {
			return nil, false
		}
	}
	return all, true
}

// product joins each of the one with each of the other.
func product(all, more [][]*Term, grown *int) ([][]*Term, bool) {
	if len(all) == 1 && len(more) == 1 { // a comparison, as nearly always
		all[0] = append(all[0], more[0]...)
		return all, true
	}
	var out [][]*Term
	for _, a := range all {
		for _, b := range more {
			if *grown += len(a) + len(b); *grown > maxWays {
				return nil, false
			}
			out = append(out, slices.Concat(a, b))
		}
	}
	return out, true
}

// judge decides about the values of terms that hold together.
func judge(way []*Term) []Result {
	var values, ports, others []*Term
	for _, t := range way {
		switch t.Kind {
		case Value:
			values = append(values, t)
		case Port:
			ports = append(ports, t)
		case Other:
			others = append(others, t)
		}
	}
	if len(values) == 0 {
		return nil
	}
	if r, ok := file(values, ports, others); ok {
		return r
	}
	if r, ok := connection(values, ports, others); ok {
		return r
	}
	r := make([]Result, len(values))
	for i, v := range values {
		r[i].Term = v
		if len(values)+len(ports)+len(others) > 1 {
			r[i].Why = PartOfAnd
		}
	}
	return r
}

// file decides about values of which one is a hash, if all speak of one file.
func file(values, ports, others []*Term) ([]Result, bool) {
	if len(ports) > 0 || !slices.ContainsFunc(values, func(t *Term) bool { return t.Type.IsHash() }) {
		return nil, false
	}
	seen := map[feed.Type]string{}
	var all []Result
	for _, v := range values {
		if was, twice := seen[v.Type]; v.Object != values[0].Object || twice && was != v.Value && v.Type.IsHash() {
			return nil, false // no file has two hashes of a kind
		}
		seen[v.Type] = v.Value
		r := Result{Term: v}
		switch {
		case !v.Type.IsHash():
			r.Why = BesideOne
		case len(others) > 0:
			r.Narrower = true
		}
		all = append(all, r)
	}
	for _, o := range others {
		if o.Object != values[0].Object {
			return nil, false
		}
	}
	return all, true
}

// connection decides about one value on a side of a connection of which more is
// said.
func connection(values, ports, others []*Term) ([]Result, bool) {
	v := values[0]
	if len(values) > 1 || v.Side == "" || len(ports)+len(others) == 0 {
		return nil, false
	}
	r := Result{Term: v, Narrower: len(others) > 0}
	for _, t := range slices.Concat(ports, others) {
		if t.Object != v.Object {
			return nil, false
		}
	}
	for _, p := range ports {
		switch {
		case IsClientPort(p.Side, p.Value):
			r.Narrower, r.PortLost, r.Client = true, true, p.Value
		case p.Side != v.Side:
			r.Narrower, r.PortLost = true, true
		case r.Port != "" && r.Port != p.Value:
			return nil, false // no connection has two ports on a side
		default:
			r.Port = p.Value
		}
	}
	return []Result{r}, true
}

// once leaves out what stands there before: a value that is an indicator in one
// way is one, with each of its ports.
func once(results []Result, n Node) []Result {
	type key struct {
		term *Term
		port string
	}
	indicator := map[*Term]bool{}
	for _, r := range results {
		if r.Why == "" {
			indicator[r.Term] = true
		}
	}
	seen := map[key]bool{}
	results = slices.DeleteFunc(results, func(r Result) bool {
		k := key{r.Term, r.Port}
		if r.Why != "" && indicator[r.Term] || seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
	order := map[*Term]int{}
	for t := range n.terms {
		if _, known := order[t]; !known {
			order[t] = len(order)
		}
	}
	slices.SortStableFunc(results, func(a, b Result) int { return order[a.Term] - order[b.Term] })
	return results
}
