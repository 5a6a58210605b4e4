package stix

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/pattern"
	"quarry/feed/records"
)

// object is an object of a bundle: of any type, for what they have in common is
// spelled alike.
type object struct {
	Type        records.Text `json:"type"`
	ID          string       `json:"id"`
	Created     records.Text `json:"created"`
	CreatedBy   string       `json:"created_by_ref"`
	Name        records.Text `json:"name"`
	Description records.Text `json:"description"`
	Labels      records.Texts
	References  []struct {
		Source records.Text `json:"source_name"`
		URL    records.Text `json:"url"`
		ID     records.Text `json:"external_id"`
	} `json:"external_references"`
	Markings   records.Texts `json:"object_marking_refs"`
	Definition struct {
		TLP records.Text `json:"tlp"`
	} `json:"definition"`

	// Of an indicator.
	Pattern     records.Text  `json:"pattern"`
	PatternType records.Text  `json:"pattern_type"`
	Kinds       records.Texts `json:"indicator_types"`
	ValidFrom   records.Text  `json:"valid_from"`
	ValidUntil  records.Text  `json:"valid_until"`
	Revoked     records.Text  `json:"revoked"`
	Confidence  records.Text  `json:"confidence"`
	KillChain   []struct {
		Phase records.Text `json:"phase_name"`
	} `json:"kill_chain_phases"`

	// Of a relationship.
	Relation records.Text `json:"relationship_type"`
	From     string       `json:"source_ref"`
	To       string       `json:"target_ref"`

	// Of what can be observed, and of observed data.
	Value         records.Text            `json:"value"`
	Hashes        map[string]records.Text `json:"hashes"`
	DstRef        string                  `json:"dst_ref"`
	SrcRef        string                  `json:"src_ref"`
	DstPort       records.Text            `json:"dst_port"`
	SrcPort       records.Text            `json:"src_port"`
	Objects       json.RawMessage         `json:"objects"` // STIX 2.0
	ObjectRefs    records.Texts           `json:"object_refs"`
	SampleRefs    records.Texts           `json:"sample_refs"`
	FirstObserved records.Text            `json:"first_observed"`
	LastObserved  records.Text            `json:"last_observed"`
}

// value is an indicator that an object of what can be observed is, with the port
// beside it.
type value struct {
	t     feed.Type
	value string
	port  string
	name  bool // of a file that has a hash

	client string // the port that a client was given, "" where none is named
}

// values are the indicators that an object is: of addresses, names, URLs, mail
// addresses, the hashes and names of files, and the ends of a connection, whose
// addresses are other objects, which lookup knows. known is false of other types.
func (o *object) values(lookup func(ref string) string) (all []value, known bool) {
	v := string(o.Value)
	switch o.Type {
	case "ipv4-addr", "ipv6-addr":
		t, a := address(v)
		return []value{{t: t, value: a}}, true
	case "domain-name", "hostname": // which is OpenCTI's own
		return []value{{t: feed.Domain, value: v}}, true
	case "url":
		return []value{{t: feed.URL, value: v}}, true
	case "email-addr":
		return []value{{t: feed.Email, value: v}}, true
	case "file", "artifact":
		for _, algorithm := range slices.Sorted(maps.Keys(o.Hashes)) {
			if t := hashType(algorithm); t != "" {
				all = append(all, value{t: t, value: string(o.Hashes[algorithm])})
			}
		}
		if o.Type == "file" && o.Name != "" {
			all = append(all, value{t: feed.FileName, value: string(o.Name), name: len(all) > 0})
		}
		return all, true
	case "network-traffic":
		for _, end := range []struct {
			side, ref string
			port      records.Text
		}{{"dst", o.DstRef, o.DstPort}, {"src", o.SrcRef, o.SrcPort}} {
			// The address alone is an object of its own.
			if a := lookup(end.ref); a != "" && end.port != "" && end.port != "0" {
				if t, a := address(a); t == feed.IP && !strings.ContainsFunc(a, isNameRune) {
					v := value{t: t, value: a, port: string(end.port)}
					if pattern.IsClientPort(end.side, v.port) {
						v.port, v.client = "", v.port
					}
					all = append(all, v)
				}
			}
		}
		return all, true
	}
	return nil, false
}

// isNameRune reports whether r stands in names and in no address.
func isNameRune(r rune) bool {
	return r >= 'g' && r <= 'z' || r >= 'G' && r <= 'Z' || r == '-' || r == '_'
}

// otherHashes are the algorithms of a file's hashes that Quarry does not know.
func (o *object) otherHashes() (all []string) {
	for _, algorithm := range slices.Sorted(maps.Keys(o.Hashes)) {
		if hashType(algorithm) == "" {
			all = append(all, algorithm)
		}
	}
	return all
}

// observedObjects are the objects within observed data of STIX 2.0, in the order
// of their numbers. What cannot be read is left out, and ok is false.
func (o *object) observedObjects() (all []*object, lookup func(string) string, ok bool) {
	byKey := map[string]*object{}
	ok = len(o.Objects) == 0 || json.Unmarshal(o.Objects, &byKey) == nil
	keys := slices.SortedFunc(maps.Keys(byKey), func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX == nil && errY == nil && x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		if byKey[k] != nil {
			all = append(all, byKey[k])
		}
	}
	return all, func(ref string) string {
		if to := byKey[ref]; to != nil && isAddress(to) {
			return string(to.Value)
		}
		return ""
	}, ok
}

func isAddress(o *object) bool { return o.Type == "ipv4-addr" || o.Type == "ipv6-addr" }
