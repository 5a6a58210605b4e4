package bulletin

import "strings"

// labelKind is a word that opens a line and says what follows its colon.
type labelKind int

const (
	noLabel labelKind = iota
	hypothesisLabel
	familyLabel
	totalLabel
	typesLabel
	threatLabel
	activeLabel
	scenarioLabel
	descriptionLabel
	filterLabel
)

// labels are the words of [labelKind]; of two that start alike the longer one
// comes first.
var labels = []struct {
	text string
	kind labelKind
}{
	{"Hunt Hypothesis", hypothesisLabel},
	{"Malware Family", familyLabel},
	{"Threat", threatLabel},
	{"Total IOCs", totalLabel},
	{"Total URLs", totalLabel},
	{"Active URLs", activeLabel},
	{"IOC Types", typesLabel},
	{"Scenario", scenarioLabel},
	{"Description", descriptionLabel},
	{"Filter/Exclusion", filterLabel},
	{"Filter / Exclusion", filterLabel},
}

// inSummary reports whether the label is one of an IOC summary.
func (k labelKind) inSummary() bool {
	switch k {
	case familyLabel, totalLabel, typesLabel, threatLabel, activeLabel:
		return true
	}
	return false
}

// labelled takes a line apart that starts with a label: "Scenario: x",
// "### Scenario 2: x", "**Scenario:** x", "- **Scenario**: x".
func labelled(s string) (kind labelKind, rest string) {
	start := strings.TrimLeft(s, "#>-*_+ \t")
	for _, l := range labels {
		after, ok := cutPrefixFold(start, l.text)
		if !ok {
			continue
		}
		if l.kind == scenarioLabel {
			after = strings.TrimLeft(after, " 0123456789")
		}
		mark := emphasis(s[:len(s)-len(start)])
		closed := mark == ""
		if !closed {
			after, closed = strings.CutPrefix(after, mark)
		}
		if after, ok = strings.CutPrefix(strings.TrimLeft(after, " "), ":"); !ok {
			continue
		}
		if !closed {
			after, closed = strings.CutPrefix(after, mark)
		}
		if !closed { // all of the line stands in the emphasis
			after = strings.TrimSuffix(trim(after), mark)
		}
		return l.kind, trim(after)
	}
	return noLabel, ""
}

// emphasis is the run of * or _ that decoration ends with.
func emphasis(decoration string) string {
	rest := strings.TrimRight(decoration, "*")
	if len(rest) == len(decoration) {
		rest = strings.TrimRight(decoration, "_")
	}
	return decoration[len(rest):]
}

// summaryField is what a summary says under one label.
type summaryField struct {
	label labelKind
	value string
}

// summaryFields takes the line of an IOC summary apart, which may hold one of
// its labels or, with the markup lost, all of them.
func summaryFields(s string) (fields []summaryField) {
	s = strings.ReplaceAll(s, "**", "")
	last := noLabel
	for _, l := range labels {
		if !l.kind.inSummary() {
			continue
		}
		at := indexFold(s, l.text+":")
		if at < 0 {
			continue
		}
		if last != noLabel {
			fields = append(fields, summaryField{last, unwrap(trim(s[:at]))})
		}
		last, s = l.kind, s[at+len(l.text)+1:]
	}
	if last != noLabel {
		fields = append(fields, summaryField{last, unwrap(trim(s))})
	}
	return fields
}

// indexFold is [strings.Index] without regard to the case of ASCII letters.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i]|0x20 == sub[0]|0x20 && strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

// section is a part of a bulletin.
type section int

const (
	before section = iota // the start of the document
	hypothesis
	summary
	iocs
	queries
	tables
	scenarios
	other // a part that bulletins do not have
)

// titles are the headings of sections, in lower case.
var titles = map[string]section{
	"ioc summary":     summary,
	"hunt hypothesis": hypothesis, "hypothesis": hypothesis,
	"ioc table": iocs, "iocs": iocs, "indicators": iocs, "indicators of compromise": iocs,
	"kql query": queries, "kql queries": queries, "hunting queries": queries,
	"sentinel tables": tables, "required tables": tables, "required sentinel tables": tables,
	"scenarios": scenarios, "false positive scenarios": scenarios, "false-positive scenarios": scenarios,
}

// titleWords are words of longer headings that say as much.
var titleWords = []struct {
	text    string
	section section
}{
	{"kql quer", queries}, {"hunting quer", queries}, {"hunt quer", queries},
	{"sentinel table", tables}, {"required table", tables}, {"required data", tables}, {"data connector", tables},
	{"false positive", scenarios}, {"false-positive", scenarios},
}

// sectionOf names the section that a heading opens, other if it is none of a
// bulletin's. The title of a document (level 1) and a line without a heading's
// markup (level 0) must be the very words.
func sectionOf(level int, title string) section {
	if len(title) > 200 {
		return other
	}
	title = strings.ToLower(strings.TrimSuffix(unwrap(title), ":"))
	if sec, ok := titles[title]; ok {
		return sec
	}
	if level > 1 {
		for _, w := range titleWords {
			if strings.Contains(title, w.text) {
				return w.section
			}
		}
	}
	return other
}
