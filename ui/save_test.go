package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quarry/kql"
	"quarry/review"
)

// TestSave writes every shape from the workbench, and none twice over itself.
func TestSave(t *testing.T) {
	for _, f := range review.Formats[1:] {
		t.Run(f.Name, func(t *testing.T) {
			b := newWorkbench(t, 120, 40)
			folder := filepath.Join(t.TempDir(), "out")
			for range 2 {
				b.do("export-" + f.Name)
				if b.m.prompt == nil {
					t.Fatal("nothing asks for the folder")
				}
				b.m.prompt.input.SetValue(folder)
				b.keys("enter")
				if b.m.status == "" {
					t.Fatal("nothing is said")
				}
			}
			b.wantStatus("exists")
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) == 0 {
				t.Fatalf("%d files, %v", len(entries), err)
			}
			made, _, err := f.Files(b.m.review, b.m.signature())
			if err != nil || len(made) != len(entries) {
				t.Errorf("%d files of %d, %v", len(entries), len(made), err)
			}
		})
	}
}

func TestSaveRefuses(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.do("export-rule")
	b.m.prompt.input.SetValue(" ")
	b.keys("enter")
	if b.m.prompt == nil {
		t.Fatal("the prompt is gone")
	}
	b.wantStatus("no folder")
	b.keys("esc", "t")
	b.do("export-rule")
	b.keys("enter")
	b.wantStatus("switch the target")
}

// TestKnobs turns every knob all the way round: the hunt changes, the top row
// says what is not as usual, and undo takes it back.
func TestKnobs(t *testing.T) {
	for _, tt := range []struct {
		key   string
		words []string // in the top row after each press, "" as usual
	}{
		{"M", []string{"exact match", "loose match", ""}},
		{"P", []string{"require port", "ignore port", ""}},
		{"O", []string{"own side", ""}},
	} {
		b := newWorkbench(t, 160, 40)
		usual := review.AllHunts(b.m.plan.Hunts())
		for _, want := range tt.words {
			b.keys(tt.key)
			top, _, _ := strings.Cut(b.View(), "\n")
			if want != "" && !strings.Contains(top, want) {
				t.Errorf("%s: the top row is %q, want %q in it", tt.key, top, want)
			}
			if now := review.AllHunts(b.m.plan.Hunts()); (now == usual) != (want == "") {
				t.Errorf("%s: the hunts are as usual: %v, with %q", tt.key, now == usual, want)
			}
		}
		for range tt.words {
			b.keys("u")
		}
		if b.m.review.Knobs() != (kql.Knobs{}) {
			t.Errorf("%s: %+v after undoing", tt.key, b.m.review.Knobs())
		}
	}
}

func TestLongHuntsRound(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for _, want := range []review.Long{review.SplitLong, review.WatchlistLong, review.KeepLong} {
		b.keys("W")
		if got := b.m.review.Long(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	b.keys("t", "W", "W") // Defender has no watchlist
	if got := b.m.review.Long(); got != review.KeepLong {
		t.Errorf("got %s", got)
	}
}
