package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// end saves what is left, lets go of the review, and says what could not be saved.
func (w *writer) end() Left {
	w.ended = true
	if !w.ready && w.refs.Keys != nil {
		if _, err := w.restore(w.refs); err != nil {
			w.tell(func(j *Journal) { j.status.Err = err })
		}
	}
	w.save()
	left := w.left()
	w.keeping.end(documentsWait)
	if w.store == nil {
		return left
	}
	if w.id != 0 && !w.following {
		// What cannot be said is found out: the process is gone.
		_ = w.inTransaction(w.letGo)
	}
	if err := errors.Join(w.conn.Close(), w.store.Close()); err != nil && left.Err == nil {
		left.Err = err
	}
	return left
}

// left is what the database does not have.
func (w *writer) left() Left {
	left := w.lost
	left.ID = w.id
	if w.unsaved != nil || w.ready && w.dirty() {
		w.j.mu.Lock()
		left.Err, left.Beside = w.j.status.Err, w.j.status.Beside
		w.j.mu.Unlock()
		left.Unsaved += max(1, len(w.log)-w.keep)
	}
	if w.unsaved != nil {
		left.Err = errors.Join(left.Err, w.unsaved.f.Close())
	}
	return left
}

// letGo lets others have the review. One in which nothing happened goes.
func (w *writer) letGo(tx *sql.Tx) error {
	if by, err := holderOf(tx, w.id); err != nil || by.token != w.self.token {
		return err
	}
	if !w.found && len(w.log) == 0 && w.place == (Place{}) && w.savedSources == len(w.sources) && !slices.ContainsFunc(w.sources, pasted) {
		return remove(tx, w.id)
	}
	if w.placed {
		if err := w.writePlace(tx); err != nil {
			return err
		}
	}
	_, err := tx.Exec("UPDATE reviews SET holder = '' WHERE id = ?", w.id)
	return err
}

func pasted(d Source) bool { return d.Pasted }

// keeping is the work of saving documents, beside that of saving decisions.
type keeping struct {
	cancel  context.CancelFunc
	done    chan struct{}
	sources int // so many of them are saved, or tried
}

// keepDocuments begins to save the documents of a review in which something was
// decided, and those that were added.
func (w *writer) keepDocuments() {
	from := 0
	before := w.keeping
	if before != nil {
		from = before.sources
	}
	if from == len(w.sources) || len(w.log) == 0 && !slices.ContainsFunc(w.sources, pasted) {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeping{cancel, make(chan struct{}), len(w.sources)}
	s, sources := w.store, slices.Clone(w.sources[from:])
	go func() {
		defer close(k.done)
		if before != nil {
			<-before.done
		}
		for _, d := range sources {
			if err := s.keepDocument(ctx, d); err != nil && ctx.Err() == nil {
				w.tell(func(j *Journal) { j.changes = append(j.changes, Change{Err: err}) })
			}
		}
	}()
	w.keeping = k
}

// documentsWait is for how long the end of a session waits until the documents are
// saved. What is not is saved the next time they are opened.
const documentsWait = 3 * time.Second

// end waits for a while, and ends the work.
func (k *keeping) end(patience time.Duration) {
	if k == nil {
		return
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-k.done:
	case <-late.C:
	}
	k.cancel()
	<-k.done
}
