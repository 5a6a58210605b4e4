package ui

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"quarry/kql"
	"quarry/review"
)

// zoomed opens the preview on the whole screen.
func (b *workbench) zoomed() *zoom {
	b.t.Helper()
	b.keys("z")
	z, ok := b.m.overlay.(*zoom)
	if !ok {
		b.t.Fatalf("z opened %T: %s", b.m.overlay, b.m.status)
	}
	return z
}

// tokens are those of a query that decide what it does.
func tokens(query string) []string {
	var all []string
	for _, t := range kql.Lex(query) {
		if t.Kind != kql.Space && t.Kind != kql.Comment {
			all = append(all, t.Text)
		}
	}
	return all
}

func joinRows(rows []foldedRow) (text string, noted bool) {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = r.text
		noted = noted || r.note != ""
	}
	return strings.Join(lines, "\n"), noted
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestSelectedHuntIsTheHunt: what stands on the screen is the query again, token
// by token, unless a note says that one is broken.
func TestSelectedHuntIsTheHunt(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("3", "space", "4")
	for range 2 {
		for _, h := range b.m.plan.Hunts() {
			whole := 0
			for w := minWidth; w <= 600; w += 7 {
				f := fold{m: b.m, w: w}
				f.query(h.Query)
				got, noted := joinRows(f.rows)
				for _, r := range f.rows {
					if n := b.m.term.Width(r.text); n > w {
						t.Fatalf("%s at %d: %d cells in %q", h.Table, w, n, r.text)
					}
				}
				if strings.Contains(got, "\n\n") {
					t.Fatalf("%s at %d: an empty line ends the query:\n%s", h.Table, w, got)
				}
				if noted {
					continue
				}
				if whole++; whole == 1 {
					made[got] = string(h.Target)
				}
				if diff := cmp.Diff(tokens(h.Query), tokens(got)); diff != "" {
					t.Fatalf("%s at %d:\n%s", h.Table, w, diff)
				}
			}
			if whole == 0 {
				t.Errorf("%s is broken at every width", h.Table)
			}
		}
		b.keys("t")
	}
}

func TestFoldQuery(t *testing.T) {
	for _, tt := range []struct {
		name, query string
		w           int
		want        []foldedRow
	}{
		{"at spaces", "T | where A == 1 and B == 2", 16, []foldedRow{{"T | where A == 1", ""}, {"and B == 2", ""}}},
		{"never in a literal", `T | where A has "one two three"`, 22, []foldedRow{{"T | where A has", ""}, {`"one two three"`, ""}}},
		{"before a literal", `dynamic(["aaaaaaaa","bbbbbbbb"])`, 12, []foldedRow{{"dynamic([", ""}, {`"aaaaaaaa",`, ""}, {`"bbbbbbbb"])`, ""}}},
		{"not in a name", "T | project-away Aaaaaaaa", 16, []foldedRow{{"T | project-away", ""}, {"Aaaaaaaa", ""}}},
		{"not at a dash", "T | where | project-away A", 18, []foldedRow{{"T | where |", ""}, {"project-away A", ""}}},
		{"not in a date", "T | where A > datetime(2026-01-02 03:04)", 30, []foldedRow{{"T | where A >", ""}, {"datetime(2026-01-02 03:04)", ""}}},
		{"a token too long", `A "12345678901" B`, 10, []foldedRow{{"A", ""}, {`"123456789`, brokenValue}, {`01" B`, brokenValue}}},
		{"a comment", "A // one two three four\nB", 14, []foldedRow{{"A", ""}, {"// one two", ""}, {"// three four", ""}, {"B", ""}}},
		{"a short comment", "Aaaa Bbbb // one\nB", 12, []foldedRow{{"Aaaa Bbbb", ""}, {"// one", ""}, {"B", ""}}},
		{"an indent", "A\n        \"12345678\"\n\n  B", 12, []foldedRow{{"A", ""}, {`"12345678"`, ""}, {"", ""}, {"  B", ""}}},
		{"tabs", "A\n\tor B", 12, []foldedRow{{"A", ""}, {"    or B", ""}}},
		{"over several lines", "A ```one\ntwo``` B", 30, []foldedRow{{"A ```one", ""}, {"two``` B", ""}}},
		{"escaped", "A \"x\u202ey\" B", 30, []foldedRow{{`A "x\u202ey" B`, shownAsCode}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newWorkbench(t, 80, 24)
			f := fold{m: b.m, w: tt.w}
			f.query(tt.query)
			if diff := cmp.Diff(tt.want, f.rows, cmp.AllowUnexported(foldedRow{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFoldMarkdown(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	f := fold{m: b.m, w: 16}
	f.markdown("# One two three four\n\n  - aa  bb\n```kql\nT | where A has \"x y z\"\n```\nabcdefghijklmnopqrstuvwxyz\n")
	want := []foldedRow{
		{"# One two three", ""}, {"four", ""}, {"", ""}, {"  - aa  bb", ""},
		{"```kql", ""}, {"T | where A has", ""}, {`"x y z"`, ""}, {"```", ""},
		{"abcdefghijklmnop", brokenWord}, {"qrstuvwxyz", brokenWord}, {"", ""},
	}
	if diff := cmp.Diff(want, f.rows, cmp.AllowUnexported(foldedRow{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func FuzzFold(f *testing.F) {
	f.Add("let A = dynamic([\"x\", \"y\"]); // a comment\nT | where B has_any (A)", 20)
	f.Add("T\r\n| where A == h@\"x\"\"y\" and B > ago(7d)\t", 9)
	f.Add("```one\ntwo``` ~~~ datetime(2026-01-01\n) 中文", 3)
	b := newWorkbench(f, 80, 24)
	f.Fuzz(func(t *testing.T, text string, w int) {
		w = 4 + max(0, w)%100
		q, p := fold{m: b.m, w: w}, fold{m: b.m, w: w}
		q.query(text)
		p.markdown(text)
		for _, r := range append(q.rows, p.rows...) {
			if n := b.m.term.Width(r.text); n > w {
				t.Fatalf("%d cells in %q, %d are there", n, r.text, w)
			}
		}
		if got, noted := joinRows(q.rows); !noted {
			if diff := cmp.Diff(tokens(text), tokens(got)); diff != "" {
				t.Fatalf("the query %q became %q:\n%s", text, got, diff)
			}
		}
		if got, noted := joinRows(p.rows); !noted && !strings.Contains(text, "//") && withoutSpace(got) != withoutSpace(text) {
			t.Fatalf("the text %q became %q", text, got)
		}
	})
}

func TestZoomHasOneLineOfHints(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.zoomed()
	if foot := b.foot(1); !strings.HasPrefix(foot, " Esc back  y copy  a value is broken here; y and its file have it whole") {
		t.Errorf("the hints are %q", foot)
	}
	if strings.Contains(b.foot(2), "Esc back  y copy\n") || strings.Count(b.View(), "Esc back") != 1 {
		t.Errorf("the screen is\n%s", b.View())
	}
	b.Resize(60, 16)
	if foot := b.foot(1); foot != " Esc back  y copy  a value is broken here; y has it whole" {
		t.Errorf("the hints are %q", foot)
	}
	b.Resize(80, 24)
	b.keys("end")
	if foot := b.foot(1); !strings.Contains(foot, "Esc back  y copy  ] next tab") || !strings.HasSuffix(strings.TrimSpace(foot), " of "+thousands(b.m.overlay.(*zoom).win.length)) {
		t.Errorf("the hints are %q", foot)
	}
	b.keys("y")
	if !strings.Contains(b.foot(2), "sent ") {
		t.Errorf("the copy says nothing: %q", b.foot(2))
	}
	if _, open := b.m.overlay.(*zoom); !open {
		t.Error("y left")
	}
	b.keys("up")
	if !strings.Contains(b.foot(1), "Esc back") {
		t.Errorf("the hints did not come back: %q", b.foot(1))
	}
	for _, size := range [][2]int{{60, 16}, {61, 17}, {250, 80}} {
		b.Resize(size[0], size[1])
		checkFrame(t, b.m)
	}
}

func TestZoomKeysLeaveAndAct(t *testing.T) {
	for key, done := range map[string]func(m *Model) bool{
		"]":     func(m *Model) bool { return m.preview.tab == "DeviceNetworkEvents" },
		"[":     func(m *Model) bool { return m.preview.tab == publishedTab },
		"right": func(m *Model) bool { return m.preview.tab == "DeviceNetworkEvents" },
		"Y":     func(m *Model) bool { return strings.HasPrefix(m.status, "sent") },
		"?":     func(m *Model) bool { _, is := m.overlay.(*menu); return is },
		"F":     func(m *Model) bool { _, is := m.overlay.(*findingList); return is },
		"E":     func(m *Model) bool { return m.prompt != nil },
		"/":     func(m *Model) bool { return m.prompt != nil },
		"2":     func(m *Model) bool { return m.focus == tablePane },
		"q":     func(m *Model) bool { return m.overlay == nil && m.status == "" },
		"esc":   func(m *Model) bool { return m.overlay == nil && m.status == "" },
	} {
		b := newWorkbench(t, 80, 24)
		b.keys("space")
		b.zoomed()
		b.keys(key)
		if _, still := b.m.overlay.(*zoom); still || b.Ended() || !done(b.m) {
			t.Errorf("%s: tab %s, overlay %T, status %q", key, b.m.preview.tab, b.m.overlay, b.m.status)
		}
	}
	for _, key := range []string{"u", "t", "w"} { // what they would do is out of sight
		b := newWorkbench(t, 80, 24)
		b.keys("space")
		b.zoomed()
		b.keys(key)
		b.wantStatus(key + " does nothing here; Esc closes")
		if _, still := b.m.overlay.(*zoom); !still || len(b.m.review.History()) != 1 {
			t.Errorf("%s: overlay %T, %d decisions", key, b.m.overlay, len(b.m.review.History()))
		}
	}
	b := newWorkbench(t, 80, 24)
	b.keys("4", "enter")
	if _, ok := b.m.overlay.(*zoom); !ok {
		t.Errorf("enter in the preview opened %T", b.m.overlay)
	}
}

// TestDetailsAreJudged: who reads what is known about an IOC judges it there; keys that
// act on what is out of sight say that they do nothing.
func TestDetailsAreJudged(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("down", "enter", "u")
	b.wantStatus("u does nothing here; Esc closes")
	b.keys("m")
	if at, _ := b.m.iocs.current(); b.m.overlay != nil || b.m.review.Verdict(at) != review.Malicious || at == 0 {
		t.Errorf("overlay %T, status %q", b.m.overlay, b.m.status)
	}
	b.keys("enter", "e")
	if b.m.overlay != nil || b.m.prompt == nil {
		t.Error("no note is asked for")
	}
	b.keys("esc", "V", "down", "enter", "m") // a range would be judged
	b.wantStatus("m does nothing here; Esc closes")
	b.keys("H")
	if view := b.View(); strings.Contains(view, "IOC ─") || !strings.Contains(view, "History") {
		t.Errorf("H did not open the history:\n%s", view)
	}
}
