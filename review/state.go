package review

import (
	"maps"
	"slices"
	"time"

	"quarry/exclusions"
	"quarry/kql"
)

// Verdict is what the analyst thinks of an IOC.
type Verdict string

// The verdicts; an IOC starts without one.
const (
	NoVerdict Verdict = ""
	Malicious Verdict = "malicious"
	Benign    Verdict = "benign"
	Unsure    Verdict = "unsure"
)

// Verdicts lists what a verdict can be.
var Verdicts = []Verdict{NoVerdict, Malicious, Benign, Unsure}

// verdictCode is a verdict by its position in [Verdicts]: there may be a million.
type verdictCode uint8

func (v Verdict) code() verdictCode { return verdictCode(max(0, slices.Index(Verdicts, v))) }

func (c verdictCode) verdict() Verdict { return Verdicts[c] }

// state is what the decisions so far amount to.
type state struct {
	on            []bool // per IOC: it is hunted
	verdicts      []verdictCode
	notes         map[int]string
	tables        map[string]bool // chosen, whether or not they can carry anything
	target        kql.Target
	lookback      time.Duration
	knobs         kql.Knobs
	long          Long
	minConfidence int             // in percent; 0 is none
	scenarios     []scenarioState // in the order of the review
	created       int             // scenarios that an analyst wrote; see [Scenario.ID]
}

// scenarioState is a scenario as it stands. The scenario itself is never changed: an
// edit puts another one in its place.
type scenarioState struct {
	*Scenario
	attachment
}

// attachment says where a scenario leaves rows out.
type attachment struct {
	attached bool
	accepted exclusions.Fit // the worst fit that is accepted: none, partly or dangerous
	dangers  string         // codes of the dangers that are accepted, between spaces; "" is whatever there is
}

func (s *state) clone() state {
	c := *s
	c.on = slices.Clone(s.on)
	c.verdicts = slices.Clone(s.verdicts)
	c.notes = maps.Clone(s.notes)
	c.tables = maps.Clone(s.tables)
	c.scenarios = slices.Clone(s.scenarios)
	return c
}
