package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"quarry/review"
)

// unsavedFile writes a file with lines, and returns its path.
func unsavedFile(t testing.TB, lines ...unsavedLine) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), UnsavedPrefix+"test.jsonl")
	var b bytes.Buffer
	for _, l := range lines {
		if err := json.NewEncoder(&b).Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	write(t, path, b.Bytes())
	return path
}

func headLine(sources ...unsavedSource) unsavedLine {
	return unsavedLine{Head: &unsavedHead{Form: unsavedForm, Title: "Lantern RAT", Sources: sources}}
}

func keysLine(t testing.TB, count int, text string) unsavedLine {
	t.Helper()
	data, err := packed([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return unsavedLine{Keys: &unsavedKeys{count, data}}
}

// TestImportUndoesNothing: a file that brings no decision and is older than the review
// leaves those in force that it has as undone, and says how many.
func TestImportUndoesNothing(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 5, false))
	s.decide(judgedOf(0, review.Malicious), judgedOf(1, review.Benign), judgedOf(2, review.Unsure))
	s.wait()
	var path string
	err := s.j.ask(func(w *writer) error {
		w.opt.Beside = []string{t.TempDir()}
		w.done = 1
		path = w.writeBeside()
		w.done = 3
		err := w.unsaved.f.Close()
		w.unsaved = nil
		return err
	})
	if err != nil || path == "" {
		t.Fatalf("%q: %v", path, err)
	}
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, before, before); err != nil {
		t.Fatal(err)
	}
	s.close()
	db := opened(t, folder)
	got, err := db.Import(path, time.Now())
	if err != nil || got.Added != 0 || got.Undone != 0 || got.Stay != 2 || got.Review != s.begun.ID && got.Review != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, done, err := db.Decisions(got.Review); done != 3 || err != nil {
		t.Errorf("%d decisions are in force, %v", done, err)
	}
}

// TestHostileUnsavedFiles: a file that would fill the memory, or does not name
// documents by their hashes, is refused with its line.
func TestHostileUnsavedFiles(t *testing.T) {
	doc := unsavedSource{Name: "lantern.md", SHA256: hashOf(document)}
	pasted := func(text []byte, sum string) unsavedLine {
		data, err := packed(text)
		if err != nil {
			t.Fatal(err)
		}
		return unsavedLine{Source: &unsavedSource{Name: "pasted", SHA256: sum, Pasted: true, Data: data}}
	}
	db := opened(t, t.TempDir())
	for _, tt := range []struct {
		name  string
		lines []unsavedLine
		want  string
	}{
		{"a hash that is none", []unsavedLine{headLine(unsavedSource{Name: "a.md", SHA256: "\x1b]0;PWNED\a"})}, "is no SHA-256"},
		{"a short hash", []unsavedLine{headLine(unsavedSource{Name: "a.md", SHA256: "5e"})}, "is no SHA-256"},
		{"more keys than it says", []unsavedLine{headLine(doc), keysLine(t, 1, strings.Repeat("domain a.example\n", 100_000))}, "more keys of IOCs"},
		{"too many keys", []unsavedLine{headLine(doc), keysLine(t, mostKeys+1, "domain a.example\n")}, "are too many"},
		{"keys of nothing", []unsavedLine{headLine(doc), keysLine(t, 3, "\n\n\n")}, "names no IOC"},
		{"too much of keys", []unsavedLine{headLine(doc), bombLine(t)}, "have more than"},
		{"another document", []unsavedLine{headLine(doc), pasted([]byte("a.example"), hashOf("b.example"))}, "is not the one"},
		{"too much pasted", []unsavedLine{headLine(doc), pasted(make([]byte, mostPasted+1), hashOf(""))}, "has more than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := db.Import(unsavedFile(t, tt.lines...), time.Now())
			var fault *UnsavedError
			if !errors.As(err, &fault) || fault.Line != len(tt.lines) || !strings.Contains(err.Error(), tt.want) || strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("%v; want %s in line %d", err, tt.want, len(tt.lines))
			}
		})
	}
}

// bombLine is a line of keys that are small while they are packed.
func bombLine(t testing.TB) unsavedLine {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(z, "domain ")
	part := bytes.Repeat([]byte("a"), 1<<20)
	for range mostKeyBytes>>20 + 1 {
		if _, err := z.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return unsavedLine{Keys: &unsavedKeys{1, b.Bytes()}}
}

// TestFilesOfOthersAreNotOffered: what somebody else wrote, or could have written to,
// is not offered as what the reviewer decided.
func TestFilesOfOthersAreNotOffered(t *testing.T) {
	path := unsavedFile(t, headLine())
	offered := func(want int) {
		t.Helper()
		if got := Unsaved([]string{filepath.Dir(path)}); len(got) != want {
			t.Errorf("offered are %q", got)
		}
	}
	offered(1)
	if runtime.GOOS == "windows" {
		return
	}
	for mode, want := range map[os.FileMode]int{0o666: 0, 0o602: 0, 0o644: 1} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		offered(want)
	}
	if os.Geteuid() == 0 { // only root may give a file away
		if err := os.Chown(path, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		offered(0)
	}
}
