package bulletin

import "testing"

// TestInvisibleCharacters: a value loses what nobody can see only with a word
// about it.
func TestInvisibleCharacters(t *testing.T) {
	text := "## IOC Summary\n**Malware Family:** Lantern RAT\n\n" +
		"| Type | Value | Threat Type | First Seen | Confidence |\n|---|---|---|---|---|\n" +
		"| domain | \u202eevil.example | botnet_cc | 2026-05-26 | 75% |\n" +
		"| domain | \u00a0plain.example | botnet_cc | 2026-05-26 | 75% |\n"
	bs := readAll(t, text)
	var lines []int
	for _, f := range bs[0].Findings {
		if f.Code == "invisible-character" {
			lines = append(lines, f.Source.Line)
		}
	}
	if len(lines) != 1 || lines[0] != 6 {
		t.Errorf("invisible characters were found in lines %v, want line 6 only", lines)
	}
}
