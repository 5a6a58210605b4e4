package review

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/kql"
)

// families are those of some IOCs, as far as the documents name them.
type families struct {
	named  []string // by the documents, each once
	seen   []bool   // which of them the IOCs are of
	others bool     // and some are of another, or of none
}

func (f *families) add(family string) {
	if at := slices.Index(f.named, family); at >= 0 {
		f.seen[at] = true
	} else {
		f.others = true
	}
}

// join takes in the families of other IOCs of the same documents.
func (f *families) join(o families) {
	for at, seen := range o.seen {
		f.seen[at] = f.seen[at] || seen
	}
	f.others = f.others || o.others
}

// String lists the families, and says that there are others; "" where the documents
// name none of these IOCs.
func (f families) String() string {
	var all []string
	for at, seen := range f.seen {
		if seen {
			all = append(all, f.named[at])
		}
	}
	words := strings.Join(all, ", ")
	if words != "" && f.others {
		words += " and others"
	}
	return words
}

func (r *Review) noFamilies() families {
	named := r.Families()
	return families{named: named, seen: make([]bool, len(named))}
}

// familyOf is the family of an IOC: its own, or else that of its document.
func (r *Review) familyOf(i feed.IOC) string {
	if i.Family == "" && len(i.Sources) > 0 {
		return r.documents[documentAt(r.documents, i.Sources[0])].Family
	}
	return i.Family
}

// familiesOf are the families of IOCs.
func (r *Review) familiesOf(iocs []feed.IOC) families {
	f := r.noFamilies()
	for k := range iocs {
		if len(f.named) > 0 {
			f.add(r.familyOf(iocs[k]))
		}
	}
	return f
}

// huntedFamilies are the families of what is hunted, by its shape.
func (r *Review) huntedFamilies() *[kql.Shapes]families {
	all, named := new([kql.Shapes]families), r.Families()
	if len(named) == 0 {
		return all
	}
	seen := make([]bool, len(all)*len(named)) // one piece of memory: this is done with every decision
	for s := range all {
		all[s].named, all[s].seen = named, seen[s*len(named):(s+1)*len(named)]
	}
	var last [kql.Shapes]string // an IOC is mostly of the family of the one before
	for i := range r.hunted() {
		family, s := r.iocs.Family(i), r.shapes[i]
		if family == "" {
			family = r.familyOf(r.iocs.At(i))
		}
		if family != last[s] || family == "" {
			all[s].add(family)
			last[s] = family
		}
	}
	return all
}

// familiesIn are those of what a table carries, of all tables where it is nil.
func (r *Review) familiesIn(t *kql.Table, hunted *[kql.Shapes]families) families {
	named := hunted[0].named
	f := families{named: named, seen: make([]bool, len(named))}
	for s := range hunted {
		if t == nil || r.carries(t, kql.Shape(s)) {
			f.join(hunted[s])
		}
	}
	return f
}
