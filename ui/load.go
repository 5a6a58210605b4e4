package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/review"
)

// pieceMsg brings a piece of a document that is being read.
type pieceMsg struct {
	piece review.Piece
	more  bool // else there is none
}

// nextPiece is the command that waits for the next piece, or nil.
func (m *Model) nextPiece() tea.Cmd {
	l := m.load
	if l == nil {
		return nil
	}
	return func() tea.Msg {
		p, more := l.Next()
		return pieceMsg{p, more}
	}
}

// takePiece takes a piece into the review, which shows more IOCs then, and no
// others.
func (m *Model) takePiece(msg pieceMsg) tea.Cmd {
	if m.load == nil {
		return nil
	}
	if !msg.more {
		m.endReading()
		return m.beginSaving()
	}
	set, scenarios := m.review.IOCs(), m.review.ScenarioCount()
	before, mentions := set.Len(), set.Mentions()
	shown := m.iocs.shownWords()
	m.load.Take(msg.piece)
	more := m.review.Count(before)
	m.counts.Add(more)
	if set.Mentions() != mentions+more.Listed.Mentions {
		m.counts = m.review.Count(0) // a mention is an IOC now
	}
	m.iocs.stated.look(m.review)
	m.showNew()
	if also, is := strings.CutPrefix(m.status, shown); is {
		m.status = m.iocs.shownWords() + also // it is about the rows before
	}
	if m.review.ScenarioCount() != scenarios || before <= atOnce {
		m.place()
	}
	return m.nextPiece()
}

// endReading says what was read. What waits for all IOCs can be done now.
func (m *Model) endReading() {
	m.load.End()
	m.load, m.was = nil, m.load
	m.iocs.stale, m.iocs.stated = true, statedFacts{} // a row may say more than when it was read
	also := m.refresh()
	m.sayRead(also)
}

// sayRead says what was read, and how much there is to remark about that and about
// the hunts for it: again when those are written.
func (m *Model) sayRead(also string) {
	l := m.was
	rows, about := plural(m.review.IOCs().Len(), "row"), m.remarks()
	switch {
	case l.Err() != nil:
		m.say(bad, l.Err().Error()+"; "+rows+" were read before it and stay"+also)
	case m.stopped:
		m.say(warn, "stopped; the "+rows+" that were read stay, the rest is not in the review: "+about+also)
	default:
		m.say(good, "read "+rows+": "+about+also)
	}
	m.readWords = m.status
	if m.opt.Journal != nil && !m.keeping.begun {
		m.status += "; " + lookingForReview
	}
}

// remarks counts the findings that are listed about the documents and the hunts.
func (m *Model) remarks() string {
	docs, hunts := len(m.review.Findings()), m.huntRemarks()
	shows := m.key("findings") + " shows them"
	switch {
	case docs > 0 && hunts != "":
		return plural(docs, "finding") + ", and " + hunts + "; " + shows
	case docs > 0:
		return plural(docs, "finding") + ", " + shows
	case m.writing != nil:
		return "nothing to remark about them; " + hunts
	case hunts != "":
		return "nothing to remark about them, but " + hunts + "; " + shows
	}
	return "nothing to remark"
}

// huntRemarks says how many findings there are about the hunts, by the worst of them,
// or "".
func (m *Model) huntRemarks() string {
	if m.writing != nil {
		return "the hunts are being written"
	}
	count := map[feed.Severity]int{}
	for _, f := range m.plan.Findings() {
		count[f.Severity]++
	}
	var what []string
	for _, kind := range []struct {
		of   feed.Severity
		word string
	}{{feed.Error, "error"}, {feed.Warning, "warning"}, {feed.Info, "hint"}} {
		if n := count[kind.of]; n > 0 {
			what = append(what, plural(n, kind.word))
		}
	}
	if len(what) == 0 {
		return ""
	}
	return "the hunts have " + strings.Join(what, " and ")
}

// stopReading ends the reading. What was read stays.
func (m *Model) stopReading() tea.Cmd {
	switch {
	case m.load != nil:
	case m.comparing != nil:
		m.stopComparing()
		return nil
	default:
		m.dropExports()
		return nil
	}
	m.stopped = true
	m.load.Stop()
	m.say(plain, "stopping")
	return nil
}

func notReading(m *Model) string {
	if m.load == nil && m.comparing == nil && len(m.exports) == 0 {
		return "nothing is being read or written"
	}
	return ""
}

// noComparison is why nothing can be compared now.
func noComparison(m *Model) string {
	switch {
	case m.opt.Registry == nil:
		return "no document can be read here; quarry diff OLD NEW compares two"
	case m.comparing != nil:
		return "the older document is still being read; " + m.key("stop-reading") + " drops that"
	}
	return stillReading(m)
}

// stillReading is why what is made of all documents has to wait.
func stillReading(m *Model) string {
	if m.load != nil {
		return "the documents are still being read; " + m.key("stop-reading") + " stops that, and leaves what was read"
	}
	return ""
}

// exportProgress says in the title of the IOCs what is being made of them.
func (m *Model) exportProgress() string {
	if len(m.exports) == 0 {
		return ""
	}
	return ", exporting"
}

// progress says in the title of the IOCs how far the reading is.
func (m *Model) progress() string {
	switch {
	case m.load == nil:
		return ""
	case m.opt.Size > 0:
		return " so far, " + strconv.FormatInt(min(99, 100*m.load.Read()/m.opt.Size), 10) + "% read"
	default:
		return " so far, " + thousands(int(m.load.Read()>>20)) + " MB read"
	}
}
