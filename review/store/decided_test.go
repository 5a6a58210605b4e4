package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// TestDecided: the review of the very documents in which something was decided is
// found, also while somebody has it open, and nothing is made or changed by looking.
func TestDecided(t *testing.T) {
	folder := t.TempDir()
	these := []Source{source("lantern.md", document)}
	looksLike := func(of []Source, want Held) {
		t.Helper()
		got, err := Decided(folder, of)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v: %s", err, diff)
		}
	}
	looked := func(of []Source, id int64, decisions int) {
		t.Helper()
		looksLike(of, Held{ID: id, Decisions: decisions})
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
	// One with less, changed later, into which something was pasted.
	other := reopen(t, folder, "mn", false, func(o *Options) { o.New = true })
	other.paste("pasted.example")
	other.wait()
	other.close()
	looksLike(these, Held{ID: 1, Decisions: 2, Others: 1})
	run(t, folder, "UPDATE reviews SET done = 0 WHERE id = 1")
	looksLike(these, Held{ID: 2, Pasted: 1})
	db := opened(t, folder)
	if all, err := db.List(time.Now()); err != nil || len(all) != 2 || cmp.Diff([]string{"mn"}, all[0].Who) != "" {
		t.Errorf("listed %+v, %v", all, err)
	}
	db.Close()
	if err := os.WriteFile(path, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err := Decided(folder, these); h.ID != 0 || err == nil {
		t.Errorf("a broken database: %+v, %v", h, err)
	}
}
