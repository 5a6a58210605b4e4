package exclusions

import (
	"fmt"
	"net/netip"
	"strings"

	"quarry/kql"
)

// weakRange says why an address test leaves out too much. On the protected
// side a whole private network is every device that there is.
func weakRange(t kql.Test, v string) string {
	p, ok := blockOf(t.Op, v)
	if !ok {
		return fmt.Sprintf("addresses that have %s in their text lie in many networks; write a range", v)
	}
	if p.Addr().Is4() && p.Bits() < 16 || p.Addr().Is6() && (p.Bits() < 32 || p.Contains(mappedIPv4)) {
		return fmt.Sprintf("the range %s is so wide that most rows are in it", shownBlock(t.Op, v, p))
	}
	if t.Field != "device.ip" {
		return ""
	}
	for _, n := range known().Networks {
		if whole, ok := prefixOf(n); ok && p.Bits() <= whole.Bits() && p.Overlaps(whole) {
			return fmt.Sprintf("the range %s holds the whole private network %s, and so every device that has an address there", shownBlock(t.Op, v, p), n)
		}
	}
	return ""
}

func shownBlock(op kql.Operator, v string, p netip.Prefix) string {
	if op == kql.StartsWith {
		return p.String()
	}
	return v
}

// blockOf is the block of addresses that meet a test, and whether there is one.
// The text 192.0.2. begins the addresses of 192.0.2.0/24; 192.0.2.1 begins
// those of no block.
func blockOf(op kql.Operator, v string) (netip.Prefix, bool) {
	switch op {
	case kql.Is, kql.InRange:
		return prefixOf(v)
	case kql.StartsWith:
		if strings.HasSuffix(v, ".") {
			return octets(v + "*")
		}
		if groups := strings.Count(v, ":"); strings.HasSuffix(v, ":") && !strings.Contains(v, "::") && groups < 8 {
			p, err := netip.ParsePrefix(fmt.Sprintf("%s:/%d", v, 16*groups))
			return p, err == nil
		}
	}
	return netip.Prefix{}, false
}

// narrow reports whether a test is met by one address or by those of a small
// network only, so that it names certain devices.
func narrow(t kql.Test) bool {
	if t.Op != kql.Is && t.Op != kql.InRange {
		return false
	}
	for _, v := range t.Values {
		p, ok := prefixOf(v)
		if !ok || p.Addr().Is4() && p.Bits() < 24 || p.Addr().Is6() && p.Bits() < 64 {
			return false
		}
	}
	return len(t.Values) > 0
}
