package prose

import (
	"strings"
	"unicode"

	"quarry/feed/scan"
)

// wikiHeading is the heading of a line as Jira and Confluence ("h2. Title") and
// MediaWiki ("==Title==") write it, of level 0 where it is none. One equals sign on
// either side is too little to be sure of.
func wikiHeading(t string) (level int, title string) {
	switch {
	case len(t) > len("h2. ") && t[0] == 'h' && t[1] >= '1' && t[1] <= '6' && t[2] == '.' && (t[3] == ' ' || t[3] == '\t'):
		level, title = int(t[1]-'0'), trim(t[3:])
	case strings.HasPrefix(t, "==") && strings.HasSuffix(t, "=="):
		title = strings.TrimLeft(t, "=")
		level = len(t) - len(title)
		rest := strings.TrimRight(title, "=")
		if len(title)-len(rest) != level {
			return 0, ""
		}
		title = trim(rest)
	}
	if level > 6 || len(title) > longestTitle || !strings.ContainsFunc(title, unicode.IsLetter) || len(scan.Find(title)) > 0 {
		return 0, ""
	}
	return level, title
}

// macros are those of Jira around text that is to be shown as it is. A colon and
// settings may stand before the closing bracket.
var macros = []string{"{code", "{noformat"}

// withoutMacros puts spaces in place of such marks and of the brackets of Jira's type of
// one width, "{{x}}", for what stands between them is written as it stands. Where
// something of a URL or of a name touches one from outside it is a part of that, which
// a pattern leaves open.
func withoutMacros(t string) string {
	if !strings.Contains(t, "{{") && !strings.Contains(t, "{code") && !strings.Contains(t, "{noformat") {
		return t
	}
	var b strings.Builder
	from, last := 0, strings.LastIndex(t, "}}")
	for at := 0; at < len(t); at++ {
		if t[at] != '{' || at > 0 && joins(t[at-1]) {
			continue
		}
		inner, behind, end := marked(t, at, last)
		if end == 0 || end < len(t) && joins(t[end]) {
			continue
		}
		b.WriteString(t[from:at] + " " + t[inner:behind] + " ")
		from = end
		at = end - 1
	}
	return b.String() + t[from:]
}

// Lengths in bytes of such a mark with its settings, and of what stands between brackets.
const (
	longestMacro = 80
	longestMono  = 2048
)

// marked is where the text within a mark begins and ends, which is none for a macro, and
// where the mark does: 0 where none begins at a place. The last brackets that close are
// known.
func marked(t string, at, last int) (inner, behind, end int) {
	if strings.HasPrefix(t[at:], "{{") && at < last {
		inner = at + len("{{")
		if n := strings.Index(t[inner:min(len(t), inner+longestMono)], "}}"); n >= 0 {
			return inner, inner + n, inner + n + len("}}")
		}
		return 0, 0, 0
	}
	for _, m := range macros {
		if rest, ok := strings.CutPrefix(t[at:], m); ok {
			n := strings.IndexByte(rest[:min(len(rest), longestMacro)], '}')
			if n == 0 || n > 0 && rest[0] == ':' {
				end = at + len(m) + n + len("}")
				return end, end, end
			}
		}
	}
	return 0, 0, 0
}

// joins reports whether a sign beside a bracket makes one word of both.
func joins(c byte) bool { return strings.IndexByte("/.-_=&?%:$#@", c) >= 0 }

// jiraTitles is a row of titles as Jira writes it, between two pipes each, as others do
// with one: else they would not stand above their columns.
func jiraTitles(t string) string {
	if !strings.HasPrefix(t, "||") || !strings.HasSuffix(t, "||") || len(t) <= len("||||") || len(scan.Find(t)) > 0 {
		return t
	}
	return strings.ReplaceAll(t, "||", "|")
}
