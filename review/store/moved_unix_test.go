//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quarry/review"
)

// ways in which a database that is open goes.
var ways = map[string]func(folder string) error{
	"moved aside":        func(folder string) error { _, err := MoveAside(folder, atNoon); return err },
	"deleted":            func(folder string) error { return os.Remove(filepath.Join(folder, FileName)) },
	"its folder deleted": os.RemoveAll,
	"its folder moved":   func(folder string) error { return os.Rename(folder, folder+"-old") },
	"deleted with its log": func(folder string) error {
		return errors.Join(os.Remove(filepath.Join(folder, FileName)), os.Remove(filepath.Join(folder, FileName+"-wal")), os.Remove(filepath.Join(folder, FileName+"-shm")))
	},
}

// TestMovedDatabase: what is decided after the database is gone is told to be in a
// file, which is taken in, and all of the review comes into a new database.
func TestMovedDatabase(t *testing.T) {
	for name, away := range ways {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "quarry")
			s, _ := resume(t, folder, newReview(t, 10, false))
			s.decide(review.Include{IOCs: review.Positions{1}})
			s.wait()
			beside := ""
			err := s.j.ask(func(w *writer) error { // between two looks
				if err := away(folder); err != nil {
					return err
				}
				w.take(op{entry: &review.Entry{Decision: review.Include{IOCs: review.Positions{2}}, Words: "switched off another", Who: "jk", At: atNoon}})
				w.save()
				beside = w.j.status.Beside
				var path *PathError
				if err := w.j.status.Err; !errors.As(err, &path) || !strings.Contains(Reason(err), "moved or deleted") {
					t.Errorf("it is told that %v", err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(beside)
			if err != nil || strings.Count(string(text), `{"decision":`) != 2 {
				t.Fatalf("beside is %q: %v", text, err)
			}
			elsewhere := t.TempDir()
			copied := filepath.Join(t.TempDir(), UnsavedPrefix+"copied.jsonl")
			write(t, copied, text)
			imported(t, elsewhere, copied, 2)
			if left := s.close(); left.String() != "" {
				t.Errorf("left %s", left)
			}
			for _, in := range []string{folder, elsewhere} {
				again, got := resume(t, in, newReview(t, 10, false))
				if got.Done != 2 || again.r.On(1) == again.r.On(3) {
					t.Errorf("restored %+v", got)
				}
				again.close()
			}
		})
	}
}

// TestMovedMeanwhile: also what was saved before comes into a new database, without
// another decision, and a file with it that goes as well is made again.
func TestMovedMeanwhile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quarry")
	s, _ := resume(t, folder, newReview(t, 10, false))
	s.decide(review.Include{IOCs: review.Positions{1}}, review.SetNote{IOC: 2, Text: "mail"})
	s.undo()
	s.wait()
	follower := reopen(t, folder, "mn", false)
	err := s.j.ask(func(w *writer) error {
		for range 2 {
			if err := os.RemoveAll(folder); err != nil {
				return err
			}
			if w.lookForLog(); !w.dirty() || w.j.status.Err == nil {
				t.Error("nobody noticed")
			}
			if _, err := os.Stat(w.writeBeside()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := follower.j.Next(); !ok || c.Err == nil || c.Holder == nil {
		t.Errorf("who follows is told %+v", c)
	}
	follower.close()
	if left := s.close(); left.String() != "" {
		t.Error(left)
	}
	again, _ := resume(t, folder, newReview(t, 10, false))
	sameReview(t, s.r, again.r)
}
