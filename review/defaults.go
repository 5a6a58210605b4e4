package review

import (
	"time"

	"quarry/kql"
)

// Defaults are the choices that a review begins with where no reviewed bulletin
// and no decision says otherwise. A zero target or look-back is that of [New].
type Defaults struct {
	Target        kql.Target
	Lookback      time.Duration
	Knobs         kql.Knobs
	Long          Long
	MinConfidence int // in percent; 0 is none
}

// Begin lets a review begin with defaults. They are no decisions: no history
// lists them and undo does not take them back. A review that goes on from a
// reviewed bulletin begins as that says. Decisions that were taken already stay.
func (r *Review) Begin(d Defaults) {
	if len(r.resumed) > 0 {
		return
	}
	b := &r.base
	if d.Target != "" {
		b.target = d.Target
	}
	if d.Lookback > 0 {
		b.lookback = d.Lookback
	}
	b.knobs, b.long, b.minConfidence = d.Knobs, d.Long, d.MinConfidence
	r.replay()
}
