package kql

import (
	"fmt"
	"slices"
)

// SplitError says that a hunt cannot be made short enough by splitting it: one
// IOC with the attached scenarios is too long already.
type SplitError struct {
	Table string
	IOC   string
	Chars int
	Limit int
}

func (e *SplitError) Error() string {
	return fmt.Sprintf("%s: the hunt for %s alone has %d characters, %d are allowed; detach a scenario, or use a watchlist", e.Table, e.IOC, e.Chars, e.Limit)
}

// Split writes the hunt in as many parts as are needed for each to have at most
// so many characters. Together they look for what [Table.Hunt] looks for, each
// IOC in one of them; IOCs of one kind stay together, so that a part compares few
// columns. The error is that of Hunt or a [*SplitError].
func (t *Table) Split(s *Selection, o Options, limit int) ([]Hunt, error) {
	whole, err := t.Hunt(s, o)
	if err != nil {
		return nil, err
	}
	if whole.Chars <= limit {
		return []Hunt{whole}, nil
	}
	rest := t.carriedIndicators(s, &o)
	slices.SortStableFunc(rest, func(a, b *Indicator) int { return int(a.Shape) - int(b.Shape) })
	var parts [][]*Indicator
	o.whole = s
	o.part = ", part 9999 of 9999" // as long as any
	size := max(1, len(rest)*limit/whole.Chars)
	for len(rest) > 0 {
		if size, err = t.longestPart(rest, o, limit, size); err != nil {
			return nil, err
		}
		parts, rest = append(parts, rest[:size]), rest[size:]
	}
	hunts := make([]Hunt, len(parts))
	for n, part := range parts {
		o.part = fmt.Sprintf(", part %d of %d", n+1, len(parts))
		if hunts[n], err = t.Hunt(NewSelection(part), o); err != nil {
			return nil, err
		}
		hunts[n].Part, hunts[n].Parts = n+1, len(parts)
	}
	return hunts, nil
}

func (t *Table) carriedIndicators(s *Selection, o *Options) []*Indicator {
	var all []*Indicator
	for _, x := range s.indicators {
		if t.CarriesWith(x.Shape, o) {
			all = append(all, x)
		}
	}
	return all
}

// longestPart is how many of the first indicators make a hunt that is short
// enough; it looks around a guess.
func (t *Table) longestPart(all []*Indicator, o Options, limit, guess int) (int, error) {
	fits := func(n int) (bool, error) {
		h, err := t.Hunt(NewSelection(all[:n]), o)
		if err == nil && h.Chars > limit && n == 1 {
			err = &SplitError{t.Name, all[0].Value, h.Chars, limit}
		}
		return h.Chars <= limit, err
	}
	most := min(max(guess, 1), len(all))
	least := 0 // fits
	for least < most {
		ok, err := fits(most)
		switch {
		case err != nil:
			return 0, err
		case !ok:
			return between(least, most, fits)
		case most == len(all):
			return most, nil
		}
		least, most = most, min(2*most, len(all))
	}
	return least, nil
}

// between finds the largest number below most that fits; least does.
func between(least, most int, fits func(int) (bool, error)) (int, error) {
	for least+1 < most {
		middle := (least + most) / 2
		ok, err := fits(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			least = middle
		} else {
			most = middle
		}
	}
	return least, nil
}
