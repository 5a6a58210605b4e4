package feed

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// NoConfidence marks an IOC whose source states no confidence.
const NoConfidence = -1

// Source is a place in a document.
type Source struct {
	Name string // the file as the user named it, or "-" for standard input
	Line int    // counted from 1; 0 when the format has no lines
}

// String is the place as messages name it: "name:line", or the name alone when
// there is no line.
func (s Source) String() string {
	if s.Line == 0 {
		return s.Name
	}
	return s.Name + ":" + strconv.Itoa(s.Line)
}

// IOC is one indicator as one or more documents state it.
type IOC struct {
	Type       Type
	Value      string // as [Canonical] returns it: refanged, never defanged
	Threat     Threat // "" when the source states none
	Family     string // malware family, "" when unknown
	Confidence int    // 0 to 100, or NoConfidence
	FirstSeen  time.Time
	LastSeen   time.Time
	Reference  string   // where more is said about it, usually a URL; "" when nowhere
	Tags       []string // the source's own words about it
	Sources    []Source // every place that states it, in reading order
	Mention    bool     // it looks like an IOC but stands in prose, a filter or a reference
	Context    string   // for a mention: where it stands, in words
	Differs    []string // what a later source says otherwise, in words
}

// Key identifies the indicator: two IOCs with one key are the same one. It is
// the value, except that a URL's scheme and host are compared without case
// while user and path keep it (RFC 3986, section 6.2.2.1).
func (i IOC) Key() string { return string(i.Type) + " " + i.key() }

// key is the value as it is compared.
func (i *IOC) key() string { return keyOf(i.Type, i.Value) }

func keyOf(t Type, value string) string {
	if t != URL {
		return value
	}
	scheme, authority, rest := splitURL(value)
	host := strings.LastIndexByte(authority, '@') + 1
	if isLower(scheme) && isLower(authority[host:]) {
		return value
	}
	return strings.ToLower(scheme) + authority[:host] + strings.ToLower(authority[host:]) + rest
}

// isLower reports whether a text is ASCII without upper-case letters.
func isLower(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// Host is the address or name that the indicator points at, without port,
// brackets or trailing dot, in lower case: the whole of an IP or domain, the
// host of an ip:port or URL, the domain of a mail address, else "". A URL's
// host is spelled as [Canonical] spells it, whatever the URL itself says.
func (i IOC) Host() string {
	switch i.Type {
	case IP, Domain:
		return i.Value
	case IPPort:
		host, _, err := splitPort(i.Value)
		if err == nil {
			return host
		}
	case URL:
		if host, _, err := urlHost(i.Value); err == nil {
			return host
		}
	case Email, EnvelopeFrom, BodyFrom:
		if at := strings.LastIndexByte(i.Value, '@'); at >= 0 {
			return i.Value[at+1:]
		}
	}
	return ""
}

// Addr is the IP address the indicator points at, and whether it points at
// one: that of an IP, an ip:port, or a URL whose host is an address.
func (i IOC) Addr() (netip.Addr, bool) {
	return ParseAddr(i.Host())
}

// UntilTag begins the tag that says until when a source holds an IOC valid.
const UntilTag = "valid until "

// ValidUntil is when an IOC ends to be valid, as its source says in a tag that
// begins with [UntilTag], and whether it says so. Of several the last counts.
func (i IOC) ValidUntil() (until time.Time, ok bool) {
	for _, tag := range i.Tags {
		if s, is := strings.CutPrefix(tag, UntilTag); is {
			if t, err := ParseSeen(s); err == nil && (!ok || t.After(until)) {
				until, ok = t, !t.IsZero()
			}
		}
	}
	return until, ok
}

// Port is the port of an ip:port or of a URL that names one, else 0.
func (i IOC) Port() int {
	switch i.Type {
	case IPPort:
		if _, port, err := splitPort(i.Value); err == nil {
			return port
		}
	case URL:
		if _, port, err := urlHost(i.Value); err == nil {
			return port
		}
	}
	return 0
}

// MarshalJSON writes the object of `quarry iocs --json`: absent keys are left
// out, except that mention is always there. Source and line are those of the
// first place that states the indicator.
func (i IOC) MarshalJSON() ([]byte, error) {
	type object struct {
		Type       Type     `json:"type"`
		Value      string   `json:"value"`
		Host       string   `json:"host,omitempty"`
		Port       int      `json:"port,omitempty"`
		Threat     Threat   `json:"threat,omitempty"`
		Family     string   `json:"family,omitempty"`
		Confidence *int     `json:"confidence,omitempty"`
		FirstSeen  string   `json:"first_seen,omitempty"`
		LastSeen   string   `json:"last_seen,omitempty"`
		Reference  string   `json:"reference,omitempty"`
		Tags       []string `json:"tags,omitempty"`
		Source     string   `json:"source,omitempty"`
		Line       int      `json:"line,omitempty"`
		Mention    bool     `json:"mention"`
		Context    string   `json:"context,omitempty"`
		Differs    []string `json:"differs,omitempty"`
	}
	o := object{
		Type: i.Type, Value: i.Value, Port: i.Port(), Threat: i.Threat, Family: i.Family,
		FirstSeen: FormatSeen(i.FirstSeen), LastSeen: FormatSeen(i.LastSeen), Reference: i.Reference, Tags: i.Tags, Mention: i.Mention, Context: i.Context, Differs: i.Differs,
	}
	if h := i.Host(); h != i.Value {
		o.Host = h
	}
	if i.Confidence != NoConfidence {
		o.Confidence = &i.Confidence
	}
	if len(i.Sources) > 0 {
		o.Source, o.Line = i.Sources[0].Name, i.Sources[0].Line
	}
	return marshalPlain(o)
}

// marshalPlain leaves &, < and > alone, for people read these lines and search
// them for URLs. A caller's json.Marshal escapes them again.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
