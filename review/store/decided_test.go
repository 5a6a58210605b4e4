package store

import (
	"os"
	"path/filepath"
	"testing"

	"quarry/review"
)

// TestDecided: the review of the very documents in which something was decided is
// found, also while somebody has it open, and nothing is made or changed by looking.
func TestDecided(t *testing.T) {
	folder := t.TempDir()
	these := []Source{source("lantern.md", document)}
	looked := func(of []Source, wantID int64, want int) {
		t.Helper()
		if id, n, err := Decided(folder, of); err != nil || id != wantID || n != want {
			t.Errorf("review %d with %d decisions, %v; want %d with %d", id, n, err, wantID, want)
		}
	}
	looked(these, 0, 0)
	if all, _ := os.ReadDir(folder); len(all) > 0 {
		t.Errorf("looking made %v", all)
	}
	s, _ := resume(t, folder, newReview(t, 3, false))
	looked(these, 0, 0) // nothing is decided yet
	s.decide(review.Include{IOCs: review.Positions{1}, On: false})
	s.decide(review.Include{IOCs: review.Positions{2}, On: false})
	s.wait()
	looked(these, 1, 2)
	s.close()
	path := filepath.Join(folder, FileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	looked(these, 1, 2)
	looked([]Source{source("other name", document)}, 1, 2)
	looked([]Source{source("lantern.md", "another")}, 0, 0)
	looked([]Source{{Name: "lantern.md"}}, 0, 0)
	looked(append(these, source("more.md", "more")), 0, 0)
	if after, _ := os.ReadFile(path); string(before) != string(after) {
		t.Error("looking changed the database")
	}
	if err := os.WriteFile(path, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if id, _, err := Decided(folder, these); id != 0 || err == nil {
		t.Errorf("a broken database: review %d, %v", id, err)
	}
}
