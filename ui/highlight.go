package ui

import (
	"strings"

	"quarry/kql"
)

// keywords are the words of a query that say what it does; operators written
// in letters are told from columns by them.
var keywords = map[string]bool{
	"let": true, "where": true, "extend": true, "project": true, "order": true, "by": true, "desc": true, "asc": true,
	"or": true, "and": true, "not": true, "in": true, "in~": true, "has": true, "has_any": true, "contains": true,
	"startswith": true, "endswith": true, "matches": true, "regex": true, "union": true, "dynamic": true, "ago": true,
	"summarize": true, "join": true, "lookup": true, "on": true, "kind": true, "datatable": true,
}

// highlightKQL splits a query into lines of coloured spans.
func highlightKQL(query string) []textLine {
	lines := []textLine{nil}
	for _, t := range kql.Lex(query) {
		s := tokenStyle(t)
		for i, part := range strings.Split(t.Text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			if part != "" {
				last := len(lines) - 1
				lines[last] = append(lines[last], span{s, part})
			}
		}
	}
	return lines
}

func tokenStyle(t kql.Token) style {
	switch t.Kind {
	case kql.Comment:
		return commentStyle
	case kql.String:
		return stringStyle
	case kql.Number:
		return numberStyle
	case kql.Name:
		if keywords[t.Text] {
			return keywordStyle
		}
	}
	return plain
}

// plainLines splits text into lines of one style, Markdown headings in bold.
func plainLines(text string) []textLine {
	var lines []textLine
	for _, l := range strings.Split(text, "\n") {
		s := plain
		if strings.HasPrefix(l, "#") {
			s = bold
		}
		lines = append(lines, textLine{{s, l}})
	}
	return lines
}
