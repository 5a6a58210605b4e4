package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSpellings reads defanged URLs wherever they stand, and tells of those that
// cannot be read.
func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"lists", lines("- hxxps[://]a[.]example/gate.php", "- hxxps[://]b.example/gate.php", "- http://c.example[/]gate[.]php", "- hxxp[://]d[.]example[/]gate[.]php"), []string{
			"1 url https://a.example/gate.php", "2 url https://b.example/gate.php", "3 url http://c.example/gate.php", "4 url http://d.example/gate.php"}},
		{"sentences", lines("The malware calls hxxps[://]a[.]example/gate.php and HXXP(://)b.example/x."), []string{"1 url https://a.example/gate.php", "1 url http://b.example/x"}},
		{"cells", lines("| URL |", "|---|", "| hxxps[://]a.example/x |", "| hxxp:[//]b[.]example/x |"), []string{"3 url https://a.example/x", "4 url http://b.example/x"}},
		{"AsciiDoc", lines("= Lantern", "", "== C2", "", "|===", "|URL", "", "|hxxps[://]a[.]example/x", "|==="), []string{"8 url https://a.example/x | botnet_cc"}},
		{"not read", lines("- hxxps[://]a_b/gate.php", "It asks hxxps[://]intranet/x and Hxxp:\\\\b.", "The scheme hxxp (or hxxps) is written for http.", "- 192.0.2.1"), []string{
			"4 ip 192.0.2.1", "1 unread-value", "2 unread-value", "2 unread-value"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := collect(t, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, described(b)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
