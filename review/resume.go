package review

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"quarry/feed"
	"quarry/kql"
)

// decided is what a reviewed bulletin says that its analyst decided.
type decided struct {
	by            []Resumed // the reviews that it tells of, the first one first; there is one at least
	target        kql.Target
	lookback      time.Duration
	knobs         kql.Knobs
	long          Long
	minConfidence int
	iocs          map[string]mark        // by IOC key
	tables        map[string]feed.Source // the chosen ones, by name; nil when nothing is said about tables
	scenarios     []*readScenario        // those of the documents, in their order
	order         []*readScenario        // all, in the order of the bulletin
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
	placed := make([]map[*readScenario]int, len(j.parts))
	for p, part := range j.parts {
		d := part.decided
		if d == nil {
			continue
		}
		j.r.resumed = append(j.r.resumed, d.by...)
		if p == 0 {
			j.r.base.target, j.r.base.lookback = d.target, d.lookback
			j.r.base.knobs, j.r.base.long, j.r.base.minConfidence = d.knobs, d.long, d.minConfidence
		}
		j.resumeIOCs(d, switched)
		j.resumeScenarios(p, conditioned)
		placed[p] = j.resumeWritten(p)
	}
	for p := len(j.parts) - 1; p >= 0; p-- {
		if placed[p] != nil {
			j.resumeOrder(p, placed[p])
		}
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
	for k, at := range j.scenarios[p] {
		c, now := j.parts[p].decided.scenarios[k], &j.r.base.scenarios[at]
		report := func(code string, severity feed.Severity, text string) {
			j.find(feed.Finding{Code: code, Severity: severity, Source: now.Source, Text: now.Name() + " " + text})
		}
		switch differs := kql.FormatCondition(c.condition) != kql.FormatCondition(now.Condition); {
		case c.condition == nil:
		case conditioned[at] && differs:
			report("decisions-differ", feed.Warning, "has another condition in another reviewed bulletin, "+kql.FormatCondition(c.condition)+"; that of the first one stands")
		case differs, c.announced == writtenWords && !now.Edited:
			now.Scenario = now.with(c.condition)
			if c.announced == readWords {
				report("condition-differs", feed.Info, "has a condition that is not what its filter is read as; it is used as it stands there")
			}
		}
		conditioned[at] = conditioned[at] || c.condition != nil
		switch note := oneLine(c.note); {
		case note == "" || note == now.Note:
		case now.Note == "":
			n := *now.Scenario
			n.Note, now.Scenario = note, &n
		default:
			report("decisions-differ", feed.Warning, "has another note in another reviewed bulletin: "+note)
		}
		switch a := c.attachment; {
		case !a.attached || a == now.attachment:
		case now.Condition == nil:
			report("not-attached", feed.Error, "was attached but has no condition any more; it is detached")
		case !now.attached:
			now.attachment = a
		default:
			report("decisions-differ", feed.Warning, "is attached ("+a.String()+") in another reviewed bulletin; the first one stands")
		}
	}
}

// resumeWritten takes in the scenarios that the reviewer of a part wrote, and
// gives the IDs of all scenarios of the part. What another reviewed bulletin
// wrote in the same words is in the review once.
func (j *join) resumeWritten(p int) map[*readScenario]int {
	ids := map[*readScenario]int{}
	d, s := j.parts[p].decided, &j.r.base
	for k, at := range j.scenarios[p] {
		ids[d.scenarios[k]] = at
	}
	taken := map[int]bool{}
	for _, o := range d.order {
		if !o.own {
			continue
		}
		c := cleaner{names: map[string]string{}}
		text := feed.Scenario{Title: c.line(o.Title), Description: c.line(o.Description), Filter: c.line(o.Filter)}
		n := newScenario(text, -s.created-1, -1)
		if o.announced == writtenWords || kql.FormatCondition(n.Condition) != kql.FormatCondition(o.condition) {
			n = n.with(o.condition)
		}
		n.Note = oneLine(o.note)
		same := slices.IndexFunc(s.scenarios, func(w scenarioState) bool {
			return w.Written() && !taken[w.ID] && sameText(w.Scenario.Scenario, text) && kql.FormatCondition(w.Condition) == kql.FormatCondition(n.Condition)
		})
		if p > 0 && same >= 0 {
			ids[o], taken[s.scenarios[same].ID] = s.scenarios[same].ID, true
			continue
		}
		s.created++
		if n.Condition == nil && o.attached {
			j.find(feed.Finding{Code: "not-attached", Severity: feed.Error, Source: feed.Source{Name: d.by[0].File, Line: o.line}, Text: n.Name() + " was attached but has no condition any more; it is detached"})
			o.attachment = attachment{}
		}
		s.scenarios = append(s.scenarios, scenarioState{n, o.attachment})
		ids[o], taken[n.ID] = n.ID, true
	}
	return ids
}

// resumeOrder puts the scenarios of a part in its order, at the places that they
// have in the review, and each that its reviewer wrote behind the one that it
// stands behind there.
func (j *join) resumeOrder(p int, ids map[*readScenario]int) {
	s := &j.r.base
	var order []scenarioState
	mine := map[int]bool{}
	for _, o := range j.parts[p].decided.order {
		if at, err := s.find(ids[o]); err == nil && !mine[ids[o]] {
			order = append(order, s.scenarios[at])
			mine[ids[o]] = true
		}
	}
	var all []scenarioState
	for _, have := range s.scenarios {
		switch {
		case !mine[have.ID]:
			all = append(all, have)
		case !have.Written(): // a place of the part's published scenarios
			for k, o := range order {
				all = append(all, o)
				if !o.Written() {
					order = order[k+1:]
					break
				}
			}
		}
	}
	s.scenarios = append(all, order...)
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
