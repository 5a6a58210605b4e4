//go:build unix

package cli

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"quarry/ui/termtest"
)

// TestOpenReviewIsNotDeleted: who has it is told before anything is asked.
func TestOpenReviewIsNotDeleted(t *testing.T) {
	state := t.TempDir()
	p := termtest.StartPty(t, 120, 40, inState(t, state, sample(t, "sample.md")))
	p.WaitFor("14 of 14 ")
	p.Press("space")
	p.WaitFor("switched off")
	for _, args := range [][]string{{"reviews", "delete", "1"}, {"reviews", "delete", "1", "--yes"}} {
		q := termtest.StartPty(t, 120, 24, inState(t, state, args...))
		err := q.Wait()
		var failed *exec.ExitError
		if said := q.Output(); !errors.As(err, &failed) || !strings.Contains(said, "review 1 is open: ") || !strings.Contains(said, "leave it there first") || strings.Contains(said, "[y/N]") {
			t.Errorf("%v: it ended with %v and says %q", args, err, said)
		}
	}
	p.Press("q", "q")
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	q := termtest.StartPty(t, 120, 24, inState(t, state, "reviews", "delete", "1"))
	q.WaitForOutput("delete review 1, .* with 1 decision[?] .y/N")
	q.Type("y")
	q.Press("enter")
	if err := q.Wait(); err != nil {
		t.Error(err)
	}
	if words, _ := shownBy(t, state, 1); words != nil {
		t.Errorf("it is there: %q", words)
	}
}
