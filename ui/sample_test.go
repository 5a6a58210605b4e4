package ui

import (
	"testing"
	"time"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
	"quarry/ui/clip"
	"quarry/ui/termtest"
)

// sampleDocument is a bulletin with every kind of row that the screen shows.
func sampleDocument(t testing.TB) *feed.Bulletin {
	t.Helper()
	d := &feed.Bulletin{
		Source: feed.Source{Name: "lantern.md", Line: 1}, SHA256: "00", Format: "bulletin",
		Title: "Lantern RAT", Family: "Lantern RAT", Text: "Potential Lantern RAT activity.", Total: 9,
		Tables:  []feed.TableNote{{Name: "CommonSecurityLog"}, {Name: "DeviceNetworkEvents"}, {Name: "DnsEvents"}},
		Queries: []feed.Query{{Text: "DnsEvents\n| where Name has_any (\"lantern.example\")", Source: feed.Source{Name: "lantern.md", Line: 40}}},
		Scenarios: []feed.Scenario{
			{Title: "Scheduled job", Filter: "Exclude processes where the parent process is ccmexec.exe and the command line includes inventory-refresh.", Source: feed.Source{Name: "lantern.md", Line: 60}},
			{Title: "Custom tool", Filter: "Exclude processes where the command line includes lantern.", Source: feed.Source{Name: "lantern.md", Line: 63}},
			{Title: "Scanner", Filter: "Exclude connections where the source IP is in 10.20.0.0/16.", Source: feed.Source{Name: "lantern.md", Line: 66}},
		},
	}
	for n, row := range []struct {
		t          feed.Type
		v          string
		threat     feed.Threat
		confidence int
	}{
		{feed.Domain, "lantern.example", feed.BotnetCC, 75},
		{feed.IPPort, "192.0.2.10:443", feed.BotnetCC, 100},
		{feed.IPPort, "192.0.2.10:8443", feed.BotnetCC, 100},
		{feed.IPPort, "2001:db8::7:443", feed.BotnetCC, 90},
		{feed.URL, "hxxps://dl[.]lantern[.]test/stage/two/loader.bin?build=7", feed.PayloadDelivery, 80},
		{feed.SHA256, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", feed.Payload, 50},
		{feed.SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709", feed.Payload, 50},
		{feed.MD5, "d41d8cd98f00b204e9800998ecf8427e", feed.Payload, 50},
		{feed.Domain, "cdn.lantern.test", feed.BotnetCC, 60},
	} {
		v, err := feed.Canonical(row.t, row.v)
		if err != nil {
			t.Fatal(err)
		}
		d.IOCs = append(d.IOCs, feed.IOC{
			Type: row.t, Value: v, Threat: row.threat, Family: d.Family, Confidence: row.confidence,
			FirstSeen: time.Date(2026, 5, 20+n, 0, 0, 0, 0, time.UTC), Sources: []feed.Source{{Name: "lantern.md", Line: 10 + n}},
		})
	}
	d.Mentions = []feed.IOC{{Type: feed.Domain, Value: "github.com", Mention: true, Confidence: feed.NoConfidence, Context: "filter of scenario 2", Sources: []feed.Source{{Name: "lantern.md", Line: 64}}}}
	return d
}

func newReview(t testing.TB, documents ...*feed.Bulletin) *review.Review {
	t.Helper()
	catalogue, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return review.New(documents, catalogue)
}

// options are surroundings that a test controls: a fixed clock, and copies that
// go to a plain terminal and a folder of the test.
func options(t testing.TB) Options {
	t.Helper()
	board := clip.NewEnvironment([]string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/1"}, "linux", false)
	board.Folder = t.TempDir()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	return Options{
		Reviewer: "jk", Now: func() time.Time { now = now.Add(time.Second); return now },
		Env: []string{"TERM=xterm-256color"}, Clipboard: board,
	}
}

// workbench is a model under test with its simulation.
type workbench struct {
	*termtest.Simulation
	m *Model
	t testing.TB
}

func newWorkbench(t testing.TB, w, h int, documents ...*feed.Bulletin) *workbench {
	t.Helper()
	if len(documents) == 0 {
		documents = []*feed.Bulletin{sampleDocument(t)}
	}
	m := New(newReview(t, documents...), options(t))
	b := &workbench{termtest.Simulate(t, m, w, h), m, t}
	b.keep()
	return b
}

// keys presses keys and keeps every hunt that follows from them, for
// TestEveryHuntBinds.
func (b *workbench) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.Press(k)
		b.keep()
	}
}

func (b *workbench) keep() {
	for _, h := range b.m.plan.Hunts() {
		made[h.Query] = string(h.Target)
	}
}

// made holds every query that a test of this package made, with its target.
// Tests here do not run in parallel.
var made = map[string]string{}

// do runs an action by its name, whatever its key is.
func (b *workbench) do(name string) {
	b.t.Helper()
	a, ok := b.m.actionNamed(name)
	if !ok {
		b.t.Fatalf("there is no action %q", name)
	}
	if len(a.panes) > 0 {
		b.m.setFocus(a.panes[0])
	}
	if len(a.keys) == 0 { // it is run by its name
		b.keys(":")
		for _, r := range name {
			b.Press(string(r))
		}
		b.keys("enter")
		return
	}
	b.keys(a.keys[0])
}
