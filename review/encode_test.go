package review

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/kql"
)

// keptDecisions are decisions as they stand in databases: neither may change.
var keptDecisions = []struct {
	d            Decision
	kind, object string
}{
	{Include{IOCs: Positions{4, 2, 3, 9, 3}, On: true}, "include", `{"iocs":"2-4,9","on":true}`},
	{Invert{IOCs: Positions{0}}, "invert", `{"iocs":"0"}`},
	{SetVerdict{IOCs: Positions{1, 2}, Verdict: Benign}, "verdict", `{"iocs":"1-2","verdict":"benign"}`},
	{SetNote{IOC: 7, Text: "<our> & theirs"}, "note", `{"ioc":7,"text":"<our> & theirs"}`},
	{SetNotes{IOCs: Positions{7}, Text: ""}, "notes", `{"iocs":"7","text":""}`},
	{Recall{Parts: []Recalled{{IOCs: Positions{1, 2}, Verdict: Benign, Note: "our CDN", Who: "ab", At: time.Date(2026, 5, 12, 9, 30, 0, 0, time.UTC)}, {IOCs: Positions{4}, Note: "ours"}}}, "recall",
		`{"parts":[{"iocs":"1-2","verdict":"benign","note":"our CDN","who":"ab","at":"2026-05-12T09:30:00Z"},{"iocs":"4","note":"ours"}]}`},
	{ChooseTable{Table: "DnsEvents", On: true}, "table", `{"table":"DnsEvents","on":true}`},
	{SetTarget{Target: kql.Defender}, "target", `{"target":"defender"}`},
	{SetLookback{Lookback: 90 * time.Minute}, "look-back", `{"lookback":"90m"}`},
	{SetMatch{Match: kql.ExactMatch}, "match", `{"match":"exact"}`},
	{SetPort{Port: kql.RequirePort}, "port", `{"port":"require"}`},
	{SetOwnSide{On: true}, "own-side", `{"on":true}`},
	{SetLong{Long: SplitLong}, "long", `{"long":"split"}`},
	{SetMinConfidence{Percent: 75}, "min-confidence", `{"percent":75}`},
	{Attach{Scenario: 2, On: true, Accept: exclusions.Dangerous, Dangers: []string{"all-1", "weak-2"}}, "attach", `{"scenario":2,"on":true,"accept":"dangerous","dangers":["all-1","weak-2"]}`},
	{Attach{Scenario: 2, On: true, Accept: exclusions.Dangerous}, "attach", `{"scenario":2,"on":true,"accept":"dangerous"}`},
	{EditCondition{Scenario: 2, Condition: `action is "<a>"`}, "condition", `{"scenario":2,"condition":"action is \"<a>\""}`},
	{NewScenario{Title: "t", Description: "d", Filter: "f", Condition: "action is a"}, "new-scenario", `{"title":"t","description":"d","filter":"f","condition":"action is a"}`},
	{DuplicateScenario{Scenario: 2}, "duplicate-scenario", `{"scenario":2}`},
	{RewriteScenario{Scenario: -1, Title: "t", Filter: "f"}, "rewrite-scenario", `{"scenario":-1,"title":"t","filter":"f","condition":""}`},
	{RemoveScenario{Scenario: -1}, "remove-scenario", `{"scenario":-1}`},
	{MoveScenario{Scenario: 2, By: -1}, "move-scenario", `{"scenario":2,"by":-1}`},
	{SetScenarioNote{Scenario: 2, Text: "n"}, "scenario-note", `{"scenario":2,"text":"n"}`},
}

func TestDecisionsAreKept(t *testing.T) {
	for _, tt := range keptDecisions {
		kind, object, err := Encode(tt.d)
		if err != nil || kind != tt.kind || string(object) != tt.object {
			t.Errorf("%T is kept as %s %s, %v; want %s %s", tt.d, kind, object, err, tt.kind, tt.object)
		}
		back, err := Decode(tt.kind, []byte(tt.object))
		if err != nil {
			t.Error(err)
			continue
		}
		want := tt.d
		if in, ok := want.(Include); ok { // ascending, and each once
			in.IOCs = Positions{2, 3, 4, 9}
			want = in
		}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Errorf("%s: %s", tt.kind, diff)
		}
	}
}

// TestEveryDecisionIsKept: a decision of a kind that has no form would be lost with
// the session. Gone is none that anybody takes.
func TestEveryDecisionIsKept(t *testing.T) {
	var kept []string
	for _, k := range kinds {
		kept = append(kept, k.typ.Name())
		if !slices.ContainsFunc(keptDecisions, func(d struct {
			d            Decision
			kind, object string
		}) bool {
			return d.kind == k.name
		}) {
			t.Errorf("no example of %s shows its form", k.name)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			m, ok := d.(*ast.FuncDecl)
			if !ok || m.Recv == nil || m.Name.Name != "apply" {
				continue
			}
			if name, ok := m.Recv.List[0].Type.(*ast.Ident); ok && name.Name != "Gone" {
				found++
				if !slices.Contains(kept, name.Name) {
					t.Errorf("%s has no name in kinds, so it would not be saved", name.Name)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d kinds of decisions were found", found)
	}
}

func TestWhatIsNoDecision(t *testing.T) {
	for _, tt := range []struct{ kind, object, want string }{
		{"teleport", `{}`, "does not know"},
		{"include", `{"iocs":"0","on":true,"why":"newer"}`, "unknown field"},
		{"include", `{"iocs":"3-1","on":true}`, "no range"},
		{"include", `{"iocs":"3,3","on":true}`, "no range"},
		{"include", `{"iocs":"0-2147483647","on":true}`, "no range"},
		{"include", `{"iocs":"0-99999999","on":true}`, "no range"},
		{"include", `{"iocs":"","on":true} {}`, "more follows"},
		{"look-back", `{"lookback":"never"}`, "no look-back"},
		{"note", `{`, "unexpected EOF"},
	} {
		_, err := Decode(tt.kind, []byte(tt.object))
		var unknown *UnknownDecisionError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %q in it", tt.kind, tt.object, err, tt.want)
		}
	}
	if _, _, err := Encode(Gone{"lost"}); err == nil {
		t.Error("a decision without a form was kept")
	}
}

// FuzzDecode: whatever stands in a database gives a decision that is kept as it
// was read, or an error.
func FuzzDecode(f *testing.F) {
	for _, tt := range keptDecisions {
		f.Add(tt.kind, tt.object)
	}
	f.Fuzz(func(t *testing.T, kind, object string) {
		d, err := Decode(kind, []byte(object))
		if err != nil {
			return
		}
		again, text, err := Encode(d)
		if err != nil || again != kind {
			t.Fatalf("%s %s: %s, %v", kind, object, again, err)
		}
		back, err := Decode(again, text)
		if err != nil {
			t.Fatal(err)
		}
		if _, second, _ := Encode(back); string(second) != string(text) {
			t.Errorf("%s becomes %s", text, second)
		}
	})
}

// TestMoveKeepsWhatIsMeant: of a decision that loses all it is about nothing is
// left.
func TestMoveKeepsWhatIsMeant(t *testing.T) {
	shift := func(i int) int { return i - 3 } // 0 to 2 are gone
	if got, want := Move(Include{IOCs: Positions{1, 3, 5}, On: true}, shift, nil), (Include{IOCs: Positions{0, 2}, On: true}); !cmp.Equal(got, Decision(want)) {
		t.Errorf("moved to %v", got)
	}
	for _, d := range []Decision{Include{IOCs: Positions{1}}, Invert{IOCs: Positions{2}}, SetVerdict{IOCs: Positions{0}}, SetNotes{IOCs: Positions{1}}, SetNote{IOC: 2}, Attach{Scenario: 1}} {
		if got := Move(d, func(int) int { return -1 }, func(int) (int, bool) { return 0, false }); got != nil {
			t.Errorf("%T about nothing is %v", d, got)
		}
	}
	if got := Move(SetTarget{kql.Defender}, shift, nil); got != SetTarget(SetTarget{kql.Defender}) {
		t.Errorf("moved to %v", got)
	}
}

// TestHistoryInTheBulletin: it lists every decision in force, as text that a
// document cannot turn into markup, and the bulletin opens again all the same.
func TestHistoryInTheBulletin(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, Include{Positions{4}, false}, SetNote{0, "a | b <script> `x`"}, SetVerdict{Positions{1}, Benign})
	r.Undo()
	plain := exported(t, r)
	sig := signature
	sig.History = true
	var b strings.Builder
	if err := r.WriteMarkdown(&b, sig); err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(b.String(), "## History\n")
	if !ok || strings.Contains(plain, "## History") {
		t.Fatalf("the section is there without being asked for, or not:\n%s", b.String())
	}
	if n := strings.Count(section, "\n| "); n != 3 || strings.Contains(section, "<script>") || strings.Contains(section, "benign") {
		t.Errorf("%d rows:\n%s", n, section)
	}
	if diff := same(take(reopen(t, plain)), take(reopen(t, b.String()))); diff != "" {
		t.Errorf("it opens as another review: %s", diff)
	}
}

// TestAcceptedAsBefore: before partly and dangerous were told apart, accept was
// true or false.
func TestAcceptedAsBefore(t *testing.T) {
	for object, want := range map[string]exclusions.Fit{`true`: exclusions.Dangerous, `false`: "", `"partly"`: exclusions.Partly} {
		d, err := Decode("attach", []byte(`{"scenario":2,"on":true,"accept":`+object+`}`))
		if diff := cmp.Diff(Decision(Attach{Scenario: 2, On: true, Accept: want}), d); err != nil || diff != "" {
			t.Errorf("%s is read as %v, %v", object, d, err)
		}
	}
}

// TestMovedScenarios: a scenario may stand elsewhere or be gone.
func TestMovedScenarios(t *testing.T) {
	to := func(id int) (int, bool) {
		to, ok := map[int]int{2: 5, -1: -4}[id]
		return to, ok
	}
	for _, d := range keptDecisions {
		for _, at := range []struct{ id, want int }{{2, 5}, {-1, -4}} {
			var moved Decision
			switch d.d.(type) {
			case Attach:
				moved = Move(Attach{Scenario: at.id, On: true}, nil, to)
			case EditCondition:
				moved = Move(EditCondition{Scenario: at.id}, nil, to)
			case MoveScenario:
				moved = Move(MoveScenario{Scenario: at.id}, nil, to)
			default:
				continue
			}
			_, object, err := Encode(moved)
			if want := fmt.Sprintf(`{"scenario":%d,`, at.want); err != nil || !strings.HasPrefix(string(object), want) {
				t.Errorf("%T on scenario %d becomes %s", d.d, at.id, object)
			}
		}
	}
	if d := Move(SetScenarioNote{Scenario: 3}, nil, to); d != nil {
		t.Errorf("a scenario that is gone still has %v", d)
	}
}

// plainNumbers are fields of decisions that count something: no positions.
var plainNumbers = []string{"Percent", "By", "Lookback"}

// TestEveryPositionIsMoved: a decision that names IOCs or scenarios names the same ones
// where a document is read in another order, and does nothing where they are gone. A
// new field that is a number is a position, unless plainNumbers has it.
func TestEveryPositionIsMoved(t *testing.T) {
	to := func(by int) func(int) int { return func(i int) int { return i + by } }
	none := func(int) int { return -1 }
	asked := func(by int) func(int) (int, bool) { return func(i int) (int, bool) { return i + by, true } }
	gone := func(int) (int, bool) { return 0, false }
	for _, k := range kinds {
		from, want := reflect.New(k.typ).Elem(), reflect.New(k.typ).Elem()
		names := 0
		for i := range k.typ.NumField() {
			switch f := k.typ.Field(i); {
			case slices.Contains(plainNumbers, f.Name):
			case f.Type == reflect.TypeFor[Positions]():
				from.Field(i).Set(reflect.ValueOf(Positions{2, 3}))
				want.Field(i).Set(reflect.ValueOf(Positions{102, 103}))
				names++
			case f.Type == reflect.TypeFor[[]Recalled]():
				from.Field(i).Set(reflect.ValueOf([]Recalled{{IOCs: Positions{2, 3}, Note: "ours"}}))
				want.Field(i).Set(reflect.ValueOf([]Recalled{{IOCs: Positions{102, 103}, Note: "ours"}}))
				names++
			case f.Type.Kind() == reflect.Int && f.Name == "Scenario":
				from.Field(i).SetInt(2)
				want.Field(i).SetInt(202)
				names++
			case f.Type.Kind() == reflect.Int:
				from.Field(i).SetInt(2)
				want.Field(i).SetInt(102)
				names++
			case f.Type.Kind() != reflect.Bool && f.Type.Kind() != reflect.String && f.Type != reflect.TypeFor[[]string]():
				t.Errorf("%s of %s is a %s: say here how it is moved", f.Name, k.name, f.Type)
			}
		}
		d := from.Interface().(Decision)
		if diff := cmp.Diff(want.Interface(), any(Move(d, to(100), asked(200)))); diff != "" {
			t.Errorf("%s is moved otherwise: %s", k.name, diff)
		}
		if got := Move(d, none, gone); (got == nil) != (names > 0) {
			t.Errorf("%s on what is gone becomes %v", k.name, got)
		}
	}
}
