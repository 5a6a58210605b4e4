package review

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quarry/feed"
	"quarry/kql"
)

// inShort writes what a reader wants to know first. It is for people: the decisions
// are read back from what follows.
func (m *markdown) inShort(tables int) {
	c, r := &m.counted, m.r
	hunted := strconv.Itoa(c.On) + " of " + feed.Counted(c.IOCs, "IOC")
	if c.MentionsOn > 0 {
		hunted += " and " + feed.Counted(c.MentionsOn, "mention")
	}
	say := []string{fmt.Sprintf("Hunted: %s in %s of %s, looking back %s.", hunted, feed.Counted(tables, "table"), r.Target().Title(), kql.FormatLookback(r.Lookback()))}
	var left []string
	if c.Off > 0 {
		left = append(left, strconv.Itoa(c.Off)+" switched off")
	}
	if c.Below > 0 {
		left = append(left, fmt.Sprintf("%d below %d%% confidence", c.Below, r.MinConfidence()))
	}
	if len(left) > 0 {
		say = append(say, "Left out: "+strings.Join(left, ", ")+"; the reasons stand below.")
	}
	var judged []string
	for _, v := range []struct {
		n  int
		is Verdict
	}{{c.Malicious, Malicious}, {c.Benign, Benign}, {c.Unsure, Unsure}} {
		if v.n > 0 {
			judged = append(judged, fmt.Sprintf("%d %s", v.n, v.is))
		}
	}
	if len(judged) > 0 {
		say = append(say, "Judged: "+strings.Join(judged, ", ")+".")
	}
	if c.Scenarios > 0 {
		say = append(say, fmt.Sprintf("Attached: %d of %s.", c.Attached, feed.Counted(c.Scenarios, "false-positive scenario")))
	}
	if by := reviewersOf(m.reviews, m.text, formatMinute); len(m.reviews) > 1 || m.reviews[0].Reviewer != "" {
		say = append(say, "Reviewed by "+by+".")
	} else if at := m.reviews[0].At; !at.IsZero() {
		say = append(say, "Reviewed on "+formatMinute(at)+".")
	}
	m.line(strings.Join(say, " "))
}

// formatMinute writes a moment for people, to the minute.
func formatMinute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") + " UTC" }

// chosenTables writes the tables that are hunted in or were asked for, a row each, and
// names the others. What has no row is off.
func (m *markdown) chosenTables() {
	mentions := m.counted.MentionsOn > 0
	cells := func(on, table, iocs, mention, connector string) []string {
		if mentions {
			return []string{on, table, iocs, mention, connector}
		}
		return []string{on, table, iocs, connector}
	}
	m.header(cells(onColumn, "Table", "IOCs", "Mentions", "Connector")...)
	var off []string
	for _, t := range m.tableStates {
		if !t.Chosen && !t.Published {
			off = append(off, t.Table.Name)
			continue
		}
		n := t.Tally()
		m.row(cells(onOff(t.Chosen), t.Table.Name, strconv.Itoa(n.IOCs), strconv.Itoa(n.Mentions), m.text(strings.Join(t.Table.Connectors, ", ")))...)
	}
	m.end()
	if len(off) > 0 {
		m.line(feed.Counted(len(off), "other table") + " left out: " + m.text(strings.Join(off, ", ")) + ".")
	}
}
