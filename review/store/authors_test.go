package store

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/review"
)

// by opens the review of a day's bulletin as somebody, who decides what is given. Each
// begins later than the ones before.
func by(t *testing.T, folder, who string, day, after int, ds ...review.Decision) {
	t.Helper()
	s, got := resume(t, folder, newReview(t, 3, false), daily(day), func(o *Options) { o.Who = who })
	s.who, s.n = who, after
	if day > 1 && after > 20 && len(got.Entries) == 0 {
		t.Fatal("the review of the others was not found")
	}
	s.decide(ds...)
	s.wait()
	s.close()
}

func noteOf(i int, text string) review.Decision { return review.SetNote{IOC: i, Text: text} }

// TestEachSaysTheirOwn: who writes a note on somebody else's verdict, or gives a verdict
// on what somebody else noted, says no more than that; nothing that is not replaced is
// lost, also where it was said in another review.
func TestEachSaysTheirOwn(t *testing.T) {
	const value = "host-0.lantern.example "
	for _, tt := range []struct {
		name string
		act  func(folder string)
		want []string
	}{
		{"a note on a verdict", func(folder string) {
			by(t, folder, "jk", 1, 0, judgedOf(0, review.Benign))
			by(t, folder, "ab", 2, 10, judgedOf(0, review.Malicious))
			by(t, folder, "jk", 2, 30, noteOf(0, "seen"))
		}, []string{"benign, 28 May, jk: seen", "malicious, 28 May, ab"}},
		{"a verdict on a note", func(folder string) {
			by(t, folder, "jk", 2, 10, noteOf(0, "seen"))
			by(t, folder, "ab", 2, 30, judgedOf(0, review.Benign))
		}, []string{"28 May, jk: seen", "benign, 28 May, ab"}},
		{"another verdict", func(folder string) {
			by(t, folder, "jk", 1, 0, judgedOf(0, review.Benign))
			by(t, folder, "ab", 2, 10, judgedOf(0, review.Malicious), noteOf(0, "sandbox"))
			by(t, folder, "jk", 2, 30, judgedOf(0, review.Unsure))
		}, []string{"28 May, ab: sandbox", "unsure, 28 May, jk"}},
		{"taken back by somebody else", func(folder string) {
			by(t, folder, "ab", 1, 0, judgedOf(0, review.Benign))
			by(t, folder, "ab", 2, 10, judgedOf(0, review.Malicious))
			by(t, folder, "jk", 2, 30, judgedOf(0, review.NoVerdict))
		}, []string{"benign, 28 May, ab"}},
		{"taken back by both", func(folder string) {
			by(t, folder, "ab", 2, 10, judgedOf(0, review.Malicious))
			by(t, folder, "jk", 2, 30, judgedOf(0, review.Benign))
			by(t, folder, "ab", 2, 40, judgedOf(0, review.Unsure), judgedOf(0, review.NoVerdict))
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			tt.act(folder)
			var want []string
			for _, w := range tt.want {
				want = append(want, value+w)
			}
			words := func(s *Store) []string { all := remembered(t, s); slices.Sort(all); return all }
			here, there := opened(t, folder), opened(t, t.TempDir())
			if diff := cmp.Diff(want, words(here)); diff != "" {
				t.Errorf("the search: %s", diff)
			}
			known, err := here.Recall(context.Background(), RefsOf(newReview(t, 3, false)), 0)
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for _, m := range known.At(0) {
				rows = append(rows, m.Words(atNoon))
			}
			slices.Sort(rows)
			if diff := cmp.Diff(tt.want, rows); diff != "" {
				t.Errorf("the row of another review: %s", diff)
			}
			sharedWith(t, here, there)
			if diff := cmp.Diff(want, words(there)); diff != "" {
				t.Errorf("elsewhere: %s", diff)
			}
			if got := sharedWith(t, there, here); got.New != 0 || got.Withdrawn != 0 || cmp.Diff(want, words(here)) != "" {
				t.Errorf("taken back in: %+v, %v", got, words(here))
			}
		})
	}
}

// TestTakesOverTheLatestVerdict: a later note of somebody else does not hide whose the
// verdict is, and that people differ is told.
func TestTakesOverTheLatestVerdict(t *testing.T) {
	folder := t.TempDir()
	by(t, folder, "jk", 1, 0, judgedOf(0, review.Benign))
	by(t, folder, "ab", 2, 10, judgedOf(0, review.Malicious))
	by(t, folder, "jk", 2, 30, noteOf(0, "seen"))
	r := newReview(t, 3, false)
	known, err := opened(t, folder).Recall(context.Background(), RefsOf(r), 0)
	if err != nil {
		t.Fatal(err)
	}
	r.Remember(known)
	d, _ := r.Recall([]int{0})
	if len(d.Parts) != 1 || d.Parts[0].Who != "ab" || d.Parts[0].Verdict != review.Malicious || r.Differing(d) != 1 {
		t.Errorf("takes over %+v, %d differ", d, r.Differing(d))
	}
}

// TestCopySaysOnlyWhatIsNew: a note in the copy of a review does not say the verdict of
// somebody else a second time.
func TestCopySaysOnlyWhatIsNew(t *testing.T) {
	folder := t.TempDir()
	decided(t, folder, "ana", judgedOf(0, review.Malicious))
	bob := served(t, folder, "bob")
	bob.n = 10
	bob.decide(judgedOf(1, review.Benign))
	bob.paste("secret.example")
	bob.decide(noteOf(0, "seen"), noteOf(1, "ours"))
	bob.wait()
	bob.close()
	db := opened(t, folder)
	want := []string{"host-0.lantern.example 28 May, bob: seen", "host-0.lantern.example malicious, 28 May, ana", "host-1.lantern.example benign, 28 May, bob: ours"}
	got := remembered(t, db)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	all, err := judgedReviews(context.Background(), db.db)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d reviews, %v", len(all), err)
	}
	j, err := judge(context.Background(), db.db, all[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range j.thoughts {
		if m.Verdict != review.NoVerdict && m.Who != "bob" {
			t.Errorf("the copy says %+v", m)
		}
	}
}
