package review

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// reader reads one reviewed bulletin. What a person broke in it becomes a
// finding with its line; the rest is read.
type reader struct {
	name    string
	doc     []byte
	body    []byte
	lines   []int // where in the body each of its lines ends
	bodyAt  int   // line of the document on which the body starts
	meta    frontMatter
	docs    []*feed.Bulletin
	decided decided
	broken  []feed.Finding
	called  map[string]string // names of documents, by what places call them

	section   string
	seen      map[string]int // line of each section
	rows      map[string]int // what each section has of what the front matter counts
	scenarios []*readScenario
	pending   feed.Source // where the next published query stood,
	pendingIn int         // and in which document
	review    int         // of which the history lists decisions
}

// readReviewed reads a reviewed bulletin. Its IOCs, mentions and findings are
// all in the first document. The error is a [*feed.InputError].
func readReviewed(name string, doc []byte) ([]*feed.Bulletin, *decided, error) {
	head, body, _ := cutFrontMatter(doc)
	meta, err := readHead(name, head)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{
		name: name, doc: doc, body: body, bodyAt: bytes.Count(doc[:len(doc)-len(body)], []byte("\n")) + 1,
		meta: meta, seen: map[string]int{}, rows: map[string]int{},
	}
	for at, c := range body {
		if c == '\n' {
			r.lines = append(r.lines, at)
		}
	}
	r.start()
	tree := newParser().Parse(text.NewReader(body))
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		r.block(n)
	}
	r.finish()
	return r.docs, &r.decided, nil
}

// newParser makes a parser of what a reviewed bulletin is made of, and of no
// other Markdown: what a person adds as a list, quote or link is text, so that
// none of it gets lost, and costs no more than text.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewCodeBlockParser(), 500), // the only one that takes indented lines
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// start makes the documents that the front matter describes.
func (r *reader) start() {
	r.called = map[string]string{}
	for _, m := range r.meta.Documents {
		if m.Called != "" {
			r.called[string(m.Called)] = string(m.Source)
		}
		d := &feed.Bulletin{
			Source: feed.Source{Name: string(m.Source), Line: m.Line}, SHA256: m.SHA256, Format: m.Format,
			Title: string(m.Title), Family: string(m.Family), Total: feed.NoTotal,
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
	r.startReviews()
	head, _, _ := cutFrontMatter(r.doc)
	if t, err := kql.ParseTarget(r.meta.Target); err == nil {
		r.decided.target = t
	} else {
		r.faultAt(keyLine(head, "target:"), "bad-target", err.Error()+"; Sentinel is used")
	}
	if d, err := kql.ParseLookback(r.meta.Lookback); err == nil {
		r.decided.lookback = d
	} else {
		r.faultAt(keyLine(head, "lookback:"), "bad-lookback", err.Error()+"; "+kql.FormatLookback(kql.DefaultLookback)+" is used")
	}
	r.knobs(head)
}

// knobs reads how IOCs match, and which; what the head does not say is the usual.
func (r *reader) knobs(head []byte) {
	r.decided.knobs.OwnSide = r.meta.OwnSide
	var err error
	if r.meta.Match != "" {
		if r.decided.knobs.Match, err = kql.ParseMatch(r.meta.Match); err != nil {
			r.faultAt(keyLine(head, "match:"), "bad-match", err.Error()+"; subdomain is used")
		}
	}
	if r.meta.Port != "" {
		if r.decided.knobs.Port, err = kql.ParsePortMode(r.meta.Port); err != nil {
			r.faultAt(keyLine(head, "port:"), "bad-port", err.Error()+"; label is used")
		}
	}
	if r.meta.Long != "" {
		if r.decided.long, err = ParseLong(r.meta.Long); err != nil {
			r.faultAt(keyLine(head, "long:"), "bad-long", err.Error()+"; keep is used")
		}
	}
	if n := r.meta.MinConfidence; n != nil {
		if r.decided.minConfidence, err = ParseMinConfidence(fmt.Sprint(n)); err != nil {
			r.faultAt(keyLine(head, "min_confidence:"), "bad-min-confidence", err.Error()+"; none is used")
		}
	}
}

func (r *reader) fault(n ast.Node, code, text string) { r.faultAt(r.line(n), code, text) }

func (r *reader) faultAt(line int, code, text string) {
	r.broken = append(r.broken, feed.Finding{Code: code, Severity: feed.Error, Source: feed.Source{Name: r.name, Line: line}, Text: text})
}

// line is the line of the document on which the content of a block starts, or
// the block itself where it has none.
func (r *reader) line(n ast.Node) int {
	at := n.Pos()
	if n.Lines().Len() > 0 {
		at = n.Lines().At(0).Start
	}
	line, _ := slices.BinarySearch(r.lines, max(at, 0))
	return r.bodyAt + line
}

func (r *reader) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		r.heading(n)
	case *ast.Paragraph:
		label, value := r.labelled(n)
		r.words(n, label, value)
	case *ast.CodeBlock:
		r.words(n, "", string(n.Lines().Value(r.body)))
	case *ast.FencedCodeBlock:
		r.fence(n)
	case *extast.Table:
		r.table(n)
	}
}

func (r *reader) heading(n *ast.Heading) {
	switch {
	case n.Level == 2:
		r.section = r.text(n)
		r.seen[r.section] = r.line(n)
	case n.Level == 3 && r.section == scenariosSection:
		r.scenario(n)
	case n.Level == 3 && r.section == historySection:
		r.historyTitle(n)
	}
}

// words reads a paragraph.
func (r *reader) words(n ast.Node, label, value string) {
	switch r.section {
	case hypothesisSection:
		d := r.docs[0]
		if at, ok := parseDocumentLabel(strings.TrimSuffix(label, ":"), len(r.docs)); ok {
			d = r.docs[at]
		} else if label != "" {
			value = label + " " + value
		}
		d.Text = joinLines(d.Text, value)
	case scenariosSection:
		r.scenarioField(n, label, value)
	case publishedSection:
		if label == whereLabel {
			r.pending, r.pendingIn, _ = r.place(entries(value))
		}
	}
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

func (r *reader) fence(n *ast.FencedCodeBlock) {
	if !r.closed(n) {
		r.fault(n, "open-fence", "the code that starts above is not closed, so all that follows is taken for code; close it with ```")
	}
	switch r.section {
	case publishedSection:
		r.rows[r.section]++
		d := r.docs[r.pendingIn]
		d.Queries = append(d.Queries, feed.Query{Text: r.code(n), Source: r.pending})
		r.pending, r.pendingIn = feed.Source{}, 0
	case scenariosSection:
		r.condition(n)
	}
}

func (r *reader) code(n *ast.FencedCodeBlock) string {
	return strings.TrimSuffix(string(n.Lines().Value(r.body)), "\n")
}

// closed reports whether a line follows the content of a fenced block, which is
// then the one that closes it.
func (r *reader) closed(n *ast.FencedCodeBlock) bool {
	end := n.Pos()
	if k := n.Lines().Len(); k > 0 {
		end = n.Lines().At(k - 1).Stop
	} else if at := bytes.IndexByte(r.body[end:], '\n'); at >= 0 {
		end += at
	} else {
		return false
	}
	return len(bytes.TrimSpace(r.body[end:])) > 0
}

// place reads what [markdown.place] wrote, and gives the document and what else
// the entries say.
func (r *reader) place(entries []string) (s feed.Source, document int, more []string) {
	if len(entries) > 0 {
		s = r.source(entries[0])
		entries = entries[1:]
	}
	document = documentAt(r.docs, s)
	for _, e := range entries {
		if n, ok := parseDocumentLabel(e, len(r.docs)); ok {
			document = n
		} else {
			more = append(more, e)
		}
	}
	return s, document, more
}

// entries takes apart what stands between line breaks.
func entries(s string) []string { return strings.Split(s, "\n") }

// finish gives the documents what was read, and says what is missing.
func (r *reader) finish() {
	for _, s := range r.scenarios {
		if s.announced != "" && !s.fenced {
			r.faultAt(s.line, "bad-condition", "this scenario has lost its condition; the published filter is read again instead")
		}
		if s.condition == nil && (s.announced != "" || s.fenced) {
			s.accepted, s.dangers = "", "" // what was accepted were the risks of the condition that is lost
		}
	}
	for _, s := range r.scenarios {
		if s.accepted != exclusions.Dangerous {
			s.dangers = ""
		}
	}
	r.decided.order = slices.Clone(r.scenarios)
	slices.SortStableFunc(r.scenarios, func(a, b *readScenario) int {
		return cmp.Or(cmp.Compare(a.document, b.document), cmp.Compare(a.number, b.number))
	})
	for _, s := range r.scenarios {
		if s.own {
			continue
		}
		d := r.docs[s.document]
		d.Scenarios = append(d.Scenarios, s.Scenario)
		r.decided.scenarios = append(r.decided.scenarios, s)
	}
	r.rows[scenariosSection] = len(r.scenarios)
	r.missing()
	r.countHistory()
	r.docs[0].Findings = append(r.docs[0].Findings, r.broken...)
}

// missing says which sections are missing, and which have less than the front
// matter counts.
func (r *reader) missing() {
	head, _, _ := cutFrontMatter(r.doc)
	c := r.meta.Counts
	for _, s := range []struct {
		section string
		always  bool
		counted int
		what    string
	}{
		{hypothesisSection, true, 0, ""},
		{summarySection, true, c.IOCs, "IOCs"},
		{mentionsSection, false, c.Mentions, "mentions"},
		{tablesSection, true, 0, ""},
		{requiredSection, false, c.Required, "required tables"},
		{scenariosSection, false, c.Scenarios, "scenarios"},
		{publishedSection, false, c.Published, "published queries"},
		{findingsSection, false, c.Findings, "findings"},
	} {
		line, there := r.seen[s.section]
		switch n := r.rows[s.section]; {
		case !there && (s.always || s.counted > 0):
			r.faultAt(keyLine(head, "counts:"), "missing-section", fmt.Sprintf("the section %q is missing; restore it from the exported file", s.section))
		case n < s.counted:
			r.faultAt(line, "missing-rows", fmt.Sprintf("%d of the %d %s that the front matter counts are here; the others were deleted or cannot be read", n, s.counted, s.what))
		}
	}
}
