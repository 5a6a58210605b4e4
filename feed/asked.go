package feed

import (
	"slices"
	"strings"
)

// Asked is a question about words that many IOCs of a [Set] share: threats,
// families, names of documents, tags. Of a million IOCs each word is asked about
// once. It is not safe for concurrent use.
type Asked struct {
	of    func(word string) bool
	set   *Set
	known []answer // by the number of the word
}

type answer uint8

const (
	notAsked answer = iota
	yes
	no
)

// Ask is a question whose answer depends on the word alone.
func Ask(of func(word string) bool) *Asked { return &Asked{of: of} }

// is answers for the word with a number.
func (a *Asked) is(s *Set, n uint32) bool {
	if a.set == s && int(n) < len(a.known) && a.known[n] != notAsked {
		return a.known[n] == yes
	}
	return a.ask(s, n, a.of)
}

func (a *Asked) ask(s *Set, n uint32, of func(string) bool) bool {
	if a.set != s {
		a.set, a.known = s, nil
	}
	if more := int(n) + 1 - len(a.known); more > 0 {
		a.known = append(slices.Grow(a.known, 2*more), make([]answer, more)...)
	}
	a.known[n] = no
	if of(s.words.at(n)) {
		a.known[n] = yes
	}
	return a.known[n] == yes
}

// TypeIs answers for the type of the indicator at position i.
func (s *Set) TypeIs(i int, a *Asked) bool { return a.is(s, s.row(i).typ) }

// ThreatIs answers for the threat of the indicator at position i.
func (s *Set) ThreatIs(i int, a *Asked) bool { return a.is(s, s.row(i).threat) }

// FamilyIs answers for the family of the indicator at position i.
func (s *Set) FamilyIs(i int, a *Asked) bool { return a.is(s, s.row(i).family) }

// StatedIn reports whether a place that states the indicator at position i is in
// a document whose name is answered with yes.
func (s *Set) StatedIn(i int, a *Asked) bool {
	if len(s.sources.all) > 0 {
		if places, several := s.sources.all[uint32(i)]; several {
			return slices.ContainsFunc(places, func(p place) bool { return p != (place{}) && a.is(s, p.name) })
		}
	}
	p := s.row(i).place
	return p != (place{}) && a.is(s, p.name)
}

// AnyTag reports whether one of the tags of the indicator at position i is
// answered with yes. A question about tags is about nothing else: all tags of an
// IOC are one word.
func (s *Set) AnyTag(i int, a *Asked) bool {
	n := s.row(i).tags
	if n == 0 {
		return false
	}
	if a.set == s && int(n) < len(a.known) && a.known[n] != notAsked {
		return a.known[n] == yes
	}
	return a.ask(s, n, func(word string) bool {
		for tag := range strings.SplitSeq(word, tagSeparator) {
			if a.of(tag) {
				return true
			}
		}
		return false
	})
}
