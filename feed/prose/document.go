package prose

import (
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// document is a document while it is read.
type document struct {
	in  *feed.Input
	out feed.Sink

	doc       *records.Document // nil until something was found
	title     string
	pageTitle string // of a page, in its head
	family    string

	outline
	table    table
	defangs  bool   // the document defangs its IOCs
	strict   bool   // it defangs most of them
	bare     bool   // it is a list without headings, of more than names with a path
	ordinary bool   // it has headings, and nothing says that it is about threats
	hashes   bool   // it has hashes of files
	holds    bool   // something in it is on
	site     string // whose page it is, "" when unknown
	rule     string // the detection rule whose text is read, "" when none is
	asciiDoc bool
	hashLine string // the last line below the heading that names hashes and nothing else

	encodedLine int // from which on it is quoted-printable, 0 where it is none

	hits    []scan.Hit // of the block that is looked at
	waiting *block     // a line that consists of values, until the next is known
	held    []scan.Hit // its values
	around  []scan.Hit // the values of the block that is decided about
	label   string     // and label
	single  bool       // the block before consisted of values
	valued  bool       // so it did, or of the name of a file, whatever its shape
	chain   bool       // those before and it consist of values, of which one is defanged
	first   bool       // nothing was before
	cut     bool       // the document ends in the middle of the block

	counts    [whyCount]int
	defanging int  // values that are defanged
	plains    int  // IOCs that are names and are not
	lines     int  // blocks of text
	singles   int  // those that consist of values
	modules   int  // those that consist of names with a path, of which nothing says more
	marked    bool // there is markup: headings, tables
	headed    bool // there are headings of markup

	told  int     // blocks that hold what cannot be read
	alien []tally // what is no IOC for Quarry
	names tally   // names that had a port
	ports tally   // addresses and names whose port stands apart
	paths tally   // paths of files

	maybePorts tally     // those with a number beside them that may be their port
	addressed  addressed // the line above that is an address

	schemeless tally // URLs that have no scheme
	versions   tally // what would be an IOC if it were no version of software
	scales     scales
	unseen     tally // what would be an IOC if the page showed it
	unmeant    tally // plain names that may not be meant
	keyed      tally // hashes behind a label that may be that of a key or an identifier
	spared     tally // what its label or heading says to be of others than the attacker
	doubted    tally // IOCs beside words that may deny that they are
	linked     tally // IOCs in columns of links
	across     tally // hashes in columns of which the row says what they are
	remarked   tally // lines below an IOC that do, or are a heading

	named     spelling // of names, links and mail addresses
	addresses spelling
	aside     []aside       // sections that hold no IOCs, with the values in them
	differ    records.Tally // IOCs that are not what their row calls them
}

// begin begins the bulletin when the first thing for it is found.
func (d *document) begin() *records.Document {
	if d.doc == nil {
		d.doc = records.Begin(d.in, d.out, 1)
		d.doc.Title, d.doc.Family = d.title, d.family
	}
	return d.doc
}

// heads takes a heading.
func (d *document) heads(level int, b block) error {
	d.marked = d.marked || level < numberLevel
	d.headed = d.headed || level < numberLevel
	if err := d.add(b); err != nil {
		return err
	}
	title := strings.Trim(strings.TrimRight(b.text, ":"), marks)
	if d.title == "" && level < numberLevel {
		d.title = title
		// A title that names its subject is no heading over all that follows.
		d.classify(title)
		if ws := split(title); level == 1 && !words().madeOf(ws, words().Indicators, words().Subjects, words().Topics) {
			d.leave(level)
			d.rule, d.hashLine = "", ""
			return nil
		}
	}
	d.rule, d.hashLine = "", ""
	d.enter(level, title)
	return nil
}

// add takes the next block of the document.
func (d *document) add(b block) error {
	b.closeSigns()
	b.part = d.part()
	noted := d.noted()
	d.lines++
	d.ruled(&b)
	d.counted(&b)
	d.hits = withPorts(b.text, withRanges(b.text, scan.Append(d.hits[:0], b.text)))
	d.hits = d.longHashes(&b, d.hits)
	n, label := alone(b.text, d.hits)
	line := b.shape == sentence || b.shape == code
	if n > 0 && d.modulePaths(&b, n) {
		n, label = 0, ""
		d.modules++
	}
	single := n > 0 && (!line || d.plainLabel(label) || d.hits[0].Type.IsHash() && records.IsFileName(label))
	d.lined(&b, n > 0)
	if name, note, ok := d.fileName(&b); ok {
		d.valued = true
		if err := d.settle(true); err != nil {
			return err
		}
		d.addressed = addressed{}
		d.single = line
		return d.file(&b, name, note)
	}
	told := d.unread(&b)
	if told {
		d.told++
	}
	if err := d.settle(line && single); err != nil {
		return err
	}
	if single {
		d.singles++
	}
	if len(d.hits) == 0 {
		d.portBelow(&b)
		d.saysHash(&b)
		d.single, d.first = false, false
		err := d.amongWords(&b, nil)
		if !told && d.noted() == noted {
			d.withoutValue(&b)
		}
		return err
	}
	d.addressed = addressed{}
	if line && single {
		b.run = d.single || b.part.kind == indicators || b.part.kind == lists || d.certain(label)
		d.single = true
		if !b.run {
			w := b
			d.waiting, d.label = &w, label
			d.held = append(d.held[:0], d.hits...)
			return nil
		}
	} else {
		d.single = false
	}
	d.first = false
	return d.decide(&b, d.hits, n, label)
}

// modulePaths reports whether the values that a block consists of are plain
// names with a path behind, as modules of programs are named, and nothing says
// that they are IOCs.
func (d *document) modulePaths(b *block, n int) bool {
	if d.about || d.bare || b.part.kind == indicators || b.part.kind == lists {
		return false
	}
	for _, h := range d.hits[:n] {
		if h.Type == feed.URL && !strings.Contains(h.Value, "://") && !defanged(b.text[h.Start:h.End], h.Type) {
			return true
		}
	}
	return false
}

// plainLabel reports whether a label before a value on a line of its own says
// what it is. "Website:" does not.
func (d *document) plainLabel(label string) bool {
	if label == "" {
		return true
	}
	ws := split(label)
	l := words()
	_, known := l.foreign(ws)
	return known || l.madeOf(ws, l.Subjects, l.Topics) || l.threat(ws) != "" || l.Indicators.has(ws)
}

// certain reports whether a line of one value needs no other beside it: it is a
// hash, or labelled as an IOC.
func (d *document) certain(label string) bool {
	for _, h := range d.hits {
		if h.Type.IsHash() {
			return true
		}
	}
	return words().saysIOC(label)
}

// saysIOC reports whether a label says that behind it stands an IOC.
func (l *lexicon) saysIOC(label string) bool {
	ws := split(label)
	return l.threat(ws) != "" || l.Indicators.has(ws)
}

// settle decides about the line that waits for the next.
func (d *document) settle(run bool) error {
	b := d.waiting
	if b == nil {
		return nil
	}
	d.waiting = nil
	b.run = run
	d.first = false
	n, _ := alone(b.text, d.held)
	return d.decide(b, d.held, n, d.label)
}

// mayList reports whether a list may make an IOC of a hit: in a page that says
// nothing of IOCs, plain names and URLs are what any page lists.
func (d *document) mayList(b *block, h scan.Hit) bool {
	switch h.Type {
	case feed.Domain, feed.URL, feed.Email:
		return !d.ordinary || b.part.kind == indicators || b.part.kind == lists || defanged(b.text[h.Start:h.End], h.Type)
	}
	return true
}

// decide makes IOCs and mentions of the hits of a block, the first n of which
// it consists of.
func (d *document) decide(b *block, hits []scan.Hit, n int, label string) error {
	if label == "" && len(b.label) <= longestLabel {
		label = b.label
	}
	hashes, own := false, ""
	d.around = hits
	for k, h := range hits {
		own = d.ownLabel(b, k, own)
		if d.cut && !strings.ContainsAny(b.text[h.End:], " ") {
			d.begin().Find("text-cut", feed.Error, b.lineAt(h.Start), "the text ends in the middle of %s or right behind it, so the value is not known and no IOC is made of it", feed.Quote(b.text[h.Start:h.End]))
			continue
		}
		if k > 0 && k < n {
			if next, ok := leading(strings.TrimLeft(b.text[hits[k-1].End:h.Start], closers+" ,;/|&")); ok && next != "" {
				label = next
			}
		}
		behind := label
		if k >= n {
			behind = ""
		}
		if d.asciiDoc && h.Type == feed.URL {
			h, b.target = cutLink(b, h)
		}
		single := k < n && d.mayList(b, h) && (d.plainLabel(behind) || h.Type.IsHash() || h.Type == feed.IP || h.Type == feed.IPPort || h.Type == feed.CIDR || b.part.kind == indicators || b.part.kind == lists)
		h.Version = h.Version && !saysThreat(b.text[h.End:])
		called := behind
		if called == "" && b.shape == cell && b.values && !titleSays(b.column, h.Type) {
			called = d.table.kind
		}
		if called == "" {
			called = wordsBefore(b.text[:h.Start])
		}
		key, surely, maybe := isKey(called, b.part.title, h.Type)
		if surely {
			d.notIOC("keys and identifiers", b.lineAt(h.Start))
			continue
		}
		v := d.wholly(b, h, d.judge(b, h, single || b.values, behind), single)
		if maybe && v.why != mention {
			d.keyed.say(called, b.lineAt(h.Start))
		}
		if key && v.why != mention {
			v = verdict{context: d.where(b) + ", behind the label " + feed.Quote(called)}
		}
		v = d.spares(b, k, v, behind, own)
		if v.drop {
			continue
		}
		d.left(b, v, single)
		if b.hidden {
			d.judgeUnseen(b, h, single || b.values, behind)
		}
		if err := d.emit(b, h, v, behind, single); err != nil {
			return err
		}
		hashes = hashes || k < n && h.Type.IsHash()
	}
	if hashes {
		return d.between(b, hits, maxBeside, besideHash)
	}
	return d.amongWords(b, hits)
}

// saysThreat reports whether the comment behind a value says what it is used for.
func saysThreat(behind string) bool {
	note := strings.TrimLeft(behind[:min(len(behind), longestNote)], " \t")
	if note == "" || strings.IndexByte("([{-#:|", note[0]) < 0 {
		return false
	}
	if end := strings.IndexAny(note, ")]}|"); end > 0 {
		note = note[:end]
	}
	return words().threat(split(note)) != ""
}

// emit gives what was found to the sink. alone says that the block consists of values
// of which it is one.
func (d *document) emit(b *block, h scan.Hit, v verdict, label string, alone bool) error {
	doc := d.begin()
	line := b.lineAt(h.Start)
	i := feed.IOC{
		Type: h.Type, Value: h.Value, Confidence: feed.NoConfidence,
		Sources: []feed.Source{{Name: d.in.Name, Line: line}},
	}
	d.counts[v.why]++
	d.hashes = d.hashes || h.Type.IsHash() && v.why != mention
	if defanged(b.text[h.Start:h.End], h.Type) {
		d.defanging++
	}
	if v.unmeant {
		d.unmeant.add(line)
	}
	d.spells(b, h, v.why != mention)
	if v.why == mention {
		d.setsAside(b, h, alone)
		i.Mention, i.Context = true, v.context
		if raw := b.text[h.Start:h.End]; h.Type == feed.CIDR && records.InsideBlock(raw, h.Value, line) != nil {
			i.Context += ", written as " + feed.Quote(raw) // which may be an address and a port
		}
		return d.out.IOC(i)
	}
	if isNamed(h.Type) && !defanged(b.text[h.Start:h.End], h.Type) {
		d.plains++
	}
	if v.why == inList {
		d.listed()
	}
	if v.doubt {
		d.doubted.add(line)
	}
	i.Threat, i.Family = v.threat, d.family
	d.remark(doc, b, h, label, line)
	if b.shape == cell {
		d.table.attributes(&i, doc, line)
	}
	if h.Type == feed.IP || h.Type == feed.IPPort || h.Type == feed.Domain {
		tags := d.portTags(doc, b, h, alone)
		i.Tags = append(i.Tags, tags...)
		d.beginsAddress(b, h, line, alone && len(tags) == 0)
	}
	return d.out.IOC(i)
}

// end settles what is left and adds the findings about the whole. The error of
// a document with nothing in it is an [*feed.InputError].
func (d *document) end() error {
	if err := d.settle(d.first); err != nil {
		return err
	}
	if d.doc == nil {
		return &feed.InputError{
			Name: d.in.Name, Reason: "nothing in it looks like an IOC",
			Advice: "Quarry reads bulletins, feeds and text in which addresses, domains, URLs, mail addresses or hashes stand; check that it is the right file",
		}
	}
	d.noTable()
	if d.title == "" {
		d.title = d.pageTitle
	}
	d.doc.Title, d.doc.Family = d.title, d.family
	for _, t := range d.alien {
		d.doc.Find("not-an-ioc", feed.Info, t.line, "%s: %d, from this line on; Quarry hunts for none of them, so they are left out", t.what, t.n)
	}
	d.remarkCounted()
	d.tellApart()
	d.doc.Find("from-prose", feed.Info, 0, "%s", d.summary())
	d.doc.End()
	return nil
}
