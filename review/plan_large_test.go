package review

import (
	"strings"
	"testing"

	"quarry/feed"
)

// TestTooManyIOCs holds that nothing is written for more IOCs than a query can
// have, and that leaving some out is enough.
func TestTooManyIOCs(t *testing.T) {
	r, err := Open(documentsOf(t, "a.txt", many("a", MaxHunted+1)), feed.NewRegistry(lines{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	p := r.Plan(false)
	if len(p.Tables()) > 0 || len(p.Hunts()) > 0 {
		t.Errorf("%v have hunts", p.Tables())
	}
	if _, ok := p.Union(); ok {
		t.Error("there is a union")
	}
	const want = "100001 IOCs are on, and hunts are written for 100000 at most: leave some out, by a filter or a minimum confidence, or open fewer documents"
	if fs := p.Findings(); len(fs) != 1 || fs[0].Text != want || fs[0].Severity != feed.Error {
		t.Errorf("%v", fs)
	}
	decide(t, r, Include{[]int{5}, false})
	if h, ok := r.Plan(false).Hunt("DnsEvents"); !ok || !strings.Contains(h[0].Query, `"a-99999.example"`) || strings.Contains(h[0].Query, `"a-5.example"`) {
		t.Error("no hunt of as many as are allowed")
	}
}

// TestMergedLater holds that a hunt knows what a later document says of an IOC.
func TestMergedLater(t *testing.T) {
	r := start(t, lantern(t))
	if _, ok := r.Plan(false).Hunt(r.Plan(false).Tables()[0]); !ok {
		t.Fatal("no hunt")
	}
	i := r.IOCs().At(0)
	i.Confidence, i.Sources = 99, []feed.Source{{Name: "later.csv", Line: 1}}
	r.extend([]feed.IOC{i}, shapesOfAll([]feed.IOC{i}))
	hunts := r.Plan(false).Hunts()
	if len(hunts) == 0 || !strings.Contains(hunts[0].Query, ", 99") {
		t.Errorf("the hunt does not know the new confidence: %v", hunts)
	}
}
