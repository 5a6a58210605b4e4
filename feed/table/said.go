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

// sayIndicators reports whether objects say of themselves that they are indicators:
// by a type, a key, a family, a threat or a confidence, as lists have them and
// records of what happened do not; by being nothing but values, perhaps with a port, or
// nothing but hashes and names of files; or by a value that is defanged. bare is true where several values and
// no word say it.
func sayIndicators(paths []string, l layout, rows [][]string) (say, bare bool) {
	switch {
	case l.has(typeColumn), slices.ContainsFunc(paths, isIndicatorPath):
		return true, false
	case slices.ContainsFunc(paths, isEventPath):
		return false, false
	case l.has(familyColumn), l.has(threatColumn), slices.ContainsFunc(paths, isConfidencePath):
		return true, false
	}
	hashes, values, names, rest := 0, 0, 0, 0
	for k, c := range l.columns {
		switch {
		case c.is == valueColumn && c.kind != nil && !slices.ContainsFunc(c.kind.Types, func(t feed.Type) bool { return !t.IsHash() }):
			hashes++
		case c.is == valueColumn:
			values++
		case c.is == portColumn:
		case said().Files[plain(paths[k])]:
			names++
		default:
			rest++
		}
	}
	bare = rest == 0 && (names == 0 || values == 0 && hashes > 0)
	return bare || l.hasDefanged(rows, true), bare && hashes+values > 1
}

// isIndicatorPath reports whether keys say that a value is an indicator.
func isIndicatorPath(path string) bool {
	path = strings.ToLower(path)
	return strings.Contains(path, "indicator") || strings.Contains(path, "ioc") || strings.Contains(path, "observable") || path == "value"
}

func isConfidencePath(path string) bool { return strings.Contains(strings.ToLower(path), "confidence") }

// isEventPath reports whether keys are those of records of what happened.
func isEventPath(path string) bool {
	return said().Events[plain(path)] || said().Events[plain(path[strings.LastIndexByte(path, '.')+1:])]
}

//go:embed said.yaml
var saidYAML []byte

// saidWords is what said.yaml says.
type saidWords struct{ Values, Events, Files, Controllers plainWords }

// plainWords is a set of words, each as [plain] makes it.
type plainWords map[string]bool

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
// controllers too, where its cells are words alone and another column has values.
func (l *layout) nameMalware(rows [][]string) {
	for k, c := range l.columns {
		others := slices.ContainsFunc(l.columns, func(o column) bool { return o.is == valueColumn && o.title != c.title })
		if c.is != valueColumn || !others || !said().Controllers[plain(c.title)] {
			continue
		}
		named, other := 0, 0
		for _, row := range rows {
			switch {
			case k >= len(row) || row[k] == "":
			case strings.ContainsAny(row[k], ".:/[@"):
				other++
			default:
				named++
			}
		}
		if named == 0 || other > 0 {
			continue
		}
		l.columns[k].is, l.columns[k].kind = noteColumn, nil
		if !l.has(familyColumn) {
			l.columns[k].is = familyColumn
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
