package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// insertion is text that is put before a place of a block.
type insertion struct {
	at   int
	text string
}

// insert puts texts into a block, in the order of their places.
func (b *block) insert(all []insertion) {
	if len(all) == 0 {
		return
	}
	var text strings.Builder
	from := 0
	for _, i := range all {
		text.WriteString(b.text[from:i.at])
		text.WriteString(i.text)
		from = i.at
	}
	text.WriteString(b.text[from:])
	b.text = text.String()
	for _, places := range [][]int{b.breaks, b.seams, b.joins} {
		n, added := 0, 0
		for k, at := range places {
			for ; n < len(all) && all[n].at <= at; n++ {
				added += len(all[n].text)
			}
			places[k] = at + added
		}
	}
}

// longestNoteMark is the longest mark of a note, with brackets, in bytes.
const longestNoteMark = 5

// isNoteMark reports whether a link's text is what leads to a note: a number or a
// letter.
func isNoteMark(href, shown string) bool {
	mark := strings.Trim(shown, "[]()")
	return strings.Contains(href, "#") && len(shown) <= longestNoteMark && mark != "" &&
		(strings.Trim(mark, "0123456789") == "" || len(mark) == 1 && letterOrDigit(mark[0]))
}

// bracketNotes puts the marks of notes in brackets, as those in <sup> are, so
// that none is the end of the value before.
func (b *block) bracketNotes(notes []link) {
	var all []insertion
	apart := map[int]bool{}
	for _, n := range notes {
		if n.end > len(b.text) {
			break
		}
		all = append(all, insertion{n.start, " ("}, insertion{n.end, ") "})
		apart[n.start], apart[n.end] = true, true
	}
	b.seams = slices.DeleteFunc(b.seams, func(at int) bool { return apart[at] })
	b.insert(all)
}

// unglue parts the words of a block where elements meet in them and nothing is read
// across: a button beside a value, say. A value that goes over such a place is
// parted where each element has one of its own, and doubtful where only some do.
func (p *page) unglue(b *block) {
	hits := scan.Find(b.text)
	var cuts []insertion
	for n, k := 0, 0; n < len(b.seams); {
		at := b.seams[n]
		for k < len(hits) && hits[k].End <= at {
			k++
		}
		if k == len(hits) || hits[k].Start >= at {
			cuts = append(cuts, insertion{at, " "})
			n++
			continue
		}
		last := n
		for last < len(b.seams) && b.seams[last] < hits[k].End {
			last++
		}
		for _, at := range p.cutsOf(b, hits[k], b.seams[n:last]) {
			cuts = append(cuts, insertion{at, " "})
		}
		n = last
	}
	b.seams = nil
	b.insert(cuts)
}

// cutsOf is at which of the places where elements meet in a value it is parted.
// A value that is left doubtful is noted.
func (p *page) cutsOf(b *block, h scan.Hit, seams []int) []int {
	all, some, from := true, false, h.Start
	for _, to := range append(slices.Clone(seams), h.End) {
		found := scan.Find(b.text[from:to])
		whole := len(found) == 1 && found[0].Start == 0 && found[0].End == to-from
		all, some = all && whole, some || len(found) > 0
		from = to
	}
	said := b.text[max(0, h.Start-longestLabel):h.Start]
	if p.inCell && p.at < len(p.table.titles) {
		said += " " + p.table.titles[p.at]
	}
	l := words()
	raw := feed.Quote(b.text[h.Start:h.End])
	switch label := split(b.text[h.Start:seams[0]]); {
	case !some || slices.Contains(hashSaid(split(said)), h.Type):
		return nil
	case all:
		p.begin().Find("joined-elements", feed.Warning, b.lineAt(seams[0]), "%s stands in %d elements of the page, which show it without a space; each holds a value of its own, so it is read as so many", raw, len(seams)+1)
		return seams
	case len(seams) == 1 && l.madeOf(label, l.Subjects, l.Topics):
		return seams
	}
	p.begin().Find("joined-elements", feed.Warning, b.lineAt(seams[0]), "%s stands in %d elements of the page, which show it without a space; it may be one value, %s, or end where an element does, so it is a mention", raw, len(seams)+1, feed.Defang(h.Type, h.Value))
	b.joins = append(b.joins, seams[0])
	return nil
}

func letterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
