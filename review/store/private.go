package store

import (
	"context"
	"fmt"
	"slices"
)

// PrivateError says that somebody pasted into a review, which is theirs alone since
// then; see [Options].
type PrivateError struct{ ID int64 }

func (e *PrivateError) Error() string {
	return fmt.Sprintf("review %d is its reviewer's own since something was pasted into it; open the document again", e.ID)
}

// pastedByOthers asks of a row of reviews whether somebody else pasted into it: who
// looks is its argument.
const pastedByOthers = "EXISTS (SELECT 1 FROM sources WHERE review = reviews.id AND pasted AND sources.who != ?)"

// mayNotSee asks the same where what others pasted is not shown; its arguments are
// [writer.viewer].
const mayNotSee = "(? AND " + pastedByOthers + ")"

// ownFirst orders reviews for a reviewer, who is each of its three arguments: first
// those into which they pasted, last those into which somebody else is known to have;
// and before others those in which they decided something that is not there as a copy.
const ownFirst = `EXISTS (SELECT 1 FROM sources WHERE review = reviews.id AND pasted AND sources.who = ?) DESC,
		EXISTS (SELECT 1 FROM sources WHERE review = reviews.id AND pasted AND sources.who NOT IN ('', ?)),
		EXISTS (SELECT 1 FROM decisions WHERE review = reviews.id AND decisions.who = ? AND moment > copied) DESC`

func (w *writer) viewer() []any { return []any{w.opt.OwnPasted, w.self.Who} }

// seen is a [*PrivateError] where the review is not one to be seen here. After a look
// at what is in it this tells whether that was to be seen: what is about a document
// comes behind it.
func (w *writer) seen(q querier) error {
	var private bool
	err := q.QueryRowContext(context.Background(), "SELECT coalesce((SELECT "+mayNotSee+" FROM reviews WHERE id = ?), 0)", append(w.viewer(), w.id)...).Scan(&private)
	if err == nil && private {
		err = &PrivateError{w.id}
	}
	return err
}

// viewer is who sees no reviews into which others pasted, "" where all are seen.
func (j *Journal) viewer() string {
	if j.opt.OwnPasted {
		return j.opt.Who
	}
	return ""
}

// seenBy are the reviews in which something was judged, without those that a viewer
// does not see.
func seenBy(ctx context.Context, q querier, viewer string) ([]judgedReview, error) {
	reviews, err := judgedReviews(ctx, q)
	if err != nil || viewer == "" {
		return reviews, err
	}
	rows, err := q.QueryContext(ctx, "SELECT id FROM reviews WHERE "+pastedByOthers, viewer)
	if err != nil {
		return nil, err
	}
	hidden, err := column[int64](rows)
	return slices.DeleteFunc(reviews, func(r judgedReview) bool { return slices.Contains(hidden, r.id) }), err
}

// turnAway ends the following of a review that is not to be seen any more. What was
// seen before stays.
func (w *writer) turnAway() {
	if w.away {
		return
	}
	w.away, w.holder.token = true, ""
	w.tellChange(Change{Keep: len(w.log), Done: w.done, Private: true}, nil, &w.holder)
}
