package review

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/scan"
)

// hosts are the addresses and names that the IOCs of a review point at. What
// is written about the review defangs them wherever no ASCII letter or digit
// touches them, and whatever else looks like an address, a name or a URL.
type hosts struct {
	names   map[string]bool
	lengths []int // of the names, each once
}

func newHosts(iocs *feed.Set) hosts {
	h := hosts{names: map[string]bool{}}
	add := func(host string) {
		if !strings.ContainsAny(host, ".:") || h.names[host] {
			return // a single word cannot be defanged
		}
		h.names[host] = true
		if !slices.Contains(h.lengths, len(host)) {
			h.lengths = append(h.lengths, len(host))
		}
	}
	for at := range iocs.Len() {
		i := iocs.At(at)
		add(i.Host())
		if i.Type == feed.CIDR {
			address, _, _ := strings.Cut(i.Value, "/")
			add(address)
		}
	}
	return h
}

// spot is a piece of a text that must not stand as it is.
type spot struct {
	start, end int
	kind       feed.Type
}

// spots lists the pieces of a text to defang, in order and apart: what looks
// like an address, a name or a URL, and the known hosts. Those that overlap are
// one.
func (h hosts) spots(s string) []spot {
	var all []spot
	for _, hit := range scan.Find(s) {
		if !hit.Type.IsHash() {
			all = append(all, spot{hit.Start, hit.End, hit.Type})
		}
	}
	all = append(all, h.known(s)...)
	slices.SortStableFunc(all, func(a, b spot) int { return cmp.Compare(a.start, b.start) })
	apart := all[:0]
	for _, p := range all {
		if n := len(apart); n > 0 && p.start < apart[n-1].end {
			apart[n-1].end = max(apart[n-1].end, p.end)
		} else {
			apart = append(apart, p)
		}
	}
	return apart
}

// known lists the known hosts in a text, in order of their starts, and the @ of
// what could be a mail address, of which readers make links. It costs a lookup
// for each length of a host where a word starts.
func (h hosts) known(s string) []spot {
	var all []spot
	folded := lower(s)
	for at := range len(s) {
		if s[at] == '@' && at > 0 && s[at-1] > ' ' && dotted(s[at+1:]) {
			all = append(all, spot{at, at + 1, feed.Email})
		}
		if at > 0 && alphanumeric(s[at-1]) {
			continue
		}
		for _, n := range h.lengths {
			if at+n <= len(s) && h.isHost(folded[at:at+n], folded[at+n:]) {
				all = append(all, spot{at, at + n, feed.IP})
			}
		}
	}
	return all
}

// lower writes the letters of names in lower case; all stays where it is.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if isLetter(c) {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// isHost reports whether s is a known host when rest follows. A name or IPv4
// address with one more label is another name, or a file.
func (h hosts) isHost(s, rest string) bool {
	if rest != "" && alphanumeric(rest[0]) || !h.names[s] {
		return false
	}
	return strings.Contains(s, ":") || len(rest) < 2 || rest[0] != '.' || !alphanumeric(rest[1])
}

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
func (h hosts) bracket(s string) string { return brackets(s, h.breaks(s)) }

// brackets puts the characters at some offsets in brackets.
func brackets(s string, offsets []int) string {
	var b strings.Builder
	at := 0
	for _, i := range offsets {
		b.WriteString(s[at:i] + "[" + s[i:i+1] + "]")
		at = i + 1
	}
	b.WriteString(s[at:])
	return b.String()
}

// breaks are the offsets of what [hosts.bracket] puts in brackets: what
// [feed.Defang] does in the known hosts of a text.
func (h hosts) breaks(s string) []int {
	var all []int
	for _, p := range h.known(s) {
		host := s[p.start:p.end]
		for i := range len(host) {
			if host[i] == '.' || host[i] == '@' {
				all = append(all, p.start+i)
			}
		}
		if i := feed.LoneColon(host); i >= 0 {
			all = append(all, p.start+i)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// defang defangs what a spot says, also within what [feed.Defang] leaves alone,
// such as the path of a URL and the first part of a mail address.
func (h hosts) defang(kind feed.Type, raw string) string { return h.bracket(feed.Defang(kind, raw)) }

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
	replace(s, h.spots(s), func(p spot) {
		raw := s[p.start:p.end]
		safe := h.defang(p.kind, raw)
		if feed.Refang(safe) != raw { // some of it is defanged already
			safe = brackets(raw, h.marks(p.kind, raw))
		}
		write(safe)
	}, write)
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
	all := h.breaks(raw)
	for i := range len(raw) {
		between := i > 0 && i+1 < len(raw) && wordByte(raw[i-1]) && wordByte(raw[i+1])
		if raw[i] == '@' && !bracketed(raw, i) || raw[i] == '.' && between {
			all = append(all, i)
		}
	}
	if kind == feed.IP || kind == feed.IPPort || kind == feed.CIDR {
		if i := feed.LoneColon(raw); i >= 0 && !bracketed(raw, i) {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func bracketed(s string, i int) bool { return i > 0 && i+1 < len(s) && s[i-1] == '[' && s[i+1] == ']' }

func wordByte(c byte) bool { return alphanumeric(c) || c == '-' || c == '_' || c >= utf8.RuneSelf }
