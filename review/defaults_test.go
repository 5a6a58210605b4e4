package review

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// TestDefaultsAreSaved: what a review began with comes back, and nothing that is not
// known here.
func TestDefaultsAreSaved(t *testing.T) {
	r := start(t, lantern(t))
	for _, d := range []Defaults{
		{Target: kql.Sentinel, Lookback: kql.DefaultLookback},
		{Target: kql.Defender, Lookback: 90 * time.Minute, Long: WatchlistLong, MinConfidence: 75, Knobs: kql.Knobs{Match: kql.LooseMatch, Port: kql.RequirePort, OwnSide: true}},
	} {
		r.Begin(d)
		decide(t, r, SetLookback{r.Lookback() + time.Hour})
		text, err := json.Marshal(r.BegunWith())
		if err != nil {
			t.Fatal(err)
		}
		var got Defaults
		if err := json.Unmarshal(text, &got); err != nil || got != d {
			t.Errorf("%s becomes %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{`{}`, `[]`, `{"target":"sentinel","lookback":"7x","match":"exact","port":"label","long":"keep"}`,
		`{"target":"sentinel","lookback":"7d","match":"exact","port":"label","long":"keep","min_confidence":101}`,
		`{"target":"sentinel","lookback":"7d","match":"nearly","port":"label","long":"keep"}`} {
		got := Defaults{MinConfidence: 5}
		if err := json.Unmarshal([]byte(text), &got); err == nil || got != (Defaults{MinConfidence: 5}) {
			t.Errorf("%s is read as %+v, %v", text, got, err)
		}
	}
	one, other := r.BegunWith(), Defaults{Target: kql.Defender, Lookback: 24 * time.Hour, Long: WatchlistLong, MinConfidence: 75, Knobs: kql.Knobs{Port: kql.RequirePort, OwnSide: true}}
	if diff := cmp.Diff([]string{"lookback 90m, not 1d", "match loose, not subdomain"}, one.Unlike(other)); diff != "" || len(one.Unlike(one)) > 0 {
		t.Errorf("they differ by: %s", diff)
	}
}
