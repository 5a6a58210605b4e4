package plain

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"quarry/feed"
	"quarry/feed/records"
)

// lineKind is what a line of a list is.
type lineKind int

const (
	empty      lineKind = iota
	comment             // the line says something about the list
	entry               // an indicator
	names               // names of a hosts file
	filter              // a host of a filter list
	allowed             // an exception of a filter list
	other               // an entry that is nothing to hunt: a path, a filter for parts of pages
	unreadable          // none of these
)

// entryLine is a line taken apart.
type entryLine struct {
	kind    lineKind
	values  []string
	record  records.Record // of the value of an entry or a filter
	comment string         // behind the values
	context string         // of an exception: why it is one
	closed  bool           // something stands behind the last value
	behind  string         // what at the end of a URL may be the next cell of a row
	parted  bool           // it very likely is
}

// parse takes a line apart.
func parse(s string) entryLine {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == 0x200B || r == 0xFEFF })
	switch {
	case s == "":
		return entryLine{}
	case strings.HasPrefix(s, "||"), strings.HasPrefix(s, "@@"):
		return parseFilter(s)
	case strings.Contains(s, "##.") || strings.Contains(s, "##[") || strings.Contains(s, "#@#"): // of parts of pages
		return entryLine{kind: other, values: []string{s}}
	case strings.IndexByte("#;!", s[0]) >= 0, strings.HasPrefix(s, "//"), strings.HasPrefix(s, "[Adblock"), strings.Trim(s, "-=*_ ") == "":
		return entryLine{kind: comment, comment: strings.TrimRight(strings.TrimLeft(s, "#;/! \t"), "# \t")}
	}
	if e, ok := parseResolver(s); ok {
		return e
	}
	rest, note := cutComment(s)
	fields := strings.Fields(rest)
	if records.IsSink(fields[0]) && len(fields) > 1 {
		return entryLine{kind: names, values: fields[1:], comment: note, closed: len(rest) < len(s)}
	}
	if t, ok := records.Guess(fields[0]); ok && t == feed.IP && len(fields) > 1 && !slices.ContainsFunc(fields[1:], func(name string) bool { return !own[strings.ToLower(name)] }) {
		return entryLine{kind: names, comment: note} // ff02::1 ip6-allnodes
	}
	value := strings.TrimRight(strings.Trim(rest, `"'`), ",;")
	value = strings.Trim(value, `"'`)
	if len(fields) == 1 && value != "" {
		r, ok := records.ValueOf(value)
		k := entry
		switch {
		case value[0] == '/':
			k = other
		case !ok:
			k = unreadable
		case r.Type == feed.URL:
			return parseURL(value, r, entryLine{comment: note, closed: len(rest) < len(s)})
		}
		return entryLine{kind: k, values: []string{value}, record: r, comment: note, closed: len(rest) < len(s)}
	}
	return entryLine{kind: unreadable, values: []string{s}}
}

// isHostsLine reports whether a line is an address and names, as in a hosts file.
func isHostsLine(s string) bool {
	rest, _ := cutComment(s)
	fields := strings.Fields(rest)
	if t, ok := records.Guess(fields[0]); !ok || t != feed.IP || len(fields) < 2 || len(fields) > 10 {
		return false
	}
	return !slices.ContainsFunc(fields[1:], func(name string) bool { return strings.Trim(strings.ToLower(name), hostSigns) != "" })
}

// isPublic reports whether an address is none of an own network or of the machine itself.
func isPublic(s string) bool {
	a, err := netip.ParseAddr(feed.Refang(s))
	return err == nil && a.IsGlobalUnicast() && !a.IsPrivate()
}

// hostSigns are what names of hosts consist of.
const hostSigns = "abcdefghijklmnopqrstuvwxyz0123456789.-_"

// parseURL is the line of a URL: of several where another follows, and with what
// may be the next cell of a row.
func parseURL(value string, r records.Record, e entryLine) entryLine {
	e.kind, e.values, e.record = entry, []string{value}, r
	if all := records.ValuesOf(value); len(all) > 1 {
		e.values = nil
		for _, one := range all {
			e.values = append(e.values, one.Value)
		}
		return e
	}
	e.behind, e.parted = records.Behind(value)
	return e
}

// cutComment cuts a comment off a line: behind a space and one of its marks.
func cutComment(s string) (rest, note string) {
	for at := 1; at < len(s); at++ {
		if s[at-1] != ' ' && s[at-1] != '\t' {
			continue
		}
		if s[at] == '#' || s[at] == ';' || strings.HasPrefix(s[at:], "//") {
			return strings.TrimRight(s[:at], " \t"), strings.TrimLeft(s[at:], "#;/ \t")
		}
	}
	return s, ""
}

// parseFilter takes a line of a filter list apart: ||host^ with options.
func parseFilter(s string) entryLine {
	rest, exception := strings.CutPrefix(s, "@@")
	host, named := strings.CutPrefix(rest, "||")
	end := strings.IndexAny(host, "^$")
	closed := end >= 0
	if closed {
		host = host[:end]
	}
	kind := filter
	if exception {
		kind = allowed
	}
	r, ok := records.ValueOf(host)
	if !ok || !named {
		kind, host = other, s
	}
	return entryLine{kind: kind, values: []string{host}, record: r, context: "an exception of the filter list", closed: closed}
}

// own are the names that every hosts file gives to the host and its networks.
var own = map[string]bool{
	"localhost": true, "localhost.localdomain": true, "local": true, "broadcasthost": true, "ip6-localhost": true, "ip6-loopback": true, "ip6-localnet": true,
	"ip6-mcastprefix": true, "ip6-allnodes": true, "ip6-allrouters": true, "ip6-allhosts": true, "localhost4": true, "localhost6": true,
	"localhost4.localdomain4": true, "localhost6.localdomain6": true, "0.0.0.0": true, "127.0.0.1": true, "loopback": true,
}
