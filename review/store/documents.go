package store

import (
	"compress/gzip"
	"context"
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

// keepDocument saves the bytes of a document, unless they are there.
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
	if err := beginDocument(tx, d.SHA256); err != nil {
		return classify(s.path, err)
	}
	if err := tx.Commit(); err != nil {
		return classify(s.path, err)
	}
	if err := writeDocument(ctx, s.db, d); err != nil {
		return errors.Join(classify(s.path, err), s.forget(d.SHA256))
	}
	return nil
}

// writePasted saves the bytes of a document that was pasted, which nothing else has,
// unless they are there. Where they cannot be had any more [Store.keepDocument] says
// so.
func writePasted(tx *sql.Tx, d Source) error {
	var whole bool
	err := tx.QueryRow("SELECT whole FROM documents WHERE sha256 = ?", d.SHA256).Scan(&whole)
	switch {
	case err == nil && whole || d.Open == nil:
		return nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	text, err := d.read()
	if err != nil {
		return nil
	}
	if err := beginDocument(tx, d.SHA256); err != nil {
		return err
	}
	return writeDocument(context.Background(), tx, TextSource(d.Name, string(text)))
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
func writeDocument(ctx context.Context, q querier, d Source) error {
	r, err := d.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w := &partWriter{ctx: ctx, q: q, sum: d.SHA256}
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
	_, err = q.ExecContext(ctx, "UPDATE documents SET whole = 1, size = ? WHERE sha256 = ?", n, d.SHA256)
	return err
}

func beginDocument(tx *sql.Tx, sum string) error {
	if _, err := tx.Exec("DELETE FROM parts WHERE sha256 = ?", sum); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO documents (sha256, size, whole) VALUES (?, 0, 0) ON CONFLICT DO UPDATE SET whole = 0", sum)
	return err
}

// forget removes what was saved of a document.
func (s *Store) forget(sum string) error {
	_, err := s.db.Exec("DELETE FROM documents WHERE sha256 = ? AND whole = 0", sum)
	return classify(s.path, err)
}

// partWriter saves what is written to it in parts.
type partWriter struct {
	ctx  context.Context
	q    querier
	sum  string
	n    int
	part []byte
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
	_, err := w.q.ExecContext(w.ctx, "INSERT INTO parts (sha256, n, data) VALUES (?, ?, ?)", w.sum, w.n, w.part)
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
