package review

import (
	"slices"
	"strings"
	"time"
)

// Remembered is what somebody thought of an IOC in another review.
type Remembered struct {
	Verdict  Verdict // [NoVerdict] where only a note was written
	Note     string  // one line
	Who      string
	At       time.Time
	Document string // the title of that review
	// Moment orders what is remembered, whatever clocks said: the later has the
	// greater one.
	Moment int64
}

// Withdrawn reports whether the verdict and the note were taken back: then nothing
// is remembered, but it is known that what was said before does not hold any more.
func (m Remembered) Withdrawn() bool { return m.Verdict == NoVerdict && m.Note == "" }

// Clean is the memory with texts of one line each, without what would do
// something to a terminal.
func (m Remembered) Clean() Remembered {
	m.Note, m.Who, m.Document = oneLine(m.Note), oneLine(m.Who), oneLine(m.Document)
	return m
}

// Words say what is remembered as a person reads it now: "benign, 12 May, jk: our
// CDN". The year is there unless it is this one.
func (m Remembered) Words(now time.Time) string {
	parts := make([]string, 0, 3)
	if m.Verdict != NoVerdict {
		parts = append(parts, string(m.Verdict))
	}
	if !m.At.IsZero() {
		day := m.At.In(now.Location())
		if m.At.Equal(m.At.Truncate(24 * time.Hour)) {
			day = m.At // a day and no time: it is the same one everywhere
		}
		layout := "2 Jan"
		if day.Year() != now.Year() {
			layout += " 2006"
		}
		parts = append(parts, day.Format(layout))
	}
	if m.Who != "" {
		parts = append(parts, m.Who)
	}
	words := strings.Join(parts, ", ")
	switch {
	case m.Note == "":
		return words
	case words == "":
		return m.Note
	}
	return words + ": " + m.Note
}

// Memories are what is remembered of the IOCs of a review, by their position. They
// do not change, and take some bytes for each IOC.
type Memories struct {
	records []Remembered // the latest first
	begin   []uint32     // where in which those of a position begin
	which   []uint32     // records, the latest of a position first
	known   int
}

// Found says that the IOC at a position is remembered as a record says.
type Found struct{ IOC, Record uint32 }

// NewMemories are memories of so many IOCs: what was found, as positions among the
// IOCs and among records. Of several of one person about an IOC in documents of one
// title only the latest counts, and none where that one was withdrawn.
func NewMemories(iocs int, records []Remembered, found []Found) *Memories {
	m := &Memories{begin: make([]uint32, iocs+1), which: make([]uint32, len(found))}
	rank := m.sort(records)
	for _, f := range found {
		m.begin[f.IOC+1]++
	}
	for i := range iocs {
		m.begin[i+1] += m.begin[i]
	}
	next := slices.Clone(m.begin[:iocs])
	for _, f := range found {
		m.which[next[f.IOC]] = rank[f.Record]
		next[f.IOC]++
	}
	m.keepLatest()
	return m
}

// sort orders the records, and says where each of them is then.
func (m *Memories) sort(records []Remembered) (rank []uint32) {
	order := make([]uint32, len(records))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		switch x, y := records[a].Moment, records[b].Moment; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	rank, m.records = make([]uint32, len(records)), make([]Remembered, len(records))
	for to, from := range order {
		rank[from], m.records[to] = uint32(to), records[from]
	}
	return rank
}

// keepLatest orders those of each position, and leaves out what does not count.
func (m *Memories) keepLatest() {
	var seen []uint32
	kept := uint32(0)
	from := uint32(0)
	for i := range len(m.begin) - 1 {
		all := m.which[from:m.begin[i+1]]
		from = m.begin[i+1]
		if len(all) > 1 {
			slices.Sort(all)
		}
		m.begin[i] = kept
		seen = seen[:0]
		for _, n := range all {
			if slices.ContainsFunc(seen, func(s uint32) bool { return m.records[s].sameVoice(m.records[n]) }) {
				continue
			}
			seen = append(seen, n)
			if !m.records[n].Withdrawn() {
				m.which[kept] = n // never ahead of what is read
				kept++
			}
		}
		if kept > m.begin[i] {
			m.known++
		}
	}
	m.begin[len(m.begin)-1] = kept
	m.which = m.which[:kept]
}

// sameVoice reports whether one of two memories about an IOC replaces the other.
func (m Remembered) sameVoice(o Remembered) bool { return m.Who == o.Who && m.Document == o.Document }

// Len is of how many IOCs something is remembered.
func (m *Memories) Len() int {
	if m == nil {
		return 0
	}
	return m.known
}

func (m *Memories) of(i int) []uint32 {
	if m == nil || i+1 >= len(m.begin) {
		return nil
	}
	return m.which[m.begin[i]:m.begin[i+1]]
}

// At are all memories about the IOC at a position, the latest first.
func (m *Memories) At(i int) []Remembered {
	var all []Remembered
	for _, n := range m.of(i) {
		all = append(all, m.records[n])
	}
	return all
}

// Latest is the latest verdict on the IOC at a position or, where nobody gave one,
// the latest note.
func (m *Memories) Latest(i int) (Remembered, bool) {
	if r := m.latest(i); r != nil {
		return *r, true
	}
	return Remembered{}, false
}

func (m *Memories) latest(i int) *Remembered {
	all := m.of(i)
	if len(all) == 0 {
		return nil
	}
	for _, n := range all {
		if m.records[n].Verdict != NoVerdict {
			return &m.records[n]
		}
	}
	return &m.records[all[0]]
}

// Differ reports whether several people judge the IOC at a position differently.
// Of each the latest verdict counts.
func (m *Memories) Differ(i int) bool {
	all := m.of(i)
	if len(all) < 2 {
		return false
	}
	var voices []*Remembered
	for _, n := range all {
		r := &m.records[n]
		if r.Verdict == NoVerdict || slices.ContainsFunc(voices, func(v *Remembered) bool { return v.Who == r.Who }) {
			continue
		}
		if len(voices) > 0 && voices[0].Verdict != r.Verdict {
			return true
		}
		voices = append(voices, r)
	}
	return false
}

// Remember tells the review what is remembered of its IOCs; nil forgets that. No
// decision follows from it: see [Review.Recall].
func (r *Review) Remember(m *Memories) { r.memories = m }

// Memories are what is remembered of the IOCs, or nil while that is not known.
func (r *Review) Memories() *Memories { return r.memories }
