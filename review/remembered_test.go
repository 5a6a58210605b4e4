package review

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func memories(t testing.TB, iocs int, records []Remembered, found []Found) *Memories {
	t.Helper()
	m, err := NewMemories(context.Background(), iocs, records, found)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func on(day int) time.Time { return time.Date(2026, 5, day, 9, 30, 0, 0, time.UTC) }

// TestMemories: of each voice the latest counts, what was withdrawn does not, and
// people differ only in what each thought last.
func TestMemories(t *testing.T) {
	records := []Remembered{
		{Verdict: Benign, Who: "jk", At: on(12), Document: "Kite", Moment: 10},
		{Verdict: Malicious, Who: "ab", At: on(13), Document: "Kite", Moment: 20},
		{Verdict: Malicious, Who: "jk", At: on(1), Document: "Paper", Moment: 30}, // their clock went back
		{Who: "jk", At: on(14), Document: "Kite", Moment: 40},
		{Note: "see case 7", Who: "cd", At: on(15), Document: "Kite", Moment: 50},
		{Verdict: Benign, Who: "", At: on(16), Document: "Reed", Moment: 60},
	}
	for _, tt := range []struct {
		name   string
		found  []uint32
		want   []string
		latest string
		differ bool
	}{
		{name: "nothing"},
		{name: "one", found: []uint32{0}, want: []string{"benign, 12 May, jk"}, latest: "benign, 12 May, jk"},
		{name: "two who differ", found: []uint32{0, 1}, want: []string{"malicious, 13 May, ab", "benign, 12 May, jk"}, latest: "malicious, 13 May, ab", differ: true},
		{name: "changed their mind", found: []uint32{1, 2, 0}, want: []string{"malicious, 1 May, jk", "malicious, 13 May, ab", "benign, 12 May, jk"}, latest: "malicious, 1 May, jk"},
		{name: "withdrawn", found: []uint32{0, 3}},
		{name: "withdrawn elsewhere", found: []uint32{2, 3}, want: []string{"malicious, 1 May, jk"}, latest: "malicious, 1 May, jk"},
		{name: "a note is no verdict", found: []uint32{4, 1}, want: []string{"15 May, cd: see case 7", "malicious, 13 May, ab"}, latest: "malicious, 13 May, ab"},
		{name: "a note alone", found: []uint32{4}, want: []string{"15 May, cd: see case 7"}, latest: "15 May, cd: see case 7"},
		{name: "nobody is somebody", found: []uint32{5, 1}, want: []string{"benign, 16 May", "malicious, 13 May, ab"}, latest: "benign, 16 May", differ: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := []Found{{IOC: 0, Record: 0}, {IOC: 2, Record: 1}} // neighbours stay out of it
			for _, n := range tt.found {
				found = append(found, Found{IOC: 1, Record: n})
			}
			m := memories(t, 3, records, found)
			var got []string
			for _, r := range m.At(1) {
				got = append(got, r.Words(on(20)))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			latest, ok := m.Latest(1)
			if ok != (tt.latest != "") || ok && latest.Words(on(20)) != tt.latest {
				t.Errorf("the latest is %q", latest.Words(on(20)))
			}
			if m.Differ(1) != tt.differ {
				t.Errorf("people differ: %v", m.Differ(1))
			}
			if len(m.At(0)) != 1 || len(m.At(2)) != 1 || len(m.At(3)) != 0 {
				t.Error("neighbours are remembered otherwise")
			}
		})
	}
	var none *Memories
	if _, ok := none.Latest(0); ok || none.Len() != 0 || none.Differ(0) {
		t.Error("nothing remembers something")
	}
}

func TestWordsOfMemory(t *testing.T) {
	for _, tt := range []struct {
		m    Remembered
		now  time.Time
		want string
	}{
		{Remembered{Verdict: Benign, Note: "our CDN", Who: "jk", At: on(12)}, on(20), "benign, 12 May, jk: our CDN"},
		{Remembered{Verdict: Benign, Who: "jk", At: on(12)}, on(20).AddDate(1, 0, 0), "benign, 12 May 2026, jk"},
		{Remembered{Verdict: Unsure, At: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}, on(20).In(time.FixedZone("", -9*3600)), "unsure, 12 May"},
		{Remembered{Note: "alone"}, on(20), "alone"},
	} {
		if got := tt.m.Words(tt.now); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt.m, got, tt.want)
		}
	}
}

// TestRecall: what is remembered is taken over where nothing was judged, as one
// decision that can be undone, and never by itself.
func TestRecall(t *testing.T) {
	r := start(t, lantern(t))
	n := r.IOCs().Len()
	if n < 5 {
		t.Fatalf("the test's review has %d IOCs", n)
	}
	records := []Remembered{{Verdict: Benign, Note: "our CDN", Who: "jk", At: on(12), Moment: 1}, {Note: "seen", Who: "bob", At: on(14), Moment: 2}}
	r.Remember(memories(t, n, records, []Found{{0, 0}, {1, 0}, {2, 0}, {3, 1}, {4, 1}}))
	if r.Verdict(0) != NoVerdict || len(r.History()) != 0 {
		t.Fatal("something was decided by itself")
	}
	at := on(20)
	for _, d := range []Decision{SetVerdict{Positions{1}, Malicious}, SetNote{2, "mine"}, SetNote{4, "mine"}} {
		if _, err := r.Decide(d, "ab", at); err != nil {
			t.Fatal(err)
		}
	}
	d, judged := r.Recall([]int{4, 3, 2, 1, 0})
	want := Recall{[]Recalled{{Positions{3}, NoVerdict, "seen", "bob", on(14)}, {Positions{2}, Benign, "", "jk", on(12)}, {Positions{0}, Benign, "our CDN", "jk", on(12)}}}
	if diff := cmp.Diff(want, d); diff != "" || judged != 2 {
		t.Errorf("%d are judged already; %s", judged, diff)
	}
	standing := func() (all []string) {
		for i := range 5 {
			all = append(all, string(r.Verdict(i))+" "+r.Note(i))
		}
		return all
	}
	before := standing()
	if changed, err := r.Decide(d, "ab", at); !changed || err != nil {
		t.Fatalf("changed %v, %v", changed, err)
	}
	if diff := cmp.Diff([]string{"benign our CDN", "malicious ", "benign mine", " seen", " mine"}, standing()); diff != "" {
		t.Error(diff)
	}
	if h := r.History(); h[len(h)-1].Words != "took over what is remembered of 3 IOCs: 2 benign, 2 notes, as bob and jk judged from 12 May 2026 to 14 May 2026" {
		t.Errorf("the history says %q", h[len(h)-1].Words)
	}
	if _, ok := r.Undo(); !ok || cmp.Diff(before, standing()) != "" {
		t.Errorf("undone is %q", standing())
	}
	one, _ := r.Recall([]int{0})
	if _, err := r.Decide(one, "ab", at); err != nil {
		t.Fatal(err)
	}
	if h := r.History(); h[len(h)-1].Words != "took over what is remembered of "+r.name([]int{0})+": benign, as jk judged on 12 May 2026: our CDN" {
		t.Errorf("the history says %q", h[len(h)-1].Words)
	}
	var refused *RefusedError
	for _, d := range []Recall{
		{}, {[]Recalled{{IOCs: Positions{n}, Verdict: Benign}}}, {[]Recalled{{IOCs: Positions{0}, Verdict: Unsure}, {Verdict: Benign}}},
		{[]Recalled{{IOCs: Positions{0}, Verdict: "good"}}},
	} {
		if _, err := r.Decide(d, "ab", at); !errors.As(err, &refused) || r.Verdict(0) != Benign {
			t.Errorf("%+v: %v, verdict %s", d, err, r.Verdict(0))
		}
	}
}

// TestWordsOfRecall: the history says whose judgement was taken over, and when it was
// made, as far as that was kept.
func TestWordsOfRecall(t *testing.T) {
	part := func(v Verdict, note, who string, at time.Time, is ...int) Recalled {
		return Recalled{is, v, note, who, at}
	}
	for _, tt := range []struct {
		parts []Recalled
		want  string
	}{
		{[]Recalled{part(Benign, "", "bob", on(22), 0)}, "benign, as bob judged on 22 May 2026"},
		{[]Recalled{part(NoVerdict, "ours", "bob", on(22), 0)}, "as bob judged on 22 May 2026: ours"},
		{[]Recalled{part(Benign, "ours", "", time.Time{}, 0)}, "benign: ours"}, // of an older database
		{[]Recalled{part(NoVerdict, "ours", "", time.Time{}, 0)}, "ours"},
		{[]Recalled{part(Benign, "", "", on(22), 0, 1)}, "2 benign, as judged on 22 May 2026"},
		{[]Recalled{part(Benign, "", "a", on(22), 0), part(Unsure, "", "b", on(12), 1)}, "1 benign, 1 unsure, as a and b judged from 12 May 2026 to 22 May 2026"},
		{[]Recalled{part(Benign, "", "a", on(1), 0), part(Benign, "", "b", on(1), 1), part(Benign, "", "c", on(1), 2), part(Benign, "", "d", on(1), 3)}, "4 benign, as a, b and 2 others judged on 1 May 2026"},
	} {
		r := start(t, lantern(t))
		decide(t, r, Recall{tt.parts})
		h := r.History()
		if _, words, _ := strings.Cut(h[len(h)-1].Words, ": "); words != tt.want {
			t.Errorf("the history says %q, want %q", words, tt.want)
		}
	}
}

// TestDayOfAJudgement: the row and the history say the same day, that of the reviewer,
// and a day without a time is that day everywhere.
func TestDayOfAJudgement(t *testing.T) {
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	for hours, want := range map[int][2]string{9: {"23 Nov", "22 Nov"}, 0: {"22 Nov", "22 Nov"}, -9: {"22 Nov", "22 Nov"}} {
		time.Local = time.FixedZone("", hours*3600)
		for i, at := range []time.Time{time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)} {
			if got := (Remembered{At: at}).Words(on(20).In(time.Local)); got != want[i] {
				t.Errorf("%d hours, %s: the row says %q", hours, at, got)
			}
			if got := dayOf(at); got != want[i]+" 2026" {
				t.Errorf("%d hours, %s: the history says %q", hours, at, got)
			}
		}
	}
}

// TestDiffering: of what is taken over it is counted what people differ about.
func TestDiffering(t *testing.T) {
	r := start(t, lantern(t))
	records := []Remembered{{Verdict: Malicious, Who: "ab", Moment: 1}, {Verdict: Benign, Who: "jk", Moment: 2}}
	r.Remember(memories(t, r.IOCs().Len(), records, []Found{{0, 0}, {0, 1}, {1, 1}}))
	d, _ := r.Recall([]int{0, 1})
	if got := r.Differing(d); got != 1 {
		t.Errorf("people differ about %d", got)
	}
}

// TestJudgements: the decisions with judgements of the analyst's own are among those
// that the index of the database holds; it holds recall too, which was one in older
// databases.
func TestJudgements(t *testing.T) {
	for _, k := range keptDecisions {
		judges := len(Judgements(k.d)) > 0
		named := k.kind == "verdict" || k.kind == "note" || k.kind == "notes"
		if judges != named {
			t.Errorf("%s judges: %v; the index of the database holds those kinds that do", k.kind, judges)
		}
	}
}

// TestFilterOfMemory: rows are chosen by the latest verdict, and a decision here
// changes nothing of it.
func TestFilterOfMemory(t *testing.T) {
	r := start(t, lantern(t))
	shown := func(words string) (all []int32) {
		t.Helper()
		f, err := ParseFilter(words)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Recalls() {
			t.Errorf("%s does not ask what is remembered", words)
		}
		return r.View(f, ByDocument, false)
	}
	if got := shown("known:yes"); len(got) != 0 {
		t.Errorf("before anything is known %v are", got)
	}
	records := []Remembered{
		{Verdict: Benign, Who: "jk", Moment: 1}, {Verdict: Malicious, Who: "ab", Moment: 2}, {Note: "seen", Who: "ab", Document: "Kite", Moment: 3},
	}
	r.Remember(memories(t, r.IOCs().Len(), records, []Found{{0, 0}, {1, 0}, {1, 1}, {2, 2}}))
	for words, want := range map[string][]int32{
		"known:yes": {0, 1, 2}, "known:benign": {0}, "known:mal": {1}, "known:unsure": nil, "known:differ": {1}, "KNOWN:Yes -known:benign": {1, 2},
	} {
		if diff := cmp.Diff(want, shown(words)); diff != "" {
			t.Errorf("%s: %s", words, diff)
		}
	}
	if got := shown("known:no"); len(got) != r.IOCs().Len()-3 {
		t.Errorf("known:no shows %v", got)
	}
	decide(t, r, SetVerdict{Positions{0}, Malicious})
	if diff := cmp.Diff([]int32{0}, shown("known:benign")); diff != "" {
		t.Error(diff)
	}
	for _, words := range []string{"known:", "known:maybe", "known>1"} {
		if _, err := ParseFilter(words); err == nil || !strings.Contains(err.Error(), "use yes, no, differ, malicious, benign or unsure") {
			t.Errorf("%s: %v", words, err)
		}
	}
}

// BenchmarkMemories orders what is remembered of a million IOCs in two reviews,
// filters by it and takes it over.
func BenchmarkMemories(b *testing.B) {
	const n = 1_000_000
	d := &feed.Bulletin{Source: feed.Source{Name: "many.md", Line: 1}, Total: feed.NoTotal, IOCs: make([]feed.IOC, n)}
	for i := range d.IOCs {
		d.IOCs[i] = feed.IOC{Type: feed.Domain, Value: "h" + strconv.Itoa(i) + ".example", Confidence: 50}
	}
	r := start(b, d)
	records := []Remembered{{Verdict: Benign, Note: "ours", Who: "jk", Moment: 1}, {Verdict: Malicious, Who: "ab", Moment: 2}}
	found := make([]Found, 0, 2*n)
	for i := range uint32(n) {
		found = append(found, Found{i, 0}, Found{i, 1})
	}
	b.Run("order", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Remember(memories(b, n, records, found))
		}
	})
	r.Remember(memories(b, n, records, found))
	b.Run("filter", func(b *testing.B) {
		f, err := ParseFilter("known:differ")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if got := len(r.View(f, ByDocument, false)); got != n {
				b.Fatalf("%d rows", got)
			}
		}
	})
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	b.Run("take over", func(b *testing.B) {
		for b.Loop() {
			d, _ := r.Recall(all)
			if changed, err := r.Decide(d, "jk", atNoon); !changed || err != nil {
				b.Fatal(changed, err)
			}
			r.Undo()
		}
	})
}
