package records

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// takePort joins an address of a record with its port. What no value can say
// becomes a tag: the port of a name or a block, a port that the value
// contradicts, several ports, and what is no port at all. remark is what to tell
// of it once an IOC came of the record, nil when there is nothing.
func takePort(r *Record) (remark func(Finder)) {
	port := onePort(r.Port)
	switch r.Type {
	case feed.IP:
		if port > 0 {
			r.Type, r.Value = feed.IPPort, withPort(r.Value, strconv.Itoa(port))
			return nil
		}
		value, ports, line := r.Value, r.Port, r.Line // a record that is kept would cost every row
		remark = func(find Finder) {
			find("port-as-tag", feed.Warning, line, "%s is no one port from 1 to 65535, so %s has none and the ports are a tag", feed.Quote(ports), feed.Quote(value))
		}
	case feed.IPPort, feed.URL:
		had := feed.IOC{Type: r.Type, Value: feed.Refang(r.Value)}.Port()
		if port == had && port > 0 || had == 0 && port == usualPort(r.Value) {
			return nil
		}
		if value, ports, line := r.Value, r.Port, r.Line; had > 0 {
			remark = func(find Finder) {
				find("port-differs", feed.Warning, line, "beside %s stands the port %s, which it does not have; that port is a tag", feed.Quote(value), feed.Quote(ports))
			}
		}
	case feed.Domain, feed.CIDR:
	default:
		return nil
	}
	r.Tags = append(slices.Clip(r.Tags), "port "+Words(r.Port))
	return remark
}

// onePort is the number that a port says, with or without the name of a protocol
// beside it ("443/tcp"), and 0 of what is not exactly one.
func onePort(s string) int {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil { // as nearly all are
		return int(n)
	}
	port := 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return r == '/' || r == ' ' || r == ':' }) {
		if word == "tcp" || word == "udp" {
			continue
		}
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil || n == 0 || port > 0 {
			return 0
		}
		port = int(n)
	}
	return port
}

// usualPort is the port that a URL without one opens, -1 of other values.
func usualPort(value string) int {
	switch scheme, _, _ := strings.Cut(strings.ToLower(feed.Refang(value)), "://"); scheme {
	case "http":
		return 80
	case "https":
		return 443
	case "ftp":
		return 21
	}
	return -1
}

// withPort joins an address and its port.
func withPort(host, port string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
