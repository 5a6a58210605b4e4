package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"quarry/review"
)

// waitUnsaved waits for the ticket, which must not be saved.
func (s *session) waitUnsaved() Status {
	s.t.Helper()
	status := s.j.Wait(s.ticket)
	if status.Err == nil {
		s.t.Fatal("it was saved")
	}
	return status
}

// TestNewerDatabaseIsNotTouched: an older Quarry does not know what it would break.
func TestNewerDatabaseIsNotTouched(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	var newer *NewerError
	if _, err := Open(folder); !errors.As(err, &newer) || newer.Version != 99 || newer.Known != len(forms) || !strings.Contains(err.Error(), "update Quarry") {
		t.Fatalf("opened with %v", err)
	}
	after, err := os.ReadFile(s.Path())
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
	w, got := begin(t, folder, newReview(t, 4, false)), Restored{}
	if _, err := w.j.Begin(); !errors.As(err, &newer) {
		t.Fatalf("begun with %v", err)
	}
	if got, err = w.j.Restore(RefsOf(w.r)); err != nil || len(got.Entries) > 0 {
		t.Fatalf("restored %+v, %v", got, err)
	}
	w.decide(review.Include{IOCs: review.Positions{1}})
	if status := w.waitUnsaved(); !errors.As(status.Err, &newer) || status.Beside == "" {
		t.Errorf("the status is %+v", status)
	}
}

// TestMigration: an older form becomes the present one, with a copy beside it, and
// one that cannot stays as it was.
func TestMigration(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.close()
	if _, err := open(folder, append(forms[:len(forms):len(forms)], "CREATE TABLE more (x TEXT) STRICT; CREATE TABLE broken ("), usualWait); err == nil {
		t.Fatal("a form that is no SQL was made")
	}
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
	again.decide(review.Include{IOCs: review.Positions{2}})
	again.close()
	left := filepath.Join(folder, fmt.Sprintf("%s.form-%d.abcdefgh.part", FileName, len(forms))) // by a copy that was killed
	write(t, left, []byte("half"))
	write(t, left+"-journal", nil)
	further := append(forms[:len(forms):len(forms)], "CREATE TABLE more (x TEXT) STRICT")
	opened := make(chan error)
	for range 4 { // at the same moment
		go func() {
			db, err := open(folder, further, usualWait)
			if err == nil {
				err = db.Close()
			}
			opened <- err
		}()
	}
	for range 4 {
		if err := <-opened; err != nil {
			t.Error(err)
		}
	}
	if !notThere(left) || !notThere(left+"-journal") {
		t.Error("what was left of a copy that was not finished stays")
	}
	before := filepath.Join(t.TempDir(), "before")
	text, err := os.ReadFile(filepath.Join(folder, FileName+fmt.Sprintf(".form-%d", len(forms))))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(before, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(before, FileName), text)
	copied, _ := resume(t, before, newReview(t, 10, false))
	sameReview(t, again.r, copied.r)
	copied.close()
	db, err := open(folder, further, usualWait)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.db.Exec("INSERT INTO more VALUES ('x')"); err != nil {
		t.Error(err)
	}
	if kept, done, err := db.Decisions(1); err != nil || len(kept) != 2 || done != 2 {
		t.Errorf("%d decisions, %d in force: %v", len(kept), done, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if got := modeOf(t, filepath.Join(folder, fmt.Sprintf("%s.form-%d", FileName, len(forms)))); runtime.GOOS != "windows" && got != 0o600 {
		t.Errorf("the copy has the mode %o", got)
	}
}

// TestDamagedDatabase: what is broken stays as it is until the analyst says so;
// what is decided meanwhile is taken in later.
func TestDamagedDatabase(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"no database": func(t *testing.T, path string) {
			write(t, path, []byte(strings.Repeat("this is something else\n", 100)))
		},
		"a broken one": func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 100; i < len(text); i++ {
				text[i] ^= 0x5A
			}
			write(t, path, text)
		},
		"a part of one": func(t *testing.T, path string) {
			if err := os.Truncate(path, 5000); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s, _ := resume(t, folder, newReview(t, 10, false))
			s.decide(review.Include{IOCs: review.Positions{1}})
			s.close()
			path := filepath.Join(folder, FileName)
			damage(t, path)
			was, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			w := begin(t, folder, newReview(t, 10, false))
			_, err = w.j.Begin()
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Fatalf("begun with %v", err)
			}
			w.decide(review.SetVerdict{IOCs: review.Positions{2, 3}, Verdict: review.Benign}, review.SetNote{IOC: 4, Text: "mail"})
			w.undo()
			status := w.waitUnsaved()
			left := w.close()
			if status.Beside == "" || left.Beside != status.Beside || left.Unsaved != 2 || !strings.Contains(left.String(), "quarry reviews import") {
				t.Fatalf("the status is %+v, left %+v", status, left)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(was, now) {
				t.Errorf("the damaged database was changed: %v", err)
			}
			if runtime.GOOS != "windows" && modeOf(t, left.Beside) != 0o600 {
				t.Errorf("the file has the mode %o", modeOf(t, left.Beside))
			}
			to, err := MoveAside(folder, atNoon)
			if err != nil {
				t.Fatal(err)
			}
			if now, err := os.ReadFile(to); err != nil || !bytes.Equal(was, now) {
				t.Errorf("what was moved aside is not what it was: %v", err)
			}
			imported(t, folder, left.Beside, 2)
			again, _ := resume(t, folder, newReview(t, 10, false))
			sameReview(t, w.r, again.r)
		})
	}
}

func write(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// imported takes a file in, which must bring so many decisions.
func imported(t testing.TB, folder, path string, want int) (id int64) {
	t.Helper()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if found := Unsaved([]string{folder, filepath.Dir(path), filepath.Dir(path)}); len(found) != 1 || found[0] != path {
		t.Errorf("found %q", found)
	}
	got, err := db.Import(path, time.Now())
	if err != nil || got.Added != want {
		t.Fatalf("%d decisions taken in, want %d: %v", got.Added, want, err)
	}
	if again, err := db.Import(path, time.Now()); err != nil || again.Added != 0 {
		t.Errorf("%d decisions taken in again: %v", again.Added, err)
	}
	return got.Review
}

// TestLockedDatabase: what another program keeps to itself is written when it lets
// go, in the same order.
func TestLockedDatabase(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	other, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{2}}, review.Include{IOCs: review.Positions{3}})
	var busy *BusyError
	status := s.waitUnsaved()
	if !errors.As(status.Err, &busy) || status.Beside == "" {
		t.Fatalf("the status is %+v", status)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{4}})
	s.wait()
	if _, err := os.Stat(status.Beside); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if left := s.close(); left.String() != "" {
		t.Error(left)
	}
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}

// TestFolderThatCannotBeWritten: a folder in the place of the file does for every
// user what missing permission does.
func TestFolderThatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, FileName), 0o700); err != nil {
		t.Fatal(err)
	}
	s := begin(t, folder, newReview(t, 10, false), func(o *Options) {
		o.Beside = []string{"relative", filepath.Join(folder, FileName, "x\x00y"), t.TempDir()}
	})
	if _, err := s.j.Begin(); err == nil {
		t.Fatal("a folder was opened as a database")
	}
	s.decide(review.Include{IOCs: review.Positions{1}}, review.Attach{Scenario: 1, On: true})
	status := s.waitUnsaved()
	var path *PathError
	if !errors.As(status.Err, &path) || status.Beside == "" {
		t.Fatalf("the status is %+v", status)
	}
	if err := os.Remove(filepath.Join(folder, FileName)); err != nil {
		t.Fatal(err)
	}
	s.decide(review.Include{IOCs: review.Positions{2}})
	s.wait() // the way is free, and all is written
	s.close()
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}

// TestOnlyMemory: where nothing takes a file the journal says so, and goes on.
func TestOnlyMemory(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, FileName), 0o700); err != nil {
		t.Fatal(err)
	}
	s := begin(t, folder, newReview(t, 10, false), func(o *Options) { o.Beside = []string{"relative"} })
	s.decide(review.Include{IOCs: review.Positions{1}})
	if status := s.waitUnsaved(); status.Beside != "" {
		t.Errorf("the status is %+v", status)
	}
	if left := s.close(); left.Unsaved != 1 || !strings.Contains(left.String(), "1 decision is lost") {
		t.Errorf("left %v", left)
	}
}

// TestFullDatabase: SQLite's own limit stands in for a full disk. Nothing is lost,
// and what is there can be read.
func TestFullDatabase(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	limit := func(pages string) {
		err := s.j.ask(func(w *writer) error {
			_, err := w.conn.ExecContext(context.Background(), "PRAGMA max_page_count = "+pages)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // as many as there are, at least
	long := strings.Repeat("a note that takes room ", 1000)
	s.decide(review.SetNote{IOC: 2, Text: long})
	status := s.waitUnsaved()
	if !strings.Contains(status.Err.Error(), "the disk is full") || status.Beside == "" {
		t.Fatalf("the status is %+v", status)
	}
	// It was closed for that, and has no limit any more.
	s.decide(review.Include{IOCs: review.Positions{3}})
	s.wait()
	s.close()
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}

// TestUnsavedGoesOn: what a killed session could not save is put behind what it
// saved, or becomes a review of its own where others decided since.
func TestUnsavedGoesOn(t *testing.T) {
	for name, reversed := range map[string]bool{"read as before": false, "read in another order": true} {
		t.Run(name, func(t *testing.T) {
			folder, before, since := t.TempDir(), t.TempDir(), t.TempDir()
			s, _ := resume(t, folder, newReview(t, 10, false))
			s.decide(review.Include{IOCs: review.Positions{1}}, review.Include{IOCs: review.Positions{2}})
			s.close()
			for _, to := range []string{before, since} {
				if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
					t.Fatal(err)
				}
			}
			second, _ := resume(t, folder, newReview(t, 10, reversed), impatient)
			other, err := Open(folder)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			lock, err := other.db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			second.n = 5
			second.decide(review.Include{IOCs: review.Positions{4}}, review.SetVerdict{IOCs: review.Positions{0, 9}, Verdict: review.Malicious}, review.Attach{Scenario: 0, On: true})
			second.waitUnsaved()
			second.undo()
			status := second.waitUnsaved()
			text, err := os.ReadFile(status.Beside)
			if err != nil {
				t.Fatal(err)
			}
			if err := lock.Rollback(); err != nil {
				t.Fatal(err)
			}
			beside := filepath.Join(t.TempDir(), UnsavedPrefix+"killed.jsonl")
			write(t, beside, append(text, `{"decision":{"kind":"in`...))

			if id := imported(t, before, beside, 3); id != second.begun.ID {
				t.Errorf("it went into review %d, not %d", id, second.begun.ID)
			}
			again, _ := resume(t, before, newReview(t, 10, !reversed))
			sameReview(t, second.r, again.r)

			elsewhere, _ := resume(t, since, newReview(t, 10, false))
			elsewhere.decide(review.Include{IOCs: review.Positions{7}})
			elsewhere.close()
			id := imported(t, since, beside, 5)
			if id == second.begun.ID {
				t.Error("it went into a review in which others decided since")
			}
			third, _ := resume(t, since, newReview(t, 10, reversed), func(o *Options) { o.ID = id })
			sameReview(t, second.r, third.r)
		})
	}
}

// TestClockGoesBackwards: the order is that of the decisions.
func TestClockGoesBackwards(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	for i := range 5 {
		if _, err := s.r.Decide(review.Include{IOCs: review.Positions{i}}, "jk", atNoon.Add(-time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		h := s.r.History()
		s.ticket = s.j.Decide(h[i], RefsOf(s.r))
	}
	s.close()
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
	h := Holder{Host: "elsewhere.example", PID: 1, Beat: atNoon.Add(time.Hour), token: "x"}
	if !h.alive(atNoon) || h.alive(atNoon.Add(2*time.Hour)) {
		t.Error("a holder with a time to come is gone, or one of long ago is there")
	}
}

// TestPermissions: nobody else reads what an analyst decided.
func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no such permissions
	}
	folder := filepath.Join(t.TempDir(), "state", "quarry")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s, _ := resume(t, folder, newReview(t, 4, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	if got := modeOf(t, folder); got != 0o700 {
		t.Errorf("the folder has the mode %o", got)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		if got := modeOf(t, filepath.Join(folder, f.Name())); got != 0o600 {
			t.Errorf("%s has the mode %o", f.Name(), got)
		}
	}
}

// TestDocumentsAreKept: with the first decision, whole and by their hash.
func TestDocumentsAreKept(t *testing.T) {
	folder := t.TempDir()
	large := strings.Repeat(fmt.Sprintf("%q\n", "row"), 1<<18) + document
	s, _ := resume(t, folder, newReview(t, 4, false), func(o *Options) {
		changed := source("changed.md", "as it was")
		changed.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("as it is")), nil }
		o.Sources = func() []Source { return []Source{source("a.md", large), source("b.md", ""), changed} }
	})
	s.decide(review.Include{IOCs: review.Positions{1}})
	c, ok := s.j.Next()
	var changed *ChangedError
	if !ok || !errors.As(c.Err, &changed) {
		t.Errorf("told %+v of the document that changed", c)
	}
	s.close()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for text, want := range map[string]bool{large: true, "": true, "as it was": false, "as it is": false} {
		r, err := db.Document(hashOf(text))
		if (err == nil) != want {
			t.Errorf("%.10q: %v", text, err)
		}
		if err != nil {
			continue
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != text {
			t.Errorf("%d bytes of %d: %v", len(got), len(text), err)
		}
	}
	if err := db.Delete(1, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Document(hashOf(large)); err == nil {
		t.Error("the document of a deleted review is still kept")
	}
	var missing *MissingError
	if err := db.Delete(1, time.Now()); !errors.As(err, &missing) {
		t.Errorf("deleted again: %v", err)
	}
}
