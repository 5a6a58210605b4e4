package kql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
			r := Row{string(listNames[id]), key, f.value, f.typ, f.threat, f.confidence, l.owners[n].first.IOC}
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

// labels are the numbers of labels that domains are compared by. A watchlist may
// gain others, so the usual ones are there as well.
func (o *Options) labels(s *Selection) []int {
	if o.Watchlist == "" {
		return s.labels
	}
	return with(with(with(slices.Clone(s.labels), 2), 3), 4)
}

// params are the numbers of parameters that URLs are compared by, likewise.
func (o *Options) params(s *Selection) []int {
	if o.Watchlist == "" {
		return s.params
	}
	return with(with(slices.Clone(s.params), 0), 1)
}

// watched says which forms of IOC a hunt finds that are added to its watchlist
// later.
func (o *Options) watched(h *Hunt, s *Selection, used []listID) []feed.Finding {
	if o.Watchlist == "" {
		return nil
	}
	var forms []string
	for _, l := range used {
		switch {
		case l == domainList && o.Match == SubdomainMatch:
			forms = append(forms, "domains of "+numbers(o.labels(s), "")+" labels")
		case l == urlList:
			forms = append(forms, "URLs with "+numbers(o.params(s), "")+" parameters")
		case l == cidr4List:
			forms = append(forms, "IPv4 blocks of "+numbers(s.bits4, "/"))
		case l == cidr6List:
			forms = append(forms, "IPv6 blocks of "+numbers(s.bits6, "/"))
		case listForms[l] != "" && !slices.Contains(forms, listForms[l]):
			forms = append(forms, listForms[l])
		}
	}
	return []feed.Finding{{Code: "watchlist-forms", Severity: feed.Info, Text: fmt.Sprintf(
		"%s: of what is added to the watchlist later the query finds %s; write it anew for any other", h.Table, strings.Join(forms, ", "))}}
}

// listForms are the lists in words. Those that others bring with them have none.
var listForms = [lists]string{
	domainList: "domains", portList: "addresses with a port", sha512List: "SHA-512", sha3List: "SHA3-384", sha256List: "SHA-256", sha1List: "SHA-1", md5List: "MD5",
	emailList: "mail addresses", fileList: "file names", hostList: "hosts of URLs", ip4List: "IPv4 addresses", ip6List: "IPv6 addresses", ip6TextList: "IPv6 addresses",
	any4List: "IPv4 addresses", any6List: "IPv6 addresses", any6TextList: "IPv6 addresses",
}

// numbers writes descending numbers, the smallest first: 2, 3 or 4.
func numbers(all []int, mark string) string {
	var b strings.Builder
	for n, v := range slices.Backward(all) {
		switch {
		case n == len(all)-1:
		case n == 0:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(mark + strconv.Itoa(v))
	}
	return b.String()
}
