package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

func TestResume(t *testing.T) {
	for name, reversed := range map[string]bool{"read as before": false, "read in another order": true} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s, got := resume(t, folder, newReview(t, 40, false))
			if len(got.Entries) != 0 || s.begun.Holder != nil {
				t.Fatalf("a new review has %d decisions", len(got.Entries))
			}
			s.decide(review.Include{IOCs: review.Positions{3, 4, 5, 9}}, review.SetVerdict{IOCs: review.Positions{0}, Verdict: review.Benign},
				review.SetNote{IOC: 2, Text: "our CDN"}, review.Attach{Scenario: 1, On: true}, review.ChooseTable{Table: "DnsEvents"})
			s.undo()
			s.j.At(Place{IOC: "domain host-7.lantern.example", Filter: "host", Pane: "Tables"})
			if left := s.close(); left.String() != "" || left.ID == 0 {
				t.Errorf("left: %+v", left)
			}
			again, got := resume(t, folder, newReview(t, 40, reversed))
			sameReview(t, s.r, again.r)
			if diff := cmp.Diff(Place{IOC: "domain host-7.lantern.example", Filter: "host", Pane: "Tables"}, got.Place); diff != "" {
				t.Errorf("the place: %s", diff)
			}
			again.n = 10
			again.decide(review.Include{IOCs: review.Positions{11}})
			again.close()
			third, _ := resume(t, folder, newReview(t, 40, false))
			sameReview(t, again.r, third.r)
		})
	}
}
