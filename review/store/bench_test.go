package store

import (
	"testing"
	"time"

	"quarry/review"
)

// BenchmarkDecisions saves 100,000 decisions as fast as they come; the promise is
// 5,000 a second.
func BenchmarkDecisions(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		b.StopTimer()
		s, _ := resume(b, b.TempDir(), newReview(b, 100, false))
		refs := RefsOf(s.r)
		entries := make([]review.Entry, n)
		for i := range entries {
			d := review.Invert{IOCs: review.Positions{i % 100}}
			entries[i] = review.Entry{Decision: d, At: atNoon, Who: "jk", Words: "inverted host[.]lantern[.]example"}
		}
		b.StartTimer()
		began := time.Now()
		for _, e := range entries {
			s.ticket = s.j.Decide(e, refs)
		}
		s.wait()
		b.ReportMetric(n/time.Since(began).Seconds(), "decisions/s")
		b.StopTimer()
		s.close()
		b.StartTimer()
	}
}

// BenchmarkBulk saves a decision on each of a million IOCs, the first of its
// review, with the keys of all; the promise is a second.
func BenchmarkBulk(b *testing.B) {
	const n = 1_000_000
	r := newReview(b, n, false)
	all := make(review.Positions, n)
	for i := range all {
		all[i] = i
	}
	entry := review.Entry{Decision: review.Include{IOCs: all}, At: atNoon, Who: "jk", Words: "switched off 1000000 IOCs"}
	for b.Loop() {
		b.StopTimer()
		s, _ := resume(b, b.TempDir(), r)
		b.StartTimer()
		began := time.Now()
		s.ticket = s.j.Decide(entry, RefsOf(r))
		s.wait()
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/first")
		began = time.Now()
		s.ticket = s.j.Decide(entry, RefsOf(r))
		s.wait()
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/next")
		b.StopTimer()
		s.close()
		b.StartTimer()
	}
}

// BenchmarkOpen opens a database that is there.
func BenchmarkOpen(b *testing.B) {
	folder := b.TempDir()
	for b.Loop() {
		s, err := Open(folder)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
