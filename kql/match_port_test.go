package kql

import (
	"testing"

	"quarry/feed"
)

// TestHostsWithPorts finds names and addresses that stand with a port in a
// column of hosts.
func TestHostsWithPorts(t *testing.T) {
	const url = "http://evil.test/x"
	iocs := []feed.IOC{ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.URL, url), ioc(t, feed.IP, "203.0.113.9"), ioc(t, feed.IP, "2001:db8::9")}
	for name, column := range map[string]string{"_Im_WebSession": "HttpHost", "AGWAccessLogs": "Host", "W3CIISLog": "csHost", "CommonSecurityLog": "DestinationHostName"} {
		checkHits(t, name, iocs, append([]hit{
			one(column, "hitclub.example:8080", "hitclub.example", "exact"),
			one(column, "WWW.hitclub.example:8080", "hitclub.example", "sub-domain"),
			one(column, "evil.test:80", url, "host of url"),
		}, none(column, "hitclub.example.test:8080", "www.evil.test:80", "hitclub.example:")...))
	}
	for name, column := range map[string]string{"AZFWApplicationRule": "Fqdn", "_Im_WebSession": "HttpHost"} {
		checkHits(t, name, iocs, append([]hit{
			one(column, "203.0.113.9", "203.0.113.9", "exact"), one(column, "203.0.113.9:8080", "203.0.113.9", "exact"), one(column, "[2001:db8::9]:443", "2001:db8::9", "exact"),
		}, none(column, "203.0.113.90:8080")...))
	}
}

// TestPortsInValues takes the port of an address from where it stands: behind
// the address, in the scheme of a URL in quotes, or else in its column.
func TestPortsInValues(t *testing.T) {
	four, six := ioc(t, feed.IPPort, "203.0.113.9:443"), ioc(t, feed.IPPort, "[2001:db8::9]:443")
	iocs := []feed.IOC{four, six}
	found := []hit{
		one("DestinationIP", "[203.0.113.9]:443", four.Value, "port"), one("DestinationIP", "203.0.113.9:443", four.Value, "port"),
		one("DestinationIP", "::ffff:203.0.113.9:443", four.Value, "port"), one("DestinationIP", "[2001:db8::9]:443", six.Value, "port"),
		{row{"DestinationIP": "[203.0.113.9]:443", "DestinationPort": 0}, four.Value, "port"},
		{row{"DestinationIP": "[203.0.113.9]", "DestinationPort": 443}, four.Value, "port"}, {row{"DestinationIP": "2001:db8::9", "DestinationPort": 443}, six.Value, "port"},
		one("RequestURL", `"https://203.0.113.9/x"`, four.Value, "port"), one("RequestURL", `"https://[2001:db8::9]/x"`, six.Value, "port"), one("RequestURL", `"203.0.113.9:443"`, four.Value, "port"),
	}
	other := []row{
		{"DestinationIP": "203.0.113.9:80", "DestinationPort": 443}, {"DestinationIP": "203.0.113.9:4430"}, {"DestinationIP": "[203.0.113.9]:44"},
		{"RequestURL": `"http://203.0.113.9/x"`}, {"RequestURL": `"https://203.0.113.9:80/x"`},
	}
	for mode, how := range map[PortMode]hit{LabelPort: {matched: four.Value, how: "address only"}, RequirePort: {}} {
		hits := found[:len(found):len(found)]
		for _, r := range other {
			hits = append(hits, hit{r, how.matched, how.how})
		}
		checkHitsWith(t, table(t, "CommonSecurityLog"), Options{Knobs: Knobs{Port: mode}}, iocs, hits)
	}
}
