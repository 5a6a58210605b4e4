package review

import (
	"slices"
	"strings"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/scan"
)

// hosts are the addresses and names that the IOCs of a review point at. What
// is written about the review defangs them, and whatever else looks like an
// address, a name or a URL.
type hosts map[string]bool

func newHosts(iocs *feed.Set) hosts {
	h := hosts{}
	for at := range iocs.Len() {
		i := iocs.At(at)
		if host := i.Host(); host != "" {
			h[host] = true
		}
		if i.Type == feed.CIDR {
			address, _, _ := strings.Cut(i.Value, "/")
			h[address] = true
		}
	}
	return h
}

// spot is a piece of a text that must not stand as it is.
type spot struct {
	start, end int
	kind       feed.Type
}

// spots lists the pieces of a text to defang, in order and apart.
func (h hosts) spots(s string) []spot {
	var all []spot
	at := 0
	for _, hit := range scan.Find(s) {
		if hit.Start < at || hit.Type.IsHash() {
			continue
		}
		all = h.known(all, s, at, hit.Start)
		at = hit.End
		for hit.Type == feed.URL && at < len(s) && s[at] == ':' {
			at++ // of an IPv6 address at its end
		}
		all = append(all, spot{hit.Start, at, hit.Type})
	}
	return h.known(all, s, at, len(s))
}

// longestHost is the length of the longest name or address.
const longestHost = 253

// known appends the hosts in s[from:to], however they are embedded there, and
// what stands around an @ as in a mail address, of which readers make links.
func (h hosts) known(all []spot, s string, from, to int) []spot {
	for at := from; at < to; {
		if s[at] == '@' && at > 0 && s[at-1] > ' ' && dotted(s[at+1:]) {
			all = append(all, spot{at, at + 1, feed.Email})
		}
		start := at
		for at < to && hostByte(s[at]) {
			at++
		}
		if start < at {
			all = h.knownRun(all, s, start, at)
			continue
		}
		at++
	}
	return all
}

// knownRun appends the hosts in a run of the characters that hosts are made of:
// all of it, an IPv6 address, or else the names between colons.
func (h hosts) knownRun(all []spot, s string, start, end int) []spot {
	run := strings.TrimRight(s[start:end], ".")
	for _, address := range []string{run, strings.TrimSuffix(run, ":")} {
		if len(address) <= longestHost && strings.Contains(address, ":") && h[strings.ToLower(address)] {
			return append(all, spot{start, start + len(address), feed.IP})
		}
	}
	for start < end {
		stop := start
		for stop < end && s[stop] != ':' {
			stop++
		}
		if name := max(start, stop-longestHost); h.endsInKnown(s[name:stop]) {
			all = append(all, spot{name, stop, feed.Domain})
		}
		start = stop + 1
	}
	return all
}

// endsInKnown reports whether a name is a known one, or below one.
func (h hosts) endsInKnown(name string) bool {
	name = strings.ToLower(strings.Trim(name, "._-"))
	for name != "" {
		if h[name] {
			return true
		}
		_, after, ok := strings.Cut(name, ".")
		if !ok {
			return false
		}
		name = after
	}
	return false
}

func hostByte(c byte) bool { return alphanumeric(c) || c == '.' || c == '-' || c == '_' || c == ':' }

// dotted reports whether s starts with a name of several labels.
func dotted(s string) bool {
	n := 0
	for n < len(s) && (alphanumeric(s[n]) || s[n] == '-' || s[n] == '_') {
		n++
	}
	return n > 0 && n+1 < len(s) && s[n] == '.' && alphanumeric(s[n+1])
}

// replace writes each spot of a text, and what stands between them, in its own
// way.
func replace(s string, spots []spot, spotted func(spot), between func(string)) {
	at := 0
	for _, p := range spots {
		between(s[at:p.start])
		spotted(p)
		at = p.end
	}
	between(s[at:])
}

// bracket defangs the hosts that a text names, and nothing else.
func (h hosts) bracket(s string) string {
	var b strings.Builder
	write := func(s string) { b.WriteString(s) }
	replace(s, h.known(nil, s, 0, len(s)), func(p spot) { write(h.defang(p.kind, s[p.start:p.end])) }, write)
	return b.String()
}

// defang defangs what a spot says, also within what [feed.Defang] leaves alone:
// an IPv6 address and the path of a URL, the first part of a mail address.
func (h hosts) defang(kind feed.Type, raw string) string {
	if raw == "@" {
		return "[@]"
	}
	safe := feed.Defang(kind, raw)
	switch kind {
	case feed.URL:
		return h.bracket(safe)
	case feed.Email, feed.EnvelopeFrom, feed.BodyFrom:
		if at := strings.LastIndexByte(raw, '@'); at >= 0 {
			return h.bracket(raw[:at]) + safe[at:]
		}
	}
	return safe
}

// value writes an IOC's value for a cell of its own, out of which
// [feed.Canonical] reads it.
func (h hosts) value(i feed.IOC) string {
	safe := h.defang(i.Type, i.Value)
	if v, err := feed.Canonical(i.Type, safe); err == nil && v == i.Value && i.Type != feed.FileName {
		return escape(safe, false)
	}
	return h.prose(i.Value, false)
}

// plain defangs text that is for people only.
func (h hosts) plain(s string) string {
	var b strings.Builder
	write := func(s string) { b.WriteString(s) }
	replace(s, h.spots(s), func(p spot) { write(h.defang(p.kind, s[p.start:p.end])) }, write)
	return b.String()
}

// prose writes clean text as Markdown: escaped, and addresses, names and URLs in
// it defanged inside a code span, where the reader of reviewed bulletins
// refangs them. Text that was defanged already stays as it is. LineStart says
// that the text begins a line.
func (h hosts) prose(s string, lineStart bool) string {
	w := proseWriter{lineStart: lineStart}
	replace(s, h.spots(s), func(p spot) {
		raw := s[p.start:p.end]
		safe := h.defang(p.kind, raw)
		if w.mayCode() && safe != raw && feed.Refang(safe) == raw && !strings.ContainsAny(raw, "`|") {
			w.code(safe)
			return
		}
		w.pieces(raw, h.marks(p.kind, raw))
	}, w.text)
	w.flush()
	return w.b.String()
}

// proseWriter writes text and code spans. It escapes text as a whole between two
// code spans, for markup depends on what is around it.
type proseWriter struct {
	b         strings.Builder
	plain     strings.Builder // text that is not written yet
	lineStart bool
}

func (w *proseWriter) text(s string) { w.plain.WriteString(s) }

func (w *proseWriter) flush() {
	w.b.WriteString(escape(w.plain.String(), w.lineStart && w.b.Len() == 0))
	w.plain.Reset()
}

// mayCode reports whether a code span may come next: two that touch would be
// one.
func (w *proseWriter) mayCode() bool { return w.plain.Len() > 0 || w.b.Len() == 0 }

func (w *proseWriter) code(s string) {
	w.flush()
	w.b.WriteString("`" + s + "`")
}

// pieces writes a value that was partly defanged, or that cannot stand in one
// code span: only what is left to defang is a code span.
func (w *proseWriter) pieces(raw string, marks []int) {
	at := 0
	for _, i := range marks {
		w.text(raw[at:i])
		if at = i; w.mayCode() {
			w.code("[" + raw[i:i+1] + "]")
			at++
		}
	}
	w.text(raw[at:])
}

// marks are the offsets of the dots, colons and @ that make a host of what is
// around them.
func (h hosts) marks(kind feed.Type, raw string) []int {
	var all []int
	for i := range len(raw) {
		between := i > 0 && i+1 < len(raw) && wordByte(raw[i-1]) && wordByte(raw[i+1])
		if raw[i] == '@' && !bracketed(raw, i) || raw[i] == '.' && between {
			all = append(all, i)
		}
	}
	addresses := []spot{{0, len(raw), kind}}
	if kind == feed.URL {
		addresses = h.known(nil, raw, 0, len(raw))
	}
	for _, p := range addresses {
		address, _, _ := strings.Cut(raw[p.start:p.end], "]")
		i := p.start + strings.LastIndexByte(address, ':')
		if (p.kind == feed.IP || p.kind == feed.IPPort || p.kind == feed.CIDR) && i >= p.start && !strings.Contains(address, ".") && !bracketed(raw, i) {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	return all
}

func bracketed(s string, i int) bool { return i > 0 && i+1 < len(s) && s[i-1] == '[' && s[i+1] == ']' }

func wordByte(c byte) bool { return alphanumeric(c) || c == '-' || c == '_' || c >= utf8.RuneSelf }
