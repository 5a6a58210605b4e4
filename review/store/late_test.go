package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// TestLateIsTold: what is decided when somebody else has taken the review over is told
// in its words, once, with the file that has it.
func TestLateIsTold(t *testing.T) {
	folder := t.TempDir()
	a, _ := resume(t, folder, newReview(t, 10, false))
	a.decide(review.Include{IOCs: review.Positions{1}})
	a.wait()
	b, _ := resume(t, folder, newReview(t, 10, true), func(o *Options) { o.Who = "mn" })
	var told []string
	late := func(c Change) bool {
		if c.Late != nil {
			for _, e := range c.Late.Entries {
				told = append(told, e.Who+" "+e.Words)
			}
		}
		return c.Late != nil
	}
	takes := func(s *session) {
		t.Helper()
		if err := s.j.TakeOver(); err != nil {
			t.Fatal(err)
		}
		s.until("its own turn", func(c Change) bool { return c.Holder == nil })
	}
	takes(b)
	a.decide(review.SetVerdict{IOCs: review.Positions{2}, Verdict: review.Benign})
	status := a.j.Wait(a.ticket)
	var c Change
	a.until("what came too late", func(now Change) bool { c = now; return late(c) })
	if c.Late.Beside == "" || c.Late.Beside != status.Beside || c.Holder == nil || c.Holder.Who != "mn" {
		t.Errorf("told %+v, %+v, the status is %+v", c, c.Late, status)
	}
	sameReview(t, b.r, a.r)
	takes(a)
	b.until("the other's turn", func(c Change) bool { return c.Holder != nil })
	takes(b)
	a.undo()
	a.until("the undo", late)
	if diff := cmp.Diff([]string{"jk called host-2[.]lantern[.]example benign"}, told); diff != "" {
		t.Errorf("told of %s", diff)
	}
	sameReview(t, b.r, a.r)
}
