package review

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"quarry/feed"
)

// labelled splits a paragraph into its bold label, if it starts with one, and
// the rest.
func (r *reader) labelled(n ast.Node) (label, value string) {
	first := n.FirstChild()
	if e, ok := first.(*ast.Emphasis); ok && e.Level == 2 {
		var rest strings.Builder
		for c := first.NextSibling(); c != nil; c = c.NextSibling() {
			r.inline(&rest, c)
		}
		return r.text(e), strings.Trim(rest.String(), " ")
	}
	return "", r.text(n)
}

// text is what a block says, without markup: defanged values in code spans
// refanged, line breaks as line ends.
func (r *reader) text(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.inline(&b, c)
	}
	return strings.Trim(b.String(), " ")
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
		if tag := n.Segments.Value(r.body); bytes.EqualFold(tag, []byte(entryBreak)) {
			b.WriteByte('\n')
		} else {
			b.Write(tag)
		}
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
		historySection:  r.historyRow,
	}[r.section]
	if row == nil {
		return
	}
	if r.section == tablesSection && r.decided.tables == nil {
		r.decided.tables = map[string]feed.Source{} // also when no row says that one is on
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
		row(part, cells{titles, texts})
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
		return entries(v)
	}
	return nil
}

func (r *reader) tableRow(n ast.Node, c cells) {
	switch on := c.get(onColumn); {
	case strings.EqualFold(on, onOff(true)):
		r.decided.tables[c.get("Table")] = feed.Source{Name: r.name, Line: r.line(n)}
	case !strings.EqualFold(on, onOff(false)):
		r.fault(n, "bad-on", feed.Quote(on)+" is neither on nor off; the table is left out")
	}
}

func (r *reader) requiredRow(_ ast.Node, c cells) {
	r.rows[r.section]++
	src, document, _ := r.place(entries(c.get(whereColumn)))
	d := r.docs[document]
	d.Tables = append(d.Tables, feed.TableNote{Name: c.get("Sentinel Table"), Note: c.get("Notes"), Source: src})
}

func (r *reader) findingRow(_ ast.Node, c cells) {
	r.rows[r.section]++
	d := r.docs[0]
	d.Findings = append(d.Findings, feed.Finding{
		Code: c.get("Code"), Severity: feed.Severity(c.get("Severity")), Source: r.source(c.get(whereColumn)), Text: c.get("Text"),
	})
}
