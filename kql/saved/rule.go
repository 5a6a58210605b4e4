package saved

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quarry/feed"
	"quarry/kql"
)

// Limits of a Sentinel analytics rule, from Microsoft's documentation and the
// schema check of its public rules.
const (
	maxName        = 256   // UTF-16 units
	maxDescription = 5_000 // UTF-16 units
	minInterval    = 5 * time.Minute
	longPeriod     = 48 * time.Hour // from here on a rule runs hourly at most
	longFrequency  = time.Hour
	ruleVersion    = "1.0.0"
)

// DefaultFrequency is how often a rule runs unless told otherwise, or as far
// back as its hunt looks where that is less.
const DefaultFrequency = 24 * time.Hour

// Source is a hunt to save, with what a rule needs to know about it.
type Source struct {
	Table *kql.Table
	Hunt  kql.Hunt
	// IOCs are those that this very hunt looks for, as [kql.Table.Parts] and
	// [kql.Table.Carried] say: they decide severity and tactics.
	IOCs   []feed.IOC
	Family string // malware family or families of the IOCs, or ""
}

// RuleOptions are the choices that shape rules and hunting queries.
type RuleOptions struct {
	About
	Lookback  time.Duration // of the hunts; 0 is [kql.DefaultLookback]
	Frequency time.Duration // how often a rule runs; 0 is [DefaultFrequency]
	Disabled  bool          // a template deploys its rules switched off
}

// rule is a hunt as Sentinel saves it.
type rule struct {
	id, file          string
	name, description string
	table             string
	connectors        []string
	severity          string
	tactics           []string
	techniques        []string
	schedule          schedule
	query             string
	entities          []entityMapping
	details           map[string]string
}

// shape is one of the products' shapes that rules are written in.
type shape struct {
	means     string // for messages
	kind      string // tells ids apart; a rule has one id in YAML and in a template
	ending    string // of a file name
	scheduled bool
}

// newRules makes rules of hunts. Two hunts in one table, as when one was split
// in parts, are numbered.
func newRules(sources []Source, o RuleOptions, as shape) ([]rule, []feed.Finding, error) {
	if len(sources) == 0 {
		return nil, nil, &NothingError{Shape: as.means, Hunts: true}
	}
	if err := checkSources(sources, as); err != nil {
		return nil, nil, err
	}
	ts, err := builtinThreats()
	if err != nil {
		return nil, nil, err
	}
	es, err := builtinEntities()
	if err != nil {
		return nil, nil, err
	}
	o.About = o.clean()
	var when schedule
	var findings []feed.Finding
	if as.scheduled {
		when, findings = newSchedule(o.Lookback, o.Frequency)
	}
	var rules []rule
	parts := map[string]int{}
	for i := range sources {
		s := &sources[i]
		parts[s.Table.Name]++
		r := newRule(s, o, as, parts[s.Table.Name])
		r.schedule = when
		r.severity = ts.severity(s.IOCs)
		r.tactics, r.techniques = ts.attack(s.IOCs)
		var noRoom []string
		r.entities, noRoom = mapEntities(es, s.Table, s.Hunt.Columns)
		findings = append(findings, r.entityFindings(noRoom)...)
		rules = append(rules, r)
	}
	return rules, findings, nil
}

func checkSources(sources []Source, as shape) error {
	var long []LongQuery
	for i := range sources {
		s := &sources[i]
		if s.Hunt.Target != kql.Sentinel {
			return &TargetError{s.Table.Name}
		}
		if n := units(s.Hunt.Query); as.scheduled && n > kql.RuleChars {
			long = append(long, LongQuery{s.Table.Name, n})
		}
	}
	if long != nil {
		return &TooLongError{long, kql.RuleChars}
	}
	return nil
}

func newRule(s *Source, o RuleOptions, as shape, part int) rule {
	nth, key := "", s.Table.Name
	if part > 1 {
		nth = " (" + strconv.Itoa(part) + ")"
		key += "-" + strconv.Itoa(part)
	}
	suffix := ": IOCs in " + s.Table.Name + nth
	return rule{
		id:          newID(as.kind, o.Title, s.Table.Name, string(s.Hunt.Target), strconv.Itoa(part)),
		file:        Alias(o.Title) + "-" + key + as.ending,
		name:        cut(o.Title, maxName-units(suffix)) + suffix,
		description: describe(s, o),
		table:       s.Table.Name,
		connectors:  s.Table.Connectors,
		query:       s.Hunt.Query,
		details:     customDetails(s.Hunt.Columns),
	}
}

func describe(s *Source, o RuleOptions) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Looks in %s for %s of the review \"%s\"", s.Table.Name, iocs(s.Hunt.IOCs), cut(o.Title, 1_000))
	if family := oneLine(s.Family); family != "" {
		fmt.Fprintf(&b, ", malware family %s", cut(family, 1_000))
	}
	b.WriteString(".")
	if o.Reviewer != "" {
		fmt.Fprintf(&b, " Reviewed by %s.", cut(o.Reviewer, 1_000))
	}
	b.WriteString(" Written by Quarry.")
	return cut(b.String(), maxDescription)
}

func (r *rule) entityFindings(noRoom []string) []feed.Finding {
	switch {
	case len(r.entities) == 0:
		return []feed.Finding{{Code: "rule-no-entities", Severity: feed.Info,
			Text: r.table + ": the query returns no column that Sentinel knows as an entity, so alerts name none"}}
	case len(noRoom) > 0:
		return []feed.Finding{{Code: "rule-entities-cut", Severity: feed.Info,
			Text: fmt.Sprintf("%s: a rule maps %d columns to entities; not mapped: %s", r.table, maxMappings, strings.Join(noRoom, ", "))}}
	}
	return nil
}

// schedule is how often a rule runs and how far back it looks.
type schedule struct{ every, period time.Duration }

// newSchedule keeps a schedule inside the product's limits, and says where
// that or the choice itself means something else than the hunt does.
func newSchedule(lookback, frequency time.Duration) (schedule, []feed.Finding) {
	if lookback = lookback.Round(time.Minute); lookback < time.Minute {
		lookback = kql.DefaultLookback
	}
	var fs []feed.Finding
	add := func(code string, severity feed.Severity, format string, args ...any) {
		fs = append(fs, feed.Finding{Code: code, Severity: severity, Text: fmt.Sprintf(format, args...)})
	}
	span := kql.FormatLookback
	period := min(max(lookback, minInterval), kql.RuleLookback)
	if lookback > period {
		add("rule-lookback-cut", feed.Warning, "the hunts look back %s; a rule sees the last %s only, so nothing older raises an alert", span(lookback), span(period))
	}
	every := min(DefaultFrequency, period)
	if frequency > 0 {
		every = min(max(frequency.Round(time.Minute), minInterval), kql.RuleLookback)
		if period >= longPeriod {
			every = max(every, longFrequency)
		}
		if every != frequency {
			add("rule-frequency", feed.Warning, "a rule that looks back %s cannot run every %s; it runs every %s", span(period), frequency, span(every))
		}
		period = max(period, every)
	}
	switch seen := min(lookback, period); {
	case every > seen:
		add("rule-gap", feed.Warning, "the rules run every %s and the hunts look back %s, so what happens between two looks is never seen; look back longer", span(every), span(seen))
	case every < seen:
		add("rule-overlap", feed.Info, "the rules run every %s over the last %s, so one event can raise up to %d alerts; a look-back of %s raises one", span(every), span(seen), (seen+every-1)/every, span(every))
	}
	return schedule{every, period}, fs
}
