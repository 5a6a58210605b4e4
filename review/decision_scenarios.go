package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// Attach attaches a scenario, so that its condition leaves rows out of every
// chosen table where it fits, or detaches it. Where the fit is partly or
// dangerous the condition is only used when that was accepted.
type Attach struct {
	Scenario int  `json:"scenario"` // its ID
	On       bool `json:"on"`
	// Accept is the worst fit that is accepted: [exclusions.Partly], or
	// [exclusions.Dangerous], which accepts partly too; "" accepts neither.
	Accept exclusions.Fit `json:"accept"`
	// Dangers are the codes of the dangers that are accepted; another one that
	// comes later is asked about again. None is whatever there is: [Review.Decide]
	// puts those there that the chosen tables have.
	Dangers []string `json:"dangers,omitempty"`
}

// noDanger stands for the dangers of a scenario that has none.
const noDanger = "none"

// told is the decision with the dangers that it accepts: those that the
// scenario has on the chosen tables now. Where it has none it accepts none.
func (d Attach) told(r *Review) Attach {
	at, err := r.now.find(d.Scenario)
	if !d.On || d.Accept != exclusions.Dangerous || len(d.Dangers) > 0 || err != nil {
		return d
	}
	for _, f := range r.fitsOf(r.now.scenarios[at], r.chosen(), r.Included(), r.tooMany() != nil) {
		for _, danger := range f.Dangers {
			if !slices.Contains(d.Dangers, danger.Code) {
				d.Dangers = append(d.Dangers, danger.Code)
			}
		}
	}
	if len(d.Dangers) == 0 {
		d.Dangers = []string{noDanger}
	}
	slices.Sort(d.Dangers)
	return d
}

func (d Attach) apply(_ *Review, s *state) (bool, error) {
	at, err := s.find(d.Scenario)
	if err != nil {
		return false, err
	}
	switch d.Accept {
	case "", exclusions.Partly, exclusions.Dangerous:
	default:
		return false, &RefusedError{fmt.Sprintf("%q is no risk to accept; use partly or dangerous", d.Accept)}
	}
	if d.On && s.scenarios[at].Condition == nil {
		return false, &RefusedError{"nothing in this scenario could be turned into a condition, so there is nothing to attach"}
	}
	want := attachment{attached: d.On}
	if d.On {
		want.accepted = d.Accept
	}
	if want.accepted == exclusions.Dangerous {
		want.dangers = strings.Join(d.Dangers, " ")
	}
	return change(&s.scenarios[at].attachment, want), nil
}

func (d Attach) words(r *Review) string {
	name := r.scenarioName(d.Scenario)
	switch {
	case !d.On:
		return "detached " + name
	case d.Accept == exclusions.Dangerous:
		return "attached, risks accepted, " + name
	case d.Accept == exclusions.Partly:
		return "attached, also where it fits partly, " + name
	}
	return "attached " + name
}

// EditCondition writes the condition of a scenario, in the form of
// [kql.ParseCondition]; an empty one is the condition that the filter is read
// as. Risks that were accepted were those of the condition before.
type EditCondition struct {
	Scenario  int    `json:"scenario"` // its ID
	Condition string `json:"condition"`
}

func (d EditCondition) apply(_ *Review, s *state) (bool, error) {
	at, err := s.find(d.Scenario)
	if err != nil {
		return false, err
	}
	c, err := parsedCondition(d.Condition)
	if err != nil {
		return false, err
	}
	return s.replace(at, s.scenarios[at].with(c))
}

func (d EditCondition) words(r *Review) string {
	if at, err := r.now.find(d.Scenario); err == nil && !r.now.scenarios[at].Edited {
		return "took back the condition of " + r.scenarioName(d.Scenario)
	}
	return "wrote the condition of " + r.scenarioName(d.Scenario)
}

// NewScenario adds a scenario of the analyst's own behind the others. Without a
// condition it has the one that its filter is read as, if any.
type NewScenario struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Filter      string `json:"filter"`    // a sentence, as bulletins have it
	Condition   string `json:"condition"` // in the form of [kql.ParseCondition]
}

func (d NewScenario) apply(_ *Review, s *state) (bool, error) {
	n, err := d.scenario(-s.created - 1)
	if err != nil {
		return false, err
	}
	s.created++
	s.scenarios = append(s.scenarios, scenarioState{Scenario: n})
	return true, nil
}

// scenario is the scenario that is added.
func (d NewScenario) scenario(id int) (*Scenario, error) {
	c, err := parsedCondition(d.Condition)
	if err != nil {
		return nil, err
	}
	text := feed.Scenario{Title: oneLine(d.Title), Description: oneLine(d.Description), Filter: oneLine(d.Filter)}
	if text == (feed.Scenario{}) && c == nil {
		return nil, &RefusedError{"a scenario needs a title, a sentence or a condition"}
	}
	return newScenario(text, id, -1).with(c), nil
}

func (d NewScenario) words(r *Review) string {
	return "added " + r.scenarioName(r.now.scenarios[len(r.now.scenarios)-1].ID)
}

// DuplicateScenario adds a copy of a scenario behind it, as one that the analyst
// wrote, to be edited. The copy is not attached.
type DuplicateScenario struct {
	Scenario int `json:"scenario"` // its ID
}

func (d DuplicateScenario) apply(_ *Review, s *state) (bool, error) {
	at, err := s.find(d.Scenario)
	if err != nil {
		return false, err
	}
	s.created++
	n := *s.scenarios[at].Scenario
	n.ID, n.Document, n.Source, n.Cut = -s.created, -1, feed.Source{}, false
	n.Title = oneLine(n.Title + " (copy)")
	n.Description, n.Filter = oneLine(n.Description), oneLine(n.Filter)
	s.scenarios = slices.Insert(s.scenarios, at+1, scenarioState{Scenario: n.copied(s.scenarios[at].Scenario)})
	return true, nil
}

func (d DuplicateScenario) words(r *Review) string {
	return "duplicated " + r.scenarioName(d.Scenario)
}

// RewriteScenario changes title, sentence and condition of a scenario that the
// analyst wrote. What a document says stays as it is: of that only the condition
// can be edited.
type RewriteScenario struct {
	Scenario  int    `json:"scenario"` // its ID
	Title     string `json:"title"`
	Filter    string `json:"filter"`
	Condition string `json:"condition"`
}

func (d RewriteScenario) apply(_ *Review, s *state) (bool, error) {
	at, err := s.findWritten(d.Scenario, "what a document says stays as it is; edit the condition, or a duplicate")
	if err != nil {
		return false, err
	}
	was := s.scenarios[at].Scenario
	n, err := NewScenario{d.Title, was.Description, d.Filter, d.Condition}.scenario(was.ID)
	if err != nil {
		return false, err
	}
	n.Note = was.Note
	return s.replace(at, n)
}

func (d RewriteScenario) words(r *Review) string { return "rewrote " + r.scenarioName(d.Scenario) }

// RemoveScenario removes a scenario that the analyst wrote.
type RemoveScenario struct {
	Scenario int `json:"scenario"` // its ID
}

func (d RemoveScenario) apply(_ *Review, s *state) (bool, error) {
	at, err := s.findWritten(d.Scenario, "a published scenario stays in the review; detach it")
	if err != nil {
		return false, err
	}
	s.scenarios = slices.Delete(s.scenarios, at, at+1)
	return true, nil
}

// parting names the scenario, which nobody can once it is removed.
func (d RemoveScenario) parting(r *Review) string {
	return "removed " + r.scenarioName(d.Scenario)
}

func (d RemoveScenario) words(*Review) string { return "removed a scenario of one's own" }

// MoveScenario moves a scenario by so many places, up where that is below 0, as
// far as the list goes. The order of scenarios is the order of their lines in
// every hunt.
type MoveScenario struct {
	Scenario int `json:"scenario"` // its ID
	By       int `json:"by"`
}

func (d MoveScenario) apply(_ *Review, s *state) (bool, error) {
	at, err := s.find(d.Scenario)
	if err != nil {
		return false, err
	}
	to := at
	switch last := len(s.scenarios) - 1; {
	case d.By < 0:
		to = max(0, at+max(d.By, -at))
	case d.By > 0:
		to = at + min(d.By, last-at)
	}
	if to == at {
		return false, nil
	}
	moved := s.scenarios[at]
	s.scenarios = slices.Insert(slices.Delete(s.scenarios, at, at+1), to, moved)
	return true, nil
}

func (d MoveScenario) words(r *Review) string {
	at, _ := r.now.find(d.Scenario)
	return fmt.Sprintf("moved %s to place %d", r.scenarioTitle(d.Scenario), at+1)
}

// SetScenarioNote writes the note of a scenario; an empty text removes it.
type SetScenarioNote struct {
	Scenario int    `json:"scenario"` // its ID
	Text     string `json:"text"`
}

func (d SetScenarioNote) apply(_ *Review, s *state) (bool, error) {
	at, err := s.find(d.Scenario)
	if err != nil {
		return false, err
	}
	text := oneLine(d.Text)
	if s.scenarios[at].Note == text {
		return false, nil
	}
	n := *s.scenarios[at].Scenario
	n.Note = text
	s.scenarios[at].Scenario = &n
	return true, nil
}

func (d SetScenarioNote) words(r *Review) string {
	if text := oneLine(d.Text); text != "" {
		return "noted on " + r.scenarioName(d.Scenario) + ": " + text
	}
	return "removed the note on " + r.scenarioName(d.Scenario)
}

// parsedCondition reads a condition; no text is no condition.
func parsedCondition(text string) (kql.Condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	c, err := kql.ParseCondition(text)
	if err != nil {
		return nil, &RefusedError{err.Error()}
	}
	return c, nil
}

// replace puts a scenario in the place of another one and reports whether that
// made a difference. Another condition has other risks than those accepted.
func (s *state) replace(at int, n *Scenario) (bool, error) {
	now := &s.scenarios[at]
	same := kql.FormatCondition(n.Condition) == kql.FormatCondition(now.Condition)
	if same && n.Scenario == now.Scenario.Scenario && n.Edited == now.Edited {
		return false, nil
	}
	if n.Condition == nil && now.attached {
		return false, &RefusedError{"nothing in the sentence can be turned into a condition, and the scenario is attached; detach it first"}
	}
	if now.Scenario = n; !same {
		now.accepted, now.dangers = "", ""
	}
	return true, nil
}

// findWritten is the position of a scenario that the analyst wrote.
func (s *state) findWritten(id int, otherwise string) (int, error) {
	at, err := s.find(id)
	if err == nil && !s.scenarios[at].Written() {
		return -1, &RefusedError{otherwise}
	}
	return at, err
}

// scenarioName names a scenario in words, by its place and title.
func (r *Review) scenarioName(id int) string {
	at, err := r.now.find(id)
	if err != nil {
		return "a scenario"
	}
	name := fmt.Sprintf("scenario %d", at+1)
	if t := r.now.scenarios[at].Title; t != "" {
		name += ": " + t
	}
	return name
}

// scenarioTitle names a scenario where its place is said otherwise.
func (r *Review) scenarioTitle(id int) string {
	if at, err := r.now.find(id); err == nil {
		return r.now.scenarios[at].Name()
	}
	return "a scenario"
}

// scenarioNumber is the place that a published scenario has unless it was moved.
func scenarioNumber(id int) string { return strconv.Itoa(id + 1) }
