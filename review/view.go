package review

import "slices"

// Column is what IOCs can be sorted by.
type Column uint8

// The columns that IOCs can be sorted by.
const (
	ByDocument Column = iota // the order of the documents, mentions last
	ByOn
	ByType
	ByValue
	ByThreat
	ByConfidence
	BySeen
	ByVerdict
)

// Columns lists the columns in the order in which a key goes through them,
// with the names that a screen shows.
var Columns = []struct {
	Column Column
	Name   string
}{
	{ByDocument, "document"}, {ByOn, "on"}, {ByType, "type"}, {ByValue, "value"}, {ByThreat, "threat"},
	{ByConfidence, "confidence"}, {BySeen, "first seen"}, {ByVerdict, "verdict"},
}

// Decided reports whether a decision can change the order by this column.
func (c Column) Decided() bool { return c == ByOn || c == ByVerdict }

// View lists the positions of the IOCs that the filter shows, sorted by a
// column; equal ones stay in the order of the documents, in which mentions come
// last. Going down, what is hunted comes first, types and verdicts come in the
// order of [feed.Types] and [Verdicts], values and threats from A to Z,
// addresses before them by number, confidence and first seen from the highest,
// and what has none of it last; reverse turns that round.
func (r *Review) View(f Filter, by Column, reverse bool) []int32 {
	l := r.Look(Wanted{Filter: f, By: by, Reverse: reverse})
	for !l.Step(r.iocs.Len()) {
	}
	return l.Rows()
}

// Wanted says which IOCs a view has, and in which order; see [Review.View].
type Wanted struct {
	Filter  Filter
	By      Column
	Reverse bool
	From    int     // the first position that is looked at
	Among   []int32 // when not nil, the only positions, in the wanted order already
}

// Look makes a view in steps: of a million IOCs it is a moment's work, in which
// a screen has other things to do. A decision in between may or may not be seen.
type Look struct {
	r      *Review
	wanted Wanted
	next   int
	end    int
	until  int // the first position that is not looked at
	rows   []int32
	asides []int32 // mentions, which come behind
	late   int     // mentions at the end of rows
	found  bool    // all rows were
	keyed  int     // rows whose keys were taken
	sorter sorter
	key    func(r *Review, row int32) // nil where the order is that of the documents
}

// Look begins to look. IOCs that come later are not in it.
func (r *Review) Look(w Wanted) *Look {
	l := &Look{r: r, wanted: w, next: w.From, end: r.iocs.Len(), until: r.iocs.Len()}
	if w.Among != nil {
		l.next, l.end = 0, len(w.Among)
	} else {
		l.key = l.sorter.keyOf(w.By)
	}
	return l
}

// Step looks at n more rows, and reports whether that was all. What is left is
// done by [Look.Rows].
func (l *Look) Step(n int) (done bool) {
	if !l.found {
		to := min(l.next+n, l.end)
		l.find(to)
		if l.next = to; l.next < l.end {
			return false
		}
		l.found, l.late = true, len(l.asides)
		l.rows = append(l.rows, l.asides...)
		if l.key == nil || n < l.end {
			return l.key == nil
		}
	}
	if l.key != nil {
		to := min(l.keyed+n, len(l.rows))
		for _, row := range l.rows[l.keyed:to] {
			l.key(l.r, row)
		}
		l.keyed = to
	}
	return l.key == nil || l.keyed == len(l.rows)
}

func (l *Look) find(to int) {
	f := l.wanted.Filter
	for at := l.next; at < to; at++ {
		switch {
		case l.wanted.Among != nil:
			if row := l.wanted.Among[at]; f.shows(l.r, int(row)) {
				l.rows = append(l.rows, row)
			}
		case !f.shows(l.r, at):
		case l.r.iocs.Mention(at):
			l.asides = append(l.asides, int32(at))
		default:
			l.rows = append(l.rows, int32(at))
		}
	}
}

// Rows is the view. It needs nothing of the review, so it may be asked for by
// another goroutine, once; sorting a million rows takes some tenths of a second.
func (l *Look) Rows() []int32 {
	switch {
	case l.key != nil:
		return l.sorter.sorted(l.wanted.Reverse)
	case l.wanted.Reverse && l.wanted.Among == nil:
		slices.Reverse(l.rows)
	}
	return l.rows
}

// Sorts reports whether [Look.Rows] has to sort.
func (l *Look) Sorts() bool { return l.key != nil }

// Mentions is how many of the rows, in the order of the documents, are mentions;
// they are the last. It is known when all was looked at, and not of [Wanted.Among].
func (l *Look) Mentions() int { return l.late }

// End is the first position that was not looked at.
func (l *Look) End() int { return l.until }

func (f Filter) shows(r *Review, at int) bool {
	for i := range f.terms {
		if f.terms[i].match(r, at) == f.terms[i].not {
			return false
		}
	}
	return true
}
