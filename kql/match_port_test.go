package kql

import (
	"strings"
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

// TestPortsOfTables labels the port wherever a table knows it.
func TestPortsOfTables(t *testing.T) {
	four := ioc(t, feed.IPPort, "203.0.113.9:443")
	for name, rows := range map[string][2]row{
		"AzureNetworkAnalytics_CL": {{"DestIP_s": "203.0.113.9", "DestPort_d": 443}, {"DestIP_s": "203.0.113.9", "DestPort_d": 80}},
		"WindowsEvent": {
			{"EventData": map[string]any{"DestinationIp": "203.0.113.9", "DestinationPort": "443"}}, {"EventData": map[string]any{"DestinationIp": "203.0.113.9", "DestinationPort": "80"}},
		},
	} {
		checkHits(t, name, []feed.IOC{four}, []hit{{rows[0], four.Value, "port"}, {rows[1], four.Value, "address only"}})
		checkHitsWith(t, table(t, name), Options{Knobs: Knobs{Port: RequirePort}}, []feed.IOC{four}, []hit{{rows[0], four.Value, "port"}, {rows[1], "", ""}})
	}
	h, err := table(t, "AzureNetworkAnalytics_CL").Hunt(selection([]feed.IOC{four}), Options{Target: Sentinel})
	if err != nil || !strings.Contains(h.Query, "tostring(toint(DestPort_d))") {
		t.Errorf("a real number is compared as text: %v\n%s", err, h.Query)
	}
}

// TestAnyFormOfOneAddress finds the client of the audit log of Microsoft 365 in
// any form.
func TestAnyFormOfOneAddress(t *testing.T) {
	four, six, block := ioc(t, feed.IP, "203.0.113.9"), ioc(t, feed.IP, "2001:db8::7"), ioc(t, feed.CIDR, "198.51.100.0/24")
	checkHits(t, "OfficeActivity", []feed.IOC{four, six, block}, append([]hit{
		one("ClientIP", "2001:0DB8::7", six.Value, "exact"), one("ClientIP", "2001:db8:0::7", six.Value, "exact"), one("ClientIP", "[2001:DB8:0:0::7]:443", six.Value, "exact"),
		one("ClientIP", "203.0.113.9:443", four.Value, "exact"), one("Client_IPAddress", "[203.0.113.9]:443", four.Value, "exact"), one("ActorIpAddress", "::ffff:203.0.113.9", four.Value, "exact"),
		one("ActorIpAddress", "198.51.100.7", block.Value, "range"),
	}, none("ClientIP", "203.0.113.90", "2001:db8::71", "")...))
}
