package review

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
)

// sorter sorts rows by keys that were taken from the review, of which it needs
// nothing any more. Rows with equal keys stay in the order in which they came.
type sorter struct {
	numbers pages[numbered] // by a number
	texts   pages[keyed]    // or by texts
	behind  pages[keyed]    // that come behind those texts
	keys    strings.Builder
}

// pages are a list that grows without being copied, so that no step of a look
// takes longer than the others.
type pages[T any] struct {
	full [][]T
	last []T
}

const pageRows = 1 << 12

func (p *pages[T]) add(v T) {
	if len(p.last) == cap(p.last) {
		if p.last != nil {
			p.full = append(p.full, p.last)
		}
		p.last = make([]T, 0, pageRows)
	}
	p.last = append(p.last, v)
}

func (p *pages[T]) list() []T { return slices.Concat(append(p.full, p.last)...) }

type numbered struct {
	key uint64
	row int32
}

type keyed struct {
	key string
	row int32
}

// sorted are the rows, turned round on demand.
func (s *sorter) sorted(reverse bool) []int32 {
	numbers, texts, behind := s.numbers.list(), s.texts.list(), s.behind.list()
	*s = sorter{}
	sortNumbers(numbers, make([]numbered, len(numbers)))
	sortTexts(texts)
	sortTexts(behind)
	rows := make([]int32, 0, len(numbers)+len(texts)+len(behind))
	if !reverse {
		for _, n := range numbers {
			rows = append(rows, n.row)
		}
		for _, list := range [][]keyed{texts, behind} {
			for _, t := range list {
				rows = append(rows, t.row)
			}
		}
		return rows
	}
	rows = appendReversed(rows, numbers, func(n numbered) int32 { return n.row }, func(a, b numbered) bool { return a.key == b.key })
	for _, list := range [][]keyed{behind, texts} {
		rows = appendReversed(rows, list, func(t keyed) int32 { return t.row }, func(a, b keyed) bool { return a.key == b.key })
	}
	return rows
}

// appendReversed appends rows from the last to the first, but equal ones as they
// stand.
func appendReversed[T any](rows []int32, list []T, row func(T) int32, equal func(a, b T) bool) []int32 {
	for end := len(list); end > 0; {
		begin := end - 1
		for begin > 0 && equal(list[begin-1], list[end-1]) {
			begin--
		}
		for _, t := range list[begin:end] {
			rows = append(rows, row(t))
		}
		end = begin
	}
	return rows
}

// sortNumbers sorts by the bytes of the keys, the last ones first, and leaves out
// those that are the same in all. spare is as long.
func sortNumbers(list, spare []numbered) {
	if len(list) < fewRows {
		slices.SortStableFunc(list, func(a, b numbered) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return 0
		})
		return
	}
	var any, all uint64
	all = ^any
	for _, n := range list {
		any |= n.key
		all &= n.key
	}
	from, to := list, spare
	for shift := 0; shift < 64; shift += 8 {
		if byte(any>>shift) == byte(all>>shift) {
			continue
		}
		var begin [257]int
		for _, n := range from {
			begin[int(byte(n.key>>shift))+1]++
		}
		for b := range 256 {
			begin[b+1] += begin[b]
		}
		for _, n := range from {
			b := byte(n.key >> shift)
			to[begin[b]] = n
			begin[b]++
		}
		from, to = to, from
	}
	if &from[0] != &list[0] {
		copy(list, from)
	}
}

// fewRows is up to how many rows comparing them is faster than counting bytes.
const fewRows = 64

func sortTexts(list []keyed) {
	if len(list) == 0 {
		return
	}
	t := textSorter{make([]numbered, len(list)), make([]numbered, len(list)), make([]keyed, len(list))}
	t.sort(list, 0)
}

// textSorter sorts texts by eight bytes at a time, which for addresses and names
// is a few times as fast as comparing them.
type textSorter struct {
	numbers, spare []numbered
	texts          []keyed
}

// sort sorts texts that are the same up to a byte.
func (s *textSorter) sort(list []keyed, from int) {
	for {
		if len(list) < fewRows {
			slices.SortStableFunc(list, func(a, b keyed) int {
				return strings.Compare(a.key[min(from, len(a.key)):], b.key[min(from, len(b.key)):])
			})
			return
		}
		numbers, same, longer := s.numbers[:len(list)], true, false
		for i, t := range list {
			numbers[i] = numbered{eightBytes(t.key, from), int32(i)}
			same = same && numbers[i].key == numbers[0].key
			longer = longer || len(t.key) > from+8
		}
		if !same {
			break
		}
		if !longer {
			return
		}
		from += 8
	}
	numbers := s.numbers[:len(list)]
	sortNumbers(numbers, s.spare[:len(list)])
	texts := s.texts[:len(list)]
	copy(texts, list)
	var runs []int32 // where texts that are still the same begin and end
	begin, longer := 0, false
	for i, n := range numbers {
		list[i] = texts[n.row]
		if i > 0 && n.key != numbers[i-1].key {
			if longer && i-begin > 1 {
				runs = append(runs, int32(begin), int32(i))
			}
			begin, longer = i, false
		}
		longer = longer || len(list[i].key) > from+8
	}
	if longer && len(list)-begin > 1 {
		runs = append(runs, int32(begin), int32(len(list)))
	}
	for i := 0; i < len(runs); i += 2 {
		s.sort(list[runs[i]:runs[i+1]], from+8)
	}
}

// eightBytes are those of a text from a place on, as a number that sorts as they
// do.
func eightBytes(s string, from int) uint64 {
	if from+8 <= len(s) {
		return uint64(s[from])<<56 | uint64(s[from+1])<<48 | uint64(s[from+2])<<40 | uint64(s[from+3])<<32 |
			uint64(s[from+4])<<24 | uint64(s[from+5])<<16 | uint64(s[from+6])<<8 | uint64(s[from+7])
	}
	var n uint64
	for i := range 8 {
		n <<= 8
		if from+i < len(s) {
			n |= uint64(s[from+i])
		}
	}
	return n
}

// keyOf tells a sorter a row that is sorted by a column.
func (s *sorter) keyOf(by Column) func(r *Review, row int32) {
	number := func(key func(r *Review, at int) uint64) func(*Review, int32) {
		return func(r *Review, row int32) { s.numbers.add(numbered{key(r, int(row)), row}) }
	}
	types, verdicts := rank(feed.Types), rank(Verdicts)
	switch by {
	case ByOn:
		return number(func(r *Review, at int) uint64 {
			if r.Hunts(at) {
				return 0
			}
			return 1
		})
	case ByType:
		return number(func(r *Review, at int) uint64 { return types(r.iocs.Type(at)) })
	case ByConfidence:
		return number(func(r *Review, at int) uint64 { return uint64(127 - r.iocs.Confidence(at)) })
	case BySeen:
		return number(func(r *Review, at int) uint64 {
			seen := r.iocs.FirstSeen(at)
			if seen.IsZero() {
				return 1<<64 - 1
			}
			return ^(uint64(seen.UnixMicro()) ^ 1<<63)
		})
	case ByVerdict:
		return number(func(r *Review, at int) uint64 {
			if v := r.Verdict(at); v != NoVerdict {
				return verdicts(v)
			}
			return 1<<64 - 1
		})
	case ByThreat:
		return func(r *Review, row int32) {
			if t := r.iocs.Threat(int(row)); t != "" {
				s.texts.add(keyed{string(t), row})
			} else {
				s.behind.add(keyed{"", row})
			}
		}
	case ByValue:
		return s.value
	}
	return nil
}

// value sorts addresses by number, before everything else by text.
func (s *sorter) value(r *Review, row int32) {
	t, value := r.iocs.Type(int(row)), r.iocs.Value(int(row))
	addr, port, ok := pointsAt(t, value)
	if !ok {
		s.behind.add(keyed{value, row})
		return
	}
	var b [64]byte
	bytes := addr.As16()
	key := append(b[:0], byte(addr.BitLen()))
	key = append(key, bytes[:]...)
	key = append(append(key, addr.Zone()...), 0)
	key = append(binary.BigEndian.AppendUint16(key, port), value...)
	if s.keys.Cap()-s.keys.Len() < len(key) {
		s.keys = strings.Builder{}
		s.keys.Grow(max(64<<10, len(key)))
	}
	from := s.keys.Len()
	s.keys.Write(key)
	s.texts.add(keyed{s.keys.String()[from:], row})
}

// pointsAt is what [feed.IOC.Addr] and [feed.IOC.Port] say of a value, for those
// who ask a million times.
func pointsAt(t feed.Type, value string) (addr netip.Addr, port uint16, ok bool) {
	authority := value
	switch t {
	case feed.IP, feed.IPPort:
	case feed.URL:
		rest := value
		if _, behind, ok := strings.Cut(value, "://"); ok {
			rest = behind
		}
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			rest = rest[:end]
		}
		if authority = rest; isName(authority) {
			return addr, 0, false
		}
	default:
		return addr, 0, false
	}
	host, portText, _ := strings.Cut(authority, ":")
	if isDigits(host, true) && isDigits(portText, false) {
		n, err := strconv.ParseUint(portText, 10, 16)
		if a, bad := netip.ParseAddr(host); bad == nil && (err == nil || portText == "") {
			return a, uint16(n), true
		}
	}
	i := feed.IOC{Type: t, Value: value}
	addr, ok = i.Addr()
	return addr, uint16(i.Port()), ok
}

// isDigits reports whether a text is digits alone, or digits and dots.
func isDigits(s string, dots bool) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && !(dots && c == '.') {
			return false
		}
	}
	return true
}

// isName reports whether the authority of a URL is a name that begins with a
// letter, and nothing that could be read as an address.
func isName(s string) bool {
	if s == "" || lowerByte(s[0]) < 'a' || lowerByte(s[0]) > 'z' {
		return false
	}
	for i := range len(s) {
		switch c := lowerByte(s[i]); {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_', c == ':':
		default:
			return false
		}
	}
	return true
}
