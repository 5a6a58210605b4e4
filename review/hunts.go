package review

import (
	"slices"
	"strings"

	"quarry/kql"
	"quarry/kql/saved"
)

// TableState is how a table of the catalogue stands in a review.
type TableState struct {
	Table     *kql.Table
	Chosen    bool
	Available bool   // the target has it
	Published bool   // a document asks for it
	Carries   int    // how many of the included IOCs and mentions it can carry
	Mentions  int    // how many of those are mentions; see [TableState.Tally]
	Note      string // what the documents say about it
}

// Tables lists every table of the catalogue in its order.
func (r *Review) Tables() []TableState {
	count, mentions := r.includedShapes(), r.mentionShapes()
	tables, carried := r.catalogue.Tables(), r.carriedShapes()
	all := make([]TableState, 0, len(tables))
	for i := range tables {
		t := &tables[i]
		s := TableState{Table: t, Chosen: r.now.tables[t.Name], Available: t.On(r.now.target)}
		for shape, n := range count {
			if carried[i].Has(kql.Shape(shape)) {
				s.Carries += n
				s.Mentions += mentions[shape]
			}
		}
		for _, d := range r.documents {
			for _, n := range d.Tables {
				if n.Name == t.Name {
					s.Published = true
					s.Note = addNote(s.Note, n.Note)
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// addNote adds what another document says to what is said already.
func addNote(note, more string) string {
	switch {
	case more == "" || slices.Contains(strings.Split(note, "; "), more):
		return note
	case note == "":
		return more
	}
	return note + "; " + more
}

func (r *Review) chosen() []*kql.Table {
	var ts []*kql.Table
	tables := r.catalogue.Tables()
	for i := range tables {
		if r.now.tables[tables[i].Name] {
			ts = append(ts, &tables[i])
		}
	}
	return ts
}

// Alias is the alias of the watchlist that long hunts may read.
func (r *Review) Alias() string { return saved.Alias(r.Title()) }

// AllHunts is the text of several hunts for copying and saving: separated by
// an empty line, which the products' editors take as the end of a query.
func AllHunts(hunts []kql.Hunt) string {
	texts := make([]string, len(hunts))
	for i, h := range hunts {
		texts[i] = h.Query
	}
	return strings.Join(texts, "\n\n")
}
