package kql

import (
	"slices"
	"testing"

	"quarry/feed"
)

// TestNoColumnIsIdle: every column of running text is searched for something.
func TestNoColumnIsIdle(t *testing.T) {
	onEach(t, func(t *testing.T, tb *Table, target Target) {
		for _, c := range tb.IOC.Text {
			if o := (Options{Target: target}); !slices.ContainsFunc(allShapes(), func(s Shape) bool { return tb.searched(&c, s, &o) }) {
				t.Errorf("%s is searched for nothing", c.Column)
			}
		}
	})
}

func allShapes() (all []Shape) {
	for s := range Shape(Shapes) {
		all = append(all, s)
	}
	return all
}

// TestAppliancesInText finds what appliances write into the columns of CEF that
// hold anything.
func TestAppliancesInText(t *testing.T) {
	const url = "https://evil.example/cb"
	iocs := []feed.IOC{ioc(t, feed.URL, url), ioc(t, feed.Domain, "hitclub.example"), ioc(t, feed.IPPort, "203.0.113.9:443"), ioc(t, feed.IP, "2001:db8::a")}
	checkHits(t, "CommonSecurityLog", iocs, append([]hit{
		one("AdditionalExtensions", `cat=url;cs2="evil.example/cb";cs3=x`, url, "in text"),
		one("AdditionalExtensions", "cs1=hitclub.example;cs1Label=Host", "hitclub.example", "in text"),
		one("Message", "hitclub.example", "hitclub.example", "in text"),
		one("Message", "Deny tcp src inside:192.0.2.1/55 dst outside:203.0.113.9/443 by access-group", "203.0.113.9:443", "in text"),
		{row{"DestinationHostName": "hitclub.example", "Message": "to hitclub.example"}, "hitclub.example", "exact"},
	}, none("Message", "hitclub.example.uk", "203.0.113.99")...))
}
