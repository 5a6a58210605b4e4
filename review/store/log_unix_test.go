//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quarry/review"
)

// takeLogAway does to a database that is open what another program does that takes
// itself for alone with it: it writes what the log has, and removes that.
func takeLogAway(t *testing.T, s *session, folder string) {
	t.Helper()
	err := s.j.ask(func(w *writer) error {
		_, err := w.store.db.Exec("PRAGMA wal_checkpoint(FULL)")
		return err
	})
	for _, tail := range []string{"-wal", "-shm"} {
		err = errors.Join(err, os.Remove(filepath.Join(folder, FileName+tail)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestLogTakenAway: what is decided where nobody else would ever see it is not said to
// be saved. It goes beside, nothing more is written to the database, and nobody in the
// process begins with it as long as somebody has what is left of it.
func TestLogTakenAway(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	takeLogAway(t, s, folder)
	before, err := os.ReadFile(filepath.Join(folder, FileName))
	if err != nil {
		t.Fatal(err)
	}
	s.decide(review.SetVerdict{IOCs: review.Positions{2, 3}, Verdict: review.Benign})
	status := s.waitUnsaved()
	var cut *CutOffError
	if !errors.As(status.Err, &cut) || status.Beside == "" || !strings.Contains(Reason(status.Err), "leave Quarry") {
		t.Fatalf("the status is %+v", status)
	}
	if _, err := Open(folder); !errors.As(err, &cut) {
		t.Errorf("opened again: %v", err)
	}
	if left := s.close(); left.Beside != status.Beside || left.Unsaved != 1 {
		t.Errorf("left %+v", left)
	}
	if after, err := os.ReadFile(filepath.Join(folder, FileName)); err != nil || string(after) != string(before) {
		t.Errorf("the database was written to: %v", err)
	}
	elsewhere := t.TempDir()
	write(t, filepath.Join(elsewhere, FileName), before)
	run(t, elsewhere, "UPDATE reviews SET holder = ''") // whose process is gone
	imported(t, elsewhere, status.Beside, 1)
	again, _ := resume(t, elsewhere, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}

// TestLogTakenAwayMeanwhile: also what was said to be saved right before goes beside,
// without another decision.
func TestLogTakenAwayMeanwhile(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	follower := reopen(t, folder, "mn", false)
	takeLogAway(t, s, folder)
	for end := time.Now().Add(20 * time.Second); s.j.Wait(s.ticket).Beside == ""; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody noticed")
		}
	}
	if c, ok := follower.j.Next(); !ok || !errors.As(c.Err, new(*CutOffError)) || c.Holder == nil {
		t.Errorf("who follows is told %+v", c)
	}
	if left := follower.close(); left.Unsaved != 0 {
		t.Errorf("who follows is told that %s", left)
	}
}
