package prose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// fileName is the name or path of the file that a block consists of, and what
// follows it, where names of files may be listed: in a column of names, in a row that
// calls its value one, below
// a heading about them, and as an item, a line or a cell of values among IOCs.
// What else the block holds counts first, but for what only looks like a domain
// where names are known to stand.
func (d *document) fileName(b *block) (name, note string, ok bool) {
	column := b.shape == cell && (d.fileColumn(b.column) || b.values && d.table.files && saysNames(split(d.table.kind)))
	listed := b.part.files && b.shape != heading && b.shape != cell
	among := column || listed || d.among(b)
	if !among && !d.mayName(b) || isRegistryKey(b.text) {
		return "", "", false
	}
	for _, h := range d.hits {
		if h.Type != feed.Domain || defanged(b.text[h.Start:h.End], h.Type) || !column && !listed {
			return "", "", false
		}
	}
	const around = "`\"'“”‘’ \t\u00a0" // underscores are of the name
	s := strings.TrimLeft(strings.Trim(b.text, around+"+"), "-•·▪* ")
	for _, comment := range []string{" (", " - ", " – ", " — ", "\t", "  ", " #", "` "} {
		if at := strings.Index(s, comment); at > 0 {
			s, note = s[:at], s[at:]+note
		}
	}
	s = strings.Trim(s, around+",;")
	if !column && !listed {
		s = unlabelled(s)
	}
	if s == "" || len(s) > 255 || strings.ContainsAny(s, "?*|<>\"") || strings.Contains(s, "://") {
		return "", "", false
	}
	base := lastPart(s)
	switch {
	case column && records.IsCommand(s):
		ok = len(d.hits) == 0
	case column:
		ok = !noName[strings.ToLower(base)] && len(strings.Fields(base)) <= 6 && (d.table.sample != "" || base != s || !isHost(base))
	case listed:
		ok = hasExtension(base) && len(strings.Fields(base)) <= 6
	default:
		ok = (records.IsFileName(base) && (base == s || isPath(s)) || maybeName(s, base)) && (among || d.about && !spaced(b.text) || isLabelled(b.text) || isPath(s))
	}
	return s, note, ok
}

// isHost reports whether a name is one of the network rather than of a file.
func isHost(name string) bool {
	t, ok := records.Guess(name)
	return ok && t == feed.Domain && !records.IsFileName(name) && !scan.FileLike(feed.Refang(name))
}

// among reports whether a block stands where IOCs are listed.
func (d *document) among(b *block) bool {
	k := b.part.kind
	if d.rule != "" || b.part.foreign.Rules {
		return false
	}
	switch b.shape {
	case item, code, sentence:
		return k == indicators || k == lists
	case cell:
		return b.values && (k == indicators || k == lists || d.about && !d.ordinary)
	}
	return false
}

// unlabelled takes a label that says what stands behind it off a name.
func unlabelled(s string) string {
	at := strings.LastIndex(s, ": ")
	if at < 0 {
		return s
	}
	l := words()
	if ws := split(s[:at]); l.madeOf(ws, l.Subjects, l.Topics) || l.Columns[fileRole][strings.Join(ws, " ")] {
		return strings.Trim(s[at+2:], marks)
	}
	return s
}

// lastPart is the name at the end of a path.
func lastPart(path string) string {
	name, _ := feed.NameOfPath(path)
	return name
}

// isPath reports whether a text begins as paths of Windows do. That begins with a
// slash what may as well be part of a URL.
func isPath(s string) bool {
	return strings.HasPrefix(s, `\\`) || s[0] == '%' || len(s) > 3 && s[1:3] == `:\`
}

// fileColumn reports whether a column holds names of files among IOCs.
func (d *document) fileColumn(title string) bool {
	return d.table.files && words().Columns[fileRole][strings.Join(split(title), " ")]
}

// noName are what stands in a column of names in place of one.
var noName = map[string]bool{"": true, "-": true, "n/a": true, "na": true, "a": true, "none": true, "unknown": true, "various": true, "?": true}

// hasExtension reports whether a name ends like that of a file.
func hasExtension(s string) bool {
	at := strings.LastIndexByte(s, '.')
	ext := s[at+1:]
	return at > 0 && ext != "" && len(ext) <= 10 && !strings.HasSuffix(s[:at], " ") && strings.ContainsFunc(ext, unicode.IsLetter) &&
		!strings.ContainsFunc(ext, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// file makes an IOC or a mention of the name or path of a file.
func (d *document) file(b *block, name, note string) error {
	base, path := feed.NameOfPath(name)
	v, err := feed.Canonical(feed.FileName, base)
	if err != nil {
		return nil
	}
	doc := d.begin()
	if records.IsCommand(name) {
		doc.Find("bad-value", feed.Error, b.line, "%s is no file_name (it is a command; name the file alone), so no IOC is made of it", feed.Quote(name))
		return nil
	}
	if path {
		d.paths.add(b.line)
	}
	d.first = false
	i := feed.IOC{Type: feed.FileName, Value: v, Confidence: feed.NoConfidence, Sources: []feed.Source{{Name: d.in.Name, Line: b.line}}}
	if i.Context = d.noFileIOC(b, name, base, note); i.Context != "" {
		i.Mention = true
		d.counts[mention]++
		return d.out.IOC(i)
	}
	if i.Context = d.uncertainName(b, name, base); i.Context != "" {
		doc.Find("maybe-file", feed.Warning, b.line, "%s is a mention as it stands, for %s; switch it on if it is the name of a file", feed.Quote(base), i.Context)
		i.Mention, i.Context = true, d.where(b)+": "+i.Context
		d.counts[mention]++
		return d.out.IOC(i)
	}
	if words().doubts(note) || b.shape == cell && d.table.doubt {
		d.doubted.add(b.line)
	}
	i.Family = d.family
	d.counts[inList]++
	d.listed()
	if b.shape == cell {
		d.table.attributes(&i, doc, b.line)
	}
	return d.out.IOC(i)
}

// noFileIOC is why the name of a file, the base of what stands there, is a mention, "" where it is an IOC.
func (d *document) noFileIOC(b *block, name, base, note string) string {
	t := &d.table
	switch k := b.part.kind; {
	case b.hidden:
		return "hidden in the page"
	case k == references || k == benign || k == alien:
		return "section " + feed.Quote(b.part.title)
	case b.shape == cell && t.benign != "":
		return "said to be no IOC: " + feed.Quote(t.benign)
	case b.beside != "" && !saysNames(split(b.part.title)):
		return b.beside
	case words().denied(note):
		return "said to be no IOC: " + feed.Quote(strings.Trim(note, "()[]{}-–—#/,;:| \t"))
	case b.shape == cell && !b.values && t.sample != "" && !t.named:
		return "the name of the file with the hash " + feed.Quote(t.sample)
	case b.shape == cell && !b.values && !t.named && base == name && !hasExtension(base):
		return "a word in a column of names of files, without the end of one"
	case b.shape == cell && b.values && (t.other.Rules || t.other.Hashes || len(words().typesSaid(split(t.kind))) > 0):
		return "a name of a file, which the row calls " + feed.Quote(t.kind)
	case (k == lists || k == neutral || k == advice) && b.shape != cell && !b.part.files:
		return d.where(b)
	}
	return ""
}

// besideHash is why a name beside a hash is a mention.
const besideHash = "a name of a file beside a hash"

// besideName is why a line, if it is the name of a file, is a mention for what
// stands on the lines before and behind it: the hashes of that file, or a URL that
// may go on in it.
func besideName(before, line, behind string) string {
	line = strings.Trim(line, marks)
	switch {
	case !records.IsFileName(lastPart(line)):
	case holdsHash(before), holdsHash(behind):
		return besideHash
	default:
		last := before[strings.LastIndexAny(before, " \t")+1:]
		if last != "" && strings.IndexByte("/-_=&?%", last[len(last)-1]) >= 0 && strings.Contains(feed.Refang(last), "://") {
			return "the URL at the end of the line before may go on in it"
		}
	}
	return ""
}

// holdsHash reports whether a short line holds a hash.
func holdsHash(line string) bool {
	return len(line) <= 2*longestTitle && slices.ContainsFunc(strings.Fields(line), func(w string) bool {
		w = strings.Trim(w, marks+",;()")
		_, ok := oneHash(w)
		return ok && hexLen(w) == len(w)
	})
}

// How many names beside the hashes of a block are looked at, and among its words.
const (
	maxBeside  = 8
	maxInBlock = 256
)

// amongWords makes mentions of the names of files among the words of an item or a line
// below a heading about IOCs, which is more than such a name.
func (d *document) amongWords(b *block, hits []scan.Hit) error {
	if b.shape == cell || b.part.kind != indicators || !d.among(b) || isRegistryKey(b.text) || strings.HasPrefix(lone(b.text), "/") {
		return nil
	}
	hits = slices.Clone(hits)
	for k := range hits { // what is joined to a value is part of its word
		if hits[k].Type == feed.URL && strings.HasPrefix(b.text[hits[k].End:], " ") {
			if rest := d.goesOn(b.text, hits[k]); rest != "" && !saysMore(rest) {
				hits[k].End += len(" ") + len(rest)
				continue
			}
		}
		if k > 0 && hits[k].End <= hits[k-1].End {
			hits[k].End = hits[k-1].End
		} else if end := strings.IndexAny(b.text[hits[k].End:], " \t"); end >= 0 {
			hits[k].End += end
		} else {
			hits[k].End = len(b.text)
		}
	}
	why := d.where(b)
	if b.hidden {
		why = "hidden in the page"
	}
	return d.between(b, hits, maxInBlock, why)
}

// between makes mentions of the names of files between the hits of a block, of so many
// at most.
func (d *document) between(b *block, hits []scan.Hit, most int, why string) error {
	from, n := 0, 0
	for k := 0; k <= len(hits) && n < most; k++ {
		end := len(b.text)
		if k < len(hits) {
			end = hits[k].Start
		}
		gap, before := b.text[min(from, end):end], [2]string{}
		for w := range strings.FieldsFuncSeq(gap, func(r rune) bool { return strings.ContainsRune(" \t,;()[]{}|<>*\"`'“”‘’\u00a0—―", r) }) {
			name := lastPart(strings.TrimRight(w, ".:"))
			restOfURL := why != besideHash && strings.IndexByte(w, '/') > 0 && !isPath(w)
			behind := before
			before = [2]string{before[1], w}
			if !records.IsFileName(name) && (why != besideHash || !isFile(name)) || n >= most || restOfURL {
				continue
			}
			v, err := feed.Canonical(feed.FileName, behindNumero(gap, behind, name))
			if err != nil {
				continue
			}
			n++
			d.begin()
			i := feed.IOC{Type: feed.FileName, Value: v, Confidence: feed.NoConfidence, Mention: true, Context: why, Sources: []feed.Source{{Name: d.in.Name, Line: b.lineAt(from)}}}
			d.counts[mention]++
			if err := d.out.IOC(i); err != nil {
				return err
			}
		}
		if k < len(hits) {
			from = hits[k].End
		}
	}
	return nil
}

// behindNumero is the name of a file with the words before it where it begins with "№", or
// that stands before it: what is numbered is part of the name.
func behindNumero(text string, before [2]string, name string) string {
	var whole string
	switch {
	case strings.HasPrefix(name, "№") && endsInLetter(before[1]):
		whole = before[1] + " " + name
	case before[1] == "№" && endsInLetter(before[0]):
		whole = before[0] + " № " + name
	default:
		return name
	}
	if strings.Contains(text, whole) { // nothing but a space parts the words
		return whole
	}
	return name
}

func endsInLetter(word string) bool {
	r, _ := utf8.DecodeLastRuneInString(word)
	return unicode.IsLetter(r)
}
