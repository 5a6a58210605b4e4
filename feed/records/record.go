package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"quarry/feed"
)

// Record is what a feed says of one indicator, in its own spelling.
type Record struct {
	Type       feed.Type
	Value      string
	Port       string // of an address, a name or a URL; "" and "0" are none
	Threat     feed.Threat
	Family     string
	Confidence string // as [ParseConfidence] reads it
	FirstSeen  string // as [feed.ParseSeenNumber] reads it
	LastSeen   string // likewise
	Reference  string
	Tags       []string
	Mention    bool
	Context    string // of a mention
	Line       int    // 0 in formats without lines
	Exact      bool   // Quarry wrote it: neither type nor value is read as another
	Bare       bool   // the format writes IPv6 with a port without brackets
}

// Finder takes what is wrong with a record.
type Finder func(code string, severity feed.Severity, line int, format string, args ...any)

// Read makes an IOC of a record, without a source. What it cannot use it tells
// find; ok is false where no IOC can be made of it. An address with one port
// becomes an ip:port; every other port is a tag, and so is what is no port. A value
// of the network that is not of the stated type but of another, and a path in place
// of the name of a file, are read as what they are, and told.
func Read(r Record, find Finder) (i feed.IOC, ok bool) {
	ok = read(&r, &i, find)
	return i, ok
}

// read fills in an IOC. Records and IOCs are large, and there are many.
func read(r *Record, i *feed.IOC, find Finder) (ok bool) {
	var remark func(Finder)
	if r.Port != "" && r.Port != "0" {
		remark = takePort(r)
	}
	value, looks, err := canonical(r)
	if err != nil {
		reason := err.Error()
		var ve *feed.ValueError
		if errors.As(err, &ve) {
			reason = ve.Reason
		}
		find("bad-value", feed.Error, r.Line, "%s is no %s (%s), so no IOC is made of it", feed.Quote(r.Value), r.Type, reason)
		return false
	}
	if remark != nil {
		remark(find)
	}
	if looks != nil {
		looks(find)
	}
	i.Type, i.Value, i.Threat, i.Family = r.Type, value, r.Threat, r.Family
	i.Reference, i.Tags, i.Mention, i.Context = r.Reference, r.Tags, r.Mention, r.Context
	if value != r.Value && feed.HasInvisible(r.Value) {
		find("invisible-character", feed.Warning, r.Line, "the value %s holds characters that cannot be seen; it is read as %s", feed.Quote(r.Value), feed.Defang(r.Type, value))
	}
	if value != r.Value && feed.HasOddHyphen(r.Value) {
		find("odd-hyphen", feed.Warning, r.Line, "the value %s holds a sign that only looks like a hyphen; it is read as %s", feed.Quote(r.Value), feed.Defang(r.Type, value))
	}
	if r.Type == feed.IPPort && !r.Bare && value[0] == '[' && !strings.Contains(strings.ReplaceAll(r.Value, "[:]", ":"), "]") {
		find("port-guessed", feed.Info, r.Line, "%s has no brackets around the address, so what stands behind the last colon is read as the port: %s", feed.Quote(r.Value), feed.Defang(r.Type, value))
	}
	if r.Threat != "" && !r.Threat.Known() {
		find("unknown-threat", feed.Warning, r.Line, "%s is not a threat type of ThreatFox; it is kept as it stands", feed.Quote(string(r.Threat)))
	}
	if i.FirstSeen, err = feed.ParseSeenNumber(r.FirstSeen); err != nil {
		find("bad-date", feed.Warning, r.Line, "%s is no date, so %s has no first seen", feed.Quote(r.FirstSeen), feed.Quote(value))
	}
	if i.LastSeen, err = feed.ParseSeenNumber(r.LastSeen); err != nil {
		find("bad-date", feed.Warning, r.Line, "%s is no date, so %s has no last seen", feed.Quote(r.LastSeen), feed.Quote(value))
	}
	if i.Confidence, err = ParseConfidence(r.Confidence); err != nil {
		find("bad-confidence", feed.Warning, r.Line, "%s is no percentage from 0 to 100, so %s has no confidence", feed.Quote(r.Confidence), feed.Quote(value))
	}
	return true
}

var errConfidence = errors.New("not a percentage from 0 to 100")

// ParseConfidence reads "75%" or "75"; "" is [feed.NoConfidence].
func ParseConfidence(s string) (int, error) {
	if s == "" {
		return feed.NoConfidence, nil
	}
	switch { // as nearly all are
	case s == "100":
		return 100, nil
	case len(s) == 2 && digit(s[0]) && digit(s[1]):
		return 10*int(s[0]-'0') + int(s[1]-'0'), nil
	}
	digits := strings.TrimSpace(strings.TrimSuffix(s, "%"))
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 100 || strings.Trim(digits, "0123456789") != "" {
		return feed.NoConfidence, errConfidence
	}
	return n, nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// Document is a bulletin that is made of records as they come.
type Document struct {
	*feed.Bulletin
	About string // what the findings to come are about where lines do not say it, such as "record 7"; "" says nothing
	out   feed.Sink
	name  string
	count map[string]*counted
	added bool          // there is an IOC
	place []feed.Source // not used yet
}

// counted is how many findings there are with one code.
type counted struct {
	n        int
	last     int // the line of the last
	severity feed.Severity
}

// MaxFindings is how many findings with one code a document has at most; the
// last of them says how many more there would be.
const MaxFindings = 1_000

// Begin begins a document that starts on a line, 0 where lines mean nothing.
func Begin(in *feed.Input, out feed.Sink, line int) *Document {
	d := &Document{
		Bulletin: &feed.Bulletin{Source: feed.Source{Name: in.Name, Line: line}, Total: feed.NoTotal},
		out:      out, name: in.Name, count: map[string]*counted{},
	}
	out.Document(d.Bulletin)
	return d
}

// Find adds a finding.
func (d *Document) Find(code string, severity feed.Severity, line int, format string, args ...any) {
	c := d.count[code]
	if c == nil {
		c = &counted{severity: severity}
		d.count[code] = c
	}
	if c.n++; c.n <= MaxFindings {
		if d.About != "" {
			format, args = "%s (%s)", []any{fmt.Sprintf(format, args...), d.About}
		}
		d.Findings = append(d.Findings, feed.Finding{
			Code: code, Severity: severity, Source: feed.Source{Name: d.name, Line: line}, Text: fmt.Sprintf(format, args...),
		})
	}
	c.last = line
}

// Add gives the IOC of a record to the sink. The error is that of the sink.
func (d *Document) Add(r Record) error {
	var i feed.IOC
	if !read(&r, &i, d.Find) {
		return nil
	}
	i.Sources = d.at(r.Line)
	d.added = true
	return d.out.IOC(i)
}

// at is a list of one place. Many are made at once: there is one for each IOC.
func (d *Document) at(line int) []feed.Source {
	if len(d.place) == 0 {
		d.place = make([]feed.Source, places)
	}
	one := d.place[:1:1]
	d.place = d.place[1:]
	one[0] = feed.Source{Name: d.name, Line: line}
	return one
}

// places is how many places are made at once.
const places = 128

// Stop is what a reader returns where it ended with an error, or nil: of a
// document that gave IOCs before what [Document.Broken] makes of it.
func (d *Document) Stop(err error) error {
	if !d.added {
		return err
	}
	return d.Broken(err)
}

// End says how many findings were left out. It is called once, at the end.
func (d *Document) End() {
	for _, f := range d.Findings { // in their order
		if c := d.count[f.Code]; c != nil && c.n > MaxFindings {
			d.Findings = append(d.Findings, feed.Finding{
				Code: f.Code, Severity: c.severity, Source: feed.Source{Name: d.name, Line: c.last},
				Text: fmt.Sprintf("%d more like those before, up to here", c.n-MaxFindings),
			})
			c.n = 0
		}
	}
}
