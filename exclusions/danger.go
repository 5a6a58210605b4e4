package exclusions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/kql"
)

// Danger is one reason why a condition would hide the malware, or far more than
// its scenario means.
type Danger struct {
	// Code tells it from other reasons of the same scenario, the same on every
	// table and in every version: what an analyst accepted is kept by it.
	Code string
	// Text is a sentence without a full stop.
	Text string
}

// dangerOf makes a code of the kind of a danger and of what it is about, which
// may be longer than a code should be.
func dangerOf(kind, about, text string) Danger {
	sum := sha256.Sum256([]byte(about))
	return Danger{kind + "-" + hex.EncodeToString(sum[:4]), text}
}

// mostNamed is how many IOCs that a test leaves out are dangers of their own.
// Who accepts that it leaves out more accepts others too.
const mostNamed = 20

// dangers says why a condition would hide the malware or far more than a
// scenario means, the gravest reason first; none when nothing is known against it.
func (h *hunted) dangers(c kql.Condition) (all []Danger) {
	tests := exposed(c)
	for _, t := range tests {
		all = append(all, h.comparison(t).malware...)
	}
	if h.coversAll(c) {
		all = append(all, dangerOf("all", "", "it covers every IOC that is on, so the hunt would find nothing"))
	} else {
		kept := h.excepted(c)
		for _, t := range tests {
			all = append(all, h.namesIOCs(t, kept)...)
		}
	}
	return once(append(all, h.weak(c)...))
}

// once leaves out what is said twice.
func once(all []Danger) (kept []Danger) {
	for _, d := range all {
		if !slices.ContainsFunc(kept, func(k Danger) bool { return k.Code == d.Code }) {
			kept = append(kept, d)
		}
	}
	return kept
}

// mostTold is how many dangers a reason names.
const mostTold = 3

// told says dangers in one sentence.
func told(all []Danger) string {
	var texts []string
	for i, d := range all {
		if i == mostTold {
			texts = append(texts, fmt.Sprintf("%d more like these", len(all)-i))
			break
		}
		texts = append(texts, d.Text)
	}
	return strings.Join(texts, "; ")
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

// namesMalware reports values that hold the name of the malware, one a test. What
// the protected side calls its own devices and accounts says nothing about it.
func (h *hunted) namesMalware(t kql.Test) []Danger {
	if t.Field == "device.name" || t.Field == "account.name" || t.Field == "account.sid" || t.Field == "action" {
		return nil
	}
	for _, v := range t.Values {
		for _, f := range h.families {
			if named(t.Op, v, f) {
				return []Danger{dangerOf("malware", f+"\n"+kql.FormatCondition(t),
					fmt.Sprintf("it names the malware: excluding %s would hide %s itself", known().says(t.Field, v), f))}
			}
		}
	}
	return nil
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

// excepted are the tests of addresses that must not hold for a condition to hold: an IOC that
// surely meets one is not left out.
func (h *hunted) excepted(c kql.Condition) (all []*comparison) {
	and, ok := c.(kql.And)
	if !ok {
		return nil
	}
	for _, k := range and {
		n, ok := k.(kql.Not)
		if !ok {
			continue
		}
		parts, ok := n.Condition.(kql.Or)
		if !ok {
			parts = kql.Or{n.Condition}
		}
		for _, p := range parts {
			if t, ok := p.(kql.Test); ok && t.Field == "remote.ip" { // the rows of a domain may have a name below it
				all = append(all, h.comparison(t))
			}
		}
	}
	return all
}

// namesIOCs reports the included IOCs that meet a test, and none of those that
// are excepted.
func (h *hunted) namesIOCs(t kql.Test, excepted []*comparison) (all []Danger) {
	c := h.comparison(t)
	n := 0
	for k := range h.iocs {
		i := &h.iocs[k]
		if !c.concerns(i.Type) {
			continue
		}
		what, text := c.leavesOut(i)
		if text == "" || slices.ContainsFunc(excepted, func(e *comparison) bool { return e.Field == t.Field && e.covers(i) >= 0 }) {
			continue
		}
		if n++; n <= mostNamed {
			all = append(all, dangerOf("ioc", what, text))
		}
	}
	if n > mostNamed {
		return []Danger{dangerOf("iocs", kql.FormatCondition(t), fmt.Sprintf("%s, and so are %d other IOCs left out", all[0].Text, n-1))}
	}
	return all
}

// leavesOut says that an IOC, or a part of it, meets the test, and which; "" when
// it does not.
func (c *comparison) leavesOut(i *feed.IOC) (what, text string) {
	n := c.covers(i)
	if n < 0 {
		if v, ok := c.partOf(i); ok {
			return i.Value, fmt.Sprintf("it leaves out %s, a part of %s, which the hunt looks for", v, i.Value)
		}
		return "", ""
	}
	what = i.Value
	if host := i.Host(); host != "" && i.Type != feed.URL || strings.HasPrefix(string(c.Field), "remote.") {
		what = host
	}
	if c.Op == kql.InRange {
		return what, fmt.Sprintf("the range %s contains the IOC %s", c.Values[n], what)
	}
	return what, fmt.Sprintf("it leaves out %s, which the hunt looks for", what)
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
			_, bare, ok := strings.Cut(i.Value, "://")
			return c.holds(n, i.Value) || ok && c.holds(n, bare)
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
