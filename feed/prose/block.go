package prose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// shape is how a piece of a document stands in it.
type shape int

const (
	sentence shape = iota // a line or paragraph of text
	item                  // of a list
	cell                  // of a table
	code                  // a line of a block of code
	heading
	navigation // of a page: what is around its text
)

// block is a piece of a document that is looked at as a whole.
type block struct {
	shape  shape
	text   string
	line   int     // on which it begins
	breaks []int   // where in the text each further line of the document begins
	links  []link  // apart and in order
	apart  []link  // defanged signs that had spaces on both sides, in running text
	col    int     // of a cell: which one of its row, from 0
	wide   int     // of a cell: how many more columns it goes over
	again  bool    // of a cell: it goes over rows, and was looked at in the first
	column string  // of a cell: the title of its column
	label  string  // of a cell: what the one before says of it
	values bool    // of a cell: its column holds IOCs
	row    []block // of a cell in a table without titles: those behind it
	hidden bool    // the page does not show it
	seams  []int   // of a page: where elements meet between letters or digits
	joins  []int   // of a page: where elements meet in what may be more than one value
	beside string  // of a line that may be the name of a file: what the lines around it make of it
	joint  int     // where two lines are joined that may not belong together, or 0
	aside  bool    // of a cell: its column holds remarks
	across bool    // of a cell: it holds values because the first of its row says so
	parted bool    // of a line: an empty one stands before it
	inLine bool    // of one that consists of values: it or those before it are defanged

	above string // of a line or a part of a cell: the one right before
	below string // of a line that breaks off at a hyphen: the next

	resumed bool // of a line: the one before breaks off as lines in quoted-printable do

	target bool    // the hit that is looked at is the target of a link
	part   section // that it stands in
	run    bool    // of a line: those around it consist of values, too
}

// listed reports whether a value that a block consists of stands in a list.
func (b *block) listed() bool {
	switch b.shape {
	case item:
		return true
	case cell:
		return !b.aside
	case sentence, code:
		return b.run
	}
	return false
}

// link is a part of a text that leads elsewhere.
type link struct {
	start, end int
}

// lineAt is the line of a place in the text.
func (b *block) lineAt(at int) int {
	n, _ := slices.BinarySearch(b.breaks, at+1)
	return b.line + n
}

// linked reports whether a hit is a link's target.
func (b *block) linked(h scan.Hit) bool {
	n, _ := slices.BinarySearchFunc(b.links, h.Start, func(l link, at int) int { return cmp.Compare(l.end, at+1) })
	return n < len(b.links) && b.links[n].start < h.End
}

// inOrder sorts links and joins those that overlap.
func inOrder(links []link) []link {
	if len(links) < 2 {
		return links
	}
	slices.SortFunc(links, func(a, b link) int { return cmp.Compare(a.start, b.start) })
	kept := links[:0]
	for _, l := range links {
		if n := len(kept); n > 0 && l.start <= kept[n-1].end {
			kept[n-1].end = max(kept[n-1].end, l.end)
		} else {
			kept = append(kept, l)
		}
	}
	return kept
}

// marks are what stands around values without saying anything.
const marks = " `*_+\"'<>~“”‘’«»\t\u00a0\u200b\ufeff"

// closers are those that end what stands before them.
const closers = "`*_+\"'<>~“”‘’«»)]}"

// alone is how many of the hits, from the first, make a line or cell that
// consists of values: perhaps behind a label, which is returned too, and before
// a comment.
func alone(text string, hits []scan.Hit) (n int, label string) {
	if len(hits) == 0 {
		return 0, ""
	}
	label, ok := leading(text[:hits[0].Start])
	if named := lastPart(strings.Trim(text[:hits[0].Start], marks+",;:-–—(")); !ok && (!hits[0].Type.IsHash() || !records.IsFileName(named)) {
		return 0, ""
	}
	for n = 1; ; n++ {
		end := hits[n-1].End
		if n == len(hits) {
			if rest := withoutPath(text[end:]); !trailing(rest) && !remarked(hits[n-1], rest) {
				return 0, ""
			}
			return n, label
		}
		gap := withoutPath(text[end:hits[n].Start])
		if !between(gap) {
			if !trailing(gap) {
				return 0, ""
			}
			return n, label
		}
	}
}

// withoutPath takes the path or port off that a name had.
func withoutPath(s string) string {
	if s == "" || s[0] != '/' && s[0] != ':' {
		return s
	}
	at := strings.IndexAny(s, " \t,;|\"'`<>)")
	if at < 0 {
		return ""
	}
	if rest := s[:at]; strings.HasPrefix(s, "//") || rest == ":" || rest == "/" {
		return s
	}
	return s[at:]
}

// longestLabel is the longest label in bytes.
const longestLabel = 60

// leadingSigns are signs before values that are no bullets, or not those of items alone.
const leadingSigns = "-–—*►▶→>✅❌☐☑"

// leading takes what stands before a value: nothing, a sign of a list, a date,
// or a label.
func leading(s string) (label string, ok bool) {
	s = strings.TrimLeft(strings.Trim(s, marks), words().signs)
	for _, box := range []string{"[ ]", "[x]", "[X]", "[+]", "[-]", "[*]", "[!]"} {
		s = strings.TrimPrefix(strings.TrimSpace(s), box)
	}
	s = strings.Trim(s, marks+"([{")
	if s == "" || strings.Trim(s, "0123456789-/:.TZ#№ ") == "" {
		return "", true
	}
	if len(s) > longestLabel || strings.ContainsAny(s, "!?") || strings.Contains(s, ". ") {
		return "", false
	}
	label = strings.TrimRight(s, ":=-–—→|•"+marks)
	ws := split(label)
	l := words()
	if label == s && !l.madeOf(ws, l.Subjects, l.Topics) && l.threat(ws) == "" || len(ws) > 6 {
		if _, ok := l.foreign(ws); !ok {
			return "", false
		}
	}
	return label, true
}

// between reports whether a gap between two values only parts them, or labels
// the second.
func between(s string) bool {
	s = strings.Trim(s, marks+",;/|&()[]{}-–—:=→")
	if s == "" {
		return true
	}
	ws := split(s)
	l := words()
	return len(ws) <= 4 && (l.madeOf(ws, l.Subjects, l.Topics) || l.madeOf(ws, l.Fillers) || l.madeOf(ws, l.ReferenceLabels))
}

// shortComment is how many words may follow a comma.
const shortComment = 6

// trailing reports whether what follows a value is nothing or a comment, and
// not the rest of a sentence.
func trailing(s string) bool {
	s = strings.TrimLeft(s, closers)
	rest := strings.TrimLeft(s, " \t\u00a0")
	switch {
	case rest == "", strings.Trim(rest, ".,;:!\\"+marks) == "":
		return true
	case len(s)-len(rest) >= 2, strings.HasPrefix(s, "\t"): // columns that spaces make
		return true
	}
	for _, opener := range []string{"(", "[", "{", "#", "//", "|", "→", "=>", "<", "–", "—"} {
		if strings.HasPrefix(rest, opener) {
			return true
		}
	}
	switch rest[0] {
	case '-':
		return len(rest) < len(s) || strings.HasPrefix(rest, "->")
	case ':', '=':
		return true
	case ',', ';':
		return len(strings.Fields(rest)) <= shortComment
	}
	return false
}

// remarked reports whether what follows a value is the one word that lists have
// behind it: the name of the file that a hash is of, or the port of an address.
func remarked(h scan.Hit, rest string) bool {
	switch {
	case h.Type.IsHash():
		return len(strings.Fields(rest)) == 1
	case h.Type == feed.IP, h.Type == feed.IPPort:
		p := portsBehind(rest)
		return p.whole && !p.odd && (len(p.ports) == 1 || p.named && len(p.ports) > 0)
	}
	return false
}

// portOf is the port that a word names, perhaps with its protocol, or "".
func portOf(w string) string {
	for _, protocol := range []string{"/tcp", "/udp", "tcp/", "udp/"} {
		w = strings.TrimPrefix(strings.TrimSuffix(w, protocol), protocol)
	}
	if n, err := strconv.ParseUint(w, 10, 16); err != nil || n == 0 || w[0] == '0' {
		return ""
	}
	return w
}

// defanged reports whether a value is written so that nothing makes a link of
// it.
func defanged(raw string, t feed.Type) bool {
	return !t.IsHash() && feed.Refang(raw) != raw
}
