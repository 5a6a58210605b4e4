package prose

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// why is why a hit is an IOC.
type why int

const (
	mention why = iota
	inList
	belowHeading
	isDefanged
	whyCount
)

// verdict is what is made of a hit.
type verdict struct {
	why     why
	context string      // of a mention
	threat  feed.Threat // of an IOC
	drop    bool        // it is counted elsewhere, and nothing is made of it
	unmeant bool        // it would be an IOC if it did not stand where others may be meant
	doubt   bool        // the comment of an IOC has words that may deny that it is one
}

// judge decides about one hit of a block. single says that the block consists
// of values, of which this is one, behind the label.
func (d *document) judge(b *block, h scan.Hit, single bool, label string) verdict {
	plain := !defanged(d.spelled(b, h), h.Type)
	s := &b.part
	ws := split(label)
	if h.Type.IsHash() {
		if d.ofRow(b, h) && (d.table.other.Rules || d.table.other.takes(h.Value)) {
			return verdict{drop: true} // the row counts
		}
		if f, ok := d.notOfFile(b, h.Value, ws); ok {
			d.notIOC(f.What, b.lineAt(h.Start))
			return verdict{drop: true}
		}
	}
	if context := d.asides(b, h, plain, label); context != "" {
		if h.Version {
			d.judgeVersion(b, h, single, label)
		}
		return verdict{context: context}
	}
	said, doubt := d.saidBenign(b, h, single, label)
	if said != "" {
		return verdict{context: "said to be no IOC: " + feed.Quote(said)}
	}
	v := verdict{threat: s.threat, doubt: doubt}
	if t := words().threat(ws); t != "" {
		v.threat = t
	}
	if h.Type.IsHash() && v.threat == feed.BotnetCC {
		v.threat = ""
	}
	if context := d.leadsElsewhere(h, ws, plain); context != "" {
		return verdict{context: context}
	}
	switch {
	case single && b.listed():
		v.why = inList
	case b.doubtful(h):
		return verdict{context: d.where(b) + ", with spaces around the sign that makes it a value"}
	case !plain:
		v.why = isDefanged
	case s.kind != indicators || b.shape == heading || b.column != "" && (b.aside || !h.Type.IsHash()):
		return verdict{context: d.where(b)}
	case isNamed(h.Type) && !single && (d.defangs || !begins(b.text, h)):
		return verdict{context: d.where(b) + ", not defanged"}
	default:
		v.why = belowHeading
	}
	if plain && v.why != mention && d.meansOthers(b, h, label) {
		return verdict{context: d.where(b) + ", not defanged", unmeant: true}
	}
	return v
}

// mostPorts is how many further ports of an address are known to be of it.
const mostPorts = 64

// spelled is how a hit is written: of a further port, how the address before it is.
func (d *document) spelled(b *block, h scan.Hit) string {
	raw := b.text[h.Start:h.End]
	if h.Type != feed.IPPort || strings.Trim(raw, "0123456789") != "" {
		return raw
	}
	n, _ := slices.BinarySearchFunc(d.around, h.Start, func(h scan.Hit, at int) int { return cmp.Compare(h.Start, at) })
	for last := n - mostPorts; n > max(0, last) && d.around[n-1].Type == feed.IPPort; {
		n--
		if raw = b.text[d.around[n].Start:d.around[n].End]; strings.Trim(raw, "0123456789") != "" {
			break
		}
	}
	return raw
}

// isNamed reports whether values of a type hold names, which sentences hold, too.
func isNamed(t feed.Type) bool { return t == feed.Domain || t == feed.URL || t == feed.Email }

// asides is why a hit is a mention for the place it stands at, whatever is said
// of it, or "".
func (d *document) asides(b *block, h scan.Hit, plain bool, label string) string {
	s := &b.part
	switch {
	case b.hidden:
		return "hidden in the page"
	case b.shape == navigation:
		return "navigation of the page"
	case d.rule != "":
		return d.rule
	case s.kind == references || s.kind == benign || s.kind == alien:
		return "section " + feed.Quote(s.title)
	case b.shape == cell && d.table.isClear(b.col):
		return d.where(b)
	case plain && !h.Type.IsHash() && d.ofRow(b, h):
		return "the row calls it " + feed.Quote(d.table.kind)
	case plain && (b.target || b.linked(h)):
		return "target of a link"
	case d.encoded(b, h):
		return d.where(b) + ", in quoted-printable: it may be a part of the value or another"
	case h.Start < b.joint && b.joint < h.End:
		return "two lines that have the length of a hash together"
	case slices.ContainsFunc(b.joins, func(at int) bool { return h.Start < at && at < h.End }):
		return "in several elements of the page, which may hold more than one value"
	case plain && label != "" && words().foreignLabel(label):
		return d.where(b) + ", behind the label " + feed.Quote(label)
	case plain && h.Version:
		return d.where(b) + ", behind the name of software: it may be a version"
	}
	return ""
}

// judgeUnseen counts a hit that the page does not show and that would be an IOC.
func (d *document) judgeUnseen(b *block, h scan.Hit, single bool, label string) {
	shown := *b
	shown.hidden = false
	if v := d.judge(&shown, h, single, label); v.why != mention {
		d.unseen.add(b.lineAt(h.Start))
	}
}

// judgeVersion counts a hit that would be an IOC if no name of software stood before.
func (d *document) judgeVersion(b *block, h scan.Hit, single bool, label string) {
	h.Version = false
	if v := d.judge(b, h, single, label); v.why != mention {
		d.versions.add(b.lineAt(h.Start))
	}
}

// notOfFile tells hashes that are none of files: import hashes, fingerprints,
// commits.
func (d *document) notOfFile(b *block, hash string, label []string) (foreign, bool) {
	for _, ws := range [][]string{label, split(b.column)} {
		if f, ok := words().foreign(ws); ok && f.takes(hash) {
			return f, true
		}
	}
	return b.part.foreign, b.part.foreign.takes(hash)
}

// leadsElsewhere is what a value leads to, in words, if it is no IOC: more about one, or
// the page itself. A link to a site about threats is no IOC where it is defanged, too:
// those who post samples defang whatever they write.
func (d *document) leadsElsewhere(h scan.Hit, label []string, plain bool) string {
	named := h.Type == feed.URL || h.Type == feed.Domain
	switch {
	case plain && d.ownSite(h):
		return "address of the page's own site"
	case plain && named && len(label) > 0 && words().ReferenceLabels[strings.Join(label, " ")]:
		return "reference " + feed.Quote(strings.Join(label, " "))
	case named && words().ReferenceHosts.holdsHost(feed.IOC{Type: h.Type, Value: h.Value}.Host()):
		return "reference to a site about threats"
	}
	return ""
}

// begins reports whether a value begins a line, perhaps behind a label, with a few
// words behind it: a line about the value, not one about where to read or to write
// to, and not one that a product detects.
func begins(text string, h scan.Hit) bool {
	before, behind := text[:h.Start], strings.TrimRight(text[h.End:], marks)
	if _, ok := leading(before); !ok || strings.HasSuffix(behind, ".") {
		return false
	}
	l := words()
	next := strings.Join(split(behind), " ") + " "
	if len(strings.Fields(behind)) > shortComment || l.ReferringOn.begins(next) {
		return false
	}
	ws := split(before[max(0, len(before)-longestLabel):])
	if len(ws) == 0 || strings.ContainsAny(before[len(before)-min(3, len(before)):], ":=→-–—") {
		return true
	}
	last := ws[len(ws)-1]
	return !l.Referring[last] || l.Topics[last] || l.Fillers[last]
}

// where names the place of a mention.
func (d *document) where(b *block) string {
	what := "running text"
	switch {
	case b.shape == heading:
		return "heading"
	case b.column != "":
		return "column " + feed.Quote(b.column)
	case b.shape == cell:
		what = "table"
	case b.shape == code:
		what = "block of code"
	case b.shape == item:
		what = "list"
	}
	if b.part.title == "" {
		return what
	}
	return what + " below " + feed.Quote(b.part.title)
}

// ownSite reports whether a hit leads to the site of the page itself.
func (d *document) ownSite(h scan.Hit) bool {
	if d.site == "" || h.Type.IsHash() {
		return false
	}
	host := feed.IOC{Type: h.Type, Value: h.Value}.Host()
	return host == d.site || strings.HasSuffix(host, "."+d.site)
}

// withRanges joins addresses with a dash and spaces between into the block that
// they are the ends of, or notes that they are ends.
func withRanges(text string, hits []scan.Hit) []scan.Hit {
	if len(hits) < 2 {
		return hits
	}
	kept := hits[:1]
	for _, h := range hits[1:] {
		a := &kept[len(kept)-1]
		if a.Type == feed.IP && h.Type == feed.IP && !a.Ends && !h.Ends && dash(text[a.End:h.Start]) {
			first, err := netip.ParseAddr(a.Value)
			last, err2 := netip.ParseAddr(h.Value)
			if err == nil && err2 == nil && near(first, last) && first.Less(last) {
				if block, ok := scan.Block(first, last); ok {
					a.Type, a.Value, a.End = feed.CIDR, block.String(), h.End
					continue
				}
				h.Ends = true
			}
		}
		kept = append(kept, h)
	}
	return kept
}

// withPorts adds the further ports of an address: "192.0.2.1:443,8443" is two.
func withPorts(text string, hits []scan.Hit) []scan.Hit {
	var all []scan.Hit // once there are more
	for k, h := range hits {
		if all != nil {
			all = append(all, h)
		}
		for h.Type == feed.IPPort {
			end := portEnd(text, h.End)
			if end == 0 || k+1 < len(hits) && hits[k+1].Start < end {
				break
			}
			if all == nil {
				all = slices.Clone(hits[:k+1])
			}
			h.Start, h.End, h.Value = h.End+1, end, h.Value[:strings.LastIndexByte(h.Value, ':')+1]+text[h.End+1:end]
			all = append(all, h)
		}
	}
	if all == nil {
		return hits
	}
	return all
}

// portEnd is where the port ends that a sign at a place parts from the one before,
// or 0.
func portEnd(text string, at int) int {
	if at >= len(text) || strings.IndexByte(",;/", text[at]) < 0 {
		return 0
	}
	end := at + 1
	for end < len(text) && end <= at+len("65535") && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	ends := end == len(text) || strings.IndexByte(" \t,;/)]", text[end]) >= 0 || text[end] == '.' && (end+1 == len(text) || text[end+1] == ' ')
	if end == at+1 || portOf(text[at+1:end]) == "" || !ends || text[at] == '/' && !endsInNumbers(text[at:]) {
		return 0
	}
	return end
}

// endsInNumbers reports whether a word that begins with a slash is numbers with
// slashes between and nothing else, of which a path may have some.
func endsInNumbers(word string) bool {
	const longest = 64
	word = word[:min(len(word), longest)]
	rest := strings.TrimLeft(word, "/0123456789")
	return rest == "" && len(word) < longest || rest != "" && strings.IndexByte(" \t\n,;)]", rest[0]) >= 0
}

func dash(gap string) bool {
	if len(gap) > 8 {
		return false
	}
	gap = strings.Trim(gap, " `")
	return gap == "-" || gap == "–" || gap == "—"
}

// near reports whether two addresses are so near that a dash between them is
// that of a range.
func near(a, b netip.Addr) bool {
	if !a.Is4() || !b.Is4() {
		return false
	}
	x, y := a.As4(), b.As4()
	return x[0] == y[0] && x[1] == y[1]
}
