package kql

import (
	"errors"
	"testing"

	"quarry/feed"
)

// TestSharedHost finds a URL on a host that is everybody's as a whole, and the
// host alone nowhere.
func TestSharedHost(t *testing.T) {
	url := ioc(t, feed.URL, "https://code.example/u/loader.ps1")
	s := NewSelection([]*Indicator{NewSharedIndicator(url)})
	dns := table(t, "DnsEvents")
	var nothing *NothingToHuntError
	if _, err := dns.Hunt(s, Options{Target: Sentinel}); !errors.As(err, &nothing) {
		t.Errorf("DnsEvents is hunted for the host: %v", err)
	}
	for name, rows := range map[string]map[string]bool{
		"DeviceNetworkEvents": {"code.example": false, "https://code.example/": false, "https://code.example/u/loader.ps1": true, "https://code.example/other": false},
		"UrlClickEvents":      {"https://code.example/u/loader.ps1?x": true, "https://code.example/u": false},
	} {
		tb := table(t, name)
		h, err := tb.Hunt(s, Options{Target: Sentinel})
		if err != nil {
			t.Fatal(err)
		}
		column := tb.IOC.URL[0].Column
		for value, want := range rows {
			got := evaluate(t, h.Query, row{column: value})
			if (got != nil) != want {
				t.Errorf("%s, %s %q: found %v, want %v", name, column, value, got != nil, want)
			}
			if got != nil && (got["IocMatched"] != url.Value || got["IocHow"] != "url") {
				t.Errorf("%s: %v", value, got)
			}
		}
	}
	// Of a domain IOC the host is what was meant.
	s = NewSelection([]*Indicator{NewSharedIndicator(ioc(t, feed.Domain, "code.example"))})
	if _, err := dns.Hunt(s, Options{Target: Sentinel}); err != nil {
		t.Error(err)
	}
}
