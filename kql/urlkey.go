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
// the fragment and quotes around it all do not count, and everything is in lower case: some
// products store URLs so, and leave out the scheme. The same regular expression
// makes the key of an IOC and, in the query, that of a row.
const (
	urlScheme = `(?:(?:[a-z][a-z0-9+.-]*:)?//)?`
	urlUser   = `(?:[^/?#]*@)?`
	urlName   = `(\[[0-9a-f:.]+\]|[^/?#@:\s",\\]+?)\.?`
	urlPort   = `(?::|(:[0-9]+))?`

	urlStart = `^"?` + urlScheme + urlUser
	anyPort  = `\.?(?::[0-9]*)?`
	hostTail = `(?:[/?#"]|$)`

	urlHead = `(?s)` + urlStart + urlName
)

// urlKeyRegex matches a URL and has in its groups 1 to 4 the parts of its key
// with so many parameters; see [urlKeyRewrite].
func urlKeyRegex(params int) string { return urlKeyPattern(params, optionalQuote) }

// optionalQuote ends a URL that stands in quotes.
const optionalQuote = `"?`

func urlKeyPattern(params int, end string) string {
	re := urlHead + urlPort
	if params > 0 { // before a query every slash counts
		re += `(?:/([^?#]*))?(\?[^&#]*?` + repeat(`(?:&[^&#]*?)`, params-1) + `)` + end + `(?:[&#].*)?$`
		return re
	}
	return re + `(?:/([^?#]*?))?/?` + end + `(?:[?#].*)?$`
}

// urlKeyRewrite writes the key out of the groups of [urlKeyRegex].
func urlKeyRewrite(params int) constant {
	if params > 0 {
		return `\1\2/\3\4`
	}
	return `\1\2/\3`
}

func repeat(re string, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return re
	}
	return re + "{" + strconv.Itoa(n) + "}"
}

// maxParams is the most parameters of a query that are told apart: a regular
// expression repeats a part at most so often.
const maxParams = maxRepeat

// urlKeys are all keys that rows may have for a URL: with each spelling of its
// host and with and without the default port; end is what may stand behind. What it matches is never less
// than the URL itself as the IOC writes it.
func urlKeys(i feed.IOC, end string) (keys []string, params int) {
	value := strings.ToLower(i.Value)
	if _, query, ok := strings.Cut(strings.Split(value, "#")[0], "?"); ok {
		params = min(strings.Count(query, "&")+1, maxParams)
	}
	m := keyRegex(params, end).FindStringSubmatch(value)
	if m == nil {
		return nil, 0
	}
	rest := "/" + strings.Join(m[3:], "")
	for _, host := range urlHosts(i, m[1]) {
		for _, port := range urlPorts(i, m[2]) {
			keys = append(keys, host+port+rest)
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
	m := keyRegexes[0].FindStringSubmatchIndex(lower)
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
// there.
func urlPorts(i feed.IOC, written string) []string {
	port, standard := i.Port(), defaultPort(i.Value)
	all := []string{written}
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

// keyRegexes are the regular expressions of the usual URLs, made once.
var keyRegexes = func() (all [8]*regexp.Regexp) {
	for params := range all {
		all[params] = regexp.MustCompile(urlKeyRegex(params))
	}
	return all
}()

func keyRegex(params int, end string) *regexp.Regexp {
	if params < len(keyRegexes) && end == optionalQuote {
		return keyRegexes[params]
	}
	return regexp.MustCompile(urlKeyPattern(params, end))
}

// jsonText escapes what a JSON string cannot hold as it is. Other escapes that
// JSON allows, such as \/ and \u0026, are not expected.
var jsonText = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
