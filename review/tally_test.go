package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/kql"
)

func TestTally(t *testing.T) {
	for tally, want := range map[Tally]string{
		{}: "0 IOCs", {1, 0}: "1 IOC", {8, 0}: "8 IOCs", {8, 1}: "8 IOCs and 1 mention", {1, 2}: "1 IOC and 2 mentions", {0, 1}: "1 mention",
	} {
		if got := tally.String(); got != want || tally.Sum() != tally.IOCs+tally.Mentions {
			t.Errorf("%+v is %q, want %q", tally, got, want)
		}
	}
}

// TestMentionsAreCountedApart: what is counted is the same everywhere, and a
// mention that is on makes no IOC more.
func TestMentionsAreCountedApart(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, Include{[]int{4}, false}, Include{[]int{8}, true}, SetVerdict{[]int{0, 8}, Unsure})
	if diff := cmp.Diff([]Tally{{8, 1}, {7, 1}}, []Tally{r.Listed(), r.Hunted()}); diff != "" {
		t.Error(diff)
	}
	text := exported(t, r)
	for _, want := range []string{
		`counts: {iocs: 8, "on": 7, "off": 1, malicious: 0, benign: 0, unsure: 1, mentions: 1, mentions_on: 1, mentions_judged: 1,`,
		"\nSentinel, 7 IOCs and 1 mention, ",
		"\n| On | Table | IOCs | Mentions | Connector |\n|---|---|---|---|---|\n| on | CommonSecurityLog | 7 | 1 | CEF,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the export has no %q", want)
		}
	}
	if again := exported(t, reopen(t, text)); own(again) != own(text) {
		t.Error(firstDifference(own(text), own(again)))
	}
	hunts, _ := huntsOf(r, false)
	for _, h := range hunts {
		for _, s := range r.Tables() {
			if s.Table.Name == h.Table && s.Tally() != (Tally{h.IOCs, h.Mentions}) {
				t.Errorf("%s carries %s, and its hunt looks for %d and %d", h.Table, s.Tally(), h.IOCs, h.Mentions)
			}
		}
	}
}

func TestTalliesOfAnyReview(t *testing.T) {
	for seed := range uint64(rounds(t, 40)) {
		r := newMaker(t, seed).review()
		on, listed := 0, 0
		for at := range r.IOCs().Len() {
			if mention := r.IOCs().At(at).Mention; !mention {
				listed++
				if r.Hunts(at) {
					on++
				}
			}
		}
		if r.Listed() != (Tally{listed, r.IOCs().Len() - listed}) || r.Hunted() != (Tally{on, len(r.Included()) - on}) {
			t.Errorf("seed %d: listed %s, hunted %s; %d of %d IOCs are on", seed, r.Listed(), r.Hunted(), on, listed)
		}
		hunts, _ := huntsOf(r, false)
		parts := map[string]Tally{} // a long hunt is in several
		for _, h := range hunts {
			sum := parts[h.Table]
			parts[h.Table] = Tally{sum.IOCs + h.IOCs, sum.Mentions + h.Mentions}
		}
		for _, s := range r.Tables() {
			if hunted, ok := parts[s.Table.Name]; ok && hunted != s.Tally() {
				t.Errorf("seed %d: %s carries %s, and its hunts look for %s", seed, s.Table.Name, s.Tally(), hunted)
			}
		}
	}
}

// TestChosenTablesThatTheTargetLacks stand with what is left out, and come back
// with the target.
func TestChosenTablesThatTheTargetLacks(t *testing.T) {
	r := start(t, lantern(t))
	decide(t, r, SetTarget{kql.Defender})
	text := exported(t, r)
	left, _, _ := strings.Cut(text[strings.Index(text, "## "+leftOutSection):], "\n## "+mentionsSection)
	for _, name := range []string{"CommonSecurityLog", "DnsEvents"} {
		if want := "- table " + name + ": it is chosen, but Defender does not have it\n"; !strings.Contains(left+"\n", want) {
			t.Errorf("%s is not in\n%s", want, left)
		}
	}
	if strings.Contains(left, "DeviceNetworkEvents") {
		t.Error(left)
	}
	again := reopen(t, text)
	decide(t, again, SetTarget{kql.Sentinel})
	if hunts, _ := huntsOf(again, false); len(hunts) != 3 {
		t.Errorf("%d hunts at Sentinel again", len(hunts))
	}
}
