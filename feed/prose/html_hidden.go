package prose

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// tag is what the attributes of a tag say.
type tag struct {
	href   string
	hidden bool // browsers do not show the element, or only to screen readers
	silent bool // screen readers pass it over
	wide   int  // of a cell: how many columns it goes over, 0 where nothing says it
	high   int  // and rows
}

// tag reads the attributes of the tag.
func (p *page) tag() tag {
	var t tag
	for {
		k, v, more := p.z.TagAttr()
		switch string(k) {
		case "href":
			t.href = strings.TrimSpace(string(v))
		case "hidden":
			t.hidden = true
		case "style":
			t.hidden = t.hidden || hidingStyle(v)
		case "class":
			t.hidden = t.hidden || slices.ContainsFunc(strings.Fields(string(v)), func(c string) bool { return hidingClasses[c] })
		case "colspan":
			t.wide = spanned(v, maxWide)
		case "rowspan":
			if t.high = spanned(v, maxHigh); t.high == 0 && string(v) == "0" {
				t.high = maxHigh
			}
		case "aria-hidden":
			t.silent = string(v) == "true"
		}
		if !more {
			return t
		}
	}
}

// hidingStyle reports whether a style keeps an element from being seen.
func hidingStyle(style []byte) bool {
	s := strings.ToLower(strings.Join(strings.Fields(string(style)), ""))
	for rule := range strings.SplitSeq(s, ";") {
		rule = strings.TrimSuffix(rule, "!important")
		if name, value, _ := strings.Cut(rule, ":"); rule == "display:none" || rule == "visibility:hidden" || rule == "opacity:0" || name == "font-size" && strings.Trim(value, "0.pxemrt%") == "" {
			return true
		}
	}
	return false
}

// hidingClasses are the names by which style sheets hide text from all but screen
// readers (Bootstrap, WordPress, Tailwind, GitHub).
var hidingClasses = map[string]bool{"sr-only": true, "visually-hidden": true, "visuallyhidden": true, "screen-reader-text": true, "screen-reader-only": true, "show-on-focus": true, "d-none": true}

// isVoid are elements without content.
var isVoid = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Wbr: true, atom.Area: true, atom.Col: true, atom.Embed: true, atom.Source: true, atom.Track: true}

// isInline reports whether an element stands in the middle of a text.
func isInline(a atom.Atom) bool {
	switch a {
	case atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Tr, atom.Td, atom.Th, atom.Pre, atom.Nav, atom.Footer, atom.Aside, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return false
	}
	return !isBlock[a]
}

// hiding is an element that is not shown, while it is read.
type hiding struct {
	element       atom.Atom
	depth         int // of elements of its name
	items, tables int // how deep it is in lists and tables
	outside       *run
}

// hide begins an element that is not shown. What is before and behind one in the
// middle of a text goes together.
func (p *page) hide(a atom.Atom, inline bool) {
	p.hidden = &hiding{element: a, depth: 1, items: p.items, tables: p.tables}
	if inline {
		outside := p.run
		p.hidden.outside = &outside
		p.run = run{}
	}
}

// show ends it.
func (p *page) show() error {
	h := p.hidden
	if h == nil {
		return nil
	}
	err := p.flush()
	if p.hidden = nil; h.outside != nil {
		p.run = *h.outside
	}
	return err
}

// openedIn notes an element that begins in one that is not shown, or ends it where
// the end tag may be left out.
func (p *page) openedIn(a atom.Atom) error {
	h := p.hidden
	if h == nil {
		return nil
	}
	ends := false
	switch h.element {
	case atom.Li, atom.Dt, atom.Dd:
		ends = (a == h.element || h.element != atom.Li && (a == atom.Dt || a == atom.Dd)) && p.items == h.items
	case atom.Tr:
		ends = a == atom.Tr && p.tables == h.tables
	case atom.Td, atom.Th:
		ends = (a == atom.Td || a == atom.Th || a == atom.Tr) && p.tables == h.tables
	case atom.P:
		ends = isBlock[a] || !isInline(a)
	case atom.Option:
		ends = a == atom.Option
	}
	switch {
	case ends:
		return p.show()
	case a == h.element:
		h.depth++
	}
	return nil
}

// closedIn notes the end of an element in one that is not shown, or its own.
func (p *page) closedIn(a atom.Atom) error {
	h := p.hidden
	if h == nil {
		return nil
	}
	if a == h.element {
		h.depth--
	}
	inRow := h.element == atom.Td || h.element == atom.Th
	if h.depth == 0 || p.items < h.items || p.tables < h.tables || inRow && a == atom.Tr && p.tables == h.tables {
		return p.show()
	}
	return nil
}
