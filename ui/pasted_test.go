package ui

import (
	"fmt"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"quarry/feed"
	plainlist "quarry/feed/plain"
	"quarry/review"
	"quarry/ui/termtest"
)

// pasting is a workbench that reads what is pasted.
func pasting(t testing.TB, w, h int) *workbench {
	t.Helper()
	opt := options(t)
	opt.Registry = feed.NewRegistry(rowReader{})
	m := New(newReview(t, sampleDocument(t)), opt)
	return &workbench{termtest.Simulate(t, m, w, h), m, t}
}

const pastedRows = "lantern.example\nfirst.paste.example\nsecond.paste.example\n?mention.paste.example\n"

// TestPasteIsADocument shows what was pasted, and adds it or not. Positions and
// decisions stay.
func TestPasteIsADocument(t *testing.T) {
	b := pasting(t, 120, 40)
	b.keys("down", "b", "end", "up")
	item, _ := b.m.iocs.current()
	n := b.m.review.IOCs().Len()
	b.Paste(pastedRows)
	view := b.View()
	for _, want := range []string{
		"3 IOCs and 1 mention, read as rows. Enter adds it to the review for good, which undo does not take", "1 row of it the review has already",
		"3 domain", "line 2:", "first[.]paste[.]example", "Mentions, which are off", "mention[.]paste[.]example, prose", "Enter add to the review",
	} {
		if !strings.Contains(view, want) {
			t.Errorf("the import shows\n%s\nwant %q", view, want)
		}
	}
	if b.m.review.IOCs().Len() != n || len(b.m.review.Documents()) != 1 {
		t.Fatal("it was added unasked")
	}
	b.keys("space", "m")
	b.wantStatus("m does nothing here; Enter adds, Esc drops")
	b.keys("esc")
	b.wantStatus("dropped")
	if b.m.review.IOCs().Len() != n {
		t.Fatal("it was added though it was dropped")
	}
	b.Paste(pastedRows)
	b.Paste("another.example")
	b.wantStatus("something else was pasted and is left out")
	b.keys("enter")
	b.wantStatus("added pasted: 3 IOCs and 1 mention, 3 new rows; this cannot be undone, u takes back decisions only")
	r := b.m.review
	if r.IOCs().Len() != n+3 || r.Verdict(1) != review.Benign || len(r.History()) != 1 {
		t.Errorf("%d IOCs, verdict %q, %d decisions", r.IOCs().Len(), r.Verdict(1), len(r.History()))
	}
	if at, _ := b.m.iocs.current(); at != item {
		t.Errorf("the cursor is on IOC %d, not %d", at, item)
	}
	if d := r.Documents()[1]; d.Source.Name != "pasted" || d.SHA256 == "" || d.Format != "rows" {
		t.Errorf("the document is %+v", d)
	}
	if at, _ := r.IOCs().Find("domain lantern.example"); len(r.IOCs().Sources(at)) != 2 || r.IOCs().Mention(at) {
		t.Errorf("the IOC that was there stands at %v", r.IOCs().Sources(at))
	}
	if !strings.Contains(b.query("DnsEvents"), "first.paste.example") {
		t.Error("no hunt looks for what was added")
	}
	b.keep()
	b.Paste("third.paste.example\r\nfourth.paste.example")
	b.keys("enter", "u")
	if names := []string{r.Documents()[2].Source.Name}; names[0] != "pasted 2" || r.IOCs().Len() != n+5 || r.Verdict(1) != review.NoVerdict {
		t.Errorf("%v, %d IOCs", names, r.IOCs().Len())
	}
	var text strings.Builder
	if err := r.WriteMarkdown(&text, b.m.signature()); err != nil || !strings.Contains(text.String(), r.Documents()[2].SHA256) || !strings.Contains(text.String(), "fourth.paste.example") {
		t.Errorf("the export does not have what was pasted: %v", err)
	}
}

// TestPastedIsNotLost: leaving asks for what was pasted too.
func TestPastedIsNotLost(t *testing.T) {
	b := pasting(t, 100, 30)
	b.Paste(pastedRows)
	b.keys("enter", "q")
	b.wantStatus("1 pasted document not exported: E exports, q again leaves without")
	if b.Ended() {
		t.Error("q left at once")
	}
}

func TestPasteThatCannotBeRead(t *testing.T) {
	b := pasting(t, 100, 30)
	b.Paste(strings.Repeat("a.example\n", MostPasted/10+1))
	b.wantStatus("nothing was pasted: it is more than the 16 MB that are read; paste less at once, or open it as a file")
	b.Paste(" \n\n")
	b.wantStatus("pasted: the file is empty")
	b.Paste("a.example\n!it is cut")
	b.wantStatus("pasted:2: it is cut; mend it")
	var text strings.Builder
	if err := b.m.review.WriteMarkdown(&text, b.m.signature()); err != nil {
		t.Fatal(err)
	}
	b.Paste(text.String())
	b.wantStatus("this is a reviewed bulletin; save it to a file and open that")
	if b.m.overlay != nil || len(b.m.review.Documents()) != 1 {
		t.Error("something was taken from it")
	}
	m := loadingWorkbench(t, strings.NewReader(domains("a", 20_000)), 0)
	m.Update(tea.PasteMsg{Content: pastedRows})
	wantStatus(t, m, "nothing was pasted: the documents are still being read")
}

// TestPasteOfMegabytes: the text is read by a command, and what the keys do
// meanwhile is done.
func TestPasteOfMegabytes(t *testing.T) {
	b := pasting(t, 100, 30)
	_, cmd := b.m.Update(tea.PasteMsg{Content: strings.ReplaceAll(domains("p", 100_000), "\n", "\r")})
	b.wantStatus("reading 1,588,890 bytes of pasted text")
	b.keys("down", "space")
	if b.m.overlay != nil || b.m.review.On(1) {
		t.Error("the keys waited for what was pasted")
	}
	b.Send(cmd())
	if !strings.Contains(b.View(), "100,000 domain") || !strings.Contains(b.View(), "and 99,992 more") {
		t.Errorf("the import shows\n%s", b.View())
	}
	b.keys("enter")
	if n := b.m.review.IOCs().Len(); n != 100_010 {
		t.Errorf("%d IOCs", n)
	}
}

// TestPasteWhileTyping: what is being typed is not taken away.
func TestPasteWhileTyping(t *testing.T) {
	b := pasting(t, 100, 30)
	_, cmd := b.m.Update(tea.PasteMsg{Content: pastedRows})
	b.keys("/", "l")
	b.Send(cmd())
	if b.m.overlay != nil || b.m.prompt == nil {
		t.Error("the import took the place of the filter")
	}
	b.wantStatus("what was pasted is left out")
}

// TestLargeInATerminal reads a document that comes slowly, in the whole program,
// and then what is pasted.
func TestLargeInATerminal(t *testing.T) {
	from, to := io.Pipe()
	rest := make(chan bool)
	go func() {
		io.WriteString(to, domains("a", 20_000))
		<-rest
		io.WriteString(to, domains("b", 30_000))
		to.Close()
	}()
	m := loadingWorkbench(t, from, 0)
	e := termtest.Emulate(t, m, 120, 40)
	e.WaitFor("rows so far")
	e.Press("down", "space")
	e.WaitFor("switched off a-1[.]example")
	e.Press("/")
	e.Type("a-19")
	e.WaitFor("filter: a-19")
	e.Press("enter")
	close(rest)
	e.WaitFor("read 50,000 rows: nothing to remark")
	e.WaitFor("1,111 of 50,000 rows")
	e.WaitFor("49,999 of 50,000 IOCs on")
	e.Press("esc", "s", "s", "s")
	e.WaitFor("sorted by value")
	e.Paste(pastedRows)
	e.WaitFor("Enter adds it to the review")
	e.Press("enter")
	e.WaitFor("added pasted: 3 IOCs and 1 mention, 4 new rows")
	e.Press("q")
	e.WaitFor("1 decision not exported")
	e.Press("q")
	if _, err := e.Wait(); err != nil {
		t.Fatal(err)
	}
	if left := e.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

func TestLargeScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d/reading", size[0], size[1]), func(t *testing.T) {
			text := domains("a", 9000) + "?only.example\n" + domains("b", 30_000)
			m := loadingWorkbench(t, strings.NewReader(text), len(text))
			m.resize(size[0], size[1])
			m.piece()
			checkFrame(t, m)
			golden.RequireEqual(t, []byte(screen(m)))
		})
		t.Run(fmt.Sprintf("%dx%d/pasted", size[0], size[1]), func(t *testing.T) {
			b := pasting(t, size[0], size[1])
			b.Paste(pastedRows + domains("p", 60) + "?other.example\n")
			checkFrame(t, b.m)
			golden.RequireEqual(t, []byte(b.View()))
		})
	}
}

// TestPastedIsNoCutDownload: a selection without the end of its last line is whole.
func TestPastedIsNoCutDownload(t *testing.T) {
	b := newWorkbench(t, 100, 30)
	b.m.opt.Registry = feed.NewRegistry(plainlist.Reader{})
	b.Paste("first.paste.example\nsecond.paste.example")
	if view := b.View(); strings.Contains(view, "cut download") || !strings.Contains(view, "2 IOCs") {
		t.Errorf("the import shows\n%s", view)
	}
}
