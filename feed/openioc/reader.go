package openioc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
	"quarry/feed/records"
)

// Reader reads OpenIOC. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "openioc".
func (Reader) Name() string { return "openioc" }

const sure feed.Sureness = 97

// spaces are the namespaces of OpenIOC 1.0 and 1.1; the second is also written
// with another year.
var spaces = []string{"http://schemas.mandiant.com/20", "http://openioc.org/schemas/"}

// Sure looks for the first element: an ioc or OpenIOC in one of the namespaces.
func (Reader) Sure(head []byte) feed.Sureness {
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<")) {
		return 0
	}
	dec := newDecoder(bytes.NewReader(head))
	for {
		t, err := dec.Token()
		if err != nil {
			return 0
		}
		if s, ok := t.(xml.StartElement); ok {
			if isRoot(s.Name) {
				return sure
			}
			return 0
		}
	}
}

func isRoot(n xml.Name) bool {
	if n.Local != "ioc" && n.Local != "OpenIOC" {
		return false
	}
	for _, s := range spaces {
		if strings.HasPrefix(n.Space, s) {
			return true
		}
	}
	return false
}

// newDecoder reads XML that is UTF-8, whatever its head says: what a document
// was encoded in is undone before. Entities other than those of XML itself are
// errors, so none can grow.
func newDecoder(r io.Reader) *xml.Decoder {
	dec := xml.NewDecoder(r)
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return dec
}

// Limits of what is held of a document.
const (
	maxDepth = 200      // elements within each other
	maxToken = 16 << 20 // bytes of an element's name and attributes, or of its text
	maxGroup = 10_000   // items of a group that asks for all of them
)

var errLongToken = fmt.Errorf("one piece of it is longer than %d MiB", maxToken>>20)

// bounded ends a document in a token that is too long.
type bounded struct {
	in    io.Reader
	token int // bytes since it began
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.token > maxToken {
		return 0, errLongToken
	}
	n, err := b.in.Read(p)
	b.token += n
	return n, err
}

// Read reads a document. The error is that of the input or of out; a document
// that breaks off gives what stands before, with a finding.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	b := &bounded{in: in}
	r := &reader{in: in, out: out, bounded: b, dec: newDecoder(b), remarks: map[*pattern.Term]string{}}
	err := r.read()
	if r.Document == nil {
		if err == nil {
			err = &feed.InputError{Name: in.Name, Reason: "there is no OpenIOC in it", Advice: "open an .ioc file"}
		}
		return err
	}
	if err != nil {
		if err = r.Broken(err); err != nil {
			return err
		}
	}
	r.end()
	return nil
}

// reader reads one document.
type reader struct {
	*records.Document // nil before its first element
	in                *feed.Input
	out               feed.Sink
	bounded           *bounded
	dec               *xml.Decoder
	tally             records.Tally

	path      []string // the elements that are open
	text      strings.Builder
	item      *item
	groups    []*group
	link      string // the relation of the link that is open
	family    string
	reference string
	tags      []string
	remarks   map[*pattern.Term]string // of items that are not used yet
}

// group is an Indicator: items and groups of which all or one must hold.
type group struct {
	and   bool
	nodes []pattern.Node
	items int  // in it and in all groups within
	over  bool // more than are held
}

// read goes through the document. But for the error of the sink all errors are
// [*feed.InputError].
func (r *reader) read() error {
	for {
		r.bounded.token = 0
		t, err := r.dec.Token()
		if err != nil {
			return r.failed(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = r.start(t)
		case xml.CharData:
			if r.text.Len()+len(t) <= maxToken {
				r.text.Write(t)
			}
		case xml.EndElement:
			err = r.close()
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) line() int {
	line, _ := r.dec.InputPos()
	return line
}

func (r *reader) failed(err error) error {
	var known *feed.InputError
	var syntax *xml.SyntaxError
	const again = "fetch the document again"
	switch {
	case err == io.EOF:
		return nil
	case errors.As(err, &known):
		return known
	case errors.As(err, &syntax):
		return &feed.InputError{Name: r.in.Name, Line: syntax.Line, Reason: "broken XML: " + feed.Quote(syntax.Msg), Advice: again}
	}
	return &feed.InputError{Name: r.in.Name, Line: r.line(), Reason: err.Error(), Advice: again, Err: err}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// start begins an element.
func (r *reader) start(e xml.StartElement) error {
	if len(r.path) == maxDepth {
		return &feed.InputError{Name: r.in.Name, Line: r.line(), Reason: fmt.Sprintf("more than %d elements stand within each other", maxDepth), Advice: "open the part you need"}
	}
	r.path = append(r.path, e.Name.Local)
	r.text.Reset()
	if r.Document == nil {
		if !isRoot(e.Name) {
			return &feed.InputError{Name: r.in.Name, Line: r.line(), Reason: "the first element is " + feed.Quote(e.Name.Local), Advice: "open an .ioc file"}
		}
		r.Document = records.Begin(r.in, r.out, r.line())
		return nil
	}
	switch e.Name.Local {
	case "Indicator":
		r.groups = append(r.groups, &group{and: strings.EqualFold(attr(e, "operator"), "AND")})
	case "IndicatorItem":
		r.item = &item{condition: attr(e, "condition"), negate: records.Text(attr(e, "negate")).Is(), line: r.line()}
	case "Context":
		if r.item != nil {
			r.item.search = attr(e, "search")
		}
	case "link":
		r.link = attr(e, "rel")
		if href := attr(e, "href"); records.WebAddress(href) && r.reference == "" {
			r.reference = href
		}
	}
	return nil
}

// close ends the element that began last.
func (r *reader) close() error {
	name := r.path[len(r.path)-1]
	r.path = r.path[:len(r.path)-1]
	text := strings.TrimSpace(r.text.String())
	r.text.Reset()
	if r.Document == nil {
		return nil
	}
	switch name {
	case "short_description":
		r.Title = records.Words(text)
	case "description":
		r.Text = text
	case "keywords", "keyword":
		r.tag(text)
	case "Comment":
		if r.item != nil {
			r.item.comment = text
		}
	case "link":
		r.linked(text)
	case "Content":
		if r.item != nil {
			r.item.content = text
		}
	case "IndicatorItem":
		if i := r.item; i != nil {
			r.item = nil
			return r.take(i)
		}
	case "Indicator":
		return r.closeGroup()
	}
	return nil
}

// linked takes in a link of the document: its relation says what it is.
func (r *reader) linked(text string) {
	switch strings.ToLower(r.link) {
	case "family":
		r.family = records.Words(text)
		r.Family = r.family
	case "":
	default:
		if text != "" {
			r.tag(r.link + " " + text)
		}
	}
}

// maxTags is how many words of a document go to each of its IOCs.
const maxTags = 64

func (r *reader) tag(text string) {
	if text != "" && len(r.tags) < maxTags {
		r.tags = append(r.tags, text)
	}
}

// take uses an item: at once, or with the others of a group that asks for all.
func (r *reader) take(i *item) error {
	if code, text := i.why(); code != "" {
		r.left(code, i.line, text)
	} else if strings.EqualFold(i.condition, "contains") {
		r.tally.Add("condition-widened", feed.Info, i.line, "values that are looked for as a part of something are read as the whole")
	}
	t := i.term()
	if i.comment != "" {
		r.remarks[&t] = i.comment
	}
	return r.node(pattern.Node{Term: &t})
}

// left counts an item that no IOC can say.
func (r *reader) left(code string, line int, text string) {
	r.tally.Add(code, feed.Info, line, text)
}

// node puts a condition into the group that asks for all of its own, or uses it
// where there is none.
func (r *reader) node(n pattern.Node) error {
	var g *group
	for _, outer := range r.groups {
		if g == nil && outer.and {
			g = outer
		}
	}
	if g == nil {
		return r.use(n)
	}
	if g.items++; g.items > maxGroup {
		g.over = true
		r.tally.Add("complex-condition", feed.Warning, r.line(), fmt.Sprintf("items of groups that ask for all of more than %d are left out", maxGroup))
		return nil
	}
	inner := r.groups[len(r.groups)-1]
	inner.nodes = append(inner.nodes, n)
	return nil
}

// closeGroup ends an Indicator.
func (r *reader) closeGroup() error {
	if len(r.groups) == 0 {
		return nil
	}
	g := r.groups[len(r.groups)-1]
	r.groups = r.groups[:len(r.groups)-1]
	if len(g.nodes) == 0 {
		return nil
	}
	if g.over { // it asks for more than is known of it
		g.nodes = append(g.nodes, pattern.Node{Term: &pattern.Term{Kind: pattern.Other}})
	}
	return r.node(pattern.Node{And: g.and, Nodes: g.nodes})
}

// use gives the indicators of a condition.
func (r *reader) use(n pattern.Node) error {
	defer clear(r.remarks)
	for _, v := range pattern.Results(n) {
		rec := records.Record{
			Type: v.Type, Value: v.Value, Port: v.Port, Line: v.Line, Family: r.family, Reference: r.reference, Tags: records.Tags(append(r.tags[:len(r.tags):len(r.tags)], r.remarks[v.Term])...),
		}
		if v.Why != "" {
			rec.Mention, rec.Context = true, contexts[v.Why]
			r.tally.Add(string(v.Why), feed.Info, v.Line, told[v.Why])
		}
		if v.Narrower {
			r.tally.Add("narrower-condition", feed.Warning, v.Line, "indicators ask for more than the value, which is hunted alone")
		}
		if v.PortLost || v.Port != "" && v.Type != feed.IP {
			r.tally.Add("port-left-out", feed.Warning, v.Line, "names and blocks with a port are hunted without it")
		}
		if err := r.Add(rec); err != nil {
			return err
		}
	}
	return nil
}

// contexts says where a value stands that is no indicator by itself.
var contexts = map[pattern.Why]string{
	pattern.PartOfAnd: "part of a group that asks for more than this value",
	pattern.BesideOne: "the name of a file whose hash is an indicator",
	pattern.TooMany:   "part of a group with too many alternatives",
}

// told says of all such values what follows.
var told = map[pattern.Why]string{
	pattern.PartOfAnd: "values of groups that ask for more than one thing at once are mentions",
	pattern.BesideOne: "names of files whose hash is an indicator are mentions",
	pattern.TooMany:   "values of groups with too many alternatives are mentions",
}

// end ends the document. Of groups that were not closed nothing is known to be
// all that they ask for.
func (r *reader) end() {
	for _, g := range r.groups {
		for range g.nodes {
			r.tally.Add("text-cut", feed.Error, r.line(), "items of groups that are not closed are left out")
		}
	}
	r.tally.Report(r.Find)
	r.End()
}
