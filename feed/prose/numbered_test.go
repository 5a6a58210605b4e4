package prose

import (
	"slices"
	"strings"
	"testing"
)

// TestNumberedHeadings: the number before a heading takes nothing from it, with an
// empty line before it or without.
func TestNumberedHeadings(t *testing.T) {
	for _, heading := range []string{
		"4. References", "4 References", "4) References", "(4) References", "IV. References", "IV) References", "D. References", "4.1 References", "4.1. References", "§ 4 References",
		"Appendix B: References", "Appendix: Victims", "ANNEX 2 - VICTIMS", "Section 5: Victims", "Annex 2 – Sinkholes", "5. Victims", "5. Sinkholed domains", "5. Legitimate services", "8. False positives",
		"7. Registry keys / mutexes", "6. YARA rules", "6. MITRE ATT&CK techniques", "5.\tVictims",
	} {
		for _, parted := range []string{"", "\n"} {
			got := decided(t, lines("Lantern malware report", "", "1. IOCs", "evil1[.]example", "203.0.113[.]4"+parted, heading, "https://blog.vendor.example.com/post", "good1[.]example", "good2[.]example"))
			if heading == "4 References" && parted == "" {
				continue // may be "4 references" of a sentence
			}
			want := []string{"* evil1.example", "* 203.0.113.4", "  https://blog.vendor.example.com/post", "  good1.example", "  good2.example"}
			if !slices.Equal(got, want) {
				t.Errorf("%q%q: %q", parted, heading, got)
			}
		}
	}
}

// TestNumberedOutline: numbers nest sections, and what they end they end for good.
func TestNumberedOutline(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want []string
	}{
		{"parts of indicators", lines("Lantern malware report", "", "3. Indicators of Compromise", "", "3.1 Domains", "", "evil1.example", "evil2.example", "", "3.2 IP addresses", "", "203.0.113.4", "", "3.3 Files", "", "a.exe", `C:\x\b.exe`, "",
			"4. References", "", "https://blog.vendor.example.com/post", "https://blog.vendor.example.com/post2"),
			[]string{"* evil1.example", "* evil2.example", "* 203.0.113.4", "* a.exe", "* b.exe", "  https://blog.vendor.example.com/post", "  https://blog.vendor.example.com/post2"}},
		{"parts of victims", lines("1. IOCs", "evil1[.]example", "", "2. Victims", "2.1 Domains", "good1[.]example", "2.2 IP addresses", "192.0.2.7", "", "3. Domains", "evil2[.]example"),
			[]string{"* evil1.example", "* evil2.example", "  good1.example", "  192.0.2.7"}},
		{"numbers below victims", lines("IOCs", "", "evil1[.]example", "", "Victims", "", "1. Domains", "good1[.]example", "", "2. IP addresses", "192.0.2.7", "", "Infrastructure", "", "evil2[.]example"),
			[]string{"* evil1.example", "* evil2.example", "  good1.example", "  192.0.2.7"}},
		{"markup below victims", lines("# Lantern", "## Indicators of compromise", "- evil1[.]example", "## 2. Victims", "### 2.1 Domains", "- good1[.]example", "### IP addresses", "- 192.0.2.7", "### 2.3 Other victims", "- good2[.]example"),
			[]string{"* evil1.example", "  good1.example", "  192.0.2.7", "  good2.example"}},
		{"what follows is about something else", lines("1. IOCs", "evil1[.]example", "", "2. References", "https://blog.example.com/x", "", "3. Conclusion", "", "It asks evil2[.]example.", "", "4. Appendix", "evil3[.]example"),
			[]string{"* evil1.example", "* evil2.example", "* evil3.example", "  https://blog.example.com/x"}},
		{"contents", lines("Contents", "1. Introduction", "2. Indicators of Compromise", "3. Victims", "4. References", "", "1. Introduction", "", "Lantern asks evil1[.]example and evil2[.]example.", "", "2. Indicators of Compromise", "", "evil3[.]example"),
			[]string{"* evil1.example", "* evil2.example", "* evil3.example"}},
		{"contents in two depths", lines("1. Introduction", "2. Victims", "2.1 Domains", "2.2 Files", "3. References", "", "Lantern asks evil1[.]example."), []string{"* evil1.example"}},
		{"an enumeration", lines("The actor is after:", "1. Victims", "2. Files", "3. References", "and asks evil1[.]example."), []string{"* evil1.example"}},
		{"steps", lines("Lantern does this:", "", "1. Creates a mutex", "", "2. Asks evil1[.]example", "", "3. Sets registry keys", "", "4. Deletes files of victims", "", "evil2[.]example"), []string{"* evil1.example", "* evil2.example"}},
		{"a list of reports", lines("1. IOCs", "evil1[.]example", "", "2. References", "1. Lantern returns", "https://blog.example.com/a", "2. Lantern again", "https://blog.example.com/b"),
			[]string{"* evil1.example", "  https://blog.example.com/a", "  https://blog.example.com/b"}},
		{"contents with empty lines", lines("Lantern malware report", "", "1. Summary", "", "2. Victims", "", "3. References", "", "evil1.example", "203.0.113.4", md5Hex), []string{"* evil1.example", "* 203.0.113.4", "* " + md5Hex}},
		{"contents of two", lines("1. Victims", "", "", "2. References", "", "evil1.example", "203.0.113.4"), []string{"* evil1.example", "* 203.0.113.4"}},
		{"an item of a list of values", lines("IOCs", "", "1. evil1.example", "2. evil2.example", "3. Sources", "4. evil3.example", "5. 203.0.113.4"), []string{"* evil1.example", "* evil2.example", "* evil3.example", "* 203.0.113.4"}},
		{"an item with empty lines", lines("1. evil1.example", "", "2. evil2.example", "", "3. Sources", "", "4. evil3.example", "", "5. 203.0.113.4"), []string{"* evil1.example", "* evil2.example", "* evil3.example", "* 203.0.113.4"}},
		{"the last item of a list of values", lines("IOCs", "", "1. evil1.example", "2. evil2.example", "3. Sources", "https://blog.example.com/x"), []string{"* evil1.example", "* evil2.example", "  https://blog.example.com/x"}},
		{"a section with a numbered list", lines("1. IOCs", "", "evil1[.]example", "", "2. Victims", "", "1. good1[.]example", "2. good2[.]example", "", "3. Conclusion", "", "evil2[.]example"), []string{"* evil1.example", "* evil2.example", "  good1.example", "  good2.example"}},
		{"a list as long as the number of its section", lines("Lantern malware report", "", "2. Victims", "", "1. Acme", "2. Bank", "", "3. Second campaign", "", "- evil1[.]example"), []string{"* evil1.example"}},
		{"references as many as the number of their section", lines("1. IOCs", "", "evil1.example", "", "2. References", "", "1. Vendor A, January", "2. Vendor B, March", "", "3. Annex", "", "evil2[.]example"), []string{"* evil1.example", "* evil2.example"}},
		{"headings without text", lines("2. Victims", "", "good1.example", "", "3. Appendix", "", "4. Overview", "", "evil1.example", "evil2.example"), []string{"* evil1.example", "* evil2.example", "  good1.example"}},
		{"Roman headings without text", lines("II. Victims", "", "good1.example", "", "III. Appendix", "", "IV. Overview", "", "evil1.example", "evil2.example"), []string{"* evil1.example", "* evil2.example", "  good1.example"}},
		{"deeper headings without text", lines("3.1 Victims", "", "good1.example", "", "3.2 Chain", "", "3.3 Stage one", "", "evil1.example", "evil2.example"), []string{"* evil1.example", "* evil2.example", "  good1.example"}},
		{"letters over a list", lines("A. Victims", "", "1. Acme", "", "B. Second campaign", "", "evil1[.]example"), []string{"* evil1.example"}},
		{"a section with sections", lines("2. Victims", "", "2.1 Domains", "", "good1[.]example", "", "3. Analysis", "", "evil1[.]example"), []string{"* evil1.example", "  good1.example"}},
		{"behind sections that say nothing", lines("1. Victims", "", "good1.example", "", "2. Appendix", "", "3. References", "", "The blog", "https://blog.example.com/x"), []string{"  good1.example", "  https://blog.example.com/x"}},
		{"behind a list", lines("Lantern malware report", "", "2. Recommendations", "", "1. Block", "2. Isolate", "", "3. Victims", "", "good1[.]example"), []string{"  good1.example"}},
		{"items with empty lines among victims", lines("2. Victims", "", "1. good1[.]example", "", "2. good2[.]example", "", "3. Sources", "", "4. good4[.]example"), []string{"  good1.example", "  good2.example", "  good4.example"}},
		{"values with numbers", lines("IOCs:", "1. evil1.example", "2. evil2.example", "3) evil3.example", "198.51.100.4 evil4.example", "2.1 evil5.example", "5.9.1.2 C2 server", "5.9.1.3 victims"),
			[]string{"* evil1.example", "* evil2.example", "* evil3.example", "* 198.51.100.4", "* evil4.example", "* evil5.example", "* 5.9.1.2", "* 5.9.1.3"}},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestLastEntries: what may be the last of several lines with numbers or a heading is told,
// and a heading about indicators stays one.
func TestLastEntries(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		said       string
	}{
		{"values below", lines("1. Summary", "", "2. Victims", "", "evil1.example", "evil2.example"), []string{"* evil1.example", "* evil2.example"}, "may be a heading"},
		{"links below", lines("IOCs:", "evil1[.]example", "", "1. Summary", "", "2. References", "", "https://blog.example.com/x"), []string{"* evil1.example", "  https://blog.example.com/x"}, "read as a heading"},
		{"behind a value", lines("IOCs", "", "1. evil1.example", "2. evil2.example", "3. Victims", "good1.example"), []string{"* evil1.example", "* evil2.example", "  good1.example"}, "read as a heading"},
		{"goes on from the section", lines("1. IOCs", "", "evil1[.]example", "", "2. Recommendations", "", "1. Block", "", "2. Isolate", "", "3. Victims", "", "good1.example"), []string{"* evil1.example", "  good1.example"}, "read as a heading"},
		{"ends a section", lines("2. Victims", "", "1. Acme", "", "2. Bank", "", "3. Second campaign", "", "evil1[.]example"), []string{"* evil1.example"}, `ends the section "Victims"`},
		{"contents and text", lines("1. Summary", "", "2. References", "", "1. Summary", "", "Otter asks evil1[.]example."), []string{"* evil1.example"}, ""},
		{"about indicators", lines("1. Summary", "", "2. Indicators of compromise", "", "The loader is a.exe:", "", "203.0.113.4"), []string{"* 203.0.113.4", "  a.exe"}, ""},
	} {
		if got := decided(t, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
		if f := findingOf(t, c.text, "unparted-heading"); c.said == "" && f != "" || !strings.Contains(f, c.said) || f != "" && !strings.HasPrefix(f, "warning") {
			t.Errorf("%s: %q", c.name, f)
		}
	}
}
