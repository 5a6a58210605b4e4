package scan

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"quarry/feed"
)

// address tries an IP address, with a port, a prefix length or a path behind
// it, or a range.
func (s *scanner) address(start, end int) bool {
	raw := s.text[start:end]
	if raw == "" || len(raw) > 200 {
		return false
	}
	digit := raw[0] >= '0' && raw[0] <= '9'
	if strings.IndexByte(raw, ':') < 0 && !(digit && (strings.IndexByte(raw, '.') >= 0 || strings.ContainsAny(raw, "[({"))) || !feed.IsHex(raw[0]) && raw[0] != '[' {
		return false
	}
	version, perhaps := s.versioned(raw)
	if version {
		return false
	}
	if behind := s.text[end:max(s.end, end)]; (digit || raw[0] == '[') && strings.HasPrefix(behind, "/") && asks(behind) && strings.IndexByte(raw, '/') < 0 && s.hostPath(start, end) {
		return true
	}
	if digit {
		switch v4, only := plainIPv4(raw); {
		case v4:
			s.hit(feed.IP, raw, start, end)
			s.hits[len(s.hits)-1].Version = perhaps
			return true
		case only:
			return false
		}
	}
	if slash := strings.IndexByte(raw, '/'); slash >= 0 {
		return s.slashed(start, end, slash)
	}
	v := visible(raw)
	if strings.IndexByte(v, '[') >= 0 || strings.IndexByte(v, '(') >= 0 || strings.IndexByte(v, '{') >= 0 {
		v = feed.Refang(v)
	}
	colons := strings.Count(v, ":")
	switch {
	case colons > 1 && looksIPv6(v):
		return s.slashless(feed.IP, v, start, end)
	case colons == 1 || strings.Contains(v, "]:"):
		return s.slashless(feed.IPPort, v, start, end)
	case colons == 0:
		switch v4, only := plainIPv4(v); {
		case v4:
			s.hit(feed.IP, v, start, end)
			return true
		case only:
			return false
		}
	}
	return s.between(start, end)
}

// slashed tries what has a slash behind an address: a block by the length of its
// prefix or by its mask, another address or name, or a path, which makes it a URL
// without a scheme.
func (s *scanner) slashed(start, end, slash int) bool {
	raw := s.text[start:end]
	digits := slash + 1
	for digits < len(raw) && raw[digits] >= '0' && raw[digits] <= '9' {
		digits++
	}
	if s.isBlock(start, end, start+digits) && s.add(feed.CIDR, start, start+digits) {
		if at := start + digits + 1; at < end {
			s.another(at, end)
		}
		return true
	}
	if block, ok := masked(raw[:slash], raw[slash+1:]); ok {
		s.hit(feed.CIDR, block.String(), start, end)
		return true
	}
	if s.addressPath(start, start+slash, end) {
		return true
	}
	found := s.address(start, start+slash)
	at := start + slash + 1
	for at < end && s.text[at] == '/' {
		at++
	}
	if s.another(at, end) {
		return true
	}
	if found && at < end && !portsOnly(s.text[at:end]) {
		s.hits[len(s.hits)-1].Pathless = true
	}
	return found
}

// another takes a second address or a name behind a slash.
func (s *scanner) another(at, end int) bool {
	if s.address(at, end) {
		return true
	}
	return isName(s.text[at:end]) && s.name(at, end, isDefanged(s.text[at:end]))
}

// isBlock reports whether text[start:digits], an address and a number behind a
// slash, may be a block where text[start:end] is the whole: nothing follows, or
// another address or name, or numbers that are none of the further addresses of a
// list ("192.0.2.5/6/7"). What else follows is a path ("192.0.2.5/6/gate.php").
func (s *scanner) isBlock(start, end, digits int) bool {
	block := s.text[start:digits]
	if digits == end {
		p, err := netip.ParsePrefix(visible(block))
		inside := err == nil && p.Masked() != p
		// A block needs no slash at its end, and has no parameters.
		behind := s.text[end:max(s.end, end)]
		return !(inside && strings.HasPrefix(behind, "/")) && !asks(behind)
	}
	if s.text[digits] != '/' {
		return false
	}
	rest := s.text[digits+1 : end]
	return isName(rest) || startsAddress(rest) || portsOnly(rest) && !cutList(block, rest)
}

// startsAddress reports whether a text begins with an address.
func startsAddress(raw string) bool {
	first, _, _ := strings.Cut(raw, "/")
	v := feed.Refang(visible(first))
	if host, _, more := strings.Cut(v, ":"); more && quadOnly(host) {
		return true
	}
	return quadOnly(v[:len(v)-len(strings.TrimLeft(v, "0123456789."))]) || looksIPv6(v)
}

// portsOnly reports whether numbers and the names of protocols are all that stands
// between the slashes of a text.
func portsOnly(raw string) bool {
	for word := range strings.SplitSeq(raw, "/") {
		if strings.Trim(word, "0123456789") != "" && !words().Protocols[strings.ToLower(word)] {
			return false
		}
	}
	return true
}

// cutList reports whether numbers behind a block are more likely further addresses of
// a list: the block does not begin where its prefix says, and a number follows.
func cutList(block, rest string) bool {
	p, err := netip.ParsePrefix(visible(block))
	return err == nil && p.Masked() != p && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// masked is the block of an address and its mask, as in 192.0.2.0/255.255.255.0.
func masked(address, mask string) (netip.Prefix, bool) {
	if !strings.HasPrefix(mask, "255") {
		return netip.Prefix{}, false
	}
	m, err := netip.ParseAddr(feed.Refang(visible(mask)))
	a, err2 := netip.ParseAddr(feed.Refang(visible(address)))
	if err != nil || err2 != nil || !m.Is4() || !a.Is4() {
		return netip.Prefix{}, false
	}
	octets := m.As4()
	n := binary.BigEndian.Uint32(octets[:])
	ones := bits.LeadingZeros32(^n)
	if ones < 32 && n<<ones != 0 {
		return netip.Prefix{}, false
	}
	p, err := a.Prefix(ones)
	return p, err == nil
}

// addressPath takes text[start:slash], an address perhaps with a port, as the host of
// a URL without a scheme whose path begins there. Ports and the names of protocols
// are no path, nor is another address or name.
func (s *scanner) addressPath(start, slash, end int) bool {
	path := strings.TrimLeft(s.text[slash+1:end], "/")
	behind := s.text[end:max(s.end, end)]
	if portsOnly(path) && !asks(behind) && !strings.HasPrefix(behind, "/") || isName(path) || startsAddress(path) {
		return false
	}
	return s.hostPath(start, slash)
}

// hostPath takes text[start:slash], if it is an address, of IPv6 in brackets, perhaps
// with a port, as the host of a URL without a scheme whose path begins there.
func (s *scanner) hostPath(start, slash int) bool {
	v := feed.Refang(visible(s.text[start:slash]))
	host, _, _ := strings.Cut(v, ":")
	return (quadOnly(host) || v != "" && v[0] == '[') && s.pathed(start, slash)
}

// slashless adds text[start:end], an address without a slash, and notes whether
// a path of nothing but parameters does.
func (s *scanner) slashless(t feed.Type, v string, start, end int) bool {
	if !s.addValue(t, v, start, end) {
		return false
	}
	behind := s.text[end:max(s.end, end)]
	s.hits[len(s.hits)-1].Pathless = strings.HasPrefix(behind, "/") && asks(behind)
	return true
}

// asks reports whether a text begins with the parameters of a URL, "?a", and not
// with the end of a question.
func asks(text string) bool {
	text = strings.TrimPrefix(text, "/")
	return len(text) > 1 && text[0] == '?' && isAlnum(text[1])
}

// isName reports whether a text is a name under a public suffix and not one that may
// be a file.
func isName(raw string) bool {
	if len(raw) > len("[.]")*253 || strings.ContainsAny(raw, "/?#=%") {
		return false
	}
	v, err := feed.Canonical(feed.Domain, visible(raw))
	return err == nil && underSuffix(v) && !FileLike(v)
}

// between tries two addresses with a hyphen between, of which the second may be
// only its last number: a block if they are the ends of one, else both ends. A
// word behind the hyphen is passed over ("192.0.2.1-based"), and a name is none
// of its business ("192.0.2.1-static.example.net").
func (s *scanner) between(start, end int) bool {
	raw := s.text[start:end]
	at := strings.IndexByte(raw, '-')
	if at < 0 || raw[0] > '9' && raw[0] != '[' && strings.IndexByte(raw[:at], ':') < 0 {
		return false
	}
	first, err := netip.ParseAddr(feed.Refang(visible(raw[:at])))
	if err != nil || first.Zone() != "" {
		return false
	}
	rest := feed.Refang(visible(raw[at+1:]))
	last, err := netip.ParseAddr(rest)
	if n, bad := strconv.ParseUint(rest, 10, 8); bad == nil && first.Is4() {
		octets := first.As4()
		octets[3] = byte(n)
		last, err = netip.AddrFrom4(octets), nil
	}
	if err != nil {
		return !strings.Contains(rest, ".") && s.add(feed.IP, start, start+at)
	}
	if block, ok := Block(first, last); ok {
		s.hit(feed.CIDR, block.String(), start, end)
		return true
	}
	if !s.addValue(feed.IP, first.String(), start, start+at) || !s.addValue(feed.IP, last.String(), start+at+1, end) {
		return false
	}
	s.hits[len(s.hits)-1].Ends = first.Is4() == last.Is4() && first.Less(last)
	return true
}

// Block is the block whose first and last addresses are given, if there is
// one of more than an address.
func Block(first, last netip.Addr) (netip.Prefix, bool) {
	if first.BitLen() != last.BitLen() || !first.Less(last) {
		return netip.Prefix{}, false
	}
	a, b := first.AsSlice(), last.AsSlice()
	bits := 0
	for bits < first.BitLen() && (a[bits/8]^b[bits/8])&(0x80>>(bits%8)) == 0 {
		bits++
	}
	for i := bits; i < first.BitLen(); i++ {
		bit := byte(0x80 >> (i % 8))
		if a[i/8]&bit != 0 || b[i/8]&bit == 0 {
			return netip.Prefix{}, false
		}
	}
	return netip.PrefixFrom(first, bits), true
}

// plainIPv4 reports whether v is an IPv4 address as [feed.Canonical] writes it,
// and whether it holds only digits and dots.
func plainIPv4(v string) (ok, only bool) {
	ok = len(v) <= len("255.255.255.255")
	dots, n, digits := 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case c == '.':
			dots++
			ok = ok && digits > 0
			n, digits = 0, 0
		case c >= '0' && c <= '9':
			ok = ok && (digits == 0 || n > 0) // no leading zero
			n, digits = min(10*n+int(c-'0'), 256), digits+1
			ok = ok && n <= 255
		default:
			return false, false
		}
	}
	return ok && dots == 3 && digits > 0, true
}

// longestVersioned is how far before a version the name of software begins at most,
// in bytes.
const longestVersioned = 48

// The highest numbers of versions that have four small ones: the first, which
// browsers have taken further, and any other. That of a build may be higher, but not
// the second number of what has builds.
const (
	highestVersion = 29
	highestBrowser = 49
	highestPart    = 99
	highestMinor   = 9
)

// mayBe reports whether the numbers of an address may be a version of software,
// which has builds or has not.
func mayBe(raw string, builds bool) bool {
	parts := strings.Split(raw, ".")
	for n, part := range parts {
		number, err := strconv.Atoi(part)
		highest := highestPart
		switch {
		case n == 0 && builds:
			highest = highestBrowser
		case n == 0:
			highest = highestVersion
		case n == 1 && builds:
			highest = highestMinor
		case builds:
			continue
		}
		if err != nil || number > highest {
			return false
		}
	}
	return true
}

// versioned reports whether the word before an address says that it is the number of
// a version, and whether it may be one of the software whose name stands before.
func (s *scanner) versioned(raw string) (surely, perhaps bool) {
	if len(s.before) > longestVersioned {
		return false, false
	}
	l := words()
	if last := bareWord(s.before); l.Versions[strings.Trim(last, ":")] {
		return true, false
	} else if !l.versionedEnds[last] && !l.Editions[last] {
		return false, false
	}
	name := strings.Fields(s.text[max(0, s.beforeEnd-longestVersioned):s.beforeEnd])
	for n := range name {
		name[n] = bareWord(name[n])
	}
	for len(name) > 0 && l.Editions[name[len(name)-1]] {
		name = name[:len(name)-1]
	}
	for n := range name {
		if whole := strings.Join(name[n:], " "); l.Versioned[whole] {
			return false, mayBe(raw, l.Builds[whole])
		}
	}
	return false, false
}

// bareWord is a word in lower case without what surrounds it.
func bareWord(w string) string { return strings.ToLower(strings.Trim(w, ".,()*_")) }

// looksIPv6 tells an IPv6 address from the words, hardware addresses and times
// that netip would also take for one.
func looksIPv6(v string) bool {
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	a, err := netip.ParseAddr(v)
	if err != nil || !a.Is6() || !strings.ContainsAny(v, "0123456789") {
		return false
	}
	for group := range strings.SplitSeq(v, ":") {
		if len(group) != 2 {
			return true
		}
	}
	return false
}
