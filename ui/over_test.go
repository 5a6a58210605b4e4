package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quarry/feed"
	"quarry/review"
)

// reviewedFile writes a reviewed bulletin of somebody, and gives its path.
func reviewedFile(t *testing.T, who string) string {
	t.Helper()
	var text strings.Builder
	at := time.Date(2026, 5, 28, 12, 0, 0, 0, time.UTC)
	if err := newReview(t, sampleDocument(t)).WriteMarkdown(&text, review.Signature{Reviewer: who, At: at}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "colleague.md")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExportAsksOverTheDocument: the bulletin that was opened is written over only when
// that was asked, like every file that this workbench did not write itself.
func TestExportAsksOverTheDocument(t *testing.T) {
	path := reviewedFile(t, "colleague")
	before, _ := os.ReadFile(path)
	places, err := feed.Places([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	b := newWorkbench(t, 80, 24)
	if b.m.review, err = review.Open(feed.Inputs(places, nil), feed.NewRegistry(), b.m.review.Catalogue()); err != nil {
		t.Fatal(err)
	}
	b.m.refresh()
	b.m.opt.ExportPath = path
	b.keys("space", "E", "enter")
	b.wantPrompt(path, "it is the document under review, reviewed by colleague on 2026-05-28")
	if !strings.Contains(b.View(), "it exists; Enter writes over it: ") {
		t.Errorf("nothing is asked:\n%s", b.View())
	}
	if now, _ := os.ReadFile(path); string(now) != string(before) {
		t.Error("it is written over all the same")
	}
	b.keys("enter")
	b.wantStatus("wrote", "colleague.md")
	b.keys("u", "E", "enter")
	b.wantStatus("wrote", "colleague.md")
	other := filepath.Join(t.TempDir(), "other.md")
	b.keys("E", "ctrl+u")
	b.Type(other)
	b.keys("enter", "E", "ctrl+u")
	b.Type(path)
	b.keys("enter")
	b.wantStatus("wrote", "colleague.md")
}

// TestSaveAsksOverOthers: so is what the other shapes would be written over.
func TestSaveAsksOverOthers(t *testing.T) {
	for who, want := range map[string]string{"colleague": "it was reviewed by colleague on 2026-05-28", "jk": "exists; nothing was written"} {
		path := reviewedFile(t, who)
		b := newWorkbench(t, 120, 40)
		format, err := review.FormatNamed("csv")
		if err != nil {
			t.Fatal(err)
		}
		b.Send(b.m.askSave(format)())
		b.keys("ctrl+u")
		b.Type(path)
		b.keys("enter")
		b.wantPrompt(path, want)
	}
}

// TestStandingOfServedFiles: in a served folder for exports there are no documents.
func TestStandingOfServedFiles(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	disk := FilesIn(root)
	path := reviewedFile(t, "colleague")
	text, _ := os.ReadFile(path)
	for name, data := range map[string][]byte{"lantern.md": []byte("x"), "a.md": text} {
		if err := disk.Write(name, data, false); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"lantern.md": "", "a.md": "it was reviewed by colleague on 2026-05-28", "none": "", "..": ""} {
		if got := standing(disk, name, []string{"lantern.md", "a.md"}, "jk"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := standing(ownFiles{}, path, []string{path + "/in/an/archive"}, "colleague"); got != "it is the document under review" {
		t.Errorf("%q", got)
	}
}
