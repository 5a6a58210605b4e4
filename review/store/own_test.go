package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// TestOwnReviewComesFirst: of several reviews of one document everybody goes on
// with their own, whoever looked at which one last, and somebody new with the one
// of the last decision.
func TestOwnReviewComesFirst(t *testing.T) {
	folder := t.TempDir()
	as := func(who string, change ...func(*Options)) (*session, Restored) {
		s, got := resume(t, folder, newReview(t, 3, false), append(change, func(o *Options) { o.Who = who })...)
		s.who = who
		return s, got
	}
	anew := func(o *Options) { o.New = true }
	ids := map[string]int64{}
	for n, who := range []string{"ana", "bob"} {
		s, _ := as(who, anew)
		s.decide(review.SetVerdict{IOCs: review.Positions{n}, Verdict: review.Benign})
		s.wait()
		ids[who] = s.begun.ID
		s.close()
	}
	for _, tt := range []struct{ who, goesOn string }{{"ana", "ana"}, {"bob", "bob"}, {"kim", "bob"}, {"ana", "ana"}, {"kim", "bob"}} {
		s, got := as(tt.who)
		if s.begun.ID != ids[tt.goesOn] || len(got.Entries) != 1 || s.begun.Others != 1 {
			t.Errorf("%s goes on with review %d of %v, %d decisions, %d others", tt.who, s.begun.ID, ids, len(got.Entries), s.begun.Others)
		}
		s.close()
	}
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before, err := s.List(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	look, _ := as("ana")
	look.j.At(Place{Filter: "type:domain", Pane: "tables"})
	look.close()
	after, err := s.List(time.Now())
	if err != nil || len(after) != 2 || !after[0].Changed.Equal(before[0].Changed) || !after[1].Changed.Equal(before[1].Changed) {
		t.Errorf("looking changed a review: %v, then %v, %v", before, after, err)
	}
}

// TestPastedIsOnlyForItsReviewer: where what others pasted is nobody's business, a
// review with it is gone on with only by who decided in it.
func TestPastedIsOnlyForItsReviewer(t *testing.T) {
	folder := t.TempDir()
	as := func(who string, own bool) *session {
		s, _ := resume(t, folder, newReview(t, 3, false), withReader, func(o *Options) { o.Who, o.OwnPasted = who, own })
		s.who = who
		return s
	}
	ana := as("ana", true)
	ana.decide(review.SetNote{IOC: 0, Text: "ours"})
	ana.ticket = ana.j.Add(TextSource("pasted", "pasted.example\n"))
	ana.wait()
	id := ana.begun.ID
	ana.close()
	for _, tt := range []struct {
		who  string
		own  bool
		same bool
	}{{"ana", true, true}, {"bob", false, true}, {"bob", true, false}, {"ana", true, true}} {
		s := as(tt.who, tt.own)
		if same := s.begun.ID == id; same != tt.same || same != (len(s.begun.Pasted) == 1) {
			t.Errorf("%s goes on with it: %v, with %d pasted documents", tt.who, same, len(s.begun.Pasted))
		}
		s.close()
	}
}

// served is a session that sees what its reviewer pasted and nothing that others did.
func served(t *testing.T, folder, who string) *session {
	t.Helper()
	return reopen(t, folder, who, false, ownPasted)
}

// decided is a served session of somebody, who decided and left.
func decided(t *testing.T, folder, who string, ds ...review.Decision) *session {
	t.Helper()
	s := served(t, folder, who)
	s.decide(ds...)
	s.wait()
	s.close()
	return s
}

// decidedInAFile is what is left of such a session of which the database took nothing.
func decidedInAFile(t *testing.T, folder, who string, ds ...review.Decision) Left {
	t.Helper()
	s := reopen(t, folder, who, false, ownPasted, impatient)
	run(t, folder, "CREATE TRIGGER broken BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, 'broken'); END")
	defer run(t, folder, "DROP TRIGGER broken")
	s.n = 10
	s.decide(ds...)
	s.waitUnsaved()
	return s.close()
}

// paste pastes a domain into the review.
func (s *session) paste(domain string) {
	s.t.Helper()
	docs, err := reader("pasted", domain)
	if err != nil {
		s.t.Fatal(err)
	}
	s.r.Add(docs)
	s.ticket = s.j.Add(TextSource("pasted", domain))
}

// stands fails the test unless a review has these rows behind those of its document,
// and so many decisions.
func (s *session) stands(what string, decisions int, pasted ...string) {
	s.t.Helper()
	var rows []string
	for i := 3; i < s.r.IOCs().Len(); i++ {
		rows = append(rows, s.r.IOCs().Value(i))
	}
	if diff := cmp.Diff(pasted, rows); diff != "" || len(s.r.History()) != decisions {
		s.t.Errorf("%s: %d decisions, want %d; what was pasted: %s", what, len(s.r.History()), decisions, diff)
	}
}

var benign = func(at int) review.Decision {
	return review.SetVerdict{IOCs: review.Positions{at}, Verdict: review.Benign}
}

// TestPastedIntoAReviewOfOthers: who pastes into a review in which others decided goes
// on in one of their own, and finds it again; the others' is as it was.
func TestPastedIntoAReviewOfOthers(t *testing.T) {
	folder := t.TempDir()
	ana := decided(t, folder, "ana", benign(0))
	shared := ana.begun.ID
	bob := served(t, folder, "bob")
	if bob.begun.ID != shared {
		t.Fatal("nobody goes on with what others decided")
	}
	bob.decide(benign(1))
	bob.paste("secret.example")
	bob.wait()
	own := bob.j.ID()
	bob.close() // nothing was decided since
	bob = served(t, folder, "bob")
	bob.stands("bob's", 2, "secret.example")
	bob.decide(benign(3))
	bob.paste("second.example")
	bob.decide(benign(4))
	bob.wait()
	if bob.begun.ID != own || own == shared || bob.j.ID() != own {
		t.Errorf("bob goes on with %d and then %d, and pasted in %d", bob.begun.ID, bob.j.ID(), own)
	}

	ana = served(t, folder, "ana")
	ana.stands("the shared one", 2)
	if ana.begun.ID != shared || ana.begun.Holder != nil {
		t.Errorf("ana goes on with %+v, want %d", ana.begun, shared)
	}
	ana.undo()
	ana.decide(review.SetVerdict{IOCs: review.Positions{2}, Verdict: review.Malicious})
	ana.wait()
	bob.undo()
	bob.wait()
	ana.close()
	bob.close()
	for range 2 { // who decided last changes nothing
		ana, bob = served(t, folder, "ana"), served(t, folder, "bob")
		ana.stands("ana's", 2)
		bob.stands("bob's", 3, "secret.example", "second.example")
		if bob.r.Undone() != 1 || bob.r.Verdict(1) != review.Benign || ana.r.Verdict(1) != review.NoVerdict {
			t.Errorf("one undid what the other did: %q, %q", words(ana.r), words(bob.r))
		}
		ana.close()
		bob.close()
	}
	here, got := resume(t, folder, newReview(t, 3, false), withReader, func(o *Options) { o.Who, o.ID = "kim", own })
	if len(here.begun.Pasted) != 2 || len(got.Entries) != 4 {
		t.Errorf("who has the database sees %d of what was pasted and %d decisions", len(here.begun.Pasted), len(got.Entries))
	}
}

// TestFollowerSeesNothingPasted: who looks at a review is left with what was decided
// before something was pasted into it, and goes on from that in one of their own.
func TestFollowerSeesNothingPasted(t *testing.T) {
	for _, seen := range []bool{true, false} {
		folder := t.TempDir()
		ana := served(t, folder, "ana")
		ana.decide(benign(0))
		ana.wait()
		bob := served(t, folder, "bob")
		if bob.begun.Holder == nil {
			t.Fatal("two decide")
		}
		ana.paste("secret.example")
		ana.decide(benign(3), review.SetNote{IOC: 3, Text: "ours"})
		ana.wait()
		if seen {
			bob.until("that it is the other's", func(c Change) bool { return c.Holder != nil && c.Private })
			bob.stands("what bob followed", 1)
			ana.undo()
			ana.wait()
		}
		if err := bob.j.TakeOver(); err != nil {
			t.Fatal(err)
		}
		bob.until("its own turn", func(c Change) bool { return c.Holder == nil && c.Private })
		bob.stands("what bob goes on from", 1)
		bob.n = 10
		bob.decide(benign(1))
		bob.wait()
		ana.decide(benign(2))
		ana.wait()
		bob.close()
		ana.close()
		ana, bob = served(t, folder, "ana"), served(t, folder, "bob")
		bob.stands("bob's", 2)
		ana.stands("ana's", 4-map[bool]int{true: 1}[seen], "secret.example")
		ana.close()
		bob.close()
	}
}

// TestTakenOverReviewIsNotPastedInto: the one that was taken over goes back to whose
// decisions it has.
func TestTakenOverReviewIsNotPastedInto(t *testing.T) {
	folder := t.TempDir()
	ana := served(t, folder, "ana")
	ana.decide(benign(0))
	ana.wait()
	bob := served(t, folder, "bob")
	if err := bob.j.TakeOver(); err != nil {
		t.Fatal(err)
	}
	bob.until("its own turn", func(c Change) bool { return c.Holder == nil })
	bob.paste("secret.example")
	bob.n = 10
	bob.decide(benign(3))
	bob.wait()
	ana.until("the end of the other", func(c Change) bool { return c.Holder != nil && c.Holder.Gone() })
	ana.stands("ana's", 1)
	if err := ana.j.TakeOver(); err != nil {
		t.Fatal(err)
	}
	ana.until("its own turn", func(c Change) bool { return c.Holder == nil })
	ana.n = 20
	ana.decide(benign(1))
	ana.wait()
	if ana.j.ID() != ana.begun.ID || bob.j.ID() == ana.begun.ID {
		t.Errorf("ana has %d and bob %d, want %d and another", ana.j.ID(), bob.j.ID(), ana.begun.ID)
	}
}

// TestPastedByNobodyKnown: who pasted was not kept once. In a served session that is
// nobody's; who has the database sees it.
func TestPastedByNobodyKnown(t *testing.T) {
	folder := t.TempDir()
	ana := served(t, folder, "ana")
	ana.decide(benign(0))
	ana.paste("secret.example")
	ana.wait()
	id := ana.begun.ID
	ana.close()
	run(t, folder, "UPDATE sources SET who = ''")
	ana = served(t, folder, "ana")
	ana.stands("a new one", 0)
	ana.close()
	here, _ := resume(t, folder, newReview(t, 3, false), withReader)
	if here.begun.ID != id || len(here.begun.Pasted) != 1 {
		t.Errorf("begun %+v", here.begun)
	}
}

// TestSearchFindsNothingPasted: what is remembered of what others pasted is not found,
// also when they have deleted the review; who pasted it finds it, and what was judged
// in reviews of documents all find.
func TestSearchFindsNothingPasted(t *testing.T) {
	folder := t.TempDir()
	bob := served(t, folder, "bob")
	bob.decide(benign(0))
	bob.wait()
	bob.close()
	ana := served(t, folder, "ana")
	ana.paste("secret.example")
	ana.n = 10
	ana.decide(benign(1), review.SetNote{IOC: 3, Text: "of a customer"})
	ana.wait()
	own := ana.j.ID()
	find := func(s *session) (found []string) {
		all, n, err := s.j.Search(context.Background(), nil, 10)
		if err != nil || n != len(all) {
			t.Fatalf("%d of %d: %v", len(all), n, err)
		}
		for _, m := range all {
			found = append(found, m.Value)
		}
		slices.Sort(found)
		return found
	}
	all := []string{"host-0.lantern.example", "host-1.lantern.example", "secret.example"}
	for _, deleted := range []bool{false, true} {
		if deleted {
			ana.close()
			db, err := Open(folder)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Delete(own, time.Now()), db.Close()); err != nil {
				t.Fatal(err)
			}
			ana = served(t, folder, "ana")
		}
		bob = served(t, folder, "bob")
		here, _ := resume(t, folder, newReview(t, 3, false), func(o *Options) { o.New = true })
		for s, want := range map[*session][]string{bob: all[:1], ana: all, here: all} {
			if diff := cmp.Diff(want, find(s)); diff != "" {
				t.Errorf("deleted %v: %q finds %s", deleted, s.who, diff)
			}
		}
		bob.close()
		here.close()
	}
}

// TestCopyIsNoJudgement: what others judged before a review was copied is remembered of
// the one in which it was: there it can be taken back. What the copier judged in either
// is remembered as long as the copy has it.
func TestCopyIsNoJudgement(t *testing.T) {
	folder := t.TempDir()
	decided(t, folder, "ana", benign(0))
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(benign(1), benign(2))
	bob.undo()
	bob.paste("secret.example")
	bob.wait()
	ana := served(t, folder, "ana")
	remembered := func(want ...string) {
		t.Helper()
		db, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		all, err := db.Memories(t.Context(), Query{})
		var got []string
		for _, m := range all {
			got = append(got, m.Who+" "+string(m.Verdict)+" "+m.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v: remembered %s", err, diff)
		}
	}
	remembered("ana benign host-0.lantern.example", "bob benign host-1.lantern.example")
	if _, ok := bob.r.Redo(); !ok {
		t.Fatal("nothing to redo")
	}
	bob.ticket = bob.j.Redo()
	bob.wait()
	remembered("ana benign host-0.lantern.example", "bob benign host-1.lantern.example", "bob benign host-2.lantern.example")
	ana.undo()
	ana.undo()
	ana.wait()
	remembered("bob benign host-1.lantern.example", "bob benign host-2.lantern.example")
	if _, ok := ana.r.Redo(); !ok {
		t.Fatal("nothing to redo")
	}
	ana.ticket = ana.j.Redo()
	ana.wait()
	remembered("ana benign host-0.lantern.example", "bob benign host-1.lantern.example", "bob benign host-2.lantern.example")
	ana.undo()
	ana.wait()
	bob.n = 20
	bob.decide(review.SetVerdict{IOCs: review.Positions{0}, Verdict: review.Malicious})
	bob.wait()
	remembered("bob malicious host-0.lantern.example", "bob benign host-1.lantern.example", "bob benign host-2.lantern.example")
}
