package kql

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// unique is a list that holds each value once.
type unique struct {
	values []string
	seen   map[string]struct{}
}

func (u *unique) add(v string) {
	if _, ok := u.seen[v]; ok {
		return
	}
	if u.seen == nil {
		u.seen = make(map[string]struct{})
	}
	u.seen[v] = struct{}{}
	u.values = append(u.values, v)
}

// terms are the indicators of a hunt, sorted by how columns are compared with
// them, in the order of the IOCs.
type terms struct {
	ip4, ip6     unique // addresses, also those of URLs
	port4        unique // "address:port"
	port6        unique // the address in full, "|", port; as parse_ipv6() writes it
	domains      unique
	urls         []urlTerm
	urlHosts     unique // names in URLs
	urlAddrs     unique // names and addresses in URLs, as they stand there
	md5          unique
	sha1, sha256 unique
}

// urlTerm is a URL taken apart for matching with and without its scheme, its
// default port and a final slash.
type urlTerm struct {
	host string // pattern for the host
	port string // pattern for the port
	path string // path and query, without a final slash
}

// newTerms sorts the indicators that the table can carry and counts them.
func newTerms(t *Table, iocs []feed.IOC) (ts terms, carried int) {
	for _, i := range iocs {
		if !t.Carries(i) {
			continue
		}
		carried++
		switch i.Type {
		case feed.IP, feed.IPPort:
			ts.addAddr(i)
		case feed.Domain:
			ts.domains.add(i.Value)
		case feed.URL:
			ts.addURL(i)
		case feed.MD5:
			ts.md5.add(i.Value)
		case feed.SHA1:
			ts.sha1.add(i.Value)
		case feed.SHA256:
			ts.sha256.add(i.Value)
		}
	}
	return ts, carried
}

func (ts *terms) addAddr(i feed.IOC) {
	addr, ok := i.Addr()
	if !ok {
		return
	}
	port := i.Port()
	if i.Type == feed.URL && port == 0 {
		port = defaultPort(i.Value)
	}
	addrs, ports := &ts.ip4, &ts.port4
	pair := netip.AddrPortFrom(addr, uint16(port)).String()
	if addr.Is6() {
		addrs, ports = &ts.ip6, &ts.port6
		pair = addr.StringExpanded() + "|" + strconv.Itoa(port)
	}
	addrs.add(addr.String())
	if port > 0 {
		ports.add(pair)
	}
}

func (ts *terms) addURL(i feed.IOC) {
	u, err := url.Parse(i.Value)
	if err != nil {
		return // feed.Canonical refuses such a value
	}
	host := i.Host()
	ts.urlAddrs.add(host)
	term := urlTerm{path: strings.TrimRight(rawPath(i.Value), "/")}
	switch addr, ok := i.Addr(); {
	case ok && addr.Is6():
		ts.addAddr(i)
		term.host = QuoteRegex("[" + host + "]")
	case ok:
		ts.addAddr(i)
		term.host = QuoteRegex(host)
	default:
		ts.urlHosts.add(host)
		term.host = QuoteRegex(host) + `\.?`
	}
	switch def := strconv.Itoa(defaultPort(i.Value)); {
	case u.Port() != "" && u.Port() != def:
		term.port = ":" + u.Port()
	case def != "0":
		term.port = "(?::" + def + ")?"
	}
	ts.urls = append(ts.urls, term)
}

// rawPath is path and query of a URL as written, without the fragment, which
// never leaves the browser.
func rawPath(v string) string {
	_, rest, _ := strings.Cut(v, "://")
	at := strings.IndexAny(rest, "/?#")
	if at < 0 {
		return ""
	}
	path, _, _ := strings.Cut(rest[at:], "#")
	return path
}

func defaultPort(v string) int {
	scheme, _, _ := strings.Cut(v, "://")
	switch strings.ToLower(scheme) {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	case "ftp":
		return 21
	}
	return 0
}

// Carries reports whether a column of the table that is hunted can hold the
// indicator.
func (t *Table) Carries(i feed.IOC) bool {
	c := &t.IOC
	switch i.Type {
	case feed.IP, feed.IPPort:
		a, ok := i.Addr()
		return ok && (hasAddr(c.IP, a) || len(c.IPList)+len(c.URL)+len(c.URLList) > 0)
	case feed.Domain:
		return len(c.Host)+len(c.URL)+len(c.URLList) > 0
	case feed.URL:
		if i.Host() == "" {
			return false // no reader lets such a value through
		}
		if len(c.URL)+len(c.URLList) > 0 {
			return true
		}
		if a, ok := i.Addr(); ok {
			return hasAddr(c.IP, a) || len(c.IPList) > 0
		}
		return len(c.Host) > 0
	case feed.MD5:
		return len(c.MD5)+len(c.Hash) > 0
	case feed.SHA1:
		return len(c.SHA1)+len(c.Hash) > 0
	case feed.SHA256:
		return len(c.SHA256)+len(c.Hash) > 0
	}
	return false
}

func hasAddr(cols []Column, a netip.Addr) bool {
	for _, c := range cols {
		if c.Side != Own && (a.Is6() || c.Only != "ipv6") {
			return true
		}
	}
	return false
}

// alternatives joins literal texts into one regular expression.
func alternatives(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = QuoteRegex(v)
	}
	return strings.Join(quoted, "|")
}

// Regular expressions for names in a column, all with the IOC as group 1 and
// without case: some products store URLs in lower case, so the case of a path
// does not count either. A URL may stand in quotes, as some firewalls log it.
// They stay within what RE2 and Kusto's engine read alike. Two slashes are
// written /{2}: nobody, and no product that refuses comments, can take them for
// one.
const (
	urlHead  = `(?i)^"?(?:[a-z][a-z0-9+.-]*:)?(?:/{2})?(?:[^/?#]*@)?`
	listHead = `(?i)(?:^|[\s"',;\[])(?:[a-z][a-z0-9+.-]*:)?(?:/{2})?(?:[^/?#\s"',]*@)?`
	labels   = `(?:[a-z0-9_-]+\.)*?`
	anyPort  = `\.?(?::[0-9]+)?`
	hostTail = `(?:[/?#"]|$)`
	listTail = `(?:[/?#\s"',;\]]|$)`
	urlTail  = `/?(?:[?#&"]|$)`
	urlsTail = `/?(?:[?#&\s"',;\]]|$)`
)

// nameRegex matches a column that holds one name: the domain or a name below
// it, perhaps with a trailing dot.
func nameRegex(domains []string) string {
	return `(?i)(?:^|\.)(` + alternatives(domains) + `)\.?$`
}

// hostRegex matches a URL, or one of several, whose host is the domain or a
// name below it.
func hostRegex(domains []string, list bool) string {
	if list {
		return listHead + labels + `(` + alternatives(domains) + `)` + anyPort + listTail
	}
	return urlHead + labels + `(` + alternatives(domains) + `)` + anyPort + hostTail
}

// addrRegex matches a URL, or one of several, whose host is the address.
func addrRegex(ip4, ip6 []string, list bool) string {
	hosts := slices.Clone(ip4)
	for _, a := range ip6 {
		hosts = append(hosts, "["+a+"]")
	}
	alts := alternatives(hosts)
	if list {
		return listHead + `(` + alts + `)(?::[0-9]+)?` + listTail
	}
	return urlHead + `(` + alts + `)(?::[0-9]+)?` + hostTail
}

// urlRegex matches a URL, or one of several, with or without its scheme, its
// default port and a final slash; a fragment, and a query where the IOC has
// none, may follow.
func urlRegex(urls []urlTerm, list bool) string {
	alts := make([]string, len(urls))
	for i, u := range urls {
		alts[i] = u.host + u.port + QuoteRegex(u.path)
	}
	if list {
		return listHead + `(` + strings.Join(alts, "|") + `)` + urlsTail
	}
	return urlHead + `(` + strings.Join(alts, "|") + `)` + urlTail
}

// bareRegex matches a column that holds only the host of a URL, perhaps with
// scheme and port.
func bareRegex(hosts []string) string {
	return `(?i)^"?(?:[a-z][a-z0-9+.-]*:)?(?:/{2})?(` + alternatives(hosts) + `)` + anyPort + `/?"?$`
}

// addr6Regex matches text that holds one of the addresses as a whole.
func addr6Regex(ip6 []string) string {
	return `(?i)(?:^|[^0-9a-f:.])(` + alternatives(ip6) + `)(?:[^0-9a-f:.]|$)`
}

// Types lists the types of indicator that a column of the table can hold.
func (t *Table) Types() []feed.Type {
	example := map[feed.Type]string{feed.IPPort: "192.0.2.1:443", feed.IP: "192.0.2.1", feed.Domain: "example.com", feed.URL: "http://example.com/"}
	var types []feed.Type
	for _, ty := range feed.Types {
		if t.Carries(feed.IOC{Type: ty, Value: example[ty]}) {
			types = append(types, ty)
		}
	}
	return types
}
