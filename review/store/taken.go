package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"quarry/review"
)

// TakenIn is what became of memories that were taken in.
type TakenIn struct {
	New       int // that say something that was not known here, or was older
	Withdrawn int // of which all that was said was taken back, which was not known here
	Known     int // that are here as they are, or later ones in their place
}

// TakeIn remembers what others do. Of one person about an IOC in reviews of one
// title the latest verdict and the latest note win, whichever side has it; what is
// here already changes nothing. Many are written in batches, between which others
// save what is decided; with an error those that are counted are taken in, and doing
// it again takes in the rest.
func (s *Store) TakeIn(ctx context.Context, all []Memory) (t TakenIn, err error) {
	fresh, err := s.fresh(ctx, all)
	if err != nil {
		return t, classify(s.path, err)
	}
	given, taken := parted(fresh)
	if t.New, err = s.inBatches(ctx, given); err == nil {
		t.Withdrawn, err = s.inBatches(ctx, taken)
	}
	if err != nil {
		return t, classify(s.path, err)
	}
	t.Known = len(all) - t.New - t.Withdrawn
	return t, nil
}

// parted are those that say something, and those that were taken back.
func parted(all []Memory) (given, withdrawn []Memory) {
	for _, m := range all {
		if m.Withdrawn() {
			withdrawn = append(withdrawn, m)
		} else {
			given = append(given, m)
		}
	}
	return given, withdrawn
}

// Forget lets memories be remembered no longer, as they are given: what is decided in
// reviews later is remembered again, as is what others say later. The decisions of
// reviews stay, but for those of deleted reviews of which all is forgotten. Many are
// written in batches as in [Store.TakeIn]; forgotten says how many are, also with an
// error.
func (s *Store) Forget(ctx context.Context, all []Memory) (forgotten int, err error) {
	far, err := farMomentsOf(ctx, s.db, time.Now())
	if err != nil {
		return 0, classify(s.path, err)
	}
	rows := make([]Memory, len(all))
	for i, m := range all {
		upTo := far.lastGiven(m.Moment)
		rows[i] = Memory{Type: m.Type, Value: m.Value, Remembered: review.Remembered{
			Who: m.Who, Document: m.Document, Forgotten: upTo, Moment: upTo,
		}}
	}
	if forgotten, err = s.inBatches(ctx, rows); err == nil {
		err = s.dropForgotten(ctx)
	}
	return forgotten, classify(s.path, err)
}

// atOnce is how many memories are written in one transaction: a tenth of the time
// that others wait for the database.
const atOnce = 5000

// inBatches writes memories, and counts those that became others.
func (s *Store) inBatches(ctx context.Context, all []Memory) (written int, err error) {
	for batch := range slices.Chunk(all, atOnce) {
		begun := time.Now()
		n, err := s.writeBatch(ctx, batch)
		if err != nil {
			return written, err
		}
		if written += n; len(all) <= atOnce {
			break
		}
		// Who waits for the database looks now and then whether it is free.
		select {
		case <-time.After(time.Since(begun) / 2):
		case <-ctx.Done():
		}
	}
	return written, nil
}

func (s *Store) writeBatch(ctx context.Context, batch []Memory) (written int, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // without effect after the commit
	written, err = writeMemories(ctx, tx, batch)
	if err == nil && written > 0 {
		err = tx.Commit()
	}
	if err != nil {
		return 0, err
	}
	return written, nil
}

// fresh leaves out what reviews of this database say themselves, without keeping
// anybody from writing.
func (s *Store) fresh(ctx context.Context, all []Memory) ([]Memory, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // nothing was written
	return notHere(ctx, tx, all)
}

// notHere leaves out what reviews of this database say themselves.
func notHere(ctx context.Context, q querier, all []Memory) (fresh []Memory, err error) {
	at := map[sum]map[review.Voice][]int{}
	for i := range all {
		k := sumOfString(all[i].key())
		if at[k] == nil {
			at[k] = map[review.Voice][]int{}
		}
		at[k][all[i].Voice()] = append(at[k][all[i].Voice()], i)
	}
	reviews, err := judgedReviews(ctx, q)
	if err != nil {
		return nil, err
	}
	judged, noted := make([]bool, len(all)), make([]bool, len(all)) // that are here
	for _, r := range reviews {
		j, err := judge(ctx, q, r)
		if err != nil {
			return nil, err
		}
		err = eachJudged(ctx, q, r.id, j, func(key []byte, thought uint32) {
			own := &j.thoughts[thought]
			for _, i := range at[sumOf(key)][own.Voice()] {
				v, n := all[i].Said()
				judged[i] = judged[i] || saidHere(v, all[i].Verdict != "", own.Judged, own.Verdict != "")
				noted[i] = noted[i] || saidHere(n, all[i].Note != "", own.Noted, own.Note != "")
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for i := range all {
		v, n := all[i].Said()
		if !(judged[i] || v.Moment == 0) || !(noted[i] || n.Moment == 0) {
			fresh = append(fresh, all[i])
		}
	}
	return fresh, nil
}

// saidHere reports whether what was said elsewhere is what a review of one's own says,
// or older than it. What the review took back takes back what it said before itself,
// and no more.
func saidHere(there review.Said, given bool, own review.Said, holds bool) bool {
	switch {
	case own.Moment == 0 || there.Moment > own.Moment:
		return false
	case holds:
		return true
	case given:
		return there.Moment >= own.Since
	}
	return there.Since >= own.Since
}
