package bulletin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// draft is a bulletin while its lines come in.
type draft struct {
	b    *feed.Bulletin
	name string // of the document
	text string // of the document

	hypothesis   []textLine
	loose        []looseLine
	query        *queryDraft
	scenario     *scenarioDraft
	lastScenario *scenarioDraft // the last one, as long as nothing follows it

	columns columns // of the table of IOCs
	notes   columns // of the list of tables

	summaryAt, totalAt, typesAt, tableAt int // lines; 0 is nowhere
	rows                                 int

	urlhaus urlhaus

	rowTypes map[feed.Type]int
	seen     map[string]stood // by the key of IOCs
	mentions mentions
}

// looseLine is a line that no section has taken yet.
type looseLine struct {
	textLine
	level int // of a heading; 0 is prose
}

func newDraft(name, text string, line int) *draft {
	return &draft{
		b:    &feed.Bulletin{Source: feed.Source{Name: name, Line: line}, Total: feed.NoTotal},
		name: name, text: text,
		rowTypes: map[feed.Type]int{}, seen: map[string]stood{},
	}
}

func (d *draft) source(line int) feed.Source { return feed.Source{Name: d.name, Line: line} }

func (d *draft) find(code string, severity feed.Severity, line int, format string, args ...any) {
	d.b.Findings = append(d.b.Findings, feed.Finding{
		Code: code, Severity: severity, Source: d.source(line), Text: fmt.Sprintf(format, args...),
	})
}

// settled reports whether the bulletin has a part that only the next bulletin
// would have again behind it.
func (d *draft) settled() bool {
	return d.summaryAt > 0 || d.tableAt > 0 || len(d.b.Scenarios) > 0 || d.scenario != nil
}

// takeHead makes loose lines from position at on the title and the hypothesis.
func (d *draft) takeHead(at int) {
	head := slices.Clone(d.loose[at:])
	d.loose = d.loose[:at]
	for i, l := range head {
		if i == 0 && l.level > 0 {
			d.b.Title = l.text
			d.mention("title", l.no, l.text)
			continue
		}
		d.hypothesis = append(d.hypothesis, l.textLine)
	}
}

// titleAt is where the title of a bulletin stands among loose lines, or -1: the
// last of the highest headings.
func titleAt(loose []looseLine) int {
	title := -1
	for i, l := range loose {
		if l.level > 0 && (title < 0 || l.level <= loose[title].level) {
			title = i
		}
	}
	return title
}

// lastParagraph is where the last paragraph of loose lines begins, or the
// heading right above it.
func lastParagraph(loose []looseLine) int {
	at := len(loose)
	for at > 0 {
		at--
		if loose[at].paragraph {
			break
		}
	}
	if at > 0 && loose[at-1].level > 0 {
		at--
	}
	return at
}

// dropLoose reports the lines that no section took, once a run.
func (d *draft) dropLoose() {
	context := "text outside any section"
	var run []textLine
	flush := func() {
		switch {
		case len(run) == 1:
			d.find("unread-text", feed.Info, run[0].no, "no IOC is made of the line %s, which stands outside the parts of a bulletin", feed.Quote(run[0].text))
		case len(run) > 1:
			d.find("unread-text", feed.Info, run[0].no, "no IOC is made of %s that stand outside the parts of a bulletin, from %s on", count(len(run), "line"), feed.Quote(run[0].text))
		}
		run = nil
	}
	for _, l := range d.loose {
		if l.level > 0 {
			flush()
			context = "section " + feed.Quote(l.text)
		} else {
			run = append(run, l.textLine)
			d.lastScenario = nil
		}
		d.mention(context, l.no, l.text)
	}
	flush()
	d.loose = d.loose[:0]
}

// finish closes what is open, compares what the bulletin states with what it
// holds, and returns it.
func (d *draft) finish() *feed.Bulletin {
	d.closeQuery(d.query != nil && !d.query.complete())
	d.closeScenario()
	d.dropLoose()
	b := d.b
	for i := range b.IOCs {
		if b.IOCs[i].Family == "" {
			b.IOCs[i].Family = b.Family
		}
		d.addThreat(&b.IOCs[i])
	}
	b.Text = join(d.hypothesis, "\n\n")
	for _, l := range d.hypothesis {
		d.mention("hypothesis", l.no, l.text)
	}
	d.compare()
	d.checkScenarios()
	d.queryMentions()
	b.Mentions = d.mentions.sorted()
	feed.SortFindings(b.Findings)
	return b
}

// compare checks the table against the summary.
func (d *draft) compare() {
	b := d.b
	if b.Family == "" && !(d.tableAt > 0 && d.columns.has(familyColumn)) {
		d.find("no-family", feed.Info, b.Source.Line, "the bulletin states no malware family, so its IOCs carry none")
	}
	switch {
	case d.tableAt == 0:
		d.find("no-ioc-table", feed.Error, max(d.summaryAt, b.Source.Line), "there is no table of IOCs, so there is nothing to hunt; the text may end before it")
		return
	case d.rows == 0:
		d.find("empty-table", feed.Error, d.tableAt, "the table of IOCs has no rows, so there is nothing to hunt")
	}
	if b.Total != feed.NoTotal && b.Total != d.rows {
		d.find("count-differs", feed.Warning, d.totalAt, "the summary states %s and the table has %s; check the source for what is missing or was added",
			count(b.Total, "IOC"), count(d.rows, "row"))
	}
	d.compareActive()
	d.compareTypes()
}

func (d *draft) compareTypes() {
	if d.typesAt == 0 || d.rows == 0 {
		return
	}
	var missing, extra []string
	for _, t := range d.b.Types {
		if d.rowTypes[t] == 0 {
			missing = append(missing, string(t))
		}
	}
	for _, t := range feed.Types {
		if d.rowTypes[t] > 0 && !slices.Contains(d.b.Types, t) {
			extra = append(extra, string(t))
		}
	}
	if len(missing) > 0 {
		d.find("types-differ", feed.Warning, d.typesAt, "the summary states the type %s, which no row has; rows may be missing", feed.Quote(strings.Join(missing, ", ")))
	}
	if len(extra) > 0 {
		d.find("types-differ", feed.Warning, d.typesAt, "rows have the type %s, which the summary does not state; rows may have been added", feed.Quote(strings.Join(extra, ", ")))
	}
}

// stated reads one label of the summary.
func (d *draft) stated(label labelKind, value string, no int) {
	switch label {
	case familyLabel:
		d.b.Family = value
	case totalLabel, activeLabel:
		n, err := strconv.Atoi(value)
		switch {
		case err != nil || n < 0:
			d.find("bad-total", feed.Warning, no, "%s is no count of IOCs, so the rows cannot be checked against it", feed.Quote(value))
		case label == activeLabel:
			d.urlhaus.active, d.urlhaus.activeAt = n, no
		default:
			d.b.Total, d.totalAt = n, no
		}
	case threatLabel:
		d.urlhaus.threat = value
	case typesLabel:
		d.typesAt = no
		for t := range strings.SplitSeq(value, ",") {
			t := feed.Type(strings.ToLower(unwrap(trim(t))))
			if t == "" || slices.Contains(d.b.Types, t) {
				continue
			}
			if !t.Known() {
				d.find("unknown-type", feed.Warning, no, "Quarry does not know the type %s that the summary states%s", feed.Quote(string(t)), meant(t))
			}
			d.b.Types = append(d.b.Types, t)
		}
	}
}

// addQuery begins a query, or goes on with the one that is open.
func (d *draft) addQuery(ln line) {
	d.lastScenario = nil
	switch {
	case d.query == nil:
		d.query = newQuery(ln)
	case d.query.splits(ln.text):
		next := d.query.cutTail(d.text, ln)
		d.closeQuery(false)
		d.query = next
	}
	d.query.add(ln)
}

// closeQuery takes the query that is open into the bulletin. cut says that the
// text ends in the middle of it.
func (d *draft) closeQuery(cut bool) {
	q := d.query
	if q == nil {
		return
	}
	d.query = nil
	if q.end == q.start {
		return
	}
	d.b.Queries = append(d.b.Queries, feed.Query{Text: d.text[q.start:q.end], Source: d.source(q.line)})
	if cut {
		d.find("text-cut", feed.Warning, q.line, "the text ends in the middle of published query %d", len(d.b.Queries))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
