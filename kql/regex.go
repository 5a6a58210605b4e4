package kql

import (
	"fmt"
	"strings"
)

// Regular expressions for names in a column, all with the IOC as group 1 and
// without case: some products store URLs in lower case, so the case of a path
// does not count either. A URL may stand in quotes, as some firewalls log it.
// They stay within what RE2 and Kusto's engine read alike.
//
// A list is a JSON array of URLs in one string. A URL of it begins after a
// quote that the array sets, which is the first character or follows a bracket,
// comma or space; a quote inside a URL has a backslash before it. One URL alone
// is taken too. A list parted by commas or semicolons alone is not: both stand
// in URLs, and what follows one there is no URL that was opened.
const (
	urlHead  = `(?i)^"?` + scheme + `(?:[^/?#]*@)?`
	listHead = `(?i)(?:^"?|[\[,\s]")` + scheme + `(?:[^/?#\s"]*@)?`

	scheme = `(?:(?:[a-z][a-z0-9+.-]*:)?//)?`

	labels    = `(?:[^/?#@:\s".,\\]+\.)*?`
	anyPort   = `\.?(?::[0-9]*)?`
	hostTail  = `(?:[/?#"]|$)`
	pathTail  = `/?(?:[?#"]|$)`
	queryTail = `(?:[&#"]|$)`
)

func head(list bool) string {
	if list {
		return listHead
	}
	return urlHead
}

// alternatives joins literal texts into one regular expression.
func alternatives(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = QuoteRegex(v)
	}
	return strings.Join(quoted, "|")
}

// nameRegex matches a column that holds one name: the domain or a name below
// it, perhaps with a trailing dot.
func nameRegex(domains []string) string {
	return `(?i)(?:^|\.)(` + alternatives(domains) + `)\.?$`
}

// hostRegex matches a URL, or one of a list, whose host is the domain or a
// name below it.
func hostRegex(domains []string, list bool) string {
	return head(list) + labels + `(` + alternatives(domains) + `)` + anyPort + hostTail
}

// addrRegex matches a URL, or one of a list, whose host is the address.
func addrRegex(addrs []string, list bool) string {
	return head(list) + `(` + alternatives(bracketed(addrs)) + `)` + anyPort + hostTail
}

// jsonText escapes what a JSON string cannot hold as it is. Other escapes that
// JSON allows, such as \/ and \u0026, are not expected.
var jsonText = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// urlRegex matches a URL, or one of a list. All of the URLs have a query or
// none has: more parameters may follow a query, a query or a fragment may
// follow a URL without one.
func urlRegex(urls []urlTerm, list bool) string {
	alts := make([]string, len(urls))
	for i, u := range urls {
		if list {
			u.rest = jsonText.Replace(u.rest)
		}
		alts[i] = u.site + QuoteRegex(u.rest)
	}
	tail := pathTail
	if len(urls) > 0 && urls[0].query {
		tail = queryTail
	}
	return head(list) + `(` + strings.Join(alts, "|") + `)` + tail
}

// bareRegex matches a column that holds only the host of a URL, perhaps with
// scheme and port.
func bareRegex(hosts []string) string {
	return `(?i)^"?` + scheme + `(` + alternatives(hosts) + `)` + anyPort + `/?"?$`
}

// addr6Regex matches text that holds one of the addresses as a whole.
func addr6Regex(ip6 []string) string {
	return `(?i)(?:^|[^0-9a-f:.])(` + alternatives(ip6) + `)(?:[^0-9a-f:.]|$)`
}

// maxRepeat is the largest repetition that RE2 takes.
const maxRepeat = 1000

// countSlashes writes //, and longer runs, with the number of slashes: nobody,
// and no product that refuses comments, can take /{2} for the start of one. A
// quantifier behind a run belongs to its last slash. Runs do not occur inside
// character classes, which name no character twice.
func countSlashes(re string) string {
	if !strings.Contains(re, "//") {
		return re
	}
	var b strings.Builder
	for i := 0; i < len(re); {
		n := len(re[i:]) - len(strings.TrimLeft(re[i:], "/"))
		if n < 2 {
			b.WriteByte(re[i])
			i++
			continue
		}
		i += n
		quantified := i < len(re) && strings.IndexByte("?*+{", re[i]) >= 0
		if quantified {
			n--
		}
		for ; n > maxRepeat; n -= maxRepeat {
			fmt.Fprintf(&b, "/{%d}", maxRepeat)
		}
		if n == 1 {
			b.WriteByte('/')
		} else {
			fmt.Fprintf(&b, "/{%d}", n)
		}
		if quantified {
			b.WriteString("(?:/)")
		}
	}
	return b.String()
}
