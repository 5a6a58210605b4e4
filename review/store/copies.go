package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"

	"quarry/review"
)

// copied is a review that began as a copy. What was decided up to a moment the other
// review says as long as it holds: there it can be taken back, and what the copier said
// of it here too.
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
	rows, err := q.QueryContext(ctx, `SELECT moment FROM decisions INDEXED BY judgements
		WHERE review = ? AND seq <= (SELECT done FROM reviews WHERE id = ?) AND `+judging+` AND who = ? AND moment <= ? AND id <= ?`,
		id, id, c.copier, c.moment, row)
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

// leaveOutCopied leaves out the verdicts and the notes that were given up to the moment
// of a copy, each by itself: another review says them as long as they hold.
func (j *judged) leaveOutCopied(moment int64) {
	if moment == 0 {
		return // it is no copy
	}
	for i := range j.thoughts {
		m := &j.thoughts[i]
		if m.Judged.Moment <= moment {
			m.Verdict, m.Judged = "", review.Said{}
		}
		if m.Noted.Moment <= moment {
			m.Note, m.Noted = "", review.Said{}
		}
	}
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
	if n := min(w.keep, w.savedDone, w.done); n > 0 {
		c.moment = w.log[n-1].kept.Moment
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
