// Package review is one triage of one or more documents: the decisions that an
// analyst takes, in order, and everything that follows from them.
//
// A [Review] is never changed but by [Review.Decide], [Review.Undo] and
// [Review.Redo]; its state is what the decisions make of the documents, so the
// history, the hunts and the exports cannot disagree. The screen and the
// command line are two ways to the same decisions.
package review
