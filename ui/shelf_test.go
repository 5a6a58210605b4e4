package ui

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quarry/feed"
	"quarry/feed/prose"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/termtest"
)

// onShelf is documents of a test, by their text; one without cannot be opened.
type onShelf map[string]string

func (s onShelf) List() ([]Document, error) {
	day := time.Date(2026, 5, 26, 0, 0, 0, 0, time.UTC)
	return []Document{{"lantern.txt", 30, day}, {"below/otter.txt", 12_345, day}, {"broken.txt", 0, day}}, nil
}

func (s onShelf) Open(name string) (Opened, error) {
	in, err := feed.NewInput(name, strings.NewReader(s[name]))
	if err != nil {
		return Opened{}, err
	}
	catalogue, err := kql.Builtin()
	if err != nil {
		return Opened{}, err
	}
	inputs := iter.Seq2[*feed.Input, error](func(yield func(*feed.Input, error) bool) { yield(in, nil) })
	l, err := review.Load(inputs, feed.NewRegistry(prose.Reader{}), catalogue)
	return Opened{Loading: l, Size: int64(len(s[name]))}, err
}

func newShelf(t *testing.T, w, h int) *workbench {
	t.Helper()
	opt := options(t)
	opt.Shelf = onShelf{"lantern.txt": "Indicators:\n\nlantern.example\n", "below/otter.txt": "Indicators:\n\notter.example\n"}
	m := New(newReview(t, &feed.Bulletin{}), opt)
	m.cover(newPicker())
	m.readings = &readings{}
	t.Cleanup(m.readings.end)
	return &workbench{termtest.Simulate(t, m, w, h), m, t}
}

func TestPickADocument(t *testing.T) {
	b := newShelf(t, 80, 24)
	for _, want := range []string{"lantern.txt", "below/otter.txt", "12,345 B", "2026-05-26", "Esc leave"} {
		if !strings.Contains(b.View(), want) {
			t.Errorf("no %q in\n%s", want, b.View())
		}
	}
	for _, size := range [][2]int{{60, 16}, {200, 50}, {80, 24}} {
		b.Resize(size[0], size[1])
		checkFrame(t, b.m)
	}
	b.Type("txt brok")
	b.Press("enter")
	b.wantStatus("broken.txt: the file is empty")
	b.Type("xyz")
	if !strings.Contains(b.View(), "no document has these words in its name") {
		t.Errorf("nothing is said:\n%s", b.View())
	}
	for range "txt brokxyz" {
		b.Press("backspace")
	}
	b.Paste("otter")
	b.Press("up", "down", "pgdown", "enter")
	if !strings.Contains(b.View(), "otter[.]example") || b.m.overlay != nil {
		t.Fatalf("the document is not shown:\n%s", b.View())
	}
	b.keys("space")
	b.wantStatus("switched on otter[.]example")
	checkFrame(t, b.m)
}

func TestLeaveTheShelf(t *testing.T) {
	for _, key := range []string{"esc", "ctrl+c"} {
		b := newShelf(t, 80, 24)
		if b.Press(key); !b.Ended() {
			t.Errorf("%s did not leave", key)
		}
	}
}

// TestFilesInAFolder: what is written there stays there, and nothing outside is
// seen.
func TestFilesInAFolder(t *testing.T) {
	folder := t.TempDir()
	outside := filepath.Join(folder, "outside.md")
	if err := errors.Join(os.WriteFile(outside, []byte("mine"), 0o600), os.Mkdir(filepath.Join(folder, "in"), 0o700)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(folder, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f := FilesIn(root)
	for _, path := range []string{"../outside.md", outside, "../new.md", "a/../../new.md"} {
		for _, over := range []bool{false, true} {
			err := f.Write(f.Path(path), []byte("theirs"), over)
			if !errors.As(err, new(*FileError)) || strings.Contains(err.Error(), "outside.md: "+folder) {
				t.Errorf("%s is written: %v", path, err)
			}
		}
		if f.There(path) || f.IsFolder(path) || f.Stamp(path) != (Stamp{}) || f.MakeFolder("../x") == nil {
			t.Errorf("%s is seen", path)
		}
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "mine" {
		t.Errorf("outside is %q, %v", text, err)
	}
	if err := errors.Join(f.MakeFolder("a/b"), f.Write("a/b/c.md", []byte("one"), false)); err != nil {
		t.Fatal(err)
	}
	if err := f.Write("a/b/c.md", []byte("two"), false); err == nil || !strings.Contains(err.Error(), "name another file") {
		t.Errorf("written over: %v", err)
	}
	if err := f.Write("a/b/c.md", []byte("three"), true); err != nil {
		t.Error(err)
	}
	if err := f.Write("a/b", nil, true); err == nil {
		t.Error("a folder was written over")
	}
	text, err := os.ReadFile(filepath.Join(folder, "in", "a", "b", "c.md"))
	if err != nil || string(text) != "three" || f.Stamp("a/b/c.md").Size != 5 || !f.IsFolder("a/b") {
		t.Errorf("it holds %q, %v", text, err)
	}
	left, err := os.ReadDir(filepath.Join(folder, "in", "a", "b"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
