package prose

import (
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
	tables "quarry/feed/table"
)

// role is what a column of a table holds.
type role string

const (
	valueRole      role = "value"
	typeRole       role = "type"
	categoryRole   role = "category" // a type, or what the value belongs to
	portRole       role = "port"
	threatRole     role = "threat"
	familyRole     role = "family"
	confidenceRole role = "confidence"
	firstSeenRole  role = "first_seen"
	lastSeenRole   role = "last_seen"
	referenceRole  role = "reference"
	tagsRole       role = "tags"
	fileRole       role = "file"
	noteRole       role = "note"
	textRole       role = "text"
	verdictRole    role = "verdict"
	detectRole     role = "detect" // whether to look for the value of the row
	benignRole     role = "benign" // whether it is no harm
	clearRole      role = "clear"  // names of those beside it, such as victims
	mightRole      role = "might"  // values, if any: it is no reason that others have none
	siteRole       role = "site"   // values where the row has no other, or such as are defanged
	linkRole       role = "link"   // links to more about a value, or values
)

// roles are the meanings of titles that tables of all formats have.
var roles = map[tables.Meaning]role{
	tables.Values: valueRole, tables.Types: typeRole, tables.Ports: portRole, tables.Threats: threatRole, tables.Families: familyRole,
	tables.Confidence: confidenceRole, tables.FirstSeen: firstSeenRole, tables.LastSeen: lastSeenRole, tables.References: referenceRole,
	tables.Tags: tagsRole, tables.Notes: noteRole, tables.Detect: detectRole, tables.Benign: benignRole, tables.Verdicts: verdictRole,
}

// inside is what the rows of a table hold in a column.
type inside struct {
	text bool // something
	left bool // what looks like an IOC and is none for the title
	took bool // IOCs
	side bool // what may be beside an IOC and none to hunt for
}

// roleOf is what the title of a column says that it holds, "" when nothing that is
// known. givesWay is true where another column counts before it.
func roleOf(title string) (r role, givesWay bool) {
	ws := split(title)
	l := words()
	phrase := strings.Join(ws, " ")
	for r, titles := range l.Columns {
		if titles[phrase] {
			return r, false
		}
	}
	m, givesWay := tables.MeaningOf(title)
	if m != tables.Benign && l.clears(title, ws) {
		return clearRole, false
	}
	if roles[m] != "" {
		return roles[m], givesWay
	}
	if f, ok := l.foreign(ws); ok && f.Hashes {
		return "", false
	}
	if l.saysValues(ws) {
		return valueRole, false
	}
	return "", false
}

// clears reports whether the title of a column says that what stands there is none to
// hunt for, whatever it looks like, and says it of all: "Domain / Registrar" is one of
// two things, and "Victim-facing domain" is the attacker's.
func (l *lexicon) clears(title string, ws []string) bool {
	if l.benignHeading(title) {
		return true
	}
	if !l.Bystanders.has(split(headingParts(title)[0])) || !l.madeOf(ws, l.Bystanders, l.Topics, l.Companions, l.ByBystanders) {
		return false
	}
	for _, w := range ws {
		if l.Pretended[w] && !l.Bystanders[w] {
			return false
		}
	}
	return true
}

// saysValues reports whether the title of a column names what IOCs are, or hashes.
func (l *lexicon) saysValues(ws []string) bool {
	if len(ws) == 0 {
		return false
	}
	if l.Indicators.has(ws) || len(hashSaid(ws)) > 0 {
		return true
	}
	var named []string
	for _, w := range ws {
		if !l.Titling[w] {
			named = append(named, w)
		}
	}
	return l.madeOf(named, l.Subjects, l.Topics)
}

// header begins a table if the cells are titles of its columns.
func (d *document) header(cells []block) (ok bool) {
	d.noTable()
	if len(cells) == 0 || areValues(cells) {
		return false
	}
	t := table{line: cells[0].line}
	for n := range cells {
		title := strings.Trim(cells[n].text, marks)
		for col := cells[n].col; col <= cells[n].col+cells[n].wide; col++ {
			for len(t.titles) <= col {
				t.titles = append(t.titles, "")
			}
			t.titles[col] = strings.TrimSpace(t.titles[col] + " " + title)
		}
	}
	ok = t.takeRoles()
	part := d.part()
	t.files = t.valued || d.about || part.kind == indicators
	t.named = saysNames(split(part.title))
	t.among = part.kind == indicators || part.kind == lists || len(d.parts) == 0 && (d.about || d.title == "")
	d.table = t
	return ok
}

// areValues reports whether a cell of a row consists of values: such a row is none of
// titles.
func areValues(cells []block) bool {
	for n := range cells {
		text := strings.Trim(cells[n].text, marks)
		if k, _ := alone(text, scan.Find(text)); k > 0 {
			return true
		}
	}
	return false
}

// takeRoles finds what the columns hold by their titles. Of two columns of what a
// row has one of the first counts, or the one that does not give way.
func (t *table) takeRoles() (known bool) {
	at := map[role]int{}
	var later []bool
	t.seen = make([]inside, len(t.titles))
	for k, title := range t.titles {
		r, givesWay := roleOf(title)
		known = known || r != ""
		switch r {
		case valueRole:
			t.valued, t.surely = true, t.surely || len(hashSaid(split(title))) == 0
		case threatRole, familyRole, confidenceRole, firstSeenRole, lastSeenRole:
			if first, twice := at[r]; !twice || later[first] && !givesWay {
				if twice {
					t.roles[first] = textRole
				}
				at[r] = k
			} else {
				r = textRole
			}
		}
		t.roles, later = append(t.roles, r), append(later, givesWay)
		t.open = t.open || r == linkRole || r == siteRole
		t.seen[k].side = r == "" && words().Bystanders.begins(strings.Join(split(title), " ")+" ")
	}
	return known
}

// roleAt is what a column holds, "" where no title says it.
func (t *table) roleAt(col int) role {
	if col >= len(t.roles) {
		return ""
	}
	return t.roles[col]
}

// isAside reports whether a column is none of values: it says something else of a
// row, or nobody knows what it says, and another says that it has them. Where none
// does, a title such as "Name" is that of the values among IOCs, and one of remarks is not.
func (t *table) isAside(col int) bool {
	switch t.roles[col] {
	case valueRole, mightRole, siteRole, fileRole:
		return false
	case "":
		return t.valued && t.titles[col] != ""
	case noteRole, familyRole, tagsRole:
		return t.valued || !t.among || words().Remarks[strings.Join(split(t.titles[col]), " ")]
	}
	return true
}

// isClear reports whether the title of a column says that what stands there is none
// to hunt for.
func (t *table) isClear(col int) bool {
	r := t.roleAt(col)
	return r == clearRole || r == benignRole
}

// clears notes that a row says of its value that it is none to look for, below a
// title that asks whether it is.
func (t *table) clears(text string, r role, title string) {
	no := strings.EqualFold(text, "no") || strings.EqualFold(text, "false") || strings.EqualFold(text, "n") || text == "0"
	yes := records.Text(text).Is() || strings.EqualFold(text, "y")
	if r == detectRole && no || r == benignRole && yes {
		t.benign = title + ": " + text
		return
	}
	t.says(text, r)
}

// holdsValue reports whether a cell holds more than ports.
func holdsValue(text string) bool {
	return strings.ContainsAny(text, ".:") && len(scan.Find(text)) > 0
}

// left notes what was made of a value, and a mention that is one for the title of its column alone. Where a
// column is known to hold something else, only what is all of a cell may be meant
// as an IOC; one of references holds links.
func (d *document) left(b *block, v verdict, single bool) {
	if b.shape != cell || b.col >= len(d.table.seen) {
		return
	}
	seen := &d.table.seen[b.col]
	seen.took = seen.took || v.why != mention
	if v.why != mention && b.across {
		d.across.say(b.column, b.line)
	}
	if v.why != mention && !b.aside && d.table.roles[b.col] == linkRole {
		d.linked.say(b.column, b.line)
	}
	if !b.aside || v.why != mention || v.context != d.where(b) {
		return
	}
	switch d.table.roles[b.col] {
	case referenceRole, linkRole:
	case "", clearRole, benignRole:
		seen.left = true
	default:
		seen.left = seen.left || single
	}
}

// noTable ends a table, and tells of its columns that were not read.
func (d *document) noTable() {
	t := &d.table
	var without []string
	for k, seen := range t.seen {
		if seen.side && seen.took && d.doc != nil {
			d.doc.Find("maybe-benign", feed.Warning, t.line, "the title of the column %s may say that what stands there is none to hunt for, and some of it is taken; switch off what is not meant", feed.Quote(t.titles[k]))
		}
		switch r := t.roles[k]; {
		case t.titles[k] == "" || d.doc == nil:
		case seen.left && t.isClear(k):
			d.doc.Find("column-left", feed.Warning, t.line, "what looks like an indicator in the column %s is listed and off, for the title says that it is none to hunt for", feed.Quote(t.titles[k]))
		case seen.left:
			d.doc.Find("unread-column", feed.Warning, t.line, "the title of the column %s does not say that it holds indicators, so what looks like one there is listed and off; switch on what is meant", feed.Quote(t.titles[k]))
		case t.valued && seen.text && !seen.took && (r == "" || r == textRole):
			without = append(without, t.titles[k])
		}
	}
	if len(without) > 0 {
		d.doc.Find("unread-column", feed.Info, t.line, "nothing is taken from the %s %s", feed.Pick(len(without), "column", "columns"), feed.Quote(strings.Join(without, ", ")))
	}
	d.table = table{}
}

// foreignKind is what a row says that its value is, if that is none that Quarry hunts.
func foreignKind(kind string) foreign {
	if kind == "" {
		return foreign{}
	}
	f, rest, ok := words().foreignHeading(kind)
	if ok && len(rest) == 0 && f.What != "" {
		return f
	}
	un := tables.NotHunted(kind)
	if un.What == "" {
		return foreign{}
	}
	return foreign{What: "rows with " + un.What, Hashes: un.Hashes, Paths: un.Paths}
}

// inOther reports whether a block is the value of a row that says that it is none that
// Quarry hunts.
func (d *document) inOther(b *block) bool {
	return b.shape == cell && b.values && d.table.other.What != ""
}

// ofRow reports whether a hit is in the value of a row that says that this is none that
// Quarry hunts. It is not where the title of the column names its type, and a hit that
// is all of the cell is not where the row names a category alone, or is an address or
// a URL, which no such value looks like.
func (d *document) ofRow(b *block, h scan.Hit) bool {
	switch {
	case !d.inOther(b):
		return false
	case strings.Trim(b.text[:h.Start]+b.text[h.End:], marks) != "":
		return true
	case h.Type == feed.URL && d.table.other.Paths && !strings.Contains(h.Value, "://"):
	case d.table.loose, h.Type == feed.URL, h.Type == feed.IP, h.Type == feed.IPPort, h.Type == feed.CIDR:
		return false
	}
	return !titleSays(b.column, h.Type)
}

// titleSays reports whether the title of a column names a type and what it is of.
func titleSays(title string, t feed.Type) bool {
	ws := split(title)
	if t.IsHash() {
		return slices.Contains(hashSaid(ws), t) && words().onlyHashes(ws)
	}
	return slices.Contains(words().typesSaid(ws), t)
}

// made is how many IOCs there are.
func (d *document) made() int {
	return d.counts[inList] + d.counts[belowHeading] + d.counts[isDefanged]
}
