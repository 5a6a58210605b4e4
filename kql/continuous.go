package kql

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

//go:embed transformations.yaml
var transformationsYAML []byte

// transformations are the names that a continuous custom detection may use.
var transformations = sync.OnceValues(func() ([]string, error) {
	var lines [][]string
	if err := yaml.Unmarshal(transformationsYAML, &lines); err != nil {
		return nil, &CatalogueError{File: "transformations.yaml", Reason: err.Error()}
	}
	return slices.Concat(lines...), nil
})

// continuous says why the portal of Defender may refuse to run a hunt without
// comments continuously (NRT): it takes one table, and of the language what
// ingestion-time transformations take. What it really checks is not published.
func (h *Hunt) continuous(o *Options) ([]feed.Finding, error) {
	if h.Target != Defender || !o.NoComments {
		return nil, nil
	}
	if h.Table == UnionTable {
		return []feed.Finding{{Code: "nrt-one-table", Severity: feed.Info, Text: h.Table +
			": a custom detection with the frequency Continuous (NRT) takes one table and no union; write a hunt for each table"}}, nil
	}
	names, err := unlisted(h.Query)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	return []feed.Finding{{Code: "nrt-features", Severity: feed.Info, Text: fmt.Sprintf(
		"%s: the hunt uses %s, which are not on Microsoft's list for custom detections with the frequency Continuous (NRT); the portal may refuse it, every hour is the safe choice",
		h.Table, strings.Join(names, ", "))}}, nil
}

// unlisted are the operators and functions of a query that transformations do
// not take, sorted. What hunts write stands before a bracket.
func unlisted(query string) ([]string, error) {
	listed, err := transformations()
	if err != nil {
		return nil, err
	}
	var names []string
	last := ""
	for _, k := range Lex(query) {
		switch {
		case k.Kind == Space:
			continue
		case k.Text != "(", last == "", last == "and", last == "or", strings.HasPrefix(last, "Ioc"), slices.Contains(listed, last):
		case !slices.Contains(names, last):
			names = append(names, last)
		}
		last = ""
		if k.Kind == Name {
			last = k.Text
		}
	}
	slices.Sort(names)
	return names, nil
}
