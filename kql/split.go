package kql

import (
	"fmt"
	"slices"

	"quarry/feed"
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
	return fmt.Sprintf("%s: the hunt for %s alone has %s characters, %s are allowed; detach a scenario, or use a watchlist", e.Table, feed.Quote(e.IOC), feed.Thousands(e.Chars), feed.Thousands(e.Limit))
}

// Part is a hunt with the indicators that it looks for.
type Part struct {
	Hunt       Hunt
	Indicators []*Indicator
}

// Split writes the hunt in as many parts as are needed for each to have at most
// so many characters. Together they look for what [Table.Hunt] looks for, each
// IOC in one of them; IOCs of one kind stay together, so that a part compares few
// columns. The error is that of Hunt or a [*SplitError].
func (t *Table) Split(s *Selection, o Options, limit int) ([]Hunt, error) {
	parts, err := t.Parts(s, o, limit)
	if err != nil {
		return nil, err
	}
	hunts := make([]Hunt, len(parts))
	for n, p := range parts {
		hunts[n] = p.Hunt
	}
	return hunts, nil
}

// Parts is [Table.Split], and says which indicators each of the parts looks for.
func (t *Table) Parts(s *Selection, o Options, limit int) ([]Part, error) {
	whole, err := t.Hunt(s, o)
	if err != nil {
		return nil, err
	}
	rest := t.Carried(s, o)
	if whole.Chars <= limit {
		return []Part{{whole, rest}}, nil
	}
	sortByShape(rest)
	o.whole, o.part = s, longestPartWords
	d := divider{t.Name, limit, func(of []*Indicator) (Hunt, error) { return t.Hunt(NewSelection(of), o) }}
	divided, err := d.divide(rest, whole.Chars)
	if err != nil {
		return nil, err
	}
	parts := make([]Part, len(divided))
	for n, of := range divided {
		o.part = partWords(n+1, len(divided))
		parts[n].Indicators = of
		h := &parts[n].Hunt
		if *h, err = t.Hunt(NewSelection(of), o); err != nil {
			return nil, err
		}
		h.Part, h.Parts = n+1, len(divided)
	}
	return parts, nil
}

// Carried are the indicators of a selection that a hunt in the table with these
// options looks for, in the order of the selection.
func (t *Table) Carried(s *Selection, o Options) []*Indicator {
	var all []*Indicator
	carried := t.CarriedWith(&o)
	for _, x := range s.indicators {
		if carried.Has(x.Shape) {
			all = append(all, x)
		}
	}
	return all
}

// sortByShape puts indicators of one kind together: they are compared with the
// same columns.
func sortByShape(all []*Indicator) {
	slices.SortStableFunc(all, func(a, b *Indicator) int { return int(a.Shape) - int(b.Shape) })
}

// partWords say in the first comment which part a query is; longestPartWords are
// as long as any of them.
const longestPartWords = ", part 9999 of 9999"

func partWords(n, of int) string { return fmt.Sprintf(", part %d of %d", n, of) }

// divider divides indicators so that the hunt for each part is short enough.
type divider struct {
	name  string // of what is hunted in, for the error
	limit int
	write func([]*Indicator) (Hunt, error)
}

// divide divides indicators for which the hunt has so many characters. The error
// is that of write or a [*SplitError].
func (d *divider) divide(rest []*Indicator, chars int) (parts [][]*Indicator, err error) {
	size := max(1, len(rest)*d.limit/max(1, chars))
	for len(rest) > 0 {
		if size, err = d.longest(rest, size); err != nil {
			return nil, err
		}
		parts, rest = append(parts, rest[:size]), rest[size:]
	}
	return parts, nil
}

// longest is how many of the first indicators make a hunt that is short enough;
// it looks around a guess.
func (d *divider) longest(all []*Indicator, guess int) (int, error) {
	fits := func(n int) (bool, error) {
		h, err := d.write(all[:n])
		if err == nil && h.Chars > d.limit && n == 1 {
			err = &SplitError{d.name, all[0].Value, h.Chars, d.limit}
		}
		return h.Chars <= d.limit, err
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
