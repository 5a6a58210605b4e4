package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"quarry/feed"
)

// begin finds the review of the documents, or begins one.
func (w *writer) begin() (Begun, error) {
	added := slices.DeleteFunc(w.sources, func(d Source) bool { return !d.Pasted })
	if w.sources = nil; w.opt.Sources != nil {
		w.sources = w.opt.Sources()
	}
	w.sources = append(w.sources, added...)
	w.savedSources = 0
	was := w.id
	err := w.open()
	if err == nil {
		err = w.inTransaction(w.claim)
	}
	var earlier []Source
	if err == nil && w.found {
		if earlier, err = w.store.withKnown(w.id, w.sources); err == nil {
			err = classify(w.store.path, w.seen(w.store.db))
		}
		if err != nil {
			err = w.giveUp(err)
		}
	}
	var others, unseen int
	if err == nil {
		row := w.store.db.QueryRow(`SELECT count(*), coalesce(sum(`+mayNotSee+` AND EXISTS (SELECT 1 FROM decisions WHERE review = reviews.id AND decisions.who = ? AND moment > copied)), 0)
			FROM reviews WHERE identity = ? AND id NOT IN (?, ?)`, w.opt.OwnPasted, w.self.Who, w.self.Who, identityColumn(w.sources), w.id, w.drop)
		if err = row.Scan(&others, &unseen); err != nil {
			err = w.giveUp(err)
		}
	}
	var changed *Earlier
	if err == nil && !w.found {
		if changed, err = w.earlier(); err != nil {
			err = w.giveUp(err)
		}
	}
	if err != nil {
		w.tried = time.Now()
		w.id, w.drop, w.found, w.following = was, 0, false, false
		status := Status{Err: err}
		w.tell(func(j *Journal) { j.status = status })
		return Begun{}, err
	}
	w.j.review.Store(w.id)
	b := Begun{ID: w.id, Others: others, Unseen: unseen, Earlier: changed}
	if w.following {
		b.Holder = &w.holder
	}
	w.ready = !w.found
	if w.found {
		b.Pasted, b.Unread = readPasted(earlier, w.opt.Read)
		for _, d := range earlier {
			if d.Pasted {
				b.PastedBy = append(b.PastedBy, d.Who)
			}
		}
		w.sources, w.savedSources = append(earlier, added...), len(earlier)
	}
	return b, nil
}

// earlier is the last review of one of the files with other content, or nil.
func (w *writer) earlier() (*Earlier, error) {
	if w.opt.New {
		return nil, nil
	}
	for _, d := range w.sources {
		if d.Path == "" || d.Pasted || d.SHA256 == "" {
			continue
		}
		e := &Earlier{Document: d.Name}
		err := w.store.db.QueryRow(`SELECT id, done FROM reviews JOIN sources ON review = id
			WHERE path = ? AND NOT pasted AND sha256 NOT IN (?, '') AND NOT shed AND done > 0 AND id != ? AND NOT `+mayNotSee+` ORDER BY changed DESC, id DESC LIMIT 1`,
			d.Path, d.SHA256, w.id, w.opt.OwnPasted, w.self.Who).Scan(&e.ID, &e.Decisions)
		if !errors.Is(err, sql.ErrNoRows) {
			return e, classify(w.store.path, err)
		}
	}
	return nil, nil
}

// claim finds the review and takes it, unless somebody has it.
func (w *writer) claim(tx *sql.Tx) error {
	was := w.id
	id, err := w.find(tx)
	if err != nil {
		return err
	}
	if id == 0 {
		w.found = false
		if was == 0 {
			if err := w.insert(tx); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("UPDATE reviews SET identity = ?, title = ? WHERE id = ?", identityColumn(w.sources), w.opt.Title, w.id); err != nil {
			return err
		}
		if err := w.writeSources(tx, 0); err != nil {
			return err
		}
		w.savedSources = len(w.sources)
		return nil
	}
	by, err := holderOf(tx, id)
	if err != nil {
		return err
	}
	w.found, w.id = true, id
	if was != 0 {
		w.drop = was
	}
	if w.following = by.token != w.self.token && by.alive(time.Now()); w.following {
		w.holder = by
		return nil
	}
	return w.hold(tx)
}

// hold makes this run the holder of the review. One in which nothing was decided
// begins as this one does.
func (w *writer) hold(tx *sql.Tx) error {
	begunWith, err := begunWithColumn(w.begunWith)
	if err != nil {
		return err
	}
	result, err := tx.Exec(`UPDATE reviews SET holder = ?, who = ?, host = ?, pid = ?, beat = ?, identity = coalesce(identity, ?),
		begun_with = iif(begun_with = '' OR NOT EXISTS (SELECT 1 FROM decisions WHERE review = reviews.id), ?, begun_with)
		WHERE id = ? AND NOT shed AND NOT `+mayNotSee,
		append([]any{w.self.token, w.self.Who, w.self.Host, w.self.PID, micros(time.Now()), identityColumn(w.sources), begunWith, w.id}, w.viewer()...)...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return &MissingError{w.id}
}

// find is the review to go on with, or 0: the one that was asked for, one of the
// same documents, or one that ended while the same files were read. Of several it
// is as [ownFirst] says, and of those the one with the last decision.
func (w *writer) find(tx *sql.Tx) (int64, error) {
	if w.opt.ID != 0 {
		var id int64
		err := tx.QueryRow("SELECT id FROM reviews WHERE id = ? AND NOT shed", w.opt.ID).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			err = &MissingError{w.opt.ID}
		}
		if err == nil {
			err = w.sameDocuments(tx)
		}
		return id, err
	}
	identity := identityColumn(w.sources)
	if w.opt.New {
		return 0, nil
	}
	if !identity.Valid {
		return w.findByFiles(tx, "")
	}
	var id int64
	err := tx.QueryRow("SELECT id FROM reviews WHERE identity = ? AND id != ? AND NOT "+mayNotSee+" ORDER BY "+ownFirst+`,
		(SELECT moment FROM decisions WHERE review = reviews.id ORDER BY seq DESC LIMIT 1) DESC,
		id DESC LIMIT 1`, identity, w.id, w.opt.OwnPasted, w.self.Who, w.self.Who, w.self.Who, w.self.Who).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	return w.findByFiles(tx, "identity IS NULL AND")
}

// findByFiles is the review of the same files, of several as [ownFirst] says and then
// the one that was changed last, or 0, where what
// is known of their content does not tell: this time, or when they were reviewed, they
// were not read to their end.
func (w *writer) findByFiles(tx *sql.Tx, those string) (int64, error) {
	if len(w.sources) == 0 || w.sources[0].Path == "" {
		return 0, nil
	}
	rows, err := tx.Query("SELECT id FROM reviews WHERE "+those+` NOT shed AND id != ? AND NOT `+mayNotSee+`
		AND EXISTS (SELECT 1 FROM sources WHERE review = id AND n = 0 AND path = ?) ORDER BY `+ownFirst+", changed DESC",
		w.id, w.opt.OwnPasted, w.self.Who, w.sources[0].Path, w.self.Who, w.self.Who, w.self.Who)
	if err != nil {
		return 0, err
	}
	ids, err := column[int64](rows)
	for _, id := range ids {
		known, err := w.store.sources(tx, id)
		if err != nil || sameFiles(known, w.sources) {
			return id, err
		}
	}
	return 0, err
}

// sameDocuments is an error when what was opened is not what was reviewed.
func (w *writer) sameDocuments(tx *sql.Tx) error {
	known, err := w.store.sources(tx, w.opt.ID)
	if err != nil {
		return err
	}
	if was := Identity(known); was != "" && was != Identity(w.sources) {
		return &OtherDocumentError{w.opt.ID}
	}
	return nil
}

// sameFiles reports whether what was reviewed are the files that are read now, as they
// were. Where one of both was not read to its end, what stands behind is not told.
func sameFiles(known, now []Source) bool {
	known = slices.DeleteFunc(known, func(d Source) bool { return d.Pasted })
	now = slices.DeleteFunc(slices.Clone(now), func(d Source) bool { return d.Pasted })
	if len(known) != len(now) && !cutAt(known, len(now)) && !cutAt(now, len(known)) {
		return false
	}
	n := min(len(known), len(now))
	return n > 0 && slices.EqualFunc(known[:n], now[:n], func(a, b Source) bool {
		return a.Path != "" && a.Path == b.Path && a.Size == b.Size && micros(a.Modified) == micros(b.Modified)
	})
}

// cutAt reports whether the reading of so many documents ended in the last of these.
func cutAt(docs []Source, of int) bool {
	return len(docs) > 0 && len(docs) < of && docs[len(docs)-1].SHA256 == ""
}

// withKnown are the documents of a review with what was opened of them now.
func (s *Store) withKnown(id int64, opened []Source) ([]Source, error) {
	known, err := s.sources(s.db, id)
	if err != nil {
		return nil, classify(s.path, err)
	}
	for i := range known {
		for _, o := range opened {
			same := o.SHA256 == known[i].SHA256 || known[i].SHA256 == "" && o.Path == known[i].Path
			if known[i].Open == nil && same && !known[i].Pasted {
				known[i].Open, known[i].SHA256 = o.Open, o.SHA256
			}
		}
	}
	return known, nil
}

// Pasted are the documents that were added to a review while it was done, read by
// a function, and why others of them are left out.
func (s *Store) Pasted(id int64, read func(name, text string) ([]*feed.Bulletin, error)) (all []*feed.Bulletin, unread []error, err error) {
	sources, err := s.sources(s.db, id)
	if err != nil {
		return nil, nil, classify(s.path, err)
	}
	all, unread = readPasted(sources, read)
	return all, unread, nil
}

func readPasted(sources []Source, read func(name, text string) ([]*feed.Bulletin, error)) (all []*feed.Bulletin, unread []error) {
	for _, d := range sources {
		if !d.Pasted || read == nil {
			continue
		}
		docs, err := readOne(d, read)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s, which was pasted, cannot be read any more: %w", d.Name, err))
			continue
		}
		all = append(all, docs...)
	}
	return all, unread
}

func readOne(d Source, read func(name, text string) ([]*feed.Bulletin, error)) ([]*feed.Bulletin, error) {
	if d.Open == nil {
		return nil, errors.New("the database does not have it; paste it again")
	}
	text, err := d.read()
	if err != nil {
		return nil, err
	}
	return read(d.Name, string(text))
}

// restore loads what was decided, before what was decided meanwhile.
func (w *writer) restore(refs Refs) (Restored, error) {
	w.refs = refs
	if !w.found {
		return Restored{}, nil
	}
	kept, done, err := w.store.Decisions(w.id)
	if err != nil {
		return Restored{}, w.giveUp(err)
	}
	place, n, err := w.store.number(w.conn, w.id, refs)
	if err != nil {
		return Restored{}, w.giveUp(classify(w.store.path, err))
	}
	entries, gone, err := n.entries(kept)
	if err != nil {
		return Restored{}, w.giveUp(err)
	}
	begunWith, err := w.store.begunWith(w.conn, w.id)
	if err != nil {
		return Restored{}, w.giveUp(err)
	}
	if err := w.seen(w.store.db); err != nil {
		return Restored{}, w.giveUp(classify(w.store.path, err))
	}
	w.numbers = n
	one, err := w.store.Summary(w.id, time.Now())
	if err != nil {
		return Restored{}, w.giveUp(err)
	}
	w.rows, w.savedDone = len(kept), done
	earlier := make([]logged, len(kept))
	for i := range kept {
		earlier[i] = logged{entries[i], &kept[i]}
	}
	if len(w.log) > 0 {
		earlier = earlier[:done] // taking one forgets what was undone
	}
	for i := range w.log {
		w.log[i].kept = nil // it has other numbers there
	}
	w.keep = len(earlier)
	w.log, w.done = append(earlier, w.log...), w.done+done
	if !w.placed {
		w.place = place
	}
	w.ready = true
	if begunWith != nil {
		w.begunWith = *begunWith
	}
	if w.following {
		w.row, err = w.lastRow()
	}
	return Restored{Entries: entries, Done: done, Gone: gone, Place: place, Changed: one.Changed, BegunWith: begunWith}, err
}

// giveUp leaves a review that cannot be read as it is. What is decided now goes
// into one of its own.
func (w *writer) giveUp(err error) error {
	if !w.following {
		// A run that is gone counts as no holder.
		_ = w.inTransaction(func(tx *sql.Tx) error {
			_, err := tx.Exec("UPDATE reviews SET holder = '' WHERE id = ? AND holder = ?", w.id, w.self.token)
			return err
		})
	}
	w.id, w.found, w.following, w.ready, w.savedSources = w.drop, false, false, true, 0
	w.drop = 0
	return err
}
