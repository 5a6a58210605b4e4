package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// atNoon is when the first decision of a test is taken.
var atNoon = time.Date(2026, 5, 28, 12, 0, 0, 0, time.UTC)

// newReview is a review of n domains, in an order that a test can turn round.
func newReview(t testing.TB, n int, reversed bool) *review.Review {
	t.Helper()
	catalogue, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	d := &feed.Bulletin{
		Source: feed.Source{Name: "lantern.md", Line: 1}, Title: "Lantern RAT", Total: feed.NoTotal, SHA256: "5e",
		Tables: []feed.TableNote{{Name: "DnsEvents"}},
		Scenarios: []feed.Scenario{
			{Title: "Job", Filter: "Exclude processes where the parent process is ccmexec.exe."},
			{Title: "Scanner", Filter: "Exclude connections where the source IP is in 10.20.0.0/16."},
		},
	}
	if reversed {
		d.Scenarios[0], d.Scenarios[1] = d.Scenarios[1], d.Scenarios[0]
	}
	d.IOCs = make([]feed.IOC, n)
	for i := range n {
		at := i
		if reversed {
			at = n - 1 - i
		}
		d.IOCs[at] = feed.IOC{Type: feed.Domain, Value: fmt.Sprintf("host-%d.lantern.example", i), Confidence: 50, Sources: []feed.Source{{Name: "lantern.md", Line: i + 1}}}
	}
	return review.New([]*feed.Bulletin{d}, catalogue)
}

// document is the text of the document that tests review.
const document = "the bulletin as it was published\n"

func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// source is a document that can be opened.
func source(name, text string) Source {
	return Source{Name: name, SHA256: hashOf(text), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader([]byte(text))), nil
	}}
}

// session is a review with its journal, as the workbench uses them.
type session struct {
	t      testing.TB
	j      *Journal
	r      *review.Review
	begun  Begun
	n      int
	ticket uint64
	who    string // who decides, "" is jk
}

func begin(t testing.TB, folder string, r *review.Review, change ...func(*Options)) *session {
	t.Helper()
	opt := Options{
		Folder: folder, Who: "jk", Title: "Lantern RAT", Beside: []string{filepath.Join(folder, "beside")},
		Sources: func() []Source { return []Source{source("lantern.md", document)} },
	}
	for _, c := range change {
		c(&opt)
	}
	s := &session{t: t, j: NewJournal(opt), r: r}
	t.Cleanup(func() { s.j.Close() })
	return s
}

// resume begins and restores, as the workbench does at its start.
func resume(t testing.TB, folder string, r *review.Review, change ...func(*Options)) (*session, Restored) {
	t.Helper()
	s := begin(t, folder, r, change...)
	var err error
	if s.begun, err = s.j.Begin(); err != nil {
		t.Fatal(err)
	}
	r.Add(s.begun.Pasted)
	got, err := s.j.Restore(RefsOf(r))
	if err != nil {
		t.Fatal(err)
	}
	r.Restore(got.Entries, got.Done)
	return s, got
}

// reopen is the document of tests opened by somebody as another session would.
func reopen(t testing.TB, folder, who string, reversed bool, change ...func(*Options)) *session {
	t.Helper()
	named := func(o *Options) { o.Who = who }
	s, _ := resume(t, folder, newReview(t, 3, reversed), append([]func(*Options){withReader, named}, change...)...)
	s.who = who
	return s
}

// ownPasted shows a session nothing that others pasted.
func ownPasted(o *Options) { o.OwnPasted = true }

func (s *session) decide(ds ...review.Decision) {
	s.t.Helper()
	for _, d := range ds {
		s.n++
		changed, err := s.r.Decide(d, s.decider(), atNoon.Add(time.Duration(s.n)*time.Second))
		if err != nil || !changed {
			s.t.Fatalf("decision %d: changed %v, %v", s.n, changed, err)
		}
		h := s.r.History()
		s.ticket = s.j.Decide(h[len(h)-1], RefsOf(s.r))
	}
}

func (s *session) undo() {
	s.t.Helper()
	if _, ok := s.r.Undo(); !ok {
		s.t.Fatal("nothing to undo")
	}
	s.ticket = s.j.Undo()
}

// wait waits until all is saved.
func (s *session) wait() {
	s.t.Helper()
	if status := s.j.Wait(s.ticket); status.Err != nil {
		s.t.Fatal(status.Err)
	}
}

func (s *session) close() Left {
	s.t.Helper()
	return s.j.Close()
}

// words are the decisions of a review in words, with a mark where they are undone.
func words(r *review.Review) (all []string) {
	log, done := r.Log()
	for i, e := range log {
		w := e.Words
		if i >= done {
			w = "(undone) " + w
		}
		all = append(all, w)
	}
	return all
}

// sameReview fails the test unless two reviews stand the same.
func sameReview(t testing.TB, want, got *review.Review) {
	t.Helper()
	if diff := cmp.Diff(words(want), words(got)); diff != "" {
		t.Errorf("the decisions are others: %s", diff)
	}
	standing := func(r *review.Review) map[string]string {
		m := map[string]string{}
		for i := range r.IOCs().Len() {
			m[r.IOCs().Value(i)] = fmt.Sprintf("%v %s %q", r.On(i), r.Verdict(i), r.Note(i))
		}
		for i, s := range r.Scenarios() {
			on, accepted := r.Attached(i)
			m[s.Title] = fmt.Sprint(on, accepted)
		}
		return m
	}
	if diff := cmp.Diff(standing(want), standing(got)); diff != "" {
		t.Errorf("IOCs or scenarios stand otherwise: %s", diff)
	}
}

// modeOf is the permission of a file.
func modeOf(t testing.TB, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// run runs a statement on the database of a folder, beside the journals.
func run(t testing.TB, folder, statement string) {
	t.Helper()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// impatient does not wait for a database that others lock.
func impatient(o *Options) { o.Wait = 10 * time.Millisecond }

// another is a review of another document.
func another(o *Options) {
	o.Who, o.Sources = "mn", func() []Source { return []Source{source("other.md", "another bulletin\n")} }
}

func (s *session) decider() string {
	if s.who == "" {
		return "jk"
	}
	return s.who
}
