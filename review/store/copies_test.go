package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// says fails the test unless this is remembered, in whatever order.
func says(t *testing.T, folder, when string, want ...string) {
	t.Helper()
	db := opened(t, folder)
	all, err := db.Memories(t.Context(), Query{})
	var got []string
	for _, m := range all {
		got = append(got, fmt.Sprintf("%s %s %s %s", m.Who, m.Verdict, m.Value, m.Note))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s: %v: remembered %s", when, err, diff)
	}
}

func (s *session) redo() {
	s.t.Helper()
	if _, ok := s.r.Redo(); !ok {
		s.t.Fatal("nothing to redo")
	}
	s.ticket = s.j.Redo()
}

// TestUndoneInTheCopy: who pasted and goes on in a copy takes back there what they said
// before, and nothing that others said; the review of the others stands as it did.
func TestUndoneInTheCopy(t *testing.T) {
	const first, second = "host-0.lantern.example ", "host-1.lantern.example "
	folder := t.TempDir()
	decided(t, folder, "ana", judgedOf(0, review.Malicious))
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(benign(0), benign(1), noteOf(1, "ours"))
	bob.paste("secret.example")
	bob.wait()
	says(t, folder, "copied", "bob benign "+first, "bob benign "+second+"ours")
	bob.undo()
	bob.undo()
	bob.wait()
	says(t, folder, "undone", "bob benign "+first)
	bob.undo()
	bob.wait()
	says(t, folder, "all of bob's undone", "ana malicious "+first)
	bob.undo()
	bob.wait()
	says(t, folder, "what was ana's undone", "ana malicious "+first)
	ana := served(t, folder, "ana")
	ana.stands("ana's", 4)
	known, err := opened(t, folder).Recall(t.Context(), RefsOf(newReview(t, 3, false)), 0)
	if err != nil || len(known.At(0)) != 1 || known.At(0)[0].Who != "ana" || len(known.At(1)) > 0 {
		t.Errorf("recalled %v, %v: %v", known.At(0), known.At(1), err)
	}
	ana.close()
	bob.redo()
	bob.redo()
	bob.wait()
	says(t, folder, "taken again", "bob benign "+first)
	bob.n = 30
	bob.decide(judgedOf(1, review.Unsure))
	bob.wait()
	own := bob.j.ID()
	bob.close()
	want := []string{"bob benign " + first, "bob unsure " + second}
	says(t, folder, "another decision instead", want...)
	delete := func(id int64) {
		t.Helper()
		if err := opened(t, folder).Delete(id, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	delete(own)
	says(t, folder, "the copy deleted", want...)
	db := opened(t, folder)
	all, err := db.Memories(t.Context(), Query{})
	if err == nil {
		_, err = db.Forget(t.Context(), slices.DeleteFunc(all, func(m Memory) bool { return m.Verdict != review.Unsure }))
	}
	if err != nil {
		t.Fatal(err)
	}
	says(t, folder, "and forgotten", "bob benign "+first)
	delete(ana.begun.ID)
	says(t, folder, "both deleted", "bob benign "+first)
	var left string
	if err := db.db.QueryRow("SELECT group_concat(origin) FROM reviews").Scan(&left); err != nil || left != fmt.Sprintf("0,%d", ana.begun.ID) {
		t.Errorf("there are reviews of %s: %v", left, err)
	}
	all, err = db.Memories(t.Context(), Query{})
	if err == nil {
		_, err = db.Forget(t.Context(), all)
	}
	if err == nil {
		err = db.db.QueryRow("SELECT count(*) FROM reviews").Scan(&left)
	}
	if err != nil || left != "0" {
		t.Errorf("%s reviews are left: %v", left, err)
	}
	says(t, folder, "all forgotten")
}

// TestAllUndoneInADeletedCopy: what was undone in a copy stays undone when the copy is
// deleted in which nothing else was decided.
func TestAllUndoneInADeletedCopy(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", review.Include{IOCs: review.Positions{2}})
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(benign(0))
	bob.paste("secret.example")
	bob.wait()
	says(t, folder, "copied", "bob benign host-0.lantern.example ")
	bob.undo()
	bob.wait()
	own := bob.j.ID()
	bob.close()
	says(t, folder, "undone")
	db := opened(t, folder)
	if err := db.Delete(own, time.Now()); err != nil {
		t.Fatal(err)
	}
	says(t, folder, "deleted")
	if _, err := db.Forget(t.Context(), []Memory{{Type: "domain", Value: "other.example", Remembered: review.Remembered{Who: "bob", Document: "x", Moment: 1}}}); err != nil {
		t.Fatal(err)
	}
	says(t, folder, "something else forgotten")
	if err := db.Delete(ana.begun.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	says(t, folder, "both deleted")
}

// TestOriginsOfCopies: of copies of copies each is found with what it has of the first,
// however they follow each other.
func TestOriginsOfCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var all []copied
		upTo := map[int64]map[int64]int64{1: {}} // by review and origin, straight from the rule
		for id := int64(2); id <= 9; id++ {
			c := copied{id: id, origin: 1 + r.Int64N(id-1), moment: 1 + r.Int64N(20)}
			all = append([]copied{c}, all...)
			upTo[id] = map[int64]int64{c.origin: c.moment}
			for o, m := range upTo[c.origin] {
				upTo[id][o] = min(m, c.moment)
			}
		}
		for _, c := range all {
			got := map[int64]int64{}
			for _, of := range ofOrigins(c, all) {
				got[of.origin] = of.moment
			}
			if diff := cmp.Diff(upTo[c.id], got); diff != "" {
				t.Fatalf("%d of %v: %s", c.id, all, diff)
			}
		}
	}
	loop := []copied{{id: 2, origin: 1, moment: 5}, {id: 1, origin: 2, moment: 4}} // of a damaged database
	if got := ofOrigins(loop[0], loop); len(got) != 2 {
		t.Errorf("walks %v", got)
	}
}

// TestUndoneInTheCopyOfAFollower: the same goes for who is turned away from a review
// into which somebody pasted, and goes on in a copy of it.
func TestUndoneInTheCopyOfAFollower(t *testing.T) {
	for _, noticed := range []bool{false, true} {
		folder := t.TempDir()
		bob := served(t, folder, "bob")
		bob.decide(benign(0), benign(1))
		bob.wait()
		bob.close()
		// She alone has the database, so that hers it stays what she pastes into.
		ana := local(t, folder, "ana")
		bob = served(t, folder, "bob")
		ana.n, bob.n = 10, 20
		ana.paste("secret.example")
		ana.wait()
		if noticed {
			bob.until("that it is the other's", func(c Change) bool { return c.Private })
		}
		if err := bob.j.TakeOver(); err != nil {
			t.Fatal(err)
		}
		bob.until("its own turn", func(c Change) bool { return c.Holder == nil && c.Private })
		bob.undo()
		bob.wait()
		says(t, folder, "undone", "bob benign host-0.lantern.example ")
		bob.close()
		ana.close()
		ana, bob = served(t, folder, "ana"), served(t, folder, "bob")
		ana.stands("ana's", 2, "secret.example")
		bob.stands("bob's", 1)
		ana.close()
		bob.close()
	}
}

// TestImportedIsNotUndoneInACopy: decisions that were taken before a copy was made, and
// got into the review of the others after it, are remembered: nobody undid them.
func TestImportedIsNotUndoneInACopy(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", benign(0))
	left := decidedInAFile(t, folder, "bob", benign(1))
	bob := served(t, folder, "bob")
	bob.n = 20
	bob.decide(benign(2))
	bob.paste("secret.example")
	bob.wait()
	bob.close()
	// As after another import, which has what the shared one had then.
	run(t, folder, "DELETE FROM decisions WHERE seq = 2 AND review = 1; UPDATE reviews SET done = 1 WHERE id = 1")
	if id := imported(t, folder, left.Beside, 1); id != ana.begun.ID {
		t.Fatalf("it went into %d", id)
	}
	says(t, folder, "imported", "ana benign host-0.lantern.example ", "bob benign host-1.lantern.example ", "bob benign host-2.lantern.example ")
}

// TestUndoneBeforeItWasSaved: what a copier undid while nothing could be saved, before
// there was a copy, is undone in the copy.
func TestUndoneBeforeItWasSaved(t *testing.T) {
	for _, saved := range []bool{true, false} {
		folder := t.TempDir()
		decided(t, folder, "ana", benign(0))
		bob := reopen(t, folder, "bob", false, ownPasted, impatient)
		bob.n = 10
		bob.decide(benign(1), benign(2))
		bob.wait()
		run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'broken'); END")
		bob.paste("secret.example")
		bob.waitUnsaved()
		bob.undo()
		bob.waitUnsaved()
		bob.undo()
		bob.waitUnsaved()
		if saved {
			bob.decide(review.Include{IOCs: review.Positions{2}}) // in the place of the first that is undone
			bob.waitUnsaved()
			run(t, folder, "DROP TRIGGER broken")
			bob.decide(noteOf(0, "ours"))
			bob.wait()
			bob.close()
		} else {
			left := bob.close()
			run(t, folder, "DROP TRIGGER broken")
			imported(t, folder, left.Beside, 3)
		}
		want := []string{"ana benign host-0.lantern.example "}
		if saved {
			want = append(want, "bob  host-0.lantern.example ours")
		}
		says(t, folder, fmt.Sprintf("saved %v", saved), want...)
	}
}

// TestSharedIsNoNews: beside the rows of a review stands what others said elsewhere, not
// what stands in it and in its copy.
func TestSharedIsNoNews(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", benign(0))
	shared := ana.begun.ID
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(benign(1))
	bob.paste("secret.example")
	bob.decide(judgedOf(1, review.Malicious), judgedOf(2, review.Unsure))
	bob.wait()
	own := bob.j.ID()
	beside := func(when string, id int64, want ...string) {
		t.Helper()
		known, err := opened(t, folder).Recall(t.Context(), RefsOf(newReview(t, 3, false)), id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for at := range 3 {
			for _, m := range known.At(at) {
				got = append(got, fmt.Sprintf("%d %s %s", at, m.Who, m.Verdict))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	beside("in the copy", own)
	beside("in the other", shared, "1 bob malicious", "2 bob unsure")
	beside("elsewhere", 0, "0 ana benign", "1 bob malicious", "2 bob unsure")
	bob.undo()
	bob.undo()
	bob.undo()
	bob.undo()
	bob.wait()
	beside("all undone in the copy", own, "0 ana benign")
	ana = served(t, folder, "ana")
	ana.undo() // what bob undid himself
	ana.undo()
	ana.wait()
	beside("all undone in both", own)
}
