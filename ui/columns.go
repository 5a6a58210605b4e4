package ui

import (
	"quarry/feed"
	"quarry/review"
)

// iocColumns are the widths of the table's columns; 0 leaves one out.
type iocColumns struct{ typ, value, threat, conf, gauge, seen, verdict int }

const (
	iocFixed    = 2 + 3 + 1 + 1 // cursor, mark and the spaces between
	typeWidth   = 7
	leastValue  = 24
	threatWidth = 16
	gaugeWidth  = 5
	letterWidth = 1 // of a verdict of which only the letter has room
)

// statedFacts are which columns have something in any row of the documents, and how
// wide the longest type is.
type statedFacts struct {
	threat, conf, seen bool
	typ                int
	looked             int // at so many rows
	documents          int // of so many documents
}

// look looks at rows that were read since, and at all of them when there is another
// document, which may say more of any.
func (f *statedFacts) look(r *review.Review) {
	set := r.IOCs()
	if n := len(r.Documents()); n != f.documents {
		*f = statedFacts{documents: n}
	}
	const longest = len("envelope_from")
	for ; f.looked < set.Len(); f.looked++ {
		if f.threat && f.conf && f.seen && f.typ >= longest {
			f.looked = set.Len()
			return
		}
		i := f.looked
		f.threat = f.threat || set.Mention(i) || set.Threat(i) != ""
		f.conf = f.conf || set.Confidence(i) != feed.NoConfidence
		f.seen = f.seen || !set.FirstSeen(i).IsZero()
		f.typ = max(f.typ, len(shortType(set.Type(i))))
	}
}

// fit leaves out the columns that are empty in every row, and others until the value
// has room: first the bar, then first seen, then the threat, then all of the verdict
// but its letter, then the confidence. Value and verdict always stay. What is left
// shows a long type whole.
func (f *statedFacts) fit(w int) iocColumns {
	c := iocColumns{typ: typeWidth, verdict: 9}
	if f.threat {
		c.threat = threatWidth
	}
	if f.conf {
		c.conf, c.gauge = 4, gaugeWidth
	}
	if f.seen {
		c.seen = 10
	}
	c.leaveOut(w)
	if more := f.typ - c.typ; more > 0 && c.value-more >= leastValue+8 {
		c.typ, c.value = f.typ, c.value-more
	}
	return c
}

func (c *iocColumns) leaveOut(w int) {
	for _, drop := range []struct {
		column *int
		to     int
	}{{&c.gauge, 0}, {&c.seen, 0}, {&c.threat, 0}, {&c.verdict, letterWidth}, {&c.conf, 0}} {
		if c.value = w - c.taken(); c.value >= leastValue+8 {
			return
		}
		*drop.column = min(*drop.column, drop.to)
	}
	c.value = max(1, w-c.taken())
}

func (c iocColumns) taken() int {
	n := iocFixed + c.typ + 2 // the warning sign
	for _, w := range []int{c.threat, c.conf, c.gauge, c.seen, c.verdict} {
		if w > 0 {
			n += w + 1
		}
	}
	return n
}
