package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"quarry/review"
)

// memoryColumns are those of the table of what was taken in and forgotten, but for
// the key.
const memoryColumns = "who, document, verdict, note, at, moment, since, noted_at, noted, noted_since, forgotten"

// takenIn is a row of the table as it is read.
type takenIn struct {
	who, document, verdict, note sql.RawBytes
	at, notedAt                  int64
	m                            review.Remembered
}

func (r *takenIn) into() []any {
	j, n := &r.m.Judged, &r.m.Noted
	return []any{&r.who, &r.document, &r.verdict, &r.note, &r.at, &j.Moment, &j.Since, &r.notedAt, &n.Moment, &n.Since, &r.m.Forgotten}
}

func (r *takenIn) remembered(same texts) review.Remembered {
	m := r.m
	m.Who, m.Document, m.Verdict, m.Note = same.of(r.who), same.of(r.document), review.Verdict(same.of(r.verdict)), same.of(r.note)
	m.Judged.At, m.Noted.At = moment(r.at), moment(r.notedAt)
	ahead := mostAhead(time.Now())
	for _, said := range []*review.Said{&m.Judged, &m.Noted} {
		if said.Moment = settled(said.Moment, said.At, ahead); said.Moment > ahead {
			said.Moment, said.Since = 1, min(said.Since, 1) // nobody knows when, so all else is later
		}
	}
	return m.Whole()
}

// eachTakenIn walks the rows of the table, or those of one key, with what was forgotten
// as it is compared. The key is only valid during the call.
func eachTakenIn(ctx context.Context, q querier, far farMoments, key string, each func(key []byte, m review.Remembered)) error {
	query, args := "SELECT key, "+memoryColumns+" FROM memory", []any(nil)
	if key != "" {
		query, args = query+" WHERE key = ?", []any{key}
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	var r takenIn
	into, same := append([]any{&raw}, r.into()...), texts{}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		m := r.remembered(same)
		m.Forgotten = far.of(m.Forgotten)
		each(raw, m.Whole())
	}
	return rows.Err()
}

// writeMemories joins memories with the rows of the table, and counts those of which
// it became another.
func writeMemories(ctx context.Context, tx *sql.Tx, all []Memory) (written int, err error) {
	find, err := tx.PrepareContext(ctx, "SELECT "+memoryColumns+" FROM memory WHERE key = ? AND who = ? AND document = ?")
	if err != nil {
		return 0, err
	}
	defer find.Close()
	write, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO memory (key, "+memoryColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	defer write.Close()
	far, err := farMomentsOf(ctx, tx, time.Now())
	if err != nil {
		return 0, err
	}
	last, forgotten := int64(0), int64(0)
	for i := range all {
		m := &all[i]
		both, was, err := joinedRow(ctx, find, m, far)
		if err != nil {
			return 0, err
		}
		if m.Forgotten == 0 {
			last = max(last, m.Moment)
		}
		forgotten = max(forgotten, m.Forgotten)
		if both == was {
			continue
		}
		j, n := both.Said()
		_, err = write.ExecContext(ctx, m.key(), m.Who, m.Document, string(both.Verdict), both.Note, micros(j.At), j.Moment, j.Since, micros(n.At), n.Moment, n.Since, both.Forgotten)
		if err != nil {
			return 0, err
		}
		written++
	}
	if written == 0 {
		return 0, nil
	}
	now := time.Now()
	if err := setMomentFrom(tx, last, now); err != nil {
		return 0, err
	}
	// What is decided from now on is not forgotten with what was said ahead.
	if err := setMoment(tx, min(forgotten, mostAhead(now))); err != nil {
		return 0, err
	}
	return written, changed(tx)
}

// joinedRow is a memory together with the row of its voice, and that row.
func joinedRow(ctx context.Context, find *sql.Stmt, m *Memory, far farMoments) (both, was review.Remembered, err error) {
	rows, err := find.QueryContext(ctx, m.key(), m.Who, m.Document)
	if err != nil {
		return both, was, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		both = m.Remembered
		both.Judged, both.Noted = both.Said()
		return both.Whole(), was, rows.Err()
	}
	var r takenIn
	if err := rows.Scan(r.into()...); err != nil {
		return both, was, err
	}
	was = r.remembered(texts{})
	a, b := was, m.Remembered
	a.Forgotten, b.Forgotten = far.of(a.Forgotten), far.of(b.Forgotten)
	if a.Order(b) >= 0 {
		a, b = b, a
	}
	both = a.Join(b)
	both.Forgotten = max(was.Forgotten, m.Forgotten) // as it was given
	return both.Whole(), was, nil
}

// texts keeps each text once.
type texts map[string]string

func (t texts) of(b []byte) string {
	if s, ok := t[string(b)]; ok {
		return s
	}
	s := string(bytes.Clone(b))
	t[s] = s
	return s
}
