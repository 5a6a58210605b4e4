package scan

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"quarry/feed"
)

// name tries text[start:end] as a domain, with a port behind it, or as a URL
// without a scheme: a domain and a path.
func (s *scanner) name(start, end int, defanged bool) bool {
	raw := s.text[start:end]
	host, port, ok := splitHost(raw)
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
	if censored(v) || !underSuffix(v) && !(defanged && underOtherRoot(v)) || !defanged && !s.plausible(host, v, end) || s.touchesDash(start, end) {
		return false
	}
	if slash := pathStart(s.text[end:min(max(s.end, end), end+len("[/"))]); slash == 0 {
		if s.pathed(start, end) {
			return true
		}
		s.addValue(feed.Domain, v, start, end)
		at, stop := end+strings.IndexByte(s.text[end:], '/')+1, start+len(raw)
		if defanged && at < stop && allHosts(s.text[at:stop]) { // "a[.]example/b[.]example" are two
			for next := range strings.SplitSeq(s.text[at:stop], "/") {
				s.name(at, at+len(next), true)
				at += len(next) + 1
			}
		}
		return true
	}
	return s.addValue(feed.Domain, v, start, end)
}

// censored reports whether a name is an address whose last numbers are not written:
// "192.0.2.x", "192.0.xx.xx".
func censored(v string) bool {
	const parts, digits = 4, 3
	if !strings.HasSuffix(v, "x") {
		return false
	}
	labels := strings.Split(v, ".")
	hidden := false
	for _, l := range labels {
		switch {
		case len(l) > digits:
			return false
		case strings.Trim(l, "x") == "":
			hidden = true
		case hidden || strings.Trim(l, "0123456789") != "":
			return false
		}
	}
	return len(labels) == parts && labels[0][0] != 'x'
}

// pathed takes what begins with the name text[start:end] as a URL without a
// scheme, if a path follows that is not of other defanged names.
func (s *scanner) pathed(start, end int) bool {
	if start < s.pathless {
		return false
	}
	var opener byte
	if start > 0 {
		opener = s.text[start-1]
	}
	whole := s.text[start:max(s.end, end)]
	whole = whole[:urlLen(whole, opener, true)]
	behind := strings.TrimLeft(whole[min(end-start, len(whole)):], "[/]")
	if behind == "" {
		return false
	}
	if allHosts(behind) || !s.add(feed.URL, start, start+len(whole)) {
		s.pathless = start + len(whole)
		return false
	}
	s.until = start + len(whole)
	return true
}

// allHosts reports whether a text is defanged names with slashes between.
func allHosts(raw string) bool {
	for name := range strings.SplitSeq(raw, "/") {
		if !isDefanged(name) || !isName(name) {
			return false
		}
	}
	return true
}

// isDefanged reports whether a text is written so that nothing makes a link of it.
func isDefanged(raw string) bool { return feed.Refang(raw) != raw }

// touchesDash reports whether text[start:end] is parted from a letter or digit by
// nothing but a dash that is no hyphen: what stands on both sides may be one name.
func (s *scanner) touchesDash(start, end int) bool {
	if r, n := utf8.DecodeLastRuneInString(s.text[:start]); r >= utf8.RuneSelf && shortDash(r) {
		if r, _ := utf8.DecodeLastRuneInString(s.text[:start-n]); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	if end < len(s.text) && s.text[end] >= utf8.RuneSelf {
		if r, n := utf8.DecodeRuneInString(s.text[end:]); shortDash(r) {
			r, _ := utf8.DecodeRuneInString(s.text[end+n:])
			return unicode.IsLetter(r) || unicode.IsDigit(r)
		}
	}
	return false
}

// shortDash reports whether r is a dash that word processors write for a hyphen.
// That of a sentence, which is longer, they do not.
func shortDash(r rune) bool { return unicode.Is(unicode.Pd, r) && r != '—' && r != '―' }

// underOtherRoot reports whether the last label of a name is a top-level domain
// that the Internet does not have.
func underOtherRoot(v string) bool {
	return words().OtherRoots[v[strings.LastIndexByte(v, '.')+1:]]
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
	tld := lastLabel(raw)
	if dash := strings.IndexByte(raw[tld:], '-'); dash > 0 && !strings.HasPrefix(strings.ToLower(raw[tld:]), "xn--") {
		raw, port = raw[:tld+dash], 0
	}
	return raw, port, len(raw) >= len("t.co") && len(raw) <= 1024
}

// lastLabel is where the last label of a name begins in raw: behind its last dot, in any
// spelling.
func lastLabel(raw string) int {
	from := strings.LastIndexByte(raw, '.') + 1
	for at := from; at < len(raw); at++ {
		switch raw[at] {
		case '[', '(', '{':
			if k := feed.DefangedLen(raw[at:]); k > len("[]") && strings.EqualFold(raw[at+1:at+k-1], "dot") {
				at += k - 1
				from = at + 1
			}
		}
	}
	return from
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
	if words().Reserved[last] {
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
	w := words()
	first, last := strings.TrimLeft(v[:strings.IndexByte(v, '.')], "_"), v[strings.LastIndexByte(v, '.')+1:]
	if w.Products[v] || w.FileTLDs[last] && first != "www" {
		return false
	}
	if end < len(s.text) && s.text[end] == '(' {
		return false
	}
	upper := host != strings.ToLower(host)
	if w.FieldLeaves[last] && (upper || w.FieldRoots[first]) || w.CodeLeaves[last] && w.CodeRoots[first] {
		return false
	}
	// "System.IO", and a sentence that ends without a space: "done.It is".
	tld := host[strings.LastIndexByte(host, '.')+1:]
	return tld == strings.ToLower(tld) || host == strings.ToUpper(host)
}
