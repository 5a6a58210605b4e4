package review

import (
	"fmt"
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
}

// Fits judges every scenario against every chosen table that the target has,
// with the included IOCs.
func (r *Review) Fits() [][]TableFit {
	return r.fits(r.Included(), func(int) bool { return true })
}

func (r *Review) fits(included []feed.IOC, of func(scenario int) bool) [][]TableFit {
	all := make([][]TableFit, len(r.scenarios))
	families := r.Families()
	for i, s := range r.scenarios {
		if !of(i) {
			continue
		}
		for _, t := range r.chosen() {
			if !t.On(r.now.target) {
				continue
			}
			v := exclusions.Judge(exclusions.Case{
				Reading: s.Reading, Table: t, Target: r.now.target, IOCs: included, Families: families,
			})
			all[i] = append(all[i], TableFit{t, v, r.now.scenarios[i].uses(v)})
		}
	}
	return all
}

// uses reports whether an attachment leaves rows out where the fit is v.
func (a attachment) uses(v exclusions.Verdict) bool {
	switch v.Fit {
	case exclusions.Expressible:
		return a.attached
	case exclusions.Partly, exclusions.Dangerous:
		return a.accepted && v.Condition != nil
	}
	return false
}

// Fit judges scenario i against one table.
func (r *Review) Fit(i int, t *kql.Table) exclusions.Verdict {
	return exclusions.Judge(exclusions.Case{
		Reading: r.scenarios[i].Reading, Table: t, Target: r.now.target, IOCs: r.Included(), Families: r.Families(),
	})
}

// Applies reports whether an attached scenario with this fit leaves rows out.
func Applies(v exclusions.Verdict, accepted bool) bool {
	return attachment{attached: true, accepted: accepted}.uses(v)
}

// Risky reports whether the fit asks for the analyst's word before the scenario
// is used.
func (f TableFit) Risky() bool {
	return f.Fit == exclusions.Partly || f.Fit == exclusions.Dangerous
}

// options are the choices of a review that shape a table's hunt.
func (r *Review) options(t *kql.Table, fits [][]TableFit) kql.Options {
	o := kql.Options{Target: r.now.target, Lookback: r.now.lookback, Title: strings.Join(r.Families(), ", ")}
	for i, s := range r.scenarios {
		for _, f := range fits[i] {
			if f.Table != t || !f.Used {
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

// unused reports the attached scenarios that change no hunt, and those that
// wait for their risks to be accepted. What a scenario fits can change with
// the IOCs, so this is said at every hunt.
func (r *Review) unused(fits [][]TableFit) []feed.Finding {
	var fs []feed.Finding
	for i, s := range r.scenarios {
		if !r.now.scenarios[i].attached {
			continue
		}
		used := 0
		var waiting, reasons []string
		for _, f := range fits[i] {
			if f.Used {
				used++
				continue
			}
			reason := fmt.Sprintf("%s (%s: %s)", f.Table.Name, f.Fit, f.Reason)
			reasons = append(reasons, reason)
			if f.Risky() && f.Condition != nil {
				waiting = append(waiting, reason)
			}
		}
		f := feed.Finding{Code: "not-applied", Severity: feed.Warning, Source: s.Source}
		name := fmt.Sprintf("scenario %d, %s, is attached", i+1, s.Title)
		switch {
		case len(waiting) > 0:
			f.Text = name + " but waits for its risks to be accepted in " + strings.Join(waiting, "; ")
		case used == 0 && len(reasons) > 0:
			f.Text = name + " but changes no hunt: " + strings.Join(reasons, "; ")
		default:
			continue
		}
		fs = append(fs, f)
	}
	return fs
}
