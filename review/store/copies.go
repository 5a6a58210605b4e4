package store

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"

	"quarry/review"
)

// copied is a review that began as a copy. What others decided up to a moment the other
// review says as long as it holds, where they can take it back. What the copier said both
// say, unless it is undone here: nobody else takes it back for them.
type copied struct {
	id, origin int64
	copier     string
	moment     int64
	row        int64 // the last of the other review then: an import may add earlier moments
}

// copies are all reviews of which is known what they are copies of, the last first.
func copies(ctx context.Context, q querier) (all []copied, err error) {
	rows, err := q.QueryContext(ctx, "SELECT id, origin, copier, copied, origin_row FROM reviews WHERE origin > 0 ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c copied
		if err := rows.Scan(&c.id, &c.origin, &c.copier, &c.moment, &c.row); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// ofOrigins are what a copy is a copy of, at one remove or several, with the moment up
// to which each has the same decisions.
func ofOrigins(c copied, all []copied) (of []copied) {
	for range all { // each is the origin once
		of = append(of, c)
		n := slices.IndexFunc(all, func(o copied) bool { return o.id == c.origin })
		if n < 0 {
			break
		}
		c.origin, c.moment, c.row = all[n].origin, min(c.moment, all[n].moment), all[n].row
	}
	return of
}

// moments are those of judgements.
type moments map[int64]bool

// undoneInCopies are by review the judgements that hold there and that who gave them
// undid in the copy in which they went on. Of several copies the last counts.
func undoneInCopies(ctx context.Context, q querier) (map[int64]moments, error) {
	all, err := copies(ctx, q)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	undone, told := map[int64]moments{}, map[int64]moments{}
	for _, c := range all {
		holds, err := judgedAt(ctx, q, c.id, c, math.MaxInt64)
		if err != nil {
			return nil, err
		}
		for _, of := range ofOrigins(c, all) {
			there, err := judgedAt(ctx, q, of.origin, of, of.row)
			if err != nil {
				return nil, err
			}
			if told[of.origin] == nil {
				undone[of.origin], told[of.origin] = moments{}, moments{}
			}
			for m := range there {
				if !told[of.origin][m] && !holds[m] {
					undone[of.origin][m] = true
				}
				told[of.origin][m] = true
			}
		}
	}
	return undone, nil
}

// judgedAt is what the copier judged before the copy and what holds in a review, up to
// a row.
func judgedAt(ctx context.Context, q querier, id int64, c copied, row int64) (moments, error) {
	return holding(ctx, q, id, " AND who = ? AND moment <= ? AND id <= ?", c.copier, c.moment, row)
}

// holding is what was judged in a review and holds there, of those that a condition
// means.
func holding(ctx context.Context, q querier, id int64, those string, args ...any) (moments, error) {
	rows, err := q.QueryContext(ctx, `SELECT moment FROM decisions INDEXED BY judgements
		WHERE review = ? AND seq <= (SELECT done FROM reviews WHERE id = ?) AND `+judging+those, append([]any{id, id}, args...)...)
	if err != nil {
		return nil, err
	}
	all, err := column[int64](rows)
	at := make(moments, len(all))
	for _, m := range all {
		at[m] = true
	}
	return at, err
}

// leaveOutCopied leaves out the verdicts and the notes that others gave up to the moment
// of a copy, each by itself: another review says them as long as they hold.
func (j *judged) leaveOutCopied(r judgedReview) {
	if r.copied == 0 {
		return // it is no copy
	}
	for i := range j.thoughts {
		m := &j.thoughts[i]
		if m.Who == r.copier && r.copier != "" {
			continue
		}
		if m.Judged.Moment <= r.copied {
			m.Verdict, m.Judged = "", review.Said{}
		}
		if m.Noted.Moment <= r.copied {
			m.Note, m.Noted = "", review.Said{}
		}
	}
}

// leaveOutShared leaves out of the copies of a review, and of what it is a copy of, the
// judgements that hold in it: they are no news there.
func leaveOutShared(ctx context.Context, q querier, reviews []judgedReview, id int64) error {
	all, err := copies(ctx, q)
	if err != nil || len(all) == 0 {
		return err
	}
	family := firstOf(id, all)
	if !slices.ContainsFunc(all, func(c copied) bool { return firstOf(c.id, all) == family }) {
		return nil
	}
	here, err := holding(ctx, q, id, "")
	if err != nil {
		return err
	}
	for i := range reviews {
		if r := &reviews[i]; firstOf(r.id, all) == family {
			r.leftOut = maps.Clone(r.leftOut)
			if r.leftOut == nil {
				r.leftOut = moments{}
			}
			maps.Copy(r.leftOut, here)
		}
	}
	return nil
}

// firstOf is the review of which one is a copy, at whatever remove, or the one itself.
func firstOf(id int64, all []copied) int64 {
	n := slices.IndexFunc(all, func(c copied) bool { return c.id == id })
	if n < 0 {
		return id
	}
	of := ofOrigins(all[n], all)
	return of[len(of)-1].origin
}

// parts reports whether what is pasted now makes a review of one's own out of this
// one: somebody else is known to have pasted into it or, where that would hide it from
// them, decided in it, and goes on with it as it was.
func (w *writer) parts() bool {
	saved := w.sources[:w.savedSources]
	switch {
	case !slices.ContainsFunc(w.sources[len(saved):], pasted):
		return false
	case slices.ContainsFunc(saved, func(d Source) bool { return d.Pasted && d.Who != "" && d.Who != w.self.Who }):
		return true
	}
	return w.opt.OwnPasted && !slices.ContainsFunc(saved, pasted) &&
		slices.ContainsFunc(w.log, func(l logged) bool { return l.entry.Who != w.self.Who })
}

// part leaves the review to others as it is, and makes one with all of the log.
func (w *writer) part(tx *sql.Tx) error {
	if _, err := tx.Exec("UPDATE reviews SET holder = '' WHERE id = ?", w.id); err != nil {
		return err
	}
	return w.copy(tx)
}

// copy makes a review with all of the log. What is in force in the one before it says.
// What others pasted there is the copier's here, who sees it already, so that the copy
// is for nobody else.
func (w *writer) copy(tx *sql.Tx) error {
	c := copied{origin: cmp.Or(w.id, w.followed), copier: w.self.Who}
	// What is undone and not saved yet is undone here, and holds there.
	row := tx.QueryRow("SELECT coalesce(max(moment), 0) FROM decisions WHERE review = ? AND seq <= ?", c.origin, w.savedDone)
	if err := row.Scan(&c.moment); err != nil {
		return err
	}
	w.sources = slices.Clone(w.sources)
	for i := range w.sources {
		if w.sources[i].Pasted {
			w.sources[i].Who = w.self.Who
		}
	}
	if err := w.anew(tx); err != nil {
		return err
	}
	c.id = w.id
	return c.write(tx)
}

// write keeps what the review is a copy of. One that has nothing of another is none.
func (c copied) write(tx *sql.Tx) error {
	if c.moment == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE reviews SET copied = ?, origin = ?, copier = ?,
		origin_row = coalesce((SELECT max(id) FROM decisions WHERE review = ?), 0) WHERE id = ?`, c.moment, c.origin, c.copier, c.origin, c.id)
	return err
}
