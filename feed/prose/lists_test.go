package prose

import (
	"slices"
	"testing"
)

// TestListsOfPairs: lines of a value and what belongs to it are lines of values, the
// first as the others.
func TestListsOfPairs(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"pairs", lines("evil1.example|203.0.113.4", "a.exe|"+md5Hex, "203.0.113.5|443", "evil2.example|8443"), []string{"* evil1.example", "* 203.0.113.4", "* " + md5Hex, "* 203.0.113.5", "* evil2.example", "  a.exe"}},
		{"a file first", lines("a.exe|"+md5Hex, "b.exe|"+sha1Hex), []string{"* " + md5Hex, "* " + sha1Hex, "  a.exe", "  b.exe"}},
		{"a port first", lines("203.0.113.5|443", "203.0.113.6|8443"), []string{"* 203.0.113.5", "* 203.0.113.6"}},
		{"STIX patterns", lines("[ipv4-addr:value = '203.0.113.4']", "[domain-name:value = 'evil1.example']", "[email-addr:value = 'bob@evil2.example']", "[url:value = 'http://evil3.example/x']", "[file:hashes.'SHA-256' = '"+sha256Hex+"']"),
			[]string{"* 203.0.113.4", "* evil1.example", "* bob@evil2.example", "* http://evil3.example/x", "* " + sha256Hex}},
		{"one STIX pattern", lines("[ipv4-addr:value = '203.0.113.4']", "[ipv6-addr:value = '2001:db8::1']"), []string{"* 203.0.113.4", "* 2001:db8::1"}},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
