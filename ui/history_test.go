package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"quarry/feed"
	"quarry/review"
)

func TestHistorySaysWhoAndWhen(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	here := time.FixedZone("here", -5*60*60)
	now := time.Date(2026, 5, 31, 23, 59, 57, 0, here).UTC()
	b.m.opt.Now = func() time.Time { now = now.Add(time.Second); return now.In(here) }
	b.keys("space")
	b.m.opt.Reviewer = "Mary Ann O'Neill (SOC tier 2, night shift, on call for the whole of the north)"
	b.keys("down", "b")
	b.m.opt.Reviewer = ""
	b.keys("down", "e")
	b.Type("seen on the proxy of the branch office in the week before, by two machines of one team")
	b.keys("enter", "t", "u", "H")
	checkFrame(t, b.m)
	want := ` History
 3             00:00:00  noted on 192[.]0[.]2[.]10:8443: seen on the proxy of
                         the branch office in the week before, by two machines
                         of one team
 2  2026-05-31 23:59:59  Mary Ann O'Neill (SOC tier 2, night shift, on call for
                         the whole of the north) called 192[.]0[.]2[.]10:443
                         benign
 1  2026-05-31 23:59:58  jk switched off lantern[.]example

 1 undone decision; Ctrl-R takes the next one again
`
	var got strings.Builder
	for _, l := range strings.Split(ansi.Strip(b.View()), "\n")[1:11] {
		got.WriteString(strings.TrimRight(strings.TrimRight(l, "─"), " ") + "\n")
	}
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// TestHistoryOfAReviewedBulletin: a review that goes on says from what, whether
// or not anything was decided since.
func TestHistoryOfAReviewedBulletin(t *testing.T) {
	r := newReview(t, sampleDocument(t))
	if _, err := r.Decide(review.SetVerdict{IOCs: []int{0}, Verdict: review.Benign}, "jk", time.Time{}); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	here := time.FixedZone("here", 5*60*60)
	if err := r.WriteMarkdown(&b, review.Signature{Reviewer: "Mary Ann", At: time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	again, err := review.Open(func(yield func(*feed.Input, error) bool) {
		yield(feed.NewInput("lantern.reviewed.md", strings.NewReader(b.String())))
	}, feed.NewRegistry(), r.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkbench(t, 80, 24)
	w.m.review = again
	w.m.opt.Now = func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, here) }
	w.m.refresh()
	history := func() string {
		w.keys("H")
		checkFrame(t, w.m)
		text := strings.Join(strings.Fields(strings.ReplaceAll(ansi.Strip(w.View()), "─", " ")), " ")
		w.keys("esc")
		return text
	}
	const from = "lantern.reviewed.md was reviewed by jk, 2026-06-01; " // not by who exported it
	if text := history(); !strings.Contains(text, " History "+from+"nothing decided since") {
		t.Error(text)
	}
	w.keys("m")
	if text := history(); !strings.Contains(text, "jk called lantern[.]example malicious "+from+"the decisions above were taken since") {
		t.Error(text)
	}
	w.keys("u")
	if text := history(); !strings.Contains(text, from+"nothing decided since 1 decision of jk before, not listed in it 1 undone decision") {
		t.Error(text)
	}
}

// TestHistoryOfThoseBefore: what a reviewed bulletin lists stands below the own
// decisions, who reviewed last above who reviewed first.
func TestHistoryOfThoseBefore(t *testing.T) {
	r := newReview(t, sampleDocument(t))
	reopened := func(who string, day int, listed bool) {
		t.Helper()
		at := time.Date(2026, 5, day, 9, 30, 0, 0, time.UTC)
		if _, err := r.Decide(review.SetNote{IOC: 0, Text: "seen by " + who}, who, at); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := r.WriteMarkdown(&b, review.Signature{Reviewer: who, At: at, History: listed}); err != nil {
			t.Fatal(err)
		}
		again, err := review.Open(func(yield func(*feed.Input, error) bool) {
			yield(feed.NewInput("x.md", strings.NewReader(b.String())))
		}, feed.NewRegistry(), r.Catalogue())
		if err != nil {
			t.Fatal(err)
		}
		r = again
	}
	reopened("ana", 28, true)
	reopened("bob", 29, false)
	reopened("cem", 30, true)
	w := newWorkbench(t, 80, 24)
	w.m.review = r
	w.m.opt.Now = func() time.Time { return time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC) }
	w.m.refresh()
	w.keys("m", "H")
	checkFrame(t, w.m)
	want := ` History
 1  12:00:00  jk called lantern[.]example malicious

 x.md was reviewed by cem, 2026-05-30; the decisions above were taken since
 1 decision of cem before
 1  2026-05-30 09:30:00  cem noted on lantern[.]example: seen by cem

 x.md was reviewed by bob, 2026-05-29, before that
 1 decision of bob before, not listed in it

 x.md was reviewed by ana, 2026-05-28, before that
 1 decision of ana before
 1  2026-05-28 09:30:00  ana noted on lantern[.]example: seen by ana
`
	var got strings.Builder
	for _, l := range strings.Split(ansi.Strip(w.View()), "\n")[1:14] {
		got.WriteString(strings.TrimRight(strings.TrimRight(l, "─"), " ") + "\n")
	}
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// TestHistoryFits: with any number of decisions of another day, no line is
// longer than the narrowest screen.
func TestHistoryFits(t *testing.T) {
	b := newWorkbench(t, minWidth, minHeight)
	day := time.Date(2026, 5, 31, 9, 0, 0, 0, time.UTC)
	var h []review.Entry
	for range 12345 {
		h = append(h, review.Entry{At: day, Who: "jk", Words: "called 192[.]0[.]2[.]10:443 benign"})
	}
	text := b.m.text(minWidth - 2)
	text.history(h, day.AddDate(0, 0, 1))
	for _, l := range text.lines {
		n := 0
		for _, s := range l {
			n += displayWidth(s.text)
		}
		if n > text.w {
			t.Fatalf("%d cells: %v", n, l)
		}
	}
	if first := text.lines[0][0].text; first != "12345  2026-05-31 09:00:00  " {
		t.Errorf("the last decision begins %q", first)
	}
}
