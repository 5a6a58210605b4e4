package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"quarry/review"
)

// writer is the goroutine of a journal, and all that only it may touch.
type writer struct {
	j    *Journal
	opt  *Options
	self Holder

	store   *Store
	conn    *sql.Conn // the one that writes; it tells what others wrote
	version int64     // of the database as conn saw it last
	beat    time.Time // when this holder said last that it is alive
	tried   time.Time // when saving failed last
	cutOff  bool      // another program took the log of the database away

	id        int64 // the review in the database, 0 while it is not there
	drop      int64 // a review that was begun before it was known that there is one
	found     bool  // id was there before, and is to be restored
	ready     bool  // the log is what the review is to be
	following bool  // somebody else decides
	away      bool  // in what is not to be seen here any more
	followed  int64 // what this is a copy of, once that is not to be had any more
	holder    Holder
	row       int64 // the last row of a decision that was seen, while following

	log  []logged
	done int
	// What the database has: the log up to keep, so many rows, so many in force.
	keep, rows, savedDone int
	late                  bool // what is written was decided some time ago

	refs         Refs
	numbers      numbers
	place        Place
	placed       bool // place is not saved
	sources      []Source
	savedSources int
	toldSources  int             // that the session knows of, once others added some
	begunWith    review.Defaults // what the decisions of the log go on from

	worked  uint64 // the last ticket that was worked on
	unsaved *unsaved
	lost    Left // decisions that came when somebody else had taken over
	keeping *keeping
	ended   bool
}

// logged is a decision of the log, with how it is kept once that was needed.
type logged struct {
	entry review.Entry
	kept  *Kept
}

// lookEvery is how often the writer looks for what others did, saves where the
// analyst is, and tries again what failed.
const lookEvery = 250 * time.Millisecond

// againAfter is after how long saving is tried again.
const againAfter = 2 * time.Second

func (w *writer) run() {
	defer close(w.j.stopped)
	w.ready = true
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for !w.ended {
		select {
		case <-w.j.wake:
		case <-w.j.stop:
		case <-tick.C:
			w.look()
		}
		w.work()
	}
}

// work does what was queued.
func (w *writer) work() {
	w.j.mu.Lock()
	ops := w.j.queue
	w.j.queue = nil
	w.j.mu.Unlock()
	for _, o := range ops {
		if o.source != nil {
			w.save() // where it makes another review, what was decided before is in both
		}
		if o.call == nil {
			w.take(o)
			continue
		}
		w.save()
		o.call(w)
		w.worked = o.ticket
	}
	w.save()
	if len(ops) > 0 {
		w.worked = ops[len(ops)-1].ticket
	}
	if w.ready {
		w.tell(func(j *Journal) { j.done = w.worked })
	}
}

// tell changes what others see of the journal, and wakes them.
func (w *writer) tell(change func(j *Journal)) {
	w.j.mu.Lock()
	change(w.j)
	close(w.j.signal)
	w.j.signal = make(chan struct{})
	w.j.mu.Unlock()
}

// take takes one thing that was told into the log.
func (w *writer) take(o op) {
	if o.refs.Keys != nil {
		w.refs = o.refs
	}
	switch {
	case o.entry != nil:
		w.keep = min(w.keep, w.done)
		w.log = append(w.log[:w.done], logged{entry: *o.entry})
		w.done++
	case o.place != nil:
		w.place, w.placed = *o.place, true
	case o.source != nil:
		w.askSources()
		o.source.Who = w.self.Who
		w.sources = append(w.sources, *o.source)
	default:
		w.done = max(0, min(w.done+o.move, len(w.log)))
	}
}

// dirty reports whether there is something to save that cannot wait.
func (w *writer) dirty() bool {
	return w.cutOff && !w.following && len(w.log) > 0 || w.keep < len(w.log) || w.rows != len(w.log) || w.done != w.savedDone || w.drop != 0 || slices.ContainsFunc(w.sources[w.savedSources:], pasted)
}

// save saves what is not saved yet.
func (w *writer) save() {
	if !w.ready || !w.dirty() {
		return
	}
	if w.unsaved != nil {
		w.writeBeside() // at once: the database may be waited for in vain again
	}
	err := w.write()
	if err == nil {
		w.saved()
		return
	}
	w.tried = time.Now()
	var held *HeldError
	if errors.As(err, &held) {
		w.loseLate(held.By)
		return
	}
	w.tellUnsaved(err)
}

// tellUnsaved puts beside what the database does not take, and tells why.
func (w *writer) tellUnsaved(err error) {
	status := Status{Err: err, Beside: w.writeBeside()}
	w.tell(func(j *Journal) { j.status = status })
}

// saved follows a success.
func (w *writer) saved() {
	w.j.review.Store(w.id)
	if w.unsaved != nil {
		w.unsaved.remove()
		w.unsaved = nil
	}
	w.tell(func(j *Journal) { j.status = Status{} })
	w.keepDocuments()
}

// open opens the database unless it is open.
func (w *writer) open() error {
	if w.store != nil {
		return nil
	}
	s, err := open(w.opt.Folder, forms, cmp.Or(w.opt.Wait, usualWait))
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(context.Background())
	if err != nil {
		return errors.Join(classify(s.path, err), s.Close())
	}
	w.store, w.conn = s, conn
	return nil
}

// write brings the database to what the log says, in one transaction.
func (w *writer) write() error {
	if w.following {
		return &HeldError{w.id, w.holder}
	}
	if err := w.encode(); err != nil {
		return err
	}
	if err := w.open(); err != nil {
		return err
	}
	was := *w
	err := w.inTransaction(w.writeLog)
	if err != nil {
		// A number that was not given in the end may become another review's.
		w.id, w.drop, w.numbers, w.sources = was.id, was.drop, was.numbers, was.sources
		w.keep, w.rows, w.savedDone, w.savedSources = was.keep, was.rows, was.savedDone, was.savedSources
		w.closeBroken(err)
		return err
	}
	w.keep, w.rows, w.savedDone = len(w.log), len(w.log), w.done
	w.drop, w.placed, w.savedSources = 0, false, len(w.sources)
	w.numbers.keep()
	return nil
}

// closeBroken closes a database that another one may take the place of.
func (w *writer) closeBroken(err error) {
	var damaged *DamagedError
	var path *PathError
	if !errors.As(err, &damaged) && !errors.As(err, &path) {
		return
	}
	w.keeping.end(0)
	moved := errors.Is(err, errMoved)
	if moved {
		w.readPasted()
	}
	_ = w.conn.Close() // there is nothing in it that could be saved
	_ = w.store.Close()
	w.store, w.conn = nil, nil
	if moved {
		w.j.review.Store(0)
		w.id, w.drop, w.row = 0, 0, 0 // in a database in its place the numbers are others
		w.keep, w.rows, w.savedDone, w.savedSources = 0, 0, 0, 0
	}
}

// readPasted reads the documents that only this database has, for the next one. One
// that cannot be read stays named.
func (w *writer) readPasted() {
	w.sources = slices.Clone(w.sources)
	for i, d := range w.sources {
		if d.Pasted && d.Open != nil {
			if text, err := d.read(); err == nil {
				w.sources[i].Open = TextSource(d.Name, string(text)).Open
			}
		}
	}
}

// inTransaction writes. What came into a log that nobody else has is not written.
func (w *writer) inTransaction(f func(tx *sql.Tx) error) error {
	if err := w.store.log.there(); err != nil {
		return err
	}
	tx, err := w.conn.BeginTx(context.Background(), nil)
	if err != nil {
		return classify(w.store.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	if err := f(tx); err != nil {
		return classify(w.store.path, err)
	}
	if err := tx.Commit(); err != nil {
		return classify(w.store.path, err)
	}
	return w.store.log.there()
}

// lookForLog finds out once that the database was moved, or its log taken away. What
// was written last may have gone with it, and what others write is not seen any more.
func (w *writer) lookForLog() {
	if w.store == nil || w.cutOff {
		return
	}
	switch err := w.store.log.there(); {
	case errors.Is(err, errMoved) && w.ready && !w.following:
		w.tried = time.Now() // whoever moves it is perhaps not done
		w.closeBroken(err)
		if w.dirty() {
			w.tellUnsaved(err)
		}
	case errors.As(err, new(*CutOffError)) || errors.Is(err, errMoved) && w.ready:
		w.cutOff = true
		w.keeping.end(0) // nothing more is written there
		if w.following {
			w.tellChange(Change{}, err, &w.holder)
		}
	}
}

// encode makes the decisions of the log that are not yet as they are kept.
func (w *writer) encode() error {
	w.numbers.cover(w.refs)
	for i := w.keep; i < len(w.log); i++ {
		l := &w.log[i]
		if l.kept != nil {
			continue
		}
		d := w.numbers.toNumbers(l.entry.Decision)
		if d == nil {
			d = l.entry.Decision // it was about nothing when it was restored
		}
		kind, object, err := review.Encode(d)
		if err != nil {
			return err
		}
		l.kept = &Kept{Kind: kind, Object: object, Words: l.entry.Words, Who: l.entry.Who, At: l.entry.At}
	}
	return nil
}

// writeLog writes what differs.
func (w *writer) writeLog(tx *sql.Tx) error {
	if err := w.own(tx); err != nil {
		return err
	}
	return w.writeRows(tx)
}

// writeRows writes what differs in a review that is there.
func (w *writer) writeRows(tx *sql.Tx) error {
	if err := w.writeKeys(tx); err != nil {
		return err
	}
	if w.keep < w.rows {
		if _, err := tx.Exec("DELETE FROM decisions WHERE review = ? AND seq > ?", w.id, w.keep); err != nil {
			return err
		}
	}
	if err := w.order(tx); err != nil {
		return err
	}
	insert, err := tx.Prepare("INSERT INTO decisions (review, seq, kind, object, words, who, at, moment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := w.keep; i < len(w.log); i++ {
		k := w.log[i].kept
		if _, err := insert.Exec(w.id, i+1, k.Kind, string(k.Object), k.Words, k.Who, micros(k.At), k.Moment); err != nil {
			return err
		}
	}
	if w.drop != 0 {
		if err := remove(tx, w.drop); err != nil {
			return err
		}
	}
	if err := w.writeSources(tx, w.savedSources); err != nil {
		return err
	}
	return w.writePlace(tx)
}
