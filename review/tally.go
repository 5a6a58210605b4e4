package review

// Tally counts IOCs and mentions apart, as all that is shown and exported does:
// a bulletin of 8 IOCs has no 9 when a mention is switched on.
type Tally struct{ IOCs, Mentions int }

// Sum is the number of both.
func (t Tally) Sum() int { return t.IOCs + t.Mentions }

// String is the tally in words: "8 IOCs and 1 mention", "8 IOCs", "1 mention".
func (t Tally) String() string {
	switch {
	case t.Mentions == 0:
		return counted(t.IOCs, "IOC")
	case t.IOCs == 0:
		return counted(t.Mentions, "mention")
	}
	return counted(t.IOCs, "IOC") + " and " + counted(t.Mentions, "mention")
}

func (t *Tally) add(mention bool) {
	if mention {
		t.Mentions++
	} else {
		t.IOCs++
	}
}

// Listed counts the IOCs and mentions of the documents.
func (r *Review) Listed() (t Tally) {
	for at := range r.iocs.Len() {
		t.add(r.iocs.Mention(at))
	}
	return t
}

// Hunted counts the IOCs and mentions that are hunted: on, and not below the
// minimum confidence.
func (r *Review) Hunted() (t Tally) {
	for at := range r.hunted() {
		t.add(r.iocs.Mention(at))
	}
	return t
}

// Tally counts the included IOCs and mentions that the table can carry.
func (s TableState) Tally() Tally { return Tally{s.Carries - s.Mentions, s.Mentions} }

// mentionShapes counts the mentions that are hunted by their shape.
func (r *Review) mentionShapes() (count shapeCounts) {
	for at := range r.hunted() {
		if r.iocs.Mention(at) {
			count[r.shapes[at]]++
		}
	}
	return count
}
