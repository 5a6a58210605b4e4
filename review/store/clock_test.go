package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/review"
)

// TestTodayInAZoneAhead: a line dated on a day that has begun only in zones ahead is no
// later than what is decided here next, and nothing decided here from then on is dated
// ahead.
func TestTodayInAZoneAhead(t *testing.T) {
	now := time.Date(2026, 5, 28, 15, 0, 0, 0, time.UTC)
	read := func(line string) Memory {
		t.Helper()
		all, err := ReadMemories("team.jsonl", strings.NewReader(`{"type":"domain","value":"evil.example","verdict":"benign","who":"cd","at":`+line+`}`), now)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	if m := read(`"2026-05-29"`); m.Moment > now.UnixMicro() || m.At.Day() != 29 {
		t.Errorf("a day that begins in %v has the moment %d, %v", m.At.Sub(now), m.Moment, m.At)
	}
	if m, day := read(`"2026-05-28"`), time.Date(2026, 5, 28, 0, 0, 0, 0, time.UTC); m.Moment != day.UnixMicro() {
		t.Errorf("a day that has begun has the moment %d", m.Moment)
	}
	db := opened(t, t.TempDir())
	for _, tt := range []struct{ given, want time.Time }{
		{now.Add(-time.Hour), now.Add(-time.Hour)},
		{now.Add(time.Minute), now.Add(time.Minute)},
		{now.Add(9 * time.Hour), now.Add(5 * time.Minute)},
	} {
		if err := setMomentFrom(db.db, tt.given.UnixMicro(), now); err != nil {
			t.Fatal(err)
		}
		if last, err := lastMoment(db.db); err != nil || last != tt.want.UnixMicro() {
			t.Errorf("%v ahead moves the clock to %v, %v", tt.given.Sub(now), moment(last).Sub(now), err)
		}
	}
}

// TestForgottenAhead: what is decided after a memory dated ahead was forgotten is not
// forgotten with it.
func TestForgottenAhead(t *testing.T) {
	folder := t.TempDir()
	db := opened(t, folder)
	soon := time.Now().Add(9 * time.Hour)
	_, err := db.TakeIn(t.Context(), []Memory{{Type: feed.Domain, Value: "host-0.lantern.example", Remembered: review.Remembered{
		Verdict: review.Malicious, Who: "jk", Document: "Daily bulletin", At: soon, Moment: soon.UnixMicro(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := db.Memories(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := db.Forget(t.Context(), all); n != 1 || err != nil {
		t.Fatalf("%d forgotten, %v", n, err)
	}
	by(t, folder, "jk", 1, 0, judgedOf(0, review.Benign))
	if diff := cmp.Diff([]string{"host-0.lantern.example benign, 28 May, jk"}, remembered(t, db)); diff != "" {
		t.Error(diff)
	}
}

// TestClockThatWasAhead: what is judged once a clock that was days ahead is right again
// stands above what was judged before, is taken back, and is not forgotten with it; so
// it is while the time that the clock said comes and when it is over.
func TestClockThatWasAhead(t *testing.T) {
	const evil = "host-0.lantern.example"
	folder := t.TempDir()
	by(t, folder, "jk", 1, 0, judgedOf(0, review.Malicious))
	ahead := (72 * time.Hour).Microseconds()
	now := time.Now()
	run(t, folder, fmt.Sprintf("UPDATE decisions SET at = %d, moment = at; UPDATE clock SET moment = %[1]d", now.UnixMicro()+ahead))
	db := opened(t, folder)
	said := func(when, want string) {
		t.Helper()
		all, err := db.Memories(t.Context(), Query{Words: []string{evil}})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, m := range all {
			got += string(m.Verdict) + " "
		}
		if got != want {
			t.Errorf("%s: remembered %q, want %q", when, got, want)
		}
	}
	said("the clock is right again", "malicious ")
	by(t, folder, "jk", 2, 1, judgedOf(0, review.Benign))
	said("judged again", "benign ")
	other := opened(t, t.TempDir())
	sharedWith(t, db, other)
	if diff := cmp.Diff([]string{evil + " benign, 28 May, jk"}, remembered(t, other)); diff != "" {
		t.Error(diff)
	}
	by(t, folder, "jk", 2, 2, judgedOf(0, review.NoVerdict))
	said("taken back", "malicious ")
	by(t, folder, "jk", 3, 3, judgedOf(0, review.Unsure))
	said("in a third one", "unsure ")
	all, err := db.Memories(t.Context(), Query{Words: []string{evil}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Forget(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	said("forgotten", "")
	by(t, folder, "jk", 4, 4, judgedOf(0, review.Benign))
	said("judged after it was forgotten", "benign ")
	for _, later := range []time.Duration{48*time.Hour - time.Second, 48 * time.Hour, 96 * time.Hour} {
		far, err := farMomentsOf(t.Context(), db.db, now.Add(later))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.db.Query("SELECT moment FROM decisions ORDER BY moment")
		if err != nil {
			t.Fatal(err)
		}
		given, err := column[int64](rows)
		if err != nil {
			t.Fatal(err)
		}
		for i := range given[1:] {
			if far.of(given[i]) >= far.of(given[i+1]) {
				t.Errorf("%v later %d of %d stands behind the one after it", later, i, len(given))
			}
		}
	}
}

// TestTakenInFromFarAhead: what was taken in with a date that cannot be is no later than
// what is judged here, and forgetting it forgets nothing that is judged from then on.
func TestTakenInFromFarAhead(t *testing.T) {
	for _, forget := range []bool{false, true} {
		folder := t.TempDir()
		db := opened(t, folder)
		far := time.Date(2206, 5, 12, 0, 0, 0, 0, time.UTC)
		_, err := db.TakeIn(t.Context(), []Memory{{Type: feed.Domain, Value: "host-0.lantern.example", Remembered: review.Remembered{
			Verdict: review.Benign, Who: "jk", Document: "Daily bulletin", At: far, Moment: far.UnixMicro(),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"host-0.lantern.example benign, 12 May 2206, jk"}, remembered(t, db)); diff != "" {
			t.Error(diff)
		}
		if forget {
			all, err := db.Memories(t.Context(), Query{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := db.Forget(t.Context(), all); n != 1 || err != nil || len(remembered(t, db)) != 0 {
				t.Fatalf("%d forgotten, %v, left %v", n, err, remembered(t, db))
			}
			if last, err := lastMoment(db.db); err != nil || last > clockAhead(time.Now()) {
				t.Errorf("the clock was moved to %v, %v", moment(last), err)
			}
		}
		by(t, folder, "jk", 1, 0, judgedOf(0, review.Malicious))
		if diff := cmp.Diff([]string{"host-0.lantern.example malicious, 28 May, jk"}, remembered(t, db)); diff != "" {
			t.Errorf("forgotten %v: %s", forget, diff)
		}
	}
}
