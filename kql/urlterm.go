package kql

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// urlTerm is a URL taken apart for matching with and without its scheme, its
// default port and, where it has no query, a final slash.
type urlTerm struct {
	site  string // pattern for host and port, and for a slash that need not be there
	rest  string // path and query as they stand, without that slash
	query bool   // rest ends with a query
}

// addURL takes a URL apart. What it matches is never less than the URL itself
// as the IOC writes it, whatever spelling of host and port that is.
func (ts *terms) addURL(i feed.IOC) {
	host := i.Host()
	if host == "" {
		return // feed.Canonical refuses such a value
	}
	var hosts []string
	var dot string
	if addr, ok := i.Addr(); ok {
		ts.addAddr(i)
		hosts = addrSpellings(addr)
	} else {
		hosts, dot = nameSpellings(host), `\.?`
		for _, h := range hosts {
			ts.urlHosts.add(h)
		}
	}
	p := cutURL(i.Value)
	if h := strings.TrimSuffix(asciiLower(p.host), "."); !slices.Contains(hosts, h) {
		hosts = append(hosts, h)
	}
	for _, h := range hosts {
		ts.urlAddrs.add(h)
	}
	site := alternatives(bracketed(hosts))
	if len(hosts) > 1 {
		site = "(?:" + site + ")"
	}
	site += dot + p.portPattern(i.Port(), defaultPort(i.Value))
	switch {
	case p.query == "":
		ts.urls = append(ts.urls, urlTerm{site: site, rest: strings.TrimSuffix(p.path, "/")})
	case p.path == "" || p.path == "/": // the same to every client
		ts.urls = append(ts.urls, urlTerm{site: site + "/?", rest: "?" + p.query, query: true})
	default:
		ts.urls = append(ts.urls, urlTerm{site: site, rest: p.path + "?" + p.query, query: true})
	}
}

// bracketed writes hosts as they stand in URLs.
func bracketed(hosts []string) []string {
	all := slices.Clone(hosts)
	for i, h := range all {
		if strings.Contains(h, ":") {
			all[i] = "[" + h + "]"
		}
	}
	return all
}

// urlParts are the parts of a URL as written, without user and fragment; the
// fragment never leaves the browser.
type urlParts struct {
	host  string // without brackets
	port  string // with its colon
	path  string
	query string // without its question mark
}

func cutURL(v string) (p urlParts) {
	_, rest, _ := strings.Cut(v, "://")
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	p.path, p.query, _ = strings.Cut(rest[end:], "?")
	site := rest[strings.LastIndexByte(rest[:end], '@')+1 : end]
	at := strings.LastIndexByte(site, ':')
	if at < 0 || at < strings.IndexByte(site, ']') {
		at = len(site)
	}
	p.host, p.port = strings.Trim(site[:at], "[]"), site[at:]
	return p
}

// portPattern matches the port; the default one need not be written. A port
// that the IOC writes with zeros before it, or a colon alone, may stand so.
func (p urlParts) portPattern(port, standard int) string {
	zeros := ""
	if strings.HasPrefix(p.port, ":0") {
		zeros = "0*"
	}
	switch {
	case port != 0 && port != standard:
		return ":" + zeros + strconv.Itoa(port)
	case standard == 0 && p.port == ":":
		return ":?"
	case standard == 0:
		return ""
	case p.port == ":":
		return "(?::(?:" + strconv.Itoa(standard) + ")?)?"
	}
	return "(?::" + zeros + strconv.Itoa(standard) + ")?"
}

// defaultPort is the port that a URL's scheme implies, 0 when none is known.
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
