package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quarry/kql"
	"quarry/review"
)

// with lets a review and its journal begin with defaults.
func with(r *review.Review, d review.Defaults) func(*Options) {
	r.Begin(d)
	return func(o *Options) { o.BegunWith = r.BegunWith() }
}

// strict and loose are the settings of two analysts, or of one on two days.
var (
	strict = review.Defaults{Target: kql.Defender, Lookback: 36 * time.Hour, MinConfidence: 60, Long: review.SplitLong, Knobs: kql.Knobs{Match: kql.ExactMatch, Port: kql.RequirePort, OwnSide: true}}
	loose  = review.Defaults{Target: kql.Sentinel, Lookback: 7 * 24 * time.Hour}
)

// again is resume where the settings are others, as the workbench does.
func again(t *testing.T, folder string, d review.Defaults, change ...func(*Options)) (*session, Restored) {
	t.Helper()
	r := newReview(t, 4, false)
	s := begin(t, folder, r, append(change, with(r, d))...)
	var err error
	if s.begun, err = s.j.Begin(); err != nil {
		t.Fatal(err)
	}
	got, err := s.j.Restore(RefsOf(r))
	if err != nil {
		t.Fatal(err)
	}
	if got.BegunWith != nil {
		r.Begin(*got.BegunWith)
	}
	r.Restore(got.Entries, got.Done)
	return s, got
}

// begunWith fails the test unless the review began with d.
func (s *session) begunWith(d review.Defaults) {
	s.t.Helper()
	if got := s.r.BegunWith(); got != d {
		s.t.Errorf("it began with %+v, want %+v", got, d)
	}
}

// TestBegunWithIsKept: a review means the same whatever the settings are by now, for
// who goes on with it, looks at it, exports it, and takes it in from a file.
func TestBegunWithIsKept(t *testing.T) {
	folder := t.TempDir()
	s, _ := again(t, folder, strict)
	s.decide(review.SetLookback{Lookback: 48 * time.Hour})
	s.wait()
	looking, _ := again(t, folder, loose, func(o *Options) { o.Who = "mn" })
	if looking.begun.Holder == nil {
		t.Fatal("two decide")
	}
	looking.begunWith(strict)
	looking.close()
	s.close()

	s, got := again(t, folder, loose)
	s.begunWith(strict)
	if got.Done != 1 || s.r.Lookback() != 48*time.Hour || s.r.MinConfidence() != 60 {
		t.Errorf("resumed %+v", got)
	}
	s.undo()
	s.wait()
	s.close()
	s, _ = again(t, folder, loose) // what was undone can be redone
	s.begunWith(strict)
	s.close()

	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r := newReview(t, 4, false)
	r.Begin(loose)
	if _, err := db.Restore(1, r); err != nil || r.BegunWith() != strict {
		t.Errorf("%v: it began with %+v", err, r.BegunWith())
	}
	if one, err := db.Summary(1, atNoon); err != nil || one.BegunWith == nil || *one.BegunWith != strict {
		t.Errorf("%v: the summary has %+v", err, one.BegunWith)
	}
}

// TestNothingDecidedFollowsTheSettings: who only looked wants what they set since.
func TestNothingDecidedFollowsTheSettings(t *testing.T) {
	folder := t.TempDir()
	s, _ := again(t, folder, strict)
	s.j.At(Place{Filter: "lantern"})
	s.close()
	s, got := again(t, folder, loose)
	s.begunWith(loose)
	if got.Place.Filter != "lantern" {
		t.Errorf("restored %+v", got)
	}
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.close()
	s, _ = again(t, folder, strict)
	s.begunWith(loose)
}

// TestBegunWithOfOlderForms: what an older Quarry saved goes on with the settings of
// today, which it keeps from then on.
func TestBegunWithOfOlderForms(t *testing.T) {
	folder := t.TempDir()
	old, err := open(folder, forms[:2], usualWait)
	if err != nil {
		t.Fatal(err)
	}
	_, err = old.db.Exec(`INSERT INTO reviews (identity, title, place, scenarios, done, begun, changed, holder, who, host, pid, beat)
		VALUES (?, 'Lantern RAT', '{}', '[]', 1, 1, 1, '', '', '', 0, 0);
		INSERT INTO decisions (review, seq, kind, object, words, who, at, moment) VALUES (1, 1, 'target', '{"target":"defender"}', 'hunt in Defender', 'jk', 1, 1)`,
		hashOf(document))
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	s, got := again(t, folder, strict)
	s.begunWith(strict)
	if got.Done != 1 {
		t.Fatalf("restored %+v", got)
	}
	s.close()
	s, _ = again(t, folder, loose)
	s.begunWith(strict)
}

// TestBegunWithInAFile: what the database did not take comes back as it was meant.
func TestBegunWithInAFile(t *testing.T) {
	folder := t.TempDir()
	write(t, folder+"/"+FileName, []byte(strings.Repeat("this is something else\n", 100)))
	r := newReview(t, 4, false)
	w := begin(t, folder, r, with(r, strict))
	if _, err := w.j.Begin(); err == nil {
		t.Fatal("the database can be had")
	}
	w.decide(review.Include{IOCs: review.Positions{1}})
	status := w.waitUnsaved()
	w.close()
	if _, err := MoveAside(folder, atNoon); err != nil {
		t.Fatal(err)
	}
	imported(t, folder, status.Beside, 1)
	s, _ := again(t, folder, loose)
	s.begunWith(strict)
}

// TestBegunWithThatIsNotKnown: a review that says what this Quarry does not know is
// left as it is.
func TestBegunWithThatIsNotKnown(t *testing.T) {
	folder := t.TempDir()
	s, _ := again(t, folder, strict)
	s.decide(review.Include{IOCs: review.Positions{1}})
	s.close()
	run(t, folder, `UPDATE reviews SET begun_with = '{"target":"elsewhere"}'`)
	r := newReview(t, 4, false)
	w := begin(t, folder, r, with(r, loose))
	if _, err := w.j.Begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.j.Restore(RefsOf(r)); !errors.As(err, new(*DamagedError)) || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("restored with %v", err)
	}
}
