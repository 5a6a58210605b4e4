package prose

import (
	"strings"
	"testing"
)

// TestCalledLegitimate: a file that a sentence or an item calls legitimate is a mention,
// or, where the words between may say something else, an IOC that is told of.
func TestCalledLegitimate(t *testing.T) {
	for _, c := range []struct {
		text string
		on   bool
	}{
		{"The legitimate binary (H) loads it.", false},
		{"the legitimate Microsoft binary OneDrive.exe (H)", false},
		{"a legitimate, signed binary (H)", true},
		{"A legitimate signed binary H", false},
		{"the legitimate installer (H)", false},
		{"the clean file H", false},
		{"the non-malicious executable H", false},
		{"a harmless archive (SHA256: H)", false},
		{"A legitimate signed executable, vmnat.exe (H)", true},
		{"a legitimate copy of WinRAR (H)", true},
		{"legit VLC media player binary (H)", true},
		{"the legitimate but vulnerable driver RTCore64.sys (H)", true},
		{"legitimate remote management tool ScreenConnect (H)", true},
		{"The legitimate OneDrive.exe loads other.dll (H)", true},
	} {
		for _, sign := range []string{"", "- "} {
			text := lines("## Indicators of compromise", "", "- control[.]example", "", sign+strings.ReplaceAll(c.text, "H", sha256Hex))
			got := decided(t, text)
			if on := got[1] == "* "+sha256Hex; on != c.on {
				t.Errorf("%q: %q", c.text, got)
			}
			if told := findingOf(t, text, "maybe-benign") != ""; told != c.on {
				t.Errorf("%q: told %v", c.text, told)
			}
		}
	}
	for _, plain := range []string{"The loader (H) is malicious.", "It was sinkholed. The loader H came later.", "a legitimate-looking binary (H)"} {
		text := lines("## Indicators of compromise", "", strings.ReplaceAll(plain, "H", sha256Hex))
		if got := decided(t, text); got[0] != "* "+sha256Hex || findingOf(t, text, "maybe-benign") != "" {
			t.Errorf("%q: %q", plain, got)
		}
	}
}
