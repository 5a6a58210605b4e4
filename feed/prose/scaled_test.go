package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfidenceParts: 1 is all of it in a table with parts of one.
func TestConfidenceParts(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
		code string
	}{
		{lines("# Otter IOCs", "| Domain | Confidence |", "|---|---|", "| a[.]example | 1 |", "| b[.]example | 0.25 |"), []int{100, 25}, "confidence-as-part"},
		{lines("# Otter IOCs", "| Domain | Confidence |", "|---|---|", "| a[.]example | 1 |", "| b[.]example | 25% |"), []int{1, 25}, ""},
		{lines("# Otter IOCs", "| Domain | Confidence |", "|---|---|", "| a[.]example | 1 |", "| b[.]example | 0.5 |", "| c[.]example | 80 |"), []int{-1, -1, 80}, "bad-confidence"},
		{"<table><tr><th>Domain</th><th>Confidence</th></tr><tr><td>a[.]example</td><td>1</td></tr><tr><td>b[.]example</td><td>0,5</td></tr></table>", []int{100, 50}, "confidence-as-part"},
	} {
		b, err := collect(t, c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, i := range b.IOCs {
			got = append(got, i.Confidence)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
		told := c.code == ""
		for _, f := range b.Findings {
			told = told || f.Code == c.code
		}
		if !told {
			t.Errorf("%q: %v", c.text, b.Findings)
		}
	}
}
