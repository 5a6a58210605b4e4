package kql

import (
	"strings"
	"testing"

	"quarry/feed"
)

// TestNamesBeyondASCII finds names whose letters searches know no other case of,
// in columns of names and URLs.
func TestNamesBeyondASCII(t *testing.T) {
	const name, url = "xn--e1afmkfd.xn--p1ai", "http://xn--bcher-kva.test/x"
	iocs := []feed.IOC{ioc(t, feed.Domain, name), ioc(t, feed.URL, url)}
	checkHits(t, "EmailUrlInfo", iocs, append([]hit{
		one("UrlDomain", "\u041f\u0420\u0418\u041c\u0415\u0420.\u0420\u0424", name, "exact"),
		one("UrlDomain", "www.\u041f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", name, "sub-domain"),
		one("UrlDomain", name, name, "exact"),
		one("UrlDomain", "B\u00dcCHER.test", url, "host of url"),
		one("Url", "https://\u041f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/x", name, "exact"),
		one("Url", "http://B\u00dccher.TEST/x", url, "url"),
	}, none("UrlDomain", "\u041f\u0440\u0438\u043c\u0435\u0440\u044b.\u0440\u0444", "b\u00dccher.example")...))
	checkHits(t, "UrlClickEvents", iocs, []hit{one("UrlChain", "[\"http://\u041f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/x\"]", name, "exact")})
	h, err := table(t, "EmailUrlInfo").Hunt(selection([]feed.IOC{ioc(t, feed.Domain, "evil.example")}), Options{Target: Sentinel})
	if err != nil || strings.Contains(h.Query, "matches regex") {
		t.Errorf("a name in ASCII looks at more than the search finds: %v\n%s", err, h.Query)
	}
}
