package review

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quarry/exclusions"
	"quarry/feed"
	"quarry/feed/bulletin"
	"quarry/kql"
	"quarry/kql/kqltest"
)

// fetched is a document as a feed gives it.
func fetched(t testing.TB, family string, rows ...string) *feed.Bulletin {
	t.Helper()
	b := &feed.Bulletin{Source: feed.Source{Name: "ThreatFox"}, Family: family, Total: feed.NoTotal}
	for n, row := range rows {
		f := strings.Fields(row)
		i := indicator(t, feed.Type(f[0]), f[1], feed.Source{Name: "ThreatFox", Line: n + 1})
		i.Family, i.Threat, i.Confidence = family, feed.Threat(f[2]), 75
		i.FirstSeen = time.Date(2026, 5, 20+n%7, 10, 11, 12, 0, time.UTC)
		b.IOCs = append(b.IOCs, i)
	}
	return b
}

// threatFoxRows are rows of all types that ThreatFox has.
var threatFoxRows = []string{
	"domain lantern.example botnet_cc", "ip:port 192.0.2.7:443 botnet_cc", "ip:port 192.0.2.7:8443 botnet_cc", "ip:port [2001:db8::5]:40669 botnet_cc",
	"url http://203.0.113.9/Drop/a_b.exe payload_delivery", "url https://files.example.org/x?q=a*b*&r=[1]|2 payload_delivery",
	"sha256_hash " + sha256Hex + " payload", "sha1_hash " + sha256Hex[:40] + " payload", "md5_hash " + sha256Hex[:32] + " payload",
	"domain xn--e1afmkfd.example cc_skimming", "domain lantern.example botnet_cc", "envelope_from robin@example.com payload_delivery",
}

const sha256Hex = "2e732fb074f00bb57abd63e29520f7e3aca634a9a8bbaefef37a2d3379346f37"

// write makes a bulletin and opens it as anyone would.
func write(t testing.TB, b *feed.Bulletin) (text string, findings []feed.Finding, opened *Review) {
	t.Helper()
	var w strings.Builder
	findings, err := WriteBulletin(&w, b, builtin(t))
	if err != nil {
		t.Fatalf("%v\n%s", err, w.String())
	}
	opened, err = Open(func(yield func(*feed.Input, error) bool) {
		yield(feed.NewInput("made.md", strings.NewReader(w.String())))
	}, feed.NewRegistry(bulletin.Reader{}), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return w.String(), findings, opened
}

// stated are the IOCs of a set, with what the published form says of them.
func stated(s *feed.Set, mentions bool) (all []string) {
	for at := range s.Len() {
		if i := s.At(at); i.Mention == mentions {
			all = append(all, fmt.Sprintf("%s %s %q %d %s", i.Key(), i.Threat, i.Family, i.Confidence, i.FirstSeen.UTC().Format(time.DateOnly)))
		}
	}
	slices.Sort(all)
	return all
}

func TestWriteBulletin(t *testing.T) {
	for _, family := range []string{"Lantern RAT", "Cobalt Strike", "Unknown malware", "win.lantern", "js.foo_bar*x", "A|B", "`tick`", "#1 <b>", "CrowdStrike Stealer"} {
		for _, rows := range [][]string{threatFoxRows, threatFoxRows[:1], threatFoxRows[1:3], threatFoxRows[4:5], threatFoxRows[6:7], threatFoxRows[9:10]} {
			d := fetched(t, family, rows...)
			_, findings, r := write(t, d)
			if len(findings) > 0 {
				t.Errorf("%s: not written: %v", family, findings)
			}
			if diff := cmp.Diff(stated(feed.NewSet([]*feed.Bulletin{d}), false), stated(r.IOCs(), false)); diff != "" {
				t.Errorf("%s: IOCs (-asked +read): %s", family, diff)
			}
			for _, f := range r.Findings() {
				t.Errorf("%s: %s", family, f)
			}
			for at := range r.IOCs().Len() {
				if i := r.IOCs().At(at); i.Mention && i.Value != "192.0.2.10" && i.Value != family {
					t.Errorf("%s: a mention of %s in %s", family, i.Value, i.Context)
				}
			}
			got := r.Documents()[0]
			var queries []string
			for _, q := range got.Queries {
				queries = append(queries, q.Text)
			}
			hunts := r.Plan(false).Hunts()
			if diff := cmp.Diff(queries, strings.Split(AllHunts(hunts), "\n\n")); diff != "" {
				t.Errorf("%s: the queries are not the hunts of the bulletin: %s", family, diff)
			}
			if len(got.Tables) == 0 || len(got.Scenarios) == 0 || got.Title == "" || got.Text == "" {
				t.Errorf("%s: %d tables, %d scenarios, title %q, text %q", family, len(got.Tables), len(got.Scenarios), got.Title, got.Text)
			}
		}
	}
}

func TestWriteBulletinBinds(t *testing.T) {
	for _, rows := range [][]string{threatFoxRows, threatFoxRows[:1], threatFoxRows[6:9]} {
		_, _, r := write(t, fetched(t, "Lantern RAT", rows...))
		for _, q := range r.Documents()[0].Queries {
			kqltest.Bind(t, "sentinel", q.Text)
		}
	}
}

// TestBulletinForm holds the published form to the letter, but for the queries.
func TestBulletinForm(t *testing.T) {
	text, _, _ := write(t, fetched(t, "Lantern RAT", threatFoxRows[:9]...))
	head, _, _ := strings.Cut(text, "```kql")
	want := `# ThreatFox: Lantern RAT IOCs

## Hunt Hypothesis

ThreatFox lists 9 IOCs of Lantern RAT, first seen from 2026-05-20 to 2026-05-26. Traffic to a command and control server (botnet_cc) means that malware may already run on the device that opened the connection. Access to a place that delivers malware (payload_delivery) means that a user or a program may have downloaded it; whether it ran is told by the device. A file that is malware (payload) means that it reached the device; whether it ran is told by its processes.

## IOC Summary

**Malware Family:** Lantern RAT
**Total IOCs:** 9
**IOC Types:** ip:port, domain, url, sha256_hash, sha1_hash, md5_hash

| Type | Value | Threat Type | First Seen | Confidence |
|---|---|---|---|---|
| ip:port | ` + "`[2001[:]db8::5]:40669`" + ` | botnet_cc | 2026-05-23 | 75% |
| ip:port | 192[.]0[.]2[.]7:8443 | botnet_cc | 2026-05-22 | 75% |
| ip:port | 192[.]0[.]2[.]7:443 | botnet_cc | 2026-05-21 | 75% |
| domain | lantern[.]example | botnet_cc | 2026-05-20 | 75% |
| url | ` + "`hxxps://files[.]example[.]org/x?q=a*b*&r=[1]\\|2`" + ` | payload_delivery | 2026-05-25 | 75% |
| url | hxxp://203[.]0[.]113[.]9/Drop/a_b.exe | payload_delivery | 2026-05-24 | 75% |
| sha256_hash | ` + sha256Hex + ` | payload | 2026-05-26 | 75% |
| sha1_hash | ` + sha256Hex[:40] + ` | payload | 2026-05-20 | 75% |
| md5_hash | ` + sha256Hex[:32] + ` | payload | 2026-05-21 | 75% |

## KQL Query

`
	if diff := cmp.Diff(want, head); diff != "" {
		t.Error(diff)
	}
	tail := text[strings.LastIndex(text, "```\n"):]
	want = `## Required Sentinel Tables

| Sentinel Table | Notes |
|---|---|
| ` + "`CommonSecurityLog`" + ` | Ensure this data connector is enabled |
| ` + "`DeviceNetworkEvents`" + ` | Ensure this data connector is enabled |
| ` + "`DnsEvents`" + ` | Ensure this data connector is enabled |
| ` + "`UrlClickEvents`" + ` | Ensure this data connector is enabled |
| ` + "`DeviceFileEvents`" + ` | Ensure this data connector is enabled |

## False Positive Scenarios

### Scenario: Microsoft Defender Antivirus quarantines or restores the file

**Description:** Microsoft Defender Antivirus writes`
	if got := strings.TrimPrefix(tail, "```\n\n"); !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got[:min(len(got), len(want))]))
	}
}

// TestBuiltinScenarios holds what each scenario is read as, and how it fits the
// usual tables of a bulletin with IOCs of all types.
func TestBuiltinScenarios(t *testing.T) {
	words, err := ofBulletins()
	if err != nil {
		t.Fatal(err)
	}
	tables := []string{"CommonSecurityLog", "DeviceNetworkEvents", "DnsEvents", "UrlClickEvents", "DeviceFileEvents"}
	ex, no := exclusions.Expressible, exclusions.NoColumn
	want := map[string]struct {
		condition string
		fits      []exclusions.Fit
	}{
		"Microsoft Defender Antivirus quarantines or restores the file": {
			`process.name is "MsMpEng.exe" and process.path starts with 'C:\ProgramData\Microsoft\Windows Defender\Platform\'`, []exclusions.Fit{no, ex, no, no, ex}},
		"An investigation collects the file through live response": {
			`process.name is "SenseIR.exe" and process.path starts with 'C:\Program Files\Windows Defender Advanced Threat Protection\'`, []exclusions.Fit{no, ex, no, no, ex}},
		"The threat intelligence platform looks the IOCs up":    {`device.ip is "192.0.2.10"`, []exclusions.Fit{ex, ex, ex, ex, no}},
		"Analysts run the sample in the malware laboratory":     {`device.name is "SAMPLE-LAB-01"`, []exclusions.Fit{ex, ex, ex, no, ex}},
		"A red team that was announced uses the same framework": {`device.name is "REDTEAM-01"`, []exclusions.Fit{ex, ex, ex, no, ex}},
		"A test of the shop opens its own pages":                {`device.name is "SHOP-MONITOR-01"`, []exclusions.Fit{ex, ex, ex, no, ex}},
	}
	d := fetched(t, "Cobalt Strike", threatFoxRows...)
	catalogue := builtin(t)
	used := map[string]bool{}
	for _, s := range words.scenariosFor(&feed.Bulletin{IOCs: d.IOCs, Family: d.Family}, catalogue) {
		used[s.Title] = true
	}
	for _, s := range words.Scenarios {
		if strings.ContainsAny(s.Title+s.Description, "<>*_`|") || s.Description == "" || !strings.HasSuffix(s.Filter, ".") {
			t.Errorf("%s: the text is no plain sentence", s.Title)
		}
		r := exclusions.Read(feed.Scenario{Title: s.Title, Description: s.Description, Filter: s.Filter})
		w, known := want[s.Title]
		if got := kql.FormatCondition(r.Condition); !known || got != w.condition || !r.Complete || len(r.Unread) > 0 {
			t.Errorf("%s: read as %s, complete %v", s.Title, got, r.Complete)
		}
		var fits []exclusions.Fit
		for _, name := range tables {
			table, _ := catalogue.Table(name)
			v := exclusions.Judge(exclusions.Case{Reading: r, Table: table, Target: kql.Sentinel, IOCs: d.IOCs, Families: []string{d.Family}})
			fits = append(fits, v.Fit)
		}
		if diff := cmp.Diff(w.fits, fits); diff != "" {
			t.Errorf("%s: %s", s.Title, diff)
		}
		if !used[s.Title] {
			t.Errorf("%s is in no bulletin", s.Title)
		}
		delete(want, s.Title)
	}
	for title := range maps.Keys(want) {
		t.Errorf("there is no scenario %s", title)
	}
	for _, threat := range []feed.Threat{feed.BotnetCC, feed.PayloadDelivery, feed.Payload, feed.CCSkimming} {
		if !slices.ContainsFunc(words.Threats, func(w struct {
			Threat feed.Threat `yaml:"threat"`
			Means  string      `yaml:"means"`
		}) bool {
			return w.Threat == threat && strings.HasSuffix(w.Means, ".")
		}) {
			t.Errorf("nothing is said of %s", threat)
		}
	}
}

// TestScenariosApply holds which scenarios a bulletin gets.
func TestScenariosApply(t *testing.T) {
	for _, c := range []struct {
		family, row string
		want        []string
	}{
		{"Lantern RAT", "domain a.example botnet_cc", []string{"The threat intelligence", "Analysts run"}},
		{"cobalt strike", "domain a.example botnet_cc", []string{"The threat intelligence", "Analysts run", "A red team"}},
		{"Lantern RAT", "sha1_hash " + sha256Hex[:40] + " payload", []string{"Microsoft Defender", "An investigation", "Analysts run"}},
		{"Magecart", "domain a.example cc_skimming", []string{"The threat intelligence", "A test of the shop"}},
		// What would name the malware itself is left out.
		{"SenseIR", "sha1_hash " + sha256Hex[:40] + " payload", []string{"Microsoft Defender", "Analysts run"}},
	} {
		_, _, r := write(t, fetched(t, c.family, c.row))
		var got []string
		for _, s := range r.Scenarios() {
			words := strings.Fields(s.Title)
			for _, w := range c.want {
				if strings.HasPrefix(s.Title, w) {
					words = []string{w}
				}
			}
			got = append(got, strings.Join(words, " "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, %s: %s", c.family, c.row, diff)
		}
	}
}

// TestNotWritten holds that what cannot be written is told, and the rest is
// written.
func TestNotWritten(t *testing.T) {
	d := fetched(t, "Lantern RAT", "domain a.example botnet_cc", `url http://b.example/x\|y payload_delivery`)
	_, findings, r := write(t, d)
	if len(findings) != 1 || findings[0].String() != `ThreatFox:2: error: "hxxp://b[.]example/x\\|y" cannot be written in a table of Markdown, so the bulletin lacks it (not-written)` {
		t.Errorf("%v", findings)
	}
	if r.IOCs().Len()-r.IOCs().Mentions() != 1 {
		t.Error(stated(r.IOCs(), false))
	}
	for _, bad := range []*feed.Bulletin{fetched(t, "Lantern RAT"), fetched(t, "A**B Total IOCs: 7", "domain a.example botnet_cc")} {
		var w strings.Builder
		if _, err := WriteBulletin(&w, bad, builtin(t)); err == nil || w.Len() > 0 {
			t.Errorf("%s is written: %v", bad.Family, err)
		}
	}
}

// FuzzWriteBulletin holds that whatever is written is read back as it was meant.
func FuzzWriteBulletin(f *testing.F) {
	f.Add("Lantern RAT", "http://a.example/x", "botnet_cc", 75)
	f.Add("A|B`\n# C", "http://a.example/`x`|y\\", "pay|load", -1)
	f.Add("```", "http://a.example/\\\\|_z_", "", 101)
	f.Fuzz(func(t *testing.T, family, url, threat string, confidence int) {
		writeAnything(t, family, url, threat, confidence)
	})
}

// TestWriteAnything is the fuzz test with texts of what means something to
// Markdown or to the readers.
func TestWriteAnything(t *testing.T) {
	pieces := []string{"|", "`", "``", "\\", "*", "_", "[", "]", "(", "<", "#", " ", "a", "7", ".", ":", "-", "example", "**", "\n", "IOC Types:", "hxxp", "é", "\u202e", "$", "%", "&", "~"}
	r := rand.New(rand.NewPCG(7, 7))
	text := func() string {
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
	written := 0
	for range 200 {
		if writeAnything(t, text(), "http://a.example/"+text(), text(), r.IntN(110)-5) {
			written++
		}
	}
	if written < 120 {
		t.Errorf("%d of 200 are written", written)
	}
}

// writeAnything writes a bulletin of what may be odd, and reports whether it
// could.
func writeAnything(t *testing.T, family, url, threat string, confidence int) bool {
	value, err := feed.Canonical(feed.URL, url)
	if err != nil {
		return false
	}
	d := fetched(t, family, "domain a.example botnet_cc")
	d.IOCs = append(d.IOCs, feed.IOC{Type: feed.URL, Value: value, Threat: feed.Threat(threat), Family: family, Confidence: max(-1, min(confidence, 100))})
	var w strings.Builder
	findings, err := WriteBulletin(&w, d, builtin(t))
	if err != nil {
		if w.Len() > 0 {
			t.Errorf("%q %q %q: something was written all the same", family, url, threat)
		}
		return false
	}
	_, _, r := write(t, d)
	if n := r.IOCs().Len() - r.IOCs().Mentions() + len(findings); n != 2 {
		t.Errorf("%q %q %q: %d IOCs and findings", family, url, threat, n)
	}
	for _, f := range r.Findings() {
		if f.Code != "unknown-threat" && f.Code != "hidden-characters" && f.Code != "no-family" {
			t.Errorf("%q %q %q: %s", family, url, threat, f)
		}
	}
	return true
}
