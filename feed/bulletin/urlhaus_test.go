package bulletin

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const urlHeader = "| URL | Status | Threat | Date Added |\n|---|---|---|---|\n"

// TestURLhaus reads the sister form of the bulletins, whose tables have URLs
// alone.
func TestURLhaus(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"as published", "IOC Summary\nThreat: mallow Total URLs: 2 Active URLs: 1\n" + urlHeader +
			"hxxp://a.example.com/x | online | malware_download | 2026-06-02 |\nhxxp://192[.]0[.]2[.]7/y | offline | malware_download | 2026-06-01 |\n", []string{
			"5 http://a.example.com/x payload_delivery 2026-06-02 [online mallow]", "6 http://192.0.2.7/y payload_delivery 2026-06-01 [offline mallow]",
			"1 no-family"}},
		{"Markdown", "## IOC Summary\n\n**Threat:** malware_download\n**Total URLs:** 2\n**Active URLs:** 2\n\n" + urlHeader +
			"| `hxxp://a.example.com/x` | online | malware_download | 2026-06-02 |\n| hxxp://a.example.com/x | Offline | odd | soon |\n", []string{
			"9 http://a.example.com/x payload_delivery 2026-06-02 [online]", "10 http://a.example.com/x odd  [offline malware_download]",
			"1 no-family", "5 count-differs", "10 unknown-threat", "10 bad-date", "10 duplicate-row"}},
		{"no column of threats", "IOC Summary\nThreat: malware_download Total URLs: 2 Active URLs: 1\n| URL | Status | Date Added |\n|---|---|---|\nhxxp://a.example.com/x | online | 2026-06-02 |\n", []string{
			"5 http://a.example.com/x payload_delivery 2026-06-02 [online]", "1 no-family", "2 count-differs"}},
		{"rows that are none", urlHeader + "a.example.com | online | malware_download | 2026-06-02 |\nhxxp://a.example.com/a|b | online | malware_download | 2026-06-02 |\nhxxp://a.example.com/c|d | e | f | g |\n | online |\n", []string{
			"4 http://a.example.com/a|b payload_delivery 2026-06-02 [online]", "5 http://a.example.com/c e  [d]",
			"1 no-family", "3 bad-value", "4 long-row", "5 long-row", "5 unknown-threat", "5 bad-date", "6 bad-value"}},
		{"cut in a row", "IOC Summary\nThreat: t Total URLs: 2 Active URLs: 1\n" + urlHeader + "hxxp://a.example.com/x | offline | malware_download | 2026-06-02 |\nhxxp://b.example.com/lo", []string{
			"5 http://a.example.com/x payload_delivery 2026-06-02 [offline t]", "1 no-family", "2 count-differs", "2 count-differs", "6 text-cut"}},
		{"a threat in prose", "IOC Summary\nTotal URLs: 1\n" + urlHeader + "hxxp://a.example.com/x | online | payload_delivery | 2026-06-02 |\n\nThreat: high, as always.\n", []string{
			"5 http://a.example.com/x payload_delivery 2026-06-02 [online]", "1 no-family", "7 unread-text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := readOne(t, c.text)
			var got []string
			for _, i := range b.IOCs {
				seen := ""
				if !i.FirstSeen.IsZero() {
					seen = i.FirstSeen.Format("2006-01-02")
				}
				got = append(got, fmt.Sprintf("%d %s %s %s %s", i.Sources[0].Line, i.Value, i.Threat, seen, fmt.Sprint(i.Tags)))
			}
			for _, f := range b.Findings {
				got = append(got, fmt.Sprintf("%d %s", f.Source.Line, f.Code))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for text, want := range map[string]int{
		"URL | Status | Threat | Date Added |\n": int(sureOfTable), "| url | status | date added |\n": int(sureOfColumns), "| URL | Status |\n": 0, "| URL | Threat |\n": 0,
	} {
		if got := int(Reader{}.Sure([]byte(text))); got != want {
			t.Errorf("%q: sure %d, want %d", text, got, want)
		}
	}
}
