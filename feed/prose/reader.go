package prose

import (
	"errors"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// Reader reads text. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "text".
func (Reader) Name() string { return "text" }

// How sure the reader is of what. Nearly every other reader is surer of its
// own, so that what is left is read as text.
const (
	sureOfHTML       feed.Sureness = 60
	sureOfStructure  feed.Sureness = 38 // IOCs in lists and tables, below headings
	sureOfDefanging  feed.Sureness = 34 // sentences with many defanged values
	sureOfValues     feed.Sureness = 15 // something that looks like an IOC
	sureOfNothing    feed.Sureness = 1
	manyDefanged                   = 5
	mostly                         = 0.6 // of the lines of a list are values
	maxStructureHead               = 64 << 10
)

// Sure says how much of a report a document has: 60 for HTML, 30 to 40 for
// IOCs in the lists, tables and sections of Markdown and AsciiDoc and for many
// defanged ones, 15 for anything that looks like an IOC and 1 for every text.
func (Reader) Sure(head []byte) feed.Sureness {
	if isHTML(head) {
		return sureOfHTML
	}
	if c := strings.TrimLeft(string(head[:min(len(head), 512)]), " \t\n"); c == "" || strings.IndexByte("{[<", c[0]) >= 0 && !isList(c) {
		return sureOfNothing
	}
	d := survey(head)
	on := d.counts[inList] + d.counts[belowHeading] + d.counts[isDefanged]
	switch {
	case on+d.counts[mention] == 0:
		return sureOfNothing
	case !d.marked && float64(d.singles) > mostly*float64(d.lines):
		return sureOfValues // a bare list
	case d.marked && on > 0:
		return sureOfStructure
	case d.defanging >= manyDefanged:
		return sureOfDefanging
	}
	return sureOfValues
}

// isList reports whether a text that begins with a bracket is one of Markdown or
// of defanged values, and not JSON or XML.
func isList(s string) bool {
	return strings.HasPrefix(s, "[") && (strings.Contains(s[:min(len(s), 80)], "](") || strings.HasPrefix(s, "[cols") || strings.HasPrefix(s, "[options") || strings.HasPrefix(s, "[[") || strings.HasPrefix(s, "[+]") || strings.HasPrefix(s, "[*]"))
}

// survey reads the head of a document to learn what it is about.
func survey(head []byte) *document {
	if at := strings.LastIndexByte(string(head), '\n'); at >= 0 && len(head) == feed.HeadSize {
		head = head[:at+1]
	}
	in, err := feed.NewInput("", strings.NewReader(string(head)))
	if err != nil {
		return &document{}
	}
	d := &document{in: in, out: nothing{}, first: true, asciiDoc: isAsciiDoc(head)}
	_ = d.read(isHTML(head)) // what is wrong with it is said when it is read
	return d
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Document(*feed.Bulletin) {}
func (nothing) IOC(feed.IOC) error      { return nil }

// Read reads a document. That of one in which nothing looks like an IOC is an
// [*feed.InputError].
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	head := in.Head()
	s := survey(head)
	d := &document{in: in, out: out, first: true, asciiDoc: isAsciiDoc(head), defangs: s.defanging >= manyDefanged-2, site: s.site}
	d.strict = d.defangs && s.defanging >= s.plains
	d.bare = !s.marked && s.singles > 0 && float64(s.singles+s.modules) > mostly*float64(s.lines)
	d.holds = s.counts[inList]+s.counts[belowHeading]+s.counts[isDefanged] > 0
	d.encodedLine = encodedFrom(head)
	d.scales.known = s.scales.seen
	d.about = d.defangs || s.aboutIOCs
	d.ordinary = s.headed && !d.about && s.defanging == 0 && !s.hashes && !aboutThreats(head)
	return d.read(isHTML(head))
}

// enoughThreats is how many different words about threats make a document one
// about threats.
const enoughThreats = 2

// aboutThreats reports whether a text says words of the trade.
func aboutThreats(head []byte) bool {
	s := strings.ToLower(string(head))
	n := 0
	for w := range words().Threatening {
		if strings.Contains(s, w) {
			if n++; n == enoughThreats {
				return true
			}
		}
	}
	return false
}

// read reads the document to its end.
func (d *document) read(isPage bool) error {
	var err error
	if isPage {
		err = (&page{document: d}).read()
	} else {
		err = (&reader{document: d, lines: records.NewLines(d.in)}).read()
	}
	var broken *feed.InputError
	if errors.As(err, &broken) && d.doc != nil {
		d.doc.Find("text-cut", feed.Error, broken.Line, "the document cannot be read further (%s), so what follows is missing; %s", broken.Reason, broken.Advice)
		err = nil
	}
	if err != nil {
		return err
	}
	return d.end()
}

// isHTML reports whether a document begins as a page or a part of one.
func isHTML(head []byte) bool {
	s := strings.ToLower(string(head[:min(len(head), 2048)]))
	for {
		s = strings.TrimLeft(s, " \t\n\uFEFF")
		switch {
		case strings.HasPrefix(s, "<!--"), strings.HasPrefix(s, "<?xml"):
			at := strings.IndexByte(s, '>')
			if strings.HasPrefix(s, "<!--") {
				if at = strings.Index(s, "-->"); at >= 0 {
					at += 2
				}
			}
			if at < 0 {
				return false
			}
			s = s[at+1:]
			continue
		case strings.HasPrefix(s, "<!doctype html"):
			return true
		case !strings.HasPrefix(s, "<"):
			return false
		}
		name := s[1:]
		if at := strings.IndexAny(name, " \t\n/>"); at >= 0 {
			name = name[:at]
		} else {
			return false
		}
		return strings.Contains(" html head body div p h1 h2 h3 h4 h5 h6 table ul ol article section main meta title span pre blockquote header nav style script a b strong ", " "+name+" ")
	}
}

// isAsciiDoc reports whether a document has headings or tables of AsciiDoc.
func isAsciiDoc(head []byte) bool {
	s := string(head[:min(len(head), maxStructureHead)])
	for l := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(l, "|===") || strings.HasPrefix(l, "=") {
			if level, title := markedHeading(l, '='); strings.HasPrefix(l, "|===") || level > 0 && title != "" {
				return true
			}
		}
		if strings.HasPrefix(l, "# ") || strings.HasPrefix(l, "## ") {
			return false
		}
	}
	return false
}
