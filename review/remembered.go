package review

import (
	"context"
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

	// Judged and Noted tell when the verdict and when the note was said, which replace
	// those before separately; see [Remembered.Said].
	Judged, Noted Said
	// Forgotten is the moment up to which what this voice said is forgotten.
	Forgotten int64
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
		day := InZone(m.At, now.Location())
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

// InZone is a time as somebody in a zone has it: on their day. A day without a time,
// which is kept as midnight UTC, is that day everywhere.
func InZone(at time.Time, zone *time.Location) time.Time {
	if at.Equal(at.Truncate(24 * time.Hour)) {
		year, month, day := at.UTC().Date()
		return time.Date(year, month, day, 0, 0, 0, 0, zone)
	}
	return at.In(zone)
}

// Memories are what is remembered of the IOCs of a review, by their position. They
// do not change, and take some bytes for each IOC.
type Memories struct {
	records []Remembered
	begin   []uint32 // where in which those of a position begin
	which   []uint32 // records, the latest of a position first
	known   int
}

// Found says that the IOC at a position is remembered as a record says.
type Found struct{ IOC, Record uint32 }

// NewMemories are memories of so many IOCs: what was found, as positions among the
// IOCs and among records. Those of one voice about an IOC are joined, and none is left
// where all was taken back. It takes time in proportion to what was found; the error
// is that of the context.
func NewMemories(ctx context.Context, iocs int, records []Remembered, found []Found) (*Memories, error) {
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
	return m, m.join(ctx)
}

// sort orders the records, and says where each of them is then.
func (m *Memories) sort(records []Remembered) (rank []uint32) {
	order := make([]uint32, len(records))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return records[a].Order(records[b]) })
	rank, m.records = make([]uint32, len(records)), make([]Remembered, len(records))
	for to, from := range order {
		rank[from], m.records[to] = uint32(to), records[from]
	}
	return rank
}

// join orders those of each position, and makes one of those of a voice.
func (m *Memories) join(ctx context.Context) error {
	v := m.voices()
	kept, from := uint32(0), uint32(0)
	for i := range len(m.begin) - 1 {
		all := m.which[from:m.begin[i+1]]
		from = m.begin[i+1]
		if i%1024 == 0 || len(all) > 1024 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if len(all) > 1 {
			slices.Sort(all)
			all = v.joined(all)
		}
		m.begin[i] = kept
		for _, n := range all {
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
	return nil
}

// voices joins records. Many IOCs are remembered alike, so each two records are
// joined once.
type voices struct {
	m     *Memories
	of    []uint32 // the number of the voice of a record
	place []uint32 // where the record of a voice is among those that are joined, and one more
	pairs map[[2]uint32]uint32
}

func (m *Memories) voices() *voices {
	v := &voices{m: m, of: make([]uint32, len(m.records)), pairs: map[[2]uint32]uint32{}}
	number := map[Voice]uint32{}
	for i := range m.records {
		voice := m.records[i].Voice()
		n, ok := number[voice]
		if !ok {
			n = uint32(len(number))
			number[voice] = n
		}
		v.of[i] = n
	}
	v.place = make([]uint32, len(number))
	return v
}

// joined leaves one record of each voice, in the place of its latest. They are
// written over those that were given.
func (v *voices) joined(all []uint32) []uint32 {
	kept := all[:0]
	for _, n := range all {
		if at := v.place[v.of[n]]; at > 0 {
			kept[at-1] = v.pair(kept[at-1], n)
			continue
		}
		kept = append(kept, n)
		v.place[v.of[n]] = uint32(len(kept))
	}
	for _, n := range kept {
		v.place[v.of[n]] = 0
	}
	return kept
}

// pair is the record that joins two.
func (v *voices) pair(a, b uint32) uint32 {
	n, ok := v.pairs[[2]uint32{a, b}]
	if ok {
		return n
	}
	n = a
	if one := v.m.records[a].Join(v.m.records[b]); one != v.m.records[a] {
		n = uint32(len(v.m.records))
		v.m.records, v.of = append(v.m.records, one), append(v.of, v.of[a])
	}
	v.pairs[[2]uint32{a, b}] = n
	return n
}

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
	latest := &m.records[all[0]]
	for _, n := range all[1:] {
		if r := &m.records[n]; r.judgedAfter(latest) {
			latest = r
		}
	}
	return latest
}

// judgedAfter reports whether a memory has a verdict, which was given after that of
// another one: a note that was written since does not make a verdict later.
func (m *Remembered) judgedAfter(o *Remembered) bool {
	if m.Verdict == NoVerdict || o.Verdict == NoVerdict {
		return m.Verdict != NoVerdict
	}
	mine, _ := m.Said()
	other, _ := o.Said()
	return mine.Moment > other.Moment
}

// Differ reports whether several people judge the IOC at a position differently.
// Of each the latest verdict counts.
func (m *Memories) Differ(i int) bool {
	all := m.of(i)
	if len(all) < 2 {
		return false
	}
	first := m.latest(i).Verdict
	other := func(n uint32) bool { v := m.records[n].Verdict; return v != NoVerdict && v != first }
	if !slices.ContainsFunc(all, other) {
		return false
	}
	of := map[string]*Remembered{}
	for _, n := range all {
		r := &m.records[n]
		if was := of[r.Who]; was == nil || r.judgedAfter(was) {
			of[r.Who] = r
		}
	}
	for _, r := range of {
		if r.Verdict != NoVerdict && r.Verdict != first {
			return true
		}
	}
	return false
}

// Remember tells the review what is remembered of its IOCs; nil forgets that. No
// decision follows from it: see [Review.Recall].
func (r *Review) Remember(m *Memories) { r.memories = m }

// Memories are what is remembered of the IOCs, or nil while that is not known.
func (r *Review) Memories() *Memories { return r.memories }
