package exclusions

import (
	"slices"
	"strings"

	"quarry/kql"
)

// towards is what "to" in front of an address, name or URL means: the other
// side, whoever owns the address.
var towards = verbWord{Field: remoteField}

// directions makes a verb of each "to" that leads to an address, name or URL.
func (r *reader) directions() {
	for at := range r.items {
		i := &r.items[at]
		if i.bare != "to" || !r.leads(at+1) {
			continue
		}
		i.phrase = phrase{verb: &towards}
	}
}

// newTraffic reports whether "traffic to" or the like stands at an item and
// begins something else to leave out. Behind a "where" it is still what is
// said of the rows.
func (r *reader) newTraffic(at int) bool {
	i := r.items[at]
	if i.verb == nil || i.verb.Field != remoteField {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(i.text), " ")
	if p := r.lex.phrases[first]; p == nil || p.subject == nil {
		return false
	}
	return !slices.ContainsFunc(r.items[r.begun:at], func(i item) bool { return i.relative })
}

// leads reports whether an address, name or URL stands at an item, or a noun
// for one, with nothing before it but what describes it.
func (r *reader) leads(at int) bool {
	for ; at < len(r.items); at++ {
		i := r.items[at]
		switch {
		case i.form == ipValue, i.form == rangeValue, i.form == hostValue, i.form == urlValue:
			return true
		case i.field != nil && (i.field.Field == "device.name" || i.field.Field == eitherIP):
			return true
		case i.relative, i.preposition, i.kind != wordToken, i.connector != 0:
			return false
		case !i.skips() && !i.class && i.field == nil:
			return false
		}
	}
	return false
}

// tools reports whether the words between a verb and its first value say that
// programs act, and not people.
func (r *reader) tools(start int, first value) bool {
	for at := start; at < r.stop && r.items[at].start < first.span.Start; at++ {
		for _, w := range strings.Fields(strings.ToLower(r.items[at].text)) {
			if r.lex.tools[w] {
				return true
			}
		}
	}
	return false
}

// toBetween reports whether a "to" stands between two addresses or numbers
// that are the ends of a range: "addresses from 192.0.2.1 to 192.0.2.9". Only
// traffic goes from one to the other.
func (r *reader) toBetween(start, at int) bool {
	if r.items[at].bare != "to" || at == start || at+1 >= r.stop {
		return false
	}
	before, behind := r.items[at-1].form, r.items[at+1].form
	switch {
	case before == numberValue && behind == numberValue:
		return true
	case before != ipValue && before != hostValue && before != nameValue, before != behind:
		return false
	}
	for j := at - 2; j >= start; j-- {
		if v := r.items[j].verb; v != nil && v.Field == fromField {
			network, _ := r.spoken(start, j)
			return network < 0
		}
	}
	return true
}

// spoken finds the last words in front of an item that speak of traffic and of
// getting something, -1 where there are none.
func (r *reader) spoken(start, before int) (network, fetching int) {
	network, fetching = -1, -1
	for at := start; at < before; at++ {
		i := r.items[at]
		if i.kind != wordToken {
			continue
		}
		if i.subject != nil && i.subject.About == "network" || i.verb != nil && i.verb.Field == remoteField {
			network = at
		}
		for _, w := range strings.Fields(strings.ToLower(i.text)) {
			if r.lex.fetching[w] {
				fetching = at
			}
		}
	}
	return network, fetching
}

// origin is the field of what the "from" at an item leads to. Traffic comes
// from one's own side, what is fetched from the other; elsewhere only some
// values say it.
func (r *reader) origin(at int) kql.Field {
	network, fetching := r.spoken(r.begun, at)
	switch {
	case fetching >= 0 && fetching >= network:
		return remoteField
	case network >= 0 && fetching < 0:
		return ownField
	}
	return fromField
}

// sided is the field of a verb's values where a noun beside them, which is
// field, says what they are: "traffic to the subnet" is no traffic from it.
func sided(verb, field kql.Field) kql.Field {
	switch {
	case field == eitherIP && (verb == remoteField || verb == ownField || verb == fromField),
		verb == remoteField && field == "device.name":
		return verb
	case verb == ownField && field == "remote.host", verb == fromField && field == "remote.host":
		return unclear // "traffic from the domain"
	}
	return field
}

// sideOf is the side that a field is on, "" where it is on none.
func sideOf(f kql.Field) kql.Field {
	switch {
	case strings.HasPrefix(string(f), "device."):
		return ownField
	case strings.HasPrefix(string(f), "remote."):
		return remoteField
	}
	return ""
}

// machine reports whether what acted is a device: an address or a whole name.
func (r *reader) machine(v value) bool {
	return v.software == nil && (v.kind == ipValue || v.kind == rangeValue || v.kind == hostValue && r.wholeValue(v.text))
}

// directed reports whether a word in front of an item says how an address is
// concerned in a way that tells no side.
func (r *reader) directed(at int) bool {
	for at--; at >= r.begun; at-- {
		i := r.items[at]
		switch {
		case i.bare == "in", i.bare == "by":
			return false
		case i.preposition, i.relative && i.bare == "with", i.bare == "against":
			return true
		case !i.skips() && !i.class:
			return false
		}
	}
	return false
}
