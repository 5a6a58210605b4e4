package review

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/kql"
)

// listScenarios is what a review has of scenarios, a line each.
func listScenarios(r *Review) (all []string) {
	for i, s := range r.Scenarios() {
		line := s.Title
		if attached, accepted := r.Attached(i); attached {
			line += " [attached " + string(accepted) + "]"
		}
		if s.Edited {
			line += " [edited]"
		}
		if s.Note != "" {
			line += " [note " + s.Note + "]"
		}
		all = append(all, line+": "+kql.FormatCondition(s.Condition))
	}
	return all
}

func TestScenarioDecisions(t *testing.T) {
	read := listScenarios(start(t, lantern(t)))
	first, second := read[0], read[1]
	tests := []struct {
		name  string
		given []Decision
		do    Decision
		words string
		want  []string
	}{
		{"edit", nil, EditCondition{0, `process.name is "b.exe"`}, "wrote the condition of scenario 1: Backup software",
			[]string{`Backup software [edited]: process.name is "b.exe"`, second}},
		{"edit back", []Decision{EditCondition{0, `process.name is "b.exe"`}}, EditCondition{0, ""}, "took back the condition of scenario 1: Backup software", read},
		{"edit to what the filter says", []Decision{EditCondition{0, `process.name is "b.exe"`}}, EditCondition{0, strings.TrimPrefix(first, "Backup software: ")},
			"took back the condition of scenario 1: Backup software", read},
		{"edit what is attached", []Decision{Attach{Scenario: 1, On: true, Accept: exclusions.Dangerous}}, EditCondition{1, `action is "x"`}, "wrote the condition of scenario 2: Content network",
			[]string{first, `Content network [attached ] [edited]: action is "x"`}},
		{"new, with a sentence", nil, NewScenario{Title: "Ours", Filter: "Exclude processes where the process name is tool.exe."}, "added scenario 3: Ours",
			[]string{first, second, `Ours: process.name is "tool.exe"`}},
		{"new, with a condition", nil, NewScenario{Title: "Ours", Condition: `ACTION is a`}, "added scenario 3: Ours",
			[]string{first, second, `Ours [edited]: action is "a"`}},
		{"new, with nothing but a title", nil, NewScenario{Title: " Ours\n"}, "added scenario 3: Ours", []string{first, second, "Ours: "}},
		{"attach a new one", []Decision{NewScenario{Title: "Ours", Condition: `action is a`}}, Attach{Scenario: -1, On: true, Accept: exclusions.Partly},
			"attached, also where it fits partly, scenario 3: Ours", []string{first, second, `Ours [attached partly] [edited]: action is "a"`}},
		{"rewrite", []Decision{NewScenario{Title: "Ours", Condition: `action is a`}, SetScenarioNote{-1, "n"}}, RewriteScenario{-1, "Theirs", "", `action is "b"`},
			"rewrote scenario 3: Theirs", []string{first, second, `Theirs [edited] [note n]: action is "b"`}},
		{"duplicate", []Decision{Attach{Scenario: 0, On: true, Accept: ""}}, DuplicateScenario{0}, "duplicated scenario 1: Backup software",
			[]string{strings.Replace(first, ":", " [attached ]:", 1), strings.Replace(first, ":", " (copy):", 1), second}},
		{"remove", []Decision{DuplicateScenario{0}}, RemoveScenario{-1}, "removed scenario 2: Backup software (copy)", read},
		{"a removed one's ID is not used again", []Decision{DuplicateScenario{0}, RemoveScenario{-1}, NewScenario{Title: "Ours"}}, SetScenarioNote{-2, "n"},
			"noted on scenario 3: Ours: n", []string{first, second, "Ours [note n]: "}},
		{"move up", nil, MoveScenario{1, -1}, `moved the scenario "Content network" to place 1`, []string{second, first}},
		{"move far down", nil, MoveScenario{0, 1 << 62}, `moved the scenario "Backup software" to place 2`, []string{second, first}},
		{"a moved one is meant by its ID", []Decision{MoveScenario{0, 1}}, Attach{Scenario: 0, On: true, Accept: ""}, "attached scenario 2: Backup software",
			[]string{second, strings.Replace(first, ":", " [attached ]:", 1)}},
		{"note", nil, SetScenarioNote{1, " ask\nthe team "}, "noted on scenario 2: Content network: ask the team",
			[]string{first, strings.Replace(second, ":", " [note ask the team]:", 1)}},
		{"no note", []Decision{SetScenarioNote{1, "x"}}, SetScenarioNote{1, ""}, "removed the note on scenario 2: Content network", read},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, lantern(t))
			decide(t, r, tt.given...)
			before := listScenarios(r)
			decide(t, r, tt.do)
			if diff := cmp.Diff(tt.want, listScenarios(r)); diff != "" {
				t.Error(diff)
			}
			if h := r.History(); h[len(h)-1].Words != tt.words {
				t.Errorf("the history says %q, want %q", h[len(h)-1].Words, tt.words)
			}
			if diff := cmp.Diff(tt.want, listScenarios(reopened(t, r))); diff != "" {
				t.Errorf("after it was exported and opened again:\n%s", diff)
			}
			r.Undo()
			if diff := cmp.Diff(before, listScenarios(r)); diff != "" {
				t.Errorf("undone:\n%s", diff)
			}
			r.Redo()
			if diff := cmp.Diff(tt.want, listScenarios(r)); diff != "" {
				t.Errorf("done again:\n%s", diff)
			}
		})
	}
}

// reopened is a review as it is after an export.
func reopened(t *testing.T, r *Review) *Review {
	t.Helper()
	return reopen(t, exported(t, r))
}

func TestScenarioRefusals(t *testing.T) {
	tests := []struct {
		given  []Decision
		do     Decision
		reason string
	}{
		{nil, EditCondition{9, "action is a"}, "there is no scenario 10"},
		{nil, EditCondition{0, "action was a"}, "condition, column 8: expected an operator: is, contains, contains word, starts with, ends with, in range, matches"},
		{nil, NewScenario{}, "a scenario needs a title, a sentence or a condition"},
		{nil, NewScenario{Title: "x", Condition: "("}, "condition, column 2: expected a field such as process.name or remote.ip"},
		{nil, RewriteScenario{0, "x", "", ""}, "what a document says stays as it is; edit the condition, or a duplicate"},
		{nil, RemoveScenario{0}, "a published scenario stays in the review; detach it"},
		{nil, DuplicateScenario{-1}, "there is no scenario 0"},
		{nil, Attach{Scenario: 0, On: true, Accept: exclusions.NoColumn}, `"no column" is no risk to accept; use partly or dangerous`},
		{[]Decision{NewScenario{Title: "x", Condition: "action is a"}, Attach{Scenario: -1, On: true, Accept: ""}}, EditCondition{-1, ""},
			"nothing in the sentence can be turned into a condition, and the scenario is attached; detach it first"},
	}
	for _, tt := range tests {
		r := start(t, lantern(t))
		decide(t, r, tt.given...)
		before := take(r)
		changed, err := r.Decide(tt.do, "jk", atNoon)
		var refused *RefusedError
		if changed || !errors.As(err, &refused) || refused.Reason != tt.reason {
			t.Errorf("Decide(%#v) = %v, %v; want it refused: %s", tt.do, changed, err, tt.reason)
		}
		if diff := same(before, take(r)); diff != "" {
			t.Errorf("what was refused changed something:\n%s", diff)
		}
	}
}

func TestScenarioDecisionsThatChangeNothing(t *testing.T) {
	r := start(t, lantern(t))
	for _, d := range []Decision{
		EditCondition{0, ""}, EditCondition{0, kql.FormatCondition(r.Scenario(0).Condition)}, MoveScenario{0, -1}, MoveScenario{1, 3}, MoveScenario{0, 0},
		SetScenarioNote{0, " "},
	} {
		if changed, err := r.Decide(d, "jk", atNoon); changed || err != nil {
			t.Errorf("Decide(%#v) = %v, %v", d, changed, err)
		}
	}
}

// TestPartlyIsNotDangerous: who accepts that a scenario fits partly has not
// accepted that it is dangerous, also where it becomes so later.
func TestPartlyIsNotDangerous(t *testing.T) {
	uses := func(accept exclusions.Fit, condition string) (used bool, fit exclusions.Fit) {
		r := start(t, lantern(t))
		decide(t, r, NewScenario{Title: "Ours", Condition: condition}, Attach{Scenario: -1, On: true, Accept: accept})
		for _, f := range r.Plan(false).Fits()[2] {
			if f.Table.Name == "DeviceNetworkEvents" {
				return f.Used, f.Fit
			}
		}
		return false, ""
	}
	for _, tt := range []struct {
		condition string
		fit       exclusions.Fit
		used      map[exclusions.Fit]bool
	}{
		{`process.name is "tool.exe"`, exclusions.Expressible, map[exclusions.Fit]bool{"": true, exclusions.Partly: true, exclusions.Dangerous: true}},
		{`process.name is "tool.exe" and signer is "Example Ltd"`, exclusions.Partly, map[exclusions.Fit]bool{"": false, exclusions.Partly: true, exclusions.Dangerous: true}},
		{`process.name is "powershell.exe"`, exclusions.Dangerous, map[exclusions.Fit]bool{"": false, exclusions.Partly: false, exclusions.Dangerous: true}},
	} {
		for accept, want := range tt.used {
			if used, fit := uses(accept, tt.condition); used != want || fit != tt.fit {
				t.Errorf("%s, accepting %q: used %v as %s, want %v as %s", tt.condition, accept, used, fit, want, tt.fit)
			}
		}
	}
}

// TestTry judges a condition as a scenario with it is judged.
func TestTry(t *testing.T) {
	r := start(t, lantern(t))
	s := feed.Scenario{Title: "Ours", Filter: "Exclude processes where the process name is tool.exe and the moon is full."}
	for _, text := range []string{"", `process.name is "tool.exe"`, `process.name is "powershell.exe"`, `remote.host is "x.example"`} {
		c, err := parsedCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		reading, tried := r.Try(s, c)
		decide(t, r, NewScenario{s.Title, s.Description, s.Filter, text})
		at := r.ScenarioCount() - 1
		if diff := cmp.Diff(r.Scenario(at).Reading, reading); diff != "" {
			t.Error(diff)
		}
		for i, f := range r.Plan(false).Fits()[at] {
			if f.Fit != tried[i].Fit || f.Reason != tried[i].Reason || f.KQL != tried[i].KQL {
				t.Errorf("%s on %s: tried %+v, judged %+v", text, f.Table.Name, tried[i].Verdict, f.Verdict)
			}
		}
	}
}

// TestMarksOfRisks: what was accepted stays visible in query and export.
func TestMarksOfRisks(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, NewScenario{Title: "Ours", Condition: `process.name is "powershell.exe"`}, Attach{Scenario: -1, On: true, Accept: exclusions.Dangerous})
	hunts := bindHunts(t, r)
	var b bytes.Buffer
	if err := r.WriteMarkdown(&b, Signature{}); err != nil {
		t.Fatal(err)
	}
	in := func(text, mark string) {
		if !strings.Contains(text, mark) {
			t.Errorf("%q is missing in\n%s", mark, text)
		}
	}
	for _, h := range hunts {
		if h.Table == "DeviceNetworkEvents" {
			in(h.Query, "// scenario: Ours [dangerous: ")
		}
	}
	in(b.String(), "**Attached:** yes, risks accepted")
	in(b.String(), "| DeviceNetworkEvents | dangerous | yes |")
}

// TestFamilyOfALaterDocument wants a scenario judged anew when a document that
// comes later names another malware.
func TestFamilyOfALaterDocument(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, NewScenario{Title: "Ours", Condition: `process.command_line contains "gravel"`})
	at := r.ScenarioCount() - 1
	for _, f := range r.Plan(false).Fits()[at] {
		if f.Fit == exclusions.Dangerous {
			t.Fatalf("%s: dangerous already: %s", f.Table.Name, f.Reason)
		}
	}
	r.Add([]*feed.Bulletin{{Title: "Gravel RAT IOCs", Family: "Gravel RAT", SHA256: strings.Repeat("6f", 32), Source: feed.Source{Name: "gravel.md", Line: 1}}})
	dangerous := false
	for i, s := range r.Scenarios() {
		for _, f := range r.Plan(false).Fits()[i] {
			dangerous = dangerous || s.Title == "Ours" && f.Fit == exclusions.Dangerous
		}
	}
	if !dangerous {
		t.Error("the scenario names the malware of the later document and is dangerous nowhere")
	}
}

// TestScenariosOfALaterDocument wants the same order whether or not decisions
// are taken anew after a document came.
func TestScenariosOfALaterDocument(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, NewScenario{Title: "Ours", Condition: `action is a`})
	r.Add([]*feed.Bulletin{{
		Title: "Gravel RAT IOCs", SHA256: strings.Repeat("6f", 32), Source: feed.Source{Name: "gravel.md", Line: 1},
		Scenarios: []feed.Scenario{{Title: "Theirs", Filter: "Exclude processes where the process name is tool.exe."}},
	}})
	before := listScenarios(r)
	decide(t, r, SetLookback{Lookback: 36 * time.Hour})
	r.Undo()
	if diff := cmp.Diff(before, listScenarios(r)); diff != "" {
		t.Errorf("undoing a look-back moves scenarios:\n%s", diff)
	}
}

// TestAnotherDangerIsAskedAbout accepts a danger, and then lets another one come:
// by an IOC, by a table, and after the bulletin was opened again.
func TestAnotherDangerIsAskedAbout(t *testing.T) {
	d := &feed.Bulletin{Source: feed.Source{Name: "d.md", Line: 1}, Family: "Lantern RAT", Total: feed.NoTotal,
		IOCs:   []feed.IOC{{Type: feed.IP, Value: "192.0.2.7"}, {Type: feed.IP, Value: "192.0.2.8"}, {Type: feed.IP, Value: "203.0.113.5"}},
		Tables: []feed.TableNote{{Name: "DeviceNetworkEvents"}}}
	r := start(t, d)
	decide(t, r, Include{[]int{1}, false},
		NewScenario{Title: "Ours", Condition: `remote.ip in range "192.0.2.0/28"`},
		Attach{Scenario: -1, On: true, Accept: exclusions.Dangerous})
	accepted := r.now.scenarios[0].dangers
	used := func(r *Review, table string) (used bool, asks string) {
		t.Helper()
		for _, f := range r.Plan(false).Fits()[0] {
			if f.Table.Name == table {
				return f.Used, f.Asks
			}
		}
		t.Fatalf("%s is not chosen", table)
		return false, ""
	}
	if on, asks := used(r, "DeviceNetworkEvents"); !on || asks != "" || !strings.HasPrefix(accepted, "ioc-") {
		t.Fatalf("used %v, asks %q, accepted %q", on, asks, accepted)
	}
	decide(t, r, Include{[]int{1}, true})
	const other = "the range 192.0.2.0/28 contains the IOC 192.0.2.8"
	if on, asks := used(r, "DeviceNetworkEvents"); on || asks != other {
		t.Errorf("with another IOC: used %v, asks %q", on, asks)
	}
	hunts, findings := huntsOf(r, false)
	if strings.Contains(hunts[0].Query, "192.0.2.0/28") || !slices.ContainsFunc(findings, func(f feed.Finding) bool {
		return f.Code == "not-excluded" && strings.Contains(f.Text, other) && strings.Contains(f.Text, "any more")
	}) {
		t.Errorf("the hunt has the clause, or nothing is said: %v", findings)
	}
	if attached, fit := r.Attached(0); !attached || fit != exclusions.Dangerous {
		t.Error("the decision is lost")
	}
	again := reopened(t, r)
	if on, asks := used(again, "DeviceNetworkEvents"); on || asks != other {
		t.Errorf("opened again: used %v, asks %q", on, asks)
	}
	decide(t, again, Attach{Scenario: -1, On: true, Accept: exclusions.Dangerous})
	if on, asks := used(again, "DeviceNetworkEvents"); !on || asks != "" {
		t.Errorf("accepted again: used %v, asks %q", on, asks)
	}
	decide(t, r, Include{[]int{1}, false})
	if on, _ := used(r, "DeviceNetworkEvents"); !on {
		t.Error("without the other IOC it is not used as it was accepted")
	}
	// A table without processes has any use of the port.
	decide(t, r, EditCondition{-1, `process.command_line contains "192.0.2.7" and remote.port is 443`},
		Attach{Scenario: -1, On: true, Accept: exclusions.Dangerous}, ChooseTable{"CommonSecurityLog", true})
	if on, asks := used(r, "CommonSecurityLog"); on || asks == "" {
		t.Errorf("in a table with another danger: used %v, asks %q", on, asks)
	}
	if on, _ := used(r, "DeviceNetworkEvents"); !on {
		t.Error("another table changes what was accepted here")
	}
}

// TestWrittenConditionCounts writes by hand what the sentence is read as, where
// not all of it was understood: the condition says all that is meant.
func TestWrittenConditionCounts(t *testing.T) {
	const sentence, condition = "Exclude processes where the process name is tool.exe and the moon is full.", `process.name is "tool.exe"`
	r := start(t, lantern(t))
	decide(t, r, NewScenario{Title: "Ours", Filter: sentence})
	fitOf := func(r *Review) exclusions.Fit {
		at := slices.IndexFunc(r.Scenarios(), func(s *Scenario) bool { return s.Written() })
		for _, f := range r.Plan(false).Fits()[at] {
			if f.Table.Name == "DeviceNetworkEvents" {
				return f.Fit
			}
		}
		return ""
	}
	if got := fitOf(r); got != exclusions.Partly {
		t.Fatalf("as it is read it is %s", got)
	}
	for _, d := range []Decision{EditCondition{-1, condition}, RewriteScenario{-1, "Ours", sentence, condition}} {
		decide(t, r, d)
		if s := r.Scenario(r.ScenarioCount() - 1); fitOf(r) != exclusions.Expressible || !s.Edited || len(s.Unread) != 1 {
			t.Errorf("%T: it is %s, edited %v, and %d pieces are marked", d, fitOf(r), s.Edited, len(s.Unread))
		}
		again := reopened(t, r)
		if got := fitOf(again); got != exclusions.Expressible {
			t.Errorf("%T: opened again it is %s", d, got)
		}
		decide(t, again, DuplicateScenario{-1})
		if !again.Scenario(3).Edited {
			t.Errorf("%T: the copy is read again", d)
		}
		decide(t, r, EditCondition{-1, ""})
		if fitOf(r) != exclusions.Partly {
			t.Errorf("%T: taken back it is %s", d, fitOf(r))
		}
	}
}
