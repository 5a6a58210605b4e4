package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quarry/feed"
	"quarry/kql"
	"quarry/kql/saved"
	"quarry/review"
)

func TestExportAndOpenAgain(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	path := filepath.Join(t.TempDir(), "out.md")
	b.keys("space", "down", "b", "3", "space", "E", "ctrl+u")
	b.Type(path)
	b.keys("enter")
	b.wantStatus("wrote", path)
	places, err := feed.Places([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, _ := kql.Builtin()
	r, err := review.Open(feed.Inputs(places, nil), feed.NewRegistry(), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	attached, _ := r.Attached(0)
	if r.On(0) || r.Verdict(1) != review.Benign || !attached {
		t.Error("the decisions are not in the exported bulletin")
	}
	// A second export to a file that is there asks first, unless it is the
	// one just written.
	other := filepath.Join(t.TempDir(), "other.md")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.keys("E", "ctrl+u")
	b.Type(other)
	b.keys("enter")
	if b.m.prompt == nil || !strings.Contains(b.View(), "it exists") {
		t.Fatal("the export did not ask before writing over a file")
	}
	b.keys("esc")
	if text, _ := os.ReadFile(other); string(text) != "mine" {
		t.Error("the file was written over all the same")
	}
	b.keys("E", "enter")
	b.wantStatus("wrote", path)
}

func TestExportThatFailsSaysSo(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("space", "E", "ctrl+u")
	b.Type(filepath.Join(t.TempDir(), "no", "such", "folder", "x.md"))
	b.keys("enter")
	b.wantStatus("was not written", "no such file or directory")
	if b.m.prompt == nil || !strings.HasSuffix(b.m.prompt.input.Value(), "x.md") {
		t.Error("the path is not there to be mended")
	}
	b.keys("esc", "E")
	if got := filepath.Base(b.m.prompt.input.Value()); got != ExportName(b.m.review) {
		t.Errorf("the next export proposes %s", got)
	}
	if !strings.Contains(b.foot(1), "Enter write  Esc cancel") {
		t.Errorf("the keys are %q", b.foot(1))
	}
	b.keys("esc", "q")
	b.wantStatus("not exported")
}

func TestQuitAsksOnlyForUnsavedDecisions(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("q")
	if !b.Ended() {
		t.Error("q did not leave though nothing was decided")
	}
	b = newWorkbench(t, 120, 40)
	b.keys("space", "q")
	if b.Ended() {
		t.Fatal("q left without asking")
	}
	b.wantStatus("1 decision not exported")
	b.keys("down", "q")
	if b.Ended() {
		t.Error("another key in between did not withdraw the question")
	}
	b.keys("q")
	if !b.Ended() {
		t.Error("q again did not leave")
	}
}

// TestExportedFileThatChanged: what someone else wrote there since is not
// written over unasked.
func TestExportedFileThatChanged(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	path := filepath.Join(t.TempDir(), "out.md")
	b.keys("space", "E", "ctrl+u")
	b.Type(path)
	b.keys("enter", "u", "E", "enter")
	b.wantStatus("wrote")
	if err := os.WriteFile(path, []byte("someone else's words"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.keys("space", "E", "enter")
	if b.m.prompt == nil || !strings.Contains(b.View(), "it exists") {
		t.Errorf("a file that changed since was written over:\n%s", b.View())
	}
}

func TestQuitAfterAnUndoneExport(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("space", "E", "ctrl+u")
	b.Type(filepath.Join(t.TempDir(), "out.md"))
	b.keys("enter", "u", "q")
	if b.Ended() {
		t.Fatal("q left though the export holds a decision that was taken back")
	}
	b.wantStatus("changed since the export")
}

// TestExportIsASnapshot decides while the export is made: what is written is the
// review as it was, keys are answered, and x drops it.
func TestExportIsASnapshot(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	path := filepath.Join(t.TempDir(), "out.md")
	var before strings.Builder
	if err := b.m.review.WriteMarkdown(&before, b.m.signature()); err != nil {
		t.Fatal(err)
	}
	cmd, err := b.m.export(path, false)
	if err != nil {
		t.Fatal(err)
	}
	b.keys("space")
	b.wantStatus("switched off")
	if !strings.Contains(b.View(), "exporting") {
		t.Errorf("nothing says so:\n%s", b.View())
	}
	b.Send(cmd())
	b.wantStatus("wrote", path)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "| off |") != strings.Count(before.String(), "| off |") {
		t.Errorf("what was decided later is in it, or nothing is: %v", err)
	}
	b.keys("q")
	b.wantStatus("the review changed since the export")
	b.keys("esc")

	other := filepath.Join(t.TempDir(), "other.md")
	if cmd, err = b.m.export(other, false); err != nil {
		t.Fatal(err)
	}
	b.Paste("paste.example\n")
	b.keys("x")
	b.wantStatus("dropping the export")
	b.Send(cmd())
	b.wantStatus("other.md was not written")
	if _, err := os.Stat(other); err == nil {
		t.Error("it was written all the same")
	}
	b.keys("x")
	b.wantStatus("nothing is being read or written")
}

// TestQuitWaitsForFiles leaves while a file is made or written: that is asked first,
// whatever was exported before.
func TestQuitWaitsForFiles(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	path := filepath.Join(t.TempDir(), "out.md")
	cmd, err := b.m.export(path, false)
	if err != nil {
		t.Fatal(err)
	}
	b.keys("q")
	if b.Ended() {
		t.Fatal("q left while the export was written")
	}
	b.wantStatus("still being written", "q again leaves without")
	b.keys("esc")
	b.Send(cmd())
	b.wantStatus("wrote", path)
	b.keys("q")
	if !b.Ended() {
		t.Error("q did not leave though all is written")
	}

	b = newWorkbench(t, 120, 40)
	format, err := review.FormatNamed("csv")
	if err != nil {
		t.Fatal(err)
	}
	made := b.m.askSave(format)
	b.keys("q")
	b.wantStatus("still being written")
	b.keys("esc")
	b.m.filesMade(made().(filesMsg))
	written := b.m.write(saving{files: []saved.File{{Name: "x.csv", Text: "x"}}, one: true}, filepath.Join(t.TempDir(), "x.csv"), false)
	b.keys("esc", "q")
	if b.Ended() {
		t.Fatal("q left while files were written")
	}
	b.wantStatus("still being written")
	b.Send(written())
	b.keys("esc", "q")
	if !b.Ended() {
		t.Error("q did not leave though all is written")
	}

	b = newWorkbench(t, 120, 40)
	if _, err := b.m.export(path, false); err != nil {
		t.Fatal(err)
	}
	b.keys("q", "q")
	if !b.Ended() {
		t.Error("q again did not leave")
	}
}
