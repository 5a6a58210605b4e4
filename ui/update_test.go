package ui

import (
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/clip"
)

func (b *workbench) query(table string) string {
	b.t.Helper()
	hunts, ok := b.m.plan.Hunt(table)
	if !ok {
		b.t.Fatalf("there is no hunt for %s", table)
	}
	return review.AllHunts(hunts)
}

func (b *workbench) wantStatus(parts ...string) {
	b.t.Helper()
	for _, p := range parts {
		if !strings.Contains(b.m.status, p) {
			b.t.Errorf("the status is %q, want %q in it", b.m.status, p)
		}
	}
}

func TestToggleChangesTheQuery(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	if !strings.Contains(b.query("DnsEvents"), "lantern.example") {
		t.Fatal("the hunt does not look for the first IOC")
	}
	b.keys("space")
	if b.m.review.On(0) {
		t.Error("space left the IOC on")
	}
	if strings.Contains(b.query("DnsEvents"), "lantern.example") {
		t.Error("the hunt still looks for an IOC that is off")
	}
	b.wantStatus("switched off lantern[.]example", "u undoes")
	b.keys("u")
	if !b.m.review.On(0) || !strings.Contains(b.query("DnsEvents"), "lantern.example") {
		t.Error("undo did not bring the IOC back")
	}
	b.keys("ctrl+r")
	if b.m.review.On(0) {
		t.Error("redo did not switch it off again")
	}
}

func TestRangeIsOneDecision(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("down", "V", "down", "down", "space")
	for i, want := range []bool{true, false, false, false, true} {
		if b.m.review.On(i) != want {
			t.Errorf("IOC %d is on: %v", i, !want)
		}
	}
	if n := len(b.m.review.History()); n != 1 {
		t.Errorf("the range took %d decisions, want 1", n)
	}
	b.keys("m", "e")
	b.Type("seen")
	b.keys("enter", "i", "r")
	for i := range 5 {
		want := i >= 1 && i <= 3
		if (b.m.review.Verdict(i) == review.Malicious) != want || (b.m.review.Note(i) == "seen") != want || !b.m.review.On(i) {
			t.Errorf("IOC %d: %q, %q, on: %v", i, b.m.review.Verdict(i), b.m.review.Note(i), b.m.review.On(i))
		}
	}
	if n := len(b.m.review.History()); n != 4 {
		t.Errorf("what was done with the range took %d decisions, want 4", n)
	}
	if from, to := b.m.iocs.marked(); b.m.iocs.anchor < 0 || from != 1 || to != 3 {
		t.Errorf("rows %d to %d are marked", from, to)
	}
	b.keys("esc")
	if b.m.iocs.anchor != -1 {
		t.Error("esc left the mark")
	}
}

// TestRangeDoesNotGrowAfterADecision: what the cursor meets later was not meant.
func TestRangeDoesNotGrowAfterADecision(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("V", "down", "m", "down")
	b.wantStatus("the marked range is dropped")
	b.keys("down", "b")
	want := []review.Verdict{review.Malicious, review.Malicious, review.NoVerdict, review.Benign, review.NoVerdict}
	for i, v := range want {
		if got := b.m.review.Verdict(i); got != v {
			t.Errorf("IOC %d is %q, want %q", i, got, v)
		}
	}
	b.keys("V", "up", "u")
	if b.m.iocs.anchor < 0 {
		t.Error("a range that nothing was decided about is dropped")
	}
}

// TestRangeMeansWhatWasMarked: a mark does not outlive the rows it was made on.
func TestRangeMeansWhatWasMarked(t *testing.T) {
	for name, change := range map[string]func(b *workbench){
		"a filter": func(b *workbench) { b.keys("/"); b.Type("cdn.lantern.test"); b.keys("enter") },
		"a sort":   func(b *workbench) { b.keys("s", "s") },
	} {
		b := newWorkbench(t, 120, 40)
		b.keys("down", "down", "down", "V", "up")
		change(b)
		want, _ := b.m.iocs.current()
		b.keys("b")
		for i := range b.m.review.IOCs().Len() {
			if has := b.m.review.Verdict(i) == review.Benign; has != (i == want) {
				t.Errorf("after %s: IOC %d is benign: %v", name, i, has)
			}
		}
	}
}

func TestAllShownMeansTheFilter(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("/")
	b.Type("type:ip:port")
	b.keys("enter", "a")
	for i := range b.m.review.IOCs().Len() {
		ioc := b.m.review.IOCs().At(i)
		if want := ioc.Type != feed.IPPort && !ioc.Mention; b.m.review.On(i) != want {
			t.Errorf("%s is on: %v", ioc.Value, !want)
		}
	}
	if mention := b.m.review.IOCs().Len() - 1; b.m.review.On(mention) {
		t.Error("switching all on took a mention along")
	}
	b.keys("i")
	if !b.m.review.On(1) {
		t.Error("invert left the shown IOCs off")
	}
	b.keys("esc")
	if b.m.iocs.filter.Text != "" || len(b.m.iocs.view) != b.m.review.IOCs().Len() {
		t.Error("esc left the filter")
	}
}

func TestFilterAsYouType(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("/")
	b.Type("lantern")
	shown := len(b.m.iocs.view)
	b.Type(" conf:")
	b.wantStatus("conf:", "number")
	if len(b.m.iocs.view) > shown {
		t.Error("a half-typed word brought rows back")
	}
	b.keys("ctrl+u")
	b.Type("conf>=90")
	if len(b.m.iocs.view) != 3 {
		t.Errorf("%d rows are shown, want 3", len(b.m.iocs.view))
	}
	b.keys("esc")
	if len(b.m.iocs.view) != b.m.review.IOCs().Len() || b.m.prompt != nil {
		t.Error("esc did not bring back what was shown")
	}
	b.keys("/")
	b.Type("nothing-like-this")
	b.keys("enter")
	if !strings.Contains(b.View(), "no row matches the filter") {
		t.Error("an empty table does not explain itself")
	}
	b.keys("space")
	b.wantStatus("no IOC is shown")
}

func TestCursorFollowsItsIOC(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("end", "up") // cdn.lantern.test
	want, _ := b.m.iocs.current()
	for range review.Columns {
		b.keys("s")
		if got, _ := b.m.iocs.current(); got != want {
			t.Errorf("sorted by %s the cursor is on IOC %d, want %d", b.m.iocs.order(), got, want)
		}
		b.keys("S")
		if got, _ := b.m.iocs.current(); got != want {
			t.Errorf("sorted by %s the cursor is on IOC %d, want %d", b.m.iocs.order(), got, want)
		}
	}
}

func TestVerdictAndNote(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("b", "e")
	b.Type("our CDN")
	b.keys("enter")
	if b.m.review.Verdict(0) != review.Benign || b.m.review.Note(0) != "our CDN" {
		t.Errorf("verdict %q, note %q", b.m.review.Verdict(0), b.m.review.Note(0))
	}
	b.keys("b")
	if b.m.review.Verdict(0) != review.NoVerdict {
		t.Error("the same verdict again did not take it back")
	}
	b.keys("m", "n")
	if b.m.review.Verdict(0) != review.Unsure {
		t.Error("n did not say unsure")
	}
}

func TestTables(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("2", "down", "down", "down", "down", "space")
	b.query("DeviceFileEvents")
	if b.m.preview.tab != "DeviceFileEvents" {
		t.Errorf("the preview shows %s, not the table that was chosen", b.m.preview.tab)
	}
	b.keys("space")
	if _, ok := b.m.plan.Hunt("DeviceFileEvents"); ok {
		t.Error("the table is still hunted")
	}
	b.keys("t")
	if b.m.review.Target() != kql.Defender {
		t.Fatal("t did not switch the target")
	}
	if _, ok := b.m.plan.Hunt("CommonSecurityLog"); ok {
		t.Error("CommonSecurityLog is hunted in Defender, which has no such table")
	}
	if !strings.Contains(b.query("DeviceNetworkEvents"), "Timestamp > ago(") {
		t.Error("the hunt for Defender does not filter on Timestamp")
	}
	b.keys("home", "space")
	b.keys("space")
	b.wantStatus("no table CommonSecurityLog in Defender", "switch the target")
}

func TestLookback(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("L", "ctrl+u")
	b.Type("36h")
	b.keys("enter")
	if !strings.Contains(b.query("DnsEvents"), "ago(36h)") {
		t.Error("the look-back is not in the query")
	}
	b.keys("L", "ctrl+u")
	b.Type("soon")
	b.keys("enter")
	b.wantStatus("soon", "7d")
}

func TestScenarios(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("3", "space")
	if !strings.Contains(b.query("DeviceNetworkEvents"), `InitiatingProcessParentFileName in~ ("ccmexec.exe")`) {
		t.Errorf("the scenario is not in the query:\n%s", b.query("DeviceNetworkEvents"))
	}
	if strings.Contains(b.query("DnsEvents"), "not(") {
		t.Error("a scenario about processes is in the hunt for DNS")
	}
	b.keys("space")
	if strings.Contains(b.query("DeviceNetworkEvents"), "not(") {
		t.Error("the detached scenario is still in the query")
	}
	b.keys("down", "space") // names the malware
	if strings.Contains(b.query("DeviceNetworkEvents"), "not(") {
		t.Error("a dangerous scenario was used without a second key")
	}
	b.wantStatus("not attached, ! twice attaches it all the same", "dangerous in DeviceNetworkEvents")
	if on, _ := b.m.review.Attached(1); on {
		t.Error("a scenario that changes no hunt counts as attached")
	}
	b.keys("!")
	b.wantStatus("dangerous in DeviceNetworkEvents", "! again accepts that")
	b.keys("!")
	b.wantStatus("dangerous, accepted: attached to DeviceNetworkEvents")
	if q := b.query("DeviceNetworkEvents"); !strings.Contains(q, "not(") || !strings.Contains(q, "[dangerous: ") {
		t.Errorf("the accepted scenario does not carry its mark:\n%s", q)
	}
}

func TestAttachedLineIsInSight(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("3", "space")
	if b.m.preview.tab != "DeviceNetworkEvents" || !strings.Contains(b.View(), "+ | where not(InitiatingProcessParentFileName") {
		t.Errorf("the line that the scenario brought is not shown:\n%s", b.View())
	}
}

func TestCopyTellsWhatIsKnown(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("y")
	b.wantStatus("sent")
	if strings.Contains(b.m.status, "copied") {
		t.Errorf("nobody can know that it was copied: %q", b.m.status)
	}
	var sent clip.SentMsg
	for _, msg := range b.Messages() {
		if m, ok := msg.(clip.SentMsg); ok {
			sent = m
		}
	}
	text, err := os.ReadFile(sent.Path)
	if err != nil || string(text) != b.query("CommonSecurityLog") {
		t.Errorf("the file of the copy holds %q, %v", text, err)
	}
	b.keys("Y")
	text, _ = os.ReadFile(sent.Path)
	if want := review.AllHunts(b.m.plan.Hunts()); string(text) != want {
		t.Errorf("copy-all wrote %q", text)
	}
}

func TestHelpFindsAndRuns(t *testing.T) {
	b := newWorkbench(t, 100, 30)
	b.keys("?")
	b.Type("whole screen")
	b.keys("enter")
	if _, ok := b.m.overlay.(*zoom); !ok {
		t.Fatalf("the help did not run zoom: %T", b.m.overlay)
	}
	if got := b.View(); strings.Contains(got, "Preview") || !strings.HasPrefix(got, "// CommonSecurityLog") {
		t.Errorf("the bare view has borders:\n%s", got)
	}
	b.keys("q")
	if b.m.overlay != nil || b.Ended() {
		t.Error("q did not close the view, or left the program")
	}
	b.keys(":")
	b.Type("switch between sentinel")
	b.keys("enter")
	if b.m.review.Target() != kql.Defender {
		t.Error("the palette did not run target")
	}
}

func TestReadings(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	for key, want := range map[string]string{
		"enter": "lantern.example", "F": "The document", "H": "No decision yet",
	} {
		b.keys(key)
		if !strings.Contains(b.View(), want) {
			t.Errorf("%s shows\n%s\nwant %q", key, b.View(), want)
		}
		b.keys("esc")
		if b.m.overlay != nil {
			t.Errorf("esc left %s open", key)
		}
	}
	b.keys("2", "enter")
	if !strings.Contains(b.View(), "CEF appliances") {
		t.Errorf("the table's details are\n%s", b.View())
	}
	b.keys("esc", "3", "enter")
	if !strings.Contains(b.View(), `process.parent is "ccmexec.exe"`) {
		t.Errorf("the scenario's details are\n%s", b.View())
	}
}

func TestPasteIsNeverKeys(t *testing.T) {
	b := newWorkbench(t, 100, 30)
	b.Paste("q\nspace\nE\n")
	if b.Ended() || len(b.m.review.History()) > 0 || b.m.prompt != nil {
		t.Error("pasted text was taken as keys")
	}
	b.wantStatus("pasted")
	b.keys("/")
	b.Paste("a\u202eb\x1b[2Jc")
	if v := b.m.View().Content; strings.ContainsRune(v, 0x202e) || strings.Contains(v, "\x1b[2J") {
		t.Error("a pasted override reached the screen")
	}
	b.keys("esc", "e")
	b.Paste("first\nsecond")
	b.keys("enter")
	if got := b.m.review.Note(0); got != "first second" {
		t.Errorf("the note is %q", got)
	}
}

func TestSmallTerminalSaysSo(t *testing.T) {
	b := newWorkbench(t, 59, 15)
	if v := b.View(); !strings.Contains(v, "59 x 15") || !strings.Contains(v, "60 x 16") {
		t.Errorf("the message lacks the numbers:\n%s", v)
	}
	b.Resize(60, 16)
	if !strings.Contains(b.View(), "1 IOCs") {
		t.Errorf("60 x 16 is too small:\n%s", b.View())
	}
}

func TestPreviewMarksWhatChanged(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for _, l := range b.m.preview.lines {
		if l.changed {
			t.Fatal("a line is marked before any decision")
		}
	}
	b.keys("space")
	var marked []string
	for _, l := range b.m.preview.lines {
		if l.changed {
			marked = append(marked, l.text)
		}
	}
	if len(marked) == 0 || !strings.Contains(strings.Join(marked, "\n"), "let IocDomain") {
		t.Errorf("marked are %q, want the list of domains", marked)
	}
	if b.m.preview.added == 0 || b.m.preview.gone == 0 {
		t.Errorf("+%d -%d lines", b.m.preview.added, b.m.preview.gone)
	}
}

func TestBackgroundAnswerChangesTheTheme(t *testing.T) {
	b := newWorkbench(t, 100, 30)
	dark := b.m.theme
	b.Send(tea.BackgroundColorMsg{Color: white{}})
	if b.m.theme == dark {
		t.Error("a light background changed nothing")
	}
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF }

// TestKeyOfAnotherPane: a key that does nothing here says where it does.
func TestKeyOfAnotherPane(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("4", "m")
	b.wantStatus("m does nothing here, it is for the IOCs (1); ? lists the keys")
	b.keys("space")
	b.wantStatus("Space does nothing here, it is for the IOCs (1) and Tables (2) and Scenarios (3);")
	b.keys("~")
	b.wantStatus("~ does nothing here; ? lists the keys")
}
