package bulletin

import (
	"fmt"
	"strings"

	"quarry/feed"
)

// urlhaus is what only bulletins made of URLhaus have: tables of URLs, online
// or not, and a threat and a count of the active ones in the summary.
type urlhaus struct {
	threat           string // of all rows
	active, activeAt int    // the count and its line; line 0 is nowhere
	online           int    // URLs that the table says are online
	told             map[string]bool
}

// isURLs reports whether the columns are those of a table of URLhaus, whose
// rows are URLs, online or not.
func (c *columns) isURLs() bool {
	return c.has(urlColumn) && c.has(statusColumn) && (c.has(threatColumn) || c.has(seenColumn)) && !c.has(typeColumn)
}

// isStatus reports whether the tags of a row begin with a state that URLhaus
// knows.
func isStatus(tags []string) bool {
	return len(tags) > 0 && (tags[0] == "online" || tags[0] == "offline" || tags[0] == "unknown")
}

func isURL(v string) bool {
	_, err := feed.Canonical(feed.URL, v)
	return err == nil
}

// status is what the state of a URL adds to its tags. A URL that is offline is
// an IOC as well: who fetched it did so before.
func (d *draft) status(s string) []string {
	s = strings.ToLower(s)
	if s == "online" {
		d.urlhaus.online++
	}
	if s == "" {
		return nil
	}
	return []string{s}
}

// findInRow tells of a threat that ThreatFox does not have once for all rows of
// URLhaus, which has words of its own.
func (d *draft) findInRow(code string, severity feed.Severity, line int, format string, args ...any) {
	if code == "unknown-threat" && d.columns.isURLs() {
		key := fmt.Sprint(args...)
		if d.urlhaus.told[key] {
			return
		}
		if d.urlhaus.told == nil {
			d.urlhaus.told = map[string]bool{}
		}
		d.urlhaus.told[key] = true
	}
	d.find(code, severity, line, format, args...)
}

// compareActive checks the table against the count of active URLs.
func (d *draft) compareActive() {
	if u := &d.urlhaus; u.activeAt > 0 && u.active != u.online && d.columns.isURLs() {
		d.find("count-differs", feed.Warning, u.activeAt, "the summary states %s that are active and the table has %d that are online; check the source for what is missing or was added",
			count(u.active, "URL"), u.online)
	}
}

// threatOf is what ThreatFox calls a threat of URLhaus. There is one of
// consequence: malware_download, a URL from which malware is fetched.
func threatOf(t feed.Threat) feed.Threat {
	if t == "malware_download" {
		return feed.PayloadDelivery
	}
	return t
}

// addThreat adds what the summary states of all rows to one: as its threat where
// the table has no column for it, else as a tag, for URLhaus names tags there.
func (d *draft) addThreat(i *feed.IOC) {
	switch threat := threatOf(feed.Threat(strings.ToLower(d.urlhaus.threat))); {
	case threat == "" || threat == i.Threat:
	case !d.columns.has(threatColumn):
		i.Threat = threat
	default:
		i.Tags = append(i.Tags, d.urlhaus.threat)
	}
}
