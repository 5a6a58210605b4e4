package store

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"quarry/review"
)

// TestHolderThatDied: who was killed is gone at once: while its parent did not take
// note of it, and when another process has its number.
func TestHolderThatDied(t *testing.T) {
	self := newHolder("jk")
	self.Beat = time.Now()
	if !self.alive(time.Now()) || !strings.Contains(self.token, "@") {
		t.Errorf("this process is gone: %+v", self)
	}
	other := self
	other.token, _, _ = strings.Cut(self.token, "@")
	other.token += "@1"
	if other.alive(time.Now()) {
		t.Error("another process with its number is taken for the holder")
	}
	child := exec.Command(os.Args[0], "-test.run=^$")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	zombie := self
	zombie.PID, zombie.token = child.Process.Pid, "x"
	for end := time.Now().Add(20 * time.Second); zombie.alive(time.Now()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a process that ended and was not waited for is taken to be alive")
		}
		zombie.Beat = time.Now()
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

// TestFollowerSeesItsHolderDie: without a word in the database.
func TestFollowerSeesItsHolderDie(t *testing.T) {
	folder := t.TempDir()
	child := exec.Command("sleep", "600")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	a, _ := resume(t, folder, newReview(t, 10, false))
	a.decide(review.Include{IOCs: review.Positions{1}})
	a.wait()
	err := a.j.ask(func(w *writer) error {
		start, _ := startOf(child.Process.Pid)
		w.self.PID, w.self.token = child.Process.Pid, "x@"+start
		return w.inTransaction(w.hold)
	})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := resume(t, folder, newReview(t, 10, true), func(o *Options) { o.Who = "mn" })
	if b.begun.Holder == nil {
		t.Fatal("nobody has it")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	b.until("the end of the holder", func(c Change) bool { return c.Holder != nil && c.Holder.Gone() })
	if err := b.j.TakeOver(); err != nil {
		t.Fatal(err)
	}
	b.until("its own turn", func(c Change) bool { return c.Holder == nil })
	_ = child.Wait() // it was killed
}
