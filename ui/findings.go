package ui

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// More findings of one kind than mostAlike are told as a group, of which the
// first firstAlike are shown.
const (
	mostAlike  = 5
	firstAlike = 3
)

// findingList is the overlay of all findings, those of one kind together until
// Enter lists every one.
type findingList struct {
	reading
	every  bool   // list every one
	long   bool   // there are enough of one kind to be a group
	limits string // the key of the limits
}

// showFindings opens what the documents get wrong and what the hunts leave
// out.
func (m *Model) showFindings() {
	l := &findingList{limits: m.key("limits")}
	l.title, l.make = "Findings", l.write
	m.cover(l)
	l.resize(m)
}

func (l *findingList) write(t *text) {
	l.long = false
	if reason := t.m.unwritten(); reason != "" {
		t.para(warn, "The hunts: "+reason)
		t.gap()
	}
	if news := t.m.plan.Findings(); len(news) > 0 {
		t.para(bold, "The hunts, errors first")
		l.list(t, news)
		t.gap()
	}
	if t.m.preview.tab == unionTab { // else it may not be written yet
		if news := t.m.plan.OfUnion(); len(news) > 0 {
			t.para(bold, "The query over all tables")
			l.list(t, news)
			t.gap()
		}
	}
	if s := t.m.saved; len(s.findings) > 0 {
		what := " as they were written last"
		if s.none {
			what = ", of which none was made"
		}
		t.para(bold, "The files of "+s.format+what)
		l.list(t, s.findings)
		t.gap()
	}
	t.para(bold, "The document as published, errors first")
	if len(t.m.review.Findings()) == 0 {
		t.para(plain, "No finding.")
	}
	l.list(t, t.m.review.Findings())
}

// list adds findings, the worst first.
func (l *findingList) list(t *text, fs []feed.Finding) {
	for _, alike := range byKind(worstFirst(fs)) {
		many := len(alike) > mostAlike
		l.long = l.long || many
		if many && !l.every {
			t.findingGroup(alike)
			continue
		}
		for _, f := range alike {
			t.finding(f)
		}
	}
}

func (l *findingList) press(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	if l.long && msg.String() == "enter" {
		l.every = !l.every
		l.win.top = 0
		l.resize(m)
		return nil
	}
	if a, ok := m.actionFor(msg.String(), m.focus); ok && a.name == "limits" {
		return m.do(a)
	}
	return l.reading.press(m, msg)
}

func (l *findingList) footer() []footerKey {
	keys := append(l.reading.footer(), footerKey{l.limits, "limits"})
	switch {
	case l.long && l.every:
		return append(keys, footerKey{"Enter", "group them"})
	case l.long:
		return append(keys, footerKey{"Enter", "list every one"})
	}
	return keys
}

// worstFirst orders findings by severity; equal ones stay as they stand in the
// documents.
func worstFirst(fs []feed.Finding) []feed.Finding {
	order := []feed.Severity{feed.Error, feed.Warning, feed.Info}
	sorted := slices.Clone(fs)
	slices.SortStableFunc(sorted, func(a, b feed.Finding) int {
		return cmp.Compare(slices.Index(order, a.Severity), slices.Index(order, b.Severity))
	})
	return sorted
}

// byKind puts many findings of one severity and code together, where the first
// of them stands. Others are each alone, as few of a kind are read in the order
// of the document.
func byKind(fs []feed.Finding) [][]feed.Finding {
	type kind struct {
		feed.Severity
		code string
	}
	count := map[kind]int{}
	for _, f := range fs {
		count[kind{f.Severity, f.Code}]++
	}
	var groups [][]feed.Finding
	at := map[kind]int{}
	for _, f := range fs {
		k := kind{f.Severity, f.Code}
		g, begun := at[k]
		switch {
		case begun:
			groups[g] = append(groups[g], f)
		default:
			if count[k] > mostAlike {
				at[k] = len(groups)
			}
			groups = append(groups, []feed.Finding{f})
		}
	}
	return groups
}

func severityStyle(s feed.Severity) style {
	return map[feed.Severity]style{feed.Error: bad, feed.Warning: warn}[s]
}

func (t *text) finding(f feed.Finding) {
	label := string(f.Severity)
	if f.Source.Line > 0 {
		label += " line " + strconv.Itoa(f.Source.Line)
	}
	t.field(label, severityStyle(f.Severity), f.Text+" ("+strings.Join(append([]string{f.Code}, t.document(f)...), ", ")+")")
}

// document names the document of a finding where there are several.
func (t *text) document(f feed.Finding) []string {
	if len(t.m.review.Documents()) > 1 && f.Source.Name != "" {
		return []string{f.Source.Name}
	}
	return nil
}

// findingGroup adds how many findings of one kind there are and what the kind
// means, the first of them, and where the others stand.
func (t *text) findingGroup(alike []feed.Finding) {
	f := alike[0]
	t.field(string(f.Severity)+" x "+thousands(len(alike)), severityStyle(f.Severity), meaning(f.Code)+" ("+f.Code+")")
	for _, f := range alike[:firstAlike] {
		label := "  finding"
		if f.Source.Line > 0 {
			label = "  line " + strconv.Itoa(f.Source.Line)
		}
		words := f.Text
		if d := t.document(f); len(d) > 0 {
			words += " (" + d[0] + ")"
		}
		t.field(label, plain, words)
	}
	rest := alike[firstAlike:]
	t.field("  and more", plain, thousands(len(rest))+" like these"+t.whereabouts(rest)+"; Enter lists every one")
}

// whereabouts says where findings stand: from which line to which, or in how
// many documents.
func (t *text) whereabouts(fs []feed.Finding) string {
	names := map[string]bool{}
	first, last := 0, 0
	for _, f := range fs {
		names[f.Source.Name] = true
		line := f.Source.Line
		if line > 0 && (first == 0 || line < first) {
			first = line
		}
		last = max(last, line)
	}
	switch {
	case len(names) > 1:
		return ", in " + plural(len(names), "document")
	case last == 0:
		return ""
	}
	where := ", line " + strconv.Itoa(first)
	if last > first {
		where = ", lines " + strconv.Itoa(first) + " to " + strconv.Itoa(last)
	}
	for _, name := range t.document(fs[0]) {
		where += " of " + name
	}
	return where
}

//go:embed findings.yaml
var findingsYAML []byte

// meanings is the file findings.yaml. It is part of the program and a test
// reads it; without it a code stands for itself.
var meanings = sync.OnceValue(func() map[string]string {
	words, _ := readMeanings(findingsYAML)
	return words
})

func readMeanings(text []byte) (words map[string]string, err error) {
	err = yaml.Unmarshal(text, &words)
	return words, err
}

// meaning says in words what all findings of a code have in common.
func meaning(code string) string {
	if words := meanings()[code]; words != "" {
		return words
	}
	return strings.ReplaceAll(code, "-", " ")
}
