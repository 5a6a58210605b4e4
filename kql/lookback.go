package kql

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timespan writes a duration as KQL does, in the largest whole unit.
func (q *query) timespan(d time.Duration) { q.b.WriteString(FormatLookback(d)) }

// FormatLookback writes a look-back as KQL and the command line do, such as
// 7d, 36h or 90m. It is rounded to whole minutes; anything below one minute is
// [DefaultLookback].
func FormatLookback(d time.Duration) string {
	d = d.Round(time.Minute)
	switch {
	case d < time.Minute:
		return FormatLookback(DefaultLookback)
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// MaxLookback is the longest look-back that [ParseLookback] takes: the longest
// a Log Analytics table keeps data.
const MaxLookback = 12 * 365 * 24 * time.Hour

// ParseLookback reads what [FormatLookback] writes.
func ParseLookback(s string) (time.Duration, error) {
	digits := strings.TrimRight(s, "dhm")
	unit := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute}[s[len(digits):]]
	n, err := strconv.ParseUint(digits, 10, 64) // the largest number when out of range
	if unit == 0 || n == 0 || err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%q is no look-back; write it as 7d, 36h or 90m", s)
	}
	if n > uint64(MaxLookback/unit) {
		return 0, fmt.Errorf("a look-back of %s is longer than any table keeps data; %s is the most", s, FormatLookback(MaxLookback))
	}
	return time.Duration(n) * unit, nil
}
