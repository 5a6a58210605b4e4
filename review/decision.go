package review

import (
	"fmt"
	"slices"
	"time"

	"quarry/feed"
	"quarry/kql"
)

// Decision is one thing the analyst decided. It is plain data, so that it can
// be kept (see [Encode]), shown and applied again. The kinds are [Include], [Invert], [SetVerdict],
// [SetNote], [SetNotes], [Recall], [ChooseTable], [SetTarget], [SetLookback], [SetMatch],
// [SetPort], [SetOwnSide], [SetLong], [SetMinConfidence], [Attach], [EditCondition],
// [NewScenario], [DuplicateScenario], [RewriteScenario], [RemoveScenario],
// [MoveScenario] and [SetScenarioNote].
type Decision interface {
	// apply changes the state and reports whether that made a difference. It
	// leaves the state alone where it does not, and where it refuses.
	apply(r *Review, s *state) (bool, error)
	// words says what was decided, as history and messages show it. It is
	// asked of decisions that were applied.
	words(r *Review) string
}

// owned is the decision without memory that a caller may still change.
func owned(d Decision) Decision {
	switch d := d.(type) {
	case Include:
		d.IOCs = slices.Clone(d.IOCs)
		return d
	case Invert:
		d.IOCs = slices.Clone(d.IOCs)
		return d
	case SetVerdict:
		d.IOCs = slices.Clone(d.IOCs)
		return d
	case SetNotes:
		d.IOCs = slices.Clone(d.IOCs)
		return d
	case Recall:
		return d.owned()
	case Attach:
		d.Dangers = slices.Clone(d.Dangers)
		return d
	}
	return d
}

// RefusedError says why a decision cannot be taken.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// Include switches IOCs on or off: only those that are on are hunted. IOCs are
// positions in the review's set.
type Include struct {
	IOCs Positions `json:"iocs"`
	On   bool      `json:"on"`
}

func (d Include) apply(r *Review, s *state) (changed bool, err error) {
	if err := r.checkIOCs(d.IOCs); err != nil {
		return false, err
	}
	for _, i := range d.IOCs {
		changed = changed || s.on[i] != d.On
		s.on[i] = d.On
	}
	return changed, nil
}

func (d Include) words(r *Review) string {
	if d.On {
		return "switched on " + r.name(d.IOCs)
	}
	return "switched off " + r.name(d.IOCs)
}

// Invert switches each of the IOCs to the other, once however often it is
// named.
type Invert struct {
	IOCs Positions `json:"iocs"`
}

func (d Invert) apply(r *Review, s *state) (bool, error) {
	if err := r.checkIOCs(d.IOCs); err != nil {
		return false, err
	}
	was := func(i int) bool { return s.on[i] }
	if len(d.IOCs) > 1 {
		before := slices.Clone(s.on)
		was = func(i int) bool { return before[i] }
	}
	for _, i := range d.IOCs {
		s.on[i] = !was(i)
	}
	return true, nil
}

func (d Invert) words(r *Review) string { return "inverted " + r.name(d.IOCs) }

// SetVerdict gives IOCs a verdict, or takes it back with [NoVerdict]. It does
// not switch them on or off.
type SetVerdict struct {
	IOCs    Positions `json:"iocs"`
	Verdict Verdict   `json:"verdict"`
}

func (d SetVerdict) apply(r *Review, s *state) (changed bool, err error) {
	if err := r.checkIOCs(d.IOCs); err != nil {
		return false, err
	}
	if !slices.Contains(Verdicts, d.Verdict) {
		return false, &RefusedError{fmt.Sprintf("%q is no verdict; use malicious, benign or unsure", d.Verdict)}
	}
	code := d.Verdict.code()
	for _, i := range d.IOCs {
		changed = changed || s.verdicts[i] != code
		s.verdicts[i] = code
	}
	return changed, nil
}

func (d SetVerdict) words(r *Review) string {
	if d.Verdict == NoVerdict {
		return "took the verdict from " + r.name(d.IOCs)
	}
	return fmt.Sprintf("called %s %s", r.name(d.IOCs), d.Verdict)
}

// SetNote writes the note of an IOC; an empty text removes it.
type SetNote struct {
	IOC  int    `json:"ioc"`
	Text string `json:"text"`
}

func (d SetNote) apply(r *Review, s *state) (bool, error) { return d.notes().apply(r, s) }
func (d SetNote) words(r *Review) string                  { return d.notes().words(r) }
func (d SetNote) notes() SetNotes                         { return SetNotes{[]int{d.IOC}, d.Text} }

// SetNotes writes one note on each of several IOCs, over what notes they have;
// an empty text removes them.
type SetNotes struct {
	IOCs Positions `json:"iocs"`
	Text string    `json:"text"`
}

func (d SetNotes) apply(r *Review, s *state) (changed bool, err error) {
	if err := r.checkIOCs(d.IOCs); err != nil {
		return false, err
	}
	text := oneLine(d.Text)
	for _, i := range d.IOCs {
		changed = changed || s.notes[i] != text
		if text == "" {
			delete(s.notes, i)
		} else {
			s.notes[i] = text
		}
	}
	return changed, nil
}

func (d SetNotes) words(r *Review) string {
	text := oneLine(d.Text)
	switch {
	case text != "":
		return fmt.Sprintf("noted on %s: %s", r.name(d.IOCs), text)
	case len(d.IOCs) == 1:
		return "removed the note on " + r.name(d.IOCs)
	}
	return "removed the notes on " + r.name(d.IOCs)
}

// ChooseTable chooses a table of the catalogue to hunt in, or leaves it out.
type ChooseTable struct {
	Table string `json:"table"`
	On    bool   `json:"on"`
}

func (d ChooseTable) apply(r *Review, s *state) (bool, error) {
	t, ok := r.catalogue.Table(d.Table)
	if !ok {
		return false, &RefusedError{fmt.Sprintf("there is no table %s in the catalogue", d.Table)}
	}
	if d.On && !t.On(s.target) {
		return false, &RefusedError{(&kql.NoTableError{Table: d.Table, Target: s.target}).Error() + "; switch the target first"}
	}
	if s.tables[d.Table] == d.On {
		return false, nil
	}
	if d.On {
		s.tables[d.Table] = true
	} else {
		delete(s.tables, d.Table)
	}
	return true, nil
}

func (d ChooseTable) words(*Review) string {
	if d.On {
		return "chose table " + d.Table
	}
	return "left out table " + d.Table
}

// SetTarget chooses where the hunts run. Chosen tables that the target does
// not have stay chosen and come back when the target does.
type SetTarget struct {
	Target kql.Target `json:"target"`
}

func (d SetTarget) apply(_ *Review, s *state) (bool, error) {
	if !slices.Contains(kql.Targets, d.Target) {
		return false, &RefusedError{fmt.Sprintf("%q is no target; use sentinel or defender", d.Target)}
	}
	changed := s.target != d.Target
	s.target = d.Target
	return changed, nil
}

func (d SetTarget) words(*Review) string { return "aimed the hunts at " + d.Target.Title() }

// SetLookback sets how far back the hunts look, in whole minutes, from one to
// [kql.MaxLookback].
type SetLookback struct{ Lookback time.Duration }

func (d SetLookback) apply(_ *Review, s *state) (bool, error) {
	if d.Lookback < time.Minute || d.Lookback > kql.MaxLookback {
		return false, &RefusedError{"a look-back is between a minute and " + kql.FormatLookback(kql.MaxLookback)}
	}
	whole := d.Lookback.Round(time.Minute)
	changed := s.lookback != whole
	s.lookback = whole
	return changed, nil
}

func (d SetLookback) words(*Review) string {
	return "set the look-back to " + kql.FormatLookback(d.Lookback)
}

func (r *Review) checkIOCs(iocs []int) error {
	if len(iocs) == 0 {
		return &RefusedError{"no IOC is meant; move to one or change the filter"}
	}
	for _, i := range iocs {
		if i < 0 || i >= r.iocs.Len() {
			return &RefusedError{fmt.Sprintf("there is no IOC %d", i+1)}
		}
	}
	return nil
}

// name names IOCs in words: one by its value, defanged, several by how many
// IOCs and mentions there are.
func (r *Review) name(iocs []int) string {
	if len(iocs) == 1 {
		i := r.iocs.At(iocs[0])
		return feed.Defang(i.Type, i.Value)
	}
	mentions := 0
	for _, i := range iocs {
		if r.iocs.Mention(i) {
			mentions++
		}
	}
	switch n := len(iocs) - mentions; {
	case mentions == 0:
		return feed.Counted(n, "IOC")
	case n == 0:
		return feed.Counted(mentions, "mention")
	default:
		return feed.Counted(n, "IOC") + " and " + feed.Counted(mentions, "mention")
	}
}
