package review

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

// TestAdd: a document that comes later changes no position and no decision, is in
// the export as any, and what it asks for by itself holds.
func TestAdd(t *testing.T) {
	r := start(t, lantern(t))
	before := r.IOCs().Len()
	scenarios, findings := len(r.Scenarios()), len(r.Findings())
	decide(t, r, Include{[]int{4}, false}, SetVerdict{[]int{0}, Benign}, Attach{Scenario: 0, On: true})
	want := take(r)
	mention := r.IOCs().At(8)
	d := &feed.Bulletin{
		Source: feed.Source{Name: "pasted", Line: 1}, SHA256: "ab", Format: "text", Total: feed.NoTotal,
		IOCs: []feed.IOC{
			indicator(t, feed.Domain, "more.example", feed.Source{Name: "pasted", Line: 1}),
			indicator(t, mention.Type, mention.Value, feed.Source{Name: "pasted", Line: 2}),
		},
		Scenarios: []feed.Scenario{{Title: "Later", Filter: "Exclude processes where the parent process is late.exe.", Source: feed.Source{Name: "pasted", Line: 3}}},
		Findings:  []feed.Finding{{Code: "text-cut", Severity: feed.Info, Source: feed.Source{Name: "pasted", Line: 4}, Text: "it ends here"}},
	}
	other := indicator(t, feed.Domain, "aside.example", feed.Source{Name: "pasted", Line: 5})
	other.Mention, other.Context = true, "prose"
	d.Mentions = []feed.IOC{other}
	r.Add([]*feed.Bulletin{d})
	if len(d.IOCs) != 2 || len(d.Mentions) != 1 || d.Scenarios[0].Title != "Later" {
		t.Error("the document was changed")
	}
	now := take(r)
	if diff := cmp.Diff(want.Chosen, now.Chosen); diff != "" {
		t.Errorf("chosen tables: %s", diff)
	}
	for at := range before {
		if at != 8 && (r.On(at) != (at < 8 && at != 4) || (r.Verdict(at) == Benign) != (at == 0)) {
			t.Errorf("IOC %d is on: %v, verdict %q", at, r.On(at), r.Verdict(at))
		}
	}
	if r.IOCs().Mention(8) || !r.On(8) || len(r.IOCs().Sources(8)) != 2 {
		t.Error("a mention that is listed now is still one, or off")
	}
	if r.IOCs().Len() != before+2 || !r.On(before) || r.On(before+1) || r.IOCs().Value(before) != "more.example" {
		t.Errorf("%d IOCs", r.IOCs().Len())
	}
	if on, _ := r.Attached(0); !on || len(r.Scenarios()) != scenarios+1 || r.Scenarios()[scenarios].Document != 1 {
		t.Error("the scenarios are others")
	}
	if len(r.Findings()) != findings+1 {
		t.Errorf("%d findings, there were %d", len(r.Findings()), findings)
	}
	r.Add([]*feed.Bulletin{d})
	if len(r.Findings()) != findings+1 || r.IOCs().Len() != before+2 || len(r.Documents()) != 3 {
		t.Errorf("added again: %d findings, %d IOCs", len(r.Findings()), r.IOCs().Len())
	}
	decide(t, r, Attach{Scenario: scenarios, On: true})
	for range 4 {
		if _, ok := r.Undo(); !ok {
			t.Fatal("nothing to undo")
		}
	}
	if r.Verdict(0) != NoVerdict || !r.On(4) || !r.On(8) || !r.On(before) {
		t.Error("undo took back more than decisions")
	}
	again := reopen(t, exported(t, r))
	if names := documentNames(again); !slices.Equal(names, []string{"lantern.md", "pasted", "pasted"}) || again.IOCs().Len() != before+2 {
		t.Errorf("the export has %v", names)
	}
}
