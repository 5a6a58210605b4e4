package plain

import (
	"strings"

	"quarry/feed/records"
)

// parseResolver takes a line of dnsmasq's configuration apart, as dnsmasq(8) describes
// it: address=/name/target answers for the names and all below them, local=/name/ and a
// server=/name/ without a target ask nobody. A name that is sent to a sink or
// nowhere is one of a blocklist; one with another target is the user's own.
func parseResolver(s string) (e entryLine, ok bool) {
	rest, note := cutComment(s)
	option, rest, _ := strings.Cut(rest, "=/")
	if option != "address" && option != "server" && option != "local" {
		return e, false
	}
	parts := strings.Split(rest, "/")
	target := parts[len(parts)-1]
	for _, name := range parts[:len(parts)-1] {
		if name = strings.TrimPrefix(name, "."); name != "" {
			e.values = append(e.values, name)
		}
	}
	if len(e.values) == 0 || strings.ContainsAny(rest, " \t") {
		return entryLine{}, false
	}
	e.kind, e.comment, e.closed = names, note, true
	if target != "" && target != "#" && !records.IsSink(target) {
		r, known := records.ValueOf(e.values[0])
		if !known {
			return entryLine{}, false
		}
		e.kind, e.record, e.context = allowed, r, "a name that others answer for"
	}
	return e, true
}
