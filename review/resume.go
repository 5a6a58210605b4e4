package review

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// decided is what a reviewed bulletin says that its analyst decided.
type decided struct {
	by            Resumed
	target        kql.Target
	lookback      time.Duration
	knobs         kql.Knobs
	long          Long
	minConfidence int
	iocs          map[string]mark        // by IOC key
	tables        map[string]feed.Source // the chosen ones, by name; nil when nothing is said about tables
	scenarios     []attachment           // in the order of the documents
	conditions    []condition            // of the scenarios
}

// Resumed is a reviewed bulletin that a review goes on from.
type Resumed struct {
	File     string    // as the user named it
	Reviewer string    // "" when the bulletin names none
	At       time.Time // when it was exported; zero when the bulletin does not say
}

// Resumed lists the reviewed bulletins whose decisions the review began with,
// in the order of their documents. [Review.History] has none of those
// decisions: a reviewed bulletin says what was decided, not one by one.
func (r *Review) Resumed() []Resumed { return slices.Clone(r.resumed) }

// condition is that of a scenario; nil is the one that the filter is read as.
type condition struct {
	kql.Condition
	read bool // it is said to be the one that the filter is read as
}

// mark is what was decided about an IOC.
type mark struct {
	on       bool
	switched bool // on is not what the documents alone make of it
	verdict  Verdict
	note     string
}

// resume makes what the reviewed bulletins decided the beginning of the review.
func (j *join) resume() {
	switched, conditioned := map[int]bool{}, map[int]bool{}
	for p, part := range j.parts {
		d := part.decided
		if d == nil {
			continue
		}
		j.r.resumed = append(j.r.resumed, d.by)
		if p == 0 {
			j.r.base.target, j.r.base.lookback = d.target, d.lookback
			j.r.base.knobs, j.r.base.long, j.r.base.minConfidence = d.knobs, d.long, d.minConfidence
		}
		j.resumeIOCs(d, switched)
		j.resumeScenarios(p, conditioned)
	}
	j.resumeTables()
}

func (j *join) resumeIOCs(d *decided, switched map[int]bool) {
	s := &j.r.base
	for at := range j.r.iocs.Len() {
		i := j.r.iocs.At(at)
		m, ok := d.iocs[i.Key()]
		if !ok {
			continue
		}
		if m.switched && switched[at] && s.on[at] != m.on {
			j.clash(i, "switched it "+onOff(m.on))
		} else if m.switched {
			s.on[at], switched[at] = m.on, true
		}
		switch v := s.verdicts[at].verdict(); {
		case v == NoVerdict:
			s.verdicts[at] = m.verdict.code()
		case m.verdict != NoVerdict && m.verdict != v:
			j.clash(i, "called it "+string(m.verdict))
		}
		switch note, n := oneLine(m.note), s.notes[at]; {
		case note == "" || note == n:
		case n == "":
			s.notes[at] = note
		default:
			j.clash(i, "noted on it: "+note)
		}
	}
}

// clash reports a decision that another reviewed bulletin took differently.
func (j *join) clash(i feed.IOC, what string) {
	f := feed.Finding{
		Code: "decisions-differ", Severity: feed.Warning,
		Text: fmt.Sprintf("%s: another reviewed bulletin %s; the decision of the first one stands", feed.Defang(i.Type, i.Value), what),
	}
	if len(i.Sources) > 0 {
		f.Source = i.Sources[0]
	}
	j.find(f)
}

func (j *join) resumeScenarios(p int, conditioned map[int]bool) {
	d := j.parts[p].decided
	for k, at := range j.scenarios[p] {
		scenario, now := &j.r.scenarios[at], &j.r.base.scenarios[at]
		report := func(code string, severity feed.Severity, text string) {
			j.find(feed.Finding{Code: code, Severity: severity, Source: scenario.Source, Text: scenario.Name() + " " + text})
		}
		c := d.conditions[k]
		switch differs := kql.FormatCondition(c.Condition) != kql.FormatCondition(scenario.Condition); {
		case c.Condition == nil:
		case conditioned[at] && differs:
			report("decisions-differ", feed.Warning, "has another condition in another reviewed bulletin, "+kql.FormatCondition(c.Condition)+"; that of the first one stands")
		case differs:
			scenario.Reading = exclusions.Reading{Condition: c.Condition, Complete: true}
			if c.read {
				report("condition-differs", feed.Info, "has a condition that is not what its filter is read as; it is used as it stands there")
			}
		}
		conditioned[at] = conditioned[at] || c.Condition != nil
		switch a := d.scenarios[k]; {
		case !a.attached || a == *now:
		case scenario.Condition == nil:
			report("not-attached", feed.Error, "was attached but has no condition any more; it is detached")
		case !now.attached:
			*now = a
		default:
			report("decisions-differ", feed.Warning, "is attached ("+a.String()+") in another reviewed bulletin; the first one stands")
		}
	}
}

// resumeTables chooses the tables of all reviewed bulletins, and those that
// other documents ask for.
func (j *join) resumeTables() {
	if j.parts[0].decided == nil {
		return
	}
	chosen := map[string]bool{}
	for p, part := range j.parts {
		if part.decided == nil || part.decided.tables == nil {
			j.r.askedFor(j.fresh[p], chosen)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(part.decided.tables)) {
			if _, ok := j.r.catalogue.Table(name); ok {
				chosen[name] = true
				continue
			}
			j.find(feed.Finding{
				Code: "no-table", Severity: feed.Warning, Source: part.decided.tables[name],
				Text: fmt.Sprintf("the table %s was chosen but is not in the catalogue; it is left out", feed.Quote(name)),
			})
		}
	}
	j.r.base.tables = chosen
}
