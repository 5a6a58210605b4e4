package warnings

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"
)

// blocks are blocks of addresses with what is said of each. They are added, then
// settled, then looked up.
type blocks[T any] struct {
	four  []block4[T]
	spans []span // of IPv4, in order, each up to the next
	bits6 []int  // lengths that there are of IPv6, longest first
	six   map[netip.Prefix]T
}

// block4 is a block of IPv4 addresses.
type block4[T any] struct {
	first, last uint32
	bits        int
	value       T
	parent      int // the block that holds it, or -1
}

// span is where, from an address on, one block is the smallest.
type span struct {
	from  uint32
	block int // or -1
}

// add says something of a block.
func (b *blocks[T]) add(p netip.Prefix, v T) {
	p = p.Masked()
	if p.Addr().Is4() {
		first := number(p.Addr())
		b.four = append(b.four, block4[T]{first, first | uint32(uint64(1)<<(32-p.Bits())-1), p.Bits(), v, -1})
		return
	}
	if b.six == nil {
		b.six = map[netip.Prefix]T{}
	}
	if _, there := b.six[p]; there {
		return
	}
	b.six[p] = v
	if at, found := slices.BinarySearchFunc(b.bits6, p.Bits(), func(a, b int) int { return b - a }); !found {
		b.bits6 = slices.Insert(b.bits6, at, p.Bits())
	}
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// settle makes blocks ready to be looked up. Of equal blocks the first counts.
func (b *blocks[T]) settle() {
	slices.SortStableFunc(b.four, func(x, y block4[T]) int { return cmp.Or(cmp.Compare(x.first, y.first), x.bits-y.bits) })
	b.four = slices.CompactFunc(b.four, func(x, y block4[T]) bool { return x.first == y.first && x.bits == y.bits })
	var open []int // blocks that hold the place, the smallest last
	close := func(before uint64) {
		for len(open) > 0 && uint64(b.four[open[len(open)-1]].last) < before {
			end := b.four[open[len(open)-1]].last
			open = open[:len(open)-1]
			outer := -1
			if len(open) > 0 {
				outer = open[len(open)-1]
			}
			if end != ^uint32(0) {
				b.span(end+1, outer)
			}
		}
	}
	for n := range b.four {
		close(uint64(b.four[n].first))
		if len(open) > 0 {
			b.four[n].parent = open[len(open)-1]
		}
		b.span(b.four[n].first, n)
		open = append(open, n)
	}
	close(1 << 32)
}

// span begins a span; of several at one address the last counts.
func (b *blocks[T]) span(from uint32, block int) {
	if n := len(b.spans); n > 0 && b.spans[n-1].from == from {
		b.spans[n-1].block = block
		return
	}
	b.spans = append(b.spans, span{from, block})
}

// find is what is said of the smallest block that holds all of p.
func (b *blocks[T]) find(p netip.Prefix) (v T, ok bool) {
	a := p.Addr()
	if a.Is4() {
		n := number(a)
		at := sort.Search(len(b.spans), func(i int) bool { return b.spans[i].from > n }) - 1
		if at < 0 {
			return v, false
		}
		block := b.spans[at].block
		for block >= 0 && b.four[block].bits > p.Bits() {
			block = b.four[block].parent
		}
		if block < 0 {
			return v, false
		}
		return b.four[block].value, true
	}
	for _, bits := range b.bits6 {
		if bits > p.Bits() {
			continue
		}
		if q, err := a.Prefix(bits); err == nil {
			if v, ok = b.six[q]; ok {
				return v, true
			}
		}
	}
	return v, false
}

// inner is a block with what is said of it.
type inner[T any] struct {
	prefix netip.Prefix
	value  T
}

// within lists the blocks that p holds, in their order.
func (b *blocks[T]) within(p netip.Prefix) (all []inner[T]) {
	p = p.Masked()
	if p.Addr().Is4() {
		first := number(p.Addr())
		last := first | uint32(uint64(1)<<(32-p.Bits())-1)
		from := sort.Search(len(b.four), func(i int) bool { return b.four[i].first >= first })
		for _, in := range b.four[from:] {
			if in.first > last {
				break
			}
			if in.bits >= p.Bits() {
				all = append(all, inner[T]{netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(in.first >> 24), byte(in.first >> 16), byte(in.first >> 8), byte(in.first)}), in.bits), in.value})
			}
		}
		return all
	}
	for q, v := range b.six {
		if q.Bits() >= p.Bits() && p.Contains(q.Addr()) {
			all = append(all, inner[T]{q, v})
		}
	}
	slices.SortFunc(all, func(a, b inner[T]) int { return a.prefix.Compare(b.prefix) })
	return all
}
