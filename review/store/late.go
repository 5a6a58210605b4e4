package store

import "quarry/review"

// Late is what was decided when somebody else had taken the review over: it is in no
// review. It is told once, with the [Change] behind that of the other holder.
type Late struct {
	// Entries are the decisions; none where it was an undo, a redo or a paste.
	Entries []review.Entry
	Beside  string // the file that has it, "" when none took it
}

// loseLate is lose, for what the database does not take any more, and tells what that is.
func (w *writer) loseLate(to Holder) {
	late := &Late{}
	for _, l := range w.log[min(w.keep, w.done):w.done] {
		late.Entries = append(late.Entries, l.entry)
	}
	w.lose(to)
	late.Beside = w.lost.Beside
	w.tellChange(Change{Keep: len(w.log), Done: w.done, Private: w.away, Late: late}, nil, &w.holder)
}
