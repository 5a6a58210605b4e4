package kql

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestNextSelection: the hunts of a selection that follows another one are those
// of the same indicators selected by themselves, whatever was decided between
// the two, in which table and mode.
func TestNextSelection(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 11))
		all := NewIndicators(randomIOCs(t, r, 40))
		s := new(Selection)
		for range 30 {
			r.Shuffle(len(all), func(i, j int) {
				if r.IntN(4) == 0 {
					all[i], all[j] = all[j], all[i]
				}
			})
			chosen := slices.Clone(all[:r.IntN(len(all))])
			s = s.Next(chosen)
			target := Targets[r.IntN(len(Targets))]
			o := randomOptions(r, target)
			for _, tb := range someTables(t, r, len(chosen)) {
				got, gotErr := tb.Hunt(s, o)
				want, wantErr := tb.Hunt(NewSelection(chosen), o)
				if (gotErr == nil) != (wantErr == nil) {
					t.Fatalf("%v, want %v", gotErr, wantErr)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("seed %d: %s in %s with %+v (-want +got):\n%s", seed, tb.Name, target, o, diff)
				}
			}
		}
	}
}

// TestNextWritesWhatChanged: after one IOC is switched off, only the lists that
// hold it are written again, and no function or step of a query.
func TestNextWritesWhatChanged(t *testing.T) {
	ready := NewIndicators(manyIOCs(t, 600))
	tb, o := table(t, "CommonSecurityLog"), Options{Target: Sentinel}
	write := func(s *Selection) *Selection {
		if _, err := tb.Hunt(s, o); err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := write(NewSelection(ready))
	off := slices.IndexFunc(ready, func(x *Indicator) bool { return x.Shape == nameShape })
	after := write(before.Next(slices.Delete(slices.Clone(ready), off, off+1)))
	var changed []listID
	for id := range lists {
		if was, is := before.lists[id], after.lists[id]; was != nil && was.written != is.written {
			changed = append(changed, id)
		}
	}
	// What is known of names in URLs depends on the domains.
	if diff := cmp.Diff([]listID{domainList, hostList}, changed); diff != "" {
		t.Errorf("lists written again (-want +got):\n%s", diff)
	}
	if n := len(after.scaffolds.all); n != 1 {
		t.Errorf("%d scaffolds were written, want that of the table", n)
	}
}

// TestSelectionsSideBySide: hunts are written by several goroutines, while other
// selections follow. The race detector looks on.
func TestSelectionsSideBySide(t *testing.T) {
	ready := NewIndicators(manyIOCs(t, 60))
	s := NewSelection(ready)
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			s := s.Next(ready[n:])
			for _, name := range mostUsed {
				if _, err := table(t, name).Hunt(s, Options{Target: Sentinel}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
