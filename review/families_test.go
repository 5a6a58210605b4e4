package review

import (
	"strings"
	"testing"
	"time"

	"quarry/feed"
)

// TestFamiliesOfAHunt: a hunt and its rule name the families of what they look for,
// and no other.
func TestFamiliesOfAHunt(t *testing.T) {
	at := func(line int) feed.Source { return feed.Source{Name: "pasted", Line: line} }
	d := lantern(t)
	r := start(t, d)
	r.Add([]*feed.Bulletin{{
		Source: at(1), Format: "text", Total: feed.NoTotal,
		IOCs: []feed.IOC{indicator(t, feed.Domain, "sable.example", at(1)), indicator(t, feed.FileName, "sable.exe", at(2))},
	}})
	decide(t, r, ChooseTable{"DeviceFileEvents", true})
	first := func(table string) string {
		t.Helper()
		hunts, ok := r.Plan(false).Hunt(table)
		if !ok {
			t.Fatalf("there is no hunt for %s", table)
		}
		line, _, _ := strings.Cut(hunts[0].Query, "\n")
		return line
	}
	rule := func(table string) string {
		t.Helper()
		files, _, err := r.rules(Signature{At: time.Unix(0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.Contains(f.Name, table) {
				return f.Text
			}
		}
		t.Fatalf("there is no rule for %s", table)
		return ""
	}
	if l := first("DnsEvents"); !strings.HasSuffix(l, ": Lantern RAT and others") {
		t.Errorf("a hunt for both: %s", l)
	}
	if !strings.Contains(rule("DnsEvents"), "malware family Lantern RAT and others") {
		t.Error("the rule for both does not say so")
	}
	union, ok := r.Plan(false).Union()
	if l, _, _ := strings.Cut(union[0].Query, "\n"); !ok || !strings.HasSuffix(l, ": Lantern RAT and others") {
		t.Errorf("the hunt in all tables: %s", l)
	}
	pasted := []int{r.IOCs().Len() - 2, r.IOCs().Len() - 1}
	var others []int
	for i := range pasted[0] {
		others = append(others, i)
	}
	decide(t, r, Include{pasted, false})
	if l := first("DnsEvents"); !strings.HasSuffix(l, ": Lantern RAT") {
		t.Errorf("a hunt for the bulletin: %s", l)
	}
	decide(t, r, Include{others, false}, Include{pasted, true})
	for _, table := range []string{"DnsEvents", "DeviceFileEvents"} {
		if l := first(table); strings.Contains(l, "Lantern") {
			t.Errorf("a hunt for what was pasted: %s", l)
		}
		if strings.Contains(rule(table), "malware family") {
			t.Errorf("the rule for %s names a family:\n%s", table, rule(table))
		}
	}
}
