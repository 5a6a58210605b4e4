package kql

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// listID names one of the lists that a query compares columns with. Their order
// is the order in which the IOC of a value is looked up: what says most first.
type listID int

const (
	urlList  listID = iota // keys of URLs
	portList               // address and port
	domainList
	hostList // names in URLs
	sha512List
	sha3List
	sha256List
	sha1List
	md5List
	emailList
	fileList
	ip4List
	ip6List     // with all 32 digits
	ip6TextList // the same, as text spells them
	cidr4List
	cidr6List
	any4List // addresses whose port does not matter
	any6List //
	any6TextList
	urlHostList // names and addresses in URLs, in every spelling, to search for
	lists
)

// listNames are the names in queries.
var listNames = [lists]name{
	portList: "IocPort", urlList: "IocUrl", domainList: "IocDomain", hostList: "IocHost",
	sha512List: "IocSha512", sha3List: "IocSha3", sha256List: "IocSha256", sha1List: "IocSha1", md5List: "IocMd5",
	emailList: "IocEmail", fileList: "IocFile",
	ip4List: "IocIp", ip6List: "IocIp6", ip6TextList: "IocIp6Text", cidr4List: "IocCidr", cidr6List: "IocCidr6",
	any4List: "IocAnyPort", any6List: "IocAnyPort6", any6TextList: "IocAnyPort6Text", urlHostList: "IocUrlHost",
}

var hashLists = map[Shape]listID{
	sha512Shape: sha512List, sha3Shape: sha3List, sha256Shape: sha256List, sha1Shape: sha1List, md5Shape: md5List,
}

// list is one list of a selection, each value once, in the order of the IOCs.
type list struct {
	keys   []string
	places map[string]int32 // of the keys
	owners []owner          // of the keys, alike
	// unicode says that some keys are not in ASCII, of a list of names.
	unicode bool
	written *written
}

// written is a list as text, once it was asked for. Several selections have it
// in common where the list is the same.
type written struct {
	sync.Mutex
	values []literals  // "a", "b"; several where one search does not take all
	facts  [2]literals // "a":[...], "b":[...]; the second without what another list says, see sameAs
}

// owner is the IOC that a key stands for, and others where there are several.
type owner struct {
	first *Indicator
	more  []*Indicator
}

func (o owner) is(other owner) bool {
	return o.first == other.first && slices.Equal(o.more, other.more)
}

// literals are written values, separated by commas.
type literals struct {
	text  []byte // of which there may be megabytes
	chars int
}

// Selection is the set of indicators that hunts look for, with the lists that
// the hunts of all tables share. It does not change, and may be used by several
// goroutines.
type Selection struct {
	indicators []*Indicator
	shapes     [Shapes]int // how many of each, mentions included
	mentions   [Shapes]int
	lists      [lists]*list
	labels     []int // how many labels the domains have, most first
	params     []int // how many parameters the queries of URLs have, most first
	bits4      []int // lengths of the blocks of addresses, longest first
	bits6      []int
	scaffolds  *scaffolds
}

// NewSelection selects indicators.
func NewSelection(indicators []*Indicator) *Selection {
	s := &Selection{indicators: indicators, scaffolds: new(scaffolds)}
	s.makeLists()
	for _, x := range indicators {
		s.shapes[x.Shape]++
		if x.Mention {
			s.mentions[x.Shape]++
		}
		for _, t := range x.terms {
			s.lists[t.list].add(t, x)
		}
		switch x.Shape {
		case nameShape:
			s.labels = with(s.labels, x.labels)
		case urlNameShape, sharedShape, url4Shape, url6Shape:
			s.params = with(s.params, x.params)
		case cidr4Shape:
			s.bits4 = with(s.bits4, x.bits)
		case cidr6Shape:
			s.bits6 = with(s.bits6, x.bits)
		}
	}
	return s
}

// Next selects indicators of which most were selected before. Of lists that are
// the same, what was written is taken over: after one decision that is all lists
// but those of the IOC.
func (s *Selection) Next(indicators []*Indicator) *Selection {
	next := NewSelection(indicators)
	if s.scaffolds != nil {
		next.scaffolds = s.scaffolds
	}
	var same [lists]bool
	for id, l := range next.lists {
		same[id] = l.same(s.lists[id])
	}
	for id, l := range next.lists {
		if other, tied := sameAs[listID(id)]; l != nil && same[id] && (!tied || same[other]) {
			l.written = s.lists[id].written
		}
	}
	return next
}

// same reports whether two lists have the same values of the same IOCs.
func (l *list) same(o *list) bool {
	if l == nil || o == nil {
		return l == o
	}
	return slices.Equal(l.keys, o.keys) && slices.EqualFunc(l.owners, o.owners, owner.is)
}

// makeLists makes the lists that the indicators have values for, each with room
// for all of them.
func (s *Selection) makeLists() {
	var sizes [lists]int
	for _, x := range s.indicators {
		for _, t := range x.terms {
			sizes[t.list]++
		}
	}
	for id, n := range sizes {
		if n > 0 {
			s.lists[id] = &list{keys: make([]string, 0, n), owners: make([]owner, 0, n), places: make(map[string]int32, n), written: new(written)}
		}
	}
}

// with inserts a number into a descending list, once.
func with(all []int, n int) []int {
	at, found := slices.BinarySearchFunc(all, n, func(a, b int) int { return cmp.Compare(b, a) })
	if found {
		return all
	}
	return slices.Insert(all, at, n)
}

func (l *list) add(t term, x *Indicator) {
	at, ok := l.places[t.key]
	switch {
	case !ok:
		l.places[t.key] = int32(len(l.keys))
		l.keys = append(l.keys, t.key)
		l.unicode = l.unicode || t.list.names() && !ascii(t.key)
		l.owners = append(l.owners, owner{first: x})
	case l.owners[at].first != x:
		l.owners[at].more = append(l.owners[at].more, x)
	}
}

// names reports whether columns of names and URLs are searched for a list.
func (l listID) names() bool { return l == domainList || l == hostList || l == urlHostList }

func ascii(s string) bool {
	for n := range len(s) {
		if s[n] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// has reports whether a list has values.
func (s *Selection) has(l listID) bool { return s.lists[l] != nil }

// len is the number of values in a list.
func (s *Selection) len(l listID) int {
	if s.lists[l] == nil {
		return 0
	}
	return len(s.lists[l].keys)
}

// values writes a list, once for all tables, in the parts that columns are
// searched for.
func (s *Selection) values(id listID) []literals {
	l := s.lists[id]
	l.written.Lock()
	defer l.written.Unlock()
	if l.written.values == nil {
		most := len(l.keys)
		if id.searched() {
			most = AnyValues
		}
		for part := range slices.Chunk(l.keys, most) {
			l.written.values = append(l.written.values, quoted(part))
		}
	}
	return l.written.values
}

// quoted writes values.
func quoted(keys []string) literals {
	size := 0
	for _, k := range keys {
		size += len(k) + 4
	}
	b := make([]byte, 0, size)
	for n, k := range keys {
		if n > 0 {
			b = append(b, ", "...)
		}
		b = AppendQuote(b, k)
	}
	return literals{b, chars(b)}
}

// parts are the names of the parts of a list, each short enough for a search:
// the list itself where it is.
func (s *Selection) parts(l listID) []name {
	n := (s.len(l) + AnyValues - 1) / AnyValues
	if n < 2 || !l.searched() {
		return []name{listNames[l]}
	}
	all := make([]name, n)
	for i := range all {
		all[i] = listNames[l] + name(strconv.Itoa(i+1))
	}
	return all
}

// searched reports whether columns are searched for the values of a list. For
// has_any_ipv4 and has_any_index no limit is stated; that of has_any is taken.
func (l listID) searched() bool {
	switch l {
	case urlHostList, domainList, hostList, emailList, fileList, ip4List, any4List, ip6TextList, any6TextList:
		return true
	}
	return false
}
