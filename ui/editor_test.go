package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"quarry/exclusions"
	"quarry/exclusions/library"
	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/termtest"
)

// onForm is the form that is open.
func (b *workbench) onForm() *form {
	b.t.Helper()
	f, ok := b.m.overlay.(*form)
	if !ok {
		b.t.Fatalf("no form is open: %T", b.m.overlay)
	}
	checkFrame(b.t, b.m)
	return f
}

func TestConditionIsEditedLive(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	was := kql.FormatCondition(b.m.review.Scenario(0).Condition)
	b.keys("3", "e")
	f := b.onForm()
	if f.value(0) != was {
		t.Errorf("the line holds %s, want %s", f.value(0), was)
	}
	if c := b.m.View().Cursor; c == nil || !strings.Contains(strings.Split(b.View(), "\n")[c.Y], "condition: ") {
		t.Errorf("the cursor is not in the line: %v", c)
	}
	b.keys("ctrl+u")
	b.Type(`action is "x" and process.nam is "tool.exe"`)
	lines := strings.Split(b.View(), "\n")
	at := b.m.View().Cursor.Y
	if caret := strings.IndexByte(lines[at+1], '^'); caret != strings.Index(lines[at], "process.nam") || !strings.Contains(lines[at+1], "did you mean process.name?") {
		t.Errorf("the mistake is not shown where it is:\n%s\n%s", lines[at], lines[at+1])
	}
	if strings.Contains(b.View(), "where not(") {
		t.Error("a clause is shown of a condition that cannot be read")
	}
	b.keys("enter")
	if b.onForm(); b.m.review.Scenario(0).Edited {
		t.Error("a condition that cannot be read was saved")
	}
	b.wantStatus("not saved: what is wrong is marked")
	b.keys("ctrl+u")
	b.Type("process.name is tool.exe")
	if v := b.View(); !strings.Contains(v, "DeviceNetworkEvents:  expressible") || !strings.Contains(v, `| where not(InitiatingProcessFileName in~ ("tool.exe"))`) {
		t.Errorf("fit and clause are not shown:\n%s", v)
	}
	b.keys("enter")
	if got := kql.FormatCondition(b.m.review.Scenario(0).Condition); b.m.overlay != nil || got != `process.name is "tool.exe"` {
		t.Errorf("the condition is %s", got)
	}
	b.wantStatus("wrote the condition of scenario 1", "u undoes")
	b.keys("space") // what is attached is the condition that is shown
	if !strings.Contains(b.query("DeviceNetworkEvents"), `where not(InitiatingProcessFileName in~ ("tool.exe"))`) {
		t.Error("another condition is in the query")
	}
	b.keys("u", "u")
	if got := kql.FormatCondition(b.m.review.Scenario(0).Condition); got != was {
		t.Errorf("undo left %s", got)
	}
}

func TestTabCompletes(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("3", "n", "down", "down")
	f := b.onForm()
	b.Type("process.co")
	b.keys("tab")
	b.Type("contains w")
	b.keys("tab")
	b.Type("tool and process.parent is Task")
	b.keys("tab", "tab")
	if got, want := f.value(2), `process.command_line contains word tool and process.parent is "taskhostw.exe"`; got != want {
		t.Errorf("the line holds %s, want %s", got, want)
	}
	b.keys("shift+tab")
	if got := f.value(2); !strings.HasSuffix(got, `"taskeng.exe"`) {
		t.Errorf("the one before is %s", got)
	}
	// In the middle of the line the rest stays.
	b.keys("home")
	b.Type("not acc")
	b.keys("tab")
	if got := f.value(2); !strings.HasPrefix(got, "not account.name process.command_line") {
		t.Errorf("the line holds %s", got)
	}
	b.keys("up", "tab")
	if f.at != 2 {
		t.Error("tab in a line without completions does not go to the next")
	}
	// Where nothing can be completed it says so and stays.
	for _, tt := range []struct{ text, says string }{
		{"action is qq", "nothing to complete at the cursor"},
		{"acton is b and x", "nothing to complete: expected a field"},
	} {
		b.keys("ctrl+u")
		b.keys("end", "ctrl+u")
		b.Type(tt.text)
		b.keys("tab")
		b.wantStatus(tt.says)
		if f.at != 2 || f.value(2) != tt.text {
			t.Errorf("tab behind %q went to line %d, %q", tt.text, f.at, f.value(2))
		}
	}
}

func TestNothingTypedIsLostAtOnce(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("3", "e", "esc")
	if b.m.overlay != nil {
		t.Error("esc did not close a form without changes")
	}
	b.keys("e")
	b.Type(" or action is x")
	b.keys("esc")
	b.onForm()
	b.wantStatus("not saved")
	b.Type("y")
	b.keys("esc")
	b.onForm()
	b.keys("esc")
	if b.m.overlay != nil || b.m.review.Scenario(0).Edited || len(b.m.review.History()) > 0 {
		t.Error("the second esc did not leave it as it was")
	}
}

// TestPaneShowsTheConditionThatIsAttached edits a condition in a way that changes
// neither a fit nor its reason.
func TestPaneShowsTheConditionThatIsAttached(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	b.keys("3")
	s := b.m.review.Scenario(0)
	for _, do := range []review.Decision{
		review.EditCondition{Scenario: s.ID, Condition: `process.name is "first.exe"`},
		review.EditCondition{Scenario: s.ID, Condition: `process.name is "other.exe"`},
		review.SetScenarioNote{Scenario: s.ID, Text: "ask the other.exe team"},
	} {
		if err := b.m.take(do, ""); err != nil {
			t.Fatal(err)
		}
	}
	if v := b.View(); strings.Contains(v, "first.exe") || strings.Count(v, "other.exe") < 2 {
		t.Errorf("the pane shows another condition or note:\n%s", v)
	}
}

func TestNoteIsNotLostAtOnce(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("3", "N", "esc")
	if b.m.prompt != nil {
		t.Error("esc did not close the line without changes")
	}
	b.keys("N")
	b.Type("ask the team")
	b.keys("esc")
	b.wantStatus("not saved")
	b.Type("s")
	b.keys("esc")
	if b.wantStatus("not saved"); b.m.prompt == nil {
		t.Fatal("a key did not take the first esc back")
	}
	b.keys("enter")
	if got := b.m.review.Scenario(0).Note; got != "ask the teams" {
		t.Errorf("the note is %q", got)
	}
	long := strings.Repeat("long ", 2000) + "end"
	decideNote := review.SetScenarioNote{Scenario: b.m.review.Scenario(0).ID, Text: long}
	if err := b.m.take(decideNote, ""); err != nil {
		t.Fatal(err)
	}
	b.keys("N", "enter")
	if got := b.m.review.Scenario(0).Note; got != long {
		t.Errorf("a long note was cut to %d bytes", len(got))
	}
}

func TestScenarioOfOnesOwn(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	n := b.m.review.ScenarioCount()
	b.keys("3", "n")
	b.Type("Ours")
	b.keys("down")
	b.Type("Exclude processes where the process name is tool.exe and the moon is full.")
	if v := b.View(); !strings.Contains(v, "[moon is full]") || !strings.Contains(v, `read as:              process.name is "tool.exe"`) {
		t.Errorf("what is read and what is not are not shown:\n%s", v)
	}
	b.keys("enter")
	if b.m.review.ScenarioCount() != n+1 || b.m.scenarios.win.at != n || b.m.review.Scenario(n).Edited {
		t.Fatalf("%d scenarios, the cursor on %d", b.m.review.ScenarioCount(), b.m.scenarios.win.at)
	}
	b.keys("space")
	b.wantStatus("! attaches it all the same", "partly")
	b.keys("!")
	if _, accepted := b.m.review.Attached(n); accepted != exclusions.Partly || !strings.Contains(b.View(), "[~] "+fmt.Sprint(n+1)+" Ours") {
		t.Errorf("accepted %q:\n%s", accepted, b.View())
	}
	if !strings.Contains(b.query("DeviceNetworkEvents"), "// scenario: Ours [partly: ") {
		t.Error("the query does not say that it fits partly")
	}
	b.keys("K", "K")
	if b.m.review.Scenario(n-2).Title != "Ours" || b.m.scenarios.win.at != n-2 {
		t.Error("the scenario did not move up, or the cursor not with it")
	}
	b.keys("J", "c")
	if at := b.m.scenarios.win.at; b.m.review.Scenario(at).Title != "Ours (copy)" || at != n {
		t.Errorf("the cursor is on %q", b.m.review.Scenario(at).Title)
	}
	b.keys("X")
	if b.m.review.ScenarioCount() != n+1 {
		t.Error("the copy is still there")
	}
	b.keys("home", "X")
	b.wantStatus("stays in the review; detach it")
	b.keys("N")
	b.Type("ask the team")
	b.keys("enter", "enter")
	if !strings.Contains(b.View(), "ask the team") {
		t.Errorf("the note is not among the details:\n%s", b.View())
	}
	b.keys("esc", "K")
	b.wantStatus("it is the first")
}

// TestDangerNeedsASecondKey: ! alone tells, and only the ! that comes next, on the
// same row, accepts: also after Space, after it was detached, and at any time.
func TestDangerNeedsASecondKey(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	for range 2 {
		b.keys("3", "n", "down", "down")
		b.Type("process.name is powershell.exe")
		b.keys("enter")
	}
	at := b.m.scenarios.win.at
	attached := func() bool { on, _ := b.m.review.Attached(b.m.scenarios.win.at); return on }
	for _, before := range []string{"", "space", "up down", "! up !", "! up down", "! space", "! x", "! esc", "! 3", "! enter esc", "! e esc", "! ! !", "! K J"} {
		b.keys(strings.Fields(before)...)
		b.m.scenarios.win.set(at)
		if attached() {
			t.Fatalf("it is attached after %q", before)
		}
		b.keys("!")
		if attached() {
			t.Fatalf("after %q the first ! attached it", before)
		}
		b.wantStatus("dangerous in ", "says nothing", "! again accepts that")
		b.keys("!")
		if _, accepted := b.m.review.Attached(at); accepted != exclusions.Dangerous || !strings.Contains(b.View(), "[!] ") {
			t.Fatalf("after %q the second ! accepted %q", before, accepted)
		}
		b.keys("!")
		if attached() {
			t.Fatalf("after %q one more ! did not detach it", before)
		}
	}
	b.keys("!")
	b.m.Update(tea.MouseWheelMsg{X: 1, Y: 1, Button: tea.MouseWheelDown})
	b.keys("!")
	if attached() {
		t.Error("the wheel between the keys did not count")
	}
}

// TestAnotherDangerShows accepts one danger and lets another come: the row says
// so, and ! tells it before it is accepted too.
func TestAnotherDangerShows(t *testing.T) {
	b := newWorkbench(t, 120, 40)
	ip := slices.IndexFunc(iocsOf(b.m.review), func(i feed.IOC) bool { return i.Host() == "2001:db8::7" })
	if err := b.m.take(review.Include{IOCs: review.Positions{ip}}, ""); ip < 0 || err != nil {
		t.Fatal(ip, err)
	}
	b.keys("3", "n", "down", "down")
	b.Type("remote.ip in range one of (192.0.2.0/24, 2001:db8::/48)")
	b.keys("enter", "!", "!")
	line := "not(coalesce(ipv4_is_in_any_range(RemoteIP"
	if !strings.Contains(b.View(), "[!] 3") && !strings.Contains(b.query("DeviceNetworkEvents"), line) {
		t.Fatalf("it is not accepted:\n%s", b.View())
	}
	if err := b.m.take(review.Include{IOCs: review.Positions{ip}, On: true}, ""); err != nil {
		t.Fatal(err)
	}
	if v := b.View(); !strings.Contains(v, "[?] ") || !strings.Contains(strings.Join(strings.Fields(v), " "), "and not accepted yet") || strings.Contains(b.query("DeviceNetworkEvents"), line) {
		t.Errorf("the other danger is not shown, or the clause stays:\n%s", v)
	}
	b.keys("!")
	b.wantStatus("accepted, but also dangerous in ", "2001:db8::7", "! again accepts that")
	if strings.Contains(b.query("DeviceNetworkEvents"), line) {
		t.Error("the first ! accepted it")
	}
	b.keys("!")
	if !strings.Contains(b.View(), "[!] ") || !strings.Contains(b.query("DeviceNetworkEvents"), line) {
		t.Errorf("the second ! did not accept it:\n%s", b.View())
	}
}

func iocsOf(r *review.Review) (all []feed.IOC) {
	for i := range r.IOCs().Len() {
		all = append(all, r.IOCs().At(i))
	}
	return all
}

// TestLookingIsNotWriting: who opens the condition of a scenario and leaves it as
// it is has not written it, so that what was not understood still counts.
func TestLookingIsNotWriting(t *testing.T) {
	b := newWorkbench(t, 80, 24)
	b.keys("3", "e", "enter")
	b.wantStatus("nothing to change")
	if b.m.overlay != nil || len(b.m.review.History()) > 0 {
		t.Error("it counts as a decision, or the form is still there")
	}
}

// TestFootersAreWhole: on the smallest screen, too, no key of the editor and the
// library is cut, and the first ones are there.
func TestFootersAreWhole(t *testing.T) {
	entries := []library.Entry{{Title: strings.Repeat("A long title ", 9), Tags: []string{"vulnerability", "detonation", "malware analysis"}, Condition: "action is ({x})",
		Parameters: []library.Parameter{{Name: "x", Means: "what the firewall writes", Example: []string{"Deny", "Drop"}}}}}
	for _, w := range []int{60, 80} {
		for _, tt := range []struct {
			keys []string
			want string
		}{
			{[]string{"n"}, "Enter save  Esc cancel  Tab next line  Up/Down other line"},
			{[]string{"n", "down", "down"}, "Enter save  Esc cancel  Tab complete  Up/Down other line"},
			{[]string{"e"}, "Enter save  Esc cancel  Tab complete"},
			{[]string{"i"}, "Enter take  Up/Down choose  Esc close  type to search"},
			{[]string{"i", "enter"}, "Enter take  Esc cancel"},
		} {
			b := newWorkbench(t, w, 24).withLibrary(func() ([]library.Entry, []error) { return entries, nil }, nil)
			b.keys("3")
			b.keys(tt.keys...)
			lines := strings.Split(b.View(), "\n")
			foot := strings.TrimSpace(lines[len(lines)-1])
			if !strings.HasPrefix(foot, tt.want) {
				t.Errorf("%v at %d: the footer is %q, want %q", tt.keys, w, foot, tt.want)
			}
		}
	}
}

func (b *workbench) withLibrary(load func() ([]library.Entry, []error), save func(library.Entry) (string, error)) *workbench {
	opt := options(b.t)
	opt.Library, opt.SaveScenario = load, save
	m := New(newReview(b.t, sampleDocument(b.t)), opt)
	return &workbench{Simulation: termtest.Simulate(b.t, m, b.m.w, b.m.h), m: m, t: b.t}
}

func TestLibrary(t *testing.T) {
	entries := []library.Entry{
		{Title: "For mail", Applies: library.Applies{Tables: []string{"EmailEvents"}}, Condition: "action is a"},
		{Title: "Sandboxes", Tags: []string{"detonation"}, Condition: "device.name is one of ({hosts}) and action is {what}",
			Parameters: []library.Parameter{{Name: "hosts", Means: "the sandboxes", Example: []string{"sb1"}}, {Name: "what", Means: "what it does", Default: []string{"x"}}}},
	}
	var shelved []library.Entry
	b := newWorkbench(t, 120, 40).withLibrary(
		func() ([]library.Entry, []error) { return entries, []error{errors.New("own.yaml:3: a mistake")} },
		func(e library.Entry) (string, error) { shelved = append(shelved, e); return "/there/x.yaml", nil })
	n := b.m.review.ScenarioCount()
	b.keys("3", "i")
	v := b.View()
	if !strings.Contains(v, "own.yaml:3: a mistake") || strings.Index(v, "Sandboxes") > strings.Index(v, "For mail") {
		t.Errorf("the list lacks the mistake, or has what is of no use first:\n%s", v)
	}
	checkFrame(t, b.m)
	b.Type("deton")
	b.keys("enter")
	f := b.onForm()
	b.keys("enter")
	b.wantStatus("parameter hosts: fill in the sandboxes")
	b.Type("sb1, sb2.example.com")
	if !strings.Contains(b.View(), `device.name is one of ("sb1", "sb2.example.com") and action is "x"`) || f.at != 0 {
		t.Errorf("the condition is not shown as it is filled in:\n%s", b.View())
	}
	b.keys("enter")
	if b.m.review.ScenarioCount() != n+1 || b.m.overlay != nil {
		t.Fatal("the scenario was not taken into the review")
	}
	s := b.m.review.Scenario(n)
	if s.Title != "Sandboxes" || kql.FormatCondition(s.Condition) != `device.name is one of ("sb1", "sb2.example.com") and action is "x"` {
		t.Errorf("%+v", s)
	}
	b.keys("w")
	b.wantStatus("in the library: /there/x.yaml")
	if len(shelved) != 1 || shelved[0].Title != "Sandboxes" || shelved[0].Condition != kql.FormatCondition(s.Condition) {
		t.Errorf("%+v", shelved)
	}
	b.keys("i", "down", "enter")
	if b.m.review.ScenarioCount() != n+2 || b.m.review.Scenario(n+1).Title != "For mail" {
		t.Error("a scenario without parameters was not taken at once")
	}
	b.keys("i", "down", "enter")
	b.wantStatus(fmt.Sprintf("scenario %d has this title already; u takes the new one away", n+2))
}

func TestLibraryThatCannotBeWritten(t *testing.T) {
	b := newWorkbench(t, 120, 40).withLibrary(nil, func(library.Entry) (string, error) { return "", errors.New("disk full") })
	b.keys("3", "w")
	b.wantStatus("not in the library: disk full")
	b.keys("i")
	b.wantStatus("there is no library here")
	if len(b.m.review.History()) > 0 {
		t.Error("it counts as a decision")
	}
}

// BenchmarkTry is what a letter of a condition costs while it is written.
func BenchmarkTry(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprint(n, " IOCs"), func(b *testing.B) {
			r := newReview(b, manyDomains(b, n))
			c, err := kql.ParseCondition(`process.name is "tool.exe" and remote.host ends with ".example"`)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				r.Try(feed.Scenario{}, c)
			}
		})
	}
}
