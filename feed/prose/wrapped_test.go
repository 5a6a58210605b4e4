package prose

import (
	"slices"
	"testing"
)

// TestWrappedAfterHash: a hash that breaks where a shorter one would end is read whole
// where the rest is no hash, too.
func TestWrappedAfterHash(t *testing.T) {
	rest := sha256Hex[40:]
	whole := []string{"* " + sha256Hex}
	for _, c := range []struct {
		name string
		text string
		want []string
		told string
	}{
		{"lines", lines("IOCs", sha1Hex, rest), whole, "wrapped-hash"},
		{"lines of a title", lines("# Lantern malware IOCs", "", sha1Hex, rest), whole, "wrapped-hash"},
		{"samples", lines("Samples", "", sha1Hex, rest), whole, "wrapped-hash"},
		{"items", lines("## Indicators", "- "+sha1Hex, "  "+rest, "- f"+sha1Hex[1:], rest), append(slices.Clone(whole), "* f"+sha256Hex[1:]), "wrapped-hash"},
		{"a sentence", lines("Indicators of compromise", "", "The loader has the hash "+sha1Hex, rest), whole, "wrapped-hash"},
		{"code", lines("## Indicators", "```", sha1Hex, rest, "```"), whole, "wrapped-hash"},
		{"a longer one", lines("IOCs", sha1Hex, sha256Hex+sha256Hex[:24]), []string{"* " + sha1Hex}, "may-be-wrapped"},
		{"numbers of one length", lines("IOCs", sha1Hex, rest, rest), []string{"* " + sha1Hex}, "may-be-wrapped"},
		{"one that is said to be whole", lines("SHA-1", sha1Hex, rest), []string{"* " + sha1Hex}, ""},
		{"a label that says so", lines("IOCs:", "SHA1: "+sha1Hex, rest), []string{"* " + sha1Hex}, ""},
		{"a date behind", lines("IOCs", md5Hex, "20261022"), []string{"* " + md5Hex}, ""},
		{"a checksum behind", lines("IOCs", md5Hex, "0a1b2c3d"), []string{"* " + md5Hex}, ""},
		{"numbers behind each", lines("IOCs", sha1Hex, rest, sha1Hex, rest), append(slices.Clone(whole), whole...), "wrapped-hash"},
		{"two hashes", lines("IOCs", md5Hex, md5Hex), []string{"* " + md5Hex, "* " + md5Hex}, ""},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
		if c.told != "" && findingOf(t, c.text, c.told) == "" || c.told == "" && findingOf(t, c.text, "wrapped-hash") != "" {
			t.Errorf("%s: not told as it should", c.name)
		}
	}
}

// TestBrokenNames: what may be the rest of a name that the line before begins is a
// mention and told, and nothing is put together.
func TestBrokenNames(t *testing.T) {
	one := []string{"  microsoft.example", "* b.example"}
	both := []string{"* microsoft.example", "* b.example"}
	for _, c := range []struct {
		name string
		text string
		want []string
		told bool
	}{
		{"a hyphen", lines("IOCs", "", "safe-login-", "microsoft[.]example", "b[.]example"), one, true},
		{"plain names", lines("IOCs", "", "safe-login-", "microsoft.example", "b.example"), one, true},
		{"a hyphen of other signs", lines("IOCs", "", "safe\u2010login\u2011", "microsoft[.]example", "b[.]example"), one, true},
		{"in an item", lines("## IOCs", "- safe-login-", "  microsoft[.]example", "- b[.]example"), one, true},
		{"behind a label", lines("IOCs", "", "Domain: safe-login-", "microsoft[.]example", "b[.]example"), one, true},
		{"in a sentence", lines("The loader asks its server safe-login-", "microsoft[.]example for more.", "", "b[.]example came later."), one, true},
		{"in code", lines("## IOCs", "```", "safe-login-", "microsoft[.]example", "b[.]example", "```"), one, true},
		{"in a cell", lines("## IOCs", "| Domain |", "|---|", "| safe-login-<br>microsoft[.]example |", "| b[.]example |"), one, true},
		{"in a cell with marks", lines("## IOCs", "| Domain |", "|---|", "| `safe-login-` <br/> `microsoft[.]example` |", "| b[.]example |"), one, true},
		{"in a cell of a page", "<h2>IOCs</h2><table><tr><th>Domain</th></tr><tr><td>safe-login-<br>microsoft[.]example</td></tr><tr><td>b[.]example</td></tr></table>", one, true},
		{"in a paragraph of a page", "<h2>IOCs</h2><p>safe-login-<br>microsoft[.]example<br>b[.]example</p>", one, true},
		{"a mail address", lines("IOCs", "", "some-one-", "else@microsoft[.]example", "b[.]example"), []string{"  else@microsoft.example", "* b.example"}, true},
		{"a URL", lines("IOCs", "", "hxxps://safe-login-", "microsoft[.]example/x", "b[.]example"), []string{"  microsoft.example/x", "* b.example"}, true},
		{"a dot", lines("IOCs", "", "safe-login-update.", "microsoft[.]example", "b[.]example"), one, true},
		{"a defanged dot", lines("IOCs", "", "login[.]", "microsoft[.]example", "b[.]example"), one, true},
		{"behind a name", lines("IOCs", "", "a[.]example-", "microsoft[.]example", "b[.]example"), []string{"  a.example", "  microsoft.example", "* b.example"}, true},

		{"an item below", lines("## IOCs", "- safe-login-", "- microsoft[.]example", "- b[.]example"), both, false},
		{"an empty line", lines("IOCs", "", "safe-login-", "", "microsoft[.]example", "b[.]example"), both, false},
		{"two breaks of a page", "<h2>IOCs</h2><p>safe-login-<br><br>microsoft[.]example<br>b[.]example</p>", both, false},
		{"two paragraphs", "<h2>IOCs</h2><p>safe-login-</p><p>microsoft[.]example<br>b[.]example</p>", both, false},
		{"a label", lines("IOCs-", "microsoft[.]example", "C2 domains-", "b[.]example"), both, false},
		{"a sign apart", lines("IOCs", "", "Found by us -", "microsoft[.]example", "--", "b[.]example"), both, false},
		{"a sentence", lines("IOCs", "", "Domains of the back end.", "microsoft[.]example", "Done.", "b[.]example"), both, false},
		{"names that end with a dot", lines("IOCs", "", "microsoft.example.", "b.example."), both, false},
		{"a file", lines("IOCs", "", "loader-x.exe.", "microsoft[.]example", "b[.]example"), append(both[:2:2], "  loader-x.exe"), false},
		{"numbers", lines("IOCs", "", "2.1.", "microsoft[.]example", "2024-", "b[.]example"), both, false},
		{"a word between", lines("The well-", "known site microsoft[.]example and b[.]example."), both, false},
		{"another URL", lines("IOCs", "", "safe-login-", "hxxp://microsoft[.]example/", "b[.]example"), []string{"* http://microsoft.example/", "* b.example"}, false},
		{"an address", lines("IOCs", "", "198[.]51[.]100[.]1-", "198[.]51[.]100[.]9", "b[.]example"), []string{"* 198.51.100.1", "* 198.51.100.9", "* b.example"}, false},
	} {
		got := decided(t, c.text)
		slices.Sort(got)
		want := slices.Sorted(slices.Values(c.want))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
		if told := findingOf(t, c.text, "may-be-wrapped"); (told != "") != c.told {
			t.Errorf("%s: told %q", c.name, told)
		}
	}
}
