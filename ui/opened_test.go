package ui

import (
	"strings"
	"testing"
)

// TestLargeDocumentOpensOnAHunt: a document for which hunts come later opens on the
// first of them, as a small one does, unless another tab was chosen meanwhile.
func TestLargeDocumentOpensOnAHunt(t *testing.T) {
	text := domains("a", 30_000)
	for _, turned := range []bool{false, true} {
		m := loadingWorkbench(t, strings.NewReader(text), len(text))
		want := ""
		if turned {
			key(t, m, "]")
			want = unionTab
		}
		for m.piece() {
		}
		settle(t, m, m.goOn())
		if !turned {
			want = m.plan.Tables()[0]
		}
		if m.preview.tab != want || turned == (m.whereabouts() == m.start) {
			t.Errorf("turned %v: it opens on %s, want %s; start %+v", turned, m.preview.tab, want, m.start)
		}
	}
}

// TestResumedMarksNothing: what was decided another day is no last decision, of which
// the changed lines are marked.
func TestResumedMarksNothing(t *testing.T) {
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	pressed(m, "space")
	m.Update(m.answer())
	if m.preview.added+m.preview.gone == 0 {
		t.Fatal("the decision changed no line")
	}
	m.opt.Journal.Close()
	m = savingWorkbench(t, folder)
	begin(t, m)
	if m.review.On(0) || m.preview.added+m.preview.gone > 0 {
		t.Errorf("on: %v, %d lines came and %d went:\n%s", m.review.On(0), m.preview.added, m.preview.gone, screen(m))
	}
	pressed(m, "]")
	if m.preview.added+m.preview.gone > 0 {
		t.Errorf("in the next tab %d lines came and %d went", m.preview.added, m.preview.gone)
	}
	pressed(m, "down")
	pressed(m, "space")
	m.Update(m.answer())
	if m.preview.added+m.preview.gone == 0 {
		t.Error("the next decision is not marked")
	}
}
