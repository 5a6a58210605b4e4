package kql

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// URLs are compared by their key: host, port where one is written, a slash and
// the path, and so many parameters of the query. Scheme, user, a colon without
// a port, a dot that ends the host, one slash that ends a path without a query,
// the fragment and quotes around it all do not count, and everything is in lower
// case: some products store URLs so, and leave out the scheme. The same regular
// expressions make the keys of an IOC and, in the query, those of a row: one that
// is written once reduces a URL to host, port, path and query; short ones take
// the keys from that.
const (
	urlScheme = `(?:(?:[a-z][a-z0-9+.-]*:)?//)?`
	urlUser   = `(?:[^/?#]*@)?`
	urlName   = `(\[[0-9a-f:.]+\]|[^/?#@:\s",\\]+?)\.?`
	urlPort   = `(?::|(:[0-9]+))?`

	urlStart = `^"?` + urlScheme + urlUser
	anyPort  = `\.?(?::[0-9]*)?`
	hostTail = `(?:[/?#"]|$)`

	// urlBody matches a URL; groups 1 to 4 are its host, port, path and query.
	urlBody = `(?s)` + urlStart + urlName + urlPort + `(?:/([^?#]*?))?(\?[^#]*?)?"?(?:#.*)?$`
	// quotedBody is the same for a URL whose last quote is its own.
	quotedBody = `(?s)` + urlStart + urlName + urlPort + `(?:/([^?#]*?))?(\?[^#]*?)?(?:#.*)?$`

	// reducedHost takes the host from a reduced URL.
	reducedHost = `^(\[[0-9a-f:.]+\]|[^/?#@:\s",\\]+)(?::[0-9]+)?/`
	pathKey     = `(?s)^([^/]+/[^?]*?)/?(?:\?.*)?$`
)

// urlReduced writes a reduced URL out of the groups of urlBody.
const urlReduced constant = `\1\2/\3\4`

// urlKey takes the key with so many parameters from a reduced URL. Before a
// query every slash counts.
func urlKey(params int) string {
	if params == 0 {
		return pathKey
	}
	return `^([^?]*\?[^&]*` + repeat(`&[^&]*`, params-1) + `)(?:&|$)`
}

// repeat matches an expression so many times.
func repeat(re string, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return re
	}
	return "(?:" + re + "){" + strconv.Itoa(n) + "}"
}

// maxParams is the most parameters of a query that are told apart: regular
// expressions repeat a part so often, and engines refuse large ones. A URL with
// more is found by its first.
const maxParams = 32

// urlKeys are all keys that rows may have for a URL: with each spelling of its
// host and with and without the default port. Body reduces it. What it matches
// is never less than the URL itself as the IOC writes it.
func urlKeys(i feed.IOC, body *regexp.Regexp) (keys []string, params int) {
	m := body.FindStringSubmatch(strings.ToLower(i.Value))
	if m == nil {
		return nil, 0
	}
	if m[4] != "" {
		params = min(strings.Count(m[4], "&")+1, maxParams)
	}
	key := keyRegex(params).FindStringSubmatch("/" + m[3] + m[4])
	if key == nil {
		return nil, 0
	}
	for _, host := range urlHosts(i, m[1]) {
		for _, port := range urlPorts(i, m[2]) {
			keys = append(keys, host+port+key[1])
		}
	}
	return keys, params
}

// writtenHost is a URL's host as the IOC writes it, "" when it cannot be told
// apart. The index search knows no other case of letters beyond ASCII.
func writtenHost(i feed.IOC) string {
	if asciiLower(i.Value) == strings.ToLower(i.Value) {
		return ""
	}
	lower := strings.ToLower(i.Value)
	m := urlBodyRegex.FindStringSubmatchIndex(lower)
	if m == nil || len(lower) != len(i.Value) {
		return ""
	}
	return strings.Trim(i.Value[m[2]:m[3]], "[]")
}

// urlHosts are the spellings of a URL's host as it stands in URLs, with the one
// that the IOC uses.
func urlHosts(i feed.IOC, written string) []string {
	var all []string
	if addr, ok := i.Addr(); ok {
		for _, a := range addrSpellings(addr) {
			if addr.Is6() {
				a = "[" + a + "]"
			}
			all = append(all, a)
		}
	} else {
		all = nameSpellings(i.Host())
	}
	if !slices.Contains(all, written) {
		all = append(all, written)
	}
	return all
}

// urlPorts are the ways to write a URL's port. The default one need not be
// there; one without scheme and port has that of http or https.
func urlPorts(i feed.IOC, written string) []string {
	port, standard := i.Port(), defaultPort(i.Value)
	all := []string{written}
	if port == 0 && !strings.Contains(i.Value, "://") {
		return append(all, ":80", ":443")
	}
	add := func(p string) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if port == 0 {
		port = standard
	}
	if port > 0 {
		add(":" + strconv.Itoa(port))
	}
	if port == standard {
		add("")
	}
	return all
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

var (
	urlBodyRegex    = regexp.MustCompile(urlBody)
	quotedBodyRegex = regexp.MustCompile(quotedBody)
)

// keyRegexes take the keys of the usual URLs, made once.
var keyRegexes = func() (all [8]*regexp.Regexp) {
	for params := range all {
		all[params] = makeKeyRegex(params)
	}
	return all
}()

func keyRegex(params int) *regexp.Regexp {
	if params < len(keyRegexes) {
		return keyRegexes[params]
	}
	return makeKeyRegex(params)
}

// makeKeyRegex is [urlKey] for what follows host and port.
func makeKeyRegex(params int) *regexp.Regexp {
	if params == 0 {
		return regexp.MustCompile(`(?s)^(/[^?]*?)/?(?:\?.*)?$`)
	}
	return regexp.MustCompile(urlKey(params))
}

// jsonText escapes what a JSON string cannot hold as it is. Other escapes that
// JSON allows, such as \/ and \u0026, are not expected.
var jsonText = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
