package table

import (
	"slices"
	"strconv"
	"strings"

	"quarry/feed"
	"quarry/feed/records"
	"quarry/feed/scan"
)

// untitled tells columns by what stands in them, where nine of ten rows agree.
// The titles are those of a header that nobody knows, or nil. Without a column of
// types a line or two may as well be a sentence with a comma.
func untitled(w *words, titles []string, rows [][]string) (layout, feed.Sureness) {
	width := widthOf(rows)
	if width < 2 || hostsOnly(rows, 0) || titles != nil && !slices.ContainsFunc(rows, func(row []string) bool { return len(row) == len(titles) }) {
		return layout{}, 0
	}
	l := layout{header: titles != nil, columns: make([]column, max(width, len(titles)))}
	for k, title := range titles {
		l.columns[k].title = title
	}
	for k := range l.columns {
		if types, _ := shares(w, k, rows); types >= 90 && !l.has(typeColumn) {
			l.columns[k].is = typeColumn
		}
	}
	if !l.has(typeColumn) && (sentences(rows) || titles == nil && len(rows) < fewRows && !onlyValues(rows) && !(width == 2 && w.arePorts(rows, 1))) || !l.findValues(w, rows) {
		return layout{}, 0
	}
	l.findRest(w, rows)
	l.files = l.hasFiles(rows)
	if l.has(typeColumn) {
		return l, sureOfContent
	}
	l.byLooks = titles == nil
	return l, sureOfValues
}

// fewRows is how many rows make a table by themselves.
const fewRows = 3

// areTitles reports whether a row reads like a header in words of its own: a few
// words a cell, none of them a value and none the end of a sentence.
func areTitles(row []string) bool {
	return len(row) > 1 && !slices.ContainsFunc(row, func(cell string) bool {
		words := len(strings.Fields(cell))
		return words == 0 || words > 4 || len(cell) > longestWord || strings.ContainsAny(cell[len(cell)-1:], ".:!?") || len(records.ValuesOf(cell)) > 0 || len(scan.Find(cell)) > 0 || isDate(cell)
	})
}

// sentences reports whether more than one of ten rows has a cell of words with a
// value among them, as a sentence that a comma parts.
func sentences(rows [][]string) bool {
	n := 0
	for _, row := range rows {
		if slices.ContainsFunc(row, func(cell string) bool {
			return strings.ContainsAny(cell, " \t") && !isJSON(cell) && len(records.ValuesOf(cell)) == 0 && len(scan.Find(cell)) > 0
		}) {
			n++
		}
	}
	return 10*n > len(rows)
}

// isJSON reports whether a cell begins as an object or a list of objects or texts.
func isJSON(cell string) bool {
	return strings.HasPrefix(cell, "{") || strings.HasPrefix(cell, "[{") || strings.HasPrefix(cell, `["`)
}

// onlyValues reports whether each cell is a value, as in a list on one line.
func onlyValues(rows [][]string) bool {
	return !slices.ContainsFunc(rows, func(row []string) bool {
		return slices.ContainsFunc(row, func(cell string) bool { return len(records.ValuesOf(cell)) == 0 })
	})
}

// widthOf is how many cells nine of ten rows have at most, 0 where they differ:
// text with a comma here and there is no table.
func widthOf(rows [][]string) int {
	counts := map[int]int{}
	widest := 0
	for _, row := range rows {
		counts[len(row)]++
		widest = max(widest, len(row))
	}
	usual := 0
	for n, count := range counts {
		if count > counts[usual] || count == counts[usual] && n > usual {
			usual = n
		}
	}
	if usual < 2 || 10*counts[usual] < 7*len(rows) {
		return 0
	}
	return widest
}

// findValues finds the column of values: with types the one whose values are of
// them, else the first that holds nothing else, and with it those of hashes and,
// in a list on one line, all. What other columns of values say of the first, such
// as to what a name resolves, nobody knows; they stay unread, and what they hold
// is listed.
func (l *layout) findValues(w *words, rows [][]string) bool {
	at := slices.IndexFunc(l.columns, func(c column) bool { return c.is == typeColumn })
	for k := range l.columns {
		if k == at {
			continue
		}
		if at >= 0 {
			if 10*agree(w, rows, at, k) >= 9*len(rows) {
				l.columns[k].is = valueColumn
				return true
			}
			continue
		}
		if _, values := shares(w, k, rows); values >= 90 && (!l.has(valueColumn) || hashesOnly(rows, k) || !l.header && len(rows) < fewRows) {
			l.columns[k].is = valueColumn
		}
	}
	return l.has(valueColumn)
}

// agree is how many rows have in column k a value of the type in column at.
func agree(w *words, rows [][]string, at, k int) (n int) {
	for _, row := range rows {
		if at >= len(row) || k >= len(row) {
			continue
		}
		kind := w.kindOf(row[at])
		if kind == nil || len(kind.Types) == 0 || slices.ContainsFunc(kind.Types, func(t feed.Type) bool {
			_, err := feed.Canonical(t, row[k])
			return err == nil
		}) {
			n++
		}
	}
	return n
}

func hashesOnly(rows [][]string, k int) bool {
	return all(rows, k, func(v string) bool {
		t, ok := records.Guess(v)
		return ok && t.IsHash()
	})
}

// hostsOnly reports whether a column is the first one of a hosts file.
func hostsOnly(rows [][]string, k int) bool {
	return all(rows, k, records.IsSink)
}

// all reports whether each cell of a column that is not empty is such, and there
// is one.
func all(rows [][]string, k int, such func(string) bool) bool {
	cells := 0
	for _, row := range rows {
		if k < len(row) && row[k] != "" {
			if !such(row[k]) {
				return false
			}
			cells++
		}
	}
	return cells > 0
}

// findRest finds ports, dates, tags and references among the other columns.
func (l *layout) findRest(w *words, rows [][]string) {
	for k := range l.columns {
		c := &l.columns[k]
		if c.is != unread {
			continue
		}
		switch {
		case !l.header && k > 0 && l.columns[k-1].is == valueColumn && !l.has(portColumn) && w.arePorts(rows, k):
			if c.is = portColumn; !w.areUsual(rows, k) {
				c.is, c.numbers = noteColumn, true
			}
		case !l.header && k > 0 && l.columns[k-1].is == valueColumn && !l.has(portColumn) && areNumbers(rows, k) && w.areUsual(rows, k):
			c.is, c.numbers = noteColumn, true
		case !l.has(firstColumn) && all(rows, k, isDate):
			c.is = firstColumn
		case !l.has(referenceColumn) && l.areReferences(w, rows, k):
			c.is = referenceColumn
		case !l.has(tagsColumn) && all(rows, k, func(v string) bool { return v[0] == '#' }):
			c.is = tagsColumn
		}
	}
}

// arePorts reports whether the cells of a column can be numbers of ports behind
// addresses, with or without a protocol, and not all percentages: of those up to 100 all are usual
// ports, and scores are not such as 22 and 53.
func (w *words) arePorts(rows [][]string, k int) bool {
	beyond, usual, odd := false, true, false
	for _, row := range rows {
		if k >= len(row) {
			return false
		}
		number, protocol := withoutProtocol(row[k])
		n, _ := strconv.ParseUint(number, 10, 16)
		beyond = beyond || n > 100 || protocol
		usual, odd = usual && w.ports[number], odd || n%5 != 0
	}
	return (beyond || usual && odd) && areNumbers(rows, k)
}

// areNumbers reports whether the cells of a column behind addresses are numbers that ports
// can have, with or without a protocol.
func areNumbers(rows [][]string, k int) bool {
	for _, row := range rows {
		if k >= len(row) {
			return false
		}
		number, _ := withoutProtocol(row[k])
		n, err := strconv.ParseUint(number, 10, 16)
		if t, ok := records.Guess(row[k-1]); err != nil || n == 0 || !ok || t != feed.IP {
			return false
		}
	}
	return true
}

// withoutProtocol takes the name of a protocol off a port, "443/tcp" or "TCP/443", and
// reports whether there was one.
func withoutProtocol(cell string) (number string, was bool) {
	before, behind, ok := strings.Cut(strings.ToLower(cell), "/")
	switch {
	case ok && (before == "tcp" || before == "udp"):
		return behind, true
	case ok && (behind == "tcp" || behind == "udp"):
		return before, true
	}
	return cell, false
}

// areUsual reports whether at least half the numbers of a column are usual ports or have
// a protocol. Others are as well those of networks, years or counts.
func (w *words) areUsual(rows [][]string, k int) bool {
	n := 0
	for _, row := range rows {
		if number, protocol := withoutProtocol(row[k]); protocol || w.ports[number] {
			n++
		}
	}
	return 2*n >= len(rows)
}

// areReferences reports whether a column of links leads to pages about the values:
// to hosts of such pages or, where the types say what the values are, to others
// than the values of their rows. A column of links may be one of payloads.
func (l *layout) areReferences(w *words, rows [][]string, k int) bool {
	if all(rows, k, func(v string) bool { return isLink(v) && w.isPage(v) }) {
		return true
	}
	if !l.has(typeColumn) || !all(rows, k, isLink) {
		return false
	}
	at := slices.IndexFunc(l.columns, func(c column) bool { return c.is == valueColumn })
	return !slices.ContainsFunc(rows, func(row []string) bool {
		return k < len(row) && at < len(row) && strings.Contains(feed.Refang(row[at]), hostOf(row[k]))
	})
}

// hostOf is the host of a link.
func hostOf(link string) string { return feed.IOC{Type: feed.URL, Value: link}.Host() }

func isDate(v string) bool {
	_, err := feed.ParseSeen(v)
	return err == nil
}

func isLink(v string) bool {
	return strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://")
}
