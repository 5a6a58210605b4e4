package review

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
)

func TestCleanDocument(t *testing.T) {
	mention := indicator(t, feed.Domain, "cdn.example.net", feed.Source{})
	mention.Context, mention.Differs = "a\u200b filter ", []string{" ", "is\n different"}
	d := &feed.Bulletin{
		Source: feed.Source{Name: "a\x1b[2J\n.md", Line: 3}, Title: " T\u202ei\tt ", Family: "F\r\nam", Text: "one  line\r\n\r\n\u00a0two\rthree\u2028 end\n",
		Types:     []feed.Type{"domain", "ip \u00ad"},
		Tables:    []feed.TableNote{{Name: " DnsEvents\n", Note: "a\n b", Source: feed.Source{Name: "a\x1b[2J\n.md", Line: 9}}},
		Scenarios: []feed.Scenario{{Title: "a\nb", Description: "a\n\n b", Filter: "\xff x\u3164", Cut: true}},
		Queries:   []feed.Query{{Text: "a  \r\n\n\tb\u200d\x00"}},
		Findings:  []feed.Finding{{Code: "x", Severity: feed.Info, Text: "a\nb\a"}},
		IOCs: []feed.IOC{
			{Type: feed.Domain, Value: "a.example", Mention: true, Sources: []feed.Source{{}, {Name: "b.md", Line: 1}}},
			{Type: feed.Domain, Value: "b.example", Threat: "x\u202e", Family: "y  z"},
		},
		Mentions: []feed.IOC{mention},
	}
	const name = `a\x1b[2J .md`
	want := &feed.Bulletin{
		Source: feed.Source{Name: name, Line: 3}, Title: `T\u202ei t`, Family: "F am", Text: "one line\ntwo\nthree\\u2028 end",
		Types:     []feed.Type{"domain", `ip \xad`},
		Tables:    []feed.TableNote{{Name: "DnsEvents", Note: "a b", Source: feed.Source{Name: name, Line: 9}}},
		Scenarios: []feed.Scenario{{Title: "a b", Description: "a\nb", Filter: "\uFFFD x\\u3164", Cut: true}},
		Queries:   []feed.Query{{Text: "a  \n\n\tb\\u200d\\x00"}},
		Findings: []feed.Finding{
			{Code: "x", Severity: feed.Info, Text: `a b\x07`},
			{
				Code: "hidden-characters", Severity: feed.Warning, Source: feed.Source{Name: name, Line: 3},
				Text: `control or invisible characters in 9 of its texts are shown as escapes such as \u202e`,
			},
		},
		IOCs: []feed.IOC{
			{Type: feed.Domain, Value: "a.example", Sources: []feed.Source{{Name: "b.md", Line: 1}}},
			{Type: feed.Domain, Value: "b.example", Threat: `x\u202e`, Family: "y z"},
		},
		Mentions: []feed.IOC{{
			Type: feed.Domain, Value: "cdn.example.net", Confidence: feed.NoConfidence, Mention: true, Context: `a\u200b filter`, Differs: []string{"is different"},
		}},
	}
	before := *d
	before.IOCs = append([]feed.IOC(nil), d.IOCs...)
	got := cleanDocument(d, map[string]string{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before.IOCs, d.IOCs); diff != "" || d.Title != before.Title || d.Queries[0].Text != "a  \r\n\n\tb\u200d\x00" {
		t.Errorf("cleaning changed the document:\n%s", diff)
	}
}

func TestCleanDocumentIsIdempotent(t *testing.T) {
	for seed := range uint64(rounds(t, 100)) {
		for _, d := range newMaker(t, seed).documents() {
			once := cleanDocument(d, map[string]string{})
			if diff := same(snapshot{Documents: []feed.Bulletin{*once}}, snapshot{Documents: []feed.Bulletin{*cleanDocument(once, map[string]string{})}}); diff != "" {
				t.Fatalf("seed %d: cleaning again changes\n%s", seed, diff)
			}
		}
	}
}

func TestCleanDocumentLeavesCleanOnesAlone(t *testing.T) {
	d := lantern(t)
	want := lantern(t)
	got := cleanDocument(d, map[string]string{})
	want.Mentions[0].Mention = true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if &got.IOCs[0] != &d.IOCs[0] {
		t.Error("the IOCs were copied for nothing")
	}
	d.Text = "Signs such as ⚠\ufe0f, e\u0301, 日本語\u3000and 😀 are text."
	if got := cleanDocument(d, map[string]string{}); len(got.Findings) > 0 {
		t.Error(got.Findings)
	}
}

func TestHiddenCharactersAreSaidInTheReview(t *testing.T) {
	d := lantern(t)
	d.Scenarios[0].Title = "Back\u202eup"
	r := start(t, d)
	if r.Scenarios()[0].Title != `Back\u202eup` {
		t.Errorf("%q", r.Scenarios()[0].Title)
	}
	want := []string{`warning: control or invisible characters in 1 of its texts are shown as escapes such as \u202e`}
	if diff := cmp.Diff(want, findingTexts(r.Findings(), "hidden-characters")); diff != "" {
		t.Error(diff)
	}
	again := reopen(t, exported(t, r))
	if diff := cmp.Diff(want, findingTexts(again.Findings(), "hidden-characters")); diff != "" {
		t.Error(diff)
	}
}

// FuzzVisible cleans texts: nothing that hides is left, nothing else changes.
func FuzzVisible(f *testing.F) {
	for _, s := range shards {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := visible(s)
		if visible(v) != v {
			t.Errorf("%q is cleaned to %q and that to %q", s, v, visible(v))
		}
		for _, r := range v {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%q leaves %U", s, r)
			}
		}
		if !utf8.ValidString(v) {
			t.Errorf("%q", v)
		}
		line := oneLine(s)
		if line != oneLine(line) || strings.ContainsAny(line, "\n\r\t") || line != strings.TrimSpace(line) || strings.Contains(line, "  ") {
			t.Errorf("%q is one line as %q", s, line)
		}
		if lines := foldLines(v); lines != foldLines(lines) || strings.Contains(lines, "\n\n") || strings.Contains(lines, " \n") {
			t.Errorf("%q is folded to %q", v, lines)
		}
	})
}
