package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// next takes what somebody else did into the session's review.
func (s *session) next() Change {
	s.t.Helper()
	c, ok := s.j.Next()
	if !ok || c.Err != nil {
		s.t.Fatalf("told %+v, %v", c, ok)
	}
	s.r.Follow(c.Keep, c.More, c.Done)
	return c
}

// until takes changes until a condition holds.
func (s *session) until(what string, ok func(c Change) bool) {
	s.t.Helper()
	for range 20 {
		if ok(s.next()) {
			return
		}
	}
	s.t.Fatalf("it did not come to %s", what)
}

// TestTwoSessions: the second one sees who decides and what, takes over, and what
// the first one decides then is not lost.
func TestTwoSessions(t *testing.T) {
	folder := t.TempDir()
	a, _ := resume(t, folder, newReview(t, 10, false))
	a.decide(review.Include{IOCs: review.Positions{1}})
	a.wait()
	b, _ := resume(t, folder, newReview(t, 10, true), func(o *Options) { o.Who = "mn" })
	if by := b.begun.Holder; by == nil || by.Who != "jk" || by.Gone() {
		t.Fatalf("the holder is %+v", by)
	}
	sameReview(t, a.r, b.r)
	a.decide(review.SetVerdict{IOCs: review.Positions{2, 3}, Verdict: review.Benign}, review.Attach{Scenario: 1, On: true})
	b.until("two more decisions", func(Change) bool { return len(b.r.History()) == 3 })
	sameReview(t, a.r, b.r)
	a.undo()
	b.until("the undo", func(Change) bool { return b.r.Undone() == 1 })
	a.decide(review.SetNote{IOC: 4, Text: "mail"})
	b.until("the note", func(Change) bool { return len(b.r.History()) == 3 })
	sameReview(t, a.r, b.r)

	if err := b.j.TakeOver(); err != nil {
		t.Fatal(err)
	}
	b.until("its own turn", func(c Change) bool { return c.Holder == nil })
	// It is not known yet that it is not its own any more.
	a.decide(review.Include{IOCs: review.Positions{9}})
	status := a.j.Wait(a.ticket)
	var held *HeldError
	if !errors.As(status.Err, &held) || held.By.Who != "mn" || status.Beside == "" {
		t.Fatalf("the status is %+v", status)
	}
	b.n = 20
	b.decide(review.Include{IOCs: review.Positions{0}})
	b.wait()
	a.until("the other's decision", func(c Change) bool { return c.Holder != nil && len(a.r.History()) == 4 })
	sameReview(t, a.r, b.r)
	if left := a.close(); left.Unsaved != 1 || left.Beside != status.Beside {
		t.Errorf("left %+v", left)
	}
	b.close()
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, b.r, again.r)
	again.close()
	id := imported(t, folder, status.Beside, 4)
	if id == b.begun.ID {
		t.Error("a decision that nobody knew of is in the review")
	}
}

// TestHeldReviewIsNotDeleted, and one whose process is gone is nobody's.
func TestHeldReviewIsNotDeleted(t *testing.T) {
	folder := t.TempDir()
	a, _ := resume(t, folder, newReview(t, 10, false))
	a.decide(review.Include{IOCs: review.Positions{1}})
	a.wait()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var held *HeldError
	if err := db.Delete(a.begun.ID, time.Now()); !errors.As(err, &held) {
		t.Errorf("deleted: %v", err)
	}
	if _, err := db.db.Exec("UPDATE reviews SET pid = 2147483646"); err != nil {
		t.Fatal(err)
	}
	if one, err := db.Summary(a.begun.ID, time.Now()); err != nil || one.Holder != nil {
		t.Errorf("a process that is gone holds it: %+v, %v", one.Holder, err)
	}
}

// TestNewReview: one that is begun anew stands beside the other, and the last one
// that was changed is gone on with.
func TestNewReview(t *testing.T) {
	folder := t.TempDir()
	a, _ := resume(t, folder, newReview(t, 10, false))
	a.decide(review.Include{IOCs: review.Positions{1}})
	a.close()
	b, got := resume(t, folder, newReview(t, 10, false), func(o *Options) { o.New = true })
	if len(got.Entries) > 0 {
		t.Fatal("a new review has decisions")
	}
	b.decide(review.Include{IOCs: review.Positions{2}})
	b.close()
	c, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, b.r, c.r)
	c.close()
	d, _ := resume(t, folder, newReview(t, 10, false), func(o *Options) { o.ID = a.begun.ID })
	sameReview(t, a.r, d.r)
	d.close()
	wrong := begin(t, folder, newReview(t, 10, false), func(o *Options) {
		o.ID, o.Sources = a.begun.ID, func() []Source { return []Source{source("lantern.md", "another text")} }
	})
	var other *OtherDocumentError
	if _, err := wrong.j.Begin(); !errors.As(err, &other) {
		t.Errorf("begun with %v", err)
	}
}

// TestDecidedBeforeItWasFound: what an analyst decides before the database is open,
// or while a large document is read, comes behind what was decided before.
func TestDecidedBeforeItWasFound(t *testing.T) {
	for _, saved := range []bool{false, true} {
		folder := t.TempDir()
		a, _ := resume(t, folder, newReview(t, 10, false))
		a.decide(review.Include{IOCs: review.Positions{1}}, review.Include{IOCs: review.Positions{2}})
		a.undo()
		a.close()
		b := begin(t, folder, newReview(t, 10, true))
		b.n = 5
		b.decide(review.Include{IOCs: review.Positions{0}})
		if saved {
			b.wait() // in a review that is begun for it
		}
		begun, err := b.j.Begin()
		if err != nil || begun.ID != a.begun.ID || begun.Others != 0 {
			t.Fatalf("begun %+v, %v", begun, err)
		}
		got, err := b.j.Restore(RefsOf(b.r))
		if err != nil {
			t.Fatal(err)
		}
		b.r.Restore(got.Entries, got.Done)
		b.decide(review.SetVerdict{IOCs: review.Positions{3}, Verdict: review.Unsure})
		b.wait()
		b.close()
		c, _ := resume(t, folder, newReview(t, 10, false))
		sameReview(t, b.r, c.r)
		if n := len(c.r.History()); n != 3 {
			t.Errorf("%d decisions, want 3", n)
		}
		c.close()
		db, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := db.List(time.Now()); err != nil || len(all) != 1 {
			t.Errorf("%d reviews: %v", len(all), err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNumberOfAnotherReview: a number that a review did not get in the end, or had in
// another database, is that of somebody else's review. Nothing of that comes into
// this one.
func TestNumberOfAnotherReview(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
	a := begin(t, folder, newReview(t, 10, false))
	if _, err := a.j.Begin(); err == nil {
		t.Fatal("begun")
	}
	run(t, folder, "DROP TRIGGER broken")
	b, _ := resume(t, folder, newReview(t, 10, true), another)
	b.decide(review.Include{IOCs: review.Positions{1}})
	b.wait()
	a.decide(review.Include{IOCs: review.Positions{2}})
	a.wait()

	if _, err := MoveAside(folder, atNoon); err != nil {
		t.Fatal(err)
	}
	c, _ := resume(t, folder, newReview(t, 10, true), another)
	c.decide(review.Include{IOCs: review.Positions{3}})
	d, _ := resume(t, folder, newReview(t, 10, true), another, func(o *Options) { o.New = true })
	d.decide(review.Include{IOCs: review.Positions{4}})
	d.wait()
	a.decide(review.SetNote{IOC: 5, Text: "mail"})
	a.j.Wait(a.ticket) // perhaps it was noticed before that the database went
	a.decide(review.Include{IOCs: review.Positions{6}})
	a.wait()
	a.close()
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, a.r, again.r)
}

// TestFollowedReviewIsDeleted: who follows a review that goes has it in memory, and
// can go on with it.
func TestFollowedReviewIsDeleted(t *testing.T) {
	for _, decided := range []bool{false, true} {
		folder := t.TempDir()
		a, _ := resume(t, folder, newReview(t, 10, false))
		if decided {
			a.decide(review.Include{IOCs: review.Positions{1}}, review.Include{IOCs: review.Positions{2}})
			a.undo()
			a.wait()
		}
		b, _ := resume(t, folder, newReview(t, 10, true), func(o *Options) { o.Who = "mn" })
		a.close() // where nothing was decided the review goes with it
		b.until("the end of the other", func(c Change) bool { return c.Holder != nil && c.Holder.Gone() })
		if decided {
			run(t, folder, "DELETE FROM reviews")
		}
		if err := b.j.TakeOver(); err != nil {
			t.Fatal(err)
		}
		b.until("its own turn", func(c Change) bool { return c.Holder == nil })
		b.n = 5
		b.decide(review.Include{IOCs: review.Positions{3}})
		b.wait()
		b.close()
		again, _ := resume(t, folder, newReview(t, 10, false))
		sameReview(t, b.r, again.r)
		again.close()
	}
}

// TestFollowerIsToldOfPastes: who follows, or takes over, is told once of each document
// that the other pasted; decisions about its rows come in words.
func TestFollowerIsToldOfPastes(t *testing.T) {
	for _, takesOver := range []bool{false, true} {
		folder := t.TempDir()
		ana := local(t, folder, "ana")
		ana.decide(benign(0))
		ana.paste("first.example")
		ana.wait()
		bob := local(t, folder, "bob")
		ana.paste("second.example")
		ana.decide(benign(4))
		ana.wait()
		var told []string
		take := func(c Change) Change {
			for _, d := range c.Pasted {
				told = append(told, d.Who+" "+d.Name)
			}
			return c
		}
		if takesOver {
			if err := bob.j.TakeOver(); err != nil {
				t.Fatal(err)
			}
			bob.until("its own turn", func(c Change) bool { return take(c).Holder == nil })
		}
		if !takesOver {
			bob.until("the other's decision", func(c Change) bool { take(c); return len(bob.r.History()) == 2 })
			ana.decide(benign(1))
			ana.wait()
			bob.until("one more", func(c Change) bool { take(c); return len(bob.r.History()) == 3 })
		}
		if diff := cmp.Diff([]string{"ana pasted"}, told); diff != "" {
			t.Errorf("takes over %v: told of %s", takesOver, diff)
		}
		if _, gone := bob.r.History()[1].Decision.(review.Gone); !gone || !strings.Contains(bob.r.History()[1].Words, "second") {
			t.Errorf("decided: %+v", bob.r.History()[1])
		}
	}
}
