package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// own makes sure that the review is in the database and is this journal's.
func (w *writer) own(tx *sql.Tx) error {
	if w.id != 0 {
		by, err := holderOf(tx, w.id)
		switch {
		case err == nil && by.token == w.self.token && !w.parts():
			return nil
		case err == nil && by.token == w.self.token:
			return w.part(tx)
		case err == nil:
			same, err := w.isOurs(tx)
			if err != nil {
				return err
			}
			if same {
				return &HeldError{w.id, by}
			}
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
	}
	w.drop = 0
	if w.away {
		return w.copy(tx)
	}
	// There is none, or it was deleted, or another database is in its place.
	return w.anew(tx)
}

// anew makes a review, of which nothing is saved yet.
func (w *writer) anew(tx *sql.Tx) error {
	w.keep, w.rows, w.savedDone, w.savedSources = 0, 0, 0, 0
	w.numbers.unsave(w.refs)
	if w.keeping != nil {
		w.keeping.sources = 0 // their bytes went with it
	}
	return w.insert(tx)
}

// isOurs reports whether the review with the number is of our documents. In a database
// that took the place of another one it is not.
func (w *writer) isOurs(tx *sql.Tx) (same bool, err error) {
	ours := identityColumn(w.sources)
	err = tx.QueryRow("SELECT identity IS NULL OR identity IS ? OR ? IS NULL FROM reviews WHERE id = ?", ours, ours, w.id).Scan(&same)
	return same, err
}

func holderOf(q querier, id int64) (h Holder, err error) {
	var beat int64
	err = q.QueryRowContext(context.Background(), "SELECT holder, who, host, pid, beat FROM reviews WHERE id = ? AND NOT shed", id).Scan(&h.token, &h.Who, &h.Host, &h.PID, &beat)
	h.Beat = moment(beat)
	return h, err
}

// askSources finds out what is reviewed, unless that is known.
func (w *writer) askSources() {
	if w.sources == nil && w.opt.Sources != nil {
		w.sources = w.opt.Sources()
	}
}

// insert makes the row of the review.
func (w *writer) insert(tx *sql.Tx) error {
	w.askSources()
	begunWith, err := begunWithColumn(w.begunWith)
	if err != nil {
		return err
	}
	now := micros(time.Now())
	result, err := tx.Exec(`INSERT INTO reviews (identity, title, place, scenarios, done, begun, changed, holder, who, host, pid, beat, begun_with)
		VALUES (?, ?, '{}', '[]', 0, ?, ?, ?, ?, ?, ?, ?, ?)`,
		identityColumn(w.sources), w.opt.Title, now, now, w.self.token, w.self.Who, w.self.Host, w.self.PID, now, begunWith)
	if err != nil {
		return err
	}
	w.id, err = result.LastInsertId()
	return err
}

func identityColumn(sources []Source) sql.NullString {
	id := Identity(sources)
	return sql.NullString{String: id, Valid: id != ""}
}

func (w *writer) writeKeys(tx *sql.Tx) error {
	n := &w.numbers
	if n.stale {
		keys, err := json.Marshal(n.scenarios)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE reviews SET scenarios = ? WHERE id = ?", string(keys), w.id); err != nil {
			return err
		}
	}
	if n.given == n.saved {
		return nil
	}
	c, err := packKeys(n.saved, n.unsaved(w.refs))
	if err != nil {
		return err
	}
	return saveChunk(tx, w.id, c)
}

func (w *writer) writeSources(tx *sql.Tx, from int) error {
	for i := from; i < len(w.sources); i++ {
		d := w.sources[i]
		_, err := tx.Exec("INSERT OR REPLACE INTO sources (review, n, name, path, size, modified, sha256, pasted, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			w.id, i, d.Name, d.Path, d.Size, micros(d.Modified), d.SHA256, d.Pasted, d.Who)
		if err != nil {
			return err
		}
		if d.Pasted {
			if err := writePasted(tx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) writePlace(tx *sql.Tx) error {
	place, err := json.Marshal(w.place)
	if err != nil {
		return err
	}
	now := micros(time.Now())
	_, err = tx.Exec("UPDATE reviews SET place = ?, changed = iif(done = ?, changed, ?), done = ?, beat = ? WHERE id = ?",
		string(place), w.done, now, w.done, now, w.id)
	w.beat = time.Now()
	return err
}
