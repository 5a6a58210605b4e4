package store

import (
	"testing"
	"time"

	"quarry/review"
)

// TestFoundByFiles: a review of files that were not read to their end is gone on with
// as long as the files are as they were, whatever was read of them this time.
func TestFoundByFiles(t *testing.T) {
	at := time.Date(2026, 5, 28, 9, 0, 0, 778_856_045, time.UTC) // finer than the database has it
	file := func(name, sum string) Source {
		return Source{Name: name, Path: "/intel/" + name, Size: 7, Modified: at, SHA256: sum}
	}
	changed := file("feed.csv", "")
	changed.Size++
	moved := file("feed.csv", "")
	moved.Path = "/other/feed.csv"
	for _, c := range []struct {
		name       string
		known, now []Source
		want       bool
	}{
		{"never to the end", []Source{file("feed.csv", "")}, []Source{file("feed.csv", "")}, true},
		{"this time to the end", []Source{file("feed.csv", "")}, []Source{file("feed.csv", "f1")}, true},
		{"that time to the end", []Source{file("feed.csv", "f1")}, []Source{file("feed.csv", "")}, true},
		{"the first of several files only", []Source{file("a.csv", "a1"), file("b.csv", "")}, []Source{file("a.csv", "a1"), file("b.csv", "b1"), file("c.csv", "c1")}, true},
		{"this time the first of several files only", []Source{file("a.csv", "a1"), file("b.csv", "b1"), file("c.csv", "c1")}, []Source{file("a.csv", "a1"), file("b.csv", "")}, true},
		{"another document of the same file", []Source{file("feed.csv", "f1")}, []Source{file("feed.csv", "f2")}, false},
		{"changed", []Source{file("feed.csv", "")}, []Source{changed}, false},
		{"of another folder", []Source{file("feed.csv", "")}, []Source{moved}, false},
		{"one file more", []Source{file("a.csv", "a1")}, []Source{file("a.csv", "a1"), file("b.csv", "")}, false},
		{"from standard input", []Source{{Name: "-"}}, []Source{{Name: "-"}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			s, _ := resume(t, folder, newReview(t, 3, false), func(o *Options) { o.Sources = func() []Source { return c.known } })
			s.decide(review.Include{IOCs: review.Positions{1}, On: false})
			s.close()
			_, got := resume(t, folder, newReview(t, 3, false), func(o *Options) { o.Sources = func() []Source { return c.now } })
			if found := got.Done == 1; found != c.want {
				t.Errorf("found %v, want %v", found, c.want)
			}
		})
	}
}
