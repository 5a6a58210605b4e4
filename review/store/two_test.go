package store

import (
	"testing"
	"time"

	"quarry/review"
)

// local is a session of somebody who has the database: nothing is hidden from it.
func local(t *testing.T, folder, who string) *session {
	t.Helper()
	return reopen(t, folder, who, false)
}

// twoReviews are one in which ana and bob decided, and a copy of it with what bob
// pasted; who is named decided last.
func twoReviews(t *testing.T, folder, last string) (shared, copied int64) {
	t.Helper()
	ana := decided(t, folder, "ana", benign(0))
	shared = ana.begun.ID
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(benign(1))
	bob.paste("secret.example")
	bob.decide(benign(3))
	bob.wait()
	copied = bob.j.ID()
	bob.close()
	if last == "ana" {
		ana = served(t, folder, "ana")
		ana.n = 20
		ana.decide(benign(2))
		ana.wait()
		ana.close()
	}
	if shared == copied {
		t.Fatal("no copy was made")
	}
	return shared, copied
}

// TestCopyIsItsReviewersEverywhere: who has the database goes on with the same review
// as in a served session, whoever decided last.
func TestCopyIsItsReviewersEverywhere(t *testing.T) {
	for _, last := range []string{"ana", "bob"} {
		folder := t.TempDir()
		shared, copied := twoReviews(t, folder, last)
		for who, want := range map[string]int64{"ana": shared, "bob": copied, "kim": shared} {
			for _, as := range []func(*testing.T, string, string) *session{local, served} {
				s := as(t, folder, who)
				if s.begun.ID != want {
					t.Errorf("%s decided last: %s goes on with %d, want %d", last, who, s.begun.ID, want)
				}
				s.close()
			}
		}
	}
}

// TestPastedBesideAPasteOfAnother: who pastes into a review with something that another
// one pasted goes on in one of their own, and both see served what they had.
func TestPastedBesideAPasteOfAnother(t *testing.T) {
	folder := t.TempDir()
	bob := served(t, folder, "bob")
	bob.paste("secret.example")
	bob.decide(benign(3))
	bob.wait()
	bob.close()
	ana := local(t, folder, "ana")
	if ana.begun.ID != bob.begun.ID {
		t.Fatalf("ana, who has the database, goes on with %d", ana.begun.ID)
	}
	ana.n = 10
	ana.decide(benign(0))
	ana.paste("second.example")
	ana.decide(benign(4))
	ana.wait()
	ana.close()
	ana, bob = served(t, folder, "ana"), served(t, folder, "bob")
	ana.stands("ana's", 3, "secret.example", "second.example")
	bob.stands("bob's", 2, "secret.example")
	if ana.begun.ID == bob.begun.ID {
		t.Error("both go on with one review")
	}
}

// TestCopyOfAPasteIsTriedAgain: what was pasted beside a paste of another is not put
// there when the copy could not be made at once.
func TestCopyOfAPasteIsTriedAgain(t *testing.T) {
	folder := t.TempDir()
	bob := served(t, folder, "bob")
	bob.paste("secret.example")
	bob.decide(benign(3))
	bob.wait()
	bob.close()
	ana := local(t, folder, "ana")
	run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
	ana.n = 10
	ana.paste("second.example")
	ana.waitUnsaved()
	run(t, folder, "DROP TRIGGER broken")
	ana.decide(benign(4))
	ana.wait()
	ana.close()
	ana, bob = served(t, folder, "ana"), served(t, folder, "bob")
	ana.stands("ana's", 2, "secret.example", "second.example")
	bob.stands("bob's", 1, "secret.example")
}

// TestPasteOfNobodyKnownStaysWhole: who has the database adds to what somebody pasted
// before it was kept who did.
func TestPasteOfNobodyKnownStaysWhole(t *testing.T) {
	folder := t.TempDir()
	ana := local(t, folder, "ana")
	ana.paste("first.example")
	ana.decide(review.SetNote{IOC: 3, Text: "ours"})
	ana.wait()
	ana.close()
	run(t, folder, "UPDATE sources SET who = ''")
	ana = local(t, folder, "ana")
	ana.paste("second.example")
	ana.wait()
	ana.close()
	ana = local(t, folder, "ana")
	ana.stands("ana's", 1, "first.example", "second.example")
	db := opened(t, folder)
	if all, err := db.List(time.Now()); err != nil || len(all) != 1 {
		t.Errorf("%d reviews: %v", len(all), err)
	}
}

// TestTakenOverKeepsWhatWasPasted: what was pasted while somebody followed stays when
// they take over and paste too.
func TestTakenOverKeepsWhatWasPasted(t *testing.T) {
	folder := t.TempDir()
	ana := local(t, folder, "ana")
	ana.decide(benign(0))
	ana.wait()
	bob := local(t, folder, "bob")
	ana.paste("first.example")
	ana.wait()
	if err := bob.j.TakeOver(); err != nil {
		t.Fatal(err)
	}
	bob.paste("second.example")
	bob.wait()
	ana.close()
	bob.close()
	ana = local(t, folder, "ana")
	ana.stands("ana's", 1, "first.example")
	bob = local(t, folder, "bob")
	bob.stands("bob's", 1, "first.example", "second.example")
}
