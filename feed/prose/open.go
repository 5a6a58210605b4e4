package prose

import (
	"slices"
	"strings"

	"quarry/feed/scan"
)

// takeOpen decides about the cells of a row whose titles leave open whether they hold
// values. A site is one where the row has no other value; what is defanged is one in any
// case. A link leads to more about the value of its row, and is one itself among IOCs
// where no title is one of values and the row has none but hashes, whose file may be there.
func (t *table) takeOpen(cells []block) {
	if !t.open {
		return
	}
	hashes, sites, others := t.held(cells)
	for n := range cells {
		c := &cells[n]
		switch t.roleAt(c.col) {
		case siteRole:
			c.aside = others || hashes
		case linkRole:
			if c.aside = others || sites || t.surely || !t.among; c.aside {
				t.refers(c.text)
			} else {
				c.values = true
			}
		}
	}
}

// held is which values a row has beside links: hashes below titles of hashes, what
// stands below titles of sites, and others.
func (t *table) held(cells []block) (hashes, sites, others bool) {
	for n := range cells {
		c := &cells[n]
		r := t.roleAt(c.col)
		if r == linkRole || c.aside || c.col >= len(t.titles) {
			continue
		}
		text := strings.Trim(c.text, marks)
		switch k, _ := alone(text, scan.Find(text)); {
		case k == 0:
		case r == siteRole:
			sites = true
		case r == valueRole && len(hashSaid(split(t.titles[c.col]))) > 0:
			hashes = true
		default:
			others = true
		}
	}
	return hashes, sites, others
}

// takeAcross takes the hashes of a row whose first cell, below a title of values, names
// them: the columns of such a table are what they are of. It is none where another
// title is known, but for those of what is none to hunt for; what may be that is left.
func (d *document) takeAcross(cells []block) {
	t := &d.table
	if t.roleAt(0) != valueRole || cells[0].col != 0 || slices.ContainsFunc(t.roles[1:], func(r role) bool { return r != "" && r != clearRole }) {
		return
	}
	ws := split(cells[0].text)
	said := hashSaid(ws)
	if len(said) == 0 || !words().onlyHashes(ws) {
		return
	}
	for n := range cells[1:] {
		c := &cells[n+1]
		typ, ok := oneHash(strings.Trim(c.text, marks))
		if !ok || c.col >= len(t.roles) || t.roles[c.col] != "" || !slices.Contains(said, typ) || words().unharmed(c.column) {
			continue
		}
		c.aside, c.values, c.across = false, true, true
	}
}

// unharmed reports whether the title of a column may say that the file below it is as
// who made it left it.
func (l *lexicon) unharmed(title string) bool {
	return l.some(split(title), l.Denials, l.Short, l.Benign, l.Bystanders, l.Untouched) && !l.contrary(title)
}
