package ui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions/warnings"
	"quarry/feed"
	"quarry/kql"
)

// showDetails opens all that is known about the row under the cursor.
func (m *Model) showDetails() {
	switch m.focus {
	case iocPane:
		if at, ok := m.iocs.current(); ok {
			m.showIOC(at)
		}
	case tablePane:
		if len(m.tables.rows) > 0 {
			m.read("Table", func(t *text) { m.tableDetails(t) })
		}
	case scenarioPane:
		if i := m.scenarios.win.at; i < m.review.ScenarioCount() {
			s := m.review.Scenario(i)
			m.read(fmt.Sprintf("Scenario %d", i+1), func(t *text) {
				t.field("title", bold, s.Title)
				if s.Written() {
					t.field("stands at", plain, "no document: it was written here")
				} else {
					t.field("stands at", plain, place(s.Source))
				}
				t.lines = append(t.lines, m.scenarioLines(i, t.w)...)
			})
		}
	}
}

// iocReading is all that is known about an IOC. What is remembered of it can be taken
// over there, where it is read.
type iocReading struct {
	reading
	at   int
	keys []footerKey // of what can be done
}

// judgesIOC are the actions that judge the IOC that is read, and go back to its row.
var judgesIOC = map[string]bool{"verdict-malicious": true, "verdict-benign": true, "verdict-unsure": true, "note": true}

func (m *Model) showIOC(at int) {
	o := &iocReading{at: at}
	o.title, o.make = "IOC", func(t *text) { m.iocDetails(t, at) }
	m.cover(o)
	o.resize(m)
}

func (o *iocReading) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	a, ok := m.actionFor(msg.String(), iocPane)
	switch {
	case ok && judgesIOC[a.name] && m.iocs.anchor < 0: // it is the row under the cursor
		m.overlay = nil
		return m.do(a)
	case !ok || a.name != "recall":
		return o.reading.press(m, msg)
	}
	if reason := noMemory(m); reason != "" {
		m.say(warn, reason)
		return nil
	}
	cmd := m.recall([]int{o.at})
	o.resize(m)
	return cmd
}

func (o *iocReading) resize(m *Model) {
	o.reading.resize(m)
	o.keys = nil
	if _, ok := m.recalled(o.at); ok {
		o.keys = []footerKey{{m.key("recall"), "recall"}}
	}
	if m.iocs.anchor < 0 && m.readOnly() == "" {
		o.keys = append(o.keys, footerKey{m.key("verdict-malicious"), "malicious"}, footerKey{m.key("verdict-benign"), "benign"}, footerKey{m.key("note"), "note"})
	}
}

func (o *iocReading) footer() []footerKey { return append(o.reading.footer(), o.keys...) }

func place(s feed.Source) string { return s.Name + ", line " + strconv.Itoa(s.Line) }

func (m *Model) iocDetails(t *text, at int) {
	i := m.review.IOCs().At(at)
	t.field("value", bold, i.Value)
	t.field("defanged", plain, feed.Defang(i.Type, i.Value))
	t.field("type", plain, string(i.Type))
	if i.Threat != "" {
		t.field("threat", plain, string(i.Threat))
	}
	if i.Family != "" {
		t.field("family", plain, i.Family)
	}
	if i.Confidence != feed.NoConfidence {
		t.field("confidence", plain, strconv.Itoa(i.Confidence)+"%")
	}
	if !i.FirstSeen.IsZero() {
		t.field("first seen", plain, feed.FormatSeen(i.FirstSeen))
	}
	if !i.LastSeen.IsZero() {
		t.field("last seen", plain, feed.FormatSeen(i.LastSeen))
	}
	if i.Reference != "" {
		t.field("reference", plain, i.Reference)
	}
	if len(i.Tags) > 0 {
		t.field("tags", plain, strings.Join(i.Tags, ", "))
	}
	if i.Mention {
		t.field("mention", warn, ""+i.Context+"; it is hunted only when you switch it on")
	}
	switch {
	case m.review.HeldBack(at):
		t.field("hunted", warn, fmt.Sprintf("on, but left out: its confidence is below the minimum of %d%%; %s sets that", m.review.MinConfidence(), m.key("min-confidence")))
	case m.review.On(at):
		t.field("hunted", plain, "on")
	default:
		t.field("hunted", plain, "off: no hunt looks for it")
	}
	if m.unhunted(at) {
		t.field("warning", warn, "it is on, but no chosen table can carry it as hunts are set")
	}
	for _, w := range m.review.Warnings(at) {
		s := plain
		if w.Level == warnings.Warn {
			s = warn
		}
		t.field("suspicious", s, w.Text+" ("+w.Code+"): "+w.Advice)
	}
	if v := m.review.Verdict(at); v != "" {
		t.field("verdict", verdictStyle(v), string(v))
	}
	if n := m.review.Note(at); n != "" {
		t.field("note", plain, n)
	}
	t.memoryDetails(at)
	for _, d := range i.Differs {
		t.field("sources differ", warn, d)
	}
	t.changeDetails(at)
	for _, s := range i.Sources {
		t.field("stands at", plain, place(s))
	}
	t.field("tables", plain, m.carriers(at))
}

// carriers names the tables whose hunts can find an IOC, the chosen ones first.
func (m *Model) carriers(at int) string {
	var chosen, others []string
	for _, t := range m.tables.all {
		switch {
		case !t.Available || !m.review.Carries(t.Table, at):
		case t.Chosen:
			chosen = append(chosen, t.Table.Name)
		default:
			others = append(others, t.Table.Name)
		}
	}
	s := "no table of " + m.review.Target().Title() + " in the catalogue can carry it"
	switch {
	case len(chosen) > 0 && len(others) > 0:
		s = "chosen: " + strings.Join(chosen, ", ") + "; could also be hunted in " + strings.Join(others, ", ")
	case len(chosen) > 0:
		s = "chosen: " + strings.Join(chosen, ", ")
	case len(others) > 0:
		s = "none of the chosen; could be hunted in " + strings.Join(others, ", ")
	}
	return s
}

func (m *Model) tableDetails(t *text) {
	s, _ := m.tables.current()
	t.field("table", bold, s.Table.Name)
	t.field("filled by", plain, s.Table.Product)
	t.field("connector", plain, strings.Join(s.Table.Connectors, " or "))
	for _, target := range kql.Targets {
		if s.Table.On(target) {
			t.field("time in "+target.Title(), plain, s.Table.Time[target])
		}
	}
	if s.Published {
		t.field("asked for", plain, "by the bulletin; "+s.Note)
	}
	t.field("can carry", plain, s.Tally().String()+" of those that are on")
	if !s.Available {
		t.field("not chosen", warn, "there is no such table in "+m.review.Target().Title()+"; "+m.key("target")+" switches the target")
	}
	for _, f := range s.Table.FieldNames() {
		t.field(string(f), dim, strings.Join(s.Table.Fields[f], ", "))
	}
}
