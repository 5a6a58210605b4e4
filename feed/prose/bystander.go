package prose

import (
	"slices"
	"strings"

	"quarry/feed"
)

// spares takes the IOC that is the hit k of a block for a mention where its label or
// the heading above says that it is of somebody else than the attacker: behind
// "Recipient:" it is however it is written, below "Recommendations" where it is plain
// and no hash, for what to block is told there, too. A finding tells of it.
func (d *document) spares(b *block, k int, v verdict, label string) verdict {
	h := d.around[k]
	if v.drop || v.why == mention || h.Type.IsHash() {
		return v
	}
	if own := d.bystander(b, k); own != "" {
		d.spared.say(own, b.lineAt(h.Start))
		return verdict{context: d.where(b) + ", behind the label " + feed.Quote(own)}
	}
	if b.part.kind == advice && !defanged(d.spelled(b, h), h.Type) && !words().saysIOC(label) {
		d.spared.say(b.part.title, b.lineAt(h.Start))
		return verdict{context: "section " + feed.Quote(b.part.title)}
	}
	return v
}

// bystander is the label of a hit of a block that says that it belongs to nobody who
// attacks, or "": the words right before it or before those like it that it follows
// ("Recipients: a, b"), or, at the beginning of a cell, what the row says of it.
func (d *document) bystander(b *block, k int) string {
	l := words()
	for at := k; ; at-- {
		from := 0
		if at > 0 {
			from = d.around[at-1].End
		}
		gap := b.text[min(from, d.around[at].Start):d.around[at].Start]
		if at > 0 && goesOnWith(gap, d.around[at-1].Type == d.around[k].Type) {
			continue
		}
		own := labelOf(gap)
		switch {
		case own != "" && l.ofBystander(own, d.around[k].Type):
			return own
		case at > 0 || strings.Trim(gap, marks) != "" || b.shape != cell:
			return ""
		}
		break
	}
	for _, own := range []string{b.label, d.table.key, d.table.kind} {
		if own != "" && len(own) <= longestLabel && b.col > 0 && l.ofBystander(own, d.around[k].Type) {
			return own
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
	before = strings.TrimRight(before, marks+"([<")
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
	return strings.Trim(colon, marks+",;-–—•·▪*►→>")
}

// ofBystander reports whether a label says, from end to end, that a value of a type
// behind it belongs to somebody who does not attack: who was attacked, who asks, who
// registered or reports it. "To" says so of mail addresses alone, for elsewhere it
// stands before what a connection goes to.
func (l *lexicon) ofBystander(label string, t feed.Type) bool {
	ws := split(label)
	phrase := strings.Join(ws, " ")
	if len(ws) == 0 || len(label) > longestLabel {
		return false
	}
	if l.BystanderLabels[phrase] || t == feed.Email && l.MailLabels[phrase] || l.clears(label, ws) {
		return true
	}
	for n := min(longestPhrase, len(ws)-1); n > 0; n-- {
		if first := strings.Join(ws[:n], " "); l.BystanderLabels[first] || l.Owners[first] {
			return !slices.ContainsFunc(ws[n:], func(w string) bool { return !l.Belongings[w] && strings.Trim(w, "0123456789") != "" })
		}
	}
	return false
}
