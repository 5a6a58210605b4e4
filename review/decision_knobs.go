package review

import (
	"fmt"
	"slices"
	"strings"

	"quarry/kql"
)

// Long says what becomes of a hunt that is longer than an analytics rule takes.
type Long string

// What can become of a long hunt.
const (
	// KeepLong leaves it as it is: the Logs page takes it, a rule does not.
	KeepLong Long = ""
	// SplitLong writes it in numbered parts.
	SplitLong Long = "split"
	// WatchlistLong lets it read its lists from a watchlist. Defender has none.
	WatchlistLong Long = "watchlist"
)

// ParseLong reads keep, split or watchlist.
func ParseLong(s string) (Long, error) {
	switch l := Long(strings.ToLower(s)); l {
	case "keep":
		return KeepLong, nil
	case SplitLong, WatchlistLong:
		return l, nil
	}
	return "", fmt.Errorf("%q is nothing that a long hunt can become; use keep, split or watchlist", s)
}

// String is the name that [ParseLong] reads.
func (l Long) String() string {
	if l == KeepLong {
		return "keep"
	}
	return string(l)
}

// SetMatch chooses which names a domain stands for.
type SetMatch struct {
	Match kql.Match `json:"match"`
}

func (d SetMatch) apply(_ *Review, s *state) (bool, error) {
	if _, err := kql.ParseMatch(d.Match.String()); err != nil {
		return false, &RefusedError{err.Error()}
	}
	return change(&s.knobs.Match, d.Match), nil
}

func (d SetMatch) words(*Review) string {
	switch d.Match {
	case kql.ExactMatch:
		return "matched domains exactly, not the names below them"
	case kql.LooseMatch:
		return "matched domains loosely, which finds other names too"
	}
	return "matched domains and the names below them"
}

// SetPort chooses what the port of an ip:port means.
type SetPort struct {
	Port kql.PortMode `json:"port"`
}

func (d SetPort) apply(_ *Review, s *state) (bool, error) {
	if _, err := kql.ParsePortMode(d.Port.String()); err != nil {
		return false, &RefusedError{err.Error()}
	}
	return change(&s.knobs.Port, d.Port), nil
}

func (d SetPort) words(*Review) string {
	switch d.Port {
	case kql.RequirePort:
		return "required the port of an ip:port"
	case kql.IgnorePort:
		return "ignored the port of an ip:port"
	}
	return "let every row with the address of an ip:port be found, and those with its port marked"
}

// SetOwnSide looks also at the columns of the protected side, or no longer.
type SetOwnSide struct {
	On bool `json:"on"`
}

func (d SetOwnSide) apply(_ *Review, s *state) (bool, error) {
	return change(&s.knobs.OwnSide, d.On), nil
}

func (d SetOwnSide) words(*Review) string {
	if d.On {
		return "looked at the columns of the protected side too"
	}
	return "left the columns of the protected side alone"
}

// SetLong chooses what becomes of a hunt that is longer than a rule takes.
type SetLong struct {
	Long Long `json:"long"`
}

func (d SetLong) apply(_ *Review, s *state) (bool, error) {
	if !slices.Contains([]Long{KeepLong, SplitLong, WatchlistLong}, d.Long) {
		return false, &RefusedError{fmt.Sprintf("%q is nothing that a long hunt can become", d.Long)}
	}
	return change(&s.long, d.Long), nil
}

func (d SetLong) words(*Review) string {
	switch d.Long {
	case SplitLong:
		return "split hunts that are longer than a rule takes"
	case WatchlistLong:
		return "let hunts that are longer than a rule takes read a watchlist"
	}
	return "kept hunts whole, however long"
}

// change sets a value and reports whether it was another one.
func change[T comparable](to *T, value T) bool {
	changed := *to != value
	*to = value
	return changed
}
