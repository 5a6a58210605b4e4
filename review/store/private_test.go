package store

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// TestCopyIsTriedAgain: a paste that the database does not take at once makes a review
// of its own once it does, and that one only; the others' is as it was.
func TestCopyIsTriedAgain(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", benign(0))
	shared := ana.begun.ID
	bob := reopen(t, folder, "bob", true, ownPasted, impatient)
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

// TestImportPartsFromOthers: what was pasted and stands in a file does not get into a
// review in which others decided, which would hide it from them.
func TestImportPartsFromOthers(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", benign(0))
	shared := ana.begun.ID
	for _, more := range []bool{false, true} { // the others' review went on, so that it has more than the file
		who := map[bool]string{false: "bob", true: "kim"}[more]
		run(t, folder, "DROP TRIGGER IF EXISTS broken")
		bob := begin(t, folder, newReview(t, 3, false), withReader, impatient, func(o *Options) { o.Who, o.OwnPasted = who, true })
		bob.who = who
		if _, err := bob.j.Begin(); err != nil {
			t.Fatal(err)
		}
		got, err := bob.j.Restore(RefsOf(bob.r))
		if err != nil {
			t.Fatal(err)
		}
		bob.r.Restore(got.Entries, got.Done)
		before := len(bob.r.History())
		run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
		bob.n = 10
		bob.paste("secret.example")
		bob.waitUnsaved()
		if !more {
			bob.decide(benign(3))
			bob.waitUnsaved()
		}
		left := bob.close()
		run(t, folder, "DROP TRIGGER broken")
		if more {
			ana = served(t, folder, "ana")
			ana.n = 20
			ana.decide(benign(2))
			ana.wait()
			ana.close()
		}
		all := len(bob.r.History())
		if id := imported(t, folder, left.Beside, all); id == shared {
			t.Errorf("%s's went into %d", who, id)
		}
		if err := os.Remove(left.Beside); err != nil {
			t.Fatal(err)
		}
		again, ana := served(t, folder, who), served(t, folder, "ana")
		again.stands(who+"'s", all, "secret.example")
		ana.stands("ana's", before+map[bool]int{true: 1}[more])
		if ana.begun.ID != shared {
			t.Errorf("ana goes on with %d, want %d", ana.begun.ID, shared)
		}
		again.close()
		ana.close()
	}
	db := opened(t, folder)
	memories, err := db.Memories(t.Context(), Query{})
	var said []string
	for _, m := range memories {
		said = append(said, m.Who+" "+m.Value)
	}
	slices.Sort(said)
	if diff := cmp.Diff([]string{"ana host-0.lantern.example", "ana host-2.lantern.example", "bob secret.example"}, said); diff != "" || err != nil {
		t.Errorf("%v: remembered %s", err, diff)
	}
}

// TestImportKeepsOutOfAPrivateReview: decisions that others took, who did not see what
// was pasted, do not get into the review with it.
func TestImportKeepsOutOfAPrivateReview(t *testing.T) {
	folder := t.TempDir()
	decided(t, folder, "ana", benign(0))
	left := decidedInAFile(t, folder, "bob", benign(1))
	ana := served(t, folder, "ana")
	ana.paste("secret.example")
	ana.wait()
	ana.close()
	imported(t, folder, left.Beside, 2)
	ana, bob := served(t, folder, "ana"), served(t, folder, "bob")
	ana.stands("ana's", 1, "secret.example")
	bob.stands("bob's", 2)
}
