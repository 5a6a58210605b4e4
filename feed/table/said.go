package table

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// sureOfRecords is how sure the reader is of objects that do not say that they are
// indicators: surer than the reader of text, which sees no keys.
const sureOfRecords feed.Sureness = 2

// sayIndicators reports whether objects below a key, "" where there is none, say of
// themselves that they are indicators: by a type, a key, a family, a threat or a
// confidence, as lists have them and
// records of what happened do not; by being nothing but values, perhaps with a port, or
// nothing but hashes and names of files; or by a value that is defanged. bare is true where
// no word says it, and no port beside the only values.
func sayIndicators(key string, paths []string, l layout, rows [][]string) (say, bare bool) {
	isValue := func(path string) bool {
		return isIndicatorPath(path) && l.columns[slices.Index(paths, path)].is == valueColumn
	}
	switch {
	case l.has(typeColumn), slices.ContainsFunc(paths, isValue):
		return true, false
	case slices.ContainsFunc(paths, isAskerPath):
		return false, false
	case isIndicatorPath(key), slices.ContainsFunc(paths, isIndicatorPath):
		return true, false
	case slices.ContainsFunc(paths, isEventPath):
		return false, false
	case l.has(familyColumn), l.has(threatColumn), slices.ContainsFunc(paths, isConfidencePath):
		return true, false
	}
	hashes, addresses, assets, values, names, rest := 0, 0, 0, 0, 0, 0
	for k, c := range l.columns {
		switch {
		case c.is == valueColumn && said().Assets.names(paths[k]):
			assets++
		case c.is == valueColumn && c.kind != nil && !slices.ContainsFunc(c.kind.Types, func(t feed.Type) bool { return !t.IsHash() }):
			hashes++
		case c.is == valueColumn && c.kind != nil && slices.Contains(c.kind.Types, feed.IP):
			addresses++
		case c.is == valueColumn:
			values++
		case c.is == portColumn:
		case said().Files[plain(paths[k])]:
			names++
		default:
			rest++
		}
	}
	mixed, port := assets > 0 && addresses+hashes > 0, l.has(portColumn)
	bare = rest == 0 && (!mixed || port) && (names == 0 || addresses+assets+values == 0 && hashes > 0)
	return bare || l.hasDefanged(rows, true), bare && (mixed || !port)
}

// isIndicatorPath reports whether keys say that a value is an indicator.
func isIndicatorPath(path string) bool {
	path = strings.ToLower(path)
	return strings.Contains(path, "indicator") || strings.Contains(path, "ioc") || strings.Contains(path, "observable") || path == "value"
}

func isConfidencePath(path string) bool { return strings.Contains(strings.ToLower(path), "confidence") }

// isEventPath reports whether keys are those of records of what happened.
func isEventPath(path string) bool { return said().Events.names(path) }

// isAskerPath reports whether keys say from where was done what happened.
func isAskerPath(path string) bool { return said().Askers.names(path) }

//go:embed said.yaml
var saidYAML []byte

// saidWords is what said.yaml says.
type saidWords struct{ Values, Events, Askers, Assets, Files, Controllers, Answers, Action, Actions plainWords }

// plainWords is a set of words, each as [plain] makes it.
type plainWords map[string]bool

// names reports whether a path of keys, or the last of them, is one of the words.
func (p plainWords) names(path string) bool {
	return p[plain(path)] || p[plain(path[strings.LastIndexByte(path, '.')+1:])]
}

func (p *plainWords) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*p = make(plainWords, len(list))
	for _, word := range list {
		(*p)[plain(word)] = true
	}
	return nil
}

// said is read once. That it can be read, a test holds.
var said = sync.OnceValue(func() saidWords {
	s, _ := readSaid(saidYAML)
	return s
})

func readSaid(text []byte) (s saidWords, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	return s, dec.Decode(&s)
}

// nameMalware takes a column for one of names of malware whose title is that of its
// controllers too, where its cells are words alone and another column has values. Where
// they answer a question nothing is taken from it.
func (l *layout) nameMalware(rows [][]string) {
	for k, c := range l.columns {
		others := slices.ContainsFunc(l.columns, func(o column) bool { return o.is == valueColumn && o.title != c.title })
		if c.is != valueColumn || !others || !said().Controllers[plain(c.title)] {
			continue
		}
		named, other, answers := 0, 0, 0
		for _, row := range rows {
			switch {
			case k >= len(row) || row[k] == "":
			case isAddressed(row[k]):
				other++
			case said().Answers[plain(row[k])]:
				answers++
			default:
				named++
			}
		}
		switch {
		case named+answers == 0 || other > 0:
			continue
		case answers > 0:
			l.columns[k].is, l.columns[k].answers = unread, true
		case l.has(familyColumn):
			l.columns[k].is = noteColumn
		default:
			l.columns[k].is, l.columns[k].controls = familyColumn, true
		}
		l.columns[k].kind = nil
	}
}

// isAddressed reports whether a cell may be a value of what controls malware, not its name.
func isAddressed(cell string) bool { return strings.ContainsAny(cell, ".:/[@") }

// family is the name of the malware of a row, "" where a value stands in its column, which
// is listed, as all that is found there.
func (t *table) family(row []string, line int) (string, error) {
	cell := t.cell(row, familyColumn)
	k := t.at[familyColumn]
	if cell == "" || !t.columns[k].controls || !isAddressed(cell) {
		return cell, nil
	}
	found := mentions(cell, "stands in the column "+t.nameOf(k)+", which holds names of malware")
	if len(found) == 0 {
		return cell, nil
	}
	t.tally.Add("unread-column", feed.Warning, line, "the column "+t.nameOf(k)+" holds names of malware in the first rows, so what looks like an indicator there is listed and off; switch on what is meant")
	return "", t.add(found, line)
}

// judgeByAction takes a column for one of verdicts that says what is to be done about a
// value of a stated type.
func (l *layout) judgeByAction(rows [][]string) {
	if !l.has(typeColumn) {
		return
	}
	for k, c := range l.columns {
		if c.is != unread || !said().Action[plain(c.title)] {
			continue
		}
		some, other := false, false
		for _, row := range rows {
			if k < len(row) && row[k] != "" {
				known := said().Actions[plain(row[k])]
				some, other = some || known, other || !known
			}
		}
		if some && !other {
			l.columns[k].is = verdictColumn
		}
	}
}

// hasDefanged reports whether a cell is defanged, of the columns of values or of
// the others.
func (l *layout) hasDefanged(rows [][]string, values bool) bool {
	return slices.ContainsFunc(rows, func(row []string) bool {
		for k, cell := range row {
			if (l.columns[k].is == valueColumn) == values && feed.Refang(cell) != cell {
				return true
			}
		}
		return false
	})
}
