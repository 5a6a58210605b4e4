package review

import "quarry/feed"

// Tally counts IOCs and mentions apart, as all that is shown and exported does:
// a bulletin of 8 IOCs has no 9 when a mention is switched on.
type Tally struct{ IOCs, Mentions int }

// Sum is the number of both.
func (t Tally) Sum() int { return t.IOCs + t.Mentions }

// String is the tally in words: "8 IOCs and 1 mention", "8 IOCs", "1 mention".
func (t Tally) String() string {
	switch {
	case t.Mentions == 0:
		return feed.Counted(t.IOCs, "IOC")
	case t.IOCs == 0:
		return feed.Counted(t.Mentions, "mention")
	}
	return feed.Counted(t.IOCs, "IOC") + " and " + feed.Counted(t.Mentions, "mention")
}

func (t *Tally) add(mention bool) {
	if mention {
		t.Mentions++
	} else {
		t.IOCs++
	}
}

// Listed counts the IOCs and mentions of the documents.
func (r *Review) Listed() Tally {
	mentions := r.iocs.Mentions()
	return Tally{r.iocs.Len() - mentions, mentions}
}

// Hunted counts the IOCs and mentions that are hunted: on, and not below the
// minimum confidence.
func (r *Review) Hunted() Tally { return r.Count(0).Hunted }

// Tally counts the included IOCs and mentions that the table can carry.
func (s TableState) Tally() Tally { return Tally{s.Carries - s.Mentions, s.Mentions} }

// mentionShapes counts the mentions that are hunted by their shape.
func (r *Review) mentionShapes() (count shapeCounts) {
	if r.iocs.Mentions() == 0 {
		return count
	}
	for at := range r.hunted() {
		if r.iocs.Mention(at) {
			count[r.shapes[at]]++
		}
	}
	return count
}

// Counts are how many IOCs and mentions there are, how many of them are hunted,
// and how many are on and left out by the minimum confidence.
type Counts struct{ Listed, Hunted, Held Tally }

// Count counts the IOCs and mentions from a position on.
func (r *Review) Count(from int) (c Counts) {
	mentions := r.iocs.Mentions() > 0
	for at := from; at < r.iocs.Len(); at++ {
		mention := mentions && r.iocs.Mention(at)
		c.Listed.add(mention)
		switch {
		case !r.now.on[at]:
		case r.BelowMinimum(at):
			c.Held.add(mention)
		default:
			c.Hunted.add(mention)
		}
	}
	return c
}

// Add adds the counts of other positions.
func (c *Counts) Add(o Counts) {
	for _, t := range []struct {
		to   *Tally
		more Tally
	}{{&c.Listed, o.Listed}, {&c.Hunted, o.Hunted}, {&c.Held, o.Held}} {
		t.to.IOCs += t.more.IOCs
		t.to.Mentions += t.more.Mentions
	}
}
