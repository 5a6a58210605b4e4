package kql

import (
	"net/netip"
	"strconv"

	"quarry/feed"
)

// unique is a list that holds each value once.
type unique struct {
	values []string
	seen   map[string]struct{}
}

func (u *unique) add(v string) {
	if _, ok := u.seen[v]; ok {
		return
	}
	if u.seen == nil {
		u.seen = make(map[string]struct{})
	}
	u.seen[v] = struct{}{}
	u.values = append(u.values, v)
}

// terms are the indicators of a hunt, sorted by how columns are compared with
// them, in the order of the IOCs.
type terms struct {
	ip4, ip6     unique // addresses, also those of URLs
	ip6Text      unique // the same IPv6 addresses as text spells them
	port4        unique // "address:port"
	port6        unique // the address in full, "|", port; as parse_ipv6() writes it
	domains      unique // with the Unicode form of internationalised ones
	urls         []urlTerm
	urlHosts     unique // names in URLs
	urlAddrs     unique // names and addresses in URLs, in every spelling
	md5          unique
	sha1, sha256 unique
}

// newTerms sorts the indicators that the table can carry and counts them.
func newTerms(t *Table, iocs []feed.IOC) (ts terms, carried int) {
	for _, i := range iocs {
		if !t.Carries(i) {
			continue
		}
		carried++
		switch i.Type {
		case feed.IP, feed.IPPort:
			ts.addAddr(i)
		case feed.Domain:
			for _, name := range nameSpellings(i.Value) {
				ts.domains.add(name)
			}
		case feed.URL:
			ts.addURL(i)
		case feed.MD5:
			ts.md5.add(i.Value)
		case feed.SHA1:
			ts.sha1.add(i.Value)
		case feed.SHA256:
			ts.sha256.add(i.Value)
		}
	}
	return ts, carried
}

func (ts *terms) addAddr(i feed.IOC) {
	addr, ok := i.Addr()
	if !ok {
		return
	}
	port := i.Port()
	if i.Type == feed.URL && port == 0 {
		port = defaultPort(i.Value)
	}
	addrs, ports := &ts.ip4, &ts.port4
	pair := netip.AddrPortFrom(addr, uint16(port)).String()
	if addr.Is6() {
		addrs, ports = &ts.ip6, &ts.port6
		pair = addr.StringExpanded() + "|" + strconv.Itoa(port)
		for _, text := range addrSpellings(addr) {
			ts.ip6Text.add(text)
		}
	}
	addrs.add(addr.String())
	if port > 0 {
		ports.add(pair)
	}
}
