package warnings

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestBlocks compares lookups with a walk over all blocks.
func TestBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	addr := func() netip.Addr {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], r.Uint32()&0x0300_ff0f|0x0a00_0000) // many meet
		return netip.AddrFrom4(b)
	}
	for range 50 {
		var b blocks[netip.Prefix]
		var all []netip.Prefix
		for range r.IntN(60) {
			p := netip.PrefixFrom(addr(), r.IntN(33)).Masked()
			all = append(all, p)
			b.add(p, p)
		}
		b.settle()
		for range 400 {
			p := netip.PrefixFrom(addr(), 8+r.IntN(25)).Masked()
			want := netip.Prefix{}
			for _, q := range all {
				if q.Bits() <= p.Bits() && q.Contains(p.Addr()) && (!want.IsValid() || q.Bits() > want.Bits()) {
					want = q
				}
			}
			got, ok := b.find(p)
			if got != want || ok != want.IsValid() {
				t.Fatalf("%v is in %v, want %v of %v", p, got, want, all)
			}
			held := map[netip.Prefix]bool{}
			for _, in := range b.within(p) {
				held[in.prefix] = in.prefix == in.value
			}
			for _, q := range all {
				if holds := q.Bits() >= p.Bits() && p.Contains(q.Addr()); holds != held[q] {
					t.Fatalf("%v holds %v: %v, want %v", p, q, held[q], holds)
				}
			}
		}
	}
	var b blocks[string]
	b.add(netip.MustParsePrefix("0.0.0.0/0"), "all")
	b.add(netip.MustParsePrefix("255.255.255.255/32"), "last")
	b.add(netip.MustParsePrefix("2001:db8::/32"), "six")
	b.settle()
	for text, want := range map[string]string{"0.0.0.0/32": "all", "255.255.255.255/32": "last", "255.255.255.254/32": "all", "2001:db8::1/128": "six", "2001:db9::1/128": ""} {
		if got, _ := b.find(netip.MustParsePrefix(text)); got != want {
			t.Errorf("%s is in %q, want %q", text, got, want)
		}
	}
}
