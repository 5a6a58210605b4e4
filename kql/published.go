package kql

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// LintPublished judges the queries that a bulletin published, against its own
// IOC table and the catalogue, and says of each fault what follows for whoever
// runs the query as it stands. The codes:
//
//	port-dropped          an address is compared without the port of its IOC
//	has-any-domain        has_any over names, which look-alikes match too
//	hash-case             an upper-case hash compared with regard to case
//	hash-mixed            hashes compared with columns of another length
//	no-time-filter        nothing bounds how far back the query reads
//	wrong-time-column     a time column that the table, or one product, lacks
//	ioc-not-hunted        an IOC of the table that no query looks for
//	url-host-not-hunted   a URL is looked for, its host is not
//	foreign-value         an indicator in a query that is no IOC of the table
//	unknown-table         a table that the catalogue does not have
//
// A query that [Table.Hunt] wrote, told by the names it defines, is not judged:
// its has_any narrows rows down that are compared exactly behind it. What it
// looks for is hunted.
//
// Findings about a query stand at the line of the document on which the fault
// is; ioc-not-hunted stands at the row of the IOC. A bulletin without queries
// has none. Any text is taken, in time linear in its length.
func LintPublished(b *feed.Bulletin) []feed.Finding {
	if len(b.Queries) == 0 {
		return nil
	}
	l := newLinter(b)
	for _, q := range l.queries {
		if q.hunt {
			continue
		}
		l.timeFilter(q)
		l.tables(q)
		l.timeColumns(q)
		l.ports(q)
		l.lists(q)
		l.comparisons(q)
		l.urlHosts(q)
	}
	l.notHunted(b)
	feed.SortFindings(l.findings)
	return l.findings
}

type linter struct {
	catalogue *Catalogue
	queries   []*publishedQuery
	known     map[string]bool     // keys of the bulletin's IOCs
	hunted    map[string]bool     // keys of the values that queries look for
	pairs     map[string][]string // ip:port values of the table by address
	foreign   map[string]bool     // values already said to be no IOC
	findings  []feed.Finding
}

func newLinter(b *feed.Bulletin) *linter {
	l := &linter{
		known: map[string]bool{}, hunted: map[string]bool{}, pairs: map[string][]string{}, foreign: map[string]bool{},
	}
	var err error
	if l.catalogue, err = Builtin(); err != nil {
		l.catalogue = new(Catalogue) // every hunt reports it; here all tables are unknown
	}
	for _, i := range b.IOCs {
		if a, ok := i.Addr(); ok && i.Type == feed.IPPort && !l.known[i.Key()] {
			l.pairs[a.String()] = append(l.pairs[a.String()], i.Value)
		}
		for _, k := range keys(i) {
			l.known[k] = true
		}
	}
	times := l.catalogue.timeColumns()
	for _, q := range b.Queries {
		p := readPublished(q, times)
		l.queries = append(l.queries, p)
		for _, list := range p.lists {
			for _, v := range list.values {
				if list.hunted {
					l.hunted[v.key()] = true
				}
			}
		}
		for _, word := range p.patternWords() {
			l.hunted[word.key()] = true
		}
	}
	return l
}

// keys are the spellings under which a query may look for an IOC.
func keys(i feed.IOC) []string {
	ks := []string{i.Key()}
	if i.Type != feed.Email && i.Type != feed.EnvelopeFrom && i.Type != feed.BodyFrom && i.Host() != "" {
		ks = append(ks, "host "+i.Host())
	}
	v := strings.ToLower(i.Value)
	if i.Type == feed.URL {
		ks[0] = urlTextKey(i.Value)
		if _, rest, ok := strings.Cut(v, "://"); ok {
			v = rest
		} else {
			ks = append(ks, urlTextKey("http://"+i.Value), urlTextKey("https://"+i.Value))
		}
	}
	return append(ks, "text "+strings.TrimRight(v, "/"))
}

// urlTextKey is the key of a URL, with or without a final slash.
func urlTextKey(v string) string {
	return strings.TrimRight(feed.IOC{Type: feed.URL, Value: v}.Key(), "/")
}

// key is the spelling under which the literal looks for something.
func (v literalValue) key() string {
	switch v.ioc.Type {
	case feed.IP, feed.Domain:
		return "host " + v.ioc.Value
	case feed.URL:
		if !strings.Contains(v.ioc.Value, "://") {
			return "text " + strings.TrimRight(strings.ToLower(v.ioc.Value), "/")
		}
		return urlTextKey(v.ioc.Value)
	case "":
		return "text " + strings.TrimRight(strings.ToLower(v.text), "/")
	}
	return v.ioc.Key()
}

func (c *Catalogue) timeColumns() map[string]bool {
	names := map[string]bool{}
	for i := range c.tables {
		for _, col := range c.tables[i].Time {
			names[col] = true
		}
	}
	return names
}

func (l *linter) add(q *publishedQuery, line int, code string, sev feed.Severity, format string, args ...any) {
	source := q.source
	if source.Line > 0 {
		source.Line += line
	}
	l.findings = append(l.findings, feed.Finding{Code: code, Severity: sev, Source: source, Text: fmt.Sprintf(format, args...)})
}

// some names the first few of what may be many.
func some(names []string) string {
	const most = 3
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func (l *linter) timeFilter(q *publishedQuery) {
	if q.filtersTime || len(q.tables) == 0 {
		return
	}
	t := q.tables[0]
	l.add(q, t.line, "no-time-filter", feed.Warning,
		"there is no time filter on %s, so the query reads all that is kept unless the page it runs on bounds it", t.name)
}

func (l *linter) tables(q *publishedQuery) {
	said := map[string]bool{}
	for _, t := range q.tables {
		if _, ok := l.catalogue.Table(t.name); ok || said[t.name] {
			continue
		}
		said[t.name] = true
		l.add(q, t.line, "unknown-table", feed.Info,
			"%s is not in the catalogue, so there is no hunt for it and its columns were not checked", t.name)
	}
}

func (l *linter) timeColumns(q *publishedQuery) {
	used := map[string][]timeUse{} // each column once
	var order []string
	for _, u := range q.times {
		if len(used[u.table]) == 0 {
			order = append(order, u.table)
		}
		if len(used[u.table]) == 0 || len(used[u.table]) == 1 && used[u.table][0].column != u.column {
			used[u.table] = append(used[u.table], u)
		}
	}
	for _, name := range order {
		t, ok := l.catalogue.Table(name)
		if !ok {
			continue
		}
		if len(used[name]) > 1 && len(t.Time) > 1 {
			u := used[name][1]
			l.add(q, u.line, "wrong-time-column", feed.Warning,
				"the query uses %s and %s of %s, but only one product has both, so it fails in the other", used[name][0].column, u.column, name)
			continue
		}
		for _, u := range used[name] {
			l.timeColumn(q, t, u)
		}
	}
}

func (l *linter) timeColumn(q *publishedQuery, t *Table, u timeUse) {
	for _, target := range Targets {
		if other := t.Time[target]; other != "" && other != u.column {
			if len(t.Time) == 1 {
				l.add(q, u.line, "wrong-time-column", feed.Error,
					"%s has no column %s, its time is in %s, so the query does not run", t.Name, u.column, other)
				return
			}
			l.add(q, u.line, "wrong-time-column", feed.Info,
				"the query knows only %s of %s, but the time column in %s is %s, so it is right for one product", u.column, t.Name, target.Title(), other)
		}
	}
}

// ports looks for addresses that the table gives with a port, in a query that
// compares no port at all.
func (l *linter) ports(q *publishedQuery) {
	if q.filtersPort {
		return
	}
	var pairs []string
	line := 0
	said := map[string]bool{}
	for _, list := range q.lists {
		for _, v := range list.values {
			pair := l.pairs[v.ioc.Value]
			if !list.hunted || v.ioc.Type != feed.IP || len(pair) == 0 || said[v.ioc.Value] || l.known[v.ioc.Key()] {
				continue
			}
			if len(pairs) == 0 {
				line = v.line
			}
			said[v.ioc.Value] = true
			pairs = append(pairs, pair...)
		}
	}
	if len(pairs) > 0 {
		l.add(q, line, "port-dropped", feed.Warning,
			"the addresses of %s are compared without their ports, so every other service on them matches too", some(pairs))
	}
}

// lists looks for indicators that the bulletin's table does not have. A name
// counts only beside one that it has: a file name looks just like it.
func (l *linter) lists(q *publishedQuery) {
	if len(l.known) == 0 {
		return
	}
	for _, list := range q.lists {
		own := false
		for _, v := range list.values {
			own = own || l.known[v.key()]
		}
		for _, v := range list.values {
			sure := own || v.ioc.Type != feed.Domain && v.ioc.Type != feed.CIDR
			if !list.hunted || v.ioc.Type == "" || !sure || l.known[v.key()] || l.foreign[v.key()] {
				continue
			}
			l.foreign[v.key()] = true
			l.add(q, v.line, "foreign-value", feed.Warning,
				"%s is looked for but is no IOC of the bulletin's table, so a hit on it has no source", v.ioc.Value)
		}
	}
}

// urlHosts looks for URLs of the table whose host is in no query.
func (l *linter) urlHosts(q *publishedQuery) {
	var hosts []string
	line := 0
	said := map[string]bool{}
	for _, list := range q.lists {
		for _, v := range list.values {
			host := v.ioc.Host()
			if !list.hunted || v.ioc.Type != feed.URL || !l.known[v.key()] || l.hunted["host "+host] || said[host] {
				continue
			}
			if len(hosts) == 0 {
				line = v.line
			}
			said[host] = true
			hosts = append(hosts, host)
		}
	}
	if len(hosts) > 0 {
		l.add(q, line, "url-host-not-hunted", feed.Warning,
			"URLs on %s are looked for but the hosts are in no query of DNS or network tables, so a connection that no URL log saw is missed", some(hosts))
	}
}

func (l *linter) notHunted(b *feed.Bulletin) {
	said := map[string]bool{}
	for _, i := range b.IOCs {
		found := said[i.Key()]
		for _, k := range keys(i) {
			found = found || l.hunted[k]
		}
		if found {
			continue
		}
		said[i.Key()] = true
		f := feed.Finding{
			Code: "ioc-not-hunted", Severity: feed.Error,
			Text: fmt.Sprintf("no published query looks for %s, so running them as they are misses it", i.Value),
		}
		if len(i.Sources) > 0 {
			f.Source = i.Sources[0]
		}
		l.findings = append(l.findings, f)
	}
}
