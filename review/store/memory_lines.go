package store

import (
	"bufio"
	"bytes"
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
}

// MarshalJSON writes the line that [ReadMemories] reads.
func (m Memory) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(memoryLine{m.Type, m.Value, m.Verdict, m.Note, m.Who, feed.FormatSeen(m.At), m.Document, m.Moment, m.Withdrawn()})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// longestLine is how long a line may be. The longest value with a long note has
// room in it.
const longestLine = 1 << 20

// ReadMemories reads memories, a JSON object a line; empty lines count for nothing.
// type, value and at must be there; at is a day or a time as in RFC 3339. The error
// is a [*MemoryError] with the line, or that of the reader.
func ReadMemories(name string, r io.Reader) (all []Memory, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		text, more, err := readLine(lines)
		if errors.Is(err, errLongLine) {
			return nil, &MemoryError{name, n, err.Error()}
		}
		if err != nil {
			return nil, err
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\uFEFF"))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			m, err := readMemory(text)
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

var errLongLine = fmt.Errorf("the line is longer than %d bytes, which no memory is", longestLine)

// readLine reads up to a line feed, and reports whether more may follow.
func readLine(r *bufio.Reader) (line []byte, more bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > longestLine {
			return nil, false, errLongLine
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

func readMemory(text []byte) (m Memory, err error) {
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
	at, err := readTime(l.At)
	if err != nil {
		return m, err
	}
	if l.Moment < 0 || l.Moment > lastTime.UnixMicro() {
		return m, fmt.Errorf("the moment %d is none; leave it out where it is not known", l.Moment)
	}
	if !slices.Contains(review.Verdicts, l.Verdict) {
		return m, fmt.Errorf("%s is no verdict; use malicious, benign or unsure", feed.Quote(string(l.Verdict)))
	}
	m = Memory{Type: l.Type, Value: value, Remembered: review.Remembered{
		Verdict: l.Verdict, Note: l.Note, Who: l.Who, At: at, Document: l.Document, Moment: l.Moment,
	}.Clean()}
	if m.Moment == 0 {
		m.Moment = micros(at)
	}
	switch {
	case m.Withdrawn() && !l.Withdrawn:
		return m, errors.New(`there is neither a verdict nor a note; "withdrawn":true says that both were taken back`)
	case !m.Withdrawn() && l.Withdrawn:
		return m, errors.New("what is withdrawn has neither a verdict nor a note")
	}
	m.setKey(m.key()) // as the keys of reviews have it
	return m, nil
}

// The times that a database has.
var (
	firstTime = time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

func readTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		at, err := time.Parse(layout, text)
		if err == nil && !at.Before(firstTime) && !at.After(lastTime) {
			return at.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, fmt.Errorf(`at is %s; write when it was judged, as in "at":"2026-05-12" or "at":"2026-05-12T09:30:00Z"`, feed.Quote(text))
}
