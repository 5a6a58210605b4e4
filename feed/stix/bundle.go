package stix

import (
	"strings"

	"quarry/feed/records"
)

// bundle is what the objects of a bundle say of each other.
type bundle struct {
	names      map[string]named // of what an indicator may indicate, by id
	indicates  map[string][]string
	malicious  map[string][]string // what can be observed, to the malware that it belongs to
	addresses  map[string]string
	observed   map[string]times
	made       map[string]string // the identities, to when they were made
	indicators int
	title      string // of the first report
	text       string
}

type named struct{ kind, name string }

type times struct{ first, last string }

func newBundle() *bundle {
	return &bundle{
		names: map[string]named{}, indicates: map[string][]string{}, malicious: map[string][]string{},
		addresses: map[string]string{}, observed: map[string]times{}, made: map[string]string{},
	}
}

// used are the relations that STIX 2.1 has from malware, tools and infrastructure
// to what can be observed of them. What malware drops or downloads is no better.
var used = map[string]bool{
	"communicates-with": true, "beacons-to": true, "exfiltrates-to": true, "consists-of": true,
	"downloads": true, "drops": true,
}

// knownMarkings are the marking definitions whose identifiers the standard fixes:
// TLP 1 (STIX 2.1, section 7.2.1.4) and TLP 2 (OASIS, 2022).
var knownMarkings = map[string]string{
	"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "tlp:white",
	"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "tlp:green",
	"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "tlp:amber",
	"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "tlp:red",
	"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "tlp:clear",
	"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "tlp:green",
	"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "tlp:amber",
	"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "tlp:amber+strict",
	"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "tlp:red",
}

// note takes in what an object says about others.
func (b *bundle) note(o *object) {
	switch o.Type {
	case "indicator":
		b.indicators++
	case "malware", "tool", "threat-actor", "intrusion-set", "campaign", "attack-pattern", "infrastructure":
		b.names[o.ID] = named{string(o.Type), string(o.Name)}
		for _, ref := range o.SampleRefs {
			b.malicious[ref] = append(b.malicious[ref], o.ID)
		}
	case "marking-definition":
		b.names[o.ID] = named{string(o.Type), marking(o)}
	case "relationship":
		switch {
		case o.Relation == "indicates":
			b.indicates[o.From] = append(b.indicates[o.From], o.To)
		case used[string(o.Relation)]:
			b.malicious[o.To] = append(b.malicious[o.To], o.From)
		}
	case "identity":
		b.made[o.ID] = string(o.Created)
	case "ipv4-addr", "ipv6-addr":
		b.addresses[o.ID] = string(o.Value)
	case "observed-data":
		for _, ref := range o.ObjectRefs {
			b.observed[ref] = times{string(o.FirstObserved), string(o.LastObserved)}
		}
	case "report", "grouping":
		if b.title == "" {
			b.title, b.text = string(o.Name), string(o.Description)
		}
	}
}

// firstSeen is since when an indicator is valid, which the standard asks for.
// Where that is the moment in which it was made together with who made it, as
// programs do that know no better, it says nothing of when it was seen.
func (b *bundle) firstSeen(o *object) string {
	if o.ValidFrom == o.Created && o.CreatedBy != "" && b.made[o.CreatedBy] == string(o.Created) {
		return ""
	}
	return string(o.ValidFrom)
}

// marking is the word for a marking: "tlp:amber", or its name.
func marking(o *object) string {
	if o.Definition.TLP != "" {
		return "tlp:" + strings.ToLower(string(o.Definition.TLP))
	}
	if strings.HasPrefix(strings.ToLower(string(o.Name)), "tlp:") {
		return strings.ToLower(string(o.Name))
	}
	return string(o.Name)
}

// about is the malware among objects, and the names of the others.
func (b *bundle) about(refs []string) (family string, others []string) {
	for _, ref := range refs {
		n := b.names[ref]
		switch {
		case n.name == "":
		case n.kind == "malware" && family == "":
			family = records.Words(n.name)
		default:
			others = append(others, n.name)
		}
	}
	return family, others
}

// marks are the words for the markings of an object.
func (b *bundle) marks(o *object) (all []string) {
	for _, ref := range o.Markings {
		word := b.names[ref].name
		if word == "" {
			word = knownMarkings[ref]
		}
		all = append(all, word)
	}
	return all
}
