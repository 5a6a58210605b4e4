package store

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// partSize is how much of a document is saved at a time, compressed: decisions
// come in between.
const partSize = 256 << 10

// ChangedError says that a document is not the one that was read.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string {
	return e.Name + ": it changed since it was read, so it is not kept with the review; keep the file itself"
}

// errTaken says that somebody else saves the document now.
var errTaken = errors.New("somebody else saves this document")

// keepDocument saves the bytes of a document, unless they are there. Of several that
// save one at the same time the last one that began does.
func (s *Store) keepDocument(ctx context.Context, d Source) error {
	var whole bool
	err := s.db.QueryRowContext(ctx, "SELECT whole FROM documents WHERE sha256 = ?", d.SHA256).Scan(&whole)
	switch {
	case err == nil && whole:
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return classify(s.path, err)
	case d.Open == nil || d.SHA256 == "":
		return nil
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return classify(s.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	w, err := beginDocument(ctx, tx, d.SHA256)
	if err == nil {
		err = tx.Commit()
	}
	if w == nil || err != nil {
		return classify(s.path, err)
	}
	w.q = s.db
	switch err := w.writeDocument(d); {
	case errors.Is(err, errTaken):
		return nil
	case err != nil:
		return errors.Join(classify(s.path, err), s.forget(w))
	}
	return nil
}

// writePasted saves the bytes of a document that was pasted, which nothing else has,
// unless they are there. Where they cannot be had any more [Store.keepDocument] says
// so.
func writePasted(tx *sql.Tx, d Source) error {
	if d.Open == nil {
		return nil
	}
	w, err := beginDocument(context.Background(), tx, d.SHA256)
	if w == nil || err != nil {
		return err
	}
	text, err := d.read()
	if err != nil {
		return nil
	}
	return w.writeDocument(TextSource(d.Name, string(text)))
}

// read reads all of it.
func (d Source) read() ([]byte, error) {
	r, err := d.Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	return text, errors.Join(err, r.Close())
}

// writeDocument saves the bytes of a document that was begun.
func (w *partWriter) writeDocument(d Source) error {
	r, err := d.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(z, hash), r)
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = w.flush()
	}
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != d.SHA256 {
		err = &ChangedError{d.Name}
	}
	if err != nil {
		return err
	}
	return w.exec("UPDATE documents SET whole = 1, size = ? WHERE sha256 = ? AND writer = ?", n, w.sum, w.token)
}

// beginDocument begins to save a document in place of whoever does; nil when all of it
// is there.
func beginDocument(ctx context.Context, tx *sql.Tx, sum string) (*partWriter, error) {
	var whole bool
	err := tx.QueryRow("SELECT whole FROM documents WHERE sha256 = ?", sum).Scan(&whole)
	if whole || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if _, err := tx.Exec("DELETE FROM parts WHERE sha256 = ?", sum); err != nil {
		return nil, err
	}
	w := &partWriter{ctx: ctx, q: tx, sum: sum, token: rand.Text()}
	_, err = tx.Exec("INSERT INTO documents (sha256, size, whole, writer) VALUES (?, 0, 0, ?) ON CONFLICT DO UPDATE SET writer = excluded.writer", sum, w.token)
	return w, err
}

// forget removes what was saved of a document, unless somebody else saves it.
func (s *Store) forget(w *partWriter) error {
	_, err := s.db.Exec("DELETE FROM documents WHERE sha256 = ? AND whole = 0 AND writer = ?", w.sum, w.token)
	return classify(s.path, err)
}

// partWriter saves what is written to it in parts.
type partWriter struct {
	ctx   context.Context
	q     querier
	sum   string
	token string // of this writer, in the database as long as it is the one that saves
	n     int
	part  []byte
}

// exec runs a statement that changes something unless the writer is not the one that
// saves any more.
func (w *partWriter) exec(statement string, args ...any) error {
	result, err := w.q.ExecContext(w.ctx, statement, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return errTaken
}

func (w *partWriter) Write(p []byte) (int, error) {
	w.part = append(w.part, p...)
	if len(w.part) < partSize {
		return len(p), nil
	}
	return len(p), w.flush()
}

func (w *partWriter) flush() error {
	if len(w.part) == 0 {
		return nil
	}
	err := w.exec("INSERT INTO parts (sha256, n, data) SELECT sha256, ?, ? FROM documents WHERE sha256 = ? AND writer = ?", w.n, w.part, w.sum, w.token)
	w.n++
	w.part = w.part[:0]
	return err
}

// Document opens the bytes of a document that is kept. A document that is not
// is an error.
func (s *Store) Document(sum string) (io.ReadCloser, error) {
	var whole bool
	err := s.db.QueryRow("SELECT whole FROM documents WHERE sha256 = ?", sum).Scan(&whole)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !whole {
		return nil, fmt.Errorf("%s: the document with the hash %.12s is not kept", s.path, sum)
	}
	if err != nil {
		return nil, classify(s.path, err)
	}
	return gzip.NewReader(&partReader{s: s, sum: sum})
}

// partReader reads the parts of a document, one at a time.
type partReader struct {
	s    *Store
	sum  string
	n    int
	part []byte
}

func (r *partReader) Read(p []byte) (int, error) {
	if len(r.part) == 0 {
		err := r.s.db.QueryRow("SELECT data FROM parts WHERE sha256 = ? AND n = ?", r.sum, r.n).Scan(&r.part)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, classify(r.s.path, err)
		}
		r.n++
	}
	n := copy(p, r.part)
	r.part = r.part[n:]
	return n, nil
}

// TextSource is a document that was pasted into a review.
func TextSource(name, text string) Source {
	sum := sha256.Sum256([]byte(text))
	return Source{Name: name, SHA256: hex.EncodeToString(sum[:]), Pasted: true, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}
