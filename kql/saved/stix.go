package saved

import (
	"errors"
	"time"

	"quarry/feed"
)

// errNoTime says that a shape which holds a time was not given it.
var errNoTime = errors.New("the time of writing is missing; give the time of the review")

// BundleOptions are the choices that shape a STIX bundle.
type BundleOptions struct {
	About
	Created  time.Time // of the objects; keep it from one export to the next, as the ids are kept
	Modified time.Time // of the objects; zero is Created
}

// stixTime is the form of times in STIX.
const stixTime = "2006-01-02T15:04:05.000Z"

// stixObject holds the properties of the four kinds of object that are written.
type stixObject struct {
	Type           string   `json:"type"`
	SpecVersion    string   `json:"spec_version"`
	ID             string   `json:"id"`
	CreatedBy      string   `json:"created_by_ref,omitempty"`
	Created        string   `json:"created"`
	Modified       string   `json:"modified"`
	Name           string   `json:"name,omitempty"`
	IdentityClass  string   `json:"identity_class,omitempty"`
	Relation       string   `json:"relationship_type,omitempty"`
	SourceRef      string   `json:"source_ref,omitempty"`
	TargetRef      string   `json:"target_ref,omitempty"`
	IsFamily       bool     `json:"is_family,omitempty"`
	IndicatorTypes []string `json:"indicator_types,omitempty"`
	Pattern        string   `json:"pattern,omitempty"`
	PatternType    string   `json:"pattern_type,omitempty"`
	PatternVersion string   `json:"pattern_version,omitempty"`
	ValidFrom      string   `json:"valid_from,omitempty"`
	Labels         []string `json:"labels,omitempty"`
	Confidence     *int     `json:"confidence,omitempty"`
}

type stixBundle struct {
	Type    string       `json:"type"`
	ID      string       `json:"id"`
	Objects []stixObject `json:"objects"`
}

// Bundle writes the IOCs as one STIX 2.1 bundle: an identity for the reviewer,
// an indicator for each IOC, valid from when it was first seen, and a malware
// family for each that the IOCs name, which their indicators indicate. An IOC
// without a family gets none.
//
// Every id follows from the reviewer and what the object is, so a later export
// is a new version of the same objects. Two IOCs with one key are one
// indicator, and a finding says so; what is not an indicator of its type is in
// a finding too.
//
// The error is a [*NothingError], or says that Created is missing; then there
// is no file.
func Bundle(all []feed.IOC, o BundleOptions) ([]File, []feed.Finding, error) {
	if o.Created.IsZero() {
		return nil, nil, errNoTime
	}
	if o.Modified.Before(o.Created) {
		o.Modified = o.Created
	}
	o.About = o.clean()
	w := newStixWriter(o)
	var out, same omissions
	for _, i := range all {
		if !out.checked(i) {
			continue
		}
		pattern, ok := Pattern(i)
		if !ok {
			out.add("no-stix-pattern", "left out, for STIX has no pattern for the type", i)
			continue
		}
		if !w.indicator(i, pattern) {
			same.add("same-indicator", "not an object of its own, for another is the same indicator", i)
		}
	}
	findings := append(out.findings(feed.Warning), same.findings(feed.Info)...)
	if w.indicators == 0 {
		return nil, findings, &NothingError{Shape: "a STIX bundle"}
	}
	text, err := indented(stixBundle{"bundle", w.id("bundle", o.Title), w.objects})
	if err != nil {
		return nil, findings, err
	}
	return []File{{Alias(o.Title) + "-stix.json", text}}, findings, nil
}

type stixWriter struct {
	created, modified string
	start             time.Time
	reviewer          string
	identity          string // its id
	seen              map[string]bool
	objects           []stixObject
	indicators        int
}

func newStixWriter(o BundleOptions) *stixWriter {
	w := &stixWriter{
		created: o.Created.UTC().Format(stixTime), modified: o.Modified.UTC().Format(stixTime),
		start: o.Created, reviewer: o.Reviewer, seen: map[string]bool{},
	}
	identity := stixObject{Name: o.Reviewer, IdentityClass: "individual"}
	if o.Reviewer == "" {
		identity.Name, identity.IdentityClass = "Quarry", "system"
	}
	w.identity = w.id("identity", identity.Name)
	w.add("identity", w.identity, identity)
	return w
}

// id names an object of the reviewer.
func (w *stixWriter) id(kind, what string) string {
	return kind + "--" + newID("stix", w.reviewer, kind, what)
}

// add writes an object once and reports whether it is new.
func (w *stixWriter) add(kind, id string, o stixObject) bool {
	if w.seen[id] {
		return false
	}
	w.seen[id] = true
	o.Type, o.ID, o.SpecVersion, o.Created, o.Modified = kind, id, "2.1", w.created, w.modified
	if kind != "identity" {
		o.CreatedBy = w.identity
	}
	w.objects = append(w.objects, o)
	return true
}

// indicator writes an IOC and what it indicates, and reports whether it is new.
func (w *stixWriter) indicator(i feed.IOC, pattern string) bool {
	o := stixObject{
		Name: oneLine(i.Value), IndicatorTypes: []string{"malicious-activity"},
		Pattern: pattern, PatternType: "stix", PatternVersion: "2.1", ValidFrom: w.validFrom(i),
	}
	if i.Confidence != feed.NoConfidence {
		o.Confidence = &i.Confidence
	}
	if label := oneLine(string(i.Threat)); label != "" {
		o.Labels = []string{label}
	}
	id := w.id("indicator", i.Key())
	if !w.add("indicator", id, o) {
		return false
	}
	w.indicators++
	if family := oneLine(i.Family); family != "" {
		malware := w.id("malware", family)
		w.add("malware", malware, stixObject{Name: family, IsFamily: true})
		w.add("relationship", w.id("relationship", id+" indicates "+malware),
			stixObject{Relation: "indicates", SourceRef: id, TargetRef: malware})
	}
	return true
}

func (w *stixWriter) validFrom(i feed.IOC) string {
	if i.FirstSeen.IsZero() {
		return w.created
	}
	return i.FirstSeen.UTC().Format(stixTime)
}
