package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"quarry/exclusions"
	"quarry/kql"
)

// kind is a kind of decision as it is kept.
type kind struct {
	name   string // never another one: it stands in databases
	typ    reflect.Type
	decode func(b []byte) (Decision, error)
}

// kinds lists every kind of [Decision]. The names of their fields in JSON stand in
// databases too.
var kinds = []kind{
	kindOf[Include]("include"), kindOf[Invert]("invert"), kindOf[SetVerdict]("verdict"),
	kindOf[SetNote]("note"), kindOf[SetNotes]("notes"), kindOf[Recall]("recall"), kindOf[ChooseTable]("table"),
	kindOf[SetTarget]("target"), kindOf[SetLookback]("look-back"), kindOf[SetMatch]("match"),
	kindOf[SetPort]("port"), kindOf[SetOwnSide]("own-side"), kindOf[SetLong]("long"),
	kindOf[SetMinConfidence]("min-confidence"), kindOf[Attach]("attach"),
	kindOf[EditCondition]("condition"), kindOf[NewScenario]("new-scenario"), kindOf[DuplicateScenario]("duplicate-scenario"),
	kindOf[RewriteScenario]("rewrite-scenario"), kindOf[RemoveScenario]("remove-scenario"), kindOf[MoveScenario]("move-scenario"),
	kindOf[SetScenarioNote]("scenario-note"),
}

func kindOf[D Decision](name string) kind {
	return kind{name, reflect.TypeFor[D](), func(b []byte) (Decision, error) {
		var d D
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields() // what a newer version says there would be left out
		err := dec.Decode(&d)
		if err == nil {
			if _, more := dec.Token(); more != io.EOF {
				err = errors.New("more follows it")
			}
		}
		return d, err
	}}
}

// UnknownDecisionError says that a decision that was kept cannot be read.
type UnknownDecisionError struct {
	Kind string
	Err  error // nil when nothing is known of the kind
}

func (e *UnknownDecisionError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("a decision of the kind %q cannot be read: %v", e.Kind, e.Err)
	}
	return fmt.Sprintf("there is a decision of the kind %q, which this Quarry does not know; update Quarry", e.Kind)
}

func (e *UnknownDecisionError) Unwrap() error { return e.Err }

// Encode is a decision to be kept: the name of its kind, which never changes, and
// a JSON object. [Decode] reads it back. IOCs and scenarios are positions, which
// mean something only with [Review.Keys] and [Review.ScenarioKeys]. The error is
// an [*UnknownDecisionError].
func Encode(d Decision) (name string, object []byte, err error) {
	typ := reflect.TypeOf(d)
	for _, k := range kinds {
		if k.typ != typ {
			continue
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(d); err != nil {
			return "", nil, &UnknownDecisionError{k.name, err}
		}
		return k.name, bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
	}
	return "", nil, &UnknownDecisionError{Kind: fmt.Sprintf("%T", d)}
}

// Decode reads what [Encode] wrote. The error is an [*UnknownDecisionError].
func Decode(name string, object []byte) (Decision, error) {
	for _, k := range kinds {
		if k.name == name {
			d, err := k.decode(object)
			if err != nil {
				return nil, &UnknownDecisionError{name, err}
			}
			return d, nil
		}
	}
	return nil, &UnknownDecisionError{Kind: name}
}

// Move is a decision with other positions, as iocs and scenarios say of each; -1
// is no IOC, and scenarios says itself whether there is one. What is about nothing
// any more comes back as nil. Scenarios that an analyst wrote, whose IDs are below
// 0, are asked about too: those of a reviewed bulletin may have other ones where
// documents are read in another order.
func Move(d Decision, iocs func(int) int, scenarios func(id int) (int, bool)) Decision {
	moved := func(p Positions) Positions {
		to := make(Positions, 0, len(p))
		for _, i := range p {
			if n := iocs(i); n >= 0 {
				to = append(to, n)
			}
		}
		return to
	}
	found := func(id *int) (ok bool) {
		*id, ok = scenarios(*id)
		return ok
	}
	switch d := d.(type) {
	case Include:
		if d.IOCs = moved(d.IOCs); len(d.IOCs) > 0 {
			return d
		}
	case Invert:
		if d.IOCs = moved(d.IOCs); len(d.IOCs) > 0 {
			return d
		}
	case SetVerdict:
		if d.IOCs = moved(d.IOCs); len(d.IOCs) > 0 {
			return d
		}
	case SetNotes:
		if d.IOCs = moved(d.IOCs); len(d.IOCs) > 0 {
			return d
		}
	case Recall:
		if d = d.moved(moved); len(d.Parts) > 0 {
			return d
		}
	case SetNote:
		if d.IOC = iocs(d.IOC); d.IOC >= 0 {
			return d
		}
	case Attach:
		if found(&d.Scenario) {
			return d
		}
	case EditCondition:
		if found(&d.Scenario) {
			return d
		}
	case DuplicateScenario:
		if found(&d.Scenario) {
			return d
		}
	case RewriteScenario:
		if found(&d.Scenario) {
			return d
		}
	case RemoveScenario:
		if found(&d.Scenario) {
			return d
		}
	case MoveScenario:
		if found(&d.Scenario) {
			return d
		}
	case SetScenarioNote:
		if found(&d.Scenario) {
			return d
		}
	default:
		return d
	}
	return nil
}

// MarshalJSON writes the look-back as people do: 7d, 90m.
func (d SetLookback) MarshalJSON() ([]byte, error) {
	return json.Marshal(lookbackObject{kql.FormatLookback(d.Lookback.Round(time.Minute))})
}

// UnmarshalJSON reads what [SetLookback.MarshalJSON] writes.
func (d *SetLookback) UnmarshalJSON(b []byte) error {
	var o lookbackObject
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&o); err != nil {
		return err
	}
	lookback, err := kql.ParseLookback(o.Lookback)
	d.Lookback = lookback
	return err
}

type lookbackObject struct {
	Lookback string `json:"lookback"`
}

// UnmarshalJSON reads an Attach. Where accept was kept as true, it accepted
// whatever there was.
func (d *Attach) UnmarshalJSON(b []byte) error {
	var o struct {
		Scenario int             `json:"scenario"`
		On       bool            `json:"on"`
		Accept   json.RawMessage `json:"accept"`
		Dangers  []string        `json:"dangers"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&o); err != nil {
		return err
	}
	*d = Attach{Scenario: o.Scenario, On: o.On, Dangers: o.Dangers}
	switch string(o.Accept) {
	case "", "null", "false":
	case "true":
		d.Accept = exclusions.Dangerous
	default:
		return json.Unmarshal(o.Accept, &d.Accept)
	}
	return nil
}
