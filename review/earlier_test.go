package review

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// written is the reviewed bulletin, with or without the decisions one by one.
func written(t testing.TB, r *Review, who string, at time.Time, history bool) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteMarkdown(&b, Signature{Reviewer: who, At: at, History: history}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// historyOf is the section of a reviewed bulletin that lists decisions, or "".
func historyOf(text string) string {
	_, section, _ := strings.Cut(text, "\n## "+historySection+"\n\n")
	return section
}

// holds reports each of the texts that is missing.
func holds(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("there is no %q in\n%s", w, text)
		}
	}
}

// TestSecondReviewer: who opens a reviewed bulletin and decides takes nothing from who
// reviewed it before.
func TestSecondReviewer(t *testing.T) {
	first := start(t, lantern(t))
	decide(t, first, Include{[]int{0}, false}, SetVerdict{[]int{1}, Benign})
	next := atNoon.AddDate(0, 0, 1)
	for _, listed := range []bool{true, false} {
		for _, history := range []bool{true, false} {
			t.Run(fmt.Sprint(listed, history), func(t *testing.T) {
				r := reopen(t, written(t, first, "jk", atNoon, listed))
				if _, err := r.Decide(SetVerdict{[]int{2}, Malicious}, "eve", next); err != nil {
					t.Fatal(err)
				}
				text := written(t, r, "eve", next, history)
				holds(t, text, "\nreviewer: eve\nreviewed: \"2026-05-29T12:00:00Z\"\ndecisions: 1\nearlier:\n    - reviewer: jk\n      reviewed: \"2026-05-28T12:00:00Z\"\n      decisions: 2\n",
					"Reviewed by jk on 2026-05-28 12:00 UTC and eve on 2026-05-29 12:00 UTC.")
				section := historyOf(text)
				if (section != "") != (listed || history) {
					t.Errorf("the history is\n%s", section)
				}
				if section != "" {
					holds(t, section, "### Review 1: jk, 2026-05-28 12:00 UTC\n", "### Review 2: eve, 2026-05-29 12:00 UTC\n")
				}
				if listed {
					holds(t, section, "2 decisions of jk before:\n", "| 1 | 2026-05-28T12:00:00Z | jk | switched off lantern[.]example |\n| 2 | 2026-05-28T12:00:00Z | jk | called ")
				} else if history {
					holds(t, section, "2 decisions were taken in this review; they are not listed here.")
				}
				if history {
					holds(t, section, "| 1 | 2026-05-29T12:00:00Z | eve | called ")
				} else if listed {
					holds(t, section, "1 decision was taken in this review; it is not listed here.")
				}
				again := reopen(t, text)
				told := again.Resumed()
				if len(told) != 2 || told[0].Reviewer != "jk" || told[0].Decisions != 2 || len(told[0].History) != map[bool]int{true: 2}[listed] ||
					told[1].Reviewer != "eve" || !told[1].At.Equal(next) || told[1].Decisions != 1 || len(told[1].History) != map[bool]int{true: 1}[history] {
					t.Errorf("%+v", told)
				}
				for _, h := range []bool{history, false} {
					if twice := written(t, again, "zoe", next.AddDate(0, 0, 1), h); twice != text {
						t.Errorf("exported without a decision it says something else: %s", firstDifference(text, twice))
					}
				}
			})
		}
	}
}

// TestBulletinOfBefore: one that says nothing of how many decisions there were is
// never said to have none.
func TestBulletinOfBefore(t *testing.T) {
	first := start(t, lantern(t))
	decide(t, first, Include{[]int{0}, false})
	for _, listed := range []bool{true, false} {
		old := strings.Replace(written(t, first, "jk", atNoon, listed), "decisions: 1\n", "", 1)
		r := reopen(t, old)
		want := Resumed{File: "reviewed.md", Reviewer: "jk", At: atNoon, Decisions: UnknownDecisions}
		if listed {
			want.Decisions, want.History = 1, []Told{{atNoon, "jk", "switched off lantern[.]example"}}
		}
		if diff := cmp.Diff([]Resumed{want}, r.Resumed()); diff != "" {
			t.Error(diff)
		}
		section := historyOf(written(t, r, "eve", atNoon.AddDate(0, 0, 1), true))
		if listed {
			holds(t, section, "| 1 | 2026-05-28T12:00:00Z | jk | switched off lantern[.]example |")
			continue
		}
		holds(t, section, "Reviewed by jk on 2026-05-28 12:00 UTC. The decisions of that review are not listed here.")
		decide(t, r, Include{[]int{1}, false})
		holds(t, historyOf(written(t, r, "eve", atNoon, true)), "### Review 1: jk, 2026-05-28 12:00 UTC\n\nThe decisions of this review are not listed here.")
	}
}

// TestEarlierOfSeveral: each of several reviewed bulletins keeps its own.
func TestEarlierOfSeveral(t *testing.T) {
	s := shelf{"lantern.md": {lantern(t)}, "sable.md": {sable(t)}}
	export := func(name, who string) string {
		r := s.open(t, name)
		if _, err := r.Decide(SetNote{0, "by " + who}, who, atNoon); err != nil {
			t.Fatal(err)
		}
		return written(t, r, who, atNoon, true)
	}
	r := reopen(t, export("lantern.md", "ana"), export("sable.md", "bob"))
	text := written(t, r, "eve", atNoon, true)
	again := reopen(t, text)
	for _, got := range [][]Resumed{r.Resumed(), again.Resumed()[:2]} {
		for i, who := range []string{"ana", "bob"} {
			if got[i].Reviewer != who || len(got[i].History) != 1 || !strings.HasSuffix(got[i].History[0].Words, ": by "+who) {
				t.Errorf("%+v", got[i])
			}
		}
	}
	holds(t, text, "Reviewed by ana on 2026-05-28 12:00 UTC, bob on 2026-05-28 12:00 UTC and eve on 2026-05-28 12:00 UTC.")
	// A review that two bulletins tell of is told of once.
	decide(t, again, Include{[]int{0}, false})
	if n := strings.Count(historyOf(written(t, reopen(t, text, written(t, again, "kim", atNoon, true)), "kim", atNoon, true)), "by ana |"); n != 1 {
		t.Errorf("%d times", n)
	}
}

// TestEarlierIsHostile: rows and heads that others changed are read as text, or told.
func TestEarlierIsHostile(t *testing.T) {
	first := start(t, lantern(t))
	decide(t, first, Include{[]int{0}, false}, Include{[]int{1}, false})
	text := written(t, first, "jk", atNoon, true)
	for _, tt := range []struct{ old, new, code string }{
		{"| 1 | 2026-05-28T12:00:00Z |", "| 1 | yesterday |", "bad-when"},
		{"| 1 | 2026-05-28T12:00:00Z |", "| 1 | 0000-01-01T00:00:00+23:00 |", "bad-when"},
		{"decisions: 2", "decisions: 7", "missing-rows"},
		{"decisions: 2", "decisions: -7", ""},
		{"decisions: 2", "decisions: 1", ""},
		{"decisions: 2", "decisions: 2\nearlier: [{reviewer: \"a\\e[31m|b\", reviewed: no}, {}]", "bad-date"},
		{"\n| No. |", "\n### Review 9: x\n\n| No. |", "bad-review"},
		{"\n| No. |", "\n### Someone\n\n| No. |", ""},
		{"| jk | switched", "| `x` <br> [a](http://evil.example/) \\| | switched", ""},
	} {
		bad := strings.Replace(text, tt.old, tt.new, 1)
		if bad == text {
			t.Fatalf("there is no %q", tt.old)
		}
		r := reopen(t, bad)
		var codes []string
		for _, f := range r.Findings()[len(first.Findings()):] {
			codes = append(codes, f.Code)
		}
		if strings.Join(codes, " ") != tt.code {
			t.Errorf("%s: %v", tt.new, r.Findings()[len(first.Findings()):])
		}
		if last := r.Resumed()[len(r.Resumed())-1]; len(last.History) != 2 || last.Decisions != 2 {
			t.Errorf("%s: %+v", tt.new, last)
		}
		again := checkRoundTrip(t, r)
		body, _, _ := strings.Cut(again, "\n## "+historySection)
		checkMarkup(t, r, body)
		decide(t, r, SetNote{3, "mine"})
		checkRoundTrip(t, r)
	}
}

// TestManyEarlier: the summary stays a sentence, and the head keeps all.
func TestManyEarlier(t *testing.T) {
	r := start(t, lantern(t))
	for n := range 30 {
		if _, err := r.Decide(SetNote{0, fmt.Sprint(n)}, fmt.Sprint("r", n), atNoon); err != nil {
			t.Fatal(err)
		}
		r = reopen(t, written(t, r, "x", atNoon, true))
	}
	text := exported(t, r)
	holds(t, text, "Reviewed by 24 others before, r24 on ", " and r29 on ")
	if n := len(r.Resumed()); n != 30 || strings.Count(text, "1 decision of r") != 29 {
		t.Errorf("%d reviews in\n%s", n, text)
	}
}

// TestEarlierRoundTrip: decisions in hostile words stay what they are over two
// reviewers, listed or not.
func TestEarlierRoundTrip(t *testing.T) {
	for seed := range uint64(rounds(t, 40)) {
		m := newMaker(t, 1000+seed)
		r := m.review()
		for n := range 3 {
			text := written(t, r, m.text(), atNoon.AddDate(0, 0, n), m.IntN(2) == 0)
			again := reopen(t, text)
			if diff := same(take(r), take(again)); diff != "" {
				t.Fatalf("seed %d: reading what was written differs (-written +read):\n%s", seed, diff)
			}
			told := again.Resumed()
			if twice := written(t, again, "other", atNoon, historyOf(text) != ""); told[len(told)-1].Reviewer != "" && twice != text {
				t.Fatalf("seed %d: writing it again differs:\n%s", seed, firstDifference(text, twice))
			}
			checkDefanged(t, again, text)
			r = again
			m.decisions(r, 1+m.IntN(4))
		}
	}
}

// TestEarlierInOtherShapes: what holds the reviewer holds all of them.
func TestEarlierInOtherShapes(t *testing.T) {
	first := start(t, lantern(t))
	decide(t, first, Include{[]int{0}, false})
	r := reopen(t, written(t, first, "jk", atNoon, true))
	if _, err := r.Decide(Include{[]int{1}, false}, "eve", atNoon); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"json":     "\"reviewer\": \"eve\",\n  \"earlier\": [\n    {\n      \"reviewer\": \"jk\",\n      \"reviewed\": \"2026-05-28T12:00:00Z\",\n      \"decisions\": 1\n    }\n  ],\n",
		"rule":     "Reviewed by jk, eve.",
		"defender": "reviewed by jk, eve",
	} {
		f, err := FormatNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		files, _, err := f.Files(r, Signature{Reviewer: "eve", At: atNoon})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, files[0].Text, want)
	}
	if s := r.signed(Signature{Reviewer: "eve"}); s.Reviewer != "eve" {
		t.Errorf("%+v", s)
	}
}

// TestReviewedBy: the head of a file is enough to know who reviewed it.
func TestReviewedBy(t *testing.T) {
	first := start(t, lantern(t))
	decide(t, first, Include{[]int{0}, false})
	r := reopen(t, written(t, first, "jk", atNoon, true))
	decide(t, r, Include{[]int{1}, false})
	text := written(t, r, "jk", atNoon.AddDate(0, 0, 1), true)
	head, _, _ := strings.Cut(text, "  format:")
	for _, tt := range []struct{ doc, want string }{
		{text, "jk on 2026-05-29"},
		{strings.Replace(head, "reviewer: jk", "reviewer: \"e\\e[31mve\"", 1) + strings.Repeat(" ", feed.HeadSize), `jk on 2026-05-28 and e\x1b[31mve on 2026-05-29`},
		{"---\nquarry: 1\nreviewer: [\n---\n", ""},
		{"---\nquarry: 1\n---\n", "somebody who is not named"},
		{"reviewer: jk\n", ""},
		{"", ""},
	} {
		if got := ReviewersOf(ReviewedBy([]byte(tt.doc))); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
