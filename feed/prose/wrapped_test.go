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
