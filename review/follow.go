package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"quarry/kql"
)

// Gone is a decision that was kept and is about nothing that the documents have
// any more. It stays in the history and does nothing.
type Gone struct{ Words string }

func (d Gone) apply(*Review, *state) (bool, error) { return false, nil }
func (d Gone) words(*Review) string                { return d.Words }

// Log lists all decisions with those that were undone and can be redone, and how
// many of them, from the first, are in force. The caller must not change it.
func (r *Review) Log() (all []Entry, done int) { return slices.Clip(r.entries), r.done }

// Restore puts decisions of an earlier session, of which so many are in force,
// before those of this one. It reports how many of them are refused now, as when
// a table is no longer in the catalogue: they stay in the history and do nothing.
func (r *Review) Restore(earlier []Entry, done int) (refused int) {
	if len(r.entries) > 0 {
		earlier = earlier[:done] // taking one forgets what was undone
	}
	n := len(earlier)
	r.entries = append(slices.Clone(earlier), r.entries...)
	r.done += done
	r.now = r.base.clone()
	for i, e := range r.entries[:r.done] {
		if _, err := e.Decision.apply(r, &r.now); err != nil && i < n {
			refused++
		}
	}
	return refused
}

// Follow makes the history that of somebody else who goes on with this review: the
// first keep decisions stay, more follow them, and so many of all are in force.
func (r *Review) Follow(keep int, more []Entry, done int) {
	keep = min(keep, len(r.entries))
	on := keep >= r.done && done >= r.done // nothing that is in force changes
	r.entries = append(r.entries[:keep:keep], more...)
	from := r.done
	r.done = min(done, len(r.entries))
	if !on {
		r.replay()
		return
	}
	for _, e := range r.entries[from:r.done] {
		// Whoever took it was not refused.
		_, _ = e.Decision.apply(r, &r.now)
	}
}

// Keys are how many IOCs and mentions there are, and their keys (see
// [feed.IOC.Key]) in the order of their positions. Another goroutine may walk the
// keys while the review is used.
func (r *Review) Keys() (n int, keys iter.Seq[string]) {
	n = r.iocs.Len()
	return n, r.iocs.Keys(n)
}

// ScenarioKeys tell published scenarios apart, in the order of their positions: by
// what they say and, of those that say the same, which one it is.
func (r *Review) ScenarioKeys() []string {
	texts := make([]string, len(r.scenarios))
	for i, s := range r.scenarios {
		texts[i] = fmt.Sprintf("%q %q %q", s.Title, s.Description, s.Filter)
	}
	return keysOf(texts)
}

// OwnScenarioKeys are likewise those of the scenarios that reviewed bulletins
// brought along and no document has: of the IDs -1, -2 and so on. The IDs behind
// them are those that decisions of this review make.
func (r *Review) OwnScenarioKeys() []string {
	texts := make([]string, r.base.created)
	for _, s := range r.base.scenarios {
		if s.Written() {
			texts[-s.ID-1] = fmt.Sprintf("%q %q %q %q", s.Title, s.Description, s.Filter, kql.FormatCondition(s.Condition))
		}
	}
	return keysOf(texts)
}

func keysOf(texts []string) []string {
	keys := make([]string, len(texts))
	count := map[[sha256.Size]byte]int{}
	for i, text := range texts {
		sum := sha256.Sum256([]byte(text))
		count[sum]++
		keys[i] = fmt.Sprintf("%s-%d", hex.EncodeToString(sum[:12]), count[sum])
	}
	return keys
}
