package misp

import (
	"cmp"
	"slices"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// header is what an event says of itself.
type header struct {
	info    string
	reports []string
	tags    []string // but for those of galaxies
	all     []string
	family  string
	link    string // the only one
	links   int
}

type tag struct {
	Name records.Text `json:"name"`
}

// attribute is one of an event, or of an object in it.
type attribute struct {
	Type      records.Text `json:"type"`
	Value     records.Text `json:"value"`
	ToIDs     records.Text `json:"to_ids"`
	Deleted   records.Text `json:"deleted"`
	Comment   records.Text `json:"comment"`
	FirstSeen records.Text `json:"first_seen"`
	LastSeen  records.Text `json:"last_seen"`
	Relation  records.Text `json:"object_relation"`
	Tags      []tag        `json:"Tag"`
	Event     struct {
		Info records.Text `json:"info"`
	} `json:"Event"` // where attributes were searched for
	Shadow []struct{} `json:"ShadowAttribute"`

	line  int
	ports []string // of a name, on which it is reached
	link  string   // that stands in the same object
}

// object is attributes that belong together.
type object struct {
	Name      records.Text
	Deleted   records.Text
	Comment   records.Text
	FirstSeen records.Text
	LastSeen  records.Text
	all       []*attribute
}

// head reads what an event says of itself.
func (r *reader) head(j *records.JSON, wrong func(error) error) error {
	at := len(r.heads)
	r.heads = append(r.heads, header{})
	h := &r.heads[at]
	err := j.Object(func(key string) error {
		switch key {
		case "info":
			var info records.Text
			err := j.Decode(&info)
			h.info = string(info)
			return wrong(err)
		case "Tag":
			var tags []tag
			err := j.Decode(&tags)
			h.addTags(tags)
			return wrong(err)
		case "EventReport":
			var reports []struct {
				Content records.Text `json:"content"`
			}
			err := j.Decode(&reports)
			for _, p := range reports {
				h.reports = append(h.reports, strings.TrimSpace(string(p.Content)))
			}
			return wrong(err)
		case "Attribute":
			return wrong(j.List(func() error {
				var a struct{ Type, Value records.Text }
				err := j.Decode(&a)
				if a.Type == "link" && string(a.Value) != h.link {
					h.links++
					h.link = string(a.Value)
				}
				return wrong(err)
			}))
		}
		return j.Skip()
	})
	return wrong(err)
}

// addTags takes in the tags of an event. What it says of malware is true of all
// attributes if it names one; its other galaxies describe the event.
func (h *header) addTags(tags []tag) {
	var malware []string
	for _, t := range tags {
		h.all = append(h.all, string(t.Name))
		if f := familyOf(string(t.Name)); f != "" {
			if !slices.ContainsFunc(malware, func(m string) bool { return strings.EqualFold(m, f) }) {
				malware = append(malware, f)
			}
		} else if !strings.HasPrefix(string(t.Name), "misp-galaxy:") {
			h.tags = append(h.tags, string(t.Name))
		}
	}
	if len(malware) == 1 {
		h.family = malware[0]
	} else {
		h.tags = append(h.tags, malware...)
	}
	h.tags = records.Tags(h.tags...)
}

// text is the reports of an event, and its tags, which are not of an attribute.
func (h *header) text() string {
	all := slices.Clone(h.reports)
	if len(h.all) > 0 {
		all = append(all, "Tags: "+strings.Join(records.Tags(h.all...), ", "))
	}
	return strings.Join(all, "\n\n")
}

// event reads the attributes of an event.
func (r *reader) event(j *records.JSON, _ func(error) error) error {
	r.begin(j.Line())
	return r.Wrong(j.Object(func(key string) error {
		switch key {
		case "Attribute":
			return r.attributes(j)
		case "Object":
			return r.Wrong(j.List(func() error { return r.object(j) }))
		case "ShadowAttribute":
			line := j.Line()
			return r.Wrong(j.List(func() error {
				r.proposals(line, 1)
				return j.Skip()
			}))
		}
		return j.Skip()
	}))
}

func (r *reader) proposals(line, n int) {
	for range n {
		r.tally.Add("not-an-ioc", feed.Info, line, "proposals to change an event are no part of it")
	}
}

// attributes reads a list of attributes.
func (r *reader) attributes(j *records.JSON) error {
	return r.Wrong(j.List(func() error {
		a, err := r.attribute(j)
		if err != nil {
			return err
		}
		return r.use(a)
	}))
}

func (r *reader) attribute(j *records.JSON) (*attribute, error) {
	a := &attribute{line: j.Line()}
	err := j.Decode(a)
	return a, r.Wrong(err)
}

// object reads an object. Whether it is deleted may stand behind its attributes.
func (r *reader) object(j *records.JSON) error {
	line := j.Line()
	var o object
	fields := map[string]*records.Text{
		"name": &o.Name, "deleted": &o.Deleted, "comment": &o.Comment, "first_seen": &o.FirstSeen, "last_seen": &o.LastSeen,
	}
	err := j.Object(func(key string) error {
		if f, ok := fields[key]; ok {
			return r.Wrong(j.Decode(f))
		}
		if key != "Attribute" {
			return j.Skip()
		}
		return r.Wrong(j.List(func() error {
			a, err := r.attribute(j)
			if err == nil {
				o.all = append(o.all, a)
			}
			return err
		}))
	})
	if err = r.Wrong(err); err != nil {
		return err
	}
	if o.Deleted.Is() {
		r.tally.Add("deleted-record", feed.Info, line, "objects that the event marks as deleted are left out")
		return nil
	}
	ports, link := o.ports(), o.link()
	for _, a := range o.all {
		a.link = link
		a.Comment = cmp.Or(a.Comment, o.Comment)
		a.FirstSeen, a.LastSeen = cmp.Or(a.FirstSeen, o.FirstSeen), cmp.Or(a.LastSeen, o.LastSeen)
		if err := r.joined(a, ports); err != nil {
			return err
		}
	}
	return nil
}

// ports are those on which the addresses of an object are reached.
func (o *object) ports() (all []string) {
	for _, a := range o.all {
		if a.Type == "port" && a.Relation == "dst-port" && !a.Deleted.Is() && !slices.Contains(all, string(a.Value)) {
			all = append(all, string(a.Value))
		}
	}
	if len(all) > maxPorts {
		return nil
	}
	return all
}

// link is the one link of an object, which says where more is said of the rest of
// it, or "".
func (o *object) link() (one string) {
	for _, a := range o.all {
		switch {
		case a.Type != "link" || a.Deleted.Is() || string(a.Value) == one:
		case one != "":
			return ""
		default:
			one = string(a.Value)
		}
	}
	return one
}

// maxPorts is how many ports an object of a connection has at most.
const maxPorts = 16

// joined uses an attribute of an object: the address of a connection with its
// ports.
func (r *reader) joined(a *attribute, ports []string) error {
	isAddress := a.Type == "ip-dst" && (a.Relation == "ip-dst" || a.Relation == "ip")
	if a.Type == "domain" || a.Type == "hostname" {
		a.ports = ports
	}
	switch {
	case len(ports) > 0 && a.Type == "port" && a.Relation == "dst-port":
		return nil
	case len(ports) == 0 || !isAddress || strings.Contains(string(a.Value), "/"):
		return r.use(a)
	}
	for _, p := range ports {
		with := *a
		with.Type, with.Value = "ip-dst|port", a.Value+records.Text("|"+p)
		if err := r.use(&with); err != nil {
			return err
		}
	}
	return nil
}

// use gives the indicators of an attribute.
func (r *reader) use(a *attribute) error {
	r.proposals(a.line, len(a.Shadow))
	if a.Deleted.Is() {
		r.tally.Add("deleted-record", feed.Info, a.line, "attributes that the event marks as deleted are left out")
		return nil
	}
	if a.Type == "" {
		r.Find("unknown-type", feed.Warning, a.line, "the attribute %s has no type, so no IOC is made of it", feed.Quote(string(a.Value)))
		return nil
	}
	if a.Type == "uri" && !records.IsURL(string(a.Value)) {
		r.tally.Add("not-an-ioc", feed.Info, a.line, `attributes of the type "uri" that are parts of URLs are no IOCs`)
		return nil
	}
	if _, known := types()[string(a.Type)]; !known {
		r.tally.Add("not-an-ioc", feed.Info, a.line, "attributes of the type "+feed.Quote(string(a.Type))+" are no IOCs that Quarry hunts")
		return nil
	}
	all, lost := a.values()
	if lost || len(a.ports) > 0 {
		r.tally.Add("port-left-out", feed.Warning, a.line, "names and blocks with a port are hunted without it; it is kept as a tag")
	}
	if a.Type != "link" && !a.ToIDs.Is() && len(all) > 0 {
		r.tally.Add("not-for-detection", feed.Info, a.line, "attributes without to_ids are mentions, off until you switch them on: the event does not mean them for detection")
	}
	for _, rec := range all {
		if err := r.Add(r.record(a, rec)); err != nil {
			return err
		}
	}
	return nil
}

// record adds to a value what its attribute and event say.
func (r *reader) record(a *attribute, rec records.Record) records.Record {
	h := r.now()
	rec.Line, rec.FirstSeen, rec.LastSeen = a.line, string(a.FirstSeen), string(a.LastSeen)
	switch {
	case a.Type == "link":
		rec.Mention, rec.Context = true, "a link, which is a reference"
	case !a.ToIDs.Is():
		rec.Mention, rec.Context = true, "to_ids is not set: the event does not mean it for detection"
	}
	var tags []string
	for _, t := range a.Tags[:min(len(a.Tags), maxTags)] {
		word := string(t.Name)
		rec.Family = cmp.Or(rec.Family, familyOf(word))
		rec.Confidence = cmp.Or(rec.Confidence, confidenceOf(word))
		rec.Threat = cmp.Or(rec.Threat, records.ThreatOf(rec.Type, cmp.Or(killChain(word), word)))
		tags = append(tags, word)
	}
	tags = append(tags, h.tags...)
	for _, word := range h.tags {
		rec.Confidence = cmp.Or(rec.Confidence, confidenceOf(word))
	}
	for _, p := range a.ports {
		tags = append(tags, "port "+p)
	}
	tags = append(tags, rec.Tags...)
	comment := strings.TrimSpace(string(a.Comment))
	if c, ok := claimOf(rec.Type, comment); ok {
		rec.Family, rec.Threat, rec.Confidence = cmp.Or(c.family, rec.Family), cmp.Or(c.threat, rec.Threat), c.confidence
	}
	if records.WebAddress(comment) {
		rec.Reference = comment
	} else {
		tags = append(tags, comment)
	}
	rec.Family = cmp.Or(rec.Family, h.family)
	if a.Type != "link" {
		rec.Reference = cmp.Or(rec.Reference, a.link)
	}
	if h.links == 1 && a.Type != "link" {
		rec.Reference = cmp.Or(rec.Reference, h.link)
	}
	rec.Tags = records.Tags(append(tags, string(a.Event.Info))...)
	return rec
}

// maxTags is how many tags of an attribute are looked at.
const maxTags = 100
