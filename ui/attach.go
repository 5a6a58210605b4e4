package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions"
	"quarry/review"
)

// armed is a scenario whose dangers were told by the first key: the next one
// accepts them, if it comes at once and they are still the same.
type armed struct {
	scenario *review.Scenario
	dangers  string
}

// disarm follows any other key.
func (m *Model) disarm() { m.scenarios.armed = armed{} }

// attach attaches the scenario under the cursor where it is expressible, or
// detaches it. Where no hunt would change it says why instead.
func (m *Model) attach() tea.Cmd {
	i := m.scenarios.win.at
	s := m.review.Scenario(i)
	usable, risky := m.usable(i)
	if on, _ := m.review.Attached(i); !on && s.Condition != nil && len(usable) == 0 {
		m.say(warn, m.whyUnusable(i, risky))
		return nil
	} else if on {
		return m.decide(review.Attach{Scenario: s.ID}, "")
	}
	m.attachWith(i, "")
	return nil
}

// attachAnyway is attach that takes along where the scenario fits partly. What is
// dangerous the first key tells, and the next takes along.
func (m *Model) attachAnyway() tea.Cmd {
	i := m.scenarios.win.at
	s := m.review.Scenario(i)
	was := m.scenarios.armed
	m.disarm()
	on, accepted := m.review.Attached(i)
	risk := worstRisk(m.scenarios.fitsOf(i))
	asks := asked(m.scenarios.fitsOf(i))
	switch {
	case risk == "":
		return m.attach()
	case m.acceptedAll(risk, asks):
		return m.decide(review.Attach{Scenario: s.ID}, "")
	case risk == exclusions.Partly:
		m.attachWith(i, exclusions.Partly)
		return nil
	}
	now := armed{s, m.dangerWords(i)}
	if was == now {
		m.attachWith(i, exclusions.Dangerous)
		return nil
	}
	usable, _ := m.usable(i)
	where := ""
	if want := m.harmless(i); asks == "" && (want != "" || len(usable) > 0) && (!on || accepted != want) && m.attachWith(i, want) {
		where = "; it is attached elsewhere"
		now.dangers = m.dangerWords(i)
	}
	m.scenarios.armed = now
	m.say(warn, now.dangers+"; "+m.key("attach-anyway")+" again accepts that"+where)
	return nil
}

// attachWord is what the key that attaches does now.
func attachWord(m *Model) string {
	if on, _ := m.review.Attached(m.scenarios.win.at); on {
		return "detach"
	}
	return "attach"
}

// riskWord is what the key that accepts risks does now, "" where there are none to
// accept.
func riskWord(m *Model) string {
	fits := m.scenarios.fitsOf(m.scenarios.win.at)
	if worst := worstRisk(fits); worst == "" || m.acceptedAll(worst, asked(fits)) {
		return ""
	}
	return "accept risks"
}

// acceptedAll reports whether the scenario under the cursor is attached with all of
// its risks, the worst of which is given, and nothing asks for more.
func (m *Model) acceptedAll(worst exclusions.Fit, asks string) bool {
	on, accepted := m.review.Attached(m.scenarios.win.at)
	return on && asks == "" && (accepted == exclusions.Dangerous || accepted == worst)
}

// harmless is what can be accepted without accepting dangers.
func (m *Model) harmless(i int) exclusions.Fit {
	if m.fitsPartly(i) {
		return exclusions.Partly
	}
	return ""
}

// attachWith attaches a scenario, accepting fits up to one, and reports whether it
// is attached then.
func (m *Model) attachWith(i int, accept exclusions.Fit) bool {
	if m.take(review.Attach{Scenario: m.review.Scenario(i).ID, On: true, Accept: accept}, "") != nil {
		return false
	}
	on, _ := m.review.Attached(i)
	if on {
		m.say(m.attachedMeans(i))
		m.previewUse(i)
	}
	return on
}

// asked is a danger that came after others were accepted, or "".
func asked(fits []review.TableFit) string {
	for _, f := range fits {
		if f.Asks != "" {
			return f.Asks
		}
	}
	return ""
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

// dangerWords say where a scenario is dangerous, and why: of one whose dangers were
// accepted, what came since.
func (m *Model) dangerWords(i int) string {
	var tables []string
	reason, fits := "", m.scenarios.fitsOf(i)
	asks, what := asked(fits), "dangerous in "
	if asks != "" {
		what = "accepted, but also dangerous in "
	}
	for _, f := range fits {
		why := f.Reason
		if asks != "" {
			why = f.Asks
		}
		if f.Fit == exclusions.Dangerous && why != "" {
			if tables = append(tables, f.Table.Name); reason == "" {
				reason = why
			}
		}
	}
	return what + strings.Join(tables, ", ") + ": " + reason
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
		press := m.key("attach-anyway")
		if fits[0].Fit == exclusions.Dangerous {
			press += " twice"
		}
		return fmt.Sprintf("not attached, %s attaches it all the same: %s in %s: %s", press, fits[0].Fit, strings.Join(risky, ", "), fits[0].Reason)
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
