package store

import (
	"os"
	"strings"
	"testing"
	"time"

	"quarry/review"
)

// TestFileBesideIsNotGivenUp: a file with decisions stays until another one has
// them.
func TestFileBesideIsNotGivenUp(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false), impatient)
	other, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback()
	s.decide(review.Include{IOCs: review.Positions{1}})
	first := s.waitUnsaved().Beside
	err = s.j.ask(func(w *writer) error { // no room any more, anywhere
		w.opt.Beside = []string{"relative"}
		return w.unsaved.f.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{2}})
	if status := s.waitUnsaved(); status.Beside != "" {
		t.Errorf("the status is %+v", status)
	}
	if u, err := readUnsaved(first); err != nil || len(u.log) != 1 {
		t.Errorf("the file with the first decision: %v", err)
	}
	// A part of a line that was taken back leaves no hole.
	u, err := newUnsaved(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer u.remove()
	if _, err := u.f.WriteString("half a l"); err != nil {
		t.Fatal(err)
	}
	if err := u.f.Truncate(0); err != nil {
		t.Fatal(err)
	}
	if err := u.write(func(yield func(unsavedLine) bool) { yield(unsavedLine{Head: &unsavedHead{Form: 1}}) }); err != nil {
		t.Fatal(err)
	}
	if _, err := readUnsaved(u.path); err != nil {
		t.Error(err)
	}
}

// TestImportedAgain: a file that was taken in brings nothing once more, also when
// the review went on since.
func TestImportedAgain(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false), impatient)
	other, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := other.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{1}})
	status := s.waitUnsaved()
	text, err := os.ReadFile(status.Beside)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{2}})
	s.wait()
	s.close()
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, status.Beside, text)
	if id := imported(t, folder, status.Beside, 0); id != s.begun.ID {
		t.Errorf("it became review %d", id)
	}
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}

// TestLockedIsWrittenBesideFirst: once it is known that somebody locks the database, what
// is decided is in the file before the database is tried again.
func TestLockedIsWrittenBesideFirst(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false), impatient)
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("UPDATE reviews SET title = title"); err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{2}})
	beside := s.waitUnsaved().Beside
	if _, err := s.r.Decide(review.SetNote{IOC: 3, Text: "mail gateway"}, "jk", atNoon); err != nil {
		t.Fatal(err)
	}
	entry, refs := s.r.History()[2], RefsOf(s.r)
	err = s.j.ask(func(w *writer) error { // from now on it waits for long
		w.take(op{entry: &entry, refs: refs})
		_, err := w.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(beside)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "mail gateway") {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the file does not have what the database is tried for")
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if left := s.close(); left.Unsaved != 0 {
		t.Errorf("left %+v", left)
	}
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}
