package store

import (
	"errors"
	"testing"
	"time"

	"quarry/review"
)

// TestCopyIsTriedAgain: a paste that the database does not take at once makes a review
// of its own once it does, and that one only; the others' is as it was.
func TestCopyIsTriedAgain(t *testing.T) {
	folder := t.TempDir()
	ana := served(t, folder, "ana")
	ana.decide(benign(0))
	ana.wait()
	shared := ana.begun.ID
	ana.close()
	bob := begin(t, folder, newReview(t, 3, true), withReader, impatient, func(o *Options) { o.Who, o.OwnPasted = "bob", true })
	bob.who = "bob"
	if _, err := bob.j.Begin(); err != nil {
		t.Fatal(err)
	}
	got, err := bob.j.Restore(RefsOf(bob.r))
	if err != nil {
		t.Fatal(err)
	}
	bob.r.Restore(got.Entries, got.Done)
	run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
	bob.n = 10
	bob.paste("secret.example")
	bob.waitUnsaved()
	bob.decide(benign(3))
	bob.waitUnsaved()
	run(t, folder, "DROP TRIGGER broken")
	bob.decide(benign(1))
	bob.wait()
	bob.paste("second.example")
	bob.wait()
	bob.close()
	bob, ana = served(t, folder, "bob"), served(t, folder, "ana")
	bob.stands("bob's", 3, "secret.example", "second.example")
	ana.stands("ana's", 1)
	if ana.begun.ID != shared || ana.begun.Holder != nil || ana.begun.Others != 1 {
		t.Errorf("ana goes on with %+v, want %d", ana.begun, shared)
	}
}

// TestPastedWhileItWasFound: what was decided about a paste is not restored for who
// found the review before.
func TestPastedWhileItWasFound(t *testing.T) {
	folder := t.TempDir()
	ana := served(t, folder, "ana")
	ana.decide(benign(0))
	ana.wait()
	bob := begin(t, folder, newReview(t, 3, false), withReader, func(o *Options) { o.Who, o.OwnPasted = "bob", true })
	bob.who = "bob"
	if _, err := bob.j.Begin(); err != nil {
		t.Fatal(err)
	}
	ana.paste("secret.example")
	ana.decide(review.SetNote{IOC: 3, Text: "of a customer"})
	ana.wait()
	var private *PrivateError
	if got, err := bob.j.Restore(RefsOf(bob.r)); !errors.As(err, &private) || len(got.Entries) > 0 {
		t.Fatalf("restored %+v, %v", got, err)
	}
	bob.decide(benign(1))
	bob.wait()
	ana.close()
	bob.close()
	bob, ana = served(t, folder, "bob"), served(t, folder, "ana")
	bob.stands("bob's", 1)
	ana.stands("ana's", 2, "secret.example")
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if all, err := db.List(time.Now()); err != nil || len(all) != 2 {
		t.Errorf("%d reviews: %v", len(all), err)
	}
}

// TestPastedInAFileIsItsReviewers: what was pasted and stood in a file is, once it is
// taken in, for who pasted it.
func TestPastedInAFileIsItsReviewers(t *testing.T) {
	folder := t.TempDir()
	bob := begin(t, folder, newReview(t, 3, false), withReader, impatient, func(o *Options) { o.Who, o.OwnPasted = "bob", true })
	bob.who = "bob"
	run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
	bob.paste("secret.example")
	bob.decide(benign(3))
	bob.waitUnsaved()
	left := bob.close()
	run(t, folder, "DROP TRIGGER broken")
	imported(t, folder, left.Beside, 1)
	bob, ana := served(t, folder, "bob"), served(t, folder, "ana")
	bob.stands("bob's", 1, "secret.example")
	ana.stands("ana's", 0)
}
