package exclusions

import (
	"fmt"
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
func exposed(c kql.Condition) (all []kql.Test) {
	switch c := c.(type) {
	case kql.Test:
		return []kql.Test{c}
	case kql.And:
		if slices.ContainsFunc(c, ownDevice) {
			return nil
		}
		for _, k := range c {
			all = append(all, exposed(k)...)
		}
	case kql.Or:
		for _, k := range c {
			all = append(all, exposed(k)...)
		}
	case kql.Not:
		if inner, ok := c.Condition.(kql.Not); ok {
			return exposed(inner.Condition)
		}
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
	if t.Field == "device.name" || t.Field == "account.name" || t.Field == "action" {
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
// anywhere, or one word of it as a word. Words that many names have do not
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
		a, ok := i.Addr()
		if c.Op == kql.Is || c.Op == kql.InRange {
			return ok && c.prefixes[n].IsValid() && c.prefixes[n].Contains(a)
		}
		return ok && holds(c.Op, v, host)
	case "remote.host":
		return host != "" && (holds(c.Op, v, host) || i.Type == feed.Domain && c.Op == kql.Is && strings.HasSuffix(v, "."+host))
	case "remote.url":
		if i.Type == feed.URL {
			_, bare, _ := strings.Cut(i.Value, "://")
			return holds(c.Op, v, i.Value) || holds(c.Op, v, bare)
		}
		return host != "" && (holds(c.Op, v, host) || c.hosts[n] == host)
	case "file.hash":
		return i.Type.IsHash() && holds(c.Op, v, i.Value)
	case "file.name", "process.name":
		return i.Type == feed.FileName && holds(c.Op, v, i.Value)
	case "process.command_line", "process.path", "file.path":
		return host != "" && strings.Contains(v, host) || i.Type == feed.FileName && strings.Contains(v, strings.ToLower(i.Value))
	}
	return false
}

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
