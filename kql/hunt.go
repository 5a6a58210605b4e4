package kql

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"quarry/feed"
)

// Hunt is one query for one table.
type Hunt struct {
	Table     string
	Target    Target
	Watchlist string // the alias of the watchlist that it reads, or ""
	Part      int    // of Parts, 0 where the hunt is whole
	Parts     int
	IOCs      int // how many of the IOCs the query looks for, mentions apart
	Mentions  int // and how many mentions
	Query     string
	Columns   []string // that come out, in order
	Chars     int      // length of the query as the products count it, in UTF-16 units
	Limits    []Gauge  // how much of the limits of its product it takes up
	Findings  []feed.Finding
}

// NothingToHuntError says that a table can carry none of the IOCs. A query for
// no indicator is never written.
type NothingToHuntError struct{ Table string }

func (e *NothingToHuntError) Error() string {
	return e.Table + " can carry none of the IOCs that are on"
}

// NoTableError says that a table does not exist at a target.
type NoTableError struct {
	Table  string
	Target Target
}

func (e *NoTableError) Error() string {
	return fmt.Sprintf("there is no table %s in %s", e.Table, e.Target.Title())
}

// Hunt writes the query that looks for the selected IOCs in the table. The time
// filter comes first, then indexed searches, then the exclusions a line each,
// then the exact comparison of what the searches found, and what a hit is:
//
//	IocMatched     the IOC that the row holds
//	IocType        its type, such as domain
//	IocThreat      its threat, "" where none is stated
//	IocConfidence  its confidence, null where none is stated
//	IocHow         how it matched:
//	  port         address and port as the IOC says
//	  exact        the whole value
//	  url          the URL; more parameters may follow
//	  sub-domain   a name below the domain
//	  host of url  the host of a URL IOC, perhaps its port
//	  address only the address; its port differs or was not compared
//	  range        an address of the block
//	  in text      somewhere in running text
//	  loose ...    see [LooseMatch]
//
// The newest rows come first, before them those with the port that an IOC says;
// without comments there is no order. Where several IOCs stand in one text, a hit
// names one of them. Nothing of a query grows with the number of IOCs but its
// lists, and a search for each 10,000 values; no regular expression holds two
// slashes in a row.
//
// Internationalised names are hunted in punycode and in Unicode. Addresses in a
// column of their own and in URLs are found in any form of IPv6, in brackets, with
// a port behind them, and IPv4 as ::ffff:a.b.c.d; names with a port behind them.
// The port of an address is the one behind it, or else that of its column. A
// finding names the columns that are not compared. Not found are:
//
//   - IPv4 in the form of IPv6 with hexadecimal digits, ::ffff:c000:020a;
//   - IPv6 in text unless in its short form, with all eight groups or with all 32
//     digits, and with a port behind it but without brackets;
//   - blocks of addresses in text and in lists; of lists a finding says so;
//   - a URL in text that other words follow after a comma or semicolon without a
//     space: both may be a part of it. Another URL with its scheme may follow;
//   - in text, names beyond ASCII in capitals or without any letter or digit of
//     ASCII; in columns of names and URLs they are;
//   - URLs with a backtick in text, where it ends them;
//   - percent signs: paths compare as the IOC writes them, without case;
//   - in lists of URLs, slashes that JSON escapes.
//
// The error is a [*NothingToHuntError], [*NoTableError] or
// [*MissingFieldError].
func (t *Table) Hunt(s *Selection, o Options) (Hunt, error) {
	if !t.On(o.Target) {
		return Hunt{}, &NoTableError{t.Name, o.Target}
	}
	f := s.scaffold(t, &o)
	if len(f.groups) == 0 {
		return Hunt{}, &NothingToHuntError{t.Name}
	}
	exclusions, err := t.exclusions(o)
	if err != nil {
		return Hunt{}, err
	}
	used := s.usedBy(f.groups, &o)
	q := query{apart: o.NoComments}
	const words = 1 << 10 // comments, and the names of the lists
	q.b.Grow(words + len(f.functions) + len(f.rows) + len(exclusions) + len(f.hits) + s.size(used, &o))
	h := Hunt{Table: t.Name, Target: o.Target, Columns: slices.Clone(f.columns)}
	h.count(s, func(shape Shape) bool { return t.CarriesWith(shape, &o) })
	if !o.NoComments {
		q.comment(fmt.Sprintf("%s in %s, %s%s%s", t.Name, o.Target.Title(), h.counted(cmp.Or(o.whole, s)), o.part, titled(o.Title)))
	}
	q.lets(s, &o, used, f.functions)
	q.b.WriteString(f.rows)
	q.b.WriteString(exclusions)
	q.b.WriteString(f.hits)
	h.Query, h.Chars, h.Watchlist = q.String(), q.length(), o.Watchlist
	h.Limits, h.Findings = limits(&h, s, used, o)
	more, err := h.continuous(&o)
	h.Findings = append(h.Findings, more...)
	return h, err
}

// order puts the newest rows first, before them those with the port that an IOC
// says.
func (t *Table) order(q *query, o *Options, groups []group) {
	q.text("\n| order by ")
	if o.Port == LabelPort && hasGroup(groups, "IocPortHit") {
		q.text(`iff(IocHow == "port", 1, 0) desc, `)
	}
	q.name(name(t.Time[o.Target]))
	q.text(" desc")
}

// count counts the IOCs and the mentions that the hunt looks for.
func (h *Hunt) count(s *Selection, carries func(Shape) bool) {
	for shape, n := range s.shapes {
		if n > 0 && carries(Shape(shape)) {
			h.IOCs += n - s.mentions[shape]
			h.Mentions += s.mentions[shape]
		}
	}
}

// counted says how many of the selection a hunt looks for.
func (h *Hunt) counted(s *Selection) string {
	mentions := 0
	for _, n := range s.mentions {
		mentions += n
	}
	text := fmt.Sprintf("%d of %d IOCs", h.IOCs, len(s.indicators)-mentions)
	if mentions > 0 {
		text += fmt.Sprintf(" and %d of %d mentions", h.Mentions, mentions)
	}
	return text
}

// textOrder is the order in which a query has its lists: those first that
// change least when one IOC is switched, so that a reader finds the others where
// they were.
var textOrder = [...]listID{
	ip4List, ip6List, ip6TextList, any4List, any6List, any6TextList, portList, cidr4List, cidr6List,
	md5List, sha1List, sha256List, sha512List, sha3List, emailList, fileList, domainList, hostList, urlHostList, urlList,
}

func hasGroup(groups []group, hit name) bool {
	return slices.ContainsFunc(groups, func(g group) bool { return g.hit == hit })
}

// usage is what of a selection a hunt uses, and for what.
type usage struct {
	lists  []listID // in the order of the text
	groups []group
	facts  []literals // what is known of the values; none where a watchlist says it
}

func (s *Selection) usedBy(groups []group, o *Options) usage {
	var used [lists]bool
	for _, g := range groups {
		for _, l := range g.lists {
			used[l] = true
		}
	}
	all := usage{groups: groups}
	for _, l := range textOrder {
		if used[l] {
			all.lists = append(all.lists, l)
		}
	}
	if o.Watchlist == "" {
		all.facts = s.factsOf(all.lists)
	}
	return all
}

// size is about how long the lists are in a query.
func (s *Selection) size(used usage, o *Options) int {
	if o.Watchlist != "" {
		return 0
	}
	n := length(used.facts)
	for _, l := range used.lists {
		n += length(s.values(l))
	}
	return n
}

// length is how many bytes literals have together.
func length(all []literals) (n int) {
	for _, l := range all {
		n += len(l.text)
	}
	return n
}

// withPorts are the lists of addresses of which others are a part.
var withPorts = map[listID]listID{any4List: ip4List, any6List: ip6List, any6TextList: ip6TextList}

// identifying are the lists by whose values a row is known: not those that
// narrow the rows down, nor a part of a list that is used as well.
func identifying(used []listID) (all []listID) {
	for _, l := range used {
		if whole, part := withPorts[l]; l != urlHostList && !(part && slices.Contains(used, whole)) {
			all = append(all, l)
		}
	}
	slices.Sort(all)
	return all
}

// lets writes the lists, then the functions, then what is known of the values.
func (q *query) lets(s *Selection, o *Options, used usage, functions string) {
	if o.Watchlist != "" {
		q.watchlistLets(s, o, used.lists)
	} else {
		for _, l := range used.lists {
			q.list(s, o, l)
		}
	}
	if slices.ContainsFunc(used.groups, func(g group) bool { return g.prefix }) {
		q.prefixes(s, o)
	}
	q.b.WriteString(functions)
	if o.Watchlist == "" {
		q.facts(o, used.facts)
	}
}

// functions writes the functions that groups call.
func (q *query) functions(s *Selection, o *Options, groups []group) {
	done := map[*matcher]bool{}
	for _, g := range slices.Backward(groups) {
		q.define(s, o, done, g.needs...)
	}
}

// list writes a list of values, in parts where one search does not take all.
func (q *query) list(s *Selection, o *Options, l listID) {
	parts := s.parts(l)
	for n, values := range s.values(l) {
		q.let(parts[n], o.written(values))
	}
	if len(parts) == 1 || o.onlySearched(l) {
		return
	}
	q.text("let ")
	q.name(listNames[l])
	q.text(" = array_concat(")
	anyOf(q, parts, ", ", false, q.name)
	q.text(");\n")
}

// onlySearched reports whether nothing but searches refers to a list.
func (o *Options) onlySearched(l listID) bool {
	return l == urlHostList || l == domainList && o.Match == LooseMatch
}

// facts writes what is known of the values of the lists.
func (q *query) facts(o *Options, facts []literals) {
	q.text("let IocFacts = dynamic({")
	anyOf(q, facts, ", ", false, func(l literals) { q.literals(o.written(l)) })
	q.text("});\n")
}

// written is how values stand in a query. Where comments are refused no two
// slashes stand in a row: who looks for comments may not read literals.
func (o *Options) written(l literals) literals {
	if !o.NoComments || !bytes.Contains(l.text, []byte("//")) {
		return l
	}
	text := []byte(slashesApart(string(l.text)))
	return literals{text, chars(text)}
}

// writeRows writes which rows of the table are looked at.
func (t *Table) writeRows(q *query, o *Options, groups []group) {
	timeColumn := name(t.Time[o.Target])
	q.name(name(t.Name))
	if t.Start != "" {
		q.text("(")
		q.name(name(t.Start))
		q.text("=ago(")
		q.timespan(o.Lookback)
		q.text("))")
	}
	q.text("\n| where ")
	q.name(timeColumn)
	q.text(" > ago(")
	q.timespan(o.Lookback)
	q.text(")\n| where ")
	var wheres []expr
	for _, g := range slices.Backward(groups) { // the cheapest comparison first
		wheres = append(wheres, g.wheres...)
	}
	anyOf(q, wheres, "\n  or ", false, func(e expr) { e(q) })
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// exclusions writes one line a scenario, after the match so that the index
// still narrows the rows first, each deletable by hand.
func (t *Table) exclusions(o Options) (string, error) {
	q := query{apart: o.NoComments}
	for _, e := range o.Exclusions {
		q.text("\n| where not(")
		if err := t.writeClause(&q, e.Condition, o.Target); err != nil {
			return "", err
		}
		q.text(")")
		if !o.NoComments {
			mark := ""
			if TellsTime(e.Condition) {
				mark = " [times are UTC]"
			}
			if e.Mark != "" {
				mark += " [" + e.Mark + "]"
			}
			q.trailing("scenario: " + e.Title + mark)
		}
	}
	return q.String(), nil
}

// MarshalJSON writes the object of `quarry kql --json`, with &, < and > as they
// are: people read queries there and copy them. A caller's json.Marshal escapes
// them again.
func (h Hunt) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Table    string          `json:"table"`
		Target   Target          `json:"target"`
		IOCs     int             `json:"iocs"`
		Mentions int             `json:"mentions,omitempty"`
		Chars    int             `json:"chars"`
		Query    string          `json:"query"`
		Limits   json.RawMessage `json:"limits"`
		Findings []feed.Finding  `json:"findings"`
	}{h.Table, h.Target, h.IOCs, h.Mentions, h.Chars, h.Query, limitsJSON(h.Limits), append([]feed.Finding{}, h.Findings...)})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
