package kql

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
)

// BenchmarkHunts writes the hunts of every table of the catalogue, as a screen
// does when the analyst toggles an IOC.
func BenchmarkHunts(b *testing.B) {
	c, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{10, 10_000} {
		iocs := manyIOCs(b, n)
		b.Run(fmt.Sprintf("iocs=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range c.Tables() {
					if _, err := c.Tables()[i].Hunt(iocs, Options{Target: Sentinel}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkLex(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		h, err := table(b, "CommonSecurityLog").Hunt(manyIOCs(b, n), Options{Target: Sentinel})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("iocs=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(h.Query)))
			b.ReportAllocs()
			for b.Loop() {
				Lex(h.Query)
			}
		})
	}
}

func BenchmarkLintPublished(b *testing.B) {
	iocs := manyIOCs(b, 10_000)
	quoted := make([]string, len(iocs))
	for i := range iocs {
		quoted[i] = Quote(iocs[i].Value)
	}
	query := "let x = dynamic([" + strings.Join(quoted, ", ") + "]);\nDnsEvents\n| where Name has_any (x) or IPAddresses has_any (x)"
	doc := &feed.Bulletin{IOCs: iocs, Queries: []feed.Query{{Text: query}}}
	b.ReportAllocs()
	for b.Loop() {
		LintPublished(doc)
	}
}
