package store

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"quarry/feed"
	"quarry/review"
)

// Source is one document of a review.
type Source struct {
	Name     string // as the user named it
	Path     string // absolute, "" when it is no file
	Size     int64  // of the file in bytes, 0 when unknown
	Modified time.Time
	SHA256   string // of its bytes, unpacked; "" until all is read
	Pasted   bool   // it was added during the review
	Who      string // who pasted it; "" is not known
	Kept     bool   // the database has its bytes

	// Open opens its bytes, unpacked; nil when nobody has them.
	Open func() (io.ReadCloser, error)
}

// Identity is the same for the same documents, in whatever order and under
// whatever names; "" when one of them is not read to its end.
func Identity(sources []Source) string {
	var sums []string
	for _, s := range sources {
		switch {
		case s.Pasted:
		case s.SHA256 == "":
			return ""
		default:
			sums = append(sums, s.SHA256)
		}
	}
	slices.Sort(sums)
	return strings.Join(slices.Compact(sums), " ")
}

// Place is where in a review the analyst is. What is empty is where a review
// begins.
type Place struct {
	IOC     string `json:"ioc,omitempty"` // the key of that under the cursor
	Filter  string `json:"filter,omitempty"`
	Sort    string `json:"sort,omitempty"` // the name of the column
	Reverse bool   `json:"reverse,omitempty"`
	Pane    string `json:"pane,omitempty"`
	Tab     string `json:"tab,omitempty"` // of the preview
}

// Holder is who has a review open to decide.
type Holder struct {
	Who  string    `json:"who,omitempty"`
	Host string    `json:"host"`
	PID  int       `json:"pid"`
	Beat time.Time `json:"alive"` // when it was seen alive last

	token string
}

// String names the holder in a sentence.
func (h Holder) String() string {
	who := h.Who
	if who == "" {
		who = "somebody"
	}
	return fmt.Sprintf("%s on %s (process %d)", who, h.Host, h.PID)
}

// Kept is a decision as it is kept. Its object means something only with the
// review's keys; see [review.Encode].
type Kept struct {
	Kind   string          `json:"kind"`
	Object json.RawMessage `json:"object"`
	Words  string          `json:"words"`
	Who    string          `json:"who,omitempty"`
	At     time.Time       `json:"at"`
	// Moment orders decisions of all reviews; see [review.Remembered].
	Moment int64 `json:"-"`
}

// Refs say what the positions in decisions mean: there are so many IOCs with
// these keys (see [review.Review.Keys]), which another goroutine may walk, and
// scenarios with those keys; see [review.Review.ScenarioKeys] and
// [review.Review.OwnScenarioKeys].
type Refs struct {
	IOCs      int
	Keys      iter.Seq[string]
	Scenarios []string
	Own       []string
}

// RefsOf are those of a review as it is now.
func RefsOf(r *review.Review) Refs {
	n, keys := r.Keys()
	return Refs{n, keys, r.ScenarioKeys(), r.OwnScenarioKeys()}
}

// Summary is one review in a list.
type Summary struct {
	ID        int64
	Title     string
	Sources   []Source
	Decisions int // in force
	Undone    int // that can be redone
	Begun     time.Time
	Changed   time.Time
	Who       []string         // who decided, or pasted
	Holder    *Holder          // who has it open, or nil
	BegunWith *review.Defaults // what it began with; nil of one that an older Quarry saved
}

// MarshalJSON writes the object of `quarry reviews --json`.
func (s Summary) MarshalJSON() ([]byte, error) {
	type document struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256,omitempty"`
		Pasted bool   `json:"pasted,omitempty"`
		Kept   bool   `json:"kept"`
	}
	o := struct {
		ID        int64            `json:"id"`
		Title     string           `json:"title"`
		Documents []document       `json:"documents"`
		Decisions int              `json:"decisions"`
		Undone    int              `json:"undone,omitempty"`
		Begun     string           `json:"begun"`
		Changed   string           `json:"changed"`
		Who       []string         `json:"who,omitempty"`
		Holder    *Holder          `json:"open,omitempty"`
		BegunWith *review.Defaults `json:"begun_with,omitempty"`
	}{s.ID, s.Title, []document{}, s.Decisions, s.Undone, feed.FormatSeen(s.Begun), feed.FormatSeen(s.Changed), s.Who, s.Holder, s.BegunWith}
	for _, d := range s.Sources {
		o.Documents = append(o.Documents, document{d.Name, d.SHA256, d.Pasted, d.Kept})
	}
	return json.Marshal(o)
}
