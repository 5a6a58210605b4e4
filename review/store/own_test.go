package store

import (
	"testing"
	"time"

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
