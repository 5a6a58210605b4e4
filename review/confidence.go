package review

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"quarry/feed"
)

// SetMinConfidence leaves IOCs out of the hunts whose stated confidence is below
// so many percent; 0 leaves none out. An IOC that states no confidence stays in.
// What is switched on and off stays as it is.
type SetMinConfidence struct {
	Percent int `json:"percent"`
}

func (d SetMinConfidence) apply(_ *Review, s *state) (bool, error) {
	if d.Percent < 0 || d.Percent > 100 {
		return false, &RefusedError{"a minimum confidence is between 0 and 100"}
	}
	return change(&s.minConfidence, d.Percent), nil
}

func (d SetMinConfidence) words(r *Review) string {
	if d.Percent == 0 {
		return "left nothing out for its confidence any more"
	}
	held := "nothing that is on"
	if t := r.Held(); t.Sum() > 0 {
		held = t.String()
	}
	return fmt.Sprintf("left out what is below %d%% confidence: %s", d.Percent, held)
}

// ParseMinConfidence reads a minimum confidence: a number from 0 to 100, with or
// without a percent sign. Nothing is 0, which is none.
func ParseMinConfidence(s string) (int, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "%"), 10, 8)
	if err != nil || n > 100 {
		return 0, fmt.Errorf("%s is no confidence; use a number from 0 to 100", feed.Quote(s))
	}
	return int(n), nil
}

// MinConfidence is the stated confidence, in percent, below which IOCs are left
// out of the hunts; 0 leaves none out.
func (r *Review) MinConfidence() int { return r.now.minConfidence }

// Hunts reports whether the IOC at position i is hunted: it is on, and not below
// the minimum confidence.
func (r *Review) Hunts(i int) bool { return r.now.on[i] && !r.BelowMinimum(i) }

// HeldBack reports whether the IOC at position i is on, and left out of the hunts
// by the minimum confidence alone.
func (r *Review) HeldBack(i int) bool { return r.now.on[i] && r.BelowMinimum(i) }

// BelowMinimum reports whether the IOC at position i states a confidence below the
// minimum, so that it is not hunted even when it is on.
func (r *Review) BelowMinimum(i int) bool {
	if r.now.minConfidence == 0 {
		return false
	}
	c := r.iocs.Confidence(i)
	return c != feed.NoConfidence && c < r.now.minConfidence
}

// hunted are the positions of what is hunted.
func (r *Review) hunted() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, on := range r.now.on {
			if on && !r.BelowMinimum(i) && !yield(i) {
				return
			}
		}
	}
}

// Held counts the IOCs and mentions that are on and that the minimum confidence
// leaves out.
func (r *Review) Held() (t Tally) {
	if r.now.minConfidence == 0 {
		return t
	}
	for i := range r.now.on {
		if r.HeldBack(i) {
			t.add(r.iocs.Mention(i))
		}
	}
	return t
}

// firstHeld is how many of the IOCs that are held back a finding names.
const firstHeld = 3

// LeftOut says what the minimum confidence leaves out of the hunts. That is a
// warning when nothing else is on.
func (r *Review) LeftOut() []feed.Finding {
	held := r.Held()
	if held.Sum() == 0 {
		return nil
	}
	f := feed.Finding{Code: "below-confidence", Severity: feed.Info}
	var named []string
	for i := range r.now.on {
		if !r.HeldBack(i) {
			continue
		}
		ioc := r.iocs.At(i)
		if len(named) == 0 && held.Sum() == 1 && len(ioc.Sources) > 0 {
			f.Source = ioc.Sources[0]
		}
		named = append(named, fmt.Sprintf("%s (%d%%)", feed.Defang(ioc.Type, ioc.Value), ioc.Confidence))
		if len(named) == firstHeld {
			break
		}
	}
	f.Text = fmt.Sprintf("the minimum confidence of %d%% leaves out %s: %s", r.now.minConfidence, held, strings.Join(named, ", "))
	if more := held.Sum() - len(named); more > 0 {
		f.Text += fmt.Sprintf(", and %s more", feed.Thousands(more))
	}
	if r.Hunted().Sum() == 0 {
		f.Severity = feed.Warning
		f.Text += "; nothing is left to hunt"
	}
	return []feed.Finding{f}
}

// belowWord starts what stands behind the on of an IOC that is held back.
const belowWord = "below"

// standing is how an IOC stands: off, on, or on and below the minimum confidence.
func (r *Review) standing(i int) string {
	if r.HeldBack(i) {
		return fmt.Sprintf("%s, %s %d%%", onOff(true), belowWord, r.now.minConfidence)
	}
	return onOff(r.On(i))
}

// parseStanding reads whether an IOC is on, and reports whether it can be read.
// What is held back follows from the minimum, so that a person may change that
// alone.
func parseStanding(s string) (on, ok bool) {
	if word, rest, held := strings.Cut(s, ","); held && strings.HasPrefix(strings.TrimSpace(rest), belowWord) {
		s = strings.TrimSpace(word)
	}
	on = strings.EqualFold(s, onOff(true))
	return on, on || strings.EqualFold(s, onOff(false))
}
