package review

import (
	"encoding/json"
	"strconv"
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

// BegunWith is what the review began with, whatever was decided since. Given to
// [Review.Begin] of a review of the same documents, the same decisions mean the
// same there.
func (r *Review) BegunWith() Defaults {
	b := &r.base
	return Defaults{b.target, b.lookback, b.knobs, b.long, b.minConfidence}
}

// Choice is one of the defaults as it is written in a settings file.
type Choice struct{ Name, Value string }

// Choices are the defaults by the names of their settings.
func (d Defaults) Choices() []Choice {
	return []Choice{
		{"target", string(d.Target)}, {"lookback", kql.FormatLookback(d.Lookback)}, {"match", d.Knobs.Match.String()},
		{"port", d.Knobs.Port.String()}, {"own_side", strconv.FormatBool(d.Knobs.OwnSide)}, {"long", d.Long.String()},
		{"min_confidence", strconv.Itoa(d.MinConfidence)},
	}
}

// Unlike says which of the defaults others have otherwise, such as "lookback 7d, not
// 14d"; it is empty where they are the same.
func (d Defaults) Unlike(others Defaults) (words []string) {
	theirs := others.Choices()
	for i, c := range d.Choices() {
		if c != theirs[i] {
			words = append(words, c.Name+" "+c.Value+", not "+theirs[i].Value)
		}
	}
	return words
}

// savedDefaults is how defaults are saved. Neither names nor values change later.
type savedDefaults struct {
	Target        kql.Target `json:"target"`
	Lookback      string     `json:"lookback"`
	Match         string     `json:"match"`
	Port          string     `json:"port"`
	OwnSide       bool       `json:"own_side"`
	Long          string     `json:"long"`
	MinConfidence int        `json:"min_confidence"`
}

// MarshalJSON writes the defaults as they are saved, each as it is written in a
// settings file.
func (d Defaults) MarshalJSON() ([]byte, error) {
	return json.Marshal(savedDefaults{
		d.Target, kql.FormatLookback(d.Lookback), d.Knobs.Match.String(), d.Knobs.Port.String(), d.Knobs.OwnSide, d.Long.String(), d.MinConfidence,
	})
}

// UnmarshalJSON reads what MarshalJSON writes. An error names the value that is not
// known here.
func (d *Defaults) UnmarshalJSON(text []byte) error {
	var s savedDefaults
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	read := Defaults{Knobs: kql.Knobs{OwnSide: s.OwnSide}}
	var err error
	if read.Target, err = kql.ParseTarget(string(s.Target)); err != nil {
		return err
	}
	if read.Lookback, err = kql.ParseLookback(s.Lookback); err != nil {
		return err
	}
	if read.Knobs.Match, err = kql.ParseMatch(s.Match); err != nil {
		return err
	}
	if read.Knobs.Port, err = kql.ParsePortMode(s.Port); err != nil {
		return err
	}
	if read.Long, err = ParseLong(s.Long); err != nil {
		return err
	}
	if read.MinConfidence, err = ParseMinConfidence(strconv.Itoa(s.MinConfidence)); err != nil {
		return err
	}
	*d = read
	return nil
}
