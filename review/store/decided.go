package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"time"
)

// Decided finds in the database of a folder the review of exactly these documents in
// which something was decided, of several the one that was changed last: its number
// and how many decisions are in force, or 0 where there is none, no database, or one
// of another form. Documents are known by their hashes alone. Nothing is written, and
// nobody is waited for longer than a moment.
func Decided(folder string, documents []Source) (id int64, decisions int, err error) {
	path, identity := filepath.Join(folder, FileName), Identity(documents)
	if identity == "" || notThere(path) {
		return 0, 0, nil
	}
	if _, err := headVersion(path); err != nil { // it is no database
		return 0, 0, classify(path, err)
	}
	const moment = 100 * time.Millisecond
	db, err := sql.Open("sqlite", address(path, moment)+"&mode=ro")
	if err != nil {
		return 0, 0, classify(path, err)
	}
	v, err := version(db)
	if err == nil && v == len(forms) {
		err = db.QueryRow("SELECT id, done FROM reviews WHERE identity = ? AND done > 0 AND NOT shed ORDER BY changed DESC, id DESC LIMIT 1", identity).
			Scan(&id, &decisions)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	return id, decisions, classify(path, errors.Join(err, db.Close()))
}
