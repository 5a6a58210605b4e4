package mail

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/scan"
)

// Limits of what is read of a mail.
const (
	maxDepth = 16  // parts within parts
	maxParts = 256 // of a file
)

// walk is a file while it is read.
type walk struct {
	name    string
	lines   int // of the file
	readers *feed.Registry
	out     feed.Sink

	last      *feed.Bulletin // that began last, or nil
	subject   string         // of the first mail
	parts     int
	found     []feed.IOC      // in headers, and in forms of a text that are not read
	inSubject map[string]bool // by key: written as an IOC in a subject, and not on in what was read
	on        map[string]bool // by key: the first IOCs that are on
	findings  []feed.Finding  // about the mail itself
}

// find adds a finding about the mail itself.
func (w *walk) find(code string, severity feed.Severity, line int, text string) {
	at := feed.Source{Name: w.name, Line: min(line, w.lines)} // a part that is empty begins behind the last line
	w.findings = append(w.findings, feed.Finding{Code: code, Severity: severity, Source: at, Text: text})
}

// mail reads a mail that begins on a line of the file.
func (w *walk) mail(text string, line, depth int) error {
	_, text, line = envelope(text, line)
	e, _ := takeEntity(text, line)
	e.whole = depth > 0
	w.subject = cmp.Or(w.subject, decodeWords(e.header.get("subject")))
	w.mentions(e.header)
	return w.part(e, depth)
}

// mentions takes what stands in a header.
func (w *walk) mentions(h header) {
	for _, f := range h {
		if slices.Contains(words().Unlooked, f.name) {
			continue
		}
		text := f.text()
		for _, hit := range scan.Find(text) {
			i := feed.IOC{
				Type: hit.Type, Value: hit.Value, Confidence: feed.NoConfidence, Mention: true, Context: "header " + feed.Quote(f.name),
				Sources: []feed.Source{{Name: w.name, Line: f.line}},
			}
			w.found = append(w.found, i)
			if f.name == "subject" && asIOC(text, hit) {
				w.named(i)
			}
		}
	}
}

// part reads a mail or a part of one.
func (w *walk) part(e entity, depth int) error {
	kind, params := e.header.mediaType()
	boundary := params["boundary"]
	switch {
	case w.parts >= maxParts:
		if w.parts == maxParts {
			w.find("attachment-unread", feed.Warning, e.line, "the mail has more than 256 parts; from here on they are left out")
		}
		w.parts++
		return nil
	case strings.HasPrefix(kind, "multipart/") && boundary != "" && depth < maxDepth:
		if m := split(e, boundary); len(m.parts) > 0 {
			return w.multipart(kind, m, depth+1)
		}
		w.find("mail-damaged", feed.Warning, e.line, "nothing in the mail is parted as its header says, so all of it is read as text")
		e.header = nil
	case kind == "message/rfc822" && depth < maxDepth && readable(e.header.encoding()):
		return w.mail(e.body, e.line, depth+1)
	case depth == maxDepth:
		w.unread(e, feed.Warning, "it is a part within more parts than are looked into", "save it by itself")
		return nil
	}
	w.parts++
	return w.leaf(e, kind)
}

// readable reports whether a way to encode leaves a text as it is.
func readable(encoding string) bool {
	return !slices.Contains([]string{"quoted-printable", "base64"}, encoding)
}

// multipart reads the parts of a mail that has some.
func (w *walk) multipart(kind string, m multi, depth int) error {
	if !m.closed {
		w.find("text-cut", feed.Error, m.end, "the mail ends within one of its parts, so what follows is missing; save it again")
	}
	if m.beside > 0 {
		w.find("unread-text", feed.Warning, m.beside, "text outside of the parts of the mail holds what looks like an IOC; nothing is taken from it")
	}
	if kind == "multipart/alternative" {
		return w.alternative(m.parts, depth)
	}
	for _, e := range m.parts {
		if err := w.part(e, depth); err != nil {
			return err
		}
	}
	return nil
}

// leaf reads a part that has no parts.
func (w *walk) leaf(e entity, kind string) error {
	if words().isPicture(kind) {
		w.unread(e, feed.Info, "it is no text but "+feed.Quote(kind), "")
		return nil
	}
	d, err := decode(e)
	if err != nil {
		w.unread(e, feed.Warning, "it is encoded as "+feed.Quote(e.header.encoding())+", which is not read", "save it by itself")
		return nil
	}
	if d.damage != "" {
		w.find("mail-damaged", feed.Error, d.at, "the part "+e.named()+" is damaged: "+d.damage+"; save the mail again")
	}
	switch {
	case d.asIs:
		w.find("mail-damaged", feed.Warning, d.oddLine, "the part "+e.named()+" says that it is quoted-printable, but no encoder writes "+feed.Quote(d.odd)+", so it is read as it stands; check the values that hold an equals sign")
	case d.odd != "":
		w.find("mail-damaged", feed.Warning, d.oddLine, "the part "+e.named()+" is quoted-printable, but no encoder writes "+feed.Quote(d.odd)+"; it is decoded all the same, so check the values of the line")
	}
	if len(strings.TrimSpace(string(d.text[:min(len(d.text), feed.HeadSize)]))) == 0 {
		return nil
	}
	return w.read(e, kind, d)
}

// read gives the text of a part to the reader that is surest of it.
func (w *walk) read(e entity, kind string, d *decoded) error {
	text := string(d.text)
	if kind == "text/html" {
		text = "<html>" + text // which may begin with any element
		if e.whole {
			text += "</html>"
		}
	}
	if strings.HasPrefix(text, "\x1f\x8b") {
		w.unread(e, feed.Warning, "it is compressed with gzip", "save and open it by itself")
		return nil
	}
	in, err := feed.NewInput(w.name, strings.NewReader(text))
	if err == nil {
		in.Unsummed()
		p := &placing{walk: w, Sink: w.out, lines: d}
		err = w.readers.Read(in, p)
		p.place(cmp.Or(e.header.fileName(), w.subject))
		if len(p.begun) > 0 {
			w.tell(e, p.begun[0].Format)
		}
	}
	var bad *feed.InputError
	switch {
	case !errors.As(err, &bad):
		return err
	case !e.header.attached() && bad.Line == 0 && strings.HasPrefix(kind, "text/"): // a greeting, and the rest is attached
	default:
		w.unread(e, feed.Warning, bad.Reason, bad.Advice)
	}
	return nil
}

// tell tells what was read, and where its lines are, where that is not plain to see.
func (w *walk) tell(e entity, format string) {
	switch encoded := e.header.encoding() == "base64"; {
	case e.header.attached():
		w.find("mail-part", feed.Info, e.line, "the attachment "+e.named()+" is read, too, as "+format+"; its lines are those of the mail")
	case encoded:
		w.find("mail-part", feed.Info, e.line, "the text stands encoded (base64) from this line on; its lines are those of the mail that hold it")
	}
}

// unread tells of a part that is not read.
func (w *walk) unread(e entity, severity feed.Severity, reason, advice string) {
	text := "the part " + e.named() + " is not read: " + reason
	if advice != "" {
		text += "; " + advice
	}
	w.find("attachment-unread", severity, e.line, text)
}

// named names a part in a sentence.
func (e entity) named() string {
	kind, _ := e.header.mediaType()
	return feed.Quote(cmp.Or(e.header.fileName(), kind))
}

// end gives the sink what is about the mail as a whole.
func (w *walk) end() error {
	w.tellSubject()
	if w.last == nil {
		if len(w.found) == 0 && len(w.findings) == 0 {
			return &feed.InputError{Name: w.name, Reason: "nothing in this mail looks like an IOC", Advice: "check that it is the right one"}
		}
		w.begin(&feed.Bulletin{Source: feed.Source{Name: w.name, Line: 1}, Total: feed.NoTotal, Title: w.subject})
	}
	for _, i := range w.found {
		if err := w.out.IOC(i); err != nil {
			return err
		}
	}
	w.last.Findings = append(w.last.Findings, w.findings...)
	return nil
}

// begin begins a document.
func (w *walk) begin(b *feed.Bulletin) {
	w.last = b
	w.out.Document(b)
}
