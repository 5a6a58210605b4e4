package ui

import "quarry/kql"

// drawTop draws what is reviewed, and how much of it.
func (m *Model) drawTop() {
	c := &m.canvas
	title, right := m.topWords(m.w - len(brand) - 1)
	width := m.term.Width(right)
	c.raw(focused, brand)
	c.put(bar, " "+title, max(0, m.w-len(brand)-width-1))
	c.raw(plain, " ")
	c.put(plain, right, min(width, m.w-len(brand)-1))
	c.newline()
}

// brand is the start of the first row.
const brand = " Quarry "

// topWords are the words of the first row, for w cells. Where they have no room the
// right says it in fewer words, and the family stands for a title of which less than
// half would be seen.
func (m *Model) topWords(w int) (title, right string) {
	width := func(s string) int { return m.term.Width(m.term.Clean(s)) }
	right, brief, least := m.topRight()
	title = m.topTitle(m.review.Title())
	n, room := width(title), w-1-width(right)
	if n <= room {
		return title, right
	}
	family, more := "", width(right)-width(brief) // room beside fewer words
	if d := m.review.Documents()[0]; d.Family != "" && !m.review.Together() {
		family = m.topTitle(d.Family)
	}
	const leastTitle = 12 // cells
	switch {
	case n <= room+more:
		return title, brief
	case n <= 2*room:
		return title, right // cut
	case family != "" && width(family) <= room:
		return family, right
	case family != "" && width(family) <= room+more:
		return family, brief
	case room+more >= leastTitle:
		return title, brief
	}
	return title, least
}

// topTitle is a title, and of how many documents.
func (m *Model) topTitle(title string) string {
	switch n := len(m.review.Documents()); {
	case m.review.Together():
		title += ", " + plural(n, "document")
	case n > 1:
		title += " and " + plural(n-1, "more document")
	}
	return title
}

// topRight says where the hunts run and how much is hunted, in brief, and at least:
// without what is only said where it is not the usual.
func (m *Model) topRight() (whole, brief, least string) {
	target, lookback := m.review.Target().Title(), kql.FormatLookback(m.review.Lookback())
	on := thousands(m.counts.Hunted.IOCs) + " of "
	knobs, beside := m.knobWords(), m.heldWords()+" "
	if n := m.counts.Hunted.Mentions; n > 0 {
		beside = " and " + plural(n, "mention") + beside
	}
	if knobs != "" {
		knobs += "  "
	}
	whole = knobs + target + "  last " + lookback + "  " + on + plural(m.counts.Listed.IOCs, "IOC") + " on" + beside
	least = target + " " + lookback + "  " + on + thousands(m.counts.Listed.IOCs) + " on"
	return whole, knobs + least + beside, least + " "
}
