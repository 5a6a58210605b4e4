package ui

import (
	"strings"
	"testing"

	"quarry/feed"
)

// TestColumnsThatAreEmptyGiveWay: where no row states a threat, a confidence or when
// it was seen first, the value has their room, and a long type is whole.
func TestColumnsThatAreEmptyGiveWay(t *testing.T) {
	bare := &feed.Bulletin{Source: feed.Source{Name: "list.txt", Line: 1}, Total: feed.NoTotal}
	const value = "help-wallet-io-support.one.pages.example"
	for n, v := range []string{value, "help-wallet-io-support.two.pages.example"} {
		bare.IOCs = append(bare.IOCs, feed.IOC{Type: feed.Domain, Value: v, Confidence: feed.NoConfidence, Sources: []feed.Source{{Name: "list.txt", Line: n + 1}}})
	}
	bare.IOCs = append(bare.IOCs, feed.IOC{Type: feed.FileName, Value: "loader.dll", Confidence: feed.NoConfidence, Sources: []feed.Source{{Name: "list.txt", Line: 3}}})
	for _, w := range []int{80, 120} {
		b := newWorkbench(t, w, 24, bare)
		view := b.View()
		if !strings.Contains(view, "help-wallet-io-support[.]one[.]pages[.]example") || !strings.Contains(view, "file_name ") || strings.Contains(view, "first seen") {
			t.Errorf("at %d cells:\n%s", w, view)
		}
		checkFrame(t, b.m)
	}
	// A document that says more of the same row brings the columns back.
	b := newWorkbench(t, 120, 24, bare)
	b.m.review.Add([]*feed.Bulletin{{
		Source: feed.Source{Name: "more.txt", Line: 1}, Total: feed.NoTotal,
		IOCs: []feed.IOC{{Type: feed.Domain, Value: value, Confidence: 75, Sources: []feed.Source{{Name: "more.txt", Line: 1}}}},
	}})
	b.m.reviewChanged()
	if view := b.View(); !strings.Contains(view, "75%") {
		t.Errorf("after another document:\n%s", view)
	}
	// One row that states them is enough.
	b = newWorkbench(t, 120, 24, bare, sampleDocument(t))
	if view := b.View(); !strings.Contains(view, "first seen") || !strings.Contains(view, "conf") {
		t.Errorf("the columns are missing:\n%s", view)
	}
}
