package review

import (
	"testing"
	"time"

	"quarry/feed"
	"quarry/kql"
)

func TestDefaultsAreNoDecisions(t *testing.T) {
	r := New([]*feed.Bulletin{{Source: feed.Source{Name: "a.md"}, IOCs: []feed.IOC{
		{Type: feed.Domain, Value: "evil.example", Confidence: 40},
		{Type: feed.Domain, Value: "worse.example", Confidence: 90},
	}}}, builtin(t))
	if _, err := r.Decide(SetPort{kql.RequirePort}, "jk", time.Now()); err != nil {
		t.Fatal(err)
	}
	r.Begin(Defaults{
		Target: kql.Defender, Lookback: 36 * time.Hour, Long: SplitLong, MinConfidence: 50,
		Knobs: kql.Knobs{Match: kql.ExactMatch, Port: kql.IgnorePort, OwnSide: true},
	})
	if r.Target() != kql.Defender || r.Lookback() != 36*time.Hour || r.Long() != SplitLong || r.MinConfidence() != 50 {
		t.Errorf("begins with %s, %s, %s, %d", r.Target(), r.Lookback(), r.Long(), r.MinConfidence())
	}
	if k, want := r.Knobs(), (kql.Knobs{Match: kql.ExactMatch, Port: kql.RequirePort, OwnSide: true}); k != want {
		t.Errorf("the knobs are %+v, want %+v: a decision stands over a default", k, want)
	}
	if r.Hunts(0) || !r.Hunts(1) {
		t.Error("the minimum confidence is not kept to")
	}
	if n := len(r.History()); n != 1 {
		t.Errorf("the history has %d decisions, want the one that was taken", n)
	}
	r.Undo()
	if r.Knobs().Port != kql.IgnorePort || r.Lookback() != 36*time.Hour {
		t.Error("undo took back a default")
	}
	r.Begin(Defaults{})
	if r.Target() != kql.Defender || r.Lookback() != 36*time.Hour {
		t.Error("no target and no look-back are not those that were")
	}
}

// TestReviewedBulletinStandsOverDefaults: what its analyst left as it was they
// left on purpose.
func TestReviewedBulletinStandsOverDefaults(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetLookback{48 * time.Hour})
	again := reopen(t, exported(t, r))
	again.Begin(Defaults{Target: kql.Defender, Lookback: time.Hour, MinConfidence: 90, Knobs: kql.Knobs{OwnSide: true}})
	if again.Target() != kql.Sentinel || again.Lookback() != 48*time.Hour || again.MinConfidence() != 0 || again.Knobs() != (kql.Knobs{}) {
		t.Errorf("begins with %s, %s, %d, %+v", again.Target(), again.Lookback(), again.MinConfidence(), again.Knobs())
	}
}
