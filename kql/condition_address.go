package kql

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// addressAdvice says what is wrong with a value that is no address and no range
// of addresses, and what to write.
func addressAdvice(v string) string {
	host, bits, block := strings.Cut(v, "/")
	if from, to, ok := strings.Cut(v, "-"); ok && isAddr(strings.TrimSpace(from)) && isAddr(strings.TrimSpace(to)) {
		return "; write the blocks from its first to its last address, such as 10.0.0.0/24"
	}
	if at := strings.IndexByte(host, '%'); at > 0 && isAddr(host[:at]) {
		return "; leave out " + host[at:]
	}
	if !strings.Contains(host, ":") && strings.Contains(host, ".") {
		if s := octetAdvice(host); s != "" {
			return s
		}
	}
	a, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return "; write 192.0.2.1 or 10.0.0.0/8"
	case !block:
		return ""
	}
	if mask, err := netip.ParseAddr(bits); err == nil && mask.Is4() {
		if ones, size := net.IPMask(mask.AsSlice()).Size(); size > 0 {
			return fmt.Sprintf("; write %s/%d", host, ones)
		}
	}
	return fmt.Sprintf("; behind / stands a number from 0 to %d", a.BitLen())
}

// octetAdvice says what is wrong with the numbers of an IPv4 address, "" when
// nothing is.
func octetAdvice(host string) string {
	octets := strings.Split(strings.TrimSuffix(host, "."), ".")
	for i, o := range octets {
		n, err := strconv.Atoi(o)
		switch {
		case o == "*" && i > 0 && len(octets) <= 4:
			zeros := strings.Repeat(".0", 4-i)
			return fmt.Sprintf("; write %s%s/%d", strings.Join(octets[:i], "."), zeros, 8*i)
		case err != nil:
			return "; write 192.0.2.1 or 10.0.0.0/8"
		case n > 255:
			return fmt.Sprintf("; %d is more than 255", n)
		case len(o) > 1 && o[0] == '0':
			return fmt.Sprintf("; write %d for %s", n, o)
		}
	}
	if len(octets) != 4 {
		return fmt.Sprintf("; an IPv4 address has four numbers, and this has %d", len(octets))
	}
	return ""
}
