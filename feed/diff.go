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

// Comparison compares the indicators of a set with those of an older one, one at
// a time. Threat, family, confidence, last seen, and whether it is a mention are
// compared; the first time it was seen, sources, references and tags are not,
// because they follow the documents. Of mentions in both sets nothing is said.
type Comparison struct{ Older, Newer *Set }

// At is what became of the indicator at a position of the newer set, with no
// kind where it stayed the same. Of mentions that are new, or were mentions
// before, there is nothing to say.
func (c Comparison) At(at int) (change Change, said bool) {
	is := c.Newer.At(at)
	before, ok := c.Older.Find(is.Key())
	if !ok {
		return Change{Kind: New, IOC: is, Documents: documents(is)}, !is.Mention
	}
	was := c.Older.At(before)
	if was.Mention && is.Mention {
		return Change{}, false
	}
	change = Change{IOC: is, What: differences(was, is), Documents: documents(is)}
	if change.What != nil {
		change.Kind = Changed
	}
	return change, true
}

// Gone is the indicator at a position of the older set, and whether the newer
// one does not have it. Of mentions nothing is said.
func (c Comparison) Gone(at int) (change Change, gone bool) {
	if c.Older.Mention(at) {
		return Change{}, false
	}
	was := c.Older.At(at)
	if _, there := c.Newer.Find(was.Key()); there {
		return Change{}, false
	}
	return Change{Kind: Gone, IOC: was, Documents: documents(was)}, true
}

// Diff lists what became of the indicators of a set in a newer one, as
// [Comparison] says: first the new ones in the order of the newer set, then the
// changed ones, then those that are gone in the order of the older. The number
// of those that stayed the same, mentions apart, comes last.
func Diff(older, newer *Set) (changes []Change, same int) {
	c := Comparison{older, newer}
	var changed []Change
	for at := range newer.Len() {
		switch change, said := c.At(at); {
		case !said:
		case change.Kind == New:
			changes = append(changes, change)
		case change.Kind == Changed:
			changed = append(changed, change)
		default:
			same++
		}
	}
	changes = append(changes, changed...)
	for at := range older.Len() {
		if change, gone := c.Gone(at); gone {
			changes = append(changes, change)
		}
	}
	return changes, same
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
