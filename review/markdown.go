package review

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// Titles of the sections and labels of the fields of a reviewed bulletin,
// which writer and reader share.
const (
	hypothesisSection = "Hypothesis"
	summarySection    = "IOC Summary"
	leftOutSection    = "Left out"
	mentionsSection   = "Mentions"
	huntsSection      = "Hunting queries"
	tablesSection     = "Tables"
	requiredSection   = "Required tables"
	scenariosSection  = "Scenarios"
	publishedSection  = "Published queries"
	findingsSection   = "Findings"
	historySection    = "History"

	descriptionLabel = "Description:"
	filterLabel      = "Filter/Exclusion:"
	attachedLabel    = "Attached:"
	acceptedLabel    = "Accepted dangers:"
	whereLabel       = "Where:"
	noteLabel        = "Note:"

	scenarioWord  = "Scenario "
	readWords     = "Read as:"
	writtenWords  = "Written by the reviewer:"
	conditionInfo = "condition"
	// ownWords stand for the place of a scenario that no document has.
	ownWords = "a scenario of the reviewer's own"
	// numberWords stand before the place that a scenario had before any was moved.
	numberWords = "published as scenario "
)

// Signature is who reviewed, and when, for the head of an export.
type Signature struct {
	Reviewer string
	At       time.Time
	History  bool // the reviewed bulletin lists every decision of this review
}

// WriteMarkdown writes the reviewed bulletin: front matter, the sections of
// the published bulletins with addresses and names defanged, and with them
// every verdict, note, exclusion and its fit, what was left out and why, and
// the final queries. Nothing that a document says becomes markup. [Open] gives
// the same review back, with its decisions as [Resumed]. Who reviewed before stays in
// it, and so do the decisions that a reviewed bulletin listed, whatever the signature asks for.
func (r *Review) WriteMarkdown(w io.Writer, sig Signature) error {
	return r.writeMarkdown(w, sig, r.Plan(false))
}

func (r *Review) writeMarkdown(w io.Writer, sig Signature, plan *Plan) error {
	hunts := plan.Hunts()
	m := &markdown{
		r: r, hosts: newHosts(r.iocs), counted: r.counts(), tableStates: r.Tables(), moved: r.moved(), called: r.calledNames(), reviews: r.reviews(sig),
	}
	m.counted.Hunts = len(hunts)
	if err := m.frontMatter(); err != nil {
		return err
	}
	m.line("# Reviewed: " + m.text(r.Title()))
	m.inShort(len(plan.Tables()))
	m.hypotheses()
	m.summary()
	m.leftOut()
	m.mentions()
	m.hunts(hunts, plan.Findings())
	m.tables()
	m.scenarios(plan.Fits())
	m.publishedQueries()
	m.findings()
	m.history(sig.History)
	_, err := io.WriteString(w, strings.TrimSuffix(m.b.String(), "\n"))
	return err
}

type markdown struct {
	hosts
	b           strings.Builder
	r           *Review
	counted     counts
	tableStates []TableState
	moved       bool              // scenarios, from the order of their documents
	called      map[string]string // documents, in places
	reviews     []Resumed         // before this one, and last itself
}

// line writes a block and the empty line behind it.
func (m *markdown) line(s string) { m.b.WriteString(s + "\n\n") }

func (m *markdown) section(title string) { m.line("## " + title) }

// text writes clean text behind something on the same line.
func (m *markdown) text(s string) string { return m.prose(s, false) }

// note writes a sentence of this program about the documents.
func (m *markdown) note(s string) string { return m.text(oneLine(s)) }

// place writes where something of a document stands.
func (m *markdown) place(document int, s feed.Source) string {
	place := m.text(m.at(s))
	if documentAt(m.r.documents, s) != document {
		place += entryBreak + documentLabel(document)
	}
	return place
}

func (m *markdown) row(cells ...string) { m.b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

func (m *markdown) header(titles ...string) {
	m.row(titles...)
	m.b.WriteString("|" + strings.Repeat("---|", len(titles)) + "\n")
}

func (m *markdown) end() { m.b.WriteString("\n") }

func (m *markdown) hypotheses() {
	m.section(hypothesisSection)
	for n, d := range m.r.documents {
		switch {
		case d.Text == "":
		case len(m.r.documents) == 1:
			m.line(m.prose(d.Text, true))
		default:
			m.line("**" + documentLabel(n) + ":** " + m.text(d.Text))
		}
	}
}

func (m *markdown) summary() {
	m.section(summarySection)
	for _, d := range m.r.documents {
		var stated []string
		if d.Family != "" {
			stated = append(stated, "Malware Family: "+m.text(d.Family))
		}
		if d.Total != feed.NoTotal {
			stated = append(stated, "Total IOCs: "+strconv.Itoa(d.Total))
		}
		if len(d.Types) > 0 {
			types := make([]string, len(d.Types))
			for i, t := range d.Types {
				types[i] = m.text(string(t))
			}
			stated = append(stated, "IOC Types: "+strings.Join(types, ", "))
		}
		m.b.WriteString("- " + m.prose(cmp.Or(m.at(d.Source), "-"), true))
		if len(stated) > 0 {
			m.b.WriteString(": " + strings.Join(stated, "; "))
		}
		m.b.WriteString("\n")
	}
	m.end()
	m.iocTable(false)
}

func (m *markdown) mentions() {
	if m.counted.Mentions == 0 {
		return
	}
	m.section(mentionsSection)
	m.line("What looks like an IOC but stands in prose, a filter or a reference. It is hunted only where it was switched on.")
	m.iocTable(true)
}

// leftOut says of every IOC that is not hunted why: the verdict and the note
// are the reason where there are any.
func (m *markdown) leftOut() {
	m.section(leftOutSection)
	var left []string
	for at := range m.r.iocs.Len() {
		i := m.r.iocs.At(at)
		held := m.r.HeldBack(at)
		if m.r.Hunts(at) || i.Mention && !held {
			continue
		}
		reason := "switched off by the reviewer"
		if held {
			reason = fmt.Sprintf("its confidence of %s is below the minimum of %d%%", confidence(i), m.r.MinConfidence())
		}
		if v := m.r.Verdict(at); v != NoVerdict {
			reason += ", verdict " + string(v)
		}
		if n := m.r.Note(at); n != "" {
			reason += ": " + m.text(n)
		}
		left = append(left, "IOC "+m.value(i)+": "+reason)
	}
	for _, t := range m.tableStates {
		switch {
		case t.Chosen && !t.Available:
			left = append(left, "table "+t.Table.Name+": it is chosen, but "+m.r.now.target.Title()+" does not have it")
		case t.Published && !t.Chosen:
			left = append(left, "table "+t.Table.Name+": the bulletin asks for it, the reviewer left it out")
		}
	}
	if len(left) == 0 {
		m.line("Nothing that the bulletin lists was left out.")
		return
	}
	m.line("- " + strings.Join(left, "\n- "))
}

func (m *markdown) hunts(hunts []kql.Hunt, findings []feed.Finding) {
	m.section(huntsSection)
	if len(hunts) == 0 {
		m.line("None: no chosen table can carry an IOC that is on.")
	}
	for _, h := range hunts {
		m.line("### " + h.Table)
		m.line(fmt.Sprintf("%s, %s, %s characters.", h.Target.Title(), m.carried(h.Table), feed.Thousands(h.Chars)))
		m.line(fence("kql", visible(h.Query)))
	}
	if len(findings) > 0 {
		m.line("### About the queries")
	}
	for _, f := range findings {
		m.b.WriteString("- " + string(f.Severity) + ": " + m.note(f.Text) + "\n")
	}
	if len(findings) > 0 {
		m.end()
	}
}

// carried counts what the hunt in a table looks for.
func (m *markdown) carried(table string) Tally {
	for _, t := range m.tableStates {
		if t.Table.Name == table {
			return t.Tally()
		}
	}
	return Tally{}
}

func (m *markdown) tables() {
	m.section(tablesSection)
	m.chosenTables()
	if m.counted.Required == 0 {
		return
	}
	m.section(requiredSection)
	m.header("Sentinel Table", "Notes", "Where")
	for n, d := range m.r.documents {
		for _, t := range d.Tables {
			m.row(m.text(t.Name), m.text(t.Note), m.place(n, t.Source))
		}
	}
	m.end()
}

func (m *markdown) scenarios(fits [][]TableFit) {
	if len(m.r.now.scenarios) == 0 {
		return
	}
	m.section(scenariosSection)
	for i, s := range m.r.now.scenarios {
		m.line(strings.TrimSpace(fmt.Sprintf("### %s%d: %s", scenarioWord, i+1, m.text(s.Title))))
		if s.Description != "" {
			m.field(descriptionLabel, m.text(s.Description))
		}
		if s.Filter != "" {
			m.field(filterLabel, m.text(s.Filter))
		}
		m.field(attachedLabel, s.attachment.String())
		if s.dangers != "" {
			m.field(acceptedLabel, s.dangers)
		}
		if s.Note != "" {
			m.field(noteLabel, m.text(s.Note))
		}
		m.field(whereLabel, m.scenarioPlace(s.Scenario))
		if s.Condition == nil {
			m.line("No condition: nothing in the filter could be turned into one.")
			continue
		}
		if s.Edited {
			m.line(writtenWords)
		} else {
			m.line(readWords)
		}
		m.line(fence(conditionInfo, kql.FormatCondition(s.Condition)))
		m.fits(fits[i])
	}
}

func (m *markdown) field(label, text string) { m.line(strings.TrimSpace("**" + label + "** " + text)) }

// scenarioPlace writes where a scenario comes from.
func (m *markdown) scenarioPlace(s *Scenario) string {
	if s.Written() {
		return ownWords
	}
	place := m.place(s.Document, s.Source)
	if s.Cut {
		place += entryBreak + cutWords
	}
	if m.moved {
		place += entryBreak + numberWords + strconv.Itoa(s.ID+1)
	}
	return place
}

// moved reports whether published scenarios stand in another order than their
// documents have them.
func (r *Review) moved() bool {
	before := -1
	for _, s := range r.now.scenarios {
		if s.Written() {
			continue
		}
		if s.ID < before {
			return true
		}
		before = s.ID
	}
	return false
}

// The four ways an attachment is written; see parseAttachment.
func (a attachment) String() string {
	switch {
	case a.accepted == exclusions.Dangerous:
		return "yes, risks accepted"
	case a.accepted == exclusions.Partly:
		return "yes, also where it fits partly"
	case a.attached:
		return "yes"
	}
	return "no"
}

func (m *markdown) fits(fits []TableFit) {
	if len(fits) == 0 {
		return
	}
	m.header("Table", "Fit", "In the query", "Reason")
	for _, f := range fits {
		used := "no"
		if f.Used {
			used = "yes"
		}
		m.row(f.Table.Name, string(f.Fit), used, m.note(f.Reason))
	}
	m.end()
}

func (m *markdown) publishedQueries() {
	if m.counted.Published == 0 {
		return
	}
	m.section(publishedSection)
	m.line("As the bulletin has them, with the faults that the findings name. Not for use.")
	for n, d := range m.r.documents {
		for _, q := range d.Queries {
			m.field(whereLabel, m.place(n, q.Source))
			m.line(fence("kql", q.Text))
		}
	}
}

func (m *markdown) findings() {
	if len(m.r.findings) == 0 {
		return
	}
	m.section(findingsSection)
	m.header("Severity", "Code", "Where", "Text")
	for _, f := range m.r.findings {
		m.row(m.text(string(f.Severity)), m.text(f.Code), m.text(m.at(f.Source)), m.text(f.Text))
	}
	m.end()
}
