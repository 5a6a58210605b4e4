package kql

import (
	"testing"

	"quarry/feed"
)

// TestKeysOfBlocksAndURLs: a URL whose path is a number looks like a block of
// addresses, and each hit is explained as what it is.
func TestKeysOfBlocksAndURLs(t *testing.T) {
	const url = "http://203.0.113.0/24"
	block := ioc(t, feed.CIDR, "203.0.113.0/24")
	hits := []hit{one("Url", url, url, "url"), one("Remote", "203.0.113.9", block.Value, "range"), one("Url", "http://203.0.113.9/", block.Value, "range")}
	checkKinds(t, Options{}, []feed.IOC{ioc(t, feed.URL, url), block}, hits)
	checkKinds(t, Options{}, []feed.IOC{block, ioc(t, feed.URL, url)}, hits)
}

// TestFactsAreSaidOnce hunts what stands in several lists: the evaluator refuses
// a key that is there twice.
func TestFactsAreSaidOnce(t *testing.T) {
	full := "2001:db8:1111:2222:3333:4444:5555:6666"
	iocs := []feed.IOC{
		ioc(t, feed.IP, full), ioc(t, feed.IP, "2001:db8::1"), ioc(t, feed.URL, "http://[2001:db8::2]/x"), ioc(t, feed.IPPort, "[2001:db8::3]:81"),
		ioc(t, feed.Domain, "evil.example"), ioc(t, feed.URL, "http://evil.example/x"), ioc(t, feed.URL, "http://gate.example/x"),
	}
	for _, mode := range []PortMode{LabelPort, RequirePort, IgnorePort} {
		checkKinds(t, Options{Knobs: Knobs{Port: mode}}, iocs, []hit{
			one("Remote", full, full, "exact"), one("Answers", full, full, "exact"), one("Answers", "2001:db8:0:0:0:0:0:1", "2001:db8::1", "exact"),
			one("Host", "evil.example", "evil.example", "exact"), one("Host", "gate.example", "http://gate.example/x", "host of url"),
		})
	}
}

// TestColumnsOfOneSide: a table carries nothing in columns of the own side, and
// finds it there when they are asked for.
func TestColumnsOfOneSide(t *testing.T) {
	tb := &Table{
		Name: "T", Time: map[Target]string{Sentinel: "TimeGenerated"},
		IOC: Columns{
			Host: []Column{{Column: "Host", Side: Own}}, HostList: []Column{{Column: "Hosts", Side: Own}}, URL: []Column{{Column: "Url", Side: Own}},
			IPList: []Column{{Column: "Addresses", Side: Own}}, MD5: []Column{{Column: "Md5", Side: Own}}, Hash: []Column{{Column: "Hash", Side: Own}},
			FileName: []Column{{Column: "File", Side: Own}}, FilePath: []Column{{Column: "Path", Side: Own}},
			Text: []Column{{Column: "Message"}},
		},
	}
	const url = "http://evil.test/x"
	iocs := []feed.IOC{ioc(t, feed.Domain, "evil.example"), ioc(t, feed.URL, url), ioc(t, feed.IP, "192.0.2.1"), ioc(t, feed.MD5, evilMD5), ioc(t, feed.FileName, "loader.dll")}
	checkHitsWith(t, tb, Options{}, iocs, []hit{
		one("Host", "evil.example", "", ""), one("Message", "to evil.example", "evil.example", "in text"), one("Message", "get http://evil.test/x", url, "in text"),
		one("Message", "192.0.2.1", "192.0.2.1", "in text"), one("Message", evilMD5, evilMD5, "in text"), one("Message", "loader.dll", "loader.dll", "in text"),
	})
	checkHitsWith(t, tb, Options{Knobs: Knobs{OwnSide: true}}, iocs, []hit{
		one("Host", "evil.example", "evil.example", "exact"), one("Url", url, url, "url"), one("Addresses", "192.0.2.1", "192.0.2.1", "exact"),
		one("Hash", evilMD5, evilMD5, "exact"), one("File", "loader.dll", "loader.dll", "exact"), one("Message", "to evil.example", "", ""),
	})
	tb.IOC.Text = nil
	for _, i := range iocs {
		if tb.Carries(i) {
			t.Errorf("without text it carries %s", i.Value)
		}
	}
}

// TestHostThatIsADomain explains the host of a URL where only URLs are hunted:
// as the domain that it is as well.
func TestHostThatIsADomain(t *testing.T) {
	tb := &Table{
		Name: "T", Time: map[Target]string{Sentinel: "TimeGenerated"},
		IOC: Columns{Text: []Column{{Column: "Message", Holds: []feed.Type{feed.URL}}}},
	}
	iocs := []feed.IOC{ioc(t, feed.Domain, "evil.example"), ioc(t, feed.URL, "http://evil.example/x")}
	checkHitsWith(t, tb, Options{}, iocs, []hit{one("Message", "to evil.example", "evil.example", "in text"), one("Message", "http://evil.example/x", "http://evil.example/x", "in text")})
	for about, run := range forms(t, tb, selection(iocs), Options{Target: Sentinel}) {
		if out := run.on("T", row{"Message": "to evil.example"}); out == nil || out["IocType"] != "domain" {
			t.Errorf("%s: the type is %v", about, out["IocType"])
		}
	}
}
