package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
)

// followed takes what others did into a model until something holds.
func followed(t *testing.T, m *Model, until func() bool) {
	t.Helper()
	for !until() {
		c, ok := m.opt.Journal.Next()
		if !ok {
			t.Fatal("the journal has ended")
		}
		m.Update(followMsg{c})
	}
}

// TestTooLateIsSaid: what is decided when somebody has taken the review over is told in
// its words, and goes on being told until the review is taken back, also when the other
// one decides.
func TestTooLateIsSaid(t *testing.T) {
	for served, where := range map[bool]string{
		false: "is in a file that quarry reviews names, quarry reviews import takes it in", true: "is in a file of the server, which its log names",
	} {
		folder := t.TempDir()
		m := savingWorkbench(t, folder)
		if served {
			m.opt.Shelf = twoDocuments
		}
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		begin(t, m)
		other := savingWorkbench(t, folder)
		begin(t, other)
		other.Update(other.takeOver()())
		followed(t, other, func() bool { return other.keeping.holder == nil })
		pressed(m, "down")
		pressed(m, "b")
		words := m.review.History()[0].Words
		m.Update(m.answer())
		followed(t, m, func() bool { return len(m.keeping.tooLate) == 1 })
		late := "your last decision (" + words + ") came too late and " + where
		wantStatus(t, m, "jk on ", "has this review; T takes it over; ", late)
		checkFrame(t, m)
		if got := strings.Join(strings.Fields(screen(m)), " "); !strings.Contains(got, where) || len(m.review.History()) != 0 {
			t.Errorf("it is not said, or shown as decided:\n%s", screen(m))
		}
		pressed(other, "space")
		other.Update(other.answer())
		followed(t, m, func() bool { return len(m.review.History()) == 1 })
		wantStatus(t, m, "jk switched off", late)
		m.Update(m.takeOver()())
		followed(t, m, func() bool { return m.keeping.holder == nil })
		wantStatus(t, m, "this review is yours now; "+late)
		pressed(m, "space")
		m.Update(m.answer())
		if strings.Contains(m.status, "too late") {
			t.Errorf("it is still said: %s", m.status)
		}
	}
}

// TestMissedPastesAreSaid: that rows which somebody pasted are not here is said with
// what they decide then, and when the review is taken over.
func TestMissedPastesAreSaid(t *testing.T) {
	const missing = "; jk pasted something: its rows are here once you leave and open this again"
	folder := t.TempDir()
	m := savingWorkbench(t, folder)
	begin(t, m)
	other := savingWorkbench(t, folder)
	begin(t, other)
	m.opt.Registry = feed.NewRegistry(rowReader{})
	m.Update(m.readPasted("secret.example")())
	key(t, m, "enter")
	if status := m.answer().status; status.Err != nil {
		t.Fatal(status.Err)
	}
	followed(t, other, func() bool { return len(other.keeping.missed) == 1 })
	pressed(m, "space")
	m.Update(m.answer())
	followed(t, other, func() bool { return len(other.review.History()) == 1 })
	wantStatus(t, other, "jk switched off", missing)
	other.Update(other.takeOver()())
	followed(t, other, func() bool { return other.keeping.holder == nil })
	wantStatus(t, other, "this review is yours now"+missing)
}

// TestTooLateOnTheShelf: who leaves a document, and then the session, is told both times
// what came too late.
func TestTooLateOnTheShelf(t *testing.T) {
	folder, closed := t.TempDir(), []string(nil)
	as := func(who string) *live {
		m := atShelf(t, savedShelf{twoDocuments, folder, &closed, who}, func(o *Options) { o.CopyExports, o.Reviewer = true, who })
		l := newLive(t, m)
		l.shows("below/otter.txt")
		l.press("enter")
		l.until("restored", func() bool { return m.keeping.begun })
		return l
	}
	kim, robin := as("kim"), as("robin")
	robin.press("T")
	robin.shows("this review is yours now")
	kim.press("b") // takes no message before
	kim.shows("came too late and is")
	kim.press("o")
	kim.shows("1 decision is ")
	if left := kim.m.readings.end(); len(left) != 1 || !strings.Contains(left[0], "1 decision is ") {
		t.Errorf("the session ends with %q", left)
	}
	if left := robin.m.readings.end(); len(left) != 0 {
		t.Errorf("the other one ends with %q", left)
	}
}
