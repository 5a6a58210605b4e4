package store

import (
	"context"
	"fmt"
	"time"
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

// setMomentFrom is setMoment for what comes from elsewhere, which may be dated
// wrongly: it moves the clock no further than clocks differ, or what is decided here
// from now on would stand above all that others say for as long as the rest.
func setMomentFrom(q querier, moment int64, now time.Time) error {
	return setMoment(q, min(moment, now.Add(5*time.Minute).UnixMicro()))
}

// mostAhead is the last moment at which something can have been said by now, by a
// clock that is a day ahead.
func mostAhead(now time.Time) int64 { return now.Add(24 * time.Hour).UnixMicro() }

// begins is when what was said at a time, which may be a day without a time, was said
// at the earliest: a day that is still to come in UTC has begun in the zones ahead, the
// first of which is 14 hours ahead.
func begins(at, now time.Time) int64 {
	if at.After(now) && at.Equal(at.Truncate(24*time.Hour)) {
		at = at.Add(-14 * time.Hour)
	}
	return max(1, micros(at))
}

// settled is a moment that can be: where it is further ahead than the time at which
// something was said, as behind one whose clock was wrong, it is that time.
func settled(moment int64, at time.Time, ahead int64) int64 {
	if moment > ahead && micros(at) <= ahead {
		return max(1, micros(at))
	}
	return moment
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
	if w.late {
		return setMomentFrom(q, last, time.Now())
	}
	return setMoment(q, last)
}
