//go:build linux || darwin

package store

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"quarry/review"
)

// What a process needs to know that holds a database for a test.
const (
	folderToHold = "QUARRY_TEST_FOLDER"
	ownLocks     = "QUARRY_TEST_LOCKS"
	byProcess    = "by process"
)

// TestDatabaseStaysLocked: as long as a process has a review open, its lock on the
// database says so, whatever else the process does with the database. Without it
// another program takes itself for the last one, and throws the log away at its end.
// It is so where locks are those of a process, which lose them with any descriptor of
// the file that it closes.
func TestDatabaseStaysLocked(t *testing.T) {
	if folder := os.Getenv(folderToHold); folder != "" {
		holdOpen(t, folder)
		return
	}
	for _, locks := range []string{"by descriptor", byProcess} {
		t.Run(locks, func(t *testing.T) {
			folder := t.TempDir()
			child := exec.Command(os.Args[0], "-test.run=^TestDatabaseStaysLocked$")
			child.Env = append(os.Environ(), folderToHold+"="+folder, ownLocks+"="+locks)
			in, err := child.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			said, held := bufio.NewScanner(out), false
			for !held && said.Scan() {
				held = said.Text() == "held"
			}
			if !held {
				t.Error("the other process does not hold the database")
			}
			if !sharedLock(t, filepath.Join(folder, FileName)) {
				t.Error("another program is told that nobody has the database open")
			}
			in.Close()
			rest, _ := io.ReadAll(out)
			if err := child.Wait(); err != nil {
				t.Errorf("%v: %s", err, rest)
			}
		})
	}
}

// holdOpen opens a review and does what sessions do meanwhile.
func holdOpen(t *testing.T, folder string) {
	if os.Getenv(ownLocks) == byProcess { // the first lock decides
		db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "first.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("CREATE TABLE first (x TEXT)"); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := resume(t, folder, newReview(t, 3, false))
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.wait()
	db := opened(t, folder)
	if _, err := db.List(time.Now()); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if h, err := Decided(folder, []Source{source("lantern.md", document)}); err != nil || h.Decisions != 1 {
		t.Errorf("found %+v, %v", h, err)
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other one has looked
}

// sharedLock asks the system whether another process holds what SQLite locks of a
// database that it has open; https://www.sqlite.org/fileformat.html#the_lock_byte_page
// says where that stands.
func sharedLock(t *testing.T, path string) bool {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 1<<30 + 2, Len: 510}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock); err != nil {
		t.Fatal(err)
	}
	return lock.Type != syscall.F_UNLCK
}
