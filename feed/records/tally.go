package records

import (
	"fmt"

	"quarry/feed"
)

// Tally counts records of one kind, so that a document with a thousand of them
// has one finding. The zero Tally is empty and ready for use.
type Tally struct {
	kinds []tallied
	index map[[2]string]int
}

type tallied struct {
	code     string
	severity feed.Severity
	line     int // of the first
	text     string
	n        int
}

// maxKinds is how many kinds are told apart: their names come from the document.
const maxKinds = 100

// Add counts one. The text is a sentence without its full stop that says what
// they all are and what follows.
func (t *Tally) Add(code string, severity feed.Severity, line int, text string) {
	key := [2]string{code, text}
	at, known := t.index[key]
	if !known && len(t.kinds) >= maxKinds {
		key[1] = "and records of further kinds"
		if at, known = t.index[key]; !known {
			text = key[1]
		}
	}
	if !known {
		if t.index == nil {
			t.index = map[[2]string]int{}
		}
		at = len(t.kinds)
		t.index[key] = at
		t.kinds = append(t.kinds, tallied{code, severity, line, text, 0})
	}
	t.kinds[at].n++
}

// Report tells what was counted, in the order of the first of each.
func (t *Tally) Report(find Finder) {
	for _, k := range t.kinds {
		find(k.code, k.severity, k.line, "%s", fmt.Sprintf("%s: %d", k.text, k.n))
	}
	*t = Tally{}
}
