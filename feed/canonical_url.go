package feed

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// splitURL takes a URL apart without judging it: the scheme with its "://", ""
// where none is written, the authority (user, host, port), and all that follows.
func splitURL(v string) (scheme, authority, rest string) {
	rest = v
	if at := strings.Index(v, "://"); at >= 0 && !strings.ContainsAny(v[:at], "/?#") {
		scheme, rest = v[:at+3], v[at+3:]
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme, rest[:end], rest[end:]
}

// urlHost returns the canonical host of a URL and its port, 0 when none is
// named. Only scheme and authority are looked at: what follows is the server's
// business, and real payload URLs hold stray percent signs there.
func urlHost(v string) (host string, port int, err error) {
	scheme, authority, rest := splitURL(v)
	if scheme == "" && pathed(authority, rest) {
		scheme = "http://" // which says nothing of host and port
	}
	if len(scheme) <= len("://") {
		return "", 0, fmt.Errorf("there is no scheme; write it as http://example.com/")
	}
	if scheme == "http://" || scheme == "https://" { // as nearly all are
		if host, port, ok := plainAuthority(authority); ok {
			return strings.ToLower(host), port, nil
		}
	}
	return longURLHost(scheme, authority)
}

// pathed reports whether an authority without a scheme and what follows it are a
// URL: a name or an address, of IPv6 in brackets, and a path that is not the length of
// a prefix.
func pathed(authority, rest string) bool {
	if len(rest) < 2 || rest[0] != '/' || rest[1] == '/' || strings.ContainsAny(authority, "@\\") {
		return false
	}
	host, _, _ := strings.Cut(authority, ":")
	if n := quad(host); n > 0 && n == len(host) {
		return len(rest) > len("/32") || strings.Trim(rest[1:], "0123456789") != ""
	}
	if strings.HasPrefix(authority, "[") {
		return isIPv6Host(authority) && (len(rest) > len("/128") || strings.Trim(rest[1:], "0123456789") != "")
	}
	return strings.IndexByte(host, '.') > 0 && strings.IndexByte(host, '[') < 0
}

// isIPv6Host reports whether an authority is an IPv6 address in brackets, perhaps with
// a port behind.
func isIPv6Host(authority string) bool {
	host, port, ok := strings.Cut(authority[len("["):], "]")
	a, err := netip.ParseAddr(host)
	return ok && err == nil && a.Is6() && a.Zone() == "" && (port == "" || port[0] == ':')
}

func longURLHost(scheme, authority string) (host string, port int, err error) {
	u, err := url.Parse(scheme + authority)
	if err != nil {
		return "", 0, fmt.Errorf("scheme, host and port cannot be told apart")
	}
	if host = u.Hostname(); host == "" {
		return "", 0, fmt.Errorf("there is no host")
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return "", 0, fmt.Errorf("the port is not a number from 1 to 65535")
		}
	}
	if a, err := canonicalIP(host); err == nil {
		return a, port, nil
	}
	if host, err = canonicalDomain(host); err != nil {
		return "", 0, fmt.Errorf("the host is no name or address: %w", err)
	}
	return host, port, nil
}

func canonicalURL(v string) (string, error) {
	if err := noControls(v); err != nil {
		return "", err
	}
	if strings.ContainsFunc(v, unicode.IsSpace) {
		return "", fmt.Errorf("there is a space inside")
	}
	v = strings.TrimPrefix(v, "//") // of a page, whose scheme it takes
	if _, _, err := urlHost(v); err != nil {
		return "", err
	}
	scheme, authority, rest := splitURL(v)
	return strings.ToLower(scheme) + straight(authority) + rest, nil
}
