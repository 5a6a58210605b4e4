package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"quarry/feed"
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
	saveTwice(b, r, entry)
}

// saveTwice saves a decision first and again, when the keys are there.
func saveTwice(b *testing.B, r *review.Review, entry review.Entry) {
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

// BenchmarkJudgeAll saves a verdict on each of a million IOCs, as one decision; the
// promise is a second. That it is remembered costs nothing then.
func BenchmarkJudgeAll(b *testing.B) {
	r, entry := judgeAll(b)
	saveTwice(b, r, entry)
}

func judgeAll(b *testing.B) (*review.Review, review.Entry) {
	const n = 1_000_000
	all := make(review.Positions, n)
	for i := range all {
		all[i] = i
	}
	return newReview(b, n, false), review.Entry{Decision: review.SetVerdict{IOCs: all, Verdict: review.Benign}, At: atNoon, Who: "jk", Words: "called 1000000 IOCs benign"}
}

// BenchmarkRecall looks up what is remembered of a million IOCs: all of them in
// another review, and then again when one more was judged there.
func BenchmarkRecall(b *testing.B) {
	r, entry := judgeAll(b)
	folder := b.TempDir()
	s, _ := resume(b, folder, r)
	s.ticket = s.j.Decide(entry, RefsOf(r))
	s.wait()
	db, err := Open(folder)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if m, err := db.Recall(context.Background(), RefsOf(r), 0); err != nil || m.Len() != r.IOCs().Len() {
				b.Fatalf("%d are remembered, %v", m.Len(), err)
			}
		}
	})
	b.Run("few", func(b *testing.B) {
		few := RefsOf(newReview(b, 1000, true))
		for b.Loop() {
			if m, err := db.Recall(context.Background(), few, 0); err != nil || m.Len() != 1000 {
				b.Fatalf("%d are remembered, %v", m.Len(), err)
			}
		}
	})
	s.close()
}

// BenchmarkTakeIn takes in what others think of 100,000 IOCs, and looks it up.
func BenchmarkTakeIn(b *testing.B) {
	const n = 100_000
	all := make([]Memory, n)
	for i := range all {
		all[i] = Memory{Type: feed.Domain, Value: fmt.Sprintf("host-%d.lantern.example", i), Remembered: review.Remembered{Verdict: review.Benign, Who: "ab", At: atNoon, Moment: 1}}
	}
	refs := RefsOf(newReview(b, n, false))
	for b.Loop() {
		b.StopTimer()
		db, err := Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began := time.Now()
		if _, err := db.TakeIn(context.Background(), all); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/taken-in")
		began = time.Now()
		if m, err := db.Recall(context.Background(), refs, 0); err != nil || m.Len() != n {
			b.Fatalf("%d are remembered, %v", m.Len(), err)
		}
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/looked-up")
		b.StopTimer()
		db.Close()
		b.StartTimer()
	}
}
