package store

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"quarry/feed"
	"quarry/review"
)

// MemoryError says why a file of memories cannot be taken in. Nothing of it was.
type MemoryError struct {
	Path   string
	Line   int
	Reason string
}

func (e *MemoryError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason) }

// memoryLine is a memory as a team shares it.
type memoryLine struct {
	Type      feed.Type      `json:"type"`
	Value     string         `json:"value"`
	Verdict   review.Verdict `json:"verdict,omitempty"`
	Note      string         `json:"note,omitempty"`
	Who       string         `json:"who,omitempty"`
	At        string         `json:"at"`
	Document  string         `json:"document,omitempty"`
	Moment    int64          `json:"moment,omitempty"`
	Withdrawn bool           `json:"withdrawn,omitempty"`
	// Judged and Noted are there where the verdict and the note were not said at once.
	Judged *saidLine `json:"judged,omitempty"`
	Noted  *saidLine `json:"noted,omitempty"`
}

// saidLine is a [review.Said] as a team shares it.
type saidLine struct {
	At     string `json:"at"`
	Moment int64  `json:"moment"`
	Since  int64  `json:"since,omitempty"`
}

// MarshalJSON writes the line that [ReadMemories] reads, whatever the clock said: a
// time that no line can have becomes the first or the last that one can.
func (m Memory) MarshalJSON() ([]byte, error) {
	l := memoryLine{
		Type: m.Type, Value: m.Value, Verdict: m.Verdict, Note: m.Note, Who: m.Who, At: formatTime(m.At), Document: m.Document,
		Moment: lineMoment(m.Moment), Withdrawn: m.Withdrawn(),
	}
	judged, noted := m.Said()
	plain := review.Remembered{Verdict: m.Verdict, Note: m.Note, At: m.At, Moment: m.Moment}
	if j, n := plain.Said(); j != judged || n != noted {
		l.Judged, l.Noted = saidLineOf(judged), saidLineOf(noted)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(l)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func saidLineOf(s review.Said) *saidLine {
	if s.Moment == 0 {
		return nil
	}
	return &saidLine{formatTime(s.At), lineMoment(s.Moment), lineMoment(s.Since)}
}

func formatTime(at time.Time) string {
	switch {
	case at.Before(firstTime):
		at = firstTime
	case at.After(lastTime):
		at = lastTime
	}
	return feed.FormatSeen(at)
}

func lineMoment(moment int64) int64 { return min(moment, lastTime.UnixMicro()) }

// longestLine is how long a line may be. The longest value with a long note has
// room in it.
const longestLine = 1 << 20

// ReadMemories reads memories, a JSON object a line; empty lines count for nothing.
// type, value and at must be there; at is a day or a time as in RFC 3339, and no later
// than a day from now unless the moment is not either. The error is a [*MemoryError]
// with the line, or that of the reader.
func ReadMemories(name string, r io.Reader, now time.Time) (all []Memory, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		text, more, err := readLine(lines, longestLine)
		var long *longLineError
		if errors.As(err, &long) {
			return nil, &MemoryError{name, n, err.Error()}
		}
		if err != nil {
			return nil, err
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\uFEFF"))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			m, err := readMemory(text, now)
			if err != nil {
				return nil, &MemoryError{name, n, err.Error()}
			}
			all = append(all, m)
		}
		if !more {
			return all, nil
		}
	}
}

// longLineError says that a line is longer than any that Quarry wrote.
type longLineError struct{ most int }

func (e *longLineError) Error() string {
	return fmt.Sprintf("the line is longer than %d bytes, which none is that Quarry wrote", e.most)
}

// readLine reads up to a line feed, and reports whether more may follow.
func readLine(r *bufio.Reader, most int) (line []byte, more bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most {
			return nil, false, &longLineError{most}
		}
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return line, false, nil
		default:
			return line, true, err
		}
	}
}

func readMemory(text []byte, now time.Time) (m Memory, err error) {
	var l memoryLine
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields() // what a newer version says there would be left out
	if err := dec.Decode(&l); err != nil {
		return m, fmt.Errorf("this is no memory, which is a JSON object a line with type, value, verdict, note, who, at and document: %v", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return m, errors.New("more than one object stands in the line; write each in a line of its own")
	}
	if !l.Type.Known() {
		return m, fmt.Errorf("%s is no type; use one of %v", feed.Quote(string(l.Type)), feed.Types)
	}
	value, err := feed.Canonical(l.Type, l.Value)
	if err != nil {
		return m, err
	}
	if !slices.Contains(review.Verdicts, l.Verdict) {
		return m, fmt.Errorf("%s is no verdict; use malicious, benign or unsure", feed.Quote(string(l.Verdict)))
	}
	m = Memory{Type: l.Type, Value: value, Remembered: review.Remembered{
		Verdict: l.Verdict, Note: l.Note, Who: l.Who, Document: l.Document,
	}.Clean()}
	if err := l.date(&m.Remembered, now); err != nil {
		return m, err
	}
	switch {
	case m.Withdrawn() && !l.Withdrawn:
		return m, errors.New(`there is neither a verdict nor a note; "withdrawn":true says that both were taken back`)
	case !m.Withdrawn() && l.Withdrawn:
		return m, errors.New("what is withdrawn has neither a verdict nor a note")
	case m.Verdict != review.NoVerdict && m.Judged.Moment == 0, m.Note != "" && m.Noted.Moment == 0:
		return m, errors.New(`"judged" says when the verdict was given and "noted" when the note was written; write what is missing, or leave both out`)
	}
	m.setKey(m.key()) // as the keys of reviews have it
	return m, nil
}

// date reads when it was said.
func (l *memoryLine) date(m *review.Remembered, now time.Time) error {
	whole, err := (&saidLine{At: l.At, Moment: l.Moment}).said(now)
	if err != nil {
		return err
	}
	m.At, m.Moment = whole.At, whole.Moment
	if l.Judged == nil && l.Noted == nil {
		m.Judged, m.Noted = m.Said()
	} else if m.Judged, err = l.Judged.said(now); err != nil {
		return err
	} else if m.Noted, err = l.Noted.said(now); err != nil {
		return err
	}
	*m = m.Whole()
	return nil
}

// said is what the line tells; nil is nothing.
func (l *saidLine) said(now time.Time) (s review.Said, err error) {
	if l == nil {
		return s, nil
	}
	at, err := readTime(l.At)
	ahead := mostAhead(now)
	switch {
	case err != nil:
		return s, err
	case l.Moment < 0 || l.Moment > lastTime.UnixMicro() || l.Since < 0:
		return s, fmt.Errorf("the moment %d is none; leave it out where it is not known", max(l.Moment, l.Since))
	}
	moment := settled(cmp.Or(l.Moment, begins(at, now)), at, ahead)
	if moment > ahead {
		return s, fmt.Errorf("at is %s, which is still to come; write when it was judged, without a moment", feed.Quote(l.At))
	}
	return review.Said{At: at, Moment: moment, Since: l.Since}, nil
}

// The times that a line has.
var (
	firstTime = time.Unix(0, 0).UTC()
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

func readTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		at, err := time.Parse(layout, text)
		if err == nil && !at.Before(firstTime) && !at.After(lastTime) {
			return moment(micros(at)), nil
		}
	}
	return time.Time{}, fmt.Errorf(`at is %s; write when it was judged, as in "at":"2026-05-12" or "at":"2026-05-12T09:30:00Z"`, feed.Quote(text))
}
