package feed

import (
	"net/netip"
	"strings"
)

// isCanonical reports whether [Canonical] surely leaves a value as it is, going
// by the plain spellings that nearly all values of a feed have; false says
// nothing. It is there for speed alone: the long way takes what this takes, and
// makes the same of it.
func isCanonical(t Type, v string) bool {
	switch t {
	case Domain:
		return plainName(v, false)
	case IPPort:
		n := quad(v)
		return n > 0 && n < len(v) && v[n] == ':' && plainPort(v[n+1:])
	case IP:
		n := quad(v)
		return n > 0 && n == len(v)
	case URL:
		return plainURL(v)
	}
	if n := t.hexDigits(); n == 0 || n != len(v) {
		return false
	}
	for i := 0; i < len(v); i++ {
		if c := v[i]; !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// quad is the length of the IPv4 address that v begins with, or 0.
func quad(v string) int {
	_, n := quadBytes(v)
	return n
}

// quadBytes is [quad] with the address.
func quadBytes(v string) (ip [4]byte, length int) {
	at := 0
	for part := 0; part < 4; part++ {
		if part > 0 {
			if at >= len(v) || v[at] != '.' {
				return ip, 0
			}
			at++
		}
		from, n := at, 0
		for at < len(v) && at < from+3 && '0' <= v[at] && v[at] <= '9' {
			n = 10*n + int(v[at]-'0')
			at++
		}
		if at == from || n > 255 || v[from] == '0' && at > from+1 {
			return ip, 0
		}
		ip[part] = byte(n)
	}
	return ip, at
}

// ParseAddr is [netip.ParseAddr] for those who ask of very many values whether
// they are addresses: IPv4 is read the short way, and what can be no address for
// its last character costs nothing.
func ParseAddr(v string) (netip.Addr, bool) {
	if v == "" {
		return netip.Addr{}, false
	}
	if ip, n := quadBytes(v); n == len(v) {
		return netip.AddrFrom4(ip), true
	}
	if c := v[len(v)-1] | 0x20; c > 'f' && c <= 'z' && strings.IndexByte(v, '%') < 0 {
		return netip.Addr{}, false // of a name, as only zones have such letters
	}
	a, err := netip.ParseAddr(v)
	return a, err == nil
}

// plainPort reports whether v is a port without a leading zero.
func plainPort(v string) bool {
	if v == "" || len(v) > 5 || v[0] == '0' {
		return false
	}
	n := 0
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
		n = 10*n + int(v[i]-'0')
	}
	return n <= 65535
}

// plainName reports whether v is a name in ASCII, in lower case unless upper
// says that its case does not matter.
func plainName(v string, upper bool) bool {
	if len(v) > 253 {
		return false
	}
	start, number := 0, true // of the label
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case 'a' <= c && c <= 'z' || c == '-' || c == '_' || upper && 'A' <= c && c <= 'Z':
			number = false
		case '0' <= c && c <= '9':
		case c == '.' && i > start && i <= start+63:
			start, number = i+1, true
		default:
			return false
		}
	}
	return start > 0 && start < len(v) && len(v) <= start+63 && !number
}

// plainURL reports whether v is a URL in ASCII without user or brackets.
func plainURL(v string) bool {
	if len(v) < len("http://") || v[:4] != "http" {
		return false
	}
	at := len("http")
	if v[at] == 's' {
		at++
	}
	if len(v) < at+3 || v[at:at+3] != "://" {
		return false
	}
	at += 3
	host, end := at, 0
	for i := at; i < len(v); i++ {
		switch c := v[i]; c {
		case '/', '?', '#':
			if end == 0 {
				end = i
			}
		case '[', ']', '(', ')', '{', '}':
			return false
		default:
			if c <= ' ' || c >= 0x7F {
				return false
			}
		}
	}
	if end == 0 {
		end = len(v)
	}
	_, _, ok := plainAuthority(v[host:end])
	return ok
}

// plainAuthority takes host and port, 0 when none is named, off the authority of
// a URL that is a name or an IPv4 address in ASCII, and reports whether it is.
func plainAuthority(authority string) (host string, port int, ok bool) {
	host = authority
	if at := strings.IndexByte(authority, ':'); at >= 0 {
		host = authority[:at]
		if !plainPort(authority[at+1:]) {
			return "", 0, false
		}
		for _, c := range []byte(authority[at+1:]) {
			port = 10*port + int(c-'0')
		}
	}
	return host, port, plainName(host, true) || host != "" && quad(host) == len(host)
}
