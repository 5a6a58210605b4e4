package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quarry/kql"
	"quarry/review"
)

// TestSave writes every shape from the workbench, over what is there only when
// asked again: one file to the path that is named, several into a folder.
func TestSave(t *testing.T) {
	for _, f := range review.Formats[1:] {
		t.Run(f.Name, func(t *testing.T) {
			b := newWorkbench(t, 120, 40)
			made, findings, err := f.Files(b.m.review, b.m.signature())
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "out")
			for n := range 2 {
				b.do("export-" + f.Name)
				if b.m.prompt == nil {
					t.Fatal("nothing asks for the path")
				}
				if name := b.m.prompt.input.Value(); !f.Many && name != made[0].Name {
					t.Errorf("the path begins as %q, want %q", name, made[0].Name)
				}
				b.m.prompt.input.SetValue(path)
				b.keys("enter")
				if n == 0 && !strings.HasPrefix(b.m.status, "wrote ") {
					t.Errorf("it says %q", b.m.status)
				}
				if len(findings) > 1 && n == 0 {
					b.wantStatus("F lists all")
					b.keys("F")
					for _, find := range findings {
						if !strings.Contains(b.all(), strings.Join(strings.Fields(find.Text), " ")) {
							t.Errorf("F does not list %s", find.Text)
						}
					}
					b.keys("esc")
				}
			}
			b.wantStatus("exists")
			if err := os.WriteFile(filepath.Join(path, made[0].Name), []byte("of another"), 0o600); err != nil && f.Many {
				t.Fatal(err)
			}
			b.keys("enter")
			b.wantStatus("wrote ")
			if text, err := os.ReadFile(filepath.Join(path, made[0].Name)); f.Many && (err != nil || string(text) == "of another") {
				t.Errorf("it was not written over: %v", err)
			}
			info, err := os.Stat(path)
			if err != nil || info.IsDir() != f.Many {
				t.Fatalf("a folder: %v, %v", !f.Many, err)
			}
			if !f.Many {
				if text, err := os.ReadFile(path); err != nil || len(text) == 0 {
					t.Errorf("%d bytes, %v", len(text), err)
				}
				return
			}
			if entries, err := os.ReadDir(path); err != nil || len(made) != len(entries) {
				t.Errorf("%d files of %d, %v", len(entries), len(made), err)
			}
		})
	}
}

// TestSaveIntoAFolder: one file goes into a folder that is there or is named as
// one.
func TestSaveIntoAFolder(t *testing.T) {
	there := t.TempDir()
	for _, folder := range []string{there, filepath.Join(there, "new") + string(filepath.Separator)} {
		b := newWorkbench(t, 120, 40)
		b.do("export-stix")
		name := b.m.prompt.input.Value()
		b.m.prompt.input.SetValue(folder)
		b.keys("enter")
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Errorf("%v; it says %q", err, b.m.status)
		}
	}
}

func TestSaveRefuses(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for action, none := range map[string]string{"export-rule": "no folder", "export-stix": "no path"} {
		b.do(action)
		b.m.prompt.input.SetValue(" ")
		b.keys("enter")
		if b.m.prompt == nil {
			t.Fatal("the prompt is gone")
		}
		b.wantStatus(none)
		b.keys("esc")
	}
	b.keys("t")
	b.do("export-rule")
	if b.m.prompt != nil {
		t.Error("it asks for a folder for what cannot be written")
	}
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

// TestKnobsShowWhatTheyChange: at a small size too a line that a knob changed is
// in sight.
func TestKnobsShowWhatTheyChange(t *testing.T) {
	for _, key := range []string{"M", "P", "O"} {
		b := newWorkbench(t, 80, 24)
		b.keys(key)
		p, any, seen := &b.m.preview, false, false
		for _, l := range p.lines {
			any = any || l.changed
			seen = seen || l.changed && l.row >= p.win.top && l.row < p.win.top+p.win.height
		}
		if !any || !seen {
			t.Errorf("%s: a line changed: %v, and is in sight: %v", key, any, seen)
		}
	}
}
