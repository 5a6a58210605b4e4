package review

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

// formatVersion counts changes of the reviewed bulletin that older readers
// would read wrongly.
const formatVersion = 1

// frontMatter is the YAML at the head of a reviewed bulletin. The published
// facts about each document are read back from here; the analyst's decisions
// about IOCs, tables and scenarios from the tables and headings below, where a
// person can change them.
type frontMatter struct {
	Quarry    int            `yaml:"quarry"`
	Title     string         `yaml:"title"`
	Families  []string       `yaml:"families,flow,omitempty"`
	Reviewer  string         `yaml:"reviewer,omitempty"`
	Reviewed  string         `yaml:"reviewed,omitempty"`
	Target    string         `yaml:"target"`
	Lookback  string         `yaml:"lookback"`
	Counts    counts         `yaml:"counts,flow"`
	Documents []documentMeta `yaml:"documents"`
}

type counts struct {
	IOCs      int `yaml:"iocs"`
	On        int `yaml:"on"`
	Off       int `yaml:"off"`
	Mentions  int `yaml:"mentions"`
	Malicious int `yaml:"malicious"`
	Benign    int `yaml:"benign"`
	Unsure    int `yaml:"unsure"`
	Scenarios int `yaml:"scenarios"`
	Attached  int `yaml:"attached"`
	Hunts     int `yaml:"hunts"`
}

type documentMeta struct {
	Source string   `yaml:"source"`
	Line   int      `yaml:"line"`
	SHA256 string   `yaml:"sha256"`
	Format string   `yaml:"format"`
	Title  string   `yaml:"title,omitempty"`
	Family string   `yaml:"family,omitempty"`
	Total  *int     `yaml:"total,omitempty"`
	Types  []string `yaml:"types,flow,omitempty"`
}

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

	descriptionLabel = "Description:"
	filterLabel      = "Filter/Exclusion:"
	attachedLabel    = "Attached:"
	whereLabel       = "Where:"

	conditionInfo = "condition"
)

// Signature is who reviewed, and when, for the head of an export.
type Signature struct {
	Reviewer string
	At       time.Time
}

// WriteMarkdown writes the reviewed bulletin: front matter, the sections of
// the published bulletins with addresses and names defanged, and with them
// every verdict, note, exclusion and its fit, what was left out and why, and
// the final queries. [Open] gives the same review back.
func (r *Review) WriteMarkdown(w io.Writer, sig Signature) error {
	hunts, findings := r.Hunts(false)
	m := &markdown{r: r}
	if err := m.frontMatter(sig, len(hunts)); err != nil {
		return err
	}
	m.line("# Reviewed: " + prose(r.Title()))
	m.hypotheses()
	m.summary()
	m.leftOut()
	m.mentions()
	m.hunts(hunts, findings)
	m.tables()
	m.scenarios()
	m.publishedQueries()
	m.findings()
	_, err := io.WriteString(w, m.b.String())
	return err
}

type markdown struct {
	b strings.Builder
	r *Review
}

// line writes a block and the empty line behind it.
func (m *markdown) line(s string) { m.b.WriteString(s + "\n\n") }

func (m *markdown) section(title string) { m.line("## " + title) }

func (m *markdown) frontMatter(sig Signature, hunts int) error {
	r := m.r
	f := frontMatter{
		Quarry: formatVersion, Title: r.Title(), Families: r.Families(), Reviewer: oneLine(sig.Reviewer),
		Target: string(r.Target()), Lookback: kql.FormatLookback(r.Lookback()), Counts: r.counts(),
	}
	f.Counts.Hunts = hunts
	if !sig.At.IsZero() {
		f.Reviewed = sig.At.UTC().Format(time.RFC3339)
	}
	for _, d := range r.documents {
		meta := documentMeta{
			Source: d.Source.Name, Line: d.Source.Line, SHA256: d.SHA256, Format: d.Format,
			Title: d.Title, Family: d.Family,
		}
		if d.Total != feed.NoTotal {
			meta.Total = &d.Total
		}
		for _, t := range d.Types {
			meta.Types = append(meta.Types, string(t))
		}
		f.Documents = append(f.Documents, meta)
	}
	text, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("front matter: %w", err)
	}
	m.line("---\n" + string(text) + "---")
	return nil
}

func (r *Review) counts() counts {
	var c counts
	for at := range r.iocs.Len() {
		switch {
		case r.On(at):
			c.On++
		case !r.iocs.At(at).Mention:
			c.Off++
		}
		if r.iocs.At(at).Mention {
			c.Mentions++
		} else {
			c.IOCs++
		}
		switch r.Verdict(at) {
		case Malicious:
			c.Malicious++
		case Benign:
			c.Benign++
		case Unsure:
			c.Unsure++
		}
	}
	c.Scenarios = len(r.scenarios)
	for _, a := range r.now.scenarios {
		if a.attached {
			c.Attached++
		}
	}
	return c
}

// where names a place in a document.
func where(s feed.Source) string {
	if s.Line == 0 {
		return escape(visible(s.Name))
	}
	return escape(visible(s.Name)) + ":" + strconv.Itoa(s.Line)
}

func wheres(ss []feed.Source) string {
	all := make([]string, len(ss))
	for i, s := range ss {
		all[i] = where(s)
	}
	return strings.Join(all, cellBreak)
}

// cellBreak separates the entries of a table cell that holds several.
const cellBreak = "<br>"

func (m *markdown) hypotheses() {
	m.section(hypothesisSection)
	for _, d := range m.r.documents {
		if d.Text == "" {
			continue
		}
		label := ""
		if len(m.r.documents) > 1 {
			label = "**" + where(d.Source) + "** "
		}
		m.line(label + prose(d.Text))
	}
}

func (m *markdown) summary() {
	m.section(summarySection)
	for _, d := range m.r.documents {
		stated := "not stated"
		if d.Total != feed.NoTotal {
			stated = strconv.Itoa(d.Total)
		}
		types := make([]string, len(d.Types))
		for i, t := range d.Types {
			types[i] = escape(string(t))
		}
		m.b.WriteString(fmt.Sprintf("- %s: Malware Family: %s; Total IOCs: %s; IOC Types: %s\n",
			where(d.Source), escape(cmp.Or(d.Family, "not stated")), stated, cmp.Or(strings.Join(types, ", "), "not stated")))
	}
	m.b.WriteString("\n")
	m.iocTable(false)
}

func (m *markdown) mentions() {
	if m.r.counts().Mentions == 0 {
		return
	}
	m.section(mentionsSection)
	m.line("What looks like an IOC but stands in prose, a filter or a reference. It is hunted only where it was switched on.")
	m.iocTable(true)
}

// iocColumn is one column of the tables of IOCs.
type iocColumn struct {
	title string
	cell  func(r *Review, at int, i feed.IOC) string
	both  bool // mentions have it too
}

var iocColumns = []iocColumn{
	{"On", func(r *Review, at int, _ feed.IOC) string { return onOff(r.On(at)) }, true},
	{"Type", func(_ *Review, _ int, i feed.IOC) string { return escape(string(i.Type)) }, true},
	{"Value", func(_ *Review, _ int, i feed.IOC) string { return escape(feed.Defang(i.Type, i.Value)) }, true},
	{"Threat Type", func(_ *Review, _ int, i feed.IOC) string { return escape(string(i.Threat)) }, false},
	{"First Seen", func(_ *Review, _ int, i feed.IOC) string { return feed.FormatSeen(i.FirstSeen) }, false},
	{"Confidence", func(_ *Review, _ int, i feed.IOC) string { return confidence(i) }, false},
	{"Verdict", func(r *Review, at int, _ feed.IOC) string { return string(r.Verdict(at)) }, true},
	{"Note", func(r *Review, at int, _ feed.IOC) string { return prose(r.Note(at)) }, true},
	{"Family", func(_ *Review, _ int, i feed.IOC) string { return escape(visible(i.Family)) }, false},
	{"Context", func(_ *Review, _ int, i feed.IOC) string { return escape(visible(i.Context)) }, true},
	{"Where", func(_ *Review, _ int, i feed.IOC) string { return wheres(i.Sources) }, true},
	{"Differs", func(_ *Review, _ int, i feed.IOC) string { return differs(i) }, false},
}

func confidence(i feed.IOC) string {
	if i.Confidence == feed.NoConfidence {
		return ""
	}
	return strconv.Itoa(i.Confidence) + "%"
}

func differs(i feed.IOC) string {
	all := make([]string, len(i.Differs))
	for k, d := range i.Differs {
		all[k] = escape(visible(d))
	}
	return strings.Join(all, cellBreak)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (m *markdown) iocTable(mentions bool) {
	var columns []iocColumn
	for _, c := range iocColumns {
		if c.both && (c.title != "Context" || mentions) || !c.both && !mentions {
			columns = append(columns, c)
		}
	}
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.title
	}
	m.row(header)
	m.rule(len(header))
	for at := range m.r.iocs.Len() {
		i := m.r.iocs.At(at)
		if i.Mention != mentions {
			continue
		}
		cells := make([]string, len(columns))
		for k, c := range columns {
			cells[k] = c.cell(m.r, at, i)
		}
		m.row(cells)
	}
	m.b.WriteString("\n")
}

func (m *markdown) row(cells []string) { m.b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

func (m *markdown) rule(n int) { m.b.WriteString("|" + strings.Repeat("---|", n) + "\n") }

// leftOut says of every IOC that is not hunted why: the verdict and the note
// are the reason where there are any.
func (m *markdown) leftOut() {
	m.section(leftOutSection)
	none := true
	for at := range m.r.iocs.Len() {
		i := m.r.iocs.At(at)
		if m.r.On(at) || i.Mention {
			continue
		}
		none = false
		reason := "switched off by the reviewer"
		if v := m.r.Verdict(at); v != NoVerdict {
			reason += ", verdict " + string(v)
		}
		if n := m.r.Note(at); n != "" {
			reason += ": " + prose(n)
		}
		m.b.WriteString("- " + escape(feed.Defang(i.Type, i.Value)) + ": " + reason + "\n")
	}
	for _, t := range m.r.Tables() {
		if t.Published && !t.Chosen {
			none = false
			m.b.WriteString("- table " + t.Table.Name + ": the bulletin asks for it, the reviewer left it out\n")
		}
	}
	if none {
		m.b.WriteString("Nothing that the bulletin lists was left out.\n")
	}
	m.b.WriteString("\n")
}

func (m *markdown) hunts(hunts []kql.Hunt, findings []feed.Finding) {
	m.section(huntsSection)
	if len(hunts) == 0 {
		m.line("None: no chosen table can carry an included IOC.")
	}
	for _, h := range hunts {
		m.line("### " + h.Table)
		m.line(fmt.Sprintf("%s, %d IOCs, %d characters.", h.Target.Title(), h.IOCs, h.Chars))
		m.line(fence("kql", visible(h.Query)))
	}
	for _, f := range findings {
		m.b.WriteString("- " + string(f.Severity) + ": " + prose(visible(f.Text)) + "\n")
	}
	m.b.WriteString("\n")
}

func (m *markdown) tables() {
	m.section(tablesSection)
	m.row([]string{"On", "Table", "IOCs", "Connector"})
	m.rule(4)
	for _, t := range m.r.Tables() {
		m.row([]string{onOff(t.Chosen), t.Table.Name, strconv.Itoa(t.Carries), escape(strings.Join(t.Table.Connectors, ", "))})
	}
	m.b.WriteString("\n")
	var rows [][]string
	for _, d := range m.r.documents {
		for _, t := range d.Tables {
			rows = append(rows, []string{escape(t.Name), prose(t.Note), where(t.Source)})
		}
	}
	if len(rows) == 0 {
		return
	}
	m.section(requiredSection)
	m.row([]string{"Sentinel Table", "Notes", "Where"})
	m.rule(3)
	for _, row := range rows {
		m.row(row)
	}
	m.b.WriteString("\n")
}

func (m *markdown) scenarios() {
	if len(m.r.scenarios) == 0 {
		return
	}
	m.section(scenariosSection)
	included := m.r.Included()
	for i, s := range m.r.scenarios {
		m.line(fmt.Sprintf("### Scenario %d: %s", i+1, prose(s.Title)))
		if s.Description != "" {
			m.line("**" + descriptionLabel + "** " + prose(s.Description))
		}
		if s.Filter != "" {
			m.line("**" + filterLabel + "** " + prose(s.Filter))
		}
		m.line("**" + attachedLabel + "** " + m.r.now.scenarios[i].String())
		place := where(s.Source)
		if s.Cut {
			place += ", " + cutWords
		}
		m.line("**" + whereLabel + "** " + place)
		if s.Condition == nil {
			m.line("No condition: nothing in the filter could be turned into one.")
			continue
		}
		m.line("Read as:")
		m.line(fence(conditionInfo, kql.FormatCondition(s.Condition)))
		m.fits(i, included)
	}
}

// cutWords marks a scenario in whose middle the document ends.
const cutWords = "cut off"

// The three ways an attachment is written; see parseAttachment.
func (a attachment) String() string {
	switch {
	case a.accepted:
		return "yes, risks accepted"
	case a.attached:
		return "yes"
	}
	return "no"
}

func (m *markdown) fits(i int, included []feed.IOC) {
	var rows [][]string
	a := m.r.now.scenarios[i]
	for _, t := range m.r.chosen() {
		if !t.On(m.r.now.target) {
			continue
		}
		v := m.r.fit(i, t, included)
		used := "no"
		if a.attached && Applies(v, a.accepted) {
			used = "yes"
		}
		rows = append(rows, []string{t.Name, string(v.Fit), used, prose(visible(v.Reason))})
	}
	if len(rows) == 0 {
		return
	}
	m.row([]string{"Table", "Fit", "In the query", "Reason"})
	m.rule(4)
	for _, row := range rows {
		m.row(row)
	}
	m.b.WriteString("\n")
}

func (m *markdown) publishedQueries() {
	none := true
	for _, d := range m.r.documents {
		for _, q := range d.Queries {
			if none {
				m.section(publishedSection)
				m.line("As the bulletin has them, with the faults that the findings name. Not for use.")
			}
			none = false
			m.line("**" + whereLabel + "** " + where(q.Source))
			m.line(fence("kql", q.Text))
		}
	}
}

func (m *markdown) findings() {
	if len(m.r.findings) == 0 {
		return
	}
	m.section(findingsSection)
	m.row([]string{"Severity", "Code", "Where", "Text"})
	m.rule(4)
	for _, f := range m.r.findings {
		m.row([]string{string(f.Severity), escape(f.Code), where(f.Source), prose(f.Text)})
	}
	m.b.WriteString("\n")
}

// sources lists the names of all documents, longest first, so that the reader
// can tell where a name ends.
func sources(metas []documentMeta) []string {
	var names []string
	for _, d := range metas {
		if !slices.Contains(names, d.Source) {
			names = append(names, d.Source)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return names
}
