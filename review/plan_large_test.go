package review

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
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
	const want = "100,001 IOCs are on, and hunts are written for 100,000 at most: switch some off (a filter and a), set a minimum confidence, or open fewer documents"
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

// TestRequiredPortIsSaid names the tables that leave IOCs out for their port, and
// blames no table for what the analyst set.
func TestRequiredPortIsSaid(t *testing.T) {
	d := &feed.Bulletin{Source: feed.Source{Name: "a.md", Line: 1}, Total: feed.NoTotal, Tables: []feed.TableNote{{Name: "DnsEvents"}}}
	d.IOCs = []feed.IOC{indicator(t, feed.IPPort, "192.0.2.1:443"), indicator(t, feed.Domain, "evil.example")}
	r := start(t, d)
	texts := func() (all []string) {
		for _, f := range r.Plan(false).Findings() {
			all = append(all, f.Code+": "+f.Text)
		}
		return all
	}
	if got := texts(); len(got) > 0 {
		t.Errorf("with any port: %q", got)
	}
	decide(t, r, SetPort{kql.RequirePort})
	want := []string{
		"port-not-compared: DnsEvents: an IOC with a port is not looked for in IPAddresses, which do not say the port; label finds it there",
		"not-hunted: IOC 192[.]0[.]2[.]1:443: the port is required, and no chosen table logs it; choose another table, or do not require the port",
	}
	if diff := cmp.Diff(want, texts()); diff != "" {
		t.Error(diff)
	}
}

// TestWatchlistIsNeeded says what hunts need that read a watchlist; at Defender,
// which has none and no limit, nothing is split either.
func TestWatchlistIsNeeded(t *testing.T) {
	r, err := Open(documentsOf(t, "a.txt", many("a", 900)), feed.NewRegistry(lines{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	needed := func() bool {
		p := r.Plan(false)
		p.Hunts()
		return slices.ContainsFunc(p.Findings(), func(f feed.Finding) bool { return f.Code == "watchlist-needed" })
	}
	if needed() {
		t.Error("hunts that read none")
	}
	decide(t, r, SetLong{WatchlistLong})
	if !needed() {
		t.Error("nothing says that a watchlist is needed")
	}
	decide(t, r, SetTarget{kql.Defender})
	p := r.Plan(false)
	for _, table := range p.Tables() {
		if hunts, _ := p.Hunt(table); len(hunts) != 1 || hunts[0].Watchlist != "" {
			t.Errorf("%s at Defender: %d hunts", table, len(hunts))
		}
	}
}
