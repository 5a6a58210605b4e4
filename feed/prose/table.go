package prose

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// role is what a column of a table holds.
type role string

const (
	valueRole      role = "value"
	typeRole       role = "type"
	portRole       role = "port"
	threatRole     role = "threat"
	familyRole     role = "family"
	confidenceRole role = "confidence"
	firstSeenRole  role = "first_seen"
	lastSeenRole   role = "last_seen"
	referenceRole  role = "reference"
	tagsRole       role = "tags"
	fileRole       role = "file"
	textRole       role = "text"
)

// table is a table while its rows come.
type table struct {
	titles []string
	roles  []role
	files  bool // its column of names of files is one of IOCs
	row    records.Record
}

// maxCells bounds how many cells of a row are told apart.
const maxCells = 256

// roleOf is what the title of a column says that it holds, "" when nothing.
func roleOf(title string) role {
	ws := split(title)
	l := words()
	phrase := strings.Join(ws, " ")
	for r, titles := range l.Columns {
		if titles[phrase] {
			return r
		}
	}
	if f, ok := l.foreign(ws); ok && f.Hashes {
		return ""
	}
	if len(ws) > 0 && (l.madeOf(ws, l.Subjects, l.Topics) || l.Indicators.has(ws)) {
		return valueRole
	}
	return ""
}

// header begins a table if the cells are titles of its columns.
func (d *document) header(cells []block) (ok bool) {
	t := table{}
	for n := range cells {
		title := strings.Trim(cells[n].text, marks)
		for len(t.titles) <= cells[n].col {
			t.titles = append(t.titles, "")
		}
		had := &t.titles[cells[n].col]
		*had = strings.TrimSpace(*had + " " + title)
	}
	hashes := false
	for _, title := range t.titles {
		r := roleOf(title)
		ok = ok || r != ""
		hashes = hashes || r == valueRole
		t.roles = append(t.roles, r)
	}
	t.files = hashes || d.about || d.part().kind == indicators
	d.table = t
	return ok
}

// looksLikeHeader reports whether a first row has titles and no values.
func looksLikeHeader(cells []block) bool {
	known := 0
	for n := range cells {
		text := strings.Trim(cells[n].text, marks)
		if strings.HasSuffix(text, ":") || len(scan.Find(text)) > 0 {
			return false
		}
		if roleOf(text) != "" {
			known++
		}
	}
	return len(cells) > 1 && 2*known >= len(cells)
}

// noTable ends a table.
func (d *document) noTable() { d.table = table{} }

// cells takes a row of a table.
func (d *document) cells(cells []block) error {
	t := &d.table
	t.row = records.Record{}
	for n := range cells {
		c := &cells[n]
		c.shape = cell
		if c.col >= len(t.titles) {
			continue
		}
		c.column = t.titles[c.col]
		text := strings.Trim(c.text, marks)
		c.aside = t.roles[c.col] != "" && t.roles[c.col] != valueRole && t.roles[c.col] != fileRole
		switch t.roles[c.col] {
		case valueRole:
			c.values = true
		case portRole:
			t.row.Port = text
		case threatRole:
			t.row.Threat = threatOf(text)
		case familyRole:
			t.row.Family = text
		case confidenceRole:
			t.row.Confidence = text
		case firstSeenRole:
			t.row.FirstSeen = text
		case lastSeenRole:
			t.row.LastSeen = text
		case tagsRole:
			t.row.Tags = list(text)
		case referenceRole:
			for _, h := range scan.Find(text) {
				if h.Type == feed.URL && t.row.Reference == "" {
					t.row.Reference = h.Value
				}
			}
		}
	}
	if len(t.titles) == 0 && len(cells) == 2 && cells[0].col != cells[1].col {
		cells[1].label = strings.TrimRight(strings.Trim(cells[0].text, marks), ": ")
	}
	for n := range cells {
		if cells[n].text == "" {
			continue
		}
		if err := d.add(cells[n]); err != nil {
			return err
		}
	}
	t.row = records.Record{}
	return nil
}

// threatOf is a threat as a table states it.
func threatOf(s string) feed.Threat {
	if t := feed.Threat(strings.ToLower(s)); t.Known() || t == "" {
		return t
	}
	if t := words().threat(split(s)); t != "" {
		return t
	}
	return feed.Threat(s)
}

func list(s string) []string {
	var all []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// attributes gives an IOC what the row it stands in says of it.
func (t *table) attributes(i *feed.IOC, doc *records.Document, line int) {
	r := t.row
	if len(t.titles) == 0 {
		return
	}
	r.Type, r.Value, r.Line = i.Type, i.Value, line
	if i.Type != feed.IP || strings.Trim(r.Port, "0123456789") != "" {
		r.Port = ""
	}
	if r.Reference == i.Value {
		r.Reference = ""
	}
	read, ok := records.Read(r, doc.Find)
	if !ok {
		return
	}
	i.Type, i.Value = read.Type, read.Value
	i.Confidence, i.FirstSeen, i.LastSeen, i.Reference, i.Tags = read.Confidence, read.FirstSeen, read.LastSeen, read.Reference, read.Tags
	if read.Threat != "" {
		i.Threat = read.Threat
	}
	if read.Family != "" {
		i.Family = read.Family
	}
}
