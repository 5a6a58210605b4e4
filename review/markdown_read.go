package review

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v3"

	"quarry/feed"
	"quarry/kql"
)

// IsReviewed reports whether a document is one that [Review.WriteMarkdown]
// wrote.
func IsReviewed(doc []byte) bool {
	head, _, ok := cutFrontMatter(doc)
	return ok && bytes.HasPrefix(head, []byte("quarry:"))
}

func cutFrontMatter(doc []byte) (head, body []byte, ok bool) {
	rest, ok := bytes.CutPrefix(doc, []byte("---\n"))
	if !ok {
		return nil, doc, false
	}
	head, body, ok = bytes.Cut(rest, []byte("\n---\n"))
	return head, body, ok
}

// decided is what a reviewed bulletin says that its analyst decided.
type decided struct {
	target     kql.Target
	lookback   time.Duration
	iocs       map[string]mark // by IOC key
	tables     map[string]bool // nil when the section is missing
	scenarios  []attachment
	conditions []kql.Condition
}

type mark struct {
	on      bool
	verdict Verdict
	note    string
}

// reader reads one reviewed bulletin. What a person broke in it becomes a
// finding with its line; the rest is read.
type reader struct {
	in      feed.Input
	body    []byte
	bodyAt  int // line on which the body starts
	meta    frontMatter
	names   []string
	docs    []*feed.Bulletin
	decided decided
	broken  []feed.Finding

	section   string
	scenarios []feed.Scenario // as read so far; the last one is being read
	pending   feed.Source     // where the next published query stood
}

// readReviewed reads a reviewed bulletin. The error is a [*feed.InputError].
func readReviewed(in feed.Input) ([]*feed.Bulletin, *decided, error) {
	head, body, _ := cutFrontMatter(in.Text)
	r := &reader{in: in, body: body, bodyAt: bytes.Count(in.Text[:len(in.Text)-len(body)], []byte("\n")) + 1}
	if err := yaml.Unmarshal(head, &r.meta); err != nil {
		return nil, nil, &feed.InputError{Name: in.Name, Line: 1, Reason: "the front matter is not YAML: " + err.Error(), Advice: "restore it from the exported file", Err: err}
	}
	if r.meta.Quarry > formatVersion {
		return nil, nil, &feed.InputError{Name: in.Name, Line: 2, Reason: fmt.Sprintf("written by a newer Quarry (form %d, this one reads %d)", r.meta.Quarry, formatVersion), Advice: "update Quarry"}
	}
	if len(r.meta.Documents) == 0 {
		return nil, nil, &feed.InputError{Name: in.Name, Line: 2, Reason: "the front matter names no documents", Advice: "restore it from the exported file"}
	}
	r.start()
	md := goldmark.New(goldmark.WithExtensions(extension.Table))
	doc := md.Parser().Parse(text.NewReader(body))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		r.block(n)
	}
	for _, s := range r.scenarios {
		d := r.document(s.Source)
		d.Scenarios = append(d.Scenarios, s)
	}
	r.docs[0].Findings = append(r.docs[0].Findings, r.broken...)
	return r.docs, &r.decided, nil
}

// start makes the documents that the front matter describes.
func (r *reader) start() {
	r.names = sources(r.meta.Documents)
	for _, m := range r.meta.Documents {
		d := &feed.Bulletin{
			Source: feed.Source{Name: m.Source, Line: m.Line}, SHA256: m.SHA256, Format: m.Format,
			Title: m.Title, Family: m.Family, Total: feed.NoTotal,
		}
		if m.Total != nil {
			d.Total = *m.Total
		}
		for _, t := range m.Types {
			d.Types = append(d.Types, feed.Type(t))
		}
		r.docs = append(r.docs, d)
	}
	r.decided = decided{iocs: map[string]mark{}, target: kql.Sentinel, lookback: kql.DefaultLookback}
	if t, err := kql.ParseTarget(r.meta.Target); err == nil {
		r.decided.target = t
	} else {
		r.fault(nil, "bad-target", err.Error()+"; Sentinel is used")
	}
	if d, err := kql.ParseLookback(r.meta.Lookback); err == nil {
		r.decided.lookback = d
	} else {
		r.fault(nil, "bad-lookback", err.Error()+"; "+kql.FormatLookback(kql.DefaultLookback)+" is used")
	}
}

func (r *reader) fault(n ast.Node, code, text string) {
	line := 2
	if n != nil {
		line = r.line(n)
	}
	r.broken = append(r.broken, feed.Finding{Code: code, Severity: feed.Error, Source: feed.Source{Name: r.in.Name, Line: line}, Text: text})
}

func (r *reader) line(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return r.bodyAt + bytes.Count(r.body[:n.Lines().At(0).Start], []byte("\n"))
		}
	}
	return r.bodyAt
}

func (r *reader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		r.heading(n)
	case *ast.Paragraph:
		r.paragraph(n)
	case *ast.FencedCodeBlock:
		r.fence(n)
	case *extast.Table:
		r.table(n)
	}
}

func (r *reader) heading(n *ast.Heading) {
	title := r.text(n)
	if n.Level == 2 {
		r.section = title
		return
	}
	if n.Level != 3 || r.section != scenariosSection {
		return
	}
	_, title, _ = strings.Cut(title, ": ")
	r.scenarios = append(r.scenarios, feed.Scenario{Title: title})
	r.decided.scenarios = append(r.decided.scenarios, attachment{})
	r.decided.conditions = append(r.decided.conditions, nil)
}

func (r *reader) paragraph(n *ast.Paragraph) {
	label, value := r.labelled(n)
	switch r.section {
	case hypothesisSection:
		d := r.docs[0]
		if src, ok := r.place(label); ok {
			d = r.document(src)
		}
		d.Text = joinLines(d.Text, value)
	case scenariosSection:
		r.scenarioField(n, label, value)
	case publishedSection:
		if label == whereLabel {
			r.pending, _ = r.place(value)
		}
	}
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

func (r *reader) scenarioField(n ast.Node, label, value string) {
	if len(r.scenarios) == 0 {
		return
	}
	last := len(r.scenarios) - 1
	s := &r.scenarios[last]
	switch label {
	case descriptionLabel:
		s.Description = value
	case filterLabel:
		s.Filter = value
	case attachedLabel:
		a, ok := parseAttachment(value)
		if !ok {
			r.fault(n, "bad-attachment", fmt.Sprintf("scenario %d is attached %q, which is neither yes nor no; it is left detached", last+1, value))
		}
		r.decided.scenarios[last] = a
	case whereLabel:
		place, cut := strings.CutSuffix(value, ", "+cutWords)
		s.Cut = cut
		src, ok := r.place(place)
		if !ok {
			r.fault(n, "bad-place", fmt.Sprintf("scenario %d stood at %q, which is no line of a document", last+1, place))
		}
		s.Source = src
	}
}

func parseAttachment(s string) (attachment, bool) {
	for _, a := range []attachment{{}, {attached: true}, {attached: true, accepted: true}} {
		if s == a.String() {
			return a, true
		}
	}
	return attachment{}, false
}

func (r *reader) fence(n *ast.FencedCodeBlock) {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(r.body))
	}
	content := strings.TrimSuffix(b.String(), "\n")
	switch {
	case r.section == publishedSection:
		d := r.document(r.pending)
		d.Queries = append(d.Queries, feed.Query{Text: content, Source: r.pending})
	case r.section == scenariosSection && len(r.scenarios) > 0 && string(n.Language(r.body)) == conditionInfo:
		c, err := kql.ParseCondition(content)
		if err != nil {
			r.fault(n, "bad-condition", fmt.Sprintf("scenario %d: %v; the published filter is read again instead", len(r.scenarios), err))
			return
		}
		r.decided.conditions[len(r.scenarios)-1] = c
	}
}

// place reads name:line for one of the document names.
func (r *reader) place(s string) (feed.Source, bool) {
	for _, name := range r.names {
		rest, ok := strings.CutPrefix(s, visible(name))
		if !ok {
			continue
		}
		if rest == "" {
			return feed.Source{Name: name}, true
		}
		if line, err := strconv.Atoi(strings.TrimPrefix(rest, ":")); err == nil && strings.HasPrefix(rest, ":") {
			return feed.Source{Name: name, Line: line}, true
		}
	}
	return feed.Source{}, false
}

// document is the one that a place lies in: the last of that name that starts
// at or before the line.
func (r *reader) document(s feed.Source) *feed.Bulletin {
	found := r.docs[0]
	named := false
	for _, d := range r.docs {
		if d.Source.Name == s.Name && (!named || d.Source.Line <= s.Line) {
			found, named = d, true
		}
	}
	return found
}

// labelled splits a paragraph into its bold label, if it starts with one, and
// the rest.
func (r *reader) labelled(n ast.Node) (label, value string) {
	first := n.FirstChild()
	if e, ok := first.(*ast.Emphasis); ok && e.Level == 2 {
		label = r.text(e)
		var rest strings.Builder
		for c := first.NextSibling(); c != nil; c = c.NextSibling() {
			r.inline(&rest, c)
		}
		return label, strings.TrimSpace(rest.String())
	}
	return "", r.text(n)
}

func (r *reader) text(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.inline(&b, c)
	}
	return strings.TrimSpace(b.String())
}

func (r *reader) inline(b *strings.Builder, n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		b.WriteString(unescape(string(n.Segment.Value(r.body))))
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte('\n')
		}
	case *ast.CodeSpan:
		var code strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				code.Write(t.Segment.Value(r.body))
			}
		}
		b.WriteString(feed.Refang(code.String()))
	case *ast.RawHTML:
		b.WriteString(string(n.Segments.Value(r.body)))
	case *ast.AutoLink:
		b.Write(n.Label(r.body))
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			r.inline(b, c)
		}
	}
}

// table reads the rows of a table by the titles of its columns.
func (r *reader) table(n *extast.Table) {
	row := map[string]func(ast.Node, cells){
		summarySection:  func(n ast.Node, c cells) { r.iocRow(n, c, false) },
		mentionsSection: func(n ast.Node, c cells) { r.iocRow(n, c, true) },
		tablesSection:   r.tableRow,
		requiredSection: r.requiredRow,
		findingsSection: r.findingRow,
	}[r.section]
	if row == nil {
		return
	}
	var titles []string
	for part := n.FirstChild(); part != nil; part = part.NextSibling() {
		var texts []string
		for c := part.FirstChild(); c != nil; c = c.NextSibling() {
			texts = append(texts, r.text(c))
		}
		if part.Kind() == extast.KindTableHeader {
			titles = texts
			continue
		}
		row(part.FirstChild(), cells{titles, texts})
	}
}

// cells is a row of a table.
type cells struct{ titles, texts []string }

func (c cells) get(title string) string {
	if i := slices.IndexFunc(c.titles, func(t string) bool { return strings.EqualFold(t, title) }); i >= 0 && i < len(c.texts) {
		return c.texts[i]
	}
	return ""
}

// list is a cell with several entries.
func (c cells) list(title string) []string {
	if v := c.get(title); v != "" {
		return strings.Split(v, cellBreak)
	}
	return nil
}

func (r *reader) iocRow(n ast.Node, c cells, mention bool) {
	i := feed.IOC{
		Type: feed.Type(c.get("Type")), Threat: feed.Threat(c.get("Threat Type")), Family: c.get("Family"),
		Confidence: feed.NoConfidence, Mention: mention, Context: c.get("Context"), Differs: c.list("Differs"),
	}
	var err error
	if i.Value, err = feed.Canonical(i.Type, c.get("Value")); err != nil {
		r.fault(n, "bad-value", err.Error()+"; the row is left out")
		return
	}
	if i.FirstSeen, err = feed.ParseSeen(c.get("First Seen")); err != nil {
		r.fault(n, "bad-date", err.Error())
	}
	if v := c.get("Confidence"); v != "" {
		if i.Confidence, err = strconv.Atoi(strings.TrimSuffix(v, "%")); err != nil || i.Confidence < 0 || i.Confidence > 100 {
			r.fault(n, "bad-confidence", fmt.Sprintf("%q is no confidence from 0%% to 100%%", v))
			i.Confidence = feed.NoConfidence
		}
	}
	for _, w := range c.list("Where") {
		if src, ok := r.place(w); ok {
			i.Sources = append(i.Sources, src)
		} else {
			r.fault(n, "bad-place", fmt.Sprintf("%q is no line of a document", w))
		}
	}
	m := mark{on: c.get("On") == onOff(true), verdict: Verdict(c.get("Verdict")), note: c.get("Note")}
	if on := c.get("On"); on != onOff(true) && on != onOff(false) {
		m.on = !mention
		r.fault(n, "bad-on", fmt.Sprintf("%q is neither on nor off; the IOC stands as published", on))
	}
	if !slices.Contains(Verdicts, m.verdict) {
		r.fault(n, "bad-verdict", fmt.Sprintf("%q is no verdict; use malicious, benign or unsure", m.verdict))
		m.verdict = NoVerdict
	}
	r.decided.iocs[i.Key()] = m
	if mention {
		r.docs[0].Mentions = append(r.docs[0].Mentions, i)
	} else {
		r.docs[0].IOCs = append(r.docs[0].IOCs, i)
	}
}

func (r *reader) tableRow(_ ast.Node, c cells) {
	if r.decided.tables == nil {
		r.decided.tables = map[string]bool{}
	}
	if c.get("On") == onOff(true) {
		r.decided.tables[c.get("Table")] = true
	}
}

func (r *reader) requiredRow(_ ast.Node, c cells) {
	src, _ := r.place(c.get("Where"))
	d := r.document(src)
	d.Tables = append(d.Tables, feed.TableNote{Name: c.get("Sentinel Table"), Note: c.get("Notes"), Source: src})
}

func (r *reader) findingRow(_ ast.Node, c cells) {
	src, ok := r.place(c.get("Where"))
	if !ok {
		src = feed.Source{Name: c.get("Where")}
	}
	d := r.document(src)
	d.Findings = append(d.Findings, feed.Finding{
		Code: c.get("Code"), Severity: feed.Severity(c.get("Severity")), Source: src, Text: c.get("Text"),
	})
}
