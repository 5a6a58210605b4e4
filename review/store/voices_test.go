package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quarry/feed"
	"quarry/review"
)

// daily makes a review of the bulletin of a day: each has the same title and other
// content.
func daily(day int) func(*Options) {
	return func(o *Options) {
		titled(day)(o)
		o.Title = "Daily bulletin"
	}
}

func judgedOf(i int, v review.Verdict) review.Decision {
	return review.SetVerdict{IOCs: review.Positions{i}, Verdict: v}
}

// TestNextDayWipesNothing: a note, a second look or a slip in the bulletin of the
// next day leaves what was said in that of the first.
func TestNextDayWipesNothing(t *testing.T) {
	note := func(text string) review.Decision { return review.SetNote{IOC: 0, Text: text} }
	for _, tt := range []struct {
		name          string
		first, second []review.Decision
		want          []string
	}{
		{"a note", []review.Decision{judgedOf(0, review.Malicious)}, []review.Decision{note("seen")}, []string{"malicious, 28 May, jk: seen"}},
		{"a slip", []review.Decision{judgedOf(0, review.Malicious)}, []review.Decision{judgedOf(0, review.Benign), judgedOf(0, review.NoVerdict)}, []string{"malicious, 28 May, jk"}},
		{"a verdict", []review.Decision{judgedOf(0, review.Malicious), note("sandbox")}, []review.Decision{judgedOf(0, review.Benign)}, []string{"benign, 28 May, jk: sandbox"}},
		{"taken back in the review itself", []review.Decision{judgedOf(0, review.Malicious), judgedOf(0, review.NoVerdict)}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			first, _ := resume(t, folder, newReview(t, 3, false), daily(1))
			first.decide(tt.first...)
			first.close()
			second, _ := resume(t, folder, newReview(t, 3, false), daily(2))
			second.decide(tt.second...)
			second.close()
			db, err := Open(folder)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var want []string
			for _, w := range tt.want {
				want = append(want, "host-0.lantern.example "+w)
			}
			if diff := cmp.Diff(want, remembered(t, db)); diff != "" {
				t.Errorf("the list: %s", diff)
			}
			third, _ := resume(t, folder, newReview(t, 3, false), daily(3))
			defer third.close()
			known, err := db.Recall(context.Background(), RefsOf(third.r), third.begun.ID)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range known.At(0) {
				got = append(got, m.Words(atNoon))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the next review: %s", diff)
			}
		})
	}
}

// opened opens a database of a test.
func opened(t testing.TB, folder string) *Store {
	t.Helper()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sharedWith takes in what one database exports to another.
func sharedWith(t testing.TB, from, to *Store) TakenIn {
	t.Helper()
	all, err := from.Memories(context.Background(), Query{Withdrawn: true})
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadMemories("team.jsonl", strings.NewReader(linesOf(t, all)), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := to.TakeIn(context.Background(), read)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestSlipIsSharedAsOne: who took in a verdict that was a slip learns what holds, and
// a slip takes back nothing that was said on another machine.
func TestSlipIsSharedAsOne(t *testing.T) {
	mine, theirs := t.TempDir(), t.TempDir()
	first, _ := resume(t, mine, newReview(t, 3, false), daily(1))
	first.decide(judgedOf(0, review.Malicious), review.SetNote{IOC: 0, Text: "sandbox"})
	first.close()
	second, _ := resume(t, mine, newReview(t, 3, false), daily(2))
	second.n = 10
	second.decide(judgedOf(0, review.Benign), judgedOf(1, review.Benign))
	second.wait()
	here, there := opened(t, mine), opened(t, theirs)
	if got := sharedWith(t, here, there); got != (TakenIn{New: 2}) {
		t.Errorf("taken in: %+v", got)
	}
	second.decide(judgedOf(0, review.NoVerdict), judgedOf(1, review.NoVerdict))
	second.wait()
	sharedWith(t, here, there)
	want := []string{"host-0.lantern.example malicious, 28 May, jk: sandbox"}
	if diff := cmp.Diff(want, remembered(t, there)); diff != "" {
		t.Error(diff)
	}
	if got := sharedWith(t, here, there); got != (TakenIn{Known: 2}) {
		t.Errorf("taken in again: %+v", got)
	}
	other := opened(t, t.TempDir()) // where the same person said something of the second one
	_, err := other.TakeIn(context.Background(), []Memory{{Type: feed.Domain, Value: "host-1.lantern.example", Remembered: review.Remembered{
		Verdict: review.Malicious, Who: "jk", Document: "Daily bulletin", At: atNoon.AddDate(0, 0, -1), Moment: atNoon.AddDate(0, 0, -1).UnixMicro(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	sharedWith(t, here, other)
	want = append(want, "host-1.lantern.example malicious, 27 May, jk")
	if diff := cmp.Diff(want, remembered(t, other)); diff != "" {
		t.Error(diff)
	}
}

// TestSinceADay: a day begins where the reviewer is, and a line with a day and no
// time is of that day everywhere.
func TestSinceADay(t *testing.T) {
	day := Memory{Remembered: review.Remembered{Verdict: review.Benign, At: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}}
	evening := Memory{Remembered: review.Remembered{Verdict: review.Benign, At: time.Date(2026, 5, 11, 22, 0, 0, 0, time.UTC)}}
	for hours, want := range map[int]bool{-5: false, 0: false, 9: true} {
		q := Query{Since: time.Date(2026, 5, 12, 0, 0, 0, 0, time.FixedZone("", hours*3600))}
		if !q.means(&day) || q.means(&evening) != want {
			t.Errorf("%d hours: the day %v, the evening before in UTC %v", hours, q.means(&day), q.means(&evening))
		}
	}
	noted := Memory{Remembered: review.Remembered{
		Verdict: review.Benign, Note: "ours", Judged: review.Said{At: atNoon.AddDate(0, -1, 0), Moment: 1}, Noted: review.Said{At: atNoon, Moment: 2},
	}.Whole()}
	if q := (Query{Since: atNoon}); !q.means(&noted) {
		t.Error("a note of today on an older verdict is left out")
	}
}

// TestForgetsWhatWasShown: what is judged after a search was made is not forgotten
// with what it found.
func TestForgetsWhatWasShown(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 3, false), titled(1))
	s.decide(judgedOf(0, review.Benign), judgedOf(1, review.Benign))
	s.wait()
	db := opened(t, folder)
	all, err := db.Memories(context.Background(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	s.decide(judgedOf(0, review.Malicious))
	s.wait()
	if n, err := db.Forget(context.Background(), all); n != 2 || err != nil {
		t.Errorf("forgotten %d, %v", n, err)
	}
	if diff := cmp.Diff([]string{"host-0.lantern.example malicious, 28 May, jk"}, remembered(t, db)); diff != "" {
		t.Error(diff)
	}
	if shared, err := db.Memories(context.Background(), Query{Withdrawn: true}); err != nil || len(shared) != 1 {
		t.Errorf("others are told %+v, %v", shared, err)
	}
	// The lines of before stay forgotten.
	if got, err := db.TakeIn(context.Background(), all); err != nil || got.New != 0 || len(remembered(t, db)) != 1 {
		t.Errorf("taken in %+v, %v", got, err)
	}
}

// TestFarDates: a line with a date that cannot be is refused whoever wrote it, one that
// was said behind such a date is not, and what was taken in before puts nothing here
// behind it.
func TestFarDates(t *testing.T) {
	ctx := context.Background()
	const typed = `{"type":"domain","value":"other.example.org","verdict":"benign","who":"cd","at":"2206-05-12"`
	var fault *MemoryError
	if _, err := ReadMemories("team.jsonl", strings.NewReader(typed+"}"), now); !errors.As(err, &fault) || !strings.Contains(err.Error(), "still to come") {
		t.Errorf("a mistyped year: %v", err)
	}
	if _, err := ReadMemories("team.jsonl", strings.NewReader(typed+`,"moment":7458739200000000}`), now); !errors.As(err, &fault) || !strings.Contains(err.Error(), "still to come") {
		t.Errorf("a year that cannot be, with its moment: %v", err)
	}
	folder, machine := t.TempDir(), t.TempDir()
	db := opened(t, folder)
	read, err := ReadMemories("team.jsonl", strings.NewReader(
		`{"type":"domain","value":"sane.example.org","verdict":"benign","who":"cd","at":"2026-05-12","moment":253402214400000002}`), now)
	if err != nil {
		t.Fatal(err)
	}
	if got := read[0].Moment; got != time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC).UnixMicro() {
		t.Errorf("what was said behind a far date has the moment %d", got)
	}
	if _, err := db.TakeIn(ctx, read); err != nil {
		t.Fatal(err)
	}
	// Whatever stands in the clock already, what a person says later on another machine wins.
	run(t, folder, "UPDATE clock SET moment = 7458739200000001")
	here, _ := resume(t, folder, newReview(t, 3, false), titled(1))
	here.decide(judgedOf(0, review.Benign))
	here.close()
	there, _ := resume(t, machine, newReview(t, 3, false), titled(1))
	there.n = 60
	there.decide(judgedOf(0, review.Malicious))
	there.close()
	sharedWith(t, opened(t, machine), db)
	if diff := cmp.Diff([]string{"host-0.lantern.example malicious, 28 May, jk"}, remembered(t, db, "host-0")); diff != "" {
		t.Error(diff)
	}
	fresh := opened(t, t.TempDir())
	if _, err := fresh.TakeIn(ctx, read); err != nil {
		t.Fatal(err)
	}
	if last, err := lastMoment(fresh.db); err != nil || last > mostAhead(time.Now()) {
		t.Errorf("the clock was moved to %d, %v", last, err)
	}
}

// TestWhatIsExportedIsTakenIn: whatever was judged, taken back, taken in and forgotten,
// with whatever clock, another database takes it in, remembers the same, and has
// nothing new when it takes it in again.
func TestWhatIsExportedIsTakenIn(t *testing.T) {
	clocks := []time.Time{
		time.Unix(600, 0), time.Unix(0, 0), time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), atNoon.AddDate(-3, 0, 0),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), {},
	}
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 7))
		folder := t.TempDir()
		for n := range 3 {
			s, _ := resume(t, folder, newReview(t, 4, rng.IntN(2) == 0), daily(n))
			for range 8 {
				d, _ := randomJudgement(rng, s.r)
				if changed, err := s.r.Decide(d, "jk", clocks[rng.IntN(len(clocks))]); err != nil {
					t.Fatal(err)
				} else if changed {
					h := s.r.History()
					s.ticket = s.j.Decide(h[len(h)-1], RefsOf(s.r))
				}
			}
			if n == 2 { // nobody takes in what is still to come, nor is there any before this
				s.decide(review.SetNote{IOC: 0, Text: "the last"})
			}
			s.wait()
			s.close()
		}
		from, to := opened(t, folder), opened(t, t.TempDir())
		all, err := from.Memories(context.Background(), Query{})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > 1 {
			if _, err := from.Forget(context.Background(), all[:1]); err != nil {
				t.Fatal(err)
			}
		}
		sharedWith(t, from, to)
		words := func(s *Store) []string {
			all := remembered(t, s)
			for i := range all { // a line has a time where there was none
				all[i] = strings.Replace(all[i], ", 1 Jan 1970", "", 1)
			}
			return all
		}
		sorted := func(all []string) []string { slices.Sort(all); return all } // two of one moment have no order
		want := sorted(words(from))
		if diff := cmp.Diff(want, sorted(words(to)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		if got := sharedWith(t, from, to); got.New != 0 || got.Withdrawn != 0 {
			t.Errorf("seed %d: taken in again: %+v", seed, got)
		}
		sharedWith(t, to, from)
		if got := sharedWith(t, to, from); got.New != 0 || got.Withdrawn != 0 || cmp.Diff(want, sorted(words(from))) != "" {
			t.Errorf("seed %d: taken back in: %+v: %s", seed, got, cmp.Diff(want, sorted(words(from))))
		}
		for _, s := range []*Store{from, to} {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestManyOpinionsOfOneIOC: what others said of one IOC is looked up and searched in
// time that grows as it does; a journal that closes does not wait for it.
func TestManyOpinionsOfOneIOC(t *testing.T) {
	folder := t.TempDir()
	db := opened(t, folder)
	const n = 30_000
	all := make([]Memory, n)
	for i := range all {
		all[i] = Memory{Type: feed.Domain, Value: "host-0.lantern.example", Remembered: review.Remembered{Verdict: review.Malicious, Who: "jk", Document: fmt.Sprint(i), At: atNoon, Moment: int64(i + 1)}}
	}
	if _, err := db.TakeIn(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	s, _ := resume(t, folder, newReview(t, 3, false), titled(1))
	s.j.Recall(RefsOf(s.r))
	if k, ok := s.j.Remembered(); !ok || k.Err != nil || len(k.Memories.At(0)) != n {
		t.Errorf("%d opinions, %v", len(k.Memories.At(0)), k.Err)
	}
	found, count, err := s.j.Search(context.Background(), []string{"malicious", "lantern"}, 5)
	if err != nil || count != n || len(found) != 5 || found[0].Document != fmt.Sprint(n-1) {
		t.Errorf("found %d of %d, %v", len(found), count, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.j.Search(ctx, nil, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was ended: %v", err)
	}
	s.close()
	if _, _, err := s.j.Search(context.Background(), nil, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("a search after the end: %v", err)
	}
}

// TestOneSearchAtATime: a search waits for that of another session, and ends while it
// waits when its own journal searches for something else or closes.
func TestOneSearchAtATime(t *testing.T) {
	s, _ := resume(t, t.TempDir(), newReview(t, 3, false), titled(1))
	s.decide(judgedOf(0, review.Benign))
	s.wait()
	oneSearch <- struct{}{} // another session searches
	ended := make(chan error, 2)
	search := func() {
		_, _, err := s.j.Search(context.Background(), nil, 5)
		ended <- err
	}
	begun := func(n int) { // waits until so many searches were begun
		for {
			s.j.looking.mu.Lock()
			at := s.j.looking.begun
			s.j.looking.mu.Unlock()
			if at == n {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	go search()
	begun(1)
	go search()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first search: %v", err)
	}
	begun(2)
	s.close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the search of a closed journal: %v", err)
	}
	<-oneSearch
}
