package review

import (
	"fmt"
	"io"
	"testing"

	"quarry/feed"
)

// sized is a review of n IOCs: names, addresses with ports and URLs by turns.
func sized(b *testing.B, n int) *Review {
	b.Helper()
	d := lantern(b)
	d.IOCs = d.IOCs[:0]
	for k := range n {
		at := feed.Source{Name: "lantern.md", Line: 50 + k}
		switch k % 3 {
		case 0:
			d.IOCs = append(d.IOCs, indicator(b, feed.Domain, fmt.Sprintf("host-%d.example", k), at))
		case 1:
			d.IOCs = append(d.IOCs, indicator(b, feed.IPPort, fmt.Sprintf("[2001:db8::%x]:443", k), at))
		default:
			d.IOCs = append(d.IOCs, indicator(b, feed.URL, fmt.Sprintf("http://host-%d.example/a.php", k), at))
		}
	}
	return start(b, d)
}

var sizes = []int{14, 10_000}

// BenchmarkDecide takes a decision about one IOC.
func BenchmarkDecide(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := sized(b, n)
			for b.Loop() {
				decide(b, r, Invert{[]int{0}})
			}
		})
	}
}

// BenchmarkDecideAndHunts is what one key costs: a decision, and all hunts anew.
func BenchmarkDecideAndHunts(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := sized(b, n)
			for b.Loop() {
				decide(b, r, Invert{[]int{0}})
				huntsOf(r, false)
			}
		})
	}
}

// BenchmarkDecideAboutAll switches all IOCs over in one decision.
func BenchmarkDecideAboutAll(b *testing.B) {
	r := sized(b, 10_000)
	all := make([]int, r.IOCs().Len())
	for i := range all {
		all[i] = i
	}
	for b.Loop() {
		decide(b, r, Invert{all})
	}
}

// BenchmarkUndo takes back and again the last of 1,000 decisions.
func BenchmarkUndo(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := sized(b, n)
			for k := range 1000 {
				decide(b, r, Invert{[]int{k % n, (k + 1) % n}})
			}
			for b.Loop() {
				r.Undo()
				r.Redo()
			}
		})
	}
}

func BenchmarkWriteMarkdown(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := sized(b, n)
			for b.Loop() {
				if err := r.WriteMarkdown(io.Discard, signature); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadMarkdown(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := exported(b, sized(b, n))
			for b.Loop() {
				if _, err := Open(inputs(input(b, "reviewed.md", text)), feed.NewRegistry(), builtin(b)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkView(b *testing.B) {
	r := sized(b, 10_000)
	f, err := ParseFilter("type:domain host-1 -on:no")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.View(f, ByValue, false)
	}
}
