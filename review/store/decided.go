package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"time"
)

// Held is what the database has of documents.
type Held struct {
	ID        int64 // of a review of them in which something was decided or pasted; 0 is none
	Decisions int   // in force
	Pasted    int   // documents that were added to it
	Others    int   // more such reviews
}

// Decided finds in the database of a folder the reviews of exactly these documents in
// which something was decided or pasted, and says of them the one that has most
// decisions; of several the one that was changed last. It finds none where there is no
// database, or one of another form. Documents are known by their hashes alone. Nothing
// is written, and nobody is waited for longer than a moment.
func Decided(folder string, documents []Source) (h Held, err error) {
	path, identity := filepath.Join(folder, FileName), Identity(documents)
	if identity == "" || notThere(path) {
		return h, nil
	}
	const moment = 100 * time.Millisecond
	db, err := connect(path, moment, true)
	if err != nil {
		return h, classify(path, err)
	}
	v, err := version(db)
	if err == nil && v == len(forms) {
		err = db.QueryRow(`SELECT id, done, pasted, count(*) OVER () - 1
			FROM (SELECT *, (SELECT count(*) FROM sources WHERE review = reviews.id AND pasted) AS pasted FROM reviews)
			WHERE identity = ? AND NOT shed AND (done > 0 OR pasted > 0) ORDER BY done DESC, changed DESC, id DESC LIMIT 1`, identity).
			Scan(&h.ID, &h.Decisions, &h.Pasted, &h.Others)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	return h, classify(path, errors.Join(err, db.Close()))
}
