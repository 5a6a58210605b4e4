package bulletin

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// mentions gathers what looks like an IOC outside the table of IOCs.
type mentions struct {
	iocs  []feed.IOC
	index map[string]int // key and context, to the position in iocs
}

// add takes one in, or one more line of one with the same context.
func (m *mentions) add(t feed.Type, value, context string, src feed.Source) {
	i := feed.IOC{
		Type: t, Value: value, Confidence: feed.NoConfidence, Mention: true, Context: context,
		Sources: []feed.Source{src},
	}
	key := i.Key() + "\n" + context
	if at, ok := m.index[key]; ok {
		had := &m.iocs[at].Sources
		if (*had)[len(*had)-1] != src {
			*had = append(*had, src)
		}
		return
	}
	if m.index == nil {
		m.index = map[string]int{}
	}
	m.index[key] = len(m.iocs)
	m.iocs = append(m.iocs, i)
}

// sorted returns the mentions in the order of their lines.
func (m *mentions) sorted() []feed.IOC {
	slices.SortStableFunc(m.iocs, func(a, b feed.IOC) int { return cmp.Compare(a.Sources[0].Line, b.Sources[0].Line) })
	return m.iocs
}

// mention notes what looks like an IOC in a line of prose. The name in a URL is
// a mention of its own, for a filter may mean either.
func (d *draft) mention(context string, no int, text string) {
	for _, h := range scan.Find(text) {
		d.mentions.add(h.Type, h.Value, context, d.source(no))
		if name := urlName(h); name != "" {
			d.mentions.add(feed.Domain, name, context, d.source(no))
		}
	}
}

// urlName is the host of a URL if it is a name, else "".
func urlName(h scan.Hit) string {
	if h.Type != feed.URL {
		return ""
	}
	host := feed.IOC{Type: h.Type, Value: h.Value}.Host()
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// queryMentions notes the values in the literals and comments of the published
// queries that the table of IOCs does not have, neither as they stand nor as
// the host of another.
func (d *draft) queryMentions() {
	if len(d.b.Queries) == 0 {
		return
	}
	known := make(map[string]bool, 3*len(d.b.IOCs))
	for _, i := range d.b.IOCs {
		known[i.Key()], known[i.Value] = true, true // a mail address has one of three types
		if host := i.Host(); host != "" {
			known[host] = true
		}
		if i.Type == feed.URL {
			known[bareURL(i.Value)] = true
		}
		if service := urlService(i); service != "" {
			known[service] = true
		}
	}
	for n, q := range d.b.Queries {
		context := fmt.Sprintf("published query %d", n+1)
		literals(q.Text, func(from, to, line int) {
			if known[q.Text[from:to]] || known[bareURL(q.Text[from:to])] {
				return // a URL with a pipe, say, of which only a part would be found
			}
			for _, h := range scan.Find(q.Text[from:to]) {
				src := d.source(q.Source.Line + line)
				if known[h.Value] || h.Type == feed.URL && known[bareURL(h.Value)] || known[feed.IOC{Type: h.Type, Value: h.Value}.Key()] {
					continue
				}
				d.mentions.add(h.Type, h.Value, context, src)
				if name := urlName(h); name != "" && !known[name] {
					d.mentions.add(feed.Domain, name, context, src)
				}
			}
		})
	}
}

// bareURL is a URL as hunts compare it: in lower case, without scheme, usual port
// and final slash.
func bareURL(v string) string {
	v = strings.ToLower(v)
	if _, rest, ok := strings.Cut(v, "://"); ok {
		v = rest
	}
	host, path, _ := strings.Cut(v, "/")
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	return host + "/" + strings.TrimSuffix(path, "/")
}

// urlService is the address and port that a URL opens, as an ip:port is spelled;
// "" unless its host is an address. A hunt looks for a URL by them too.
func urlService(i feed.IOC) string {
	a, ok := i.Addr()
	if i.Type != feed.URL || !ok {
		return ""
	}
	port := i.Port()
	if port == 0 {
		port = 80
		if strings.HasPrefix(i.Value, "https:") {
			port = 443
		}
	}
	return netip.AddrPortFrom(a, uint16(port)).String()
}

// literals calls visit for each string literal and comment of a query with its
// bytes and its line, counted from 0.
func literals(text string, visit func(from, to, line int)) {
	line := 0
	for at := 0; at < len(text); {
		t := records.NextToken(text, at)
		if t.Kind != records.CodeToken {
			visit(t.From, t.To, line)
		} else if text[at] == '\n' {
			line++
		}
		at = t.Next
	}
}
