package feed

import (
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// Set holds the IOCs of any number of documents, each indicator once. The
// position of an IOC never changes once it is in the set. A million IOCs take
// some 150 MB: what many of them share is kept once, and nothing is kept of the
// documents that they were read from. The zero Set is empty and ready for use.
// It is not safe for concurrent use.
type Set struct {
	blocks   [][]row
	n        int
	asides   int // mentions
	index    []entry
	words    words
	text     texts
	lately   lately
	expected entry // of no use but to be read: see Expect

	sources lists[place]  // of IOCs that several places state
	differs lists[string] // of IOCs on which they disagree
}

// row is one IOC. Words are numbers in [words], texts places in [texts]: of a
// million rows the garbage collector has nothing to follow.
type row struct {
	value, reference                   span
	first, last                        int64 // Unix microseconds, or never
	typ, threat, family, context, tags uint32
	place                              place // the first that states it
	confidence                         int8
	mention                            bool
}

// entry is an IOC in the index, by the hash of its key: the hash and the position
// from 1, so that others need not be looked at. 0 is none.
type entry uint64

func (e entry) hash() uint32  { return uint32(e >> 32) }
func (e entry) position() int { return int(uint32(e)) - 1 }

// place is a [Source].
type place struct{ name, line uint32 }

const (
	blockRows = 1 << 12
	never     = math.MinInt64
)

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
func (s *Set) Len() int { return s.n }

// Mentions is how many of the indicators are mentions.
func (s *Set) Mentions() int { return s.asides }

// row is the IOC at a position.
func (s *Set) row(i int) *row { return &s.blocks[i/blockRows][i%blockRows] }

// At returns the indicator at position i, which must be below [Set.Len].
func (s *Set) At(i int) IOC {
	is := s.Facts(i)
	is.Tags, is.Sources, is.Differs = s.tags(s.row(i)), s.Sources(i), s.differs.all[uint32(i)]
	if n := s.sources.more[uint32(i)]; n > 0 {
		is.Differs = append(slices.Clip(is.Differs), fmt.Sprintf("it is stated %d more times, in lines that are not kept", n))
	}
	if n := s.differs.more[uint32(i)]; n > 0 {
		is.Differs = append(slices.Clip(is.Differs), fmt.Sprintf("it differs in %d more places, which are not kept", n))
	}
	return is
}

// Facts is the indicator at position i without its tags, its sources and where
// they differ. It allocates nothing, for those who look at many.
func (s *Set) Facts(i int) IOC {
	r := s.row(i)
	return IOC{
		Type: Type(s.words.at(r.typ)), Value: s.text.at(r.value), Threat: Threat(s.words.at(r.threat)), Family: s.words.at(r.family),
		Confidence: int(r.confidence), FirstSeen: seen(r.first), LastSeen: seen(r.last), Reference: s.text.at(r.reference),
		Mention: r.mention, Context: s.words.at(r.context),
	}
}

// Keys are the keys of the first n indicators, as [IOC.Key] gives them, in the
// order of their positions. Another goroutine may walk them while IOCs are added:
// the key of one never changes.
func (s *Set) Keys(n int) iter.Seq[string] {
	blocks, words, text := slices.Clone(s.blocks), s.words.list, &texts{blocks: slices.Clone(s.text.blocks)}
	return func(yield func(string) bool) {
		for i := range n {
			r := &blocks[i/blockRows][i%blockRows]
			if !yield((IOC{Type: Type(words[r.typ]), Value: text.at(r.value)}).Key()) {
				return
			}
		}
	}
}

// Each part of the indicator at position i, for those who look at many.

// Type is the type of the indicator at position i.
func (s *Set) Type(i int) Type { return Type(s.words.at(s.row(i).typ)) }

// Value is the value of the indicator at position i.
func (s *Set) Value(i int) string { return s.text.at(s.row(i).value) }

// Threat is the threat of the indicator at position i.
func (s *Set) Threat(i int) Threat { return Threat(s.words.at(s.row(i).threat)) }

// Family is the family of the indicator at position i.
func (s *Set) Family(i int) string { return s.words.at(s.row(i).family) }

// Confidence is the confidence of the indicator at position i.
func (s *Set) Confidence(i int) int { return int(s.row(i).confidence) }

// FirstSeen is when the indicator at position i was first seen.
func (s *Set) FirstSeen(i int) time.Time { return seen(s.row(i).first) }

// Mention reports whether the indicator at position i is a mention.
func (s *Set) Mention(i int) bool { return s.row(i).mention }

// Sources are the places that state the indicator at position i.
func (s *Set) Sources(i int) []Source {
	places := s.sources.all[uint32(i)]
	if places == nil {
		places = []place{s.row(i).place}
	}
	var all []Source
	for _, p := range places {
		if p != (place{}) {
			all = append(all, Source{s.words.at(p.name), int(p.line)})
		}
	}
	return all
}

// seen is the time that a row has.
func seen(unix int64) time.Time {
	if unix == never {
		return time.Time{}
	}
	return time.UnixMicro(unix).UTC()
}

// unix is how a row has a time: to the microsecond, as the most exact of feeds.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

// Find returns the position of the indicator with the key of [IOC.Key].
func (s *Set) Find(key string) (int, bool) {
	t, v, ok := strings.Cut(key, " ")
	if !ok || s.n == 0 {
		return 0, false
	}
	return s.find(Type(t), v, hashOf(Type(t), v))
}

// find is where an indicator is, by its type, key and hash.
func (s *Set) find(t Type, key string, hash uint32) (int, bool) {
	if len(s.index) == 0 {
		return 0, false
	}
	mask := uint32(len(s.index) - 1)
	for at := hash & mask; s.index[at] != 0; at = (at + 1) & mask {
		if s.index[at].hash() != hash {
			continue
		}
		n := s.index[at].position()
		r := s.row(n)
		if s.words.at(r.typ) != string(t) {
			continue
		}
		if v := s.text.at(r.value); v == key || t == URL && keyOf(t, v) == key {
			return n, true
		}
	}
	return 0, false
}

var seed = maphash.MakeSeed()

func hashOf(t Type, key string) uint32 {
	h := maphash.String(seed, key)
	for i := 0; i < len(t); i++ { // few types share a value
		h = h*31 + uint64(t[i])
	}
	return uint32(h ^ h>>32)
}

// Add puts an IOC into the set, or merges it into the one with the same key:
// all sources are kept, the earliest first seen, the latest last seen, the
// highest confidence, all tags, the first reference, and in Differs every
// disagreement. Of an indicator that is stated more than 4,096 times the first
// line of each further document is kept, and Differs says how many are not. The
// set keeps nothing of what i refers to.
func (s *Set) Add(i IOC) (at int, merged bool) { return s.AddOf(&i) }

// AddOf is [Set.Add] without a copy of the IOC, for those who add many.
func (s *Set) AddOf(i *IOC) (at int, merged bool) {
	key := i.key()
	hash := hashOf(i.Type, key)
	if at, ok := s.find(i.Type, key, hash); ok {
		s.merge(at, i)
		return at, true
	}
	at = s.n
	if at%blockRows == 0 {
		s.blocks = append(s.blocks, make([]row, 0, blockRows))
	}
	block := &s.blocks[at/blockRows]
	*block = append(*block, row{
		value: s.text.keep(i.Value), reference: s.text.keepOnce(i.Reference), first: unix(i.FirstSeen), last: unix(i.LastSeen),
		typ: s.words.id(string(i.Type)), threat: s.words.id(string(i.Threat)), family: s.words.id(i.Family), context: s.words.id(i.Context),
		tags: s.tagged(i.Tags), confidence: int8(i.Confidence), mention: i.Mention,
	})
	s.n++
	if i.Mention {
		s.asides++
	}
	r := s.row(at)
	for k, src := range i.Sources {
		if p := s.place(src); k == 0 {
			r.place = p
		} else {
			s.stated(uint32(at), p, r.place)
		}
	}
	for _, d := range i.Differs {
		s.differing(uint32(at), d)
	}
	s.enter(at, hash)
	return at, false
}

// Expect looks at where IOCs belong that are added next. One after the other each
// would wait for memory; all together they hardly do.
func (s *Set) Expect(iocs []IOC) {
	if len(s.index) == 0 {
		return
	}
	mask := uint32(len(s.index) - 1)
	for k := range iocs {
		i := &iocs[k]
		s.expected ^= s.index[hashOf(i.Type, i.key())&mask]
	}
}

func (s *Set) place(src Source) place {
	return place{s.words.id(src.Name), uint32(src.Line)}
}

// enter puts a position into the index, which is at most half full.
func (s *Set) enter(at int, hash uint32) {
	if 2*s.n > len(s.index) {
		old := s.index
		s.index = make([]entry, max(2*len(old), 64))
		for _, e := range old {
			if e != 0 {
				s.put(e)
			}
		}
	}
	s.put(entry(hash)<<32 | entry(at+1))
}

func (s *Set) put(e entry) {
	mask := uint32(len(s.index) - 1)
	at := e.hash() & mask
	for s.index[at] != 0 {
		at = (at + 1) & mask
	}
	s.index[at] = e
}

func (s *Set) merge(at int, o *IOC) {
	r := s.row(at)
	for _, src := range o.Sources {
		if p := s.place(src); r.place == (place{}) {
			r.place = p
		} else if p != r.place {
			s.stated(uint32(at), p, r.place)
		}
	}
	for _, d := range o.Differs {
		s.differing(uint32(at), d)
	}
	if o.Mention {
		return
	}
	if r.mention {
		s.asides--
		r.mention, r.context = false, s.words.id("")
	}
	s.mergeFacts(uint32(at), r, o)
}

// stated keeps another place that states the indicator. When there are very many
// only the first of each further document is kept.
func (s *Set) stated(at uint32, p, first place) {
	list := s.sources.all[at]
	for n := len(list) - 1; n >= maxListed-1; n-- { // the last document stands last
		if list[n].name == p.name {
			s.sources.full(at)
			return
		}
	}
	s.sources.add(at, p, first)
}

// differing keeps a remark, unless there are very many.
func (s *Set) differing(at uint32, remark string) {
	if !s.differs.full(at) {
		s.differs.add(at, remark)
	}
}

// mergeFacts merges what is said of an indicator.
func (s *Set) mergeFacts(at uint32, r *row, o *IOC) {
	where := "elsewhere"
	if len(o.Sources) > 0 {
		where = o.Sources[0].String()
	}
	differ := func(what, was, is string) {
		s.differing(at, fmt.Sprintf("%s %s and %s, as %s says", what, was, is, where))
	}
	word := func(have *uint32, is, what string) {
		switch was := s.words.at(*have); {
		case was == "":
			*have = s.words.id(is)
		case is != "" && is != was:
			differ(what, was, is)
		}
	}
	word(&r.threat, string(o.Threat), "threat")
	word(&r.family, o.Family, "family")
	if o.Confidence != NoConfidence && o.Confidence != int(r.confidence) {
		if r.confidence != NoConfidence {
			differ("confidence", fmt.Sprintf("%d%%", r.confidence), fmt.Sprintf("%d%%", o.Confidence))
		}
		r.confidence = max(r.confidence, int8(o.Confidence))
	}
	if first := unix(o.FirstSeen); first != never && first != r.first {
		if r.first != never {
			differ("first seen", FormatSeen(seen(r.first)), FormatSeen(seen(first)))
		}
		if r.first == never || first < r.first {
			r.first = first
		}
	}
	r.last = max(r.last, unix(o.LastSeen)) // never is the least
	if r.reference == 0 {
		r.reference = s.text.keepOnce(o.Reference)
	}
	if len(o.Tags) > 0 && s.tagged(o.Tags) != r.tags {
		tags := s.tags(r)
		for _, t := range o.Tags {
			if !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
		r.tags = s.tagged(tags)
	}
}
