package kql

import (
	"quarry/feed"
)

// Row is one value that a hunt compares columns with, for a watchlist.
type Row struct {
	List       string // the list of the query that it belongs to, such as IocDomain
	Key        string // the value
	Matched    string // the IOCs that it stands for, as a hit names them
	Type       feed.Type
	Threat     string   // of all of them, with commas between
	Confidence int      // the highest, or [feed.NoConfidence]
	First      feed.IOC // the first of them
}

// Rows lists the values of all lists, in the order of the lists. A value that
// serves only to narrow rows down is a row too.
func (s *Selection) Rows(yield func(Row) bool) {
	for id, l := range s.lists {
		if l == nil {
			continue
		}
		for n, key := range l.keys {
			f := s.fact(listID(id), key, l.owners[n])
			r := Row{string(listNames[id]), key, f.value, f.typ, f.threat, f.confidence, s.indicators[l.owners[n].first].IOC}
			if !yield(r) {
				return
			}
		}
	}
}

// watchlistLets writes the lists as what a watchlist holds now. Which of them a
// row belongs to is in its column IocList; the columns are those of the CSV that
// the package saved writes.
func (q *query) watchlistLets(s *Selection, o *Options, used []listID) {
	q.text("let IocWatchlist = _GetWatchlist(")
	q.str(o.Watchlist)
	q.text(")\n| extend IocItem = column_ifexists(\"WatchlistItem\", dynamic(null))\n| project IocKey = SearchKey")
	for _, col := range []constant{"IocList", "Ioc", "IocType", "IocThreat", "IocConfidence"} {
		// Whether the columns of the CSV stand beside WatchlistItem, in it, or
		// both, the documentation leaves open.
		q.text(", ")
		q.text(col)
		q.text(" = tostring(column_ifexists(\"")
		q.text(col)
		q.text("\", IocItem.")
		q.text(col)
		q.text("))")
	}
	q.text(";\n")
	for _, l := range used {
		q.watchlistLet(s, o, l)
	}
	// Lists that only narrow rows down, or are a part of another, explain nothing.
	q.text(`let IocFacts = toscalar(IocWatchlist | where IocList != "IocUrlHost" and not(IocList startswith "IocAnyPort") | summarize make_bag(bag_pack(` +
		`strcat(case(IocList == "IocFile", "` + fileKey + `", IocList == "IocCidr", "` + cidrKey + `", ""), IocKey), ` +
		`pack_array(IocType, IocThreat, toint(IocConfidence), Ioc))));` + "\n")
}

// watchlistLet writes a list. Its order is not defined, and nothing says that it
// is the same wherever the list is named: where parts of it are taken, or a
// member by its place, it is sorted.
func (q *query) watchlistLet(s *Selection, o *Options, l listID) {
	parts := s.parts(l)
	ordered := len(parts) > 1 || l == domainList && o.Match == LooseMatch
	q.text("let ")
	q.name(listNames[l])
	q.text(" = ")
	if ordered {
		q.text("array_sort_asc(")
	}
	q.text(`toscalar(IocWatchlist | where IocList == "`)
	q.name(listNames[l])
	q.text(`" | summarize make_list(IocKey))`)
	if ordered {
		q.text(")")
	}
	q.text(";\n")
	if len(parts) == 1 {
		return
	}
	for n, part := range parts {
		q.text("let ")
		q.name(part)
		q.text(" = array_slice(")
		q.name(listNames[l])
		q.text(", ")
		q.count(n * AnyValues)
		q.text(", ")
		if n < len(parts)-1 {
			q.count((n+1)*AnyValues - 1)
		} else {
			q.text("-1")
		}
		q.text(");\n")
	}
}
