package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// look does what has to be done now and then.
func (w *writer) look() {
	w.lookForLog()
	if w.store == nil || w.dirty() {
		w.tryAgain()
		return
	}
	if w.id == 0 || !w.ready {
		return
	}
	if w.placed && !w.following || !w.following && time.Since(w.beat) > beatEvery {
		id := w.id
		if err := w.inTransaction(w.writeAlive); err == nil {
			w.placed = false
		} else {
			w.id = id
		}
	}
	if w.following && !w.holder.alive(time.Now()) {
		w.holderGone()
	}
	var v int64
	if err := w.conn.QueryRowContext(context.Background(), "PRAGMA data_version").Scan(&v); err != nil || v == w.version {
		return // nobody else wrote; an error comes again with the next decision
	}
	w.version = v
	w.lookAtOthers()
}

func (w *writer) tryAgain() {
	if w.ready && !w.following && w.dirty() && time.Since(w.tried) > againAfter {
		w.save()
	}
}

func (w *writer) writeAlive(tx *sql.Tx) error {
	if err := w.own(tx); err != nil {
		return err
	}
	return w.writePlace(tx)
}

// lookAtOthers tells what others did with the review.
func (w *writer) lookAtOthers() {
	by, err := holderOf(w.conn, w.id)
	switch {
	case w.away:
	case w.following && errors.Is(err, sql.ErrNoRows):
		w.holderGone() // and the review with it
	case err != nil:
		return // it was deleted, which is found out with the next decision, or cannot be read now
	case w.following:
		w.tellNewer(by)
	case by.token != w.self.token:
		w.lose(by)
	}
}

// holderGone tells, once, that nobody decides any more: the process ended without a
// word, or the review was deleted.
func (w *writer) holderGone() {
	if w.holder.Gone() {
		return
	}
	w.holder.token = ""
	w.tellChange(Change{Keep: len(w.log), Done: w.done}, nil, &w.holder)
}

// tellNewer is tellNews where there is any: others write about other reviews too.
func (w *writer) tellNewer(by Holder) {
	if !by.alive(time.Now()) {
		by.token = ""
	}
	had, done, token := len(w.log), w.done, w.holder.token
	w.holder = by
	c, err := w.news()
	if errors.As(err, new(*PrivateError)) {
		w.turnAway()
		return
	}
	if err != nil || by.token != token || c.Keep != had || len(c.More) > 0 || c.Done != done || len(c.Pasted) > 0 {
		w.tellChange(c, err, &by)
	}
}

// lose notes that somebody else took the review over. What was decided here and
// did not get into the database before goes to a file.
func (w *writer) lose(to Holder) {
	w.following, w.holder, w.row = true, to, 0
	if w.dirty() {
		err := &HeldError{w.id, to}
		w.lost = Left{ID: w.id, Unsaved: w.lost.Unsaved + max(1, len(w.log)-w.keep), Beside: w.writeBeside(), Err: err}
		if w.unsaved != nil {
			w.lost.Err = errors.Join(err, w.unsaved.f.Close())
			w.unsaved = nil
		}
		status := Status{err, w.lost.Beside}
		w.tell(func(j *Journal) { j.status = status })
	}
	w.tellNews(&to)
}

// tellNews tells the decisions that came since, and who decides.
func (w *writer) tellNews(holder *Holder) {
	c, err := w.news()
	if errors.As(err, new(*PrivateError)) {
		w.turnAway()
		return
	}
	w.tellChange(c, err, holder)
}

func (w *writer) tellChange(c Change, err error, holder *Holder) {
	if err != nil {
		c = Change{Err: classify(w.store.path, err)}
	}
	if c.Holder = nil; holder != nil {
		by := *holder
		c.Holder = &by
	}
	w.tell(func(j *Journal) { j.changes = append(j.changes, c) })
}

// news are the decisions behind the last row that was seen.
func (w *writer) news() (c Change, err error) {
	var all int
	tx, err := w.conn.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return c, err
	}
	defer tx.Rollback() // nothing was written
	if err := w.seen(tx); err != nil {
		return c, err
	}
	if err := tx.QueryRow("SELECT done, (SELECT count(*) FROM decisions WHERE review = reviews.id) FROM reviews WHERE id = ? AND NOT shed", w.id).Scan(&c.Done, &all); err != nil {
		return c, err
	}
	known, err := w.store.sources(tx, w.id)
	if err != nil {
		return c, err
	}
	if n := max(w.savedSources, w.toldSources); len(known) > n {
		c.Pasted, w.toldSources = known[n:], len(known)
	}
	kept, last, err := decisionsAfter(tx, w.id, w.row, 0)
	if err != nil {
		return c, err
	}
	if len(kept) > 0 { // perhaps about IOCs that got a number since
		_, n, err := w.store.number(tx, w.id, w.refs)
		if err != nil {
			return c, err
		}
		w.numbers = n
		if c.More, _, err = w.numbers.entries(kept); err != nil {
			return c, err
		}
	}
	w.row, c.Keep = last, all-len(kept)
	w.log = append([]logged(nil), w.log[:min(c.Keep, len(w.log))]...)
	for i := range kept {
		w.log = append(w.log, logged{c.More[i], &kept[i]})
	}
	w.done, w.keep, w.rows, w.savedDone = c.Done, len(w.log), all, c.Done
	return c, nil
}

func (w *writer) lastRow() (row int64, err error) {
	err = w.conn.QueryRowContext(context.Background(), "SELECT coalesce(max(id), 0) FROM decisions WHERE review = ?", w.id).Scan(&row)
	return row, classify(w.store.path, err)
}

// takeOver makes this journal the holder.
func (w *writer) takeOver() error {
	if !w.following {
		return nil
	}
	if w.store == nil {
		return errors.New("the database is not open")
	}
	var known []Source
	err := w.inTransaction(func(tx *sql.Tx) (err error) {
		if err = w.hold(tx); err == nil {
			known, err = w.store.withKnown(w.id, w.sources)
		}
		return err
	})
	var missing *MissingError
	switch {
	case errors.As(err, &missing): // it is not to be had any more: what was followed is in memory
		id, away := w.id, w.away
		if errors.As(w.seen(w.conn), new(*PrivateError)) {
			w.away = true // which was not noticed yet
		}
		private := w.away
		w.following, w.followed, w.id = false, id, 0
		if err := w.write(); err != nil {
			w.following, w.id, w.away = true, id, away
			return err
		}
		w.away = false
		w.saved()
		w.tellChange(Change{Keep: len(w.log), Done: w.done, Private: private}, nil, nil)
	case err != nil:
		return err
	default:
		w.following = false
		w.tellNews(nil)
		// What the other one pasted meanwhile stays before what is pasted now.
		w.sources, w.savedSources = append(known, w.sources[w.savedSources:]...), len(known)
	}
	w.tell(func(j *Journal) { j.status = Status{} })
	return nil
}
