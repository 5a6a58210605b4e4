package store

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quarry/feed"
	"quarry/kql"
	"quarry/review"
)

// TestOwnScenariosStayWhoTheyAre takes random decisions about scenarios that two
// reviewed bulletins brought along and about new ones, with undo, opens the same
// documents again in the other order, and finds each as it was left.
func TestOwnScenariosStayWhoTheyAre(t *testing.T) {
	catalogue, err := kql.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 2)
	for n := range texts {
		d := &feed.Bulletin{Source: feed.Source{Name: fmt.Sprintf("doc%d.md", n), Line: 1}, Title: "Lantern RAT", Total: feed.NoTotal, SHA256: fmt.Sprintf("5%d", n),
			IOCs:      []feed.IOC{{Type: feed.Domain, Value: fmt.Sprintf("host-%d.lantern.example", n)}},
			Tables:    []feed.TableNote{{Name: "DeviceNetworkEvents"}},
			Scenarios: []feed.Scenario{{Title: fmt.Sprint("published ", n), Filter: "Exclude processes where the parent process is ccmexec.exe."}}}
		r := review.New([]*feed.Bulletin{d}, catalogue)
		for k := range n + 1 {
			title := fmt.Sprintf("own %d of %d", k, n)
			if _, err := r.Decide(review.NewScenario{Title: title, Condition: fmt.Sprintf("process.name is a%d%d.exe", n, k)}, "jk", atNoon); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := r.WriteMarkdown(&b, review.Signature{Reviewer: "jk", At: atNoon}); err != nil {
			t.Fatal(err)
		}
		texts[n] = b.String()
	}
	open := func(order ...int) *review.Review {
		t.Helper()
		var ins iter.Seq2[*feed.Input, error] = func(yield func(*feed.Input, error) bool) {
			for _, n := range order {
				if !yield(feed.NewInput(fmt.Sprintf("reviewed%d.md", n), bytes.NewReader([]byte(texts[n])))) {
					return
				}
			}
		}
		r, err := review.Open(ins, feed.NewRegistry(), catalogue)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	both := func(o *Options) {
		o.Sources = func() []Source { return []Source{source("a", texts[0]), source("b", texts[1])} }
	}
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 5))
		folder := t.TempDir()
		s, _ := resume(t, folder, open(0, 1), both)
		for range 30 {
			if _, done := s.r.Log(); done > 0 && random.IntN(6) == 0 {
				s.undo()
				continue
			}
			s.decideSome(random)
		}
		if s.ticket != 0 {
			s.wait()
		}
		want := scenariosOf(s.r)
		s.close()
		for _, order := range [][]int{{1, 0}, {0, 1}} {
			again, _ := resume(t, folder, open(order...), both)
			if diff := cmp.Diff(want, scenariosOf(again.r)); diff != "" {
				t.Errorf("seed %d, opened as %v: %s", seed, order, diff)
			}
			again.close()
		}
	}
}

// decideSome takes a decision about some scenario, unless it changes nothing.
func (s *session) decideSome(random *rand.Rand) {
	s.t.Helper()
	all := s.r.Scenarios()
	at := all[random.IntN(len(all))]
	n := random.IntN(1000)
	decisions := []review.Decision{
		review.Attach{Scenario: at.ID, On: true}, review.Attach{Scenario: at.ID},
		review.EditCondition{Scenario: at.ID, Condition: fmt.Sprintf("process.name is b%d.exe", n)},
		review.SetScenarioNote{Scenario: at.ID, Text: fmt.Sprint("note ", n)},
		review.NewScenario{Title: fmt.Sprint("new ", n), Condition: fmt.Sprintf("process.name is c%d.exe", n)},
		review.DuplicateScenario{Scenario: at.ID},
	}
	if at.Written() {
		decisions = append(decisions, review.RemoveScenario{Scenario: at.ID},
			review.RewriteScenario{Scenario: at.ID, Title: at.Title, Condition: fmt.Sprintf("process.name is d%d.exe", n)})
	}
	s.n++
	if changed, err := s.r.Decide(decisions[random.IntN(len(decisions))], "jk", atNoon); err != nil || !changed {
		return
	}
	h := s.r.History()
	s.ticket = s.j.Decide(h[len(h)-1], RefsOf(s.r))
}

// scenariosOf says how each scenario stands, whatever their order.
func scenariosOf(r *review.Review) (all []string) {
	for i, s := range r.Scenarios() {
		on, _ := r.Attached(i)
		all = append(all, fmt.Sprintf("%s: %s, note %q, attached %v", s.Title, kql.FormatCondition(s.Condition), s.Note, on))
	}
	slices.Sort(all)
	return all
}
