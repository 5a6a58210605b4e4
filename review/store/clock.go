package store

import (
	"context"
	"fmt"
)

// lastMoment is the last moment that was given to a decision or a memory.
func lastMoment(q querier) (moment int64, err error) {
	err = q.QueryRowContext(context.Background(), "SELECT moment FROM clock").Scan(&moment)
	return moment, err
}

// setMoment says which one is the last now.
func setMoment(q querier, moment int64) error {
	_, err := q.ExecContext(context.Background(), "UPDATE clock SET moment = max(moment, ?)", moment)
	return err
}

// changed notes that the table of memories is another one.
func changed(q querier) error {
	_, err := q.ExecContext(context.Background(), "UPDATE clock SET memories = memories + 1")
	return err
}

// order gives decisions that are to be written their moments: later ones than those
// of all that was decided before, in whatever review. Decisions that come late,
// from a file, get the time at which they were taken.
func (w *writer) order(q querier) error {
	if w.keep == len(w.log) {
		return nil
	}
	last, err := lastMoment(q)
	if err != nil {
		return fmt.Errorf("the clock of the database: %w", err)
	}
	if w.late {
		last = 0
		if w.keep > 0 {
			last = w.log[w.keep-1].kept.Moment
		}
	}
	for _, l := range w.log[w.keep:] {
		if l.kept.Moment == 0 {
			l.kept.Moment = max(last+1, micros(l.kept.At))
		}
		last = max(last, l.kept.Moment)
	}
	return setMoment(q, last)
}
