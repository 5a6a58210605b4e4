package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/ui/clip"
)

// TestPastedOnTheShelf: in a served session what is pasted is for who pasted it, and
// what is said of the review is about the one that has it.
func TestPastedOnTheShelf(t *testing.T) {
	folder, closed := t.TempDir(), []string(nil)
	as := func(who string) *live {
		m := atShelf(t, savedShelf{twoDocuments, folder, &closed, who}, func(o *Options) { o.CopyExports, o.Reviewer = true, who })
		l := newLive(t, m)
		l.shows("below/otter.txt")
		l.press("enter")
		l.until("restored", func() bool { return m.keeping.begun })
		return l
	}
	leave := func(l *live) {
		l.until("saved", func() bool { return !l.m.keeping.held })
		l.press("o")
		l.shows("below/otter.txt")
	}
	kim := as("kim")
	kim.press("space")
	leave(kim)
	robin := as("robin")
	robin.shows("resumed: 1 decision of kim")
	robin.take(tea.PasteMsg{Content: "Indicators:\n\nsecret.example\n"})
	robin.shows("Pasted text")
	robin.press("enter")
	robin.shows("other reviewers do not see it")
	robin.until("saved", func() bool { return !robin.m.keeping.held })
	robin.m.sent(clip.SentMsg{Err: &clip.TooLongError{Bytes: 80_000, Limit: 74_994}})
	wantStatus(t, robin.m, "can write it with quarry reviews export 2")
	leave(robin)
	kim = as("kim")
	kim.shows("resumed: 1 decision until")
	kim.press("R")
	if v := screen(kim.m); strings.Contains(v, "secret") {
		t.Errorf("kim sees\n%s", v)
	}
	robin = as("robin")
	robin.shows("secret[.]example")
}
