package review

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Positions are positions of IOCs in a review's set. In JSON they are a string of
// ascending numbers and ranges, such as "0-41,57": a decision on all of a million
// IOCs is a few bytes. What is named twice is named once there, which no decision
// minds.
type Positions []int

// MarshalJSON writes the ranges.
func (p Positions) MarshalJSON() ([]byte, error) {
	sorted := []int(p)
	if !slices.IsSorted(sorted) {
		sorted = slices.Sorted(slices.Values(sorted))
	}
	b := []byte{'"'}
	for i := 0; i < len(sorted); {
		from := sorted[i]
		to := from
		for i++; i < len(sorted) && sorted[i] <= to+1; i++ {
			to = sorted[i]
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(from), 10)
		if to > from {
			b = append(b, '-')
			b = strconv.AppendInt(b, int64(to), 10)
		}
	}
	return append(b, '"'), nil
}

// mostPositions is how many positions are read: more are no set of IOCs, and
// would take all memory.
const mostPositions = 1 << 26

// UnmarshalJSON reads what [Positions.MarshalJSON] writes.
func (p *Positions) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*p = nil
	if text == "" {
		return nil
	}
	last := -1
	for part := range strings.SplitSeq(text, ",") {
		first, second, several := strings.Cut(part, "-")
		from, err := strconv.ParseUint(first, 10, 31)
		to := from
		if err == nil && several {
			to, err = strconv.ParseUint(second, 10, 31)
		}
		if err != nil || int(from) <= last || to < from || to == math.MaxInt32 || len(*p)+int(to-from) >= mostPositions {
			return fmt.Errorf("%q is no range of positions behind %d", part, last)
		}
		for i := from; i <= to; i++ {
			*p = append(*p, int(i))
		}
		last = int(to)
	}
	return nil
}
