package own

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// object is an IOC as [feed.IOC.MarshalJSON] and a review write it. Host, port
// and warnings follow from the value.
type object struct {
	Type       feed.Type   `json:"type"`
	Value      string      `json:"value"`
	Threat     feed.Threat `json:"threat"`
	Family     string      `json:"family"`
	Confidence *int        `json:"confidence"`
	FirstSeen  string      `json:"first_seen"`
	LastSeen   string      `json:"last_seen"`
	Reference  string      `json:"reference"`
	Tags       []string    `json:"tags"`
	Source     string      `json:"source"`
	Line       int         `json:"line"`
	Mention    *bool       `json:"mention"`
	Context    string      `json:"context"`
	Differs    []string    `json:"differs"`
	On         *bool       `json:"on"`
	LeftOut    string      `json:"left_out"`
	Verdict    string      `json:"verdict"`
	Note       string      `json:"note"`
}

// isIOC reports whether an object has what every IOC has.
func (o *object) isIOC() bool { return o.Type.Known() && o.Value != "" && o.Mention != nil }

// document is a document as it is read.
type document struct {
	*records.Document
	at      object // that an IOC is made of
	decided int    // IOCs with a verdict or a note
	first   int    // the line of the first
}

func begin(in *feed.Input, out feed.Sink) *document {
	d := new(document)
	d.Document = records.Begin(in, completing{out, d}, 1)
	return d
}

// completing is a sink that adds to an IOC what no record of a feed has: what
// sources say otherwise, and the place from which it came at first.
type completing struct {
	feed.Sink
	d *document
}

// IOC completes an IOC and passes it on.
func (c completing) IOC(i feed.IOC) error {
	o, here := c.d.at, i.Sources
	i.Threat, i.Differs = o.Threat, o.Differs // known to the first reader, which told of it
	if at := (feed.Source{Name: o.Source, Line: max(o.Line, 0)}); at != (feed.Source{}) && at != here[0] {
		i.Sources = append([]feed.Source{at}, here...)
	}
	return c.Sink.IOC(i)
}

// add gives an IOC to the sink. The error is that of the sink.
func (d *document) add(o *object, line int) error {
	if !o.isIOC() {
		d.Find("bad-record", feed.Error, line, "this has no type that Quarry knows, no value, or does not say whether it is a mention, so no IOC is made of %s", feed.Quote(o.Value))
		return nil
	}
	r := records.Record{
		Type: o.Type, Value: o.Value, Family: o.Family, FirstSeen: o.FirstSeen, LastSeen: o.LastSeen,
		Reference: o.Reference, Tags: slices.Clone(o.Tags), Line: line, Exact: true,
	}
	if o.Confidence != nil {
		r.Confidence = strconv.Itoa(*o.Confidence)
	}
	r.Mention, r.Context = *o.Mention, o.Context
	d.decide(o, &r)
	d.at = *o
	return d.Add(r)
}

// decide says what was decided of an IOC as far as an IOC can say it.
func (d *document) decide(o *object, r *records.Record) {
	if o.Verdict != "" || o.Note != "" {
		if d.decided++; d.decided == 1 {
			d.first = r.Line
		}
	}
	switch {
	case r.Mention && o.On != nil && *o.On:
		r.Mention = false
		if r.Context != "" {
			r.Tags = append(r.Tags, "was a mention in "+r.Context)
		}
		r.Context = ""
	case !r.Mention && (o.LeftOut != "" || o.On != nil && !*o.On):
		r.Mention, r.Context = true, "switched off in a review"
		if o.LeftOut != "" {
			r.Context = "left out in a review, " + o.LeftOut
		}
		if o.Verdict != "" {
			r.Context += ", judged " + o.Verdict
		}
		if o.Note != "" {
			r.Context += ": " + o.Note
		}
	case !r.Mention:
		r.Context = ""
	}
	if r.Mention && r.Context == "" {
		r.Context = "a mention in the document it comes from"
	}
}

// end tells what was not read. also names more of it, each in words.
func (d *document) end(also ...string) {
	if d.decided > 0 {
		d.Find("decisions-unread", feed.Info, d.first, "verdicts and notes are not read from JSON and CSV, and %d of these IOCs %s some; open the reviewed bulletin in Markdown to go on with them", d.decided, feed.Pick(d.decided, "has", "have"))
	}
	if len(also) > 0 {
		d.Find("decisions-unread", feed.Info, 1, "not read from an export: %s; open the reviewed bulletin in Markdown to go on with a review", strings.Join(also, ", "))
	}
	d.End()
	feed.SortFindings(d.Findings)
}

// isObject reports whether a line is one whole JSON object, and reads it.
func isObject(line string) (o object, ok bool) {
	err := json.Unmarshal([]byte(line), &o)
	return o, err == nil
}
