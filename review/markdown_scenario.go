package review

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// readScenario is a scenario as it is read from a reviewed bulletin.
type readScenario struct {
	feed.Scenario
	attachment
	note      string
	own       bool // no document has it
	document  int
	number    int // the place that it had before it was moved, or 0
	line      int
	condition kql.Condition
	announced string // the words before the condition
	fenced    bool   // there is one, right or wrong
}

// scenario starts a scenario.
func (r *reader) scenario(n *ast.Heading) {
	s := &readScenario{line: r.line(n)}
	s.Title = r.text(n)
	if rest, ok := strings.CutPrefix(s.Title, scenarioWord); ok {
		if number, title, ok := strings.Cut(rest, ":"); ok && onlyDigits(number) {
			s.Title = strings.TrimSpace(title)
		}
	}
	r.scenarios = append(r.scenarios, s)
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// last is the scenario that is being read, or nil.
func (r *reader) last() *readScenario {
	if r.section != scenariosSection || len(r.scenarios) == 0 {
		return nil
	}
	return r.scenarios[len(r.scenarios)-1]
}

func (r *reader) scenarioField(n ast.Node, label, value string) {
	s := r.last()
	if s == nil {
		return
	}
	switch label {
	case descriptionLabel:
		s.Description = value
	case filterLabel:
		s.Filter = value
	case attachedLabel:
		a, ok := parseAttachment(value)
		s.attached, s.accepted = a.attached, a.accepted
		if !ok {
			r.fault(n, "bad-attachment", fmt.Sprintf("%s is neither yes nor no; the scenario is left detached", feed.Quote(value)))
		}
	case acceptedLabel:
		s.dangers = strings.Join(strings.Fields(value), " ")
	case noteLabel:
		s.note = value
	case whereLabel:
		if s.own = value == ownWords; s.own {
			return
		}
		var more []string
		s.Source, s.document, more = r.place(entries(value))
		for _, e := range more {
			s.Cut = s.Cut || e == cutWords
			if n, ok := strings.CutPrefix(e, numberWords); ok && onlyDigits(n) && len(n) < 10 {
				s.number, _ = strconv.Atoi(n)
			}
		}
	case "":
		if value == readWords || value == writtenWords {
			s.announced = value
		}
	}
}

func parseAttachment(s string) (attachment, bool) {
	for _, a := range []attachment{{}, {attached: true}, {attached: true, accepted: exclusions.Partly}, {attached: true, accepted: exclusions.Dangerous}} {
		if strings.EqualFold(s, a.String()) {
			return a, true
		}
	}
	return attachment{}, false
}

// condition reads the condition of a scenario.
func (r *reader) condition(n *ast.FencedCodeBlock) {
	s := r.last()
	if s == nil || string(n.Language(r.body)) != conditionInfo {
		return
	}
	s.fenced = true
	c, err := kql.ParseCondition(r.code(n))
	if err != nil {
		r.fault(n, "bad-condition", err.Error()+"; the published filter is read again instead")
		return
	}
	s.condition = c
}
