package threatfox

import (
	"strings"

	"quarry/feed"
	"quarry/feed/internal/export"
	"quarry/feed/records"
)

// record is one of ThreatFox, as export or API write it.
type record struct {
	ID          records.Text `json:"id"`
	IOC         records.Text `json:"ioc"`
	Value       records.Text `json:"ioc_value"`
	Type        records.Text `json:"ioc_type"`
	Threat      records.Text `json:"threat_type"`
	Malware     records.Text `json:"malware"`
	Printable   records.Text `json:"malware_printable"`
	Confidence  records.Text `json:"confidence_level"`
	FirstSeen   records.Text `json:"first_seen"`
	FirstUTC    records.Text `json:"first_seen_utc"`
	LastSeen    records.Text `json:"last_seen"`
	LastUTC     records.Text `json:"last_seen_utc"`
	Reference   records.Text `json:"reference"`
	Tags        export.List  `json:"tags"`
	Compromised records.Text `json:"is_compromised"`
	Samples     samples      `json:"malware_samples"`
}

// sample is a file that ThreatFox names with an IOC.
type sample struct {
	Seen   records.Text `json:"time_stamp"`
	MD5    records.Text `json:"md5_hash"`
	SHA256 records.Text `json:"sha256_hash"`
	Bazaar records.Text `json:"malware_bazaar"`
}

// either is the first of two that states something.
func either(a, b records.Text) string {
	if s := export.Known(a); s != "" {
		return s
	}
	return export.Known(b)
}

// compromised is the tag of a host that belongs to somebody else.
const compromised = "compromised"

// add gives the IOC of a record, and its samples, to the document.
func add(d *records.Document, r *record, line int) error {
	if id := export.Known(r.ID); id != "" { // an answer stands on one line
		d.About = "record " + records.Words(id)
		defer func() { d.About = "" }()
	}
	value := either(r.IOC, r.Value)
	if value == "" {
		d.Find("bad-record", feed.Error, line, "the record states no value, so no IOC is made of it")
		return nil
	}
	more := ""
	if isTrue(export.Known(r.Compromised)) {
		more = compromised
	}
	family := familyOf(export.Known(r.Malware), export.Known(r.Printable))
	err := addKnown(d, &records.Record{
		Value: value, Threat: threatOf(export.Known(r.Threat)), Family: family,
		Confidence: export.Known(r.Confidence), FirstSeen: either(r.FirstSeen, r.FirstUTC), LastSeen: either(r.LastSeen, r.LastUTC),
		Reference: export.Known(r.Reference), Tags: export.With(r.Tags, more), Line: line,
	}, string(r.Type))
	for _, s := range r.Samples {
		for _, hash := range []records.Record{{Type: feed.SHA256, Value: export.Known(s.SHA256)}, {Type: feed.MD5, Value: export.Known(s.MD5)}} {
			if err != nil {
				return err
			}
			if hash.Value == "" {
				continue
			}
			hash.Family, hash.FirstSeen, hash.Reference, hash.Line = family, export.Known(s.Seen), export.Known(s.Bazaar), line
			hash.Mention, hash.Context = true, "a malware sample that ThreatFox names with "+feed.Quote(value)
			err = d.Add(hash)
		}
	}
	return err
}

// addKnown gives an IOC to the document if Quarry knows its type.
func addKnown(d *records.Document, r *records.Record, typ string) error {
	r.Type, r.Bare = typeOf(typ), true
	if r.Type == "" {
		d.Find("unknown-type", feed.Error, r.Line, "Quarry does not know the type %s, so no IOC is made of %s", feed.Quote(typ), feed.Quote(r.Value))
		return nil
	}
	return d.Add(*r)
}

// typeOf is the type that a word names, or "".
func typeOf(s string) feed.Type {
	switch s {
	case "ip:port":
		return feed.IPPort
	case "domain":
		return feed.Domain
	case "url":
		return feed.URL
	case "md5_hash":
		return feed.MD5
	case "sha1_hash":
		return feed.SHA1
	case "sha256_hash":
		return feed.SHA256
	}
	s = strings.ToLower(strings.TrimSpace(s))
	for _, t := range feed.Types {
		if s == string(t) {
			return t
		}
	}
	return ""
}

// threatOf is the threat that a word names.
func threatOf(s string) feed.Threat {
	switch t := feed.Threat(s); t {
	case feed.BotnetCC:
		return feed.BotnetCC
	case feed.PayloadDelivery:
		return feed.PayloadDelivery
	case feed.Payload:
		return feed.Payload
	case feed.CCSkimming:
		return feed.CCSkimming
	default:
		return t
	}
}

// familyOf is the malware family by its two names.
func familyOf(malware, printable string) string {
	switch {
	case malware == "unknown":
		return ""
	case printable == "":
		return malware
	}
	return printable
}

func isTrue(s string) bool { return s == "true" || s == "True" || s == "1" }
