package feed

import "fmt"

// Change is what became of an indicator between two sets.
type Change struct {
	Kind      ChangeKind
	IOC       IOC      // as it is now; of one that is gone, as it was
	What      []string // of a changed one, what changed: "confidence 75% to 100%"
	Documents int      // of the newer set that state it, those of the older where it is gone
}

// ChangeKind is new, gone or changed.
type ChangeKind string

// The kinds of change.
const (
	New     ChangeKind = "new"
	Gone    ChangeKind = "gone"
	Changed ChangeKind = "changed"
)

// Diff lists what became of the indicators of a set in a newer one: first the
// new ones in the order of the newer set, then the changed ones, then those that
// are gone in the order of the older. Threat, family, confidence, last seen, and
// whether it is a mention are compared; the first time it was seen, sources,
// references and tags are not, because they follow the documents. Of mentions
// in both sets nothing is said. The number of those that stayed the same,
// mentions apart, comes last.
func Diff(older, newer *Set) (changes []Change, same int) {
	var changed, gone []Change
	for at := range newer.Len() {
		is := newer.At(at)
		before, ok := older.Find(is.Key())
		switch {
		case !ok && is.Mention:
		case !ok:
			changes = append(changes, Change{Kind: New, IOC: is, Documents: documents(is)})
		default:
			was := older.At(before)
			if was.Mention && is.Mention {
				continue
			}
			what := differences(was, is)
			if what == nil {
				same++
				continue
			}
			changed = append(changed, Change{Changed, is, what, documents(is)})
		}
	}
	for at := range older.Len() {
		if was := older.At(at); !was.Mention {
			if _, ok := newer.Find(was.Key()); !ok {
				gone = append(gone, Change{Kind: Gone, IOC: was, Documents: documents(was)})
			}
		}
	}
	return append(append(changes, changed...), gone...), same
}

// differences are what a newer document says otherwise of an indicator.
func differences(was, is IOC) (what []string) {
	say := func(field, a, b string) {
		if a != b {
			what = append(what, fmt.Sprintf("%s %s to %s", field, orNone(a), orNone(b)))
		}
	}
	switch {
	case was.Mention && !is.Mention:
		return []string{"was a mention"}
	case is.Mention && !was.Mention:
		return []string{"is a mention only"}
	}
	say("confidence", percent(was.Confidence), percent(is.Confidence))
	say("threat", string(was.Threat), string(is.Threat))
	say("family", was.Family, is.Family)
	say("last seen", FormatSeen(was.LastSeen), FormatSeen(is.LastSeen))
	return what
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func percent(confidence int) string {
	if confidence == NoConfidence {
		return ""
	}
	return fmt.Sprintf("%d%%", confidence)
}

// documents is how many documents state an indicator.
func documents(i IOC) int {
	names := map[string]bool{}
	for _, s := range i.Sources {
		names[s.Name] = true
	}
	return len(names)
}

// MarshalJSON writes the object of `quarry diff --json`: that of the IOC, with
// change, what and documents behind it.
func (c Change) MarshalJSON() ([]byte, error) {
	object, err := c.IOC.MarshalJSON()
	if err != nil {
		return nil, err
	}
	more, err := marshalPlain(struct {
		Change    ChangeKind `json:"change"`
		What      []string   `json:"what,omitempty"`
		Documents int        `json:"documents"`
	}{c.Kind, c.What, c.Documents})
	if err != nil {
		return nil, err
	}
	return append(append(object[:len(object)-1], ','), more[1:]...), nil
}
