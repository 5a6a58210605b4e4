package store

import (
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/review"
)

// titled makes a review with its own name, of its own document.
func titled(n int) func(*Options) {
	return func(o *Options) {
		o.Title, o.Who, o.New = fmt.Sprintf("Review %d", n), "jk", false
		o.Sources = func() []Source { return []Source{source("lantern.md", fmt.Sprint(document, n))} }
	}
}

// thought is what a plain model remembers.
type thought struct {
	Verdict review.Verdict
	Note    string
	order   int
}

// plainReview is a review as a plain model has it: what was judged, in order, and
// what can be judged again.
type plainReview struct {
	done, undone []plainJudgement
}

type plainJudgement struct {
	values  []string
	verdict func(review.Verdict) review.Verdict
	note    func(string) string
	order   int
}

func (p *plainReview) thoughts() map[string]thought {
	all := map[string]thought{}
	for _, d := range p.done {
		for _, v := range d.values {
			was := all[v]
			all[v] = thought{d.verdict(was.Verdict), d.note(was.Note), d.order}
		}
	}
	return all
}

func same[T any](v T) T           { return v }
func always[T any](v T) func(T) T { return func(T) T { return v } }
func valuesOf(r *review.Review, is []int) (all []string) {
	for _, i := range is {
		all = append(all, r.IOCs().Value(i))
	}
	return all
}

// TestMemoryIsThatOfAPlainModel: whatever is judged, taken back and judged again in
// several reviews, with a clock that goes anywhere, the same is remembered as a
// plain model does.
func TestMemoryIsThatOfAPlainModel(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 11))
		folder := t.TempDir()
		const reviews, iocs = 3, 12
		var sessions [reviews]*session
		var plain [reviews]plainReview
		open := func(n int) {
			if sessions[n] != nil {
				sessions[n].close()
			}
			sessions[n], _ = resume(t, folder, newReview(t, iocs, rng.IntN(2) == 0), titled(n))
		}
		for n := range reviews {
			open(n)
		}
		order := 0
		for range 120 {
			n := rng.IntN(reviews)
			s, p := sessions[n], &plain[n]
			switch rng.IntN(12) {
			case 0:
				open(n)
			case 1, 2:
				if e, ok := s.r.Undo(); ok {
					s.ticket = s.j.Undo()
					if len(review.Judgements(e.Decision)) > 0 {
						p.undone = append(p.undone, p.done[len(p.done)-1])
						p.done = p.done[:len(p.done)-1]
					}
				}
			case 3:
				if e, ok := s.r.Redo(); ok {
					s.ticket = s.j.Redo()
					if len(review.Judgements(e.Decision)) > 0 {
						p.done = append(p.done, p.undone[len(p.undone)-1])
						p.undone = p.undone[:len(p.undone)-1]
					}
				}
			default:
				d, judgements := randomJudgement(rng, s.r)
				changed, err := s.r.Decide(d, "jk", atNoon.AddDate(-5, 0, 0).Add(time.Duration(rng.IntN(2000)-1000)*time.Hour))
				if err != nil {
					t.Fatal(err)
				}
				if changed {
					order++
					h := s.r.History()
					s.ticket = s.j.Decide(h[len(h)-1], RefsOf(s.r))
					for i := range judgements {
						judgements[i].order = order
					}
					p.done, p.undone = append(p.done, judgements...), nil
				}
			}
			s.wait()
		}
		comparePlain(t, folder, sessions[:], plain[:])
		for _, s := range sessions {
			s.close()
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func randomJudgement(rng *rand.Rand, r *review.Review) (review.Decision, []plainJudgement) {
	is := rng.Perm(r.IOCs().Len())[:1+rng.IntN(4)]
	values := valuesOf(r, is)
	switch rng.IntN(4) {
	case 0:
		return review.Invert{IOCs: is}, nil
	case 1:
		note := []string{"", "our CDN", "theirs"}[rng.IntN(3)]
		return review.SetNotes{IOCs: is, Text: note}, []plainJudgement{{values: values, verdict: same[review.Verdict], note: always(note)}}
	default:
		v := review.Verdicts[rng.IntN(len(review.Verdicts))]
		return review.SetVerdict{IOCs: is, Verdict: v}, []plainJudgement{{values: values, verdict: always(v), note: same[string]}}
	}
}

func comparePlain(t *testing.T, folder string, sessions []*session, plain []plainReview) {
	t.Helper()
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Memories(context.Background(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]thought{}, map[string]thought{}
	for _, m := range all {
		got[m.Document+" "+m.Value] = thought{Verdict: m.Verdict, Note: m.Note}
	}
	for n := range plain {
		for v, th := range plain[n].thoughts() {
			if th.Verdict != review.NoVerdict || th.Note != "" {
				want[fmt.Sprintf("Review %d %s", n, v)] = thought{Verdict: th.Verdict, Note: th.Note}
			}
		}
	}
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(thought{})); diff != "" {
		t.Errorf("all memories: %s", diff)
	}
	for n, here := range sessions {
		memories, err := s.Recall(context.Background(), RefsOf(here.r), here.begun.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i := range here.r.IOCs().Len() {
			var want []thought
			for other := range plain {
				th, ok := plain[other].thoughts()[here.r.IOCs().Value(i)]
				if ok && other != n && (th.Verdict != review.NoVerdict || th.Note != "") {
					want = append(want, th)
				}
			}
			slices.SortFunc(want, func(a, b thought) int { return cmp.Compare(b.order, a.order) })
			var got []thought
			for _, m := range memories.At(i) {
				got = append(got, thought{Verdict: m.Verdict, Note: m.Note})
			}
			for k := range want {
				want[k].order = 0
			}
			if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(thought{})); diff != "" {
				t.Errorf("review %d, %s: %s", n, here.r.IOCs().Value(i), diff)
			}
		}
	}
}

// TestMemoryOfAnOlderDatabase: what was judged before there was a memory is
// remembered, in the order in which it was judged, and a copy of the old database
// stays.
func TestMemoryOfAnOlderDatabase(t *testing.T) {
	folder := t.TempDir()
	packed, err := os.Open(filepath.Join("testdata", "form-1.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	old, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, FileName), old)
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if v, err := formOf(s.Path()+".form-1", usualWait); err != nil || v != 1 {
		t.Errorf("the copy has the form %d, %v", v, err)
	}
	want := []string{
		"host-0.lantern.example benign, 28 May, jk", "host-1.lantern.example benign, 28 May, jk: our CDN",
		"host-2.lantern.example malicious, 27 May, jk", // a day later than the others, whatever the clock said
	}
	if got := remembered(t, s); !slices.Equal(got, want) {
		t.Errorf("remembered is %q, want %q", got, want)
	}
	rows, err := s.db.Query("SELECT moment FROM decisions ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	moments, err := column[int64](rows)
	if err != nil || len(moments) != 5 || !slices.IsSorted(moments) || len(slices.Compact(slices.Clone(moments))) != 5 {
		t.Errorf("the moments are %v, %v", moments, err)
	}
	session, got := resume(t, folder, newReview(t, 6, false))
	defer session.close()
	if len(got.Entries) != 5 || got.Done != 4 || got.Place.Filter != "type:domain" {
		t.Errorf("restored are %+v", got)
	}
}

// remembered are all memories in words.
func remembered(t *testing.T, s *Store, words ...string) (all []string) {
	t.Helper()
	memories, err := s.Memories(context.Background(), Query{Words: words})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range memories {
		all = append(all, m.Value+" "+m.Words(atNoon))
	}
	return all
}

// TestMemoryOfTheSameReview: what a review thinks is nothing new to it; others see
// it at once, also after it was deleted, and no longer when it is forgotten.
func TestMemoryOfTheSameReview(t *testing.T) {
	folder := t.TempDir()
	s, _ := resume(t, folder, newReview(t, 8, false), titled(1))
	s.decide(review.Include{IOCs: review.Positions{3}}, review.SetVerdict{IOCs: review.Positions{1, 2}, Verdict: review.Benign}, review.SetNote{IOC: 1, Text: "our CDN"})
	s.wait()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	own, err := db.Recall(ctx, RefsOf(s.r), s.begun.ID)
	if err != nil || own.Len() != 0 {
		t.Errorf("the review remembers %d IOCs of its own, %v", own.Len(), err)
	}
	s.close()
	if err := db.Delete(s.begun.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	if all, err := db.List(time.Now()); err != nil || len(all) != 0 {
		t.Errorf("the list has %v, %v", all, err)
	}
	var documents, decisions int
	if err := db.db.QueryRow("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM decisions)").Scan(&documents, &decisions); err != nil || documents != 0 || decisions != 2 {
		t.Errorf("%d documents and %d decisions are left, %v", documents, decisions, err)
	}
	again, got := resume(t, folder, newReview(t, 8, true), titled(1))
	defer again.close()
	if len(got.Entries) != 0 {
		t.Errorf("a deleted review was resumed: %+v", got)
	}
	memories, err := db.Recall(ctx, RefsOf(again.r), again.begun.ID)
	if err != nil || memories.Len() != 2 {
		t.Fatalf("%d IOCs are remembered of a deleted review, %v", memories.Len(), err)
	}
	if m, ok := memories.Latest(6); !ok || m.Words(atNoon) != "benign, 28 May, jk: our CDN" || m.Document != "Review 1" {
		t.Errorf("remembered is %+v", m)
	}
	all, err := db.Memories(ctx, Query{Words: []string{"OUR cdn", "lantern[.]example"}})
	if err != nil || len(all) != 1 {
		t.Fatalf("found %v, %v", all, err)
	}
	if _, err := db.Forget(ctx, all); err != nil {
		t.Fatal(err)
	}
	if got := remembered(t, db); !slices.Equal(got, []string{"host-2.lantern.example benign, 28 May, jk"}) {
		t.Errorf("after forgetting: %q", got)
	}
	if memories, err := db.Recall(ctx, RefsOf(again.r), again.begun.ID); err != nil || memories.Len() != 1 {
		t.Errorf("%d are remembered after forgetting, %v", memories.Len(), err)
	}

	at, _ := again.r.IOCs().Find("domain host-1.lantern.example")
	again.decide(review.SetVerdict{IOCs: review.Positions{at}, Verdict: review.Unsure})
	again.wait()
	if got := remembered(t, db, "host-1"); !slices.Equal(got, []string{"host-1.lantern.example unsure, 28 May, jk"}) {
		t.Errorf("what was forgotten and judged anew is %q", got)
	}
}

// TestMemoryIsShared: what one database writes another takes in once, the latest
// wins on both sides, and what was taken back is taken back there too.
func TestMemoryIsShared(t *testing.T) {
	ctx := context.Background()
	here, there := t.TempDir(), t.TempDir()
	s, _ := resume(t, here, newReview(t, 5, false), titled(1))
	defer s.close()
	s.decide(review.SetVerdict{IOCs: review.Positions{0, 1, 2}, Verdict: review.Benign})
	s.wait()
	mine, err := Open(here)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	theirs, err := Open(there)
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	share := func(from, to *Store) (TakenIn, string) {
		t.Helper()
		all, err := from.Memories(ctx, Query{Withdrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		text := linesOf(t, all)
		read, err := ReadMemories("team.jsonl", strings.NewReader(text), atNoon.AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		taken, err := to.TakeIn(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		return taken, text
	}
	if got, _ := share(mine, theirs); got != (TakenIn{New: 3}) {
		t.Errorf("taken in: %+v", got)
	}
	if got, _ := share(mine, theirs); got != (TakenIn{Known: 3}) {
		t.Errorf("taken in again: %+v", got)
	}
	if got, _ := share(theirs, mine); got != (TakenIn{Known: 3}) {
		t.Errorf("taken back in: %+v", got)
	}
	_, earlier := share(mine, theirs)
	s.decide(review.SetVerdict{IOCs: review.Positions{1}, Verdict: review.NoVerdict}, review.SetVerdict{IOCs: review.Positions{2}, Verdict: review.Malicious})
	s.wait()
	if got, _ := share(mine, theirs); got != (TakenIn{New: 1, Withdrawn: 1, Known: 1}) {
		t.Errorf("taken in after a change: %+v", got)
	}
	want := []string{"host-0.lantern.example benign, 28 May, jk", "host-2.lantern.example malicious, 28 May, jk"}
	if got := remembered(t, theirs); !slices.Equal(got, want) {
		t.Errorf("they remember %q, want %q", got, want)
	}
	old, err := ReadMemories("team.jsonl", strings.NewReader(earlier), atNoon.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := theirs.TakeIn(ctx, old); err != nil || got != (TakenIn{Known: 3}) {
		t.Errorf("an older file changed something: %+v, %v", got, err)
	}
}

func linesOf(t testing.TB, all []Memory) string {
	t.Helper()
	var b strings.Builder
	for _, m := range all {
		line, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// TestOthersAreRemembered: a journal hears of what another one judges, and of
// nothing that it judges itself.
func TestOthersAreRemembered(t *testing.T) {
	folder := t.TempDir()
	mine, _ := resume(t, folder, newReview(t, 6, false), titled(1))
	theirs, _ := resume(t, folder, newReview(t, 6, true), titled(2))
	defer mine.close()
	defer theirs.close()
	await := func(want int) *review.Memories {
		t.Helper()
		for {
			k, ok := mine.j.Remembered()
			if !ok || k.Err != nil {
				t.Fatalf("no answer: %v", k.Err)
			}
			if k.Memories.Len() == want {
				return k.Memories
			}
		}
	}
	mine.j.Recall(RefsOf(mine.r))
	await(0)
	mine.decide(review.SetVerdict{IOCs: review.Positions{0}, Verdict: review.Malicious})
	mine.wait()
	theirs.decide(review.SetVerdict{IOCs: review.Positions{0, 1}, Verdict: review.Benign})
	m := await(2)
	if got, ok := m.Latest(5); !ok || got.Verdict != review.Benign || got.Document != "Review 2" {
		t.Errorf("remembered is %+v", got)
	}
	theirs.undo()
	await(0)
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.TakeIn(context.Background(), []Memory{{Type: feed.Domain, Value: "host-3.lantern.example", Remembered: review.Remembered{
		Verdict: review.Unsure, Who: "ab", At: atNoon, Moment: 1,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	await(1)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTakenOverIsOneOpinion: what is taken over from another review is not remembered
// as a judgement of the one who took it over; what they say themselves since is.
func TestTakenOverIsOneOpinion(t *testing.T) {
	folder := t.TempDir()
	ctx := context.Background()
	theirs, _ := resume(t, folder, newReview(t, 4, false), titled(1), func(o *Options) { o.Who = "bob" })
	theirs.who = "bob"
	theirs.decide(review.SetVerdict{IOCs: review.Positions{0, 1}, Verdict: review.Benign}, review.SetNote{IOC: 1, Text: "our CDN"})
	theirs.close()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mine, _ := resume(t, folder, newReview(t, 4, false), titled(2))
	defer mine.close()
	known, err := db.Recall(ctx, RefsOf(mine.r), mine.begun.ID)
	if err != nil {
		t.Fatal(err)
	}
	mine.r.Remember(known)
	d, _ := mine.r.Recall([]int{0, 1, 2, 3})
	mine.decide(d)
	mine.wait()
	want := []string{"host-0.lantern.example benign, 28 May, bob", "host-1.lantern.example benign, 28 May, bob: our CDN"}
	if got := remembered(t, db); !slices.Equal(got, want) {
		t.Errorf("remembered is %q, want %q", got, want)
	}
	if words := mine.r.History()[0].Words; !strings.HasSuffix(words, ", as bob judged on 28 May 2026") {
		t.Errorf("the history says %q", words)
	}
	third, _ := resume(t, folder, newReview(t, 4, true), titled(3))
	defer third.close()
	if m, err := db.Recall(ctx, RefsOf(third.r), third.begun.ID); err != nil || len(m.At(3)) != 1 {
		t.Errorf("a third review knows %+v, %v", m.At(3), err)
	}
	mine.decide(review.SetVerdict{IOCs: review.Positions{1}, Verdict: review.Malicious})
	mine.wait()
	want = []string{want[0], "host-1.lantern.example malicious, 28 May, jk", want[1]}
	if got := remembered(t, db); !slices.Equal(got, want) {
		t.Errorf("remembered is %q, want %q", got, want)
	}
}
