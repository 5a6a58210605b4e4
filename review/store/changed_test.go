package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// gated is a document that is read to a place, and on when a test says so.
func gated(text []byte, at int) (d Source, reached, goOn chan struct{}) {
	reached, goOn = make(chan struct{}), make(chan struct{})
	d = Source{Name: "feed.csv", SHA256: hashOf(string(text))}
	d.Open = func() (io.ReadCloser, error) {
		wait := readerFunc(func([]byte) (int, error) {
			close(reached)
			<-goOn
			return 0, io.EOF
		})
		return io.NopCloser(io.MultiReader(bytes.NewReader(text[:at]), wait, bytes.NewReader(text[at:]))), nil
	}
	return d, reached, goOn
}

type readerFunc func(b []byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// incompressible is a document of several parts.
func incompressible(n int) []byte {
	random, text := rand.New(rand.NewPCG(1, 2)), make([]byte, n)
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	return text
}

// TestTwoKeepOneDocument: two reviews that save the bytes of the same document at the
// same time leave them whole, also where one of them is cut off.
func TestTwoKeepOneDocument(t *testing.T) {
	text := incompressible(3 * partSize)
	whole := source("feed.csv", string(text))
	for _, cut := range []bool{false, true} {
		t.Run(fmt.Sprintf("the second is cut off %t", cut), func(t *testing.T) {
			db, err := Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			first, firstThere, firstOn := gated(text, 2*partSize)
			second, secondThere, secondOn := gated(text, partSize+partSize/2)
			ended := make(chan error, 2)
			go func() { ended <- db.keepDocument(context.Background(), first) }()
			<-firstThere
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() { ended <- db.keepDocument(ctx, second) }()
			<-secondThere
			close(firstOn)
			if err := <-ended; err != nil {
				t.Fatalf("the first: %v", err)
			}
			if r, err := db.Document(whole.SHA256); err == nil {
				_ = r.Close()
				t.Error("a document is there that nobody has saved to its end")
			}
			if cut {
				cancel()
			}
			close(secondOn)
			if err := <-ended; cut != (err != nil) {
				t.Fatalf("the second: %v", err)
			}
			if err := db.keepDocument(context.Background(), whole); err != nil {
				t.Fatal(err)
			}
			r, err := db.Document(whole.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%d bytes of %d came back: %v", len(got), len(text), err)
			}
		})
	}
}

// TestDocumentChanged: who opens a file that is another one by now hears of the review
// of what it was.
func TestDocumentChanged(t *testing.T) {
	folder := t.TempDir()
	at := func(text string) func(*Options) {
		return func(o *Options) {
			o.Sources = func() []Source {
				d := source("lantern.md", text)
				d.Path = "/srv/intel/lantern.md"
				return []Source{d}
			}
		}
	}
	a, _ := resume(t, folder, newReview(t, 4, false), at("yesterday"))
	if a.begun.Earlier != nil {
		t.Errorf("it is the first one: %+v", a.begun.Earlier)
	}
	a.decide(review.Include{IOCs: review.Positions{1}}, review.Include{IOCs: review.Positions{2}})
	a.undo()
	a.close()
	b, _ := resume(t, folder, newReview(t, 4, false), at("today"))
	if diff := cmp.Diff(&Earlier{ID: a.begun.ID, Document: "lantern.md", Decisions: 1}, b.begun.Earlier); diff != "" || b.begun.ID == a.begun.ID {
		t.Errorf("review %d, %s", b.begun.ID, diff)
	}
	b.decide(review.Include{IOCs: review.Positions{3}})
	b.close()
	for name, change := range map[string]func(*Options){
		"the same again": at("today"), "another path": func(*Options) {}, "asked for": func(o *Options) { at("tomorrow")(o); o.New = true },
	} {
		c, _ := resume(t, folder, newReview(t, 4, false), change)
		if c.begun.Earlier != nil {
			t.Errorf("%s: %+v", name, c.begun.Earlier)
		}
		c.close()
	}
}

// TestUndoneIsImportedOnce: a file that has nothing but an undo takes that back once,
// and not again what was taken again since.
func TestUndoneIsImportedOnce(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 10, false), impatient)
	s.decide(review.Include{IOCs: review.Positions{1}}, review.Include{IOCs: review.Positions{2}})
	s.wait()
	other, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := other.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	s.undo()
	status := s.waitUnsaved()
	text, err := os.ReadFile(status.Beside)
	if err != nil {
		t.Fatal(err)
	}
	left := s.close() // the database is still locked
	if err := errors.Join(lock.Rollback(), other.Close()); err != nil || left.Unsaved != 1 {
		t.Fatalf("%v, left %+v", err, left)
	}
	run(t, folder, "UPDATE reviews SET holder = ''") // it could not say that it is gone
	imported(t, folder, left.Beside, 0)
	again, _ := resume(t, folder, newReview(t, 10, false))
	if n, undone := len(again.r.History()), again.r.Undone(); n != 1 || undone != 1 {
		t.Errorf("%d decisions and %d undone, want one of each", n, undone)
	}
	if _, ok := again.r.Redo(); !ok {
		t.Fatal("nothing to take again")
	}
	again.ticket = again.j.Redo()
	again.wait()
	again.close()
	write(t, left.Beside, text)
	imported(t, folder, left.Beside, 0)
	third, _ := resume(t, folder, newReview(t, 10, false))
	if n := len(third.r.History()); n != 2 {
		t.Errorf("%d decisions in force, want both: the file undid what was done again", n)
	}
}
