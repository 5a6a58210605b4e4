package kql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quarry/feed"
)

// DefaultLookback is how far back a hunt looks unless told otherwise.
const DefaultLookback = 7 * 24 * time.Hour

// Options are the choices that shape a hunt, apart from its IOCs.
type Options struct {
	Target     Target
	Lookback   time.Duration // whole minutes; 0 is DefaultLookback
	NoComments bool          // write none: NRT custom detections refuse them
	Title      string        // what is hunted, for the first comment
	Exclusions []Exclusion
}

// Exclusion is an attached false-positive scenario.
type Exclusion struct {
	Title     string // names it in the comment of its line
	Condition Condition
	Mark      string // a warning that stays in the comment, or ""
}

// Hunt is one query for one table.
type Hunt struct {
	Table    string
	Target   Target
	IOCs     int // how many of the IOCs the query looks for
	Query    string
	Chars    int // length of the query as the products count it, in UTF-16 units
	Findings []feed.Finding
}

// NothingToHuntError says that a table can carry none of the IOCs. A query for
// no indicator is never written.
type NothingToHuntError struct{ Table string }

func (e *NothingToHuntError) Error() string {
	return e.Table + " can carry none of the included IOCs"
}

// NoTableError says that a table does not exist at a target.
type NoTableError struct {
	Table  string
	Target Target
}

func (e *NoTableError) Error() string {
	return fmt.Sprintf("there is no table %s in %s", e.Table, e.Target.Title())
}

// Hunt writes the query that looks for the IOCs in the table. The time filter
// comes first, then indexed comparisons, then the exclusions a line each, then
// IocMatched, the indicator or its host as the row shows it, and IocHow:
//
//	ip:port      address and port as the IOC says
//	url          the URL, with or without scheme, default port and, where it has
//	             no query, final slash; a query or more of one may follow
//	domain       the domain or a name below it
//	host of url  exactly the host of a URL IOC
//	sha256 ...   the hash
//	ip           the address; the port differs or was not compared
//
// Internationalised names are hunted in punycode and in Unicode. IPv6 in text
// and in URLs is found in its short form, with all eight groups, and with all
// 32 digits; in a column of its own in any form. Paths compare as the IOC
// writes them: percent signs are not decoded. No regular expression holds two
// slashes in a row.
//
// The error is a [*NothingToHuntError], [*NoTableError] or
// [*MissingFieldError].
func (t *Table) Hunt(iocs []feed.IOC, o Options) (Hunt, error) {
	if !t.On(o.Target) {
		return Hunt{}, &NoTableError{t.Name, o.Target}
	}
	ts, carried := newTerms(t, iocs)
	groups := t.groups(&ts)
	if len(groups) == 0 {
		return Hunt{}, &NothingToHuntError{t.Name}
	}
	var q query
	q.b.Grow(8 << 10) // most hunts fit
	if !o.NoComments {
		q.comment(fmt.Sprintf("%s in %s, %d of %d IOCs%s", t.Name, o.Target.Title(), carried, len(iocs), titled(o.Title)))
	}
	writeLets(&q, groups)
	timeColumn := name(t.Time[o.Target])
	q.name(name(t.Name))
	q.text("\n| where ")
	q.name(timeColumn)
	q.text(" > ago(")
	q.timespan(o.Lookback)
	q.text(")\n| where ")
	var wheres []expr
	for _, g := range slices.Backward(groups) { // the cheapest comparison first
		wheres = append(wheres, g.wheres...)
	}
	anyOf(&q, wheres, "\n    or ", false, func(e expr) { e(&q) })
	if err := t.writeExclusions(&q, o); err != nil {
		return Hunt{}, err
	}
	t.writeHits(&q, groups)
	q.text("\n| project ")
	q.name(timeColumn)
	q.text(", IocMatched, IocHow")
	for _, col := range t.Show {
		q.text(", ")
		q.name(name(col))
	}
	q.text("\n| order by ")
	q.name(timeColumn)
	q.text(" desc")

	h := Hunt{Table: t.Name, Target: o.Target, IOCs: carried, Query: q.String()}
	h.Chars = chars(h.Query)
	h.Findings = limits(&h, t.sizes(&ts, groups), o)
	return h, nil
}

// writeLets writes the lists, then the regular expressions: the lists are what
// a reader checks.
func writeLets(q *query, groups []group) {
	for _, regexes := range []bool{false, true} {
		for _, g := range slices.Backward(groups) {
			for _, l := range g.lets {
				if (l.regex != "") == regexes {
					l.write(q)
				}
			}
		}
	}
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// writeExclusions writes one line a scenario, after the match so that the
// index still narrows the rows first, each deletable by hand.
func (t *Table) writeExclusions(q *query, o Options) error {
	for _, e := range o.Exclusions {
		clause, err := t.Clause(e.Condition)
		if err != nil {
			return err
		}
		q.text("\n| where not(")
		q.b.WriteString(clause)
		q.text(")")
		if !o.NoComments {
			mark := ""
			if e.Mark != "" {
				mark = " [" + e.Mark + "]"
			}
			q.trailing("scenario: " + e.Title + mark)
		}
	}
	return nil
}

// writeHits says of each row which indicator it holds, and how it matched.
// Groups stand in the order of how much a match says.
func (t *Table) writeHits(q *query, groups []group) {
	for _, c := range t.IOC.IP {
		if c.Mapped && c.Side != Own && hasGroup(groups, "IocIpHit") {
			q.text("\n| extend Ioc")
			q.name(name(c.Column))
			q.text(" = iff(")
			q.name(name(c.Column))
			q.text(` startswith "::ffff:", substring(`)
			q.name(name(c.Column))
			q.text(", 7), ")
			q.name(name(c.Column))
			q.text(")")
		}
	}
	for _, g := range groups {
		q.text("\n| extend ")
		q.name(g.hit)
		q.text(" = ")
		if len(g.hits) == 1 {
			g.hits[0](q)
			continue
		}
		q.text("coalesce(\n    ")
		anyOf(q, g.hits, ",\n    ", false, func(e expr) { e(q) })
		q.text(")")
	}
	if len(groups) == 1 {
		q.text("\n| extend IocMatched = ")
		q.name(groups[0].hit)
		q.text(", IocHow = ")
		q.str(groups[0].how)
		return
	}
	q.text("\n| extend IocMatched = coalesce(")
	anyOf(q, groups, ", ", false, func(g group) { q.name(g.hit) })
	q.text(")\n| extend IocHow = case(")
	for _, g := range groups {
		q.text("\n    isnotempty(")
		q.name(g.hit)
		q.text("), ")
		q.str(g.how)
		q.text(",")
	}
	q.text("\n    \"\")")
}

func hasGroup(groups []group, hit name) bool {
	for _, g := range groups {
		if g.hit == hit {
			return true
		}
	}
	return false
}

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

// MarshalJSON writes the object of `quarry kql --json`, with &, < and > as they
// are: people read queries there and copy them. A caller's json.Marshal escapes
// them again.
func (h Hunt) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Table    string         `json:"table"`
		Target   Target         `json:"target"`
		IOCs     int            `json:"iocs"`
		Chars    int            `json:"chars"`
		Query    string         `json:"query"`
		Findings []feed.Finding `json:"findings"`
	}{h.Table, h.Target, h.IOCs, h.Chars, h.Query, append([]feed.Finding{}, h.Findings...)})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
