package kql

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// sameAs are the lists that hold some values of another one: names in URLs that
// are domains as well, addresses in two forms. What is known of such a value is
// the same in both, and is written once.
var sameAs = map[listID]listID{hostList: domainList, ip6TextList: ip6List, any6TextList: any6List}

// facts writes what is known of each value of a list as the pairs of a JSON
// object: type, threat, confidence, and the IOC where the value is not the IOC.
// Apart leaves out the values that the list of [sameAs] holds.
func (s *Selection) facts(id listID, apart bool) literals {
	l := s.lists[id]
	l.written.Lock()
	defer l.written.Unlock()
	facts := &l.written.facts[0]
	if apart {
		facts = &l.written.facts[1]
	}
	if facts.text == nil {
		b := make([]byte, 0, 128*len(l.keys))
		for n, k := range l.keys {
			if apart {
				if _, held := s.owner(sameAs[id], k); held {
					continue
				}
			}
			if len(b) > 0 {
				b = append(b, ", "...)
			}
			if apart {
				b = appendFact(b, id, k, ownFact(id, l.owners[n]))
			} else {
				b = appendFact(b, id, k, s.fact(id, k, l.owners[n]))
			}
		}
		*facts = literals{b, chars(b)}
	}
	return *facts
}

// owner is the IOC that a value of a list stands for, if the list holds it.
func (s *Selection) owner(id listID, key string) (owner, bool) {
	if l := s.lists[id]; l != nil {
		if at, ok := l.places[key]; ok {
			return l.owners[at], true
		}
	}
	return owner{}, false
}

// factsOf is what is known of the values of all lists by which a hunt knows
// rows, each value once.
func (s *Selection) factsOf(used []listID) (all []literals) {
	ids := identifying(used)
	for _, id := range ids {
		same, ok := sameAs[id]
		if l := s.facts(id, ok && slices.Contains(ids, same)); len(l.text) > 0 {
			all = append(all, l)
		}
	}
	return all
}

func appendFact(b []byte, id listID, key string, fact fact) []byte {
	key = factPrefix[id] + key
	b = append(AppendQuote(b, key), ":["...)
	b = append(AppendQuote(b, string(fact.typ)), ", "...)
	b = append(AppendQuote(b, fact.threat), ", "...)
	if fact.confidence == feed.NoConfidence {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, int64(fact.confidence), 10)
	}
	if fact.value != key {
		b = AppendQuote(append(b, ", "...), fact.value)
	}
	return append(b, ']')
}

// What tells file names from domains, and blocks of addresses from URLs with such
// a path, among the keys of the facts.
const (
	fileKey = "file "
	cidrKey = "cidr "
)

var factPrefix = [lists]string{fileList: fileKey, cidr4List: cidrKey}

// fact is what is known of the IOCs that a value stands for.
type fact struct {
	typ        feed.Type
	threat     string
	confidence int
	value      string
}

// fact is what is known of a value. A name in a URL that is a domain as well is
// known as the domain, which says more.
func (s *Selection) fact(id listID, key string, o owner) fact {
	if id == hostList {
		if domain, ok := s.owner(domainList, key); ok {
			return ownFact(domainList, domain)
		}
	}
	return ownFact(id, o)
}

// ownFact is what is known of the IOCs that a value of a list stands for.
func ownFact(id listID, o owner) fact {
	if len(o.more) == 0 {
		return factOf(o.first)
	}
	owners := append([]*Indicator{o.first}, o.more...)
	if rank := ranks[id]; rank != nil {
		slices.SortStableFunc(owners, func(a, b *Indicator) int { return rank[a.Type] - rank[b.Type] })
		if owners[0].Type == feed.IP {
			return factOf(owners[0])
		}
	}
	return inCommon(owners)
}

func factOf(x *Indicator) fact { return fact{x.Type, string(x.Threat), x.Confidence, x.Value} }

// ranks are the types of IOC that share the values of a list, in the order of
// what a hit is: an address that is an IOC of its own says more than one with a
// port, and that more than one of a URL, in whatever order they come.
var ranks = func() (all [lists]map[feed.Type]int) {
	rank := map[feed.Type]int{feed.IP: 0, feed.IPPort: 1, feed.URL: 2}
	for _, l := range []listID{portList, ip4List, ip6List, ip6TextList, any4List, any6List, any6TextList} {
		all[l] = rank
	}
	return all
}()

// mostNamed is how many IOCs one hit names; it says how many more there are.
const mostNamed = 3

// inCommon is what IOCs that share a value have in common, and the highest
// confidence.
func inCommon(owners []*Indicator) fact {
	var f fact
	var values, threats []string
	for _, x := range owners {
		if f.typ == "" {
			f = fact{typ: x.Type, confidence: feed.NoConfidence}
		}
		if threat := string(x.Threat); threat != "" && !slices.Contains(threats, threat) {
			threats = append(threats, threat)
		}
		f.confidence = max(f.confidence, x.Confidence)
		if len(values) < mostNamed {
			values = append(values, x.Value)
		}
	}
	f.threat = strings.Join(threats, ", ")
	f.value = strings.Join(values, ", ")
	if more := len(owners) - len(values); more > 0 {
		f.value += " and " + strconv.Itoa(more) + " more"
	}
	return f
}
