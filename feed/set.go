package feed

import (
	"fmt"
	"hash/maphash"
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
	blocks [][]row
	n      int
	asides int // mentions
	index  []entry
	words  words
	text   texts

	sources lists[place]  // of IOCs that several places state
	differs lists[string] // of IOCs on which they disagree
}

// row is one IOC. Words are numbers in [words].
type row struct {
	value, reference                   string
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
	r := s.row(i)
	return IOC{
		Type: Type(s.words.list[r.typ]), Value: r.value, Threat: Threat(s.words.list[r.threat]), Family: s.words.list[r.family],
		Confidence: int(r.confidence), FirstSeen: seen(r.first), LastSeen: seen(r.last), Reference: r.reference, Tags: s.tags(r),
		Sources: s.Sources(i), Mention: r.mention, Context: s.words.list[r.context], Differs: s.differs.all[uint32(i)],
	}
}

// Each part of the indicator at position i, for those who look at many.

// Type is the type of the indicator at position i.
func (s *Set) Type(i int) Type { return Type(s.words.list[s.row(i).typ]) }

// Value is the value of the indicator at position i.
func (s *Set) Value(i int) string { return s.row(i).value }

// Threat is the threat of the indicator at position i.
func (s *Set) Threat(i int) Threat { return Threat(s.words.list[s.row(i).threat]) }

// Family is the family of the indicator at position i.
func (s *Set) Family(i int) string { return s.words.list[s.row(i).family] }

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
			all = append(all, Source{s.words.list[p.name], int(p.line)})
		}
	}
	return all
}

// StatedIn reports whether a place that states the indicator at position i is in
// a document whose name is accepted. It is asked of each name, until one is.
func (s *Set) StatedIn(i int, accepted func(name string) bool) bool {
	if len(s.sources.all) > 0 {
		if places, several := s.sources.all[uint32(i)]; several {
			for _, p := range places {
				if p != (place{}) && accepted(s.words.list[p.name]) {
					return true
				}
			}
			return false
		}
	}
	p := s.row(i).place
	return p != (place{}) && accepted(s.words.list[p.name])
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

func (s *Set) tags(r *row) []string {
	if r.tags == 0 {
		return nil
	}
	return strings.Split(s.words.list[r.tags], tagSeparator)
}

// tagSeparator parts the tags of an IOC in one word. No tag holds it.
const tagSeparator = "\x00"

// tagWord is the word for tags.
func tagWord(tags []string) string {
	switch len(tags) {
	case 0:
		return ""
	case 1:
		return strings.ReplaceAll(tags[0], tagSeparator, "")
	}
	for _, t := range tags {
		if strings.Contains(t, tagSeparator) {
			tags = slices.Clone(tags)
			for i := range tags {
				tags[i] = strings.ReplaceAll(tags[i], tagSeparator, "")
			}
			break
		}
	}
	return strings.Join(tags, tagSeparator)
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
		if r := s.row(n); s.words.list[r.typ] == string(t) && (r.value == key || t == URL && (IOC{Type: URL, Value: r.value}).key() == key) {
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
// disagreement. The set keeps nothing of what i refers to.
func (s *Set) Add(i IOC) (at int, merged bool) {
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
		typ: s.words.id(string(i.Type), 0), threat: s.words.id(string(i.Threat), 1), family: s.words.id(i.Family, 2), context: s.words.id(i.Context, 3),
		tags: s.words.id(tagWord(i.Tags), 4), confidence: int8(i.Confidence), mention: i.Mention,
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
			s.sources.add(uint32(at), p, r.place)
		}
	}
	for _, d := range i.Differs {
		s.differs.add(uint32(at), d)
	}
	s.enter(at, hash)
	return at, false
}

func (s *Set) place(src Source) place {
	return place{s.words.id(src.Name, 5), uint32(src.Line)}
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

func (s *Set) merge(at int, o IOC) {
	r := s.row(at)
	for _, src := range o.Sources {
		if p := s.place(src); r.place == (place{}) {
			r.place = p
		} else if p != r.place {
			s.sources.add(uint32(at), p, r.place)
		}
	}
	for _, d := range o.Differs {
		s.differs.add(uint32(at), d)
	}
	if o.Mention {
		return
	}
	if r.mention {
		s.asides--
		r.mention, r.context = false, s.words.id("", 3)
	}
	s.mergeFacts(uint32(at), r, o)
}

// mergeFacts merges what is said of an indicator.
func (s *Set) mergeFacts(at uint32, r *row, o IOC) {
	where := "elsewhere"
	if len(o.Sources) > 0 {
		where = o.Sources[0].String()
	}
	differ := func(what, was, is string) {
		s.differs.add(at, fmt.Sprintf("%s %s and %s, as %s says", what, was, is, where))
	}
	word := func(have *uint32, is, what string, slot int) {
		switch was := s.words.list[*have]; {
		case was == "":
			*have = s.words.id(is, slot)
		case is != "" && is != was:
			differ(what, was, is)
		}
	}
	word(&r.threat, string(o.Threat), "threat", 1)
	word(&r.family, o.Family, "family", 2)
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
	if r.reference == "" {
		r.reference = s.text.keepOnce(o.Reference)
	}
	if len(o.Tags) > 0 && tagWord(o.Tags) != s.words.list[r.tags] {
		tags := s.tags(r)
		for _, t := range o.Tags {
			if !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
		r.tags = s.words.id(tagWord(tags), 4)
	}
}

// words are texts that many IOCs share, as numbers. "" is 0.
type words struct {
	list  []string
	index map[string]uint32
	last  [6]uint32 // the last of each use: often it comes again
}

// id is the number of a word in one of its uses.
func (w *words) id(s string, use int) uint32 {
	if w.index == nil {
		w.index, w.list = map[string]uint32{"": 0}, []string{""}
	}
	if last := w.last[use]; w.list[last] == s {
		return last
	}
	n, ok := w.index[s]
	if !ok {
		n = uint32(len(w.list))
		s = strings.Clone(s)
		w.list = append(w.list, s)
		w.index[s] = n
	}
	w.last[use] = n
	return n
}

// texts keeps texts that few IOCs share, in blocks.
type texts struct {
	block strings.Builder
	once  [1 << 10]string // some that were kept lately, by their hash
}

const textBlock = 64 << 10

// keep copies a text.
func (t *texts) keep(s string) string {
	if s == "" {
		return ""
	}
	if t.block.Cap()-t.block.Len() < len(s) {
		t.block = strings.Builder{}
		t.block.Grow(max(textBlock, len(s)))
	}
	at := t.block.Len()
	t.block.WriteString(s)
	return t.block.String()[at:]
}

// keepOnce copies a text that was perhaps kept lately.
func (t *texts) keepOnce(s string) string {
	if s == "" {
		return ""
	}
	slot := &t.once[maphash.String(seed, s)%uint64(len(t.once))]
	if *slot != s {
		*slot = t.keep(s)
	}
	return *slot
}

// walkable is the length up to which a list is searched by walking it.
const walkable = 32

// lists are what there is more than one of at a few positions.
type lists[T comparable] struct {
	all map[uint32][]T
	// seen is what stands in the lists that are too long to walk: a feed may
	// state one indicator a million times.
	seen map[uint32]map[T]struct{}
}

// add appends v to the list at a position, which begins with first, unless it
// is there.
func (l *lists[T]) add(at uint32, v T, first ...T) {
	list, ok := l.all[at]
	if !ok {
		if l.all == nil {
			l.all = map[uint32][]T{}
		}
		list = slices.Clip(first)
	}
	if len(list) <= walkable {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
		if len(list) > 0 {
			l.all[at] = list
		}
		return
	}
	seen := l.seen[at]
	if seen == nil {
		seen = make(map[T]struct{}, 2*walkable)
		for _, o := range list {
			seen[o] = struct{}{}
		}
		if l.seen == nil {
			l.seen = map[uint32]map[T]struct{}{}
		}
		l.seen[at] = seen
	}
	if _, there := seen[v]; !there {
		seen[v] = struct{}{}
		l.all[at] = append(list, v)
	}
}
