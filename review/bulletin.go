package review

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"quarry/feed"
	"quarry/feed/bulletin"
	"quarry/kql"
)

// WriteBulletin writes the IOCs of one malware family as a bulletin, in the form
// in which the feed publishes them: hypothesis, summary, a table of defanged
// IOCs, a hunt for each usual table that can carry them, the tables that these
// need, and false-positive scenarios that apply. The reader of bulletins, which
// is asked before anything is written, reads the same IOCs from it, and nothing
// is wrong with what it has read.
//
// IOCs that are stated several times are merged, as in a review. What the form
// has no place for is not written: time of day, last seen, references, tags and
// mentions. A finding names each IOC whose value no table can hold.
func WriteBulletin(w io.Writer, d *feed.Bulletin, catalogue *kql.Catalogue) ([]feed.Finding, error) {
	known, err := ofBulletins()
	if err != nil {
		return nil, err
	}
	made := &made{Bulletin: feed.Bulletin{Source: d.Source, Family: oneLine(d.Family), Total: feed.NoTotal}}
	made.take(d)
	if len(made.IOCs) == 0 {
		return made.Findings, errors.New("there is no IOC to write a bulletin of")
	}
	plan := New([]*feed.Bulletin{&made.Bulletin}, catalogue).Plan(false)
	for _, name := range plan.Tables() {
		if hunts, ok := plan.Hunt(name); ok {
			made.hunts = append(made.hunts, hunts...)
			made.Tables = append(made.Tables, feed.TableNote{Name: name, Note: tableNote})
		}
	}
	made.Scenarios = known.scenariosFor(&made.Bulletin, catalogue)
	text := made.markdown(known)
	if err := made.readBack(text); err != nil {
		return made.Findings, err
	}
	_, err = io.WriteString(w, text)
	return made.Findings, err
}

// tableNote is what bulletins say of each table that they need.
const tableNote = "Ensure this data connector is enabled"

// made is a bulletin that is being made.
type made struct {
	feed.Bulletin
	hosts hosts
	hunts []kql.Hunt
}

// take takes the IOCs in, each once and in the order of their types.
func (m *made) take(d *feed.Bulletin) {
	all := feed.NewSet([]*feed.Bulletin{{IOCs: d.IOCs}})
	m.hosts = newHosts(all)
	for at := range all.Len() {
		i := all.At(at)
		i.Family, i.Sources, i.FirstSeen = m.Family, nil, i.FirstSeen.UTC().Truncate(24*time.Hour)
		if _, ok := m.cell(i); !ok {
			m.Findings = append(m.Findings, feed.Finding{
				Code: "not-written", Severity: feed.Error, Source: cmp.Or(append(all.Sources(at), d.Source)...),
				Text: feed.Quote(feed.Defang(i.Type, i.Value)) + " cannot be written in a table of Markdown, so the bulletin lacks it",
			})
			continue
		}
		m.IOCs = append(m.IOCs, i)
		if !slices.Contains(m.Types, i.Type) {
			m.Types = append(m.Types, i.Type)
		}
	}
	order := func(t feed.Type) int { return slices.Index(feed.Types, t) }
	slices.SortStableFunc(m.IOCs, func(a, b feed.IOC) int {
		return cmp.Or(cmp.Compare(order(a.Type), order(b.Type)), b.FirstSeen.Compare(a.FirstSeen), cmp.Compare(a.Value, b.Value))
	})
	slices.SortFunc(m.Types, func(a, b feed.Type) int { return cmp.Compare(order(a), order(b)) })
	m.Total = len(m.IOCs)
}

// markdown writes the bulletin.
func (m *made) markdown(known *bulletinWords) string {
	w := &markdown{hosts: m.hosts}
	w.line("# ThreatFox: " + w.text(m.Family) + " IOCs")
	w.line("## Hunt Hypothesis")
	w.line(w.prose(m.hypothesis(known), true))
	w.section(summarySection)
	types := make([]string, len(m.Types))
	for i, t := range m.Types {
		types[i] = string(t)
	}
	w.b.WriteString("**Malware Family:** " + verbatim(m.Family) + "\n")
	w.b.WriteString("**Total IOCs:** " + strconv.Itoa(m.Total) + "\n")
	w.line("**IOC Types:** " + strings.Join(types, ", "))
	w.header("Type", "Value", "Threat Type", "First Seen", "Confidence")
	for _, i := range m.IOCs {
		value, _ := m.cell(i)
		w.row(string(i.Type), value, inCell(verbatim(oneLine(string(i.Threat)))), feed.FormatSeen(i.FirstSeen), confidence(i))
	}
	w.end()
	if len(m.hunts) > 0 {
		w.section("KQL Query")
	}
	for _, h := range m.hunts {
		w.line(fence("kql", visible(h.Query)))
	}
	if len(m.Tables) > 0 {
		w.section("Required Sentinel Tables")
		w.header("Sentinel Table", "Notes")
		for _, t := range m.Tables {
			w.row("`"+t.Name+"`", t.Note)
		}
		w.end()
	}
	if len(m.Scenarios) > 0 {
		w.section("False Positive Scenarios")
	}
	for _, s := range m.Scenarios {
		w.line("### " + scenarioWord[:len(scenarioWord)-1] + ": " + s.Title)
		w.field(descriptionLabel, s.Description)
		w.field(filterLabel, s.Filter)
	}
	return strings.TrimSuffix(w.b.String(), "\n")
}

// hypothesis says what the IOCs are and what a hit means.
func (m *made) hypothesis(known *bulletinWords) string {
	b := new(strings.Builder)
	fmt.Fprintf(b, "%s lists %s of %s", cmp.Or(m.Source.Name, "The source"), Tally{IOCs: m.Total}, m.Family)
	var first, last time.Time
	for _, i := range m.IOCs {
		if seen := i.FirstSeen; !seen.IsZero() {
			if first.IsZero() || seen.Before(first) {
				first = seen
			}
			if seen.After(last) {
				last = seen
			}
		}
	}
	switch {
	case first.IsZero():
	case first.Equal(last):
		fmt.Fprintf(b, ", first seen on %s", feed.FormatSeen(first))
	default:
		fmt.Fprintf(b, ", first seen from %s to %s", feed.FormatSeen(first), feed.FormatSeen(last))
	}
	b.WriteString(".")
	for _, t := range known.Threats {
		if slices.ContainsFunc(m.IOCs, func(i feed.IOC) bool { return i.Threat == t.Threat }) {
			b.WriteString(" " + t.Means)
		}
	}
	return b.String()
}

// cell writes the value of an IOC, and reports whether the reader of bulletins
// would read it.
func (m *made) cell(i feed.IOC) (string, bool) {
	for _, safe := range []string{m.hosts.defang(i.Type, i.Value), feed.Defang(i.Type, i.Value), i.Value} {
		if v, err := feed.Canonical(i.Type, safe); err == nil && v == i.Value {
			// A pipe behind a backslash ends the cell whatever is written.
			return inCell(verbatim(safe)), visible(safe) == safe && foldSpace(safe) == safe && !strings.Contains(safe, `\|`)
		}
	}
	return "", false
}

// verbatim writes text of one line so that the reader of bulletins reads the
// very text: as it is, or in a code span where Markdown would make something
// else of it.
func verbatim(s string) string {
	if escape(s, true) == s {
		return s
	}
	ticks := "`"
	for strings.Contains(s, ticks) {
		ticks += "`"
	}
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return ticks + pad + s + pad + ticks
}

// inCell writes text for a cell of a table.
func inCell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// readBack reads the text as anyone will. The error says what is read otherwise
// than it was meant.
func (m *made) readBack(text string) error {
	in, err := feed.NewInput(m.Source.Name, strings.NewReader(text))
	if err != nil {
		return err
	}
	all, err := feed.Collect(bulletin.Reader{}.Read, in)
	switch {
	case err != nil:
		return err
	case len(all) != 1:
		return fmt.Errorf("the bulletin of %s would be read as %d", feed.Quote(m.Family), len(all))
	}
	b := all[0]
	if b.Family != m.Family || b.Total != m.Total || len(b.IOCs) != len(m.IOCs) || len(b.Queries) != len(m.hunts) || len(b.Scenarios) != len(m.Scenarios) {
		return fmt.Errorf("the bulletin of %s would be read as one of %s with %d of %d IOCs", feed.Quote(m.Family), feed.Quote(b.Family), len(b.IOCs), len(m.IOCs))
	}
	for at, i := range m.IOCs {
		if r := b.IOCs[at]; r.Key() != i.Key() || !strings.EqualFold(string(r.Threat), oneLine(string(i.Threat))) || r.Confidence != i.Confidence || !r.FirstSeen.Equal(i.FirstSeen) {
			return fmt.Errorf("the bulletin of %s would say %s of %s", feed.Quote(m.Family), feed.Quote(r.Key()), feed.Quote(i.Key()))
		}
	}
	return nil
}
