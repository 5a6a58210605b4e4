package kql

import (
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
)

// listFacts is what comparisons ask of a list, found once: a query may compare
// one long list with many columns.
type listFacts struct {
	domain string         // the first name in it
	upper  []literalValue // hashes with an upper-case letter
	counts map[int]int    // hashes by their length
	first  map[int]literalValue
}

func (l *valueList) facts() *listFacts {
	if l.found != nil {
		return l.found
	}
	f := &listFacts{counts: map[int]int{}, first: map[int]literalValue{}}
	l.found = f
	for _, v := range l.values {
		switch n := len(v.ioc.Value); {
		case v.ioc.Type == feed.Domain && f.domain == "":
			f.domain = v.ioc.Value
		case v.ioc.Type.IsHash():
			if f.counts[n] == 0 {
				f.first[n] = v
			}
			f.counts[n]++
			if v.text != v.ioc.Value {
				f.upper = append(f.upper, v)
			}
		}
	}
	return f
}

// termOperators find their text anywhere between characters that are no
// letters or digits.
var termOperators = words("has has_cs has_any has_all")

// exactOperators tell upper case from lower.
var exactOperators = words("in == has_cs contains_cs startswith_cs endswith_cs")

// hashNames are the algorithms by the length of their hashes, also as columns
// name them.
var hashNames = map[int]string{32: "MD5", 40: "SHA1", 64: "SHA256"}

// hashLength is the length of the hashes that a column with this name holds,
// or 0 when the name does not say.
func hashLength(column string) int {
	upper := strings.ToUpper(column)
	for n, name := range hashNames {
		if strings.Contains(upper, name) {
			return n
		}
	}
	return 0
}

func (l *linter) comparisons(q *publishedQuery) {
	type fault struct {
		list *valueList
		code string
	}
	said := map[fault]bool{}
	once := func(list *valueList, code string) bool {
		was := said[fault{list, code}]
		said[fault{list, code}] = true
		return !was
	}
	lengths := map[*valueList][]int{}
	var order []*valueList
	for _, c := range q.comparisons {
		for _, list := range c.lists {
			f := list.facts()
			if f.domain != "" && termOperators[c.op] && once(list, "has-any-domain") {
				l.add(q, c.line, "has-any-domain", feed.Warning,
					"%s finds a name anywhere in %s, so look-alikes such as x-%s and %s.uk match as %s does", c.op, c.column, f.domain, f.domain, f.domain)
			}
			if len(f.upper) > 0 && exactOperators[c.op] && !c.upper && once(list, "hash-case") {
				l.hashCase(q, c, f)
			}
			if len(f.counts) > 0 {
				if lengths[list] == nil {
					order = append(order, list)
				}
				lengths[list] = addLength(lengths[list], hashLength(c.column))
			}
		}
	}
	for _, list := range order {
		l.hashLengths(q, list, lengths[list])
	}
}

func addLength(ns []int, n int) []int {
	if slices.Contains(ns, n) {
		return ns
	}
	return append(ns, n)
}

func (l *linter) hashCase(q *publishedQuery, c comparison, f *listFacts) {
	l.add(q, f.upper[0].line, "hash-case", feed.Error,
		"%s in upper case, such as %s, are compared by %s, which minds case, with %s, so they are missed where hashes stand in lower case; in~ finds them",
		count(len(f.upper), "hash", "hashes"), f.upper[0].text, c.op, c.column)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// hashLengths compares the lengths of a list's hashes with those that its
// columns hold; 0 stands for a column that may hold any.
func (l *linter) hashLengths(q *publishedQuery, list *valueList, columns []int) {
	if slices.Contains(columns, 0) {
		return
	}
	slices.Sort(columns)
	names := make([]string, len(columns))
	for i, n := range columns {
		names[i] = hashNames[n]
	}
	futile := len(columns) > 1
	for _, n := range []int{32, 40, 64} {
		f := list.facts()
		if f.counts[n] == 0 || slices.Contains(columns, n) {
			continue
		}
		futile = false
		l.add(q, f.first[n].line, "hash-mixed", feed.Error,
			"%s of %s, the first %s, are compared with %s only, so they are never found",
			count(f.counts[n], hashNames[n]+" hash", hashNames[n]+" hashes"), list.title(), f.first[n].text, strings.Join(names, " and "))
	}
	if futile {
		l.add(q, list.values[0].line, "hash-mixed", feed.Info,
			"the hashes of %s are compared with %s alike, of which each can equal one only; nothing is missed, but the query does needless work",
			list.title(), strings.Join(names, " and "))
	}
}

// patternWords are the names and addresses that the query's regular
// expressions spell out.
func (q *publishedQuery) patternWords() (all []literalValue) {
	said := map[*valueList]bool{}
	for _, c := range q.comparisons {
		for _, list := range c.lists {
			if c.op != "matches" || said[list] {
				continue
			}
			said[list] = true
			for _, v := range list.values {
				plain := strings.ReplaceAll(v.text, `\`, "")
				for _, w := range strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune("(|)^$?*+[]{}", r) }) {
					all = append(all, newLiteral(strings.Trim(w, ".:/"), v.line))
				}
			}
		}
	}
	return all
}
