package library

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"quarry/feed"
)

// parameterName is how a parameter may be called: {name} and name=value stay clear.
var parameterName = regexp.MustCompile(`^[\pL\pN_-]+$`)

// The fields that are lists, and those that hold more fields; all others are texts.
var (
	listKeys  = []string{"tags", "types", "threats", "tables", "example", "default"}
	outerKeys = []string{"applies", "parameters"}
)

// aliased is the node that an alias stands for.
func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// null reports whether nothing stands behind a key.
func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// shape checks that a field is a text or a list of texts, whichever it should be.
func (r *entryReader) shape(n *yaml.Node, key string) {
	switch {
	case slices.Contains(outerKeys, key):
	case slices.Contains(listKeys, key):
		if r.list(n, key, key+": ["+plain(n.Value)+"]") {
			for _, v := range n.Content {
				r.text(aliased(v), key, "each of the list is a text")
			}
		}
	default:
		r.text(n, key, "it is a text")
	}
}

// list reports whether a field is a list. One without anything is none, and no
// mistake.
func (r *entryReader) list(n *yaml.Node, key, such string) bool {
	switch {
	case n == nil || null(n):
		return false
	case n.Kind == yaml.SequenceNode:
		return true
	}
	r.fault(n, key, "it is a list; write "+such)
	return false
}

// text checks that a field is a text.
func (r *entryReader) text(n *yaml.Node, key, what string) {
	switch n.Kind {
	case yaml.SequenceNode:
		r.fault(n, key, what+", and this is a list; write it without [ ] or -, in quotes where it begins with one")
	case yaml.MappingNode:
		r.fault(n, key, what+", and this is a mapping; put the text in quotes where it has { or a colon")
	}
}

// plain is a value as an example of YAML shows it.
func plain(v string) string {
	if v == "" {
		return "a, b"
	}
	if strings.ContainsAny(v, ":,[]{}#'\"") {
		return feed.Quote(v)
	}
	return v
}
