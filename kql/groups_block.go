package kql

import (
	"slices"
	"strings"
)

// prefixList is the name of what [Column.inBlocks] searches for.
const prefixList name = "IocIpPrefix"

// prefixed reports whether the text index can find the rows whose address is in
// a block of IPv4: not for blocks larger than a first octet. A watchlist has no
// list of prefixes.
func (x selecting) prefixed() bool {
	return x.o.Watchlist == "" && x.blocks4() && slices.Min(x.s.bits4) >= 8 && x.s.prefixesWith(x.o.ip4())
}

// prefixesWith reports whether one search takes the blocks of IPv4 with a list
// of addresses.
func (s *Selection) prefixesWith(l listID) bool { return s.len(cidr4List)+s.len(l) <= AnyValues }

// inBlocks searches a column for the beginnings of the addresses in blocks, and
// for the addresses of IOCs. It takes more than is in the blocks.
func (c *Column) inBlocks() expr {
	return func(q *query) {
		q.text("has_any_ipv4_prefix(")
		c.value(q)
		q.text(", ")
		q.name(prefixList)
		q.text(")")
	}
}

// prefixes writes the list that [Column.inBlocks] searches for.
func (q *query) prefixes(s *Selection, o *Options) {
	q.text("let ")
	q.name(prefixList)
	q.text(" = ")
	whole := s.has(o.ip4())
	if whole {
		q.text("array_concat(")
		q.name(listNames[o.ip4()])
		q.text(", ")
	}
	q.dynamic(s.prefixes())
	if whole {
		q.text(")")
	}
	q.text(";\n")
}

// prefixes are the whole octets that the addresses of each block begin with.
func (s *Selection) prefixes() (all []string) {
	seen := map[string]bool{}
	for _, x := range s.indicators {
		if x.Shape != cidr4Shape {
			continue
		}
		for _, k := range x.terms {
			addr, _, _ := strings.Cut(k.key, "/")
			octets := strings.SplitAfter(addr, ".")
			if prefix := strings.Join(octets[:x.bits/8], ""); !seen[prefix] {
				seen[prefix] = true
				all = append(all, prefix)
			}
		}
	}
	return all
}
