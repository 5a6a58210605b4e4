package feed

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func domain(value, file string, line int) IOC {
	return IOC{Type: Domain, Value: value, Confidence: NoConfidence, Sources: []Source{{file, line}}}
}

func TestSetMerges(t *testing.T) {
	first := domain("lantern.example", "a.md", 4)
	first.Threat, first.Family, first.Confidence, first.FirstSeen = BotnetCC, "Lantern RAT", 50, date("2026-05-26")
	second := domain("lantern.example", "b.md", 7)
	second.Threat, second.Family, second.Confidence, second.FirstSeen = PayloadDelivery, "Sable Loader", 100, date("2026-05-20")

	var s Set
	if at, merged := s.Add(first); at != 0 || merged {
		t.Errorf("the first Add gives %d, %v", at, merged)
	}
	s.Add(domain("other.example", "a.md", 5))
	for range 2 { // the same document twice adds nothing
		if at, merged := s.Add(second); at != 0 || !merged {
			t.Errorf("a later Add gives %d, %v", at, merged)
		}
	}
	want := IOC{
		Type: Domain, Value: "lantern.example", Threat: BotnetCC, Family: "Lantern RAT",
		Confidence: 100, FirstSeen: date("2026-05-20"),
		Sources: []Source{{"a.md", 4}, {"b.md", 7}},
		Differs: []string{
			"threat botnet_cc and payload_delivery, as b.md:7 says",
			"family Lantern RAT and Sable Loader, as b.md:7 says",
			"confidence 50% and 100%, as b.md:7 says",
			"first seen 2026-05-26 and 2026-05-20, as b.md:7 says",
		},
	}
	if diff := cmp.Diff(want, s.At(0)); diff != "" {
		t.Error(diff)
	}
	if s.Len() != 2 {
		t.Errorf("%d indicators, want 2", s.Len())
	}
	if at, ok := s.Find(first.Key()); at != 0 || !ok {
		t.Errorf("Find gives %d, %v", at, ok)
	}
	if _, ok := s.Find("domain nowhere.example"); ok {
		t.Error("Find finds what is not there")
	}
	if _, ok := new(Set).Find(first.Key()); ok {
		t.Error("the empty set has something")
	}
	if first.Sources[0] != (Source{"a.md", 4}) || len(first.Sources) != 1 {
		t.Error("Add changed its argument")
	}
}

func TestSetFillsGaps(t *testing.T) {
	var s Set
	s.Add(domain("lantern.example", "a.md", 4))
	full := domain("lantern.example", "b.md", 7)
	full.Threat, full.Family, full.Confidence, full.FirstSeen = BotnetCC, "Lantern RAT", 75, date("2026-05-26")
	s.Add(full)
	s.Add(domain("lantern.example", "c.md", 1))
	got := s.At(0)
	if len(got.Differs) > 0 || got.Threat != BotnetCC || got.Confidence != 75 || !got.FirstSeen.Equal(date("2026-05-26")) || len(got.Sources) != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestSetMentions(t *testing.T) {
	mention := domain("lantern.example", "a.md", 20)
	mention.Mention, mention.Context = true, "filter of scenario 1"
	stated := domain("lantern.example", "b.md", 4)
	stated.Confidence = 75

	s := NewSet([]*Bulletin{{Mentions: []IOC{mention, domain("only.example", "a.md", 21)}}, {IOCs: []IOC{stated}}})
	got := s.At(0)
	if got.Mention || got.Context != "" || got.Confidence != 75 {
		t.Errorf("an IOC listed elsewhere stays a mention: %+v", got)
	}
	if want := []Source{{"b.md", 4}, {"a.md", 20}}; !cmp.Equal(want, got.Sources) {
		t.Errorf("sources %v, want %v", got.Sources, want)
	}

	var later Set
	later.Add(mention)
	later.Add(stated)
	if got := later.At(0); got.Mention || got.Context != "" || got.Confidence != 75 {
		t.Errorf("a mention that is stated later stays one: %+v", got)
	}
}

// TestSetOfOneIndicator adds one indicator so often that a walk through its
// sources at each step would not end in a test's time, nor all of them fit.
func TestSetOfOneIndicator(t *testing.T) {
	const n = 50_000
	var s Set
	for line := range n {
		i := domain("lantern.example", "a.md", line+1)
		i.Threat = Threat(fmt.Sprint(line))
		s.Add(i)
		if line == maxListed/2 {
			s.Add(i) // a source that is there
		}
	}
	for line := range 3 {
		s.Add(domain("lantern.example", "b.md", line+1))
		s.Add(domain("lantern.example", "c.md", line+1))
	}
	got := s.At(0)
	if s.Len() != 1 || len(got.Sources) != maxListed+2 {
		t.Fatalf("%d indicators, %d sources", s.Len(), len(got.Sources))
	}
	for i, src := range got.Sources[:maxListed] {
		if src.Line != i+1 {
			t.Fatalf("source %d is line %d", i, src.Line)
		}
	}
	for _, name := range []string{"a.md", "b.md", "c.md"} {
		if !s.StatedIn(0, Ask(func(n string) bool { return n == name })) {
			t.Errorf("it is not stated in %s", name)
		}
	}
	want := []string{
		fmt.Sprintf("it is stated %d more times, in lines that are not kept", n-maxListed+4),
		fmt.Sprintf("it differs in %d more places, which are not kept", n-1-maxListed),
	}
	if diff := cmp.Diff(want, got.Differs[maxListed:]); diff != "" {
		t.Error(diff)
	}
}

func TestSetStatedIn(t *testing.T) {
	i := func(sources ...Source) IOC {
		return IOC{Type: Domain, Value: "a.example", Confidence: NoConfidence, Sources: sources}
	}
	s := NewSet([]*Bulletin{{IOCs: []IOC{i(Source{"a.md", 1}), i(Source{"b.md", 2}), {Type: IP, Value: "192.0.2.1"}}}})
	for name, want := range map[string]bool{"a.md": true, "b.md": true, "c.md": false} {
		if got := s.StatedIn(0, Ask(func(n string) bool { return n == name })); got != want {
			t.Errorf("stated in %s: %v", name, got)
		}
	}
	if s.StatedIn(1, Ask(func(string) bool { return true })) {
		t.Error("what no place states is stated somewhere")
	}
}

// TestSetFindsWhileItGrows: in the middle of growing everything is found, and
// nothing that is not there.
func TestSetFindsWhileItGrows(t *testing.T) {
	s := new(Set)
	for n := range 3000 {
		if _, there := s.Find(fmt.Sprintf("domain %d.example", n)); there {
			t.Fatalf("%d is there before it was added", n)
		}
		s.Add(IOC{Type: Domain, Value: fmt.Sprintf("%d.example", n)})
		for _, k := range []int{0, n / 3, n / 2, n - n/5, n} {
			if at, there := s.Find(fmt.Sprintf("domain %d.example", k)); !there || at != k {
				t.Fatalf("of %d, %d is found at %d, %v", n+1, k, at, there)
			}
		}
		if at, merged := s.Add(IOC{Type: Domain, Value: fmt.Sprintf("%d.example", n/2), Confidence: NoConfidence}); !merged || at != n/2 || s.Len() != n+1 {
			t.Fatalf("%d was added again", n/2)
		}
	}
}

// TestKeysWhileAdding: another goroutine may walk the keys that there were while
// the set grows and its IOCs are merged.
func TestKeysWhileAdding(t *testing.T) {
	const n = 20_000
	var s Set
	add := func(i int) {
		s.Add(IOC{Type: URL, Value: fmt.Sprintf("HTTP://host-%d.example/", i), Confidence: i % 100, Sources: []Source{{"a", i}}})
	}
	for i := range n {
		add(i)
	}
	keys, done := s.Keys(n), make(chan int)
	go func() {
		i := 0
		for key := range keys {
			if key != fmt.Sprintf("url http://host-%d.example/", i) {
				break
			}
			i++
		}
		done <- i
	}()
	for i := n / 2; i < 2*n; i++ {
		add(i)
	}
	if got := <-done; got != n {
		t.Errorf("%d keys are right, want %d", got, n)
	}
}
