package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"quarry/review"
)

// List lists all reviews, the one that was changed last first.
func (s *Store) List(now time.Time) ([]Summary, error) {
	rows, err := s.db.Query("SELECT id FROM reviews WHERE NOT shed ORDER BY changed DESC, id DESC")
	if err != nil {
		return nil, classify(s.path, err)
	}
	ids, err := column[int64](rows)
	if err != nil {
		return nil, classify(s.path, err)
	}
	var all []Summary
	for _, id := range ids {
		one, err := s.Summary(id, now)
		var missing *MissingError
		switch {
		case errors.As(err, &missing): // somebody deleted it meanwhile
		case err != nil:
			return nil, err
		default:
			all = append(all, one)
		}
	}
	return all, nil
}

// column reads rows of one value each.
func column[T any](rows *sql.Rows) (all []T, err error) {
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Summary is one review as [Store.List] has it. The error is a [*MissingError] when
// there is none.
func (s *Store) Summary(id int64, now time.Time) (Summary, error) {
	one := Summary{ID: id}
	var h Holder
	var begun, changed, beat int64
	var all int
	err := s.db.QueryRow(`SELECT title, done, begun, changed, holder, who, host, pid, beat,
		(SELECT count(*) FROM decisions WHERE review = reviews.id) FROM reviews WHERE id = ? AND NOT shed`, id).
		Scan(&one.Title, &one.Decisions, &begun, &changed, &h.token, &h.Who, &h.Host, &h.PID, &beat, &all)
	if errors.Is(err, sql.ErrNoRows) {
		return one, &MissingError{id}
	}
	if err != nil {
		return one, classify(s.path, err)
	}
	if one.BegunWith, err = s.begunWith(s.db, id); err != nil {
		return one, err
	}
	one.Undone = all - one.Decisions
	one.Begun, one.Changed, h.Beat = moment(begun), moment(changed), moment(beat)
	if h.alive(now) {
		one.Holder = &h
	}
	rows, err := s.db.Query(`SELECT who FROM decisions WHERE review = ?1 AND who != ''
		UNION SELECT who FROM sources WHERE review = ?1 AND pasted AND who != '' ORDER BY who`, id)
	if err != nil {
		return one, classify(s.path, err)
	}
	if one.Who, err = column[string](rows); err != nil {
		return one, classify(s.path, err)
	}
	one.Sources, err = s.sources(s.db, id)
	return one, classify(s.path, err)
}

// sources are the documents of a review. Those that are kept can be opened.
func (s *Store) sources(q querier, id int64) (all []Source, err error) {
	rows, err := q.QueryContext(context.Background(), `SELECT name, path, sources.size, modified, sources.sha256, pasted, who, coalesce(whole, 0)
		FROM sources LEFT JOIN documents USING (sha256) WHERE review = ? ORDER BY n`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Source
		var modified int64
		if err := rows.Scan(&d.Name, &d.Path, &d.Size, &modified, &d.SHA256, &d.Pasted, &d.Who, &d.Kept); err != nil {
			return nil, err
		}
		d.Modified = moment(modified)
		if d.Kept {
			d.Open = func() (io.ReadCloser, error) { return s.Document(d.SHA256) }
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// Decisions are all decisions of a review as they are kept, with those that can be
// redone, and how many of them are in force. The error is a [*MissingError] when
// there is no such review.
func (s *Store) Decisions(id int64) (all []Kept, done int, err error) {
	err = s.db.QueryRow("SELECT done FROM reviews WHERE id = ? AND NOT shed", id).Scan(&done)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, &MissingError{id}
	}
	if err == nil {
		all, _, err = decisionsAfter(s.db, id, 0, 0)
	}
	return all, min(done, len(all)), classify(s.path, err)
}

// decisionsAfter are the decisions behind a row and a place in the order, and the
// last row that there is.
func decisionsAfter(q querier, review, row int64, seq int) (all []Kept, last int64, err error) {
	last = row
	rows, err := q.QueryContext(context.Background(), `SELECT id, kind, object, words, who, at, moment FROM decisions
		WHERE review = ? AND id > ? AND seq > ? ORDER BY seq`, review, row, seq)
	if err != nil {
		return nil, last, err
	}
	defer rows.Close()
	for rows.Next() {
		var k Kept
		var id, at int64
		if err := rows.Scan(&id, &k.Kind, (*[]byte)(&k.Object), &k.Words, &k.Who, &at, &k.Moment); err != nil {
			return nil, last, err
		}
		k.At, last = moment(at), max(last, id)
		all = append(all, k)
	}
	return all, last, rows.Err()
}

// begunWithColumn is how the database has what a review began with.
func begunWithColumn(d review.Defaults) (string, error) {
	if d == (review.Defaults{}) {
		return "", nil
	}
	text, err := json.Marshal(d)
	return string(text), err
}

// begunWith is what a review began with, nil while that is not known.
func (s *Store) begunWith(q querier, id int64) (*review.Defaults, error) {
	var text string
	err := q.QueryRowContext(context.Background(), "SELECT begun_with FROM reviews WHERE id = ?", id).Scan(&text)
	if err != nil || text == "" {
		return nil, classify(s.path, err)
	}
	var d review.Defaults
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, &DamagedError{s.path, fmt.Errorf("review %d: what it began with: %w", id, err)}
	}
	return &d, nil
}

// Restore lets r, which was opened from the same documents, begin as a review that
// is kept began, and puts the decisions of that into it. It returns how many of them do nothing any more: what
// they are about is not in the documents as they are read now, or is refused.
// Errors are [*MissingError] and [*review.UnknownDecisionError]; then r is as it
// was.
func (s *Store) Restore(id int64, r *review.Review) (lost int, err error) {
	kept, done, err := s.Decisions(id)
	if err != nil {
		return 0, err
	}
	_, n, err := s.number(s.db, id, RefsOf(r))
	if err != nil {
		return 0, classify(s.path, err)
	}
	entries, lost, err := n.entries(kept)
	if err != nil {
		return 0, err
	}
	begunWith, err := s.begunWith(s.db, id)
	if err != nil {
		return 0, err
	}
	if begunWith != nil {
		r.Begin(*begunWith)
	}
	return lost + r.Restore(entries, done), nil
}

// number is where a review was left, and what the numbers of its decisions mean.
func (s *Store) number(q querier, id int64, refs Refs) (Place, numbers, error) {
	var place, scenarios string
	var at Place
	var keys []string
	if err := q.QueryRowContext(context.Background(), "SELECT place, scenarios FROM reviews WHERE id = ?", id).Scan(&place, &scenarios); err != nil {
		return at, numbers{}, err
	}
	if err := errors.Join(json.Unmarshal([]byte(place), &at), json.Unmarshal([]byte(scenarios), &keys)); err != nil {
		return at, numbers{}, &DamagedError{s.path, err}
	}
	chunks, err := loadChunks(q, id)
	if err != nil {
		return at, numbers{}, err
	}
	n, err := number(chunks, keys, refs)
	if err != nil {
		err = &DamagedError{s.path, err}
	}
	return at, n, err
}

// entries are decisions as a review takes them, and how many of them are about
// nothing any more.
func (n *numbers) entries(kept []Kept) (all []review.Entry, gone int, err error) {
	for _, k := range kept {
		d, err := review.Decode(k.Kind, k.Object)
		if err != nil {
			return nil, 0, err
		}
		if d = n.toPositions(d); d == nil {
			d = review.Gone{Words: k.Words}
			gone++
		}
		all = append(all, review.Entry{Decision: d, At: k.At, Who: k.Who, Words: k.Words})
	}
	return all, gone, nil
}

// Delete deletes a review, and documents that no other one has. What is thought of
// IOCs in it stays remembered until it is forgotten. Errors are
// [*MissingError] and, while somebody has it open, [*HeldError].
func (s *Store) Delete(id int64, now time.Time) error {
	tx, err := s.db.Begin()
	if err != nil {
		return classify(s.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	if err := free(tx, id, now); err != nil {
		return classify(s.path, err)
	}
	if err := shed(tx, id); err != nil {
		return classify(s.path, err)
	}
	return classify(s.path, tx.Commit())
}

// free is an error when somebody has the review open, or there is none. Within a
// transaction nobody opens it afterwards.
func free(tx *sql.Tx, id int64, now time.Time) error {
	by, err := holderOf(tx, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &MissingError{id}
	case err == nil && by.alive(now):
		return &HeldError{id, by}
	}
	return err
}

func remove(q querier, id int64) error {
	return deleteBy(q, id, "DELETE FROM reviews WHERE id = ?")
}

// shed deletes a review but for the judgements in force and the keys of their IOCs, or
// all of it where there are none. A copy stays: that it lacks what the other review has
// says that it was undone.
func shed(q querier, id int64) error {
	var left, file bool
	var title string
	err := q.QueryRowContext(context.Background(), `SELECT origin > 0 OR EXISTS (SELECT 1 FROM decisions INDEXED BY judgements
		WHERE review = reviews.id AND seq <= done AND `+judging+`), title, `+namesFile+` FROM reviews WHERE id = ?`, id).Scan(&left, &title, &file)
	if err != nil {
		return err
	}
	if !left {
		return remove(q, id)
	}
	if err := pruneKeys(q, id); err != nil {
		return err
	}
	if file {
		title = withoutFolder(title)
	}
	if _, err := q.ExecContext(context.Background(), "UPDATE reviews SET title = ? WHERE id = ?", title, id); err != nil {
		return err
	}
	return deleteBy(q, id,
		"UPDATE reviews SET shed = 1, identity = NULL, place = '{}', scenarios = '[]', holder = '', who = '', host = '' WHERE id = ?",
		"DELETE FROM decisions WHERE review = ? AND NOT ("+judging+" AND seq <= (SELECT done FROM reviews WHERE id = review))",
		"UPDATE decisions SET words = '' WHERE review = ?",
		// Who pasted stays: what is remembered of it is for nobody else.
		"UPDATE sources SET name = '', path = '', sha256 = '' WHERE review = ? AND pasted",
		"DELETE FROM sources WHERE review = ? AND NOT pasted", "DELETE FROM imported WHERE review = ?")
}

// deleteBy deletes by statements about a review, and the documents that no other one
// has then.
func deleteBy(q querier, id int64, statements ...string) error {
	for _, s := range statements {
		if _, err := q.ExecContext(context.Background(), s, id); err != nil {
			return err
		}
	}
	// A copy of which nothing is left says nothing once the other review is gone.
	_, err := q.ExecContext(context.Background(), `DELETE FROM reviews WHERE shed AND origin > 0 AND origin NOT IN (SELECT id FROM reviews)
		AND NOT EXISTS (SELECT 1 FROM decisions WHERE review = reviews.id AND moment > copied)`)
	if err == nil {
		_, err = q.ExecContext(context.Background(), "DELETE FROM documents WHERE sha256 NOT IN (SELECT sha256 FROM sources)")
	}
	return err
}

// Place is where a review was left. The error is a [*MissingError] when there is no
// such review.
func (s *Store) Place(id int64) (p Place, err error) {
	var text string
	err = s.db.QueryRow("SELECT place FROM reviews WHERE id = ? AND NOT shed", id).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return p, &MissingError{id}
	}
	if err != nil {
		return p, classify(s.path, err)
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, &DamagedError{s.path, err}
	}
	return p, nil
}
