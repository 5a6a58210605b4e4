package store

import (
	"testing"
)

// TestPastedBeforeItWasKeptWho: of a review in which one person took all decisions that
// one has what was pasted; where several did, it stays nobody's.
func TestPastedBeforeItWasKeptWho(t *testing.T) {
	for _, others := range []bool{false, true} {
		folder := t.TempDir()
		if others {
			bob := served(t, folder, "bob")
			bob.decide(benign(1))
			bob.wait()
			bob.close()
		}
		ana := local(t, folder, "ana")
		ana.n = 10
		ana.paste("secret.example")
		ana.decide(benign(3))
		ana.wait()
		ana.close()
		run(t, folder, "UPDATE sources SET who = ''; ALTER TABLE reviews DROP COLUMN origin; ALTER TABLE reviews DROP COLUMN copier; ALTER TABLE reviews DROP COLUMN origin_row; PRAGMA user_version = 5")
		ana, bob := served(t, folder, "ana"), served(t, folder, "bob")
		bob.stands("bob's", 0)
		if others {
			ana.stands("a new one of ana's", 0)
			if ana.begun.Unseen != 1 || bob.begun.Unseen != 1 {
				t.Errorf("of ana's %d are not seen, of bob's %d", ana.begun.Unseen, bob.begun.Unseen)
			}
		} else {
			ana.stands("ana's", 1, "secret.example")
			if ana.begun.Unseen != 0 || bob.begun.Unseen != 0 {
				t.Errorf("of ana's %d are not seen, of bob's %d", ana.begun.Unseen, bob.begun.Unseen)
			}
		}
		ana.close()
		bob.close()
	}
}
