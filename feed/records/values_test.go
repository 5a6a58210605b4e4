package records

import "testing"

// TestSeveral holds a cell of two URLs to what running text reads: the scheme of
// the second has the same spellings in both.
func TestSeveral(t *testing.T) {
	for cell, want := range map[string]bool{
		"http://a.example/x,http://b.example/y":     true,
		"http://a.example/x; hxxps[:]//b.example/y": true,
		"http://a.example/x|hxxp[://]b.example/y":   true,
		"http://a.example/x,h**p://b.example/y":     true,
		"http://a.example/x,sftp://b.example/y":     true,
		"http://a.example/x?a=1,2;3":                false,
		"http://a.example/x,https":                  false,
		"http://a.example/x,//b.example/y":          false,
	} {
		if got := Several(cell); got != want {
			t.Errorf("Several(%q) = %v, want %v", cell, got, want)
		}
	}
}
