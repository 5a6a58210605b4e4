package kql

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// nameSpellings are the forms in which products log one name: as it is asked
// of DNS and, for an internationalised one, as people read it. Comparisons
// without case know ASCII only, so neither stands for the other. A label whose
// punycode does not lead back to itself stays as it is: it is another name.
func nameSpellings(name string) []string {
	if !strings.Contains(name, "xn--") {
		return []string{name}
	}
	labels := strings.Split(name, ".")
	for i, l := range labels {
		u, err := idna.Punycode.ToUnicode(l)
		if err != nil {
			continue
		}
		if back, err := idna.Punycode.ToASCII(u); err == nil && back == l {
			labels[i] = u
		}
	}
	unicode := strings.Join(labels, ".")
	if unicode == name {
		return []string{name}
	}
	return []string{name, unicode}
}

// addrSpellings are the forms in which text mostly holds an address. For IPv6
// these are the short form of RFC 5952, all eight groups without leading
// zeros, and all 32 digits. Others are not found in text: zeros left out at
// another place, leading zeros in some groups only, a.b.c.d at the end.
func addrSpellings(a netip.Addr) []string {
	if !a.Is6() {
		return []string{a.String()}
	}
	b := a.As16()
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = strings.TrimLeft(hex.EncodeToString(b[2*i:2*i+2]), "0")
		if groups[i] == "" {
			groups[i] = "0"
		}
	}
	all := []string{a.String(), strings.Join(groups, ":"), a.StringExpanded()}
	return slices.Compact(all)
}

// asciiLower is lower case as the products' comparisons know it.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
