//go:build unix

package ssh

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExportsAreCopied(t *testing.T) {
	r := newRunning(t, nil)
	p := r.session(120, 40)
	pick(p, "other", "other[.]example")
	p.Press("E")
	p.WaitFor("no files can be written here, so the reviewed bulletin is copied: sent")
	if clips := p.Clipboard(); len(clips) != 1 || !strings.HasPrefix(clips[0], "---\nquarry: 1\n") {
		t.Errorf("%d copies arrived: %.80q", len(clips), clips)
	}
	p.Press(":")
	p.Type("export-csv")
	p.Press("enter")
	p.WaitFor("so csv is copied")
	p.Press(":")
	p.Type("export-rule")
	p.Press("enter")
	p.WaitFor("are too many to copy")
	var files []string
	_ = filepath.WalkDir(r.folder, func(path string, _ os.DirEntry, _ error) error {
		if strings.Contains(path, "reviewed") || strings.HasSuffix(path, ".csv") {
			files = append(files, path)
		}
		return nil
	})
	if len(files) > 0 {
		t.Errorf("there are files: %v", files)
	}
}

func TestExportsStayInTheirFolder(t *testing.T) {
	r := newRunning(t, func(o *Options) {
		o.Exports = filepath.Join(filepath.Dir(o.Documents), "out")
		own := filepath.Join(o.Exports, "robin@example.com")
		if err := errors.Join(os.MkdirAll(own, 0o700), os.Symlink("..", filepath.Join(own, "up"))); err != nil {
			t.Fatal(err)
		}
	})
	p := r.session(120, 40)
	pick(p, "other", "other[.]example")
	for _, path := range []string{"../escaped.md", "up/escaped.md", r.file("escaped.md")} {
		p.Press("E")
		p.WaitFor("export to: ")
		p.Press("ctrl+u")
		p.Type(path)
		p.Press("enter")
		p.WaitFor("was not written")
		p.Press("esc")
		p.Until("the prompt is gone", func() bool { return !strings.Contains(p.Screen(), "export to: ") })
	}
	p.Press("D") // it compares with another document of the folder, and with no other file
	p.WaitFor("Compare with an older document")
	p.Type("../")
	p.WaitFor("no document has these words in its name")
	p.Press("esc") // ends the search
	p.WaitFor("notes/other.txt")
	p.Press("esc")
	p.WaitFor("Preview")
	if _, err := os.Lstat(r.file("escaped.md")); err == nil {
		t.Error("an export left its folder")
	}
	p.Press("E")
	p.WaitFor("export to: ")
	p.Press("ctrl+u")
	p.Type("mine.md")
	p.Press("enter")
	p.WaitFor("wrote mine.md")
	if text := r.read("out/robin@example.com/mine.md"); !strings.Contains(string(text), "reviewer: robin@example.com") {
		t.Errorf("the export is\n%.300s", text)
	}
	for folder, most := range map[string]int{"out": 1, "out/robin@example.com": 2} {
		if entries, err := os.ReadDir(r.file(folder)); err != nil || len(entries) != most {
			t.Errorf("the folder %s holds %v, %v", folder, entries, err)
		}
	}
}

// TestExportsOfOthersStay: what one reviewer wrote no other one writes over.
func TestExportsOfOthersStay(t *testing.T) {
	r := newRunning(t, func(o *Options) {
		o.Exports = filepath.Join(filepath.Dir(o.Documents), "out")
		if err := os.Mkdir(o.Exports, 0o700); err != nil {
			t.Fatal(err)
		}
	})
	keys := append(r.read("robin.pub"), append([]byte(`environment="QUARRY_REVIEWER=../Kim/Example" `), r.read("stranger.pub")...)...)
	if err := os.WriteFile(r.file("authorized_keys"), keys, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"robin", "stranger"} {
		p := r.as(key, 120, 40)
		pick(p, "other", "other[.]example")
		p.Press("E")
		p.WaitFor("export to: ")
		p.Press("ctrl+u")
		p.Type("mine.md")
		p.Press("enter")
		p.WaitFor("wrote mine.md")
	}
	for folder, reviewer := range map[string]string{"robin@example.com": "robin@example.com", "%2E.%2FKim%2FExample": "../Kim/Example"} {
		if text := r.read(filepath.Join("out", folder, "mine.md")); !strings.Contains(string(text), "reviewer: "+reviewer) {
			t.Errorf("the export of %s is\n%.300s", reviewer, text)
		}
	}
}
