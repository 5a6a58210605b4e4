//go:build unix

package cli

import (
	"strings"
	"testing"

	"quarry/ui/termtest"
)

// TestSettingsOfAnotherDay: a review that is resumed is as it was decided, whatever
// the settings say by now, and says what it does not follow.
func TestSettingsOfAnotherDay(t *testing.T) {
	state, doc := t.TempDir(), sample(t, "sample.md")
	run := func(lookback string, args ...string) *termtest.Pty {
		cmd := inState(t, state, args...)
		cmd.Env = append(cmd.Env, "QUARRY_LOOKBACK="+lookback, "QUARRY_MIN_CONFIDENCE=60")
		return termtest.StartPty(t, 180, 40, cmd)
	}
	leave := func(p *termtest.Pty) {
		t.Helper()
		p.Press("q", "q")
		if code := exitCodeOf(t, p.Wait()); code != ExitDone {
			t.Errorf("ended with %d", code)
		}
	}
	p := run("36h", doc)
	p.WaitFor("last 36h")
	p.Press("space")
	p.WaitFor("switched off")
	leave(p)
	for _, args := range [][]string{{doc}, {"reviews", "resume", "1"}} {
		p = run("14d", args...)
		p.WaitFor("it keeps what it began with: lookback 36h, not 14d")
		p.WaitFor("last 36h")
		p.Press("u")
		p.WaitFor("undone: switched off")
		p.Press("U")
		p.WaitFor("done again: switched off")
		leave(p)
	}
	p = run("14d", "--lookback", "3d", doc) // a flag is a setting too
	p.WaitFor("it keeps what it began with: lookback 36h, not 3d")
	leave(p)
	p = run("14d", "--lookback", "3d", "--target=defender", "--match", "exact", "--new", doc)
	p.WaitFor("Defender  last 3d")
	leave(p)
	export := inState(t, state, "reviews", "export", "1")
	var said strings.Builder
	export.Stderr = &said
	out, err := export.Output()
	if err != nil || !strings.Contains(string(out), "lookback: 36h") || !strings.Contains(string(out), "min_confidence: 60") {
		t.Errorf("exported with %v:\n%.600s", err, out)
	}
	if want := "quarry: the review keeps what it began with: lookback 36h, not 7d, min_confidence 60, not 0"; !strings.Contains(said.String(), want) {
		t.Errorf("it says %q, want %q", said.String(), want)
	}
	out, err = inState(t, state, "reviews", "show", "1").Output()
	if want := "began with: target sentinel, lookback 36h, match subdomain, port label, own_side false, long keep, min_confidence 60"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: it shows\n%s", err, out)
	}
}
