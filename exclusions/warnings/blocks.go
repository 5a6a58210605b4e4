package warnings

import (
	"net/netip"
	"slices"
)

// blocks are blocks of addresses with what is said of each. The zero blocks is
// empty.
type blocks[T any] struct {
	bits4, bits6 []int // lengths that there are, longest first
	of4          map[uint64]T
	of6          map[netip.Prefix]T
}

// add says something of a block, unless something was said already.
func (b *blocks[T]) add(p netip.Prefix, v T) {
	p = p.Masked()
	if p.Addr().Is4() {
		if b.of4 == nil {
			b.of4 = map[uint64]T{}
		}
		if _, there := b.of4[key4(p.Addr(), p.Bits())]; !there {
			b.of4[key4(p.Addr(), p.Bits())] = v
			b.bits4 = withBits(b.bits4, p.Bits())
		}
		return
	}
	if b.of6 == nil {
		b.of6 = map[netip.Prefix]T{}
	}
	if _, there := b.of6[p]; !there {
		b.of6[p] = v
		b.bits6 = withBits(b.bits6, p.Bits())
	}
}

func withBits(all []int, bits int) []int {
	at, found := slices.BinarySearchFunc(all, bits, func(a, b int) int { return b - a })
	if found {
		return all
	}
	return slices.Insert(all, at, bits)
}

func key4(a netip.Addr, bits int) uint64 {
	b := a.As4()
	n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return n>>(32-bits)<<(32-bits) | uint64(bits)<<32
}

// find is what is said of the smallest block that holds all of p.
func (b *blocks[T]) find(p netip.Prefix) (v T, ok bool) {
	a := p.Addr()
	if a.Is4() {
		for _, bits := range b.bits4 {
			if bits > p.Bits() {
				continue
			}
			if v, ok = b.of4[key4(a, bits)]; ok {
				return v, true
			}
		}
		return v, false
	}
	for _, bits := range b.bits6 {
		if bits > p.Bits() {
			continue
		}
		if q, err := a.Prefix(bits); err == nil {
			if v, ok = b.of6[q]; ok {
				return v, true
			}
		}
	}
	return v, false
}
