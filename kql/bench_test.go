package kql

import (
	"fmt"
	"strings"
	"testing"

	"quarry/feed"
)

// mostUsed are the tables that published bulletins ask for, and two more.
var mostUsed = []string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents", "DeviceFileEvents"}

// BenchmarkHunts writes the hunts of five tables, as a copy of all of them does
// when the analyst toggled an IOC.
func BenchmarkHunts(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		iocs := manyIOCs(b, n)
		b.Run(fmt.Sprintf("ready/iocs=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewIndicators(iocs)
			}
		})
		ready := NewIndicators(iocs)
		b.Run(fmt.Sprintf("iocs=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := NewSelection(ready)
				for _, name := range mostUsed {
					if _, err := table(b, name).Hunt(s, Options{Target: Sentinel}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(fmt.Sprintf("one of iocs=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			s, on := NewSelection(ready), n
			for b.Loop() {
				on = 2*n - 1 - on
				s = s.Next(ready[:on])
				for _, name := range mostUsed {
					if _, err := table(b, name).Hunt(s, Options{Target: Sentinel}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkLex(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		h, err := table(b, "CommonSecurityLog").Hunt(selection(manyIOCs(b, n)), Options{Target: Sentinel})
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
