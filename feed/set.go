package feed

import (
	"fmt"
	"slices"
)

// Set holds the IOCs of any number of documents, each indicator once. The
// position of an IOC never changes once it is in the set. The zero Set is
// empty and ready for use.
type Set struct {
	iocs    []IOC
	index   map[string]int32
	places  lists[Source] // of IOCs' Sources
	remarks lists[string] // of IOCs' Differs
}

// NewSet merges the IOCs of all bulletins in reading order, then their
// mentions: a value that one document lists and another only mentions is an
// IOC.
func NewSet(bulletins []*Bulletin) *Set {
	s := new(Set)
	for _, b := range bulletins {
		for _, i := range b.IOCs {
			s.Add(i)
		}
	}
	for _, b := range bulletins {
		for _, i := range b.Mentions {
			s.Add(i)
		}
	}
	return s
}

// Len is the number of distinct indicators.
func (s *Set) Len() int { return len(s.iocs) }

// At returns the indicator at position i, which must be below [Set.Len].
func (s *Set) At(i int) IOC { return s.iocs[i] }

// Find returns the position of the indicator with the key of [IOC.Key].
func (s *Set) Find(key string) (int, bool) {
	i, ok := s.index[key]
	return int(i), ok
}

// Add puts an IOC into the set, or merges it into the one with the same key:
// all sources are kept, the earliest first seen, the highest confidence, and
// in Differs every disagreement.
func (s *Set) Add(i IOC) (at int, merged bool) {
	if s.index == nil {
		s.index = make(map[string]int32)
	}
	key := i.Key()
	if at, ok := s.index[key]; ok {
		s.merge(at, i)
		return int(at), true
	}
	i.Sources = slices.Clone(i.Sources)
	i.Differs = slices.Clone(i.Differs)
	at = len(s.iocs)
	s.iocs = append(s.iocs, i)
	s.index[key] = int32(at)
	return at, false
}

func (s *Set) merge(at int32, o IOC) {
	i := &s.iocs[at]
	for _, src := range o.Sources {
		s.places.add(at, &i.Sources, src)
	}
	for _, d := range o.Differs {
		s.remarks.add(at, &i.Differs, d)
	}
	if o.Mention {
		return
	}
	if i.Mention {
		i.Mention, i.Context = false, ""
	}
	where := "elsewhere"
	if len(o.Sources) > 0 {
		where = o.Sources[0].String()
	}
	differ := func(what, was, is string) {
		s.remarks.add(at, &i.Differs, fmt.Sprintf("%s %s and %s, as %s says", what, was, is, where))
	}
	i.Threat = merged(i.Threat, o.Threat, "threat", differ)
	i.Family = merged(i.Family, o.Family, "family", differ)
	if o.Confidence != NoConfidence && o.Confidence != i.Confidence {
		if i.Confidence != NoConfidence {
			differ("confidence", fmt.Sprintf("%d%%", i.Confidence), fmt.Sprintf("%d%%", o.Confidence))
		}
		i.Confidence = max(i.Confidence, o.Confidence)
	}
	if !o.FirstSeen.IsZero() && !o.FirstSeen.Equal(i.FirstSeen) {
		if !i.FirstSeen.IsZero() {
			differ("first seen", FormatSeen(i.FirstSeen), FormatSeen(o.FirstSeen))
		}
		if i.FirstSeen.IsZero() || o.FirstSeen.Before(i.FirstSeen) {
			i.FirstSeen = o.FirstSeen
		}
	}
}

// merged keeps what was there first and notes what a later source says.
func merged[S ~string](was, is S, what string, differ func(what, was, is string)) S {
	switch {
	case was == "":
		return is
	case is != "" && is != was:
		differ(what, string(was), string(is))
	}
	return was
}

// walkable is the length up to which a list is searched by walking it.
const walkable = 32

// lists remembers what stands in those lists of a set that are too long to
// walk: a feed may state one indicator a million times.
type lists[T comparable] map[int32]map[T]struct{}

// add appends v to the list of the IOC at position at, unless it is there.
func (l *lists[T]) add(at int32, list *[]T, v T) {
	if len(*list) <= walkable {
		if !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
		return
	}
	seen := (*l)[at]
	if seen == nil {
		seen = make(map[T]struct{}, 2*walkable)
		for _, o := range *list {
			seen[o] = struct{}{}
		}
		if *l == nil {
			*l = make(lists[T])
		}
		(*l)[at] = seen
	}
	if _, there := seen[v]; !there {
		seen[v] = struct{}{}
		*list = append(*list, v)
	}
}
