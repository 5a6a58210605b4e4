package exclusions

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// hunted is what is known of the rows that a hunt returns.
type hunted struct {
	table    *kql.Table
	iocs     []feed.IOC // those that the table can carry
	any      bool       // no IOC was given: rows of every kind
	families []string
	unmet    []kql.Test // what no row can meet
}

func newHunted(c *Case) *hunted {
	h := &hunted{table: c.Table, any: len(c.IOCs) == 0, families: c.Families}
	for _, i := range c.IOCs {
		if c.Table.Carries(i) {
			h.iocs = append(h.iocs, i)
		}
	}
	return h
}

// met is the condition without branches that no row of the hunt can meet, nil
// when no row can meet any of it. It only decides what is sure: a row may hold
// anything in a column that the hunt does not look at.
func (h *hunted) met(c kql.Condition) kql.Condition {
	if h.any {
		return c
	}
	if len(h.iocs) == 0 {
		return nil
	}
	switch c := c.(type) {
	case kql.Test:
		if !h.meets(c) {
			h.unmet = append(h.unmet, c)
			return nil
		}
	case kql.And:
		for _, k := range c {
			if h.met(k) == nil {
				return nil
			}
		}
	case kql.Or:
		var kept []kql.Condition
		for _, k := range c {
			if k = h.met(k); k != nil {
				kept = append(kept, k)
			}
		}
		return one(kept, func(cs []kql.Condition) kql.Condition { return kql.Or(cs) })
	}
	return c
}

// meets reports whether a row that the hunt finds could meet a test.
func (h *hunted) meets(t kql.Test) bool {
	if !strings.HasPrefix(string(t.Field), "remote.") || t.Field == "remote.port" {
		return true
	}
	for _, i := range h.iocs {
		if h.decides(i, t) {
			if couldBe(i, t) {
				return true
			}
			continue
		}
		_, addr := i.Addr()
		if !(addr && i.Type != feed.URL && ownNetwork(t)) {
			return true
		}
	}
	return false
}

// decides reports whether a row found by an IOC holds that IOC in every column
// that the test looks at, because it was found by those columns alone.
func (h *hunted) decides(i feed.IOC, t kql.Test) bool {
	c := &h.table.IOC
	_, addr := i.Addr()
	var found []kql.Column
	switch {
	case i.Type == feed.URL && !addr:
		found = slices.Concat(c.URL, c.URLList, c.Host)
	case i.Type == feed.Domain:
		found = slices.Concat(c.URL, c.URLList, c.Host)
	case addr && t.Field == "remote.ip":
		// The host of a URL is the address that was connected to.
		found = slices.Concat(c.IP, c.IPList)
	case addr:
		found = slices.Concat(c.IP, c.IPList, c.URL, c.URLList)
	default:
		return false // a hash may come from anywhere
	}
	tested := h.table.Fields[t.Field]
	return !slices.ContainsFunc(found, func(col kql.Column) bool {
		switch {
		case col.Side == kql.Own || col.Only == "ipv6" && addr && !is6(i):
			return false
		case col.Side == kql.Either:
			return true
		case t.Field == "remote.ip" && addr:
			return false // a remote address, whichever column holds it
		}
		return !slices.Contains(tested, col.Column)
	})
}

func is6(i feed.IOC) bool {
	a, _ := i.Addr()
	return a.Is6()
}

// couldBe reports whether the value of an IOC, or a name below a domain, could
// meet a test of the other side.
func couldBe(i feed.IOC, t kql.Test) bool {
	for _, v := range t.Values {
		v = strings.ToLower(v)
		switch {
		case t.Op == kql.Matches:
			return true
		case t.Field == "remote.ip":
			if a, ok := i.Addr(); !ok || inPrefix(a, v) || t.Op != kql.Is && t.Op != kql.InRange {
				return true
			}
		case nameCouldBe(i, t, v):
			return true
		}
	}
	return false
}

// nameCouldBe compares hosts. A value that is no name, such as "backup", may
// stand anywhere in a URL, or in a name below the domain.
func nameCouldBe(i feed.IOC, t kql.Test, v string) bool {
	host := strings.TrimSuffix(hostOf(v), ".")
	bare := strings.TrimLeft(host, ".*")
	if !isHost(bare) && !isAddr(bare) {
		return true
	}
	have := i.Host()
	below := i.Type == feed.Domain
	switch {
	case have == bare, below && strings.HasSuffix(bare, "."+have):
		return true
	case t.Op == kql.EndsWith:
		return strings.HasSuffix(have, host)
	case t.Op == kql.StartsWith:
		return strings.HasPrefix(have, host)
	case t.Op == kql.Contains, t.Op == kql.ContainsWord:
		return strings.Contains(have, host) || strings.Contains(strings.ToLower(i.Value), v)
	}
	return false
}

// hostOf is the host of a URL, with or without a scheme, or the value itself.
func hostOf(v string) string {
	if _, rest, ok := strings.Cut(v, "://"); ok {
		v = rest
	}
	if at := strings.IndexAny(v, "/?#"); at >= 0 {
		v = v[:at]
	}
	if host, port, ok := strings.Cut(v, ":"); ok && strings.Trim(port, "0123456789") == "" {
		v = host
	}
	return v
}

func inPrefix(a netip.Addr, v string) bool {
	p, ok := prefixOf(v)
	return ok && p.Contains(a)
}

// ownNetwork reports whether a test only holds for names that no address of
// someone else serves.
func ownNetwork(t kql.Test) bool {
	return t.Field != "remote.ip" && !slices.ContainsFunc(t.Values, func(v string) bool {
		return !slices.Contains(known().OwnNetworks, hostOf(strings.ToLower(v)))
	})
}

// whyNoEffect says what the hunt looks for, and what no row of it can meet.
func (h *hunted) whyNoEffect() string {
	if len(h.iocs) == 0 {
		return h.table.Name + " can carry none of the included IOCs, so there is no hunt to leave anything out of"
	}
	var to []string
	for _, t := range h.unmet {
		for _, v := range t.Values {
			if !slices.Contains(to, v) {
				to = append(to, v)
			}
		}
	}
	const most = 3
	if len(to) > most {
		to = append(to[:most], fmt.Sprintf("%d more", len(to)-most))
	}
	return "the query matches " + matched(h.iocs) + "; nothing in it goes to " + listed(to, "or")
}

// matched says in a few words what a hunt looks for.
func matched(iocs []feed.IOC) string {
	kinds := []struct{ one, many string }{{"domain", "domains"}, {"URL", "URLs"}, {"address", "addresses"}, {"hash", "hashes"}}
	hosts := make([][]string, len(kinds))
	for _, i := range iocs {
		k := 3
		switch i.Type {
		case feed.Domain:
			k = 0
		case feed.URL:
			k = 1
		case feed.IP, feed.IPPort:
			k = 2
		}
		v := i.Value
		if k == 2 {
			v = i.Host()
		}
		if !slices.Contains(hosts[k], v) {
			hosts[k] = append(hosts[k], v)
		}
	}
	var all []string
	for k, vs := range hosts {
		switch {
		case len(vs) == 1:
			all = append(all, vs[0])
		case len(vs) > 1:
			all = append(all, fmt.Sprintf("%d %s", len(vs), kinds[k].many))
		}
	}
	return listed(all, "and")
}

// holds reports whether a text meets one value of a test.
func holds(op kql.Operator, v, text string) bool {
	v, text = strings.ToLower(v), strings.ToLower(text)
	switch op {
	case kql.Is:
		return text == v
	case kql.Contains:
		return strings.Contains(text, v)
	case kql.ContainsWord:
		return containsWord(text, v)
	case kql.StartsWith:
		return strings.HasPrefix(text, v)
	case kql.EndsWith:
		return strings.HasSuffix(text, v)
	case kql.Matches:
		re, err := regexp.Compile("(?i)" + v)
		return err == nil && re.MatchString(text)
	}
	return false
}

// containsWord reports whether the word stands in the text with no letter or
// digit beside it.
func containsWord(text, word string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 || word == "" {
			return false
		}
		at += from
		if !letterAt(text, at-1) && !letterAt(text, at+len(word)) {
			return true
		}
		from = at + 1
	}
}

func letterAt(s string, at int) bool {
	if at < 0 || at >= len(s) {
		return false
	}
	c := s[at]
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}
