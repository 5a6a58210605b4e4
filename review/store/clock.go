package store

import (
	"context"
	"fmt"
	"math"
	"slices"
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
	return setMoment(q, min(moment, clockAhead(now)))
}

// clockAhead is what a clock may say now that is right but for what clocks differ.
func clockAhead(now time.Time) int64 { return now.Add(5 * time.Minute).UnixMicro() }

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

// farMoments are those of decisions that are further ahead than clocks are. The order in
// which this database gave them is right, as far as its clock was wrong. So that they
// stand in it beside what others said, each is taken for the time at which it was said;
// what was said before one with a time that can be, by a clock that was ahead, is as
// much before it. The database keeps all as they were given: perhaps it is the clock of
// now that is wrong.
type farMoments struct{ given, said []int64 } // ascending

func farMomentsOf(ctx context.Context, q querier, now time.Time) (f farMoments, err error) {
	ahead := mostAhead(now)
	if last, err := lastMoment(q); err != nil || last <= ahead {
		return f, err
	}
	rows, err := q.QueryContext(ctx, "SELECT moment, min(at) FROM decisions GROUP BY moment ORDER BY moment DESC")
	if err != nil {
		return f, err
	}
	defer rows.Close()
	next, before := int64(math.MaxInt64), int64(0) // the one behind, and how much its moment is ahead of it
	for rows.Next() {
		var given, at int64
		if err := rows.Scan(&given, &at); err != nil {
			return f, err
		}
		if given <= ahead && given < next {
			break // from here on they are as they can be
		}
		said := given - before
		if at <= min(ahead, next) {
			said = at
		}
		next = min(said, next-1)
		before = given - next
		f.given, f.said = append(f.given, given), append(f.said, next)
	}
	slices.Reverse(f.given)
	slices.Reverse(f.said)
	return f, rows.Err()
}

// of is the moment to be compared with those of others.
func (f farMoments) of(given int64) int64 {
	switch i, found := slices.BinarySearch(f.given, given); {
	case found:
		return max(1, f.said[i])
	case i > 0 && i < len(f.given): // of one that was undone since
		return max(1, f.said[i]-1)
	}
	return given
}

// lastGiven is the last of the moments that are taken for this one, or come before it.
func (f farMoments) lastGiven(said int64) int64 {
	i, found := slices.BinarySearch(f.said, said)
	if found {
		return f.given[i]
	}
	if i > 0 {
		return max(said, f.given[i-1])
	}
	return said
}

func (f farMoments) equal(o farMoments) bool {
	return slices.Equal(f.given, o.given) && slices.Equal(f.said, o.said)
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
	now := time.Now()
	for _, l := range w.log[w.keep:] {
		if l.kept.Moment == 0 {
			at := micros(l.kept.At)
			if w.late {
				at = min(at, clockAhead(now))
			}
			l.kept.Moment = max(last+1, at)
		}
		last = max(last, l.kept.Moment)
	}
	if w.late {
		return setMomentFrom(q, last, now)
	}
	return setMoment(q, last)
}
