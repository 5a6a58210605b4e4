package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"quarry/feed"
)

// Titles of the columns of the tables of IOCs, which writer and reader share.
const (
	onColumn         = "On"
	typeColumn       = "Type"
	valueColumn      = "Value"
	threatColumn     = "Threat Type"
	seenColumn       = "First Seen"
	lastColumn       = "Last Seen"
	confidenceColumn = "Confidence"
	verdictColumn    = "Verdict"
	noteColumn       = "Note"
	familyColumn     = "Family"
	referenceColumn  = "Reference"
	tagsColumn       = "Tags"
	contextColumn    = "Context"
	whereColumn      = "Where"
	differsColumn    = "Differs"
)

// iocColumn is one column of the tables of IOCs.
type iocColumn struct {
	title string
	cell  func(m *markdown, at int, i feed.IOC) string
	only  bool // it is there only where a row has something in it
}

var iocColumns = []iocColumn{
	{onColumn, func(m *markdown, at int, _ feed.IOC) string { return m.r.standing(at) }, false},
	{typeColumn, func(_ *markdown, _ int, i feed.IOC) string { return string(i.Type) }, false},
	{valueColumn, func(m *markdown, _ int, i feed.IOC) string { return m.value(i) }, false},
	{threatColumn, func(m *markdown, _ int, i feed.IOC) string { return m.text(string(i.Threat)) }, true},
	{seenColumn, func(_ *markdown, _ int, i feed.IOC) string { return feed.FormatSeen(i.FirstSeen) }, true},
	{lastColumn, func(_ *markdown, _ int, i feed.IOC) string { return feed.FormatSeen(i.LastSeen) }, true},
	{confidenceColumn, func(_ *markdown, _ int, i feed.IOC) string { return confidence(i) }, true},
	{verdictColumn, func(m *markdown, at int, _ feed.IOC) string { return string(m.r.Verdict(at)) }, false},
	{noteColumn, func(m *markdown, at int, _ feed.IOC) string { return m.text(m.r.Note(at)) }, false},
	{familyColumn, func(m *markdown, _ int, i feed.IOC) string { return m.text(i.Family) }, true},
	{referenceColumn, func(m *markdown, _ int, i feed.IOC) string { return m.text(i.Reference) }, true},
	{tagsColumn, func(m *markdown, _ int, i feed.IOC) string { return m.entries(i.Tags) }, true},
	{contextColumn, func(m *markdown, _ int, i feed.IOC) string { return m.text(i.Context) }, true},
	{whereColumn, func(m *markdown, _ int, i feed.IOC) string { return m.places(i.Sources) }, false},
	{differsColumn, func(m *markdown, _ int, i feed.IOC) string { return m.entries(i.Differs) }, true},
}

func confidence(i feed.IOC) string {
	if i.Confidence == feed.NoConfidence {
		return ""
	}
	return strconv.Itoa(i.Confidence) + "%"
}

func (m *markdown) places(sources []feed.Source) string {
	all := make([]string, len(sources))
	for k, s := range sources {
		all[k] = m.at(s)
	}
	return m.entries(all)
}

func (m *markdown) entries(texts []string) string {
	all := make([]string, len(texts))
	for k, t := range texts {
		all[k] = m.text(t)
	}
	return strings.Join(all, entryBreak)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (m *markdown) iocTable(mentions bool) {
	var rows [][]string
	used := make([]bool, len(iocColumns))
	for at := range m.r.iocs.Len() {
		i := m.r.iocs.At(at)
		if i.Mention != mentions {
			continue
		}
		cells := make([]string, len(iocColumns))
		for k, c := range iocColumns {
			cells[k] = c.cell(m, at, i)
			used[k] = used[k] || cells[k] != ""
		}
		rows = append(rows, cells)
	}
	shown := func(cells []string) (some []string) {
		for k, c := range iocColumns {
			if used[k] || !c.only {
				some = append(some, cells[k])
			}
		}
		return some
	}
	titles := make([]string, len(iocColumns))
	for k, c := range iocColumns {
		titles[k] = c.title
	}
	m.header(shown(titles)...)
	for _, cells := range rows {
		m.row(shown(cells)...)
	}
	m.end()
}

// iocRow reads a row of a table of IOCs.
func (r *reader) iocRow(n ast.Node, c cells, mention bool) {
	r.rows[r.section]++
	i := feed.IOC{
		Type: feed.Type(c.get(typeColumn)), Threat: feed.Threat(c.get(threatColumn)), Family: c.get(familyColumn),
		Confidence: feed.NoConfidence, Mention: mention, Context: c.get(contextColumn), Differs: c.list(differsColumn),
		Reference: c.get(referenceColumn), Tags: c.list(tagsColumn),
	}
	var err error
	if i.Value, err = feed.Canonical(i.Type, c.get(valueColumn)); err != nil {
		r.fault(n, "bad-value", err.Error()+"; the row is left out")
		return
	}
	if i.FirstSeen, err = feed.ParseSeen(c.get(seenColumn)); err != nil {
		r.fault(n, "bad-date", err.Error())
	}
	if i.LastSeen, err = feed.ParseSeen(c.get(lastColumn)); err != nil {
		r.fault(n, "bad-date", err.Error())
	}
	if v := c.get(confidenceColumn); v != "" {
		if i.Confidence, err = strconv.Atoi(strings.TrimSuffix(v, "%")); err != nil || i.Confidence < 0 || i.Confidence > 100 {
			r.fault(n, "bad-confidence", fmt.Sprintf("%s is no confidence from 0%% to 100%%", feed.Quote(v)))
			i.Confidence = feed.NoConfidence
		}
	}
	for _, w := range c.list(whereColumn) {
		i.Sources = append(i.Sources, r.source(w))
	}
	if _, twice := r.decided.iocs[i.Key()]; twice {
		r.fault(n, "row-twice", feed.Quote(i.Value)+" stands in a row before; what this one decides is left out")
	} else {
		r.decided.iocs[i.Key()] = r.mark(n, c, mention)
	}
	if mention {
		r.docs[0].Mentions = append(r.docs[0].Mentions, i)
	} else {
		r.docs[0].IOCs = append(r.docs[0].IOCs, i)
	}
}

// mark reads what was decided about the IOC of a row.
func (r *reader) mark(n ast.Node, c cells, mention bool) mark {
	m := mark{note: c.get(noteColumn), on: !mention}
	if on, ok := parseStanding(c.get(onColumn)); ok {
		m.on = on
	} else {
		r.fault(n, "bad-on", fmt.Sprintf("%s is neither on nor off; the IOC stands as published", feed.Quote(c.get(onColumn))))
	}
	m.switched = m.on == mention
	if m.verdict = Verdict(strings.ToLower(c.get(verdictColumn))); !slices.Contains(Verdicts, m.verdict) {
		r.fault(n, "bad-verdict", fmt.Sprintf("%s is no verdict; use malicious, benign or unsure", feed.Quote(c.get(verdictColumn))))
		m.verdict = NoVerdict
	}
	return m
}
