package scan

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"quarry/feed"
)

// fileTLDs are top-level domains that are more often the extension of a file
// when a bare name ends in them.
var fileTLDs = words("app cab dot im java md mov pl properties ps pub py rs sc sh so zip")

// fieldRoots and fieldLeaves are first and last labels of record fields such as
// host.name in the Elastic Common Schema and its kin.
var (
	fieldRoots = words("account actor agent alert client cloud container data destination device dest dns email event events " +
		"file group host http initiator log logs network object observer organization os package parent pe principal process " +
		"query registry request response rule self server service session source src subject sys system target task this " +
		"threat tls url user user_agent vendor winlog")
	fieldLeaves = words("name id email host network group date events info")
)

// codeRoots and codeLeaves are likewise of the members of programs, as in
// request.stream.
var (
	codeRoots  = words("array dirent err error init json math module object process regexp request response stream string subprocess util")
	codeLeaves = words("bind call data date email events foo host id info link map name open pid read run search stream test watch")
)

// products are names of software that only look like domains.
var products = words("ado.net asp.net vb.net ml.net")

// reserved are top-level domains that the Public Suffix List leaves out and
// that documentation is full of (RFC 2606).
var reserved = words("example test")

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// name tries text[start:end] as a domain, with a port or a path behind it.
func (s *scanner) name(start, end int, defanged bool) bool {
	host, port, ok := splitHost(s.text[start:end])
	if !ok {
		return false
	}
	// Most words with a dot in them fail here, where it costs least.
	if !defanged && isASCII(host) && !underSuffix(strings.ToLower(host)) {
		return false
	}
	v, err := feed.Canonical(feed.Domain, visible(host))
	if err != nil {
		return false
	}
	end = start + len(host) + port
	if !underSuffix(v) || !defanged && !s.plausible(host, v, end) {
		return false
	}
	return s.addValue(feed.Domain, v, start, end)
}

// splitHost cuts a path, a port and a hyphenated word ("example.com-based")
// off raw, and returns the length of the port with its colon.
func splitHost(raw string) (host string, port int, ok bool) {
	if stop := pathStart(raw); stop >= 0 {
		raw = raw[:stop]
	}
	if at := strings.LastIndexByte(raw, ':'); at >= 0 {
		host = strings.TrimSuffix(raw[:at], "[")
		digits := strings.TrimPrefix(raw[at+1:], "]")
		if digits == "" || len(digits) > 5 || strings.Trim(digits, "0123456789") != "" {
			return "", 0, false
		}
		raw, port = host, len(raw)-len(host)
	}
	// No top-level domain but punycode has a hyphen.
	tld := strings.LastIndexByte(raw, '.') + 1
	if dash := strings.IndexByte(raw[tld:], '-'); dash > 0 && !strings.HasPrefix(strings.ToLower(raw[tld:]), "xn--") {
		raw, port = raw[:tld+dash], 0
	}
	return raw, port, len(raw) >= len("t.co") && len(raw) <= 1024
}

// pathStart is where a path begins in raw, or -1; a defanged slash begins one
// too.
func pathStart(raw string) int {
	at := strings.IndexByte(raw, '/')
	if at > 0 && raw[at-1] == '[' {
		at--
	}
	return at
}

// underSuffix reports whether a lower-case name lies below a public suffix, or
// is a suffix that people share, such as duckdns.org.
func underSuffix(v string) bool {
	last := v[strings.LastIndexByte(v, '.')+1:]
	if reserved[last] {
		return true
	}
	if len(last) < 2 || last[0] < 'a' || last[0] > 'z' {
		return false // as of "e.g", and of the numbers of versions
	}
	suffix, icann := publicsuffix.PublicSuffix(v)
	if icann {
		return suffix != v
	}
	return strings.Contains(suffix, ".")
}

// plausible reports whether a bare name, which ends at text[end], reads like a
// domain rather than a file, a field, a type or a call.
func (s *scanner) plausible(host, v string, end int) bool {
	first, last := v[:strings.IndexByte(v, '.')], v[strings.LastIndexByte(v, '.')+1:]
	if products[v] || fileTLDs[last] && first != "www" {
		return false
	}
	if end < len(s.text) && s.text[end] == '(' {
		return false
	}
	upper := host != strings.ToLower(host)
	if fieldLeaves[last] && (upper || fieldRoots[first]) || codeLeaves[last] && codeRoots[first] {
		return false
	}
	// "System.IO", and a sentence that ends without a space: "done.It is".
	tld := host[strings.LastIndexByte(host, '.')+1:]
	return tld == strings.ToLower(tld) || host == strings.ToUpper(host)
}
