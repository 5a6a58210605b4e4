package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// TestWhatStaysOfADeletedReview: the IOCs that were judged, in the order in which they
// are remembered, and nothing of the others; when all is forgotten nothing stays but that.
func TestWhatStaysOfADeletedReview(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 5, false), titled(1))
	s.decide(judgedOf(3, review.Benign), review.Include{IOCs: review.Positions{1}}, judgedOf(1, review.Malicious))
	s.close()
	db := opened(t, folder)
	if err := db.Delete(s.begun.ID+1, time.Now()); err == nil {
		t.Fatal("another review was deleted")
	}
	all, err := db.List(time.Now())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	id := all[0].ID
	if err := db.Delete(id, time.Now()); err != nil {
		t.Fatal(err)
	}
	keys := func() (all []string) {
		t.Helper()
		chunks, err := loadChunks(db.db, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range chunks {
			if err := c.unpack(func(key string) { all = append(all, key) }); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	if diff := cmp.Diff([]string{"", "domain host-1.lantern.example", "", "domain host-3.lantern.example", ""}, keys()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"host-1.lantern.example malicious, 28 May, jk", "host-3.lantern.example benign, 28 May, jk"}, remembered(t, db)); diff != "" {
		t.Error(diff)
	}
	left := func() (reviews, worded int) {
		t.Helper()
		if err := db.db.QueryRow("SELECT (SELECT count(*) FROM reviews), (SELECT count(*) FROM decisions WHERE words <> '')").Scan(&reviews, &worded); err != nil {
			t.Fatal(err)
		}
		return reviews, worded
	}
	for n, want := range []int{1, 0} {
		memories, err := db.Memories(ctx, Query{})
		if err != nil || len(memories) != 2-n {
			t.Fatalf("%v, %v", memories, err)
		}
		if _, err := db.Forget(ctx, memories[:1]); err != nil {
			t.Fatal(err)
		}
		if reviews, worded := left(); reviews != want || worded != 0 {
			t.Errorf("%d reviews are left, %d decisions in words", reviews, worded)
		}
	}
	if len(keys()) != 0 || len(remembered(t, db)) != 0 {
		t.Errorf("left are %q", keys())
	}
}
