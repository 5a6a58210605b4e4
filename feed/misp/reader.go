package misp

import (
	"bytes"
	"fmt"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
)

// Reader reads MISP events. The zero Reader is ready for use.
type Reader struct{}

var _ feed.Reader = Reader{}

// Name is "misp".
func (Reader) Name() string { return "misp" }

// How sure the reader is.
const (
	sureOfEvent feed.Sureness = 97 // an event in its wrapping
	sureOfIndex feed.Sureness = 97 // a manifest or a list of hashes, as feeds have them
	sureOfBare  feed.Sureness = 90 // an event without its wrapping
)

// Sure looks for the wrapping of events, or what a feed's folder has beside them.
func (Reader) Sure(head []byte) feed.Sureness {
	switch shapeOf(head) {
	case noShape:
		return 0
	case bare:
		return sureOfBare
	case manifest, hashes:
		return sureOfIndex
	}
	return sureOfEvent
}

// shape is where in a document its events are.
type shape int

const (
	noShape    shape = iota
	wrapped          // {"Event":{...}}, or several in a row
	list             // [{"Event":{...}}]
	response         // {"response":[{"Event":{...}}]}
	attributes       // {"response":{"Attribute":[...]}}
	loose            // [{"type":...,"value":...,"to_ids":...}]
	bare             // {"info":..., "Attribute":[...]}
	manifest         // {"UUID":{"info":...,"Orgc":{...}}}
	hashes           // MD5,UUID a line
)

func shapeOf(head []byte) shape {
	if isHashes(head) {
		return hashes
	}
	o := records.NewOutline(head)
	switch {
	case o.Has("Event"):
		return wrapped
	case o.Has("[].type") && o.Has("[].value") && o.Has("[].to_ids"):
		return loose
	case o.Has("[].Event"):
		return list
	case o.Has("response[].Event"):
		return response
	case o.Has("response.Attribute"):
		return attributes
	case isManifest(o):
		return manifest
	case o.Has("info") && o.Has("Attribute", "Object", "Orgc") && o.Has("uuid", "date", "threat_level_id", "analysis"):
		return bare
	}
	return noShape
}

// isManifest reports whether the first key is the UUID of an event of which the
// value says the title and who made it.
func isManifest(o *records.Outline) bool {
	for _, path := range o.Paths() {
		key, _, _ := strings.Cut(path, ".")
		return isUUID(key) && o.Has(key+".info") && o.Has(key+".Orgc", key+".date", key+".timestamp")
	}
	return false
}

func isUUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !feed.IsHex(s[i]) {
			return false
		}
	}
	return true
}

// isHashes reports whether all lines are an MD5 and a UUID, as in the
// hashes.csv of a feed. The last may be cut off.
func isHashes(head []byte) bool {
	lines := 0
	for len(head) > 0 {
		line, rest, whole := bytes.Cut(head, []byte("\n"))
		sum, uuid, ok := strings.Cut(strings.TrimSpace(string(line[:min(len(line), 200)])), ",")
		if !ok || len(sum) != 32 || strings.ContainsFunc(sum, func(r rune) bool { return r > 'f' || !feed.IsHex(byte(r)) }) || !isUUID(uuid) {
			return lines > 0 && (!whole || len(bytes.TrimSpace(head)) == 0)
		}
		lines++
		head = rest
	}
	return lines > 0
}

// Read reads each event as a document. The error is that of the input or of out;
// a document that breaks off gives what stands before, with a finding.
func (Reader) Read(in *feed.Input, out feed.Sink) error {
	shape := shapeOf(in.Head())
	if shape == noShape {
		return noEvent(in)
	}
	text, err := in.Text()
	if err != nil {
		return err
	}
	r := &reader{in: in, out: out, shape: shape}
	if shape == hashes || shape == manifest {
		return r.index(text)
	}
	r.comma, _ = records.BlankTrailingCommas(text)
	// What an event says of itself may stand behind its attributes. What is wrong
	// with the document is told when it is read again.
	if shape != attributes && shape != loose {
		_ = r.walk(records.NewJSONText(in.Name, text), records.Soft, r.head)
	}
	err = r.walk(records.NewJSONText(in.Name, text), r.wrong, r.event)
	if r.Document == nil {
		if err == nil {
			err = noEvent(in)
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

func noEvent(in *feed.Input) error {
	return &feed.InputError{Name: in.Name, Reason: "there is no MISP event in it", Advice: "export the event as JSON"}
}

// reader reads one event of the input after the other.
type reader struct {
	*records.Document // nil before the first
	in                *feed.Input
	out               feed.Sink
	shape             shape
	comma             int // the line of the first comma too many, or 0
	heads             []header
	next              int // of heads
	tally             records.Tally
}

// walk goes through the events of a document with visit.
func (r *reader) walk(j *records.JSON, wrong func(error) error, visit func(*records.JSON, func(error) error) error) error {
	event := func() error { return visit(j, wrong) }
	member := func(name string, value func() error) func() error {
		return func() error {
			return wrong(j.Object(func(key string) error {
				if key != name {
					return j.Skip()
				}
				return value()
			}))
		}
	}
	each := func(value func() error) func() error {
		return func() error { return wrong(j.List(value)) }
	}
	found := func() error {
		r.begin(j.Line())
		return r.attributes(j)
	}
	one := map[shape]func() error{
		wrapped:    member("Event", event),
		list:       each(member("Event", event)),
		response:   member("response", each(member("Event", event))),
		bare:       event,
		attributes: member("response", member("Attribute", found)),
		loose:      found,
	}[r.shape]
	for j.More() {
		if err := one(); err != nil {
			return err
		}
	}
	return j.End()
}

// wrong makes a finding of the error of one value. Before the first event there
// is none to take it.
func (r *reader) wrong(err error) error {
	if r.Document == nil {
		return records.Soft(err)
	}
	return r.Wrong(err)
}

// begin ends the event before and begins the next, on a line.
func (r *reader) begin(line int) {
	if r.Document != nil {
		r.end()
	}
	r.next++
	r.Document = records.Begin(r.in, r.out, line)
	h := r.now()
	r.Title, r.Family, r.Text = records.Words(h.info), h.family, h.text()
	if r.comma > 0 {
		r.Find("trailing-comma", feed.Warning, r.comma, "a comma stands before a closing bracket, which JSON does not allow; it is read without it")
		r.comma = 0
	}
}

// now is what the event says of itself that was begun last.
func (r *reader) now() *header {
	if r.next <= len(r.heads) {
		return &r.heads[r.next-1]
	}
	return new(header)
}

func (r *reader) end() {
	r.tally.Report(r.Find)
	r.End()
}

// index reads what lists the events of a feed and has no IOCs itself.
func (r *reader) index(text []byte) error {
	d := records.Begin(r.in, r.out, 1)
	if r.shape == hashes {
		n := bytes.Count(bytes.TrimRight(text, "\n"), []byte("\n")) + 1
		what := feed.Pick(n, "this line is the MD5 sum of a value in a MISP feed, to look it up by, and no hash of a file",
			fmt.Sprintf("these %d lines are MD5 sums of the values in a MISP feed, to look them up by, and no hashes of files", n))
		d.Find("feed-index", feed.Info, 1, "%s; the events themselves hold the IOCs", what)
		return nil
	}
	j, n := records.NewJSONText(r.in.Name, text), 0
	err := j.Object(func(key string) error {
		if n++; isUUID(key) {
			d.Lists = append(d.Lists, key)
		}
		return j.Skip()
	})
	if err = d.Wrong(err); err != nil {
		if err = d.Broken(err); err != nil {
			return err
		}
	}
	d.Find("feed-index", feed.Info, 1, "this lists %s of a MISP feed and holds no IOCs itself; open the folder with %s", feed.Pick(n, "the one event", fmt.Sprintf("the %d events", n)), feed.Pick(n, "it", "the events"))
	return nil
}
