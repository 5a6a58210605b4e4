package exclusions

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/kql"
)

// danger says why a condition would hide the malware or far more than a
// scenario means, "" when nothing is known against it.
func (h *hunted) danger(c kql.Condition) string {
	tests := exposed(c)
	for _, t := range tests {
		if s := h.namesMalware(t); s != "" {
			return s
		}
	}
	if h.coversAll(c) {
		return "it covers every included IOC, so the hunt would find nothing"
	}
	for _, t := range tests {
		if s := h.namesIOC(t); s != "" {
			return s
		}
	}
	if why, weak := h.weak(c); weak {
		return why
	}
	return ""
}

// exposed lists the tests that must hold for the condition to hold, but for
// those that only count on certain devices: what a malware laboratory or a
// sandbox does may well be named after the malware.
func exposed(c kql.Condition) []kql.Test { return exposedUnder(c, false) }

// exposedUnder is exposed for a condition, or for its opposite: not (a and b) is
// met by whatever does not meet one of them.
func exposedUnder(c kql.Condition, opposite bool) []kql.Test {
	switch c := c.(type) {
	case kql.Test:
		if !opposite {
			return []kql.Test{c}
		}
	case kql.And:
		if opposite || !slices.ContainsFunc(c, ownDevice) {
			return exposedIn(c, opposite)
		}
	case kql.Or:
		return exposedIn(c, opposite)
	case kql.Not:
		return exposedUnder(c.Condition, !opposite)
	}
	return nil
}

func exposedIn(cs []kql.Condition, opposite bool) (all []kql.Test) {
	for _, c := range cs {
		all = append(all, exposedUnder(c, opposite)...)
	}
	return all
}

// ownDevice reports whether a condition only holds on certain devices of the
// protected side, each named in full or in a small network. A beginning of a
// name or a whole company's network is no certain device.
func ownDevice(c kql.Condition) bool {
	t, ok := c.(kql.Test)
	if !ok {
		return false
	}
	return t.Field == "device.name" && t.Op == kql.Is || t.Field == "device.ip" && narrow(t)
}

// namesMalware reports a value that holds the name of the malware. What the
// protected side calls its own devices and accounts says nothing about it.
func (h *hunted) namesMalware(t kql.Test) string {
	if t.Field == "device.name" || t.Field == "account.name" || t.Field == "account.sid" || t.Field == "action" {
		return ""
	}
	for _, v := range t.Values {
		for _, f := range h.families {
			if named(t.Op, v, f) {
				return fmt.Sprintf("it names the malware: excluding %s would hide %s itself", known().says(t.Field, v), f)
			}
		}
	}
	return ""
}

// named reports whether a value holds a malware's name: the whole of it
// anywhere, one word of it as a word, or a piece that the whole holds too. Words that many names have do not
// count, and "CrowdStrike" does not name Cobalt Strike.
func named(op kql.Operator, value, family string) bool {
	var own []string
	for _, w := range wordsOf(family) {
		if !slices.Contains(known().Generic, w) && len(w) > 2 {
			own = append(own, w)
		}
	}
	if len(own) == 0 {
		return false
	}
	whole := strings.Join(own, "")
	if op == kql.Matches {
		return !matchesAll(value) && (holds(op, value, whole) || holds(op, value, strings.Join(own, " ")))
	}
	if op != kql.Is && op != kql.ContainsWord && len(value) >= 3 && holds(op, value, whole) {
		return true // a piece of the name is met wherever the name stands
	}
	theirs := wordsOf(value)
	if len(whole) > 4 && strings.Contains(strings.Join(theirs, ""), whole) {
		return true
	}
	return slices.ContainsFunc(own, func(w string) bool { return len(w) > 3 && slices.Contains(theirs, w) })
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// namesIOC reports a value that an included IOC meets.
func (h *hunted) namesIOC(t kql.Test) string {
	c := h.comparison(t)
	for k := range h.iocs {
		i := &h.iocs[k]
		if !c.concerns(i.Type) {
			continue
		}
		n := c.covers(i)
		if n < 0 {
			if v, ok := c.partOf(i); ok {
				return fmt.Sprintf("it leaves out %s, a part of %s, which the hunt looks for", v, i.Value)
			}
			continue
		}
		what := i.Value
		if host := i.Host(); host != "" && i.Type != feed.URL || strings.HasPrefix(string(t.Field), "remote.") {
			what = host
		}
		if t.Op == kql.InRange {
			return fmt.Sprintf("the range %s contains the IOC %s", t.Values[n], what)
		}
		return fmt.Sprintf("it leaves out %s, which the hunt looks for", what)
	}
	return ""
}

// concerns reports whether a test of this field may name an IOC of the type.
func (c *comparison) concerns(t feed.Type) bool {
	switch c.Field {
	case "remote.ip", "remote.host", "remote.url":
		return !t.IsHash() && t != feed.FileName
	case "file.hash":
		return t.IsHash()
	case "file.name", "process.name":
		return t == feed.FileName
	case "process.command_line", "process.path", "file.path":
		// Every address and name has a dot or a colon.
		return t == feed.FileName || !t.IsHash() && slices.ContainsFunc(c.values, func(v string) bool { return strings.ContainsAny(v, ".:") })
	}
	return false
}

// covers finds a value of the test that a row with the IOC surely meets, and
// is -1 when there is none.
func (c *comparison) covers(i *feed.IOC) int {
	for n, v := range c.values {
		if c.coversBy(n, v, i) {
			return n
		}
	}
	return -1
}

func (c *comparison) coversBy(n int, v string, i *feed.IOC) bool {
	host := ""
	if !i.Type.IsHash() && i.Type != feed.FileName {
		host = i.Host()
	}
	switch c.Field {
	case "remote.ip":
		if c.Op == kql.Is || c.Op == kql.InRange {
			p, ok := blockOfIOC(i)
			return ok && c.prefixes[n].IsValid() && contains(c.prefixes[n], p)
		}
		_, ok := i.Addr()
		return ok && c.holds(n, host)
	case "remote.host":
		return host != "" && (c.holds(n, host) || i.Type == feed.Domain && c.Op == kql.Is && strings.HasSuffix(v, "."+host))
	case "remote.url":
		if i.Type == feed.URL {
			_, bare, _ := strings.Cut(i.Value, "://")
			return c.holds(n, i.Value) || c.holds(n, bare)
		}
		return host != "" && (c.holds(n, host) || c.hosts[n] == host)
	case "file.hash":
		return i.Type.IsHash() && c.holds(n, i.Value)
	case "file.name", "process.name":
		return i.Type == feed.FileName && (c.holds(n, i.Value) || c.Op == kql.Is && stem(v) == stem(i.Value))
	case "process.command_line", "process.path", "file.path":
		if i.Type == feed.FileName {
			host = strings.ToLower(i.Value)
		}
		switch {
		case host == "" || c.Op == kql.Matches && c.anything[n]:
			return false
		case strings.Contains(v, host) && c.Op != kql.Matches:
			return true
		}
		return c.Op != kql.Is && c.holds(n, host) // a piece is met wherever the IOC stands
	}
	return false
}

// blockOfIOC is the address that an IOC points at, or its block.
func blockOfIOC(i *feed.IOC) (netip.Prefix, bool) {
	if i.Type == feed.CIDR {
		return prefixOf(i.Value)
	}
	a, ok := i.Addr()
	if !ok {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// contains reports whether a range holds all of a block. One of IPv6 that holds
// ::ffff:0:0/96 holds every IPv4 address.
func contains(p, block netip.Prefix) bool {
	return p.Bits() <= block.Bits() && p.Overlaps(block) || block.Addr().Is4() && p.Addr().Is6() && p.Contains(mappedIPv4)
}

// partOf finds a value that is met by some addresses of an IOC's block.
func (c *comparison) partOf(i *feed.IOC) (value string, ok bool) {
	if i.Type != feed.CIDR || c.Field != "remote.ip" || c.Op != kql.Is && c.Op != kql.InRange {
		return "", false
	}
	block, _ := prefixOf(i.Value)
	n := slices.IndexFunc(c.prefixes, func(p netip.Prefix) bool { return p.IsValid() && p.Overlaps(block) })
	if n < 0 {
		return "", false
	}
	return c.Values[n], true
}

// mappedIPv4 is the first of the IPv6 addresses that stand for IPv4.
var mappedIPv4 = netip.MustParseAddr("::ffff:0:0")

// coversAll reports whether every included IOC surely meets the condition. It
// stops at the first that does not.
func (h *hunted) coversAll(c kql.Condition) bool {
	covers := h.covering(c)
	if covers == nil {
		return false
	}
	for i := range h.carried {
		if !covers(i) {
			return false
		}
	}
	return h.hunts()
}

// covering is a condition on the other side as a question about an IOC, nil
// when no IOC can answer it.
func (h *hunted) covering(c kql.Condition) func(*feed.IOC) bool {
	switch c := c.(type) {
	case kql.Test:
		if strings.HasPrefix(string(c.Field), "remote.") && c.Field != "remote.port" {
			ready := h.comparison(c)
			return func(i *feed.IOC) bool { return ready.covers(i) >= 0 }
		}
	case kql.And:
		var all []func(*feed.IOC) bool
		for _, k := range c {
			covers := h.covering(k)
			if covers == nil {
				return nil
			}
			all = append(all, covers)
		}
		return func(i *feed.IOC) bool {
			return !slices.ContainsFunc(all, func(covers func(*feed.IOC) bool) bool { return !covers(i) })
		}
	case kql.Or:
		var some []func(*feed.IOC) bool
		for _, k := range c {
			if covers := h.covering(k); covers != nil {
				some = append(some, covers)
			}
		}
		if len(some) > 0 {
			return func(i *feed.IOC) bool {
				return slices.ContainsFunc(some, func(covers func(*feed.IOC) bool) bool { return covers(i) })
			}
		}
	}
	return nil
}
