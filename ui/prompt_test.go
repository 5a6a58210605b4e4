package ui

import (
	"strings"
	"testing"

	"quarry/exclusions/library"
	"quarry/ui/clip"
)

// foot is the last rows of the screen.
func (b *workbench) foot(rows int) string {
	lines := strings.Split(b.View(), "\n")
	return strings.Join(lines[len(lines)-rows:], "\n")
}

// wantPrompt checks that a prompt is open with a text and, below it, all of
// what is wrong with that text.
func (b *workbench) wantPrompt(text, wrong string) {
	b.t.Helper()
	if b.m.prompt == nil {
		b.t.Fatalf("no prompt is open:\n%s", b.View())
	}
	if got := b.m.prompt.input.Value(); got != text {
		b.t.Errorf("the prompt holds %q, want %q", got, text)
	}
	if words := strings.Join(strings.Fields(b.foot(mostFootLines+1)), " "); !strings.Contains(words, wrong) {
		b.t.Errorf("the screen ends\n%s\nwant %q", b.foot(mostFootLines+1), wrong)
	}
	checkFrame(b.t, b.m)
	if c := b.m.View().Cursor; c == nil || !strings.Contains(strings.Split(b.View(), "\n")[c.Y], strings.TrimSpace(b.m.prompt.input.Prompt)) {
		b.t.Errorf("the cursor is not in the prompt: %v", c)
	}
}

func TestRefusedFilterStays(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		b := newWorkbench(t, size[0], size[1])
		b.keys("/")
		b.Type("type:ip:port")
		b.keys("enter", "down", "/", "ctrl+u")
		b.Type("lantern typ:domain")
		// The last valid words are in force, and the title says which.
		if got := b.m.iocs.filter.Text; got != "lantern typ" {
			t.Errorf("while typing %q is in force", got)
		}
		title := strings.Split(b.View(), "\n")[1]
		if !strings.Contains(title, "filter: lantern typ") || strings.Contains(title, "domain") {
			t.Errorf("the title is %q", title)
		}
		b.keys("enter")
		const wrong = `filter "typ:domain": there is no field typ; did you mean type?`
		b.wantPrompt("lantern typ:domain", wrong)
		if at, _ := b.m.iocs.current(); b.m.iocs.filter.Text != "type:ip:port" || len(b.m.iocs.view) != 3 || at != 2 {
			t.Errorf("%q is in force with %d rows, the cursor on %d", b.m.iocs.filter.Text, len(b.m.iocs.view), at)
		}
		if title := strings.Split(b.View(), "\n")[1]; !strings.Contains(title, "filter: type:ip:port") {
			t.Errorf("the title is %q", title)
		}
		// Typing goes on, and a word that can be used is used.
		b.keys("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
		b.keys("enter")
		if b.m.prompt != nil || b.m.iocs.filter.Text != "lantern " {
			t.Errorf("%q is in force", b.m.iocs.filter.Text)
		}
		// Esc brings back what was there before the key.
		b.keys("/")
		b.Type("conf>x")
		b.keys("enter", "esc")
		if b.m.prompt != nil || b.m.iocs.filter.Text != "lantern " {
			t.Errorf("after esc %q is in force", b.m.iocs.filter.Text)
		}
	}
}

func TestFilterPromptKeepsTheRange(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.mark(1, 3)
	b.keys("/")
	b.Type("lantern")
	b.keys("esc")
	if from, to := b.m.iocs.marked(); b.m.iocs.anchor < 0 || from != 1 || to != 3 {
		t.Errorf("rows %d to %d are marked", from, to)
	}
}

func TestRefusedTextsStay(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("L", "ctrl+u")
	b.Type("soon")
	b.keys("enter")
	b.wantPrompt("soon", `"soon" is no look-back; write it as 7d, 36h or 90m`)
	b.keys("ctrl+u")
	b.Type("9999d")
	if b.m.status != "" {
		t.Errorf("what was wrong with another text is still there: %q", b.m.status)
	}
	b.keys("enter")
	b.wantPrompt("9999d", "look-back")
	b.keys("ctrl+u")
	b.Type("36h")
	b.keys("enter")
	if b.m.prompt != nil || !strings.Contains(b.query("DnsEvents"), "ago(36h)") {
		t.Error("the mended text was not taken")
	}
	b.keys("E", "ctrl+u", "enter")
	b.wantPrompt("", "no path, nothing was written")
}

// TestExportAnswersAPromptThatIsOpen: the answer of an export comes late, and
// must not take away what is being typed.
func TestExportAnswersAPromptThatIsOpen(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("e")
	b.Type("half a no")
	b.Send(exportedMsg{path: "x.md", ask: true})
	b.wantPrompt("half a no", "x.md exists and was not written over")
	b.Type("te")
	b.keys("enter")
	if b.m.review.Note(0) != "half a note" {
		t.Errorf("the note is %q", b.m.review.Note(0))
	}
}

// TestLongMessageGivesTheKeysBack at the next key, whatever that does.
func TestLongMessageGivesTheKeysBack(t *testing.T) {
	for _, key := range []string{"down", "home", "x"} {
		b := newWorkbench(t, 60, 16)
		if b.m.say(plain, strings.Repeat("word ", 20)); strings.Contains(b.foot(1), "? keys") {
			t.Fatal("the message has one row only")
		}
		b.keys(key)
		if !strings.Contains(b.foot(1), "? keys") {
			t.Errorf("after %s the screen ends\n%s", key, b.foot(2))
		}
	}
}

func TestLongMessageIsWhole(t *testing.T) {
	b := newWorkbench(t, 60, 16)
	for n := range 60 {
		text := strings.TrimSpace(strings.Repeat("word ", n))
		b.m.say(warn, text)
		checkFrame(t, b.m)
		if got := strings.Join(strings.Fields(b.foot(mostFootLines)), " "); n < 40 && !strings.Contains(got, text) {
			t.Errorf("%d words are cut:\n%s", n, b.foot(mostFootLines))
		}
	}
}

func TestCopyMessages(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("y")
	b.wantStatus("sent")
	b.keys("]")
	if b.m.status != "" {
		t.Errorf("the tab was turned and the status is %q", b.m.status)
	}
	for b.m.preview.tab != publishedTab {
		b.keys("]")
	}
	b.keys("y")
	if !strings.HasPrefix(b.m.status, "published queries, with their faults: sent") {
		t.Errorf("the warning does not come first: %q", b.m.status)
	}
	b.keys("2", "down", "home")
	if b.m.preview.tab != "CommonSecurityLog" || b.m.status != "" {
		t.Errorf("another table is shown and the status is %q", b.m.status)
	}
	// The warning is about what was copied, not about what is shown by then.
	b.m.copied = "DnsEvents"
	for b.m.preview.tab != publishedTab {
		b.keys("]")
	}
	b.Send(clip.SentMsg{Route: clip.Route{Bytes: len(b.m.preview.source)}})
	if strings.Contains(b.m.status, "faults") {
		t.Errorf("a hunt was copied, and the status is %q", b.m.status)
	}
}

func TestQuitSaysHowToStay(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("space", "/")
	b.Type("lantern")
	b.keys("enter", "q")
	b.wantStatus("Esc stays")
	b.keys("esc")
	if b.Ended() || b.m.status != "" || b.m.iocs.filter.Text != "lantern" {
		t.Errorf("esc did more than stay: %q, filter %q", b.m.status, b.m.iocs.filter.Text)
	}
	b.keys("q")
	if b.Ended() {
		t.Error("esc did not withdraw the question")
	}
}

// TestRefusedTextsKeepTheKeys: where a text is refused the line still says how to
// leave it, on every size of screen.
func TestRefusedTextsKeepTheKeys(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {200, 50}} {
		b := newWorkbench(t, size[0], size[1])
		b.keys("/")
		b.Type("typ:domain")
		b.keys("enter")
		b.wantPrompt("typ:domain", "no field typ")
		if !strings.Contains(b.foot(1), "Enter apply  Esc cancel") {
			t.Errorf("%v: the screen ends\n%s", size, b.foot(4))
		}
	}
	b := newWorkbench(t, 80, 24)
	b.keys("3", "e", "ctrl+u")
	b.Type("process.parentt is cron and more of it that makes the sentence long")
	b.keys("enter")
	view := b.View()
	if !strings.Contains(b.foot(1), "Enter save  Esc cancel") {
		t.Errorf("the screen ends\n%s", b.foot(4))
	}
	if n := strings.Count(view, "expected a field"); n != 1 {
		t.Errorf("what is wrong stands there %d times:\n%s", n, view)
	}
}

// TestLibraryFormBeginsCalmly: nothing is refused before anything was typed, and what
// is wrong stands there once.
func TestLibraryFormBeginsCalmly(t *testing.T) {
	entries := []library.Entry{{Title: "Sandboxes", Condition: "device.name is one of ({hosts})", Parameters: []library.Parameter{{Name: "hosts", Means: "the sandboxes", Example: []string{"sb1"}}}}}
	b := newWorkbench(t, 80, 24).withLibrary(func() ([]library.Entry, []error) { return entries, nil }, nil)
	b.keys("3", "i", "enter")
	if view := b.View(); strings.Contains(view, "fill in the sandboxes") || !strings.Contains(b.foot(1), "Enter take  Esc cancel") {
		t.Errorf("it begins so:\n%s", view)
	}
	b.keys("enter")
	if view := b.View(); strings.Count(view, "fill in the sandboxes") != 1 || !strings.Contains(b.foot(1), "Enter take  Esc cancel") {
		t.Errorf("after Enter:\n%s", view)
	}
}
