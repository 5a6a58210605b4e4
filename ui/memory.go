package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
)

// rememberedMsg brings what is remembered of the IOCs.
type rememberedMsg struct{ known store.Known }

// askMemory asks for what is remembered of the IOCs that there are now.
func (m *Model) askMemory() {
	s, n := &m.keeping, m.review.IOCs().Len()
	if s.begun && s.asking != n {
		s.asking = n
		m.opt.Journal.Recall(m.nowRefs())
	}
}

// nextMemory is the command that waits for the next answer.
func (m *Model) nextMemory() tea.Cmd {
	j := m.opt.Journal
	return func() tea.Msg {
		if k, ok := j.Remembered(); ok {
			return rememberedMsg{k}
		}
		return nil
	}
}

// remember shows what is remembered. Nothing is decided by it.
func (m *Model) remember(k store.Known) {
	if k.Err != nil {
		m.say(warn, "what was judged before cannot be looked up: "+store.Reason(k.Err))
		return
	}
	before := m.review.Memories()
	m.today = m.opt.Now()
	m.review.Remember(k.Memories)
	if l := &m.iocs; l.filter.Recalls() || l.made.Filter.Recalls() {
		l.stale = true
		m.see(func(m *Model, also string) { m.status += also })
	}
	if n := k.Memories.Len(); before == nil && n > 0 && m.status == m.key("help")+" lists the keys" {
		m.say(plain, plural(n, "row")+" judged before: the filter known:yes shows them, "+m.key("recall")+" takes over what is remembered of one, "+m.key("recall-all")+" of all")
	}
}

// known says in the title of how many IOCs something is remembered.
func (m *Model) known() string {
	if n := m.review.Memories().Len(); n > 0 {
		return ", " + thousands(n) + " known"
	}
	return ""
}

// recalled is what is remembered of an IOC of which nothing was decided here, as
// its row shows it.
func (m *Model) recalled(pos int) (r review.Remembered, ok bool) {
	if m.review.Verdict(pos) != review.NoVerdict {
		return r, false
	}
	return m.review.Memories().Latest(pos)
}

// drawValue draws the value of an IOC and, where it leaves room, what is remembered
// of it.
func (m *Model) drawValue(pos int, i feed.IOC, text style, w int) {
	c := &m.canvas
	value := m.shownValue(i.Type, i.Value)
	if r, ok := m.recalled(pos); ok {
		const gap = 2
		used := m.term.Width(m.term.Clean(value))
		if words := m.rememberedIn(r, w-used-gap); words != "" {
			c.put(text, value, used+gap)
			c.put(dim, words, w-used-gap)
			return
		}
	}
	c.putMiddle(text, value, w)
}

// rememberedIn says what is remembered in so many cells, as far as it tells something
// there: with a note that is cut, without it, without the verdict, which has a column
// of its own, or "".
func (m *Model) rememberedIn(r review.Remembered, room int) string {
	const leastNote = 8
	width := func(s string) int { return m.term.Width(m.term.Clean(s)) }
	words := "(" + r.Words(m.today) + ")"
	if width(words) <= room {
		return words
	}
	note := r.Note
	r.Note = ""
	head := r.Words(m.today)
	r.Verdict = review.NoVerdict
	short := r.Words(m.today)
	switch {
	case note != "" && room >= width(head)+len("(: ")+leastNote:
		return words
	case head != "" && width(head)+2 <= room:
		return "(" + head + ")"
	case short != "" && width(short)+2 <= room:
		return "(" + short + ")"
	}
	return ""
}

// drawVerdict draws the verdict of an IOC, or the one that is remembered with a
// question mark, and the sign behind it.
func (m *Model) drawVerdict(pos, w int, sign string) {
	c := &m.canvas
	v, mark := m.review.Verdict(pos), ""
	look := verdictStyle(v)
	if r, ok := m.recalled(pos); ok && r.Verdict != review.NoVerdict {
		v, look, mark = r.Verdict, dim, "?"
	}
	word := string(v)
	if w == letterWidth && word != "" {
		word = strings.ToUpper(word[:1]) // M, B or U: no capital is a sign
	}
	if len(word)+len(mark) <= w {
		c.put(look, word+mark, w)
		c.raw(warn, sign)
		return
	}
	c.put(look, word, w)
	c.raw(look, mark) // in the space before the sign
	c.raw(warn, sign[len(mark):])
}

// memoryDetails adds all that is remembered of an IOC.
func (t *text) memoryDetails(at int) {
	m := t.m
	all := m.review.Memories().At(at)
	for n, r := range all {
		label := "remembered"
		if n > 0 {
			label = ""
		}
		words := r.Words(m.today)
		if r.Document != "" {
			words += " (" + r.Document + ")"
		}
		t.field(label, plain, words)
	}
	switch judged := m.review.Verdict(at) != review.NoVerdict; {
	case m.review.Memories().Differ(at) && judged:
		t.field("", warn, "people judged it differently")
	case m.review.Memories().Differ(at):
		t.field("", warn, "people judged it differently; the latest verdict stands beside the row, "+m.key("recall")+" takes it over")
	case len(all) > 0 && m.review.Verdict(at) == review.NoVerdict:
		t.field("", dim, m.key("recall")+" takes it over")
	}
}

// recall takes over what is remembered of rows.
func (m *Model) recall(rows []int) tea.Cmd {
	d, judged := m.review.Recall(rows)
	if len(d.Parts) == 0 {
		m.say(warn, m.nothingToRecall(len(rows), judged))
		return nil
	}
	hunted, differ := 0, m.review.Differing(d)
	for _, p := range d.Parts {
		for _, i := range p.IOCs {
			if p.Verdict == review.Benign && m.review.Hunts(i) {
				hunted++
			}
		}
	}
	also := ""
	if hunted > 0 {
		also += "; " + thousands(hunted) + " benign still hunted"
	}
	if differ > 0 {
		also += "; people differ about " + thousands(differ) + ", the latest counts"
	}
	if judged > 0 {
		also += "; " + thousands(judged) + " judged here left alone"
	}
	return m.decide(d, also)
}

// nothingToRecall is why nothing of so many rows can be taken over, of which some
// were judged here and are remembered too.
func (m *Model) nothingToRecall(rows, judged int) string {
	what := "these rows"
	if rows == 1 {
		what = "this IOC"
	}
	switch {
	case judged > 0 && rows == 1:
		return "it is judged here already; what is remembered stays beside it (" + m.key("details") + ")"
	case judged > 0:
		return "all that is remembered of " + what + " is judged here already"
	case rows < len(m.iocs.view):
		return "nothing is remembered of " + what + "; " + m.key("recall-all") + " takes over what is remembered of all shown"
	}
	return "nothing is remembered of " + what
}

func noMemory(m *Model) string {
	switch {
	case noIOC(m) != "":
		return noIOC(m)
	case m.review.Memories().Len() > 0:
		return ""
	case m.opt.Journal == nil && m.review.Memories() == nil:
		return "nothing is saved here, so nothing is remembered"
	case m.review.Memories() == nil:
		return "what was judged before is not looked up yet"
	}
	return "none of these IOCs was judged before"
}
