package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// TableState is how a table of the catalogue stands in a review.
type TableState struct {
	Table     *kql.Table
	Chosen    bool
	Available bool   // the target has it
	Published bool   // a document asks for it
	Carries   int    // how many of the included IOCs it can carry
	Note      string // what the documents say about it
}

// Tables lists every table of the catalogue in its order.
func (r *Review) Tables() []TableState {
	included := r.Included()
	var all []TableState
	tables := r.catalogue.Tables()
	for i := range tables {
		t := &tables[i]
		s := TableState{Table: t, Chosen: r.now.tables[t.Name], Available: t.On(r.now.target)}
		for _, ioc := range included {
			if t.Carries(ioc) {
				s.Carries++
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

// Hunts writes the hunt of every chosen table that the target has and that can
// carry an included IOC, in the catalogue's order. What is left out is said in
// the findings: chosen tables without a hunt, attached scenarios that are in no
// hunt or wait for their risks to be accepted, and included IOCs that no chosen
// table can carry.
func (r *Review) Hunts(noComments bool) ([]kql.Hunt, []feed.Finding) {
	included := r.Included()
	var hunts []kql.Hunt
	var findings []feed.Finding
	carried := make([]bool, len(included))
	fits := r.fits(included, func(i int) bool { return r.now.scenarios[i].attached })
	for _, t := range r.chosen() {
		if !t.On(r.now.target) {
			findings = append(findings, feed.Finding{Code: "no-table", Severity: feed.Warning, Text: (&kql.NoTableError{Table: t.Name, Target: r.now.target}).Error() + ", so it has no hunt"})
			continue
		}
		o := r.options(t, fits)
		o.NoComments = noComments
		h, err := t.Hunt(included, o)
		if err != nil {
			var nothing *kql.NothingToHuntError
			severity := feed.Error
			if errors.As(err, &nothing) {
				severity = feed.Info
			}
			findings = append(findings, feed.Finding{Code: "no-hunt", Severity: severity, Text: err.Error() + ", so it has no hunt"})
			continue
		}
		for i, ioc := range included {
			carried[i] = carried[i] || t.Carries(ioc)
		}
		hunts = append(hunts, h)
		findings = append(findings, h.Findings...)
	}
	findings = append(findings, r.unused(fits)...)
	return hunts, append(findings, uncarried(included, carried)...)
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

// uncarried reports the included IOCs that no hunt looks for, one finding a
// type.
func uncarried(included []feed.IOC, carried []bool) []feed.Finding {
	count := map[feed.Type]int{}
	first := map[feed.Type]feed.IOC{}
	for i, ioc := range included {
		if carried[i] {
			continue
		}
		if count[ioc.Type]++; count[ioc.Type] == 1 {
			first[ioc.Type] = ioc
		}
	}
	var fs []feed.Finding
	for _, t := range feed.Types {
		n := count[t]
		if n == 0 {
			continue
		}
		what := "IOC " + feed.Defang(t, first[t].Value)
		if n > 1 {
			what = fmt.Sprintf("%d IOCs of type %s", n, t)
		}
		f := feed.Finding{Code: "not-hunted", Severity: feed.Warning, Text: what + ": no chosen table can carry it; choose another table"}
		if s := first[t].Sources; len(s) > 0 {
			f.Source = s[0]
		}
		fs = append(fs, f)
	}
	return fs
}

// AllHunts is the text of several hunts for copying and saving: separated by
// an empty line, which the products' editors take as the end of a query.
func AllHunts(hunts []kql.Hunt) string {
	texts := make([]string, len(hunts))
	for i, h := range hunts {
		texts[i] = h.Query
	}
	return strings.Join(texts, "\n\n")
}
