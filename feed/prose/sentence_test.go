package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesInSentences: below a heading about IOCs, in a document that defangs
// nothing, a name in a sentence is a mention, one that begins a line an IOC.
func TestNamesInSentences(t *testing.T) {
	text := lines("# Otter malware", "", "## Indicators of Compromise", "", "192.0.2.1", "a.example",
		"b.example Otter panel",
		"http://c.example/x.exe second stage",
		"", "For questions contact soc@vendor.example or visit www.vendor.example.",
		"Download the list from https://vendor.example/iocs.csv or github.com/vendor/iocs",
		"Our product at portal.vendor.example detects this",
		"portal.vendor.example detects this",
		"The actor also used the legitimate domain good.example. We saw 192.0.2.10 as the victim.",
		"It asks 192.0.2.2 and d.example, and drops "+md5Hex+" there.",
		"- Email subject: invoice from e.example",
		"- User-Agent: Mozilla (http://f.example)",
		"- g.example: the panel")
	want := []string{
		"* 192.0.2.1", "* a.example", "* b.example", "* http://c.example/x.exe", "* 192.0.2.2", "* " + md5Hex, "* g.example",
		"  soc@vendor.example", "  www.vendor.example", "  https://vendor.example/iocs.csv", "  github.com/vendor/iocs", "  portal.vendor.example", "  portal.vendor.example",
		"  good.example", "  192.0.2.10", "  d.example", "  e.example", "  http://f.example",
	}
	if diff := cmp.Diff(want, decided(t, text)); diff != "" {
		t.Error(diff)
	}
}

// TestReferringWords: in a document that defangs nothing a line that begins with a
// value is about it, whatever words follow, unless they say who tells of it.
func TestReferringWords(t *testing.T) {
	for _, c := range []struct {
		text string
		on   bool
	}{
		{"evil.example phishing email", true},
		{"evil.example used for phishing support", true},
		{"evil.example blocks analysis", true},
		{"http://evil.example/x phishing page source", true},
		{"http://evil.example/x contact phishing page", true},
		{"evil.example product download", true},
		{"C2 evil.example hosts the download", true},
		{"Payload download http://evil.example/x second stage", true},
		{"evil.example malware detects it", true},
		{"visit www.vendor.example", false},
		{"C2 details http://vendor.example/x in full", false},
		{"http://vendor.example/blog for details", false},
		{"http://vendor.example/blog for more information", false},
		{"portal.vendor.example detects this", false},
	} {
		got := decided(t, lines("# Otter malware", "", "## Indicators of compromise", "", "192.0.2.1", c.text))
		if on := len(got) > 1 && strings.HasPrefix(got[1], "* "); on != c.on {
			t.Errorf("%s: %q", c.text, got)
		}
	}
}

// TestBareList: among lines of addresses and names one with a path is a URL, as
// long as they are not all names with a path, which may be modules of a program.
func TestBareList(t *testing.T) {
	list := lines("a.example/gate.php", "b.example/x.php", "c.example", "d.example", "198.51.100.5 more words here")
	want := []string{"* a.example/gate.php", "* b.example/x.php", "* c.example", "* d.example", "  198.51.100.5"}
	if diff := cmp.Diff(want, decided(t, list)); diff != "" {
		t.Error(diff)
	}
	want = []string{"  example.org/x/tools", "  example.org/x/text"}
	if diff := cmp.Diff(want, decided(t, lines("example.org/x/tools", "example.org/x/text"))); diff != "" {
		t.Error(diff)
	}
}
