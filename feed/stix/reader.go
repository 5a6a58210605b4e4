package stix

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
	"quarry/feed/records"
)

// Reader reads STIX 2. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "stix".
func (Reader) Name() string { return "stix" }

// How sure the reader is.
const (
	sureOfBundle  feed.Sureness = 98
	sureOfObjects feed.Sureness = 95 // objects without a bundle
	sureOfOld     feed.Sureness = 97 // STIX 1, which is refused
)

// Sure looks for a bundle, for objects that are named as STIX names them, and
// for STIX 1, which [Reader.Read] refuses.
func (Reader) Sure(head []byte) feed.Sureness {
	switch shape, o := shapeOf(head); {
	case shape == noShape && isSTIX1(head, o):
		return sureOfOld
	case shape == noShape:
		return 0
	case o.Text("type") == "bundle", o.Text("[].type") == "bundle":
		return sureOfBundle
	}
	return sureOfObjects
}

// shape is where in a document its objects are.
type shape int

const (
	noShape   shape = iota
	aBundle         // {"objects":[...]}, also the answer of a TAXII server
	bundles         // a list of those
	objects         // a list of objects
	oneObject       // one, or one a line
)

// shapeOf tells the shape of a document by its head. Every object has an id of
// the form type--UUID but those of a bundle, which may be cut off.
func shapeOf(head []byte) (shape, *records.Outline) {
	o := records.NewOutline(head)
	of := func(prefix string) bool {
		t, id := o.Text(prefix+"type"), o.Text(prefix+"id")
		return t != "" && strings.HasPrefix(id, t+"--")
	}
	switch {
	case o.Has("objects") && (o.Text("type") == "bundle" || of("objects[].")):
		return aBundle, o
	case o.Text("[].type") == "bundle" && o.Has("[].objects"):
		return bundles, o
	case of("[]."):
		return objects, o
	case o.Text("type") != "bundle" && of(""):
		return oneObject, o
	}
	return noShape, o
}

// isSTIX1 reports whether a document is STIX 1, as XML or as JSON.
func isSTIX1(head []byte, o *records.Outline) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if bytes.HasPrefix(head, []byte("<")) {
		return bytes.Contains(head, []byte("STIX_Package")) && bytes.Contains(head, []byte("http://stix.mitre.org/"))
	}
	return o.Has("stix_header") || o.Has("id") && strings.HasPrefix(o.Text("version"), "1.") && o.Has("observables", "indicators", "ttps")
}

// Read reads all objects as one document. The error is that of the input or of
// out; a document that breaks off gives what stands before, with a finding.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	head := in.Head()
	shape, outline := shapeOf(head)
	switch {
	case shape == noShape && isSTIX1(head, outline):
		return &feed.InputError{Name: in.Name, Reason: "this is STIX 1, which is not read", Advice: "export it as STIX 2.1, for instance with stix2-elevator"}
	case shape == noShape:
		return &feed.InputError{Name: in.Name, Reason: "there is no STIX object in it", Advice: "open a STIX 2 bundle"}
	}
	text, err := in.Text()
	if err != nil {
		return err
	}
	d := records.Begin(in, out, 1+bytes.Count(text[:len(text)-len(bytes.TrimLeft(text, " \t\r\n"))], []byte("\n")))
	if line, n := records.BlankTrailingCommas(text); n > 0 {
		d.Find("trailing-comma", feed.Warning, line, "a comma stands before a closing bracket, which JSON does not allow; it is read without it")
	}
	r := &reader{Document: d, bundle: newBundle(), families: map[string]bool{}}
	// What an indicator means stands in other objects, which may come later. What
	// is wrong with the document is told when it is read again.
	_ = walk(records.NewJSONText(in.Name, text), shape, records.Soft, func(_ int, o *object, _ error) error {
		r.note(o)
		return nil
	})
	d.Title, d.Text = records.Words(r.title), r.text
	if err := walk(records.NewJSONText(in.Name, text), shape, r.Wrong, r.object); err != nil {
		if err = d.Broken(err); err != nil {
			return err
		}
	}
	if len(r.families) == 1 {
		for family := range r.families {
			d.Family = family
		}
	}
	r.tally.Report(d.Find)
	d.End()
	return nil
}

// reader reads one document.
type reader struct {
	*records.Document
	*bundle
	tally    records.Tally
	families map[string]bool
}

// walk goes through the objects of a document. visit gets each with its line,
// and with an error where a field is of another kind than the standard says;
// wrong gets the error of a list or bundle that is none.
func walk(j *records.JSON, s shape, wrong func(error) error, visit func(int, *object, error) error) error {
	one := func() error {
		line := j.Line()
		o := new(object)
		err := j.Decode(o)
		if broken := records.Soft(err); broken != nil {
			return broken
		}
		return visit(line, o, err)
	}
	in := func() error {
		return wrong(j.Object(func(key string) error {
			if key != "objects" {
				return j.Skip()
			}
			return wrong(j.List(one))
		}))
	}
	for j.More() {
		var err error
		switch s {
		case aBundle:
			err = in()
		case bundles:
			err = wrong(j.List(in))
		case objects:
			err = wrong(j.List(one))
		case oneObject:
			err = one()
		}
		if err != nil {
			return err
		}
	}
	return j.End()
}

// object reads one object.
func (r *reader) object(line int, o *object, wrong error) error {
	vs, observable := o.values(func(ref string) string { return r.addresses[ref] })
	if observable || o.Type == "indicator" || o.Type == "observed-data" {
		if err := r.Wrong(wrong); err != nil {
			return err
		}
	}
	switch {
	case o.Type == "indicator":
		return r.indicator(line, o)
	case observable:
		r.leftHashes(line, o)
		return r.observable(line, o, vs)
	case o.Type == "observed-data":
		return r.observedData(line, o)
	case notIOC[string(o.Type)] || strings.HasPrefix(string(o.Type), "x-"):
		r.tally.Add("not-an-ioc", feed.Info, line, "objects of the type "+feed.Quote(string(o.Type))+" are no IOCs that Quarry hunts")
	case o.Type == "":
		r.tally.Add("not-an-ioc", feed.Info, line, "objects without a type are left out")
	}
	return nil
}

// notIOC are objects that can be observed but not hunted by value, and those
// that others call indicators.
var notIOC = map[string]bool{
	"autonomous-system": true, "directory": true, "email-message": true, "mac-addr": true, "mutex": true, "process": true,
	"software": true, "user-account": true, "windows-registry-key": true, "x509-certificate": true, "vulnerability": true,
	"cryptocurrency-wallet": true, "bundle": true,
}

func (r *reader) leftHashes(line int, o *object) {
	for _, algorithm := range o.otherHashes() {
		r.tally.Add("not-an-ioc", feed.Info, line, "hashes by "+feed.Quote(algorithm)+" are no IOCs that Quarry hunts")
	}
}

// record is what an object says of all its values.
func (r *reader) record(line int, o *object, about []string) records.Record {
	family, others := r.about(about)
	rec := records.Record{Line: line, Family: family, Confidence: string(o.Confidence)}
	tags := slices.Concat(o.Labels, o.Kinds)
	for _, k := range o.KillChain {
		tags = append(tags, string(k.Phase))
	}
	tags = append(tags, others...)
	tags = append(tags, r.marks(o)...)
	for _, ref := range o.References {
		if rec.Reference == "" {
			rec.Reference = string(ref.URL)
		} else if ref.URL != "" && string(ref.URL) != rec.Reference {
			r.tally.Add("more-references", feed.Info, line, "objects name more references than one, of which the first is kept")
		}
		if ref.ID != "" {
			tags = append(tags, strings.TrimSpace(string(ref.Source)+" "+string(ref.ID)))
		}
	}
	if o.ValidUntil != "" {
		tags = append(tags, feed.UntilTag+string(o.ValidUntil))
	}
	// A name that is the value says nothing more.
	for _, remark := range []records.Text{o.Name, o.Description} {
		if o.Type == "indicator" && !strings.Contains(string(o.Pattern), string(remark)) {
			tags = append(tags, string(remark))
		}
	}
	rec.Tags = records.Tags(tags...)
	return rec
}

// add adds one value of what a record says. The words of the source decide the
// threat.
func (r *reader) add(rec records.Record) error {
	for _, word := range rec.Tags {
		if rec.Threat = records.ThreatOf(rec.Type, word); rec.Threat != "" {
			break
		}
	}
	if rec.Port != "" && rec.Type != feed.IP {
		r.tally.Add("port-left-out", feed.Warning, rec.Line, lostPorts)
	}
	if rec.Family != "" && !rec.Mention {
		r.families[rec.Family] = true
	}
	return r.Add(rec)
}

// observable reads an object of what can be observed. Alone it says nothing bad:
// it is an indicator where a relationship says so, or where the bundle has no
// other.
func (r *reader) observable(line int, o *object, vs []value) error {
	malware := r.malicious[o.ID]
	rec := r.record(line, o, malware)
	seen, observed := r.observed[o.ID]
	rec.FirstSeen, rec.LastSeen = seen.first, seen.last
	switch {
	case o.Revoked.Is():
		rec.Mention, rec.Context = true, "an object that the source has revoked"
	case len(malware) > 0:
	case observed:
		rec.Mention, rec.Context = true, observedContext
	case r.indicators > 0:
		rec.Mention, rec.Context = true, "an object of the bundle, beside its indicators"
	}
	return r.values(rec, vs)
}

const observedContext = "observed, which does not say that it is malicious"

// values adds the values of an object.
func (r *reader) values(rec records.Record, vs []value) error {
	for _, v := range vs {
		rec := rec
		rec.Type, rec.Value, rec.Port = v.t, v.value, v.port
		if v.name {
			rec.Mention, rec.Context = true, cmp.Or(rec.Context, contexts[pattern.BesideOne])
		}
		if v.client != "" {
			r.tally.Add("port-left-out", feed.Warning, rec.Line, lostPorts)
		}
		if err := r.add(withClient(rec, v.client)); err != nil {
			return err
		}
	}
	return nil
}

// observedData reads the objects within observed data, as STIX 2.0 has them.
func (r *reader) observedData(line int, o *object) error {
	all, lookup, ok := o.observedObjects()
	if !ok {
		r.Find("bad-field", feed.Warning, line, "the objects of this observed data cannot be read")
	}
	rec := r.record(line, o, nil)
	rec.FirstSeen, rec.LastSeen = string(o.FirstObserved), string(o.LastObserved)
	rec.Mention, rec.Context = true, observedContext
	for _, in := range all {
		vs, known := in.values(lookup)
		if !known {
			r.tally.Add("not-an-ioc", feed.Info, line, "objects of the type "+feed.Quote(string(in.Type))+" are no IOCs that Quarry hunts")
		}
		r.leftHashes(line, in)
		if err := r.values(rec, vs); err != nil {
			return err
		}
	}
	return nil
}
