package feed

import (
	"fmt"
	"slices"
)

// Set holds the IOCs of any number of documents, each indicator once. The
// position of an IOC never changes once it is in the set. The zero Set is
// empty and ready for use.
type Set struct {
	iocs  []IOC
	index map[string]int32
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
		s.iocs[at].merge(i)
		return int(at), true
	}
	i.Sources = slices.Clone(i.Sources)
	i.Differs = slices.Clone(i.Differs)
	at = len(s.iocs)
	s.iocs = append(s.iocs, i)
	s.index[key] = int32(at)
	return at, false
}

func (i *IOC) merge(o IOC) {
	for _, src := range o.Sources {
		if !slices.Contains(i.Sources, src) {
			i.Sources = append(i.Sources, src)
		}
	}
	if o.Mention {
		return
	}
	if i.Mention {
		i.Mention, i.Context = false, ""
	}
	where := "elsewhere"
	if len(o.Sources) > 0 {
		where = fmt.Sprintf("%s:%d", o.Sources[0].Name, o.Sources[0].Line)
	}
	i.Threat = merged(i, i.Threat, o.Threat, "threat", where)
	i.Family = merged(i, i.Family, o.Family, "family", where)
	if o.Confidence != i.Confidence && o.Confidence != NoConfidence {
		if i.Confidence != NoConfidence {
			i.differ("confidence %d%% and %d%%, as %s says", i.Confidence, o.Confidence, where)
		}
		i.Confidence = max(i.Confidence, o.Confidence)
	}
	if !o.FirstSeen.IsZero() && (i.FirstSeen.IsZero() || o.FirstSeen.Before(i.FirstSeen)) {
		i.FirstSeen = o.FirstSeen
	}
}

// merged keeps what was there first and notes what a later source says.
func merged[S ~string](i *IOC, was, is S, name, where string) S {
	switch {
	case was == "":
		return is
	case is != "" && is != was:
		i.differ("%s %s and %s, as %s says", name, was, is, where)
	}
	return was
}

func (i *IOC) differ(format string, args ...any) {
	if d := fmt.Sprintf(format, args...); !slices.Contains(i.Differs, d) {
		i.Differs = append(i.Differs, d)
	}
}
