package review

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions/warnings"
	"quarry/feed"
)

// checked is a review of IOCs and mentions with a checker.
func checked(t *testing.T, levels map[string]warnings.Level, scenarios []feed.Scenario, iocs ...feed.IOC) *Review {
	t.Helper()
	d := &feed.Bulletin{Source: feed.Source{Name: "a.md", Line: 1}, Total: feed.NoTotal, Scenarios: scenarios}
	for _, i := range iocs {
		if i.Mention {
			d.Mentions = append(d.Mentions, i)
		} else {
			d.IOCs = append(d.IOCs, i)
		}
	}
	r := start(t, d)
	c, err := warnings.New(warnings.Options{Levels: levels})
	if err != nil {
		t.Fatal(err)
	}
	r.Check(c)
	return r
}

func TestWarnings(t *testing.T) {
	mention := indicator(t, feed.IP, "10.0.0.9")
	mention.Mention, mention.Context = true, "the text"
	quiet := map[string]warnings.Level{"documentation-address": warnings.Off}
	scenario := feed.Scenario{Title: "Updates", Filter: "Exclude traffic to http://updates.example/x and 198.51.100.7.", Source: feed.Source{Name: "a.md", Line: 9}}
	r := checked(t, quiet, []feed.Scenario{scenario},
		indicator(t, feed.Domain, "updates.example"), indicator(t, feed.IP, "198.51.100.7"), indicator(t, feed.IPPort, "10.0.0.1:80"), indicator(t, feed.Domain, "evil.example"), mention)
	said := func() (got []string) {
		for i := range r.IOCs().Len() {
			var codes []string
			for _, w := range r.Warnings(i) {
				codes = append(codes, w.Code)
			}
			got = append(got, r.IOCs().Value(i)+" "+string(r.Suspicious(i))+" "+strings.Join(codes, ","))
		}
		return got
	}
	want := []string{
		"updates.example warn scenario-names-it", "198.51.100.7 warn scenario-names-it", "10.0.0.1:80 warn private-address", "evil.example  ", "10.0.0.9  ",
	}
	if diff := cmp.Diff(want, said()); diff != "" {
		t.Error(diff)
	}
	var found []string
	for _, f := range r.Plan(false).Findings() {
		if f.Code == "suspicious-on" {
			found = append(found, f.Text)
		}
	}
	wantFound := []string{
		"updates[.]example, 198[.]51[.]100[.]7 are on: IOCs that a false-positive scenario names as benign; of each: decide which of the two is right",
		"10[.]0[.]0[.]1:80 is on: it is in a block that is private; switch it off; in your network it is another host",
	}
	if diff := cmp.Diff(wantFound, found); diff != "" {
		t.Error(diff)
	}
	for words, want := range map[string]int{"warning:yes": 3, "warning:no": 2, "warning:private": 1, "-warning:scenario": 3} {
		f, err := ParseFilter(words)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.View(f, ByDocument, false); len(got) != want {
			t.Errorf("%s shows %v", words, got)
		}
	}
	if _, err := ParseFilter("warning:privat-address"); err == nil || !strings.Contains(err.Error(), "private-address") {
		t.Errorf("an unknown rule: %v", err)
	}
	decide(t, r, Include{[]int{4}, true})
	if got := said()[4]; got != "10.0.0.9 warn private-address" {
		t.Errorf("a mention that is hunted: %s", got)
	}
	if r := start(t, lantern(t)); r.Warnings(0) != nil || r.Suspicious(0) != "" {
		t.Error("a review without a checker says something")
	}
}

// TestSharedHosts hunts a URL on a code host as a whole, says so, and hunts the
// host where the analyst silenced the rule.
func TestSharedHosts(t *testing.T) {
	iocs := []feed.IOC{indicator(t, feed.URL, "https://raw.githubusercontent.com/u/r/x.ps1"), indicator(t, feed.URL, "https://files.example/a")}
	hunt := func(r *Review, table string) string {
		h, _ := r.Plan(false).Hunt(table)
		if len(h) == 0 {
			return ""
		}
		return h[0].Query
	}
	r := checked(t, nil, nil, iocs...)
	if q := hunt(r, "DnsEvents"); strings.Contains(q, "githubusercontent") || !strings.Contains(q, "files.example") {
		t.Errorf("DnsEvents: %s", q)
	}
	if q := hunt(r, "UrlClickEvents"); !strings.Contains(q, "raw.githubusercontent.com/u/r/x.ps1") {
		t.Errorf("UrlClickEvents: %s", q)
	}
	var texts []string
	for _, f := range r.Plan(false).Findings() {
		if f.Code == "host-not-hunted" {
			texts = append(texts, f.Text)
		}
	}
	want := []string{"1 URL stands on a host that many people share (raw.githubusercontent.com): hunts look for it as a whole, not for the host alone"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	r = checked(t, map[string]warnings.Level{"shared-host": warnings.Off}, nil, iocs...)
	if q := hunt(r, "DnsEvents"); !strings.Contains(q, "githubusercontent") {
		t.Errorf("with the rule off: %s", q)
	}
	if slices.ContainsFunc(r.Plan(false).Findings(), func(f feed.Finding) bool { return f.Code == "host-not-hunted" }) {
		t.Error("the finding is there although the host is hunted")
	}
}
