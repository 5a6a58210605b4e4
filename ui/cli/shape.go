package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quarry/exclusions"
	"quarry/exclusions/library"
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
	acceptPartly  bool
	conditions    []string
	loads         []string
	sets          []string
	minConfidence int
	comments      bool
	match         string
	port          string
	ownSide       bool
	long          string

	set     func(flag string) bool // it was given
	library func(*kql.Catalogue) ([]library.Entry, int)
}

func (s *shape) addTo(cmd *cobra.Command, p *program) {
	f := cmd.Flags()
	s.set, s.library = f.Changed, p.loadLibrary
	f.StringArrayVar(&s.tables, "table", nil, "hunt in this table, not the document's own (repeat)")
	f.StringVar(&s.target, "target", "", "sentinel or defender")
	f.StringVar(&s.lookback, "lookback", "", "how far back: 7d, 36h, 90m")
	f.StringVar(&s.match, "match", "", "domains: exact, subdomain or loose (finds too much)")
	f.StringVar(&s.port, "port", "", "the port of an ip:port: label, require or ignore")
	f.BoolVar(&s.ownSide, "own-side", false, "look at columns of the protected side too")
	f.StringVar(&s.long, "long", "", "hunts too long for a rule: keep, split or watchlist")
	f.StringSliceVar(&s.scenarios, "scenario", nil, "attach scenario N (repeat), all, or none")
	f.StringArrayVar(&s.conditions, "condition", nil, "attach this condition; N=CONDITION edits scenario N")
	f.StringArrayVar(&s.loads, "load", nil, "attach the library's scenario of this title")
	f.StringArrayVar(&s.sets, "set", nil, "fill in a parameter of --load: NAME=VALUE,VALUE")
	f.BoolVar(&s.acceptPartly, "accept-partly", false, "attach also where a scenario fits partly")
	f.BoolVar(&s.acceptRisks, "accept-risks", false, "attach also where a scenario fits partly or is dangerous")
	f.IntVar(&s.minConfidence, "min-confidence", 0, "leave out IOCs whose stated confidence is below N")
}

// check refuses values of flags that can be told wrong without a document.
func (s *shape) check() error {
	for _, flags := range []func(*review.Review) ([]review.Decision, error){s.aim, s.turnKnobs, s.bound} {
		if _, err := flags(nil); err != nil {
			return &usageError{err}
		}
	}
	return nil
}

// decide takes the decisions that the flags stand for; what no flag says is as
// the settings have it. The error is a [*usageError].
func (s *shape) decide(r *review.Review, c *config) error {
	if !s.set("comments") {
		s.comments = c.comments
	}
	for _, flags := range []func(*review.Review) ([]review.Decision, error){s.aim, s.turnKnobs, s.bound, s.chooseTables, s.editConditions, s.attach, s.addConditions, s.load} {
		decisions, err := flags(r)
		if err != nil {
			return &usageError{err}
		}
		for _, d := range decisions {
			if _, err := r.Decide(d, c.reviewer, time.Now()); err != nil {
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

// turnKnobs reads --match, --port, --own-side and --long.
func (s *shape) turnKnobs(*review.Review) (ds []review.Decision, err error) {
	if s.match != "" {
		m, err := kql.ParseMatch(s.match)
		if err != nil {
			return nil, fmt.Errorf("--match: %w", err)
		}
		ds = append(ds, review.SetMatch{Match: m})
	}
	if s.port != "" {
		p, err := kql.ParsePortMode(s.port)
		if err != nil {
			return nil, fmt.Errorf("--port: %w", err)
		}
		ds = append(ds, review.SetPort{Port: p})
	}
	if s.set("own-side") {
		ds = append(ds, review.SetOwnSide{On: s.ownSide})
	}
	if s.long != "" {
		l, err := review.ParseLong(s.long)
		if err != nil {
			return nil, fmt.Errorf("--long: %w", err)
		}
		ds = append(ds, review.SetLong{Long: l})
	}
	return ds, nil
}

// bound reads --min-confidence.
func (s *shape) bound(*review.Review) ([]review.Decision, error) {
	if s.minConfidence < 0 || s.minConfidence > 100 {
		return nil, fmt.Errorf("--min-confidence %d: use a number from 0 to 100", s.minConfidence)
	}
	if !s.set("min-confidence") {
		return nil, nil
	}
	return []review.Decision{review.SetMinConfidence{Percent: s.minConfidence}}, nil
}

// chooseTables reads --table: the tables that are named, and no other.
func (s *shape) chooseTables(r *review.Review) (ds []review.Decision, err error) {
	if len(s.tables) == 0 {
		return nil, nil
	}
	var named []string
	for _, name := range s.tables {
		table, err := tableNamed(r, name)
		if err != nil {
			return nil, fmt.Errorf("--table %s: %w", name, err)
		}
		named = append(named, table)
	}
	for _, t := range r.Tables() {
		if t.Chosen && !slices.Contains(named, t.Table.Name) {
			ds = append(ds, review.ChooseTable{Table: t.Table.Name})
		}
	}
	for _, name := range named {
		ds = append(ds, review.ChooseTable{Table: name, On: true})
	}
	return ds, nil
}

// tableNamed is the name of a table of the target, which may be written in any
// case.
func tableNamed(r *review.Review, name string) (string, error) {
	var names []string
	for _, t := range r.Catalogue().Tables() {
		switch on := t.On(r.Target()); {
		case !strings.EqualFold(t.Name, name):
			if on {
				names = append(names, t.Name)
			}
		case !on:
			return "", fmt.Errorf("%s does not have it; use another table or --target", r.Target().Title())
		default:
			return t.Name, nil
		}
	}
	meant := ""
	if near := feed.Nearest(name, names); near != "" {
		meant = "did you mean " + near + "? "
	}
	return "", fmt.Errorf("there is no such table; %squarry tables lists them", meant)
}

// whyNoHunt is why there is no hunt at all.
func whyNoHunt(r *review.Review, findings []feed.Finding) string {
	switch {
	case slices.ContainsFunc(findings, func(f feed.Finding) bool { return f.Severity == feed.Error }):
		return "none could be written, for the errors above"
	case r.Hunted().Sum() > 0:
		return "no chosen table can carry an IOC that is on"
	case r.Held().Sum() > 0:
		return fmt.Sprintf("the minimum confidence of %d%% leaves out all that is on; use a lower --min-confidence", r.MinConfidence())
	}
	return "no IOC is on"
}

// accepted is the worst fit that the flags accept.
func (s *shape) accepted() exclusions.Fit {
	switch {
	case s.acceptRisks:
		return exclusions.Dangerous
	case s.acceptPartly:
		return exclusions.Partly
	}
	return ""
}

// editConditions reads what --condition says of scenarios that are there.
func (s *shape) editConditions(r *review.Review) (ds []review.Decision, err error) {
	for _, text := range s.conditions {
		number, condition, edits := numberedCondition(text)
		if !edits {
			continue
		}
		if _, err := kql.ParseCondition(condition); err != nil && strings.TrimSpace(condition) != "" {
			return nil, fmt.Errorf("--condition %s: %w", feed.Quote(text), err)
		}
		if number < 1 || number > r.ScenarioCount() {
			return nil, fmt.Errorf("--condition %s: there is no scenario %d; quarry scenarios lists them", feed.Quote(text), number)
		}
		ds = append(ds, review.EditCondition{Scenario: r.Scenario(number - 1).ID, Condition: condition})
	}
	return ds, nil
}

// addConditions reads the others: each is a scenario of the analyst's own, which
// is attached.
func (s *shape) addConditions(r *review.Review) (ds []review.Decision, err error) {
	next := r.NextScenario()
	for _, text := range s.conditions {
		if _, _, edits := numberedCondition(text); edits {
			continue
		}
		if _, err := kql.ParseCondition(text); err != nil {
			return nil, fmt.Errorf("--condition %s: %w", feed.Quote(text), err)
		}
		ds = append(ds,
			review.NewScenario{Title: "from the command line", Condition: text},
			review.Attach{Scenario: next, On: true, Accept: s.accepted()})
		next--
	}
	return ds, nil
}

// numberedCondition takes the number of a scenario from the front of a condition.
func numberedCondition(text string) (number int, condition string, ok bool) {
	word, condition, ok := strings.Cut(text, "=")
	number, err := strconv.Atoi(strings.TrimSpace(word))
	return number, condition, ok && err == nil
}

// attach reads --scenario. With all, what has no condition stays detached; see
// notExcluded.
func (s *shape) attach(r *review.Review) (ds []review.Decision, err error) {
	scenarios := r.Scenarios()
	for _, word := range s.scenarios {
		switch word {
		case "none":
			for i := range scenarios {
				ds = append(ds, review.Attach{Scenario: scenarios[i].ID})
			}
		case "all":
			for i := range scenarios {
				if scenarios[i].Condition != nil {
					ds = append(ds, review.Attach{Scenario: scenarios[i].ID, On: true, Accept: s.accepted()})
				}
			}
		default:
			i, err := scenarioNumbered("--scenario", word, scenarios)
			if err != nil {
				return nil, err
			}
			ds = append(ds, review.Attach{Scenario: scenarios[i].ID, On: true, Accept: s.accepted()})
		}
	}
	return ds, nil
}

func scenarioNumbered(flag, word string, scenarios []*review.Scenario) (int, error) {
	i, err := strconv.Atoi(word)
	switch {
	case len(scenarios) == 0:
		return 0, fmt.Errorf("%s %s: the documents have no scenario; use all or none", flag, word)
	case err != nil || i < 1 || i > len(scenarios):
		return 0, fmt.Errorf("%s %s: use a number from 1 to %d, all, or none", flag, word, len(scenarios))
	case scenarios[i-1].Condition == nil:
		return 0, fmt.Errorf("%s %s: nothing in its filter could be turned into a condition, so there is nothing to attach", flag, word)
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
