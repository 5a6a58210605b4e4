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

// hunted is what is known of the rows that a hunt returns. There may be a
// million IOCs, so they are walked and not copied, and only when a condition
// tests what they say something about.
type hunted struct {
	table    *kql.Table
	iocs     []feed.IOC
	families []string
	unmet    []kql.Test        // what no row can meet
	decided  map[decision]bool // see decides
	ready    map[compared]*comparison
}

// carried goes over the IOCs that the table can carry.
func (h *hunted) carried(yield func(*feed.IOC) bool) {
	for n := range h.iocs {
		if i := &h.iocs[n]; h.table.Carries(*i) && !yield(i) {
			return
		}
	}
}

// hunts reports whether there is a hunt at all.
func (h *hunted) hunts() bool {
	for range h.carried {
		return true
	}
	return false
}

// met is the condition without branches that no row of the hunt can meet, nil
// when no row can meet any of it. It only decides what is sure: a row may hold
// anything in a column that the hunt does not look at.
func (h *hunted) met(c kql.Condition) kql.Condition {
	if len(h.iocs) == 0 {
		return c // rows of every kind
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
	if !strings.HasPrefix(string(t.Field), "remote.") || t.Field == "remote.port" || inPath(t) {
		return true
	}
	own := ownNetwork(t)
	values := h.comparison(t)
	for i := range h.carried {
		addr, isAddr := i.Addr()
		switch {
		case h.decides(decision{i.Type, t.Field, isAddr, addr.Is6()}):
			if values.couldBe(i, addr) {
				return true
			}
		case !isAddr || i.Type == feed.URL || !own:
			return true
		}
	}
	return false
}

// inPath reports whether a URL may meet a test by its path, whoever it leads
// to: http://192.0.2.1/github.com. A test of a host reads no path.
func inPath(t kql.Test) bool {
	return t.Field == "remote.url" && t.Op != kql.Is && t.Op != kql.StartsWith
}

// decision is a question for decides.
type decision struct {
	ioc   feed.Type
	field kql.Field
	addr  bool // the IOC points at an address
	is6   bool
}

// decides reports whether a row found by such an IOC holds it in every column
// that a test of the field looks at, because it was found by those columns
// alone.
func (h *hunted) decides(d decision) bool {
	known, ok := h.decided[d]
	if !ok {
		known = h.decide(d)
		h.decided[d] = known
	}
	return known
}

func (h *hunted) decide(d decision) bool {
	c := &h.table.IOC
	var found []kql.Column
	switch {
	case d.ioc.IsHash():
		return false // such a file may go anywhere
	case !d.addr:
		found = slices.Concat(c.URL, c.URLList, c.Host)
	case d.field == "remote.ip":
		// The host of a URL is the address that was connected to.
		found = slices.Concat(c.IP, c.IPList)
	default:
		found = slices.Concat(c.IP, c.IPList, c.URL, c.URLList)
	}
	if !d.addr && d.field == "remote.ip" {
		return false
	}
	tested := h.table.Fields[d.field]
	return !slices.ContainsFunc(found, func(col kql.Column) bool {
		switch {
		case col.Side == kql.Own || col.Only == "ipv6" && d.addr && !d.is6:
			return false
		case col.Side == kql.Either:
			return true
		case d.field == "remote.ip":
			return false // a remote address, whichever column holds it
		}
		return !slices.Contains(tested, col.Column)
	})
}

// comparison is a test of the other side, made ready for many IOCs.
type comparison struct {
	kql.Test
	values   []string // in lower case, but for regular expressions
	hosts    []string // their hosts, without asterisks and dots around; "" for what is no name
	prefixes []netip.Prefix
	patterns []*regexp.Regexp // of regular expressions; nil is met by nothing
	anything []bool           // a regular expression that matches nearly everything
	malware  []Danger         // the test names it
	weak     []Danger         // the test is, by itself
}

// holds is [holds] for the value n, whose regular expression is compiled once.
func (c *comparison) holds(n int, text string) bool {
	if c.Op == kql.Matches {
		return c.patterns[n] != nil && c.patterns[n].MatchString(text)
	}
	if kind, _ := c.Field.Kind(); kind == kql.PathField {
		return holdsPath(c.Op, c.values[n], text)
	}
	return holds(c.Op, c.values[n], text)
}

// compared names a test: the same values in memory are the same test.
type compared struct {
	field  kql.Field
	op     kql.Operator
	values *string
	n      int
}

// comparison makes a test ready, once for all IOCs that it is asked about, and
// says once what speaks against it whatever they are.
func (h *hunted) comparison(t kql.Test) *comparison {
	if len(t.Values) == 0 {
		return comparisonOf(t)
	}
	key := compared{t.Field, t.Op, &t.Values[0], len(t.Values)}
	c, ok := h.ready[key]
	if !ok {
		c = comparisonOf(t)
		c.malware, c.weak = h.namesMalware(t), weakOf(t)
		h.ready[key] = c
	}
	return c
}

func comparisonOf(t kql.Test) *comparison {
	c := &comparison{Test: t}
	for _, v := range t.Values {
		if t.Op != kql.Matches {
			v = strings.ToLower(v)
		}
		if kind, _ := t.Field.Kind(); kind == kql.HostField && (t.Op == kql.Is || t.Op == kql.EndsWith) && v != "." {
			v = strings.TrimSuffix(v, ".") // as the clause compares it
		}
		host := strings.Trim(hostOf(v), ".*")
		if !isHost(host) && !isAddr(host) {
			host = ""
		}
		if t.Op == kql.Matches {
			re, _ := regexp.Compile("(?i)" + v)
			c.patterns, c.anything = append(c.patterns, re), append(c.anything, matchesAll(v))
		}
		p, _ := prefixOf(v)
		c.values, c.hosts, c.prefixes = append(c.values, v), append(c.hosts, host), append(c.prefixes, p)
	}
	return c
}

// couldBe reports whether the value of an IOC, or a name below a domain, could
// meet the test.
func (c *comparison) couldBe(i *feed.IOC, addr netip.Addr) bool {
	if c.Op == kql.Matches {
		return true
	}
	for n, v := range c.values {
		switch {
		case c.Field == "remote.ip":
			if !c.prefixes[n].IsValid() || contains(c.prefixes[n], netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())) {
				return true
			}
		case c.nameCouldBe(i, v, c.hosts[n]):
			return true
		}
	}
	return false
}

// nameCouldBe compares hosts. A value that is no name, such as "backup", may
// stand anywhere in a URL, or in a name below the domain.
func (c *comparison) nameCouldBe(i *feed.IOC, v, host string) bool {
	have := i.Host()
	switch {
	case host == "", have == host, i.Type == feed.Domain && strings.HasSuffix(host, "."+have):
		return true
	case c.Op == kql.EndsWith:
		return strings.HasSuffix(have, strings.TrimSuffix(hostOf(v), "."))
	case c.Op == kql.StartsWith:
		return strings.HasPrefix(have, host)
	case c.Op == kql.Contains, c.Op == kql.ContainsWord:
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

// ownNetwork reports whether a test only holds for names that no address of
// someone else serves.
func ownNetwork(t kql.Test) bool {
	return t.Field != "remote.ip" && !slices.ContainsFunc(t.Values, func(v string) bool {
		return !slices.Contains(known().OwnNetworks, hostOf(strings.ToLower(v)))
	})
}

// whyNoEffect says what the hunt looks for, what no row of it can meet, and
// what else the filter says that could not be asked.
func (h *hunted) whyNoEffect(p part, lost []Loss) string {
	if !h.hunts() {
		return h.table.Name + " can carry none of the IOCs that are on, so there is no hunt to leave anything out of"
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
	reason := "the query matches " + h.matched() + "; nothing in it goes to " + listed(to, "or")
	if rest := why(p.unsaid(lost), h.table.Name); rest != "" {
		reason += "; besides, " + rest
	}
	return reason
}

// matched says in a few words what a hunt looks for.
func (h *hunted) matched() string {
	kinds := []string{"domains", "URLs", "addresses", "hashes"}
	found := make([]map[string]bool, len(kinds))
	for n := range found {
		found[n] = map[string]bool{}
	}
	for i := range h.carried {
		switch i.Type {
		case feed.Domain:
			found[0][i.Value] = true
		case feed.URL:
			found[1][i.Value] = true
		case feed.IP, feed.IPPort:
			found[2][i.Host()] = true
		default:
			found[3][i.Value] = true
		}
	}
	var all []string
	for n, values := range found {
		if len(values) > 1 {
			all = append(all, fmt.Sprintf("%d %s", len(values), kinds[n]))
			continue
		}
		for v := range values {
			all = append(all, v)
		}
	}
	return listed(all, "and")
}

// holds reports whether a text meets one value of a test.
func holds(op kql.Operator, v, text string) bool {
	if op == kql.Matches { // in lower case \S would be \s
		re, err := regexp.Compile("(?i)" + v)
		return err == nil && re.MatchString(text)
	}
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
	}
	return false
}

// holdsPath is [holds] for a path, which begins and ends with whole folders.
func holdsPath(op kql.Operator, v, path string) bool {
	whole, pieces := kql.PathForms(op, v)
	return whole != "" && holds(kql.Is, whole, path) || slices.ContainsFunc(pieces, func(p string) bool { return holds(op, p, path) })
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
