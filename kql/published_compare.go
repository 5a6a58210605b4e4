package kql

import (
	"maps"
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
}

func (l *valueList) facts() *listFacts {
	if l.found != nil {
		return l.found
	}
	f := &listFacts{counts: map[int]int{}}
	l.found = f
	for _, v := range l.values {
		switch n := len(v.ioc.Value); {
		case v.ioc.Type == feed.Domain && f.domain == "":
			f.domain = v.ioc.Value
		case v.ioc.Type.IsHash():
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

// hashLengths are the lengths of hashes that columns hold; 0 among them stands
// for a column that may hold any.
type hashLengths []int

func (ls hashLengths) has(n int) bool { return slices.Contains(ls, n) || slices.Contains(ls, 0) }

func (ls hashLengths) with(column string) hashLengths {
	upper := strings.ToUpper(column)
	length := 0
	for n, name := range hashNames {
		if strings.Contains(upper, name) {
			length = n
		}
	}
	if !slices.Contains(ls, length) {
		ls = append(ls, length)
	}
	return ls
}

// String names the algorithms, shortest hash first.
func (ls hashLengths) String() string {
	var names []string
	for _, n := range slices.Sorted(slices.Values(ls)) {
		names = append(names, hashNames[n])
	}
	return strings.Join(names, " and ")
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
	lengths := map[*valueList]hashLengths{}
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
				lengths[list] = lengths[list].with(c.column)
			}
		}
	}
	l.hashColumns(q, lengths)
}

func (l *linter) hashCase(q *publishedQuery, c comparison, f *listFacts) {
	l.add(q, f.upper[0].line, "hash-case", feed.Error,
		"the operator %s tells upper case from lower, and hashes here are in upper case (%s): rows whose %s is in lower case are missed; in~ finds them",
		c.op, some(texts(f.upper)), c.column)
}

func texts(values []literalValue) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = v.text
	}
	return all
}

// hashColumns looks for hashes that no column can equal, and for lists that
// are compared with columns of another length, given what columns each list is
// compared with.
func (l *linter) hashColumns(q *publishedQuery, lengths map[*valueList]hashLengths) {
	found := map[string]bool{} // a hash may stand in several lists
	for list, columns := range lengths {
		for _, v := range list.values {
			found[v.ioc.Value] = found[v.ioc.Value] || columns.has(len(v.ioc.Value))
		}
	}
	for _, list := range q.lists {
		columns := lengths[list]
		if columns.has(0) || len(columns) == 0 {
			continue
		}
		missed := map[int][]literalValue{}
		for _, v := range list.values {
			if n := len(v.ioc.Value); v.ioc.Type.IsHash() && hashNames[n] != "" && !found[v.ioc.Value] {
				missed[n] = append(missed[n], v)
			}
		}
		for _, n := range slices.Sorted(maps.Keys(missed)) {
			vs := missed[n]
			l.add(q, vs[0].line, "hash-mixed", feed.Error,
				"the %s hashes of %s (%s) are compared with %s only, so they are never found", hashNames[n], list.title(), some(texts(vs)), columns)
		}
		if len(missed) == 0 && list.facts().needless(columns) {
			l.add(q, list.values[0].line, "hash-mixed", feed.Info,
				"the hashes of %s are compared with %s, of which each equals those of its own length only; nothing is missed, but the query does needless work",
				list.title(), columns)
		}
	}
}

// needless reports whether a column can equal none, or only some, of the
// hashes.
func (f *listFacts) needless(columns hashLengths) bool {
	for n := range f.counts {
		if len(columns) > 1 || !columns.has(n) {
			return true
		}
	}
	return false
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
