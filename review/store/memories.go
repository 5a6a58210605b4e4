package store

import (
	"slices"
	"strings"
	"time"

	"quarry/feed"
	"quarry/review"
)

// Memory is what one person thought of an IOC in one review.
type Memory struct {
	Type  feed.Type
	Value string // canonical
	review.Remembered
	Review int64 // in this database; 0 when it was taken in from others
}

func (m *Memory) key() string { return keptKey(feed.IOC{Type: m.Type, Value: m.Value}.Key()) }

// setKey takes the IOC from a key.
func (m *Memory) setKey(key string) {
	t, value, _ := strings.Cut(key, " ")
	m.Type, m.Value = feed.Type(t), value
}

// Query says which memories are meant. What is empty means all.
type Query struct {
	Words   []string // each is part of the value, defanged too, the verdict, the note, the document or the name
	Type    feed.Type
	Verdict review.Verdict
	Who     string
	Since   time.Time // a day without a time begins in its zone
	// Withdrawn means also those that were taken back, for others to take them back.
	Withdrawn bool
	// Viewer leaves out reviews into which others than this reviewer pasted; "" leaves
	// out none.
	Viewer string
}

func (q *Query) means(m *Memory) bool {
	switch {
	case m.Withdrawn() && !q.Withdrawn:
		return false
	case q.Type != "" && m.Type != q.Type, q.Verdict != review.NoVerdict && m.Verdict != q.Verdict:
		return false
	case q.Who != "" && !strings.EqualFold(m.Who, q.Who), q.Since.After(m.lastSaid(q.Since.Location())):
		return false
	}
	if len(q.Words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{m.Value, feed.Defang(m.Type, m.Value), string(m.Verdict), m.Note, m.Document, m.Who}, "\n"))
	return !slices.ContainsFunc(q.Words, func(w string) bool { return !strings.Contains(text, strings.ToLower(w)) })
}

// lastSaid is when the last of the verdict and the note was said, for somebody in a
// zone.
func (m *Memory) lastSaid(zone *time.Location) time.Time {
	judged, noted := m.Said()
	if noted.At.After(judged.At) {
		return review.InZone(noted.At, zone)
	}
	return review.InZone(judged.At, zone)
}
