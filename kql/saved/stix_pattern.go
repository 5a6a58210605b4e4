package saved

import (
	"net/netip"
	"strconv"
	"strings"

	"quarry/feed"
)

// patternPaths are the object paths of STIX for types that one comparison
// finds. Names with a hyphen stand in quotes there.
var patternPaths = map[feed.Type]string{
	feed.Domain:       "domain-name:value",
	feed.URL:          "url:value",
	feed.MD5:          "file:hashes.MD5",
	feed.SHA1:         "file:hashes.'SHA-1'",
	feed.SHA256:       "file:hashes.'SHA-256'",
	feed.SHA512:       "file:hashes.'SHA-512'",
	feed.SHA3384:      "file:hashes.'SHA3-384'",
	feed.FileName:     "file:name",
	feed.Email:        "email-addr:value",
	feed.EnvelopeFrom: "email-addr:value",
	feed.BodyFrom:     "email-addr:value",
}

// Pattern writes an IOC whose value is as [feed.Canonical] returns it as a
// STIX 2.1 pattern, and reports whether there is one:
//
//	ip:port  network traffic to the address at the port
//	cidr     an address of the block
//	others   the value; a sender is an e-mail address
func Pattern(i feed.IOC) (string, bool) {
	switch i.Type {
	case feed.IP:
		a, ok := i.Addr()
		return "[" + addressObject(a) + ":value = " + patternString(i.Value) + "]", ok
	case feed.CIDR:
		p, err := netip.ParsePrefix(i.Value)
		return "[" + addressObject(p.Addr()) + ":value ISSUBSET " + patternString(i.Value) + "]", err == nil
	case feed.IPPort:
		a, ok := i.Addr()
		return "[network-traffic:dst_ref.type = " + patternString(addressObject(a)) +
			" AND network-traffic:dst_ref.value = " + patternString(i.Host()) +
			" AND network-traffic:dst_port = " + strconv.Itoa(i.Port()) + "]", ok
	}
	path, ok := patternPaths[i.Type]
	return "[" + path + " = " + patternString(i.Value) + "]", ok
}

func addressObject(a netip.Addr) string {
	if a.Is6() {
		return "ipv6-addr"
	}
	return "ipv4-addr"
}

// patternString quotes text for a pattern, where a backslash and the quote are
// written behind a backslash (STIX 2.1, section 9.1). What is no UTF-8 becomes
// U+FFFD.
func patternString(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if r == '\'' || r == '\\' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}
