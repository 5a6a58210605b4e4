package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"quarry/kql"
	"quarry/review"
)

// next is the value after one of a round.
func next[T comparable](round []T, now T) T {
	return round[(slices.Index(round, now)+1)%len(round)]
}

// turn takes a decision about how hunts are written, and shows what it changed.
func (m *Model) turn(d review.Decision) tea.Cmd {
	cmd := m.decide(d, "")
	m.preview.reveal()
	return cmd
}

func (m *Model) nextMatch() tea.Cmd {
	return m.turn(review.SetMatch{Match: next([]kql.Match{kql.SubdomainMatch, kql.ExactMatch, kql.LooseMatch}, m.review.Knobs().Match)})
}

func (m *Model) nextPort() tea.Cmd {
	return m.turn(review.SetPort{Port: next([]kql.PortMode{kql.LabelPort, kql.RequirePort, kql.IgnorePort}, m.review.Knobs().Port)})
}

func (m *Model) nextLong() tea.Cmd {
	round := []review.Long{review.KeepLong, review.SplitLong, review.WatchlistLong}
	if m.review.Target() == kql.Defender {
		round = round[:2]
	}
	long, also := next(round, m.review.Long()), ""
	if long == review.WatchlistLong {
		also = "; upload that watchlist before they run: " + m.key("export-watchlist") + " writes it"
	}
	cmd := m.decide(review.SetLong{Long: long}, also)
	m.preview.reveal()
	return cmd
}

// heldWords says how many of the IOCs that are on the minimum confidence leaves
// out, "" where there is no minimum.
func (m *Model) heldWords() string {
	least := m.review.MinConfidence()
	if least == 0 {
		return ""
	}
	n := "none"
	if m.counts.Held.Sum() > 0 {
		n = thousands(m.counts.Held.Sum())
	}
	return fmt.Sprintf(", %s below %d%%", n, least)
}

// askMinConfidence asks for the minimum confidence.
func (m *Model) askMinConfidence() tea.Cmd {
	now := "none"
	if n := m.review.MinConfidence(); n > 0 {
		now = fmt.Sprintf("%d%%", n)
	}
	return m.ask(&prompt{
		input: newInput("minimum confidence, 0 to 100, empty for none (now "+now+"): ", ""),
		done: func(m *Model, text string) (tea.Cmd, error) {
			n, err := review.ParseMinConfidence(text)
			if err != nil {
				return nil, err
			}
			return nil, m.take(review.SetMinConfidence{Percent: n}, "")
		},
	})
}

// knobWords says what is not as usual about the hunts.
func (m *Model) knobWords() string {
	var all []string
	k := m.review.Knobs()
	if k.Match != kql.SubdomainMatch {
		all = append(all, k.Match.String()+" match")
	}
	if k.Port != kql.LabelPort {
		all = append(all, k.Port.String()+" port")
	}
	if k.OwnSide {
		all = append(all, "own side")
	}
	if long := m.review.Long(); long != review.KeepLong {
		all = append(all, long.String())
	}
	return strings.Join(all, ", ")
}
