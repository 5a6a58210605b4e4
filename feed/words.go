package feed

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// words are texts that many IOCs share, as numbers. "" is 0.
type words struct {
	list  []string
	index map[string]uint32
	near  [256]uint32 // those that came last, found without a hash
}

// id is the number of a word.
func (w *words) id(s string) uint32 {
	if s == "" {
		return 0
	}
	if w.index == nil {
		w.index, w.list = map[string]uint32{}, []string{""}
	}
	near := &w.near[slot(s)%len(w.near)]
	if w.list[*near] == s {
		return *near
	}
	n, ok := w.index[s]
	if !ok {
		n = uint32(len(w.list))
		s = strings.Clone(s)
		w.list = append(w.list, s)
		w.index[s] = n
	}
	*near = n
	return n
}

// slot is a number that texts which come one after the other seldom share. The
// text is not empty.
func slot(s string) int {
	return len(s) + int(s[0])<<1 ^ int(s[len(s)/2])<<2 ^ int(s[len(s)-1])<<3
}

// at is the word with a number.
func (w *words) at(n uint32) string {
	if n == 0 {
		return ""
	}
	return w.list[n]
}

// lately are lists of tags that came last, with the word for each: of those that
// come again nothing need be joined.
type lately [64]struct {
	tags []string
	word uint32
}

// tagged is the number of the word for tags.
func (s *Set) tagged(tags []string) uint32 {
	if len(tags) == 0 {
		return 0
	}
	at := len(tags)
	for _, t := range tags {
		if at *= 5; t != "" {
			at += slot(t)
		}
	}
	near := &s.lately[at%len(s.lately)]
	if !slices.Equal(near.tags, tags) {
		near.word = s.words.id(tagWord(tags))
		near.tags = s.split(near.word, near.tags[:0])
	}
	return near.word
}

// tags are those of a row.
func (s *Set) tags(r *row) []string {
	if r.tags == 0 {
		return nil
	}
	return s.split(r.tags, nil)
}

// split appends the tags of a word.
func (s *Set) split(word uint32, tags []string) []string {
	for t := range strings.SplitSeq(s.words.at(word), tagSeparator) {
		tags = append(tags, t)
	}
	return tags
}

// tagSeparator parts the tags of an IOC in one word. No tag holds it.
const tagSeparator = "\x00"

// tagWord is the word for tags.
func tagWord(tags []string) string {
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

// texts keeps texts that few IOCs share, in blocks.
type texts struct {
	blocks  []string        // the first is empty
	block   strings.Builder // the one that is being filled
	filling int             // its position
	once    [1 << 10]span   // some that were kept lately, by their hash
}

// span is where a text is kept: the number of the block, and from which byte of
// it how many. Where it is so many as none, the block is the text. 0 is "".
type span uint64

// textBlock is how large a block is: as far as a span reaches.
const textBlock = math.MaxUint16 + 1

// at is a text that is kept.
func (t *texts) at(s span) string {
	if s == 0 {
		return ""
	}
	block := t.blocks[s>>32]
	if n := int(uint16(s)); n > 0 {
		from := int(uint16(s >> 16))
		return block[from : from+n]
	}
	return block
}

// keep copies a text.
func (t *texts) keep(s string) span {
	if s == "" {
		return 0
	}
	if t.blocks == nil {
		t.blocks = []string{""}
	}
	if len(s) >= textBlock {
		t.blocks = append(t.blocks, strings.Clone(s))
		return span(len(t.blocks)-1) << 32
	}
	if t.filling == 0 || textBlock-t.block.Len() < len(s) {
		t.block = strings.Builder{}
		t.block.Grow(textBlock)
		t.blocks = append(t.blocks, "")
		t.filling = len(t.blocks) - 1
	}
	from := t.block.Len()
	t.block.WriteString(s)
	t.blocks[t.filling] = t.block.String()
	return span(t.filling)<<32 | span(from)<<16 | span(len(s))
}

// keepOnce copies a text that was perhaps kept lately.
func (t *texts) keepOnce(s string) span {
	if s == "" {
		return 0
	}
	near := &t.once[maphash.String(seed, s)%uint64(len(t.once))]
	if t.at(*near) != s {
		*near = t.keep(s)
	}
	return *near
}

// walkable is the length up to which a list is searched by walking it.
const walkable = 32

// maxListed is how long a list gets, but for what must not be missed: what unpacks
// to a thousand times its size may state a few indicators in every line.
const maxListed = 1 << 12

// lists are what there is more than one of at a few positions.
type lists[T comparable] struct {
	all map[uint32][]T
	// more is how often something came to a list that was full.
	more map[uint32]int
	// seen is what stands in the lists that are too long to walk: a feed may
	// state one indicator a million times.
	seen map[uint32]map[T]struct{}
}

// full reports whether the list at a position takes no more, and counts that
// something came.
func (l *lists[T]) full(at uint32) bool {
	if len(l.all[at]) < maxListed {
		return false
	}
	if l.more == nil {
		l.more = map[uint32]int{}
	}
	l.more[at]++
	return true
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
