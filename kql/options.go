package kql

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// DefaultLookback is how far back a hunt looks unless told otherwise.
const DefaultLookback = 7 * 24 * time.Hour

// Options are the choices that shape a hunt, apart from its IOCs.
type Options struct {
	Target   Target
	Lookback time.Duration // whole minutes; 0 is DefaultLookback
	// NoComments writes no comments, which continuous (NRT) custom detections of
	// Defender refuse, and of one table no order, which means nothing there. At
	// Defender a finding says what else of a hunt they may refuse.
	NoComments bool
	Title      string // what is hunted, for the first comment
	Exclusions []Exclusion
	Knobs
	// Watchlist is the alias of a Sentinel watchlist that holds the lists of
	// the query, as [Selection.Rows] gives them; "" writes them into the query.
	// What is added to the watchlist later is found too where the query knows its
	// form, which a finding of the hunt says, until one of its lists passes the
	// next multiple of [AnyValues]; for all else the query is to be written anew.
	Watchlist string
	part      string     // which part of a split hunt this is, for the first comment
	whole     *Selection // what the parts of a split hunt are parts of
}

// Knobs are what an analyst can set about how IOCs match, in every table alike.
type Knobs struct {
	Match   Match
	Port    PortMode
	OwnSide bool // also look at the columns of the protected side
}

// Exclusion is an attached false-positive scenario.
type Exclusion struct {
	Title     string // names it in the comment of its line
	Condition Condition
	Mark      string // a warning that stays in the comment, or ""
}

// Match says which names a domain IOC stands for.
type Match string

// The ways to match a domain.
const (
	// SubdomainMatch takes the domain and every name below it.
	SubdomainMatch Match = ""
	// ExactMatch takes the domain alone.
	ExactMatch Match = "exact"
	// LooseMatch takes every name and URL in which the domain stands between
	// characters that are no letters or digits: also hitclub.ac.uk and
	// x-hitclub.ac for hitclub.ac. It matches too much, and the hits say so.
	LooseMatch Match = "loose"
)

// PortMode says what the port of an ip:port IOC means.
type PortMode string

// The meanings of a port.
const (
	// LabelPort finds every row with the address, and marks those whose port
	// is the IOC's as well.
	LabelPort PortMode = ""
	// RequirePort finds only rows with address and port as the IOC says, so
	// only tables that log ports.
	RequirePort PortMode = "require"
	// IgnorePort finds every row with the address.
	IgnorePort PortMode = "ignore"
)

// The names of the default modes, which are "" in [Options].
const (
	subdomainName = "subdomain"
	labelName     = "label"
)

// ParseMatch reads exact, subdomain or loose.
func ParseMatch(s string) (Match, error) {
	m, ok := parseMode(s, subdomainName, string(ExactMatch), string(LooseMatch))
	if !ok {
		return "", fmt.Errorf("%q is no way to match a domain; use exact, subdomain or loose", s)
	}
	return Match(m), nil
}

// String is the name that [ParseMatch] reads.
func (m Match) String() string {
	if m == SubdomainMatch {
		return subdomainName
	}
	return string(m)
}

// ParsePortMode reads label, require or ignore.
func ParsePortMode(s string) (PortMode, error) {
	m, ok := parseMode(s, labelName, string(RequirePort), string(IgnorePort))
	if !ok {
		return "", fmt.Errorf("%q is no meaning of a port; use label, require or ignore", s)
	}
	return PortMode(m), nil
}

// String is the name that [ParsePortMode] reads.
func (m PortMode) String() string {
	if m == LabelPort {
		return labelName
	}
	return string(m)
}

// parseMode reads one of several names; that of the default is "".
func parseMode(s, normal string, others ...string) (string, bool) {
	s = strings.ToLower(s)
	if s == normal {
		return "", true
	}
	return s, slices.Contains(others, s)
}

// ip4, ip6 and ip6Text are the lists of addresses that count without a port.
func (o *Options) ip4() listID     { return o.withoutPort(ip4List, any4List) }
func (o *Options) ip6() listID     { return o.withoutPort(ip6List, any6List) }
func (o *Options) ip6Text() listID { return o.withoutPort(ip6TextList, any6TextList) }

func (o *Options) withoutPort(all, anyPort listID) listID {
	if o.Port == RequirePort {
		return anyPort
	}
	return all
}
