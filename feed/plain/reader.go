package plain

import (
	"fmt"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// Reader reads lists. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "list".
func (Reader) Name() string { return "list" }

// How sure the reader is of a list.
const (
	sureOfRules   feed.Sureness = 90 // which are refused
	sureOfKinds   feed.Sureness = 60 // hosts files, filter lists, trails
	sureOfQuery   feed.Sureness = 45 // below a bulletin of which only the end is there
	sureOfEntries feed.Sureness = 42 // lines of one value
	sureOfParted  feed.Sureness = 39 // of which most may be rows, so that a table goes before
)

// sampleLines is how many lines that are no comments are looked at.
const sampleLines = 2000

// Sure counts lines: nine of ten that are no comments must be entries. Of a hosts file
// those of the own network count, too, as long as they are fewer than the others.
func (Reader) Sure(head []byte) feed.Sureness {
	text := string(head)
	if len(head) >= feed.HeadSize { // the last line is cut
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	return sureOf(text)
}

func sureOf(text string) feed.Sureness {
	entries, special, parted, lines := 0, 0, 0, 0
	sunk, spared := 0, 0 // lines of a hosts file, and those among them of the own network
	for l := records.LinesOf(text); lines < sampleLines && l.Next(); {
		e := parse(l.Text)
		switch e.kind {
		case empty:
			continue
		case comment:
			if _, ok := reference(e.comment); ok {
				special++
			}
			continue
		case unreadable:
			if lines == 0 && isRule(l.Text) {
				return sureOfRules
			}
			if lines == 0 && startsList(l.Text) && (strings.Contains(text, listWord) || strings.Contains(text, tableWord)) {
				return sureOfQuery
			}
			if l.Open && lines > 0 && !strings.ContainsAny(e.values[0], " \t") {
				continue // the beginning of an entry
			}
			if records.IsFileName(e.values[0]) { // an entry that cannot be used
				entries++
			}
			if isHostsLine(e.values[0]) {
				spared++
			}
		case entry:
			entries++
			if e.parted {
				parted++
			}
		case names, filter, allowed:
			entries++
			special++
			if e.kind == names {
				sunk++
			}
		case other:
			if special > 0 {
				entries++
			}
		}
		lines++
	}
	if sunk > spared {
		entries += spared
	}
	switch {
	case entries == 0 || 10*entries < 9*lines:
		return 0
	case special > 0:
		return sureOfKinds
	case 2*parted > entries:
		return sureOfParted
	}
	return sureOfEntries
}

// Read reads the lines of a list, each as it comes, and lists of values in KQL
// as a whole. The error is an [*feed.InputError] or that of out.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	switch (Reader{}).Sure(in.Head()) {
	case sureOfRules:
		return &feed.InputError{Name: in.Name, Reason: "these are rules of Suricata or Snort", Advice: "fetch the indicators they were made of, as a list, CSV or JSON"}
	case sureOfQuery:
		return readKQL(in, out)
	}
	l := &list{Document: records.Begin(in, out, 1), files: hasFiles(string(in.Head()))}
	lines := records.NewLines(in)
	for lines.Next() {
		if lines.Cut {
			l.Find("long-line", feed.Error, lines.No, "this line is longer than %d MiB, so it is left out", records.MaxLine>>20)
			continue
		}
		if err := l.line(lines.Text, lines.No, lines.Open); err != nil {
			return err
		}
	}
	if err := l.Stop(lines.Err()); err != nil {
		return err
	}
	l.end()
	return nil
}

// hasFiles reports whether file names stand among the entries.
func hasFiles(text string) bool {
	for l := records.LinesOf(text); l.Next(); {
		if e := parse(l.Text); e.kind == unreadable && records.IsFileName(e.values[0]) {
			return true
		}
	}
	return false
}

// list is a list as it is read.
type list struct {
	*records.Document
	files     bool // file names stand among the entries, so a name like x.zip is one too
	n         int  // entries that could be used
	reference string
	used      bool // an entry came behind the reference
	others    int  // entries that are nothing to hunt
	otherAt   int  // the line of the first
	longest   feed.Type
	aside     aside
	over      string // the comment above, where it says that files follow
	tally     records.Tally
}

// line takes one line. open says that the document ends in it.
func (l *list) line(text string, no int, open bool) error {
	e := parse(text)
	switch e.kind {
	case comment:
		l.says(e.comment, hashMarks(text), no)
		return l.comment(e.comment, no)
	case other:
		if l.others++; l.others == 1 {
			l.otherAt = no
		}
	case unreadable:
		if err := l.unreadable(e.values[0], no); err != nil {
			return err
		}
	case entry, names, filter, allowed:
		for k, value := range e.values {
			if err := l.entry(e, value, no, open && !e.closed && k == len(e.values)-1); err != nil {
				return err
			}
		}
	}
	if e.comment == "" || e.kind == comment {
		return nil
	}
	return l.mentions(e.comment, no, "a comment")
}

// entry takes a value. open says that it may be cut.
func (l *list) entry(e entryLine, value string, no int, open bool) error {
	if e.kind == names && own[strings.ToLower(value)] {
		return nil
	}
	r, ok := e.record, true
	if e.kind == names || len(e.values) > 1 {
		r, ok = records.ValueOf(value)
	}
	switch {
	case !ok, e.kind == names && r.Type != feed.Domain:
		return l.unreadable(value, no)
	case l.files && r.Type == feed.Domain && scan.FileLike(feed.Refang(r.Value)):
		l.Find("bad-value", feed.Error, no, "%s is the name of a file or of a host; other entries are names of files, so no IOC is made of it", feed.Quote(value))
		return nil
	}
	if e.behind != "" {
		l.Find("url-end", feed.Warning, no, "the URL %s ends with %s behind a comma, semicolon or bar, which may be the next value of a row; check where it ends, or name the columns in a first row", feed.Quote(value), feed.Quote(e.behind))
	}
	r.Line, r.Reference = no, l.reference
	if e.comment != "" {
		r.Tags = append(r.Tags, e.comment)
	}
	switch {
	case e.kind == allowed:
		r.Mention, r.Context = true, e.context
	case open && !(r.Type.IsHash() && r.Type == l.longest):
		l.Find("open-end", feed.Warning, no, "the document ends in this line without an end of line; check that %s is whole, for a cut download ends like this too", feed.Quote(value))
	}
	if l.over != "" && e.kind == entry && r.Type == feed.Domain && scan.FileLike(r.Value) {
		l.tally.Add("maybe-file", feed.Warning, no, "entries below a comment that speaks of files may be the names of files or of hosts; they are mentions; switch on what is meant, and write hosts defanged")
		r.Type, r.Mention, r.Context = feed.FileName, true, "a name of a file or of a host, below the comment "+feed.Quote(l.over)
	}
	l.setAside(&r, value)
	if r.Type.IsHash() && (l.longest == "" || digits[r.Type] > digits[l.longest]) {
		l.longest = r.Type
	}
	l.n++
	l.used = true
	return l.Add(r)
}

// digits orders hashes by their length: a short one may be the beginning of a
// longer one.
var digits = map[feed.Type]int{feed.MD5: 32, feed.SHA1: 40, feed.SHA256: 64, feed.SHA3384: 96, feed.SHA512: 128}

// unreadable tells of a line or value of which no IOC is made.
func (l *list) unreadable(text string, no int) error {
	if strings.ContainsAny(text, " \t") && isHostsLine(text) && isPublic(strings.Fields(text)[0]) {
		l.Find("unread-text", feed.Warning, no, "the line %s gives names an address of the public network, so it may be of the own hosts or of an attack; what stands in it is listed and off, switch on what is meant", feed.Quote(text))
		return l.mentions(text, no, "text among the entries")
	}
	if strings.ContainsAny(text, " \t") {
		l.Find("unread-text", feed.Info, no, "no IOC is made of the line %s, which is not one indicator", feed.Quote(text))
		return l.mentions(text, no, "text among the entries")
	}
	l.Find("bad-value", feed.Error, no, "%s is no indicator whose type can be told by its looks, so no IOC is made of it", feed.Quote(text))
	return l.mentions(text, no, "text among the entries")
}

// comment takes a comment: a reference, a count of entries, or words.
func (l *list) comment(text string, no int) error {
	if ref, ok := reference(text); ok {
		switch {
		case l.used || l.reference == "":
			l.reference = ref
		default:
			l.reference += " " + ref
		}
		l.used = false
		return nil
	}
	if name, count, ok := strings.Cut(text, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "Number of entries") {
		if n, err := strconv.Atoi(strings.TrimSpace(count)); err == nil && n >= 0 {
			l.Total = n
			return nil
		}
	}
	return l.mentions(text, no, "a comment")
}

// reference is what a comment refers to: "Reference: https://...".
func reference(text string) (ref string, ok bool) {
	name, ref, ok := strings.Cut(text, ":")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "Reference") {
		return "", false
	}
	ref = strings.TrimSpace(ref)
	return ref, ref != ""
}

// mentions notes what looks like an indicator in words.
func (l *list) mentions(text string, no int, where string) error {
	for _, h := range scan.Find(text) {
		if err := l.Add(records.Record{Type: h.Type, Value: h.Value, Line: no, Mention: true, Context: where}); err != nil {
			return err
		}
	}
	return nil
}

// end tells what was counted.
func (l *list) end() {
	l.endAside()
	l.tally.Report(l.Find)
	if l.others > 0 {
		l.Find("not-an-ioc", feed.Info, l.otherAt, "no IOC is made of %s from here on, paths or filters for parts of pages: Quarry hunts none of them", count(l.others, "entry", "entries"))
	}
	if l.Total != feed.NoTotal && l.Total != l.n+l.others {
		l.Find("count-differs", feed.Warning, 1, "the list states %s and %d could be used; check the source for what is missing or was added", count(l.Total, "entry", "entries"), l.n)
	}
	l.End()
	feed.SortFindings(l.Findings)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
