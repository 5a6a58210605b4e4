package review

import (
	"cmp"
	"time"
)

// Said is when somebody gave a verdict or wrote a note, or took it back. The zero
// Said says that neither was done.
type Said struct {
	At     time.Time
	Moment int64 // see [Remembered]
	// Since is for what was taken back: what the same person said before that moment,
	// in another review, holds all the same. 0 takes back all that was said before.
	Since int64
}

// Voice is whose memory it is. Those about one IOC with one voice are one memory:
// see [Remembered.Join].
type Voice struct{ Who, Document string }

// Voice is that of the memory.
func (m Remembered) Voice() Voice { return Voice{m.Who, m.Document} }

// Said is when the verdict and the note were said. Where a memory does not tell them
// apart each that there is was said when the memory was made, and both were taken
// back then where there is neither.
func (m Remembered) Said() (judged, noted Said) {
	if m.Judged != (Said{}) || m.Noted != (Said{}) || m.Forgotten != 0 {
		return m.Judged, m.Noted
	}
	whole := Said{At: m.At, Moment: m.Moment}
	if m.Verdict != NoVerdict || m.Note == "" {
		judged = whole
	}
	if m.Note != "" || m.Verdict == NoVerdict {
		noted = whole
	}
	return judged, noted
}

// Order puts the later memory first, which is the order in which many are joined.
func (m Remembered) Order(o Remembered) int {
	return cmp.Or(cmp.Compare(o.Moment, m.Moment), cmp.Compare(o.Forgotten, m.Forgotten))
}

// Join is the memory together with another one of the same voice about the same IOC.
// The later verdict and the later note count, each by itself: who adds a note says
// nothing of the verdict. What was taken back takes back no more than [Said.Since]
// says; what holds then counts as said again at that moment. What was forgotten is
// left out. Of many the later ones are joined first.
func (m Remembered) Join(o Remembered) Remembered {
	mJudged, mNoted := m.Said()
	oJudged, oNoted := o.Said()
	m.Forgotten = max(m.Forgotten, o.Forgotten)
	m.Judged, m.Verdict = later(m.Forgotten, mJudged, m.Verdict, oJudged, o.Verdict)
	m.Noted, m.Note = later(m.Forgotten, mNoted, m.Note, oNoted, o.Note)
	return m.Whole()
}

// later is what counts of two things that were said.
func later[T ~string](forgotten int64, s Said, value T, o Said, other T) (Said, T) {
	if forgotten > 0 && s.Moment <= forgotten {
		s, value = Said{}, ""
	}
	if forgotten > 0 && o.Moment <= forgotten {
		o, other = Said{}, ""
	}
	if o.Moment > s.Moment || o.Moment == s.Moment && other > value {
		s, value, o, other = o, other, s, value
	}
	switch {
	case value != "":
	case other == "" && o.Moment >= s.Since:
		s.Since = min(s.Since, o.Since)
	case other != "" && o.Moment < s.Since:
		o.Moment = s.Moment
		return o, other
	}
	return s, value
}

// Whole is the memory with At and Moment of what it says: the time of the verdict or,
// where there is none, of the note, and the moment of the later one.
func (m Remembered) Whole() Remembered {
	if m.Verdict != NoVerdict {
		m.Judged.Since = 0
	}
	if m.Note != "" {
		m.Noted.Since = 0
	}
	if m.Moment = max(m.Judged.Moment, m.Noted.Moment); m.Moment == 0 {
		m.Moment = m.Forgotten
	}
	switch {
	case m.Verdict != NoVerdict, m.Note == "" && m.Judged.Moment > m.Noted.Moment:
		m.At = m.Judged.At
	default:
		m.At = m.Noted.At
	}
	return m
}
