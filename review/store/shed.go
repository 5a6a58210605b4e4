package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"quarry/review"
)

// pruneKeys leaves the keys of a review out of which nothing was judged. Their numbers
// stay, so that decisions mean the same.
func pruneKeys(q querier, id int64) error {
	j, err := judge(context.Background(), q, judgedReview{id: id})
	if err != nil {
		return err
	}
	chunks, err := loadChunks(q, id)
	if err != nil {
		return err
	}
	number := 0
	for _, c := range chunks {
		var keys []string
		err := c.unpack(func(key string) {
			if number >= len(j.of) || j.of[number] == 0 {
				key = ""
			}
			keys = append(keys, key)
			number++
		})
		if err != nil {
			return err
		}
		pruned, err := packKeys(c.first, slices.Values(keys))
		if err != nil {
			return err
		}
		if _, err := q.ExecContext(context.Background(), "UPDATE keys SET sum = ?, data = ? WHERE review = ? AND first = ?", pruned.sum, pruned.data, id, c.first); err != nil {
			return err
		}
	}
	return nil
}

// dropForgotten deletes what is left of deleted reviews of which all is forgotten.
func (s *Store) dropForgotten(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM reviews WHERE shed")
	if err != nil {
		return err
	}
	deleted, err := column[int64](rows)
	if err != nil || len(deleted) == 0 {
		return err
	}
	far, err := farMomentsOf(ctx, s.db, time.Now())
	if err != nil {
		return err
	}
	forgotten := map[sum]map[review.Voice]int64{}
	err = eachTakenIn(ctx, s.db, far, "", func(key []byte, m review.Remembered) {
		if m.Forgotten == 0 {
			return
		}
		k := sumOf(key)
		if forgotten[k] == nil {
			forgotten[k] = map[review.Voice]int64{}
		}
		forgotten[k][m.Voice()] = m.Forgotten
	})
	if err != nil {
		return err
	}
	reviews, err := judgedReviews(ctx, s.db)
	for _, r := range reviews {
		if err != nil || !slices.Contains(deleted, r.id) {
			continue
		}
		var j judged
		if j, err = judge(ctx, s.db, r); err != nil {
			continue
		}
		left := 0
		err = eachJudged(ctx, s.db, r.id, j, func(key []byte, thought uint32) {
			if own := &j.thoughts[thought]; !own.Withdrawn() && own.Moment > forgotten[sumOf(key)][own.Voice()] {
				left++
			}
		})
		if err == nil && left == 0 {
			err = errors.Join(dropJudged(s.db, r.id), changed(s.db))
		}
	}
	return err
}

// dropJudged deletes what is left of a deleted review. Of a copy stays what the other
// review has as well: the rest was undone.
func dropJudged(q querier, id int64) error {
	var copied bool
	err := q.QueryRowContext(context.Background(), "SELECT EXISTS (SELECT 1 FROM reviews WHERE id = ? AND origin > 0)", id).Scan(&copied)
	if err != nil || !copied {
		return errors.Join(err, remove(q, id))
	}
	if err := deleteBy(q, id, "DELETE FROM decisions WHERE review = ? AND moment > (SELECT copied FROM reviews WHERE id = review)"); err != nil {
		return err
	}
	return pruneKeys(q, id)
}
