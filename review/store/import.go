package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quarry/review"
)

// UnsavedError says why a file with unsaved decisions cannot be taken in. The file
// was not changed.
type UnsavedError struct {
	Path   string
	Line   int
	Reason string
}

func (e *UnsavedError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason)
}

// Unsaved lists the files with unsaved decisions in folders.
func Unsaved(folders []string) (paths []string) {
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // it is not there, or not ours: then there are none of ours in it
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if strings.HasPrefix(e.Name(), UnsavedPrefix) && e.Type().IsRegular() && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// unsavedReview is what a file says.
type unsavedReview struct {
	head      unsavedHead
	sources   []Source
	scenarios []string
	keys      []string
	log       []Kept
	done      int
	sum       string // of the file
}

// readUnsaved reads a file. A last line that was not written whole is left out.
func readUnsaved(path string) (*unsavedReview, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	u, hash := &unsavedReview{}, sha256.New()
	lines := bufio.NewReader(io.TeeReader(f, hash))
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		var l unsavedLine
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return nil, &UnsavedError{path, n, "this is no line that Quarry wrote: " + err.Error()}
		}
		if err := u.take(l, n); err != nil {
			return nil, &UnsavedError{path, n, err.Error()}
		}
	}
	if u.head.Form == 0 {
		return nil, &UnsavedError{path, 1, "the file has no decisions that Quarry wrote"}
	}
	u.sum = hex.EncodeToString(hash.Sum(nil))
	return u, nil
}

func (u *unsavedReview) take(l unsavedLine, n int) error {
	switch {
	case n == 1 && (l.Head == nil || l.Head.Form < 1):
		return errors.New("the file has no decisions that Quarry wrote")
	case n == 1 && l.Head.Form > unsavedForm:
		return fmt.Errorf("written by a newer Quarry (form %d, this one reads %d); update Quarry", l.Head.Form, unsavedForm)
	case l.Head != nil:
		u.head = *l.Head
		for _, s := range l.Head.Sources {
			u.sources = append(u.sources, s.source())
		}
	case l.Source != nil:
		u.sources = append(u.sources, l.Source.source())
	case l.Scenarios != nil:
		u.scenarios = l.Scenarios
	case l.Keys != nil:
		return chunk{count: l.Keys.Count, data: l.Keys.Data}.unpack(func(key string) { u.keys = append(u.keys, key) })
	case l.Keep != nil:
		if *l.Keep < 0 || *l.Keep > len(u.log) {
			return fmt.Errorf("there are no %d decisions to keep", *l.Keep)
		}
		u.log = u.log[:*l.Keep]
	case l.Decision != nil:
		if _, err := review.Decode(l.Decision.Kind, l.Decision.Object); err != nil {
			return err
		}
		u.log = append(u.log, *l.Decision)
		u.done = len(u.log)
	case l.Done != nil:
		if *l.Done < 0 || *l.Done > len(u.log) {
			return fmt.Errorf("there are no %d decisions in force", *l.Done)
		}
		u.done = *l.Done
	}
	return nil
}

// source is the document, which can be opened where the file has it.
func (s unsavedSource) source() Source {
	d := Source{Name: s.Name, Path: s.Path, Size: s.Size, Modified: s.Modified, SHA256: s.SHA256, Pasted: s.Pasted}
	if s.Data != nil {
		d.Open = func() (io.ReadCloser, error) { return gzip.NewReader(bytes.NewReader(s.Data)) }
	}
	return d
}

// Import takes in a file with unsaved decisions: into the review that they go on,
// or as one of its own. It returns the review and how many decisions are new to
// it. The file stays; taken in once more it changes nothing. Errors are [*UnsavedError], [*review.UnknownDecisionError]
// and, while somebody has the review open, [*HeldError].
func (s *Store) Import(path string, now time.Time) (id int64, added int, err error) {
	u, err := readUnsaved(path)
	if err != nil {
		return 0, 0, err
	}
	err = s.db.QueryRow("SELECT review FROM imported WHERE sha256 = ?", u.sum).Scan(&id)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return id, 0, classify(s.path, err)
	}
	id, have, err := s.begunAs(u)
	if err != nil {
		return 0, 0, err
	}
	tx, err := s.db.Begin()
	if err != nil {
		return 0, 0, classify(s.path, err)
	}
	defer tx.Rollback() // without effect after the commit
	if id != 0 {
		if err := free(tx, id, now); err != nil {
			return 0, 0, classify(s.path, err)
		}
		if all, _, err := decisionsAfter(tx, id, 0, 0); err != nil || len(all) != have {
			return 0, 0, errors.Join(classify(s.path, err), fmt.Errorf("review %d was changed meanwhile; try again", id))
		}
	}
	if have > len(u.log) { // more was decided since
		return id, 0, u.addPasted(s, tx, id)
	}
	w := &writer{store: s, late: true, opt: &Options{Title: u.head.Title}, id: id, place: u.head.Place, sources: u.sources, keep: have, rows: have, savedSources: len(u.sources)}
	if u.head.BegunWith != nil {
		w.begunWith = *u.head.BegunWith
	}
	if err := u.writeTo(w, tx); err != nil {
		return 0, 0, classify(s.path, err)
	}
	if _, err := tx.Exec("INSERT INTO imported (sha256, review) VALUES (?, ?)", u.sum, w.id); err != nil {
		return 0, 0, classify(s.path, err)
	}
	return w.id, len(u.log) - have, classify(s.path, tx.Commit())
}

// begunAs is the review that has the first of the decisions, or all of them and more,
// and how many it has; 0 when there is none.
func (s *Store) begunAs(u *unsavedReview) (id int64, have int, err error) {
	rows, err := s.db.Query("SELECT id FROM reviews WHERE identity = ? ORDER BY changed DESC, id DESC", identityColumn(u.sources))
	if err != nil {
		return 0, 0, classify(s.path, err)
	}
	ids, err := column[int64](rows)
	if err != nil {
		return 0, 0, classify(s.path, err)
	}
	for _, id := range ids {
		kept, _, err := s.Decisions(id)
		if err != nil {
			return 0, 0, err
		}
		common := min(len(kept), len(u.log))
		if slices.EqualFunc(kept[:common], u.log[:common], sameDecision) {
			return id, len(kept), nil
		}
	}
	return 0, 0, nil
}

// sameDecision compares what does not depend on how IOCs are numbered.
func sameDecision(a, b Kept) bool {
	return a.Kind == b.Kind && a.Words == b.Words && a.Who == b.Who && a.At.UnixMicro() == b.At.UnixMicro()
}

// writeTo writes what the review lacks, with the numbers that it gives to IOCs.
func (u *unsavedReview) writeTo(w *writer, tx *sql.Tx) error {
	w.refs = Refs{len(u.keys), slices.Values(u.keys), u.scenarios, ownKeys(u.scenarios)}
	if w.id == 0 {
		w.savedSources = 0
		if err := w.insert(tx); err != nil {
			return err
		}
	} else {
		_, n, err := w.store.number(tx, w.id, w.refs)
		if err != nil {
			return err
		}
		w.numbers = n
		if w.sources, w.savedSources, err = u.withPasted(w.store, tx, w.id); err != nil {
			return err
		}
	}
	w.numbers.cover(w.refs)
	for i := range u.log {
		k := u.log[i]
		d, err := review.Decode(k.Kind, k.Object)
		if err != nil {
			return err
		}
		if d := w.numbers.toNumbers(d); d != nil && i >= w.keep {
			if k.Kind, k.Object, err = review.Encode(d); err != nil {
				return err
			}
		}
		w.log = append(w.log, logged{kept: &k})
	}
	w.done = u.done
	if err := w.writeRows(tx); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE reviews SET holder = '' WHERE id = ?", w.id)
	return err
}

// withPasted are the documents of a review, of which it knows so many, with those that
// were pasted in the file.
func (u *unsavedReview) withPasted(s *Store, tx *sql.Tx, id int64) (all []Source, known int, err error) {
	all, err = s.sources(tx, id)
	known = len(all)
	for _, d := range u.sources {
		if d.Pasted && !slices.ContainsFunc(all, func(k Source) bool { return k.Pasted && k.SHA256 == d.SHA256 }) {
			all = append(all, d)
		}
	}
	return all, known, err
}

// addPasted adds the documents that a review lacks.
func (u *unsavedReview) addPasted(s *Store, tx *sql.Tx, id int64) error {
	all, known, err := u.withPasted(s, tx, id)
	if err == nil {
		w := &writer{id: id, sources: all}
		err = w.writeSources(tx, known)
	}
	if err == nil {
		err = tx.Commit()
	}
	return classify(s.path, err)
}
