package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"quarry/review"
)

// positionsOf are the positions of IOCs by their keys.
func positionsOf(ctx context.Context, refs Refs) (map[sum]uint32, error) {
	at := make(map[sum]uint32, refs.IOCs)
	for key := range refs.Keys {
		n := uint32(len(at))
		at[sumOfString(key)] = n
		if n%(1<<14) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return at, nil
}

// Recall is what is remembered of the IOCs of refs: verdicts and notes of all
// reviews but one, and what was taken in from others. It takes about a second for
// a million IOCs, of which a million are remembered.
func (s *Store) Recall(ctx context.Context, refs Refs, except int64) (*review.Memories, error) {
	m, err := newRecaller(s.db).recall(ctx, refs, except)
	return m, classify(s.path, err)
}

// recaller finds memories again and again. What a review thinks is looked up once,
// as long as it thinks nothing else and the IOCs are the same.
type recaller struct {
	db     beginner
	iocs   int             // of which layers say something; -1 is before the first time
	layers map[int64]layer // by review; 0 is the table
	far    farMoments      // when they were made
}

// beginner is what a database and a connection have in common.
type beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// layer is what one review says of the IOCs.
type layer struct {
	last    int64
	leftOut moments // as of a [judgedReview]
	records []review.Remembered
	found   []review.Found
}

func newRecaller(db beginner) *recaller { return &recaller{db: db, iocs: -1} }

// recall is what is remembered of the IOCs of refs; nil when that is what it was the
// last time.
func (r *recaller) recall(ctx context.Context, refs Refs, except int64) (*review.Memories, error) {
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // nothing was written
	far, err := farMomentsOf(ctx, tx, time.Now())
	if err != nil {
		return nil, err
	}
	same := r.iocs == refs.IOCs && far.equal(r.far)
	if !same {
		r.iocs, r.layers, r.far = refs.IOCs, nil, far
	}
	reviews, err := judgedReviews(ctx, tx)
	if err == nil {
		err = leaveOutShared(ctx, tx, reviews, except)
	}
	if err != nil {
		return nil, err
	}
	var at map[sum]uint32 // made when it is needed
	layers := map[int64]layer{}
	look := func(id, last int64, leftOut moments, find func(at map[sum]uint32) (layer, error)) (err error) {
		l, ok := r.layers[id]
		if !ok || l.last != last || !maps.Equal(l.leftOut, leftOut) {
			same = false
			if at == nil {
				if at, err = positionsOf(ctx, refs); err != nil {
					return err
				}
			}
			if l, err = find(at); err != nil {
				return err
			}
			l.last, l.leftOut = last, leftOut
		}
		layers[id] = l
		return nil
	}
	for _, one := range reviews {
		if one.id == except {
			continue
		}
		err := look(one.id, one.last, one.leftOut, func(at map[sum]uint32) (layer, error) { return findJudged(ctx, tx, one, at) })
		if err != nil {
			return nil, err
		}
	}
	var changes int64
	if err := tx.QueryRowContext(ctx, "SELECT memories FROM clock").Scan(&changes); err != nil {
		return nil, err
	}
	if changes > 0 {
		err := look(0, changes, nil, func(at map[sum]uint32) (layer, error) { return findTakenIn(ctx, tx, refs, at, far) })
		if err != nil {
			return nil, err
		}
	}
	if same && len(layers) == len(r.layers) {
		return nil, nil
	}
	r.layers = layers
	return r.together(ctx, refs.IOCs)
}

// together are the memories of all layers.
func (r *recaller) together(ctx context.Context, iocs int) (*review.Memories, error) {
	thoughts, hits := 0, 0
	for _, l := range r.layers {
		thoughts, hits = thoughts+len(l.records), hits+len(l.found)
	}
	records, found := make([]review.Remembered, 0, thoughts), make([]review.Found, 0, hits)
	for _, l := range r.layers {
		first := uint32(len(records))
		records = append(records, l.records...)
		for _, f := range l.found {
			found = append(found, review.Found{IOC: f.IOC, Record: first + f.Record})
		}
	}
	return review.NewMemories(ctx, iocs, records, found)
}

// findJudged is what a review says of the IOCs at positions.
func findJudged(ctx context.Context, q querier, r judgedReview, at map[sum]uint32) (l layer, err error) {
	j, err := judge(ctx, q, r)
	if err != nil {
		return l, err
	}
	l.found = make([]review.Found, 0, min(len(at), len(j.of)))
	err = eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) {
		if i, ok := at[sumOf(key)]; ok {
			l.found = append(l.found, review.Found{IOC: i, Record: thought})
		}
	})
	if l.records = j.thoughts; len(l.found) == 0 {
		l = layer{} // as nearly all are
	}
	l.found = slices.Clone(l.found) // without room to grow
	return l, err
}

// fewIOCs is up to how many IOCs are looked up one by one in the table. Of more
// all of the table is read.
const fewIOCs = 5000

// findTakenIn is what the table says of the IOCs at positions.
func findTakenIn(ctx context.Context, q querier, refs Refs, at map[sum]uint32, far farMoments) (l layer, err error) {
	number := map[review.Remembered]uint32{}
	take := func(i uint32, m review.Remembered) {
		n, ok := number[m]
		if !ok {
			n = uint32(len(l.records))
			number[m] = n
			l.records = append(l.records, m)
		}
		l.found = append(l.found, review.Found{IOC: i, Record: n})
	}
	if refs.IOCs > fewIOCs {
		err = eachTakenIn(ctx, q, far, "", func(key []byte, m review.Remembered) {
			if i, ok := at[sumOf(key)]; ok {
				take(i, m)
			}
		})
		return l, err
	}
	i := uint32(0)
	for key := range refs.Keys {
		if err := eachTakenIn(ctx, q, far, keptKey(key), func(_ []byte, m review.Remembered) { take(i, m) }); err != nil {
			return l, err
		}
		i++
	}
	return l, nil
}
