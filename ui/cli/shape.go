package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// shape is the flags that decide what is hunted and how.
type shape struct {
	tables        []string
	target        string
	lookback      string
	scenarios     []string
	acceptRisks   bool
	minConfidence int
	comments      bool
}

func (s *shape) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.tables, "table", nil, "hunt in this table, not the document's own (repeat)")
	f.StringVar(&s.target, "target", "", "sentinel or defender")
	f.StringVar(&s.lookback, "lookback", "", "how far back: 7d, 36h, 90m")
	f.StringSliceVar(&s.scenarios, "scenario", nil, "attach scenario N (repeat), all, or none")
	f.BoolVar(&s.acceptRisks, "accept-risks", false, "attach also where a scenario fits partly or is dangerous")
	f.IntVar(&s.minConfidence, "min-confidence", 0, "leave out IOCs whose stated confidence is below N")
}

// decide takes the decisions that the flags stand for. The error is a
// [*usageError].
func (s *shape) decide(r *review.Review) error {
	for _, flags := range []func(*review.Review) ([]review.Decision, error){s.aim, s.chooseTables, s.leaveOut, s.attach} {
		decisions, err := flags(r)
		if err != nil {
			return &usageError{err}
		}
		for _, d := range decisions {
			if _, err := r.Decide(d, reviewer(), time.Now()); err != nil {
				return &usageError{err}
			}
		}
	}
	return nil
}

// aim reads --target and --lookback.
func (s *shape) aim(*review.Review) (ds []review.Decision, err error) {
	if s.target != "" {
		t, err := kql.ParseTarget(s.target)
		if err != nil {
			return nil, fmt.Errorf("--target: %w", err)
		}
		ds = append(ds, review.SetTarget{Target: t})
	}
	if s.lookback != "" {
		d, err := kql.ParseLookback(s.lookback)
		if err != nil {
			return nil, fmt.Errorf("--lookback: %w", err)
		}
		ds = append(ds, review.SetLookback{Lookback: d})
	}
	return ds, nil
}

// chooseTables reads --table: the tables that are named, and no other.
func (s *shape) chooseTables(r *review.Review) (ds []review.Decision, err error) {
	if len(s.tables) == 0 {
		return nil, nil
	}
	for _, t := range r.Tables() {
		if t.Chosen && !slices.Contains(s.tables, t.Table.Name) {
			ds = append(ds, review.ChooseTable{Table: t.Table.Name})
		}
	}
	for _, name := range s.tables {
		switch t, ok := r.Catalogue().Table(name); {
		case !ok:
			return nil, fmt.Errorf("--table %s: there is no such table; use %s", name, strings.Join(tableNames(r), ", "))
		case !t.On(r.Target()):
			return nil, fmt.Errorf("--table %s: %s does not have it; use another table or --target", name, r.Target().Title())
		}
		ds = append(ds, review.ChooseTable{Table: name, On: true})
	}
	return ds, nil
}

func tableNames(r *review.Review) (names []string) {
	for _, t := range r.Catalogue().Tables() {
		if t.On(r.Target()) {
			names = append(names, t.Name)
		}
	}
	return names
}

// leaveOut reads --min-confidence. An IOC of unknown confidence stays.
func (s *shape) leaveOut(r *review.Review) ([]review.Decision, error) {
	if s.minConfidence < 0 || s.minConfidence > 100 {
		return nil, fmt.Errorf("--min-confidence %d: use a number from 0 to 100", s.minConfidence)
	}
	var below []int
	for i := range r.IOCs().Len() {
		ioc := r.IOCs().At(i)
		if r.On(i) && ioc.Confidence != feed.NoConfidence && ioc.Confidence < s.minConfidence {
			below = append(below, i)
		}
	}
	if len(below) == 0 {
		return nil, nil
	}
	return []review.Decision{review.Include{IOCs: below}}, nil
}

// attach reads --scenario. With all, what has no condition stays detached; see
// notExcluded.
func (s *shape) attach(r *review.Review) (ds []review.Decision, err error) {
	scenarios := r.Scenarios()
	for _, word := range s.scenarios {
		switch word {
		case "none":
			for i := range scenarios {
				ds = append(ds, review.Attach{Scenario: i})
			}
		case "all":
			for i := range scenarios {
				if scenarios[i].Condition != nil {
					ds = append(ds, review.Attach{Scenario: i, On: true, Accept: s.acceptRisks})
				}
			}
		default:
			i, err := scenarioNumbered(word, scenarios)
			if err != nil {
				return nil, err
			}
			ds = append(ds, review.Attach{Scenario: i, On: true, Accept: s.acceptRisks})
		}
	}
	return ds, nil
}

func scenarioNumbered(word string, scenarios []review.Scenario) (int, error) {
	i, err := strconv.Atoi(word)
	switch {
	case len(scenarios) == 0:
		return 0, fmt.Errorf("--scenario %s: the documents have no scenario; use all or none", word)
	case err != nil || i < 1 || i > len(scenarios):
		return 0, fmt.Errorf("--scenario %s: use a number from 1 to %d, all, or none", word, len(scenarios))
	case scenarios[i-1].Condition == nil:
		return 0, fmt.Errorf("--scenario %s: nothing in its filter could be turned into a condition, so there is nothing to attach", word)
	}
	return i - 1, nil
}

// notExcluded says which scenarios --scenario all could not attach.
func (s *shape) notExcluded(r *review.Review) (findings []feed.Finding) {
	if !slices.Contains(s.scenarios, "all") {
		return nil
	}
	for i, sc := range r.Scenarios() {
		if sc.Condition == nil {
			findings = append(findings, feed.Finding{
				Code: "not-excluded", Severity: feed.Warning, Source: sc.Source,
				Text: fmt.Sprintf("scenario %d is not attached: nothing in its filter could be turned into a condition", i+1),
			})
		}
	}
	return findings
}
