package store

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"quarry/feed"
	"quarry/review"
)

// reader reads a pasted text as one domain.
func reader(name, text string) ([]*feed.Bulletin, error) {
	return []*feed.Bulletin{{Source: feed.Source{Name: name, Line: 1}, Total: feed.NoTotal, IOCs: []feed.IOC{
		{Type: feed.Domain, Value: strings.TrimSpace(text), Sources: []feed.Source{{Name: name, Line: 1}}},
	}}}, nil
}

func withReader(o *Options) { o.Read = reader }

// pastedKept are the texts that were pasted into a review and that the database has.
func pastedKept(t testing.TB, folder string, id int64) (texts []string) {
	t.Helper()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one, err := db.Summary(id, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range one.Sources {
		if !d.Pasted || !d.Kept {
			continue
		}
		r, err := d.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// TestPastedIsKeptWithItsDecision: a session that is killed behind a paste has it,
// whenever it was pasted.
func TestPastedIsKeptWithItsDecision(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder, newReview(t, 10, false), withReader)
	s.ticket = s.j.Add(TextSource("first", "first.example\n"))
	s.wait()
	begun, err := s.j.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if got := pastedKept(t, folder, begun.ID); len(got) != 1 {
		t.Errorf("pasted before the review was found: kept %q", got)
	}
	s.close()
	s = begin(t, folder, newReview(t, 10, false), withReader)
	if begun, err = s.j.Begin(); err != nil || len(begun.Pasted) != 1 {
		t.Fatalf("begun with %+v: %v", begun, err)
	}
	s.r.Add(begun.Pasted)
	s.j.Add(TextSource("second", "second.example\n"))
	if _, err := s.j.Restore(RefsOf(s.r)); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		s.ticket = s.j.Add(TextSource("more", strings.Repeat("x", i)))
		s.wait()
		if got := pastedKept(t, folder, begun.ID); len(got) != 3+i {
			t.Fatalf("of %d pasted texts %d are kept", 3+i, len(got))
		}
	}
}

// TestPastedIsInTheFileBeside: what the database does not take includes texts.
func TestPastedIsInTheFileBeside(t *testing.T) {
	for _, known := range []bool{false, true} {
		folder := t.TempDir()
		beside := t.TempDir()
		change := func(o *Options) { o.Beside = []string{beside} }
		var s *session
		if known {
			s, _ = resume(t, folder, newReview(t, 10, false), withReader, change, impatient)
			s.decide(review.Include{IOCs: review.Positions{1}})
			s.wait()
		} else {
			s = begin(t, folder, newReview(t, 10, false), withReader, change, impatient)
		}
		other, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		lock, err := other.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		paste := func(name string) {
			text := name + ".example\n"
			docs, _ := reader(name, text)
			s.r.Add(docs)
			s.ticket = s.j.Add(TextSource(name, text))
		}
		paste("first")
		if status := s.waitUnsaved(); status.Beside == "" {
			t.Fatalf("known %v: pasted, and the status is %+v", known, status)
		}
		s.decide(review.Include{IOCs: review.Positions{10}})
		s.waitUnsaved()
		paste("second")
		status := s.waitUnsaved()
		text, err := os.ReadFile(status.Beside)
		if err != nil {
			t.Fatal(err)
		}
		if err := lock.Rollback(); err != nil {
			t.Fatal(err)
		}
		// A killed session leaves the file and what the database had before.
		s.close()
		run(t, folder, "DELETE FROM decisions WHERE seq > 1; DELETE FROM sources WHERE pasted; DELETE FROM documents; UPDATE reviews SET done = 1")
		want := 1
		if !known {
			run(t, folder, "DELETE FROM reviews")
		}
		write(t, status.Beside, text)
		id := imported(t, folder, status.Beside, want)
		if got := pastedKept(t, folder, id); len(got) != 2 {
			t.Errorf("known %v: of what was pasted there is %q", known, got)
		}
		again := begin(t, folder, newReview(t, 10, false), withReader)
		begun, err := again.j.Begin()
		if err != nil {
			t.Fatal(err)
		}
		again.r.Add(begun.Pasted)
		got, err := again.j.Restore(RefsOf(again.r))
		if err != nil || got.Gone > 0 {
			t.Fatalf("restored %+v, %v", got, err)
		}
		again.r.Restore(got.Entries, got.Done)
		sameReview(t, s.r, again.r)
		again.close()
	}
}

// TestPastedThatCannotBeRead: what is decided is saved all the same, and what could
// not be read is said.
func TestPastedThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false), withReader)
	s.j.Add(TextSource("first", "first.example\n"))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.ticket = s.j.Add(TextSource("second", "second.example\n"))
	s.wait()
	s.close()
	run(t, folder, "UPDATE parts SET data = x'00' WHERE sha256 = '"+hashOf("first.example\n")+"'")

	again := begin(t, folder, newReview(t, 10, false), withReader)
	begun, err := again.j.Begin()
	if err != nil || begun.ID != s.begun.ID || len(begun.Pasted) != 1 || len(begun.Unread) != 1 {
		t.Fatalf("begun with %+v: %v", begun, err)
	}
	again.r.Add(begun.Pasted)
	got, err := again.j.Restore(RefsOf(again.r))
	if err != nil {
		t.Fatal(err)
	}
	again.r.Restore(got.Entries, got.Done)
	again.n = 5
	again.decide(review.Include{IOCs: review.Positions{2}})
	again.wait()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if kept, done, err := db.Decisions(begun.ID); err != nil || len(kept) != 2 || done != 2 {
		t.Errorf("%d decisions, %d in force: %v", len(kept), done, err)
	}
}
