package prose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// table is a table while its rows come.
type table struct {
	titles []string
	roles  []role
	line   int      // of the titles
	valued bool     // a title is one of values
	surely bool     // so is one of others than hashes
	among  bool     // its heading, or the document, is about IOCs
	open   bool     // whether a column has values depends on the others of a row
	seen   []inside // of the columns, what the rows hold
	files  bool     // its column of names of files is one among IOCs
	named  bool     // its heading says that names of files are listed
	row    records.Record
	ports  []string // more than one, or of what is no address
	key    string   // its first cell, where no title says what that is
	kind   string   // what the row says that its value is
	loose  bool     // that is a category, which may be of what the value belongs to
	other  foreign  // what that is, if it is none that Quarry hunts
	benign string   // the words by which it says that it is none to hunt for
	doubt  bool     // it has such words, and it is not sure of what they speak
	sample string   // a hash in it, whose file the names in it are of
	cells  []block  // of the row
}

// maxCells bounds how many cells of a row are told apart.
const maxCells = 256

// looksLikeHeader reports whether a first row has titles and no values.
func looksLikeHeader(cells []block) bool {
	known := 0
	for n := range cells {
		text := strings.Trim(cells[n].text, marks)
		if strings.HasSuffix(text, ":") || len(scan.Find(text)) > 0 {
			return false
		}
		if r, _ := roleOf(text); r != "" && r != mightRole {
			known++
		}
	}
	return len(cells) > 1 && 2*known >= len(cells)
}

// areTitles reports whether a row among others begins another table: each of its
// cells is a title, one of values or of names of files, and not all of values, as
// those of a row that names the group of the rows below it may be.
func areTitles(cells []block) bool {
	values, others, files := 0, 0, 0
	for n := range cells {
		text := strings.Trim(cells[n].text, marks)
		if text == "" {
			continue
		}
		switch r, _ := roleOf(text); r {
		case "", mightRole:
			return false
		case valueRole:
			values++
		case fileRole:
			files++
		default:
			others++
		}
	}
	return values+files > 0 && files+others > 0 && values+files+others > 1 && looksLikeHeader(cells)
}

// cells takes a row of a table.
func (d *document) cells(cells []block) error {
	if len(cells) == 0 {
		return nil
	}
	t := &d.table
	t.startRow()
	cells = d.wholeHashes(cells)
	t.cells = cells
	for n := range cells {
		c := &cells[n]
		c.shape = cell
		if c.col >= len(t.titles) {
			continue
		}
		c.column = t.titles[c.col]
		text := strings.Trim(c.text, marks)
		c.aside = t.isAside(c.col)
		t.seen[c.col].text = t.seen[c.col].text || !noName[strings.ToLower(text)]
		t.takes(c, text)
	}
	d.takeAcross(cells)
	t.takeOpen(cells)
	if t.row.Confidence != "" {
		d.scaled(cells[0].line)
	}
	if len(t.titles) == 0 && len(cells) == 2 && cells[0].col != cells[1].col {
		cells[1].label = strings.TrimRight(strings.Trim(cells[0].text, marks), ": ")
	}
	if t.roleAt(0) == "" && cells[0].col == 0 {
		t.key = strings.Trim(cells[0].text, marks)
	}
	t.other = foreignKind(t.kind)
	made, noted, told := d.made(), d.noted(), d.told
	ports := slices.ContainsFunc(cells, func(c block) bool { return !c.again && c.text != "" && t.roleAt(c.col) == portRole })
	for n := range cells {
		if c := &cells[n]; c.text == "" || c.again && !(c.values && ports) {
			continue
		}
		if len(t.titles) == 0 {
			cells[n].row = cells[n+1:]
		}
		if err := d.add(cells[n]); err != nil {
			return err
		}
	}
	switch {
	case d.made() == made && t.other.What != "":
		d.notIOC(t.other.What, cells[0].line)
	case d.noted() == noted && d.told == told:
		d.rowWithoutValue(cells)
	}
	t.startRow()
	return nil
}

// takes notes what a cell says of its row.
func (t *table) takes(c *block, text string) {
	r := t.roles[c.col]
	switch r {
	case valueRole:
		c.values = true
		if hash, _, _ := strings.Cut(text, " "); t.sample == "" && hexLen(hash) == len(hash) {
			if _, ok := oneHash(hash); ok {
				t.sample = strings.ToLower(hash)
			}
		}
	case typeRole, categoryRole, verdictRole, noteRole:
		t.says(c.text, r)
	case benignRole, detectRole:
		t.clears(text, r, c.column)
	case portRole:
		if holdsValue(text) {
			c.aside, c.values = false, true
		} else if text != "" && t.row.Port != "" {
			t.row.Port += ", " + text
		} else {
			t.row.Port = text
		}
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
		t.refers(text)
	}
}

// refers notes the first URL of a cell that leads to more about its row.
func (t *table) refers(text string) {
	for _, h := range scan.Find(text) {
		if h.Type == feed.URL && t.row.Reference == "" {
			t.row.Reference = h.Value
		}
	}
}

// startRow forgets what the row before says.
func (t *table) startRow() {
	t.row, t.ports, t.key, t.kind, t.loose, t.other, t.benign, t.doubt, t.sample, t.cells = records.Record{}, nil, "", "", false, foreign{}, "", false, "", nil
}

// says notes what a row says of its value.
func (t *table) says(text string, r role) {
	text = strings.Trim(text, marks)
	switch {
	case r == typeRole:
		t.kind, t.loose = text, false
	case r == categoryRole && t.kind == "":
		t.kind, t.loose = text, true
	}
	switch l := words(); {
	case len(text) > longestNote:
	case l.denied(text):
		t.benign = text
	case l.doubts(text):
		t.doubt = true
	}
}

// portsOf is the ports that a cell names, and what of it is none. Words beside a port,
// as in "443 (HTTPS)", say what it is for.
func portsOf(s string) (ports []string, lost string) {
	s = strings.ToLower(s)
	if noName[strings.Trim(s, marks)] {
		return nil, ""
	}
	word := ""
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,;&|`/:()[]{}", r) }) {
		switch port := portOf(w); {
		case port != "":
			ports = append(ports, port)
		case noName[w], w == "tcp", w == "udp", w == "and", strings.Trim(w, "-–") == "":
		case strings.ContainsAny(w, "0123456789"):
			lost = w
		default:
			word = w
		}
	}
	if len(ports) == 0 && lost == "" {
		lost = word
	}
	return ports, lost
}

// wholeHashes joins what a break of line parts in the cells of a row: two parts
// that are together the hash that the row or the title of the column names, or of
// which neither is a hash by itself.
func (d *document) wholeHashes(cells []block) []block {
	t := &d.table
	broken := false
	for n := range cells {
		broken = broken || n > 0 && cells[n].col == cells[n-1].col || strings.IndexByte(cells[n].text, '<') >= 0
	}
	if !broken {
		return cells
	}
	kind := ""
	for n := range cells {
		if col := cells[n].col; col < len(t.roles) && t.roles[col] == typeRole {
			kind = cells[n].text
		}
	}
	kept := cells[:0:0]
	for _, c := range cells {
		said := kind
		if c.col < len(t.titles) {
			said += " " + t.titles[c.col]
		}
		types := hashSaid(split(said))
		if parts := lineBreaks.Split(c.text, -1); len(parts) > 1 {
			if whole := joinedHash(parts, types); whole != "" {
				c.text, c.links = whole, nil
			}
		}
		if n := len(kept) - 1; n >= 0 && kept[n].col == c.col {
			if whole := joinedHash([]string{kept[n].text, c.text}, types); whole != "" {
				kept[n].text = whole
				continue
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// lineBreaks are those of a cell of Markdown.
var lineBreaks = regexp.MustCompile(`(?i)\s*<br ?/?>\s*`)

// joinedHash is the hash that the parts are together, "" when they are none, or
// when a part is one and the whole is none of the types.
func joinedHash(parts []string, types []feed.Type) string {
	whole, some := "", false
	for _, p := range parts {
		p = strings.Trim(p, marks)
		if p == "" || hexLen(p) != len(p) {
			return ""
		}
		_, one := oneHash(p)
		some = some || one
		whole += p
	}
	if t, ok := oneHash(whole); !ok || some && !slices.Contains(types, t) {
		return ""
	}
	return whole
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
	r.Port = ""
	ports, lost := portsOf(t.row.Port)
	if lost != "" {
		doc.Find("port-left-out", feed.Warning, line, "%s is no port from 1 to 65535, so %s is hunted without it", feed.Quote(lost), feed.Defang(i.Type, i.Value))
	}
	switch {
	case len(ports) == 1 && i.Type == feed.IP:
		r.Port = ports[0]
	case len(ports) > 0 && !(len(ports) == 1 && ports[0] == strconv.Itoa(i.Port())):
		for _, p := range ports {
			r.Tags = append(slices.Clone(r.Tags), "port "+p)
		}
		if i.Type == feed.IP || i.Type == feed.Domain || i.Type == feed.CIDR || i.Type == feed.IPPort || i.Type == feed.URL {
			doc.Find("port-left-out", feed.Warning, line, "%s is hunted without the port that its row states, %s; it is kept as a tag", feed.Defang(i.Type, i.Value), feed.Quote(t.row.Port))
		}
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
