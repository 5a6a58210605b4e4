package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/review"
	"quarry/review/store"
	"quarry/ui/termtest"
)

// remembering is a workbench that remembers some of the sample's IOCs.
func remembering(t *testing.T, w, h int) *workbench {
	t.Helper()
	b := newWorkbench(t, w, h)
	b.m.remember(store.Known{Memories: memoriesOf(t, b.m.review, map[string][]review.Remembered{
		"domain cdn.lantern.test": {
			{Verdict: review.Benign, Note: "our CDN", Who: "jk", At: time.Date(2026, 5, 12, 9, 30, 0, 0, time.UTC), Document: "Paper RAT", Moment: 3},
		},
		"ip:port 192.0.2.10:443": {
			{Verdict: review.Malicious, Who: "ab", At: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), Document: "Kite", Moment: 1},
			{Verdict: review.Benign, Who: "jk", At: time.Date(2026, 5, 13, 9, 30, 0, 0, time.UTC), Document: "Paper RAT", Moment: 4},
		},
		"md5_hash d41d8cd98f00b204e9800998ecf8427e": {
			{Verdict: review.Malicious, Note: "\x1b[2Jnone", Who: "ab", At: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), Document: "Kite", Moment: 1},
		},
		"domain github.com": {{Note: "a mention before too", Who: "ab", At: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), Document: "Kite", Moment: 2}},
	})})
	return b
}

func newMemories(t testing.TB, r *review.Review, records []review.Remembered, found []review.Found) *review.Memories {
	t.Helper()
	m, err := review.NewMemories(context.Background(), r.IOCs().Len(), records, found)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func memoriesOf(t testing.TB, r *review.Review, of map[string][]review.Remembered) *review.Memories {
	t.Helper()
	var records []review.Remembered
	var found []review.Found
	for key, all := range of {
		at, ok := r.IOCs().Find(key)
		if !ok {
			t.Fatalf("there is no %s", key)
		}
		for _, one := range all {
			found = append(found, review.Found{IOC: uint32(at), Record: uint32(len(records))})
			records = append(records, one)
		}
	}
	return newMemories(t, r, records, found)
}

// TestScreensOfMemory compares what a person sees of it with the golden screens.
func TestScreensOfMemory(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}, {200, 50}} {
		for name, keys := range map[string][]string{
			"start":   nil,
			"details": {"down", "enter"},
			"taken":   {"space", "A"},
			"one":     {"down", "r"},
			"marked":  {"V", "down"},
		} {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				b := remembering(t, size[0], size[1])
				b.keys(keys...)
				checkFrame(t, b.m)
				golden.RequireEqual(t, []byte(b.View()))
			})
		}
	}
}

// TestRecall: what is remembered is taken over by one key as one decision, never
// over what was judged here, and undone like any.
func TestRecall(t *testing.T) {
	b := remembering(t, 120, 40)
	b.m.say(plain, "")
	if n := len(b.m.review.History()); n != 0 {
		t.Fatalf("%d decisions were taken by themselves", n)
	}
	at := func(key string) int {
		i, _ := b.m.review.IOCs().Find(key)
		return i
	}
	cdn, kite, hash := at("domain cdn.lantern.test"), at("ip:port 192.0.2.10:443"), at("md5_hash d41d8cd98f00b204e9800998ecf8427e")
	b.keys("/")
	b.Type("known:benign")
	b.keys("enter")
	if got := len(b.m.iocs.view); got != 2 {
		t.Errorf("known:benign shows %d rows", got)
	}
	b.keys("esc", "/")
	b.Type("known:yes type:md5")
	b.keys("enter", "u")
	b.keys("m", "r")
	b.wantStatus("it is judged here already")
	b.keys("u", "b", "esc", "A")
	b.wantStatus("took over what is remembered of 2 IOCs and 1 mention: 2 benign, 2 notes, as jk and ab judged from 1 Dec 2025 to 13 May 2026",
		"2 benign still hunted", "people differ about 1, the latest counts", "1 judged here left alone")
	r := b.m.review
	got := []string{string(r.Verdict(cdn)), r.Note(cdn), string(r.Verdict(kite)), string(r.Verdict(hash)), r.Note(at("domain github.com"))}
	if diff := cmp.Diff([]string{"benign", "our CDN", "benign", "benign", "a mention before too"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(r.History()); n != 2 {
		t.Errorf("%d decisions", n)
	}
	b.keys("A")
	b.wantStatus("all that is remembered of these rows is judged here already")
	if view := b.View(); !strings.Contains(view, "benign    !") {
		t.Errorf("that people differ is no longer told:\n%s", view)
	}
	b.keys("u")
	b.wantStatus("undone: took over what is remembered")
	if r.Verdict(cdn) != review.NoVerdict || r.Note(cdn) != "" {
		t.Error("undo left what was taken over")
	}
	b.keys("ctrl+r", "H")
	if view := b.View(); !strings.Contains(view, "jk took over what is remembered of 2 IOCs and 1 mention") {
		t.Errorf("the history does not tell it:\n%s", view)
	}
}

// TestRecallMeansTheRow: like a verdict it is of the row under the cursor, of the
// marked range, or of the IOC whose details are read.
func TestRecallMeansTheRow(t *testing.T) {
	verdicts := func(b *workbench) (n int) {
		for i := range b.m.review.IOCs().Len() {
			if b.m.review.Verdict(i) != review.NoVerdict || b.m.review.Note(i) != "" {
				n++
			}
		}
		return n
	}
	b := remembering(t, 120, 40)
	b.keys("r")
	b.wantStatus("nothing is remembered of this IOC; A takes over what is remembered of all shown")
	b.keys("down", "r")
	b.wantStatus("took over what is remembered of 192[.]0[.]2[.]10:443: benign, as jk judged on 13 May 2026", "people differ about 1")
	if n := verdicts(b); n != 1 {
		t.Errorf("r judged %d rows", n)
	}
	b.keys("u", "enter")
	if view := b.View(); !strings.Contains(view, "r takes it over") || !strings.Contains(view, "r recall") {
		t.Errorf("the details do not say how:\n%s", view)
	}
	b.keys("r")
	if view := b.View(); b.m.overlay == nil || !strings.Contains(view, "verdict:              benign") || strings.Contains(view, "takes it over") || strings.Contains(view, "r recall") {
		t.Errorf("r in the details did not take it over there:\n%s", view)
	}
	if n := verdicts(b); n != 1 {
		t.Errorf("r in the details judged %d rows", n)
	}
	b.keys("esc", "u", "home", "V", "down")
	if foot := b.foot(1); !strings.Contains(foot, "Esc unmark") || !strings.Contains(foot, "r recall") {
		t.Errorf("with a range the footer is %q", foot)
	}
	b.keys("r")
	if n := verdicts(b); n != 1 || b.m.iocs.anchor < 0 {
		t.Errorf("r on the range judged %d rows", n)
	}
	b.keys("esc", "u", "A")
	if n := verdicts(b); n != 4 {
		t.Errorf("A judged %d rows, want the 4 that are remembered", n)
	}
}

// TestMemoryComesLater: what comes while the workbench is in use changes what a
// filter shows, and where there is none the reason is told.
func TestMemoryComesLater(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("r")
	b.wantStatus("nothing is saved here, so nothing is remembered")
	b.keys("/")
	b.Type("known:yes")
	b.keys("enter")
	b.wantStatus("nothing is saved here, so nothing is remembered")
	b.keys("esc")
	b.m.remember(store.Known{Memories: newMemories(t, b.m.review, nil, nil)})
	b.keys("r")
	b.wantStatus("none of these IOCs was judged before")
	b.keys("/")
	b.Type("known:yes")
	b.keys("enter")
	if len(b.m.iocs.view) != 0 {
		t.Error("something is known")
	}
	known := memoriesOf(t, b.m.review, map[string][]review.Remembered{"domain cdn.lantern.test": {{Verdict: review.Benign, Who: "jk", At: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)}}})
	b.m.remember(store.Known{Memories: known})
	if view := b.View(); len(b.m.iocs.view) != 1 || !strings.Contains(view, "benign?") || !strings.Contains(view, "1 known") {
		t.Errorf("what came later is not shown:\n%s", view)
	}
	b.m.remember(store.Known{Err: errors.New("gone")})
	b.wantStatus("what was judged before cannot be looked up: gone")
}

// TestJournalRemembers: what one workbench judged stands beside the row of another
// one that has another document.
func TestJournalRemembers(t *testing.T) {
	folder := t.TempDir()
	first := savingWorkbench(t, folder)
	begin(t, first)
	pressed(first, "b")
	first.Update(first.answer())

	opt := options(t)
	opt.Journal = store.NewJournal(store.Options{
		Folder: folder, Who: "ab", Title: "Paper RAT", Sources: func() []store.Source { return []store.Source{{Name: "paper.md", SHA256: "6f"}} },
	})
	t.Cleanup(func() { opt.Journal.Close() })
	d := sampleDocument(t)
	d.IOCs = append(d.IOCs[:0:0], feed.IOC{Type: feed.Domain, Value: "paper.example", Confidence: 50, Sources: d.IOCs[0].Sources}, d.IOCs[0])
	second := New(newReview(t, d), opt)
	second.resize(120, 40)
	begin(t, second)
	second.Update(lateMsg{})
	second.Update(second.nextMemory()())
	if got := screen(second); !strings.Contains(got, "(benign, 1 Jun, jk)") || !strings.Contains(got, "benign?") {
		t.Errorf("the memory is not beside the row:\n%s", got)
	}
	pressed(second, "A")
	second.Update(second.answer())
	if second.review.Verdict(1) != review.Benign {
		t.Errorf("it was not taken over: %s", second.status)
	}
	pressed(second, "down")
	pressed(second, "e")
	second.Update(tea.PasteMsg{Content: "seen"})
	pressed(second, "enter")
	second.Update(second.answer())
	first.Update(first.nextMemory()()) // what there was at its start
	for first.review.Memories().Len() == 0 {
		first.Update(first.nextMemory()())
	}
	if r, _ := first.review.Memories().Latest(0); r.Document != "Paper RAT" || r.Verdict != review.NoVerdict || r.Note != "seen" {
		t.Errorf("the first workbench remembers %+v", r) // its own verdict, which was taken over, does not come back
	}
}

// BenchmarkMemoryRows draws rows beside which something is remembered.
func BenchmarkMemoryRows(b *testing.B) {
	m := New(newReview(b, sampleDocument(b)), options(b))
	var found []review.Found
	for i := range m.review.IOCs().Len() {
		found = append(found, review.Found{IOC: uint32(i)})
	}
	m.remember(store.Known{Memories: newMemories(b, m.review, []review.Remembered{{Verdict: review.Benign, Note: "our CDN", Who: "jk", At: m.opt.Now()}}, found)})
	termtest.Simulate(b, m, 120, 40)
	b.ReportAllocs()
	for b.Loop() {
		m.View()
	}
}
