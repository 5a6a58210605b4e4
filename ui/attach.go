package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions"
	"quarry/review"
)

// attach attaches the scenario under the cursor, or detaches it. Where no hunt
// would change it says why instead. Accepting takes along where it fits partly;
// what is dangerous it tells first, and takes along when that is asked for again.
func (m *Model) attach(accept bool) tea.Cmd {
	i := m.scenarios.win.at
	s := m.review.Scenario(i)
	usable, risky := m.usable(i)
	attached, accepted := m.review.Attached(i)
	worst := worstRisk(m.scenarios.fitsOf(i))
	accept = accept && worst != ""
	switch {
	case attached && (!accept || accepted == exclusions.Dangerous || accepted == worst):
		return m.decide(review.Attach{Scenario: s.ID}, "")
	case s.Condition != nil && len(usable) == 0 && !accept:
		m.say(warn, m.whyUnusable(i, risky))
		m.warnOf(s, worst)
		return nil
	}
	want := exclusions.Fit("")
	if accept && m.fitsPartly(i) {
		want = exclusions.Partly
	}
	unsaid := accept && worst == exclusions.Dangerous && m.scenarios.warned != s
	if accept && worst == exclusions.Dangerous && !unsaid {
		want = exclusions.Dangerous
	}
	if unsaid && want == "" && len(usable) == 0 || unsaid && attached && accepted == want {
		m.say(warn, m.dangerWords(i)+"; "+m.key("attach-anyway")+" again attaches it all the same")
		m.warnOf(s, worst)
		return nil
	}
	cmd := m.decide(review.Attach{Scenario: s.ID, On: true, Accept: want}, "")
	if now, _ := m.review.Attached(i); now {
		m.say(m.attachedMeans(i))
		m.previewUse(i)
		if unsaid {
			m.say(warn, m.dangerWords(i)+"; ! again accepts that too, it is attached elsewhere")
			m.warnOf(s, worst)
		}
	}
	return cmd
}

// warnOf remembers that the dangers of a scenario were told.
func (m *Model) warnOf(s *review.Scenario, worst exclusions.Fit) {
	if worst == exclusions.Dangerous {
		m.scenarios.warned = s
	}
}

// worstRisk is the worst fit that an analyst would have to accept, or "".
func worstRisk(fits []review.TableFit) (worst exclusions.Fit) {
	for _, f := range fits {
		if f.Risky() && f.Condition != nil && worst != exclusions.Dangerous {
			worst = f.Fit
		}
	}
	return worst
}

// fitsPartly reports whether there is a table where the scenario fits partly.
func (m *Model) fitsPartly(i int) bool {
	for _, f := range m.scenarios.fitsOf(i) {
		if f.Fit == exclusions.Partly && f.Condition != nil {
			return true
		}
	}
	return false
}

// dangerWords say where a scenario is dangerous, and why.
func (m *Model) dangerWords(i int) string {
	var tables []string
	reason := ""
	for _, f := range m.scenarios.fitsOf(i) {
		if f.Fit == exclusions.Dangerous {
			if tables = append(tables, f.Table.Name); reason == "" {
				reason = f.Reason
			}
		}
	}
	return "dangerous in " + strings.Join(tables, ", ") + ": " + reason
}

// usable lists the tables where a scenario can be used as it is, and those
// where its risks would have to be accepted.
func (m *Model) usable(i int) (usable, risky []string) {
	for _, f := range m.scenarios.fitsOf(i) {
		switch {
		case f.Fit == exclusions.Expressible:
			usable = append(usable, f.Table.Name)
		case f.Risky() && f.Condition != nil:
			risky = append(risky, f.Table.Name)
		}
	}
	return usable, risky
}

// whyUnusable says why attaching a scenario would change no hunt.
func (m *Model) whyUnusable(i int, risky []string) string {
	fits := worstFits(m.scenarios.fitsOf(i))
	switch {
	case len(risky) > 0:
		return fmt.Sprintf("not attached, %s attaches it all the same: %s in %s: %s", m.key("attach-anyway"), fits[0].Fit, strings.Join(risky, ", "), fits[0].Reason)
	case len(fits) > 0:
		return fmt.Sprintf("not attached, it would change no hunt: %s; %s shows all reasons", fits[0].Reason, m.key("details"))
	}
	return "not attached: no table is chosen; " + m.key("tables") + " goes to the tables"
}

// attachedMeans says what an attached scenario does to the queries.
func (m *Model) attachedMeans(i int) (style, string) {
	var used, waiting []string
	risk := exclusions.Fit("")
	for _, f := range worstFits(m.scenarios.fitsOf(i)) {
		switch {
		case f.Used:
			used = append(used, f.Table.Name)
			if f.Risky() && risk == "" {
				risk = f.Fit
			}
		case f.Risky() && f.Condition != nil:
			waiting = append(waiting, f.Table.Name)
		}
	}
	text := "attached to " + strings.Join(used, ", ")
	switch {
	case risk != "":
		return warn, string(risk) + ", accepted: " + text + "; " + m.key("undo") + " undoes"
	case len(waiting) > 0:
		return warn, text + "; not to " + strings.Join(waiting, ", ") + ", where " + m.key("attach-anyway") + " accepts the risks"
	}
	return good, text + "; " + m.key("undo") + " undoes"
}
