package review

import (
	"fmt"
	"slices"
	"strings"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// TableFit is how a scenario fits a chosen table.
type TableFit struct {
	Table *kql.Table
	exclusions.Verdict
	// Used reports whether the scenario leaves rows out of the table's hunt: it
	// is attached, and expressible there, or partly or dangerous with its risks
	// accepted.
	Used bool
	// Asks is a danger that came after others were accepted, and is to be accepted
	// too before the scenario leaves rows out here; "" where there is none.
	Asks string
}

// fits judges every scenario against every chosen table that the target has. Of
// too many IOCs there is no hunt, so there is nothing to judge.
func (r *Review) fits(chosen []*kql.Table, hunted []*kql.Indicator, tooMany bool) [][]TableFit {
	all := make([][]TableFit, len(r.now.scenarios))
	if len(all) == 0 {
		return all
	}
	included := make([]feed.IOC, len(hunted))
	for i, x := range hunted {
		included[i] = x.IOC
	}
	for i, s := range r.now.scenarios {
		all[i] = r.fitsOf(s, chosen, included, tooMany)
	}
	return all
}

// fitsOf judges one scenario.
func (r *Review) fitsOf(s scenarioState, chosen []*kql.Table, included []feed.IOC, tooMany bool) []TableFit {
	all, families := make([]TableFit, 0, len(chosen)), r.Families()
	for _, t := range chosen {
		if !t.On(r.now.target) {
			continue
		}
		v := exclusions.Verdict{Fit: exclusions.NoEffect, Reason: "there is no hunt while so many IOCs are on"}
		if !tooMany {
			v = r.question(s.Scenario, t, families).Judge(included)
		}
		all = append(all, TableFit{t, v, s.uses(v), s.asks(v)})
	}
	return all
}

// Try judges a condition that is still being written against every chosen table
// that the target has, as a scenario with it would be judged. Without a
// condition it judges what the filter of the scenario is read as.
func (r *Review) Try(s feed.Scenario, c kql.Condition) (exclusions.Reading, []TableFit) {
	tried := newScenario(s, -1, -1).with(c)
	included, families := r.Included(), r.Families()
	tooMany := len(included) > MaxHunted
	var all []TableFit
	for _, t := range r.chosen() {
		if !t.On(r.now.target) || tooMany {
			continue
		}
		v := exclusions.Judge(exclusions.Case{Reading: tried.Reading, Table: t, Target: r.now.target, IOCs: included, Families: families})
		all = append(all, TableFit{Table: t, Verdict: v})
	}
	return tried.Reading, all
}

// question names one of a review's questions about its scenarios. A scenario is
// known by its ID and by what an analyst wrote of it.
type question struct {
	scenario int
	written  string
	table    string
	target   kql.Target
}

// question is how a scenario fits a table, but for the IOCs.
func (r *Review) question(s *Scenario, t *kql.Table, families []string) *exclusions.Question {
	key := question{s.ID, "", t.Name, r.now.target}
	switch {
	case s.Edited:
		key.written = kql.FormatCondition(s.Condition)
	case s.Written():
		key.written = "filter: " + s.Filter
	}
	q, ok := r.questions[key]
	if !ok {
		if r.questions == nil {
			r.questions = map[question]*exclusions.Question{}
		}
		q = exclusions.Ask(exclusions.Case{Reading: s.Reading, Table: t, Target: r.now.target, Families: families})
		r.questions[key] = q
	}
	return q
}

// uses reports whether an attachment leaves rows out where the fit is v.
func (a attachment) uses(v exclusions.Verdict) bool {
	switch v.Fit {
	case exclusions.Expressible:
		return a.attached
	case exclusions.Partly:
		return a.accepted != "" && v.Condition != nil
	case exclusions.Dangerous:
		return a.accepted == exclusions.Dangerous && v.Condition != nil && a.asks(v) == ""
	}
	return false
}

// asks is the first danger that is not among those that were accepted, "" where
// none were, or all are.
func (a attachment) asks(v exclusions.Verdict) string {
	if a.accepted != exclusions.Dangerous || a.dangers == "" {
		return ""
	}
	known := strings.Fields(a.dangers)
	for _, d := range v.Dangers {
		if !slices.Contains(known, d.Code) {
			return d.Text
		}
	}
	return ""
}

// Risky reports whether the fit asks for the analyst's word before the scenario
// is used.
func (f TableFit) Risky() bool {
	return f.Fit == exclusions.Partly || f.Fit == exclusions.Dangerous
}

// options are the choices of a review that shape a table's hunt.
func (r *Review) options(t *kql.Table, fits [][]TableFit) kql.Options {
	o := kql.Options{Target: r.now.target, Lookback: r.now.lookback, Knobs: r.now.knobs}
	for i, s := range r.now.scenarios {
		for _, f := range fits[i] {
			if f.Table.Name != t.Name || !f.Used {
				continue
			}
			e := kql.Exclusion{Title: s.Title, Condition: f.Condition}
			if f.Fit != exclusions.Expressible {
				e.Mark = string(f.Fit) + ": " + f.Reason
			}
			o.Exclusions = append(o.Exclusions, e)
		}
	}
	return o
}

// huntTitle names a hunt in its first comment by the families of what it looks for,
// and says there what the minimum confidence leaves out.
func (r *Review) huntTitle(of families) string {
	title := of.String()
	held := r.Held()
	if held.Sum() == 0 {
		return title
	}
	if title != "" {
		title += "; "
	}
	return fmt.Sprintf("%s%s below %d%% confidence left out", title, held, r.now.minConfidence)
}

// riskWords say what is wrong where a scenario waits for that to be accepted, and
// which flag of the command line does it.
var riskWords = map[exclusions.Fit]struct{ why, flag string }{
	exclusions.Partly:    {"only a part of it can be used", "--accept-partly"},
	exclusions.Dangerous: {"it is dangerous", "--accept-risks"},
}

// unused reports where attached scenarios leave nothing out: tables where they
// wait for their risks to be accepted, and tables where they do not fit. What a
// scenario fits can change with the IOCs, so this is said with every hunt.
func (r *Review) unused(fits [][]TableFit) []feed.Finding {
	var fs []feed.Finding
	for i, s := range r.now.scenarios {
		if !s.attached {
			continue
		}
		name := fmt.Sprintf("scenario %d", i+1)
		if s.Title != "" {
			name += ", " + s.Title + ","
		}
		say := func(severity feed.Severity, format string, args ...any) {
			fs = append(fs, feed.Finding{Code: "not-excluded", Severity: severity, Source: s.Source, Text: name + " " + fmt.Sprintf(format, args...)})
		}
		used := false
		var without []string
		for _, f := range fits[i] {
			switch {
			case f.Used:
				used = true
			case f.Asks != "":
				say(feed.Warning, "is not in the hunt of %s any more: what was accepted was another danger than that %s; it is put there when this is accepted too (! in the workbench, --accept-risks on the command line)",
					f.Table.Name, f.Asks)
			case f.Risky() && f.Condition != nil:
				risk := riskWords[f.Fit]
				say(feed.Warning, "is not in the hunt of %s, where %s: %s; it is put there when that is accepted (! in the workbench, %s on the command line)",
					f.Table.Name, risk.why, f.Reason, risk.flag)
			default:
				without = append(without, fmt.Sprintf("%s (%s)", f.Table.Name, f.Fit))
			}
		}
		switch {
		case len(without) == 0:
		case used:
			say(feed.Info, "leaves nothing out of %s", strings.Join(without, ", "))
		default:
			say(feed.Warning, "is attached but changes no hunt: %s", strings.Join(without, ", "))
		}
	}
	return fs
}
