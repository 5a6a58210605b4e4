package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSnapshot writes a review by one goroutine while another decides; the race
// detector watches.
func TestSnapshot(t *testing.T) {
	r := reviewed(t)
	r.Plan(false).Hunts()
	want := exported(t, r)
	s := r.Snapshot()
	done := make(chan string)
	go func() { done <- exported(t, s) }()
	for range 20 {
		decide(t, r, Include{IOCs: []int{6}, On: false}, SetVerdict{IOCs: []int{3}, Verdict: Unsure}, SetNote{IOC: 2, Text: "changed"})
		r.Plan(false).Hunts()
		for range 3 {
			r.Undo()
		}
	}
	if diff := cmp.Diff(want, <-done); diff != "" {
		t.Errorf("(-before +in the snapshot):\n%s", diff)
	}
	if diff := cmp.Diff(want, exported(t, r)); diff != "" {
		t.Errorf("the review itself is another (-before +after):\n%s", diff)
	}
}
