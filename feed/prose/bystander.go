package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// spares takes the hit k of a block, an IOC, for a mention where its label or
// the heading above says that it is of somebody else than the attacker: behind
// "Recipient:" it is however it is written, below "Recommendations" where it is plain
// and no hash, for what to block is told there, too. A finding tells of it. The own
// label of the hit is that of [document.ownLabel].
func (d *document) spares(b *block, k int, v verdict, label, own string) verdict {
	h := d.around[k]
	if v.drop || v.why == mention || h.Type.IsHash() {
		return v
	}
	if own = d.bystander(b, h, own); own != "" {
		d.spared.say(own, b.lineAt(h.Start))
		return verdict{context: d.where(b) + ", behind the label " + feed.Quote(own)}
	}
	if b.part.kind == advice && !defanged(d.spelled(b, h), h.Type) && !words().saysIOC(label) {
		d.spared.say(b.part.title, b.lineAt(h.Start))
		return verdict{context: "section " + feed.Quote(b.part.title)}
	}
	return v
}

// ownLabel is the label of the hit k of a block, of which that of the hit before is
// known: the words right before it, or those of the hit before where it only goes on
// with it ("Recipients: a, b"). beginsCell is it where nothing stands before it in a cell.
func (d *document) ownLabel(b *block, k int, before string) string {
	from := 0
	if k > 0 {
		from = d.around[k-1].End
	}
	gap := b.text[min(from, d.around[k].Start):d.around[k].Start]
	switch {
	case k > 0 && goesOnWith(gap, d.around[k-1].Type == d.around[k].Type):
		return before
	case k == 0 && b.shape == cell && b.col > 0 && strings.Trim(gap, marks) == "":
		return beginsCell
	}
	return labelOf(gap)
}

// beginsCell stands for the label of what the cells before it say.
const beginsCell = ":"

// bystander is the label of a hit that says that it belongs to nobody who attacks, or "".
func (d *document) bystander(b *block, h scan.Hit, own string) string {
	labels := []string{own}
	if own == beginsCell {
		labels = []string{b.label, d.table.key, d.table.kind}
	}
	for _, s := range labels {
		if s != "" && words().ofBystander(s, h.Type) {
			return s
		}
	}
	return ""
}

// goesOnWith reports whether what is between two values only lists the second beside
// the first, or puts it in brackets behind it.
func goesOnWith(gap string, alike bool) bool {
	if len(gap) > len(" and ")+2 {
		return false
	}
	inner := strings.Trim(gap, marks+",;&/")
	return alike && (inner == "" || inner == "and" || inner == "or") || strings.TrimLeft(gap, closers+" ") == "("
}

// labelOf is the label that ends a text: behind the last sign that ends a part of a
// sentence, before a colon or a verb that says what something is.
func labelOf(before string) string {
	before = strings.ToValidUTF8(before[max(0, len(before)-longestTitle):], "")
	before = strings.TrimRight(before, marks+"([")
	colon := strings.TrimRight(before, ":=："+marks)
	isLabel := len(colon) < len(before)
	if at := strings.LastIndexByte(colon, ' '); !isLabel && at > 0 && copulas[colon[at+1:]] {
		colon, isLabel = colon[:at], true
	}
	if !isLabel {
		return ""
	}
	for _, end := range []string{". ", "; ", ", ", ": ", "|", "(", "\t", "  "} {
		if at := strings.LastIndex(colon, end); at >= 0 {
			colon = colon[at+len(end):]
		}
	}
	return strings.Trim(colon, marks+",;-–—•·▪►→")
}

// ofBystander reports whether a label says, from end to end, that a value of a type
// behind it belongs to somebody who does not attack: who was attacked, who asks, who
// registered or reports it. "To" says so of mail addresses alone, for elsewhere it
// stands before what a connection goes to. What denies is judged with the comment behind it
// ([document.saidBenign]).
func (l *lexicon) ofBystander(label string, t feed.Type) bool {
	ws := split(label)
	phrase := strings.Join(ws, " ")
	if len(ws) == 0 || len(label) > longestLabel {
		return false
	}
	if l.BystanderLabels[phrase] || t == feed.Email && l.MailLabels[phrase] || !l.denied(label) && l.clears(label, ws) {
		return true
	}
	for n := min(longestPhrase, len(ws)-1); n > 0; n-- {
		if first := strings.Join(ws[:n], " "); l.BystanderLabels[first] || l.Owners[first] {
			return !slices.ContainsFunc(ws[n:], func(w string) bool { return !l.Belongings[w] && strings.Trim(w, "0123456789") != "" })
		}
	}
	return false
}
