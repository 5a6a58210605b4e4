package otx

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// Reader reads pulses. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "otx".
func (Reader) Name() string { return "otx" }

// How sure the reader is.
const (
	sureOfIndicators feed.Sureness = 96 // a pulse with indicators
	sureOfList       feed.Sureness = 85 // indicators without a pulse
	sureOfPulse      feed.Sureness = 90 // what a pulse says of itself, its indicators being further down
)

// Sure looks for the indicators of a pulse, or what it says of itself.
func (Reader) Sure(head []byte) feed.Sureness {
	if s, sure := shapeOf(head); s != noShape {
		return sure
	}
	return 0
}

// shape is where in a document pulses or indicators are.
type shape struct {
	prefix     string // of their list, as an [records.Outline] has it; "" of the document itself
	indicators bool   // there are indicators without a pulse
}

var noShape = shape{prefix: "none"}

// lists are where pulses, or indicators without one, stand: alone, in a list, in
// the answers of the API to "subscribed" and of its kin.
var lists = []string{"", "[]", "results[]", "pulses[]", "data[]"}

func shapeOf(head []byte) (shape, feed.Sureness) {
	o := records.NewOutline(head)
	for _, prefix := range lists {
		at := strings.TrimPrefix(prefix+".", ".")
		switch {
		case o.Has(at+"indicators[].indicator") && o.Has(at+"indicators[].type"):
			return shape{prefix: prefix}, sureOfIndicators
		case prefix != "" && o.Has(at+"indicator") && types[strings.ToLower(o.Text(at+"type"))].known() && !hasOther(o, at):
			return shape{prefix: prefix, indicators: true}, sureOfList
		case o.Has(at+"indicators", at+"author_name", at+"pulse_source") && o.Has(at+"name") && o.Has(at+"references") && o.Has(at+"adversary", at+"targeted_countries", at+"malware_families", at+"attack_ids"):
			return shape{prefix: prefix}, sureOfPulse
		}
	}
	return noShape, 0
}

// keys are those that OTX gives to an indicator.
var keys = []string{
	"id", "indicator", "type", "created", "modified", "content", "title", "description", "expiration", "is_active", "role", "access_type", "access_reason",
	"access_groups", "pulse_key", "pulse_info", "slug", "observations", "indicator_type", "type_title", "base_indicator", "sections", "false_positive", "validation",
}

// hasOther reports whether the objects below a path have keys that OTX does not
// give to indicators, so that they are another's.
func hasOther(o *records.Outline, path string) bool {
	return slices.ContainsFunc(o.Paths(), func(p string) bool {
		key, below := strings.CutPrefix(p, path)
		key, _, _ = strings.Cut(key, ".")
		return below && key != "" && !slices.Contains(keys, strings.TrimSuffix(key, "[]"))
	})
}

// Read reads each pulse as a document. The error is that of the input or of out;
// a document that breaks off gives what stands before, with a finding.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	s, _ := shapeOf(in.Head())
	if s == noShape {
		return &feed.InputError{Name: in.Name, Reason: "there is no pulse in it", Advice: "open a pulse of OTX as JSON"}
	}
	text, err := in.Text()
	if err != nil {
		return err
	}
	r := &reader{in: in, out: out, shape: s}
	r.comma, _ = records.BlankTrailingCommas(text)
	// What a pulse says of all its indicators may stand behind them. What is wrong
	// with the document is told when it is read again.
	_ = r.walk(records.NewJSONText(in.Name, text), records.Soft, r.head)
	if s.indicators {
		r.heads = []pulse{{}}
		r.begin(1 + bytes.Count(text[:len(text)-len(bytes.TrimLeft(text, " \t\r\n"))], []byte("\n")))
	}
	err = r.walk(records.NewJSONText(in.Name, text), r.wrong, r.pulse)
	if r.Document == nil {
		if err == nil {
			err = &feed.InputError{Name: in.Name, Reason: "there is no pulse in it", Advice: "open a pulse of OTX as JSON"}
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

// pulse is what a pulse says of itself.
type pulse struct {
	name, text         string
	tags, refs, attack records.Texts
	families           names
	adversary          records.Text
	tlp                records.Text
	count              records.Text
	all                []string // tags of all its indicators
}

// tagged gathers what the pulse says of all its indicators.
func (p *pulse) tagged() {
	all := slices.Clone(p.tags)
	if len(p.families) != 1 {
		all = append(all, p.families...)
	}
	all = append(append(all, string(p.adversary)), p.attack...)
	if p.tlp != "" {
		all = append(all, "tlp:"+strings.ToLower(string(p.tlp)))
	}
	p.all = records.Tags(all...)
}

// names are those of malware, which newer documents have in objects.
type names []string

// UnmarshalJSON reads a list of names or of objects with one.
func (n *names) UnmarshalJSON(b []byte) error {
	*n = nil
	var all []json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	for _, raw := range all {
		var named struct {
			Display records.Text `json:"display_name"`
			Name    records.Text `json:"name"`
			ID      records.Text `json:"id"`
		}
		var s records.Text
		var err error
		if raw[0] == '{' {
			err = json.Unmarshal(raw, &named)
			s = cmp.Or(named.Display, named.Name, named.ID)
		} else {
			err = json.Unmarshal(raw, &s)
		}
		if err != nil {
			return err
		}
		if s != "" && !slices.Contains(*n, string(s)) {
			*n = append(*n, string(s))
		}
	}
	return nil
}

// indicator is one of a pulse.
type indicator struct {
	Indicator   records.Text `json:"indicator"`
	Type        records.Text `json:"type"`
	Created     records.Text `json:"created"`
	Title       records.Text `json:"title"`
	Description records.Text `json:"description"`
	Active      records.Text `json:"is_active"`
	Expiration  records.Text `json:"expiration"`
	Role        records.Text `json:"role"`
}

// reader reads one document of the input after the other.
type reader struct {
	*records.Document // nil before the first
	in                *feed.Input
	out               feed.Sink
	shape             shape
	comma             int // the line of the first comma too many, or 0
	heads             []pulse
	next              int // of heads
	tally             records.Tally
	read              int // indicators of this pulse
}

// walk goes through the pulses of a document, or its indicators, with visit.
func (r *reader) walk(j *records.JSON, wrong func(error) error, visit func(*records.JSON, func(error) error) error) error {
	one := func() error { return visit(j, wrong) }
	var err error
	switch prefix := strings.TrimSuffix(r.shape.prefix, "[]"); {
	case r.shape.prefix == "":
		err = one()
	case prefix == "":
		err = wrong(j.List(one))
	default:
		err = wrong(j.Object(func(key string) error {
			if key != prefix {
				return j.Skip()
			}
			return wrong(j.List(one))
		}))
	}
	if err != nil {
		return err
	}
	return j.End()
}

// wrong makes a finding of the error of one value. Before the first pulse there
// is none to take it.
func (r *reader) wrong(err error) error {
	if r.Document == nil {
		return records.Soft(err)
	}
	return r.Wrong(err)
}

// head reads what a pulse says of itself.
func (r *reader) head(j *records.JSON, wrong func(error) error) error {
	if r.shape.indicators {
		return j.Skip()
	}
	at := len(r.heads)
	r.heads = append(r.heads, pulse{})
	p := &r.heads[at]
	var name, text records.Text
	defer func() {
		p.name, p.text = string(name), string(text)
		p.tagged()
	}()
	fields := map[string]any{
		"name": &name, "description": &text, "tags": &p.tags, "references": &p.refs, "attack_ids": (*names)(&p.attack),
		"malware_families": &p.families, "adversary": &p.adversary, "tlp": &p.tlp, "TLP": &p.tlp, "indicator_count": &p.count, "indicators_count": &p.count,
	}
	return wrong(j.Object(func(key string) error {
		if v, ok := fields[key]; ok {
			return wrong(j.Decode(v))
		}
		return j.Skip()
	}))
}

// pulse reads the indicators of a pulse.
func (r *reader) pulse(j *records.JSON, _ func(error) error) error {
	if r.shape.indicators {
		return r.indicator(j)
	}
	r.begin(j.Line())
	return r.wrong(j.Object(func(key string) error {
		if key != "indicators" {
			return j.Skip()
		}
		return r.wrong(j.List(func() error { return r.indicator(j) }))
	}))
}

// begin ends the pulse before and begins the next, on a line.
func (r *reader) begin(line int) {
	if r.Document != nil {
		r.end()
	}
	r.next++
	r.Document = records.Begin(r.in, r.out, line)
	p := r.now()
	r.Title, r.Text = records.Words(p.name), p.text
	if len(p.families) == 1 {
		r.Family = p.families[0]
	}
	if n, err := strconv.Atoi(string(p.count)); err == nil && n >= 0 {
		r.Total = n
	}
	r.read = 0
	if r.comma > 0 {
		r.Find("trailing-comma", feed.Warning, r.comma, "a comma stands before a closing bracket, which JSON does not allow; it is read without it")
		r.comma = 0
	}
}

// now is what the pulse says of itself that was begun last.
func (r *reader) now() pulse {
	if r.next <= len(r.heads) {
		return r.heads[r.next-1]
	}
	return pulse{}
}

func (r *reader) end() {
	if r.Total != feed.NoTotal && r.Total != r.read {
		r.Find("count-differs", feed.Warning, r.Source.Line, "the pulse counts %s, and there %s %d: the others may stand on another page of the answer", feed.Counted(r.Total, "indicator"), feed.Pick(r.read, "is", "are"), r.read)
	}
	r.tally.Report(r.Find)
	r.End()
}

// indicator reads one indicator.
func (r *reader) indicator(j *records.JSON) error {
	var i indicator
	line := j.Line()
	if err := j.Decode(&i); err != nil {
		if err = r.Wrong(err); err != nil {
			return err
		}
	}
	r.read++
	k := types[strings.ToLower(strings.TrimSpace(string(i.Type)))]
	switch {
	case k.t == feed.URL && strings.EqualFold(string(i.Type), "URI") && !records.IsURL(string(i.Indicator)):
		r.tally.Add("not-an-ioc", feed.Info, line, `indicators of the type "URI" that are parts of URLs are no IOCs`)
		return nil
	case i.Type == "":
		r.Find("unknown-type", feed.Warning, line, "the indicator %s has no type, so no IOC is made of it", feed.Quote(string(i.Indicator)))
		return nil
	case !k.known():
		r.tally.Add("unknown-type", feed.Warning, line, "indicators of the type "+feed.Quote(string(i.Type))+", which Quarry does not know, are mentions where their looks say what they are")
		if v, ok := records.ValueOf(string(i.Indicator)); ok {
			rec := r.record(i, v.Type, line)
			rec.Value = v.Value
			rec.Mention, rec.Context = true, "an indicator of a type that Quarry does not know"
			return r.Add(rec)
		}
		return nil
	case k.left:
		r.tally.Add("not-an-ioc", feed.Info, line, "indicators of the type "+feed.Quote(string(i.Type))+" are no IOCs that Quarry hunts")
		return nil
	}
	return r.Add(r.record(i, k.t, line))
}

// record is what an indicator and its pulse say.
func (r *reader) record(i indicator, t feed.Type, line int) records.Record {
	p := r.now()
	rec := records.Record{Type: t, Value: string(i.Indicator), FirstSeen: string(i.Created), Line: line, Threat: records.ThreatOf(t, string(i.Role))}
	if len(p.families) == 1 {
		rec.Family = p.families[0]
	}
	tags := append([]string{string(i.Role)}, p.all...)
	if i.Expiration != "" {
		tags = append(tags, feed.UntilTag+string(i.Expiration))
	}
	rec.Tags = records.Tags(append(tags, string(i.Title), string(i.Description))...)
	if len(p.refs) > 0 {
		rec.Reference = p.refs[0]
	}
	if len(p.refs) > 1 {
		r.tally.Add("more-references", feed.Info, line, "indicators have more references than one, of which the first is kept")
	}
	if i.Active != "" && !i.Active.Is() {
		rec.Mention, rec.Context = true, "an indicator that OTX says is not active any more"
	}
	return rec
}

// kind is what is made of a type of OTX.
type kind struct {
	t    feed.Type
	left bool // it is no IOC
}

func (k kind) known() bool { return k.t != "" || k.left }

// types are those of OTX in lower case. A path is read as the name of the file, as in all formats,
// and PEHASH and IMPHASH are not of the whole file.
var types = map[string]kind{
	"ipv4": {t: feed.IP}, "ipv6": {t: feed.IP}, "cidr": {t: feed.CIDR},
	"domain": {t: feed.Domain}, "hostname": {t: feed.Domain}, "email": {t: feed.Email},
	"url": {t: feed.URL}, "uri": {t: feed.URL},
	"filehash-md5": {t: feed.MD5}, "filehash-sha1": {t: feed.SHA1}, "filehash-sha256": {t: feed.SHA256},
	"filehash-pehash": {left: true}, "filehash-imphash": {left: true}, "filepath": {t: feed.FileName}, "mutex": {left: true},
	"cve": {left: true}, "yara": {left: true}, "ja3": {left: true}, "osquery": {left: true}, "sslcertfingerprint": {left: true}, "bitcoinaddress": {left: true},
}
