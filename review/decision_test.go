package review

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/kql"
)

func TestDecisions(t *testing.T) {
	verdicts := func(r *Review) (all []Verdict) {
		for at := range 3 {
			all = append(all, r.Verdict(at))
		}
		return all
	}
	chosen := func(r *Review) string {
		var names []string
		for _, s := range r.Tables() {
			if s.Chosen {
				names = append(names, s.Table.Name)
			}
		}
		return strings.Join(names, " ")
	}
	tests := []struct {
		name  string
		given []Decision
		do    Decision
		words string
		show  func(r *Review) any
		want  any
	}{
		{
			"one off", nil, Include{[]int{0}, false}, "switched off lantern[.]example",
			func(r *Review) any { return []bool{r.On(0), r.On(1)} }, []bool{false, true},
		},
		{
			"several on", []Decision{Include{[]int{0, 1, 2}, false}}, Include{[]int{0, 2}, true}, "switched on 2 IOCs",
			func(r *Review) any { return []bool{r.On(0), r.On(1), r.On(2)} }, []bool{true, false, true},
		},
		{
			"a mention on", nil, Include{[]int{8}, true}, "switched on cdn[.]example[.]net",
			func(r *Review) any { return len(r.Included()) }, 9,
		},
		{
			"some were on already", nil, Include{[]int{0, 8}, true}, "switched on 1 IOC and 1 mention",
			func(r *Review) any { return []bool{r.On(0), r.On(8)} }, []bool{true, true},
		},
		{
			"invert", []Decision{Include{[]int{1}, false}}, Invert{[]int{0, 1}}, "inverted 2 IOCs",
			func(r *Review) any { return []bool{r.On(0), r.On(1)} }, []bool{false, true},
		},
		{
			"invert twice in one", nil, Invert{[]int{1, 1}}, "inverted 2 IOCs",
			func(r *Review) any { return r.On(1) }, false,
		},
		{
			"verdict", nil, SetVerdict{[]int{1}, Benign}, "called 192[.]0[.]2[.]10:443 benign",
			func(r *Review) any { return verdicts(r) }, []Verdict{NoVerdict, Benign, NoVerdict},
		},
		{
			"verdicts", []Decision{SetVerdict{[]int{1}, Benign}}, SetVerdict{[]int{0, 1}, Unsure}, "called 2 IOCs unsure",
			func(r *Review) any { return verdicts(r) }, []Verdict{Unsure, Unsure, NoVerdict},
		},
		{
			"no verdict", []Decision{SetVerdict{[]int{0}, Malicious}}, SetVerdict{[]int{0, 1}, NoVerdict}, "took the verdict from 2 IOCs",
			func(r *Review) any { return verdicts(r) }, []Verdict{NoVerdict, NoVerdict, NoVerdict},
		},
		{
			"a verdict switches nothing", nil, SetVerdict{[]int{0}, Benign}, "called lantern[.]example benign",
			func(r *Review) any { return r.On(0) }, true,
		},
		{
			"note", nil, SetNote{3, " our\n own\u202e\taddress\r\n"}, `noted on [2001[:]db8::10]:443: our own\u202e address`,
			func(r *Review) any { return r.Note(3) }, `our own\u202e address`,
		},
		{
			"no note", []Decision{SetNote{3, "ours"}}, SetNote{3, " \n"}, "removed the note on [2001[:]db8::10]:443",
			func(r *Review) any { return r.Note(3) }, "",
		},
		{
			"one note on several", []Decision{SetNote{3, "ours"}}, SetNotes{[]int{0, 3, 8}, " our\n own"}, "noted on 2 IOCs and 1 mention: our own",
			func(r *Review) any { return []string{r.Note(0), r.Note(1), r.Note(3), r.Note(8)} }, []string{"our own", "", "our own", "our own"},
		},
		{
			"several without a note", []Decision{SetNote{3, "ours"}}, SetNotes{[]int{0, 3}, ""}, "removed the notes on 2 IOCs",
			func(r *Review) any { return r.Note(3) }, "",
		},
		{
			"table on", nil, ChooseTable{"DeviceFileEvents", true}, "chose table DeviceFileEvents",
			func(r *Review) any { return chosen(r) }, "CommonSecurityLog DeviceNetworkEvents DnsEvents DeviceFileEvents",
		},
		{
			"table off", nil, ChooseTable{"DnsEvents", false}, "left out table DnsEvents",
			func(r *Review) any { return chosen(r) }, "CommonSecurityLog DeviceNetworkEvents",
		},
		{
			"table that the target lacks off", []Decision{SetTarget{kql.Defender}}, ChooseTable{"DnsEvents", false}, "left out table DnsEvents",
			func(r *Review) any { return chosen(r) }, "CommonSecurityLog DeviceNetworkEvents",
		},
		{
			"target", nil, SetTarget{kql.Defender}, "aimed the hunts at Defender",
			func(r *Review) any { return []any{r.Target(), chosen(r)} }, []any{kql.Defender, "CommonSecurityLog DeviceNetworkEvents DnsEvents"},
		},
		{
			"lookback", nil, SetLookback{90 * time.Minute}, "set the look-back to 90m",
			func(r *Review) any { return r.Lookback() }, 90 * time.Minute,
		},
		{
			"lookback in whole minutes", nil, SetLookback{90*time.Second + 1}, "set the look-back to 2m",
			func(r *Review) any { return r.Lookback() }, 2 * time.Minute,
		},
		{
			"longest lookback", nil, SetLookback{kql.MaxLookback}, "set the look-back to 4380d",
			func(r *Review) any { return r.Lookback() }, kql.MaxLookback,
		},
		{
			"minimum confidence", []Decision{Include{[]int{6}, false}}, SetMinConfidence{80}, "left out what is below 80% confidence: 2 IOCs",
			func(r *Review) any { return []bool{r.On(0), r.Hunts(0), r.On(6), r.HeldBack(6), r.Hunts(7)} }, []bool{true, false, false, false, true},
		},
		{
			"minimum confidence that all have", nil, SetMinConfidence{25}, "left out what is below 25% confidence: nothing that is on",
			func(r *Review) any { return r.Hunted() }, Tally{8, 0},
		},
		{
			"no minimum confidence", []Decision{SetMinConfidence{80}}, SetMinConfidence{}, "left nothing out for its confidence any more",
			func(r *Review) any { return r.Hunted() }, Tally{8, 0},
		},
		{
			"attach", nil, Attach{Scenario: 0, On: true}, "attached scenario 1: Backup software",
			func(r *Review) any { return attachments(r) }, [][2]bool{{true, false}, {false, false}},
		},
		{
			"attach with its risks", []Decision{Attach{Scenario: 1, On: true}}, Attach{Scenario: 1, On: true, Accept: exclusions.Dangerous, Dangers: []string{noDanger}}, "attached, risks accepted, scenario 2: Content network",
			func(r *Review) any { return attachments(r) }, [][2]bool{{false, false}, {true, true}},
		},
		{
			"detach", []Decision{Attach{Scenario: 1, On: true, Accept: exclusions.Dangerous}}, Attach{Scenario: 1, Accept: exclusions.Dangerous}, "detached scenario 2: Content network",
			func(r *Review) any { return attachments(r) }, [][2]bool{{false, false}, {false, false}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, lantern(t))
			decide(t, r, tt.given...)
			decide(t, r, tt.do)
			if diff := cmp.Diff(tt.want, tt.show(r)); diff != "" {
				t.Error(diff)
			}
			h := r.History()
			want := Entry{Decision: tt.do, At: atNoon, Who: "jk", Words: tt.words}
			if diff := cmp.Diff(want, h[len(h)-1]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func attachments(r *Review) (all [][2]bool) {
	for i := range r.Scenarios() {
		attached, accepted := r.Attached(i)
		all = append(all, [2]bool{attached, accepted == exclusions.Dangerous})
	}
	return all
}

func TestRefusals(t *testing.T) {
	const none = "no IOC is meant; move to one or change the filter"
	tests := []struct {
		do     Decision
		reason string
	}{
		{Include{nil, true}, none},
		{Invert{[]int{}}, none},
		{SetVerdict{nil, Benign}, none},
		{Include{[]int{0, 9}, false}, "there is no IOC 10"},
		{Invert{[]int{0, -1}}, "there is no IOC 0"},
		{SetVerdict{[]int{9}, Benign}, "there is no IOC 10"},
		{SetNote{9, "x"}, "there is no IOC 10"},
		{SetNotes{nil, "x"}, none},
		{SetVerdict{[]int{0}, "evil"}, `"evil" is no verdict; use malicious, benign or unsure`},
		{ChooseTable{"DeviceEvents2", true}, "there is no table DeviceEvents2 in the catalogue"},
		{ChooseTable{"DeviceEvents2", false}, "there is no table DeviceEvents2 in the catalogue"},
		{SetTarget{"splunk"}, `"splunk" is no target; use sentinel or defender`},
		{SetLookback{59 * time.Second}, "a look-back is between a minute and 4380d"},
		{SetLookback{-hour}, "a look-back is between a minute and 4380d"},
		{SetLookback{kql.MaxLookback + 1}, "a look-back is between a minute and 4380d"},
		{SetMinConfidence{-1}, "a minimum confidence is between 0 and 100"},
		{SetMinConfidence{101}, "a minimum confidence is between 0 and 100"},
		{Attach{Scenario: 3, On: true}, "there is no scenario 4"},
		{Attach{Scenario: -1}, "there is no scenario 0"},
		{Attach{Scenario: 2, On: true}, "nothing in this scenario could be turned into a condition, so there is nothing to attach"},
	}
	document := lantern(t)
	document.Scenarios = append(document.Scenarios, document.Scenarios[0])
	document.Scenarios[2].Filter = "Ask the team."
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r := start(t, document)
			before := take(r)
			changed, err := r.Decide(tt.do, "jk", atNoon)
			var refused *RefusedError
			if changed || !errors.As(err, &refused) || refused.Reason != tt.reason || err.Error() != tt.reason {
				t.Errorf("Decide(%#v) = %v, %v; want it refused: %s", tt.do, changed, err, tt.reason)
			}
			if diff := same(before, take(r)); diff != "" {
				t.Errorf("what was refused changed something:\n%s", diff)
			}
			if len(r.History()) > 0 {
				t.Error("what was refused is in the history")
			}
		})
	}
	t.Run("a table that the target lacks", func(t *testing.T) {
		r := start(t, document)
		decide(t, r, ChooseTable{"DnsEvents", false}, SetTarget{kql.Defender})
		_, err := r.Decide(ChooseTable{"DnsEvents", true}, "jk", atNoon)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Reason != "there is no table DnsEvents in Defender; switch the target first" {
			t.Error(err)
		}
	})
}

func TestDecisionsThatChangeNothing(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetNote{0, "ours"}, SetVerdict{[]int{0}, Benign}, Attach{Scenario: 0, On: true}, SetLookback{2 * hour})
	if _, ok := r.Undo(); !ok {
		t.Fatal("nothing to undo")
	}
	before, history := take(r), r.History()
	for _, d := range []Decision{
		Include{[]int{0, 1}, true}, Include{[]int{8}, false}, SetVerdict{[]int{0}, Benign}, SetVerdict{[]int{1}, NoVerdict}, SetNote{0, " ours "}, SetNote{1, "\n"}, SetNotes{[]int{0}, "ours"},
		ChooseTable{"DnsEvents", true}, ChooseTable{"UrlClickEvents", false}, SetTarget{kql.Sentinel}, SetLookback{kql.DefaultLookback + time.Second}, SetMinConfidence{},
		Attach{Scenario: 0, On: true}, Attach{Scenario: 1}, Attach{Scenario: 1, Accept: exclusions.Dangerous},
	} {
		changed, err := r.Decide(d, "jk", atNoon)
		if changed || err != nil {
			t.Errorf("Decide(%#v) = %v, %v", d, changed, err)
		}
	}
	if diff := same(before, take(r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(history, r.History()); diff != "" {
		t.Error(diff)
	}
	if r.Undone() != 1 {
		t.Error("what changes nothing forgot what was undone")
	}
}

func TestDecisionsOwnTheirLists(t *testing.T) {
	for _, d := range []func(iocs []int) Decision{
		func(iocs []int) Decision { return Include{iocs, false} },
		func(iocs []int) Decision { return Invert{iocs} },
		func(iocs []int) Decision { return SetVerdict{iocs, Benign} },
	} {
		r := start(t, lantern(t))
		iocs := []int{0, 1}
		decide(t, r, d(iocs))
		want := take(r)
		iocs[0], iocs[1] = 5, 99
		r.Undo()
		r.Redo()
		if diff := same(want, take(r)); diff != "" {
			t.Errorf("%T follows a list that its caller changed:\n%s", d(nil), diff)
		}
	}
}

func TestUndoAndRedo(t *testing.T) {
	for seed := range uint64(rounds(t, 40)) {
		m := newMaker(t, seed)
		r := start(t, m.documents()...)
		states := []snapshot{take(r)}
		var words []string
		for range 30 {
			changed, err := r.Decide(m.decision(r), "jk", atNoon)
			if changed && err == nil {
				states = append(states, take(r))
				words = append(words, r.History()[len(states)-2].Words)
			}
			if changed && m.IntN(8) == 0 { // on another way from here
				r.Undo()
				states, words = states[:len(states)-1], words[:len(words)-1]
			}
		}
		checkWalk(t, m.Rand, r, states, words)
		if t.Failed() {
			t.Fatal("seed ", seed)
		}
	}
}

// checkWalk walks up and down a history, of which states has the state before
// each decision and after the last.
func checkWalk(t *testing.T, random *rand.Rand, r *Review, states []snapshot, words []string) {
	t.Helper()
	at, last := len(r.History()), len(r.History())+r.Undone()
	check := func(what string, e Entry, moved bool, entry int) {
		t.Helper()
		if !moved || entry < len(words) && e.Words != words[entry] {
			t.Errorf("%s gives %q, %v; want %q", what, e.Words, moved, words[entry])
		}
		if diff := same(states[at], take(r)); diff != "" {
			t.Errorf("after %s to %d of %d:\n%s", what, at, len(words), diff)
		}
		if len(r.History()) != at || r.Undone() != last-at {
			t.Errorf("after %s there are %d decisions and %d undone, want %d and %d", what, len(r.History()), r.Undone(), at, last-at)
		}
	}
	for range 3 {
		for range random.IntN(at + 1) {
			e, moved := r.Undo()
			at--
			check("undo", e, moved, at)
		}
		for range random.IntN(len(words) - at + 1) {
			e, moved := r.Redo()
			at++
			check("redo", e, moved, at-1)
		}
	}
	for at > 0 {
		r.Undo()
		at--
	}
	if diff := same(states[0], take(r)); diff != "" {
		t.Errorf("undoing all does not give what was there first:\n%s", diff)
	}
	if e, moved := r.Undo(); moved || e.Decision != nil {
		t.Errorf("nothing is left to undo and yet: %v", e)
	}
}

func TestDecisionForgetsWhatWasUndone(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetNote{0, "a"}, SetNote{0, "b"}, SetNote{0, "c"})
	history := r.History()
	r.Undo()
	r.Undo()
	decide(t, r, SetNote{0, "d"})
	if e, moved := r.Redo(); moved || r.Undone() != 0 {
		t.Errorf("after a new decision there is still %v to redo", e)
	}
	var words []string
	for _, e := range r.History() {
		words = append(words, e.Words)
	}
	if diff := cmp.Diff([]string{"noted on lantern[.]example: a", "noted on lantern[.]example: d"}, words); diff != "" {
		t.Error(diff)
	}
	if history[1].Words != "noted on lantern[.]example: b" {
		t.Error("a history that was asked for before changed")
	}
}
