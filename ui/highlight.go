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

// highlightKQL colours one line of a query.
func highlightKQL(line string) textLine {
	var l textLine
	for _, t := range kql.Lex(line) {
		l = append(l, span{tokenStyle(t), t.Text})
	}
	return l
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

// markdownStyle is the style of a line of Markdown: headings are bold.
func markdownStyle(line string) style {
	if strings.HasPrefix(line, "#") {
		return bold
	}
	return plain
}
