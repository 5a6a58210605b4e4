package bulletin

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"quarry/feed"
)

// flat lists the IOCs of all bulletins of a document.
func flat(bs []*feed.Bulletin) (out []feed.IOC) {
	for _, b := range bs {
		out = append(out, b.IOCs...)
	}
	return out
}

// TestCutAnywhere cuts each document at every byte. What is left gives every
// IOC whose row is whole, as the whole document does, and no other.
func TestCutAnywhere(t *testing.T) {
	for _, name := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, bs := readDocument(t, name)
			all := flat(bs)
			ends := lineEnds([]byte(text))
			for cut := 1; cut < len(text); cut++ {
				if strings.TrimSpace(text[:cut]) == "" || !utf8.ValidString(text[:cut]) {
					continue
				}
				checkCut(t, cut, all, flat(readNamed(t, name, text[:cut])), ends)
				if t.Failed() {
					t.Fatalf("the last line of the cut text: %q", lastLine(text[:cut]))
				}
			}
		})
	}
}

// checkCut compares the IOCs of a document with those of its first cut bytes.
func checkCut(t *testing.T, cut int, all, got []feed.IOC, ends []int) {
	t.Helper()
	if len(got) > len(all) {
		t.Errorf("cut at %d: %d IOCs, the whole document has %d", cut, len(got), len(all))
		return
	}
	for i, ioc := range all {
		whole := ends[ioc.Sources[0].Line-1] <= cut
		switch {
		case i >= len(got) && whole:
			t.Errorf("cut at %d: %s is lost", cut, ioc.Value)
		case i >= len(got):
		case got[i].Key() != ioc.Key() || got[i].Sources[0] != ioc.Sources[0]:
			t.Errorf("cut at %d: %s %s is invented", cut, got[i].Type, got[i].Value)
		case whole && (got[i].Threat != ioc.Threat || got[i].Confidence != ioc.Confidence || !got[i].FirstSeen.Equal(ioc.FirstSeen)):
			t.Errorf("cut at %d: %s says other than before", cut, ioc.Value)
		case got[i].Threat != "" && got[i].Threat != ioc.Threat, got[i].Confidence != feed.NoConfidence && got[i].Confidence != ioc.Confidence,
			!got[i].FirstSeen.Equal(time.Time{}) && !got[i].FirstSeen.Equal(ioc.FirstSeen):
			t.Errorf("cut at %d: a detail of %s is invented", cut, ioc.Value)
		}
	}
}

func lineEnds(text []byte) (ends []int) {
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i)
		}
	}
	return append(ends, len(text))
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// TestCutIsReported names what a reader of a cut document must be told.
func TestCutIsReported(t *testing.T) {
	const head = "IOC Summary\nMalware Family: Lantern RAT Total IOCs: 2 IOC Types: domain\n" + header +
		"| domain | one.example | botnet_cc | 2026-05-26 | 75% |\n"
	for _, c := range []struct {
		text string
		iocs int
		at   string // line and code of the finding, "" for none
		says string // part of its sentence
	}{
		{"|", 1, "6 text-cut", `the row "|"`},
		{"| doma", 1, "6 text-cut", `the row "| doma"`},
		{"| domain | two.exam", 1, "6 text-cut", `no IOC is made of it`},
		{"domain | two.exam", 1, "6 text-cut", `no IOC is made of it`},
		{"| domain | two.example |", 2, "6 text-cut", `after the last whole cell`},
		{"| domain | two.example | botnet", 2, "6 text-cut", `after the last whole cell`},
		{"| domain | two.example | botnet_cc | 2026-05-26 | 7", 2, "6 text-cut", `after the last whole cell`},
		{"doma", 1, "6 text-cut", `the row "doma"`},
		{"| domain | two.example | botnet_cc | 2026-05-26 | 75%", 2, "", ""},
		{"// Hunt for", 1, "6 text-cut", `the middle of published query 1`},
		{"// Hunt for x\nlet malicious_domains = dynamic([\"one", 1, "6 text-cut", `the middle of published query 1`},
		{"// Hunt for x\nlet malicious_domains = dynamic([\"one.example\"]);", 1, "6 text-cut", `the middle of published query 1`},
		{"```kql", 1, "6 text-cut", `the block of code that begins here`},
		{"```kql\nDnsEvents\n| where Name == \"x\"\n", 1, "7 text-cut", `the middle of published query 1`},
		{"| Sentinel Table | Notes |\n|---|---|\nDnsEv", 1, "8 unread-text", `"DnsEv"`},
		{"| Sentinel Table | Notes |\n|---|---|\n| DnsEv", 1, "8 text-cut", `the table it names is not known`},
		{"| Sentinel Table | Notes |\n|---|---|\nDnsEvents | Ensure th", 1, "8 text-cut", `the middle of the note "Ensure th"`},
		{"Scenario: Legitimate u", 1, "6 text-cut", `before its filter`},
		{"Scenario: x\nDescription: A sentence.\n", 1, "6 text-cut", `before its filter`},
		{"Scenario: x\nFilter/Exclusion: Exclude processes where (e.g., cron", 1, "7 text-cut", `the middle of the filter of the scenario "x"`},
		{"Scenario: x\nFilter/Exclusion: Exclude processes where the", 1, "7 text-cut", `the middle of the filter of the scenario "x"`},
		{"Scenario: x\nFilter/Exclusion: Exclude the name \"cron.", 1, "7 text-cut", `the middle of the filter of the scenario "x"`},
		{"Scenario: x\nFilter/Exclusion: Exclude “cron.", 1, "7 text-cut", `the middle of the filter of the scenario "x"`},
		{"Scenario: x\nFilter/Exclusion: Use:\n```\nName != \"x\"\n", 1, "9 text-cut", `the middle of the filter of the scenario "x"`},
		{"Scenario: x\nFilter/Exclusion: Exclude it.", 1, "", ""},
		{"Scenario: x\nFilter/Exclusion: Exclude it (all of it).", 1, "", ""},
		{"Scenario: x\nFilter/Exclusion: Exclude “all of it.”", 1, "", ""},
		{"Scenario: x\nFilter/Exclusion: Use a filter like:\n`Name != \"x\"`", 1, "", ""},
		{"Scenario: x\nFilter/Exclusion: Use a filter like:\nnot(Name == \"x\")", 1, "", ""},
		{"Scenario: x\nFilter/Exclusion: Use:\n```\nName != \"x\"\n```", 1, "", ""},
	} {
		b := readOne(t, head+c.text)
		if len(b.IOCs) != c.iocs {
			t.Errorf("%q: %d IOCs, want %d", c.text, len(b.IOCs), c.iocs)
		}
		said := false
		for _, f := range b.Findings {
			said = said || fmt.Sprintf("%d %s", f.Source.Line, f.Code) == c.at && strings.Contains(f.Text, c.says)
			if c.at == "" && f.Code == "text-cut" {
				t.Errorf("%q: %s", c.text, f)
			}
		}
		if c.at != "" && !said {
			t.Errorf("%q: want %s %q, got %v", c.text, c.at, c.says, b.Findings)
		}
		if n := len(b.Scenarios); n > 0 && b.Scenarios[n-1].Cut != (c.at != "") {
			t.Errorf("%q: cut is %v", c.text, b.Scenarios[n-1].Cut)
		}
	}
}
