package feed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// model is a set as a reader of its documentation would write it.
type model struct {
	iocs []IOC
	keys map[string]int
}

func (m *model) add(i IOC) {
	at, ok := m.keys[i.Key()]
	if !ok {
		m.keys[i.Key()] = len(m.iocs)
		m.iocs = append(m.iocs, i)
		return
	}
	have := &m.iocs[at]
	for _, s := range i.Sources {
		if !slices.Contains(have.Sources, s) {
			have.Sources = append(slices.Clip(have.Sources), s)
		}
	}
	if i.Mention {
		return
	}
	if have.Mention {
		have.Mention, have.Context = false, ""
	}
	differ := func(what, was, is string) {
		d := fmt.Sprintf("%s %s and %s, as %s says", what, was, is, i.Sources[0])
		if !slices.Contains(have.Differs, d) {
			have.Differs = append(have.Differs, d)
		}
	}
	if have.Threat != "" && i.Threat != "" && have.Threat != i.Threat {
		differ("threat", string(have.Threat), string(i.Threat))
	}
	if have.Family != "" && i.Family != "" && have.Family != i.Family {
		differ("family", have.Family, i.Family)
	}
	if have.Confidence >= 0 && i.Confidence >= 0 && have.Confidence != i.Confidence {
		differ("confidence", fmt.Sprintf("%d%%", have.Confidence), fmt.Sprintf("%d%%", i.Confidence))
	}
	if !have.FirstSeen.IsZero() && !i.FirstSeen.IsZero() && !have.FirstSeen.Equal(i.FirstSeen) {
		differ("first seen", FormatSeen(have.FirstSeen), FormatSeen(i.FirstSeen))
	}
	if have.Threat == "" {
		have.Threat = i.Threat
	}
	if have.Family == "" {
		have.Family = i.Family
	}
	if have.Reference == "" {
		have.Reference = i.Reference
	}
	have.Confidence = max(have.Confidence, i.Confidence)
	if have.FirstSeen.IsZero() || !i.FirstSeen.IsZero() && i.FirstSeen.Before(have.FirstSeen) {
		have.FirstSeen = i.FirstSeen
	}
	if i.LastSeen.After(have.LastSeen) {
		have.LastSeen = i.LastSeen
	}
	for _, t := range i.Tags {
		if !slices.Contains(have.Tags, t) {
			have.Tags = append(slices.Clip(have.Tags), t)
		}
	}
}

// TestSetIsItsModel adds random IOCs, many of them again, to a set and to its
// model.
func TestSetIsItsModel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	when := func() time.Time {
		if r.IntN(4) == 0 {
			return time.Time{}
		}
		return time.Date(2026, 5, 1+r.IntN(9), 0, 0, r.IntN(2), r.IntN(2)*1000, time.UTC)
	}
	m, s := model{keys: map[string]int{}}, Set{}
	for n := range 20_000 {
		i := IOC{
			Type: Domain, Value: fmt.Sprintf("host-%d.example", r.IntN(9_000)), Threat: Threat(pick("", "", "botnet_cc", "payload")), Family: pick("", "Lantern RAT", "Sable Loader"),
			Confidence: r.IntN(102) - 1, FirstSeen: when(), LastSeen: when(), Reference: pick("", "https://example.com/a", "https://example.com/b"),
			Sources: []Source{{pick("a.csv", "b.csv"), n + 1}},
		}
		switch r.IntN(4) {
		case 0:
			i.Type, i.Value = URL, pick("http://", "http://u@")+pick("Host", "host")+fmt.Sprintf("-%d.example/A", r.IntN(900))
		case 1:
			i.Type = FileName // the same text as another type
		}
		for _, tag := range []string{"exe", "", "two words"} {
			if r.IntN(3) == 0 {
				i.Tags = append(i.Tags, tag)
			}
		}
		if len(i.Tags) == 1 && i.Tags[0] == "" {
			i.Tags = nil
		}
		if r.IntN(5) == 0 {
			i.Mention, i.Context = true, pick("a filter", "the text")
		}
		m.add(i)
		s.Add(i)
	}
	if s.Len() != len(m.iocs) {
		t.Fatalf("%d indicators, want %d", s.Len(), len(m.iocs))
	}
	for at, want := range m.iocs {
		got := s.At(at)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("position %d (-want +got):\n%s", at, diff)
		}
		if found, ok := s.Find(want.Key()); !ok || found != at {
			t.Fatalf("%s is found at %d, %v; want %d", want.Key(), found, ok, at)
		}
		parts := IOC{
			Type: s.Type(at), Value: s.Value(at), Threat: s.Threat(at), Family: s.Family(at), Confidence: s.Confidence(at), FirstSeen: s.FirstSeen(at),
			Mention: s.Mention(at), Sources: s.Sources(at), LastSeen: got.LastSeen, Reference: got.Reference, Tags: got.Tags, Context: got.Context, Differs: got.Differs,
		}
		if diff := cmp.Diff(got, parts); diff != "" {
			t.Fatalf("the parts of position %d: %s", at, diff)
		}
	}
}

// BenchmarkSet adds indicators that are there once, with what a feed says of
// them.
func BenchmarkSet(b *testing.B) {
	const n = 1_000_000
	iocs := make([]IOC, n)
	for i := range iocs {
		iocs[i] = IOC{
			Type: Domain, Value: fmt.Sprintf("host-%d.example", i), Threat: BotnetCC, Family: fmt.Sprint("Family ", i%300), Confidence: 75,
			FirstSeen: date("2026-05-26"), Reference: fmt.Sprintf("https://example.com/sample/%d/", i/3), Tags: []string{"exe", "c2"}, Sources: []Source{{"full.csv", i}},
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var s Set
		for _, i := range iocs {
			s.Add(i)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/IOC")
}
