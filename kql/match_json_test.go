package kql

import (
	"testing"

	"quarry/feed"
)

// TestFirstOfAList finds a URL wherever it stands in a list, also first and
// alone.
func TestFirstOfAList(t *testing.T) {
	const url, query, addr = "http://evil.example/a", "https://evil.example/q?x=[1]&y=2", "http://203.0.113.9/m"
	iocs := []feed.IOC{ioc(t, feed.URL, url), ioc(t, feed.URL, query), ioc(t, feed.URL, addr), ioc(t, feed.URL, "http://[2001:db8::7]:81/six")}
	checkHits(t, "UrlClickEvents", iocs, append([]hit{
		one("UrlChain", `["http://evil.example/a"]`, url, "url"),
		one("UrlChain", `["http://evil.example/a","https://x.test/"]`, url, "url"),
		one("UrlChain", `[ "http://evil.example/a" , "https://x.test/" ]`, url, "url"),
		one("UrlChain", "[\n  \"http://evil.example/a\"\n]", url, "url"),
		one("UrlChain", `["https://x.test/","http://evil.example/a"]`, url, "url"),
		one("UrlChain", `["evil.example/a"]`, url, "url"),
		one("UrlChain", `["http://u:p@evil.example:80/a/?b#c"]`, url, "url"),
		one("UrlChain", `"http://evil.example/a"`, url, "url"),
		one("UrlChain", `http://evil.example/a`, url, "url"),
		one("UrlChain", `["https://evil.example/q?x=[1]&y=2&z"]`, query, "url"),
		one("UrlChain", `["http://203.0.113.9/m"]`, addr, "url"),
		one("UrlChain", `["http://[2001:db8::7]:81/six","https://x.test/"]`, "http://[2001:db8::7]:81/six", "url"),
	}, none("UrlChain", `["http://evil.example/b"]`, `["http://x.test/?http://evil.example/a"]`, `["http://x.test/[evil.example/a"]`, `["[evil.example/a"]`)...))
	checkHits(t, "DeviceFileCertificateInfo", iocs, []hit{one("CrlDistributionPointUrls", `["http://evil.example/a"]`, url, "url")})
}

// TestEscapedQuotes finds a URL and its host in JSON inside JSON, where
// backslashes stand before the quotes, and before other signs that end them.
func TestEscapedQuotes(t *testing.T) {
	const url, addr = "https://evil.example/cb", "http://203.0.113.9:8080/x"
	iocs := []feed.IOC{ioc(t, feed.URL, url), ioc(t, feed.URL, addr)}
	var hits []hit
	for _, text := range []string{
		`{"newValue":"[\"https://evil.example/cb\"]"}`, `"\"evil.example\""`, `{"a":"{\"b\":\"https:\\/\\/evil.example\\/cb\"}"}`, `{\\\"u\\\":\\\"https://evil.example/cb\\\"}`,
		`DownloadString(\"https://evil.example/cb\")`, "run `https://evil.example/cb` now", "see `evil.example`", "evil.example: denied", "client evil.example#53: query",
		"host=evil.example&x=1", `\\evil.example@SSL\share\x`, `\\evil.example\share`, "evil.example:443\t", "evil.example:443.", "evil.example:", "evil.example:443", "[evil.example]",
		`\"https://evil.example/\"`, "https://evil.example/#top", "evil.example!", `"https://evil.example/cb/\"`, `https://evil.example/cb?a=\"b\"`,
	} {
		hits = append(hits, one("Message", text, url, "in text"))
	}
	hits = append(hits, one("Message", `DownloadString(\"http://203.0.113.9:8080/x\")`, addr, "in text"))
	hits = append(hits, none("Message", `"\"https://evil.example/cbs\""`, `https:\\/\\/evil.example\\/other`, `\"https://evil.example:443/other\"`, "evil.example:44/x", "evil.example?x", "evil.example:443?x",
		"evil.example.test", "www.evil.example#53", "evil.examples", "x-evil.example")...)
	checkKinds(t, Options{}, iocs, hits)
	checkHits(t, "AuditLogs", iocs, []hit{one("TargetResources", `[{"modifiedProperties":[{"newValue":"[\"https://evil.example/cb\"]"}]}]`, url, "in text")})
	checkKinds(t, Options{}, []feed.IOC{ioc(t, feed.FileName, "loader.dll")}, []hit{one("Message", "run `loader.dll`", "loader.dll", "in text")})
}
